"""What a form remembers, says and comes to: the shapes that one turn is made of, and the step to the next question.

Pure. It must not know how a message is read, nor wordings: phrases have names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.core.geography import Place
from bot.core.heard import Heard
from bot.core.screening import QUESTIONS, Answers, FormName, Question, next_question, questions_of


class End(StrEnum):
    """Why a form ended. After LEFT the message that ended it is answered as if no form were open."""

    COMPLETE = "complete"
    CANCELLED = "cancelled"
    RESTARTED = "restarted"
    PERSON = "person"
    DELETE = "delete"
    EMPLOYER = "switched_to_employer"
    SEEKER = "switched_to_seeker"
    OUTSIDE_US = "outside_us"
    YOUTH = "youth"
    LEFT = "left"


@dataclass(frozen=True)
class Move:
    """One thing to say: a phrase by name, the answers to topics, topics to choose from, an office, or care in danger."""

    kind: str
    name: str = ""
    topics: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What a form remembers beside the answers; kept as JSON in the slot `form_memory`.

    `hurt` is the danger or wrong that was just told: the next yes or no is about that.
    """

    failures: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[Place, ...] = ()
    order: tuple[str, ...] = ()
    hurt: str = ""

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> Memory:
        known = data or {}
        pending = tuple(Place(**place) for place in known.get("pending", ()))
        return cls(dict(known.get("failures", {})), pending, tuple(known.get("order", ())), str(known.get("hurt", "")))

    def dump(self) -> dict[str, Any]:
        pending = [{name: getattr(place, name) for name in Place.__dataclass_fields__} for place in self.pending]
        return {"failures": dict(self.failures), "pending": pending, "order": list(self.order), "hurt": self.hurt}

    def failed(self, what: str) -> Memory:
        """One failure more at a question."""
        return replace(self, failures={**self.failures, what: self.failures.get(what, 0) + 1})


@dataclass(frozen=True)
class Turn:
    """What a message came to. `asked` is the question to put next, None when the form ends with `end`."""

    answers: Mapping[str, Any]
    memory: Memory
    moves: tuple[Move, ...]
    asked: Question | None
    end: End | None = None
    problem_choices: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A message in a form: which form, the question that it replies to, what is known, what is remembered."""

    form: FormName
    asked: Question
    known: Mapping[str, Any]
    memory: Memory
    heard: Heard

    def ask_again(self, *moves: Move) -> Turn:
        """The question just asked comes once more, after what is said."""
        return Turn(self.known, self.memory, moves, self.asked)

    def end(self, end: End, **learned: Any) -> Turn:
        """The form ends here."""
        return Turn({**self.known, **learned}, self.memory, (), None, end)

    def keep(self, question: Question, value: Any) -> Scene:
        """The same scene with one answer more, or changed."""
        return replace(self, known={**self.known, question.id: value})


def start_form(form: FormName, answers: Answers) -> Turn:
    """The first question of a form, after what is known already. Going back leads to what was known too."""
    return ask_next(form, dict(answers), Memory())


def ask_next(form: FormName, known: Answers, memory: Memory, *moves: Move) -> Turn:
    """The first question without an answer, or the end. What was answered since, in the order asked, can be gone back to."""
    answered = [question.id for question in questions_of(form, known) if known.get(question.id) is not None]
    order = (*(name for name in memory.order if name in answered), *(name for name in answered if name not in memory.order))
    memory = Memory(_still_open(memory, known), (), order)
    if known.get("seeker_path") == "employer" and form is FormName.SEEKER:
        return Turn(known, memory, moves, None, End.EMPLOYER)
    question = next_question(form, known)
    return Turn(known, memory, moves, question, None if question else End.COMPLETE)


def _still_open(memory: Memory, known: Answers) -> dict[str, int]:
    """The failures at questions that have no answer yet."""
    open_ids = {question.id for questions in QUESTIONS.values() for question in questions if known.get(question.id) is None}
    return {what: count for what, count in memory.failures.items() if what in open_ids}

"""One turn of a form: what a message does to the answers, what is said back, and what is asked next.

Pure: it is given what was understood and what is remembered, and returns the moves to make. It must not know wordings
(phrases have names), Rasa, or the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.core import words
from bot.core.geography import Place
from bot.core.heard import Decision, Heard
from bot.core.replies import Problem, Reply, band_of, is_bare_yes, is_outside_manufacturing, read_reply, unknown_reply
from bot.core.screening import QUESTIONS, SKIPPED, Answers, FormName, Kind, Question, next_question, questions_of

FAILURES_BEFORE_HELP = 2
# Below this score a guess at what somebody asks in the middle is more often wrong than it helps.
LIKELY = 0.5
_LOST = re.compile(r"\b(?:understand|get it|you mean|confus\w+|entiend\w+|explic\w+)\b")
_FEW_WORDS = 6
CARE_ACTS = ("danger_to_self", "danger_from_others", "injury", "fear_of_reporting")


class End(StrEnum):
    """Why a form ended."""

    COMPLETE = "complete"
    CANCELLED = "cancelled"
    RESTARTED = "restarted"
    PERSON = "person"
    DELETE = "delete"
    SWITCHED = "switched_to_employer"
    OUTSIDE_US = "outside_us"
    SCREEN = "screen"


@dataclass(frozen=True)
class Move:
    """One thing to say: a phrase by name, the answers to topics, or care in danger."""

    kind: str
    name: str = ""
    topics: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What a form remembers beside the answers; kept as JSON in the slot `form_memory`."""

    failures: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[Place, ...] = ()
    order: tuple[str, ...] = ()

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> Memory:
        known = data or {}
        pending = tuple(Place(**place) for place in known.get("pending", ()))
        return cls(dict(known.get("failures", {})), pending, tuple(known.get("order", ())))

    def dump(self) -> dict[str, Any]:
        pending = [{name: getattr(place, name) for name in Place.__dataclass_fields__} for place in self.pending]
        return {"failures": dict(self.failures), "pending": pending, "order": list(self.order)}


@dataclass(frozen=True)
class Turn:
    """What a message came to. `asked` is the question to put next, None when the form ends with `end`."""

    answers: Mapping[str, Any]
    memory: Memory
    moves: tuple[Move, ...]
    asked: Question | None
    end: End | None = None
    problem_choices: tuple[Place, ...] = ()


def start_form(form: FormName, answers: Answers) -> Turn:
    """The first question of a form, after what is known already."""
    return _ask_next(form, dict(answers), Memory(), ())


def take_turn(form: FormName, asked_id: str, answers: Answers, memory: Memory, heard: Heard) -> Turn:
    """Read a message as the reply to the question `asked_id`, or as whatever else it is."""
    asked = next((question for question in QUESTIONS[form] if question.id == asked_id), QUESTIONS[form][0])
    known = dict(answers)
    return (
        _care(form, asked, known, memory, heard)
        or _steer(form, asked, known, memory, heard)
        or _choose_place(form, asked, known, memory, heard)
        or _correct(form, asked, known, memory, heard)
        or _answer(form, asked, known, memory, heard)
        or _digress(asked, known, memory, heard)
        or _fail(form, asked, known, memory)
    )


def _care(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    """Danger comes before any question of ours."""
    if heard.act not in CARE_ACTS:
        return None
    return Turn(known, memory, (Move("care", heard.act or ""),), asked)


def _steer(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    """Commands: stop, start over, a person, erase, back, why, go on, say it again."""
    cancels = {"cancel": End.CANCELLED, "bye": End.CANCELLED}
    endings = {**cancels, "restart": End.RESTARTED, "human": End.PERSON, "delete_data": End.DELETE}
    if heard.act in endings and not (form is FormName.HANDOFF and heard.act == "human"):
        return Turn(known, memory, (), None, endings[heard.act or ""])
    if heard.act == "back":
        return _go_back(form, asked, known, memory)
    if heard.act == "why" or (heard.act is None and words.WHY.match(heard.plain)):
        return Turn(known, memory, (Move("phrase", f"why_{_meant_by_why(form, asked, heard).id}"),), asked)
    if heard.act in ("repeat", "help") and _LOST.search(heard.plain):
        return Turn(known, memory, (Move("phrase", f"why_{asked.id}"),), asked)
    if heard.act == "i_am_employer" and form is FormName.SEEKER:
        return _ask_next(form, {**known, "seeker_path": "employer"}, memory, (), QUESTIONS[form][0])
    if heard.act in ("resume", "repeat", "greet", "thanks", "to_english", "to_spanish"):
        return Turn(known, memory, (Move("phrase", "resume"),) if heard.act == "resume" else (), asked)
    if heard.act in ("bot_challenge", "insult"):
        return Turn(known, memory, (Move("phrase", {"bot_challenge": "bot_reply", "insult": "insult_reply"}[heard.act]),), asked)
    if heard.act == "skip":
        return _skip(form, asked, known, memory)
    return None


def _meant_by_why(form: FormName, asked: Question, heard: Heard) -> Question:
    """The question that a "why do you need my …" names, else the one just asked."""
    named = [question for question in (asked, *QUESTIONS[form]) if _names(question, heard)]
    return named[0] if named else asked


def _go_back(form: FormName, asked: Question, known: dict[str, Any], memory: Memory) -> Turn:
    earlier = [question for question in questions_of(form, known) if question.id in memory.order and question.id != asked.id]
    if not earlier:
        return Turn(known, memory, (Move("phrase", "nothing_before"),), asked)
    last = max(earlier, key=lambda question: memory.order.index(question.id))
    known[last.id] = None
    order = tuple(name for name in memory.order if name != last.id)
    return Turn(known, replace(memory, order=order, pending=()), (Move("phrase", "went_back"),), last)


def _skip(form: FormName, asked: Question, known: dict[str, Any], memory: Memory) -> Turn:
    if asked.id in ("consent", "contact_name", "contact"):
        return Turn(known, memory, (), None, End.CANCELLED)
    known[asked.id] = SKIPPED
    return _ask_next(form, known, memory, (Move("phrase", "skipped"),), asked)


def _choose_place(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    """The reply to "which of these places?": a state, a city with its state, or the number on the list."""
    if not memory.pending or asked.kind is not Kind.PLACE:
        return None
    chosen = [place for place in memory.pending if place.state in heard.values("state")]
    number = _number_on_list(heard)
    if not chosen and number is not None and number <= len(memory.pending):
        chosen = [memory.pending[number - 1]]
    if len(chosen) != 1:
        return None
    known["place"] = chosen[0]
    return _ask_next(form, known, replace(memory, pending=()), (), asked)


def _number_on_list(heard: Heard) -> int | None:
    said = set(heard.plain.split())
    spoken = next((place for place, names in enumerate(words.ORDINALS, start=1) if names & said), None)
    numbers = [] if heard.values("zip") else [int(number) for number in heard.values("number")]
    return spoken or (numbers[0] if numbers and numbers[0] >= 1 else None)


def _correct(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    """ "Actually I'm in Ohio", "no wait, I'm 17", "change my ZIP": earlier answers are changed, then the question comes again."""
    rest = replace(heard, text=words.CORRECTION.sub(" ", heard.text).strip(" ,"))
    if not (words.CORRECTION.search(heard.plain) or _contradicts_age(known, heard)) or rest.is_question:
        return None
    changed = False
    for question in _spoken_of(form, asked, known, memory, heard):
        reply = read_reply(question, rest)
        if isinstance(reply, Problem):
            known[question.id] = None
            return _problem(form, question, known, memory, rest, reply)
        if reply is not None:
            changed = True
            _keep(known, question, reply.value)
        elif not changed and re.search(rf"\b(?:{words.CHANGE})\b", heard.plain):
            known[question.id] = None
            return Turn(known, memory, (Move("phrase", "correct_which"),), question)
    return _ask_next(form, known, memory, (Move("phrase", "corrected"),), asked) if changed else None


def _spoken_of(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> list[Question]:
    """The answered questions that a correction names; after "I meant …" the last one where it names none."""
    earlier = [one for one in questions_of(form, known) if one.id != asked.id and known.get(one.id) is not None]
    named = [question for question in earlier if _names(question, heard) or _speaks_of(question, heard)]
    if named or not re.search(rf"\b(?:{words.MEANT})\b", heard.plain):
        return named
    return [question for question in earlier if memory.order and question.id == memory.order[-1]]


def _names(question: Question, heard: Heard) -> bool:
    return bool(re.search(rf"\b(?:{words.ABOUT.get(question.id, question.id)})\b", heard.plain))


def _contradicts_age(known: dict[str, Any], heard: Heard) -> bool:
    """Somebody who said to be an adult says an age under 18: the rules for minors hang on it."""
    ages = heard.values("age")
    first_person = re.search(r"\b(?:i'?m|i am|tengo)\b", heard.plain)
    return bool(ages and first_person and known.get("age_band") == "18_or_over" and band_of(max(ages)) != "18_or_over")


def _speaks_of(question: Question, heard: Heard) -> bool:
    """The message holds something that only this question can be about."""
    if question.id == "place":
        return bool(heard.values("zip") or heard.values("city", sure_only=True) or heard.values("state"))
    if question.id == "contact":
        return bool(heard.values("phone") or heard.values("email"))
    return question.id == "age_band" and bool(heard.values("age"))


def _answer(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    reply = read_reply(asked, heard)
    if reply is None and (value := unknown_reply(asked, heard)):
        reply = Reply(value)
    if isinstance(reply, Problem):
        return _problem(form, asked, known, memory, heard, reply)
    if reply is None or _is_aside(asked, heard) or _says_too_little(asked, memory, heard):
        return None
    _keep(known, asked, reply.value)
    moves = (Move("answer", topics=_topics(heard)),) if _asks_too(asked, heard) else ()
    return _ask_next(form, _volunteered(form, asked, known, heard), memory, moves, asked)


def _keep(known: dict[str, Any], question: Question, value: Any) -> None:
    known[question.id] = value
    if question.id == "product":
        known["outside_manufacturing"] = is_outside_manufacturing(str(value)) or None


def _says_too_little(asked: Question, memory: Memory, heard: Heard) -> bool:
    """ "Yes" is no answer to "16 or 17, or under 16?", which is what the age question asks the second time."""
    return asked.id == "age_band" and bool(memory.failures.get(asked.id)) and is_bare_yes(heard)


def _problem(form: FormName, asked: Question, known: dict[str, Any], memory: Memory, heard: Heard, problem: Problem) -> Turn:
    """Say what is wrong; a choice of places is no failure the first time."""
    if problem.kind != "which_place" or memory.pending:
        memory = _failed(_failed(memory, asked.id), problem.kind)
    if problem.kind == "outside_us" and memory.failures[problem.kind] >= FAILURES_BEFORE_HELP:
        return Turn(known, memory, (), None, End.OUTSIDE_US)
    stuck = memory.failures.get(asked.id, 0) >= FAILURES_BEFORE_HELP
    moves = (Move("phrase", problem.kind), *((Move("offer_skip", asked.id),) if stuck else ()))
    return Turn(known, replace(memory, pending=problem.choices), moves, asked, None, problem.choices)


def _is_aside(asked: Question, heard: Heard) -> bool:
    """A question to us that only happens to hold something that looks like an answer."""
    return (
        heard.is_question
        and asked.kind in (Kind.CHOICE, Kind.NUMBER)
        and len(heard.plain.split()) > 5
        and heard.decision is Decision.ANSWERED
    )


def _asks_too(asked: Question, heard: Heard) -> bool:
    """The answer came together with a question: "53215, do I need a diploma?"."""
    return (
        "?" in heard.text
        and heard.decision is Decision.ANSWERED
        and asked.kind in (Kind.PLACE, Kind.CONTACT)
        and len(heard.plain.split()) > 3
    )


def _volunteered(form: FormName, asked: Question, known: dict[str, Any], heard: Heard) -> dict[str, Any]:
    """A place or an age said along the way is kept, so that it need not be asked again."""
    for question in questions_of(form, known):
        if question.id != asked.id and known.get(question.id) is None and _speaks_of(question, heard):
            reply = read_reply(question, heard)
            if isinstance(reply, Reply):
                known[question.id] = reply.value
    return known


def _digress(asked: Question, known: dict[str, Any], memory: Memory, heard: Heard) -> Turn | None:
    """A question in the middle is answered, then ours comes again."""
    sure = heard.decision is Decision.ANSWERED and heard.topic not in (None, "chitchat", "out_of_scope")
    if not heard.plain:
        return None
    asks = heard.is_question or len(heard.plain.split()) >= 4
    if sure and asks:
        return Turn(known, memory, (Move("answer", topics=_topics(heard)),), asked)
    if heard.is_question and heard.decision is Decision.UNSURE:
        return Turn(known, memory, (_guess(asked, heard),), asked)
    if heard.is_question and heard.decision is Decision.DECLINED:
        return Turn(known, memory, (Move("decline"),), asked)
    return None


def _guess(asked: Question, heard: Heard) -> Move:
    """The likely answer; a few words about nothing known are about our own question ("and if I don't have it?")."""
    if heard.score >= LIKELY:
        return Move("answer_best", topics=_topics(heard))
    return Move("phrase", f"why_{asked.id}" if len(heard.plain.split()) <= _FEW_WORDS else "unsure_in_form")


def _topics(heard: Heard) -> tuple[str, ...]:
    return tuple(part[0] for part in heard.parts if part)


def _fail(form: FormName, asked: Question, known: dict[str, Any], memory: Memory) -> Turn:
    """Two failures in a row: explain, then offer to skip or a person."""
    failed = _failed(memory, asked.id)
    if failed.failures[asked.id] < FAILURES_BEFORE_HELP:
        return Turn(known, failed, (Move("phrase", f"help_{asked.id}"),), asked)
    return Turn(known, failed, (Move("phrase", f"why_{asked.id}"), Move("offer_skip", asked.id)), asked)


def _failed(memory: Memory, what: str) -> Memory:
    return replace(memory, failures={**memory.failures, what: memory.failures.get(what, 0) + 1})


def _ask_next(
    form: FormName, known: dict[str, Any], memory: Memory, moves: tuple[Move, ...], answered: Question | None = None
) -> Turn:
    order = memory.order
    if answered and known.get(answered.id) is not None:
        order = (*(name for name in order if name != answered.id), answered.id)
    memory = replace(memory, order=order, pending=(), failures=_still_open(memory, known))
    if known.get("seeker_path") == "employer" and form is FormName.SEEKER:
        return Turn(known, memory, moves, None, End.SWITCHED)
    question = next_question(form, known)
    return Turn(known, memory, moves, question, None if question else End.COMPLETE)


def _still_open(memory: Memory, known: Mapping[str, Any]) -> dict[str, int]:
    """The failures at questions that have no answer yet."""
    open_ids = {question.id for questions in QUESTIONS.values() for question in questions if known.get(question.id) is None}
    return {what: count for what, count in memory.failures.items() if what in open_ids}

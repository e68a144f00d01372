"""The four forms: each turn is read by `bot.core.form`, said aloud here, and returned to Rasa as slots.

Rasa calls `validate_<form>` when a form starts and at each message in it. The action asks the next question itself, which
saves a second call to the action server; the slot `requested_slot` tells Rasa where the form stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.routes import organisation_for, route_for
from actions.services import services
from actions.speech import Speaker, audience_of_form
from actions.turn import Turn, read_turn, set_slots
from bot.core.form import take_turn
from bot.core.geography import Place, state_name
from bot.core.routing import Audience
from bot.core.screening import FormName, Question
from bot.core.turns import Memory, Move, start_form
from bot.core.turns import Turn as FormTurn

_MOST_TITLES = 6
_ASKING = ("which_place", "which_minor_band", "zip_unknown", "outside_us", "phone_wrong", "email_wrong")


class _FormAction(Action):
    """Common to the forms; a subclass only says which form it is."""

    form: FormName

    def name(self) -> str:
        return f"validate_{self.form}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = read_turn(tracker)
        speaker = Speaker(dispatcher, services().knowledge, turn.language)
        memory = Memory.load(turn.slots.get("form_memory"))
        asked = turn.slots.get("requested_slot")
        if asked is None or (tracker.active_loop or {}).get("name") != self.form:
            result = start_form(self.form, turn.answers)
        else:
            result = take_turn(self.form, asked, turn.answers, memory, turn.heard)
        _Telling(turn, speaker, self.form, result).tell()
        return _events(turn, self.form, result)


class ValidateSeekerForm(_FormAction):
    form = FormName.SEEKER


class ValidateEmployerForm(_FormAction):
    form = FormName.EMPLOYER


class ValidateNearestForm(_FormAction):
    form = FormName.NEAREST


class ValidateHandoffForm(_FormAction):
    form = FormName.HANDOFF


def _events(turn: Turn, form: FormName, result: FormTurn) -> list[EventType]:
    changed = set_slots(turn.slots, {name: value for name, value in result.answers.items() if name != "requested_slot"})
    asked = [topic for move in result.moves if move.kind == "answer" for topic in move.topics]
    remembered = list(dict.fromkeys([*(turn.slots.get("topics_asked") or []), *asked]))
    return [
        *changed,
        SlotSet("language", str(turn.language)),
        SlotSet("topics_asked", remembered or None),
        SlotSet("form_memory", result.memory.dump()),
        SlotSet("form_end", {"form": str(form), "end": str(result.end)} if result.end else None),
        SlotSet("requested_slot", result.asked.id if result.asked else None),
    ]


class _Telling:
    """Says the moves of one form turn, then the question."""

    def __init__(self, turn: Turn, speaker: Speaker, form: FormName, result: FormTurn) -> None:
        self.turn = turn
        self.speaker = speaker
        self.form = form
        self.result = result

    def tell(self) -> None:
        tellers: dict[str, Callable[[Move], str | None]] = {
            "phrase": self._phrase,
            "answer": self._answers,
            "choices": lambda move: self.speaker.text("unsure"),
            "nearest": self._nearest,
            "care": self._care,
            "decline": lambda move: self.speaker.text("decline_in_form"),
            "offer_skip": lambda move: self.speaker.text("offer_skip"),
        }
        lines = [line for move in self.result.moves if (line := tellers[move.kind](move))]
        hurt = bool(self.result.memory.hurt)
        if self.result.asked is None or hurt:  # nobody who is in danger or was wronged is asked for a ZIP code
            if lines:
                self.speaker.utter("\n\n".join(lines), [self.speaker.text("choice_person")] if hurt else ())
            return
        self._ask(self.result.asked, lines)

    def _ask(self, question: Question, lines: list[str]) -> None:
        """The question comes after what was said, unless that asks for itself."""
        asks_itself = any(move.name in (*_ASKING, f"help_{question.id}") for move in self.result.moves)
        asked = [] if asks_itself else [self.speaker.text(f"ask_{question.id}", name=self._organisation())]
        self.speaker.utter("\n\n".join([*lines, *asked]), self._titles(question))

    def _titles(self, question: Question) -> list[str]:
        """The question's own buttons, after the topics to choose from where it is unclear what was asked."""
        topics = [topic for move in self.result.moves if move.kind == "choices" for topic in move.topics]
        own = self._own_titles(question)
        return [*self.speaker.follow_ups(topics[: _MOST_TITLES - len(own)]), *own]

    def _own_titles(self, question: Question) -> list[str]:
        if self.result.problem_choices:
            return [self._place_title(place) for place in self.result.problem_choices]
        titles = self.speaker.options(question)
        if any(move.kind == "offer_skip" for move in self.result.moves):
            return [*dict.fromkeys([*titles, self.speaker.text("choice_skip"), self.speaker.text("choice_person")])]
        if any(move.name == "which_minor_band" for move in self.result.moves):
            return titles[1:]
        return titles

    def _place_title(self, place: Place) -> str:
        state = state_name(place.state, self.speaker.language)
        return (
            ", ".join(filter(None, (place.city, f"{place.state} {place.zip or ''}".strip())))
            if place.city or place.zip
            else state
        )

    def _phrase(self, move: Move) -> str:
        return self.speaker.text(move.name)

    def _answers(self, move: Move) -> str | None:
        """Answers to a question in the middle go out on their own, with their sources; then ours comes back."""
        audience = self.turn.audience or audience_of_form(self.form)
        place = self.turn.place
        state = place.state if place else None
        for topic in _sayable(move.topics):
            answer = services().knowledge.answer(topic, self.speaker.language, audience, state)
            self.speaker.answer(answer, [self.speaker.text("choice_person")] if topic == "complaint" else ())
        return None if "complaint" in move.topics else self.speaker.text("back_to_question")

    def _nearest(self, move: Move) -> str:
        """Who serves them goes out on its own; then ours comes back."""
        place = self.turn.place
        route = route_for(place, self.turn.audience or audience_of_form(self.form))
        self.speaker.office(route, services().database, place.state if place else None)
        return self.speaker.text("back_to_question")

    def _care(self, move: Move) -> None:
        answer = services().knowledge.answer(move.name, self.speaker.language)
        self.speaker.answer(answer, [self.speaker.text("choice_person")])

    def _organisation(self) -> str:
        place, audience = self.turn.place, self.turn.audience or Audience.SEEKER
        return organisation_for(place, audience) or self.speaker.text("national_office")


def _sayable(topics: Iterable[str]) -> list[str]:
    return [topic for topic in topics if topic not in ("chitchat", "out_of_scope")]

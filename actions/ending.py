"""What happens when a form has ended: the result with whom to talk to, the request stored, or a clean stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_message
from actions.leading import ask_for_consent, begin_screening, check_title, lead_to_person, say_office_to_minor
from actions.offers import DECLINED
from actions.requests import store_request
from actions.routes import organisation_for, route_for
from actions.services import services
from actions.speech import Speaker, audience_of_form, source_lines
from actions.turn import Turn, read_turn
from actions.youth import FOR_YOUTH, forget_child, say_youth
from bot.core.ages import UNDER_16
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS, Assessment, FormName, assess_employer, assess_seeker
from bot.core.turns import End

_MOST_REASONS = 3  # those that ask for something come last
_SAY_NOTHING = ("affirm", "deny", "dont_know")  # without the question that they answer
_FOR_OTHERS = ("what_is_imt", "how_to_apply")
_AFTER_REQUEST = ("status_of_my_referral", "privacy_data")


class ActionFormEnded(Action):
    """Runs after any form, whatever ended it."""

    def name(self) -> str:
        return "action_form_ended"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = read_turn(tracker, settled=True)
        return _Ending(turn, tracker, Speaker(dispatcher, services().knowledge, turn.language)).run()


class _Ending:
    """One form's end."""

    def __init__(self, turn: Turn, tracker: Tracker, speaker: Speaker) -> None:
        self.turn = turn
        self.tracker = tracker
        self.speaker = speaker
        ended = turn.slots.get("form_end") or {}
        self.form = FormName(ended.get("form") or FormName.NEAREST)
        self.end = End(ended.get("end") or End.CANCELLED)

    def run(self) -> list[EventType]:
        endings: dict[End, Callable[[], list[EventType]]] = {
            End.COMPLETE: self._complete,
            End.CANCELLED: self._cancelled,
            End.RESTARTED: self._restarted,
            End.PERSON: self._person,
            End.DELETE: self._ask_to_erase,
            End.EMPLOYER: self._to_employer,
            End.SEEKER: self._to_seeker,
            End.OUTSIDE_US: self._outside,
            End.YOUTH: self._youth,
            End.LEFT: self._left,
        }
        events = [SlotSet("form_memory", None), SlotSet("form_end", None), *endings[self.end]()]
        # No rule says what follows where this ends late (see `actions.answer`), and Rasa would answer the message twice.
        goes_on = any(event["event"] == "followup" for event in events)
        return events if goes_on else [*events, FollowupAction("action_listen")]

    def _complete(self) -> list[EventType]:
        if self.form is FormName.HANDOFF:
            return self._handed_over()
        if self.form is FormName.NEAREST:
            return self._nearest()
        return self._result()

    # Results

    def _result(self) -> list[EventType]:
        """The result with whom to talk to in one message, then the question for consent where there is something to pass on."""
        if self._is(UNDER_16):
            return self._youth()
        seeker = self.form is FormName.SEEKER
        assessment = assess_seeker(self.turn.answers) if seeker else assess_employer(self.turn.answers)
        offered = assessment.reasons != ("other_work",) and not self._is("16_17")
        follow_ups = () if offered else self.speaker.follow_ups(FOR_YOUTH if self._is("16_17") else _FOR_OTHERS)
        self._tell(assessment, "seeker" if seeker else "employer", follow_ups)
        result = SlotSet("result", str(assessment.result))
        if not offered:
            return [result, SlotSet("offer", None)]
        return [result, SlotSet("handoff_reason", "finished_screening"), *ask_for_consent()]

    def _is(self, band: str) -> bool:
        return self.turn.slots.get("age_band") == band

    def _tell(self, assessment: Assessment, role: str, choices: Iterable[str]) -> None:
        head = self.speaker.text(f"result_{assessment.result}_{role}")
        reasons = " ".join(self.speaker.text(f"reason_{reason}") for reason in assessment.reasons[-_MOST_REASONS:])
        steps = "\n".join(self.speaker.text(f"step_{step}") for step in assessment.steps)
        text = "\n\n".join(part for part in (head, reasons, steps) if part)
        sources = source_lines(services().knowledge.cited(assessment.facts))
        route = route_for(self.turn.place, Audience.SEEKER if role == "seeker" else Audience.EMPLOYER)
        self.speaker.office(route, services().database, self._state, text, choices, sources)

    def _youth(self) -> list[EventType]:
        """Under 16: said by the young person, nothing of the conversation is kept; by somebody else, the form just ends."""
        own = self._is(UNDER_16)
        say_youth(self.speaker, own)
        return forget_child(self.turn) if own else self._forget_contact()

    def _nearest(self) -> list[EventType]:
        """The nearest office; where a person was asked for, on to the consent."""
        to_person = bool(self.turn.slots.get("handoff_reason")) and self.turn.slots.get("result") is None
        if to_person and self._is("16_17"):
            say_office_to_minor(self.speaker, self.turn.place, self.turn.audience)
            return []
        route = route_for(self.turn.place, self.turn.audience or Audience.SEEKER)
        self.speaker.office(route, services().database, self._state, choices=() if to_person else self._menu())
        return ask_for_consent() if to_person else []

    # The request

    def _handed_over(self) -> list[EventType]:
        if self.turn.slots.get("consent") != "yes":
            return self._declined()
        # Whatever else may fail comes before: a request that is stored is also told of.
        name = organisation_for(self.turn.place, self.turn.audience) or self.speaker.text("national_office")
        phrase = "handoff_saved_they_call" if self.turn.slots["contact"]["kind"] == "they_call" else "handoff_saved"
        reference = store_request(self.turn, self.tracker)
        self.speaker.say(phrase, self.speaker.follow_ups(_AFTER_REQUEST), reference=reference, name=name)
        return self._forget_contact()

    def _declined(self) -> list[EventType]:
        """Nothing is passed on; how to reach the office stays with them."""
        contact = self.speaker.how_to_reach(route_for(self.turn.place, self.turn.audience), services().database)
        self.speaker.say("handoff_declined", self._menu(), contact=contact)
        return [*self._forget_contact(), SlotSet("offer", DECLINED)]

    def _forget_contact(self) -> list[EventType]:
        """Name and contact live in the request only, not in the conversation's slots."""
        return [SlotSet(name, None) for name in ("consent", "contact_name", "contact", "handoff_reason", "offer")]

    # Other ends

    def _cancelled(self) -> list[EventType]:
        if self.form is FormName.HANDOFF:
            return self._declined()
        self.speaker.say("cancelled", self._menu())
        return self._forget_contact()

    def _left(self) -> list[EventType]:
        """The message that ended the form is answered as if none were open."""
        phrase = {FormName.HANDOFF: "left_handoff", FormName.NEAREST: ""}.get(self.form, "left_form")
        says_nothing = self.turn.heard.act in _SAY_NOTHING
        if phrase:
            check = check_title(self.speaker, audience_of_form(self.form))
            self.speaker.say(phrase, self._menu() if says_nothing else (), check=check)
        forgotten = self._forget_contact()
        slots = {**self.turn.slots, **{event["name"]: None for event in forgotten}, "form_memory": None, "form_end": None}
        return (
            forgotten if phrase and says_nothing else [*forgotten, *answer_message(replace(self.turn, slots=slots), self.speaker)]
        )

    def _restarted(self) -> list[EventType]:
        self.speaker.say("restarted")
        cleared: list[EventType] = [SlotSet(question.id, None) for question in QUESTIONS[self.form]]
        return [*cleared, FollowupAction(self.form)]

    def _person(self) -> list[EventType]:
        """A person instead of the questions."""
        audience = self.turn.audience or audience_of_form(self.form)
        band = self.turn.slots.get("age_band")
        refused = self.form is FormName.NEAREST
        return lead_to_person(self.speaker, self.turn.place, audience, band, "asked_for_person", refused)

    def _ask_to_erase(self) -> list[EventType]:
        self.speaker.say("delete_ask", [self.speaker.text("choice_yes"), self.speaker.text("choice_no")])
        return [SlotSet("offer", "delete")]

    def _to_employer(self) -> list[EventType]:
        return [SlotSet("seeker_path", None), *begin_screening(self.speaker, Audience.EMPLOYER, self.turn.answers)]

    def _to_seeker(self) -> list[EventType]:
        return begin_screening(self.speaker, Audience.SEEKER, self.turn.answers)

    def _outside(self) -> list[EventType]:
        self.speaker.say("outside_us_end", self._menu())
        return [SlotSet("offer", "nearest")]

    @property
    def _state(self) -> str | None:
        return self.turn.place.state if self.turn.place else None

    def _menu(self) -> list[str]:
        first = [] if self.turn.slots.get("result") else [check_title(self.speaker, self.turn.audience)]
        return [*first, self.speaker.text("choice_nearest"), self.speaker.text("choice_person")]

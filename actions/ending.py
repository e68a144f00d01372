"""What happens when a form has ended: the result with whom to talk to, the request stored, or a clean stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.leading import ask_for_consent, check_title, lead_to_person
from actions.requests import forget_child, store_request
from actions.routes import organisation_for, route_for
from actions.services import services
from actions.speech import Speaker, audience_of_form, source_lines
from actions.turn import Turn, read_turn
from bot.core.form import End
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS, Assessment, FormName, assess_employer, assess_seeker

_FOR_YOUTH = ("pre_apprenticeship", "eligibility_age")
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
            End.SWITCHED: self._switched,
            End.OUTSIDE_US: self._outside,
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
        seeker = self.form is FormName.SEEKER
        assessment = assess_seeker(self.turn.answers) if seeker else assess_employer(self.turn.answers)
        role = "seeker" if seeker else "employer"
        if self._is("under_16"):
            self._tell(assessment, role, self.speaker.follow_ups(_FOR_YOUTH))
            return forget_child(self.turn)
        self._tell(assessment, role)
        audience = Audience.SEEKER if seeker else Audience.EMPLOYER
        route = route_for(self.turn.place, audience)
        offered = assessment.reasons != ("other_work",) and not self._is("16_17")
        name = organisation_for(self.turn.place, audience) or self.speaker.text("national_office")
        follow_ups = () if offered else self.speaker.follow_ups(_FOR_YOUTH if self._is("16_17") else _FOR_OTHERS)
        self.speaker.office(route, services().database, self.turn.place.state if self.turn.place else None, choices=follow_ups)
        if offered:
            self.speaker.say("offer_handoff", [self.speaker.text("choice_yes"), self.speaker.text("choice_no")], name=name)
        return [
            SlotSet("result", str(assessment.result)),
            SlotSet("offer", "handoff" if offered else None),
            SlotSet("handoff_reason", "finished_screening"),
        ]

    def _is(self, band: str) -> bool:
        return self.turn.slots.get("age_band") == band

    def _tell(self, assessment: Assessment, role: str, choices: Iterable[str] = ()) -> None:
        head = self.speaker.text(f"result_{assessment.result}_{role}")
        reasons = " ".join(self.speaker.text(f"reason_{reason}") for reason in assessment.reasons)
        steps = "\n".join(self.speaker.text(f"step_{step}") for step in assessment.steps)
        text = "\n\n".join(part for part in (head, reasons, steps) if part)
        self.speaker.utter(text, choices, sources=source_lines(services().knowledge.cited(assessment.facts)))

    def _nearest(self) -> list[EventType]:
        """The nearest office; where a person was asked for, on to the consent."""
        to_person = bool(self.turn.slots.get("handoff_reason")) and self.turn.slots.get("result") is None
        route = route_for(self.turn.place, self.turn.audience or Audience.SEEKER)
        choices = () if to_person else self._menu()
        self.speaker.office(route, services().database, self.turn.place.state if self.turn.place else None, choices=choices)
        if not to_person:
            return []
        return ask_for_consent()

    # The request

    def _handed_over(self) -> list[EventType]:
        if self.turn.slots.get("consent") != "yes":
            self.speaker.say("handoff_declined", self._menu())
            return self._forget_contact()
        # Whatever else may fail comes before: a request that is stored is also told of.
        name = organisation_for(self.turn.place, self.turn.audience) or self.speaker.text("national_office")
        phrase = "handoff_saved_they_call" if self.turn.slots["contact"]["kind"] == "they_call" else "handoff_saved"
        reference = store_request(self.turn, self.tracker)
        self.speaker.say(phrase, self.speaker.follow_ups(_AFTER_REQUEST), reference=reference, name=name)
        return self._forget_contact()

    def _forget_contact(self) -> list[EventType]:
        """Name and contact live in the request only, not in the conversation's slots."""
        return [SlotSet(name, None) for name in ("consent", "contact_name", "contact", "handoff_reason", "offer")]

    # Other ends

    def _cancelled(self) -> list[EventType]:
        self.speaker.say("handoff_declined" if self.form is FormName.HANDOFF else "cancelled", self._menu())
        return self._forget_contact()

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

    def _switched(self) -> list[EventType]:
        self.speaker.say("begin_employer")
        return [SlotSet("audience", str(Audience.EMPLOYER)), SlotSet("seeker_path", None), FollowupAction(FormName.EMPLOYER)]

    def _outside(self) -> list[EventType]:
        self.speaker.say("outside_us_end", self._menu())
        return [SlotSet("offer", "nearest")]

    def _menu(self) -> list[str]:
        first = [] if self.turn.slots.get("result") else [check_title(self.speaker, self.turn.audience)]
        return [*first, self.speaker.text("choice_nearest"), self.speaker.text("choice_person")]

"""Ways on from an answer: into a screening, to the nearest office, to a person. Each says what comes and gives the events."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.routes import route_for
from actions.services import services
from actions.speech import Speaker
from bot.core.geography import Place, state_name
from bot.core.routing import Audience, OfficeKind
from bot.core.screening import QUESTIONS, Answers, FormName, next_question


def check_title(speaker: Speaker, audience: Audience | None) -> str:
    """The button into the screening of an audience."""
    return speaker.text("choice_check_employer" if audience is Audience.EMPLOYER else "choice_check_readiness")


def begin_screening(speaker: Speaker, audience: Audience | None, answers: Answers) -> list[EventType]:
    """The screening of employers for employers, that of seekers for everybody else; anew where it was finished before."""
    employer = audience is Audience.EMPLOYER
    speaker.say("begin_employer" if employer else "begin_seeker")
    form = FormName.EMPLOYER if employer else FormName.SEEKER
    finished = next_question(form, answers) is None
    again = [SlotSet(question.id, None) for question in QUESTIONS[form] if finished and question.id != "place"]
    known = SlotSet("audience", str(audience or Audience.SEEKER))
    return [known, *again, SlotSet("form_memory", None), SlotSet("form_end", None), FollowupAction(str(form))]


def lead_to_nearest(speaker: Speaker, place: Place | None, audience: Audience | None) -> list[EventType]:
    """The nearest office, or the question where somebody is."""
    if place is None:
        return [SlotSet("form_memory", None), SlotSet("handoff_reason", None), FollowupAction(str(FormName.NEAREST))]
    route = route_for(place, audience)
    where = place.city or place.zip or state_name(place.state, speaker.language)
    known = route.first is not None and route.first.kind is OfficeKind.REGIONAL
    intro = speaker.text("nearest_intro", place=where) if known else ""
    choices = [check_title(speaker, audience), speaker.text("choice_person")]
    speaker.office(route, services().database, place.state, intro, choices)
    return []


def lead_to_person(
    speaker: Speaker,
    place: Place | None,
    audience: Audience | None,
    age_band: str | None,
    reason: str,
    place_refused: bool = False,
) -> list[EventType]:
    """A person is always possible: first who serves them, then consent. At 16 or 17 they get the office and are asked nothing."""
    events: list[EventType] = [SlotSet("handoff_reason", reason), SlotSet("form_memory", None)]
    if place is None and not place_refused:
        speaker.say("person_intro")
        return [*events, FollowupAction(str(FormName.NEAREST))]
    if age_band == "16_17":
        say_office_to_minor(speaker, place, audience)
        return events
    return [*events, *ask_for_consent()]


def say_office_to_minor(speaker: Speaker, place: Place | None, audience: Audience | None) -> None:
    """The office to write to with a parent; no contact of theirs is taken."""
    office = route_for(place, audience)
    speaker.office(office, services().database, place.state if place else None, speaker.text("handoff_minor"))


def ask_for_consent() -> list[EventType]:
    """The handoff from its beginning: an earlier consent or contact does not count again."""
    forgotten = [SlotSet(name, None) for name in ("consent", "contact_name", "contact", "form_memory")]
    return [*forgotten, FollowupAction(str(FormName.HANDOFF))]

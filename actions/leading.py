"""Ways on from an answer: into a screening, to the nearest office, to a person. Each says what comes and gives the events."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.routes import organisation_for, route_for
from actions.services import services
from actions.speech import Speaker
from bot.core.geography import Place, state_name
from bot.core.routing import Audience, OfficeKind
from bot.core.screening import FormName

MINORS = ("16_17", "under_16")


def check_title(speaker: Speaker, audience: Audience | None) -> str:
    """The button into the screening of an audience."""
    return speaker.text("choice_check_employer" if audience is Audience.EMPLOYER else "choice_check_readiness")


def begin_screening(speaker: Speaker, audience: Audience | None) -> list[EventType]:
    """The screening of employers for employers, that of seekers for everybody else."""
    employer = audience is Audience.EMPLOYER
    speaker.say("begin_employer" if employer else "begin_seeker")
    form = FormName.EMPLOYER if employer else FormName.SEEKER
    known = SlotSet("audience", str(Audience.EMPLOYER if employer else Audience.SEEKER))
    return [known, SlotSet("form_memory", None), SlotSet("form_end", None), FollowupAction(str(form))]


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
    """A person is always possible: first who serves them, then consent. Minors get the office and are asked nothing."""
    events: list[EventType] = [SlotSet("handoff_reason", reason), SlotSet("form_memory", None)]
    if age_band in MINORS:
        office = route_for(place, audience)
        speaker.office(office, services().database, place.state if place else None, speaker.text("handoff_minor"))
        return events
    if place is None and not place_refused:
        speaker.say("person_intro")
        return [*events, FollowupAction(str(FormName.NEAREST))]
    name = organisation_for(place, audience) or speaker.text("national_office")
    speaker.say("person_intro_known", name=name)
    return [*events, *ask_for_consent()]


def ask_for_consent() -> list[EventType]:
    """The handoff from its beginning: an earlier consent or contact does not count again."""
    forgotten = [SlotSet(name, None) for name in ("consent", "contact_name", "contact", "form_memory")]
    return [*forgotten, FollowupAction(str(FormName.HANDOFF))]

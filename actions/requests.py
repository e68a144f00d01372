"""Requests to a person, as the dialogue sees them: storing one, saying what became of it, and erasing everything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, Restarted, SlotSet

from actions.routes import route_for
from actions.services import services
from actions.speech import Speaker
from actions.turn import Turn, plain_value
from bot.core.handoff import CONSENT_VERSION, ENDED, UNATTENDED, ContactKind, Handoff, HandoffReason
from bot.core.hours import tell_time
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS, SKIPPED, Result
from bot.store.conversation_erasing import blank_messages
from bot.store.handoffs import HandoffStatusView, erase_person, find_handoff, find_handoffs_of, save_handoff
from bot.store.office_service import read_service
from bot.store.transcript import erase_events, merge_current, read_transcript

_ANSWERS = {question.id for questions in QUESTIONS.values() for question in questions} - {"consent", "contact_name", "contact"}


def store_request(turn: Turn, tracker: Tracker) -> str:
    """Keep the request with everything said so far; returns the reference. The same turn sent twice stores one."""
    slots, contact = turn.slots, turn.slots["contact"]
    route = route_for(turn.place, turn.audience)
    stored = read_transcript(services().settings.tracker_url, turn.conversation_id)
    lines = merge_current(stored, tracker.events)
    return save_handoff(
        services().database,
        Handoff(
            conversation_id=turn.conversation_id,
            request_key=turn.message_id,
            audience=turn.audience or Audience.SEEKER,
            language=turn.language,
            state=turn.place.state if turn.place else None,
            office_id=route.first.office_id if route.first else None,
            result=Result(slots["result"]) if slots.get("result") else None,
            answers={name: plain_value(slots[name]) for name in sorted(_ANSWERS) if slots.get(name) is not None},
            topics=tuple(slots.get("topics_asked") or ()),
            transcript=tuple(lines),
            consent_version=CONSENT_VERSION,
            consented_at=datetime.now(UTC),
            contact_name=None if slots.get("contact_name") == SKIPPED else slots.get("contact_name"),
            contact_kind=ContactKind(contact["kind"]),
            contact_value=contact["value"] or None,
            contact_time=contact.get("times"),
            reason=HandoffReason(slots.get("handoff_reason") or HandoffReason.ASKED_FOR_PERSON),
        ),
    )


def say_status(speaker: Speaker, reference: str | None, choices: Iterable[str], conversation_id: str | None = None) -> None:
    """What became of a request, by its reference or of this conversation. Shows no personal data."""
    database = services().database
    views = [find_handoff(database, reference)] if reference else find_handoffs_of(database, conversation_id or "")
    found = [view for view in views if view]
    if not found:
        phrase = "status_unknown" if reference else "status_none"
        speaker.say(phrase, choices, **({"reference": reference} if reference else {}))
        return
    for view in found:
        name = view.office_name or speaker.text("national_office")
        values: dict[str, Any] = {"reference": view.reference, "date": view.created_at.date().isoformat(), "name": name}
        phrase = "status_over" if view.status in ENDED else "status_found"
        speaker.say(phrase, choices, status=_status(speaker, view), **values)


def _status(speaker: Speaker, view: HandoffStatusView) -> str:
    """Where it stands; while nobody has taken it up and the office is closed, when that opens, if it is known."""
    status = speaker.text(f"status_{view.status}")
    opening = read_service(services().database, view.office_id).opening(datetime.now(UTC)) if view.status in UNATTENDED else None
    return speaker.text("status_closed_now", status=status, opening=tell_time(opening, speaker.language)) if opening else status


def erase_everything(turn: Turn) -> list[EventType]:
    """Erase requests and the stored conversation; the events leave nothing of the person in the slots either."""
    erase_person(services().database, turn.conversation_id)
    blank_messages(services().database, turn.conversation_id)
    erase_events(services().settings.tracker_url, turn.conversation_id)
    return [Restarted(), SlotSet("language", str(turn.language))]

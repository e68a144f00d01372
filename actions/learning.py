"""What a message tells in passing about the person: whom we talk to, where they are, and how old.

Reads only what is said plainly; what is asked in a form is read there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn, plain_value
from bot.core.ages import corrected_band, own_band
from bot.core.audiences import audience_said, wants_production
from bot.core.geography import Place
from bot.core.heard import Decision, Heard
from bot.core.replies import Reply, read_place
from bot.core.routing import Audience

_LIVES = re.compile(
    r"\b(?:i'?m|im|we'?re|live|living|based|located|moved|moving|vivo|vivimos|estoy|estamos|soy de|me mude|mudar\w*)\b"
)
_FEW_WORDS = 4


@dataclass(frozen=True)
class Learned:
    """Whom we talk to and where they are, whether that is new, and the events that keep it."""

    audience: Audience | None
    place: Place | None
    new_audience: bool
    new_place: bool
    new_age: bool
    age_band: str | None
    events: tuple[EventType, ...]


def learn(turn: Turn) -> Learned:
    """What is known after this message."""
    audience = audience_said(turn.heard) or turn.audience or _wanted(turn.heard) or _audience_of_topic(turn.heard)
    place = _place_said(turn.heard) or turn.place
    known = turn.slots.get("age_band")
    band = own_band(turn.heard) or (corrected_band(turn.heard) if known == "16_17" else None) or known
    events: list[EventType] = []
    if audience and audience is not turn.audience:
        events.append(SlotSet("audience", str(audience)))
    if place != turn.place and _is_theirs(turn):
        events.append(SlotSet("place", plain_value(place)))
    new_age = band != known
    if new_age:
        events.append(SlotSet("age_band", band))
    return Learned(audience, place, audience is not turn.audience, place != turn.place, new_age, band, tuple(events))


def _wanted(heard: Heard) -> Audience | None:
    return Audience.SEEKER if wants_production(heard) else None


def _audience_of_topic(heard: Heard) -> Audience | None:
    if heard.decision is not Decision.ANSWERED or not heard.topic:
        return None
    return (
        Audience.EMPLOYER if heard.topic.startswith("employer_") else Audience.STAFF if heard.topic == "staff_support" else None
    )


def _place_said(heard: Heard) -> Place | None:
    spoken = [*heard.values("state"), *heard.values("zip"), *heard.values("city", sure_only=True)]
    reply = read_place(heard) if spoken else None
    return reply.value if isinstance(reply, Reply) else None


def _is_theirs(turn: Turn) -> bool:
    """A place that is only mentioned ("your Illinois people") does not replace the one that they gave."""
    heard = turn.heard
    asks_for_it = heard.decision is Decision.ANSWERED and heard.topic in ("nearest_office", "where_available")
    return turn.place is None or len(heard.plain.split()) <= _FEW_WORDS or asks_for_it or bool(_LIVES.search(heard.plain))

"""What a message tells in passing about the person: whom we talk to, where they are, and how old.

Reads only what is said plainly; what is asked in a form is read there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn, plain_value
from bot.core.geography import Place
from bot.core.heard import Decision, Heard
from bot.core.replies import Reply, band_of, read_place
from bot.core.routing import Audience

_SAYS_WHO = {
    Audience.EMPLOYER: r"i own|we own|(?:the|an?) owner of|i run a|we run a|"
    r"we (?:are an? (?:company|manufacturer|employer|staffing|foundry|plant|factory|shop)|make|manufacture|hire)|"
    r"(?:hr|plant|operations|production) manager|our (?:employees|apprentices|new hires)|my employees|"
    r"(?:tengo|tenemos) (?:una?|mi) (?:fabrica|planta|empresa|taller|negocio)|somos una (?:empresa|fabrica|planta|agencia)|"
    r"soy (?:el |la )?(?:duen[oa]|patron)|nuestr[oa]s (?:empleados|trabajadores|aprendices)|mis empleados|fabricamos|contratamos",
    Audience.STAFF: r"(?:i'?m|im|i am|we are|as|soy) (?:an? |the |una? )?(?:\w+ ){0,2}(?:case ?manager|case ?worker|counsell?or|"
    r"career planner|navigator|job developer|consejer[oa]|trabajadora? social)|my (?:client|caseload|participant)s?|"
    r"(?:my|our) students|mis? (?:clientes?|participantes?|alumn[oa]s)",
}
_LIVES = re.compile(
    r"\b(?:i'?m|im|we'?re|live|living|based|located|moved|moving|vivo|vivimos|estoy|estamos|soy de|me mude|mudar\w*)\b"
)
_OF_MYSELF = re.compile(
    r"\b(?:i'?m|im|i am|i(?:'ll| will)? (?:just )?turn\w*|soy menor)\b|\btengo (?:\w+ ){0,2}\d+ anos\b|\bcumplo\b"
)
_NO_AGE = re.compile(
    r"\b\d+ ?(?:min\w*|hours?|hrs?|horas?|miles?|mi|millas?|days?|dias?|weeks?|semanas?|months?|meses|blocks?|cuadras?)\b"
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
    audience = audience_said(turn.heard) or turn.audience or _audience_of_topic(turn.heard)
    place = _place_said(turn.heard) or turn.place
    band = _band_said(turn.heard) or turn.slots.get("age_band")
    events: list[EventType] = []
    if audience and audience is not turn.audience:
        events.append(SlotSet("audience", str(audience)))
    if place != turn.place and _is_theirs(turn):
        events.append(SlotSet("place", plain_value(place)))
    new_age = band != turn.slots.get("age_band")
    if new_age:
        events.append(SlotSet("age_band", band))
    return Learned(audience, place, audience is not turn.audience, place != turn.place, new_age, band, tuple(events))


def audience_said(heard: Heard) -> Audience | None:
    """Whom somebody says that they are."""
    if heard.act in ("i_am_employer", "i_am_seeker", "i_am_staff"):
        return Audience(heard.act.removeprefix("i_am_"))
    return next((who for who, words in _SAYS_WHO.items() if re.search(rf"\b(?:{words})\b", heard.plain)), None)


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


def _band_said(heard: Heard) -> str | None:
    """The band of the age that somebody gives as their own: who is under 18 must not be asked for a contact later."""
    ages = [age for age in heard.values("age") if 8 <= age <= 99]
    mine = _OF_MYSELF.search(heard.plain) and not _NO_AGE.search(heard.plain)
    return band_of(ages[0]) if ages and mine else None

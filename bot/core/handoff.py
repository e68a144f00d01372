"""A handoff: everything that goes to a person, why, and the states that it passes through.

Responsible for what a handoff holds and which changes are allowed. Must not know where it is kept or how it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.screening import Result

# The version of the text with which people agree (ask_consent in data/knowledge/phrases.yml).
CONSENT_VERSION = "2026-11-25"
# With earlier texts they agreed that one partner sees it, the one that was named.
_COVERS_OTHERS_SINCE = "2026-11-25"
_MINORS = frozenset({"under_16", "16_17"})


class HandoffReason(StrEnum):
    """Why a person is brought in."""

    FINISHED_SCREENING = "finished_screening"
    ASKED_FOR_PERSON = "asked_for_person"
    COMPLAINT = "complaint"
    DANGER = "danger"
    ASSISTANT_COULD_NOT_HELP = "assistant_could_not_help"


class ContactKind(StrEnum):
    """How the person is reached: by one number or address, by their own call, or not at all."""

    PHONE = "phone"
    EMAIL = "email"
    THEY_CALL = "they_call"
    NONE = "none"


class HandoffStatus(StrEnum):
    """Where a handoff stands."""

    NEW = "new"
    NOTIFIED = "notified"
    ACCEPTED = "accepted"
    IN_CONVERSATION = "in_conversation"
    WAITING_FOR_PERSON = "waiting_for_person"
    RETURNED = "returned"
    CLOSED = "closed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Actor(StrEnum):
    """Who changes a handoff; what the clock does, no hand does: telling the partner, passing on, letting it expire."""

    PERSON = "person"
    ASSISTANT = "assistant"
    STAFF = "staff"
    CLOCK = "clock"


_S = HandoffStatus
_PERSON, _STAFF, _CLOCK = Actor.PERSON, Actor.STAFF, Actor.CLOCK
_ENDED_BY_HANDS: Mapping[HandoffStatus, frozenset[Actor]] = {_S.CLOSED: frozenset({_STAFF}), _S.CANCELLED: frozenset({_PERSON})}
_UNACCEPTED: Mapping[HandoffStatus, frozenset[Actor]] = {
    _S.ACCEPTED: frozenset({_STAFF}),
    _S.EXPIRED: frozenset({_CLOCK}),
    **_ENDED_BY_HANDS,
}
# Passed on to another office it is new again, for those who did not see it yet.
_UNDERWAY: Mapping[HandoffStatus, frozenset[Actor]] = {
    _S.NEW: frozenset({_STAFF}),
    _S.RETURNED: frozenset({_STAFF, _PERSON}),
    **_ENDED_BY_HANDS,
}
TRANSITIONS: Mapping[HandoffStatus, Mapping[HandoffStatus, frozenset[Actor]]] = {
    _S.NEW: {_S.NOTIFIED: frozenset({_CLOCK}), **_UNACCEPTED},
    _S.NOTIFIED: {_S.NEW: frozenset({_STAFF, _CLOCK}), **_UNACCEPTED},
    _S.ACCEPTED: {_S.IN_CONVERSATION: frozenset({_STAFF}), _S.WAITING_FOR_PERSON: frozenset({_STAFF}), **_UNDERWAY},
    _S.IN_CONVERSATION: {_S.WAITING_FOR_PERSON: frozenset({_STAFF}), **_UNDERWAY},
    _S.WAITING_FOR_PERSON: {_S.IN_CONVERSATION: frozenset({_STAFF, _PERSON}), **_UNDERWAY},
    _S.RETURNED: {
        _S.NEW: frozenset({_STAFF}),
        _S.ACCEPTED: frozenset({_STAFF}),
        _S.IN_CONVERSATION: frozenset({_STAFF}),
        **_ENDED_BY_HANDS,
    },
    _S.CLOSED: {},
    _S.EXPIRED: {},
    _S.CANCELLED: {},
}
UNATTENDED = frozenset({_S.NEW, _S.NOTIFIED})
UNDERWAY = frozenset({_S.ACCEPTED, _S.IN_CONVERSATION, _S.WAITING_FOR_PERSON, _S.RETURNED})
ENDED = frozenset({_S.CLOSED, _S.EXPIRED, _S.CANCELLED})


class TransferReason(StrEnum):
    """Why staff pass a handoff on to another office; a list, so that no word about the person gets into the history."""

    NEARER = "nearer"
    SERVES_THEM = "serves_them"
    LANGUAGE = "language"
    NO_CAPACITY = "no_capacity"
    ASKED_FOR = "asked_for"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of the person or the employer, as far as it is known."""

    CONTACTED = "contacted"
    APPLIED = "applied"
    HIRED = "hired"
    REGISTERED = "registered_apprentice"
    COMPLETED = "completed"
    MEETING = "meeting"
    AGREEMENT = "agreement"
    SPONSOR = "sponsor_established"
    NOT_NOW = "not_now"
    LOST = "lost"


_O = Outcome
OUTCOMES: Mapping[Audience, tuple[Outcome, ...]] = {
    Audience.SEEKER: (_O.CONTACTED, _O.APPLIED, _O.HIRED, _O.REGISTERED, _O.COMPLETED, _O.NOT_NOW, _O.LOST),
    Audience.EMPLOYER: (_O.CONTACTED, _O.MEETING, _O.AGREEMENT, _O.SPONSOR, _O.NOT_NOW, _O.LOST),
}


@dataclass(frozen=True)
class Agent:
    """A person of an intermediary's staff, as handoffs know them; without `partner_id` they are national and see all."""

    staff_id: str
    first_name: str
    partner_id: str | None = None


class HandoffError(ValueError):
    """A handoff that cannot be made or changed; the message holds nothing that a person wrote."""


class ContactError(HandoffError):
    """The contact does not fit its kind."""


class ConsentError(HandoffError):
    """The person agreed that one partner sees it, and no other."""


class MinorError(HandoffError):
    """Nothing is kept about people under 16, and no contact of people under 18."""


class TransitionError(HandoffError):
    """A change of status that the table does not allow, or not to whoever tries."""

    def __init__(self, old: HandoffStatus, new: HandoffStatus, actor: Actor) -> None:
        super().__init__(f"A handoff that is {old} cannot become {new} by the {actor}.")
        self.old, self.new = old, new


class Author(StrEnum):
    """Who said a line."""

    PERSON = "person"
    ASSISTANT = "assistant"


@dataclass(frozen=True)
class Line:
    """One thing said. `choices` are the titles of the buttons under it; `at` is in UTC."""

    author: Author
    text: str
    at: datetime
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handoff:
    """What a person receives. `request_key` names the request within its conversation: the same one is kept once.

    `contact_time` is when they asked to be reached, in their words.
    Raises ContactError, MinorError or HandoffError when made of what may not be kept.
    """

    conversation_id: str
    request_key: str
    audience: Audience
    language: Language
    state: str | None
    office_id: str | None
    result: Result | None
    answers: Mapping[str, Any]
    topics: tuple[str, ...]
    transcript: tuple[Line, ...]
    consent_version: str
    consented_at: datetime
    contact_name: str | None
    contact_kind: ContactKind
    contact_value: str | None
    reason: HandoffReason
    contact_time: str | None = None

    @property
    def urgent(self) -> bool:
        """Danger goes first, and so do complaints: those about discrimination or harassment seldom call it by its name."""
        return self.reason in (HandoffReason.DANGER, HandoffReason.COMPLAINT)

    def __post_init__(self) -> None:
        if not self.conversation_id or not self.request_key:
            raise HandoffError("A handoff needs the id of its conversation and a key of the request.")
        if self.consented_at.tzinfo is None:
            raise HandoffError("The time of the consent needs a time zone.")
        check_contact(self.contact_kind, self.contact_value)
        check_age(self.answers, self.contact_value)


def check_contact(kind: ContactKind, value: str | None) -> None:
    """A number or address is given exactly where one is promised. Raises ContactError."""
    if kind not in set(ContactKind):
        raise ContactError("A contact is of no known kind.")
    if bool(value) != (kind in (ContactKind.PHONE, ContactKind.EMAIL)):
        raise ContactError(f"A contact of the kind {kind} {'has' if value else 'lacks'} a number or address.")


def check_age(answers: Mapping[str, Any], contact_value: str | None) -> None:
    """Raises MinorError. Source: the facts project-privacy-3 and rule-seeker-age-16-or-17."""
    age = answers.get("age_band")
    if age == "under_16":
        raise MinorError("Nothing is kept about people under 16.")
    if age in _MINORS and contact_value:
        raise MinorError("No contact of people under 18 is kept.")


def require_transition(old: HandoffStatus, new: HandoffStatus, actor: Actor) -> None:
    """Raises TransitionError unless the table allows the change to this actor."""
    if actor not in TRANSITIONS[old].get(new, frozenset()):
        raise TransitionError(old, new, actor)


def covers_others(consent_version: str) -> bool:
    """Whether the person agreed that another partner sees it, if theirs does not take it up or cannot help."""
    return consent_version >= _COVERS_OTHERS_SINCE


def require_outcome(audience: Audience, outcome: Outcome) -> None:
    """Raises HandoffError where the outcome is not one of this audience; staff act for seekers."""
    if outcome not in OUTCOMES[Audience.EMPLOYER if audience is Audience.EMPLOYER else Audience.SEEKER]:
        raise HandoffError(f"{outcome} is no outcome for the audience {audience}.")

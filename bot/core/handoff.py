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


_S = HandoffStatus
_ENDS = frozenset({_S.CLOSED, _S.EXPIRED, _S.CANCELLED})
TRANSITIONS: Mapping[HandoffStatus, frozenset[HandoffStatus]] = {
    _S.NEW: frozenset({_S.NOTIFIED, _S.ACCEPTED}) | _ENDS,
    _S.NOTIFIED: frozenset({_S.ACCEPTED}) | _ENDS,
    _S.ACCEPTED: frozenset({_S.IN_CONVERSATION, _S.WAITING_FOR_PERSON, _S.RETURNED}) | _ENDS,
    _S.IN_CONVERSATION: frozenset({_S.WAITING_FOR_PERSON, _S.RETURNED}) | _ENDS,
    _S.WAITING_FOR_PERSON: frozenset({_S.IN_CONVERSATION, _S.RETURNED}) | _ENDS,
    _S.RETURNED: frozenset({_S.NOTIFIED, _S.ACCEPTED}) | _ENDS,
    _S.CLOSED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.CANCELLED: frozenset(),
}


class HandoffError(ValueError):
    """A handoff that cannot be made or changed; the message holds nothing that a person wrote."""


class ContactError(HandoffError):
    """The contact does not fit its kind."""


class MinorError(HandoffError):
    """Nothing is kept about people under 16, and no contact of people under 18."""


class TransitionError(HandoffError):
    """A change of status that the table does not allow."""

    def __init__(self, old: HandoffStatus, new: HandoffStatus) -> None:
        super().__init__(f"A handoff that is {old} cannot become {new}.")
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


def require_transition(old: HandoffStatus, new: HandoffStatus) -> None:
    """Raises TransitionError unless the table allows the change."""
    if new not in TRANSITIONS[old]:
        raise TransitionError(old, new)

"""A conversation as the gateway sees it: who speaks in it, who owns it, and what becomes of each message.

Responsible for these words, their allowed changes and the bounds. Must not know where a conversation is kept, nor its channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

LONGEST_MESSAGE = 2000
# A channel whose people come and fetch: what is stored is delivered.
FETCHED_CHANNELS = frozenset({"web"})


class Author(StrEnum):
    """Who wrote a message; the system says that it still works, apologises, and tells who joined or left."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    STAFF = "staff"
    SYSTEM = "system"


class Owner(StrEnum):
    """Who answers."""

    ASSISTANT = "assistant"
    STAFF = "staff"


class TurnState(StrEnum):
    """What became of a visitor's message: stored, being answered, or at one of its ends."""

    RECEIVED = "received"
    WAITING = "waiting"
    ANSWERED = "answered"
    FAILED = "failed"
    LEFT_TO_STAFF = "left_to_staff"


class DeliveryState(StrEnum):
    """What became of a message on its way to a channel."""

    RECEIVED = "received"
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


_OPEN = frozenset({"waiting", "answered", "failed", "left_to_staff", "delivered", "dead"})
# Of turns and deliveries alike; which states there are of each its own enum says.
_CHANGES: Mapping[str, frozenset[str]] = {"received": frozenset({"waiting", "left_to_staff"}), "waiting": _OPEN}


class ChangeError(ValueError):
    """A state that may not follow another."""


def require_change(before: str, after: str) -> None:
    """Raises ChangeError unless a turn or a delivery may go from one state to the other."""
    if after not in _CHANGES.get(before, frozenset()):
        raise ChangeError(f"{before} cannot become {after}.")


@dataclass(frozen=True)
class Said:
    """What somebody says, before it has a place in a conversation. `choices` are titles.

    `cause` names why it is said: of one cause there is one message, however often it is tried. `language` is that of the
    text, where it is known.
    """

    author: Author
    text: str
    choices: tuple[str, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    client_id: str | None = None
    cause: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Choice:
    """A button: `id` is a token that only its own conversation knows, `title` what it says and stands for."""

    id: str
    title: str


@dataclass(frozen=True)
class Message:
    """A message in its place: `seq` counts from 1 in each conversation."""

    seq: int
    author: Author
    text: str
    at: datetime
    client_id: str | None = None
    choices: tuple[Choice, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    language: str | None = None

"""A button that somebody pressed: what it says, and whether its time has passed.

Responsible for reading that off the messages. Must not know what a button does.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store.conversation_schema import Message
from bot.store.conversations import find_choice
from bot.store.database import Database


@dataclass(frozen=True)
class Press:
    """The title of a button under message `seq`. `passed`: its person wrote something since. `used`: it, or one beside it."""

    title: str
    seq: int
    passed: bool
    used: bool


def find_press(database: Database, conversation_id: str, choice_id: str) -> Press:
    """Raises UnknownChoiceError."""
    title = find_choice(database, conversation_id, choice_id)
    seq = int(choice_id.partition("-")[0])
    own = (Message.conversation_id == conversation_id, Message.author == "visitor")
    with database.reading() as connection:
        newest = connection.scalar(select(func.max(Message.seq)).where(*own)) or 0
        used = connection.scalar(select(func.count()).where(*own, Message.client_id == client_id_of(seq)))
    return Press(title, seq, newest > seq, bool(used))


def client_id_of(seq: int) -> str:
    """Of the message that a press becomes: the buttons under one message are pressed once, all together."""
    return f"press:{seq}"

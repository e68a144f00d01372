"""Everything that is kept of one person: of a conversation with all its requests, found by the reference of one of them.

Responsible for finding and reading it. What is kept is what the tables say: every one that names a conversation, a request or a
chat is read, so that a table added later is not forgotten. Must not know where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from bot.core.handoff import Agent
from bot.store.audit import record_alone
from bot.store.cases import of_agent, visible_to
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError
from bot.store.schema import Base, Handoff, TelegramChat

# Keys and the working state of queues: nothing about the person.
_LEFT_OUT = frozenset({"token_hash", "claimed_by", "due_at", "attempts"})


class SharedPersonError(Exception):
    """Another intermediary has a request of the same person: only who sees both may handle all of it."""


@dataclass(frozen=True)
class Found:
    """Whose data it is: the conversation, and the numbers of its requests."""

    conversation_id: str
    handoff_id: int
    handoff_ids: Sequence[int]


def find_person(database: Database, agent: Agent, reference: str) -> Found:
    """Raises HandoffNotFoundError, also where the agent may not see it; SharedPersonError."""
    with database.reading() as connection:
        row = connection.execute(of_agent(select(Handoff.id, Handoff.conversation_id), agent, reference)).one_or_none()
        if row is None:
            raise HandoffNotFoundError
        of_person = select(Handoff.id).where(Handoff.conversation_id == row.conversation_id)
        every = list(connection.scalars(of_person))
        if len(list(connection.scalars(of_person.where(visible_to(agent))))) < len(every):
            raise SharedPersonError
        return Found(row.conversation_id, row.id, every)


def read_person(database: Database, found: Found) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows, as JSON may hold them; what Rasa keeps is not among them (`transcript.read_events`)."""
    with database.reading() as connection:
        chats = select(TelegramChat.chat_id).where(TelegramChat.conversation_id == found.conversation_id)
        chat_ids = list(connection.scalars(chats))
        return {
            table.name: [_plain(row._mapping) for row in connection.execute(select(table).where(condition))]
            for table, condition in _conditions(found, chat_ids)
        }


def list_same_contact(database: Database, found: Found) -> list[str]:
    """References of other conversations to which the same contact was given."""
    own = select(Handoff.contact_value).where(Handoff.conversation_id == found.conversation_id)
    same = select(Handoff.reference).where(Handoff.contact_value.in_(own), Handoff.conversation_id != found.conversation_id)
    with database.reading() as connection:
        return list(connection.scalars(same.order_by(Handoff.id)))


def note_use(database: Database, found: Found, action: str, staff_id: int | None = None) -> None:
    """That somebody exported or erased it."""
    record_alone(database, action, staff_id, found.handoff_id)


def _conditions(found: Found, chat_ids: Sequence[int]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    for table in Base.metadata.sorted_tables:
        if table.name == "conversations":
            yield table, table.c.id == found.conversation_id
        elif "handoff_id" in table.c:
            yield table, table.c.handoff_id.in_(found.handoff_ids)
        elif "conversation_id" in table.c:
            yield table, table.c.conversation_id == found.conversation_id
        elif "chat_id" in table.c:
            yield table, table.c.chat_id.in_(chat_ids)


def _plain(row: Any) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name not in _LEFT_OUT and value is not None}
    return {name: value.isoformat() if isinstance(value, (datetime, date)) else value for name, value in values.items()}

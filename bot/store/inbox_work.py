"""What staff keep beside a handoff: private notes, what each has read; and canned replies.

Responsible for these tables. A handoff is named by its id, which the caller has looked up among those that the agent may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.handoff import Agent
from bot.core.staff import Scope
from bot.store.audit import record
from bot.store.base import utc_now
from bot.store.cases import of_agent
from bot.store.conversation_schema import Delivery
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError
from bot.store.handoff_schema import Handoff
from bot.store.inbox import names_of
from bot.store.inbox_schema import CannedReply, HandoffNote, HandoffRead
from bot.store.staff_schema import Staff


class ReplyNotFoundError(LookupError):
    """There is no such reply, or not for whoever asks."""


@dataclass(frozen=True)
class Note:
    """A private note; `who` is a first name."""

    text: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Reply:
    """A canned reply; `shared` ones are of all intermediaries."""

    id: int
    title: str
    text_en: str
    text_es: str
    shared: bool


def find_id(database: Database, agent: Agent, reference: str) -> int:
    """Raises HandoffNotFoundError, also where it is another partner's."""
    with database.reading() as connection:
        found = connection.scalar(of_agent(select(Handoff.id), agent, reference))
    if found is None:
        raise HandoffNotFoundError
    return int(found)


def read_holding(database: Database, agent: Agent, reference: str) -> tuple[str, str | None]:
    """Status, and who has it. Raises HandoffNotFoundError, also where it is another partner's by now."""
    with database.reading() as connection:
        row = connection.execute(of_agent(select(Handoff.status, Handoff.staff_id), agent, reference)).one_or_none()
    if row is None:
        raise HandoffNotFoundError
    return row.status, row.staff_id


def add_note(database: Database, handoff_id: int, staff_id: int, text: str) -> None:
    values = {"handoff_id": handoff_id, "staff_id": staff_id, "text": text, "at": utc_now()}
    with database.writing() as connection:
        connection.execute(insert(HandoffNote), values)
        record(connection, "noted", staff_id, handoff_id)


def list_notes(database: Database, handoff_id: int) -> list[Note]:
    """Oldest first."""
    query = select(HandoffNote.text, Staff.first_name, HandoffNote.at).join(Staff).where(HandoffNote.handoff_id == handoff_id)
    with database.reading() as connection:
        return [Note(*row) for row in connection.execute(query.order_by(HandoffNote.id))]


def mark_read(database: Database, handoff_id: int, staff_id: int, seq: int) -> None:
    """Up to a message; reading an older page again changes nothing."""
    dialect = postgresql if database.engine.dialect.name == "postgresql" else sqlite
    new = dialect.insert(HandoffRead).values(staff_id=staff_id, handoff_id=handoff_id, seq=seq)
    newer = new.on_conflict_do_update(
        index_elements=["staff_id", "handoff_id"], set_={"seq": new.excluded.seq}, where=HandoffRead.seq < new.excluded.seq
    )
    with database.writing() as connection:
        connection.execute(newer)


def list_holders(database: Database, staff_ids: set[str | None]) -> dict[str | None, str]:
    """First names by id, as handoffs keep it."""
    with database.reading() as connection:
        return names_of(connection, staff_ids)


def list_deliveries(database: Database, conversation_id: str) -> Mapping[int, str]:
    """What became of the messages that a channel has to be sent, by number."""
    query = select(Delivery.seq, Delivery.state).where(Delivery.conversation_id == conversation_id)
    with database.reading() as connection:
        return {row.seq: row.state for row in connection.execute(query)}


def list_replies(database: Database, scope: Scope) -> list[Reply]:
    """Those of the intermediary and those of all, by title."""
    query = select(CannedReply).where(_usable(scope)).order_by(CannedReply.title)
    with database.transaction() as session:
        return [Reply(row.id, row.title, row.text_en, row.text_es, row.partner_id is None) for row in session.scalars(query)]


def save_reply(database: Database, scope: Scope, staff_id: int, texts: Mapping[str, str], reply_id: int | None = None) -> None:
    """Add one, or change one of one's own; `texts` are title, text_en and text_es. Raises ReplyNotFoundError."""
    values = {**texts, "changed_by": staff_id, "changed_at": utc_now()}
    with database.writing() as connection:
        if reply_id is None:
            connection.execute(insert(CannedReply), {**values, "partner_id": scope.partner_id})
        elif connection.execute(update(CannedReply).where(_own(scope, reply_id)).values(values)).rowcount == 0:
            raise ReplyNotFoundError
        record(connection, "reply_saved", staff_id)


def delete_reply(database: Database, scope: Scope, staff_id: int, reply_id: int) -> None:
    """Raises ReplyNotFoundError."""
    with database.writing() as connection:
        if connection.execute(delete(CannedReply).where(_own(scope, reply_id))).rowcount == 0:
            raise ReplyNotFoundError
        record(connection, "reply_deleted", staff_id)


def _usable(scope: Scope) -> ColumnElement[bool]:
    return or_(CannedReply.partner_id.is_(None), CannedReply.partner_id == scope.partner_id)


def _own(scope: Scope, reply_id: int) -> ColumnElement[bool]:
    """Of one's intermediary; those of all belong to national staff."""
    return (CannedReply.id == reply_id) & CannedReply.partner_id.is_not_distinct_from(scope.partner_id)

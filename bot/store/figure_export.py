"""Handoffs for statistics, a page at a time: without a name, a contact or a word of anybody's.

Responsible for reading what the agent may see. Who is whom is for the caller to hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Connection, select

from bot.core.handoff import Agent
from bot.store.cases import visible_to
from bot.store.conversation_schema import Conversation
from bot.store.counting import first_accepted
from bot.store.database import Database
from bot.store.figure_schema import HandoffCount
from bot.store.figures import Chosen
from bot.store.handoff_schema import Handoff, HandoffOutcome
from bot.store.schema import Office

PAGE = 1000


@dataclass(frozen=True)
class Exported:
    """A handoff with the newest thing that became of it."""

    id: int
    reference: str
    made_at: datetime
    audience: str
    language: str
    channel: str | None
    state: str | None
    office: str | None
    reason: str | None
    status: str
    accepted_at: datetime | None
    replied_at: datetime | None
    outcome: str | None
    on_day: date | None


def export_page(database: Database, agent: Agent, chosen: Chosen, after: int = 0) -> list[Exported]:
    """At most PAGE handoffs in the order in which they were made, after the one of an id."""
    own = ("id", "reference", "created_at", "audience", "language", "state", "reason", "status")
    query = (
        select(*(Handoff.__table__.c[name] for name in own), Conversation.channel, Office.name, HandoffCount.replied_at)
        .select_from(Handoff)
        .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Office, Office.id == Handoff.office_id)
        .outerjoin(HandoffCount, HandoffCount.handoff_id == Handoff.id)
        .where(visible_to(agent), Handoff.id > after, *_conditions(chosen))
    )
    with database.reading() as connection:
        rows = connection.execute(query.order_by(Handoff.id).limit(PAGE)).all()
        ids = [row.id for row in rows]
        accepted, outcomes = first_accepted(connection, ids), _newest_outcomes(connection, ids)
    return [
        Exported(
            row.id, row.reference, row.created_at, row.audience, row.language, row.channel, row.state, row.name, row.reason,
            row.status, accepted.get(row.id), row.replied_at, *outcomes.get(row.id, (None, None)),
        )
        for row in rows
    ]  # fmt: skip


def _conditions(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    wanted = {
        Handoff.state: chosen.state,
        Handoff.office_id: chosen.office,
        Handoff.language: chosen.language,
        Conversation.channel: chosen.channel,
    }
    yield from (column == value for column, value in wanted.items() if value)
    if chosen.first:
        yield Handoff.created_at >= _beginning(chosen.first)
    if chosen.last:
        yield Handoff.created_at < _beginning(chosen.last, 1)


def _beginning(month: str, later: int = 0) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year + (number - 1 + later) // 12, (number - 1 + later) % 12 + 1, 1, tzinfo=UTC)


def _newest_outcomes(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, date]]:
    columns = (HandoffOutcome.handoff_id, HandoffOutcome.outcome, HandoffOutcome.on_day)
    valid = (HandoffOutcome.handoff_id.in_(ids), HandoffOutcome.withdrawn_at.is_(None))
    query = select(*columns).where(*valid).order_by(HandoffOutcome.on_day, HandoffOutcome.id)
    return {row.handoff_id: (row.outcome, row.on_day) for row in connection.execute(query)}

"""Counts what has changed: in one transaction it is taken out of the figures as it was counted, and put in as it is.

So the figures are the sum of all that was counted, also when a gateway is killed, and however many gateways count. What is
erased is counted once more and then forgotten: its figures stay, and nothing says any more whose they were. Must not know pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.figures import Cell, Request, Screening, Step, audience_of, month_of, question_mark
from bot.core.handoff import HandoffStatus, Outcome
from bot.store.conversation_schema import Conversation
from bot.store.database import Database
from bot.store.figure_schema import Figure, HandoffCount, Journey
from bot.store.handoff_schema import Handoff, HandoffChange, HandoffOutcome

BATCH = 100
_Row = Row[*tuple[Any, ...]]
_KEY = ("office_id", "state", "mark", "month", "audience", "channel", "language")


@dataclass(frozen=True)
class _Item:
    """Something with how it was counted, and how it is to be counted now."""

    key: Any
    before: Sequence[Any] | None
    cell: Cell
    marks: tuple[str, ...]

    @property
    def now(self) -> list[Any]:
        return [list(astuple(self.cell)), list(self.marks)]


def count_changed(database: Database, limit: int = BATCH) -> int:
    """Count at most `limit` conversations and as many handoffs that changed since they were counted; how many there were."""
    with database.writing() as connection:
        journeys = _journeys(connection, Journey.changed_at.is_not(None), limit)
        handoffs = _handoffs(connection, HandoffCount.changed_at.is_not(None), limit)
        _count(connection, journeys, handoffs)
        return len(journeys) + len(handoffs)


def count_and_forget(connection: Connection, conversation_id: str) -> None:
    """Before a conversation and its handoffs, which have to be locked, are erased: their figures stay as they are now."""
    journeys = _journeys(connection, Journey.conversation_id == conversation_id)
    of_conversation = select(Handoff.id).where(Handoff.conversation_id == conversation_id)
    handoffs = _handoffs(connection, HandoffCount.handoff_id.in_(of_conversation))
    _count(connection, journeys, handoffs)
    connection.execute(delete(Journey).where(Journey.conversation_id == conversation_id))
    connection.execute(delete(HandoffCount).where(HandoffCount.handoff_id.in_([item.key for item in handoffs])))


def _journeys(connection: Connection, wanted: ColumnElement[bool], limit: int | None = None) -> list[_Item]:
    """Those that have begun; the rows stay locked."""
    query = select(*Journey.__table__.c).where(wanted, Journey.began_at.is_not(None)).order_by(Journey.changed_at).limit(limit)
    rows = connection.execute(query.with_for_update(skip_locked=limit is not None))
    return [_Item(row.conversation_id, row.counted, _cell(row, row.began_at), tuple(_journey_marks(row))) for row in rows]


def _journey_marks(row: _Row) -> Iterator[str]:
    """Questions count each time, everything else once."""
    yield Step.WROTE
    yield from Screening.load(row.screening).marks()
    for decision, number in (row.questions or {}).items():
        yield from [question_mark(decision)] * number


_HANDOFFS = (
    select(
        HandoffCount.handoff_id, HandoffCount.replied_at, HandoffCount.counted, Conversation.channel,
        *(Handoff.__table__.c[name] for name in ("audience", "state", "office_id", "language", "created_at")),
    )
    .select_from(HandoffCount)
    .join(Handoff, Handoff.id == HandoffCount.handoff_id)
    .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
    .where(HandoffCount.handoff_id.in_(bindparam("these", expanding=True)))
)  # fmt: skip


def _handoffs(connection: Connection, wanted: ColumnElement[bool], limit: int | None = None) -> list[_Item]:
    """Locked by one statement and read by the next, which sees what was changed until they were locked."""
    query = select(HandoffCount.handoff_id).where(wanted).order_by(HandoffCount.changed_at).limit(limit)
    ids = connection.scalars(query.with_for_update(skip_locked=limit is not None)).all()
    rows = connection.execute(_HANDOFFS, {"these": list(ids)}).all()
    accepted, outcomes = first_accepted(connection, ids), _outcomes(connection, ids)
    return [
        _Item(row.handoff_id, row.counted, _cell(row, row.created_at), tuple(_request(row, accepted, outcomes).marks()))
        for row in rows
    ]


def _request(row: _Row, accepted: dict[int, Any], outcomes: dict[int, set[Outcome]]) -> Request:
    found = frozenset(outcomes.get(row.handoff_id, ()))
    return Request(row.audience, row.created_at, accepted.get(row.handoff_id), row.replied_at, found)


def first_accepted(connection: Connection, ids: Collection[int]) -> dict[int, Any]:
    """When each was accepted first."""
    query = select(HandoffChange.handoff_id, func.min(HandoffChange.at).label("at")).group_by(HandoffChange.handoff_id)
    accepted = (HandoffChange.what == "status", HandoffChange.after == str(HandoffStatus.ACCEPTED))
    rows = connection.execute(query.where(HandoffChange.handoff_id.in_(ids), *accepted)) if ids else ()
    return {row.handoff_id: row.at for row in rows}


def _outcomes(connection: Connection, ids: Collection[int]) -> dict[int, set[Outcome]]:
    """What became of each, without what was taken back."""
    valid = (HandoffOutcome.handoff_id.in_(ids), HandoffOutcome.withdrawn_at.is_(None))
    found: dict[int, set[Outcome]] = {}
    for row in connection.execute(select(HandoffOutcome.handoff_id, HandoffOutcome.outcome).where(*valid)) if ids else ():
        found.setdefault(row.handoff_id, set()).add(Outcome(row.outcome))
    return found


def _cell(row: _Row, at: Any) -> Cell:
    audience = audience_of(row.audience or "")
    known = (row.state or "", row.office_id or "", row.channel or "", row.language or "")
    return Cell(month_of(at), str(audience or ""), *known)


def _count(connection: Connection, journeys: Sequence[_Item], handoffs: Sequence[_Item]) -> None:
    changes: Counter[tuple[str, ...]] = Counter()
    for item in (*journeys, *handoffs):
        if item.before:
            changes.subtract(Counter(_keys(Cell(*item.before[0]), item.before[1])))
        changes.update(_keys(item.cell, item.marks))
    _add(connection, changes)
    _settle(connection, Journey.__table__, "conversation_id", journeys)  # type: ignore[arg-type]
    _settle(connection, HandoffCount.__table__, "handoff_id", handoffs)  # type: ignore[arg-type]


def _keys(cell: Cell, marks: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for sum_ in cell.sums():
        for mark in marks:
            yield (sum_.office_id, sum_.state, str(mark), sum_.month, sum_.audience, sum_.channel, sum_.language)


def _add(connection: Connection, changes: Counter[tuple[str, ...]]) -> None:
    """In one order, so that of two that count at the same time none waits for the other in a circle."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(Figure)
    added = new.on_conflict_do_update(index_elements=list(_KEY), set_={"number": Figure.__table__.c.number + new.excluded.number})
    rows = [dict(zip(_KEY, key, strict=True), number=number) for key, number in sorted(changes.items()) if number]
    if rows:
        connection.execute(added, rows)


def _settle(connection: Connection, table: Table, key: str, items: Sequence[_Item]) -> None:
    counted = update(table).where(table.c[key] == bindparam("this"))
    rows = [{"this": item.key, "now": item.now} for item in items]
    if rows:
        connection.execute(counted.values(counted=bindparam("now"), changed_at=None), rows)

"""Queues in the database: each conversation in its order, each message by one worker at a time.

A worker claims what is due for as long as its lease lasts and it keeps renewing it; what a killed worker held is due again when
the lease has run out. Only the holder of a claim may end it, so nothing ends twice. Responsible for the tables' common columns;
must not know what is done with a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.conversation import TurnState, require_change
from bot.store.base import utc_now
from bot.store.conversation_schema import Delivery, Turn
from bot.store.conversations import OPEN
from bot.store.database import Database

Row = TypeVar("Row", Turn, Delivery)
_WAITING = str(TurnState.WAITING)


class ClaimLostError(Exception):
    """The claim is no longer ours: its lease ran out, or somebody else took over."""


@dataclass(frozen=True)
class Claim:
    """One message in the hands of one worker, for the `attempt`-th time."""

    conversation_id: str
    seq: int
    worker: str
    attempt: int
    due_at: datetime


def claim_due(
    database: Database, table: type[Row], worker: str, limit: int, lease: timedelta, *conditions: ColumnElement[bool]
) -> list[Claim]:
    """Take up to `limit` of what is due: of each conversation only the first that is still open."""
    now = utc_now()
    earlier = aliased(table)
    first = ~exists().where(earlier.conversation_id == table.conversation_id, earlier.seq < table.seq, earlier.state.in_(OPEN))
    due = (
        select(table)
        .where(table.state.in_(OPEN), table.due_at <= now, first, *conditions)
        .order_by(table.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=table)
    )
    with database.transaction() as session:
        return [_take(row, worker, now, lease) for row in session.scalars(due)]


def _take(row: Turn | Delivery, worker: str, now: datetime, lease: timedelta) -> Claim:
    claim = Claim(row.conversation_id, row.seq, worker, row.attempts + 1, row.due_at)
    require_change(row.state, _WAITING)
    row.state, row.claimed_by, row.attempts, row.due_at = _WAITING, worker, claim.attempt, now + lease
    return claim


def renew_claims(database: Database, table: type[Row], claims: Sequence[Claim], lease: timedelta) -> None:
    """Keep what is still ours for another lease."""
    until = utc_now() + lease
    with database.transaction() as session:
        for claim in claims:
            session.execute(update(table).where(*_is(table, claim)).values(due_at=until))


def hold_claim(session: Session, table: type[Row], claim: Claim) -> Row:
    """The row of a claim, which nobody else changes until the transaction ends. Raises ClaimLostError."""
    row = session.scalars(select(table).where(*_is(table, claim)).with_for_update()).one_or_none()
    if row is None:
        raise ClaimLostError
    return row


def release_claim(database: Database, table: type[Row], claim: Claim, pause: timedelta) -> None:
    """Give the message back, to be tried again after a pause. Raises ClaimLostError."""
    with database.transaction() as session:
        row = hold_claim(session, table, claim)
        row.claimed_by, row.due_at = None, utc_now() + pause


def count_states(database: Database, table: type[Row]) -> dict[str, int]:
    """How many there are in each state that still matters: open ones, failed and dead ones."""
    query = (
        select(table.state, func.count().label("number")).where(table.state.in_((*OPEN, "failed", "dead"))).group_by(table.state)
    )
    with database.reading() as connection:
        return {row.state: row.number for row in connection.execute(query)}


def _is(table: type[Row], claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        table.conversation_id == claim.conversation_id,
        table.seq == claim.seq,
        table.state == _WAITING,
        table.claimed_by == claim.worker,
        table.attempts == claim.attempt,
    )

"""Queues in the database: each conversation in its order, each message by one worker at a time.

A worker claims what is due for as long as its lease lasts and it keeps renewing it; what a killed worker held is due again when
the lease has run out. Only the holder of a claim may end it, so nothing ends twice. Responsible for the tables' common columns;
must not know what is done with a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, exists, func, select, update
from sqlalchemy.orm import aliased

from bot.core.conversation import DeliveryState, TurnState, require_change
from bot.store.base import utc_now
from bot.store.conversation_schema import Delivery, Turn
from bot.store.conversations import OPEN
from bot.store.database import Database

Queue = type[Turn] | type[Delivery]
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
    database: Database, table: Queue, worker: str, limit: int, lease: timedelta, *conditions: ColumnElement[bool]
) -> list[Claim]:
    """Take up to `limit` of what is due: of each conversation only the first that is still open."""
    now = utc_now()
    until = now + lease
    with database.writing() as connection:
        found = connection.execute(_due(table).where(*conditions), {"now": now, "most": limit}).all()
        claims = [Claim(row.conversation_id, row.seq, worker, row.attempts + 1, row.due_at) for row in found]
        if claims:
            taken = {"by": worker, "until": until}
            connection.execute(
                _take(table),
                [{**taken, "this": each.conversation_id, "number": each.seq, "attempt": each.attempt} for each in claims],
            )
    return claims


@cache
def _due(table: Queue) -> Select[*tuple[Any, ...]]:
    earlier = aliased(table)
    first = ~exists().where(earlier.conversation_id == table.conversation_id, earlier.seq < table.seq, earlier.state.in_(OPEN))
    return (
        select(table.conversation_id, table.seq, table.attempts, table.due_at)
        .where(table.state.in_(OPEN), table.due_at <= bindparam("now"), first)
        .order_by(table.due_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=table)
    )


@cache
def _take(table: Queue) -> Update:
    this = (table.conversation_id == bindparam("this"), table.seq == bindparam("number"))
    taken: dict[str, Any] = {"claimed_by": bindparam("by"), "attempts": bindparam("attempt"), "due_at": bindparam("until")}
    return update(table).where(*this).values(state=_WAITING, **taken)


def renew_claims(database: Database, table: Queue, claims: Sequence[Claim], lease: timedelta) -> None:
    """Keep what is still ours for another lease."""
    until = utc_now() + lease
    with database.writing() as connection:
        for claim in claims:
            connection.execute(update(table).where(*_is(table, claim)).values(due_at=until))


def end_claim(connection: Connection, table: Queue, claim: Claim, state: TurnState | DeliveryState, **values: object) -> None:
    """Bring what was claimed to its end. Raises ClaimLostError, or ChangeError if that is no end."""
    require_change(_WAITING, state)
    _change(connection, table, claim, state=str(state), claimed_by=None, **values)


def release_claim(database: Database, table: Queue, claim: Claim, pause: timedelta) -> None:
    """Give the message back, to be tried again after a pause. Raises ClaimLostError."""
    with database.writing() as connection:
        _change(connection, table, claim, claimed_by=None, due_at=utc_now() + pause)


def _change(connection: Connection, table: Queue, claim: Claim, **values: object) -> None:
    """Only who holds the claim changes its row."""
    if connection.execute(update(table).where(*_is(table, claim)).values(**values)).rowcount == 0:
        raise ClaimLostError


def count_states(database: Database, table: Queue) -> dict[str, int]:
    """How many there are in each state that still matters: open ones, failed and dead ones."""
    query = (
        select(table.state, func.count().label("number")).where(table.state.in_((*OPEN, "failed", "dead"))).group_by(table.state)
    )
    with database.reading() as connection:
        return {row.state: row.number for row in connection.execute(query)}


def _is(table: Queue, claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        table.conversation_id == claim.conversation_id,
        table.seq == claim.seq,
        table.state == _WAITING,
        table.claimed_by == claim.worker,
        table.attempts == claim.attempt,
    )

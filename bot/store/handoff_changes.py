"""Changes of handoffs: each by compare-and-set, and each in the history, without anything personal.

Responsible for the row of a handoff, its status, office and outcomes. Must not know conversations, nor who may see which handoff.
Where both are changed, the conversation is locked first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from bot.core.handoff import (
    TRANSITIONS,
    UNATTENDED,
    Actor,
    Agent,
    HandoffError,
    HandoffStatus,
    Outcome,
    TransferReason,
    require_transition,
)
from bot.store.base import utc_now
from bot.store.handoff_schema import Handoff, HandoffChange, HandoffOutcome
from bot.store.journeys import note_handoff_changed

HandoffRow = Row[*tuple[Any, ...]]
_LOCKED = select(
    *(
        Handoff.__table__.c[name]
        for name in (
            "id", "reference", "conversation_id", "office_id", "status", "staff_id", "step", "due_at", "urgent", "audience",
            "answers", "language", "consent_version", "contact_kind",
        )
    )
).with_for_update()  # fmt: skip


class HandoffNotFoundError(LookupError):
    """There is no handoff of that reference, or not for whoever asks."""


class HandoffChangedError(HandoffError):
    """Somebody else was quicker: the handoff is not as it was thought to be. `status` and `staff_id` are what it is now."""

    def __init__(self, status: HandoffStatus, staff_id: str | None) -> None:
        super().__init__(f"The handoff is {status} by now.")
        self.status, self.staff_id = status, staff_id


@dataclass(frozen=True)
class Change:
    """One entry of the history; `what` is status, office, staff or outcome."""

    at: datetime
    actor: Actor
    staff_id: str | None
    what: str
    before: str | None
    after: str | None
    reason: TransferReason | None


def lock_handoff(connection: Connection, *conditions: ColumnElement[bool]) -> HandoffRow:
    """The one handoff that fits, which nobody else changes until the transaction ends. Raises HandoffNotFoundError."""
    row = connection.execute(_LOCKED.where(*conditions)).one_or_none()
    if row is None:
        raise HandoffNotFoundError
    return row


def lock_handoffs_of(connection: Connection, conversation_id: str, statuses: Collection[HandoffStatus]) -> list[HandoffRow]:
    """The handoffs of a conversation in these states, locked in one order."""
    this = (Handoff.conversation_id == conversation_id, Handoff.status.in_(list(map(str, statuses))))
    return list(connection.execute(_LOCKED.where(*this).order_by(Handoff.id)))


def change_status(
    connection: Connection, row: HandoffRow, after: HandoffStatus, actor: Actor, agent: Agent | None = None
) -> None:
    """One step of the table of transitions; the clock lets go of what is not unattended any more.

    Raises TransitionError, or HandoffChangedError if the status is not (or no longer) that of `row`.
    """
    before = HandoffStatus(row.status)
    require_transition(before, after, actor)
    values: dict[str, Any] = {"status": str(after)}
    if after not in UNATTENDED:
        values["due_at"] = None
    if agent:
        values["staff_id"] = agent.staff_id
    this = update(Handoff).where(Handoff.id == row.id, Handoff.status == row.status)
    if connection.execute(this.values(**values)).rowcount == 0:
        raise HandoffChangedError(before, row.staff_id)
    note_change(connection, row.id, actor, "status", row.status, str(after), agent)


def change_statuses_of(
    connection: Connection, conversation_id: str, before: Collection[HandoffStatus], after: HandoffStatus, actor: Actor
) -> None:
    """The same for those handoffs of a conversation from which this actor may make the step."""
    able = [status for status in before if actor in TRANSITIONS[status].get(after, ())]
    for row in lock_handoffs_of(connection, conversation_id, able):
        change_status(connection, row, after, actor)


def change_office(
    connection: Connection,
    row: HandoffRow,
    office_id: str,
    actor: Actor,
    agent: Agent | None = None,
    reason: TransferReason | None = None,
    step: int = 0,
    due_at: datetime | None = None,
) -> None:
    """Give it to another office, where it is new; the clock looks after it from `due_at` (now) on."""
    if row.status != HandoffStatus.NEW:
        change_status(connection, row, HandoffStatus.NEW, actor)
    values = {"office_id": office_id, "staff_id": None, "step": step, "due_at": due_at or utc_now()}
    connection.execute(update(Handoff).where(Handoff.id == row.id).values(**values))
    note_change(connection, row.id, actor, "office", row.office_id, office_id, agent, reason)


def add_outcome(connection: Connection, row: HandoffRow, outcome: Outcome, on_day: date, agent: Agent) -> None:
    """What became of the person on a day; those before stay."""
    values = {"handoff_id": row.id, "outcome": str(outcome), "on_day": on_day, "noted_at": utc_now(), "noted_by": agent.staff_id}
    connection.execute(insert(HandoffOutcome).values(**values))
    note_change(connection, row.id, Actor.STAFF, "outcome", None, str(outcome), agent)


def take_back_outcome(connection: Connection, row: HandoffRow, outcome_id: int, agent: Agent) -> None:
    """A correction: the outcome stays as one that was taken back. Raises HandoffNotFoundError."""
    this = update(HandoffOutcome).where(
        HandoffOutcome.id == outcome_id, HandoffOutcome.handoff_id == row.id, HandoffOutcome.withdrawn_at.is_(None)
    )
    withdrawn = this.values(withdrawn_at=utc_now(), withdrawn_by=agent.staff_id).returning(HandoffOutcome.outcome)
    outcome = connection.scalar(withdrawn)
    if outcome is None:
        raise HandoffNotFoundError
    note_change(connection, row.id, Actor.STAFF, "outcome", outcome, None, agent)


def note_change(
    connection: Connection,
    handoff_id: int,
    actor: Actor,
    what: str,
    before: str | None,
    after: str | None,
    agent: Agent | None = None,
    reason: TransferReason | None = None,
) -> None:
    """Add to the history; the figures count it again."""
    values = {
        "handoff_id": handoff_id,
        "at": utc_now(),
        "actor": str(actor),
        "staff_id": agent.staff_id if agent else None,
        "what": what,
        "before": before,
        "after": after,
        "reason": str(reason) if reason else None,
    }
    connection.execute(insert(HandoffChange).values(**values))
    note_handoff_changed(connection, handoff_id)


def list_changes(connection: Connection, handoff_id: int) -> list[Change]:
    """The history, oldest first."""
    columns = (getattr(HandoffChange, name) for name in ("at", "actor", "staff_id", "what", "before", "after", "reason"))
    query = select(*columns).where(HandoffChange.handoff_id == handoff_id).order_by(HandoffChange.id)
    return [
        Change(row.at, Actor(row.actor), row.staff_id, row.what, row.before, row.after, row.reason and TransferReason(row.reason))
        for row in connection.execute(query)
    ]

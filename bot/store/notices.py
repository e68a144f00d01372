"""Notices: one row a target, taken by one sender at a time, again after failures, and never twice.

A sender claims a notice, says that it is sending, sends, and says what became of it. One that dies before it sends loses its
claim, and another takes it up. One that dies while sending may have sent it: such a notice is dead and seen by staff, not sent
again. Responsible for the table `notices`. Must not know how anything is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.handoff import Actor, Agent, ContactKind, HandoffStatus
from bot.store.base import utc_now
from bot.store.cases import visible_to
from bot.store.claims import ClaimLostError
from bot.store.conversation_schema import Conversation
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError, HandoffRow, change_status, lock_handoff
from bot.store.handoff_schema import Handoff, Notice, NoticeTarget
from bot.store.office_service import label_of, targets_of
from bot.store.schema import Office

CONTACT = "the person's contact"
_OPEN = ("received", "waiting", "sending")


class NoticeKind(StrEnum):
    """A new handoff, one that nobody accepted yet, one whose person left and has only a phone; and a reply to the person."""

    NEW = "new"
    REMINDER = "reminder"
    CALL = "call"
    REPLY = "reply"


@dataclass(frozen=True)
class NoticeClaim:
    """A notice in the hands of one sender, for the `attempt`-th time."""

    id: int
    worker: str
    attempt: int


@dataclass(frozen=True)
class Sending:
    """What is to be sent where. `address` is None where the target, or the person's e-mail, is gone."""

    claim: NoticeClaim
    kind: NoticeKind
    reference: str
    urgent: bool
    language: str
    address: str | None
    conversation_id: str
    seq: int | None


@dataclass(frozen=True)
class FailedNotice:
    """A dead notice as staff see it; `error` is the kind of the failure, as in "gone", "interrupted" or "refused"."""

    id: int
    reference: str
    kind: NoticeKind
    target: str
    error: str
    created_at: datetime


def add_notices(connection: Connection, handoff: HandoffRow, kind: NoticeKind, cause: str) -> int:
    """One for each target of the partner that has the handoff, else for each default target; gives how many there are.

    Of one cause a target is told once, however often this is called.
    """
    partner = connection.scalar(select(Office.partner_id).where(Office.id == handoff.office_id))
    targets = (targets_of(connection, partner) if partner else []) or targets_of(connection, None)
    for target in targets:
        _add(connection, handoff.id, target.id, label_of(target.id, target.address), kind, cause, None)
    return len(targets)


def add_reply(connection: Connection, handoff_id: int, seq: int) -> None:
    """Send what staff answered up to a message to the contact that the person chose."""
    _add(connection, handoff_id, None, CONTACT, NoticeKind.REPLY, f"reply:{seq}", seq)


def claim_notices(database: Database, worker: str, limit: int, lease: timedelta) -> list[Sending]:
    """Take up to `limit` of what is due; what somebody else was sending when the lease ran out is dead."""
    now = utc_now()
    with database.reading() as connection:  # most of the time there is nothing, and no need to hold up who writes
        if connection.scalar(select(Notice.id).where(Notice.state.in_(_OPEN), Notice.due_at <= now).limit(1)) is None:
            return []
    with database.writing() as connection:
        interrupted = update(Notice).where(Notice.state == "sending", Notice.due_at <= now)
        connection.execute(interrupted.values(state="dead", error="interrupted", claimed_by=None))
        due = select(Notice.id, Notice.attempts).where(Notice.state.in_(("received", "waiting")), Notice.due_at <= now)
        rows = connection.execute(due.order_by(Notice.due_at).limit(limit).with_for_update(skip_locked=True)).all()
        for row in rows:
            taken = update(Notice).where(Notice.id == row.id)
            connection.execute(taken.values(state="waiting", claimed_by=worker, attempts=row.attempts + 1, due_at=now + lease))
        claims = {row.id: NoticeClaim(row.id, worker, row.attempts + 1) for row in rows}
        return _sendings(connection, claims) if claims else []


def begin_sending(database: Database, claim: NoticeClaim, lease: timedelta) -> None:
    """From here on it may have been sent. Raises ClaimLostError."""
    with database.writing() as connection:
        _change(connection, claim, ("waiting",), state="sending", due_at=utc_now() + lease)


def end_notice(database: Database, claim: NoticeClaim) -> None:
    """It was sent: where it was the first, the partner has been told of the handoff. Raises ClaimLostError."""
    with database.writing() as connection:
        this = select(Notice.handoff_id, Notice.kind).where(Notice.id == claim.id)
        notice = connection.execute(this).one_or_none()
        if notice is None:
            raise ClaimLostError
        handoff = lock_handoff(connection, Handoff.id == notice.handoff_id)
        _change(connection, claim, ("sending",), state="delivered", claimed_by=None, error=None)
        if notice.kind == NoticeKind.NEW and handoff.status == HandoffStatus.NEW:
            change_status(connection, handoff, HandoffStatus.NOTIFIED, Actor.CLOCK)


def postpone_notice(database: Database, claim: NoticeClaim, pause: timedelta, error: str) -> None:
    """It surely was not sent: to be tried again after a pause. Raises ClaimLostError."""
    with database.writing() as connection:
        due = utc_now() + pause
        _change(connection, claim, ("waiting", "sending"), state="waiting", claimed_by=None, due_at=due, error=error)


def bury_notice(database: Database, claim: NoticeClaim, error: str) -> None:
    """It will never be sent. Raises ClaimLostError."""
    with database.writing() as connection:
        _change(connection, claim, ("waiting", "sending"), state="dead", claimed_by=None, error=error)


def list_failed_notices(database: Database, agent: Agent, limit: int = 100) -> list[FailedNotice]:
    """The dead ones that the agent may see, newest first."""
    columns = (Notice.id, Handoff.reference, Notice.kind, Notice.label, Notice.error, Notice.created_at)
    query = select(*columns).join(Handoff, Handoff.id == Notice.handoff_id).where(Notice.state == "dead", visible_to(agent))
    with database.reading() as connection:
        rows = connection.execute(query.order_by(Notice.id.desc()).limit(limit))
        return [
            FailedNotice(row.id, row.reference, NoticeKind(row.kind), row.label, row.error or "", row.created_at) for row in rows
        ]


def retry_notice(database: Database, agent: Agent, notice_id: int) -> None:
    """Send a dead one again, at the wish of staff. Raises HandoffNotFoundError where they see no such notice."""
    mine = select(Handoff.id).where(Handoff.id == Notice.handoff_id, visible_to(agent)).exists()
    dead = update(Notice).where(Notice.id == notice_id, Notice.state == "dead", mine)
    with database.writing() as connection:
        again = dead.values(state="received", attempts=0, due_at=utc_now(), error=None)
        if connection.execute(again).rowcount == 0:
            raise HandoffNotFoundError


def count_notices(database: Database) -> dict[str, int]:
    """How many wait or are dead."""
    query = select(Notice.state, func.count().label("number")).where(Notice.state != "delivered").group_by(Notice.state)
    with database.reading() as connection:
        return {row.state: row.number for row in connection.execute(query)}


def _add(
    connection: Connection, handoff_id: int, target_id: int | None, label: str, kind: NoticeKind, cause: str, seq: int | None
) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"handoff_id": handoff_id, "target_id": target_id, "label": label, "kind": str(kind), "cause": cause, "seq": seq}
    now = utc_now()
    new = {"state": "received", "attempts": 0, "due_at": now, "created_at": now}
    connection.execute(insert(Notice).values(**values, **new).on_conflict_do_nothing())


def _sendings(connection: Connection, claims: dict[int, NoticeClaim]) -> list[Sending]:
    columns = (Notice.id, Notice.kind, Notice.seq, NoticeTarget.address)
    of_handoff = (Handoff.reference, Handoff.urgent, Handoff.conversation_id, Handoff.contact_kind)
    language = func.coalesce(Conversation.language, Handoff.language).label("language")
    query = (
        select(*columns, *of_handoff, Handoff.contact_value, language)
        .join(Handoff, Handoff.id == Notice.handoff_id)
        .outerjoin(NoticeTarget, NoticeTarget.id == Notice.target_id)
        .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Notice.id.in_(claims))
        .order_by(Handoff.urgent.desc(), Notice.id)
    )
    return [
        Sending(
            claims[row.id],
            NoticeKind(row.kind),
            row.reference,
            row.urgent,
            row.language,
            _contact(row.contact_kind, row.contact_value) if row.kind == NoticeKind.REPLY else row.address,
            row.conversation_id,
            row.seq,
        )
        for row in connection.execute(query)
    ]


def _contact(kind: str, value: str | None) -> str | None:
    return value if kind == ContactKind.EMAIL else None


def _change(connection: Connection, claim: NoticeClaim, before: Sequence[str], **values: object) -> None:
    """Only who holds the claim changes the row."""
    held: Sequence[ColumnElement[bool]] = (
        Notice.id == claim.id,
        Notice.claimed_by == claim.worker,
        Notice.attempts == claim.attempt,
        Notice.state.in_(before),
    )
    if connection.execute(update(Notice).where(*held).values(**values)).rowcount == 0:
        raise ClaimLostError

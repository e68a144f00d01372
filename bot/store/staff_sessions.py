"""Who is signed in, and who failed to sign in how often.

Responsible for the tables `staff_sessions` and `staff_failures`. Must not know tokens, only their hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.core.staff import LOCKED_FOR, Role, Staff
from bot.store.audit import record
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.schema import Partner
from bot.store.staff_schema import Staff as StaffRow
from bot.store.staff_schema import StaffFailure, StaffSession

# An older note of when somebody was last here is near enough, and saves a write at each request.
_NOTED_EACH = timedelta(minutes=1)


@dataclass(frozen=True)
class Open:
    """A session, and whose it is."""

    id: int
    staff: Staff
    seen_at: datetime


@dataclass(frozen=True)
class Device:
    """A session in the list of one's own."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Bounds:
    """How long a session lasts: without use, and in all."""

    idle: timedelta
    most: timedelta


def begin_session(database: Database, staff_id: int, token_hash: str, device: str) -> None:
    now = utc_now()
    values = {"staff_id": staff_id, "token_hash": token_hash, "device": device[:64], "created_at": now, "seen_at": now}
    with database.writing() as connection:
        connection.execute(insert(StaffSession), values)
        record(connection, "signed_in", staff_id)


def find_session(database: Database, token_hash: str, bounds: Bounds) -> Open | None:
    """The session of a token, unless it ended, expired, or its account is disabled."""
    now = utc_now()
    person = (StaffRow.email, StaffRow.first_name, StaffRow.role, StaffRow.partner_id, Partner.name.label("partner"))
    query = (
        select(StaffSession.id, StaffSession.staff_id, StaffSession.seen_at, *person)
        .join(StaffRow, StaffRow.id == StaffSession.staff_id)
        .outerjoin(Partner, Partner.id == StaffRow.partner_id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.ended_at.is_(None),
            StaffSession.seen_at > now - bounds.idle,
            StaffSession.created_at > now - bounds.most,
            StaffRow.disabled_at.is_(None),
        )
    )
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Open(row.id, Staff(row.staff_id, row.email, row.first_name, Role(row.role), row.partner_id, row.partner), row.seen_at)


def touch_session(database: Database, session: Open) -> None:
    """Note that the session is in use."""
    if session.seen_at < utc_now() - _NOTED_EACH:
        with database.writing() as connection:
            connection.execute(update(StaffSession).where(StaffSession.id == session.id).values(seen_at=utc_now()))


def list_sessions(database: Database, staff_id: int, bounds: Bounds) -> list[Device]:
    """Those that are open, newest first."""
    now = utc_now()
    query = (
        select(StaffSession.id, StaffSession.device, StaffSession.created_at, StaffSession.seen_at)
        .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .where(StaffSession.seen_at > now - bounds.idle, StaffSession.created_at > now - bounds.most)
        .order_by(StaffSession.id.desc())
    )
    with database.reading() as connection:
        return [Device(*row) for row in connection.execute(query)]


def end_session(database: Database, staff_id: int, session_id: int) -> bool:
    """End one session of one's own; whether there was such a one."""
    open_one = (StaffSession.id == session_id, StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    with database.writing() as connection:
        ended = connection.execute(update(StaffSession).where(*open_one).values(ended_at=utc_now())).rowcount
        if ended:
            record(connection, "signed_out", staff_id)
        return bool(ended)


def end_other_sessions(database: Database, staff_id: int, kept: int) -> None:
    with database.writing() as connection:
        end_all_sessions(connection, staff_id, kept)
        record(connection, "signed_out_elsewhere", staff_id)


def end_all_sessions(connection: Connection, staff_id: int, kept: int = 0) -> None:
    """In the caller's transaction."""
    mine = (StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None), StaffSession.id != kept)
    connection.execute(update(StaffSession).where(*mine).values(ended_at=utc_now()))


def count_attempt(database: Database, key: str, most: int) -> bool:
    """Note an attempt before it is tried, so that many at once do not slip through; False where there were too many already."""
    now = utc_now()
    with database.writing() as connection:
        connection.execute(delete(StaffFailure).where(StaffFailure.at < now - LOCKED_FOR))
        if connection.execute(select(func.count()).where(StaffFailure.key == key)).scalar_one() >= most:
            return False
        connection.execute(insert(StaffFailure), {"key": key, "at": now})
        return True


def forget_attempts(database: Database, key: str) -> None:
    """After a success."""
    with database.writing() as connection:
        connection.execute(delete(StaffFailure).where(StaffFailure.key == key))

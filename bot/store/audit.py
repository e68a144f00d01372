"""What was seen and done in the inbox: written in the transaction that does it, and never changed.

Responsible for the table `audit`. Must not hold anything that a person wrote, nor a contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.staff_schema import Audit, Staff


@dataclass(frozen=True)
class Entry:
    """Something done; `who` is a first name, or None where a command did it."""

    at: datetime
    who: str | None
    action: str
    detail: str | None


def record(
    connection: Connection, action: str, staff_id: int | None = None, handoff_id: int | None = None, detail: str | None = None
) -> None:
    """Add an entry in the caller's transaction."""
    values = {"at": utc_now(), "action": action, "staff_id": staff_id, "handoff_id": handoff_id, "detail": detail}
    connection.execute(insert(Audit), values)


def record_alone(
    database: Database, action: str, staff_id: int | None = None, handoff_id: int | None = None, detail: str | None = None
) -> None:
    """Add an entry about something that changes nothing, as looking at a page."""
    with database.writing() as connection:
        record(connection, action, staff_id, handoff_id, detail)


def list_entries(database: Database, handoff_id: int, limit: int = 100) -> list[Entry]:
    """What was done with a handoff, newest first."""
    query = (
        select(Audit.at, Staff.first_name, Audit.action, Audit.detail)
        .outerjoin(Staff, Staff.id == Audit.staff_id)
        .where(Audit.handoff_id == handoff_id)
        .order_by(Audit.id.desc())
        .limit(limit)
    )
    with database.reading() as connection:
        return [Entry(row.at, row.first_name, row.action, row.detail) for row in connection.execute(query)]

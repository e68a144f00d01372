"""Leases: what only one process at a time may do, however many there are. A killed holder's lease runs out by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from bot.store.base import Base, utc_now
from bot.store.database import Database


class Lease(Base):
    """`holder` may do what `name` says until then."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]


def take_lease(database: Database, name: str, holder: str, length: timedelta) -> bool:
    """Take a free lease, or keep one's own for longer; whether the holder has it now."""
    now = utc_now()
    values = {"holder": holder, "until": now + length}
    with database.writing() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = (
            insert(Lease)
            .values(name=name, **values)
            .on_conflict_do_update(
                index_elements=[Lease.name], set_=values, where=or_(Lease.holder == holder, Lease.until <= now)
            )
            .returning(Lease.name)
        )
        return connection.scalar(statement) is not None


def release_lease(database: Database, name: str, holder: str) -> None:
    """Let the next one have it at once."""
    with database.writing() as connection:
        connection.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))

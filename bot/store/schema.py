"""The tables of partners; those of conversations, handoffs, staff and Telegram are in modules of their own.

Responsible for columns, keys and constraints. Must not know who reads or writes them. Times are aware and in UTC.
Rasa's own `events` table may lie in the same database; it is not ours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.store.base import ID
from bot.store.base import Base as Base
from bot.store.base import utc_now as utc_now
from bot.store.conversation_schema import Conversation as Conversation
from bot.store.conversation_schema import Delivery as Delivery
from bot.store.conversation_schema import Message as Message
from bot.store.conversation_schema import Turn as Turn
from bot.store.figure_schema import Figure as Figure
from bot.store.figure_schema import HandoffCount as HandoffCount
from bot.store.figure_schema import Journey as Journey
from bot.store.handoff_schema import Handoff as Handoff
from bot.store.handoff_schema import HandoffChange as HandoffChange
from bot.store.handoff_schema import HandoffOutcome as HandoffOutcome
from bot.store.handoff_schema import Notice as Notice
from bot.store.handoff_schema import NoticeTarget as NoticeTarget
from bot.store.handoff_schema import OfficeService as OfficeService
from bot.store.inbox_schema import CannedReply as CannedReply
from bot.store.inbox_schema import HandoffNote as HandoffNote
from bot.store.inbox_schema import HandoffRead as HandoffRead
from bot.store.leases import Lease as Lease
from bot.store.question_schema import ReviewQuestion as ReviewQuestion
from bot.store.staff_schema import Audit as Audit
from bot.store.staff_schema import Staff as Staff
from bot.store.staff_schema import StaffFailure as StaffFailure
from bot.store.staff_schema import StaffLink as StaffLink
from bot.store.staff_schema import StaffSession as StaffSession
from bot.store.telegram_schema import TelegramChat as TelegramChat
from bot.store.telegram_schema import TelegramPiece as TelegramPiece
from bot.store.telegram_schema import TelegramUpdate as TelegramUpdate

_RASA_TABLES = frozenset({"events"})
# An index of PostgreSQL's only, on words: the migration 0006 makes it.
_OWN_INDEXES = frozenset({"ix_handoffs_name_words"})
# What the router fetches of a row: beside the finest cells in PostgreSQL's index, or each row of a crowded cell is a page.
_FETCHED = ["office_id", "organisation", "latitude", "longitude", "x", "y", "z"]


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether what is found in the database is to be compared with these: Rasa may keep its own table beside them."""
    return name not in (_RASA_TABLES if kind == "table" else _OWN_INDEXES)


class Partner(Base):
    """An organisation. `counts_as` is shared by organisations that may be one body: they are one choice for a person."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str]
    counts_as: Mapped[str] = mapped_column(ID)


class Office(Base):
    """A place or desk of an organisation; `confidence` and the sources are the words of the partner file."""

    __tablename__ = "offices"
    __table_args__ = (Index(None, "partner_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int]
    partner_id: Mapped[str] = mapped_column(ID, ForeignKey("partners.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    short_name: Mapped[str]
    street: Mapped[str]
    city: Mapped[str]
    state: Mapped[str] = mapped_column(String(2))
    zip: Mapped[str] = mapped_column(String(10))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    coord_basis: Mapped[str] = mapped_column(String(8))
    languages: Mapped[str]
    source_url: Mapped[str]
    source_date: Mapped[str]
    confidence: Mapped[str]
    contact_checked: Mapped[str]
    partner: Mapped[Partner] = relationship()
    areas: Mapped[list[ServiceArea]] = relationship(cascade="all, delete-orphan")
    channels: Mapped[list[ContactChannel]] = relationship(cascade="all, delete-orphan")


class ServiceArea(Base):
    """An office serves an audience in a state."""

    __tablename__ = "service_areas"

    office_id: Mapped[str] = mapped_column(ID, ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    audience: Mapped[str] = mapped_column(String(8), primary_key=True)


class ContactChannel(Base):
    """One way to reach an office, or one part of its address, and how far it can be trusted."""

    __tablename__ = "contact_channels"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'email', 'website', 'street', 'city')", name="kind"),
        CheckConstraint("freshness IN ('current', 'undated', 'old', 'hidden')", name="freshness"),
    )

    office_id: Mapped[str] = mapped_column(ID, ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str]
    source_url: Mapped[str]
    source_date: Mapped[str]
    freshness: Mapped[str] = mapped_column(String(8))
    confirmed_by: Mapped[str | None]
    confirmed_on: Mapped[date | None]


class OfficeHistory(Base):
    """What was changed in an office: column -> [old, new]; old is null when the office was added."""

    __tablename__ = "office_history"
    __table_args__ = (Index(None, "office_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[str] = mapped_column(ID, ForeignKey("offices.id"))
    at: Mapped[datetime]
    actor: Mapped[str]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)


class OfficeReach(Base):
    """The index of the router, derived from the tables above: a row for each office, state and audience.

    Besides the states there is the bucket "US" with every national office. `tier` sorts by reachability, then kind.
    x, y, z are the office on the unit sphere; the cells are those of `bot.core.grid.RESOLUTIONS`, fine to coarse.
    """

    __tablename__ = "office_reach"
    __table_args__ = (
        Index("ix_office_reach_listed", "state", "audience", "tier", "office_id"),
        Index("ix_office_reach_fine", "state", "audience", "tier", "cell_fine", postgresql_include=_FETCHED),
        Index("ix_office_reach_middle", "state", "audience", "tier", "cell_middle"),
        Index("ix_office_reach_coarse", "state", "audience", "tier", "cell_coarse"),
    )

    office_id: Mapped[str] = mapped_column(ID, ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    audience: Mapped[str] = mapped_column(String(8), primary_key=True)
    tier: Mapped[int] = mapped_column(SmallInteger)
    organisation: Mapped[str] = mapped_column(ID)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    x: Mapped[float | None]
    y: Mapped[float | None]
    z: Mapped[float | None]
    cell_fine: Mapped[int | None]
    cell_middle: Mapped[int | None]
    cell_coarse: Mapped[int | None]

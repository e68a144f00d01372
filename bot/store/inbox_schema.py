"""The tables of working with handoffs: private notes, canned replies, what each has read; and the indexes of the lists.

Responsible for columns, keys and constraints. Must not know who reads or writes them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import ID, Base, utc_now
from bot.store.handoff_schema import Handoff

_OPEN = text("status IN ('new', 'notified', 'accepted', 'in_conversation', 'waiting_for_person', 'returned')")
_ENDED = text("status IN ('closed', 'expired', 'cancelled')")
for _name, _first in (("office", [Handoff.office_id]), ("state", [Handoff.state])):
    Index(f"ix_handoffs_{_name}_open", *_first, Handoff.urgent, Handoff.created_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
    Index(f"ix_handoffs_{_name}_ended", *_first, Handoff.created_at, sqlite_where=_ENDED, postgresql_where=_ENDED)
Index("ix_handoffs_ended", Handoff.created_at, sqlite_where=_ENDED, postgresql_where=_ENDED)


class HandoffNote(Base):
    """What staff write down for each other; it goes with its handoff."""

    __tablename__ = "handoff_notes"
    __table_args__ = (Index(None, "handoff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class HandoffRead(Base):
    """Up to which message somebody has read."""

    __tablename__ = "handoff_reads"
    __table_args__ = (Index(None, "handoff_id"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int]


class CannedReply(Base):
    """A text that is sent often, in both languages: of one intermediary, or with None of all."""

    __tablename__ = "canned_replies"
    __table_args__ = (Index(None, "partner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[str | None] = mapped_column(ID, ForeignKey("partners.id"))
    title: Mapped[str] = mapped_column(String(80))
    text_en: Mapped[str]
    text_es: Mapped[str]
    changed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

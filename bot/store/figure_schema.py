"""The tables of figures: what is counted of conversations and handoffs, and the sums.

Responsible for columns, keys and constraints. Must not know who reads or writes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import ID, Base

_NEWS = text("changed_at IS NOT NULL")


class Counted:
    """Something that the figures count. `counted` is how it was counted last, `changed_at` since when that is not so any more."""

    counted: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    changed_at: Mapped[datetime | None]


class Journey(Counted, Base):
    """How far a conversation came, without what was said: `screening` holds which questions were answered, not how; `questions`
    how many of the person's own were answered, asked back or declined.

    It begins to count with the first answer, at `began_at`, and goes when the conversation is erased; the figures stay.
    """

    __tablename__ = "journeys"
    __table_args__ = (Index("ix_journeys_changed", "changed_at", sqlite_where=_NEWS, postgresql_where=_NEWS),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    began_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(2))
    audience: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[str | None] = mapped_column(String(2))
    office_id: Mapped[str | None] = mapped_column(ID)
    screening: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    questions: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))


class HandoffCount(Counted, Base):
    """A handoff in the figures. `replied_at` is when staff first wrote in its conversation."""

    __tablename__ = "handoff_counts"
    __table_args__ = (Index("ix_handoff_counts_changed", "changed_at", sqlite_where=_NEWS, postgresql_where=_NEWS),)

    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    replied_at: Mapped[datetime | None]


class Figure(Base):
    """How many have a mark in a cell (bot.core.figures); the key is in the order in which pages ask."""

    __tablename__ = "figures"

    office_id: Mapped[str] = mapped_column(ID, primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    audience: Mapped[str] = mapped_column(String(8), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    number: Mapped[int]

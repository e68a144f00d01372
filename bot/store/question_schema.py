"""The table of questions that staff look over so that the assistant learns.

Responsible for columns, keys and constraints. Must not know who reads or writes them. Nothing here names a conversation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, utc_now


class ReviewQuestion(Base):
    """A question without anything personal, kept once however often it is asked; `key` is its folded text.

    `declined`, `unsure` and `unhelpful` count how it was answered, `topics` are those that the assistant thought of last.
    `decision` is the right topic, out_of_scope, or drop; None while nobody has decided.
    """

    __tablename__ = "review_questions"
    __table_args__ = (UniqueConstraint("language", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    key: Mapped[str]
    text: Mapped[str]
    declined: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)
    unhelpful: Mapped[int] = mapped_column(default=0)
    topics: Mapped[list[Any]] = mapped_column(JSON)
    first_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)
    decision: Mapped[str | None] = mapped_column(String(64))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]

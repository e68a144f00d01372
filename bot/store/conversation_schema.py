"""The tables of conversations: what was said, what waits for an answer, and what waits for its channel.

Responsible for columns, keys and constraints. Must not know who reads or writes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, utc_now

_ID = String(32)
_STATE = String(16)
_OPEN = text("state IN ('received', 'waiting')")
_REPLIED = text("reply_due_at IS NOT NULL")
_KEPT = text("erased_at IS NULL")


class Conversation(Base):
    """Of an erased conversation only this row stays, with what proves whose it was.

    `seen_at` is when somebody was last seen reading on the website. At `reply_due_at` the clock looks whether they saw what staff
    wrote.
    Every change of a conversation changes its row first: whoever holds the row's lock is alone in the conversation.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("owner IN ('assistant', 'staff')", name="owner"),
        Index(None, "erase_again_at"),
        Index("ix_conversations_reply_due", "reply_due_at", sqlite_where=_REPLIED, postgresql_where=_REPLIED),
        Index("ix_conversations_kept", "created_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(2))
    page: Mapped[str | None]
    owner: Mapped[str] = mapped_column(String(16), default="assistant")
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime | None]
    reply_due_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erase_again_at: Mapped[datetime | None]


class Message(Base):
    """Something said. `client_id` and `cause` make sure that nothing is said twice."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        UniqueConstraint("conversation_id", "cause"),
        CheckConstraint("author IN ('visitor', 'assistant', 'staff', 'system')", name="author"),
    )

    conversation_id: Mapped[str] = mapped_column(_ID, ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str | None] = mapped_column(String(64))
    cause: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str]
    language: Mapped[str | None] = mapped_column(String(2))
    choices: Mapped[list[Any]] = mapped_column(JSON)
    cards: Mapped[list[Any]] = mapped_column(JSON)
    topics: Mapped[list[Any]] = mapped_column(JSON)
    sources: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Claimed:
    """A message that waits for something to be done, by one worker at a time and in the order of its conversation.

    `due_at` is when it may be taken (again): now, after a pause, or when the lease of the worker `claimed_by` has run out.
    """

    conversation_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(_STATE, default="received")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    claimed_by: Mapped[str | None] = mapped_column(String(32))


def _of_message() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["conversation_id", "seq"], ["messages.conversation_id", "messages.seq"], ondelete="CASCADE")


class Turn(Claimed, Base):
    """A visitor's message on its way to its answer. `notice` counts what was said while it waits."""

    __tablename__ = "turns"
    __table_args__ = (
        _of_message(),
        CheckConstraint("state IN ('received', 'waiting', 'answered', 'failed', 'left_to_staff')", name="state"),
        Index("ix_turns_open", "due_at", "conversation_id", "seq", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    notice: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class Attachment(Base):
    """A file that a person sent to staff. It stays where the channel keeps it; `file_id` is what the channel knows it by."""

    __tablename__ = "attachments"
    __table_args__ = (_of_message(), CheckConstraint("kind IN ('photo', 'file', 'voice')", name="kind"))

    conversation_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[str] = mapped_column(String(255))


class Delivery(Claimed, Base):
    """A message on its way to a channel that has to be sent to. `error` is the kind of the last failure."""

    __tablename__ = "outbox"
    __table_args__ = (
        _of_message(),
        CheckConstraint("state IN ('received', 'waiting', 'delivered', 'dead')", name="state"),
        Index("ix_outbox_open", "due_at", "conversation_id", "seq", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    channel: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(String(64))

"""The tables of the Telegram channel: what came in, which chat is which conversation, and what was sent under which number.

Responsible for columns, keys and constraints. Must not know who reads or writes them. A chat's number and what somebody wrote
stand in `telegram_updates` only until the update is done; afterwards nothing there tells whose it was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, utc_now

_OPEN = text("done_at IS NULL")


class TelegramUpdate(Base):
    """An update, stored before it is acknowledged; the key makes one of however many times it is delivered.

    `due_at` is when it may be taken although an update before it is missing: webhooks may deliver out of order.
    """

    __tablename__ = "telegram_updates"
    __table_args__ = (
        Index("ix_telegram_updates_open", "bot_id", "update_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "bot_id", "message_id"),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class TelegramChat(Base):
    """A private chat and its conversation.

    `blocked`: the person blocked the bot. `stopped_seq`: nothing after this message is sent to them. `asked`: what the last
    message sent asks for. `keyboard`: native keys are on their screen.
    """

    __tablename__ = "telegram_chats"
    __table_args__ = (
        UniqueConstraint("conversation_id"),
        CheckConstraint("asked IN ('place', 'contact', 'delete')", name="asked"),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(String(32), ForeignKey("conversations.id"))
    blocked: Mapped[bool] = mapped_column(default=False)
    stopped_seq: Mapped[int | None]
    asked: Mapped[str | None] = mapped_column(String(8))
    keyboard: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime] = mapped_column(default=utc_now)


class TelegramPiece(Base):
    """A piece of a message on its way: written down before it is sent, and its number as soon as Telegram has told it.

    `after_id` is the highest number known before; a piece without a number was perhaps sent, and then has a higher one.
    """

    __tablename__ = "telegram_pieces"
    __table_args__ = (
        ForeignKeyConstraint(["conversation_id", "seq"], ["messages.conversation_id", "messages.seq"], ondelete="CASCADE"),
        Index(None, "bot_id", "message_id"),
    )

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    after_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)

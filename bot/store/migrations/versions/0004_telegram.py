"""Telegram: updates, chats and pieces of messages; and leases, for what one process at a time may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    _create_leases()
    _create_updates()
    _create_chats()
    _create_pieces()


def downgrade() -> None:
    for table in ("telegram_pieces", "telegram_chats", "telegram_updates", "leases"):
        op.drop_table(table)


def _create_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _create_updates() -> None:
    op.create_table(
        "telegram_updates",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_telegram_updates")),
    )
    columns = ["bot_id", "update_id"]
    op.create_index("ix_telegram_updates_open", "telegram_updates", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(op.f("ix_telegram_updates_bot_id_message_id"), "telegram_updates", ["bot_id", "message_id"])


def _create_chats() -> None:
    op.create_table(
        "telegram_chats",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("stopped_seq", sa.Integer(), nullable=True),
        sa.Column("asked", sa.String(length=8), nullable=True),
        sa.Column("keyboard", sa.Boolean(), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.CheckConstraint("asked IN ('place', 'contact', 'delete')", name=op.f("ck_telegram_chats_asked")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_telegram_chats_conversation_id")),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name=op.f("pk_telegram_chats")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_telegram_chats_conversation_id")),
    )


def _create_pieces() -> None:
    op.create_table(
        "telegram_pieces",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["messages.conversation_id", "messages.seq"],
            name=op.f("fk_telegram_pieces_conversation_id_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", "number", name=op.f("pk_telegram_pieces")),
    )
    op.create_index(op.f("ix_telegram_pieces_bot_id_message_id"), "telegram_pieces", ["bot_id", "message_id"])

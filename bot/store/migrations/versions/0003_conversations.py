"""Conversations: what was said, what waits for an answer, what waits for its channel."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("state IN ('received', 'waiting')")


def upgrade() -> None:
    _create_conversations()
    _create_messages()
    _create_outbox()
    _create_turns()


def downgrade() -> None:
    for table in ("turns", "outbox", "messages", "conversations"):
        op.drop_table(table)


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("erased_at", _TIME, nullable=True),
        sa.Column("erase_again_at", _TIME, nullable=True),
        sa.CheckConstraint("owner IN ('assistant', 'staff')", name=op.f("ck_conversations_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_erase_again_at"), "conversations", ["erase_again_at"])


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("author IN ('visitor', 'assistant', 'staff', 'system')", name=op.f("ck_messages_author")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "cause", name=op.f("uq_messages_conversation_id_cause")),
        sa.UniqueConstraint("conversation_id", "client_id", name=op.f("uq_messages_conversation_id_client_id")),
    )


def _create_outbox() -> None:
    _create_claimed(
        "outbox",
        "'received', 'waiting', 'delivered', 'dead'",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
    )


def _create_turns() -> None:
    _create_claimed(
        "turns",
        "'received', 'waiting', 'answered', 'failed', 'left_to_staff'",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
    )


def _create_claimed(name: str, states: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(f"state IN ({states})", name=op.f(f"ck_{name}_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["messages.conversation_id", "messages.seq"],
            name=op.f(f"fk_{name}_conversation_id_seq"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f(f"pk_{name}")),
    )
    columns_of_index = ["due_at", "conversation_id", "seq"]
    op.create_index(f"ix_{name}_open", name, columns_of_index, sqlite_where=_OPEN, postgresql_where=_OPEN)

"""Figures: what is counted of conversations and handoffs, and the sums; what is there already is marked to be counted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
_TIME = sa.DateTime(timezone=True)
_NEWS = sa.text("changed_at IS NOT NULL")
# Of earlier conversations only that they were begun is known; of earlier handoffs everything.
_JOURNEYS = """
    INSERT INTO journeys (conversation_id, channel, language, began_at, changed_at)
    SELECT c.id, c.channel, c.language, MIN(t.received_at), MIN(t.received_at)
    FROM conversations AS c LEFT JOIN turns AS t ON t.conversation_id = c.id
    WHERE c.erased_at IS NULL GROUP BY c.id, c.channel, c.language
"""
_HANDOFFS = """
    INSERT INTO handoff_counts (handoff_id, replied_at, changed_at)
    SELECT h.id, (
        SELECT MIN(m.at) FROM messages AS m
        WHERE m.conversation_id = h.conversation_id AND m.author = 'staff' AND m.at >= h.created_at
    ), h.created_at FROM handoffs AS h
"""


def upgrade() -> None:
    op.create_table(
        "journeys",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("began_at", _TIME, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("audience", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("office_id", _ID, nullable=True),
        sa.Column("screening", sa.JSON(), nullable=True),
        sa.Column("questions", sa.JSON(), nullable=True),
        *_counted(),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_journeys")),
    )
    op.create_table(
        "handoff_counts",
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("replied_at", _TIME, nullable=True),
        *_counted(),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_handoff_counts_handoff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoff_counts")),
    )
    for table in ("journeys", "handoff_counts"):
        op.create_index(f"ix_{table}_changed", table, ["changed_at"], sqlite_where=_NEWS, postgresql_where=_NEWS)
    _create_figures()
    op.execute(_JOURNEYS)
    op.execute(_HANDOFFS)


def downgrade() -> None:
    for table in ("figures", "handoff_counts", "journeys"):
        op.drop_table(table)


def _counted() -> list[sa.Column[Any]]:
    return [sa.Column("counted", sa.JSON(), nullable=True), sa.Column("changed_at", _TIME, nullable=True)]


def _create_figures() -> None:
    lengths = {"state": 2, "mark": 32, "month": 7, "audience": 8, "channel": 16, "language": 2}
    kinds: dict[str, sa.String] = {"office_id": _ID, **{name: sa.String(length=length) for name, length in lengths.items()}}
    op.create_table(
        "figures",
        *(sa.Column(name, kind, nullable=False) for name, kind in kinds.items()),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*kinds, name=op.f("pk_figures")),
    )

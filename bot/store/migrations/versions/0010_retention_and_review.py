"""What is kept for how long, and what staff look over.

Of requests erased after a time only what is counted stays; an index finds what is old. Questions are for review.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_KEPT = sa.text("erased_at IS NULL")


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("channel", sa.String(length=16), nullable=True))
    op.add_column("handoffs", sa.Column("erased_at", _TIME, nullable=True))
    op.create_index("ix_conversations_kept", "conversations", ["created_at"], sqlite_where=_KEPT, postgresql_where=_KEPT)
    op.create_table(
        "review_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("declined", "unsure", "unhelpful")),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("first_at", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("exported_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_review_questions_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_questions")),
        sa.UniqueConstraint("language", "key", name=op.f("uq_review_questions_language_key")),
    )


def downgrade() -> None:
    op.drop_table("review_questions")
    op.drop_index("ix_conversations_kept", "conversations")
    op.drop_column("handoffs", "erased_at")
    op.drop_column("handoffs", "channel")

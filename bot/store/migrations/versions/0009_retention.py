"""What is kept how long: of requests erased after a time only what is counted stays; an index finds what is old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEPT = sa.text("erased_at IS NULL")


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("channel", sa.String(length=16), nullable=True))
    op.add_column("handoffs", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_conversations_kept", "conversations", ["created_at"], sqlite_where=_KEPT, postgresql_where=_KEPT)


def downgrade() -> None:
    op.drop_index("ix_conversations_kept", "conversations")
    op.drop_column("handoffs", "erased_at")
    op.drop_column("handoffs", "channel")

"""The partner directory: an office's own closed days, and when a target of notices was last tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("office_service", sa.Column("closed_days", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("notice_targets", sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice_targets", sa.Column("test_error", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("notice_targets", "test_error")
    op.drop_column("notice_targets", "tested_at")
    op.drop_column("office_service", "closed_days")

"""The link by which somebody who was invited, or whose account was reset, chooses a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("link_hash", sa.String(length=64), nullable=True))
    op.add_column("staff", sa.Column("link_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("staff", "link_until")
    op.drop_column("staff", "link_hash")

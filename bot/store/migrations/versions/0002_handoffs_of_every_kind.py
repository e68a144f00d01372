"""Handoffs without a contact (somebody in danger, or under 18, is handed over too), and room for every status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NAME = "ck_handoffs_contact_kind"


def upgrade() -> None:
    _change(32, "phone", "email", "they_call", "none")


def downgrade() -> None:
    op.execute("UPDATE handoffs SET contact_kind = 'they_call' WHERE contact_kind = 'none'")
    op.execute("UPDATE handoffs SET status = 'accepted' WHERE status = 'waiting_for_person'")
    _change(16, "phone", "email", "they_call")


def _change(length: int, *kinds: str) -> None:
    rule = f"contact_kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("handoffs") as table:
        table.drop_constraint(op.f(_NAME), type_="check")
        table.create_check_constraint(op.f(_NAME), sa.text(rule))
        table.alter_column("status", type_=sa.String(length=length), existing_nullable=False)

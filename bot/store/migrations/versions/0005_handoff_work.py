"""What staff and the clock do with handoffs: changes, outcomes, urgency; office hours; notices and their targets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
_OPEN = sa.text("status IN ('new', 'notified', 'accepted', 'in_conversation', 'waiting_for_person', 'returned')")
_UNSENT = sa.text("state IN ('received', 'waiting', 'sending')")
_WATCHED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    _extend_handoffs()
    _extend_conversations()
    _create_changes()
    _create_outcomes()
    _create_service()
    _create_targets()
    _create_notices()


def downgrade() -> None:
    for name in ("notices", "notice_targets", "office_service", "handoff_outcomes", "handoff_changes"):
        op.drop_table(name)
    op.drop_index("ix_conversations_reply_due", "conversations")
    op.drop_column("conversations", "reply_due_at")
    op.drop_column("conversations", "seen_at")
    op.drop_index("ix_handoffs_due", "handoffs")
    op.drop_index("ix_handoffs_status_created_at", "handoffs")
    op.drop_index("ix_handoffs_open", "handoffs")
    op.drop_index("ix_handoffs_office_id_status_created_at", "handoffs")
    with op.batch_alter_table("handoffs") as table:
        for column in ("due_at", "step", "staff_id", "urgent", "contact_time"):
            table.drop_column(column)
    op.create_index("ix_handoffs_office_id_status", "handoffs", ["office_id", "status"])


def _extend_handoffs() -> None:
    """Handoffs that nobody has accepted yet are due: the clock tells their partners."""
    op.drop_index("ix_handoffs_office_id_status", "handoffs")
    with op.batch_alter_table("handoffs") as table:
        table.add_column(sa.Column("contact_time", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("staff_id", _ID, nullable=True))
        table.add_column(sa.Column("step", sa.SmallInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("due_at", _TIME, nullable=True))
    with op.batch_alter_table("handoffs") as table:
        table.alter_column("urgent", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
        table.alter_column("step", server_default=None, existing_type=sa.SmallInteger(), existing_nullable=False)
    op.execute("UPDATE handoffs SET due_at = created_at WHERE status = 'new'")
    op.execute(sa.text("UPDATE handoffs SET urgent = true WHERE reason IN ('danger', 'complaint')"))
    op.create_index("ix_handoffs_office_id_status_created_at", "handoffs", ["office_id", "status", "created_at"])
    op.create_index("ix_handoffs_status_created_at", "handoffs", ["status", "created_at"])
    op.create_index("ix_handoffs_open", "handoffs", ["urgent", "created_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_handoffs_due", "handoffs", ["due_at"], sqlite_where=_WATCHED, postgresql_where=_WATCHED)


def _extend_conversations() -> None:
    op.add_column("conversations", sa.Column("seen_at", _TIME, nullable=True))
    op.add_column("conversations", sa.Column("reply_due_at", _TIME, nullable=True))
    replied = sa.text("reply_due_at IS NOT NULL")
    op.create_index(
        "ix_conversations_reply_due", "conversations", ["reply_due_at"], sqlite_where=replied, postgresql_where=replied
    )


def _of_handoff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f(f"fk_{table}_handoff_id"), ondelete="CASCADE")


def _create_changes() -> None:
    op.create_table(
        "handoff_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("staff_id", _ID, nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("before", _ID, nullable=True),
        sa.Column("after", _ID, nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.CheckConstraint("actor IN ('person', 'assistant', 'staff', 'clock')", name=op.f("ck_handoff_changes_actor")),
        sa.CheckConstraint("what IN ('status', 'office', 'staff', 'outcome')", name=op.f("ck_handoff_changes_what")),
        _of_handoff("handoff_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_changes")),
    )
    op.create_index("ix_handoff_changes_handoff_id_id", "handoff_changes", ["handoff_id", "id"])


def _create_outcomes() -> None:
    op.create_table(
        "handoff_outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("noted_at", _TIME, nullable=False),
        sa.Column("noted_by", _ID, nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("withdrawn_by", _ID, nullable=True),
        _of_handoff("handoff_outcomes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_outcomes")),
    )
    op.create_index("ix_handoff_outcomes_handoff_id_on_day", "handoff_outcomes", ["handoff_id", "on_day"])
    op.create_index("ix_handoff_outcomes_outcome_on_day", "handoff_outcomes", ["outcome", "on_day"])


def _create_service() -> None:
    op.create_table(
        "office_service",
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("week", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("closed_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("accept_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_service_office_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_office_service")),
    )


def _create_targets() -> None:
    op.create_table(
        "notice_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", _ID, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_notice_targets_partner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_targets")),
    )
    op.create_index("ix_notice_targets_partner_id", "notice_targets", ["partner_id"])


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.CheckConstraint("kind IN ('new', 'reminder', 'call', 'reply')", name=op.f("ck_notices_kind")),
        sa.CheckConstraint("state IN ('received', 'waiting', 'sending', 'delivered', 'dead')", name=op.f("ck_notices_state")),
        _of_handoff("notices"),
        sa.ForeignKeyConstraint(["target_id"], ["notice_targets.id"], name=op.f("fk_notices_target_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("handoff_id", "cause", "label", name=op.f("uq_notices_handoff_id_cause_label")),
    )
    op.create_index("ix_notices_open", "notices", ["due_at"], sqlite_where=_UNSENT, postgresql_where=_UNSENT)
    op.create_index("ix_notices_target_id", "notices", ["target_id"])

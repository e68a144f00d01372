"""The staff's inbox: accounts, sessions, failures to sign in, audit, notes, canned replies, and the indexes of its lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
_TIME = sa.DateTime(timezone=True)
_HASH = sa.String(length=64)
_OPEN = sa.text("status IN ('new', 'notified', 'accepted', 'in_conversation', 'waiting_for_person', 'returned')")
_ENDED = sa.text("status IN ('closed', 'expired', 'cancelled')")
_INDEXES = {
    "ix_handoffs_office_open": (["office_id", "urgent", "created_at"], _OPEN),
    "ix_handoffs_state_open": (["state", "urgent", "created_at"], _OPEN),
    "ix_handoffs_office_ended": (["office_id", "created_at"], _ENDED),
    "ix_handoffs_state_ended": (["state", "created_at"], _ENDED),
    "ix_handoffs_ended": (["created_at"], _ENDED),
}
# As in bot.store.inbox: the words of a name, in small letters and without accents.
_WORDS = "to_tsvector('simple'::regconfig, translate(lower(contact_name), 'áéíóúüñ', 'aeiouun'))"


def upgrade() -> None:
    _create_staff()
    _create_sessions()
    _create_attempts()
    _create_audit()
    _create_work()
    _create_indexes()


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, "handoffs")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_handoffs_name_words", "handoffs")
    for table in ("canned_replies", "handoff_reads", "handoff_notes"):
        op.drop_table(table)
    for table in ("audit", "staff_links", "staff_failures", "staff_sessions", "staff"):
        op.drop_table(table)


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("partner_id", _ID, nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_nonce", sa.String(length=32), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME, nullable=True),
        sa.CheckConstraint("role IN ('agent', 'manager', 'national', 'administrator')", name=op.f("ck_staff_role")),
        sa.CheckConstraint("(partner_id IS NOT NULL) = (role IN ('agent', 'manager'))", name=op.f("ck_staff_partner")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_staff_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_subject")),
    )


def _create_sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", _HASH, nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"])


def _create_attempts() -> None:
    op.create_table(
        "staff_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _HASH, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_failures")),
    )
    op.create_index(op.f("ix_staff_failures_key_at"), "staff_failures", ["key", "at"])
    op.create_table(
        "staff_links",
        sa.Column("token_hash", _HASH, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_links")),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_handoff_id_id"), "audit", ["handoff_id", "id"])
    op.create_index(op.f("ix_audit_staff_id_id"), "audit", ["staff_id", "id"])


def _create_work() -> None:
    op.create_table(
        "handoff_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *_keys("handoff_notes", "id"),
    )
    op.create_table(
        "handoff_reads",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handoff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        *_keys("handoff_reads", "staff_id", "handoff_id"),
    )
    for table in ("handoff_notes", "handoff_reads"):
        op.create_index(op.f(f"ix_{table}_handoff_id"), table, ["handoff_id"])
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", _ID, nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_canned_replies_partner_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_canned_replies_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    op.create_index(op.f("ix_canned_replies_partner_id"), "canned_replies", ["partner_id"])


def _keys(table: str, *primary: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f(f"fk_{table}_handoff_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id")),
        sa.PrimaryKeyConstraint(*primary, name=op.f(f"pk_{table}")),
    ]


def _create_indexes() -> None:
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "handoffs", columns, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_handoffs_name_words", "handoffs", [sa.text(_WORDS)], postgresql_using="gin")

"""The first tables: partners, offices and what is known of them, the router's index, handoffs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    _create_partners()
    _create_offices()
    _create_contact_channels()
    _create_handoffs()
    _create_office_history()
    _create_office_reach()
    _create_service_areas()


def downgrade() -> None:
    for table in ("service_areas", "office_reach", "office_history", "handoffs", "contact_channels", "offices", "partners"):
        op.drop_table(table)


def _create_partners() -> None:
    op.create_table(
        "partners",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("counts_as", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )


def _create_offices() -> None:
    op.create_table(
        "offices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("partner_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("coord_basis", sa.String(length=8), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("contact_checked", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_offices_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_index(op.f("ix_offices_partner_id"), "offices", ["partner_id"])


def _create_contact_channels() -> None:
    op.create_table(
        "contact_channels",
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Text(), nullable=False),
        sa.Column("freshness", sa.String(length=8), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("freshness IN ('current', 'undated', 'old', 'hidden')", name=op.f("ck_contact_channels_freshness")),
        sa.CheckConstraint("kind IN ('phone', 'email', 'website', 'street', 'city')", name=op.f("ck_contact_channels_kind")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_contact_channels_office_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office_id", "kind", name=op.f("pk_contact_channels")),
    )


def _create_handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("office_id", _ID, nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("transcript", sa.JSON(), nullable=False),
        sa.Column("consent_version", sa.String(length=32), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_kind", sa.String(length=16), nullable=False),
        sa.Column("contact_value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("contact_kind IN ('phone', 'email', 'they_call')", name=op.f("ck_handoffs_contact_kind")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_handoffs_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("conversation_id", "request_key", name=op.f("uq_handoffs_conversation_id_request_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_handoffs_reference")),
    )
    op.create_index(op.f("ix_handoffs_office_id_status"), "handoffs", ["office_id", "status"])


def _create_office_history() -> None:
    op.create_table(
        "office_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_history_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_history")),
    )
    op.create_index(op.f("ix_office_history_office_id_at"), "office_history", ["office_id", "at"])


def _create_office_reach() -> None:
    op.create_table(
        "office_reach",
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("organisation", _ID, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("z", sa.Double(), nullable=True),
        sa.Column("cell_fine", sa.Integer(), nullable=True),
        sa.Column("cell_middle", sa.Integer(), nullable=True),
        sa.Column("cell_coarse", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_reach_office_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office_id", "state", "audience", name=op.f("pk_office_reach")),
    )
    op.create_index("ix_office_reach_coarse", "office_reach", ["state", "audience", "tier", "cell_coarse"])
    op.create_index(
        "ix_office_reach_fine",
        "office_reach",
        ["state", "audience", "tier", "cell_fine"],
        postgresql_include=["office_id", "organisation", "latitude", "longitude", "x", "y", "z"],
    )
    op.create_index("ix_office_reach_listed", "office_reach", ["state", "audience", "tier", "office_id"])
    op.create_index("ix_office_reach_middle", "office_reach", ["state", "audience", "tier", "cell_middle"])


def _create_service_areas() -> None:
    op.create_table(
        "service_areas",
        sa.Column("office_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_service_areas_office_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office_id", "state", "audience", name=op.f("pk_service_areas")),
    )

"""The tables of the inbox: accounts, sessions, failures to sign in, and what was seen and done.

Responsible for columns, keys and constraints. Must not know who reads or writes them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import ID, Base, utc_now

_HASH = String(64)


class Staff(Base):
    """An account. Of the password only its argon2 hash is kept; codes are made of `totp_nonce` and a key that is not here.

    `totp_step` is the last time step of which a code was used. `subject` is who it is to the single sign-on. Who has the token
    behind `link_hash` may choose a password until `link_until`, once; that time stays when the link is withdrawn.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("subject"),
        CheckConstraint("role IN ('agent', 'manager', 'national', 'administrator')", name="role"),
        CheckConstraint("(partner_id IS NOT NULL) = (role IN ('agent', 'manager'))", name="partner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    first_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    partner_id: Mapped[str | None] = mapped_column(ID, ForeignKey("partners.id"))
    password_hash: Mapped[str | None]
    totp_nonce: Mapped[str | None] = mapped_column(String(32))
    totp_step: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str | None] = mapped_column(String(255))
    link_hash: Mapped[str | None] = mapped_column(_HASH)
    link_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    """Somebody signed in on a device; only who has the token has the session."""

    __tablename__ = "staff_sessions"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "staff_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    token_hash: Mapped[str] = mapped_column(_HASH)
    device: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class StaffFailure(Base):
    """An attempt to sign in that failed, or is under way. `key` is a hash of the e-mail that was typed, or of the address."""

    __tablename__ = "staff_failures"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(_HASH)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class StaffLink(Base):
    """A link that makes the first administrator, once."""

    __tablename__ = "staff_links"

    token_hash: Mapped[str] = mapped_column(_HASH, primary_key=True)
    expires_at: Mapped[datetime]


class Audit(Base):
    """Who did what, and when. `handoff_id` stays when the handoff is erased; `detail` is never what somebody wrote."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "handoff_id", "id"), Index(None, "staff_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(32))
    handoff_id: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(String(128))

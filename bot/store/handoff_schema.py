"""The tables of handoffs: what a person of the staff receives, what became of it, and who is told.

Responsible for columns, keys and constraints. Must not know who reads or writes them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import ID, Base, utc_now

_OPEN = text("status IN ('new', 'notified', 'accepted', 'in_conversation', 'waiting_for_person', 'returned')")
_UNSENT = text("state IN ('received', 'waiting', 'sending')")
_WATCHED = text("due_at IS NOT NULL")


class Handoff(Base):
    """A conversation given to a person, with everything already said.

    `step` counts what the clock has done since the handoff was made or transferred, `due_at` is when it looks again: never, once
    somebody has accepted it. `staff_id` is who accepted it last. Of one that was kept for long enough (`erased_at`) only what is
    counted stays, with the `channel` of its conversation; nothing leads from it to the person.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        UniqueConstraint("conversation_id", "request_key"),
        UniqueConstraint("reference"),
        CheckConstraint("contact_kind IN ('phone', 'email', 'they_call', 'none')", name="contact_kind"),
        Index(None, "office_id", "status", "created_at"),
        Index("ix_handoffs_open", "urgent", "created_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "status", "created_at"),
        Index("ix_handoffs_due", "due_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[str] = mapped_column(String(255))
    request_key: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str | None] = mapped_column(String(2))
    office_id: Mapped[str | None] = mapped_column(ID, ForeignKey("offices.id"))
    result: Mapped[str | None] = mapped_column(String(32))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    topics: Mapped[list[Any]] = mapped_column(JSON)
    transcript: Mapped[list[Any]] = mapped_column(JSON)
    consent_version: Mapped[str] = mapped_column(String(32))
    consented_at: Mapped[datetime]
    contact_name: Mapped[str | None]
    contact_kind: Mapped[str] = mapped_column(String(16))
    contact_value: Mapped[str | None]
    contact_time: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(32))
    staff_id: Mapped[str | None] = mapped_column(ID)
    step: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(16))
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


def _of_handoff() -> Mapped[int]:
    return mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))


class HandoffChange(Base):
    """A change of a handoff: who made it and what it was before and after, without anything personal.

    `what` is status, office, staff or outcome; `reason` is a TransferReason.
    """

    __tablename__ = "handoff_changes"
    __table_args__ = (
        CheckConstraint("actor IN ('person', 'assistant', 'staff', 'clock')", name="actor"),
        CheckConstraint("what IN ('status', 'office', 'staff', 'outcome')", name="what"),
        Index(None, "handoff_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = _of_handoff()
    at: Mapped[datetime] = mapped_column(default=utc_now)
    actor: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = mapped_column(ID)
    what: Mapped[str] = mapped_column(String(16))
    before: Mapped[str | None] = mapped_column(ID)
    after: Mapped[str | None] = mapped_column(ID)
    reason: Mapped[str | None] = mapped_column(String(16))


class HandoffOutcome(Base):
    """What became of the person on a day. One that was corrected stays, with when it was taken back."""

    __tablename__ = "handoff_outcomes"
    __table_args__ = (Index(None, "handoff_id", "on_day"), Index(None, "outcome", "on_day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = _of_handoff()
    outcome: Mapped[str] = mapped_column(String(32))
    on_day: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(default=utc_now)
    noted_by: Mapped[str | None] = mapped_column(ID)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ID)


class OfficeService(Base):
    """When an office answers. What is not known is null: nobody is promised anything then.

    `week` is weekday (0 is Monday) -> [[opens, closes], ...] as "08:30"; `accept_minutes` counts in open hours.
    `closed_days` are the office's own, as "2026-12-24" or "2026-12-24 to 2027-01-01".
    """

    __tablename__ = "office_service"

    office_id: Mapped[str] = mapped_column(ID, ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    time_zone: Mapped[str | None] = mapped_column(String(64))
    week: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closed_on_holidays: Mapped[bool] = mapped_column(default=True)
    accept_minutes: Mapped[int | None]
    closed_days: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class NoticeTarget(Base):
    """Where handoffs of a partner are told: an e-mail address, or an address as apprise takes it, which may hold secrets.

    Without a partner: where those are told whose partner has no target of its own. `test_error` is the kind of what went wrong
    with the last test notice, and null where nothing did.
    """

    __tablename__ = "notice_targets"
    __table_args__ = (Index(None, "partner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[str | None] = mapped_column(ID, ForeignKey("partners.id", ondelete="CASCADE"))
    address: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    tested_at: Mapped[datetime | None]
    test_error: Mapped[str | None] = mapped_column(String(64))


class Notice(Base):
    """A notice on its way to one target. `label` names the target without its secrets; `error` is the kind of the last failure.

    `cause` is why it is sent: of one cause there is one notice a target. One whose sender died while `sending` may have arrived.
    A notice without a target goes to the contact that the person chose: it says what staff answered up to the message `seq`.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("handoff_id", "cause", "label"),
        CheckConstraint("kind IN ('new', 'reminder', 'call', 'reply')", name="kind"),
        CheckConstraint("state IN ('received', 'waiting', 'sending', 'delivered', 'dead')", name="state"),
        Index("ix_notices_open", "due_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index(None, "target_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = _of_handoff()
    target_id: Mapped[int | None] = mapped_column(ForeignKey("notice_targets.id", ondelete="SET NULL"))
    label: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(16), default="received")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

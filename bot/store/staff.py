"""Accounts of the inbox.

Responsible for the table `staff` and the link that makes the first administrator. Must not know passwords, only their hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.staff import Role, Staff, StaffError, check_partner
from bot.store.audit import record
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.schema import Partner
from bot.store.staff_schema import Staff as StaffRow
from bot.store.staff_schema import StaffLink
from bot.store.staff_sessions import end_all_sessions

PERSON = (StaffRow.id, StaffRow.email, StaffRow.first_name, StaffRow.role, StaffRow.partner_id, Partner.name.label("partner"))


_WAYS_IN = (StaffRow.password_hash, StaffRow.subject, StaffRow.link_hash, StaffRow.link_until)
# What a reset takes away: nobody knows, has or is anything that lets them in.
FORGOTTEN: Mapping[str, object] = {
    **dict.fromkeys(("password_hash", "totp_nonce", "subject", "link_hash", "link_until")), "totp_step": 0,
}  # fmt: skip
_ACCOUNTS = select(*PERSON, *_WAYS_IN, StaffRow.created_at, StaffRow.disabled_at).outerjoin(Partner)


class StaffNotFoundError(LookupError):
    """There is no such account."""


class LinkUsedError(LookupError):
    """The link is wrong, too old, used, or was replaced."""


@dataclass(frozen=True)
class NewStaff:
    """An account to make. Without a password or a link to choose one it can sign in by single sign-on only."""

    email: str
    first_name: str
    role: Role
    partner_id: str | None = None
    password_hash: str | None = None
    totp_nonce: str | None = None
    link_hash: str | None = None
    link_until: datetime | None = None

    def __post_init__(self) -> None:
        check_partner(self.role, self.partner_id)


@dataclass(frozen=True)
class Credentials:
    """What signing in is compared with."""

    id: int
    password_hash: str | None
    totp_nonce: str | None
    subject: str | None


class Standing(StrEnum):
    """How somebody gets in, or why not."""

    ACTIVE = "active"
    SINGLE_SIGN_ON = "single sign-on"
    INVITED = "invited"
    LINK_OVER = "link is over"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Account:
    """A line of the list of accounts; `link_until` is of a link that can still be used."""

    staff: Staff
    created_at: datetime
    standing: Standing
    link_until: datetime | None


def add_staff(database: Database, new: NewStaff) -> int:
    """Gives the id. Raises StaffError where the address is taken or the intermediary unknown."""
    with database.writing() as connection:
        return insert_staff(connection, new)


def list_staff(database: Database) -> list[Account]:
    with database.reading() as connection:
        return [_account_of(row) for row in connection.execute(_ACCOUNTS.order_by(StaffRow.email))]


def find_account(database: Database, staff_id: int) -> Account:
    """Raises StaffNotFoundError."""
    with database.reading() as connection:
        row = connection.execute(_ACCOUNTS.where(StaffRow.id == staff_id)).one_or_none()
    if row is None:
        raise StaffNotFoundError(staff_id)
    return _account_of(row)


def find_credentials(database: Database, email: str) -> Credentials | None:
    """Those of an account that is not disabled."""
    query = select(StaffRow.id, StaffRow.password_hash, StaffRow.totp_nonce, StaffRow.subject).where(*_enabled(email))
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return Credentials(*row) if row else None


def use_step(database: Database, staff_id: int, step: int) -> bool:
    """Note that the code of a time step was used; False where it, or a later one, was used before."""
    newer = update(StaffRow).where(StaffRow.id == staff_id, StaffRow.totp_step < step).values(totp_step=step)
    with database.writing() as connection:
        return bool(connection.execute(newer).rowcount)


def bind_subject(database: Database, staff_id: int, subject: str) -> bool:
    """Note who the account is to the single sign-on, at the first time; False where it is somebody else."""
    unbound = update(StaffRow).where(StaffRow.id == staff_id, StaffRow.subject.is_(None)).values(subject=subject)
    with database.writing() as connection:
        if connection.execute(unbound).rowcount:
            return True
        return bool(connection.scalar(select(exists().where(StaffRow.id == staff_id, StaffRow.subject == subject))))


def disable_staff(database: Database, email: str) -> None:
    """Nobody signs in with the account any more, and whoever is signed in is not. Raises StaffNotFoundError."""
    _change(database, email, "staff_disabled", {"disabled_at": utc_now(), "link_hash": None})


def reset_staff(database: Database, email: str, password_hash: str | None, totp_nonce: str | None) -> None:
    """Give the account a new password and new codes, enable it and end its sessions. Raises StaffNotFoundError."""
    known = {"password_hash": password_hash, "totp_nonce": totp_nonce}
    _change(database, email, "staff_reset", {**FORGOTTEN, **known, "disabled_at": None})


def change_password(database: Database, staff_id: int, session_id: int, password_hash: str) -> None:
    """By oneself: everybody else who is signed in with the account is not any more."""
    with database.writing() as connection:
        connection.execute(update(StaffRow).where(StaffRow.id == staff_id).values(password_hash=password_hash))
        end_all_sessions(connection, staff_id, session_id)
        record(connection, "password_changed", staff_id)


def sign_out_staff(database: Database, email: str) -> None:
    """End all sessions of an account. Raises StaffNotFoundError."""
    _change(database, email, "staff_signed_out", {"email": email.lower()})


def make_first_link(database: Database, token_hash: str, expires_at: datetime) -> bool:
    """Keep the one link that may make the first administrator; False where there is an account already."""
    with database.writing() as connection:
        if connection.scalar(select(exists(StaffRow.id))):
            return False
        connection.execute(delete(StaffLink))
        connection.execute(insert(StaffLink), {"token_hash": token_hash, "expires_at": expires_at})
        return True


def has_first_link(database: Database, token_hash: str) -> bool:
    with database.reading() as connection:
        return bool(connection.scalar(select(_link_holds(token_hash))))


def use_first_link(database: Database, token_hash: str, new: NewStaff) -> int:
    """Make the first account; the link is used up by it. Raises LinkUsedError or StaffError."""
    with database.writing() as connection:
        holds = connection.scalar(select(_link_holds(token_hash)))
        if not holds or connection.execute(delete(StaffLink).where(StaffLink.token_hash == token_hash)).rowcount == 0:
            raise LinkUsedError
        return insert_staff(connection, new)


def staff_of(row: Row[*tuple[Any, ...]]) -> Staff:
    return Staff(row.id, row.email, row.first_name, Role(row.role), row.partner_id, row.partner)


def _link_holds(token_hash: str) -> ColumnElement[bool]:
    return exists().where(StaffLink.token_hash == token_hash, StaffLink.expires_at > utc_now()) & ~exists(StaffRow.id)


def _enabled(email: str) -> tuple[ColumnElement[bool], ...]:
    return StaffRow.email == email.lower(), StaffRow.disabled_at.is_(None)


def insert_staff(connection: Connection, new: NewStaff, by: int | None = None) -> int:
    """In the caller's transaction; `by` is the administrator whose work it is. Raises StaffError."""
    values = {**vars(new), "email": new.email.lower(), "role": str(new.role), "totp_step": 0, "created_at": utc_now()}
    require_partner(connection, new.partner_id)
    try:
        staff_id = connection.execute(insert(StaffRow).returning(StaffRow.id), values).scalar_one()
    except IntegrityError:
        raise StaffError("There is an account of that e-mail address already.") from None
    record(connection, "staff_added", by or staff_id, detail=f"account {staff_id}: {new.role}" if by else str(new.role))
    return int(staff_id)


def require_partner(connection: Connection, partner_id: str | None) -> None:
    """Raises StaffError."""
    if partner_id is not None and not connection.scalar(select(func.count()).where(Partner.id == partner_id)):
        raise StaffError(f"There is no intermediary “{partner_id}”. See: python -m bot partners list")


def _account_of(row: Row[*tuple[Any, ...]]) -> Account:
    holds = row.link_hash is not None and row.link_until > utc_now() and row.disabled_at is None
    if row.disabled_at:
        standing = Standing.DISABLED
    elif row.password_hash:
        standing = Standing.ACTIVE
    elif holds:
        standing = Standing.INVITED
    else:
        standing = Standing.LINK_OVER if row.link_until and row.subject is None else Standing.SINGLE_SIGN_ON
    return Account(staff_of(row), row.created_at, standing, row.link_until if holds else None)


def _change(database: Database, email: str, action: str, values: Mapping[str, object]) -> None:
    with database.writing() as connection:
        changed = update(StaffRow).where(StaffRow.email == email.lower()).values(values).returning(StaffRow.id)
        staff_id = connection.scalar(changed)
        if staff_id is None:
            raise StaffNotFoundError(email)
        end_all_sessions(connection, staff_id)
        record(connection, action, staff_id)

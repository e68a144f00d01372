"""Accounts as administrators manage them: inviting, links to choose a password, roles, disabling and enabling.

Responsible for who may change whose account, and for what a link does. Must not know tokens, only their hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot.core.staff import Role, Staff, StaffError, check_partner
from bot.store.audit import record
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.schema import Partner
from bot.store.staff import (
    FORGOTTEN,
    PERSON,
    LinkUsedError,
    NewStaff,
    StaffNotFoundError,
    insert_staff,
    require_partner,
    staff_of,
)
from bot.store.staff_schema import Staff as StaffRow
from bot.store.staff_sessions import end_all_sessions

LINK_LASTS = timedelta(days=3)


def list_intermediaries(database: Database) -> dict[str, str]:
    """Their names by id, in alphabetical order."""
    with database.reading() as connection:
        return {row.id: row.name for row in connection.execute(select(Partner.id, Partner.name).order_by(Partner.name))}


def invite(database: Database, by: int, new: NewStaff) -> int:
    """Gives the id. Raises StaffError where the address is taken or the intermediary unknown."""
    with database.writing() as connection:
        _require_administrator(connection, by)
        return insert_staff(connection, new, by)


def renew_link(database: Database, by: int, staff_id: int, link_hash: str | None) -> None:
    """Take away whatever lets somebody in, and give a link instead; without one single sign-on is left, to be bound anew.

    Raises StaffError or StaffNotFoundError, as all that follow.
    """
    link = {"link_hash": link_hash, "link_until": link_end(link_hash)}
    _change(database, by, staff_id, "staff_reset", {**FORGOTTEN, **link})


def change_role(database: Database, by: int, staff_id: int, role: Role, partner_id: str | None) -> None:
    """They are signed out: pages that are open show what the old role saw."""
    check_partner(role, partner_id)
    _change(database, by, staff_id, "staff_role", {"role": str(role), "partner_id": partner_id}, f": {role}")


def disable(database: Database, by: int, staff_id: int) -> None:
    """Nobody signs in with the account any more, its link is withdrawn, and whoever is signed in is not."""
    _change(database, by, staff_id, "staff_disabled", {"disabled_at": utc_now(), "link_hash": None})


def enable(database: Database, by: int, staff_id: int) -> None:
    """With the password of before."""
    _change(database, by, staff_id, "staff_enabled", {"disabled_at": None})


def link_end(link_hash: str | None) -> datetime | None:
    """When a link that is made now can be used no longer."""
    return utc_now() + LINK_LASTS if link_hash else None


def find_invited(database: Database, link_hash: str) -> Staff:
    """Whose link it is. Raises LinkUsedError."""
    with database.reading() as connection:
        row = connection.execute(select(*PERSON).outerjoin(Partner).where(*_holds(link_hash))).one_or_none()
    if row is None:
        raise LinkUsedError
    return staff_of(row)


def use_link(database: Database, link_hash: str, password_hash: str, totp_nonce: str, totp_step: int) -> int:
    """Give the account its password and codes; the link is used up. Raises LinkUsedError."""
    known = {"password_hash": password_hash, "totp_nonce": totp_nonce, "totp_step": totp_step}
    with database.writing() as connection:
        changed = update(StaffRow).where(*_holds(link_hash)).values({**FORGOTTEN, **known}).returning(StaffRow.id)
        staff_id = connection.scalar(changed)
        if staff_id is None:
            raise LinkUsedError
        end_all_sessions(connection, staff_id)
        record(connection, "staff_link_used", staff_id)
        return int(staff_id)


def _holds(link_hash: str) -> tuple[ColumnElement[bool], ...]:
    return StaffRow.link_hash == link_hash, StaffRow.link_until > utc_now(), StaffRow.disabled_at.is_(None)


def _change(
    database: Database, by: int, staff_id: int, action: str, values: Mapping[str, object | None], detail: str = ""
) -> None:
    """Not one's own account: so one administrator always remains."""
    with database.writing() as connection:
        _require_administrator(connection, by)
        if by == staff_id:
            raise StaffError("This is your own account: ask another administrator.")
        partner_id = values.get("partner_id")
        require_partner(connection, str(partner_id) if partner_id is not None else None)
        if not connection.execute(update(StaffRow).where(StaffRow.id == staff_id).values(values)).rowcount:
            raise StaffNotFoundError(staff_id)
        end_all_sessions(connection, staff_id)
        record(connection, action, by, detail=f"account {staff_id}{detail}")


def _require_administrator(connection: Connection, by: int) -> None:
    """All of them are locked, in one order: two who disable each other at once must not both succeed. Raises StaffError."""
    administrators = select(StaffRow.id).where(StaffRow.role == str(Role.ADMINISTRATOR), StaffRow.disabled_at.is_(None))
    if by not in set(connection.scalars(administrators.order_by(StaffRow.id).with_for_update())):
        raise StaffError("Your own account may not do this any more.")

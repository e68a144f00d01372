"""When offices answer, and where their handoffs are told: what managers keep beside the partner file.

Responsible for the tables `office_service` and `notice_targets`, and for the history of what is edited. An address may hold
secrets: it is given to who sends, and to nobody else. Must not know how anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.hours import guess_zone, read_week, write_week
from bot.core.service import Service
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.handoff_schema import NoticeTarget, OfficeService
from bot.store.schema import Office, OfficeHistory

_SCHEME = re.compile(r"([a-z0-9]+)://", re.IGNORECASE)


class UnknownPartnerError(LookupError):
    """There is no office or partner of that id."""


@dataclass(frozen=True)
class Target:
    """Where handoffs are told, without what may be secret in its address."""

    id: int
    label: str


def label_of(target_id: int, address: str) -> str:
    """An e-mail address as it is; of any other address its kind and number only."""
    scheme = _SCHEME.match(address)
    return f"{scheme[1].lower()} #{target_id}" if scheme else address


def read_service(database: Database, office_id: str | None) -> Service:
    """What is known of an office; without a time zone of its own, that of its ZIP code or state."""
    with database.reading() as connection:
        return service_of(connection, office_id)


def service_of(connection: Connection, office_id: str | None) -> Service:
    columns = (OfficeService.time_zone, OfficeService.week, OfficeService.closed_on_holidays, OfficeService.accept_minutes)
    query = select(Office.zip, Office.state, *columns).outerjoin(OfficeService, OfficeService.office_id == Office.id)
    row = connection.execute(query.where(Office.id == office_id)).one_or_none()
    if row is None:
        return Service()
    zone = row.time_zone or guess_zone(row.zip, row.state)
    week = read_week(row.week) if row.week is not None and zone else None
    accept = timedelta(minutes=row.accept_minutes) if row.accept_minutes else None
    return Service(zone, week, row.closed_on_holidays is not False, accept)


def save_service(database: Database, office_id: str, service: Service, actor: str) -> None:
    """Keep when an office answers, and who said so. Raises UnknownPartnerError."""
    values: dict[str, Any] = {
        "time_zone": service.zone,
        "week": None if service.week is None else write_week(service.week),
        "closed_on_holidays": service.closed_on_holidays,
        "accept_minutes": None if service.accept_within is None else max(1, service.accept_within // timedelta(minutes=1)),
    }
    with database.writing() as connection:
        if connection.scalar(select(Office.id).where(Office.id == office_id).with_for_update()) is None:
            raise UnknownPartnerError
        kept = connection.execute(select(OfficeService.__table__).where(OfficeService.office_id == office_id)).one_or_none()
        before = {name: getattr(kept, name) if kept else None for name in values}
        changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        if kept:
            connection.execute(update(OfficeService).where(OfficeService.office_id == office_id).values(**values))
        else:
            connection.execute(insert(OfficeService).values(office_id=office_id, **values))
        _note(connection, office_id, actor, changes)


def list_targets(database: Database, partner_id: str | None) -> list[Target]:
    """Those of a partner; of None, those for partners without any."""
    with database.reading() as connection:
        return [Target(row.id, label_of(row.id, row.address)) for row in targets_of(connection, partner_id)]


def targets_of(connection: Connection, partner_id: str | None) -> list[Any]:
    query = select(NoticeTarget.id, NoticeTarget.address).where(NoticeTarget.partner_id == partner_id).order_by(NoticeTarget.id)
    return list(connection.execute(query))


def add_target(database: Database, partner_id: str, address: str, actor: str) -> Target:
    """Tell this partner's handoffs there too; the history says of which kind the address is. Raises UnknownPartnerError."""
    with database.writing() as connection:
        office = _first_office(connection, partner_id)
        added = insert(NoticeTarget).values(partner_id=partner_id, address=address, created_at=utc_now())
        target_id = int(connection.scalar(added.returning(NoticeTarget.id)) or 0)
        target = Target(target_id, label_of(target_id, address))
        _note(connection, office, actor, {"notice_target": [None, target.label]})
    return target


def remove_target(database: Database, partner_id: str, target_id: int, actor: str) -> None:
    """Tell nothing there any more. Raises UnknownPartnerError where the partner has no such target."""
    with database.writing() as connection:
        office = _first_office(connection, partner_id)
        this = delete(NoticeTarget).where(NoticeTarget.id == target_id, NoticeTarget.partner_id == partner_id)
        address = connection.scalar(this.returning(NoticeTarget.address))
        if address is None:
            raise UnknownPartnerError
        _note(connection, office, actor, {"notice_target": [label_of(target_id, address), None]})


def set_default_targets(database: Database, addresses: Collection[str]) -> None:
    """Where handoffs are told whose partner has no target of its own: these, and no others."""
    nobody = NoticeTarget.partner_id.is_(None)
    with database.alone("setting of default targets") as session:
        connection = session.connection()
        known = {row.address for row in targets_of(connection, None)}
        connection.execute(delete(NoticeTarget).where(nobody, NoticeTarget.address.not_in(list(addresses))))
        for address in dict.fromkeys(addresses):
            if address not in known:
                connection.execute(insert(NoticeTarget).values(partner_id=None, address=address, created_at=utc_now()))


def _first_office(connection: Connection, partner_id: str) -> str:
    found = connection.scalar(select(Office.id).where(Office.partner_id == partner_id).order_by(Office.position).limit(1))
    if found is None:
        raise UnknownPartnerError
    return str(found)


def _note(connection: Connection, office_id: str, actor: str, changes: dict[str, Any]) -> None:
    if changes:
        connection.execute(insert(OfficeHistory).values(office_id=office_id, at=utc_now(), actor=actor, changes=changes))

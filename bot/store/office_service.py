"""When offices answer, and where their handoffs are told: what managers keep beside the partner file.

Responsible for the tables `office_service` and `notice_targets`, and for the history of what is edited. An address may hold
secrets: it is given to who sends, and to nobody else. Must not know how anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from bot.core.hours import guess_zone, read_days, read_week, write_days, write_week
from bot.core.service import Service
from bot.core.staff import Scope
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.handoff_schema import NoticeTarget, OfficeService
from bot.store.office_rows import in_scope
from bot.store.schema import Office, OfficeHistory

_ALL = Scope(None)
_COLUMNS = ("time_zone", "week", "closed_on_holidays", "accept_minutes", "closed_days")
_SCHEME = re.compile(r"([a-z0-9]+)://", re.IGNORECASE)


class UnknownPartnerError(LookupError):
    """There is no office or partner of that id, or it is not theirs who ask."""


class OfficeChangedError(Exception):
    """Somebody has changed what is to be changed since it was looked at."""


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
    return services_of(connection, Office.id == office_id).get(office_id or "", Service())


def services_of(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, Service]:
    """By the ids of the offices that are wanted."""
    columns = [OfficeService.__table__.c[name] for name in _COLUMNS]
    query = select(Office.id, Office.zip, Office.state, *columns).outerjoin(OfficeService, OfficeService.office_id == Office.id)
    return {row.id: _service_of(row) for row in connection.execute(query.where(wanted))}


def _service_of(row: Row[Any]) -> Service:
    zone = row.time_zone or guess_zone(row.zip, row.state)
    week = read_week(row.week) if row.week is not None and zone else None
    accept = timedelta(minutes=row.accept_minutes) if row.accept_minutes else None
    closed = read_days("\n".join(row.closed_days or ()))
    return Service(zone, week, row.closed_on_holidays is not False, accept, closed)


def save_service(
    database: Database, office_id: str, service: Service, actor: str, scope: Scope = _ALL, seen: str | None = None
) -> None:
    """Keep when an office answers, and who said so.

    Raises UnknownPartnerError where the scope has no such office, OfficeChangedError unless its hours are as they were `seen`.
    """
    values: dict[str, Any] = {
        "time_zone": service.zone,
        "week": None if service.week is None else write_week(service.week),
        "closed_on_holidays": service.closed_on_holidays,
        "accept_minutes": None if service.accept_within is None else max(1, service.accept_within // timedelta(minutes=1)),
        "closed_days": write_days(service.closed_days) or None,
    }
    with database.writing() as connection:
        this = select(Office.id).where(Office.id == office_id, in_scope(scope))
        if connection.scalar(this.with_for_update()) is None:
            raise UnknownPartnerError
        if seen not in (None, version_of(service_of(connection, office_id))):
            raise OfficeChangedError
        kept = connection.execute(select(OfficeService.__table__).where(OfficeService.office_id == office_id)).one_or_none()
        before = {name: getattr(kept, name) if kept else None for name in values}
        changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        if kept:
            connection.execute(update(OfficeService).where(OfficeService.office_id == office_id).values(**values))
        else:
            connection.execute(insert(OfficeService).values(office_id=office_id, **values))
        _note(connection, office_id, actor, changes)


def version_of(service: Service) -> str:
    """Stands for what somebody was shown, so that it is noticed when it is something else by the time they save."""
    week = None if service.week is None else write_week(service.week)
    shown = (service.zone, week, service.closed_on_holidays, service.accept_within, write_days(service.closed_days))
    return sha256(repr(shown).encode()).hexdigest()[:16]


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

"""The partner directory as staff see and edit it: offices with all that is known of them, and who changed what.

Responsible for who sees which offices (`in_scope`, which every statement has), and for refusing changes of what has changed since
it was looked at. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.orm import Session

from bot.core.confidence import Freshness
from bot.core.handoff import UNATTENDED
from bot.core.partner_checks import Fault
from bot.core.partner_edits import confirm_row, edit_row, find_faults, hides_address, version_of
from bot.core.service import Service
from bot.core.staff import Scope
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.handoff_schema import Handoff, Notice, NoticeTarget
from bot.store.office_rows import TASK, Cells, Changes, Rows, cells_of, in_scope, load_offices
from bot.store.office_service import OfficeChangedError, UnknownPartnerError, label_of, services_of
from bot.store.schema import ContactChannel, Office, OfficeHistory, ServiceArea

MOST_LISTED = 100
_MOST_CHANGES, _CHANGES_LOOKED_AT = 40, 300


class FaultyOfficeError(Exception):
    """What was typed cannot be kept; carries every fault."""

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Contact:
    """One way to reach an office. `hidden` is for distance only, and shown to nobody outside."""

    kind: str
    value: str
    old: bool
    hidden: bool
    source_date: str


@dataclass(frozen=True)
class Checked:
    """Who has checked the contact data, and on which day."""

    by: str
    on: date


@dataclass(frozen=True)
class DirectoryLine:
    """An office in the list. `waiting` is how many people nobody has taken up; `targets` are those of its intermediary."""

    id: str
    name: str
    partner_name: str
    city: str
    state: str
    states: tuple[str, ...]
    contacts: tuple[Contact, ...]
    checked: Checked | None
    service: Service
    targets: tuple[str, ...]
    waiting: int


@dataclass(frozen=True)
class TargetState:
    """Where notices go, without what may be secret, and what became of the last test and of the last notice there."""

    id: int
    label: str
    tested_at: datetime | None
    test_error: str | None
    sent_at: datetime | None
    sent_state: str | None
    sent_error: str | None


@dataclass(frozen=True)
class Edit:
    """A change in the history of an office: column -> [old, new]."""

    at: datetime
    actor: str
    changes: Mapping[str, Any]

    @property
    def added(self) -> bool:
        return "name" in self.changes and self.changes["name"][0] is None


@dataclass(frozen=True)
class OfficeEntry:
    """Everything about one office."""

    line: DirectoryLine
    partner_id: str
    cells: Cells
    version: str
    address_hidden: bool
    targets: tuple[TargetState, ...]
    history: tuple[Edit, ...]


def list_directory(database: Database, scope: Scope, state: str = "", q: str = "") -> tuple[list[DirectoryLine], bool]:
    """The offices that stand in or serve a state, or whose name or city holds a text; and whether there are more than fit."""
    with database.reading() as connection, Session(connection) as session:
        offices = load_offices(session, scope, *_conditions(state, q), limit=MOST_LISTED + 1)
        return _lines_of(connection, offices[:MOST_LISTED]), len(offices) > MOST_LISTED


def read_office(database: Database, scope: Scope, office_id: str) -> OfficeEntry:
    """Raises UnknownPartnerError where the scope has no such office."""
    with database.reading() as connection, Session(connection) as session:
        offices = load_offices(session, scope, Office.id == office_id)
        if not offices:
            raise UnknownPartnerError
        cells, partner_id = cells_of(offices[0]), offices[0].partner_id
        return OfficeEntry(
            line=_lines_of(connection, offices)[0],
            partner_id=partner_id,
            cells=cells,
            version=version_of(cells),
            address_hidden=hides_address(cells),
            targets=_targets_of(connection, partner_id),
            history=_history_of(connection, partner_id, office_id),
        )


def save_contacts(
    database: Database, scope: Scope, office_id: str, typed: Mapping[str, str], seen: str, actor: str, day: date,
    show_address: bool = False, checked_by: str | None = None,
) -> Changes:  # fmt: skip
    """Keep what was typed, and where somebody has checked it, who; gives what changed.

    Raises UnknownPartnerError, FaultyOfficeError, and OfficeChangedError unless the office is as it was `seen`.
    """
    with database.alone(TASK) as session:
        rows = Rows(session, actor)
        row = _row_of(session, rows, scope, office_id)
        edited = edit_row(row, typed, day, show_address)
        if faults := find_faults(edited):
            raise FaultyOfficeError(faults)
        if version_of(row) != seen:
            raise OfficeChangedError
        return _write(rows, edited if checked_by is None else confirm_row(edited, day, checked_by))


def confirm_contacts(
    database: Database, scope: Scope, office_id: str, seen: str, actor: str, day: date, checked_by: str
) -> Changes:
    """Keep that somebody has checked what they `saw`. Raises UnknownPartnerError or OfficeChangedError."""
    with database.alone(TASK) as session:
        rows = Rows(session, actor)
        row = _row_of(session, rows, scope, office_id)
        if version_of(row) != seen:
            raise OfficeChangedError
        return _write(rows, confirm_row(row, day, checked_by))


def find_target(database: Database, scope: Scope, office_id: str, target_id: int, pause: timedelta) -> str | None:
    """The address of a target that is to be tried, and from now on it counts as tried; None if it was within the `pause`.

    Raises UnknownPartnerError where the office of the scope has no such target.
    """
    mine = select(Office.partner_id).where(Office.id == office_id, in_scope(scope)).scalar_subquery()
    this = NoticeTarget.id == target_id, NoticeTarget.partner_id == mine
    with database.writing() as connection:
        row = connection.execute(
            select(NoticeTarget.address, NoticeTarget.tested_at).where(*this).with_for_update()
        ).one_or_none()
        if row is None:
            raise UnknownPartnerError
        if row.tested_at and utc_now() - row.tested_at < pause:
            return None
        connection.execute(update(NoticeTarget).where(*this).values(tested_at=utc_now(), test_error="unfinished"))
        return str(row.address)


def note_test(database: Database, target_id: int, error: str | None) -> None:
    """What became of a test notice."""
    with database.writing() as connection:
        connection.execute(update(NoticeTarget).where(NoticeTarget.id == target_id).values(test_error=error))


def _conditions(state: str, q: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if state:
        found.append(or_(Office.state == state, Office.areas.any(ServiceArea.state == state)))
    if q:
        found.append(or_(*(column.icontains(q, autoescape=True) for column in (Office.name, Office.short_name, Office.city))))
    return found


def _row_of(session: Session, rows: Rows, scope: Scope, office_id: str) -> Cells:
    if session.scalar(select(Office.id).where(Office.id == office_id, in_scope(scope))) is None:
        raise UnknownPartnerError
    return rows.known[office_id]


def _write(rows: Rows, row: Cells) -> Changes:
    changes = rows.changes_of(row)
    if changes:
        rows.write({row["id"]: row})
    return changes


def _lines_of(connection: Connection, offices: Collection[Office]) -> list[DirectoryLine]:
    ids = [office.id for office in offices]
    services = services_of(connection, Office.id.in_(ids))
    waiting = _count_waiting(connection, ids)
    labels: dict[str, list[str]] = {office.partner_id: [] for office in offices}
    columns = NoticeTarget.id, NoticeTarget.address, NoticeTarget.partner_id
    targets = select(*columns).where(NoticeTarget.partner_id.in_(labels)).order_by(NoticeTarget.id)
    for row in connection.execute(targets):
        labels[row.partner_id].append(label_of(row.id, row.address))
    return [_line_of(each, services[each.id], tuple(labels[each.partner_id]), waiting.get(each.id, 0)) for each in offices]


def _line_of(office: Office, service: Service, targets: tuple[str, ...], waiting: int) -> DirectoryLine:
    channels = {channel.kind: channel for channel in office.channels}
    checked = next(((each.confirmed_by, each.confirmed_on) for each in office.channels if each.confirmed_on), None)
    return DirectoryLine(
        id=office.id,
        name=office.name,
        partner_name=office.partner.name,
        city=office.city,
        state=office.state,
        states=tuple(sorted({area.state for area in office.areas})),
        contacts=tuple(_contact_of(channels[kind]) for kind in ("phone", "email", "website") if kind in channels),
        checked=Checked(checked[0] or "", checked[1]) if checked and checked[1] else None,
        service=service,
        targets=targets,
        waiting=waiting,
    )


def _contact_of(channel: ContactChannel) -> Contact:
    old, hidden = channel.freshness == Freshness.OLD, channel.freshness == Freshness.HIDDEN
    return Contact(channel.kind, channel.value, old, hidden, channel.source_date)


def _count_waiting(connection: Connection, office_ids: Collection[str]) -> dict[str, int]:
    query = select(Handoff.office_id, func.count().label("number")).where(Handoff.office_id.in_(office_ids))
    unattended = query.where(Handoff.status.in_([str(status) for status in UNATTENDED])).group_by(Handoff.office_id)
    return {row.office_id: row.number for row in connection.execute(unattended)}


def _targets_of(connection: Connection, partner_id: str) -> tuple[TargetState, ...]:
    last = select(func.max(Notice.id)).where(Notice.target_id == NoticeTarget.id).correlate(NoticeTarget).scalar_subquery()
    columns = NoticeTarget.id, NoticeTarget.address, NoticeTarget.tested_at, NoticeTarget.test_error
    query = select(*columns, Notice.created_at, Notice.state, Notice.error).outerjoin(Notice, Notice.id == last)
    rows = connection.execute(query.where(NoticeTarget.partner_id == partner_id).order_by(NoticeTarget.id))
    return tuple(
        TargetState(
            row.id, label_of(row.id, row.address), row.tested_at, row.test_error, row.created_at, row.state, row.error
        )
        for row in rows
    )  # fmt: skip


def _history_of(connection: Connection, partner_id: str, office_id: str) -> tuple[Edit, ...]:
    """Of the office, and of the targets that it shares with its sisters; newest first."""
    columns = OfficeHistory.office_id, OfficeHistory.at, OfficeHistory.actor, OfficeHistory.changes
    query = select(*columns).join(Office, Office.id == OfficeHistory.office_id).where(Office.partner_id == partner_id)
    rows = connection.execute(query.order_by(OfficeHistory.id.desc()).limit(_CHANGES_LOOKED_AT))
    shown = [row for row in rows if row.office_id == office_id or "notice_target" in row.changes]
    return tuple(Edit(row.at, row.actor, row.changes) for row in shown[:_MOST_CHANGES])

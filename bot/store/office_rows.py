"""Offices as rows of the partner file: read as rows, and brought to what rows say.

Responsible for the tables of partners and for the history of every change in them. Must not know where rows come from, nor what
makes one right (core.partner_checks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, true
from sqlalchemy.orm import Session, selectinload

from bot.core.confidence import CHANNEL_FIELDS, Confidence, read_confidence
from bot.core.partner_checks import AUDIENCES, as_number, split_checked, split_list
from bot.core.partner_rows import COLUMNS, degrees_text, group_organisations
from bot.core.routing import Audience, OfficeKind
from bot.core.staff import Scope
from bot.store.reach import reach_rows
from bot.store.schema import ContactChannel, Office, OfficeHistory, OfficeReach, Partner, ServiceArea, utc_now

Cells = dict[str, str]
Changes = dict[str, list[str | None]]
REACHING = frozenset({"phone", "email", "website"})
# Two that write rows wait for each other by this name (`Database.alone`).
TASK = "import of partners"
_REACH: Any = OfficeReach.__table__
_PLAIN = (
    "kind", "name", "short_name", "street", "city", "state", "zip", "coord_basis", "languages", "source_url", "source_date",
    "confidence", "contact_checked",
)  # fmt: skip


def load_offices(session: Session, scope: Scope, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Office]:
    """In the order of the partner file, with everything that belongs to them."""
    parts = selectinload(Office.partner), selectinload(Office.areas), selectinload(Office.channels)
    query = select(Office).options(*parts).where(in_scope(scope), *conditions).order_by(Office.position)
    return list(session.scalars(query.limit(limit)))


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The rule of who sees which offices; every statement of the directory has it."""
    return true() if scope.partner_id is None else Office.partner_id == scope.partner_id


def cells_of(office: Office) -> Cells:
    """The row of the partner file."""
    cells = {column: str(getattr(office, column)) for column in _PLAIN} | {"id": office.id}
    cells |= {"latitude": degrees_text(office.latitude), "longitude": degrees_text(office.longitude)}
    cells |= dict.fromkeys(REACHING, "") | {channel.kind: channel.value for channel in office.channels}
    audiences = {area.audience for area in office.areas}
    cells["serves"] = ";".join(name for name, audience in AUDIENCES.items() if audience in audiences)
    cells["states_served"] = ";".join(sorted({area.state for area in office.areas}))
    return {column: cells[column] for column in COLUMNS}


def edited_by_others(session: Session, actor: str) -> set[str]:
    """Offices whose row somebody else has changed since it was added; hours and targets are not in the row."""
    query = select(OfficeHistory.office_id, OfficeHistory.changes).where(OfficeHistory.actor != actor)
    return {
        row.office_id
        for row in session.execute(query)
        if any(column in row.changes and row.changes[column][0] is not None for column in COLUMNS)
    }


class Rows:
    """Offices and what rows make of them: compares each row with its office, writes what differs, derives the router's index."""

    def __init__(self, session: Session, actor: str) -> None:
        self.session, self.actor, self.now = session, actor, utc_now()
        self.offices = {office.id: office for office in load_offices(session, Scope(None))}
        self.known = {office_id: cells_of(office) for office_id, office in self.offices.items()}
        self.next_position = max((office.position for office in self.offices.values()), default=-1) + 1

    def changes_of(self, row: Cells) -> Changes:
        """Column -> [old, new]; old is None where the office is new."""
        before = self.known.get(row["id"])
        return {
            column: [before[column] if before else None, row[column]]
            for column in COLUMNS
            if column != "id" and (before[column] != row[column] if before else row[column])
        }

    def write(self, rows: dict[str, Cells]) -> None:
        """Rows by id, each of which differs from what is known."""
        now_known = self.known | rows
        organisations = group_organisations({office_id: row["confidence"] for office_id, row in now_known.items()})
        moved = self._write_organisations(organisations, {office_id: row["name"] for office_id, row in now_known.items()})
        for office_id, row in rows.items():
            self._write_office(row, organisations[office_id][0])
        self.session.flush()
        self.session.execute(insert(OfficeHistory), [self._history_of(row) for row in rows.values()])
        self._write_reach([(now_known[office_id], organisations[office_id][1]) for office_id in rows.keys() | moved])

    def _write_organisations(self, organisations: dict[str, tuple[str, str]], names: dict[str, str]) -> set[str]:
        """Write the partners; gives the offices already known whose organisation now counts as another."""
        before = {office_id: (office.partner_id, office.partner.counts_as) for office_id, office in self.offices.items()}
        partners = {partner.id: partner for partner in self.session.scalars(select(Partner))}
        for organisation, counts_as in dict(organisations.values()).items():
            partner = partners.get(organisation) or Partner(id=organisation)
            partner.name, partner.counts_as = names[organisation], counts_as
            self.session.add(partner)
        self.session.flush()
        moved = {office_id for office_id, pair in before.items() if organisations[office_id] != pair}
        for office_id in moved:
            self.offices[office_id].partner_id = organisations[office_id][0]
        return moved

    def _write_office(self, row: Cells, organisation: str) -> None:
        office = self.offices.get(row["id"])
        if office is None:
            office = Office(id=row["id"], position=self.next_position)
            self.next_position += 1
            self.session.add(office)
        for column in _PLAIN:
            setattr(office, column, row[column])
        office.partner_id = organisation
        office.latitude, office.longitude = as_number(row["latitude"]), as_number(row["longitude"])
        office.areas = [ServiceArea(state=state, audience=str(audience)) for state, audience in _areas_of(row)]
        marks = read_confidence(row["confidence"], row["source_date"])
        office.channels = [_channel(row, field, marks, self.actor) for field in CHANNEL_FIELDS if row[field]]

    def _history_of(self, row: Cells) -> dict[str, Any]:
        return {"office_id": row["id"], "at": self.now, "actor": self.actor, "changes": self.changes_of(row)}

    def _write_reach(self, offices: list[tuple[Cells, str]]) -> None:
        known = [{"office": row["id"]} for row, _ in offices if row["id"] in self.known]
        if known:
            self.session.execute(delete(_REACH).where(_REACH.c.office_id == bindparam("office")), known)
        self.session.execute(insert(OfficeReach), [reach for row, counts_as in offices for reach in _reach_of(row, counts_as)])


def _reach_of(row: Cells, counts_as: str) -> Iterator[dict[str, Any]]:
    latitude, longitude = as_number(row["latitude"]), as_number(row["longitude"])
    coordinates = None if latitude is None or longitude is None else (latitude, longitude)
    marks = read_confidence(row["confidence"], row["source_date"])
    reachable = any(row[field] for field in REACHING) and not marks.other_programme
    yield from reach_rows(row["id"], counts_as, OfficeKind(row["kind"]), reachable, coordinates, _areas_of(row), marks.everywhere)


def _areas_of(row: Cells) -> list[tuple[str, Audience]]:
    return [(state, AUDIENCES[name]) for state in split_list(row["states_served"]) for name in split_list(row["serves"])]


def _channel(row: Cells, field: str, marks: Confidence, actor: str) -> ContactChannel:
    checked = split_checked(row["contact_checked"])
    return ContactChannel(
        kind=field,
        value=row[field],
        source_url=row["source_url"],
        source_date=marks.date_of(field),
        freshness=str(marks.freshness_of(field)),
        confirmed_by=(checked[1] or actor) if checked else None,
        confirmed_on=checked[0] if checked else None,
    )

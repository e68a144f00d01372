"""Partners and their offices: import, export, list and check.

Responsible for keeping what the partner file says, and the history of every change. Must not know what makes a row right
(core.partner_checks) nor how the router searches (reach, routing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session, selectinload

from bot.core.confidence import CHANNEL_FIELDS, Confidence, Freshness, read_confidence
from bot.core.partner_checks import AUDIENCES, as_number, split_checked, split_list
from bot.core.partner_rows import (
    COLUMNS,
    PartnerFileError,
    RowError,
    degrees_text,
    group_organisations,
    read_partner_rows,
    write_partner_rows,
)
from bot.core.routing import Audience, OfficeKind
from bot.core.states import PROGRAMME_STATES
from bot.store.database import Database
from bot.store.reach import reach_rows
from bot.store.schema import ContactChannel, Office, OfficeHistory, OfficeReach, Partner, ServiceArea, utc_now

Cells = dict[str, str]
_REACH: Any = OfficeReach.__table__
_REACHING = frozenset({"phone", "email", "website"})
_PLAIN = (
    "kind", "name", "short_name", "street", "city", "state", "zip", "coord_basis", "languages", "source_url", "source_date",
    "confidence", "contact_checked",
)  # fmt: skip


@dataclass(frozen=True)
class ImportReport:
    """Ids of offices by what the import did. `removed_nothing` names those that the file lacks: they were kept."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed_nothing: tuple[str, ...]


@dataclass(frozen=True)
class OfficeLine:
    """An office in a list for staff."""

    id: str
    name: str
    short_name: str
    kind: str
    city: str
    state: str
    states_served: tuple[str, ...]
    audiences: tuple[str, ...]
    ways_to_reach: tuple[str, ...]
    confirmed_on: date | None


def import_partners(database: Database, path: Path | str, actor: str) -> ImportReport:
    """Bring the offices to what the file says, all or nothing; a second import waits for the first.

    Raises PartnerFileError with every error in the file, or DatabaseBusyError where the first takes long.
    """
    rows = read_partner_rows(_read_bytes(Path(path)))
    with database.alone("import of partners") as session:
        return _Import(session, actor).run(rows)


def export_partners(database: Database) -> str:
    """The partner file of what the database holds; importing it changes nothing."""
    with database.transaction() as session:
        return write_partner_rows([_cells_of(office) for office in _load_offices(session)])


def list_partners(database: Database, state: str | None = None) -> list[OfficeLine]:
    """Every office, or those that serve a state, in the order of the partner file."""
    with database.transaction() as session:
        lines = [_line_of(office) for office in _load_offices(session)]
    return [line for line in lines if state is None or state in line.states_served]


def check_partners(database: Database) -> list[str]:
    """What staff should look after, a sentence each."""
    with database.transaction() as session:
        offices = _load_offices(session)
        findings = [finding for office in offices for finding in _check_office(office)]
    served = {
        area.state for office in offices if office.kind == OfficeKind.REGIONAL for area in office.areas if _reachable(office)
    }
    lacking = sorted(PROGRAMME_STATES - served)
    return findings + [f"{state}: no regional partner that can be reached serves this state." for state in lacking]


class _Import:
    """One import: compares each row with its office, writes what differs, and derives the router's index again."""

    def __init__(self, session: Session, actor: str) -> None:
        self.session, self.actor, self.now = session, actor, utc_now()
        self.offices = {office.id: office for office in _load_offices(session)}
        self.known = {office_id: _cells_of(office) for office_id, office in self.offices.items()}
        self.next_position = max((office.position for office in self.offices.values()), default=-1) + 1

    def run(self, rows: list[Cells]) -> ImportReport:
        added = [row for row in rows if row["id"] not in self.known]
        changed = [row for row in rows if self.known.get(row["id"], row) != row]
        touched = {row["id"] for row in added + changed}
        if touched:
            self._write({row["id"]: row for row in added + changed})
        return ImportReport(
            added=tuple(row["id"] for row in added),
            changed=tuple(row["id"] for row in changed),
            unchanged=tuple(row["id"] for row in rows if row["id"] not in touched),
            removed_nothing=tuple(sorted(self.known.keys() - {row["id"] for row in rows})),
        )

    def _write(self, rows: dict[str, Cells]) -> None:
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
        before = self.known.get(row["id"])
        changes = {
            column: [before and before[column], row[column]]
            for column in COLUMNS
            if column != "id" and (before[column] != row[column] if before else row[column])
        }
        return {"office_id": row["id"], "at": self.now, "actor": self.actor, "changes": changes}

    def _write_reach(self, offices: list[tuple[Cells, str]]) -> None:
        known = [{"office": row["id"]} for row, _ in offices if row["id"] in self.known]
        if known:
            self.session.execute(delete(_REACH).where(_REACH.c.office_id == bindparam("office")), known)
        self.session.execute(insert(OfficeReach), [reach for row, counts_as in offices for reach in _reach_of(row, counts_as)])


def _reach_of(row: Cells, counts_as: str) -> Iterator[dict[str, Any]]:
    latitude, longitude = as_number(row["latitude"]), as_number(row["longitude"])
    coordinates = None if latitude is None or longitude is None else (latitude, longitude)
    marks = read_confidence(row["confidence"], row["source_date"])
    reachable = any(row[field] for field in _REACHING) and not marks.other_programme
    yield from reach_rows(row["id"], counts_as, OfficeKind(row["kind"]), reachable, coordinates, _areas_of(row), marks.everywhere)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PartnerFileError([RowError(1, "", f"The file {path} cannot be read: {error.strerror}.")]) from None


def _load_offices(session: Session) -> list[Office]:
    parts = selectinload(Office.partner), selectinload(Office.areas), selectinload(Office.channels)
    return list(session.scalars(select(Office).options(*parts).order_by(Office.position)))


def _cells_of(office: Office) -> Cells:
    """The row of the partner file."""
    cells = {column: str(getattr(office, column)) for column in _PLAIN} | {"id": office.id}
    cells |= {"latitude": degrees_text(office.latitude), "longitude": degrees_text(office.longitude)}
    cells |= dict.fromkeys(_REACHING, "") | {channel.kind: channel.value for channel in office.channels}
    audiences = {area.audience for area in office.areas}
    cells["serves"] = ";".join(name for name, audience in AUDIENCES.items() if audience in audiences)
    cells["states_served"] = ";".join(sorted({area.state for area in office.areas}))
    return {column: cells[column] for column in COLUMNS}


def _line_of(office: Office) -> OfficeLine:
    return OfficeLine(
        id=office.id,
        name=office.name,
        short_name=office.short_name or office.name,
        kind=office.kind,
        city=office.city,
        state=office.state,
        states_served=tuple(sorted({area.state for area in office.areas})),
        audiences=tuple(sorted({area.audience for area in office.areas})),
        ways_to_reach=tuple(sorted(channel.kind for channel in office.channels if channel.kind in _REACHING)),
        confirmed_on=max((channel.confirmed_on for channel in office.channels if channel.confirmed_on), default=None),
    )


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


def _reachable(office: Office) -> bool:
    return any(channel.kind in _REACHING for channel in office.channels)


def _check_office(office: Office) -> list[str]:
    findings = []
    if not _reachable(office):
        findings.append(f"{office.id}: no website, telephone or e-mail, so nobody is sent here while there is another.")
    old = [channel for channel in office.channels if channel.freshness == Freshness.OLD and not channel.confirmed_on]
    findings += [f"{office.id}: the {channel.kind} is old ({channel.source_date})." for channel in old]
    if "NAME TRAP" in office.confidence:
        findings.append(f"{office.id}: its IMT may be another programme, so others come first; read its note.")
    if not office.contact_checked:
        findings.append(f"{office.id}: nobody has confirmed the contact data yet.")
    return findings

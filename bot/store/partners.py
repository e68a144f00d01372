"""Partners and their offices: import, export, list and check.

Responsible for keeping what the partner file says, and the history of every change. Must not know what makes a row right
(core.partner_checks) nor how the router searches (reach, routing).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from bot.core.confidence import Freshness
from bot.core.partner_rows import PartnerFileError, RowError, read_partner_rows, write_partner_rows
from bot.core.routing import OfficeKind
from bot.core.staff import Scope
from bot.core.states import PROGRAMME_STATES
from bot.store.database import Database
from bot.store.office_rows import REACHING, TASK, Cells, Changes, Rows, cells_of, edited_by_others, load_offices
from bot.store.schema import Office

_ALL = Scope(None)


class DirectoryChangedError(Exception):
    """Somebody has changed what the import would change since it was looked at."""


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


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do: the columns of each office by id, as [old, new]. `seen` stands for what the database held."""

    added: Mapping[str, Changes]
    changed: Mapping[str, Changes]
    report: ImportReport
    seen: str


def import_partners(database: Database, path: Path | str, actor: str, keep_edits: bool = False) -> ImportReport:
    """Bring the offices to what the file says, all or nothing; a second import waits for the first.

    Raises PartnerFileError with every error in the file, or DatabaseBusyError where the first takes long.
    """
    return import_text(database, _read_bytes(Path(path)), actor, keep_edits=keep_edits)


def import_text(database: Database, data: bytes, actor: str, seen: str | None = None, keep_edits: bool = False) -> ImportReport:
    """The same from the bytes of a file. Raises DirectoryChangedError unless the database is as it was `seen`.

    With `keep_edits` the offices that anybody else has changed stay as they are.
    """
    rows = read_partner_rows(data)
    with database.alone(TASK) as session:
        now = Rows(session, actor)
        if keep_edits:
            edited = edited_by_others(session, actor)
            rows = [row for row in rows if row["id"] not in edited]
        if seen not in (None, _digest(now.known)):
            raise DirectoryChangedError
        preview = _compare(now, rows)
        if touched := {*preview.added, *preview.changed}:
            now.write({row["id"]: row for row in rows if row["id"] in touched})
    return preview.report


def preview_import(database: Database, data: bytes) -> ImportPreview:
    """What `import_text` would do. Raises PartnerFileError with every error in the file."""
    rows = read_partner_rows(data)
    with database.reading() as connection, Session(connection) as session:
        return _compare(Rows(session, ""), rows)


def export_partners(database: Database, scope: Scope = _ALL) -> str:
    """The partner file of what the database holds, as far as it is in the scope; importing it changes nothing."""
    with database.reading() as connection, Session(connection) as session:
        return write_partner_rows([cells_of(office) for office in load_offices(session, scope)])


def list_partners(database: Database, state: str | None = None) -> list[OfficeLine]:
    """Every office, or those that serve a state, in the order of the partner file."""
    with database.transaction() as session:
        lines = [_line_of(office) for office in load_offices(session, _ALL)]
    return [line for line in lines if state is None or state in line.states_served]


def check_partners(database: Database) -> list[str]:
    """What staff should look after, a sentence each."""
    with database.transaction() as session:
        offices = load_offices(session, _ALL)
        findings = [finding for office in offices for finding in _check_office(office)]
    served = {
        area.state for office in offices if office.kind == OfficeKind.REGIONAL for area in office.areas if _reachable(office)
    }
    lacking = sorted(PROGRAMME_STATES - served)
    return findings + [f"{state}: no regional partner that can be reached serves this state." for state in lacking]


def _compare(now: Rows, rows: list[Cells]) -> ImportPreview:
    added = {row["id"]: now.changes_of(row) for row in rows if row["id"] not in now.known}
    changed = {row["id"]: now.changes_of(row) for row in rows if now.known.get(row["id"], row) != row}
    report = ImportReport(
        added=tuple(added),
        changed=tuple(changed),
        unchanged=tuple(row["id"] for row in rows if row["id"] not in added.keys() | changed.keys()),
        removed_nothing=tuple(sorted(now.known.keys() - {row["id"] for row in rows})),
    )
    return ImportPreview(added, changed, report, _digest(now.known))


def _digest(known: Mapping[str, Cells]) -> str:
    return sha256(write_partner_rows([known[office_id] for office_id in sorted(known)]).encode()).hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PartnerFileError([RowError(1, "", f"The file {path} cannot be read: {error.strerror}.")]) from None


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
        ways_to_reach=tuple(sorted(channel.kind for channel in office.channels if channel.kind in REACHING)),
        confirmed_on=max((channel.confirmed_on for channel in office.channels if channel.confirmed_on), default=None),
    )


def _reachable(office: Office) -> bool:
    return any(channel.kind in REACHING for channel in office.channels)


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

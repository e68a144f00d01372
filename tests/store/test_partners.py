"""Import, export, list and check of partners."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.confidence import Freshness
from bot.core.partner_rows import PartnerFileError, read_partner_rows, write_partner_rows
from bot.core.staff import Scope
from bot.core.states import PROGRAMME_STATES, STATES
from bot.store import database as database_module
from bot.store import office_rows, partners
from bot.store.database import Database, DatabaseBusyError, open_database, upgrade_database
from bot.store.partners import check_partners, export_partners, import_partners, list_partners
from bot.store.schema import ContactChannel, Office, OfficeHistory, OfficeReach, Partner
from tests.conftest import SEED

NAMED = [
    "Chicago Federation of Labor Workforce and Community Initiative",
    "Keystone Development Partnership",
    "Labor Institute for Training",
    "Michigan Workforce Development Institute",
    "Wisconsin Regional Training Partnership",
    "Working for America Institute",
    "JFF",
]


def seed_rows() -> list[dict[str, str]]:
    return read_partner_rows(SEED.read_bytes())


def write_rows(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "partners.csv"
    path.write_text(write_partner_rows(rows), encoding="utf-8", newline="")
    return path


def count(database: Database, table: type[Office | OfficeHistory | OfficeReach | Partner]) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_the_seed_has_all_offices_states_and_named_organisations(seeded: Database) -> None:
    lines = list_partners(seeded)
    assert len(lines) == 46
    assert {state for line in lines for state in line.states_served} == PROGRAMME_STATES
    for name in NAMED:
        assert any(name in line.name for line in lines), name
    assert count(seeded, Partner) == 42
    assert count(seeded, OfficeHistory) == 46


def test_list_by_state(seeded: Database) -> None:
    assert [line.id for line in list_partners(seeded, "KY")] == ["wai", "jff", "agency-ky", "usdol-oa"]
    assert list_partners(seeded, "TX") == []


def test_importing_twice_changes_nothing(database: Database) -> None:
    first = import_partners(database, SEED, "ana")
    again = import_partners(database, SEED, "ana")
    assert (len(first.added), first.changed, first.unchanged, first.removed_nothing) == (46, (), (), ())
    assert (again.added, again.changed, len(again.unchanged), again.removed_nothing) == ((), (), 46, ())
    assert count(database, OfficeHistory) == 46


def test_importing_the_export_changes_nothing(seeded: Database, database: Database, tmp_path: Path) -> None:
    text = export_partners(seeded)
    path = tmp_path / "partners.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert len(import_partners(database, path, "ana").added) == 46
    assert export_partners(database) == text
    assert import_partners(database, SEED, "ana").changed == ()
    assert [row["id"] for row in read_partner_rows(text.encode())] == [row["id"] for row in seed_rows()]


def test_a_change_is_kept_with_old_and_new_values(database: Database, tmp_path: Path) -> None:
    import_partners(database, SEED, "ana")
    rows = [row | {"phone": "414-342-9787", "street": ""} if row["id"] == "wrtp" else row for row in seed_rows()]
    report = import_partners(database, write_rows(tmp_path, rows), "ben")
    assert (report.added, report.changed, len(report.unchanged)) == ((), ("wrtp",), 45)
    with database.transaction() as session:
        history = session.scalars(select(OfficeHistory).where(OfficeHistory.office_id == "wrtp").order_by(OfficeHistory.id)).all()
        channels = session.scalars(select(ContactChannel).where(ContactChannel.office_id == "wrtp")).all()
    assert [entry.actor for entry in history] == ["ana", "ben"]
    assert history[0].changes["state"] == [None, "WI"]
    assert history[1].changes == {"street": ["3841 W. Wisconsin Avenue", ""], "phone": ["", "414-342-9787"]}
    assert {channel.kind for channel in channels} == {"phone", "website", "city"}


def test_offices_that_the_file_lacks_are_kept(database: Database, tmp_path: Path) -> None:
    import_partners(database, SEED, "ana")
    rows = [row for row in seed_rows() if row["id"] != "kdp"]
    assert import_partners(database, write_rows(tmp_path, rows), "ana").removed_nothing == ("kdp",)
    assert count(database, Office) == 46


def test_one_error_stops_everything(database: Database, tmp_path: Path) -> None:
    rows = seed_rows()
    rows[-1]["zip"] = "00000"
    with pytest.raises(PartnerFileError, match="line 47, zip"):
        import_partners(database, write_rows(tmp_path, rows), "ana")
    assert count(database, Office) == count(database, OfficeHistory) == 0
    with pytest.raises(PartnerFileError, match="cannot be read"):
        import_partners(database, tmp_path / "missing.csv", "ana")


def test_a_new_main_office_takes_its_branches_along(database: Database, tmp_path: Path) -> None:
    rows = seed_rows()
    import_partners(database, write_rows(tmp_path, [row for row in rows if row["id"] != "wrtp"]), "ana")
    report = import_partners(database, SEED, "ana")
    assert report.added == ("wrtp",)
    with database.reading() as connection:
        reach = select(OfficeReach.organisation).where(OfficeReach.office_id.in_(["wrtp", "wrtp-madison", "wrtp-racine"]))
        assert set(connection.scalars(reach)) == {"wrtp"}
        assert set(connection.scalars(select(Office.partner_id).where(Office.id.startswith("wrtp")))) == {"wrtp"}


def test_confirmations_come_from_the_file(database: Database, tmp_path: Path) -> None:
    checked = {"kdp": "2026-11-30", "wrtp": "2026-11-29 Ana Ruiz"}
    rows = [row | {"contact_checked": checked.get(row["id"], "")} for row in seed_rows()]
    import_partners(database, write_rows(tmp_path, rows), "ben")
    with database.transaction() as session:
        found = {each.office_id: each for each in session.scalars(select(ContactChannel).where(ContactChannel.kind == "website"))}
    assert (found["kdp"].confirmed_by, str(found["kdp"].confirmed_on)) == ("ben", "2026-11-30")
    assert (found["wrtp"].confirmed_by, str(found["wrtp"].confirmed_on)) == ("Ana Ruiz", "2026-11-29")
    assert found["wai"].confirmed_on is None


def test_freshness_of_the_seed(seeded: Database) -> None:
    with seeded.transaction() as session:
        found = {(each.office_id, each.kind): each.freshness for each in session.scalars(select(ContactChannel))}
    assert found["agency-oh", "phone"] == found["oh-aflcio", "website"] == Freshness.OLD
    assert found["kdp", "city"] == found["floridamakes", "street"] == found["agency-sc", "street"] == Freshness.HIDDEN
    assert found["suny-ny", "phone"] == Freshness.UNDATED
    assert found["usdol-oa", "phone"] == found["agency-mo", "email"] == Freshness.CURRENT


def test_the_national_office_reaches_every_state(seeded: Database) -> None:
    with seeded.reading() as connection:
        reach = select(OfficeReach.state).where(OfficeReach.office_id == "usdol-oa", OfficeReach.audience == "seeker")
        assert set(connection.scalars(reach)) == {*STATES, "US"}


def test_check_finds_what_staff_should_look_after(seeded: Database) -> None:
    findings = check_partners(seeded)
    assert sum("nobody has confirmed" in finding for finding in findings) == 46
    unreachable = [finding.split(":")[0] for finding in findings if "no website, telephone or e-mail" in finding]
    assert unreachable == ["lift-in", "ma-pa", "mrtp-mn"]
    assert [finding[:2] for finding in findings if "no regional partner" in finding] == ["CA", "CO", "ID", "KY", "SC"]
    assert "agency-oh: the phone is old (2014-07-18)." in findings
    assert any(finding.startswith("igniteli-ny: its IMT may be another programme") for finding in findings)


def test_of_two_imports_at_once_the_second_builds_on_the_first(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first stops between reading and writing until the second has begun; without a lock both would add every office."""
    changed = [row | {"short_name": "New name"} if row["id"] == "wrtp" else row for row in seed_rows()]
    second_file = write_rows(tmp_path, changed)
    first_has_read, second_began = threading.Event(), threading.Event()
    load = office_rows.load_offices

    def load_slowly(session: Session, scope: Scope) -> list[Office]:
        offices = load(session, scope)
        if not first_has_read.is_set():
            first_has_read.set()
            second_began.wait(5)
            second_ended.wait(0.5)
        return offices

    def import_second() -> partners.ImportReport:
        first_has_read.wait(5)
        second_began.set()
        try:
            return import_partners(database, second_file, "ben")
        finally:
            second_ended.set()

    second_ended = threading.Event()
    monkeypatch.setattr(office_rows, "load_offices", load_slowly)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(import_partners, database, SEED, "ana"), pool.submit(import_second)
    assert len(first.result().added) == 46
    assert (second.result().added, second.result().changed) == ((), ("wrtp",))
    assert count(database, OfficeHistory) == 47


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_import_that_waits_too_long_is_told_why(
    kind: str, make_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_LOCK_MILLISECONDS", 100)
    url = make_url(kind)
    upgrade_database(url)
    one, other = open_database(url), open_database(url)
    with one.alone("import of partners") as session:
        session.execute(select(1))
        with pytest.raises(DatabaseBusyError, match=r"Another import of partners is at work .* Try again"):
            import_partners(other, SEED, "ben")
    assert count(other, Office) == 0
    assert len(import_partners(other, SEED, "ben").added) == 46
    one.close()
    other.close()

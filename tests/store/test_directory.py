"""The directory in either database: scopes in every statement, and one of two edits at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bot.core.staff import Scope
from bot.store.database import Database
from bot.store.directory import (
    FaultyOfficeError,
    confirm_contacts,
    find_target,
    list_directory,
    note_test,
    read_office,
    save_contacts,
)
from bot.store.office_service import OfficeChangedError, UnknownPartnerError, add_target, read_service, save_service, version_of
from bot.store.partners import DirectoryChangedError, export_partners, import_text, preview_import
from tests.store.inboxes import HERE, SISTER, THERE, ask, clear

ALL, OURS, THEIRS = Scope(None), Scope(HERE), Scope(THERE)
DAY, MINUTE = date(2026, 11, 25), timedelta(minutes=1)


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    clear(tables)
    yield tables


def test_a_list_holds_the_offices_of_its_scope(database: Database) -> None:
    add_target(database, HERE, "office@example.org", "ana")
    ask(database)
    lines, more = list_directory(database, OURS)
    assert ([line.id for line in lines], more) == ([HERE, SISTER, "wrtp-racine"], False)
    assert [(line.waiting, line.targets) for line in lines] == [(1, ("office@example.org",)), *[(0, ("office@example.org",))] * 2]
    assert len(list_directory(database, ALL)[0]) == 46
    assert {line.id for line in list_directory(database, ALL, "MN")[0]} >= {HERE, THERE}
    assert [line.id for line in list_directory(database, OURS, q="MADISON")[0]] == [SISTER]
    assert list_directory(database, THEIRS, q="madison") == ([], False)
    assert list_directory(database, ALL, q="100%_") == ([], False)


def test_nothing_outside_the_scope_is_read_or_changed(database: Database) -> None:
    target, before = add_target(database, HERE, "office@example.org", "ana"), export_partners(database)
    entry = read_office(database, OURS, HERE)
    for change in (
        lambda: read_office(database, THEIRS, HERE),
        lambda: save_contacts(database, THEIRS, HERE, {"phone": "414-342-9787"}, entry.version, "eve", DAY),
        lambda: confirm_contacts(database, THEIRS, HERE, entry.version, "eve", DAY, "Eve"),
        lambda: save_service(database, HERE, entry.line.service, "eve", THEIRS),
        lambda: find_target(database, THEIRS, HERE, target.id, MINUTE),
        lambda: find_target(database, ALL, THERE, target.id, MINUTE),
        lambda: read_office(database, ALL, "nowhere"),
    ):
        with pytest.raises(UnknownPartnerError):
            change()
    assert export_partners(database) == before


def test_of_two_who_save_at_once_one_is_told(database: Database) -> None:
    seen = read_office(database, OURS, HERE).version

    def save(phone: str) -> str:
        try:
            save_contacts(database, OURS, HERE, {"phone": phone}, seen, phone, DAY)
        except OfficeChangedError:
            return "told"
        return "saved"

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(save, ["414-342-9781", "414-342-9782", "414-342-9783", "414-342-9784"]))
    assert sorted(ends) == ["saved", "told", "told", "told"]
    entry = read_office(database, OURS, HERE)
    assert entry.history[0].actor == entry.cells["phone"]
    assert entry.version != seen


def test_hours_are_saved_as_they_were_seen(database: Database) -> None:
    service = read_service(database, HERE)
    save_service(database, HERE, service, "ana", OURS, version_of(service))
    with pytest.raises(OfficeChangedError):
        save_service(database, HERE, service, "ben", OURS, "something else")


def test_what_is_faulty_is_not_kept(database: Database) -> None:
    before, seen = export_partners(database), read_office(database, OURS, HERE).version
    with pytest.raises(FaultyOfficeError) as caught:
        save_contacts(database, OURS, HERE, {"phone": "1", "zip": "1"}, seen, "ana", DAY)
    assert {column for column, _ in caught.value.faults} == {"phone", "zip"}
    assert export_partners(database) == before


def test_a_target_is_tried_once_a_minute(database: Database) -> None:
    target = add_target(database, HERE, "office@example.org", "ana")
    assert find_target(database, OURS, SISTER, target.id, MINUTE) == "office@example.org"
    assert find_target(database, OURS, HERE, target.id, MINUTE) is None
    (state,) = read_office(database, OURS, HERE).targets
    assert (state.test_error, state.sent_at) == ("unfinished", None)
    note_test(database, target.id, None)
    assert read_office(database, OURS, SISTER).targets[0].test_error is None
    assert find_target(database, OURS, HERE, target.id, timedelta()) == "office@example.org"


def test_a_target_stands_in_the_history_of_every_office_of_its_partner(database: Database) -> None:
    add_target(database, HERE, "office@example.org", "ana")
    assert read_office(database, OURS, SISTER).history[0].changes == {"notice_target": [None, "office@example.org"]}


def test_an_import_is_made_as_it_was_looked_at(database: Database) -> None:
    text = export_partners(database).replace("https://wrtp.org", "https://www.wrtp.example").encode()
    preview = preview_import(database, text)
    assert set(preview.changed) == {HERE, SISTER, "wrtp-racine"}
    confirm_contacts(database, ALL, THERE, read_office(database, ALL, THERE).version, "ana", DAY, "Ana")
    with pytest.raises(DirectoryChangedError):
        import_text(database, text, "ana", preview.seen)
    again = preview_import(database, text)
    assert set(again.changed) == {HERE, SISTER, THERE, "wrtp-racine"}, "it would take the confirmation back"
    assert set(import_text(database, text, "ana", again.seen).changed) == set(again.changed)
    assert preview_import(database, text).changed == {}

"""When offices answer and where they are told: guessed where it can be, kept with its history, and secrets with nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import delete, select

from bot.core.hours import HoursError
from bot.core.service import Service
from bot.store.database import Database
from bot.store.office_service import (
    UnknownPartnerError,
    add_target,
    list_targets,
    read_service,
    remove_target,
    save_service,
    set_default_targets,
)
from bot.store.partners import export_partners, import_partners
from bot.store.schema import OfficeHistory
from tests.conftest import SEED
from tests.store.inboxes import HERE, THERE, clear

WEEK = {0: ((time(8), time(12)), (time(13), time(16, 30)))}
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)  # 7 in the morning in Chicago


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    clear(tables)
    with tables.transaction() as session:
        session.execute(delete(OfficeHistory))
    yield tables


def history(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.transaction() as session:
        return [(row.actor, row.changes) for row in session.scalars(select(OfficeHistory).order_by(OfficeHistory.id))]


def test_what_is_not_known_is_not_told_and_time_is_counted_all_the_same(database: Database) -> None:
    service = read_service(database, HERE)
    assert (service.zone, service.week, service.accept_within) == ("America/Chicago", None, None)
    assert service.opening(MONDAY) is None
    assert service.due(MONDAY, urgent=False) == MONDAY + timedelta(hours=9)
    assert service.due(MONDAY, urgent=True) == MONDAY + timedelta(hours=2)
    assert read_service(database, None) == Service()


def test_what_is_known_is_kept_and_told(database: Database) -> None:
    service = Service("America/New_York", WEEK, False, timedelta(minutes=30))
    save_service(database, HERE, service, "Ana")
    assert read_service(database, HERE) == service
    opening = service.opening(MONDAY - timedelta(hours=3))
    assert opening is not None
    assert (opening.hour, opening.astimezone(UTC)) == (8, MONDAY)
    assert service.opening(MONDAY) is None
    assert service.due(MONDAY, urgent=True) == MONDAY + timedelta(minutes=30)
    save_service(database, HERE, Service(None, None), "Ben")
    assert read_service(database, HERE).week is None
    assert [actor for actor, _ in history(database)] == ["Ana", "Ben"]
    assert history(database)[0][1]["week"] == [None, {"0": [["08:00", "12:00"], ["13:00", "16:30"]]}]
    save_service(database, HERE, Service(None, None), "Ben")
    assert len(history(database)) == 2


def test_a_new_partner_file_leaves_hours_and_targets_alone(database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = export_partners(database)
    save_service(database, HERE, Service("America/Chicago", WEEK), "Ana")
    add_target(database, "wrtp", "ana@example.org", "Ana")
    changed = tmp_path_factory.mktemp("partners") / "partners.csv"
    changed.write_text(SEED.read_text(encoding="utf-8").replace("Wisconsin Regional", "Wisconsin's Regional"), encoding="utf-8")
    assert HERE in import_partners(database, changed, "Ben").changed
    assert read_service(database, HERE).week == WEEK
    assert len(list_targets(database, "wrtp")) == 1
    import_partners(database, SEED, "Ben")
    assert export_partners(database) == before


def test_an_office_that_never_opens_has_a_bound_too(database: Database) -> None:
    assert Service("America/Chicago", {}).due(MONDAY, urgent=False) == MONDAY + timedelta(hours=24)
    assert Service("America/Chicago", {}).opening(MONDAY) is None


@pytest.mark.parametrize(
    "values", [{"zone": "Chicago"}, {"week": WEEK}, {"accept_within": timedelta()}, {"accept_within": timedelta(days=6)}]
)
def test_a_service_that_cannot_be(values: dict[str, object]) -> None:
    with pytest.raises(HoursError):
        Service(**values)  # type: ignore[arg-type]


def test_targets_are_shown_without_their_secrets(database: Database) -> None:
    mail = add_target(database, "wrtp", "ana@example.org", "Ana")
    chat = add_target(database, "wrtp", "tgram://123456:SECRET/42", "Ana")
    assert [target.label for target in list_targets(database, "wrtp")] == ["ana@example.org", f"tgram #{chat.id}"]
    assert list_targets(database, "mrtp-mn") == []
    remove_target(database, "wrtp", mail.id, "Ben")
    assert list_targets(database, "wrtp") == [chat]
    assert "SECRET" not in str(history(database))
    assert history(database)[-1] == ("Ben", {"notice_target": ["ana@example.org", None]})


def test_nobody_edits_what_is_not_theirs_or_not_there(database: Database) -> None:
    target = add_target(database, "wrtp", "ana@example.org", "Ana")
    with pytest.raises(UnknownPartnerError):
        remove_target(database, THERE, target.id, "Eve")
    with pytest.raises(UnknownPartnerError):
        add_target(database, "nobody", "eve@example.org", "Eve")
    with pytest.raises(UnknownPartnerError):
        save_service(database, "nowhere", Service(), "Eve")


def test_default_targets_are_those_of_the_settings(database: Database) -> None:
    for addresses in (["a@example.org", "b@example.org"], ["b@example.org", "json://c.test"], []):
        set_default_targets(database, addresses)
        before = list_targets(database, None)
        set_default_targets(database, addresses)
        assert list_targets(database, None) == before
        assert len(before) == len(addresses)

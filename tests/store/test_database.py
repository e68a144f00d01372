"""Addresses, transactions and migrations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.store.database import (
    Database,
    DatabaseOutdatedError,
    DatabaseUnreachableError,
    DatabaseUrlError,
    alembic_config,
    open_database,
    require_current,
    upgrade_database,
)
from bot.store.schema import Base, Handoff, Partner, is_ours


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_ours}), Base.metadata))


def test_migrated_tables_are_those_of_the_schema(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE events (id INTEGER PRIMARY KEY)"))  # Rasa's
    assert differences(database) == []


def test_indexes_and_constraints_are_those_of_the_schema(database: Database) -> None:
    found = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        assert {index["name"] for index in found.get_indexes(table.name)} >= {index.name for index in table.indexes}
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        named = {str(each.name) for each in table.constraints if str(each.name).startswith("ck_")}
        assert named == checks


def test_downgrade_takes_everything_away_and_upgrade_brings_it_back(database_url: str) -> None:
    upgrade_database(database_url)
    database = open_database(database_url)
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    with pytest.raises(DatabaseOutdatedError, match="database upgrade"):
        require_current(database)
    upgrade_database(database_url)
    upgrade_database(database_url)
    require_current(database)
    assert differences(database) == []
    database.close()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.add(Partner(id="a", name="A", counts_as="a"))
        session.flush()
        raise ZeroDivisionError
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Partner)) == 0


def handoff(**changes: object) -> Handoff:
    values: dict[str, object] = {
        "reference": "IMT-AAAAAA", "conversation_id": "c", "request_key": "k", "audience": "seeker", "language": "en",
        "answers": {"age": "18"}, "topics": ["wages"], "transcript": [], "consent_version": "1",
        "consented_at": datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=-6))), "contact_kind": "phone",
        "status": "new",
    }  # fmt: skip
    return Handoff(**values | changes)


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    with database.transaction() as session:
        session.add(handoff())
    with database.transaction() as session:
        found = session.scalars(select(Handoff)).one()
    assert found.consented_at == datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert found.consented_at.tzinfo is UTC
    assert found.created_at.tzinfo is UTC
    assert found.answers == {"age": "18"}


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"), database.transaction() as session:
        session.add(handoff(consented_at=datetime(2026, 1, 1)))


@pytest.mark.parametrize("changes", [{"reference": "IMT-B"}, {"request_key": "other"}, {"reference": "B", "contact_kind": "fax"}])
def test_one_request_gives_one_handoff(database: Database, changes: dict[str, object]) -> None:
    with database.transaction() as session:
        session.add(handoff())
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(handoff(**changes))


def test_foreign_keys_are_kept(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(handoff(office_id="nowhere"))


def test_sqlite_is_set_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'imt.db'}")
    with database.reading() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "busy_timeout", "synchronous")
        ]
    assert values == ["wal", 5000, 1]
    database.close()


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.transaction() as session:
        session.add(Partner(id="a", name="A", counts_as="a"))
        session.flush()
        with database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Partner)) == 0


@pytest.mark.parametrize("url", ["", "imt.db", "mysql://u:p@h/d", "sqlite://", "sqlite:///:memory:", "postgresql://h:port/x"])
def test_a_wrong_address_is_explained(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="DATABASE_URL"):
        open_database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_an_unreachable_server_is_named_without_its_password(scheme: str) -> None:
    with pytest.raises(DatabaseUnreachableError, match="DATABASE_URL") as caught:
        open_database(f"{scheme}://imt:hunter2@127.0.0.1:1/imt")
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "imt.db"
    path.write_text("not a database, but long enough to be looked at" * 50)
    with pytest.raises(DatabaseUnreachableError, match="not a database"):
        open_database(f"sqlite:///{path}")

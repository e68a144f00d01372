"""Fixtures that every test may use: a database of either kind, empty or with the partners of the seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store.database import Database, open_database, upgrade_database
from bot.store.partners import import_partners
from tests.postgresql import find_binaries, make_database, run_server

SEED = Path(__file__).resolve().parents[1] / "data" / "partners" / "partners.csv"
KINDS = ("sqlite", "postgresql")

# The same examples at each run, however busy the machine: a failure that comes and goes stops people who did not cause it.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """The address of a running PostgreSQL server, up to the name of a database."""
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL is not installed here (apt-get install postgresql), so only SQLite is tested."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    with run_server(binaries) as address:
        yield address


@pytest.fixture(scope="session")
def make_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The address of a new empty database of a kind."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'imt.db'}"
        return make_database(request.getfixturevalue("postgresql_address"))

    return make


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, make_url: Callable[[str], str]) -> str:
    """An empty database without tables."""
    return make_url(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with tables."""
    yield from _opened(database_url)


@pytest.fixture(scope="module", params=KINDS)
def tables(request: pytest.FixtureRequest, make_url: Callable[[str], str]) -> Iterator[Database]:
    """A database with tables for one module, which fills it itself."""
    yield from _opened(make_url(request.param))


@pytest.fixture(scope="session", params=KINDS)
def seeded(request: pytest.FixtureRequest, make_url: Callable[[str], str]) -> Iterator[Database]:
    """A database with the partners of the seed, for reading only."""
    for database in _opened(make_url(request.param)):
        import_partners(database, SEED, "seed")
        yield database


def _opened(url: str) -> Iterator[Database]:
    upgrade_database(url)
    database = open_database(url)
    yield database
    database.close()

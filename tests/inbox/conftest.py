"""The inbox in this process, on a database with the partners of the seed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.core.staff import Role
from bot.store.database import Database, open_database, upgrade_database
from bot.store.erasing import empty_log
from bot.store.partners import import_partners
from tests.channels.web.sites import open_site
from tests.conftest import SEED
from tests.inbox.people import KEY, Browser, add_person


@pytest.fixture(scope="session")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with tables and partners, to be copied."""
    file = tmp_path_factory.mktemp("seed") / "imt.db"
    url = f"sqlite:///{file}"
    upgrade_database(url)
    database = open_database(url)
    import_partners(database, SEED, "seed")
    empty_log(database.engine)
    database.close()
    return file


@pytest.fixture
def url(tmp_path: Path, seed_file: Path) -> str:
    shutil.copy(seed_file, tmp_path / "imt.db")
    return f"sqlite:///{tmp_path / 'imt.db'}"


@pytest.fixture
def settings() -> dict[str, Any]:
    """Of the site; a module may bring its own."""
    return {}


@pytest.fixture
def site(tmp_path: Path, url: str, settings: dict[str, Any]) -> Iterator[TestClient]:
    with open_site(tmp_path, url=url, staff_key=KEY, **settings) as client:
        yield client


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def browser(site: TestClient, database: Database) -> Callable[[], Browser]:
    return lambda: Browser(site, database)


@pytest.fixture
def enter(database: Database, browser: Callable[[], Browser]) -> Callable[..., Browser]:
    """Somebody of a role, signed in."""

    def make(role: Role = Role.AGENT, partner: str | None = None, email: str = "") -> Browser:
        address = email or f"{role}.{partner or 'all'}@example.org"
        add_person(database, address, role, partner)
        person = browser()
        assert person.sign_in(address).status_code == 303
        return person

    return make

"""The lines of docs/operations.md for backup and restore, run as they stand there."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.conversation import Author, Said
from bot.settings import ROOT
from bot.store.conversations import create_conversation, find_access
from bot.store.database import open_database, require_current, upgrade_database
from tests.postgresql import find_binaries, make_database

PAGE = ROOT / "docs" / "operations.md"
HELLO = Said(Author.ASSISTANT, "Hello")


def run(name: str, folder: Path, **environment: str) -> None:
    """The lines of one block, in a folder that stands for the project's."""
    block = re.search(rf"<!-- {name} -->\n```\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block, name
    lines = block[1].replace(".venv/bin/python", sys.executable)
    path = {"PATH": f"{find_binaries()}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "DATABASE_URL": "sqlite:///var/imt.db"}
    subprocess.run(["bash", "-euc", lines], cwd=folder, env={**os.environ, **path, **environment}, check=True, timeout=300)


def use(url: str, conversation_id: str) -> None:
    database = open_database(url)
    create_conversation(database, conversation_id, "hash", "web", "en", None, HELLO)
    database.close()


def found(url: str) -> list[str]:
    database = open_database(url)
    require_current(database)
    there = [each for each in ("before", "after") if find_access(database, each)]
    database.close()
    return there


def test_a_sqlite_database_comes_back_as_it_was(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    url = f"sqlite:///{var / 'imt.db'}"
    upgrade_database(url)
    with sqlite3.connect(var / "tracker.db") as tracker:
        tracker.execute("CREATE TABLE events (data TEXT)")
        tracker.execute("INSERT INTO events VALUES ('before')")
    tracker.close()
    use(url, "before")
    run("sqlite backup", tmp_path)
    use(url, "after")
    (var / "tracker.db").unlink()
    run("sqlite restore", tmp_path, DATABASE_URL=url)
    assert found(url) == ["before"]
    with sqlite3.connect(var / "tracker.db") as tracker:
        assert tracker.execute("SELECT data FROM events").fetchall() == [("before",)]
    tracker.close()


def test_a_postgresql_database_comes_back_as_it_was(tmp_path: Path, postgresql_address: str) -> None:
    url = make_database(postgresql_address)
    upgrade_database(url)
    use(url, "before")
    run("postgresql backup", tmp_path, DATABASE_URL=url)
    use(url, "after")
    run("postgresql restore", tmp_path, DATABASE_URL=url)
    assert found(url) == ["before"]


def test_a_postgresql_backup_fills_an_empty_database(tmp_path: Path, postgresql_address: str) -> None:
    old, new = make_database(postgresql_address), make_database(postgresql_address)
    upgrade_database(old)
    use(old, "before")
    run("postgresql backup", tmp_path, DATABASE_URL=old)
    run("postgresql restore", tmp_path, DATABASE_URL=new)
    assert found(new) == ["before"]


@pytest.mark.parametrize("name", ["website.md", "telegram.md", "../README.md", "../CHANGELOG.md"])
def test_it_leads_to_pages_that_are_there(name: str) -> None:
    assert f"({name}" in PAGE.read_text(encoding="utf-8")
    assert (ROOT / "docs" / name).is_file()

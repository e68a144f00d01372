"""`python -m bot staff`: what is asked, what is shown, what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import load_settings
from bot.store.database import open_database
from bot.store.staff import find_credentials
from tests.conftest import SEED

Run = Callable[..., tuple[int, str, str]]
PASSWORD = "correct horse battery"
ADMINISTRATOR = ("ana@example.org", "--name", "Ana", "--role", "administrator")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `staff …` with a password on its input; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'imt.db'}")
    monkeypatch.setenv("STAFF_KEY", "k" * 32)
    load_settings.cache_clear()
    main(["database", "upgrade"])
    capsys.readouterr()

    def call(*arguments: str, typed: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        return main(["staff", *arguments]), *capsys.readouterr()

    yield call
    load_settings.cache_clear()


def test_an_account_is_made_listed_disabled_and_reset(run: Run) -> None:
    code, said, _ = run("add", *ADMINISTRATOR)
    assert (code, PASSWORD in said) == (0, False)
    assert "otpauth://totp/IMT%20inbox:ana%40example.org?secret=" in said
    assert "ana@example.org" in run("list")[1]
    assert run("disable", "Ana@example.org")[:2] == (0, "Ana@example.org is disabled, and signed out everywhere.\n")
    assert "disabled" in run("list")[1]
    assert said.splitlines()[-1] != run("reset", "ana@example.org")[1].splitlines()[-1], "a new code"
    assert "active" in run("list")[1]
    assert run("sign-out", "ana@example.org")[0] == 0


def test_an_agent_belongs_to_an_intermediary(run: Run) -> None:
    assert "needs the id" in run("add", "bob@example.org", "--name", "Bob", "--role", "agent")[2]
    main(["partners", "import", str(SEED)])
    bob = ("add", "bob@example.org", "--name", "Bob", "--role", "agent", "--single-sign-on", "--partner")
    assert "partners list" in run(*bob, "nobody")[2]
    assert "can sign in by single sign-on" in run(*bob, "cfl-wci")[1]


@pytest.mark.parametrize(("typed", "said"), [("short", "12 to 200 characters"), ("x" * 201, "12 to 200 characters")])
def test_a_password_is_neither_short_nor_endless(run: Run, typed: str, said: str) -> None:
    code, _, errors = run("add", *ADMINISTRATOR, typed=typed)
    assert code == 1
    assert said in errors


def test_what_is_wrong_is_said(run: Run) -> None:
    assert "is not an e-mail address" in run("add", "nobody", *ADMINISTRATOR[1:])[2]
    assert "There is no account of x@example.org" in run("reset", "x@example.org")[2]
    run("add", *ADMINISTRATOR)
    assert "already" in run("add", *ADMINISTRATOR)[2]


def test_the_database_holds_neither_password_nor_secret_of_the_codes(run: Run, tmp_path: Path) -> None:
    said = run("add", *ADMINISTRATOR)[1]
    secret = said.split("secret=")[1].split("&")[0].strip()
    database = open_database(f"sqlite:///{tmp_path / 'imt.db'}")
    credentials = find_credentials(database, "ana@example.org")
    database.close()
    assert credentials is not None
    assert secret not in str(credentials)
    for file in tmp_path.glob("imt.db*"):
        assert PASSWORD.encode() not in file.read_bytes()
        assert secret.encode() not in file.read_bytes()

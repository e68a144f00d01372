"""`python -m bot person export | erase`, as whoever runs the assistant uses them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import load_settings
from bot.store.database import Database, open_database
from bot.store.handoffs import find_handoff, save_handoff
from tests.inbox.people import OWN
from tests.store.handoffs import handoff
from tests.store.kept import TRACES, keep_in_rasa, rasa_keeps, tell_much

Run = Callable[..., tuple[int, str, str]]
ID = "f" * 32


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, url: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `person …` with something typed; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        return main(["person", *arguments]), *capsys.readouterr()

    yield call
    load_settings.cache_clear()


@pytest.fixture
def reference(database: Database, tmp_path: Path) -> str:
    keep_in_rasa(tmp_path, ID)
    return tell_much(database, ID)


def test_an_export_is_json_of_everything(run: Run, reference: str, tmp_path: Path) -> None:
    code, said, _ = run("export", reference.lower())
    assert code == 0
    assert [what for what in TRACES if what not in said] == []
    assert json.loads(said)["reference"] == reference
    code, said, told = run("export", reference, "--out", str(tmp_path / "person.json"))
    assert (code, said) == (0, "")
    assert "personal data" in told
    assert json.loads((tmp_path / "person.json").read_text())["handoffs"][0]["contact_name"] == "Zzyzxa"
    assert (tmp_path / "person.json").stat().st_mode & 0o077 == 0


def test_erasing_asks_for_the_reference(run: Run, database: Database, reference: str, tmp_path: Path) -> None:
    assert run("erase", reference, typed="yes")[0] == 1
    assert find_handoff(database, reference)
    code, said, asked = run("erase", reference, typed=reference)
    assert (code, "is erased" in said, "cannot be undone" in asked) == (0, True, True)
    assert find_handoff(database, reference) is None
    assert rasa_keeps(tmp_path) == []


def test_with_yes_it_does_not_ask(run: Run, reference: str) -> None:
    assert run("erase", reference, "--yes")[0] == 0
    code, _, errors = run("erase", reference, "--yes")
    assert code == 1
    assert f"Nothing is kept under {reference}" in errors


def test_other_requests_with_the_same_contact_are_named(run: Run, database: Database, reference: str) -> None:
    other = save_handoff(database, handoff(conversation_id="c", office_id=OWN, contact_value="414-555-0173"))
    assert other in run("export", reference)[2]
    assert other in run("erase", reference, "--yes")[2]
    assert find_handoff(database, other)


def test_one_of_a_terminal_is_erased_with_what_rasa_keeps(run: Run, url: str, tmp_path: Path) -> None:
    keep_in_rasa(tmp_path, "terminal")
    database = open_database(url)
    reference = save_handoff(database, handoff(conversation_id="terminal", office_id=OWN))
    assert run("erase", reference, "--yes")[0] == 0
    assert rasa_keeps(tmp_path) == []
    assert find_handoff(database, reference) is None
    database.close()


def test_where_rasas_store_is_not_reached_nothing_is_erased(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = save_handoff(database, handoff(conversation_id="terminal", office_id=OWN))
    monkeypatch.setenv("TRACKER_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    load_settings.cache_clear()
    code, _, errors = run("erase", reference, "--yes")
    assert (code, "TRACKER_DATABASE_URL" in errors) == (1, True)
    assert find_handoff(database, reference)


@pytest.mark.parametrize("typed", ["nonsense", "", "IMT-7K2MXB"])
def test_an_unknown_reference_is_said_in_plain_words(run: Run, typed: str) -> None:
    for command in (("export",), ("erase", "--yes")):
        code, said, errors = run(*command, typed)
        assert (code, said) == (1, "")
        assert "reference number" in errors or "Nothing is kept under IMT-7K2MXB" in errors

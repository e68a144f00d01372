"""The commands: what they print and how they end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import ROOT, load_settings
from tests.conftest import SEED

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command on a database of its own; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'imt.db'}")
    load_settings.cache_clear()

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    yield call
    load_settings.cache_clear()


def test_import_export_list_check(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    assert run("database", "upgrade")[0] == 0
    assert run("partners", "import", SEED)[1].startswith("added 46, changed 0, unchanged 0\n")
    assert run("partners", "export", copy)[0] == 0
    assert run("partners", "export")[1] == copy.read_text(encoding="utf-8")
    assert run("partners", "import", copy)[1] == "added 0, changed 0, unchanged 46\n"
    assert "7 offices" in run("partners", "list", "--state", "Wis.")[1]
    assert "lift-in: no website, telephone or e-mail" in run("partners", "check")[1]


def test_a_reader_that_has_enough_ends_a_command_quietly(run: Run, tmp_path: Path) -> None:
    run("database", "upgrade")
    run("partners", "import", SEED)
    shell = f"'{sys.executable}' -m bot partners export | head -1"
    read = subprocess.run(["bash", "-o", "pipefail", "-c", shell], cwd=ROOT, capture_output=True, text=True)
    assert (read.returncode, read.stdout[:8], read.stderr) == (0, "id,name,", "")


def test_every_error_of_a_file_is_listed(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(SEED.read_text(encoding="utf-8").replace("IL,60601", "IL,00000").replace(",15,", ",x,"), encoding="utf-8")
    run("database", "upgrade")
    code, _, errors = run("partners", "import", wrong)
    assert code == 1
    assert f"Importing {wrong} …\nline 2, zip: There is no ZIP code 00000 in any state.\n" in errors
    assert "Nothing was imported" in errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("partners", "check"), "python -m bot database upgrade"),
        (("partners", "import", "missing.csv"), "database upgrade"),
        (("partners", "list", "--state", "17"), "“17” is not a state"),
    ],
)
def test_mistakes_are_explained_without_a_stack_trace(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, _, errors = run(*arguments)
    assert code == 1
    assert words in errors
    assert "Traceback" not in errors


def test_wrong_settings_are_explained(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://u:secret@h/d")
    code, _, errors = run("partners", "list")
    assert code == 1
    assert "DATABASE_URL" in errors
    assert "secret" not in errors


def test_a_command_is_required(run: Run) -> None:
    with pytest.raises(SystemExit):
        run("partners")

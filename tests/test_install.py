"""requirements/install: which interpreter it takes, what it says without one, and that it does nothing twice.

The interpreters are small scripts that write down how they are called.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_TOOLS = ("bash", "cat", "cut", "dirname", "env", "grep", "ls", "mkdir", "cp", "rm", "sh", "sha256sum", "sort")
_BROKEN = "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"
# As much of Python as the script uses: -c (the version test), --version, -m venv FOLDER, -m pip and -m uv.
_WORKING = """#!/bin/sh
echo "$0 $*" >> "$CALLS"
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "--version "*) echo "Python 3.10.13" ;;
esac
"""


class Machine:
    """A folder with the script, its lists, and nothing on PATH but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.home, self._bin = folder / "project", folder / "home", folder / "bin"
        self._calls = folder / "calls"
        for directory in (self.root / "requirements", self.home, self._bin):
            directory.mkdir(parents=True)
        shutil.copy("requirements/install", self.root / "requirements" / "install")
        for name in ("app", "rasa", "test", "uv"):
            (self.root / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        for tool in _TOOLS:
            (self._bin / tool).symlink_to(str(shutil.which(tool)))

    def add(self, path: str, script: str) -> None:
        """An executable: on PATH, or below the home folder if the name has a folder."""
        file = self.home / path if "/" in path else self._bin / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script)
        file.chmod(0o755)

    def install(self, name: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self._bin), "HOME": str(self.home), "CALLS": str(self._calls)}
        script = self.root / "requirements" / "install"
        return subprocess.run(["bash", script, name], env=environment, capture_output=True, text=True, timeout=60)

    def calls(self) -> list[str]:
        """How interpreters were called since the last look."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if any(Path("/opt").glob("python3.1*")) or os.name != "posix":
        pytest.skip("An interpreter lies where this test wants none.")
    return Machine(tmp_path)


def test_a_broken_shim_first_on_path_is_skipped(machine: Machine) -> None:
    machine.add("python3.10", _BROKEN)
    machine.add(".pyenv/versions/3.10.13/bin/python", _WORKING)
    done = machine.install("rasa")
    assert done.returncode == 0, done.stderr
    assert f"{machine.home}/.pyenv/versions/3.10.13/bin/python -m venv .venv-rasa" in machine.calls()
    assert (machine.root / ".venv-rasa" / "bin" / "python").exists()


def test_one_that_runs_on_path_is_taken(machine: Machine) -> None:
    machine.add("python3.10", _WORKING)
    assert machine.install("rasa").returncode == 0
    calls = machine.calls()
    assert any(call.endswith("/bin/python3.10 -m venv .venv-rasa") for call in calls)
    assert any("-m pip install" in call and "--require-hashes -r requirements/uv.txt" in call for call in calls)
    assert any("-m uv pip install" in call and "--require-hashes -r requirements/rasa.txt" in call for call in calls)


@pytest.mark.parametrize(("name", "version"), [("rasa", "3.10"), ("app", "3.11"), ("test", "3.11")])
def test_none_says_what_to_install(machine: Machine, name: str, version: str) -> None:
    machine.add(f"python{version}", _BROKEN)
    done = machine.install(name)
    assert done.returncode == 1
    assert f"No working Python {version}" in done.stderr
    assert f"apt-get install python{version} python{version}-venv" in done.stderr
    assert f"'uv python install {version}'" in done.stderr
    assert not (machine.root / ".venv").exists()
    assert not (machine.root / ".venv-rasa").exists()


def test_the_second_run_does_nothing(machine: Machine) -> None:
    machine.add("python3.11", _WORKING)
    machine.install("app")
    assert machine.calls()
    done = machine.install("app")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls() == []


def test_a_changed_list_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.add("python3.11", _WORKING)
    machine.install("app")
    machine.calls()
    (machine.root / "requirements" / "app.txt").write_text("app==2\n")
    assert machine.install("app").returncode == 0
    calls = machine.calls()
    assert any("-m uv pip install" in call for call in calls)
    assert not any("-m venv" in call for call in calls)


def test_an_environment_of_the_tests_serves_the_app(machine: Machine) -> None:
    machine.add("python3.11", _WORKING)
    machine.install("test")
    machine.calls()
    assert machine.install("app").returncode == 0
    assert machine.calls() == []


def test_an_unknown_name_says_the_known_ones(machine: Machine) -> None:
    done = machine.install("everything")
    assert done.returncode == 2
    assert "app|test|rasa" in done.stderr

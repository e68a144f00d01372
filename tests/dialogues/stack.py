"""The real assistant on free ports, with a database of its own: Rasa and the action server as they run in earnest.

Responsible for starting, ending, killing and logging the two processes. Must not know what is said in a dialogue.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bot.settings import ROOT, Settings
from bot.store.database import Database, open_database, upgrade_database
from bot.store.partners import import_partners
from bot.training import MODEL, RASA, RASA_PYTHON, rasa_environment
from tests.conftest import SEED

FAULT = "FAULT_FILE"
_START_SECONDS = 180.0
_STOP_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1
_LAST_LINES = 40
_NO_MODEL = "Could not load model"


class StackError(Exception):
    """A process did not start or ended; the message holds the end of its log."""


class Stack:
    """Rasa and the action server; `folder` takes their database and their logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fault_file = folder / "fault"
        self.settings = Settings(
            database_url=f"sqlite:///{folder / 'imt.db'}",
            rasa_port=_free_port(),
            actions_port=_free_port(),
            rasa_timeout_seconds=60,
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._processes.items()}

    @property
    def database_file(self) -> Path:
        return Path(self.settings.database_url.removeprefix("sqlite:///"))

    @property
    def tracker_file(self) -> Path:
        return Path(self.settings.tracker_url.removeprefix("sqlite:///"))

    def start(self) -> None:
        """Make the database and start both processes. Raises StackError."""
        upgrade_database(self.settings.database_url)
        with self.database() as database:
            import_partners(database, SEED, "tests")
        self.start_actions()
        self.start_rasa()

    def start_actions(self) -> None:
        environment = {
            "DATABASE_URL": self.settings.database_url,
            "TRACKER_DATABASE_URL": self.settings.tracker_url,
            "ACTIONS_PORT": str(self.settings.actions_port),
            FAULT: str(self.fault_file),
        }
        command = (sys.executable, "-m", "tests.dialogues.faulty_server")
        self._start("actions", command, environment, f"{self.settings.actions_url}/health")

    def start_rasa(self) -> None:
        python, port = str(ROOT / RASA_PYTHON), str(self.settings.rasa_port)
        files = ("--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
        command = (python, "-m", RASA, "run", "--model", str(ROOT / MODEL), *files, "-i", "127.0.0.1", "-p", port)
        self._start("rasa", command, rasa_environment(self.settings), f"{self.settings.rasa_url}/")
        if _NO_MODEL in _tail(self.log("rasa")):
            raise StackError(f"Rasa could not load {MODEL}. Its log ends with:\n{_tail(self.log('rasa'))}")

    def kill(self, name: str) -> None:
        """As `kill -9` does."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End both processes, asked first and then made to."""
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database of the assistant, opened for a look."""
        database = open_database(self.settings.database_url)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def failing(self, kind: str) -> Iterator[None]:
        """The action server fails in this way while the block lasts (see faulty_server)."""
        self.fault_file.write_text(kind, encoding="utf-8")
        try:
            yield
        finally:
            self.fault_file.unlink()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def log_sizes(self) -> dict[str, int]:
        """How long each log is now, to look later at what came after."""
        return {name: self.log(name).stat().st_size for name in ("actions", "rasa")}

    def logged_since(self, sizes: Mapping[str, int]) -> str:
        return "".join(self.log(name).read_bytes()[size:].decode("utf-8", "replace") for name, size in sizes.items())

    def last_lines(self) -> str:
        """The ends of both logs, for whoever looks at a failure."""
        return "\n".join(
            f"--- {self.log(name)}\n{_tail(self.log(name))}" for name in ("actions", "rasa") if self.log(name).exists()
        )

    def _start(self, name: str, command: tuple[str, ...], environment: Mapping[str, str], address: str) -> None:
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._processes[name] = process
        self._wait(name, process, address)

    def _wait(self, name: str, process: subprocess.Popen[bytes], address: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        with httpx.Client(timeout=5, trust_env=False) as http:
            while not _answers(http, address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise StackError(f"{name} did not start. Its log ends with:\n{_tail(self.log(name))}")
                time.sleep(0.2)


def _answers(http: httpx.Client, address: str) -> bool:
    try:
        return http.get(address).is_success
    except httpx.HTTPError:
        return False


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """Should the tests be killed, nothing of theirs stays behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

"""A bot as it is served: Rasa and its action server on free ports, one bot at a time.

Responsible for starting, stopping, the time to the first answer and memory. Must not know what is asked.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.settings import ROOT, Settings
from bot.store.database import open_database, upgrade_database
from bot.store.partners import import_partners
from bot.training import RASA_PYTHON, rasa_environment
from tests.load.projects import Bot

_SEED = ROOT / "data" / "partners" / "partners.csv"
_LONGEST_START = 300.0
_STOP_SECONDS = 15.0
_PAUSE = 0.05
_KB_PER_MB = 1024


class ServerError(Exception):
    """A process did not start; the message names its log."""


@dataclass(frozen=True)
class Served:
    """A running bot: its address, the number of Rasa's process, and its seconds to the first answer, by the clock and of CPU."""

    url: str
    pid: int
    first_answer_s: float
    start_cpu_s: float

    def memory(self) -> dict[str, float]:
        """What Rasa's process holds now, in MB: resident, and with shared pages split among those who share them."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        sizes = {line.split()[0]: int(line.split()[1]) / _KB_PER_MB for line in lines[1:] if line.endswith("kB")}
        return {"rss_mb": round(sizes["Rss:"], 1), "pss_mb": round(sizes["Pss:"], 1)}


def cpu_seconds(pid: int) -> float:
    """What a process has computed so far, all threads together: a busy machine changes it little."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(bot: Bot, folder: Path) -> Iterator[Served]:
    """The bot, with a new database and new conversations in `folder`."""
    folder.mkdir(parents=True)
    with serve_actions(bot.is_stock, folder) as settings:
        environment = rasa_variables(settings, folder)
        options = ["--model", str(bot.model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        command = [str(ROOT / RASA_PYTHON), "-m", bot.module, "run", *options, "-i", "127.0.0.1", "-p", str(settings.rasa_port)]
        started = time.perf_counter()
        with _running(command, bot.folder, environment, folder / "rasa.log") as process:
            _wait_for_answer(settings.rasa_url, process, folder / "rasa.log")
            seconds = time.perf_counter() - started
            yield Served(settings.rasa_url, process.pid, seconds, cpu_seconds(process.pid))


@contextmanager
def serve_actions(adapted: bool, folder: Path) -> Iterator[Settings]:
    """The action server alone, for our components or (`adapted`) for the stock ones; gives the settings of the whole bot."""
    settings = Settings(database_url=f"sqlite:///{folder / 'imt.db'}", rasa_port=_free_port(), actions_port=_free_port())
    upgrade_database(settings.database_url)
    database = open_database(settings.database_url)
    import_partners(database, _SEED, "bench")
    database.close()
    module = ["tests.load.stock_actions"] if adapted else ["bot", "actions"]
    environment = {"DATABASE_URL": settings.database_url, "ACTIONS_PORT": str(settings.actions_port)}
    with _running([sys.executable, "-m", *module], ROOT, environment, folder / "actions.log") as process:
        _wait_for_health(f"{settings.actions_url}/health", process, folder / "actions.log")
        yield settings


def rasa_variables(settings: Settings, folder: Path) -> dict[str, str]:
    """What either bot's endpoints.yml and our components read."""
    return {**rasa_environment(settings), "TRACKER_FILE": str(folder / "stock_tracker.db")}


@contextmanager
def _running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until a message has been answered, with words."""
    message = {"sender": "the first", "message": "hello"}
    with httpx.Client(timeout=_LONGEST_START, trust_env=False) as http:
        for _ in _while_alive(process, log):
            with suppress(httpx.TransportError):
                response = http.post(f"{url}/webhooks/rest/webhook", json=message)
                if response.is_success and response.json():
                    return


def _wait_for_health(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    with httpx.Client(timeout=_LONGEST_START, trust_env=False) as http:
        for _ in _while_alive(process, log):
            with suppress(httpx.TransportError):
                if http.get(address).is_success:
                    return


def _while_alive(process: subprocess.Popen[bytes], log: Path) -> Iterator[None]:
    deadline = time.monotonic() + _LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        yield
        time.sleep(_PAUSE)
    raise ServerError(f"A server did not start. Its log is {log}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""The gateway as a process of its own, which can be killed, on real sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.test_run import free_port

ROOT = Path(__file__).resolve().parents[3]
_PATIENCE = 120.0


class Process:
    """A program that answers at `address` once it is ready."""

    def __init__(self, command: list[str], environment: Mapping[str, str], address: str, log: Path | None = None) -> None:
        self._command, self._environment, self.address = command, {**os.environ, **environment}, address
        self._log = log or Path(os.devnull)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, cwd=ROOT, stdout=log)

    def kill(self) -> None:
        """As the system does when memory runs out: at once, and nothing can be put in order."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, f"nothing answers at {self.address}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.address, trust_env=False, timeout=2).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """All of them started and ready; killed at the end."""
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.wait_until_ready()
        yield
    finally:
        for process in processes:
            process.kill()


def gateway(
    database_url: str, tracker_url: str, rasa_port: int, actions_port: int, log: Path | None = None, **settings: str
) -> Process:
    """A gateway with limits that do not limit."""
    port = free_port()
    environment = {
        "DATABASE_URL": database_url,
        "TRACKER_DATABASE_URL": tracker_url,
        "RASA_PORT": str(rasa_port),
        "ACTIONS_PORT": str(actions_port),
        "GATEWAY_PORT": str(port),
        **{f"LIMIT_{name}": "100000/minute" for name in ("CONVERSATIONS", "MESSAGES", "ADDRESS")},
        **settings,
    }
    return Process([sys.executable, "-m", "bot", "gateway"], environment, f"http://127.0.0.1:{port}/health/live", log)

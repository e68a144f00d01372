"""The website under visitors, on the real stack: how long until a message is stored and until it is answered, and memory.

    python -m tests.load.bench_website [--out FILE.json]

One visitor, then 300 who take the time that reading takes, on both databases, then 300 who do not read at all. Visitors are
tests/load/visitors.py, on the same two cores as everything else. Takes ten minutes. Not run by pytest.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.settings import ROOT
from tests.channels.web.processes import Process, gateway, running
from tests.dialogues.stack import Stack
from tests.load import machine
from tests.postgresql import find_binaries, make_database, run_server

_WATCH_SECONDS = 5.0
_SHOWN = ("50%", "95%", "99%", "100%")


@dataclass(frozen=True)
class Crowd:
    """So many visitors with so many seconds between an answer and the next message, for so many seconds."""

    name: str
    visitors: int
    pause: float
    seconds: int


ONE = Crowd("one visitor", 1, 1, 60)
READERS = Crowd("300 who read", 300, 20, 130)
HURRIED = Crowd("300 who do not read", 300, 5, 90)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the website under visitors.")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    results = {"machine": machine.describe(), "runs": list(_measure_all())}
    print(json.dumps(results, indent=2))
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _measure_all() -> Iterator[dict[str, Any]]:
    for crowd in (ONE, READERS, HURRIED):
        yield _measure("sqlite", crowd, None)
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed here: SQLite only.")
        return
    with run_server(binaries) as address:
        yield _measure("postgresql", READERS, make_database(address))


def _measure(database: str, crowd: Crowd, url: str | None) -> dict[str, Any]:
    print(f"{database}: {crowd.name} …", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench", dir="/tmp") as folder, _website(Path(folder), url) as (website, stack):
        memory = _Memory({"gateway": website.pid, **stack.pids})
        with memory:
            figures = _visit(crowd, website.address.removesuffix("/health/live"), Path(folder))
    return {"database": database, **asdict(crowd), **figures, "memory_mb": memory.summary()}


@contextmanager
def _website(folder: Path, url: str | None) -> Iterator[tuple[Process, Stack]]:
    stack = Stack(folder)
    if url:
        stack.settings = stack.settings.model_copy(update={"database_url": url})
    settings = stack.settings
    website = gateway(settings.database_url, settings.tracker_url, settings.rasa_port, settings.actions_port)
    try:
        stack.start()
        with running(website):
            yield website, stack
    finally:
        stack.stop()


def _visit(crowd: Crowd, address: str, folder: Path) -> dict[str, Any]:
    """Times in ms of each kind of request; `failures` counts errors and what was lost, doubled or out of order."""
    name = folder / "visitors"
    command = [sys.executable, "-m", "locust", "-f", "tests/load/visitors.py", "--headless", "--host", address]
    size = ["-u", str(crowd.visitors), "-r", "30", "-t", f"{crowd.seconds}s", "--csv", str(name), "--only-summary"]
    subprocess.run([*command, *size], cwd=ROOT, env={**os.environ, "PAUSE": str(crowd.pause)}, capture_output=True, check=False)
    with (folder / "visitors_stats.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    times = {each: {share: float(rows[each][share]) for share in _SHOWN} for each in ("acknowledge", "answer")}
    failures = sum(int(row["Failure Count"]) for row in rows.values())
    return {**times, "messages": int(rows["answer"]["Request Count"]), "failures": failures}


class _Memory:
    """Resident memory of processes, watched while the block lasts."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids, self._done = pids, threading.Event()
        self._seen: dict[str, list[float]] = {name: [] for name in pids}
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._watcher.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._done.wait(_WATCH_SECONDS):
            for name, pid in self._pids.items():
                pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
                self._seen[name].append(pages * os.sysconf("SC_PAGE_SIZE") / 1024**2)

    def summary(self) -> dict[str, tuple[float, float]]:
        """In the middle and at the end, in MB: equal where nothing grows."""
        return {name: (round(seen[len(seen) // 2], 1), round(seen[-1], 1)) for name, seen in self._seen.items() if seen}


if __name__ == "__main__":
    main()

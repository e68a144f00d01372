"""A throw-away PostgreSQL server from the binaries on this machine.

Responsible for starting, stopping and making empty databases. Must not know our tables.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

_USER = "postgres"
_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "max_connections=50")
_numbers = count(1)


def find_binaries() -> Path | None:
    """The folder of the newest server here."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def run_server(binaries: Path, folder: Path | None = None) -> Iterator[str]:
    """A running server; gives its address up to the name of a database.

    By default in a folder of its own: pytest closes its temporary folders to other users whenever a session starts.
    """
    if folder is not None:
        with _running(binaries, folder) as address:
            yield address
        return
    own = TemporaryDirectory(prefix="postgresql-", dir="/tmp", ignore_cleanup_errors=True)
    with own as name, _running(binaries, Path(name)) as address:
        yield address


@contextmanager
def _running(binaries: Path, folder: Path) -> Iterator[str]:
    data, port = folder / "data", _free_port()
    _open_to_user(folder)
    _run(binaries / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync")
    options = " ".join(f"-c {setting}" for setting in (*_SETTINGS, f"unix_socket_directories={folder}", f"port={port}"))
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql://{_USER}@127.0.0.1:{port}"
    finally:
        _open_to_user(folder)
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def make_database(address: str) -> str:
    """The address of a new empty database."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{address}/{name}"


def _run(*command: object) -> None:
    as_user = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run([*as_user, *map(str, command)], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


def _open_to_user(folder: Path) -> None:
    """As root the server runs as another user, which must own its folder and pass through those above it."""
    if os.geteuid() != 0:
        return
    shutil.chown(folder, _USER, _USER)
    for above in folder.parents:
        if above.stat().st_uid == 0 and str(above).startswith("/tmp/"):
            above.chmod(above.stat().st_mode | 0o011)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

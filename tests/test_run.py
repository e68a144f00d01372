"""Running the whole assistant: with small stand-ins for Rasa and the action server, and a real database."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

import bot.run
from bot.core.service import Service as OfficeHours
from bot.core.staff import Scope
from bot.progress import Progress
from bot.run import RunError, import_seed, make_model, require_free_ports, wait_until_ready
from bot.services import Service, Services
from bot.settings import Settings
from bot.store.database import open_database, upgrade_database
from bot.store.directory import read_office, save_contacts
from bot.store.office_service import save_service
from bot.training import MODEL, TrainingError
from tests import fake_rasa
from tests.conftest import SEED
from tests.test_services import mark, running, wait_for

__all__ = ["mark"]

# `python -m bot run`, but for what is served and what would be trained.
_RUN = f"""
import sys
from pathlib import Path
import bot.run
from bot.__main__ import main
from bot.services import Service

ROOT = Path(sys.argv[1])
SECONDS = sys.argv[2:]

def services(root, settings):
    fake = (sys.executable, {str(Path(fake_rasa.__file__))!r})
    return [
        Service("actions", (*fake, str(settings.actions_port)), root),
        Service("rasa", (*fake, str(settings.rasa_port), *SECONDS), root),
        Service("gateway", (*fake, str(settings.gateway_port)), root),
    ]

bot.run.ROOT = ROOT
bot.run.make_model = lambda root, settings, progress: None
bot.run._services = services
sys.exit(main(["run"]))
"""
_PROMPT = "\x1b[?2004h"  # what a prompt says to the terminal once it takes every key itself
_PATIENCE = 120.0  # seconds, for machines that do much else


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the partner file and nothing else."""
    (tmp_path / "data" / "partners").mkdir(parents=True)
    shutil.copy(SEED, tmp_path / "data" / "partners" / "partners.csv")
    return tmp_path


@pytest.fixture
def command(root: Path, mark: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command that runs the stand-ins, with free ports and a database of its own in the environment."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{root / 'imt.db'}")
    monkeypatch.setenv("RASA_PORT", str(free_port()))
    monkeypatch.setenv("ACTIONS_PORT", str(free_port()))
    monkeypatch.setenv("GATEWAY_PORT", str(free_port()))
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
    return [sys.executable, "-c", _RUN, str(root)]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Services, str]]:
    """One stand-in that serves, and its address."""
    port = free_port()
    with Services([Service("rasa", (sys.executable, fake_rasa.__file__, str(port)), tmp_path)], tmp_path) as started:
        yield started, f"http://127.0.0.1:{port}/"


def hear_ctrl_c() -> None:
    """Tests that run in the background inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def read_until(stream: int, words: str) -> str:
    """What came up to `words`; fails with the end of it if they do not come."""
    text, end = "", time.monotonic() + _PATIENCE
    while words not in text and time.monotonic() < end:
        if select.select([stream], [], [], 0.1)[0]:
            try:
                part = os.read(stream, 65536)
            except OSError:  # a terminal says so at its end
                break
            if not part:
                break
            text += part.decode("utf-8", "replace")
    assert words in text, text[-2000:]
    return text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_serves_until_told_to_stop_and_leaves_nothing(command: list[str], mark: str, number: signal.Signals) -> None:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=hear_ctrl_c) as process:
        assert process.stdout
        said = read_until(process.stdout.fileno(), f":{os.environ['GATEWAY_PORT']}/staff/first?token=")
        assert f"Inbox      http://localhost:{os.environ['GATEWAY_PORT']}/staff/\n" in said
        assert "✓ Upgrading the database" in said
        assert "46 offices added" in said
        assert f"Website    http://localhost:{os.environ['GATEWAY_PORT']}/" in said
        assert f"Rasa       http://127.0.0.1:{os.environ['RASA_PORT']}/webhooks/rest/webhook" in said
        process.send_signal(number)
        if number != signal.SIGKILL:
            assert "Stopped." in read_until(process.stdout.fileno(), "Stopped.")
            assert process.wait(_PATIENCE) == 0
        assert wait_for(lambda: not running(mark))


def test_a_service_that_dies_ends_everything_with_its_last_lines(command: list[str], mark: str) -> None:
    done = subprocess.run([*command, "4", "7"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE)
    assert done.returncode == 1
    assert "The service “rasa” ended with exit code 7. Everything else was stopped. Its log ends with:" in done.stderr
    assert done.stderr.rstrip().endswith("about to die")
    assert "Traceback" not in done.stderr
    assert not running(mark)


def test_on_a_terminal_the_chat_is_in_front_and_leaving_it_ends_everything(command: list[str], mark: str) -> None:
    with on_terminal(command) as (process, terminal):
        assert "Escriba una pregunta" in read_until(terminal, _PROMPT)
        os.write(terminal, b"hello\r")
        assert "You said: hello" in read_until(terminal, _PROMPT)
        os.write(terminal, b"1\r")
        assert "You said: Wages" in read_until(terminal, _PROMPT)
        os.write(terminal, b"\x04")
        read_until(terminal, "Goodbye.")
        assert process.wait(_PATIENCE) == 0
        assert not running(mark)


def test_ctrl_c_in_the_chat_ends_everything(command: list[str], mark: str) -> None:
    with on_terminal(command) as (process, terminal):
        read_until(terminal, _PROMPT)
        os.write(terminal, b"\x03")
        assert process.wait(_PATIENCE) == 0
        assert not running(mark)


def test_a_service_that_dies_under_the_chat_is_named_with_its_log(command: list[str], mark: str, root: Path) -> None:
    with on_terminal([*command, "5", "7"]) as (process, terminal):
        read_until(terminal, "about to die")
        assert process.wait(_PATIENCE) == 1
        assert "about to die" in (root / "var" / "log" / "rasa.log").read_text()
        assert not running(mark)


class on_terminal:
    """A process at a terminal of its own, and our end of that terminal."""

    def __init__(self, command: list[str]) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=_take
        )
        os.close(theirs)

    def __enter__(self) -> tuple[subprocess.Popen[bytes], int]:
        return self._process, self._ours

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


def _take() -> None:
    """Make the terminal at our input the one that sends us signals."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_ports_in_use_name_their_settings() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        taken = server.getsockname()[1]
        with pytest.raises(RunError, match=rf"^Port {taken} is in use: set RASA_PORT to a free port, or stop what uses it\.$"):
            require_free_ports({"RASA_PORT": taken, "ACTIONS_PORT": free_port()})


def test_two_services_cannot_share_a_port() -> None:
    port = free_port()
    with pytest.raises(RunError, match="RASA_PORT and ACTIONS_PORT are the same port"):
        require_free_ports({"RASA_PORT": port, "ACTIONS_PORT": port, "GATEWAY_PORT": port + 1})


def test_a_port_in_use_ends_run_before_anything_else(command: list[str], root: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", int(os.environ["ACTIONS_PORT"])))):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {os.environ['ACTIONS_PORT']} is in use: set ACTIONS_PORT")
    assert not (root / "imt.db").exists()


def test_waiting_ends_when_all_answer(services: tuple[Services, str]) -> None:
    started, address = services
    wait_until_ready(started, {"rasa": address, "actions": f"{address}health"}, _PATIENCE)


def test_waiting_ends_after_its_time(services: tuple[Services, str]) -> None:
    started, address = services
    with pytest.raises(RunError, match="actions did not answer within 2 seconds"):
        wait_until_ready(started, {"rasa": address, "actions": f"http://127.0.0.1:{free_port()}/"}, 2)


def test_offices_are_read_once_and_again_when_the_file_changes(root: Path) -> None:
    url, path = f"sqlite:///{root / 'imt.db'}", root / "data" / "partners" / "partners.csv"
    upgrade_database(url)
    assert import_seed(root, url) == "46 offices added, 0 changed, 0 as they were"
    assert import_seed(root, url) == "46 offices, nothing new"
    path.write_bytes(path.read_bytes().replace(b"WRTP", b"WRTP2"))
    assert " changed, " in import_seed(root, url)
    assert import_seed(root, url) == "46 offices, nothing new"


def test_what_staff_have_changed_outlives_a_new_file(root: Path) -> None:
    url, path = f"sqlite:///{root / 'imt.db'}", root / "data" / "partners" / "partners.csv"
    upgrade_database(url)
    import_seed(root, url)
    database = open_database(url)
    version = read_office(database, Scope(None), "kdp").version
    save_contacts(database, Scope(None), "kdp", {"phone": "717-255-7900"}, version, "Ana", date(2026, 11, 25))
    save_service(database, "wrtp", OfficeHours("America/Chicago"), "Ana")
    old = path.read_bytes()
    path.write_bytes(old.replace(b"https://kdpworks.org", b"https://new.test").replace(b"https://wrtp.org", b"https://new.test"))
    assert import_seed(root, url) == "0 offices added, 3 changed, 42 as they were"
    cells = {office: read_office(database, Scope(None), office).cells for office in ("kdp", "wrtp")}
    database.close()
    assert (cells["kdp"]["phone"], cells["kdp"]["website"]) == ("717-255-7900", "https://kdpworks.org")
    assert cells["wrtp"]["website"] == "https://new.test"


def test_an_emptied_or_another_database_is_filled_again(root: Path) -> None:
    first, second = (f"sqlite:///{root / name}" for name in ("imt.db", "other.db"))
    for url in (first, second):
        upgrade_database(url)
        assert import_seed(root, url).startswith("46 offices added")
    assert import_seed(root, first) == "46 offices, nothing new"
    (root / "imt.db").unlink()
    upgrade_database(first)
    assert import_seed(root, first).startswith("46 offices added")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(root: Path, settings: Settings) -> None:
        raise TrainingError("The training failed. The log is var/log/train.log.")

    monkeypatch.setattr(bot.run, "train", fail)


@pytest.mark.usefixtures("failing")
def test_a_failed_training_is_said_and_an_older_model_serves(root: Path) -> None:
    (root / MODEL).parent.mkdir()
    (root / MODEL).touch()
    said = StringIO()
    make_model(root, Settings(), Progress(Console(file=said)))
    assert "var/log/train.log" in said.getvalue()
    assert "✓" not in said.getvalue()


@pytest.mark.usefixtures("failing")
def test_a_failed_training_without_an_older_model_ends_run(root: Path) -> None:
    with pytest.raises(RunError, match="The training failed"):
        make_model(root, Settings(), Progress(Console(file=StringIO())))


@pytest.mark.usefixtures("failing")
def test_a_training_that_was_asked_for_fails_loudly(root: Path) -> None:
    (root / MODEL).parent.mkdir()
    (root / MODEL).touch()
    with pytest.raises(RunError, match="The training failed"):
        make_model(root, Settings(), Progress(Console(file=StringIO())), force=True)


def test_steps_without_a_terminal_are_plain_lines() -> None:
    said = StringIO()
    with Progress(Console(file=said), repeat_seconds=0.05).step("Working") as step:
        time.sleep(0.2)
        step.outcome = "done well"
    lines = said.getvalue().splitlines()
    assert lines[0] == "Working …"
    assert lines[1] == "Working … 0 s"
    assert lines[-1] == "✓ Working: done well (0 s)"

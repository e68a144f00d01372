"""Running other programs: none is left behind, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.rasa_log import clean_line
from bot.services import Ended, Service, Services

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for left-over processes in /proc")

_LASTS = "import time; print('here', flush=True); time.sleep(60)"
_STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('no', flush=True); time.sleep(60)"
_DIES = "import sys, time; print('first'); time.sleep(0.5); print('Ouch!', flush=True); sys.exit(3)"
_HOLDER = """
import sys, time
from pathlib import Path
from bot.services import Service, Services

if __name__ == "__main__":
    lasts = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)")
    with Services([Service("one", lasts, Path.cwd()), Service("two", lasts, Path.cwd())], None):
        time.sleep(60)
"""


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Stands in the environment of every process that a test starts."""
    value = f"IMT_TEST_{uuid.uuid4().hex}"
    monkeypatch.setenv(value, "1")
    yield value
    for number in running(value):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def running(mark: str) -> list[int]:
    """The processes that carry the mark, other than the tests themselves and multiprocessing's helper, which ends with them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment and b"resource_tracker" not in command and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether `condition` came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def service(name: str, code: str) -> Service:
    return Service(name, (sys.executable, "-c", code), Path.cwd())


def test_leaving_the_block_ends_all(mark: str, tmp_path: Path) -> None:
    with Services([service("one", _LASTS), service("two", _LASTS)], tmp_path) as services:
        assert wait_for(lambda: (tmp_path / "one.log").exists() and (tmp_path / "two.log").exists())
        assert services.ended() is None
    assert not running(mark)
    assert (tmp_path / "one.log").read_text() == "here\n"


def test_leaving_at_once_ends_all(mark: str, tmp_path: Path) -> None:
    with Services([service("one", _LASTS), service("two", _LASTS)], tmp_path):
        pass
    assert not running(mark)


def test_one_that_dies_ends_the_rest_and_is_named(mark: str, tmp_path: Path) -> None:
    with Services([service("lasting", _LASTS), service("dying", _DIES)], tmp_path) as services:
        ended = services.wait()
        assert ended == Ended("dying", 3, ("first", "Ouch!"))
        assert str(ended) == "The service “dying” ended with exit code 3.\n    first\n    Ouch!"
        assert services.ended() is ended
        assert not running(mark)


def test_one_that_was_killed_says_so(mark: str, tmp_path: Path) -> None:
    killed = service("killed", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with Services([killed], tmp_path) as services:
        assert str(services.wait()) == "The service “killed” was ended by SIGKILL."


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with Services([Service("none", ("/no/such/program",), tmp_path)], tmp_path / "log") as services:
        ended = services.wait()
    assert (ended.name, ended.code) == ("none", 127)
    assert "not found" in ended.lines[-1]


def test_one_that_does_not_listen_is_killed(mark: str, tmp_path: Path) -> None:
    with Services([service("stubborn", _STUBBORN)], tmp_path, patience=0.5):
        assert wait_for(lambda: (tmp_path / "stubborn.log").exists())
    assert not running(mark)


def test_without_logs_lines_are_printed_with_the_name_before_them(mark: str, capfd: pytest.CaptureFixture[str]) -> None:
    with Services([service("dying", _DIES)], None) as services:
        services.wait()
    assert "dying  | Ouch!" in capfd.readouterr().out


def test_lines_are_cleaned_and_progress_bars_folded(tmp_path: Path) -> None:
    code = "print('1 %\\r50 %\\r100 %', flush=True); print('{\"event\": \"failed\", \"text\": \"a secret\"}', flush=True)"
    with Services([Service("rasa", (sys.executable, "-c", code), tmp_path, clean=clean_line)], tmp_path / "log") as services:
        assert services.wait().lines == ("100 %", "failed")
    assert (tmp_path / "log" / "rasa.log").read_text() == "100 %\nfailed\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_orphan_however_the_parent_ends(mark: str, tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "holder.py"
    script.write_text(_HOLDER)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as holder:
        assert holder.stdout
        assert {holder.stdout.readline().split()[-1], holder.stdout.readline().split()[-1]} == {b"here"}
        assert len(running(mark)) >= 6  # the holder, its supervisor, two services, and honcho's process for each
        holder.send_signal(number)
        assert wait_for(lambda: not running(mark))


def test_no_orphan_if_the_supervisor_is_killed(mark: str, tmp_path: Path) -> None:
    with Services([service("one", _LASTS), service("two", _LASTS)], tmp_path) as services:
        assert wait_for(lambda: (tmp_path / "one.log").exists() and (tmp_path / "two.log").exists())
        assert services._process.pid
        os.kill(services._process.pid, signal.SIGKILL)
        assert services.wait() == Ended("supervisor", -signal.SIGKILL)
        assert wait_for(lambda: not running(mark))

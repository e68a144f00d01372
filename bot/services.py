"""Runs other programs until they are stopped: none outlives this process, and none outlives another of them.

Responsible for starting, ending and the output of services. Must not know what they are.

honcho does the running, in a process of its own (the supervisor), so that a terminal chat may stand in front. The supervisor
ends when its pipe to this process closes, which happens however this process ends, `kill -9` included. Should the supervisor
itself be killed, Linux ends what is below it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shlex
import signal
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer
from honcho.process import Popen, Process

LAST_LINES = 20
_LAST_SECONDS = 4.0
_PR_SET_PDEATHSIG = 1
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Service:
    """A program to run in `folder`. `environment` comes on top of ours; `clean` (a module's function) edits its lines."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    clean: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Ended:
    """The service that ended first, its exit code (minus the signal, if a signal ended it) and its last lines."""

    name: str
    code: int
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        how = f"was ended by {signal.Signals(-self.code).name}" if self.code < 0 else f"ended with exit code {self.code}"
        return "\n".join([f"The service “{self.name}” {how}.", *(f"    {line}" for line in self.lines)])


class Services:
    """The services of a block: started at its beginning, ended with it. `logs` takes NAME.log of each; None prints them.

    What does not end when asked is killed after `patience` seconds.
    """

    def __init__(self, services: Sequence[Service], logs: Path | None, patience: float = 8.0) -> None:
        self._patience = patience
        context = multiprocessing.get_context("spawn")  # no copy of this process, which may hold threads and a terminal
        self._lifeline, end = context.Pipe()
        self._end = end
        self._process = context.Process(target=_supervise, args=(tuple(services), logs, patience, end), name="supervisor")
        self._ended: Ended | None = None

    def __enter__(self) -> Self:
        self._process.start()
        self._end.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def ended(self) -> Ended | None:
        """What ended, or None while all services run."""
        if self._ended is None and not self._process.is_alive():
            self._ended = self._last_word()
        return self._ended

    def wait(self) -> Ended:
        """Wait until a service ends."""
        while (ended := self.ended()) is None:
            time.sleep(0.1)
        return ended

    def stop(self) -> None:
        """End every service; returns when all are gone."""
        with _signals_ignored():
            self.ended()
            self._lifeline.close()
            self._process.join(self._patience + _LAST_SECONDS)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()

    def _last_word(self) -> Ended:
        with suppress(EOFError, OSError):
            if self._lifeline.poll(1):
                ended = self._lifeline.recv()
                assert isinstance(ended, Ended)
                return ended
        return Ended("supervisor", self._process.exitcode or 0)


def _supervise(services: tuple[Service, ...], logs: Path | None, patience: float, lifeline: Connection) -> None:
    os.setsid()  # Ctrl-C on the terminal is for the process in front, which then closes the lifeline
    printer = _LinePrinter(logs, {service.name: service.clean for service in services if service.clean})
    manager = _Manager(printer, patience, lifeline)
    for service in services:
        environment = {**os.environ, **service.environment}
        manager.add_process(service.name, f"exec {shlex.join(service.command)}", env=environment, cwd=str(service.folder))
    manager.loop()
    with suppress(OSError):
        lifeline.send(Ended(manager.first or "supervisor", manager.code, tuple(printer.last_lines[manager.first])))


class _Manager(Manager):  # type: ignore[misc]  # honcho has no types
    """honcho's manager, that knows who ended first, ends with its lifeline, and is sure to kill what does not end."""

    def __init__(self, printer: Printer, patience: float, lifeline: Connection) -> None:
        super().__init__(printer)
        self._process_ctor = _Process
        self._patience, self._lifeline = patience, lifeline
        self.first, self.code = "", 0

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._end_with_lifeline, daemon=True).start()

    def _end_with_lifeline(self) -> None:
        with suppress(EOFError, OSError):
            self._lifeline.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    def terminate(self) -> None:
        if not self._all_started():  # honcho would look for numbers of processes that it does not have yet
            _later(0.1, self.terminate)
            return
        if not self.first:
            self._remember_first()
        _later(self._patience, self.kill)
        super().terminate()

    def _remember_first(self) -> None:
        for name, state in self._processes.items():
            if state.get("returncode") is not None:
                self.first, self.code = name, state["returncode"]
                return


def _later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


class _Process(Process):  # type: ignore[misc]
    """A process of honcho's that does not outlive the supervisor, nor its child it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._child_ctor = partial(Popen, preexec_fn=_end_with_parent)

    def run(self, *arguments: Any, **options: Any) -> None:
        _end_with_parent()
        super().run(*arguments, **options)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class _LinePrinter(Printer):  # type: ignore[misc]
    """Writes each line to its service's file or, with the name before it, to the output; keeps the last ones."""

    def __init__(self, logs: Path | None, cleaners: Mapping[str, Callable[[str], str]]) -> None:
        super().__init__(sys.stdout)
        self._logs, self._cleaners = logs, cleaners
        self._files: dict[str, IO[str]] = {}
        self.last_lines: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=LAST_LINES))

    def write(self, message: Message) -> None:
        if message.name == SYSTEM_PRINTER_NAME:
            return
        line = message.data.decode("utf-8", "replace").rstrip().rsplit("\r", 1)[-1]  # the last state of a progress bar
        if message.name in self._cleaners:
            line = self._cleaners[message.name](line)
        self.last_lines[message.name].append(line)
        if self._logs:
            print(line, file=self._file(message.name), flush=True)
        else:
            with suppress(OSError):  # whoever read our output may be gone; the services stay
                super().write(message._replace(data=line))

    def _file(self, name: str) -> IO[str]:
        assert self._logs is not None
        if name not in self._files:
            self._logs.mkdir(parents=True, exist_ok=True)
            self._files[name] = (self._logs / f"{name}.log").open("w", encoding="utf-8")
        return self._files[name]


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """Being told twice to stop must not stop the stopping."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Tells whoever started a long command what is happening: a spinner with the time on a terminal, plain lines elsewhere.

Responsible for how steps look. Must not know what the steps do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

_REPEAT_SECONDS = 15.0


@dataclass
class Step:
    """A step under way; `outcome` is said at its end, if the step has something to say."""

    outcome: str = ""


class Progress:
    """Says each step when it begins, while it lasts and when it is done; a step that fails leaves the last word to its error."""

    def __init__(self, console: Console | None = None, repeat_seconds: float = _REPEAT_SECONDS) -> None:
        self._console = console or Console(highlight=False, markup=False, soft_wrap=True)
        self._repeat_seconds = repeat_seconds

    def say(self, text: str) -> None:
        """One line that is no step."""
        self._console.print(text)

    @contextmanager
    def step(self, doing: str) -> Iterator[Step]:
        """Show `doing` while the block runs."""
        step, began = Step(), time.monotonic()
        with self._spinner(doing) if self._console.is_terminal else self._lines(doing, began):
            yield step
        outcome = f": {step.outcome}" if step.outcome else ""
        self.say(f"✓ {doing}{outcome} ({time.monotonic() - began:.0f} s)")

    @contextmanager
    def _spinner(self, doing: str) -> Iterator[None]:
        columns = (SpinnerColumn(), TextColumn("{task.description} …", markup=False), TimeElapsedColumn())
        with Bars(*columns, console=self._console, transient=True) as bars:
            bars.add_task(doing, total=None)
            yield

    @contextmanager
    def _lines(self, doing: str, began: float) -> Iterator[None]:
        self.say(f"{doing} …")
        done = threading.Event()
        thread = threading.Thread(target=self._repeat, args=(doing, began, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _repeat(self, doing: str, began: float, done: threading.Event) -> None:
        while not done.wait(self._repeat_seconds):
            self.say(f"{doing} … {time.monotonic() - began:.0f} s")

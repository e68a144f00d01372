"""Threads that take work out of one line, urgent work first.

A thread pool of the standard library knows no urgency: storing what has to be acknowledged would wait behind all else.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")
_URGENT, _USUAL, _LAST = range(3)


class Line:
    """`threads` threads; what is equally urgent is done in its order."""

    def __init__(self, threads: int, name: str) -> None:
        self._waiting: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._serve, name=f"{name}-{number}", daemon=True) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], _T], urgent: bool = False) -> Future[_T]:
        future: Future[_T] = Future()
        self._put(_URGENT if urgent else _USUAL, lambda: _do(work, future))
        return future

    def shutdown(self) -> None:
        """Wait until everything is done."""
        for _ in self._threads:
            self._put(_LAST, None)
        for thread in self._threads:
            thread.join()

    def _put(self, urgency: int, work: Callable[[], None] | None) -> None:
        self._waiting.put((urgency, next(self._numbers), work))

    def _serve(self) -> None:
        while (work := self._waiting.get()[2]) is not None:
            work()


def _do(work: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # it belongs to whoever waits
        future.set_exception(error)
    else:
        future.set_result(result)

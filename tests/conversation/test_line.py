"""Work in a line: urgent first, in order otherwise, and all of it before the end."""

from __future__ import annotations

import threading

import pytest

from bot.conversation.line import Line


def test_urgent_work_goes_first_and_the_rest_keeps_its_order() -> None:
    line, free, done = Line(1, "test"), threading.Event(), list[int]()
    line.submit(free.wait)
    for number in (3, 4, 5):
        line.submit(lambda number=number: done.append(number))  # type: ignore[misc]
    for number in (1, 2):
        line.submit(lambda number=number: done.append(number), urgent=True)  # type: ignore[misc]
    free.set()
    line.shutdown()
    assert done == [1, 2, 3, 4, 5]


def test_results_and_failures_come_back_and_a_failure_ends_nothing() -> None:
    line = Line(2, "test")
    failed, worked = line.submit(lambda: 1 / 0), line.submit(lambda: 7)
    with pytest.raises(ZeroDivisionError):
        failed.result(10)
    assert worked.result(10) == 7
    assert line.submit(lambda: 8).result(10) == 8
    line.shutdown()


def test_what_was_given_up_before_its_turn_is_not_done() -> None:
    line, free, done = Line(1, "test"), threading.Event(), list[int]()
    line.submit(free.wait)
    assert line.submit(lambda: done.append(1)).cancel()
    free.set()
    line.shutdown()
    assert done == []

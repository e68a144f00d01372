"""Rasa's log lines: what happened stays, what somebody wrote goes."""

from __future__ import annotations

import json

from bot.rasa_log import clean_line

_FRAMES = [{"filename": "rest.py", "lineno": 149, "name": "receive", "locals": {"text": "'call me at 414 555 0100'"}}]


def test_nothing_that_a_person_wrote_is_left() -> None:
    entry = {
        "event": "rest.message.received.failure",
        "level": "error",
        "text": "call me at 414 555 0100",
        "slot_values": "name: Ana",
        "exception": [{"exc_type": "ValueError", "exc_value": "Ana", "frames": _FRAMES}],
    }
    assert clean_line(json.dumps(entry)) == "error rest.message.received.failure [ValueError at rest.py:149]"


def test_other_lines_stay() -> None:
    line = "2026-11-22 INFO root - Rasa server is up and running."
    assert clean_line(line) == line


def test_a_broken_line_is_left_out() -> None:
    assert "Ana" not in clean_line('{"text": "Ana')

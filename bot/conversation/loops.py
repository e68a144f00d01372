"""Loops that go on for ever, whatever the database does.

Responsible for the pause and for surviving. An error is logged by its kind and place, never with what it holds.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

_AFTER_ERROR = 1.0

log = structlog.get_logger()


async def repeat(name: str, step: Callable[[], Awaitable[object]], pause: float) -> None:
    """Call `step` again and again with a pause between."""
    while True:
        try:
            await step()
            await asyncio.sleep(pause)
        except Exception as error:  # the last resort: a loop that ends would leave everybody unanswered
            log_failure(name, error)
            await asyncio.sleep(_AFTER_ERROR)


def log_failure(name: str, error: Exception) -> None:
    """Kind and place of an error, without its message, which may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    log.error("failed", what=name, kind=type(error).__name__, where=where)

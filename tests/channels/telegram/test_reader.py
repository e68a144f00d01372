"""A rush of webhooks: storing goes first, though not for ever, and nothing is left over."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram import reader
from bot.channels.telegram.reader import Reader
from bot.conversation.room import Room
from bot.store.database import open_database, upgrade_database
from bot.store.telegram_updates import StoredUpdate
from tests.conversation.rooms import make_room

# None of those before it is missing, so an update waits for none.
BY_WEBHOOK = timedelta(milliseconds=1)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    upgrade_database(f"sqlite:///{tmp_path / 'imt.db'}")
    return make_room(open_database(f"sqlite:///{tmp_path / 'imt.db'}"), tmp_path)


def play(room: Room, batches: int, size: int, patience: timedelta = BY_WEBHOOK) -> tuple[list[int], int]:
    """Deliver so many batches of updates, of a chat each; how many were stored when each was handled, and how many in the end."""
    stored, seen = 0, []

    async def handle(_: StoredUpdate) -> None:
        seen.append(stored)

    async def run() -> None:
        nonlocal stored
        own = Reader(room, 1, handle)
        working = asyncio.create_task(own.run())
        for batch in range(batches):
            first = 1 + batch * size
            await own.store([StoredUpdate(first + each, first + each, 1, {}) for each in range(size)], patience)
            stored += size
            await asyncio.sleep(0.05)
        deadline = time.monotonic() + 60
        while len(seen) < stored:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(run())
    room.close()
    return seen, stored


def test_in_a_rush_all_is_stored_before_any_is_worked_on(room: Room) -> None:
    seen, stored = play(room, batches=8, size=reader._RUSH)
    assert seen == [stored] * stored


@pytest.mark.parametrize(("size", "patience"), [(reader._RUSH - 1, BY_WEBHOOK), (reader._RUSH, timedelta(0))])
def test_what_is_no_rush_or_was_fetched_is_worked_on_at_once(room: Room, size: int, patience: timedelta) -> None:
    seen, stored = play(room, 8, size, patience)
    assert seen[0] < stored


def test_a_rush_that_goes_on_holds_nothing_up_any_longer(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_HOLD_SECONDS", 0.2)
    seen, stored = play(room, batches=30, size=reader._RUSH)
    assert seen[0] < stored

"""Works on stored updates: those of a chat one after the other, many chats at a time.

One process reads, the one that holds the lease; the others only store. A killed reader's updates are all still there.
Responsible for order and for marking what is done. Must not know what an update does.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.client import seconds_of
from bot.conversation.bell import wait
from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.room import Room
from bot.store.base import utc_now
from bot.store.telegram_updates import StoredUpdate, finish_update, forget_updates, list_due_updates, store_updates

Handle = Callable[[StoredUpdate], Awaitable[None]]
# How long an update that a webhook delivers waits for those before it.
PATIENCE = timedelta(seconds=1)
_POLL_SECONDS = 0.25
# In a rush one look finds the work of many.
_BREATH_SECONDS = 0.02
_AT_ONCE = 16
# So many stored together that a webhook delivered are a rush, which is over when none came for a moment. Telegram waits to hear
# that each is stored, and sends again what takes too long: in a rush that goes before work on them, though not for ever.
_RUSH = 4
_MOMENT_SECONDS = 0.2
_HOLD_SECONDS = 5.0
_MOST_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0
# Telegram keeps updates for a day.
_KNOWN_FOR = timedelta(days=3)
_FORGET_SECONDS = 3600.0


class Reader:
    """One for each process; `run` only while the lease is held."""

    def __init__(self, room: Room, bot_id: int, handle: Handle) -> None:
        self._room, self._bot_id, self._handle = room, bot_id, handle
        self._stored = asyncio.Event()
        self._running: dict[int | None, asyncio.Task[None]] = {}
        self._rush_until = self._hold_until = 0.0

    async def store(self, updates: Sequence[StoredUpdate], patience: timedelta) -> None:
        """Store updates; when this returns they may be acknowledged."""
        if patience and len(updates) >= _RUSH:
            self._note_rush(time.monotonic())
        await self._room.call_first(store_updates, self._bot_id, updates, patience)
        self._stored.set()

    def _note_rush(self, now: float) -> None:
        """A rush that goes on holds nothing up any longer."""
        if now > self._rush_until:
            self._hold_until = now + _HOLD_SECONDS
        self._rush_until = now + _MOMENT_SECONDS

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(repeat("read updates", self._take_up, _BREATH_SECONDS))
                group.create_task(repeat("forget updates", self._forget, _FORGET_SECONDS))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            self._running.clear()

    async def _take_up(self) -> None:
        """Begin with the chats whose updates are due; wait if there are none, or no hand is free."""
        while time.monotonic() < min(self._rush_until, self._hold_until):
            await asyncio.sleep(_BREATH_SECONDS)
        self._stored.clear()
        chats: dict[int | None, list[StoredUpdate]] = {}
        for update in await self._room.read(list_due_updates, self._bot_id, tuple(self._running)):
            chats.setdefault(update.chat_id, []).append(update)
        begun = list(chats.items())[: _AT_ONCE - len(self._running)]
        for chat_id, updates in begun:
            self._running[chat_id] = asyncio.create_task(self._work(chat_id, updates))
        if not begun:
            await wait(self._stored, _POLL_SECONDS)

    async def _work(self, chat_id: int | None, updates: Sequence[StoredUpdate]) -> None:
        """One chat's updates in order; after a failure that does not go away the rest comes later."""
        try:
            for update in updates:
                await self._do(update)
                await self._room.call(finish_update, self._bot_id, update.update_id)
        except Exception as error:  # the last resort: the database, most likely; the updates are still there
            log_failure("update", error)
            await asyncio.sleep(1)
        finally:
            del self._running[chat_id]
            self._stored.set()

    async def _do(self, update: StoredUpdate) -> None:
        """What makes it fail again and again is given up: it would hold up its chat for ever."""
        failures: Counter[str] = Counter()
        while failures.total() < _MOST_ATTEMPTS:
            try:
                await self._handle(update)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except Exception as error:  # whatever one update can make go wrong
                failures[type(error).__name__] += 1
                if not isinstance(error, TelegramError):
                    log_failure("update", error)
                await asyncio.sleep(min(_LONGEST_PAUSE, 0.25 * 4 ** failures.total()))
            else:
                return
        log.error("update_given_up", kind=", ".join(failures))

    async def _forget(self) -> None:
        await self._room.call(forget_updates, self._bot_id, utc_now() - _KNOWN_FOR)

"""Works on a queue of the database: many conversations at a time, each in its order, by claims that it keeps alive.

What fails unexpectedly, or dies with its process, is due again when its lease has run out. Must not know what the work is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import uuid4

from bot.conversation.bell import wait
from bot.conversation.loops import log, log_failure, repeat
from bot.conversation.room import Room
from bot.store.claims import Claim, ClaimLostError, Queue, renew_claims
from bot.store.conversations import ConversationErasedError

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Worker(Generic[_Item]):
    """One for each process and queue.

    `take(id, limit)` claims what is due, `work` does one of it, `rest` is called when that has ended. Where nothing is due it
    waits for `woken`, or looks again after `poll_seconds`.
    """

    name: str
    room: Room
    queue: Queue
    take: Callable[[str, int], Awaitable[Mapping[Claim, _Item]]]
    work: Callable[[_Item], Awaitable[None]]
    rest: Callable[[Claim], None]
    woken: asyncio.Event
    at_once: int
    lease: timedelta
    poll_seconds: float
    _id: str = field(default_factory=lambda: uuid4().hex)
    _running: dict[Claim, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled; what is under way is cancelled too."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(repeat(self.name, self._take_up, 0))
                group.create_task(repeat(f"renew {self.name}", self._renew, self.lease.total_seconds() / 4))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _take_up(self) -> None:
        """Begin what is due; wait if there is nothing, or no hand free."""
        self.woken.clear()
        free = self.at_once - len(self._running)
        taken = await self.take(self._id, free) if free else {}
        for claim, item in taken.items():
            self._running[claim] = asyncio.create_task(self._do(claim, item))
        if not taken:
            await wait(self.woken, self.poll_seconds)

    async def _renew(self) -> None:
        if self._running:
            await self.room.call(renew_claims, self.queue, list(self._running), self.lease)

    async def _do(self, claim: Claim, item: _Item) -> None:
        try:
            await self.work(item)
        except (ClaimLostError, ConversationErasedError):
            log.info(f"{self.name}_gone", conversation=claim.conversation_id, seq=claim.seq)
        except Exception as error:  # the last resort; the lease runs out, and it is taken up again
            log_failure(self.name, error)
        finally:
            del self._running[claim]
            self.rest(claim)

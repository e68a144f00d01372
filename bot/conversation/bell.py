"""Wakes those who wait for something new: readers of a conversation, and the workers.

Responsible for waking at once within this process, and for noticing within a second what another process changed. A bell may
ring for nothing; whoever is woken looks into the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress


class Bell:
    """One for each process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._seen: dict[str, object] = {}
        self.work, self.mail = asyncio.Event(), asyncio.Event()

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the conversation changes; clear it before looking."""
        event = asyncio.Event()
        self._listeners.setdefault(conversation_id, set()).add(event)
        try:
            yield event
        finally:
            self._listeners[conversation_id].discard(event)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]
                self._seen.pop(conversation_id, None)

    def ring(self, conversation_id: str) -> None:
        """Something in the conversation changed, and perhaps there is something to answer or to send."""
        self.work.set()
        self.mail.set()
        for event in self._listeners.get(conversation_id, ()):
            event.set()

    @property
    def awaited(self) -> list[str]:
        """The conversations that somebody listens to."""
        return list(self._listeners)

    def notice(self, states: Mapping[str, object]) -> None:
        """Ring for each conversation whose state is another than at the last notice, and once for a new one."""
        for conversation_id, state in states.items():
            if conversation_id in self._listeners and self._seen.get(conversation_id) != state:
                self._seen[conversation_id] = state
                self.ring(conversation_id)


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Whether it was set within that time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False

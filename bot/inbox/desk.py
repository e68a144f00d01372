"""What the pages of the inbox share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from bot.conversation.post import Post
from bot.conversation.room import Room
from bot.inbox.proofs import read_key
from bot.settings import Settings
from bot.store.staff_sessions import Bounds

# Gives what a channel keeps under a file's id; None where it does not keep it any more.
Fetch = Callable[[str], Awaitable[bytes | None]]


@dataclass(frozen=True)
class Desk:
    """Made once a process. `fetchers` are by channel. Comparing a password takes 64 MB: not many at once."""

    room: Room
    settings: Settings
    key: bytes
    fetchers: Mapping[str, Fetch]
    post: Post
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    @classmethod
    def open(cls, settings: Settings, room: Room, post: Post, fetchers: Mapping[str, Fetch]) -> Desk:
        return cls(room, settings, read_key(settings), fetchers, post)

    @property
    def bounds(self) -> Bounds:
        hours = timedelta(hours=self.settings.staff_session_hours)
        return Bounds(timedelta(minutes=self.settings.staff_idle_minutes), hours)


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]

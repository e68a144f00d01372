"""Rooms for tests, and a Rasa that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from bot.conversation.answer import Answerer
from bot.conversation.room import Room
from bot.core.conversation import Message
from bot.knowledge.load import load_knowledge
from bot.rasa_client import RasaClient, Reply
from bot.store.conversations import View, read_view
from bot.store.database import Database

_PATIENCE = 60.0
Answer = Callable[[str, str], list[Reply]]


class ToldRasa:
    """Answers by `answer(conversation_id, text)`, which may raise, and remembers what it was asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or (lambda _, text: [Reply(f"You said: {text}", ["Yes"])])
        self.asked: list[tuple[str, str]] = []
        self.metadata: list[Mapping[str, Any]] = []
        self.holding: set[str] = set()

    async def send(self, conversation_id: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[Reply]:
        self.asked.append((conversation_id, text))
        self.metadata.append(metadata or {})
        while conversation_id in self.holding:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        return self.answer(conversation_id, text)


def make_room(database: Database, folder: Path) -> Room:
    return Room(database, f"sqlite:///{folder / 'tracker.db'}", load_knowledge())


@asynccontextmanager
async def answering(
    room: Room, rasa: ToldRasa, able: bool = True, apology_after: float = 20, lease: float = 12
) -> AsyncIterator[None]:
    """A worker that runs while the block does."""

    async def is_able() -> bool:
        return able

    seconds = (timedelta(seconds=apology_after), timedelta(seconds=lease))
    worker = asyncio.create_task(Answerer(room, cast(RasaClient, rasa), is_able, *seconds).run())
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def until(room: Room, conversation_id: str, holds: Callable[[View], bool]) -> View:
    """The conversation as soon as `holds`; fails where it never does."""
    async with asyncio.timeout(_PATIENCE):
        while not holds(view := await room.read(read_view, conversation_id)):
            await asyncio.sleep(0.01)
    return view


def texts(messages: tuple[Message, ...]) -> list[str]:
    return [message.text for message in messages]

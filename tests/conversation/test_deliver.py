"""The outbox: in order, again after failures, dead in the end, and nothing is held up by it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import bot.conversation.deliver
from bot.conversation.deliver import MOST_ATTEMPTS, Deliverer, DeliveryDelayedError, DeliveryRefusedError
from bot.conversation.own import take_over, write_as_staff
from bot.conversation.receive import begin
from bot.conversation.room import Room
from bot.core.conversation import Message
from bot.store.claims import count_states
from bot.store.conversation_schema import Delivery
from bot.store.database import Database
from tests.conversation.rooms import make_room


class Channel:
    """Fails as it is told, then takes everything."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.tried = 0
        self.taken: list[str] = []

    async def send(self, conversation_id: str, message: Message) -> None:
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message.text)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.conversation.deliver, "_LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(bot.conversation.deliver, "_POLL_SECONDS", 0.01)


def deliver(room: Room, channel: Channel) -> dict[str, int]:
    """Three messages through the channel; gives what is left in the outbox."""

    async def play() -> dict[str, int]:
        begun = await begin(room, "telegram", None, None)
        await take_over(room, begun.id, "Ana", "WRTP")
        await write_as_staff(room, begun.id, "Hi")
        delivering = asyncio.create_task(Deliverer(room, {"telegram": channel}).run())
        async with asyncio.timeout(60):
            while set(left := await room.read(count_states, Delivery)) - {"dead"}:
                await asyncio.sleep(0.01)
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        return left

    try:
        return asyncio.run(play())
    finally:
        room.close()  # waits for what its threads still do


@pytest.mark.parametrize("failures", [(), (OSError("x"),), (DeliveryDelayedError(0.0), OSError("x"), TimeoutError())])
def test_everything_arrives_once_and_in_order(database: Database, tmp_path: Path, failures: tuple[Exception, ...]) -> None:
    channel = Channel(*failures)
    assert deliver(make_room(database, tmp_path), channel) == {}
    assert [text[:9] for text in channel.taken] == ["Hi! I ans", "Ana from ", "Hi"]
    assert channel.tried == 3 + len(failures)


def test_what_the_channel_refuses_is_dead_at_once(database: Database, tmp_path: Path) -> None:
    channel = Channel(DeliveryRefusedError("blocked"))
    assert deliver(make_room(database, tmp_path), channel) == {"dead": 1}
    assert len(channel.taken) == 2


def test_what_fails_too_often_is_dead(database: Database, tmp_path: Path) -> None:
    channel = Channel(*[OSError("x")] * MOST_ATTEMPTS)
    assert deliver(make_room(database, tmp_path), channel) == {"dead": 1}
    assert len(channel.taken) == 2


def test_what_is_only_delayed_is_never_dead(database: Database, tmp_path: Path) -> None:
    channel = Channel(*[DeliveryDelayedError()] * (MOST_ATTEMPTS + 5))
    assert deliver(make_room(database, tmp_path), channel) == {}
    assert len(channel.taken) == 3


def test_one_that_takes_long_holds_up_no_other(database: Database, tmp_path: Path) -> None:
    free = asyncio.Event()

    class Slow(Channel):
        async def send(self, conversation_id: str, message: Message) -> None:
            if conversation_id == slow:
                await free.wait()
            await super().send(conversation_id, message)
            if len(self.taken) == 3:
                free.set()

    slow, channel = "", Slow()

    room = make_room(database, tmp_path)

    async def play() -> None:
        nonlocal slow
        slow = (await begin(room, "telegram", None, None)).id
        delivering = asyncio.create_task(Deliverer(room, {"telegram": channel}).run())
        for _ in range(3):
            await begin(room, "telegram", None, None)
            room.bell.mail.set()
        async with asyncio.timeout(60):
            while await room.read(count_states, Delivery):
                await asyncio.sleep(0.01)
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)

    asyncio.run(play())
    room.close()
    assert len(channel.taken) == 4

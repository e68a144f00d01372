"""The bell rings for those who listen, and notices what another process did."""

from __future__ import annotations

import asyncio

from bot.conversation.bell import Bell, wait


def test_it_rings_for_its_conversation_only() -> None:
    bell = Bell()
    with bell.listen("a") as one, bell.listen("a") as two, bell.listen("b") as other:
        bell.ring("a")
        assert (one.is_set(), two.is_set(), other.is_set(), bell.work.is_set()) == (True, True, False, True)


def test_it_rings_for_what_another_process_changed() -> None:
    bell = Bell()
    with bell.listen("a") as event:
        bell.notice({"a": 1})
        event.clear()
        bell.notice({"a": 1})
        assert not event.is_set()
        bell.notice({"a": 2})
        assert event.is_set()


def test_nothing_is_kept_of_those_who_left() -> None:
    bell = Bell()
    with bell.listen("a"):
        bell.notice({"a": 1})
    assert bell.awaited == []
    bell.notice({"a": 2})
    assert bell._seen == {}


def test_waiting_ends_with_the_event_or_the_time() -> None:
    async def play() -> tuple[bool, bool]:
        event = asyncio.Event()
        late = await wait(event, 0.01)
        event.set()
        return late, await wait(event, 60)

    assert asyncio.run(play()) == (False, True)

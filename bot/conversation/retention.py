"""Erases conversations that were kept for long enough, a few at a time and one process at a time.

A conversation is as old as its last word or the last change of its requests; what staff are working on stays until it ends.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

from bot.conversation.erase import erase_traces
from bot.conversation.loops import log, log_failure
from bot.conversation.room import Room
from bot.store.base import utc_now
from bot.store.leases import release_lease, take_lease
from bot.store.retention import erase_old, forget_old_records, list_old, list_unknown
from bot.store.transcript import TrackerUnavailableError, erase_events, list_old_senders

_LEASE = timedelta(minutes=10)
_BATCH = 50
# Between two, so that those who write now are not kept waiting.
_PAUSE_SECONDS = 0.05


async def keep_no_longer(room: Room, age: timedelta, now: datetime | None = None) -> int:
    """Erase what is older than `age`; gives the number of conversations. Nothing is done where another process is at it."""
    before, holder, erased = (now or utc_now()) - age, uuid4().hex, 0
    while await room.call(take_lease, "retention", holder, _LEASE):
        some = await _erase_some(room, before)
        erased += some
        if not some:
            await room.call(forget_old_records, before)
            await _erase_unknown(room, before)
            await room.call(release_lease, "retention", holder)
            break
    if erased:
        log.info("retention", erased=erased)
    return erased


async def _erase_some(room: Room, before: datetime) -> int:
    erased = 0
    for conversation_id in await room.read(list_old, before, _BATCH):
        try:
            if await room.call(erase_old, conversation_id, before):
                await erase_traces(room, conversation_id)
                room.bell.ring(conversation_id)
                erased += 1
        except Exception as error:  # the others must not wait for this one
            log_failure("retention", error)
        await asyncio.sleep(_PAUSE_SECONDS)
    return erased


async def _erase_unknown(room: Room, before: datetime) -> None:
    """What Rasa alone keeps, as of conversations in a terminal."""
    try:
        old = await asyncio.to_thread(list_old_senders, room.tracker_url, before)
        for conversation_id in await room.read(list_unknown, old):
            await asyncio.to_thread(erase_events, room.tracker_url, conversation_id)
    except TrackerUnavailableError as error:
        log_failure("retention", error)

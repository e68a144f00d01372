"""Reads a conversation and waits for what is new: once for the long poll, on and on for the stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable

from bot.conversation.bell import wait
from bot.conversation.room import Room
from bot.core.conversation import Author, Message, Owner
from bot.store.conversations import ConversationErasedError, View, list_changes, read_view
from bot.store.reading_on import mark_seen

KEEP_ALIVE_SECONDS = 15.0
_LOOK_SECONDS = 1.0
_CHUNK = 500


async def read_waiting(room: Room, conversation_id: str, after: int, seconds: float) -> View:
    """What is new, as soon as there is anything, or after `seconds`. Raises ConversationErasedError."""
    deadline = time.monotonic() + seconds
    if not seconds:  # who waits is noticed by the bell
        await room.call(mark_seen, [conversation_id])
    with room.bell.listen(conversation_id) as changed:
        while True:
            changed.clear()
            view = await room.read(read_view, conversation_id, after)
            left = deadline - time.monotonic()
            if view.erased:
                raise ConversationErasedError
            if view.messages or left <= 0:
                return view
            await wait(changed, left)


async def follow(room: Room, conversation_id: str, after: int, write: Callable[[Message], str]) -> AsyncIterator[str]:
    """Server-sent events from the message after `after` on, until the conversation is erased or nobody listens any more."""
    owner: Owner | None = None
    writer: Author | None = None
    with room.bell.listen(conversation_id) as changed:
        while True:
            changed.clear()
            view = await room.read(read_view, conversation_id, after)
            if view.erased:
                yield _event("deleted", "{}")
                return
            if view.owner != owner:
                owner = view.owner
                yield _event("owner", json.dumps({"owner": owner}))
            for message in view.messages:
                after = message.seq
                yield _event("message", write(message), after)
            before, writer = writer, _writer_of(room, conversation_id, view)
            # What the assistant writes ends with its message; staff may think better of it.
            if writer != before and (writer or before is Author.STAFF):
                yield _event("typing", json.dumps({"author": writer}))
            pause = _LOOK_SECONDS if writer is Author.STAFF else KEEP_ALIVE_SECONDS
            if after >= view.last_seq and not await wait(changed, pause):
                yield ": here\n\n"


def _writer_of(room: Room, conversation_id: str, view: View) -> Author | None:
    if view.answering:
        return Author.ASSISTANT
    writes = view.owner is Owner.STAFF and room.typing.is_at(conversation_id, Author.STAFF)
    return Author.STAFF if writes else None


async def notice_changes(room: Room) -> None:
    """Wake the readers of conversations that another process changed, and remember that they read."""
    awaited = room.bell.awaited
    if awaited:
        await room.call(mark_seen, awaited)
    for start in range(0, len(awaited), _CHUNK):
        room.bell.notice(await room.read(list_changes, awaited[start : start + _CHUNK]))


def _event(name: str, data: str, number: int | None = None) -> str:
    return f"event: {name}\n" + (f"id: {number}\n" if number else "") + f"data: {data}\n\n"

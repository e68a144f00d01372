"""Erases a conversation: what was said, its requests to a person, and what Rasa keeps of it.

A turn that is under way may write after that, and we may be killed in the middle; so each erased conversation is erased once
more some minutes later.
"""

from __future__ import annotations

import asyncio

from bot.conversation.loops import log
from bot.conversation.room import Room
from bot.store.base import utc_now
from bot.store.conversation_erasing import erase_messages, finish_erasing, list_to_erase_again
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError
from bot.store.handoffs import erase_person
from bot.store.transcript import TrackerUnavailableError, erase_events


async def erase(room: Room, conversation_id: str) -> None:
    """Raises ConversationNotFoundError or ConversationErasedError."""
    await room.call(erase_messages, conversation_id)
    log.info("erased", conversation=conversation_id)  # a restored backup holds it again: who runs us has to know what to erase
    room.bell.ring(conversation_id)
    await erase_traces(room, conversation_id)


async def erase_again(room: Room) -> None:
    """Erase what was written about erased conversations since."""
    for conversation_id in await room.read(list_to_erase_again, utc_now()):
        if await erase_traces(room, conversation_id):
            await room.call(finish_erasing, conversation_id)


async def erase_everything(room: Room, conversation_id: str) -> None:
    """The same for a conversation that may not be kept here, as the terminal's: then its requests, and what Rasa keeps of it.

    Raises TrackerUnavailableError where nothing was erased, because it could not be found again.
    """
    try:
        await erase(room, conversation_id)
    except (ConversationNotFoundError, ConversationErasedError):
        await asyncio.to_thread(erase_events, room.tracker_url, conversation_id)
        await room.call(erase_person, conversation_id)


async def erase_traces(room: Room, conversation_id: str) -> bool:
    """Requests and what Rasa keeps; whether Rasa's tracker could be reached."""
    await room.call(erase_person, conversation_id)
    try:
        await asyncio.to_thread(erase_events, room.tracker_url, conversation_id)
    except TrackerUnavailableError:
        return False
    return True

"""Which language a chat is in: the one that the assistant speaks with them, else the one in which the chat was begun."""

from __future__ import annotations

import asyncio

from bot.conversation.room import Room
from bot.core.language import Language
from bot.store.telegram_chats import Chat
from bot.store.transcript import TrackerUnavailableError, find_language


async def language_of(room: Room, chat: Chat) -> Language:
    """People change it by writing in the other language, which only the assistant notices."""
    try:
        spoken = await asyncio.to_thread(find_language, room.tracker_url, chat.conversation_id)
    except TrackerUnavailableError:
        spoken = None
    return Language.parse(spoken or chat.language)

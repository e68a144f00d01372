"""Shows "typing" while the assistant works on an answer, or staff write one."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram.client import Bot
from bot.conversation.room import Room
from bot.core.conversation import Author, Owner
from bot.store.conversations import ConversationNotFoundError, read_view
from bot.store.telegram_chats import find_chat_of

# Most answers are there before: they need no sign.
_FIRST_SECONDS = 0.4
# Telegram shows it for five.
_AGAIN_SECONDS = 4.0
_MOST_TIMES = 15
# In a rush the signs would take the room of the answers: Telegram counts both.
_MOST_AT_ONCE = 15


class Working:
    """One for each process; a sign for each chat at a time."""

    def __init__(self, room: Room, bot: Bot) -> None:
        self._room, self._bot = room, bot
        self._shown: dict[int, asyncio.Task[None]] = {}
        self._once: set[asyncio.Task[None]] = set()

    def show(self, chat_id: int, conversation_id: str) -> None:
        """Until the conversation waits for no answer of the assistant's any more."""
        if chat_id not in self._shown and len(self._shown) < _MOST_AT_ONCE:
            task = self._shown[chat_id] = asyncio.create_task(self._show(chat_id, conversation_id))
            task.add_done_callback(lambda _: self._shown.pop(chat_id, None))

    async def _show(self, chat_id: int, conversation_id: str) -> None:
        await asyncio.sleep(_FIRST_SECONDS)
        for _ in range(_MOST_TIMES):
            with suppress(TelegramError, ConversationNotFoundError):
                if not (await self._room.read(read_view, conversation_id, 2**31 - 1, 0)).answering:
                    return
                await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
            await asyncio.sleep(_AGAIN_SECONDS)

    def show_staff(self, conversation_id: str, author: Author) -> None:
        """Once for each sign: Telegram lets it end by itself."""
        if author is Author.STAFF:
            task = asyncio.create_task(self._show_once(conversation_id))
            self._once.add(task)
            task.add_done_callback(self._once.discard)

    async def _show_once(self, conversation_id: str) -> None:
        chat = await self._room.read(find_chat_of, conversation_id)
        if chat is None or chat.blocked or chat.stopped_seq is not None:
            return
        with suppress(TelegramError, ConversationNotFoundError):
            if (await self._room.read(read_view, conversation_id, 2**31 - 1, 0)).owner is Owner.STAFF:
                await self._bot.send_chat_action(chat.chat_id, ChatAction.TYPING)

    async def stop(self) -> None:
        tasks = (*self._shown.values(), *self._once)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

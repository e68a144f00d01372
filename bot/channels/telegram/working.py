"""Shows "typing" while the assistant works on an answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram.client import Bot
from bot.conversation.room import Room
from bot.store.conversations import ConversationNotFoundError, read_view

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

    async def stop(self) -> None:
        for task in self._shown.values():
            task.cancel()
        await asyncio.gather(*self._shown.values(), return_exceptions=True)

"""Sends the outbox to Telegram, piece by piece, each once.

A piece is written down before it is sent, with the highest message number known then, and its own number after. If we are
killed or hear nothing between, its fate is not known; Telegram cannot be asked for messages, but it refuses to change a
message into what it is already ("not modified") and a message that is not there ("not found"). So the piece is looked for
under the numbers it may have, and sent again only if it is under none. docs/adr/0006-telegram.md says what that cannot tell.
"""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Message, ReplyKeyboardMarkup
from telegram.error import BadRequest

from bot.channels.telegram.client import BlockedError, Bot, delivering
from bot.channels.telegram.languages import language_of
from bot.channels.telegram.layout import Piece, asked_by, lay_out
from bot.conversation.deliver import DeliveryRefusedError
from bot.conversation.loops import log
from bot.conversation.room import Room
from bot.core.conversation import Author
from bot.core.conversation import Message as Said
from bot.store.conversations import ConversationErasedError
from bot.store.telegram_chats import Chat, find_chat_of, mark_chat
from bot.store.telegram_pieces import begin_piece, end_piece, list_candidates


class StoppedError(DeliveryRefusedError):
    """The person asked for no more messages."""


class TelegramSender:
    """The Sender of the channel."""

    def __init__(self, room: Room, bot: Bot) -> None:
        self._room, self._bot = room, bot

    async def send(self, conversation_id: str, message: Said) -> None:
        """Raises DeliveryRefusedError or DeliveryDelayedError."""
        chat = await self._room.read(find_chat_of, conversation_id)
        if chat is None or chat.blocked:
            raise BlockedError
        if chat.stopped_seq is not None and message.seq > chat.stopped_seq:
            raise StoppedError
        try:
            await self._send(chat, message)
        except BlockedError:
            log.info("telegram_blocked", conversation=conversation_id)
            await self._room.call(mark_chat, chat, blocked=True)
            raise
        except ConversationErasedError:
            raise DeliveryRefusedError from None

    async def _send(self, chat: Chat, message: Said) -> None:
        knowledge = self._room.knowledge
        asked = asked_by(message, knowledge)
        notice = message.author is Author.SYSTEM and asked is None
        pieces = lay_out(message, knowledge, await language_of(self._room, chat), chat.keyboard and not notice)
        for number, piece in enumerate(pieces):
            left = (asked, isinstance(piece.markup, ReplyKeyboardMarkup))
            # A notice in between leaves a question open as it is.
            await self._send_once(chat, message.seq, number, piece, *((chat.asked, chat.keyboard) if notice else left))

    async def _send_once(self, chat: Chat, seq: int, number: int, piece: Piece, asked: str | None, keyboard: bool) -> None:
        sending = await self._room.call(begin_piece, chat, seq, number)
        if sending.message_id is not None:
            return
        with delivering():
            await self._bot.initialize()
            message_id = None if sending.fresh else await self._find(chat, sending.after_id, piece)
            message_id = message_id or (await self._post(chat.chat_id, piece)).message_id
        await self._room.call(end_piece, chat, seq, number, message_id, asked, keyboard)

    async def _post(self, chat_id: int, piece: Piece) -> Message:
        if piece.pin is None:
            return await self._bot.send_message(chat_id, piece.text, entities=piece.entities or None, reply_markup=piece.markup)
        place = (piece.pin.latitude, piece.pin.longitude)
        if piece.pin.address:
            return await self._bot.send_venue(chat_id, *place, piece.pin.title, piece.pin.address, reply_markup=piece.markup)
        return await self._bot.send_location(chat_id, *place, reply_markup=piece.markup)

    async def _find(self, chat: Chat, after_id: int, piece: Piece) -> int | None:
        """The number under which a piece was sent already, None if it was not (or if that cannot be told)."""
        markup = piece.markup if isinstance(piece.markup, InlineKeyboardMarkup) else None
        for message_id in await self._room.read(list_candidates, chat, after_id):
            if await self._is_there(chat.chat_id, message_id, markup):
                log.info("telegram_found", conversation=chat.conversation_id)
                return message_id
        return None

    async def _is_there(self, chat_id: int, message_id: int, markup: InlineKeyboardMarkup | None) -> bool:
        """Whether the chat has a message of ours of that number; if its button was pressed meanwhile, it gets them all back."""
        try:
            changed = await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=markup)
        except BadRequest as error:
            return "not modified" in error.message.lower()
        return isinstance(changed, Message)

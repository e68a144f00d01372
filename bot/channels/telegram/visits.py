"""One update of a chat on its way to what it does: who it comes from, which conversation that is, and the ways to say something.

Every way may be gone twice, if we are killed in between: what an update says or asks is stored once, under the update's number.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels.telegram.client import Bot
from bot.channels.telegram.incoming import Incoming, Kind
from bot.channels.telegram.languages import language_of
from bot.channels.telegram.working import Working
from bot.conversation.measures import MESSAGES
from bot.conversation.receive import MessageEmptyError, MessageTooLongError, receive
from bot.conversation.room import Room
from bot.core.conversation import LONGEST_MESSAGE, Author, Owner, Said
from bot.core.language import Language
from bot.core.tokens import hash_token, new_token
from bot.store.attachments import Attachment, receive_file
from bot.store.conversations import ConversationNotFoundError, say_once
from bot.store.telegram_chats import Chat, find_chat, open_chat

CHANNEL = "telegram"
_MENU = ("wages", "how_to_apply", "choice_check_readiness", "choice_nearest", "choice_person")


@dataclass(frozen=True)
class Hall:
    """What all visits share."""

    room: Room
    bot: Bot
    bot_id: int
    working: Working


@dataclass(frozen=True)
class Visit:
    """An update from a private chat; `chat` is None until a conversation is begun in it."""

    hall: Hall
    update_id: int
    chat_id: int
    incoming: Incoming
    chat: Chat | None
    language: Language

    @property
    def conversation_id(self) -> str:
        """Raises ConversationNotFoundError where none was begun, or it was erased a moment ago."""
        if self.chat is None:
            raise ConversationNotFoundError
        return self.chat.conversation_id

    @property
    def cause(self) -> str:
        return f"telegram:{self.update_id}"

    def text(self, phrase: str, **values: object) -> str:
        return self.hall.room.knowledge.say(phrase, self.language, **values)

    def menu(self) -> list[str]:
        """What seekers ask first, and the ways on."""
        knowledge = self.hall.room.knowledge
        return [self.text(item) if item.startswith("choice_") else knowledge.label(item, self.language) for item in _MENU]

    async def say(self, text: str, choices: Sequence[str] = (), cause: str = "", author: Author = Author.SYSTEM) -> int:
        """Something of the channel's own, through the outbox; once. Gives its number in the conversation."""
        said = Said(author, text, tuple(choices), cause=(cause or self.cause)[:32])
        seq = await self.hall.room.call(say_once, self.conversation_id, said)
        self.hall.room.bell.ring(self.conversation_id)
        return seq

    async def ask(self, text: str, client_id: str = "") -> None:
        """What the person says, to whoever owns the conversation."""
        try:
            await receive(self.hall.room, self.conversation_id, client_id or self.cause, text, CHANNEL)
        except MessageTooLongError:
            await self.say(self.text("telegram_too_long"))
        except MessageEmptyError:
            await self.say(self.text("empty_message"))
        else:
            self.hall.working.show(self.chat_id, self.conversation_id)

    async def hand_file(self) -> Owner | None:
        """What the person sends goes to staff who talk with them or have a request of theirs; else no file is kept."""
        incoming, room = self.incoming, self.hall.room
        if not incoming.file_id:
            return None
        text = f"📎 {incoming.file_name}\n{incoming.text}".strip()[:LONGEST_MESSAGE]
        file = Attachment(str(incoming.kind), incoming.file_name, incoming.file_id)
        said = Said(Author.VISITOR, text, client_id=self.cause)
        owner = await room.call(receive_file, self.conversation_id, said, file)
        if owner:
            room.bell.ring(self.conversation_id)
        return owner

    async def opened(self) -> Visit:
        """The visit in its conversation, which begins now if there is none."""
        return self if self.chat else await self._begin(None)

    async def greet(self, campaign: str | None) -> None:
        """Begin the conversation with a greeting."""
        await self._begin(campaign, Said(Author.ASSISTANT, self.text("greeting"), tuple(self.menu()), cause=self.cause))
        MESSAGES.labels(Author.ASSISTANT, CHANNEL).inc()

    async def _begin(self, campaign: str | None, greeting: Said | None = None) -> Visit:
        hall = self.hall
        conversation_id, token = secrets.token_hex(16), new_token()
        # The token opens a conversation on the website; this one is opened by nobody.
        values = (conversation_id, hash_token(token), str(self.language))
        await hall.room.call(open_chat, hall.bot_id, self.chat_id, *values, campaign, greeting)
        hall.room.bell.ring(conversation_id)
        return replace(self, chat=await hall.room.read(find_chat, hall.bot_id, self.chat_id))


async def visit_of(hall: Hall, update_id: int, chat_id: int, incoming: Incoming) -> Visit:
    """The visit with what is known of its chat."""
    chat = await hall.room.read(find_chat, hall.bot_id, chat_id)
    known = chat.language if chat else incoming.language
    # What is only passed on needs no look at what the assistant speaks: most updates are that.
    passed_on = chat is None or (incoming.kind is Kind.TEXT and chat.asked is None)
    language = Language.parse(known) if passed_on or chat is None else await language_of(hall.room, chat)
    return Visit(hall, update_id, chat_id, incoming, chat, language)

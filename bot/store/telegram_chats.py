"""Private chats with the bot and their conversations.

Responsible for the table `telegram_chats`: which chat is which conversation, and whether its person can and wants to be
written to. Must not know what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, insert, select, update

from bot.core.conversation import Said
from bot.store.conversation_schema import Conversation, Message
from bot.store.conversations import add_conversation
from bot.store.database import Database
from bot.store.schema import Handoff
from bot.store.telegram_schema import TelegramChat


@dataclass(frozen=True)
class Chat:
    """A chat. Messages after `stopped_seq` are not sent; `asked` is place, contact, delete or nothing."""

    bot_id: int
    chat_id: int
    conversation_id: str
    language: str | None
    campaign: str | None
    blocked: bool
    stopped_seq: int | None
    asked: str | None
    keyboard: bool


@dataclass(frozen=True)
class ChatCount:
    """A chat for statistics: no word of anybody's in it."""

    bot_id: int
    chat_id: int
    campaign: str | None
    language: str | None
    began_at: datetime
    messages: int
    requests: int


def find_chat(database: Database, bot_id: int, chat_id: int) -> Chat | None:
    """The chat, if a conversation was begun in it."""
    return _one(database, _CHATS.where(TelegramChat.bot_id == bot_id, TelegramChat.chat_id == chat_id))


def find_chat_of(database: Database, conversation_id: str) -> Chat | None:
    """The chat of a conversation; none where that was erased."""
    return _one(database, _CHATS.where(TelegramChat.conversation_id == conversation_id))


def open_chat(
    database: Database,
    bot_id: int,
    chat_id: int,
    conversation_id: str,
    token_hash: str,
    language: str,
    campaign: str | None,
    greeting: Said | None,
) -> None:
    """Begin a conversation in a chat, both or neither."""
    with database.writing() as connection:
        add_conversation(connection, conversation_id, token_hash, "telegram", language, campaign, [greeting] if greeting else [])
        chat = {"bot_id": bot_id, "chat_id": chat_id, "conversation_id": conversation_id, "blocked": False, "keyboard": False}
        connection.execute(insert(TelegramChat), chat)


def mark_chat(database: Database, chat: Chat, /, **changes: bool | int | str | None) -> None:
    """Write `blocked`, `stopped_seq`, `asked` or `keyboard`."""
    with database.writing() as connection:
        row = update(TelegramChat).where(TelegramChat.bot_id == chat.bot_id, TelegramChat.chat_id == chat.chat_id)
        connection.execute(row.values(**changes))


def remember_campaign(database: Database, conversation_id: str, campaign: str) -> None:
    """What first brought somebody here stays."""
    with database.writing() as connection:
        row = update(Conversation).where(Conversation.id == conversation_id, Conversation.page.is_(None))
        connection.execute(row.values(page=campaign))


def set_language(database: Database, conversation_id: str, language: str) -> None:
    """The language of what the channel itself says."""
    with database.writing() as connection:
        connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(language=language))


def count_chats(database: Database) -> Iterator[ChatCount]:
    """Every chat with how much was written and requested in it, oldest first."""
    messages = select(func.count()).where(Message.conversation_id == Conversation.id, Message.author == "visitor")
    requests = select(func.count()).where(Handoff.conversation_id == Conversation.id)
    columns = (TelegramChat.bot_id, TelegramChat.chat_id, Conversation.page, Conversation.language, TelegramChat.began_at)
    counts = (messages.scalar_subquery().label("messages"), requests.scalar_subquery().label("requests"))
    query = select(*columns, *counts).join(Conversation, Conversation.id == TelegramChat.conversation_id)
    with database.reading() as connection:
        for row in connection.execute(query.order_by(TelegramChat.began_at)):
            yield ChatCount(row.bot_id, row.chat_id, row.page, row.language, row.began_at, row.messages, row.requests)


_OWN = ("bot_id", "chat_id", "conversation_id", "blocked", "stopped_seq", "asked", "keyboard")
_CHATS = select(*(getattr(TelegramChat, name) for name in _OWN), Conversation.language, Conversation.page.label("campaign")).join(
    Conversation, Conversation.id == TelegramChat.conversation_id
)


def _one(database: Database, query: Select[tuple[object, ...]]) -> Chat | None:
    with database.reading() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return Chat(**row) if row else None

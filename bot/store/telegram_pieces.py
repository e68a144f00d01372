"""What was sent to Telegram: each piece of a message, and the number that Telegram gave it.

Responsible for the table `telegram_pieces`, which tells after a failure what was sent already. Must not know how to send.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from bot.store.conversations import lock_conversation
from bot.store.database import Database
from bot.store.telegram_chats import Chat
from bot.store.telegram_schema import TelegramChat, TelegramPiece, TelegramUpdate

# Numbers beyond the highest that we know, which messages in flight may have: as many as are sent at a time, and some.
_BEYOND = 25
# Where each chat counts for itself.
_BEYOND_IN_CHAT = 5
_MOST_CANDIDATES = 80


@dataclass(frozen=True)
class Sending:
    """A piece to be sent: `fresh`, or perhaps sent already under a number after `after_id`, or surely under `message_id`."""

    fresh: bool
    after_id: int
    message_id: int | None


def begin_piece(database: Database, chat: Chat, seq: int, number: int) -> Sending:
    """Write down that a piece is about to be sent. Raises ConversationErasedError or ConversationNotFoundError."""
    with database.writing() as connection:
        lock_conversation(connection, chat.conversation_id)
        this = select(TelegramPiece.after_id, TelegramPiece.message_id).where(*_is(chat, seq, number))
        row = connection.execute(this).one_or_none()
        if row:
            return Sending(False, row.after_id, row.message_id)
        after = _newest(connection, chat.bot_id)
        own = {"conversation_id": chat.conversation_id, "seq": seq, "number": number, "bot_id": chat.bot_id}
        connection.execute(insert(TelegramPiece), {**own, "after_id": after})
        return Sending(True, after, None)


def end_piece(database: Database, chat: Chat, seq: int, number: int, message_id: int, asked: str | None, keyboard: bool) -> None:
    """Write down under which number it was sent, and what it left on the person's screen."""
    own = (TelegramChat.bot_id == chat.bot_id, TelegramChat.chat_id == chat.chat_id)
    with database.writing() as connection:
        connection.execute(update(TelegramPiece).where(*_is(chat, seq, number)).values(message_id=message_id))
        if (asked, keyboard) != (chat.asked, chat.keyboard):
            connection.execute(update(TelegramChat).where(*own).values(asked=asked, keyboard=keyboard))


def list_candidates(database: Database, chat: Chat, after_id: int) -> list[int]:
    """The numbers under which a piece may have been sent whose fate is not known: none that is known to be another message."""
    of_bot = TelegramPiece.bot_id == chat.bot_id
    with database.reading() as connection:
        newest = _newest(connection, chat.bot_id)
        of_chat = connection.scalar(
            select(func.max(TelegramPiece.message_id)).where(TelegramPiece.conversation_id == chat.conversation_id)
        )
        known = set(
            connection.scalars(
                select(TelegramPiece.message_id).where(of_bot, TelegramPiece.message_id > min(after_id, of_chat or 0))
            )
        )
        known |= set(
            connection.scalars(
                select(TelegramUpdate.message_id).where(
                    TelegramUpdate.bot_id == chat.bot_id, TelegramUpdate.message_id > after_id
                )
            )
        )
    numbers = [*range((of_chat or 0) + 1, (of_chat or 0) + 1 + _BEYOND_IN_CHAT), *range(after_id + 1, newest + 1 + _BEYOND)]
    return [number for number in dict.fromkeys(numbers) if number not in known][:_MOST_CANDIDATES]


def _is(chat: Chat, seq: int, number: int) -> tuple[ColumnElement[bool], ...]:
    return (TelegramPiece.conversation_id == chat.conversation_id, TelegramPiece.seq == seq, TelegramPiece.number == number)


def _newest(connection: Connection, bot_id: int) -> int:
    """The highest number of a message that we know: Telegram counts all private chats of a bot together."""
    tables = (TelegramPiece, TelegramUpdate)
    return max(connection.scalar(select(func.max(table.message_id)).where(table.bot_id == bot_id)) or 0 for table in tables)

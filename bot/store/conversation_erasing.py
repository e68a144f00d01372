"""Erases what was said, at once and once more: everything with what is known of the person, or only the words.

Responsible for the tables of conversations; requests and Rasa's tracker are erased elsewhere. Must not know who calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.store.base import utc_now
from bot.store.conversation_schema import Attachment, Conversation, Message
from bot.store.conversations import lock_conversation
from bot.store.database import Database
from bot.store.erasing import empty_log, overwrite_deleted
from bot.store.telegram_schema import TelegramChat

# What stands where something was said until its person had it erased.
BLANK = "…"
# Longer than any turn of Rasa's that was under way while its conversation was erased.
_ERASE_AGAIN = timedelta(minutes=6)


def erase_messages(database: Database, conversation_id: str) -> None:
    """Delete everything said and everything known; the row stays, to say that the conversation was erased.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.writing() as connection:
        overwrite_deleted(connection)
        erase_locked(connection, lock_conversation(connection, conversation_id).id)
    empty_log(database.engine)


def erase_locked(connection: Connection, conversation_id: str) -> None:
    """The same within a transaction that has locked the conversation. What was sent to Telegram goes with the messages."""
    now = utc_now()
    connection.execute(delete(Message).where(Message.conversation_id == conversation_id))
    connection.execute(delete(TelegramChat).where(TelegramChat.conversation_id == conversation_id))
    bare = {"language": None, "page": None, "seen_at": None, "reply_due_at": None}
    erased = update(Conversation).where(Conversation.id == conversation_id)
    connection.execute(erased.values(**bare, erased_at=now, erase_again_at=now + _ERASE_AGAIN))


def blank_messages(database: Database, conversation_id: str) -> None:
    """Leave nothing of what was said until now but that it was: the conversation goes on, and its numbers have no gap.

    A conversation that is not kept here (the terminal's) is left alone.
    """
    bare: dict[str, list[object]] = {"choices": [], "cards": [], "topics": [], "sources": []}
    with database.writing() as connection:
        overwrite_deleted(connection)
        own = update(Message).where(Message.conversation_id == conversation_id)
        connection.execute(own.values(text=BLANK, **bare))
        connection.execute(delete(Attachment).where(Attachment.conversation_id == conversation_id))
        connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(page=None))
    empty_log(database.engine)


def list_to_erase_again(database: Database, now: datetime) -> list[str]:
    """Erased conversations of which something may have been written since, by a turn that was under way."""
    with database.reading() as connection:
        return list(connection.scalars(select(Conversation.id).where(Conversation.erase_again_at <= now)))


def finish_erasing(database: Database, conversation_id: str) -> None:
    with database.writing() as connection:
        connection.execute(update(Conversation).where(Conversation.id == conversation_id).values(erase_again_at=None))

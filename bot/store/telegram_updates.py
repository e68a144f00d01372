"""Updates of Telegram: each stored once, given in order, and forgotten but for its number when it is done.

Responsible for the table `telegram_updates`. Must not know what an update means.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.erasing import empty_log, overwrite_deleted
from bot.store.telegram_schema import TelegramChat, TelegramUpdate

_MOST = 200


@dataclass(frozen=True)
class StoredUpdate:
    """What is kept of an update: whose chat, which message, and what else matters of it, as JSON."""

    update_id: int
    chat_id: int | None
    message_id: int | None
    content: dict[str, Any]


def store_updates(database: Database, bot_id: int, updates: Sequence[StoredUpdate], patience: timedelta) -> None:
    """Store those that are not stored yet. Each may wait for `patience` for the updates before it."""
    now = utc_now()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": each.update_id,
            "chat_id": each.chat_id,
            "message_id": each.message_id,
            "content": each.content,
            "received_at": now,
            "due_at": now + patience,
        }
        for each in updates
    ]
    with database.writing() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(TelegramUpdate).on_conflict_do_nothing(), rows)


def list_due_updates(database: Database, bot_id: int, without: Collection[int | None] = ()) -> list[StoredUpdate]:
    """The open updates whose turn has come, in order: those without a gap before them, and those that waited long enough.

    `without` are chats whose updates are being worked on.
    """
    now, own, column = utc_now(), TelegramUpdate.bot_id == bot_id, TelegramUpdate.update_id
    is_open = TelegramUpdate.done_at.is_(None)
    columns = (column, TelegramUpdate.chat_id, TelegramUpdate.message_id, TelegramUpdate.content, TelegramUpdate.due_at)
    free = or_(TelegramUpdate.chat_id.is_(None), TelegramUpdate.chat_id.not_in([chat for chat in without if chat is not None]))
    with database.reading() as connection:
        rows = connection.execute(select(*columns).where(own, is_open, free).order_by(column).limit(_MOST)).all()
        if not rows:
            return []
        first = connection.scalar(select(func.min(column)).where(own, is_open)) or rows[0].update_id
        ids = connection.scalars(select(column).where(own, column >= first - 1, column <= rows[-1].update_id))
        whole = _whole_until(sorted(ids), first)
    due, held = [], set(without)
    for row in rows:
        if row.chat_id not in held and (row.update_id <= whole or row.due_at <= now):
            due.append(StoredUpdate(row.update_id, row.chat_id, row.message_id, row.content or {}))
        else:
            held.add(row.chat_id)
    return due


def _whole_until(ids: Sequence[int], first: int) -> int:
    """The last number up to which nothing is missing, given those from the one before `first` on."""
    last = first - 1
    if not ids or ids[0] != last:
        return last
    for number in ids[1:]:
        if number != last + 1:
            break
        last = number
    return last


def finish_update(database: Database, bot_id: int, update_id: int) -> None:
    """It is done; nothing but its number stays."""
    with database.writing() as connection:
        overwrite_deleted(connection)
        row = update(TelegramUpdate).where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.update_id == update_id)
        connection.execute(row.values(done_at=utc_now(), content=None, chat_id=None))


def erase_update(database: Database, bot_id: int, update_id: int) -> None:
    """Finish it so that what it held cannot be read from the file any more either."""
    finish_update(database, bot_id, update_id)
    empty_log(database.engine)


def drop_updates_of(database: Database, conversation_id: str) -> None:
    """Leave nothing of the updates that wait in the chat of a conversation that is about to be erased."""
    chats = select(TelegramChat.bot_id, TelegramChat.chat_id).where(TelegramChat.conversation_id == conversation_id)
    waiting = (TelegramUpdate.done_at.is_(None), tuple_(TelegramUpdate.bot_id, TelegramUpdate.chat_id).in_(chats))
    with database.writing() as connection:
        overwrite_deleted(connection)
        connection.execute(update(TelegramUpdate).where(*waiting).values(done_at=utc_now(), content=None, chat_id=None))


def forget_updates(database: Database, bot_id: int, before: datetime) -> None:
    """Drop the numbers of updates done before a time: Telegram does not deliver them any more. The newest stays."""
    newest = select(func.max(TelegramUpdate.update_id)).where(TelegramUpdate.bot_id == bot_id).scalar_subquery()
    old = (TelegramUpdate.bot_id == bot_id, TelegramUpdate.done_at < before, TelegramUpdate.update_id < newest)
    with database.writing() as connection:
        connection.execute(delete(TelegramUpdate).where(*old))


def count_waiting(database: Database) -> int:
    """How many updates are stored and not done."""
    query = select(func.count()).select_from(TelegramUpdate).where(TelegramUpdate.done_at.is_(None))
    with database.reading() as connection:
        return int(connection.scalar(query) or 0)


def rewrite_update(database: Database, bot_id: int, update_id: int, content: dict[str, Any]) -> None:
    """Change what is left to do about an update that is not done."""
    with database.writing() as connection:
        overwrite_deleted(connection)
        row = update(TelegramUpdate).where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.update_id == update_id)
        connection.execute(row.where(TelegramUpdate.done_at.is_(None)).values(content=content))

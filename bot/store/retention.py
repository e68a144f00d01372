"""Erases what was kept for long enough.

Responsible for what is old, and for what stays of it: of a request only what the programme counts, and nothing that leads to
the person. What was said is erased as at the wish of its person (`conversation_erasing`). Must not know for how long is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.core.handoff import UNATTENDED, UNDERWAY, Actor, ContactKind, HandoffStatus
from bot.store.base import utc_now
from bot.store.conversation_erasing import erase_locked
from bot.store.conversation_schema import Conversation, Message
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError, lock_conversation
from bot.store.counting import count_and_forget
from bot.store.database import Database
from bot.store.erasing import empty_log, overwrite_deleted
from bot.store.handoff_changes import HandoffRow, change_status, lock_handoffs_of
from bot.store.handoff_schema import Handoff, HandoffChange, Notice
from bot.store.inbox_schema import HandoffNote, HandoffRead
from bot.store.question_schema import ReviewQuestion
from bot.store.staff_schema import Audit
from bot.store.telegram_schema import TelegramUpdate

_UNDERWAY = [str(status) for status in UNDERWAY]


def list_old(database: Database, before: datetime, limit: int) -> list[str]:
    """Conversations in which nothing happened since a time, nor in their requests, the oldest first.

    Those of the terminal are not kept here; of them there is only what was requested.
    """
    said = select(Conversation.id).where(*_is_old(before)).order_by(Conversation.created_at).limit(limit)
    requested = select(Handoff.conversation_id).distinct().where(*_is_old_alone(before)).limit(limit)
    with database.reading() as connection:
        return [*connection.scalars(said), *connection.scalars(requested)][:limit]


def erase_old(database: Database, conversation_id: str, before: datetime) -> bool:
    """Erase one of them, unless something happened in it by now; whether it was erased."""
    with database.writing() as connection:
        overwrite_deleted(connection)
        channel = _lock(connection, conversation_id)
        old = select(Conversation.id).where(Conversation.id == conversation_id, *_is_old(before))
        if channel is None:
            old = select(Handoff.conversation_id).where(Handoff.conversation_id == conversation_id, *_is_old_alone(before))
        if connection.scalar(old.limit(1)) is None:
            return False
        requests = lock_handoffs_of(connection, conversation_id, list(HandoffStatus))
        count_and_forget(connection, conversation_id)  # while it is known whose they are
        for row in requests:
            _bare(connection, row, channel)
        if channel is not None:
            erase_locked(connection, conversation_id)
    empty_log(database.engine)
    return True


def list_unknown(database: Database, conversation_ids: Sequence[str]) -> list[str]:
    """Those of which neither a conversation nor a request is kept here: what Rasa keeps of them, it keeps alone."""
    known: set[str] = set()
    with database.reading() as connection:
        for column in (Conversation.id, Handoff.conversation_id):
            known |= set(connection.scalars(select(column).where(column.in_(conversation_ids))))
    return [each for each in conversation_ids if each not in known]


def forget_old_records(database: Database, before: datetime) -> None:
    """Of what staff did, who, when and what kind stays; of updates never handled, their number; of old questions, nothing."""
    with database.writing() as connection:
        overwrite_deleted(connection)
        about = (Audit.at < before, Audit.handoff_id.is_not(None))
        connection.execute(update(Audit).where(*about).values(handoff_id=None, detail=None))
        unhandled = update(TelegramUpdate).where(TelegramUpdate.done_at.is_(None), TelegramUpdate.received_at < before)
        connection.execute(unhandled.values(done_at=utc_now(), content=None, chat_id=None))
        connection.execute(delete(ReviewQuestion).where(ReviewQuestion.last_at < before))
    empty_log(database.engine)


def _lock(connection: Connection, conversation_id: str) -> str | None:
    """The channel, or None where the conversation is not kept here."""
    with suppress(ConversationNotFoundError, ConversationErasedError):
        return str(lock_conversation(connection, conversation_id).channel)
    return None


def _is_old(before: datetime) -> tuple[ColumnElement[bool], ...]:
    last = (Message.conversation_id == Conversation.id, Message.seq == Conversation.last_seq)
    return (
        Conversation.erased_at.is_(None),
        Conversation.created_at < before,
        ~exists().where(*last, Message.at >= before),
        ~_is_busy(Conversation.id, before),
    )


def _is_old_alone(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Handoff.erased_at.is_(None),
        Handoff.created_at < before,
        ~exists().where(Conversation.id == Handoff.conversation_id),
        ~_is_busy(Handoff.conversation_id, before),
    )


def _is_busy(conversation_id: InstrumentedAttribute[str], before: datetime) -> ColumnElement[bool]:
    """Staff are at a request of the conversation, or one was made, changed or noted about since."""
    request = aliased(Handoff)
    changed = exists().where(HandoffChange.handoff_id == request.id, HandoffChange.at >= before)
    noted = exists().where(HandoffNote.handoff_id == request.id, HandoffNote.at >= before)
    recent = or_(request.status.in_(_UNDERWAY), request.created_at >= before, changed, noted)
    return exists().where(request.conversation_id == conversation_id, recent)


def _bare(connection: Connection, row: HandoffRow, channel: str | None) -> None:
    """Leave audience, state, office, language, channel, outcomes and times; what nobody took up in all that time has expired."""
    if HandoffStatus(row.status) in UNATTENDED:
        change_status(connection, row, HandoffStatus.EXPIRED, Actor.CLOCK)
    for table in (HandoffNote, HandoffRead, Notice):
        connection.execute(delete(table).where(table.handoff_id == row.id))
    connection.execute(update(Audit).where(Audit.handoff_id == row.id).values(handoff_id=None, detail=None))
    nobody = dict.fromkeys(("contact_name", "contact_value", "contact_time", "result", "reason"))
    nowhere = {"reference": f"old-{secrets.token_hex(6)}", "conversation_id": secrets.token_hex(16), "request_key": ""}
    said: dict[str, object] = {"answers": {}, "topics": [], "transcript": [], "contact_kind": str(ContactKind.NONE)}
    bare = update(Handoff).where(Handoff.id == row.id).values(**nobody, **nowhere, **said)
    connection.execute(bare.values(channel=channel, consented_at=Handoff.created_at, urgent=False, erased_at=utc_now()))

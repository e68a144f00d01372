"""Who reads on: when a visitor of the website was last there, and which answers of staff they have not seen.

Responsible for `conversations.seen_at`, and for adding what is due to people who left. Channels that are sent to (Telegram) bring
messages by themselves. Must not know how anybody is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from bot.core.conversation import Author
from bot.core.handoff import UNDERWAY, ContactKind, HandoffStatus
from bot.store.base import utc_now
from bot.store.conversation_schema import Conversation, Message
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError, lock_handoff
from bot.store.handoff_schema import Handoff
from bot.store.notices import NoticeKind, add_notices, add_reply

_SEEN_EVERY = timedelta(seconds=5)
_AT_ONCE = 50
_REACHABLE = [str(status) for status in UNDERWAY | {HandoffStatus.CLOSED}]


@dataclass(frozen=True)
class Unseen:
    """What staff wrote since the person was there last, and the page where the conversation was begun."""

    texts: Sequence[str]
    page: str | None


def mark_seen(database: Database, conversation_ids: Collection[str]) -> None:
    """Somebody reads these conversations now."""
    now = utc_now()
    old = Conversation.seen_at.is_(None) | (Conversation.seen_at < now - _SEEN_EVERY)
    with database.reading() as connection:
        due = connection.scalars(select(Conversation.id).where(Conversation.id.in_(list(conversation_ids)), old)).all()
    if due:
        with database.writing() as connection:
            connection.execute(update(Conversation).where(Conversation.id.in_(due)).values(seen_at=now))


def read_unseen(database: Database, conversation_id: str, seq: int) -> Unseen:
    """Up to the message `seq`."""
    columns = (Message.text, Conversation.page)
    unseen = (Message.author == str(Author.STAFF), Message.seq <= seq, Message.conversation_id == conversation_id)
    later = Conversation.seen_at.is_(None) | (Message.at > Conversation.seen_at)
    query = select(*columns).join(Conversation, Conversation.id == Message.conversation_id).where(*unseen, later)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(Message.seq)).all()
    return Unseen([row.text for row in rows], rows[0].page if rows else None)


def reach_who_left(database: Database, now: datetime) -> list[str]:
    """Add the notices for answers of staff that nobody came to see: by e-mail, or a call by staff, as the person chose.

    Once for each conversation until staff write again. Gives the references of those handoffs.
    """
    due = select(Conversation.id).where(Conversation.reply_due_at <= now).limit(_AT_ONCE)
    with database.reading() as connection:
        waiting = connection.scalars(due).all()
    return [reference for each in waiting if (reference := _reach(database, each, now))]


def _reach(database: Database, conversation_id: str, now: datetime) -> str | None:
    """The handoff whose contact was used, None where the person has seen everything or gave no contact."""
    this = (Conversation.id == conversation_id, Conversation.reply_due_at <= now)
    with database.writing() as connection:
        taken = update(Conversation).where(*this).values(reply_due_at=None).returning(Conversation.seen_at)
        row = connection.execute(taken).one_or_none()
        if row is None:
            return None
        by_staff = (Message.conversation_id == conversation_id, Message.author == str(Author.STAFF))
        last = connection.execute(
            select(Message.seq, Message.at).where(*by_staff).order_by(Message.seq.desc()).limit(1)
        ).one_or_none()
        if last is None or (row.seen_at and row.seen_at >= last.at):
            return None
        with_contact = (Handoff.conversation_id == conversation_id, Handoff.contact_value.is_not(None))
        newest = select(func.max(Handoff.id)).where(*with_contact, Handoff.status.in_(_REACHABLE)).scalar_subquery()
        try:
            handoff = lock_handoff(connection, Handoff.id == newest)
        except HandoffNotFoundError:
            return None
        if handoff.contact_kind == ContactKind.EMAIL:
            add_reply(connection, handoff.id, last.seq)
        else:
            add_notices(connection, handoff, NoticeKind.CALL, f"call:{last.seq}")
        return str(handoff.reference)

"""Conversations and what is said in them.

Responsible for starting, adding in order and once, reading, changing the owner and erasing. Must not know what is said, nor
who calls. Everything that changes a conversation locks its row first, so that its messages are numbered without gaps.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, select, update
from sqlalchemy.orm import Session

from bot.core.conversation import FETCHED_CHANNELS, Author, Choice, Message, Owner, Said, TurnState
from bot.store.base import utc_now
from bot.store.conversation_schema import Conversation, Delivery, Turn
from bot.store.conversation_schema import Message as MessageRow
from bot.store.database import Database
from bot.store.erasing import empty_log, overwrite_deleted
from bot.store.telegram_schema import TelegramChat

# What stands where something was said until its person had it erased.
BLANK = "…"
# Longer than any turn of Rasa's that was under way while its conversation was erased.
_ERASE_AGAIN = timedelta(minutes=6)
OPEN = (str(TurnState.RECEIVED), str(TurnState.WAITING))


class ConversationNotFoundError(LookupError):
    """There is no conversation of that id."""


class ConversationErasedError(LookupError):
    """The conversation was erased at its person's wish."""


class UnknownChoiceError(LookupError):
    """No message of the conversation has that choice."""


class OwnerChangedError(Exception):
    """The conversation does not belong to whom it was thought to."""


@dataclass(frozen=True)
class Access:
    """What is needed to decide whether somebody may open a conversation."""

    token_hash: str
    channel: str
    language: str | None
    erased: bool


@dataclass(frozen=True)
class View:
    """A conversation at one moment: its newer messages, whose it is, and whether an answer of the assistant is under way."""

    owner: Owner
    erased: bool
    answering: bool
    last_seq: int
    messages: tuple[Message, ...] = ()


def create_conversation(
    database: Database,
    conversation_id: str,
    token_hash: str,
    channel: str,
    language: str | None,
    page: str | None,
    greeting: Said,
) -> list[Message]:
    """A new conversation of the assistant's with its greeting."""
    with database.transaction() as session:
        return add_conversation(session, conversation_id, token_hash, channel, language, page, [greeting])


def add_conversation(
    session: Session,
    conversation_id: str,
    token_hash: str,
    channel: str,
    language: str | None,
    page: str | None,
    said: Sequence[Said],
) -> list[Message]:
    """A new conversation of the assistant's with what is said first, as part of a transaction."""
    row = Conversation(id=conversation_id, token_hash=token_hash, channel=channel, language=language, page=page, last_seq=0)
    row.owner = str(Owner.ASSISTANT)
    session.add(row)
    session.flush()
    return add_messages(session, row, said)


def find_access(database: Database, conversation_id: str) -> Access | None:
    columns = (Conversation.token_hash, Conversation.channel, Conversation.language, Conversation.erased_at)
    with database.reading() as connection:
        row = connection.execute(select(*columns).where(Conversation.id == conversation_id)).one_or_none()
    return Access(row.token_hash, row.channel, row.language, row.erased_at is not None) if row else None


def receive_message(database: Database, conversation_id: str, said: Said) -> int:
    """Store what the visitor wrote, and that it waits for an answer; gives its number. The same client_id again changes nothing.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.transaction() as session:
        row = lock_conversation(session, conversation_id)
        known = session.scalar(
            select(MessageRow.seq).where(MessageRow.conversation_id == row.id, MessageRow.client_id == said.client_id)
        )
        if known is not None:
            return known
        (message,) = add_messages(session, row, [said])
        state = TurnState.RECEIVED if row.owner == Owner.ASSISTANT else TurnState.LEFT_TO_STAFF
        session.add(Turn(conversation_id=row.id, seq=message.seq, state=str(state)))
        return message.seq


def find_choice(database: Database, conversation_id: str, choice_id: str) -> str:
    """The title of a choice. Raises UnknownChoiceError."""
    seq = choice_id.partition("-")[0]
    if not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        raise UnknownChoiceError
    query = select(MessageRow.choices).where(MessageRow.conversation_id == conversation_id, MessageRow.seq == int(seq))
    with database.reading() as connection:
        choices = connection.scalar(query) or []
    for choice in choices:
        if choice["id"] == choice_id:
            return str(choice["title"])
    raise UnknownChoiceError


def say_once(database: Database, conversation_id: str, said: Said) -> int:
    """Add something, unless something of its cause was said before; the number of what was said.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.transaction() as session:
        row = lock_conversation(session, conversation_id)
        same = select(MessageRow.seq).where(MessageRow.conversation_id == row.id, MessageRow.cause == said.cause)
        return session.scalar(same) or add_messages(session, row, [said])[0].seq


def say_as_staff(database: Database, conversation_id: str, said: Said) -> list[Message]:
    """Add what a person of the staff writes. Raises OwnerChangedError unless staff own the conversation."""
    with database.transaction() as session:
        row = lock_conversation(session, conversation_id)
        if row.owner != Owner.STAFF:
            raise OwnerChangedError
        return add_messages(session, row, [said])


def change_owner(database: Database, conversation_id: str, before: Owner, after: Owner, said: Said) -> None:
    """Give the conversation from one owner to the other and say so; what still waits for the assistant is then for staff.

    Raises OwnerChangedError if it is not (or no longer) `before` who owns it: of two that try, one succeeds.
    """
    with database.transaction() as session:
        row = lock_conversation(session, conversation_id)
        if row.owner != before or before == after:
            raise OwnerChangedError
        row.owner = str(after)
        if after is Owner.STAFF:
            waiting = update(Turn).where(Turn.conversation_id == row.id, Turn.state.in_(OPEN))
            session.execute(waiting.values(state=str(TurnState.LEFT_TO_STAFF), claimed_by=None, ended_at=utc_now()))
        add_messages(session, row, [said])


def read_view(database: Database, conversation_id: str, after: int = 0, limit: int = 200) -> View:
    """The messages after a number, at most `limit`, and the state. Raises ConversationNotFoundError."""
    waits = exists().where(Turn.conversation_id == Conversation.id, Turn.state.in_(OPEN)).label("answering")
    columns = (Conversation.owner, Conversation.erased_at, Conversation.last_seq, waits)
    with database.reading() as connection:
        row = connection.execute(select(*columns).where(Conversation.id == conversation_id)).one_or_none()
        if row is None:
            raise ConversationNotFoundError
        newer = (
            select(*MessageRow.__table__.c)
            .where(MessageRow.conversation_id == conversation_id, MessageRow.seq > min(after, 2**31 - 1))
            .order_by(MessageRow.seq)
            .limit(limit)
        )
        found = connection.execute(newer).all() if row.last_seq > after else []
    messages = tuple(_message(each) for each in found)
    return View(Owner(row.owner), row.erased_at is not None, row.answering, row.last_seq, messages)


def list_changes(database: Database, conversation_ids: Sequence[str]) -> dict[str, tuple[int, str, bool]]:
    """What tells whether a conversation changed: its last number, its owner and whether it was erased."""
    columns = (Conversation.id, Conversation.last_seq, Conversation.owner, Conversation.erased_at)
    with database.reading() as connection:
        rows = connection.execute(select(*columns).where(Conversation.id.in_(conversation_ids)))
        return {row.id: (row.last_seq, row.owner, row.erased_at is not None) for row in rows}


def erase_messages(database: Database, conversation_id: str) -> None:
    """Delete everything said and everything known; the row stays, to say that the conversation was erased.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.transaction() as session:
        overwrite_deleted(session.connection())
        row = lock_conversation(session, conversation_id)
        session.execute(delete(MessageRow).where(MessageRow.conversation_id == row.id))
        session.execute(delete(TelegramChat).where(TelegramChat.conversation_id == row.id))
        row.language, row.page = None, None
        row.erased_at = utc_now()
        row.erase_again_at = row.erased_at + _ERASE_AGAIN
    empty_log(database.engine)


def blank_messages(database: Database, conversation_id: str) -> None:
    """Leave nothing of what was said until now but that it was: the conversation goes on, and its numbers have no gap.

    A conversation that is not kept here (the terminal's) is left alone.
    """
    bare: dict[str, list[object]] = {"choices": [], "cards": [], "topics": [], "sources": []}
    with database.transaction() as session:
        overwrite_deleted(session.connection())
        own = update(MessageRow).where(MessageRow.conversation_id == conversation_id)
        session.execute(own.values(text=BLANK, **bare))
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(page=None))
    empty_log(database.engine)


def list_to_erase_again(database: Database, now: datetime) -> list[str]:
    """Erased conversations of which something may have been written since, by a turn that was under way."""
    with database.reading() as connection:
        return list(connection.scalars(select(Conversation.id).where(Conversation.erase_again_at <= now)))


def finish_erasing(database: Database, conversation_id: str) -> None:
    with database.transaction() as session:
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(erase_again_at=None))


def lock_conversation(session: Session, conversation_id: str) -> Conversation:
    """The conversation, which nobody else changes until the transaction ends.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    row = session.scalars(select(Conversation).where(Conversation.id == conversation_id).with_for_update()).one_or_none()
    if row is None:
        raise ConversationNotFoundError
    if row.erased_at is not None:
        raise ConversationErasedError
    return row


def add_messages(session: Session, row: Conversation, said: Sequence[Said]) -> list[Message]:
    """Number the messages and store them, and what has to be sent to a channel. The conversation must be locked."""
    added = [_row(row.id, row.last_seq + number, each) for number, each in enumerate(said, 1)]
    row.last_seq += len(added)
    session.add_all(added)
    session.flush()
    if row.channel not in FETCHED_CHANNELS:
        sent = [each for each in added if each.author != Author.VISITOR]
        session.add_all(Delivery(conversation_id=row.id, seq=each.seq, channel=row.channel) for each in sent)
    return [_message(each) for each in added]


def _row(conversation_id: str, seq: int, said: Said) -> MessageRow:
    return MessageRow(
        conversation_id=conversation_id,
        seq=seq,
        author=str(said.author),
        client_id=said.client_id,
        cause=said.cause,
        text=said.text,
        choices=[asdict(Choice(f"{seq}-{secrets.token_hex(6)}", title)) for title in said.choices],
        cards=[dict(card) for card in said.cards],
        topics=list(said.topics),
        sources=[dict(source) for source in said.sources],
        at=utc_now(),
    )


def _message(row: MessageRow | Row[Any]) -> Message:
    """Of a row of either kind: an object, or a line of a result."""
    return Message(
        seq=row.seq,
        author=Author(row.author),
        text=row.text,
        at=row.at,
        client_id=row.client_id,
        choices=tuple(Choice(**choice) for choice in row.choices),
        cards=tuple(row.cards),
        topics=tuple(row.topics),
        sources=tuple(row.sources),
    )

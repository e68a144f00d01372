"""Conversations and what is said in them.

Responsible for starting, adding in order and once, reading and changing the owner. Must not know what is said, nor
who calls. Everything that changes a conversation locks its row first, so that its messages are numbered without gaps.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from bot.core.conversation import FETCHED_CHANNELS, Author, Choice, Message, Owner, Said, TurnState
from bot.core.handoff import UNDERWAY, Actor, HandoffStatus
from bot.store.base import utc_now
from bot.store.conversation_schema import Conversation, Delivery, Turn
from bot.store.conversation_schema import Message as MessageRow
from bot.store.database import Database
from bot.store.handoff_changes import change_statuses_of
from bot.store.journeys import begin_journey, note_reply

# Who looks at the page again within this time needs no e-mail.
_SEEN_WITHIN = timedelta(minutes=3)
OPEN = (str(TurnState.RECEIVED), str(TurnState.WAITING))
# Statements that each message passes are made once: SQLAlchemy takes twice as long to make them as SQLite to run them.
_THIS = Conversation.id == bindparam("this")
_ACCESS = select(Conversation.token_hash, Conversation.channel, Conversation.language, Conversation.erased_at).where(_THIS)
_LOCK = (
    select(*(Conversation.__table__.c[name] for name in ("id", "channel", "language", "owner", "last_seq", "erased_at")))
    .where(_THIS)
    .with_for_update()
)
_NUMBER = update(Conversation).where(_THIS).values(last_seq=bindparam("last"))
_KNOWN = select(MessageRow.seq).where(
    MessageRow.conversation_id == bindparam("this"), MessageRow.client_id == bindparam("client")
)
_STATE = select(
    Conversation.owner,
    Conversation.erased_at,
    Conversation.last_seq,
    exists().where(Turn.conversation_id == Conversation.id, Turn.state.in_(OPEN)).label("answering"),
).where(_THIS)
_NEWER = (
    select(*MessageRow.__table__.c)
    .where(MessageRow.conversation_id == bindparam("this"), MessageRow.seq > bindparam("after"))
    .order_by(MessageRow.seq)
    .limit(bindparam("most"))
)
_CHANGES = select(Conversation.id, Conversation.last_seq, Conversation.owner, Conversation.erased_at).where(
    Conversation.id.in_(bindparam("these", expanding=True))
)


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
    with database.writing() as connection:
        return add_conversation(connection, conversation_id, token_hash, channel, language, page, [greeting])


def add_conversation(
    connection: Connection,
    conversation_id: str,
    token_hash: str,
    channel: str,
    language: str | None,
    page: str | None,
    said: Sequence[Said],
) -> list[Message]:
    """A new conversation of the assistant's with what is said first, as part of a transaction."""
    values = {"id": conversation_id, "token_hash": token_hash, "channel": channel, "language": language, "page": page}
    connection.execute(insert(Conversation), values)
    begin_journey(connection, conversation_id, channel, language)
    return add_messages(connection, lock_conversation(connection, conversation_id), said)


def find_access(database: Database, conversation_id: str) -> Access | None:
    with database.reading() as connection:
        row = connection.execute(_ACCESS, {"this": conversation_id}).one_or_none()
    return Access(row.token_hash, row.channel, row.language, row.erased_at is not None) if row else None


def receive_message(database: Database, conversation_id: str, said: Said, leaving: Said | None = None) -> int:
    """Store what the visitor wrote, and that it waits for an answer; gives its number. The same client_id again changes nothing.

    While staff own the conversation it is for them, and answers what they wait for; with `leaving` the person gives the
    conversation back to the assistant, and hears that. Raises ConversationNotFoundError or ConversationErasedError.
    """
    with database.writing() as connection:
        return receive_in(connection, lock_conversation(connection, conversation_id), said, leaving)


def receive_in(
    connection: Connection, row: Row[*tuple[Any, ...]], said: Said, leaving: Said | None = None, to_staff: bool = False
) -> int:
    """The same within a transaction that has locked the conversation; what goes `to_staff` waits for no answer."""
    known = connection.scalar(_KNOWN, {"this": row.id, "client": said.client_id})
    if known is not None:
        return int(known)
    (message,) = add_messages(connection, row, [said])
    state = TurnState.RECEIVED if row.owner == Owner.ASSISTANT and not to_staff else TurnState.LEFT_TO_STAFF
    connection.execute(insert(Turn), {"conversation_id": row.id, "seq": message.seq, "state": str(state)})
    if row.owner == Owner.STAFF:
        _answer_staff(connection, row.id, leaving)
    return message.seq


def _answer_staff(connection: Connection, conversation_id: str, leaving: Said | None) -> None:
    waiting, talking = HandoffStatus.WAITING_FOR_PERSON, HandoffStatus.IN_CONVERSATION
    if leaving is None:
        change_statuses_of(connection, conversation_id, {waiting}, talking, Actor.PERSON)
        return
    change_statuses_of(connection, conversation_id, UNDERWAY, HandoffStatus.RETURNED, Actor.PERSON)
    row = lock_conversation(connection, conversation_id)  # its last number is another by now
    hand_conversation(connection, row, Owner.STAFF, Owner.ASSISTANT, leaving)


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
    with database.writing() as connection:
        row = lock_conversation(connection, conversation_id)
        same = select(MessageRow.seq).where(MessageRow.conversation_id == row.id, MessageRow.cause == said.cause)
        return connection.scalar(same) or add_messages(connection, row, [said])[0].seq


def say_as_staff(database: Database, conversation_id: str, said: Said) -> list[Message]:
    """Add what a person of the staff writes. Raises OwnerChangedError unless staff own the conversation."""
    with database.writing() as connection:
        row = lock_conversation(connection, conversation_id)
        if row.owner != Owner.STAFF:
            raise OwnerChangedError
        if row.channel in FETCHED_CHANNELS:
            due = update(Conversation).where(Conversation.id == row.id).values(reply_due_at=utc_now() + _SEEN_WITHIN)
            connection.execute(due)
        note_reply(connection, row.id)
        return add_messages(connection, row, [said])


def change_owner(database: Database, conversation_id: str, before: Owner, after: Owner, said: Said) -> None:
    """Give the conversation from one owner to the other and say so; what still waits for the assistant is then for staff.

    Raises OwnerChangedError if it is not (or no longer) `before` who owns it: of two that try, one succeeds.
    """
    with database.writing() as connection:
        hand_conversation(connection, lock_conversation(connection, conversation_id), before, after, said)


def hand_conversation(connection: Connection, row: Row[*tuple[Any, ...]], before: Owner, after: Owner, said: Said) -> None:
    """The same within a transaction that has locked the conversation."""
    if row.owner != before or before == after:
        raise OwnerChangedError
    connection.execute(update(Conversation).where(Conversation.id == row.id).values(owner=str(after)))
    if after is Owner.STAFF:
        waiting = update(Turn).where(Turn.conversation_id == row.id, Turn.state.in_(OPEN))
        connection.execute(waiting.values(state=str(TurnState.LEFT_TO_STAFF), claimed_by=None, ended_at=utc_now()))
    add_messages(connection, row, [said])


def read_view(database: Database, conversation_id: str, after: int = 0, limit: int = 200) -> View:
    """The messages after a number, at most `limit`, and the state. Raises ConversationNotFoundError."""
    with database.reading() as connection:
        row = connection.execute(_STATE, {"this": conversation_id}).one_or_none()
        if row is None:
            raise ConversationNotFoundError
        newer = {"this": conversation_id, "after": min(after, 2**31 - 1), "most": limit}
        found = connection.execute(_NEWER, newer).all() if row.last_seq > after else []
    messages = tuple(_message(each) for each in found)
    return View(Owner(row.owner), row.erased_at is not None, row.answering, row.last_seq, messages)


def list_changes(database: Database, conversation_ids: Sequence[str]) -> dict[str, tuple[int, str, bool]]:
    """What tells whether a conversation changed: its last number, its owner and whether it was erased."""
    with database.reading() as connection:
        rows = connection.execute(_CHANGES, {"these": list(conversation_ids)})
        return {row.id: (row.last_seq, row.owner, row.erased_at is not None) for row in rows}


def lock_conversation(connection: Connection, conversation_id: str) -> Row[*tuple[Any, ...]]:
    """The id, channel, language, owner and last number of a conversation, which nobody else changes until the transaction ends.

    Raises ConversationNotFoundError or ConversationErasedError.
    """
    row = connection.execute(_LOCK, {"this": conversation_id}).one_or_none()
    if row is None:
        raise ConversationNotFoundError
    if row.erased_at is not None:
        raise ConversationErasedError
    return row


def add_messages(connection: Connection, row: Row[*tuple[Any, ...]], said: Sequence[Said]) -> list[Message]:
    """Number the messages and store them, and what has to be sent to a channel. The conversation must be locked."""
    added = [_numbered(each, row.last_seq + number) for number, each in enumerate(said, 1)]
    if not added:
        return []
    values = [_values(row.id, message, each.cause) for message, each in zip(added, said, strict=True)]
    connection.execute(insert(MessageRow), values)
    connection.execute(_NUMBER, {"this": row.id, "last": added[-1].seq})
    sent = [each for each in added if each.author != Author.VISITOR] if row.channel not in FETCHED_CHANNELS else []
    if sent:
        connection.execute(
            insert(Delivery), [{"conversation_id": row.id, "seq": each.seq, "channel": row.channel} for each in sent]
        )
    return added


def _numbered(said: Said, seq: int) -> Message:
    choices = tuple(Choice(f"{seq}-{secrets.token_hex(6)}", title) for title in said.choices)
    more = (choices, said.cards, said.topics, said.sources, said.language)
    return Message(seq, said.author, said.text, utc_now(), said.client_id, *more)


def _values(conversation_id: str, message: Message, cause: str | None) -> dict[str, object]:
    """A line of the table `messages`."""
    return {
        "conversation_id": conversation_id,
        "seq": message.seq,
        "author": str(message.author),
        "client_id": message.client_id,
        "cause": cause,
        "text": message.text,
        "language": message.language,
        "choices": [asdict(choice) for choice in message.choices],
        "cards": [dict(card) for card in message.cards],
        "topics": list(message.topics),
        "sources": [dict(source) for source in message.sources],
        "at": message.at,
    }


def _message(row: Row[Any]) -> Message:
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
        language=row.language,
    )

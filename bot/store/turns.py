"""Turns: visitors' messages on their way to an answer, and what is said while they wait.

Responsible for the table `turns`, and for storing an answer and the end of its turn together. Must not know where answers
come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import aliased

from bot.core.conversation import Message, Said, TurnState
from bot.store.base import utc_now
from bot.store.claims import Claim, end_claim
from bot.store.conversation_schema import Conversation, Turn
from bot.store.conversation_schema import Message as MessageRow
from bot.store.conversations import OPEN, ConversationErasedError, add_messages, lock_conversation
from bot.store.database import Database
from bot.store.journeys import go_on

_QUESTION = (
    select(MessageRow.text, Conversation.language, Conversation.channel, Turn.received_at)
    .join(Conversation, Conversation.id == MessageRow.conversation_id)
    .join(Turn, (Turn.conversation_id == MessageRow.conversation_id) & (Turn.seq == MessageRow.seq))
    .where(MessageRow.conversation_id == bindparam("this"), MessageRow.seq == bindparam("number"))
)
_EARLIER, _ENDED = aliased(Turn), aliased(Turn)
_SLOW = (
    select(Turn.conversation_id, Turn.seq, Conversation.language)
    .join(Conversation, Conversation.id == Turn.conversation_id)
    .where(
        Turn.state.in_(OPEN),
        Turn.received_at <= bindparam("before"),
        Turn.notice < bindparam("told"),
        ~exists().where(_ENDED.conversation_id == Turn.conversation_id, _ENDED.ended_at > bindparam("before")),
        ~exists().where(_EARLIER.conversation_id == Turn.conversation_id, _EARLIER.seq < Turn.seq, _EARLIER.state.in_(OPEN)),
    )
)


@dataclass(frozen=True)
class Question:
    """What a turn asks, and the language in which its conversation was begun."""

    text: str
    language: str | None
    channel: str
    received_at: datetime


@dataclass(frozen=True)
class Slow:
    """A turn that waits for long."""

    conversation_id: str
    seq: int
    language: str | None


def read_question(database: Database, claim: Claim) -> Question:
    """What was claimed. Raises ConversationErasedError if it is gone."""
    with database.reading() as connection:
        row = connection.execute(_QUESTION, {"this": claim.conversation_id, "number": claim.seq}).one_or_none()
    if row is None:
        raise ConversationErasedError
    return Question(row.text, row.language, row.channel, row.received_at)


def end_turn(
    database: Database, claim: Claim, state: TurnState, said: Sequence[Said], seen: Sequence[Mapping[str, Any]] = ()
) -> list[Message]:
    """Store the answer (or the apology), how far the conversation has come (`seen`), and that the turn has ended: all or nothing.

    The language of the answer is the conversation's then.

    Raises ClaimLostError if it is not ours to answer any more, ConversationErasedError if it is gone.
    """
    caused = [replace(each, cause=f"{state}:{claim.seq}:{number}") for number, each in enumerate(said)]
    with database.writing() as connection:
        row = lock_conversation(connection, claim.conversation_id)
        end_claim(connection, Turn, claim, state, ended_at=utc_now())
        language = (said[-1].language if said else None) or row.language
        if language != row.language:
            connection.execute(update(Conversation).where(Conversation.id == row.id).values(language=language))
        go_on(connection, row.id, utc_now(), language, _office_named(said), seen)
        return add_messages(connection, row, caused)


def list_slow_turns(database: Database, received_before: datetime, notice: int) -> list[Slow]:
    """The first open turn of each conversation that waits since before a time and was not told `notice` yet.

    Who wrote much at once and is answered one after the other does not wait in silence.
    """
    with database.reading() as connection:
        found = connection.execute(_SLOW, {"before": received_before, "told": notice})
        return [Slow(row.conversation_id, row.seq, row.language) for row in found]


def tell_slow(database: Database, slow: Slow, notice: int, said: Said) -> bool:
    """Say something to who waits, once, unless the turn has ended by now; whether it was said."""
    first = (Turn.conversation_id == slow.conversation_id, Turn.seq == slow.seq)
    untold = update(Turn).where(*first, Turn.state.in_(OPEN), Turn.notice < notice).values(notice=notice)
    with database.writing() as connection:
        row = lock_conversation(connection, slow.conversation_id)
        if connection.execute(untold).rowcount == 0:
            return False
        add_messages(connection, row, [replace(said, cause=f"notice:{slow.seq}:{notice}")])
        return True


def _office_named(said: Sequence[Said]) -> str | None:
    """The office that comes first on the last cards."""
    return next((each.cards[0].get("office_id") for each in reversed(said) if each.cards), None)

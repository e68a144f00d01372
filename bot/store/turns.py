"""Turns: visitors' messages on their way to an answer, and what is said while they wait.

Responsible for the table `turns`, and for storing an answer and the end of its turn together. Must not know where answers
come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from bot.core.conversation import Message, Said, TurnState, require_change
from bot.store.base import utc_now
from bot.store.claims import Claim, hold_claim
from bot.store.conversation_schema import Conversation, Turn
from bot.store.conversation_schema import Message as MessageRow
from bot.store.conversations import OPEN, ConversationErasedError, add_messages, lock_conversation
from bot.store.database import Database


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
    query = (
        select(MessageRow.text, Conversation.language, Conversation.channel, Turn.received_at)
        .join(Conversation, Conversation.id == MessageRow.conversation_id)
        .join(Turn, (Turn.conversation_id == MessageRow.conversation_id) & (Turn.seq == MessageRow.seq))
        .where(MessageRow.conversation_id == claim.conversation_id, MessageRow.seq == claim.seq)
    )
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise ConversationErasedError
    return Question(row.text, row.language, row.channel, row.received_at)


def end_turn(database: Database, claim: Claim, state: TurnState, said: Sequence[Said]) -> list[Message]:
    """Store the answer (or the apology) and that the turn has ended, both or neither.

    Raises ClaimLostError if it is not ours to answer any more, ConversationErasedError if it is gone.
    """
    caused = [replace(each, cause=f"{state}:{claim.seq}:{number}") for number, each in enumerate(said)]
    with database.transaction() as session:
        row = lock_conversation(session, claim.conversation_id)
        turn = hold_claim(session, Turn, claim)
        require_change(turn.state, state)
        turn.state, turn.claimed_by, turn.ended_at = str(state), None, utc_now()
        return add_messages(session, row, caused)


def list_slow_turns(database: Database, received_before: datetime, notice: int) -> list[Slow]:
    """The first open turn of each conversation that waits since before a time and was not told `notice` yet.

    Who wrote much at once and is answered one after the other does not wait in silence.
    """
    earlier, ended = aliased(Turn), aliased(Turn)
    answered_since = exists().where(ended.conversation_id == Turn.conversation_id, ended.ended_at > received_before)
    first = ~exists().where(earlier.conversation_id == Turn.conversation_id, earlier.seq < Turn.seq, earlier.state.in_(OPEN))
    query = (
        select(Turn.conversation_id, Turn.seq, Conversation.language)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(Turn.state.in_(OPEN), Turn.received_at <= received_before, Turn.notice < notice, first, ~answered_since)
    )
    with database.reading() as connection:
        return [Slow(row.conversation_id, row.seq, row.language) for row in connection.execute(query)]


def tell_slow(database: Database, slow: Slow, notice: int, said: Said) -> bool:
    """Say something to who waits, once, unless the turn has ended by now; whether it was said."""
    with database.transaction() as session:
        row = lock_conversation(session, slow.conversation_id)
        turn = session.get(Turn, (slow.conversation_id, slow.seq), with_for_update=True)
        if turn is None or turn.state not in OPEN or turn.notice >= notice:
            return False
        turn.notice = notice
        add_messages(session, row, [replace(said, cause=f"notice:{slow.seq}:{notice}")])
        return True

"""What a person of the staff does with a handoff: the steps of `bot.store.case_work`, with what its person hears of them.

Responsible for the words and for waking who reads. Must not know pages: the inbox calls this, whoever else too. `agent` is who
does it; a handoff of another partner is as if there were none (HandoffNotFoundError).
"""

from __future__ import annotations

from datetime import date

from bot.conversation.own import write_as_staff
from bot.conversation.room import Room
from bot.conversation.texts import tell
from bot.core.conversation import Author, Message, Said
from bot.core.handoff import Agent, Outcome, TransferReason
from bot.core.language import Language
from bot.store.case_work import (
    close_handoff,
    relieve_colleague,
    require_own,
    return_conversation,
    take_conversation,
    transfer_handoff,
)
from bot.store.cases import find_partner_name, read_case
from bot.store.conversations import find_access


async def join_conversation(room: Room, agent: Agent, reference: str) -> None:
    """Accept the handoff if need be, and talk with its person: the assistant is silent from that moment, in every channel.

    Raises HandoffChangedError (somebody else has it: `staff_id`), OwnerChangedError (a person owns the conversation already),
    TransitionError (it has ended), HandoffNotFoundError, ConversationNotFoundError (the person talked in a terminal) or
    ConversationErasedError.
    """
    conversation_id, said = await _say(room, agent, reference, "staff_joined")
    await room.call(take_conversation, agent, reference, said)
    room.bell.ring(conversation_id)


async def leave_conversation(room: Room, agent: Agent, reference: str) -> None:
    """Give the conversation back to the assistant; the handoff is `returned`. Raises as `join_conversation`."""
    conversation_id, said = await _say(room, agent, reference, "staff_left")
    await room.call(return_conversation, agent, reference, said)
    room.bell.ring(conversation_id)


async def relieve(room: Room, agent: Agent, reference: str) -> None:
    """Go on with what a colleague has accepted. Raises HandoffNotFoundError, or HandoffChangedError where nobody is at it."""
    conversation_id, said = await _say(room, agent, reference, "staff_joined")
    await room.call(relieve_colleague, agent, reference, said)
    room.bell.ring(conversation_id)


async def write_to_person(room: Room, agent: Agent, reference: str, text: str) -> Message:
    """Raises HandoffChangedError where another agent has it, OwnerChangedError unless staff own the conversation."""
    conversation_id = await room.call(require_own, agent, reference)
    room.typing.end(conversation_id, Author.STAFF)
    return await write_as_staff(room, conversation_id, text)


async def tell_writing(room: Room, agent: Agent, reference: str) -> None:
    """The agent is writing, which the person sees while staff own the conversation. Raises HandoffChangedError as above."""
    conversation_id = await room.call(require_own, agent, reference)
    room.typing.note(conversation_id, Author.STAFF)
    room.bell.ring(conversation_id)


async def pass_on(room: Room, agent: Agent, reference: str, office_id: str, reason: TransferReason) -> None:
    """Transfer to another office, whose partner is told; the assistant answers meanwhile.

    Raises ConsentError where the person agreed to their partner only; HandoffNotFoundError, HandoffChangedError, TransitionError.
    """
    office = await room.read(find_partner_name, office_id=office_id)
    conversation_id, said = await _say(room, agent, reference, "staff_passed_on", office=office)
    await room.call(transfer_handoff, agent, reference, office_id, reason, said)
    room.bell.ring(conversation_id)


async def close_case(room: Room, agent: Agent, reference: str, outcome: Outcome, on_day: date) -> None:
    """The end, with what became of it. Raises HandoffError where the outcome does not fit the audience; else as `pass_on`."""
    conversation_id, said = await _say(room, agent, reference, "staff_closed", number=reference)
    await room.call(close_handoff, agent, reference, said, outcome, on_day)
    room.bell.ring(conversation_id)


async def _say(room: Room, agent: Agent, reference: str, phrase: str, **blanks: str | None) -> tuple[str, Said]:
    """The conversation, and the phrase with who acts, in its language."""
    line = (await room.read(read_case, agent, reference)).line
    access = await room.read(find_access, line.conversation_id)
    language = Language.parse(access.language if access and access.language else line.language)
    partner = await room.read(find_partner_name, partner_id=agent.partner_id) if agent.partner_id else None
    intermediary = partner or room.knowledge.say("national_staff", language)
    national = room.knowledge.say("national_office", language)
    named = {"intermediary": intermediary, **{name: value or national for name, value in blanks.items()}}
    return line.conversation_id, tell(room.knowledge, phrase, language, name=agent.first_name, **named)

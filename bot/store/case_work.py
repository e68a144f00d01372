"""The steps that a person of the staff makes with a handoff: accept, take the conversation, give it back, pass on, close.

Responsible for one transaction a step: the handoff, its history and its conversation change together or not at all. Who may see
a handoff is said in `cases`. Must not know pages nor channels, nor what is said.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.core.conversation import Owner, Said
from bot.core.handoff import (
    UNATTENDED,
    UNDERWAY,
    Actor,
    Agent,
    ConsentError,
    HandoffStatus,
    Outcome,
    TransferReason,
    covers_others,
    require_outcome,
)
from bot.core.routing import Audience
from bot.store.cases import of_agent, visible_to
from bot.store.conversations import (
    ConversationErasedError,
    ConversationNotFoundError,
    add_messages,
    hand_conversation,
    lock_conversation,
)
from bot.store.database import Database
from bot.store.handoff_changes import (
    HandoffChangedError,
    HandoffNotFoundError,
    HandoffRow,
    add_outcome,
    change_office,
    change_status,
    lock_handoff,
    note_change,
    take_back_outcome,
)
from bot.store.handoff_schema import Handoff
from bot.store.schema import Office


def accept_handoff(database: Database, agent: Agent, reference: str) -> None:
    """Of two agents one has it; the other gets a HandoffChangedError that says who.

    Raises HandoffNotFoundError, or TransitionError where it has ended.
    """
    with database.writing() as connection:
        row = _lock(connection, agent, reference)
        if HandoffStatus(row.status) in UNDERWAY - {HandoffStatus.RETURNED}:
            raise HandoffChangedError(HandoffStatus(row.status), row.staff_id)
        change_status(connection, row, HandoffStatus.ACCEPTED, Actor.STAFF, agent)


def take_conversation(database: Database, agent: Agent, reference: str, said: Said) -> None:
    """Accept the handoff if nobody has, and own its conversation from now on, which hears `said`.

    Raises HandoffChangedError where somebody else has it, OwnerChangedError where a person owns the conversation already,
    HandoffNotFoundError, TransitionError, ConversationNotFoundError or ConversationErasedError.
    """
    with database.writing() as connection:
        conversation = lock_conversation(connection, _conversation_of(connection, agent, reference))
        row = _lock(connection, agent, reference)
        if HandoffStatus(row.status) in UNATTENDED:
            change_status(connection, row, HandoffStatus.ACCEPTED, Actor.STAFF, agent)
            row = _lock(connection, agent, reference)
        if row.staff_id not in (None, agent.staff_id):
            raise HandoffChangedError(HandoffStatus(row.status), row.staff_id)
        change_status(connection, row, HandoffStatus.IN_CONVERSATION, Actor.STAFF, agent)
        hand_conversation(connection, conversation, Owner.ASSISTANT, Owner.STAFF, said)


def return_conversation(database: Database, agent: Agent, reference: str, said: Said) -> None:
    """Give the conversation back to the assistant. Raises OwnerChangedError if it has it already, and as `take_conversation`."""
    with database.writing() as connection:
        conversation = lock_conversation(connection, _conversation_of(connection, agent, reference))
        row = _lock_own(connection, agent, reference)
        change_status(connection, row, HandoffStatus.RETURNED, Actor.STAFF)
        hand_conversation(connection, conversation, Owner.STAFF, Owner.ASSISTANT, said)


def relieve_colleague(database: Database, agent: Agent, reference: str, said: Said) -> None:
    """Go on with what a colleague has accepted, as when they are away; where staff own the conversation it hears `said`.

    Raises HandoffNotFoundError, or HandoffChangedError where nobody is at it, or this agent already.
    """
    with database.writing() as connection:
        conversation = _lock_conversation(connection, _conversation_of(connection, agent, reference))
        row = _lock(connection, agent, reference)
        if HandoffStatus(row.status) not in UNDERWAY or row.staff_id == agent.staff_id:
            raise HandoffChangedError(HandoffStatus(row.status), row.staff_id)
        connection.execute(update(Handoff).where(Handoff.id == row.id).values(staff_id=agent.staff_id))
        note_change(connection, row.id, Actor.STAFF, "staff", row.staff_id, agent.staff_id, agent)
        if conversation is not None and conversation.owner == Owner.STAFF:
            add_messages(connection, conversation, [said])


def wait_for_person(database: Database, agent: Agent, reference: str) -> None:
    """Staff have written or called and wait. Raises HandoffChangedError, HandoffNotFoundError or TransitionError."""
    with database.writing() as connection:
        change_status(connection, _lock_own(connection, agent, reference), HandoffStatus.WAITING_FOR_PERSON, Actor.STAFF)


def transfer_handoff(
    database: Database, agent: Agent, reference: str, office_id: str, reason: TransferReason, said: Said
) -> None:
    """Give it to another office, where it is new; the person hears `said`, and the assistant answers again meanwhile.

    Raises ConsentError where the office is of another partner and the person did not agree to that; HandoffNotFoundError (also
    for an office that does not exist or has it already), HandoffChangedError or TransitionError.
    """
    with database.writing() as connection:
        conversation = _lock_conversation(connection, _conversation_of(connection, agent, reference))
        row = _lock_own(connection, agent, reference)
        _require_consent(connection, row, office_id)
        change_office(connection, row, office_id, Actor.STAFF, agent, reason)
        _let_go(connection, conversation, said)


def close_handoff(database: Database, agent: Agent, reference: str, said: Said, outcome: Outcome, on_day: date) -> None:
    """The end, with what became of it. The assistant owns the conversation again, which hears `said`.

    Raises HandoffError where the outcome is not one of this audience; else as `transfer_handoff`.
    """
    with database.writing() as connection:
        conversation = _lock_conversation(connection, _conversation_of(connection, agent, reference))
        row = _lock_own(connection, agent, reference)
        require_outcome(Audience(row.audience), outcome)
        add_outcome(connection, row, outcome, on_day, agent)
        change_status(connection, row, HandoffStatus.CLOSED, Actor.STAFF)
        _let_go(connection, conversation, said)


def note_outcome(database: Database, agent: Agent, reference: str, outcome: Outcome, on_day: date) -> None:
    """What became of the person later on, also after the end. Raises HandoffNotFoundError or HandoffError."""
    with database.writing() as connection:
        row = _lock(connection, agent, reference)
        require_outcome(Audience(row.audience), outcome)
        add_outcome(connection, row, outcome, on_day, agent)


def withdraw_outcome(database: Database, agent: Agent, reference: str, outcome_id: int) -> None:
    """Correct a mistake: the outcome stays in the history. Raises HandoffNotFoundError."""
    with database.writing() as connection:
        take_back_outcome(connection, _lock(connection, agent, reference), outcome_id, agent)


def require_own(database: Database, agent: Agent, reference: str) -> str:
    """The conversation of a handoff that this agent has accepted. Raises HandoffNotFoundError or HandoffChangedError."""
    with database.writing() as connection:
        return str(_lock_own(connection, agent, reference).conversation_id)


def _lock(connection: Connection, agent: Agent, reference: str) -> HandoffRow:
    return lock_handoff(connection, Handoff.reference == reference, visible_to(agent))


def _lock_own(connection: Connection, agent: Agent, reference: str) -> HandoffRow:
    """Only who accepted it goes on with it; what nobody has accepted, anybody of the partner may."""
    row = _lock(connection, agent, reference)
    if row.staff_id not in (None, agent.staff_id):
        raise HandoffChangedError(HandoffStatus(row.status), row.staff_id)
    return row


def _conversation_of(connection: Connection, agent: Agent, reference: str) -> str:
    found = connection.scalar(of_agent(select(Handoff.conversation_id), agent, reference))
    if found is None:
        raise HandoffNotFoundError
    return str(found)


def _require_consent(connection: Connection, row: HandoffRow, office_id: str) -> None:
    """That the other office exists, and that its partner may see it."""
    offices = select(Office.id, Office.partner_id).where(Office.id.in_([office_id, row.office_id]))
    partners = {office.id: office.partner_id for office in connection.execute(offices)}
    if office_id not in partners or office_id == row.office_id:
        raise HandoffNotFoundError
    if partners[office_id] != partners.get(row.office_id) and not covers_others(row.consent_version):
        raise ConsentError("The person agreed that one partner sees it, and no other.")


def _lock_conversation(connection: Connection, conversation_id: str) -> Row[*tuple[Any, ...]] | None:
    """None where it is not kept here (the terminal's), or erased."""
    try:
        return lock_conversation(connection, conversation_id)
    except (ConversationNotFoundError, ConversationErasedError):
        return None


def _let_go(connection: Connection, conversation: Row[*tuple[Any, ...]] | None, said: Said) -> None:
    """Say it, and let the assistant answer again where a person did."""
    if conversation is None:
        return
    if conversation.owner == Owner.STAFF:
        hand_conversation(connection, conversation, Owner.STAFF, Owner.ASSISTANT, said)
    else:
        add_messages(connection, conversation, [said])

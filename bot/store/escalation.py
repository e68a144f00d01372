"""What the clock does with handoffs that nobody has accepted: tell the partner, remind it, pass on, let expire.

Responsible for what is due, for who comes next, and for making each step once, whoever else tries: a step is one transaction that
begins only if the handoff stands where it was seen. Must not know words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.core.conversation import Said
from bot.core.geography import Place
from bot.core.handoff import Actor, HandoffStatus, covers_others
from bot.core.routing import Audience
from bot.store.conversation_schema import Conversation
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError, add_messages, lock_conversation
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError, HandoffRow, change_office, change_status, lock_handoff
from bot.store.handoff_schema import Handoff, HandoffChange
from bot.store.notices import NoticeKind, add_notices
from bot.store.office_service import service_of
from bot.store.reach import EVERY_NATIONAL
from bot.store.routing import find_route
from bot.store.schema import Office, OfficeReach

_TOLD, _REMINDED, _PASSED_ON, _NATIONAL = 1, 2, 3, 4
_COLUMNS = [
    Handoff.__table__.c[name]
    for name in (
        "id", "reference", "conversation_id", "office_id", "status", "step", "due_at", "urgent", "audience", "state", "answers",
        "language", "consent_version",
    )
]  # fmt: skip
_DUE = (
    select(*_COLUMNS, Office.name, Office.partner_id, Conversation.language.label("spoken"))
    .outerjoin(Office, Office.id == Handoff.office_id)
    .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
    .where(Handoff.due_at <= bindparam("now"))
    .order_by(Handoff.urgent.desc(), Handoff.due_at)
    .limit(bindparam("most"))
)


class Move(StrEnum):
    """A step of the clock."""

    TELL = "tell"
    REMIND = "remind"
    PASS_ON = "pass_on"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Step:
    """What is to be done now with one handoff. `office` is who has it, `next_office` to whom it is passed on; both are names.

    `now` is when it was looked at: the next bound counts from then. `cause` is one for each time that a handoff is due.
    """

    move: Move
    handoff_id: int
    reference: str
    conversation_id: str
    language: str
    step: int
    due_at: datetime
    next_step: int
    office: str | None
    now: datetime
    opening: datetime | None
    next_office_id: str | None = None
    next_office: str | None = None

    @property
    def cause(self) -> str:
        return f"{self.step}:{self.due_at.timestamp():.6f}"


def list_steps(database: Database, now: datetime, limit: int = 20) -> list[Step]:
    """What is due, urgent ones first."""
    with database.reading() as connection:
        rows = connection.execute(_DUE, {"now": now, "most": limit}).all()
        return [_step(database, connection, row, now) for row in rows]


def take_step(database: Database, step: Step, said: Said | None) -> bool:
    """Do it, and say so in the conversation, if the handoff stands where it was seen; whether it was done.

    Who cannot be reminded, because there is no target, is not said to have been.
    """
    with database.writing() as connection:
        try:
            conversation = lock_conversation(connection, step.conversation_id)
        except (ConversationNotFoundError, ConversationErasedError):
            conversation = None
        same = (Handoff.id == step.handoff_id, Handoff.step == step.step, Handoff.due_at == step.due_at)
        try:
            row = lock_handoff(connection, *same)
        except HandoffNotFoundError:
            return False
        tells = _MOVES[step.move](connection, row, step)
        if said and tells and conversation is not None:
            add_messages(connection, conversation, [said])
        return True


def _tell(connection: Connection, row: HandoffRow, step: Step) -> bool:
    add_notices(connection, row, NoticeKind.NEW, step.cause)
    _go_on(connection, row, step.next_step, service_of(connection, row.office_id).due(step.now, row.urgent))
    return True


def _remind(connection: Connection, row: HandoffRow, step: Step) -> bool:
    reminded = add_notices(connection, row, NoticeKind.REMINDER, step.cause)
    due = service_of(connection, row.office_id).due(step.now, row.urgent) if reminded else step.now
    _go_on(connection, row, step.next_step, due)
    return reminded > 0


def _pass_on(connection: Connection, row: HandoffRow, step: Step) -> bool:
    office_id = str(step.next_office_id)
    due = service_of(connection, office_id).due(step.now, row.urgent)
    change_office(connection, row, office_id, Actor.CLOCK, step=step.next_step, due_at=due)
    add_notices(connection, lock_handoff(connection, Handoff.id == row.id), NoticeKind.NEW, step.cause)
    return True


def _expire(connection: Connection, row: HandoffRow, step: Step) -> bool:
    change_status(connection, row, HandoffStatus.EXPIRED, Actor.CLOCK)
    return True


_MOVES = {Move.TELL: _tell, Move.REMIND: _remind, Move.PASS_ON: _pass_on, Move.EXPIRE: _expire}


def _go_on(connection: Connection, row: HandoffRow, step: int, due_at: datetime) -> None:
    connection.execute(update(Handoff).where(Handoff.id == row.id).values(step=step, due_at=due_at))


def _step(database: Database, connection: Connection, row: Any, now: datetime) -> Step:
    service = service_of(connection, row.office_id)
    shared = {
        "handoff_id": row.id,
        "reference": row.reference,
        "conversation_id": row.conversation_id,
        "language": row.spoken or row.language,
        "step": row.step,
        "due_at": row.due_at,
        "office": row.name,
        "now": now,
    }
    if row.step < _TOLD:
        return Step(Move.TELL, **shared, next_step=_TOLD, opening=service.opening(now))
    if row.step < _REMINDED:
        return Step(Move.REMIND, **shared, next_step=_REMINDED, opening=service.opening(now))
    number, office_id = _next_office(database, connection, row)
    if office_id is None:
        return Step(Move.EXPIRE, **shared, next_step=number, opening=None)
    name = connection.scalar(select(Office.name).where(Office.id == office_id))
    opening = service_of(connection, office_id).opening(now)
    return Step(Move.PASS_ON, **shared, next_step=number, opening=opening, next_office_id=office_id, next_office=name)


def _next_office(database: Database, connection: Connection, row: Any) -> tuple[int, str | None]:
    """The second choice of routing, then a national office, of partners that have not had it; None where nobody is left."""
    if not covers_others(row.consent_version):
        return row.step, None
    partners = _tried_partners(connection, row)
    audience = Audience.EMPLOYER if row.audience == Audience.EMPLOYER else Audience.SEEKER
    place = _place_of(row.answers, row.state)
    if row.step < _PASSED_ON and place:
        route = find_route(database, place, audience)
        choices = [office.office_id for office in (route.first, route.second) if office]
        if found := _first_of_others(connection, choices, partners):
            return _PASSED_ON, found
    if row.step < _NATIONAL:
        national = (OfficeReach.state == EVERY_NATIONAL, OfficeReach.audience == str(audience))
        offices = select(OfficeReach.office_id).where(*national).order_by(OfficeReach.tier, OfficeReach.office_id)
        return _NATIONAL, _first_of_others(connection, connection.scalars(offices).all(), partners)
    return row.step, None


def _tried_partners(connection: Connection, row: Any) -> set[str]:
    offices = select(HandoffChange.before).where(HandoffChange.handoff_id == row.id, HandoffChange.what == "office")
    partners = select(Office.partner_id).where(Office.id.in_(offices))
    return set(connection.scalars(partners)) | {row.partner_id}


def _first_of_others(connection: Connection, offices: Collection[str], partners: Collection[str]) -> str | None:
    found = connection.execute(select(Office.id, Office.partner_id).where(Office.id.in_(list(offices))))
    of_partner = {row.id: row.partner_id for row in found}
    return next((office for office in offices if of_partner[office] not in partners), None)


def _place_of(answers: Mapping[str, Any], state: str | None) -> Place | None:
    place = answers.get("place")
    if isinstance(place, dict):
        return Place(**place)
    return Place(state) if state else None

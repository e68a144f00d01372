"""Handoffs as staff see them: lists, and everything about one.

Responsible for who may see what: an agent of a partner sees the handoffs that lie with its offices, national staff see all.
Must not know pages nor channels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select

from bot.core.handoff import ENDED, UNATTENDED, UNDERWAY, Agent, ContactKind, HandoffReason, HandoffStatus, Outcome
from bot.core.routing import Audience
from bot.store.database import Database
from bot.store.handoff_changes import Change, HandoffNotFoundError, list_changes
from bot.store.handoff_schema import Handoff, HandoffOutcome
from bot.store.schema import Office, Partner


class Group(StrEnum):
    """The lists of the inbox."""

    UNATTENDED = "unattended"
    UNDERWAY = "underway"
    ENDED = "ended"


_STATUSES: Mapping[Group, frozenset[HandoffStatus]] = {
    Group.UNATTENDED: UNATTENDED,
    Group.UNDERWAY: UNDERWAY,
    Group.ENDED: ENDED,
}
FILTERS = ("state", "office_id", "audience", "language", "reason", "status", "staff_id", "urgent")


@dataclass(frozen=True)
class CaseLine:
    """A handoff in a list. `waiting_since` is when it was made."""

    reference: str
    conversation_id: str
    status: HandoffStatus
    urgent: bool
    reason: HandoffReason | None
    audience: Audience
    language: str
    state: str | None
    office_id: str | None
    office_name: str | None
    contact_name: str | None
    staff_id: str | None
    waiting_since: datetime


@dataclass(frozen=True)
class NotedOutcome:
    """An outcome with its day; one that was corrected has `withdrawn_at`."""

    id: int
    outcome: Outcome
    on_day: date
    noted_at: datetime
    noted_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Case:
    """Everything about one handoff but what was said: that is in the conversation, live (`read_view`).

    `transcript` is what had been said when it was made, for conversations that are not kept here (the terminal's).
    """

    line: CaseLine
    result: str | None
    answers: Mapping[str, Any]
    topics: Sequence[str]
    transcript: Sequence[Mapping[str, Any]]
    consent_version: str
    consented_at: datetime
    contact_kind: ContactKind
    contact_value: str | None
    contact_time: str | None
    changes: Sequence[Change]
    outcomes: Sequence[NotedOutcome]


_LINES = select(
    *(
        Handoff.__table__.c[name]
        for name in (
            "id", "reference", "conversation_id", "status", "urgent", "reason", "audience", "language", "state", "office_id",
            "contact_name", "staff_id", "created_at",
        )
    ),
    Office.name,
).outerjoin(Office, Office.id == Handoff.office_id)  # fmt: skip
_CASES = _LINES.add_columns(
    *(
        Handoff.__table__.c[name]
        for name in (
            "result", "answers", "topics", "transcript", "consent_version", "consented_at", "contact_kind", "contact_value",
            "contact_time",
        )
    )
)  # fmt: skip


def list_cases(
    database: Database, agent: Agent, group: Group, limit: int = 50, offset: int = 0, **filters: str | bool
) -> list[CaseLine]:
    """Those that the agent may see: urgent ones first and then who waits longest; ended ones newest first.

    `filters` are columns of FILTERS with the value wanted.
    """
    wanted = [getattr(Handoff, name) == value for name, value in filters.items() if name in FILTERS]
    query = _LINES.where(visible_to(agent), Handoff.status.in_(list(map(str, _STATUSES[group]))), *wanted)
    first_come = (Handoff.urgent.desc(), Handoff.created_at, Handoff.id)
    order = (Handoff.created_at.desc(), Handoff.id.desc()) if group is Group.ENDED else first_come
    with database.reading() as connection:
        return [_line(row) for row in connection.execute(query.order_by(*order).limit(limit).offset(offset))]


def count_cases(database: Database, agent: Agent) -> dict[Group, int]:
    """How many the agent may see in each list."""
    query = select(Handoff.status, func.count().label("number")).where(visible_to(agent)).group_by(Handoff.status)
    with database.reading() as connection:
        found = {row.status: row.number for row in connection.execute(query)}
    return {group: sum(found.get(status, 0) for status in statuses) for group, statuses in _STATUSES.items()}


def read_case(database: Database, agent: Agent, reference: str) -> Case:
    """Raises HandoffNotFoundError, also where it is another partner's."""
    with database.reading() as connection:
        row = connection.execute(of_agent(_CASES, agent, reference)).one_or_none()
        if row is None:
            raise HandoffNotFoundError
        return _case(row, list_changes(connection, row.id), _outcomes(connection, row.id))


def find_partner_name(database: Database, partner_id: str | None = None, office_id: str | None = None) -> str | None:
    """What people know an intermediary by, of its id or of that of one of its offices."""
    query = select(Partner.name)
    if office_id:
        query = query.join(Office, Office.partner_id == Partner.id).where(Office.id == office_id)
    else:
        query = query.where(Partner.id == partner_id)
    with database.reading() as connection:
        return connection.scalar(query)


def visible_to(agent: Agent) -> ColumnElement[bool]:
    """The rule of who sees what; every statement here has it. Of one that was erased after a time there is nobody to see."""
    there = Handoff.erased_at.is_(None)
    if agent.partner_id is None:
        return there
    return and_(there, Handoff.office_id.in_(select(Office.id).where(Office.partner_id == agent.partner_id)))


def of_agent(query: Select[*tuple[Any, ...]], agent: Agent, reference: str) -> Select[*tuple[Any, ...]]:
    """The one handoff of that reference, if the agent may see it."""
    return query.where(Handoff.reference == reference, visible_to(agent))


def _line(row: Row[*tuple[Any, ...]]) -> CaseLine:
    return CaseLine(
        reference=row.reference,
        conversation_id=row.conversation_id,
        status=HandoffStatus(row.status),
        urgent=row.urgent,
        reason=HandoffReason(row.reason) if row.reason else None,
        audience=Audience(row.audience),
        language=row.language,
        state=row.state,
        office_id=row.office_id,
        office_name=row.name,
        contact_name=row.contact_name,
        staff_id=row.staff_id,
        waiting_since=row.created_at,
    )


def _case(row: Row[*tuple[Any, ...]], changes: Sequence[Change], outcomes: Sequence[NotedOutcome]) -> Case:
    return Case(
        line=_line(row),
        result=row.result,
        answers=row.answers,
        topics=row.topics,
        transcript=row.transcript,
        consent_version=row.consent_version,
        consented_at=row.consented_at,
        contact_kind=ContactKind(row.contact_kind),
        contact_value=row.contact_value,
        contact_time=row.contact_time,
        changes=changes,
        outcomes=outcomes,
    )


def _outcomes(connection: Connection, handoff_id: int) -> list[NotedOutcome]:
    columns = (HandoffOutcome.__table__.c[name] for name in ("id", "outcome", "on_day", "noted_at", "noted_by", "withdrawn_at"))
    query = select(*columns).where(HandoffOutcome.handoff_id == handoff_id).order_by(HandoffOutcome.on_day, HandoffOutcome.id)
    return [
        NotedOutcome(row.id, Outcome(row.outcome), row.on_day, row.noted_at, row.noted_by, row.withdrawn_at)
        for row in connection.execute(query)
    ]

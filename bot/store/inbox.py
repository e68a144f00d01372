"""The lists of the inbox: a page at a time, filtered, searched, with what each reader has not read.

Responsible for reading. Who may see what is `visible_to`, which every statement here has. Must not know pages.

Lists are read in segments that an index gives in order: urgent ones, then the others, each by how long they wait; ended ones
newest first. So a page costs as much as it shows, however many handoffs there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bot.core.handoff import ENDED, UNATTENDED, UNDERWAY, Agent, HandoffReason, HandoffStatus
from bot.core.heard import plain
from bot.core.reference import find_reference
from bot.store.base import UtcDateTime
from bot.store.cases import Group, visible_to
from bot.store.conversation_schema import Conversation
from bot.store.database import Database
from bot.store.handoff_schema import Handoff, HandoffChange
from bot.store.inbox_schema import HandoffRead
from bot.store.schema import Office, Partner
from bot.store.staff_schema import Staff

PAGE = 50
# Counted no further: a list of so many is long, whatever the number.
MOST_COUNTED = 1000
STATUSES_OF = {Group.UNATTENDED: UNATTENDED, Group.UNDERWAY: UNDERWAY, Group.ENDED: ENDED}
# As the index of the migration 0006 has it.
_NAME_WORDS = "to_tsvector('simple'::regconfig, translate(lower(contact_name), 'áéíóúüñ', 'aeiouun'))"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_Order = tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
_COLUMNS = tuple(
    Handoff.__table__.c[name]
    for name in (
        "id", "reference", "status", "urgent", "reason", "audience", "language", "state", "contact_name", "staff_id",
        "created_at",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; empty is everything."""

    group: Group = Group.UNATTENDED
    state: str = ""
    office: str = ""
    audience: str = ""
    language: str = ""
    status: str = ""
    channel: str = ""
    staff_id: str = ""


@dataclass(frozen=True)
class Line:
    """A handoff in a list. `office` and `holder` are names; `unread` is for who asks."""

    id: int
    reference: str
    status: HandoffStatus
    urgent: bool
    reason: HandoffReason | None
    audience: str
    language: str
    state: str | None
    office: str | None
    channel: str | None
    contact_name: str | None
    holder: str | None
    since: datetime
    unread: bool


@dataclass(frozen=True)
class Page:
    """Lines in order; `after` is where the next page begins, if there is one."""

    lines: Sequence[Line]
    after: str | None = None


@dataclass(frozen=True)
class _Reader:
    agent: Agent
    staff_id: int
    conditions: Sequence[ColumnElement[bool]] = field(default=())


def list_page(database: Database, agent: Agent, wanted: Wanted, after: str = "") -> Page:
    """At most PAGE lines after a place in the list; a place that cannot be read is its beginning."""
    reader = _Reader(agent, int(agent.staff_id), list(_conditions(agent, wanted)))
    rows: list[Row[*tuple[Any, ...]]] = []
    with database.reading() as connection:
        for segment, order in _segments(wanted.group, after):
            rows += connection.execute(_query(reader, segment).order_by(*order).limit(PAGE + 1 - len(rows))).all()
            if len(rows) > PAGE:
                break
        lines = _lines(connection, rows[:PAGE])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(lines, _place_of(last) if last else None)


def search(database: Database, agent: Agent, words: str) -> Page:
    """By reference number, or by the beginnings of the words of a name; newest first."""
    reference = find_reference(words)
    found = Handoff.reference == reference if reference else _is_named(database, words)
    if found is None:
        return Page([])
    reader = _Reader(agent, int(agent.staff_id), [visible_to(agent), found])
    with database.reading() as connection:
        # By id, which grows with time: PostgreSQL walks back from the newest for a frequent name, and sorts for a rare one.
        query = _query(reader, literal(True)).order_by(Handoff.id.desc()).limit(PAGE)
        return Page(_lines(connection, connection.execute(query).all()))


def count_groups(database: Database, agent: Agent) -> dict[Group, int]:
    """How many there are in each list, up to MOST_COUNTED."""
    with database.reading() as connection:
        return {group: _count(connection, agent, group) for group in Group}


def read_tip(database: Database) -> tuple[int, int]:
    """What changes whenever a handoff is made or changes."""
    newest = select(func.coalesce(select(func.max(HandoffChange.id)).scalar_subquery(), 0).label("changed"))
    newest = newest.add_columns(func.coalesce(select(func.max(Handoff.id)).scalar_subquery(), 0).label("made"))
    with database.reading() as connection:
        row = connection.execute(newest).one()
        return row.changed, row.made


def list_offices(database: Database, agent: Agent) -> list[tuple[str, str, str]]:
    """Id, name and state of the offices whose handoffs the agent sees."""
    query = select(Office.id, Office.short_name, Office.name, Office.state).order_by(Office.state, Office.name)
    if agent.partner_id is not None:
        query = query.where(Office.partner_id == agent.partner_id)
    with database.reading() as connection:
        return [(row.id, row.short_name or row.name, row.state) for row in connection.execute(query)]


def list_all_offices(database: Database) -> list[tuple[str, str, str]]:
    """Id, name with its intermediary, and state of every office: whom somebody may be passed on to."""
    query = select(Office.id, Office.short_name, Office.name, Office.state, Partner.name.label("partner")).join(Partner)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(Office.state, Partner.name, Office.name))
        return [(row.id, row.short_name or row.name, row.state) for row in rows]


def _conditions(agent: Agent, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield visible_to(agent)
    statuses = [str(status) for status in STATUSES_OF[wanted.group]]
    yield Handoff.status.in_([wanted.status] if wanted.status in statuses else statuses)
    columns = {"state": Handoff.state, "office": Handoff.office_id, "audience": Handoff.audience, "language": Handoff.language}
    for name, column in {**columns, "staff_id": Handoff.staff_id}.items():
        if getattr(wanted, name):
            yield column == getattr(wanted, name)
    if wanted.channel:
        yield Conversation.channel == wanted.channel


def _segments(group: Group, after: str) -> Iterator[tuple[ColumnElement[bool], _Order]]:
    """The parts of a list in their order, each from the given place on."""
    place = re.fullmatch(r"([01])_(\d{1,16})_(\d{1,9})", after)
    here = tuple_(literal(_EPOCH + int(place[2]) * _MICROSECOND, UtcDateTime()), literal(int(place[3]))) if place else None
    key = tuple_(Handoff.created_at, Handoff.id)
    if group is Group.ENDED:
        older = key < here if here is not None else literal(True)
        yield older, (Handoff.created_at.desc(), Handoff.id.desc())
        return
    first = place[1] == "1" if place else True
    for urgent in (True, False) if first else (False,):
        later = key > here if here is not None and urgent == first else literal(True)
        yield and_(Handoff.urgent.is_(urgent), later), (Handoff.created_at, Handoff.id)


def _place_of(row: Row[*tuple[Any, ...]]) -> str:
    return f"{int(row.urgent)}_{(row.created_at - _EPOCH) // _MICROSECOND}_{row.id}"


def _query(reader: _Reader, segment: ColumnElement[bool]) -> Any:
    read = and_(HandoffRead.handoff_id == Handoff.id, HandoffRead.staff_id == reader.staff_id)
    return (
        select(*_COLUMNS, Office.short_name, Office.name, Conversation.channel, Conversation.last_seq, HandoffRead.seq)
        .select_from(Handoff)
        .outerjoin(Office, Office.id == Handoff.office_id)
        .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(HandoffRead, read)
        .where(*reader.conditions, segment)
    )


def _lines(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Line]:
    holders = names_of(connection, {row.staff_id for row in rows})
    return [
        Line(
            id=row.id,
            reference=row.reference,
            status=HandoffStatus(row.status),
            urgent=row.urgent,
            reason=HandoffReason(row.reason) if row.reason else None,
            audience=row.audience,
            language=row.language,
            state=row.state,
            office=row.short_name or row.name,
            channel=row.channel,
            contact_name=row.contact_name,
            holder=holders.get(row.staff_id),
            since=row.created_at,
            unread=row.seq is None or (row.last_seq or 0) > row.seq,
        )
        for row in rows
    ]


def names_of(connection: Connection, staff_ids: set[str | None]) -> dict[str | None, str]:
    """First names by id, as handoffs keep it."""
    numbers = [int(each) for each in staff_ids if each and each.isdigit()]
    if not numbers:
        return {}
    rows = connection.execute(select(Staff.id, Staff.first_name).where(Staff.id.in_(numbers)))
    return {str(row.id): row.first_name for row in rows}


def _count(connection: Connection, agent: Agent, group: Group) -> int:
    some = select(Handoff.id).where(*_conditions(agent, Wanted(group))).limit(MOST_COUNTED).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _is_named(database: Database, words: str) -> ColumnElement[bool] | None:
    parts = re.findall(r"\w+", plain(words))[:5]
    if not parts:
        return None
    if database.engine.dialect.name == "postgresql":
        matches = text(f"{_NAME_WORDS} @@ to_tsquery('simple', :words)")
        return and_(matches.bindparams(words=" & ".join(f"{part}:*" for part in parts)))
    return and_(*(Handoff.contact_name.icontains(part, autoescape=True) for part in re.findall(r"\w+", words)[:5]))

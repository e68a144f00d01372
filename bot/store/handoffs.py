"""Handoffs: kept once for each request, shown by reference without personal data, changed, cancelled and erased.

Responsible for the table `handoffs`. Must not know what may be kept (core.handoff) nor how anything is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.core.handoff import (
    ENDED,
    Actor,
    ContactKind,
    Handoff,
    HandoffError,
    HandoffStatus,
    Line,
    check_age,
    check_contact,
)
from bot.core.reference import new_reference
from bot.store.counting import count_and_forget
from bot.store.database import Database
from bot.store.erasing import empty_log, overwrite_deleted
from bot.store.handoff_changes import HandoffNotFoundError as HandoffNotFoundError
from bot.store.handoff_changes import change_status, lock_handoff, lock_handoffs_of, note_change
from bot.store.journeys import begin_count
from bot.store.schema import Handoff as HandoffRow
from bot.store.schema import Office, utc_now

_ATTEMPTS = 20

_OF_REQUEST = select(HandoffRow.reference).where(
    HandoffRow.conversation_id == bindparam("conversation_id"), HandoffRow.request_key == bindparam("request_key")
)
_VIEWS = select(HandoffRow.reference, HandoffRow.status, HandoffRow.created_at, HandoffRow.office_id, Office.name).outerjoin(
    Office, Office.id == HandoffRow.office_id
)
_BY_REFERENCE = _VIEWS.where(HandoffRow.reference == bindparam("reference"))
_BY_CONVERSATION = _VIEWS.where(HandoffRow.conversation_id == bindparam("conversation_id")).order_by(HandoffRow.id.desc())


class HandoffEndedError(HandoffError):
    """The handoff is closed, expired or cancelled: nothing about it changes any more."""


class UnknownOfficeError(HandoffError):
    """There is no office of that id."""


class NoReferenceLeftError(RuntimeError):
    """Every reference tried was taken; with a working source of chance this does not happen."""


@dataclass(frozen=True)
class HandoffStatusView:
    """What may be shown to whoever holds the reference: nothing personal. `office_name` is None where no office was named."""

    reference: str
    status: HandoffStatus
    created_at: datetime
    office_name: str | None
    office_id: str | None = None


def save_handoff(database: Database, handoff: Handoff) -> str:
    """Keep a handoff and give its reference. The same request again gives the same reference and changes nothing.

    Raises UnknownOfficeError.
    """
    values = dict(_values_of(handoff))
    request = {"conversation_id": handoff.conversation_id, "request_key": handoff.request_key}
    for _ in range(_ATTEMPTS):
        try:
            with database.transaction() as session:
                reference = _insert(session, values | {"reference": new_reference()}) or session.scalar(_OF_REQUEST, request)
        except IntegrityError:  # its text would hold the contact
            raise UnknownOfficeError("The office of a handoff is not known.") from None
        if reference is not None:
            return reference
        # Neither inserted nor there already: the reference belongs to another request.
    raise NoReferenceLeftError


def find_handoff(database: Database, reference: str) -> HandoffStatusView | None:
    """What became of a handoff, for anybody who holds its reference."""
    with database.reading() as connection:
        row = connection.execute(_BY_REFERENCE, {"reference": reference}).one_or_none()
    return _view(row) if row else None


def find_handoffs_of(database: Database, conversation_id: str) -> list[HandoffStatusView]:
    """The handoffs of a conversation, newest first."""
    with database.reading() as connection:
        return [_view(row) for row in connection.execute(_BY_CONVERSATION, {"conversation_id": conversation_id})]


def count_handoffs(database: Database) -> dict[str, int]:
    """How many there are in each status."""
    query = select(HandoffRow.status, func.count().label("number")).group_by(HandoffRow.status)
    with database.reading() as connection:
        return {row.status: row.number for row in connection.execute(query)}


def update_contact(
    database: Database, conversation_id: str, reference: str, name: str | None, kind: ContactKind, value: str | None
) -> HandoffStatusView:
    """Change how the person is reached; without a name theirs stays. Only from their own conversation: whoever finds a
    reference changes nothing.

    Raises HandoffNotFoundError, HandoffEndedError, ContactError or MinorError.
    """
    check_contact(kind, value)
    with database.transaction() as session:
        row = _load(session, conversation_id, reference)
        if HandoffStatus(row.status) in ENDED:
            raise HandoffEndedError(f"A handoff that is {row.status} is not changed.")
        check_age(row.answers, value)
        _write(session, row, contact_name=name or row.contact_name, contact_kind=str(kind), contact_value=value)
    empty_log(database.engine)
    return _found(database, reference)


def cancel_handoff(database: Database, conversation_id: str, reference: str) -> HandoffStatusView:
    """Take a request back: it stays as cancelled, its contact goes. Twice is as good as once.

    Raises HandoffNotFoundError, or TransitionError where it is closed or expired.
    """
    with database.writing() as connection:
        overwrite_deleted(connection)
        row = lock_handoff(connection, HandoffRow.conversation_id == conversation_id, HandoffRow.reference == reference)
        if row.status != HandoffStatus.CANCELLED:
            change_status(connection, row, HandoffStatus.CANCELLED, Actor.PERSON)
            nobody = {"contact_kind": str(ContactKind.NONE), **dict.fromkeys(("contact_name", "contact_value", "contact_time"))}
            connection.execute(update(HandoffRow).where(HandoffRow.id == row.id).values(nobody))
    empty_log(database.engine)
    return _found(database, reference)


def erase_person(database: Database, conversation_id: str) -> int:
    """Delete every handoff of a conversation with all that it holds; gives their number. The figures keep only that it was."""
    with database.transaction() as session:
        overwrite_deleted(session.connection())
        lock_handoffs_of(session.connection(), conversation_id, set(HandoffStatus))
        count_and_forget(session.connection(), conversation_id)
        erased = session.scalars(
            delete(HandoffRow).where(HandoffRow.conversation_id == conversation_id).returning(HandoffRow.id)
        ).all()
    if erased:
        empty_log(database.engine)
    return len(erased)


def _insert(session: Session, values: dict[str, Any]) -> str | None:
    """The reference, or None where the request or the reference exists already: the constraints decide, not a look before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = session.scalar(insert(HandoffRow).values(values).on_conflict_do_nothing().returning(HandoffRow.id))
    if new is None:
        return None
    begin_count(session.connection(), new)
    note_change(session.connection(), new, Actor.ASSISTANT, "status", None, str(HandoffStatus.NEW))
    return str(values["reference"])


def _load(session: Session, conversation_id: str, reference: str) -> HandoffRow:
    row = session.scalars(
        select(HandoffRow)
        .where(HandoffRow.conversation_id == conversation_id, HandoffRow.reference == reference)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise HandoffNotFoundError(reference)
    return row


def _write(session: Session, row: HandoffRow, **values: str | None) -> None:
    """Change a handoff so that what was there before cannot be read from the file any more."""
    overwrite_deleted(session.connection())
    session.execute(update(HandoffRow).where(HandoffRow.id == row.id).values(values))


def _found(database: Database, reference: str) -> HandoffStatusView:
    view = find_handoff(database, reference)
    if view is None:
        raise HandoffNotFoundError(reference)
    return view


def _view(row: Row[*tuple[Any, ...]]) -> HandoffStatusView:
    return HandoffStatusView(row.reference, HandoffStatus(row.status), row.created_at, row.name, row.office_id)


def _values_of(handoff: Handoff) -> Iterator[tuple[str, Any]]:
    """The columns; enums as their words, and what goes into JSON as plain values."""
    for name in ("conversation_id", "request_key", "state", "office_id", "consent_version", "consented_at"):
        yield name, getattr(handoff, name)
    yield from {"contact_name": handoff.contact_name, "contact_time": handoff.contact_time}.items()
    for name in ("audience", "language", "contact_kind", "reason"):
        yield name, str(getattr(handoff, name))
    yield "contact_value", handoff.contact_value or None
    yield "result", str(handoff.result) if handoff.result else None
    yield "answers", _plain(dict(handoff.answers))
    yield "topics", list(handoff.topics)
    yield "transcript", [_plain_line(line) for line in handoff.transcript]
    now = utc_now()
    yield from {"urgent": handoff.urgent, "status": str(HandoffStatus.NEW), "step": 0, "due_at": now, "created_at": now}.items()


def _plain(value: Any) -> Any:
    """JSON of answers, in which a place may be an object."""
    return json.loads(json.dumps(value, default=_plain_object))


def _plain_object(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _plain_line(line: Line) -> dict[str, Any]:
    return {"author": str(line.author), "text": line.text, "at": line.at.isoformat(), "choices": list(line.choices)}

"""What the figures are told, in the transaction in which it happens: how far a conversation came, that a handoff changed.

Responsible for the tables `journeys` and `handoff_counts`, but for what is counted of them (`counting`). A conversation that is
not there (the terminal's, or one that was erased) is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.core.figures import Screening, add_up
from bot.core.handoff import UNDERWAY
from bot.store.base import utc_now
from bot.store.figure_schema import HandoffCount, Journey
from bot.store.handoff_schema import Handoff

_KEPT = ("began_at", "language", "audience", "state", "office_id", "screening", "questions")
_KNOWN = (
    select(*(Journey.__table__.c[name] for name in _KEPT)).where(Journey.conversation_id == bindparam("this")).with_for_update()
)


def begin_journey(connection: Connection, conversation_id: str, channel: str, language: str | None) -> None:
    """Of a new conversation; it counts once something in it was answered."""
    connection.execute(insert(Journey), {"conversation_id": conversation_id, "channel": channel, "language": language})


def go_on(
    connection: Connection,
    conversation_id: str,
    began_at: datetime,
    language: str | None,
    office_id: str | None,
    seen: Sequence[Mapping[str, Any]],
) -> None:
    """A message was answered. `seen` is what is told of it, in order: audience, state, screening, the Decision on a question."""
    row = connection.execute(_KNOWN, {"this": conversation_id}).one_or_none()
    if row is None:
        return
    known = dict(row._mapping)
    values = known | {
        "began_at": row.began_at or began_at,
        "language": language or row.language,
        "office_id": office_id or row.office_id,
    }
    for each in seen:
        values |= {name: each[name] for name in ("audience", "state") if each.get(name)}
        if each.get("screening"):
            later = Screening.load(each["screening"])
            values["screening"] = Screening.load(values["screening"]).then(later).dump()
        if each.get("question"):
            values["questions"] = add_up([*(values["questions"] or {}).items(), (str(each["question"]), 1)])
    if values != known:
        journey = update(Journey).where(Journey.conversation_id == conversation_id)
        connection.execute(journey.values(**values, changed_at=utc_now()))


def begin_count(connection: Connection, handoff_id: int) -> None:
    """Of a new handoff."""
    connection.execute(insert(HandoffCount), {"handoff_id": handoff_id, "changed_at": utc_now()})


def note_handoff_changed(connection: Connection, handoff_id: int) -> None:
    connection.execute(update(HandoffCount).where(HandoffCount.handoff_id == handoff_id).values(changed_at=utc_now()))


def note_reply(connection: Connection, conversation_id: str) -> None:
    """Staff wrote: the first reply to the handoffs of this conversation that are under way."""
    statuses = list(map(str, UNDERWAY))
    here = select(Handoff.id).where(Handoff.conversation_id == conversation_id, Handoff.status.in_(statuses))
    unanswered = update(HandoffCount).where(HandoffCount.handoff_id.in_(here), HandoffCount.replied_at.is_(None))
    now = utc_now()
    connection.execute(unanswered.values(replied_at=now, changed_at=now))

"""Handoffs as CSV, for statistics: who they are stays here, under a keyed hash that is the same in each export."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from bot.core.handoff import Agent
from bot.core.pseudonyms import pseudonym
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.figures import chosen_of
from bot.inbox.gate import Who
from bot.store.audit import record_alone
from bot.store.figure_export import Exported, export_page
from bot.store.figures import Chosen

COLUMNS = (
    "id", "month", "day", "audience", "language", "channel", "state", "office", "reason", "status", "minutes_to_accept",
    "minutes_to_first_reply", "outcome", "outcome_day",
)  # fmt: skip
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADERS = {"Content-Disposition": 'attachment; filename="handoffs.csv"'}
router = APIRouter(prefix="/figures")


@router.get("/export.csv")
async def export(desk: AtDesk, staff: Who, chosen: Annotated[Chosen, Depends(chosen_of)]) -> StreamingResponse:
    await desk.room.call(record_alone, "exported", staff.id)
    return StreamingResponse(_lines(desk, staff.agent, chosen), media_type="text/csv; charset=utf-8", headers=_HEADERS)


async def _lines(desk: Desk, agent: Agent, chosen: Chosen) -> AsyncIterator[str]:
    """A page at a time, so that a million of them neither fill the memory nor keep the database busy."""
    yield _csv([COLUMNS])
    secret = desk.settings.pseudonym_secret.get_secret_value() or desk.key.hex()
    after = 0
    while found := await desk.room.read(export_page, agent, chosen, after):
        yield _csv(_values(secret, each) for each in found)
        after = found[-1].id


def _values(secret: str, line: Exported) -> tuple[object, ...]:
    """An "r" before the hash, lest a spreadsheet should take one of digits for a number."""
    return (
        f"r{pseudonym(secret, 'handoff', line.reference)}", f"{line.made_at:%Y-%m}", line.made_at.date(), line.audience,
        line.language, line.channel, line.state, line.office, line.reason, line.status, _minutes(line.made_at, line.accepted_at),
        _minutes(line.made_at, line.replied_at), line.outcome, line.on_day,
    )  # fmt: skip


def _minutes(made_at: datetime, at: datetime | None) -> int | None:
    return None if at is None else max(0, round((at - made_at).total_seconds() / 60))


def _csv(rows: Iterable[Iterable[object]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows([_harmless(value) for value in row] for row in rows)
    return lines.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

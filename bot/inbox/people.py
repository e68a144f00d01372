"""The list of people who wait, are talked with, or were: filters, search, pages, and news of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from bot.core.handoff import HandoffStatus
from bot.core.states import STATES
from bot.inbox import words
from bot.inbox.desk import AtDesk
from bot.inbox.gate import Who, find_open, listening
from bot.inbox.pages import page
from bot.store.cases import Group
from bot.store.inbox import MOST_COUNTED, STATUSES_OF, Wanted, count_groups, list_offices, list_page, read_tip, search
from bot.store.notices import list_failed_notices

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LOOK_SECONDS = 1.0
# How often a stream makes sure that its reader is still signed in, and tells proxies that it is alive.
_CHECK_EACH = 15
Filter = Annotated[str, Query(max_length=64)]
router = APIRouter()


async def wanted_of(
    group: Group = Group.UNATTENDED,
    state: Filter = "",
    office: Filter = "",
    audience: Filter = "",
    language: Filter = "",
    status: Filter = "",
    channel: Filter = "",
    staff_id: Filter = "",
) -> Wanted:
    return Wanted(group, state, office, audience, language, status, channel, staff_id)


@router.get("/")
async def show_list(
    request: Request,
    desk: AtDesk,
    staff: Who,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The whole page, or to htmx only the list."""
    asked = q.strip()
    found = await (desk.room.read(search, staff.agent, asked) if asked else desk.room.read(list_page, staff.agent, wanted, after))
    values: dict[str, Any] = {
        "found": found,
        "wanted": wanted,
        "q": asked,
        "after": after,
        "counts": await desk.room.read(count_groups, staff.agent),
        "most": MOST_COUNTED,
        "words": words,
        "link": lambda **changes: _link(wanted, **changes),
        "at": "people",
    }
    if "hx-request" in request.headers:
        return page(request, "list_part.html", **values)
    offices = await desk.room.read(list_offices, staff.agent)
    failed = await desk.room.read(list_failed_notices, staff.agent)
    return page(
        request, "list.html", **values, failed=failed, offices=offices, states=STATES, statuses=_statuses_of(wanted.group)
    )


@router.get("/news", dependencies=[Depends(listening)])
async def follow_list(request: Request) -> StreamingResponse:
    """`changed` when a handoff was made or changed anywhere; the reader then fetches the list again, as far as it is theirs."""
    return StreamingResponse(_news(request), media_type="text/event-stream", headers=STREAM_HEADERS)


async def _news(request: Request) -> AsyncIterator[str]:
    room, known, looks = request.app.state.desk.room, None, 0
    while True:
        tip = await room.read(read_tip)
        if known is not None and tip != known:
            yield "event: changed\ndata: \n\n"
        known, looks = tip, looks + 1
        if looks % _CHECK_EACH == 0:
            if await find_open(request) is None:
                return
            yield ": here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _link(wanted: Wanted, **changes: str) -> str:
    """The address of the list with some filters changed."""
    values = {name: value for name, value in {**asdict(wanted), **changes}.items() if value}
    return "/staff/?" + urlencode(values)


def _statuses_of(group: Group) -> dict[str, str]:
    return {str(status): words.STATUSES[status] for status in HandoffStatus if status in STATUSES_OF[group]}

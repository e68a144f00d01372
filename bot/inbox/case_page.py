"""Gathers what one person's page shows, and follows the conversation for it.

Responsible for reading. Must not change anything but what the reader has read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from bot.core.conversation import LONGEST_MESSAGE, Author, Owner
from bot.core.handoff import ENDED, OUTCOMES, UNATTENDED
from bot.core.language import Language
from bot.core.routing import Audience
from bot.core.staff import Staff
from bot.inbox import words
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import Who, find_open, listening
from bot.inbox.pages import TEMPLATES, page
from bot.inbox.people import STREAM_HEADERS
from bot.store.attachments import list_attachments
from bot.store.audit import list_entries
from bot.store.cases import Case, read_case
from bot.store.conversations import ConversationNotFoundError, View, read_view
from bot.store.handoff_changes import HandoffNotFoundError
from bot.store.inbox import list_all_offices
from bot.store.inbox_work import find_id, list_deliveries, list_holders, list_notes, list_replies, mark_read, read_holding
from bot.store.staff_sessions import Open

_ALL = 10_000
_LOOK_SECONDS = 0.7
_CHECK_EACH = 20
router = APIRouter(prefix="/handoffs/{reference}")


@router.get("/state")
async def show_state(request: Request, desk: AtDesk, staff: Who, reference: str) -> Response:
    """The part of the page that says who has the conversation, and what may be done."""
    case, view = await _read(desk, staff, reference, _ALL)
    return page(request, "case_state.html", **await _state(desk, staff, case, view))


@router.get("/news")
async def follow(
    request: Request,
    desk: AtDesk,
    session: Annotated[Open, Depends(listening)],
    reference: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[int, Header(ge=0, le=2**31 - 1)] = 0,
) -> StreamingResponse:
    """Server-sent events: `message` with a line of the transcript, `state` when somebody came or went, `writing`, `gone`."""
    case = await desk.room.read(read_case, session.staff.agent, reference)
    news = _news(request, session.staff, reference, case, max(after, last_event_id))
    return StreamingResponse(news, media_type="text/event-stream", headers=STREAM_HEADERS)


async def show_case(request: Request, desk: Desk, staff: Staff, reference: str, status: int = 200, **more: Any) -> Response:
    """The page. Raises HandoffNotFoundError."""
    case, view = await _read(desk, staff, reference, _ALL)
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    if view is not None:
        await desk.room.call(mark_read, handoff_id, staff.id, view.last_seq)
    replies = await desk.room.read(list_replies, staff.scope)
    language = case.line.language
    chosen = next((one for one in replies if one.id == more.get("reply")), None)
    typed = more.pop("typed", None) or (_text_of(chosen, language) if chosen else "")
    values: dict[str, Any] = {
        **await _state(desk, staff, case, view),
        "answers": list(words.answers_in_words(case.answers)),
        "topics": [desk.room.knowledge.label(each, Language.EN) for each in case.topics if each in desk.room.knowledge.topics],
        "notes": await desk.room.read(list_notes, handoff_id),
        "entries": await desk.room.read(list_entries, handoff_id),
        "replies": [(one, _text_of(one, language)) for one in replies],
        "offices": await desk.room.read(list_all_offices),
        "outcomes": OUTCOMES[Audience.EMPLOYER if case.line.audience is Audience.EMPLOYER else Audience.SEEKER],
        "files": await desk.room.read(list_attachments, case.line.conversation_id),
        "deliveries": await desk.room.read(list_deliveries, case.line.conversation_id),
        "today": date.today(),
        "typed": typed,
        "at": "people",
    }
    return page(request, "case.html", status, **values, **more)


async def _state(desk: Desk, staff: Staff, case: Case, view: View | None) -> dict[str, Any]:
    """Who has it, and what this reader may do."""
    line = case.line
    holders = await desk.room.read(
        list_holders, {line.staff_id, *(each for change in case.changes for each in (change.staff_id, change.after))}
    )
    mine = line.staff_id == staff.agent.staff_id
    live = view is not None and not view.erased
    return {
        "case": case,
        "view": view,
        "live": live,
        "holders": holders,
        "holder": holders.get(line.staff_id),
        "mine": mine,
        "free": line.staff_id is None or mine or line.status in UNATTENDED,
        "ended": line.status in ENDED,
        "unattended": line.status in UNATTENDED,
        "talking": live and view is not None and view.owner is Owner.STAFF,
        "words": words,
        "longest": LONGEST_MESSAGE,
    }


async def _read(desk: Desk, staff: Staff, reference: str, limit: int) -> tuple[Case, View | None]:
    """None as a view where the conversation is not kept here, as the terminal's."""
    case = await desk.room.read(read_case, staff.agent, reference)
    try:
        return case, await desk.room.read(read_view, case.line.conversation_id, 0, limit)
    except ConversationNotFoundError:
        return case, None


async def _news(request: Request, staff: Staff, reference: str, case: Case, after: int) -> AsyncIterator[str]:
    """Looks by itself: the bell's listeners are taken for the person reading."""
    desk: Desk = request.app.state.desk
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    known, writing, looks = None, "", 0
    while True:
        try:
            view = await desk.room.read(read_view, case.line.conversation_id, after)
            holding = await desk.room.read(read_holding, staff.agent, reference)
        except (ConversationNotFoundError, HandoffNotFoundError):  # erased, or passed on to another intermediary
            yield _event("gone", "")
            return
        files = await desk.room.read(list_attachments, case.line.conversation_id) if view.messages else {}
        for message in view.messages:
            after = message.seq
            values = {"message": message, "deliveries": {}, "files": files, "base": f"/staff/handoffs/{reference}"}
            yield _event("message", TEMPLATES.get_template("case_message.html").render(values), after)
        if view.messages:
            await desk.room.call(mark_read, handoff_id, staff.id, after)
        state = (view.owner, *holding)
        if known is not None and known != state:
            yield _event("state", "")
        now = _writing(desk, case.line.conversation_id, view)
        if now != writing:
            yield _event("writing", now)
        known, writing, looks = state, now, looks + 1
        if looks % _CHECK_EACH == 0:
            if await find_open(request) is None:
                return
            yield ": here\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


def _writing(desk: Desk, conversation_id: str, view: View) -> str:
    """Who writes at this moment, in words."""
    if view.answering:
        return "The assistant is answering …"
    return "The person is writing …" if desk.room.typing.is_at(conversation_id, Author.VISITOR) else ""


def _event(name: str, data: str, number: int | None = None) -> str:
    lines = "".join(f"data: {line}\n" for line in data.replace("\r", "").split("\n"))
    return f"event: {name}\n" + (f"id: {number}\n" if number else "") + f"{lines}\n"


def _text_of(reply: Any, language: str) -> str:
    return str(reply.text_es if language == "es" else reply.text_en)

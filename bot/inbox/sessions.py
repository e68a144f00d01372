"""One's own account: where one is signed in, and ending that."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.inbox.desk import AtDesk
from bot.inbox.gate import SignedIn
from bot.inbox.pages import go, page
from bot.store.staff_sessions import end_other_sessions, end_session, list_sessions

router = APIRouter(prefix="/account")


@router.get("")
async def show_account(request: Request, desk: AtDesk, session: SignedIn) -> Response:
    devices = await desk.room.read(list_sessions, session.staff.id, desk.bounds)
    return page(request, "account.html", devices=devices, here=session.id, at="account")


@router.post("/sessions/{session_id}/end")
async def end(desk: AtDesk, session: SignedIn, session_id: int) -> Response:
    if not await desk.room.call(end_session, session.staff.id, session_id):
        raise HTTPException(404)
    return go("/staff/account")


@router.post("/sessions/end-others")
async def end_others(desk: AtDesk, session: SignedIn) -> Response:
    await desk.room.call(end_other_sessions, session.staff.id, session.id)
    return go("/staff/account")

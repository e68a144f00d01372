"""One's own account: where one is signed in, ending that, and one's password."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.core.staff import StaffError, check_password
from bot.inbox.authenticate import LockedError, WrongError, confirm_password
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import SignedIn, address_of
from bot.inbox.pages import go, page
from bot.inbox.proofs import hash_password
from bot.store.staff import change_password
from bot.store.staff_sessions import Open, end_other_sessions, end_session, list_sessions

Text = Annotated[str, Form(max_length=300)]
router = APIRouter(prefix="/account")


@router.get("")
async def show_account(request: Request, desk: AtDesk, session: SignedIn) -> Response:
    return await _account_page(request, desk, session)


@router.post("/password")
async def renew_password(request: Request, desk: AtDesk, session: SignedIn, old: Text = "", new: Text = "") -> Response:
    """Who knows the password may change it; everywhere else the account is signed out then."""
    try:
        check_password(new)
        await confirm_password(desk, session.staff.email, old, address_of(request))
    except StaffError as error:
        return await _account_page(request, desk, session, 422, wrong=str(error))
    except WrongError:
        return await _account_page(request, desk, session, 422, wrong="That is not your current password.")
    except LockedError:
        return await _account_page(request, desk, session, 429, wrong="Too many attempts. Wait 15 minutes, then try again.")
    async with desk.hashing:
        hashed = await asyncio.to_thread(hash_password, new)
    await desk.room.call(change_password, session.staff.id, session.id, hashed)
    return await _account_page(request, desk, session, done="Your password is changed. Everywhere else you are signed out.")


@router.post("/sessions/{session_id}/end")
async def end(desk: AtDesk, session: SignedIn, session_id: int) -> Response:
    if not await desk.room.call(end_session, session.staff.id, session_id):
        raise HTTPException(404)
    return go("/staff/account")


@router.post("/sessions/end-others")
async def end_others(desk: AtDesk, session: SignedIn) -> Response:
    await desk.room.call(end_other_sessions, session.staff.id, session.id)
    return go("/staff/account")


async def _account_page(request: Request, desk: Desk, session: Open, status: int = 200, **told: str) -> Response:
    devices = await desk.room.read(list_sessions, session.staff.id, desk.bounds)
    return page(request, "account.html", status, devices=devices, here=session.id, at="account", **told)

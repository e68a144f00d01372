"""Signing in and out."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.inbox.authenticate import LockedError, WrongError, authenticate
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import SignedIn, address_of, drop_cookie, find_open, let_in
from bot.inbox.pages import go, page
from bot.store.staff_sessions import end_session

HOME = "/staff/"
_OWN_PATH = re.compile(r"/staff/[A-Za-z0-9/_.?=&%-]*")
_WRONG = "That did not work. Check the e-mail address, the password and the code; a code works once and for about a minute."
_LOCKED = "Too many attempts. Wait 15 minutes, then try again, or ask your administrator for help."
Text = Annotated[str, Form(max_length=300)]
router = APIRouter()


@router.get("/sign-in")
async def show_sign_in(request: Request, desk: AtDesk, next: str = HOME) -> Response:
    if await find_open(request):
        return go(own_path(next))
    return sign_in_page(request, desk, next)


@router.post("/sign-in")
async def sign_in(
    request: Request, desk: AtDesk, email: Text = "", password: Text = "", code: Text = "", next: Text = HOME
) -> Response:
    try:
        staff_id = await authenticate(desk, email, password, code, address_of(request))
    except WrongError:
        return sign_in_page(request, desk, next, 422, _WRONG, email)
    except LockedError:
        return sign_in_page(request, desk, next, 429, _LOCKED, email)
    response = go(own_path(next))
    await let_in(request, response, staff_id)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, desk: AtDesk, session: SignedIn) -> Response:
    await desk.room.call(end_session, session.staff.id, session.id)
    response = go("/staff/sign-in")
    drop_cookie(request, response)
    return response


def sign_in_page(request: Request, desk: Desk, next: str, status: int = 200, wrong: str = "", email: str = "") -> Response:
    values = {"next": own_path(next), "wrong": wrong, "email": email, "single_sign_on": bool(desk.settings.oidc_issuer)}
    return page(request, "sign_in.html", status, **values)


def own_path(path: str) -> str:
    """A page of the inbox, or its first one: never another site."""
    return path if _OWN_PATH.fullmatch(path) else HOME

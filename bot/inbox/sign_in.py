"""Signing in and out, and the link that makes the first administrator."""

from __future__ import annotations

import re
from typing import Annotated

import segno
from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.core.staff import Role, StaffError, check_password
from bot.core.tokens import hash_token
from bot.inbox.authenticate import LockedError, WrongError, authenticate
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import SignedIn, address_of, drop_cookie, find_open, let_in
from bot.inbox.pages import go, page
from bot.inbox.proofs import address_of as code_address
from bot.inbox.proofs import hash_password, new_nonce, step_of, totp_of
from bot.store.staff import LinkUsedError, NewStaff, has_first_link, use_first_link
from bot.store.staff_sessions import end_session

HOME = "/staff/"
_OWN_PATH = re.compile(r"/staff/[A-Za-z0-9/_.?=&%-]*")
_NONCE = re.compile(r"[0-9a-f]{32}")
_WRONG = "That did not work. Check the e-mail address, the password and the code; a code works once and for about a minute."
_LOCKED = "Too many attempts. Wait 15 minutes, then try again, or ask your administrator for help."
_CODE = "The code is wrong or too old. Type the six digits that the app shows now."
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


@router.get("/first")
async def show_first(request: Request, desk: AtDesk, token: str = "") -> Response:
    if not await desk.room.read(has_first_link, hash_token(token)):
        return page(request, "problem.html", 410, title="This link is used up", text=_used_up())
    return _first_page(request, desk, token, new_nonce())


@router.post("/first")
async def make_first(
    request: Request,
    desk: AtDesk,
    token: Text = "",
    nonce: Text = "",
    email: Text = "",
    first_name: Text = "",
    password: Text = "",
    code: Text = "",
) -> Response:
    """Make the first administrator, who is signed in then."""
    nonce = nonce if _NONCE.fullmatch(nonce) else new_nonce()
    step = step_of(totp_of(desk.key, nonce), code)
    try:
        checked = _checked(email, first_name, password, step)
        new = NewStaff(checked, first_name.strip()[:64], Role.ADMINISTRATOR, None, hash_password(password), nonce)
        staff_id = await desk.room.call(use_first_link, hash_token(token), new)
    except StaffError as error:
        return _first_page(request, desk, token, nonce, 422, wrong=str(error), email=email, first_name=first_name)
    except LinkUsedError:
        return page(request, "problem.html", 410, title="This link is used up", text=_used_up())
    response = go(HOME)
    await let_in(request, response, staff_id)
    return response


def sign_in_page(request: Request, desk: Desk, next: str, status: int = 200, wrong: str = "", email: str = "") -> Response:
    values = {"next": own_path(next), "wrong": wrong, "email": email, "single_sign_on": bool(desk.settings.oidc_issuer)}
    return page(request, "sign_in.html", status, **values)


def own_path(path: str) -> str:
    """A page of the inbox, or its first one: never another site."""
    return path if _OWN_PATH.fullmatch(path) else HOME


def _first_page(request: Request, desk: Desk, token: str, nonce: str, status: int = 200, **values: str) -> Response:
    totp = totp_of(desk.key, nonce)
    picture = segno.make(code_address(totp, values.get("email") or "administrator"), micro=False)
    svg = picture.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None, dark="#000", light="#fff", title="QR code")
    return page(request, "first.html", status, token=token, nonce=nonce, svg=svg, secret=totp.secret, **values)


def _checked(email: str, first_name: str, password: str, step: int | None) -> str:
    """The address in its plain form. Raises StaffError."""
    try:
        checked = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise StaffError("That is not an e-mail address.") from None
    if not first_name.strip():
        raise StaffError("A first name is needed: people see who writes to them.")
    check_password(password)
    if step is None:
        raise StaffError(_CODE)
    return checked


def _used_up() -> str:
    return "There is an account already, or the link is older than a day. Accounts are made with: python -m bot staff add"

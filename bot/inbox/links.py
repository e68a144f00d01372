"""Links that let somebody choose a password and set up codes: the first administrator, and whoever was given one.

Responsible for these two pages. A mail program that looks into a link uses nothing up: only the form does.
"""

from __future__ import annotations

import asyncio
import re

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.core.staff import Role, StaffError, check_password, plain_email
from bot.core.tokens import hash_token
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import let_in
from bot.inbox.pages import go, page
from bot.inbox.proofs import address_of, hash_password, new_nonce, step_of, totp_of
from bot.inbox.sign_in import HOME, Text
from bot.store.accounts import find_invited, use_link
from bot.store.staff import LinkUsedError, NewStaff, has_first_link, use_first_link

LONGEST_NAME = 64
Faults = dict[str, str]
_NONCE = re.compile(r"[0-9a-f]{32}")
_CODE = "The code is wrong or too old. Type the six digits that the app shows now."
_FIRST = "There is an account already, or the link is older than a day. Administrators make more accounts under Account."
_OVER = (
    "It was used, is older than three days, or a newer one has replaced it. If you have chosen your password, sign in. Otherwise "
    "ask your administrator for a new link."
)
router = APIRouter()


@router.get("/first")
async def show_first(request: Request, desk: AtDesk, token: str = "") -> Response:
    if not await desk.room.read(has_first_link, hash_token(token)):
        return _over(request, _FIRST)
    return _choose_page(request, desk, token, new_nonce(), "administrator")


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
    if not await desk.room.read(has_first_link, hash_token(token)):
        return _over(request, _FIRST)
    nonce = nonce if _NONCE.fullmatch(nonce) else new_nonce()
    step, faults = _read_proof(desk, nonce, password, code)
    faults = email_faults(email) | name_faults(first_name) | faults
    if faults or step is None:
        shown = {"email": email, "first_name": first_name, "faults": faults}
        return _choose_page(request, desk, token, nonce, email or "administrator", 422, **shown)
    hashed = await _hash(desk, password)
    try:
        new = NewStaff(plain_email(email), first_name.strip(), Role.ADMINISTRATOR, None, hashed, nonce)
        staff_id = await desk.room.call(use_first_link, hash_token(token), new)
    except LinkUsedError:
        return _over(request, _FIRST)
    return await _enter(request, staff_id)


@router.get("/invitation")
async def show_invitation(request: Request, desk: AtDesk, token: str = "") -> Response:
    try:
        invited = await desk.room.read(find_invited, hash_token(token))
    except LinkUsedError:
        return _over(request, _OVER)
    return _choose_page(request, desk, token, new_nonce(), invited.email, invited=invited)


@router.post("/invitation")
async def accept_invitation(
    request: Request, desk: AtDesk, token: Text = "", nonce: Text = "", password: Text = "", code: Text = ""
) -> Response:
    """Give the account what was chosen; its owner is signed in then."""
    nonce = nonce if _NONCE.fullmatch(nonce) else new_nonce()
    try:
        invited = await desk.room.read(find_invited, hash_token(token))
        step, faults = _read_proof(desk, nonce, password, code)
        if faults or step is None:
            return _choose_page(request, desk, token, nonce, invited.email, 422, invited=invited, faults=faults)
        staff_id = await desk.room.call(use_link, hash_token(token), await _hash(desk, password), nonce, step)
    except LinkUsedError:
        return _over(request, _OVER)
    return await _enter(request, staff_id)


def email_faults(text: str) -> Faults:
    try:
        plain_email(text)
    except StaffError:
        return {"email": "That is not an e-mail address."}
    return {}


def name_faults(text: str) -> Faults:
    if not text.strip():
        return {"first_name": "A first name is needed: people see who writes to them."}
    if len(text.strip()) > LONGEST_NAME or not text.isprintable():
        return {"first_name": f"A first name has at most {LONGEST_NAME} characters, on one line."}
    return {}


def _read_proof(desk: Desk, nonce: str, password: str, code: str) -> tuple[int | None, Faults]:
    """The time step of the code, and what is wrong."""
    step = step_of(totp_of(desk.key, nonce), code)
    faults = {} if step is not None else {"code": _CODE}
    try:
        check_password(password)
    except StaffError as error:
        faults["password"] = str(error)
    return step, faults


async def _hash(desk: Desk, password: str) -> str:
    async with desk.hashing:
        return await asyncio.to_thread(hash_password, password)


async def _enter(request: Request, staff_id: int) -> Response:
    response = go(HOME)
    await let_in(request, response, staff_id)
    return response


def _choose_page(
    request: Request, desk: Desk, token: str, nonce: str, name: str, status: int = 200, **values: object
) -> Response:
    totp = totp_of(desk.key, nonce)
    picture = segno.make(address_of(totp, name), micro=False)
    svg = picture.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None, dark="#000", light="#fff", title="QR code")
    return page(request, "first.html", status, token=token, nonce=nonce, svg=svg, secret=totp.secret, **values)


def _over(request: Request, text: str) -> Response:
    return page(request, "problem.html", 410, title="This link does not work any more", text=text)

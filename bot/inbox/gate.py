"""Who may pass: the cookie, the session behind it, and the proof that a form is of our own pages.

One cookie holds a token that chance made. Before signing in it stands for nobody; signing in replaces it. Each form carries what
only who has the token can make (`form_token`), so that a form of another site does nothing, not even sign somebody in.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from bot.core.addresses import network_of
from bot.core.staff import Staff
from bot.core.tokens import are_equal, form_token, hash_token, new_token
from bot.inbox.desk import desk_of
from bot.store.staff_sessions import Open, begin_session, find_session, touch_session

_SAFE = ("GET", "HEAD")


class SignedOutError(Exception):
    """Nobody is signed in, or not any more."""


class NotAllowedError(Exception):
    """Signed in, but the role may not do this."""


async def require_own_form(request: Request) -> None:
    """For every route: a change has to come from a form of ours. Raises HTTPException."""
    if request.method in _SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    sent = request.headers.get("x-csrf-token") or (await request.form()).get("csrf")
    token = cookie_of(request)
    if not token or not isinstance(sent, str) or not are_equal(form_token(token), sent):
        await request.close()  # a file that came along
        raise HTTPException(403)


async def find_open(request: Request) -> Open | None:
    """The session of the cookie; looking does not count as use."""
    desk, token = desk_of(request), cookie_of(request)
    return await desk.room.read(find_session, hash_token(token), desk.bounds) if token else None


async def signed_in(request: Request) -> Open:
    """Raises SignedOutError."""
    session = await find_open(request)
    if session is None:
        raise SignedOutError
    await desk_of(request).room.call(touch_session, session)
    request.state.staff = session.staff
    return session


async def listening(request: Request) -> Open:
    """The same for streams, which a browser opens by itself: they do not keep a session open. Raises SignedOutError."""
    session = await find_open(request)
    if session is None:
        raise SignedOutError
    return session


async def who(session: Annotated[Open, Depends(signed_in)]) -> Staff:
    return session.staff


SignedIn = Annotated[Open, Depends(signed_in)]
Who = Annotated[Staff, Depends(who)]


async def let_in(request: Request, response: Response, staff_id: int) -> None:
    """Begin a session with a new token."""
    desk, token = desk_of(request), new_token()
    await desk.room.call(begin_session, staff_id, hash_token(token), _device(request.headers.get("user-agent", "")))
    set_cookie(request, response, token)


def cookie_of(request: Request) -> str:
    known = getattr(request.state, "cookie", None) or request.cookies.get(cookie_name(request), "")
    return str(known)


def ensure_cookie(request: Request) -> str | None:
    """The token that a new cookie has to hold, where the browser has none yet."""
    if cookie_of(request):
        return None
    request.state.cookie = new_token()
    return cookie_of(request)


def cookie_name(request: Request, name: str = "imt_staff") -> str:
    """With https the browser makes sure that no other site or port has set it."""
    return f"__Host-{name}" if request.url.scheme == "https" else name


def set_cookie(request: Request, response: Response, token: str, name: str = "imt_staff", seconds: int | None = None) -> None:
    """Lax, not strict: a link in a notice has to find its reader signed in. Forms carry a proof of their own."""
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request, name), token, seconds, path="/", httponly=True, samesite="lax", secure=secure)


def drop_cookie(request: Request, response: Response, name: str = "imt_staff") -> None:
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(request, name), path="/", httponly=True, samesite="lax", secure=secure)


def address_of(request: Request) -> str:
    return network_of(request.client.host) if request.client else ""


def _device(agent: str) -> str:
    """ "Firefox on Windows": enough to know one's own devices."""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac", "Linux": "Linux"}
    browser = next((name for mark, name in browsers.items() if mark in agent), "A browser")
    system = next((name for mark, name in systems.items() if mark in agent), None)
    return f"{browser} on {system}" if system else browser

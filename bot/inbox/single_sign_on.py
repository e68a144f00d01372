"""Signing in by OpenID Connect: the provider (`provider`) says who somebody is; accounts are ours.

An account is found by an e-mail address that the provider has verified, and bound to the provider's id of the person at the first
time: an address that is given to somebody else later opens nothing. What is under way lies in a cookie of ten minutes.
"""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.conversation.loops import log_failure
from bot.core.tokens import are_equal, new_token
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import cookie_name, drop_cookie, let_in, set_cookie
from bot.inbox.pages import go
from bot.inbox.sign_in import HOME, own_path, sign_in_page
from bot.store.staff import bind_subject, find_credentials

_COOKIE = "imt_staff_oidc"
_COOKIE_SECONDS = 600
_FAILED = "Signing in with your organization did not work. Please try again."
_UNKNOWN = "Your organization knows you, but there is no account for you here. Ask the administrator of the assistant."
router = APIRouter(prefix="/oidc")


class NotSignedInError(Exception):
    """The provider's answer does not hold."""


@router.get("")
async def begin(request: Request, desk: AtDesk, next: str = HOME) -> Response:
    """Go to the provider."""
    _require_provider(desk)
    from bot.inbox import provider  # imports its library: only where it is needed

    state, nonce, verifier = (new_token() for _ in range(3))
    try:
        address = await provider.address_to(desk.settings, _back(request), state, nonce, verifier)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return _refuse(request, desk, error)
    response = go(address)
    set_cookie(request, response, ".".join((state, nonce, verifier, own_path(next))), _COOKIE, _COOKIE_SECONDS)
    return response


@router.get("/return")
async def end(request: Request, desk: AtDesk, state: str = "", code: str = "") -> Response:
    """Come back from the provider."""
    _require_provider(desk)
    from bot.inbox import provider  # imports its library: only where it is needed

    kept, nonce, verifier, path = (*request.cookies.get(cookie_name(request, _COOKIE), "").split(".", 3), "", "", "", "")[:4]
    try:
        if not kept or not are_equal(kept, state):
            raise NotSignedInError
        claims = await provider.ask(desk.settings, _back(request), code, nonce, verifier)
        staff_id = await _find_account(desk, claims)
    except (*provider.FAILURES, NotSignedInError) as error:
        return _refuse(request, desk, error)
    if staff_id is None:
        return sign_in_page(request, desk, HOME, 403, _UNKNOWN)
    response = go(own_path(path))
    drop_cookie(request, response, _COOKIE)
    await let_in(request, response, staff_id)
    return response


async def _find_account(desk: Desk, claims: dict[str, Any]) -> int | None:
    if claims.get("email_verified") is not True:
        return None
    credentials = await desk.room.read(find_credentials, str(claims.get("email", "")))
    if credentials is None or not await desk.room.call(bind_subject, credentials.id, str(claims["sub"])[:255]):
        return None
    return credentials.id


def _back(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/staff/oidc/return"


def _require_provider(desk: Desk) -> None:
    if not desk.settings.oidc_issuer:
        raise HTTPException(404)


def _refuse(request: Request, desk: Desk, error: Exception) -> Response:
    log_failure("single sign-on", error)
    return sign_in_page(request, desk, HOME, 403, _FAILED)

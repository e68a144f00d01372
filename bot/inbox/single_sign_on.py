"""Signing in by OpenID Connect: the provider says who somebody is; accounts are ours.

An account is found by an e-mail address that the provider has verified, and bound to the provider's id of the person at the first
time: an address that is given to somebody else later opens nothing. What is under way lies in a cookie of ten minutes.
"""

from __future__ import annotations

from typing import Any

import httpx
from authlib.integrations.base_client.errors import OAuthError as ClientError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
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
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_FAILED = "Signing in with your organization did not work. Please try again."
_UNKNOWN = "Your organization knows you, but there is no account for you here. Ask the administrator of the assistant."
router = APIRouter(prefix="/oidc")


class NotSignedInError(Exception):
    """The provider's answer does not hold."""


@router.get("")
async def begin(request: Request, desk: AtDesk, next: str = HOME) -> Response:
    """Go to the provider."""
    _require_provider(desk)
    state, nonce, verifier = (new_token() for _ in range(3))
    try:
        async with _client(request, desk) as client:
            found = await _discover(client, desk)
            address, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return _refuse(request, desk, error)
    response = go(address)
    set_cookie(request, response, ".".join((state, nonce, verifier, own_path(next))), _COOKIE, _COOKIE_SECONDS)
    return response


@router.get("/return")
async def end(request: Request, desk: AtDesk, state: str = "", code: str = "") -> Response:
    """Come back from the provider."""
    _require_provider(desk)
    kept, nonce, verifier, path = (*request.cookies.get(cookie_name(request, _COOKIE), "").split(".", 3), "", "", "", "")[:4]
    try:
        if not kept or not are_equal(kept, state):
            raise NotSignedInError
        claims = await _ask(request, desk, code, nonce, verifier)
        staff_id = await _find_account(desk, claims)
    except (httpx.HTTPError, OAuthError, ClientError, JoseError, ValueError, KeyError, NotSignedInError) as error:
        return _refuse(request, desk, error)
    if staff_id is None:
        return sign_in_page(request, desk, HOME, 403, _UNKNOWN)
    response = go(own_path(path))
    drop_cookie(request, response, _COOKIE)
    await let_in(request, response, staff_id)
    return response


async def _ask(request: Request, desk: Desk, code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """What the provider says of the person, with its signature, issuer, audience, nonce and time checked."""
    async with _client(request, desk) as client:
        found = await _discover(client, desk)
        token = await client.fetch_token(found["token_endpoint"], code=code, code_verifier=verifier)
        keys = await client.request("GET", found["jwks_uri"], withhold_token=True)
    claims: dict[str, Any] = jwt.decode(token["id_token"], KeySet.import_key_set(keys.json()), algorithms=_ALGORITHMS).claims
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": desk.settings.oidc_issuer},
        aud={"essential": True, "value": desk.settings.oidc_client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    registry.validate(claims)
    return claims


async def _find_account(desk: Desk, claims: dict[str, Any]) -> int | None:
    if claims.get("email_verified") is not True:
        return None
    credentials = await desk.room.read(find_credentials, str(claims.get("email", "")))
    if credentials is None or not await desk.room.call(bind_subject, credentials.id, str(claims["sub"])[:255]):
        return None
    return credentials.id


async def _discover(client: AsyncOAuth2Client, desk: Desk) -> dict[str, Any]:
    answer = await client.request("GET", f"{desk.settings.oidc_issuer}/.well-known/openid-configuration", withhold_token=True)
    found: dict[str, Any] = answer.raise_for_status().json()
    if str(found["issuer"]).rstrip("/") != desk.settings.oidc_issuer:
        raise ValueError("another issuer")
    return found


def _client(request: Request, desk: Desk) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        desk.settings.oidc_client_id,
        desk.settings.oidc_client_secret,
        scope="openid email",
        redirect_uri=f"{request.url.scheme}://{request.url.netloc}/staff/oidc/return",
        code_challenge_method="S256",
        timeout=10,
    )


def _require_provider(desk: Desk) -> None:
    if not desk.settings.oidc_issuer:
        raise HTTPException(404)


def _refuse(request: Request, desk: Desk, error: Exception) -> Response:
    log_failure("single sign-on", error)
    return sign_in_page(request, desk, HOME, 403, _FAILED)

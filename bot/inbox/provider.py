"""The provider of OpenID Connect, over HTTP: where it lets people sign in, and what it says of who did.

Responsible for checking what it says. Must not know accounts, cookies or pages. Imported only where a provider is set: its
library takes a fifth of a second, and warns at each start.
"""

from __future__ import annotations

from typing import Any

import httpx
from authlib.integrations.base_client.errors import OAuthError as ClientError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.settings import Settings

FAILURES = (httpx.HTTPError, OAuthError, ClientError, JoseError, ValueError, KeyError)
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]


async def address_to(settings: Settings, back: str, state: str, nonce: str, verifier: str) -> str:
    """Where to send somebody who wants to sign in, and who comes back to `back`. Raises one of FAILURES."""
    async with _client(settings, back) as client:
        found = await _discover(client, settings)
        address, _ = client.create_authorization_url(
            found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    return str(address)


async def ask(settings: Settings, back: str, code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """What it says of the person, with its signature, issuer, audience, nonce and time checked. Raises one of FAILURES."""
    async with _client(settings, back) as client:
        found = await _discover(client, settings)
        token = await client.fetch_token(found["token_endpoint"], code=code, code_verifier=verifier)
        keys = await client.request("GET", found["jwks_uri"], withhold_token=True)
    claims: dict[str, Any] = jwt.decode(token["id_token"], KeySet.import_key_set(keys.json()), algorithms=_ALGORITHMS).claims
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    registry.validate(claims)
    return claims


async def _discover(client: AsyncOAuth2Client, settings: Settings) -> dict[str, Any]:
    answer = await client.request("GET", f"{settings.oidc_issuer}/.well-known/openid-configuration", withhold_token=True)
    found: dict[str, Any] = answer.raise_for_status().json()
    if str(found["issuer"]).rstrip("/") != settings.oidc_issuer:
        raise ValueError("another issuer")
    return found


def _client(settings: Settings, back: str) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope="openid email",
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=10,
    )

"""OpenID Connect against a provider on a socket: who is let in, and each way in which an answer may not hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.datastructures import URL

from bot.core.staff import Role
from bot.store.database import Database
from bot.store.staff import NewStaff, add_staff, disable_staff
from tests.inbox.people import OWN, Browser
from tests.inbox.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider

ANA = "ana@example.org"
Open = Callable[[], Browser]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        provider.claims = {"email": ANA, "email_verified": True}
        yield provider


@pytest.fixture
def settings(provider: Provider) -> dict[str, Any]:
    return {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}


@pytest.fixture
def ana(database: Database) -> str:
    """Without a password."""
    add_staff(database, NewStaff(ANA, "Ana", Role.AGENT, OWN))
    return ANA


def come_back(person: Browser, provider: Provider, path: str = "/oidc") -> Any:
    begun = person.get(path)
    assert begun.status_code == 303
    back = URL(provider.authorize(begun.headers["location"]))
    return person.get(f"{back.path.removeprefix('/staff')}?{back.query}")


def test_an_account_is_entered(browser: Open, provider: Provider, ana: str) -> None:
    person = browser()
    assert "Sign in with your organization" in person.get("/sign-in").text
    entered = come_back(person, provider, "/oidc?next=/staff/account")
    assert (entered.status_code, entered.headers["location"]) == (303, "/staff/account")
    assert ANA in person.get("/account").text
    assert come_back(browser(), provider).status_code == 303, "and again"


def test_a_password_cannot_enter_an_account_without_one(browser: Open, ana: str) -> None:
    assert browser().sign_in(ana, "").status_code == 422


@pytest.mark.parametrize("claims", [
    {"email": "nobody@example.org"}, {"email_verified": False}, {"email_verified": "yes"}, {"email": None}, {"iss": "https://evil.test"},
    {"aud": "another"}, {"nonce": "another"}, {"exp": int(time.time()) - 3600}, {"sub": None},
])  # fmt: skip
def test_what_does_not_hold_lets_nobody_in(browser: Open, provider: Provider, ana: str, claims: dict[str, Any]) -> None:
    provider.claims |= claims
    person = browser()
    refused = come_back(person, provider)
    assert refused.status_code == 403
    assert 'role="alert"' in refused.text
    assert person.get("/account").status_code == 303


def test_an_answer_signed_by_somebody_else_lets_nobody_in(browser: Open, provider: Provider, ana: str) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    assert come_back(browser(), provider).status_code == 403


def test_an_address_that_went_to_somebody_else_lets_nobody_in(browser: Open, provider: Provider, ana: str) -> None:
    assert come_back(browser(), provider).status_code == 303
    provider.claims["sub"] = "s2"
    assert come_back(browser(), provider).status_code == 403


def test_a_disabled_account_is_not_entered(browser: Open, provider: Provider, database: Database, ana: str) -> None:
    disable_staff(database, ana)
    assert come_back(browser(), provider).status_code == 403


def test_an_answer_belongs_to_the_browser_that_asked(browser: Open, provider: Provider, ana: str) -> None:
    begun = browser().get("/oidc")
    back = URL(provider.authorize(begun.headers["location"]))
    other = browser()
    other.get("/oidc")
    assert other.get(f"/oidc/return?{back.query}").status_code == 403
    assert browser().get("/oidc/return?state=&code=").status_code == 403


def test_a_code_is_used_once(browser: Open, provider: Provider, ana: str) -> None:
    person = browser()
    back = URL(provider.authorize(person.get("/oidc").headers["location"]))
    first = person.get(f"/oidc/return?{back.query}")
    assert first.status_code == 303
    assert person.get(f"/oidc/return?{back.query}").status_code == 403


def test_a_provider_that_is_away_is_said(browser: Open, provider: Provider) -> None:
    provider.issuer = "https://another.test"
    assert "did not work" in browser().get("/oidc").text


class TestWithoutProvider:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {}

    @pytest.mark.parametrize("path", ["/oidc", "/oidc/return"])
    def test_there_is_no_such_page(self, browser: Open, path: str) -> None:
        assert browser().get(path).status_code == 404
        assert "organization" not in browser().get("/sign-in").text

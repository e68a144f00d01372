"""The accounts page and the links that it makes: inviting, resetting, roles, disabling."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.conversation.post import Post
from bot.core.staff import Role
from bot.core.tokens import hash_token
from bot.inbox.proofs import totp_of
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.staff import Account, Standing, find_credentials, list_staff
from bot.store.staff_schema import Audit, Staff
from tests.inbox.people import KEY, OTHER, OWN, PASSWORD, Browser

BEN = "ben@example.org"
FORM = {"email": "Ben@example.org", "first_name": "Ben", "role": "agent", "partner_id": OWN}
SMTP = "mailto://u:p@mail.example.org?from=imt@example.org"
Enter = Callable[..., Browser]
Open = Callable[[], Browser]


@pytest.fixture
def ada(enter: Enter) -> Browser:
    """An administrator, signed in."""
    return enter(Role.ADMINISTRATOR, None, "ada@example.org")


def link_of(page: Any) -> str:
    """The path with the token."""
    assert page.status_code == 200
    found = re.search(r'<input id="link" value="http://[\w.:]+/staff(/invitation\?token=[\w-]{43})"', page.text)
    assert found
    return found[1]


def account(database: Database, email: str = BEN) -> Account:
    (found,) = (each for each in list_staff(database) if each.staff.email == email)
    return found


def choose(person: Browser, link: str, **changes: str) -> Any:
    """Open a link and send its form, with the code of the secret that it shows."""
    shown = person.get(link)
    if shown.status_code != 200:
        return shown
    nonce = re.findall(r'name="nonce" value="(\w+)"', shown.text)[0]
    code = totp_of(KEY.encode(), nonce).now()
    form = {"token": link.partition("=")[2], "nonce": nonce, "password": PASSWORD, "code": code}
    return person.post("/invitation", **(form | changes))


def test_who_is_invited_chooses_a_password_and_is_in(ada: Browser, browser: Open, database: Database) -> None:
    made = ada.post("/accounts", **FORM)
    link, ben = link_of(made), browser()
    assert "Pass it on to Ben only" in made.text
    assert "token=" not in ada.get(f"/accounts/{account(database).staff.id}").text, "shown once"
    assert "Invited" in ada.get("/accounts").text
    page = ben.get(link).text
    assert "Hello Ben" in page
    assert 'value="ben@example.org"' in page
    assert ben.sign_in(BEN, "").status_code == 422, "an account without a password lets nobody in"
    assert choose(ben, link).headers["location"] == "/staff/"
    assert BEN in ben.get("/account").text
    assert account(database).standing is Standing.ACTIVE
    used = browser().get(link)
    assert (used.status_code, "was used" in used.text) == (410, True)
    assert browser().sign_in(BEN, PASSWORD).status_code == 422, "the code was used"
    assert browser().sign_in(BEN, PASSWORD, browser().code(BEN, 1)).status_code == 303


def test_of_the_link_only_a_hash_is_kept(ada: Browser, database: Database) -> None:
    token = link_of(ada.post("/accounts", **FORM)).partition("=")[2]
    with database.reading() as connection:
        kept = connection.execute(select(Staff.link_hash).where(Staff.email == BEN)).scalar_one()
        told = [str(row) for row in connection.execute(select(Audit.action, Audit.detail))]
    assert kept == hash_token(token)
    assert not any(token in line or BEN in line for line in told)


def test_a_link_that_is_old_replaced_or_withdrawn_says_so(ada: Browser, browser: Open, database: Database) -> None:
    first = link_of(ada.post("/accounts", **FORM))
    one = f"/accounts/{account(database).staff.id}"
    second = link_of(ada.post(f"{one}/link"))
    for link in (first, "/invitation?token=", "/invitation?token=x"):
        refused = choose(browser(), link)
        assert (refused.status_code, "three days" in refused.text) == (410, True), link
    with database.writing() as connection:
        connection.execute(update(Staff).where(Staff.email == BEN).values(link_until=utc_now()))
    assert choose(browser(), second).status_code == 410
    assert "Link is over" in ada.get("/accounts").text
    third = link_of(ada.post(f"{one}/link"))
    opened = browser()
    opened.get(third)
    ada.post(f"{one}/disable")
    assert opened.post("/invitation", token=third.partition("=")[2], password=PASSWORD, code="1").status_code == 410
    assert find_credentials(database, BEN) is None


def test_a_link_lasts_three_days(ada: Browser, database: Database) -> None:
    before = utc_now()
    ada.post("/accounts", **FORM)
    until = account(database).link_until
    assert until is not None
    assert before + timedelta(days=3) <= until <= utc_now() + timedelta(days=3)


def test_every_mistake_of_an_invitation_is_told_at_once_and_nothing_is_lost(ada: Browser, database: Database) -> None:
    wrong = ada.post("/accounts", email="ben at home", first_name="", role="agent", partner_id="nowhere")
    assert wrong.status_code == 422
    for name in ("email", "first_name", "partner_id"):
        assert f'id="{name}-fault"' in wrong.text, name
    assert 'value="ben at home"' in wrong.text
    assert '<option value="agent" selected>' in wrong.text
    for changes, name in (
        ({"email": "ADA@example.org"}, "email"), ({"role": ""}, "role"), ({"role": "owner"}, "role"),
        ({"partner_id": ""}, "partner_id"), ({"role": "national"}, "partner_id"),
        ({"first_name": "x" * 65}, "first_name"), ({"first_name": "B\u0007en"}, "first_name"),
    ):  # fmt: skip
        refused = ada.post("/accounts", **(FORM | changes))
        assert (refused.status_code, f'id="{name}-fault"' in refused.text) == (422, True), changes
    assert len(list_staff(database)) == 1


def test_mistakes_in_choosing_a_password_are_told_at_once_and_use_nothing_up(ada: Browser, browser: Open) -> None:
    link, ben = link_of(ada.post("/accounts", **FORM)), browser()
    wrong = choose(ben, link, password="short", code="000000")
    assert wrong.status_code == 422
    assert all(f'id="{name}-fault"' in wrong.text for name in ("password", "code"))
    assert 'value="short"' not in wrong.text
    assert ben.get("/account").status_code == 303
    assert choose(ben, link).status_code == 303


def test_a_reset_ends_password_codes_and_sessions_at_once(ada: Browser, enter: Enter, browser: Open, database: Database) -> None:
    ben = enter(Role.AGENT, OWN, BEN)
    link = link_of(ada.post(f"/accounts/{account(database).staff.id}/link"))
    assert ben.get("/account").status_code == 303
    assert browser().sign_in(BEN, PASSWORD, ben.code(BEN, 1)).status_code == 422
    assert choose(browser(), link, password="four other words here").status_code == 303


def test_a_role_is_changed_at_once(ada: Browser, enter: Enter, database: Database) -> None:
    ben = enter(Role.AGENT, OWN, BEN)
    one = f"/accounts/{account(database).staff.id}"
    assert ada.post(one, role="agent", partner_id=OWN).headers["location"] == f"/staff{one}"
    assert ben.get("/account").status_code == 200, "nothing was changed"
    refused = ada.post(one, role="manager", partner_id="")
    assert (refused.status_code, '<option value="manager" selected>' in refused.text) == (422, True)
    assert "done=role" in ada.post(one, role="manager", partner_id=OTHER).headers["location"]
    assert (account(database).staff.role, account(database).staff.partner_id) == (Role.MANAGER, OTHER)
    assert ben.get("/account").status_code == 303


def test_an_account_is_disabled_and_enabled_again(ada: Browser, enter: Enter, browser: Open, database: Database) -> None:
    ben = enter(Role.AGENT, OWN, BEN)
    one = f"/accounts/{account(database).staff.id}"
    assert "done=disabled" in ada.post(f"{one}/disable").headers["location"]
    assert ben.get("/account").status_code == 303
    assert browser().sign_in(BEN, code=ben.code(BEN, 1)).status_code == 422
    assert "enable it first" in ada.post(f"{one}/link").text
    assert "Enable the account" in ada.get(one).text
    ada.post(f"{one}/enable")
    assert browser().sign_in(BEN, code=ben.code(BEN, 1)).status_code == 303


def test_nobody_manages_their_own_account(ada: Browser, database: Database) -> None:
    one = f"/accounts/{account(database, 'ada@example.org').staff.id}"
    assert "<form" not in ada.get(one).text.partition("<main")[2]
    for path in (f"{one}/disable", f"{one}/link", f"{one}/enable", one):
        refused = ada.post(path, role="national", partner_id="")
        assert (refused.status_code, "your own account" in refused.text) == (422, True), path
    assert ada.get("/accounts").status_code == 200
    assert account(database, "ada@example.org").standing is Standing.ACTIVE


def test_an_account_that_is_not_there(ada: Browser) -> None:
    for path in ("/accounts/999", "/accounts/999/link"):
        assert ada.post(path, role="national").status_code == 404
    assert ada.get("/accounts/999").status_code == 404
    assert ada.get(f"/accounts/{10**20}").status_code == 422


def test_what_was_done_is_recorded_with_who_did_it(ada: Browser, database: Database) -> None:
    ada.post("/accounts", **FORM)
    mine, ben = account(database, "ada@example.org").staff.id, account(database).staff.id
    ada.post(f"/accounts/{ben}", role="manager", partner_id=OWN)
    for what in ("link", "disable", "enable"):
        ada.post(f"/accounts/{ben}/{what}")
    with database.reading() as connection:
        rows = connection.execute(select(Audit.staff_id, Audit.action, Audit.detail).order_by(Audit.id)).all()
    assert [tuple(row) for row in rows][-5:] == [
        (mine, "staff_added", f"account {ben}: agent"), (mine, "staff_role", f"account {ben}: manager"),
        *((mine, f"staff_{what}", f"account {ben}") for what in ("reset", "disabled", "enabled")),
    ]  # fmt: skip


def test_without_single_sign_on_there_is_no_tick_and_it_is_not_heeded(ada: Browser) -> None:
    assert "single_sign_on" not in ada.get("/accounts").text
    link_of(ada.post("/accounts", **FORM, single_sign_on="on"))


class TestWithEMail:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"smtp_url": SMTP, "public_url": "https://imt.example.org"}

    @pytest.mark.parametrize("works", [True, False])
    def test_the_link_is_sent_too(self, ada: Browser, works: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[tuple[str, str]] = []

        async def send(post: Post, address: str, title: str, body: str) -> bool:
            sent.append((address, body))
            return works

        monkeypatch.setattr(Post, "send", send)
        page = ada.post("/accounts", **FORM).text
        link = re.findall(r'<input id="link" value="(https://imt.example.org/staff/invitation\?token=[\w-]+)"', page)[0]
        assert ("It was sent to ben@example.org" in page, "could not be sent" in page) == (works, not works)
        ((address, body),) = sent
        assert address == BEN
        assert link in body
        assert "Ada (ada@example.org)" in body


class TestWithSingleSignOn:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"oidc_issuer": "https://id.example.org", "oidc_client_id": "imt", "oidc_client_secret": "s"}

    def test_who_signs_in_with_their_organization_needs_no_link(self, ada: Browser, database: Database) -> None:
        made = ada.post("/accounts", **FORM, single_sign_on="on")
        assert "done=single" in made.headers["location"]
        assert account(database).standing is Standing.SINGLE_SIGN_ON
        assert "Single sign-on" in ada.get("/accounts").text
        one = f"/accounts/{account(database).staff.id}"
        link_of(ada.post(f"{one}/link"))
        assert "done=single" in ada.post(f"{one}/link", single_sign_on="on").headers["location"]
        assert account(database).standing is Standing.SINGLE_SIGN_ON

"""Signing in and out: what is needed, what is refused, and that no answer tells why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from bot.core.staff import FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS, LOCKED_FOR, Role
from bot.core.tokens import hash_token
from bot.inbox.proofs import totp_of
from bot.inbox.sign_in import own_path
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.staff import disable_staff, find_credentials, list_staff, make_first_link
from bot.store.staff_schema import Staff, StaffFailure, StaffSession
from tests.inbox.people import KEY, OWN, PASSWORD, Browser, add_person

ANA = "ana@example.org"
Open = Callable[[], Browser]


@pytest.fixture
def ana(database: Database) -> str:
    add_person(database, ANA, Role.AGENT, OWN)
    return ANA


def test_with_password_and_code_one_is_in_and_out_again(browser: Open, ana: str) -> None:
    person = browser()
    assert person.get("/account").headers["location"] == "/staff/sign-in?next=%2Fstaff%2Faccount"
    entered = person.sign_in("Ana@Example.org", next="/staff/account")
    assert (entered.status_code, entered.headers["location"]) == (303, "/staff/account")
    assert "ana@example.org" in person.get("/account").text
    assert person.get("/sign-in").status_code == 303
    assert person.post("/sign-out").headers["location"] == "/staff/sign-in"
    assert person.get("/account").status_code == 303


def test_whatever_is_wrong_the_answer_is_the_same(browser: Open, database: Database, ana: str) -> None:
    add_person(database, "gone@example.org", Role.AGENT, OWN)
    disable_staff(database, "gone@example.org")
    answers = [
        browser().sign_in("nobody@example.org"),
        browser().sign_in(ana, "wrong password here"),
        browser().sign_in(ana, code="000000"),
        browser().sign_in("gone@example.org"),
        browser().sign_in("a\ud800@example.org".encode("utf-8", "replace").decode(), code="٣"),
    ]
    texts = {answer.text.partition("<form")[0].partition('role="alert"')[2] for answer in answers}
    assert [answer.status_code for answer in answers] == [422] * 5
    assert len(texts) == 1
    assert "did not work" in texts.pop()
    assert all(PASSWORD not in answer.text for answer in answers)


def test_a_code_works_once(browser: Open, ana: str) -> None:
    code = browser().code(ana)
    assert browser().sign_in(ana, code=code).status_code == 303
    assert browser().sign_in(ana, code=code).status_code == 422


def test_too_many_failures_lock_the_account_for_a_while(browser: Open, database: Database, ana: str) -> None:
    for _ in range(FAILURES_OF_ACCOUNT):
        assert browser().sign_in(ana, "wrong password here").status_code == 422
    locked = browser().sign_in(ana)
    assert locked.status_code == 429
    assert "15 minutes" in locked.text
    with database.writing() as connection:
        connection.execute(update(StaffFailure).values(at=utc_now() - LOCKED_FOR - timedelta(seconds=1)))
    assert browser().sign_in(ana).status_code == 303


def test_too_many_failures_lock_the_address(browser: Open, ana: str) -> None:
    for number in range(FAILURES_OF_ADDRESS):
        assert browser().sign_in(f"nobody{number}@example.org").status_code == 422
    assert browser().sign_in(ana).status_code == 429


def test_failures_are_kept_without_what_was_typed(browser: Open, database: Database) -> None:
    browser().sign_in("secret-typed-by-mistake")
    with database.reading() as connection:
        keys = list(connection.scalars(select(StaffFailure.key)))
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


def test_a_form_without_its_proof_does_nothing(browser: Open, ana: str) -> None:
    person = browser()
    form = {"email": ana, "password": PASSWORD, "code": person.code(ana)}
    assert person.post("/sign-in", None, **form).status_code == 403
    person.get("/sign-in")
    for proof in (None, "0" * 64, browser().proof()):
        assert person.post("/sign-in", proof, **form).status_code == 403
    assert person.post("/sign-in", **form).status_code == 303


def test_a_form_of_another_site_does_nothing(browser: Open, ana: str) -> None:
    person = browser()
    person.client.headers["sec-fetch-site"] = "cross-site"
    assert person.sign_in(ana).status_code == 403
    person.client.headers.pop("sec-fetch-site")
    person.client.headers["origin"] = "https://elsewhere.test"
    assert person.client.post("/staff/sign-in", data={}).status_code == 403


def test_the_proof_before_signing_in_is_worth_nothing_after(browser: Open, ana: str) -> None:
    person = browser()
    before = person.proof()
    person.sign_in(ana)
    assert person.post("/sign-out", before).status_code == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: TestClient, browser: Open, ana: str) -> None:
    person = browser()
    cookie = person.sign_in(ana).headers["set-cookie"]
    assert cookie.startswith("imt_staff=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    safe = TestClient(site.app, base_url="https://inbox.example.org", follow_redirects=False).get("/staff/sign-in")
    assert safe.headers["set-cookie"].startswith("__Host-imt_staff=")
    assert "Secure" in safe.headers["set-cookie"]
    assert "Domain" not in safe.headers["set-cookie"]


def test_of_a_session_only_a_hash_is_kept(browser: Open, database: Database, ana: str) -> None:
    person = browser()
    token = person.sign_in(ana).headers["set-cookie"].split("=")[1].split(";")[0]
    with database.reading() as connection:
        assert list(connection.scalars(select(StaffSession.token_hash))) == [hash_token(token)]


def test_pages_are_not_kept_or_framed(browser: Open) -> None:
    headers = browser().get("/sign-in").headers
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["https://evil.test", "//evil.test", "/staff", "/staff/\\e", "/staff/x\n", "javascript:x", ""])
def test_signing_in_leads_to_pages_of_the_inbox_only(path: str) -> None:
    assert own_path(path) == "/staff/"


def test_sessions_are_listed_and_ended(browser: Open, ana: str) -> None:
    first, second = browser(), browser()
    first.client.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"
    assert first.sign_in(ana).status_code == 303
    assert second.sign_in(ana, code=second.code(ana, ahead=1)).status_code == 303
    shown = second.get("/account").text
    assert "Firefox on Windows" in shown
    number = shown.split("/staff/account/sessions/")[1].split("/")[0]
    assert second.post(f"/account/sessions/{number}/end").status_code == 303
    assert first.get("/account").status_code == 303
    assert second.post(f"/account/sessions/{number}/end").status_code == 404
    assert second.post("/account/sessions/end-others").status_code == 303
    assert second.get("/account").status_code == 200


def test_somebody_elses_session_cannot_be_ended(browser: Open, enter: Callable[..., Browser], database: Database) -> None:
    one, other = enter(Role.AGENT, OWN, "one@example.org"), enter(Role.ADMINISTRATOR, None, "other@example.org")
    with database.reading() as connection:
        numbers = list(connection.scalars(select(StaffSession.id).order_by(StaffSession.id)))
    assert one.post(f"/account/sessions/{numbers[1]}/end").status_code == 404
    assert other.get("/account").status_code == 200


def test_the_first_link_makes_the_administrator(browser: Open, database: Database) -> None:
    make_first_link(database, hash_token("link"), utc_now() + timedelta(days=1))
    person = browser()
    assert person.get("/first?token=wrong").status_code == 410
    shown = person.get("/first?token=link").text
    assert "<svg" in shown
    nonce = shown.split('name="nonce" value="')[1].split('"')[0]
    form = {"token": "link", "nonce": nonce, "email": ANA, "first_name": "Ana", "password": PASSWORD}
    code = totp_of(KEY.encode(), nonce).now()
    for wrong in (
        {"code": "000000"},
        {"code": code, "password": "short"},
        {"code": code, "email": "x"},
        {"code": code, "first_name": " "},
    ):
        assert person.post("/first", **{**form, **wrong}).status_code == 422
    assert person.post("/first", **form, code=code).status_code == 303
    assert person.get("/account").status_code == 200
    assert [account.staff.role for account in list_staff(database)] == [Role.ADMINISTRATOR]
    assert browser().post("/first", **form, code=code).status_code == 410
    assert browser().get("/first?token=link").status_code == 410


@pytest.mark.parametrize(("path", "status"), [
    ("/static/inbox.css", 200), ("/static/vendor/htmx.min.js", 200), ("/static/../app.py", 404), ("/static/%2e%2e/app.py", 404),
    ("/static/vendor/htmx.LICENSE", 404), ("/nowhere", 404),
])  # fmt: skip
def test_files_of_the_pages_are_served_and_no_others(browser: Open, path: str, status: int) -> None:
    assert browser().get(path).status_code == status


NEW = "four words in a row"


def test_a_password_is_changed_by_who_knows_it_and_all_else_is_signed_out(browser: Open, database: Database, ana: str) -> None:
    here, elsewhere = browser(), browser()
    here.sign_in(ana)
    elsewhere.sign_in(ana, code=elsewhere.code(ana, 1))
    changed = here.post("/account/password", old=PASSWORD, new=NEW)
    assert (changed.status_code, "Your password is changed" in changed.text) == (200, True)
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    with database.writing() as connection:
        connection.execute(update(Staff).values(totp_step=0))
    assert browser().sign_in(ana).status_code == 422
    assert browser().sign_in(ana, NEW).status_code == 303


def test_a_password_is_not_changed_without_the_old_one_or_to_a_short_one(browser: Open, database: Database, ana: str) -> None:
    person = browser()
    person.sign_in(ana)
    before = find_credentials(database, ana)
    wrong = "not your current password"
    for old, new, why in (("wrong", NEW, wrong), (PASSWORD, "short", "12 characters"), ("", NEW, wrong)):
        refused = person.post("/account/password", old=old, new=new)
        assert (refused.status_code, why in refused.text) == (422, True), why
    for _ in range(FAILURES_OF_ACCOUNT):
        last = person.post("/account/password", old="guess", new=NEW)
    assert last.status_code == 429
    assert find_credentials(database, ana) == before

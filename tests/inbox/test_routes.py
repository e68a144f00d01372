"""Every route × every role × with and without proof × own and another intermediary's records.

A route that is added and not named here fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, insert, select

from bot.conversation.post import Post
from bot.core.staff import Role, Scope
from bot.store.database import Database
from bot.store.directory import read_office
from bot.store.inbox_work import list_replies, save_reply
from bot.store.office_service import add_target, version_of
from bot.store.partners import export_partners
from bot.store.questions import Why, keep_question, list_questions
from bot.store.schema import (
    CannedReply,
    Handoff,
    HandoffChange,
    HandoffNote,
    HandoffOutcome,
    Message,
    Notice,
    NoticeTarget,
    OfficeService,
)
from bot.store.staff import disable_staff, list_staff
from bot.store.staff_schema import StaffSession
from tests.inbox.invented import invent
from tests.inbox.people import OTHER, OWN, Browser, add_person

ROLES = {Role.AGENT: OWN, Role.MANAGER: OWN, Role.NATIONAL: None, Role.ADMINISTRATOR: None}
PUBLIC = {
    ("GET", "/static/{name}"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/first"), ("POST", "/first"),
    ("GET", "/oidc"), ("GET", "/oidc/return"), ("GET", "/invitation"), ("POST", "/invitation"),
}  # fmt: skip
PERSONAL = {
    ("POST", "/sign-out"): {}, ("GET", "/account"): {}, ("POST", "/account/sessions/{session_id}/end"): {},
    ("POST", "/account/sessions/end-others"): {}, ("POST", "/account/password"): {},
    ("GET", "/"): {}, ("GET", "/news"): {}, ("GET", "/replies"): {},
    ("GET", "/figures"): {}, ("GET", "/figures/export.csv"): {},
}  # fmt: skip
OF_A_CASE: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/handoffs/{reference}"): {},
    ("GET", "/handoffs/{reference}/state"): {},
    ("GET", "/handoffs/{reference}/news"): {},
    ("POST", "/handoffs/{reference}/join"): {},
    ("POST", "/handoffs/{reference}/accept"): {},
    ("POST", "/handoffs/{reference}/leave"): {},
    ("POST", "/handoffs/{reference}/relieve"): {},
    ("POST", "/handoffs/{reference}/wait"): {},
    ("POST", "/handoffs/{reference}/write"): {"text": "Hello"},
    ("POST", "/handoffs/{reference}/typing"): {},
    ("GET", "/handoffs/{reference}/files/{seq}"): {},
    ("POST", "/handoffs/{reference}/notes"): {"text": "A note"},
    ("POST", "/handoffs/{reference}/transfer"): {"office": "kdp", "reason": "nearer"},
    ("POST", "/handoffs/{reference}/close"): {"outcome": "contacted", "day": "2026-11-01"},
    ("POST", "/handoffs/{reference}/outcomes"): {"outcome": "contacted", "day": "2026-11-01"},
    ("POST", "/handoffs/{reference}/outcomes/{outcome_id}/withdraw"): {},
    ("GET", "/handoffs/{reference}/person"): {},
    ("POST", "/handoffs/{reference}/person/export"): {},
    ("POST", "/handoffs/{reference}/person/erase"): {"typed": "{reference}"},
}
_TEXTS = {"title": "T", "text_en": "E", "text_es": "S"}
OF_A_REPLY = {("POST", "/replies"): _TEXTS, ("POST", "/replies/{reply_id}"): _TEXTS, ("POST", "/replies/{reply_id}/delete"): {}}
_CONTACTS = {"phone": "414-342-9787", "state": "WI", "states_served": "WI", "serves": "candidates"}
OF_AN_OFFICE: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/partners/offices/{office_id}"): {},
    ("POST", "/partners/offices/{office_id}/confirm"): {},
    ("POST", "/partners/offices/{office_id}/contacts"): _CONTACTS,
    ("POST", "/partners/offices/{office_id}/hours"): {"zone": "America/Chicago", "day0": "9 am - 5 pm"},
    ("POST", "/partners/offices/{office_id}/targets"): {"address": "new@example.org"},
    ("POST", "/partners/offices/{office_id}/targets/{target_id}/test"): {},
    ("POST", "/partners/offices/{office_id}/targets/{target_id}/remove"): {},
}
OF_THE_DIRECTORY: dict[tuple[str, str], dict[str, str]] = {("GET", "/partners"): {}, ("GET", "/partners/export"): {}}
OF_THE_FILE: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/partners/import"): {}, ("POST", "/partners/import"): {"text": "id,name", "seen": "x"},
}  # fmt: skip
DIRECTORY = {**OF_AN_OFFICE, **OF_THE_DIRECTORY, **OF_THE_FILE}
OF_A_NOTICE: dict[tuple[str, str], dict[str, str]] = {("POST", "/notices/{notice_id}/retry"): {}}
OF_QUESTIONS: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/questions"): {},
    ("POST", "/questions/{question_id}"): {"decision": "wages"},
}
_ROLE = {"role": "national", "partner_id": ""}
OF_ACCOUNTS: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/accounts"): {},
    ("POST", "/accounts"): {"email": "new@example.org", "first_name": "New", **_ROLE},
    ("GET", "/accounts/{staff_id}"): {},
    ("POST", "/accounts/{staff_id}"): _ROLE,
    ("POST", "/accounts/{staff_id}/link"): {},
    ("POST", "/accounts/{staff_id}/disable"): {},
    ("POST", "/accounts/{staff_id}/enable"): {},
}
FORMS = {**PERSONAL, **OF_A_CASE, **OF_A_REPLY, **OF_A_NOTICE, **DIRECTORY, **OF_QUESTIONS, **OF_ACCOUNTS}
CHANGES = [route for route in FORMS if route[0] == "POST"]
Enter = Callable[..., Browser]


@pytest.fixture
def theirs(database: Database) -> str:
    """The reference of somebody who lies with another intermediary."""
    return invent(database, 1, office_id=OTHER, contact_name="Secret Name", contact_value="414-555-0188")


def fill(path: str, reference: str = "IMT-222222", number: int = 1, office_id: str = OWN, target_id: int = 1) -> str:
    return (
        path.replace("{reference}", reference)
        .replace("{session_id}", "999")
        .replace("{outcome_id}", "1")
        .replace("{reply_id}", str(number))
        .replace("{notice_id}", "1")
        .replace("{seq}", "1")
        .replace("{office_id}", office_id)
        .replace("{target_id}", str(target_id))
        .replace("{question_id}", "1")
        .replace("{staff_id}", str(number))
    )


def state_of(database: Database) -> Any:
    """Everything that a form might change, but accounts' own comings and goings."""
    with database.reading() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (Handoff, HandoffChange, HandoffNote, HandoffOutcome, Message, CannedReply)
        ]
        rows = connection.execute(select(Handoff.reference, Handoff.status, Handoff.office_id, Handoff.staff_id)).all()
        ended = connection.scalar(select(func.count()).where(StaffSession.ended_at.is_not(None)))
        replies = connection.execute(select(CannedReply.id, CannedReply.title)).all()
        told = connection.execute(select(NoticeTarget.address, NoticeTarget.tested_at)).all()
        open_at = connection.execute(select(OfficeService.office_id, OfficeService.week)).all()
    decisions = [question.decision for question in list_questions(database, True)]
    people = list_staff(database)
    return counts, rows, ended, replies, told, open_at, decisions, people, export_partners(database)


def test_every_route_is_named_here(site: TestClient) -> None:
    (inbox,) = (route.app for route in site.app.routes if getattr(route, "path", "") == "/staff")  # type: ignore[attr-defined]
    found = {(method.upper(), path) for path, methods in inbox.openapi()["paths"].items() for method in methods}
    assert found == PUBLIC | set(FORMS)


def test_who_is_not_signed_in_gets_no_further(browser: Callable[[], Browser], database: Database, theirs: str) -> None:
    before = state_of(database)
    for (method, path), form in FORMS.items():
        person = browser()
        answer = person.get(fill(path, theirs)) if method == "GET" else person.post(fill(path, theirs), **form)
        assert (answer.status_code, answer.headers.get("location", "").partition("?")[0]) == (303, "/staff/sign-in"), path
    assert state_of(database) == before


@pytest.mark.parametrize("role", ROLES)
def test_nothing_changes_without_the_proof(enter: Enter, database: Database, role: Role) -> None:
    reference = invent(database, 2, office_id=OWN)
    person = enter(role, ROLES[role])
    save_reply(database, Scope(ROLES[role]), list_staff(database)[0].staff.id, _TEXTS)
    keep_question(database, "en", "is there a class", Why.UNSURE, [])
    before = state_of(database)
    for route in CHANGES:
        for proof in (None, "", "0" * 64):
            form = FORMS[route]
            data = form if proof is None else {**form, "csrf": proof}
            answer = person.client.post(f"/staff{fill(route[1], reference)}", data=data)
            assert answer.status_code == 403, route
    assert state_of(database) == before
    assert person.get("/account").status_code == 200, "still signed in"


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER])
def test_another_intermediarys_person_is_not_there(enter: Enter, database: Database, theirs: str, role: Role) -> None:
    person = enter(role, OWN)
    before = state_of(database)
    for (method, path), form in OF_A_CASE.items():
        answer = person.get(fill(path, theirs)) if method == "GET" else person.post(fill(path, theirs), **form)
        assert answer.status_code == 404, path
        assert "Secret" not in answer.text
    assert state_of(database) == before
    for path in ("/", f"/?q={theirs}", "/?q=secret", "/?group=underway", f"/?office={OTHER}"):
        assert "Secret" not in person.get(path).text


def test_another_intermediarys_notice_is_not_sent_again(enter: Enter, database: Database, theirs: str) -> None:
    own = invent(database, 2, office_id=OWN)
    with database.writing() as connection:
        for number, reference in enumerate((theirs, own), 1):
            handoff_id = connection.scalar(select(Handoff.id).where(Handoff.reference == reference))
            dead = {
                "id": number,
                "handoff_id": handoff_id,
                "label": "a@example.org",
                "kind": "new",
                "cause": "new",
                "state": "dead",
            }
            connection.execute(insert(Notice), {**dead, "error": "refused"})
    person = enter(Role.AGENT, OWN)
    assert "1 notice could not be sent" in person.get("/").text
    assert person.post("/notices/1/retry").status_code == 404
    assert person.post("/notices/2/retry").status_code == 303
    assert "refused" not in person.get("/").text, "it was tried again"


@pytest.mark.parametrize("role", ROLES)
def test_ones_own_people_are_there(enter: Enter, database: Database, theirs: str, role: Role) -> None:
    own = invent(database, 2, office_id=OWN, contact_name="Own Name")
    person = enter(role, ROLES[role])
    assert "Own Name" in person.get("/").text
    assert "Own Name" in person.get(fill("/handoffs/{reference}", own)).text
    assert person.post(fill("/handoffs/{reference}/join", own)).status_code == 303
    sees_all = ROLES[role] is None
    assert ("Secret Name" in person.get("/").text) == sees_all
    assert person.get(fill("/handoffs/{reference}", theirs)).status_code == (200 if sees_all else 404)


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER])
def test_another_intermediarys_office_is_not_there(enter: Enter, database: Database, role: Role) -> None:
    target = add_target(database, OTHER, "secret@example.org", "seed")
    person = enter(role, OWN)
    before = state_of(database)
    for (method, path), form in OF_AN_OFFICE.items():
        where = fill(path, office_id=OTHER, target_id=target.id)
        answer = person.get(where) if method == "GET" else person.post(where, **form)
        assert answer.status_code == (403 if (method, role) == ("POST", Role.AGENT) else 404), path
        assert "Keystone" not in answer.text
    for office_id in (OWN, OTHER):
        for what in ("test", "remove"):
            answer = person.post(f"/partners/offices/{office_id}/targets/{target.id}/{what}")
            assert answer.status_code == (403 if role is Role.AGENT else 404)
    assert state_of(database) == before
    for path in ("/partners", "/partners?q=keystone", "/partners?state=PA", "/partners/export"):
        answer = person.get(path)
        assert answer.status_code == 200
        assert "Keystone" not in answer.text
        assert "secret" not in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_offices_are_edited_by_those_who_may(
    enter: Enter, database: Database, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(*_: object) -> bool:
        return True

    monkeypatch.setattr(Post, "send", send)
    target = add_target(database, OWN, "old@example.org", "seed")
    person = enter(role, ROLES[role])
    may_edit, before = role in (Role.MANAGER, Role.ADMINISTRATOR), state_of(database)
    for (method, path), form in OF_AN_OFFICE.items():
        page = person.get(fill("/partners/offices/{office_id}"))
        assert page.status_code == 200
        assert ("Save hours" in page.text) == may_edit
        if method == "POST":
            entry = read_office(database, Scope(None), OWN)
            seen = {"seen": entry.version, "hours_seen": version_of(entry.line.service)}
            answer = person.post(fill(path, target_id=target.id), **form, **seen)
            may = may_edit or (role is Role.NATIONAL and path.endswith("/confirm"))
            assert answer.status_code == (303 if may else 403), path
    assert (state_of(database) == before) == (role is Role.AGENT)
    assert ("Keystone" in person.get("/partners").text) == (ROLES[role] is None)
    for (method, path), form in OF_THE_FILE.items():
        answer = person.get(path) if method == "GET" else person.post(path, **form)
        administers = role is Role.ADMINISTRATOR
        assert answer.status_code == (403 if not administers else 200 if method == "GET" else 422), path


@pytest.mark.parametrize("role", ROLES)
def test_replies_are_edited_by_those_who_may(enter: Enter, database: Database, role: Role) -> None:
    person = enter(role, ROLES[role])
    staff_id = list_staff(database)[0].staff.id
    for scope in (Scope(OWN), Scope(OTHER), Scope(None)):
        save_reply(database, scope, staff_id, {**_TEXTS, "title": f"of {scope.partner_id}"})
    mine = {Role.MANAGER: {f"of {OWN}"}, Role.NATIONAL: {"of None"}, Role.ADMINISTRATOR: {"of None"}}.get(role, set())
    with database.reading() as connection:
        replies = connection.execute(select(CannedReply.id, CannedReply.title)).all()
    for number, title in replies:
        changed = person.post(f"/replies/{number}", **_TEXTS)
        assert changed.status_code == (303 if title in mine else 404 if mine else 403), title
    assert person.post("/replies", **_TEXTS).status_code == (303 if mine else 403)
    for number, title in replies:
        assert person.post(f"/replies/{number}/delete").status_code == (303 if title in mine else 404 if mine else 403)
    assert "of kdp" not in person.get("/replies").text or ROLES[role] is None
    assert len(list_replies(database, Scope(OTHER))) >= 1


@pytest.mark.parametrize("role", ROLES)
def test_questions_are_decided_by_those_who_see_all(enter: Enter, database: Database, role: Role) -> None:
    keep_question(database, "en", "is there a class", Why.UNSURE, [])
    person, may = enter(role, ROLES[role]), ROLES[role] is None
    shown = person.get("/questions")
    assert (shown.status_code, "is there a class" in shown.text) == ((200, True) if may else (403, False))
    assert ("/staff/questions" in person.get("/account").text) == may
    assert person.post("/questions/1", decision="wages").status_code == (303 if may else 403)
    assert len(list_questions(database, True)) == int(may)


@pytest.mark.parametrize("role", ROLES)
def test_accounts_are_managed_by_administrators(enter: Enter, database: Database, role: Role) -> None:
    add_person(database, "ben@example.org", Role.AGENT, OWN)
    (ben,) = (account.staff.id for account in list_staff(database))
    person, may = enter(role, ROLES[role]), role is Role.ADMINISTRATOR
    before = state_of(database)
    for (method, path), form in OF_ACCOUNTS.items():
        where = fill(path, number=ben)
        answer = person.get(where) if method == "GET" else person.post(where, **form)
        assert (answer.status_code < 400) == may, path
        assert may or answer.status_code == 403, path
        assert may or "ben@" not in answer.text, path
    assert ("/staff/accounts" in person.get("/account").text) == may
    assert (state_of(database) == before) != may


def test_a_disabled_or_ended_account_is_out_at_once(enter: Enter, database: Database) -> None:
    person = enter(Role.AGENT, OWN, "ana@example.org")
    assert person.get("/").status_code == 200
    disable_staff(database, "ana@example.org")
    assert person.get("/").status_code == 303
    part = person.get("/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/staff/sign-in")

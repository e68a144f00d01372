"""One person's page: what it shows, and what staff do there, alone and at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.core.conversation import LONGEST_MESSAGE, Author, Owner, Said
from bot.core.handoff import Agent, ContactKind, HandoffReason, HandoffStatus, Outcome, TransferReason
from bot.core.screening import QUESTIONS, FormName, Kind, Result
from bot.core.staff import Role
from bot.inbox import words
from bot.inbox.case_page import _event
from bot.store.attachments import Attachment, list_attachments, receive_file
from bot.store.cases import Case, Group, read_case
from bot.store.conversations import change_owner, read_view
from bot.store.database import Database
from bot.store.handoffs import save_handoff
from bot.store.inbox_work import find_id
from bot.store.staff_schema import Audit
from tests.inbox.invented import REFERENCES, invent, invent_all
from tests.inbox.people import OTHER, OWN, Browser
from tests.store.handoffs import handoff
from tests.store.inboxes import set_row

ALL = Agent("0", "All")
MARIA, DANA = (f"/handoffs/{REFERENCES[name]}" for name in ("maria", "dana"))
Enter = Callable[..., Browser]


@pytest.fixture
def people(database: Database) -> dict[str, str]:
    return invent_all(database)


@pytest.fixture
def ana(people: dict[str, str], enter: Enter) -> Browser:
    return enter(Role.AGENT, OWN, "ana@example.org")


@pytest.fixture
def ben(people: dict[str, str], enter: Enter) -> Browser:
    return enter(Role.AGENT, OWN, "ben@example.org")


def case_of(database: Database, name: str = "maria") -> Case:
    return read_case(database, ALL, REFERENCES[name])


def said_in(database: Database, name: str = "maria") -> Any:
    return read_view(database, case_of(database, name).line.conversation_id, 0, 1000)


def test_everything_that_was_said_and_answered_is_shown(ana: Browser) -> None:
    text = ana.get(MARIA).text
    for shown in (
        "Maria Fuentes", "414-555-0117", "Speaks Spanish", "hola, quiero saber si puedo entrar sin diploma",
        "Hablar con una persona",
        "Industrial Manufacturing Technician fact sheet", "WRTP | BIG STEP", "(not confirmed)", "Looks ready to talk to you",
        "Milwaukee, WI, 53215", "High school diploma or GED", "Working on it", "Asked about:", "Agreed to be passed on",
    ):  # fmt: skip
        assert shown in text, shown
    assert 'lang="es"' in text


def test_what_people_write_is_text_and_nothing_else(database: Database, enter: Enter) -> None:
    evil = "<script>alert(1)</script>"
    reference = invent(database, 9, office_id=OWN, contact_name=evil, contact_value="1", answers={"product": evil})
    person = enter(Role.AGENT, OWN)
    assert evil not in person.get(f"/handoffs/{reference}").text + person.get("/").text
    assert "&lt;script&gt;" in person.get(f"/handoffs/{reference}").text


def test_take_over_write_and_give_back(ana: Browser, database: Database) -> None:
    assert "Take over" in ana.get(MARIA).text
    assert ana.post(f"{MARIA}/join").headers["location"] == f"/staff{MARIA}#write"
    assert said_in(database).owner is Owner.STAFF
    assert case_of(database).line.status is HandoffStatus.IN_CONVERSATION
    assert "You are in the conversation" in ana.get(MARIA).text
    assert ana.post(f"{MARIA}/write", text="  ¡Hola!\r\n¿Qué tal?\0 ").status_code == 303
    assert ana.post(f"{MARIA}/wait").status_code == 303
    assert case_of(database).line.status is HandoffStatus.WAITING_FOR_PERSON
    assert ana.post(f"{MARIA}/leave").status_code == 303
    joined, hello, left = said_in(database).messages[-3:]
    assert joined.text.startswith("Ana, de Wisconsin Regional")
    assert (hello.author, hello.text) == (Author.STAFF, "¡Hola!\n¿Qué tal?")
    assert left.author is Author.SYSTEM
    assert said_in(database).owner is Owner.ASSISTANT


def test_of_many_that_press_at_once_one_has_it_and_the_others_are_told(database: Database, people: Any, enter: Enter) -> None:
    staff = [enter(Role.AGENT, OWN, f"agent{number}@example.org") for number in range(5)]
    proofs = [person.proof() for person in staff]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(f"{MARIA}/join", pair[1]), zip(staff, proofs, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409, 409]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 303)
    for answer in answers:
        if answer.status_code == 409:
            assert "Somebody else was quicker" in answer.text
            assert f"Agent{winner} is in the conversation" in answer.text
    assert case_of(database).line.staff_id is not None


def test_only_who_has_it_writes_gives_back_passes_on_and_closes(ana: Browser, ben: Browser, database: Database) -> None:
    ana.post(f"{MARIA}/join")
    before = said_in(database).messages
    text = ben.get(MARIA).text
    assert "Ana is in the conversation" in text
    assert "Give back" not in text
    for step, form in {
        "join": {}, "leave": {}, "write": {"text": "me too"}, "wait": {}, "accept": {},
        "transfer": {"office": "wrtp-madison", "reason": "nearer"}, "close": {"outcome": "hired", "day": "2026-11-01"},
    }.items():  # fmt: skip
        answer = ben.post(f"{MARIA}/{step}", **form)
        assert answer.status_code == 409, step
    assert said_in(database).messages == before


def test_a_colleague_who_is_away_is_relieved(ana: Browser, ben: Browser, database: Database) -> None:
    assert ben.post(f"{MARIA}/relieve").status_code == 409, "nobody is at it"
    ana.post(f"{MARIA}/join")
    assert "Go on in place of Ana" in ben.get(MARIA).text
    assert ben.post(f"{MARIA}/relieve").status_code == 303
    assert ben.post(f"{MARIA}/write", text="Soy Ben").status_code == 303
    assert ana.post(f"{MARIA}/write", text="Soy Ana").status_code == 409
    assert [message.text for message in said_in(database).messages if message.author is Author.STAFF] == ["Soy Ben"]


def test_what_is_not_sent_stays_in_the_form(ana: Browser, database: Database) -> None:
    refused = ana.post(f"{MARIA}/write", text="Hola Maria")
    assert refused.status_code == 409
    assert "Take the conversation over first" in refused.text
    assert ">Hola Maria</textarea>" in refused.text
    ana.post(f"{MARIA}/join")
    too_long = ana.post(f"{MARIA}/write", text="x" * (LONGEST_MESSAGE + 1))
    assert too_long.status_code == 422
    assert "x" * 100 in too_long.text
    assert ana.post(f"{MARIA}/write", text=" ").status_code == 422
    assert all(message.author is not Author.STAFF for message in said_in(database).messages)


def test_htmx_hears_that_it_was_sent_and_fetches_the_state(ana: Browser) -> None:
    ana.post(f"{MARIA}/join")
    headers = {"HX-Request": "true", "X-CSRF-Token": ana.proof()}
    assert ana.client.post(f"/staff{MARIA}/write", data={"text": "Hola"}, headers=headers).status_code == 204
    part = ana.get(f"{MARIA}/state").text
    assert "You are in the conversation" in part
    assert "<html" not in part


def test_accepting_without_joining_leaves_the_assistant_in_the_chat(ana: Browser, database: Database) -> None:
    assert ana.post(f"{MARIA}/accept").status_code == 303
    assert said_in(database).owner is Owner.ASSISTANT
    assert "You look after this person" in ana.get(MARIA).text


def test_a_conversation_that_nobody_can_join_is_accepted(database: Database, enter: Enter) -> None:
    reference = save_handoff(database, handoff(conversation_id="terminal-1", office_id=OWN))
    person = enter(Role.AGENT, OWN)
    text = person.get(f"/handoffs/{reference}").text
    assert "my night shift story" in text
    assert "Take over" not in text
    assert person.post(f"/handoffs/{reference}/join").status_code == 404
    assert person.post(f"/handoffs/{reference}/accept").status_code == 303


def test_notes_are_for_staff_only(ana: Browser, ben: Browser, database: Database) -> None:
    assert ana.post(f"{MARIA}/notes", text="Call after four").headers["location"].endswith("#notes")
    assert "Call after four" in ben.get(MARIA).text
    assert not any("four" in message.text for message in said_in(database).messages)


def test_passing_on_takes_it_away(ana: Browser, enter: Enter, database: Database) -> None:
    other = enter(Role.AGENT, OTHER)
    assert other.get(MARIA).status_code == 404
    assert ana.post(f"{MARIA}/transfer", office="nowhere", reason="nearer").status_code == 404
    assert ana.post(f"{MARIA}/transfer", office=OTHER, reason="nearer").headers["location"] == "/staff/"
    assert ana.get(MARIA).status_code == 404
    assert other.get(MARIA).status_code == 200
    assert case_of(database).changes[-1].reason is TransferReason.NEARER


def test_who_agreed_to_one_partner_is_not_passed_on_to_another(enter: Enter, database: Database) -> None:
    reference = invent(database, 9, office_id=OWN, consent_version="1")
    person = enter(Role.AGENT, OWN)
    refused = person.post(f"/handoffs/{reference}/transfer", office=OTHER, reason="nearer")
    assert refused.status_code == 409
    assert "They agreed that your intermediary sees" in refused.text
    assert person.post(f"/handoffs/{reference}/transfer", office="wrtp-madison", reason="nearer").status_code == 303


def test_outcomes_have_days_and_are_corrected_not_erased(ana: Browser, database: Database) -> None:
    ana.post(f"{MARIA}/join")
    assert ana.post(f"{MARIA}/outcomes", outcome="applied", day="2026-11-02").status_code == 303
    assert ana.post(f"{MARIA}/close", outcome="hired", day="2026-11-20").status_code == 303
    assert case_of(database).line.status is HandoffStatus.CLOSED
    assert ana.post(f"{MARIA}/outcomes", outcome="registered_apprentice", day="2026-11-21").status_code == 303, "also later"
    first, second, third = case_of(database).outcomes
    assert [(one.outcome, one.on_day) for one in (first, second, third)] == [
        (Outcome.APPLIED, date(2026, 11, 2)), (Outcome.HIRED, date(2026, 11, 20)), (Outcome.REGISTERED, date(2026, 11, 21)),
    ]  # fmt: skip
    assert ana.post(f"{MARIA}/outcomes/{third.id}/withdraw").status_code == 303
    assert case_of(database).outcomes[2].withdrawn_at is not None
    assert "corrected" in ana.get(MARIA).text
    assert ana.post(f"{MARIA}/outcomes/{third.id}/withdraw").status_code == 404


@pytest.mark.parametrize("form", [
    {"outcome": "meeting", "day": "2026-11-02"}, {"outcome": "hired", "day": "x"}, {"outcome": "rich", "day": "2026-11-02"}, {},
    {"outcome": "hired", "day": (date.today() + timedelta(days=5)).isoformat()},
])  # fmt: skip
def test_an_outcome_that_does_not_fit_is_refused(ana: Browser, database: Database, form: dict[str, str]) -> None:
    assert ana.post(f"{MARIA}/outcomes", **form).status_code == 422
    assert ana.post(f"{MARIA}/close", **form).status_code == 422
    assert case_of(database).outcomes == []


def test_an_ended_request_changes_no_more(ana: Browser) -> None:
    ana.post(f"{MARIA}/close", outcome="lost", day="2026-11-02")
    refused = ana.post(f"{MARIA}/join")
    assert refused.status_code == 409
    assert "not possible any more" in refused.text
    assert "Take over" not in ana.get(MARIA).text


def test_a_canned_reply_stands_in_the_form_in_the_persons_language(ana: Browser, enter: Enter) -> None:
    manager = enter(Role.MANAGER, OWN)
    manager.post("/replies", title="Dates", text_en="Our next date", text_es="Nuestra próxima fecha")
    text = ana.get(f"{MARIA}?reply=1").text
    assert ">Nuestra próxima fecha</textarea>" in text
    assert manager.post("/replies", title="x", text_en="", text_es="y").status_code == 422


def test_who_looked_and_did_what_is_kept(ana: Browser, database: Database) -> None:
    ana.get(MARIA)
    ana.post(f"{MARIA}/join")
    ana.post(f"{MARIA}/write", text="my secret words")
    ana.post(f"{MARIA}/notes", text="my secret words")
    handoff_id = find_id(database, ALL, REFERENCES["maria"])
    with database.reading() as connection:
        rows = connection.execute(Audit.__table__.select().where(Audit.handoff_id == handoff_id).order_by(Audit.id)).all()
    assert [row.action for row in rows] == ["opened", "joined", "wrote", "noted"]
    assert all(row.staff_id for row in rows)
    assert "secret" not in str(rows)


def test_news_tells_what_is_said(site: TestClient, ana: Browser, database: Database) -> None:
    ana.post(f"{MARIA}/join")
    last = said_in(database).last_seq
    ana.post(f"{MARIA}/write", text="uno\ndos")
    with ana.client.stream("GET", f"/staff{MARIA}/news?after={last}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = []
        for line in stream.iter_lines():
            lines.append(line)
            if "dos" in line:
                break
    assert lines[0] == "event: message"
    assert f"id: {last + 1}" in lines


def test_news_tell_that_the_person_writes(site: TestClient, ana: Browser, database: Database) -> None:
    app: Any = site.app
    ana.post(f"{MARIA}/join")
    app.state.room.typing.note(case_of(database).line.conversation_id, Author.VISITOR)
    with ana.client.stream("GET", f"/staff{MARIA}/news?after={said_in(database).last_seq}") as stream:
        lines = stream.iter_lines()
        assert (next(lines), next(lines)) == ("event: writing", "data: The person is writing …")


def test_that_staff_write_is_told_by_who_has_the_conversation(
    site: TestClient, ana: Browser, ben: Browser, database: Database
) -> None:
    app: Any = site.app
    this = case_of(database).line.conversation_id
    ana.post(f"{MARIA}/join")
    assert ben.post(f"{MARIA}/typing").status_code == 409
    assert not app.state.room.typing.is_at(this, Author.STAFF)
    assert ana.post(f"{MARIA}/typing").status_code == 204
    assert app.state.room.typing.is_at(this, Author.STAFF)
    ana.post(f"{MARIA}/write", text="Hola")
    assert not app.state.room.typing.is_at(this, Author.STAFF), "it was sent"


def test_news_end_where_it_is_not_ones_own_any_more(ana: Browser, database: Database) -> None:
    set_row(database, REFERENCES["maria"], office_id=OTHER)
    assert ana.get(f"{MARIA}/news").status_code == 404
    part = ana.get(f"{MARIA}/state", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (404, "/staff/")


FILES = {"photo": b"\xff\xd8\xff\xe0 a photo", "file": b"<script>alert(1)</script>", "voice": b"OggS"}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_fetched_and_does_nothing_in_a_browser(site: TestClient, ana: Browser, database: Database, kind: str) -> None:
    seq = _send(site, database, Attachment(kind, "résumé.html", kind))
    assert f"/staff{DANA}/files/{seq}" in ana.get(DANA).text
    answer = ana.get(f"{DANA}/files/{seq}")
    assert (answer.status_code, answer.content) == (200, FILES[kind])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    shown = (answer.headers["content-type"], answer.headers["content-disposition"])
    saved = ("application/octet-stream", "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.html")
    assert shown == (("image/jpeg", "inline") if kind == "photo" else saved)
    assert "opened file" in ana.get(DANA).text, "it is noted who looked at it"


def test_what_pretends_to_be_a_photo_is_saved_and_not_shown(site: TestClient, ana: Browser, database: Database) -> None:
    seq = _send(site, database, Attachment("photo", "photo.jpg", "file"))
    assert ana.get(f"{DANA}/files/{seq}").headers["content-type"] == "application/octet-stream"


def test_a_file_that_telegram_does_not_keep_any_more_is_said_to_be_gone(
    site: TestClient, ana: Browser, database: Database
) -> None:
    gone = ana.get(f"{DANA}/files/{_send(site, database, Attachment('file', 'a.pdf', 'gone'))}")
    assert (gone.status_code, "The file is gone" in gone.text) == (410, True)
    assert ana.get(f"{DANA}/files/1").status_code == 404
    assert ana.get(f"{MARIA}/files/1").status_code == 404


def _send(site: TestClient, database: Database, file: Attachment) -> int:
    """Dana sends a file while staff talk with her; gives its number."""

    async def fetch(file_id: str) -> bytes | None:
        return FILES.get(file_id)

    (inbox,) = (route.app for route in site.app.routes if getattr(route, "path", "") == "/staff")  # type: ignore[attr-defined]
    inbox.state.desk = replace(inbox.state.desk, fetchers={"telegram": fetch})
    this = case_of(database, "dana").line.conversation_id
    change_owner(database, this, Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Ana joined."))
    receive_file(database, this, Said(Author.VISITOR, f"📎 {file.name}", client_id="f"), file)
    (seq,) = list_attachments(database, this)
    return seq


def test_an_event_keeps_its_lines() -> None:
    assert _event("message", "a\r\nb\n\nc", 3) == "event: message\nid: 3\ndata: a\ndata: b\ndata: \ndata: c\n\n"


def test_everything_has_words() -> None:
    for kind, known in {
        Group: words.GROUPS, HandoffStatus: words.STATUSES, HandoffReason: words.REASONS, Result: words.RESULTS,
        Outcome: words.OUTCOMES, TransferReason: words.TRANSFERS, ContactKind: words.CONTACTS,
    }.items():  # fmt: skip
        assert set(kind) == set(known)  # type: ignore[call-overload]
    for form in (FormName.SEEKER, FormName.EMPLOYER):
        for question in QUESTIONS[form]:
            assert question.id in words.QUESTIONS
            for option in (*question.options, *(["skipped"] if question.optional else [])):
                ((_, shown),) = words.answers_in_words({question.id: option})
                assert question.kind is not Kind.CHOICE or (shown != option and "_" not in shown)
    assert json.dumps(list(words.answers_in_words({"workers": 80, "place": {"state": "WI", "city": None}})))

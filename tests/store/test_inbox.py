"""The lists of the inbox: order, pages, filters, search and scope, on both databases; notes, reads and replies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.core.handoff import Agent, HandoffReason, HandoffStatus
from bot.core.staff import Role, Scope
from bot.store import inbox, inbox_work
from bot.store.base import utc_now
from bot.store.cases import Group
from bot.store.conversation_schema import Conversation
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError
from bot.store.handoffs import erase_person
from bot.store.inbox import PAGE, Wanted
from bot.store.inbox_schema import CannedReply, HandoffNote, HandoffRead
from bot.store.schema import Handoff
from bot.store.staff import NewStaff, add_staff
from bot.store.staff_schema import Audit, Staff
from tests.store.inboxes import HERE, SISTER, THERE, ask, clear, set_row

NOW = utc_now()


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    with tables.writing() as connection:
        for table in (Audit, HandoffNote, HandoffRead, CannedReply, Staff):
            connection.execute(delete(table))
    clear(tables)
    yield tables


@pytest.fixture
def ana(database: Database) -> Agent:
    return Agent(str(add_staff(database, NewStaff("ana@example.org", "Ana", Role.AGENT, "wrtp"))), "Ana", "wrtp")


@pytest.fixture
def nat(database: Database) -> Agent:
    return Agent(str(add_staff(database, NewStaff("nat@example.org", "Nat", Role.NATIONAL))), "Nat")


def made(database: Database, name: str, minutes: int, office: str | None = HERE, status: str = "new", **changes: Any) -> str:
    reference = ask(database, name, office, contact_name=name, **changes)
    set_row(database, reference, created_at=NOW - timedelta(minutes=minutes), status=status)
    return reference


def names(page: inbox.Page) -> list[str | None]:
    return [line.contact_name for line in page.lines]


def test_urgent_ones_come_first_then_who_waits_longest(database: Database, ana: Agent) -> None:
    made(database, "short", 5)
    made(database, "long", 50)
    made(database, "complaint", 1, reason=HandoffReason.COMPLAINT)
    made(database, "told", 20, status="notified")
    made(database, "talking", 99, status="in_conversation")
    made(database, "done", 5, status="closed")
    made(database, "gone", 1, status="expired")
    assert names(inbox.list_page(database, ana, Wanted())) == ["complaint", "long", "told", "short"]
    assert names(inbox.list_page(database, ana, Wanted(Group.UNDERWAY))) == ["talking"]
    assert names(inbox.list_page(database, ana, Wanted(Group.ENDED))) == ["gone", "done"]
    assert inbox.count_groups(database, ana) == {Group.UNATTENDED: 4, Group.UNDERWAY: 1, Group.ENDED: 2}


def test_nobody_sees_another_intermediarys_people(database: Database, ana: Agent, nat: Agent) -> None:
    made(database, "here", 1)
    made(database, "sister", 2, SISTER)
    there = made(database, "there", 3, THERE)
    made(database, "nowhere", 4, None)
    assert names(inbox.list_page(database, ana, Wanted())) == ["sister", "here"]
    assert names(inbox.list_page(database, nat, Wanted())) == ["nowhere", "there", "sister", "here"]
    assert inbox.count_groups(database, ana)[Group.UNATTENDED] == 2
    assert names(inbox.list_page(database, ana, Wanted(office=THERE))) == []
    assert names(inbox.search(database, ana, "there")) == names(inbox.search(database, ana, there)) == []
    assert names(inbox.search(database, nat, there)) == ["there"]
    with pytest.raises(HandoffNotFoundError):
        inbox_work.find_id(database, ana, there)
    assert {office[0] for office in inbox.list_offices(database, ana)} == {HERE, SISTER, "wrtp-racine"}
    assert {HERE, THERE} < {office[0] for office in inbox.list_offices(database, nat)}


@pytest.mark.parametrize("group", [Group.UNATTENDED, Group.ENDED])
def test_pages_hold_everybody_once_in_order(database: Database, nat: Agent, group: Group) -> None:
    status = "new" if group is Group.UNATTENDED else "closed"
    first = ask(database, "c0")
    with database.writing() as connection:
        row = connection.execute(select(Handoff.__table__).where(Handoff.reference == first)).mappings().one()
        many = [
            {**row, "id": row["id"] + n, "reference": f"IMT-{n}", "conversation_id": f"c{n}", "status": status,
             "urgent": n % 3 == 0, "contact_name": str(n), "created_at": NOW - timedelta(minutes=n // 4)}
            for n in range(1, 2 * PAGE + 8)
        ]  # fmt: skip
        connection.execute(delete(Handoff))
        connection.execute(insert(Handoff), many)
    seen, after = [], ""
    for _ in range(3):
        page = inbox.list_page(database, nat, Wanted(group), after)
        seen += [line.id for line in page.lines]
        after = page.after or ""
    if group is Group.ENDED:
        expected = sorted(many, key=lambda one: (one["created_at"], one["id"]), reverse=True)
    else:
        expected = sorted(many, key=lambda one: (not one["urgent"], one["created_at"], one["id"]))
    assert seen == [one["id"] for one in expected]
    assert after == ""


@pytest.mark.parametrize("after", ["x", "1_2", "2_1_1", "1_99999999999999999_1", "1_1_1'; --", "1_9999999999999999_1"])
def test_a_place_that_cannot_be_read_is_the_beginning_or_nothing(database: Database, nat: Agent, after: str) -> None:
    made(database, "one", 1)
    assert names(inbox.list_page(database, nat, Wanted(), after)) in (["one"], [])


@pytest.mark.parametrize(("wanted", "found"), [
    ({"state": "MN"}, ["b"]), ({"office": SISTER}, ["b"]), ({"audience": "employer"}, ["c"]), ({"language": "en"}, ["c"]),
    ({"status": "notified"}, ["b"]), ({"status": "closed"}, ["c", "b", "a"]), ({"channel": "telegram"}, ["c"]),
    ({"staff_id": "7"}, ["a"]), ({"state": "MN", "language": "en"}, []), ({"state": "'; --"}, []),
])  # fmt: skip
def test_filters(database: Database, nat: Agent, wanted: dict[str, str], found: list[str]) -> None:
    set_row(database, made(database, "a", 1), staff_id="7")
    made(database, "b", 2, SISTER, "notified", state="MN")
    made(database, "c", 3, audience="employer", language="en", channel="telegram")
    assert names(inbox.list_page(database, nat, Wanted(**wanted))) == found


@pytest.mark.parametrize("words", ["maria", "MAR", "fuentes", "fuen mari", "imt reference"])
def test_a_name_or_a_reference_is_found(database: Database, ana: Agent, words: str) -> None:
    reference = made(database, "Maria Fuentes", 1)
    made(database, "Dana", 2)
    asked = f"my number is {reference.lower()}" if words == "imt reference" else words
    assert names(inbox.search(database, ana, asked)) == ["Maria Fuentes"]


@pytest.mark.parametrize("words", ["", "!", "xyz", "%", "_", "' OR 1=1 --", "a & b | !", ":*", "(" * 50])
def test_what_is_nobodys_name_finds_nobody(database: Database, ana: Agent, words: str) -> None:
    made(database, "Maria Fuentes", 1)
    assert names(inbox.search(database, ana, words)) == []


def test_accents_need_not_be_typed_on_postgresql(database: Database, ana: Agent) -> None:
    made(database, "José Núñez", 1)
    assert names(inbox.search(database, ana, "José Núñez")) == ["José Núñez"]
    if database.engine.dialect.name == "postgresql":
        assert names(inbox.search(database, ana, "jose nun")) == ["José Núñez"]


def test_unread_is_what_somebody_has_not_read_themselves(database: Database, ana: Agent, nat: Agent) -> None:
    reference = made(database, "c1", 1)
    handoff_id = inbox_work.find_id(database, ana, reference)

    def unread(agent: Agent) -> bool:
        (line,) = inbox.list_page(database, agent, Wanted()).lines
        return line.unread

    assert unread(ana)
    inbox_work.mark_read(database, handoff_id, int(ana.staff_id), 1)
    assert not unread(ana)
    assert unread(nat)
    with database.writing() as connection:
        connection.execute(update(Conversation).values(last_seq=2))
    assert unread(ana)
    inbox_work.mark_read(database, handoff_id, int(ana.staff_id), 2)
    inbox_work.mark_read(database, handoff_id, int(ana.staff_id), 1)
    assert not unread(ana), "an older page changes nothing"


def test_a_line_says_who_has_it_and_where_it_came_from(database: Database, ana: Agent) -> None:
    set_row(database, made(database, "c1", 1, channel="telegram"), staff_id=ana.staff_id, status="accepted")
    (line,) = inbox.list_page(database, ana, Wanted(Group.UNDERWAY)).lines
    assert (line.holder, line.channel, line.status) == ("Ana", "telegram", HandoffStatus.ACCEPTED)


def test_the_tip_moves_with_every_change(database: Database, ana: Agent) -> None:
    before = inbox.read_tip(database)
    made(database, "c1", 1)
    assert inbox.read_tip(database) != before


def test_notes_and_reads_go_with_the_handoff(database: Database, ana: Agent) -> None:
    handoff_id = inbox_work.find_id(database, ana, made(database, "c1", 1))
    inbox_work.add_note(database, handoff_id, int(ana.staff_id), "call after four")
    inbox_work.mark_read(database, handoff_id, int(ana.staff_id), 1)
    (note,) = inbox_work.list_notes(database, handoff_id)
    assert (note.text, note.who) == ("call after four", "Ana")
    erase_person(database, "c1")
    with database.reading() as connection:
        assert connection.execute(select(HandoffNote.id)).all() == connection.execute(select(HandoffRead.seq)).all() == []
        assert "call after four" not in str(connection.execute(select(Audit.action, Audit.detail)).all())


def test_replies_belong_to_an_intermediary_or_to_all(database: Database, ana: Agent, nat: Agent) -> None:
    texts = {"title": "Hello", "text_en": "Hello!", "text_es": "¡Hola!"}
    inbox_work.save_reply(database, Scope("wrtp"), int(ana.staff_id), texts)
    inbox_work.save_reply(database, Scope(None), int(nat.staff_id), {**texts, "title": "All"})
    shared, own = inbox_work.list_replies(database, Scope("wrtp"))
    assert (own.shared, shared.shared) == (False, True)
    assert [one.title for one in inbox_work.list_replies(database, Scope("kdp"))] == ["All"]
    for scope, reply in ((Scope("kdp"), own), (Scope("wrtp"), shared), (Scope(None), own)):
        with pytest.raises(inbox_work.ReplyNotFoundError):
            inbox_work.save_reply(database, scope, int(ana.staff_id), texts, reply.id)
        with pytest.raises(inbox_work.ReplyNotFoundError):
            inbox_work.delete_reply(database, scope, int(ana.staff_id), reply.id)
    inbox_work.save_reply(database, Scope("wrtp"), int(ana.staff_id), {**texts, "title": "Changed"}, own.id)
    inbox_work.delete_reply(database, Scope(None), int(nat.staff_id), shared.id)
    assert [one.title for one in inbox_work.list_replies(database, Scope("wrtp"))] == ["Changed"]

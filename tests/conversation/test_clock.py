"""The clock: who is told, reminded and asked next when nobody takes a handoff up, what the person hears, each step once."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.clock import Clock
from bot.conversation.room import Room
from bot.core.conversation import Author, Said
from bot.core.geography import Place
from bot.core.handoff import Actor, ContactKind, HandoffReason, HandoffStatus, TransferReason
from bot.core.routing import Audience
from bot.core.service import Service
from bot.store.base import utc_now
from bot.store.case_work import accept_handoff, take_conversation, transfer_handoff
from bot.store.cases import read_case
from bot.store.conversation_erasing import erase_messages
from bot.store.conversations import read_view, say_as_staff
from bot.store.database import Database
from bot.store.escalation import list_steps, take_step
from bot.store.handoffs import cancel_handoff, erase_person, find_handoff, save_handoff
from bot.store.office_service import add_target, save_service, set_default_targets
from bot.store.reading_on import mark_seen, read_unseen
from bot.store.routing import find_route
from bot.store.schema import Conversation, Notice, Office
from tests.conversation.rooms import make_room
from tests.store.handoffs import handoff
from tests.store.inboxes import ANA, HERE, NATIONAL, SAID, THERE, ask, clear, row_of, set_row

LATER = timedelta(days=20)
MILWAUKEE = {"age_band": "18_or_over", "place": Place("WI", "Milwaukee", "53215", 43.006, -87.9429)}


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    clear(database)
    set_default_targets(database, ["nat@example.org"])
    return make_room(database, tmp_path)


def look(room: Room, reference: str, times: int = 1) -> None:
    """Let the clock look, each time when something is due."""
    for _ in range(times):
        due = row_of(room.database, reference).due_at
        asyncio.run(Clock(room).look(due or utc_now() + LATER))


def heard(room: Room, conversation_id: str = "c1") -> list[str]:
    return [message.text for message in read_view(room.database, conversation_id, 1).messages]


def notices(room: Room) -> list[tuple[str, str]]:
    with room.database.reading() as connection:
        return [(row.kind, row.label) for row in connection.execute(select(Notice.kind, Notice.label).order_by(Notice.id))]


def offices(room: Room, reference: str) -> list[str | None]:
    changes = read_case(room.database, NATIONAL, reference).changes
    return [change.after for change in changes if change.what == "office"]


def name_of(room: Room, office_id: str | None) -> str:
    with room.database.reading() as connection:
        return str(connection.scalar(select(Office.name).where(Office.id == office_id)))


def test_from_told_to_expired(room: Room) -> None:
    reference = ask(room.database, answers=MILWAUKEE)
    route = find_route(room.database, MILWAUKEE["place"], Audience.SEEKER)  # type: ignore[arg-type]
    assert route.first and route.second
    look(room, reference)
    assert (notices(room), heard(room)) == ([("new", "nat@example.org")], [])
    look(room, reference)
    assert notices(room)[1:] == [("reminder", "nat@example.org")]
    look(room, reference)
    assert offices(room, reference) == [route.second.office_id]
    look(room, reference)
    national = offices(room, reference)[1]
    assert [kind for kind, _ in notices(room)] == ["new", "reminder", "new", "new"]
    look(room, reference)
    row = row_of(room.database, reference)
    assert (row.status, row.due_at, row.office_id) == (HandoffStatus.EXPIRED, None, national)
    reminded, second, last, expired = heard(room)
    assert all(reference in text for text in heard(room))
    assert name_of(room, HERE) in reminded
    assert name_of(room, route.second.office_id) in second
    assert name_of(room, national) in last
    assert "stop asking" in expired
    look(room, reference, 2)
    assert len(heard(room)) == 4
    assert {change.actor for change in read_case(room.database, NATIONAL, reference).changes[1:]} == {Actor.CLOCK}


def test_many_clocks_make_each_step_once(room: Room) -> None:
    reference = ask(room.database, answers=MILWAUKEE)

    async def many(now: datetime) -> None:
        await asyncio.gather(*(Clock(room).look(now) for _ in range(6)))

    for _ in range(6):
        asyncio.run(many(row_of(room.database, reference).due_at or utc_now()))
    assert [kind for kind, _ in notices(room)] == ["new", "reminder", "new", "new"]
    assert len(heard(room)) == 4
    assert [change.after for change in read_case(room.database, NATIONAL, reference).changes if change.what == "status"] == [
        "new", "expired",
    ]  # fmt: skip


def test_a_step_that_was_seen_and_is_over_is_not_made(room: Room) -> None:
    reference = ask(room.database)
    (step,) = list_steps(room.database, utc_now())
    assert take_step(room.database, step, None)
    assert not take_step(room.database, step, None)
    look(room, reference)
    (step,) = list_steps(room.database, utc_now() + LATER)
    accept_handoff(room.database, ANA, reference)
    assert not take_step(room.database, step, SAID)
    assert list_steps(room.database, utc_now() + LATER) == []


def test_who_agreed_to_one_partner_is_not_passed_on(room: Room) -> None:
    reference = ask(room.database, answers=MILWAUKEE, consent_version="2026-11-24")
    look(room, reference, 3)
    row = row_of(room.database, reference)
    assert (row.status, row.office_id) == (HandoffStatus.EXPIRED, HERE)


def test_without_a_place_the_national_office_comes_next(room: Room) -> None:
    reference = ask(room.database, answers={}, state=None)
    look(room, reference, 3)
    assert offices(room, reference) == [row_of(room.database, reference).office_id]
    look(room, reference)
    assert row_of(room.database, reference).status == HandoffStatus.EXPIRED


def test_who_has_no_target_is_not_said_to_have_been_reminded(room: Room) -> None:
    set_default_targets(room.database, [])
    reference = ask(room.database, answers=MILWAUKEE)
    look(room, reference, 3)
    assert len(offices(room, reference)) == 1
    assert notices(room) == []
    assert [text for text in heard(room) if "again" in text] == []


def test_urgent_ones_are_due_sooner(room: Room) -> None:
    calm, urgent = ask(room.database), ask(room.database, "c2", reason=HandoffReason.DANGER)
    asyncio.run(Clock(room).look())
    due = {reference: row_of(room.database, reference).due_at for reference in (calm, urgent)}
    assert due[urgent] and due[calm] and due[urgent] < due[calm]
    for reference in (calm, urgent):
        set_row(room.database, reference, due_at=utc_now() - timedelta(hours=1 if reference == urgent else 2))
    assert [step.reference for step in list_steps(room.database, utc_now())] == [urgent, calm]


def test_in_closed_hours_the_person_is_told_when_it_opens(room: Room) -> None:
    """Open for one minute a week, which began more than a day ago."""
    yesterday = (utc_now() - timedelta(days=2)).weekday()
    save_service(room.database, HERE, Service("America/Chicago", {yesterday: ((time(9), time(9, 1)),)}, False), "Ana")
    ask(room.database)
    asyncio.run(Clock(room).look())
    (told,) = heard(room)
    assert "9:00 a.m." in told
    assert "nobody can promise" in told


def test_a_transfer_begins_anew_and_tells_the_other_office(room: Room) -> None:
    add_target(room.database, THERE, "eve@example.org", "Eve")
    reference = ask(room.database)
    look(room, reference, 2)
    transfer_handoff(room.database, ANA, reference, THERE, TransferReason.NEARER, SAID)
    look(room, reference, 2)
    assert notices(room)[2:] == [("new", "eve@example.org"), ("reminder", "eve@example.org")]


def test_what_was_taken_back_or_erased_is_left_alone(room: Room) -> None:
    cancelled, erased = ask(room.database), ask(room.database, "c2")
    cancel_handoff(room.database, "c1", cancelled)
    (step,) = list_steps(room.database, utc_now())
    erase_messages(room.database, "c2")
    erase_person(room.database, "c2")
    assert not take_step(room.database, step, SAID)
    assert find_handoff(room.database, erased) is None
    assert notices(room) == []


def test_a_conversation_that_is_not_kept_here_is_looked_after_too(room: Room) -> None:
    reference = save_handoff(room.database, handoff(conversation_id="terminal", office_id=HERE))
    look(room, reference, 2)
    assert [kind for kind, _ in notices(room)] == ["new", "reminder"]


def answer(room: Room, reference: str, *texts: str) -> None:
    take_conversation(room.database, ANA, reference, SAID)
    for text in texts:
        say_as_staff(room.database, "c1", Said(Author.STAFF, text))


def look_for_left(room: Room, after: timedelta = timedelta(minutes=4)) -> None:
    asyncio.run(Clock(room).look_for_left(utc_now() + after))


EMAIL = {"contact_kind": ContactKind.EMAIL, "contact_value": "ana@example.org"}


def test_who_left_gets_the_answers_by_e_mail_once(room: Room) -> None:
    reference = ask(room.database, **EMAIL)
    answer(room, reference, "Hello", "Still there?")
    look_for_left(room, timedelta(minutes=1))
    assert notices(room) == []
    for _ in range(3):
        look_for_left(room)
    assert notices(room) == [("reply", "the person's contact")]
    assert read_unseen(room.database, "c1", 99).texts == ["Hello", "Still there?"]
    say_as_staff(room.database, "c1", Said(Author.STAFF, "Good-bye"))
    look_for_left(room)
    assert len(notices(room)) == 2


def test_who_gave_a_phone_is_to_be_called(room: Room) -> None:
    reference = ask(room.database)
    answer(room, reference, "Hello")
    look_for_left(room)
    assert notices(room) == [("call", "nat@example.org")]


def test_who_is_there_gets_nothing(room: Room) -> None:
    reference = ask(room.database, **EMAIL)
    answer(room, reference, "Hello")
    mark_seen(room.database, ["c1"])
    look_for_left(room)
    assert notices(room) == []


def test_who_saw_the_first_answer_gets_the_rest(room: Room) -> None:
    reference = ask(room.database, **EMAIL)
    answer(room, reference, "Hello")
    with room.database.transaction() as session:
        session.get_one(Conversation, "c1").seen_at = utc_now()
    say_as_staff(room.database, "c1", Said(Author.STAFF, "Come on Monday"))
    look_for_left(room)
    assert read_unseen(room.database, "c1", 99).texts == ["Come on Monday"]
    assert len(notices(room)) == 1


@pytest.mark.parametrize("channel", ["telegram", "web"])
def test_who_is_sent_to_or_gave_no_contact_gets_no_notice(room: Room, channel: str) -> None:
    contact = EMAIL if channel == "telegram" else {"contact_kind": ContactKind.THEY_CALL, "contact_value": None}
    reference = ask(room.database, channel=channel, **contact)
    answer(room, reference, "Hello")
    look_for_left(room)
    assert notices(room) == []

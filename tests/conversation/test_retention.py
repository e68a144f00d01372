"""Retention: what was kept for long enough is gone from every table and file, and what is counted stays without the person."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.conversation.retention import keep_no_longer
from bot.conversation.room import Room
from bot.core.conversation import Author, Said
from bot.core.handoff import Agent, HandoffStatus
from bot.knowledge.load import load_knowledge
from bot.store.audit import record_alone
from bot.store.base import utc_now
from bot.store.cases import Group, count_cases, list_cases
from bot.store.conversation_schema import Conversation, Message
from bot.store.conversations import create_conversation, receive_message
from bot.store.database import Database
from bot.store.erasing import empty_log
from bot.store.handoffs import find_handoff, save_handoff
from bot.store.leases import take_lease
from bot.store.retention import erase_old
from bot.store.schema import Audit, Handoff, HandoffChange, HandoffOutcome
from tests.store.handoffs import handoff
from tests.store.inboxes import HERE, clear, set_row
from tests.store.kept import SAID, TRACES, age, keep_in_rasa, rasa_keeps, request, staff_of, tell_much, traces

YEAR = timedelta(days=365)
ID = "f" * 32


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Room:
    clear(database)
    return Room(database, keep_in_rasa(tmp_path, "another"), load_knowledge())


def keep(room: Room, days: int = 365) -> int:
    return asyncio.run(keep_no_longer(room, timedelta(days=days)))


def only(database: Database, table: Any) -> Any:
    with database.transaction() as session:
        return session.scalars(select(table)).one()


def test_after_the_time_nothing_leads_to_the_person_and_what_is_counted_stays(room: Room, tmp_path: Path) -> None:
    database = room.database
    reference = tell_much(database, ID)
    keep_in_rasa(tmp_path, ID, 400)
    age(database, 366)
    before = only(database, Handoff)
    assert set(traces(database, reference, ID)) == {*TRACES, reference, ID}, "the search finds what there is"
    assert keep(room) == 1
    with database.writing() as connection:  # the row that says that it was erased
        connection.execute(update(Conversation).values(id="e" * 32))
    empty_log(database.engine)
    assert traces(database, reference, ID) == []
    assert rasa_keeps(tmp_path) == ["another"]
    kept = only(database, Handoff)
    counted = ("audience", "state", "office_id", "language", "status", "created_at", "staff_id")
    assert [getattr(kept, name) for name in counted] == [getattr(before, name) for name in counted]
    assert (kept.channel, kept.status) == ("telegram", "closed")
    outcome = only(database, HandoffOutcome)
    assert (outcome.outcome, outcome.on_day, outcome.handoff_id) == ("applied", date(2026, 1, 2), kept.id)
    assert keep(room) == 0, "there is nothing more to erase"


def test_what_was_erased_is_seen_by_nobody(room: Room) -> None:
    reference = tell_much(room.database, ID)
    age(room.database, 366)
    keep(room)
    everybody = Agent("1", "Nat")
    assert list_cases(room.database, everybody, Group.ENDED) == []
    assert sum(count_cases(room.database, everybody).values()) == 0
    assert find_handoff(room.database, reference) is None


def test_nothing_is_erased_before_its_time(room: Room) -> None:
    tell_much(room.database, ID)
    age(room.database, 364.9)
    assert keep(room) == 0
    assert set(traces(room.database)) == set(TRACES)
    assert keep(room, 364) == 1


@pytest.mark.parametrize("what", ["message", "change", "note", "request"])
def test_the_last_thing_that_happened_counts(room: Room, what: str) -> None:
    database = room.database
    reference = tell_much(database, ID)
    age(database, 400)
    if what == "message":
        receive_message(database, ID, Said(Author.VISITOR, "again", client_id="2"))
    elif what == "request":
        request(database, staff_of(database), ID, request_key="turn-2")
    else:
        table = {"change": "handoff_changes", "note": "handoff_notes"}[what]
        with database.writing() as connection:
            connection.execute(update(Handoff.metadata.tables[table]).values(at=utc_now()))
    assert keep(room) == 0
    assert find_handoff(database, reference)


def test_what_staff_are_working_on_is_erased_after_it_has_ended(room: Room) -> None:
    reference = tell_much(room.database, ID, ended=False)
    age(room.database, 800)
    assert keep(room) == 0
    set_row(room.database, reference, status="closed")
    assert keep(room) == 1


def test_what_nobody_took_up_in_all_the_time_has_expired(room: Room) -> None:
    reference = tell_much(room.database, ID, ended=False)
    set_row(room.database, reference, status="notified", staff_id=None, due_at=utc_now())
    age(room.database, 366)
    assert keep(room) == 1
    kept = only(room.database, Handoff)
    assert (kept.status, kept.due_at) == (HandoffStatus.EXPIRED, None)
    assert traces(room.database, reference) == []


def test_a_request_made_in_a_terminal_goes_too(room: Room, tmp_path: Path) -> None:
    """Its conversation is kept by Rasa alone."""
    save_handoff(room.database, handoff(conversation_id="terminal", office_id=HERE, contact_name="Zzyzxa"))
    for who, days in (("terminal", 400), ("only-rasa", 400), ("young", 300)):
        keep_in_rasa(tmp_path, who, days)
    age(room.database, 366)
    assert keep(room) == 1
    assert traces(room.database, "terminal") == []
    assert rasa_keeps(tmp_path) == ["another", "young"]


def test_of_old_records_stays_who_when_and_what_kind(room: Room) -> None:
    staff_id = int(staff_of(room.database).staff_id)
    for days, number in ((0, 5), (400, 7)):
        record_alone(room.database, "passed_on", staff_id, number, "kdp")
        with room.database.writing() as connection:
            connection.execute(update(Audit).where(Audit.handoff_id == number).values(at=utc_now() - timedelta(days=days)))
    keep(room)
    with room.database.reading() as connection:
        columns = (Audit.staff_id, Audit.action, Audit.handoff_id, Audit.detail)
        rows = connection.execute(select(*columns).where(Audit.action == "passed_on").order_by(Audit.id)).all()
    assert rows == [(staff_id, "passed_on", 5, "kdp"), (staff_id, "passed_on", None, None)]


def test_all_that_is_old_goes_in_small_steps_and_the_rest_stays(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversation.retention._BATCH", 3)
    for number in range(8):
        create_conversation(room.database, f"{number:032x}", "hash", "web", "en", None, Said(Author.ASSISTANT, SAID))
    age(room.database, 400)
    create_conversation(room.database, "a" * 32, "hash", "web", "en", None, Said(Author.ASSISTANT, SAID))
    assert keep(room) == 8
    with room.database.reading() as connection:
        assert list(connection.scalars(select(Message.conversation_id))) == ["a" * 32]


def test_one_process_at_a_time(room: Room) -> None:
    tell_much(room.database, ID)
    age(room.database, 400)
    assert take_lease(room.database, "retention", "another", YEAR)
    assert keep(room) == 0


def test_one_that_fails_does_not_keep_the_others(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        create_conversation(room.database, f"{number:032x}", "hash", "web", "en", None, Said(Author.ASSISTANT, SAID))
    age(room.database, 400)
    def fail_once(database: Database, conversation_id: str, before: Any) -> bool:
        if conversation_id == f"{1:032x}":
            raise RuntimeError
        return erase_old(database, conversation_id, before)

    monkeypatch.setattr("bot.conversation.retention.erase_old", fail_once)
    assert keep(room) == 2


def test_without_rasas_store_it_is_erased_later(room: Room, tmp_path: Path) -> None:
    tell_much(room.database, ID)
    age(room.database, 400)
    broken = Room(room.database, "nonsense", room.knowledge)
    assert keep(broken) == 1
    with room.database.reading() as connection:
        assert connection.scalar(select(func.count()).where(Conversation.erase_again_at.is_not(None))) == 1
        assert connection.scalar(select(func.count()).select_from(HandoffChange))

"""The figures are what counting the rows one by one gives, whatever happened to them, and stay when people are erased."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from bot.conversation.clock import Clock
from bot.core.conversation import Author, Said, TurnState
from bot.core.figures import Screening, Step, Wait, audience_of, buckets_of, month_of, steps_after
from bot.core.handoff import Agent, HandoffError, Outcome, TransferReason
from bot.core.language import Language
from bot.core.routing import Audience
from bot.store import counting
from bot.store.base import utc_now
from bot.store.case_work import accept_handoff, note_outcome, take_conversation, transfer_handoff, withdraw_outcome
from bot.store.claims import claim_due
from bot.store.conversation_erasing import erase_messages
from bot.store.conversation_schema import Conversation, Message, Turn
from bot.store.conversations import OwnerChangedError, create_conversation, receive_message, say_as_staff
from bot.store.counting import count_changed
from bot.store.database import Database, alembic_config, open_database, upgrade_database
from bot.store.figure_export import export_page
from bot.store.figure_schema import Figure, HandoffCount, Journey
from bot.store.figures import By, Chosen, compare, list_months, read_goals, read_marks
from bot.store.handoffs import erase_person
from bot.store.retention import erase_old
from bot.store.schema import Handoff, HandoffOutcome, Office
from bot.store.turns import end_turn
from tests.conversation.rooms import make_room
from tests.store.inboxes import ANA, EVE, HERE, NATIONAL, SAID, SISTER, THERE, ask, clear

OFFICES = (None, HERE, SISTER, THERE)
EVERYTHING = Chosen()
_numbers = count(1)


@pytest.fixture
def store(tables: Database) -> Iterator[Database]:
    clear(tables)
    yield tables
    clear(tables)


def forget(database: Database) -> None:
    """As `clear`, with the offices as they are: for many examples in one test."""
    with database.writing() as connection:
        for table in (Handoff, Message, Conversation, Journey, Figure):
            connection.execute(delete(table))


def write(database: Database, conversation_id: str, seen: list[dict[str, Any]], cards: tuple[Any, ...] = ()) -> None:
    """A message of the visitor's and its answer."""
    receive_message(database, conversation_id, Said(Author.VISITOR, "a secret", client_id=str(next(_numbers))))
    (claim,) = [
        each for each in claim_due(database, Turn, "w", 99, timedelta(minutes=1)) if each.conversation_id == conversation_id
    ]
    answer = Said(Author.ASSISTANT, "an answer", cards=cards, language="es")
    end_turn(database, claim, TurnState.ANSWERED, [answer], seen)


def count_all(database: Database) -> None:
    while count_changed(database, 7):
        pass


def marks(database: Database, agent: Agent = NATIONAL, **chosen: str) -> dict[str, dict[str, int]]:
    found = read_marks(database, agent, replace(EVERYTHING, **chosen))
    known = {audience: {mark: number for mark, number in own.items() if number} for audience, own in found.items()}
    return {audience: own for audience, own in known.items() if own}


def replies(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.scalars(select(HandoffCount.replied_at).order_by(HandoffCount.handoff_id)))


def by_hand(database: Database, agent: Agent, chosen: Chosen) -> dict[str, dict[str, int]]:
    """The marks of requests, counted from the rows of handoffs themselves."""
    found: dict[str, Counter[str]] = {}
    with database.reading() as connection:
        partners = {row.id: row.partner_id for row in connection.execute(select(Office.id, Office.partner_id))}
        rows = connection.execute(
            select(Handoff.id, Handoff.audience, Handoff.state, Handoff.office_id, Handoff.language, Handoff.created_at,
                   Conversation.channel, HandoffCount.replied_at)
            .outerjoin(Conversation, Conversation.id == Handoff.conversation_id)
            .outerjoin(HandoffCount, HandoffCount.handoff_id == Handoff.id)
        ).all()  # fmt: skip
        valid = select(HandoffOutcome.handoff_id, HandoffOutcome.outcome).where(HandoffOutcome.withdrawn_at.is_(None))
        outcomes = connection.execute(valid).all()
        accepted = set(connection.scalars(text("SELECT handoff_id FROM handoff_changes WHERE after = 'accepted'")))
    for row in rows:
        wanted = {"state": row.state, "office": row.office_id, "channel": row.channel, "language": row.language}
        if agent.partner_id not in (None, partners.get(row.office_id)):
            continue
        if any(getattr(chosen, name) not in ("", value) for name, value in wanted.items()):
            continue
        own = found.setdefault(str(audience_of(row.audience)), Counter())
        ladder = steps_after(audience_of(row.audience))
        noted = {Outcome(outcome) for handoff_id, outcome in outcomes if handoff_id == row.id}
        furthest = max([ladder.index(each) for each in noted if each in ladder] + [0 if row.replied_at else -1])
        own[Step.PASSED_ON] += 1
        own[Step.ACCEPTED] += row.id in accepted or furthest >= 0
        own.update(str(step) for step in ladder[: furthest + 1])
    return {audience: {mark: number for mark, number in own.items() if number} for audience, own in found.items()}


REQUESTS = st.fixed_dictionaries({
    "office_id": st.sampled_from(OFFICES), "state": st.sampled_from(["WI", "MN", None]),
    "audience": st.sampled_from([Audience.SEEKER, Audience.EMPLOYER, Audience.STAFF]),
    "language": st.sampled_from([Language.EN, Language.ES]), "channel": st.sampled_from(["web", "telegram"]),
})  # fmt: skip
EVENTS = st.tuples(
    st.integers(0, 5),
    st.one_of(st.sampled_from(["accept", "take", "say", "move", "back", "count"]), st.sampled_from([*Outcome])),
)


def happen(database: Database, reference: str, conversation_id: str, event: str | Outcome) -> None:
    """As far as it is possible now."""
    try:
        if isinstance(event, Outcome):
            note_outcome(database, NATIONAL, reference, event, date(2026, 11, 20))
        elif event == "accept":
            accept_handoff(database, NATIONAL, reference)
        elif event == "take":
            take_conversation(database, NATIONAL, reference, SAID)
        elif event == "say":
            say_as_staff(database, conversation_id, Said(Author.STAFF, "hello"))
        elif event == "move":
            transfer_handoff(database, NATIONAL, reference, SISTER, TransferReason.NEARER, SAID)
        elif event == "back":
            with database.reading() as connection:
                last = connection.scalar(select(func.max(HandoffOutcome.id)).where(HandoffOutcome.withdrawn_at.is_(None)))
            withdraw_outcome(database, NATIONAL, reference, last or 0)
        else:
            count_changed(database, 2)
    except (HandoffError, LookupError, OwnerChangedError):
        pass


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(REQUESTS, min_size=1, max_size=6), st.lists(EVENTS, max_size=15))
def test_the_figures_are_those_of_the_rows(store: Database, requests: list[Any], events: list[Any]) -> None:
    forget(store)
    made = [(ask(store, f"c{number}", **changes), f"c{number}") for number, changes in enumerate(requests)]
    for which, event in events:
        happen(store, *made[which % len(made)], event)
    count_all(store)
    for agent in (NATIONAL, ANA, EVE):
        for chosen in (
            EVERYTHING, Chosen(state="WI"), Chosen(office=SISTER), Chosen(state="MN", office=THERE),
            Chosen(channel="telegram", language="es"), Chosen(first="2020-01", last="2099-12"),
        ):  # fmt: skip
            steps = {audience: _steps(own) for audience, own in read_marks(store, agent, chosen).items()}
            assert {audience: own for audience, own in steps.items() if own} == by_hand(store, agent, chosen), chosen
        for by in By:
            compared = compare(store, agent, EVERYTHING, by)
            added: dict[str, Counter[str]] = {}
            for audience, lines in compared.items():
                added[audience] = sum((Counter(line) for line in lines.values()), Counter())
            assert added == by_hand(store, agent, EVERYTHING), by


def _steps(own: dict[str, int]) -> dict[str, int]:
    return {mark: number for mark, number in own.items() if number and ":" not in mark and mark not in ("not_now", "lost")}


def test_a_conversation_is_counted_where_it_came_to(store: Database) -> None:
    create_conversation(store, "c1", "hash", "web", "en", None, Said(Author.ASSISTANT, "Hello"))
    count_all(store)
    assert marks(store) == {}, "nobody wrote yet"
    write(store, "c1", [])
    count_all(store)
    assert marks(store) == {"": {"wrote": 1}}
    asked = Screening("seeker_form", {"seeker_path": "answered", "place": "asked"}, ("place",))
    write(store, "c1", [{"audience": "seeker", "screening": asked.dump()}])
    count_all(store)
    assert marks(store)["seeker"] == {
        "wrote": 1, "began": 1, "asked:seeker_path": 1, "answered:seeker_path": 1, "asked:place": 1, "misunderstood:place": 1,
    }  # fmt: skip
    done = Screening("seeker_form", {"place": "answered", "diploma": "declined"}, (), True)
    write(store, "c1", [{"state": "WI", "screening": done.dump()}], ({"office_id": HERE},))
    count_all(store)
    assert list(marks(store)) == ["seeker"]
    assert marks(store, ANA, state="WI", office=HERE, language="es")["seeker"]["finished"] == 1
    assert marks(store, EVE) == {}
    assert marks(store, ANA, language="en") == {}
    assert marks(store)["seeker"]["declined:diploma"] == 1
    for decision in ("answered", "answered", "declined"):
        write(store, "c1", [{"question": decision}])
    count_all(store)
    assert (marks(store)["seeker"]["question:answered"], marks(store)["seeker"]["question:declined"]) == (2, 1)
    assert marks(store)["seeker"]["wrote"] == 1
    with store.reading() as connection:
        kept = connection.execute(select(Journey)).one()
    assert "secret" not in str(kept)


def test_who_is_erased_stays_counted_and_nothing_says_who_it_was(store: Database) -> None:
    reference = ask(store, "c1")
    write(store, "c1", [{"audience": "seeker", "state": "WI"}])
    accept_handoff(store, NATIONAL, reference)  # not counted yet when it is erased
    erase_messages(store, "c1")
    erase_person(store, "c1")
    erase_person(store, "c1")  # once more, as for what was under way
    count_all(store)
    assert marks(store)["seeker"]["wrote"] == marks(store)["seeker"]["accepted"] == 1
    with store.reading() as connection:
        assert connection.execute(select(Journey)).all() == connection.execute(select(HandoffCount)).all() == []


@pytest.mark.parametrize("counted", [True, False])
def test_what_is_erased_after_a_year_stays_counted_where_it_was(store: Database, counted: bool) -> None:
    ask(store, "c1", channel="telegram")
    write(store, "c1", [{"audience": "seeker", "state": "WI"}])
    if counted:
        count_all(store)
    assert erase_old(store, "c1", utc_now() + timedelta(days=1))
    count_all(store)
    assert marks(store)["seeker"] == marks(store, channel="telegram", office=HERE)["seeker"] | {"wrote": 1}
    assert marks(store)["seeker"]["passed_on"] == 1
    with store.reading() as connection:
        assert connection.execute(select(Journey)).all() == connection.execute(select(HandoffCount)).all() == []


def test_who_goes_on_after_erasing_in_the_chat_is_not_counted_twice(store: Database) -> None:
    ask(store, "c1")
    write(store, "c1", [])
    erase_person(store, "c1")
    write(store, "c1", [{"audience": "seeker"}])
    count_all(store)
    assert sum(own.get("wrote", 0) for own in marks(store).values()) == 1


def test_the_first_reply_of_staff_counts_as_contact_and_the_next_ones_do_not(store: Database) -> None:
    replied, other = ask(store, "c1"), ask(store, "c2")
    accept_handoff(store, NATIONAL, other)
    take_conversation(store, NATIONAL, replied, SAID)
    say_as_staff(store, "c1", Said(Author.STAFF, "hello"))
    first = replies(store)
    say_as_staff(store, "c1", Said(Author.STAFF, "are you there?"))
    assert replies(store) == first
    assert [each is None for each in first] == [False, True]
    count_all(store)
    own = marks(store)["seeker"]
    assert _steps(own) == {"passed_on": 2, "accepted": 2, "contacted": 1}
    assert [sum(buckets_of(own, wait).values()) for wait in (Wait.ACCEPT, Wait.REPLY)] == [2, 1]


def test_killed_in_the_middle_it_is_counted_once(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(store, "c1")
    whole = counting._settle
    monkeypatch.setattr(counting, "_settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        count_changed(store)
    monkeypatch.setattr(counting, "_settle", whole)
    assert marks(store) == {}
    assert [count_changed(store), count_changed(store)] == [1, 0]
    assert marks(store)["seeker"]["passed_on"] == 1


def test_many_gateways_count_everything_once(store: Database) -> None:
    for number in range(24):
        ask(store, f"c{number}", OFFICES[number % 4])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: count_changed(store, 3), range(16)))
    count_all(store)
    assert marks(store)["seeker"]["passed_on"] == 24
    assert marks(store, ANA)["seeker"]["passed_on"] == 12


def test_the_clock_counts_all_that_waits(store: Database, tmp_path: Path) -> None:
    for number in range(3):
        ask(store, f"c{number}")
    asyncio.run(Clock(make_room(store, tmp_path)).count())
    assert marks(store)["seeker"]["passed_on"] == 3


def test_goals_and_months_are_those_of_the_reader(store: Database) -> None:
    here, there = ask(store, "c1", HERE), ask(store, "c2", THERE, audience=Audience.EMPLOYER)
    for reference, outcome in ((here, Outcome.COMPLETED), (there, Outcome.SPONSOR)):
        note_outcome(store, NATIONAL, reference, outcome, date(2026, 11, 20))
    count_all(store)
    assert read_goals(store, NATIONAL) == {Audience.SEEKER: 1, Audience.EMPLOYER: 1}
    assert read_goals(store, ANA) == {Audience.SEEKER: 1, Audience.EMPLOYER: 0}
    assert list_months(store, EVE) == [month_of(utc_now())]
    assert list_months(store, Agent("x", "X", "kdp")) == []


def test_exports_hold_what_the_reader_sees(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.figure_export.PAGE", 2)
    references = [ask(store, f"c{number}", office) for number, office in enumerate((HERE, THERE, SISTER, HERE))]
    note_outcome(store, NATIONAL, references[0], Outcome.APPLIED, date(2026, 11, 21))
    note_outcome(store, NATIONAL, references[0], Outcome.CONTACTED, date(2026, 11, 20))
    first = export_page(store, ANA, EVERYTHING)
    assert [each.reference for each in first] == [references[0], references[2]]
    assert [each.reference for each in export_page(store, ANA, EVERYTHING, first[-1].id)] == [references[3]]
    assert (first[0].outcome, first[0].on_day) == ("applied", date(2026, 11, 21))
    assert export_page(store, ANA, Chosen(office=THERE)) == export_page(store, ANA, Chosen(last="2026-10")) == []
    assert len(export_page(store, ANA, Chosen(first=month_of(utc_now()), last=month_of(utc_now()), state="WI"))) == 2


def test_what_was_there_before_is_counted_too(database_url: str) -> None:
    upgrade_database(database_url)
    database = open_database(database_url)
    ask(database, "c1", None)
    write(database, "c1", [])
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0006")
    upgrade_database(database_url)
    count_all(database)
    assert marks(database) == {"": {"wrote": 1}, "seeker": {"passed_on": 1}}
    database.close()

"""What staff see and do: their own people only, one owner each, everything in the history, nothing personal in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.conversation import Owner
from bot.core.handoff import (
    Actor,
    Agent,
    ConsentError,
    HandoffError,
    HandoffReason,
    HandoffStatus,
    Outcome,
    TransferReason,
    TransitionError,
)
from bot.core.routing import Audience
from bot.store.case_work import (
    accept_handoff,
    close_handoff,
    note_outcome,
    relieve_colleague,
    require_own,
    return_conversation,
    take_conversation,
    transfer_handoff,
    wait_for_person,
    withdraw_outcome,
)
from bot.store.cases import Group, count_cases, find_partner_name, list_cases, read_case
from bot.store.conversation_erasing import erase_messages
from bot.store.conversations import ConversationNotFoundError, OwnerChangedError, read_view
from bot.store.database import Database
from bot.store.handoff_changes import HandoffChangedError, HandoffNotFoundError
from bot.store.handoffs import cancel_handoff, erase_person, save_handoff
from bot.store.schema import HandoffChange, HandoffOutcome
from tests.store.handoffs import handoff
from tests.store.inboxes import ANA, BEN, EVE, HERE, NATIONAL, SAID, SISTER, THERE, ask, clear, row_of, set_row

DAY = date(2026, 11, 24)


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    clear(tables)
    yield tables


def statuses(database: Database, reference: str) -> list[tuple[str | None, str | None, Actor]]:
    changes = read_case(database, NATIONAL, reference).changes
    return [(change.before, change.after, change.actor) for change in changes if change.what == "status"]


def test_an_agent_sees_those_of_the_own_partner_and_national_staff_all(database: Database) -> None:
    here, sister, there, nobody = (
        ask(database, str(number), office) for number, office in enumerate((HERE, SISTER, THERE, None), 1)
    )
    seen = {
        agent.staff_id: {line.reference for line in list_cases(database, agent, Group.UNATTENDED)}
        for agent in (ANA, EVE, NATIONAL)
    }
    assert seen == {"ana": {here, sister}, "eve": {there}, "nat": {here, sister, there, nobody}}
    assert count_cases(database, ANA) == {Group.UNATTENDED: 2, Group.UNDERWAY: 0, Group.ENDED: 0}
    assert count_cases(database, NATIONAL)[Group.UNATTENDED] == 4


STEPS: dict[str, Callable[[Database, Agent, str], Any]] = {
    "read": read_case,
    "accept": accept_handoff,
    "take": lambda database, agent, reference: take_conversation(database, agent, reference, SAID),
    "return": lambda database, agent, reference: return_conversation(database, agent, reference, SAID),
    "wait": wait_for_person,
    "transfer": lambda database, agent, reference: transfer_handoff(
        database, agent, reference, THERE, TransferReason.NEARER, SAID
    ),
    "close": lambda database, agent, reference: close_handoff(database, agent, reference, SAID, Outcome.LOST, DAY),
    "note": lambda database, agent, reference: note_outcome(database, agent, reference, Outcome.LOST, DAY),
    "withdraw": lambda database, agent, reference: withdraw_outcome(database, agent, reference, 1),
    "write": require_own,
    "relieve": lambda database, agent, reference: relieve_colleague(database, agent, reference, SAID),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_another_partners_is_as_if_it_were_not(database: Database, step: str) -> None:
    reference = ask(database)
    with pytest.raises(HandoffNotFoundError):
        STEPS[step](database, EVE, reference)
    assert len(read_case(database, ANA, reference).changes) == 1


@pytest.mark.parametrize("step", sorted(STEPS.keys() - {"read", "accept", "note", "withdraw", "relieve"}))
def test_what_a_colleague_has_accepted_is_theirs(database: Database, step: str) -> None:
    reference = ask(database)
    accept_handoff(database, ANA, reference)
    with pytest.raises(HandoffChangedError) as caught:
        STEPS[step](database, BEN, reference)
    assert (caught.value.staff_id, caught.value.status) == ("ana", HandoffStatus.ACCEPTED)


def test_urgent_ones_come_first_and_then_who_waits_longest(database: Database) -> None:
    first, second, harm, danger = (
        ask(database, str(number), reason=reason)
        for number, reason in enumerate(
            (HandoffReason.ASKED_FOR_PERSON, HandoffReason.FINISHED_SCREENING, HandoffReason.COMPLAINT, HandoffReason.DANGER)
        )
    )
    now = datetime.now(UTC)
    for age, reference in enumerate((first, second, harm, danger)):
        set_row(database, reference, created_at=now - timedelta(hours=9 - age))
    assert [line.reference for line in list_cases(database, ANA, Group.UNATTENDED)] == [harm, danger, first, second]
    assert [line.reference for line in list_cases(database, ANA, Group.UNATTENDED, 2, 1)] == [danger, first]
    assert [line.reference for line in list_cases(database, ANA, Group.UNATTENDED, reason="danger")] == [danger]


def test_everything_about_one(database: Database) -> None:
    reference = ask(database, contact_time="after 5", reason=HandoffReason.DANGER)
    case = read_case(database, ANA, reference)
    assert (case.line.reference, case.line.conversation_id, case.line.urgent) == (reference, "c1", True)
    assert (case.line.office_name, case.contact_value, case.contact_time) == (
        find_partner_name(database, "wrtp"),
        "414-555-0100",
        "after 5",
    )
    assert case.answers["place"]["zip"] == "53215"
    assert case.transcript[0]["text"] == "my night shift story"
    assert [(change.actor, change.after) for change in case.changes] == [(Actor.ASSISTANT, "new")]


def test_of_many_agents_one_has_it(database: Database) -> None:
    reference = ask(database)
    agents = [Agent(f"agent{number}", "A", "wrtp") for number in range(12)]

    def take(agent: Agent) -> str | None:
        try:
            take_conversation(database, agent, reference, SAID)
        except (HandoffChangedError, OwnerChangedError):
            return None
        return agent.staff_id

    with ThreadPoolExecutor(6) as pool:
        owners = [owner for owner in pool.map(take, agents) if owner]
    assert owners == [row_of(database, reference).staff_id]
    assert [change[1] for change in statuses(database, reference)] == ["new", "accepted", "in_conversation"]
    assert read_view(database, "c1").owner is Owner.STAFF
    assert [message.text for message in read_view(database, "c1").messages] == ["Hello", SAID.text]


def test_a_conversation_is_taken_given_back_and_taken_again(database: Database) -> None:
    reference = ask(database)
    take_conversation(database, ANA, reference, SAID)
    assert require_own(database, ANA, reference) == "c1"
    wait_for_person(database, ANA, reference)
    return_conversation(database, ANA, reference, SAID)
    assert read_view(database, "c1").owner is Owner.ASSISTANT
    assert [line.reference for line in list_cases(database, ANA, Group.UNDERWAY)] == [reference]
    with pytest.raises(TransitionError):
        return_conversation(database, ANA, reference, SAID)
    take_conversation(database, ANA, reference, SAID)
    assert [change[1] for change in statuses(database, reference)] == [
        "new", "accepted", "in_conversation", "waiting_for_person", "returned", "in_conversation",
    ]  # fmt: skip


def test_a_colleague_who_is_away_is_relieved(database: Database) -> None:
    reference = ask(database)
    with pytest.raises(HandoffChangedError):
        relieve_colleague(database, BEN, reference, SAID)
    take_conversation(database, ANA, reference, SAID)
    relieve_colleague(database, BEN, reference, SAID)
    assert require_own(database, BEN, reference) == "c1"
    assert [message.text for message in read_view(database, "c1", 1).messages] == [SAID.text] * 2
    *_, change = read_case(database, ANA, reference).changes
    assert (change.what, change.before, change.after) == ("staff", "ana", "ben")
    with pytest.raises(HandoffChangedError):
        relieve_colleague(database, BEN, reference, SAID)


def test_a_step_that_fails_changes_nothing(database: Database) -> None:
    """The conversation cannot be taken, so the handoff is not accepted either."""
    first = ask(database)
    second = save_handoff(database, handoff(conversation_id="c1", request_key="2", office_id=HERE))
    take_conversation(database, ANA, first, SAID)
    with pytest.raises(OwnerChangedError):
        take_conversation(database, BEN, second, SAID)
    assert row_of(database, second).status == "new"
    terminal = save_handoff(database, handoff(conversation_id="terminal", office_id=HERE))
    with pytest.raises(ConversationNotFoundError):
        take_conversation(database, ANA, terminal, SAID)
    assert row_of(database, terminal).status == "new"


def test_transferred_it_is_new_for_the_other_office_and_the_assistant_answers(database: Database) -> None:
    reference = ask(database)
    take_conversation(database, ANA, reference, SAID)
    transfer_handoff(database, ANA, reference, THERE, TransferReason.SERVES_THEM, SAID)
    row = row_of(database, reference)
    assert (row.status, row.office_id, row.staff_id, row.step) == ("new", THERE, None, 0)
    assert row.due_at is not None
    assert read_view(database, "c1").owner is Owner.ASSISTANT
    with pytest.raises(HandoffNotFoundError):
        read_case(database, ANA, reference)
    *_, change = read_case(database, EVE, reference).changes
    assert (change.what, change.before, change.after, change.reason, change.staff_id) == (
        "office", HERE, THERE, TransferReason.SERVES_THEM, "ana",
    )  # fmt: skip
    for office in ("nowhere", THERE):
        with pytest.raises(HandoffNotFoundError):
            transfer_handoff(database, EVE, reference, office, TransferReason.OTHER, SAID)


def test_who_agreed_to_one_partner_is_not_passed_to_another(database: Database) -> None:
    reference = ask(database, consent_version="2026-11-24")
    with pytest.raises(ConsentError):
        transfer_handoff(database, ANA, reference, THERE, TransferReason.NEARER, SAID)
    transfer_handoff(database, ANA, reference, SISTER, TransferReason.NEARER, SAID)
    assert row_of(database, reference).office_id == SISTER


def test_closed_with_an_outcome_and_more_outcomes_later(database: Database) -> None:
    reference = ask(database)
    take_conversation(database, ANA, reference, SAID)
    close_handoff(database, ANA, reference, SAID, Outcome.CONTACTED, DAY)
    assert read_view(database, "c1").owner is Owner.ASSISTANT
    note_outcome(database, BEN, reference, Outcome.COMPLETED, DAY + timedelta(days=400))
    note_outcome(database, BEN, reference, Outcome.HIRED, DAY + timedelta(days=30))
    mistaken = read_case(database, ANA, reference).outcomes[-1]
    withdraw_outcome(database, BEN, reference, mistaken.id)
    with pytest.raises(HandoffNotFoundError):
        withdraw_outcome(database, BEN, reference, mistaken.id)
    case = read_case(database, ANA, reference)
    assert case.line.status is HandoffStatus.CLOSED
    assert [(each.outcome, each.withdrawn_at is None) for each in case.outcomes] == [
        (Outcome.CONTACTED, True), (Outcome.HIRED, True), (Outcome.COMPLETED, False),
    ]  # fmt: skip
    assert [(change.before, change.after) for change in case.changes if change.what == "outcome"] == [
        (None, "contacted"), (None, "completed"), (None, "hired"), ("completed", None),
    ]  # fmt: skip


def test_the_outcomes_are_those_of_the_audience(database: Database) -> None:
    seeker, employer = ask(database), ask(database, "c2", audience=Audience.EMPLOYER)
    with pytest.raises(HandoffError):
        note_outcome(database, ANA, employer, Outcome.HIRED, DAY)
    with pytest.raises(HandoffError):
        close_handoff(database, ANA, seeker, SAID, Outcome.AGREEMENT, DAY)
    assert row_of(database, seeker).status == "new"
    note_outcome(database, ANA, employer, Outcome.AGREEMENT, DAY)


def test_what_was_taken_back_cannot_be_accepted_and_keeps_its_history(database: Database) -> None:
    reference = ask(database)
    cancel_handoff(database, "c1", reference)
    with pytest.raises(TransitionError):
        accept_handoff(database, ANA, reference)
    row = row_of(database, reference)
    assert (row.due_at, row.contact_value) == (None, None)
    assert statuses(database, reference)[-1] == ("new", "cancelled", Actor.PERSON)


def test_erasing_takes_history_and_outcomes_too(database: Database) -> None:
    reference = ask(database)
    close_handoff(database, ANA, reference, SAID, Outcome.CONTACTED, DAY)
    erase_messages(database, "c1")
    erase_person(database, "c1")
    with database.reading() as connection:
        for table in (HandoffChange, HandoffOutcome):
            assert connection.execute(select(table.id)).all() == []

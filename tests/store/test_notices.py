"""Notices in both databases: one a target, never twice, and what cannot be sent is seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.handoff import HandoffReason, HandoffStatus
from bot.store.claims import ClaimLostError
from bot.store.database import Database
from bot.store.handoff_changes import HandoffNotFoundError, lock_handoff
from bot.store.handoffs import cancel_handoff, erase_person
from bot.store.notices import (
    NoticeKind,
    Sending,
    add_notices,
    add_reply,
    begin_sending,
    bury_notice,
    claim_notices,
    count_notices,
    end_notice,
    list_failed_notices,
    postpone_notice,
    retry_notice,
)
from bot.store.office_service import add_target, remove_target, set_default_targets
from bot.store.schema import Handoff, Notice
from tests.store.inboxes import ANA, EVE, NATIONAL, THERE, ask, clear, row_of

_LEASE, _OVER = timedelta(seconds=60), timedelta(seconds=-1)


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    clear(tables)
    yield tables


def tell(database: Database, reference: str, cause: str = "1", kind: NoticeKind = NoticeKind.NEW) -> int:
    with database.writing() as connection:
        return add_notices(connection, lock_handoff(connection, Handoff.reference == reference), kind, cause)


def claim(database: Database, worker: str = "w1", lease: timedelta = _LEASE) -> list[Sending]:
    return claim_notices(database, worker, 10, lease)


def test_each_target_is_told_once(database: Database) -> None:
    for address in ("ana@example.org", "json://hook.test/SECRET"):
        add_target(database, "wrtp", address, "Ana")
    set_default_targets(database, ["nat@example.org"])
    reference = ask(database, reason=HandoffReason.DANGER)
    assert [tell(database, reference) for _ in range(3)] == [2, 2, 2]
    sendings = claim(database)
    assert [each.address for each in sendings] == ["ana@example.org", "json://hook.test/SECRET"]
    assert {(each.reference, each.urgent, each.kind) for each in sendings} == {(reference, True, NoticeKind.NEW)}
    assert claim(database, "w2") == []
    assert tell(database, reference, "2", NoticeKind.REMINDER) == 2
    assert len(claim(database)) == 2


def test_without_a_target_of_the_partner_the_default_ones_are_told(database: Database) -> None:
    reference = ask(database)
    assert tell(database, reference) == 0
    set_default_targets(database, ["nat@example.org"])
    assert tell(database, reference, "2") == 1
    assert [each.address for each in claim(database)] == ["nat@example.org"]


def test_the_partner_is_told_when_a_notice_was_sent_and_not_before(database: Database) -> None:
    set_default_targets(database, ["a@example.org", "b@example.org"])
    reference = ask(database)
    tell(database, reference)
    first, second = claim(database)
    begin_sending(database, first.claim, _LEASE)
    assert row_of(database, reference).status == HandoffStatus.NEW
    end_notice(database, first.claim)
    assert row_of(database, reference).status == HandoffStatus.NOTIFIED
    begin_sending(database, second.claim, _LEASE)
    end_notice(database, second.claim)
    with pytest.raises(ClaimLostError):
        end_notice(database, second.claim)
    assert count_notices(database) == {}


def test_what_was_taken_back_meanwhile_stays_so(database: Database) -> None:
    set_default_targets(database, ["a@example.org"])
    reference = ask(database)
    tell(database, reference)
    (sending,) = claim(database)
    begin_sending(database, sending.claim, _LEASE)
    cancel_handoff(database, "c1", reference)
    end_notice(database, sending.claim)
    assert row_of(database, reference).status == HandoffStatus.CANCELLED


def test_one_that_dies_before_sending_is_followed_by_another(database: Database) -> None:
    set_default_targets(database, ["a@example.org"])
    tell(database, ask(database))
    (lost,) = claim(database, "w1", _OVER)
    (taken,) = claim(database, "w2")
    assert taken.claim.attempt == 2
    with pytest.raises(ClaimLostError):
        begin_sending(database, lost.claim, _LEASE)
    begin_sending(database, taken.claim, _LEASE)


def test_one_that_dies_while_sending_is_not_followed(database: Database) -> None:
    """It may have been sent: staff see it, and may send it again."""
    set_default_targets(database, ["a@example.org"])
    reference = ask(database)
    tell(database, reference)
    (lost,) = claim(database)
    begin_sending(database, lost.claim, _OVER)
    assert claim(database, "w2") == []
    (failed,) = list_failed_notices(database, ANA)
    assert (failed.reference, failed.error, failed.target) == (reference, "interrupted", "a@example.org")
    with pytest.raises(ClaimLostError):
        end_notice(database, lost.claim)
    retry_notice(database, ANA, failed.id)
    assert len(claim(database, "w2")) == 1


def test_many_senders_take_each_notice_once(database: Database) -> None:
    set_default_targets(database, [f"a{number}@example.org" for number in range(20)])
    tell(database, ask(database))

    def take(worker: int) -> list[int]:
        return [each.claim.id for _ in range(4) for each in claim_notices(database, f"w{worker}", 3, _LEASE)]

    with ThreadPoolExecutor(6) as pool:
        taken = [each for found in pool.map(take, range(6)) for each in found]
    assert len(taken) == len(set(taken)) == 20


def test_again_after_a_pause_and_dead_in_the_end(database: Database) -> None:
    set_default_targets(database, ["a@example.org"])
    reference = ask(database)
    tell(database, reference)
    (sending,) = claim(database)
    postpone_notice(database, sending.claim, _LEASE, "failed")
    assert claim(database) == []
    with database.transaction() as session:
        session.scalars(select(Notice)).one().due_at -= 2 * _LEASE
    (sending,) = claim(database)
    bury_notice(database, sending.claim, "refused")
    assert count_notices(database) == {"dead": 1}
    assert [failed.error for failed in list_failed_notices(database, NATIONAL)] == ["refused"]
    assert row_of(database, reference).status == HandoffStatus.NEW


def test_failures_are_seen_by_the_own_partner_only(database: Database) -> None:
    set_default_targets(database, ["a@example.org"])
    tell(database, ask(database, office_id=THERE))
    (sending,) = claim(database)
    bury_notice(database, sending.claim, "refused")
    assert list_failed_notices(database, ANA) == []
    (failed,) = list_failed_notices(database, EVE)
    with pytest.raises(HandoffNotFoundError):
        retry_notice(database, ANA, failed.id)
    retry_notice(database, EVE, failed.id)
    with pytest.raises(HandoffNotFoundError):
        retry_notice(database, EVE, failed.id)


def test_a_target_or_contact_that_is_gone_has_no_address(database: Database) -> None:
    target = add_target(database, "wrtp", "ana@example.org", "Ana")
    reference = ask(database)
    tell(database, reference)
    handoff_id = row_of(database, reference).id
    with database.writing() as connection:
        add_reply(connection, handoff_id, 3)
    remove_target(database, "wrtp", target.id, "Ana")
    assert {(each.kind, each.address) for each in claim(database)} == {(NoticeKind.NEW, None), (NoticeKind.REPLY, None)}


def test_erasing_takes_the_notices_too(database: Database) -> None:
    set_default_targets(database, ["a@example.org"])
    reference = ask(database)
    tell(database, reference)
    (sending,) = claim(database)
    begin_sending(database, sending.claim, _LEASE)
    erase_person(database, "c1")
    with pytest.raises(ClaimLostError):
        end_notice(database, sending.claim)
    assert count_notices(database) == {}

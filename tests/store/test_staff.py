"""Accounts, sessions, attempts and the first link: once, in time, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.core.staff import Role, StaffError, scope_of
from bot.store import staff, staff_sessions
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.staff_schema import Audit, StaffFailure, StaffSession
from bot.store.staff_schema import Staff as StaffRow
from tests.store.inboxes import clear_accounts

BOUNDS = staff_sessions.Bounds(timedelta(minutes=60), timedelta(hours=12))


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    """No accounts yet, and two intermediaries; the tables are made once for all tests here."""
    clear_accounts(tables, "a", "b")
    yield tables


def new(email: str = "Ana@Example.org", role: Role = Role.AGENT, partner: str | None = "a") -> staff.NewStaff:
    return staff.NewStaff(email, "Ana", role, partner, "hash", "nonce")


def test_an_account_is_found_by_its_address_in_any_case(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    assert staff.find_credentials(database, "ANA@example.ORG") == staff.Credentials(staff_id, "hash", "nonce", None)
    assert staff.find_credentials(database, "bob@example.org") is None
    (account,) = staff.list_staff(database)
    assert (account.staff.email, account.staff.role, account.staff.partner_name) == ("ana@example.org", Role.AGENT, "A")


def test_an_address_has_one_account_and_an_intermediary_must_exist(database: Database) -> None:
    staff.add_staff(database, new())
    with pytest.raises(StaffError, match="already"):
        staff.add_staff(database, new("ana@example.org"))
    with pytest.raises(StaffError, match="partners list"):
        staff.add_staff(database, new("bob@example.org", partner="nobody"))


@pytest.mark.parametrize("role", Role)
def test_exactly_agents_and_managers_belong_to_an_intermediary(database: Database, role: Role) -> None:
    of_partner = role in (Role.AGENT, Role.MANAGER)
    with pytest.raises(StaffError):
        scope_of(role, None if of_partner else "a")
    assert scope_of(role, "a" if of_partner else None).partner_id == ("a" if of_partner else None)
    staff.add_staff(database, new(role=role, partner="a" if of_partner else None))
    wrong = update(StaffRow).values(partner_id=None if of_partner else "a")
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(wrong)


def test_a_code_counts_once(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    assert [staff.use_step(database, staff_id, step) for step in (5, 5, 4, 6)] == [True, False, False, True]


def test_single_sign_on_is_bound_at_the_first_time(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    assert [staff.bind_subject(database, staff_id, who) for who in ("s1", "s1", "s2")] == [True, True, False]


def test_a_session_is_found_until_it_ends(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    staff_sessions.begin_session(database, staff_id, "t", "Firefox")
    found = staff_sessions.find_session(database, "t", BOUNDS)
    assert found is not None
    assert (found.staff.id, found.staff.scope.partner_id) == (staff_id, "a")
    assert staff_sessions.find_session(database, "another", BOUNDS) is None
    assert [each.device for each in staff_sessions.list_sessions(database, staff_id, BOUNDS)] == ["Firefox"]
    assert not staff_sessions.end_session(database, staff_id + 1, found.id), "somebody else's session is not theirs to end"
    assert staff_sessions.end_session(database, staff_id, found.id)
    assert staff_sessions.find_session(database, "t", BOUNDS) is None


@pytest.mark.parametrize(("column", "ago", "found"), [
    ("seen_at", timedelta(minutes=59), True), ("seen_at", timedelta(minutes=61), False),
    ("created_at", timedelta(hours=11), True), ("created_at", timedelta(hours=13), False),
])  # fmt: skip
def test_a_session_expires(database: Database, column: str, ago: timedelta, found: bool) -> None:
    staff_id = staff.add_staff(database, new())
    staff_sessions.begin_session(database, staff_id, "t", "Firefox")
    with database.writing() as connection:
        connection.execute(update(StaffSession).values({column: utc_now() - ago}))
    assert (staff_sessions.find_session(database, "t", BOUNDS) is not None) == found
    assert bool(staff_sessions.list_sessions(database, staff_id, BOUNDS)) == found


def test_use_keeps_a_session_open(database: Database) -> None:
    staff_sessions.begin_session(database, staff.add_staff(database, new()), "t", "Firefox")
    with database.writing() as connection:
        connection.execute(update(StaffSession).values(seen_at=utc_now() - timedelta(minutes=50)))
    session = staff_sessions.find_session(database, "t", BOUNDS)
    assert session is not None
    staff_sessions.touch_session(database, session)
    again = staff_sessions.find_session(database, "t", BOUNDS)
    assert again is not None
    assert again.seen_at > session.seen_at + timedelta(minutes=49)


@pytest.mark.parametrize("change", ["disable", "reset", "sign_out"])
def test_changes_of_an_account_end_its_sessions_and_no_others(database: Database, change: str) -> None:
    first, second = staff.add_staff(database, new()), staff.add_staff(database, new("bob@example.org"))
    for staff_id, token in ((first, "t1"), (first, "t2"), (second, "t3")):
        staff_sessions.begin_session(database, staff_id, token, "Firefox")
    if change == "disable":
        staff.disable_staff(database, "ana@example.org")
        assert staff.find_credentials(database, "ana@example.org") is None
    elif change == "reset":
        staff.disable_staff(database, "ana@example.org")
        staff.reset_staff(database, "ana@example.org", "new", "fresh")
        assert staff.find_credentials(database, "ana@example.org") == staff.Credentials(first, "new", "fresh", None)
    else:
        staff.sign_out_staff(database, "ANA@example.org")
    open_ones = [token for token in ("t1", "t2", "t3") if staff_sessions.find_session(database, token, BOUNDS)]
    assert open_ones == ["t3"]


def test_all_other_sessions_of_ones_own_are_ended(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    for token in ("t1", "t2", "t3"):
        staff_sessions.begin_session(database, staff_id, token, "Firefox")
    kept = staff_sessions.find_session(database, "t2", BOUNDS)
    assert kept is not None
    staff_sessions.end_other_sessions(database, staff_id, kept.id)
    assert [bool(staff_sessions.find_session(database, token, BOUNDS)) for token in ("t1", "t2", "t3")] == [False, True, False]


def test_an_unknown_account_is_said(database: Database) -> None:
    with pytest.raises(staff.StaffNotFoundError):
        staff.disable_staff(database, "nobody@example.org")


def test_attempts_are_counted_until_they_are_old(database: Database) -> None:
    assert [staff_sessions.count_attempt(database, "k", 2) for _ in range(4)] == [True, True, False, False]
    assert staff_sessions.count_attempt(database, "other", 2)
    with database.writing() as connection:
        connection.execute(update(StaffFailure).values(at=utc_now() - timedelta(minutes=16)))
    assert staff_sessions.count_attempt(database, "k", 2)
    staff_sessions.forget_attempts(database, "k")
    assert [staff_sessions.count_attempt(database, "k", 2) for _ in range(3)] == [True, True, False]


def test_the_first_link_makes_one_administrator_once(database: Database) -> None:
    first = staff.NewStaff("ana@example.org", "Ana", Role.ADMINISTRATOR, None, "hash", "nonce")
    assert staff.make_first_link(database, "old", utc_now() + timedelta(hours=1))
    assert staff.make_first_link(database, "link", utc_now() + timedelta(hours=1))
    assert [staff.has_first_link(database, each) for each in ("old", "link", "")] == [False, True, False]
    with pytest.raises(staff.LinkUsedError):
        staff.use_first_link(database, "old", first)

    def use(_: int) -> bool:
        try:
            return bool(staff.use_first_link(database, "link", first))
        except staff.LinkUsedError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1
    assert not staff.has_first_link(database, "link")
    assert not staff.make_first_link(database, "next", utc_now() + timedelta(hours=1)), "there is an account now"


def test_an_old_link_makes_nothing(database: Database) -> None:
    staff.make_first_link(database, "link", utc_now() - timedelta(seconds=1))
    assert not staff.has_first_link(database, "link")
    with pytest.raises(staff.LinkUsedError):
        staff.use_first_link(database, "link", staff.NewStaff("ana@example.org", "Ana", Role.ADMINISTRATOR))


def test_what_is_done_with_accounts_is_in_the_audit(database: Database) -> None:
    staff_id = staff.add_staff(database, new())
    staff_sessions.begin_session(database, staff_id, "t", "Firefox")
    staff.disable_staff(database, "ana@example.org")
    with database.reading() as connection:
        done = connection.execute(select(Audit.staff_id, Audit.action).order_by(Audit.id)).all()
    assert [tuple(row) for row in done] == [(staff_id, each) for each in ("staff_added", "signed_in", "staff_disabled")]

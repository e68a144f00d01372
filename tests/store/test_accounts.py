"""Accounts as administrators manage them: who may, what a link does, and that one administrator always remains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.core.staff import Role, StaffError
from bot.store import accounts, staff, staff_sessions
from bot.store.base import utc_now
from bot.store.database import Database
from bot.store.staff import LinkUsedError, NewStaff, StaffNotFoundError, Standing
from bot.store.staff_schema import Audit
from bot.store.staff_schema import Staff as StaffRow
from tests.store.inboxes import clear_accounts

BOUNDS = staff_sessions.Bounds(timedelta(minutes=60), timedelta(hours=12))


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    """Two intermediaries and no accounts; the tables are made once for all tests here."""
    clear_accounts(tables, "b", "a")
    yield tables


@pytest.fixture
def ada(database: Database) -> int:
    """An administrator."""
    return staff.add_staff(database, NewStaff("ada@example.org", "Ada", Role.ADMINISTRATOR, None, "hash", "nonce"))


def invited(email: str = "ben@example.org", link: str | None = "link") -> NewStaff:
    return NewStaff(email, "Ben", Role.AGENT, "a", link_hash=link, link_until=accounts.link_end(link))


def standing(database: Database, staff_id: int) -> Standing:
    return staff.find_account(database, staff_id).standing


def done(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(Audit.staff_id, Audit.action, Audit.detail).order_by(Audit.id))]


def test_who_is_invited_gets_in_with_the_link_once(database: Database, ada: int) -> None:
    ben = accounts.invite(database, ada, invited())
    assert standing(database, ben) is Standing.INVITED
    assert accounts.find_invited(database, "link").email == "ben@example.org"

    def use(_: int) -> bool:
        try:
            return accounts.use_link(database, "link", "hash", "nonce", 7) == ben
        except LinkUsedError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1
    assert standing(database, ben) is Standing.ACTIVE
    assert not staff.use_step(database, ben, 7), "its code was used"
    with pytest.raises(LinkUsedError):
        accounts.find_invited(database, "link")
    assert done(database)[1:] == [(ada, "staff_added", f"account {ben}: agent"), (ben, "staff_link_used", None)]


def test_an_old_replaced_or_withdrawn_link_does_nothing(database: Database, ada: int) -> None:
    ben = accounts.invite(database, ada, invited())
    accounts.renew_link(database, ada, ben, "newer")
    with database.writing() as connection:
        connection.execute(update(StaffRow).where(StaffRow.id == ben).values(link_until=utc_now() - timedelta(seconds=1)))
    assert standing(database, ben) is Standing.LINK_OVER
    cat = accounts.invite(database, ada, invited("cat@example.org", "cat"))
    accounts.disable(database, ada, cat)
    accounts.enable(database, ada, cat)
    assert standing(database, cat) is Standing.LINK_OVER
    for link in ("link", "newer", "cat", "", "None"):
        with pytest.raises(LinkUsedError):
            accounts.find_invited(database, link)
        with pytest.raises(LinkUsedError):
            accounts.use_link(database, link, "hash", "nonce", 1)


def test_a_new_link_takes_away_whatever_let_them_in(database: Database, ada: int) -> None:
    ben = staff.add_staff(database, NewStaff("ben@example.org", "Ben", Role.AGENT, "a", "hash", "nonce"))
    staff.bind_subject(database, ben, "subject")
    staff_sessions.begin_session(database, ben, "token", "Firefox")
    accounts.renew_link(database, ada, ben, "link")
    assert staff.find_credentials(database, "ben@example.org") == staff.Credentials(ben, None, None, None)
    assert staff_sessions.find_session(database, "token", BOUNDS) is None
    staff.reset_staff(database, "ben@example.org", "hash", "nonce")
    with pytest.raises(LinkUsedError):
        accounts.find_invited(database, "link")
    accounts.renew_link(database, ada, ben, None)
    assert standing(database, ben) is Standing.SINGLE_SIGN_ON


def test_a_role_is_changed_and_a_wrong_one_is_not(database: Database, ada: int) -> None:
    ben = accounts.invite(database, ada, invited())
    staff_sessions.begin_session(database, ben, "token", "Firefox")
    for role, partner in ((Role.AGENT, None), (Role.NATIONAL, "a"), (Role.AGENT, "nowhere")):
        with pytest.raises(StaffError):
            accounts.change_role(database, ada, ben, role, partner)
    accounts.change_role(database, ada, ben, Role.MANAGER, "b")
    known = staff.find_account(database, ben).staff
    assert (known.role, known.partner_id) == (Role.MANAGER, "b")
    assert staff_sessions.find_session(database, "token", BOUNDS) is None, "an open page shows what the old role saw"
    assert done(database)[-1] == (ada, "staff_role", f"account {ben}: manager")


def test_nobody_changes_their_own_account_or_one_that_is_not_there(database: Database, ada: int) -> None:
    changes: list[Callable[[int], None]] = [
        lambda who: accounts.disable(database, ada, who),
        lambda who: accounts.enable(database, ada, who),
        lambda who: accounts.renew_link(database, ada, who, "link"),
        lambda who: accounts.change_role(database, ada, who, Role.NATIONAL, None),
    ]
    for change in changes:
        with pytest.raises(StaffError, match="your own account"):
            change(ada)
        with pytest.raises(StaffNotFoundError):
            change(ada + 999)
    assert standing(database, ada) is Standing.ACTIVE


def test_of_two_who_disable_each_other_at_once_one_remains(database: Database, ada: int) -> None:
    bea = staff.add_staff(database, NewStaff("bea@example.org", "Bea", Role.ADMINISTRATOR, None, "hash", "nonce"))

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as connection:  # Ada has disabled Bea, but it is not through yet
            connection.execute(update(StaffRow).where(StaffRow.id == bea).values(disabled_at=utc_now()))
            late = pool.submit(accounts.disable, database, bea, ada)
            wait([late], timeout=0.3)
        with pytest.raises(StaffError, match="may not"):
            late.result()
    assert sorted(standing(database, each) for each in (ada, bea)) == [Standing.ACTIVE, Standing.DISABLED]


def test_who_is_no_administrator_any_more_changes_nothing(database: Database, ada: int) -> None:
    ben = accounts.invite(database, ada, invited())
    with pytest.raises(StaffError, match="may not"):
        accounts.invite(database, ben, invited("cat@example.org"))
    with pytest.raises(StaffError, match="may not"):
        accounts.disable(database, ben, ada)
    assert len(staff.list_staff(database)) == 2


def test_intermediaries_are_in_order(database: Database) -> None:
    assert list(accounts.list_intermediaries(database).items()) == [("a", "A"), ("b", "B")]

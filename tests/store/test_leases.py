"""Leases in both databases: one holder at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.store.database import Database
from bot.store.leases import release_lease, take_lease

LONG, NONE = timedelta(minutes=5), timedelta(0)


def test_one_holds_it_until_it_runs_out_or_is_given_back(database: Database) -> None:
    assert take_lease(database, "poll", "a", LONG)
    assert not take_lease(database, "poll", "b", LONG)
    assert take_lease(database, "poll", "a", NONE), "kept by its holder"
    assert take_lease(database, "poll", "b", LONG), "run out"
    release_lease(database, "poll", "a")
    assert not take_lease(database, "poll", "a", LONG), "only the holder gives it back"
    release_lease(database, "poll", "b")
    assert take_lease(database, "poll", "a", LONG)
    assert take_lease(database, "other", "b", LONG)


def test_of_many_at_once_one_gets_it(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda number: take_lease(database, "poll", str(number), LONG), range(24)))
    assert got.count(True) == 1

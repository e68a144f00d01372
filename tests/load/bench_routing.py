"""How long the router takes as the table grows.

    python -m tests.load.bench_routing [--sizes 10,10000,1000000] [--out FILE.json]

Offices stand at random ZIPs, up to a mile or two away; nine in ten are reachable, three in a hundred have no coordinates.
Not run by pytest.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import zipcodes
from sqlalchemy import Table, insert, text

from bot.core.geography import Place, lookup_zip
from bot.core.routing import Audience, OfficeKind
from bot.store.database import Database, open_database, upgrade_database
from bot.store.routing import find_route
from bot.store.schema import Office, OfficeReach, Partner
from tests.offices import FakeOffice, office_values, reach_values
from tests.postgresql import find_binaries, make_database, run_server

_BATCH = 20_000
_QUERIES = 1000
_WARM_UP = 100


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the router by size of the table and database.")
    parser.add_argument("--sizes", default="10,10000,1000000")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # else the server would outlive a stopped run
    with tempfile.TemporaryDirectory(prefix="bench", dir="/tmp") as folder:
        results = list(_measure_all([int(size) for size in chosen.sizes.split(",")], Path(folder)))
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _measure_all(sizes: list[int], folder: Path) -> Iterator[dict[str, Any]]:
    for size in sizes:
        yield _measure("sqlite", f"sqlite:///{folder / f'{size}.db'}", size)
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed here: SQLite only.")
        return
    with run_server(binaries) as address:
        for size in sizes:
            yield _measure("postgresql", make_database(address), size)


def _measure(kind: str, url: str, size: int) -> dict[str, Any]:
    upgrade_database(url)
    database = open_database(url)
    started = time.perf_counter()
    _build(database, size)
    built = time.perf_counter() - started
    result = {"database": kind, "offices": size, "build_s": round(built, 1)} | _time_queries(database)
    database.close()
    print("  ".join(f"{key} {value}" for key, value in result.items()), flush=True)
    return result


def _time_queries(database: Database) -> dict[str, float]:
    chance, places = random.Random(1), _places()
    taken = []
    for number in range(_WARM_UP + _QUERIES):
        place, audience = chance.choice(places), chance.choice(list(Audience))
        started = time.perf_counter()
        find_route(database, place, audience)
        if number >= _WARM_UP:
            taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    figures = {"p50_ms": taken[len(taken) // 2], "p95_ms": taken[len(taken) * 95 // 100], "max_ms": taken[-1]}
    return {name: round(value, 2) for name, value in figures.items()}


def _places() -> list[Place]:
    return [place for row in zipcodes.list_all() if (place := lookup_zip(row["zip_code"]))]


def _invent(size: int) -> Iterator[FakeOffice]:
    chance, places = random.Random(2), [place for place in _places() if place.latitude is not None]
    for number in range(size):
        place = chance.choice(places)
        spot = float(place.latitude or 0) + chance.gauss(0, 0.01), float(place.longitude or 0) + chance.gauss(0, 0.01)
        yield FakeOffice(
            id=f"office-{number}",
            organisation=f"office-{number - number % 3}",
            kind=chance.choices(list(OfficeKind), (94, 5, 1))[0],
            reachable=chance.random() < 0.9,
            coordinates=None if chance.random() < 0.03 else spot,
            areas=frozenset((place.state, audience) for audience in (Audience.SEEKER, Audience.EMPLOYER)),
        )


def _build(database: Database, size: int) -> None:
    """Fill the tables; the indexes of the largest are made afterwards."""
    indexes = list(OfficeReach.__table__.indexes)  # type: ignore[attr-defined]
    with database.engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    offices = _invent(size)
    while batch := list(islice(offices, _BATCH)):
        _fill(database, Partner, [{"id": each.id, "name": each.id, "counts_as": each.organisation} for each in batch])
        _fill(database, Office, [office_values(each) for each in batch])
        _fill(database, OfficeReach, [row for each in batch for row in reach_values(each)])
    with database.engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT", begin="") as connection:
        connection.execute(text("ANALYZE" if database.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _fill(database: Database, table: type[Partner | Office | OfficeReach], rows: list[dict[str, Any]]) -> None:
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.execute(insert(table), rows)
        else:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            _copy(driver, table.__table__, rows)  # type: ignore[arg-type]


def _copy(driver: psycopg.Connection[Any], table: Table, rows: Iterable[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    with driver.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


if __name__ == "__main__":
    main()

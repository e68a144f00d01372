"""How long the inbox's lists and figures take: a million handoffs in PostgreSQL, ten thousand in SQLite.

    python -m tests.load.bench_inbox [--sizes sqlite=10000,postgresql=1000000] [--out FILE.json]

One handoff in ten waits, one in ten is in progress; offices, states and names are drawn at random, and so are the steps of
the screening and outcomes. Not run by pytest.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text

from bot.core.figures import SCREENINGS
from bot.core.handoff import Agent
from bot.core.reference import ALPHABET
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS
from bot.core.states import STATES
from bot.store import inbox
from bot.store.base import utc_now
from bot.store.cases import Group
from bot.store.counting import count_changed
from bot.store.database import Database, open_database, upgrade_database
from bot.store.figure_export import export_page
from bot.store.figure_schema import HandoffCount, Journey
from bot.store.figures import By, Chosen, compare, list_months, read_goals, read_marks
from bot.store.inbox import Wanted
from bot.store.partners import import_partners
from bot.store.schema import Conversation, Handoff, HandoffChange, HandoffOutcome, Office
from tests.conftest import SEED
from tests.postgresql import find_binaries, make_database, run_server

_BATCH = 10_000
_RUNS = 100
_FIRST = ("Maria", "José", "Dana", "Lee", "Sam", "Ana", "Luis", "Kim", "Omar", "Ruth", "Ivan", "Noor", "Tess", "Abel", "Zoe")
_ENDED, _OPEN = ("closed", "expired", "cancelled"), ("accepted", "in_conversation", "waiting_for_person", "returned")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the lists and figures of the inbox.")
    parser.add_argument("--sizes", default="sqlite=10000,postgresql=1000000")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    sizes = {kind: int(size) for kind, size in (part.split("=") for part in chosen.sizes.split(","))}
    with tempfile.TemporaryDirectory(prefix="bench", dir="/tmp") as folder:
        results = list(_measure_all(sizes, Path(folder)))
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _measure_all(sizes: dict[str, int], folder: Path) -> Iterator[dict[str, Any]]:
    if "sqlite" in sizes:
        yield from _measure("sqlite", f"sqlite:///{folder / 'imt.db'}", sizes["sqlite"])
    binaries = find_binaries()
    if "postgresql" in sizes and binaries is not None:
        with run_server(binaries) as address:
            yield from _measure("postgresql", make_database(address), sizes["postgresql"])


def _measure(kind: str, url: str, size: int) -> Iterator[dict[str, Any]]:
    upgrade_database(url)
    database = open_database(url)
    import_partners(database, SEED, "bench")
    _plant(database, size)
    print(f"{kind}, {size} handoffs")
    for name, call in _calls(database).items():
        times = sorted(_time(call) for _ in range(_RUNS))
        result = {"database": kind, "size": size, "what": name, "p50_ms": times[_RUNS // 2], "p95_ms": times[_RUNS * 95 // 100]}
        print(f"  {name:34} p50 {result['p50_ms']:7.1f} ms   p95 {result['p95_ms']:7.1f} ms")
        yield result
    database.close()


def _calls(database: Database) -> dict[str, Callable[[], object]]:
    nat, ana = Agent("1", "Nat"), Agent("2", "Ana", "wrtp")
    deep = {group: inbox.list_page(database, nat, Wanted(group)).after or "" for group in Group}
    with database.reading() as connection:
        some = list(connection.scalars(select(Handoff.reference).limit(1000)))
    state = lambda: random.choice(list(STATES))  # noqa: E731
    return {
        "national: waiting": lambda: inbox.list_page(database, nat, Wanted()),
        "national: in progress, next page": lambda: inbox.list_page(database, nat, Wanted(Group.UNDERWAY), deep[Group.UNDERWAY]),
        "national: ended, next page": lambda: inbox.list_page(database, nat, Wanted(Group.ENDED), deep[Group.ENDED]),
        "national: waiting in a state": lambda: inbox.list_page(database, nat, Wanted(state=state())),
        "national: ended in a state": lambda: inbox.list_page(database, nat, Wanted(Group.ENDED, state=state())),
        "national: employers, Spanish": lambda: inbox.list_page(database, nat, Wanted(audience="employer", language="es")),
        "national: Telegram": lambda: inbox.list_page(database, nat, Wanted(channel="telegram")),
        "national: expired": lambda: inbox.list_page(database, nat, Wanted(Group.ENDED, status="expired")),
        "agent: waiting": lambda: inbox.list_page(database, ana, Wanted()),
        "agent: ended": lambda: inbox.list_page(database, ana, Wanted(Group.ENDED)),
        "agent: mine": lambda: inbox.list_page(database, ana, Wanted(Group.UNDERWAY, staff_id="2")),
        "search by reference": lambda: inbox.search(database, nat, random.choice(some)),
        "search by a rare name": lambda: inbox.search(database, nat, f"{random.choice(_FIRST)} {random.randrange(100_000)}"),
        "search by a frequent name": lambda: inbox.search(database, nat, random.choice(_FIRST)),
        "agent: search by a frequent name": lambda: inbox.search(database, ana, random.choice(_FIRST)),
        "counts of the lists, national": lambda: inbox.count_groups(database, nat),
        "counts of the lists, agent": lambda: inbox.count_groups(database, ana),
        "look for news": lambda: inbox.read_tip(database),
        **_figures(database, nat, ana),
    }


def _figures(database: Database, nat: Agent, ana: Agent) -> dict[str, Callable[[], object]]:
    """Everything that the page asks for."""
    with database.reading() as connection:
        office = str(connection.scalar(select(Office.id).limit(1)))

    def page(agent: Agent, by: By, **chosen: str) -> Callable[[], object]:
        wanted = Chosen(**chosen)
        return lambda: (
            read_marks(database, agent, wanted), compare(database, agent, wanted, by), read_goals(database, agent),
            list_months(database, agent), inbox.list_offices(database, agent),
        )  # fmt: skip

    return {
        "figures, national": page(nat, By.MONTH),
        "figures, national, by state": page(nat, By.STATE),
        "figures, national, by office": page(nat, By.OFFICE),
        "figures, state": page(nat, By.MONTH, state="WI", language="es"),
        "figures, state by office": page(nat, By.OFFICE, state="WI"),
        "figures, office by state": page(nat, By.STATE, office=office, channel="telegram"),
        "figures, agent": page(ana, By.MONTH),
        "figures, agent, by office": page(ana, By.OFFICE),
        "export, a page of 1,000": lambda: export_page(database, nat, Chosen(state="WI")),
    }


def _time(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _plant(database: Database, size: int) -> None:
    chance = random.Random(1)
    with database.reading() as connection:
        offices = list(connection.scalars(select(Office.id)))
    for start in range(0, size, _BATCH):
        rows = [_row(chance, number, offices) for number in range(start, min(start + _BATCH, size))]
        with database.writing() as connection:
            connection.execute(insert(Conversation), [_conversation(chance, row) for row in rows])
            made = connection.execute(insert(Handoff).returning(Handoff.id, Handoff.created_at), rows).all()
            _plant_steps(connection, chance, rows, made)
    started = time.perf_counter()
    while count_changed(database, _BATCH):
        pass
    print(f"counted in {time.perf_counter() - started:.0f} s")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _plant_steps(connection: Connection, chance: random.Random, rows: list[dict[str, Any]], made: Sequence[Any]) -> None:
    """A journey for each; half of them accepted, one in ten with an outcome."""
    journeys = [_journey(chance, row) for row in rows]
    connection.execute(insert(Journey), journeys)
    connection.execute(insert(HandoffCount), [{"handoff_id": each.id, "changed_at": each.created_at} for each in made])
    accepted = [
        {"handoff_id": each.id, "actor": "staff", "what": "status", "after": "accepted",
         "at": each.created_at + timedelta(minutes=chance.expovariate(1 / 300))}
        for each in made if chance.random() < 0.5
    ]  # fmt: skip
    connection.execute(insert(HandoffChange), accepted)
    outcomes = [
        {"handoff_id": each.id, "outcome": chance.choice(("contacted", "applied", "registered_apprentice", "lost")),
         "on_day": each.created_at.date()}
        for each in made if chance.random() < 0.1
    ]  # fmt: skip
    connection.execute(insert(HandoffOutcome), outcomes)


def _journey(chance: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    form = SCREENINGS[Audience(row["audience"])]
    asked = [question.id for question in QUESTIONS[form]][: chance.randrange(1, 8)]
    fates = {name: chance.choice(("answered", "answered", "declined")) for name in asked}
    fates[asked[-1]] = chance.choice(("asked", "answered"))
    return {
        "conversation_id": row["conversation_id"], "channel": "web",
        "began_at": row["created_at"], "changed_at": row["created_at"],
        **{name: row[name] for name in ("language", "audience", "state", "office_id")},
        "screening": {"form": str(form), "questions": fates, "misunderstood": asked[:1], "finished": len(asked) > 5},
    }  # fmt: skip


def _row(chance: random.Random, number: int, offices: list[str]) -> dict[str, Any]:
    group = chance.random()
    statuses = ("new", "notified") if group < 0.1 else _OPEN if group < 0.2 else _ENDED
    code = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(6))
    now = utc_now()
    return {
        "reference": f"IMT-{code}", "conversation_id": f"{number:032x}", "request_key": "1", "state": chance.choice(list(STATES)),
        "audience": chance.choices(("seeker", "employer"), (8, 2))[0], "language": chance.choices(("en", "es"), (7, 3))[0],
        "office_id": chance.choice(offices), "result": None, "answers": {}, "topics": [], "transcript": [],
        "consent_version": "1", "consented_at": now, "contact_name": f"{chance.choice(_FIRST)} {chance.randrange(100_000)}",
        "contact_kind": "none", "contact_value": None, "contact_time": None, "reason": "asked_for_person",
        "urgent": chance.random() < 0.02, "status": chance.choice(statuses), "step": 0, "due_at": None,
        "staff_id": str(chance.randrange(1, 500)) if statuses == _OPEN else None,
        "created_at": now - timedelta(seconds=chance.randrange(365 * 86400)),
    }  # fmt: skip


def _conversation(chance: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    channel = "telegram" if chance.random() < 0.4 else "web"
    return {"id": row["conversation_id"], "token_hash": "", "channel": channel, "owner": "assistant", "last_seq": 9}


if __name__ == "__main__":
    main()

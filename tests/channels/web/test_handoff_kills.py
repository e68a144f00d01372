"""Gateways are killed again and again while handoffs come in: none is lost, no notice is sent twice, no step is made twice.

On PostgreSQL with two gateways. KILLS in the environment sets how many times.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from sqlalchemy import select, update

from bot.store.base import utc_now
from bot.store.conversations import read_view
from bot.store.database import Database
from bot.store.schema import Handoff, HandoffChange, Notice
from tests.channels.web.processes import Process, gateway, running
from tests.store.inboxes import ask, clear
from tests.test_run import free_port

HANDOFFS = 40
KILLS = int(os.environ.get("KILLS", "4"))
_PATIENCE = 240.0


@contextmanager
def hook() -> Iterator[tuple[str, Counter[str]]]:
    """A webhook, and how often it got each text. It is slow, so that gateways are killed while they send."""
    got: Counter[str] = Counter()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got[f"{sent['title']} {sent['message']}"] += 1
            time.sleep(random.uniform(0, 0.3))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # who sent it was killed
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    server.server_close()


def kill_again_and_again(database: Database, gateways: list[Process]) -> list[str]:
    """Handoffs come in and fall due all the while; gives their references."""
    references = []
    for number in range(KILLS):
        for each in range(HANDOFFS // KILLS):
            references.append(ask(database, f"c{number}-{each}"))
        time.sleep(random.uniform(0.3, 1.5))
        victim = gateways[number % len(gateways)]
        victim.kill()
        victim.start()
        victim.wait_until_ready()
        with database.transaction() as session:  # a day has passed
            session.execute(update(Handoff).where(Handoff.step > 0, Handoff.due_at.is_not(None)).values(due_at=utc_now()))
    return references


def wait_until_settled(database: Database) -> None:
    """Nothing is due any more, and nothing is on its way."""
    deadline = time.monotonic() + _PATIENCE
    unsent = select(Notice.id).where(Notice.state.in_(("received", "waiting", "sending")))
    while True:
        due = select(Handoff.id).where(Handoff.due_at <= utc_now() + timedelta(seconds=1))
        with database.reading() as connection:
            if not connection.scalars(unsent).all() and not connection.scalars(due).all():
                return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_whatever_is_killed_no_handoff_is_lost_and_no_notice_sent_twice(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    random.seed(5)
    clear(database)
    tracker = f"sqlite:///{tmp_path / 'tracker.db'}"
    with hook() as (address, got):
        number_of_gateways = 1 if database_url.startswith("sqlite") else 2
        gateways = [
            gateway(
                database_url, tracker, free_port(), free_port(), NOTICE_TARGETS=address, NOTICE_PRIVATE_HOSTS="127.0.0.1"
            )
            for _ in range(number_of_gateways)
        ]
        with running(*gateways):
            references = kill_again_and_again(database, gateways)
            wait_until_settled(database)

    with database.reading() as connection:
        notices = connection.execute(select(Notice.handoff_id, Notice.kind, Notice.cause, Notice.state, Notice.error)).all()
        changes = connection.execute(
            select(HandoffChange.handoff_id, HandoffChange.before, HandoffChange.after).where(HandoffChange.what == "office")
        ).all()
        ids = dict(connection.execute(select(Handoff.reference, Handoff.id)).all())
    assert set(ids) == set(references)
    assert {ids[reference] for reference in references} == {notice.handoff_id for notice in notices}
    assert len(changes) == len(set(changes))
    sent = Counter(notice.state for notice in notices)
    assert set(sent) <= {"delivered", "dead"}
    assert {notice.error for notice in notices if notice.state == "dead"} <= {"interrupted"}
    assert sent["delivered"] <= sum(got.values()) <= sum(sent.values())
    for text, times in got.items():
        reference = next(each for each in references if each in text)
        kinds = ("new",) if "waiting" in text else ("reminder",)
        assert times <= len([each for each in notices if each.handoff_id == ids[reference] and each.kind in kinds]), text
    for reference in references:
        told = [message.text for message in read_view(database, _conversation(database, reference), 1).messages]
        assert len(told) == len(set(told))


def _conversation(database: Database, reference: str) -> str:
    with database.reading() as connection:
        return str(connection.scalar(select(Handoff.conversation_id).where(Handoff.reference == reference)))

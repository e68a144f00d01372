"""A stand-in for Rasa that keeps each turn as Rasa does: in one transaction, when it is over and before it answers.

`python -m tests.channels.web.tracking_rasa PORT TRACKER` serves. Each answer counts the turns of its conversation, as a form
that goes on would, and says which message it answers; a turn takes a moment before it is kept and a moment afterwards, so that
a kill meets it there.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import threading
import time
from collections import defaultdict
from typing import Any, ClassVar

from tests import fake_rasa

_TABLE = "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, sender_id, type_name, data)"
_INSERT = "INSERT INTO events (sender_id, type_name, data) VALUES (?, ?, ?)"
_LONGEST_SECONDS = 0.06


class Handler(fake_rasa.Handler):
    """One request; a conversation's turns one after the other, as Rasa's lock has it."""

    tracker: ClassVar[str]
    locks: ClassVar[defaultdict[str, threading.Lock]] = defaultdict(threading.Lock)
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.locks[body["sender"]]:
            time.sleep(random.uniform(0, _LONGEST_SECONDS))
            text = self._keep(body)
        time.sleep(random.uniform(0, _LONGEST_SECONDS))
        self._answer([{"recipient_id": body["sender"], "text": text}])

    def _keep(self, body: dict[str, Any]) -> str:
        connection = sqlite3.connect(self.tracker, timeout=30, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        counted = connection.execute("SELECT count(*) FROM events WHERE sender_id = ? AND type_name = 'bot'", (body["sender"],))
        text = f"turn {counted.fetchone()[0] + 1}: {body['message']}"
        user = {"event": "user", "text": body["message"], "metadata": body["metadata"]}
        for kind, event in (("user", user), ("bot", {"event": "bot", "text": text})):
            connection.execute(_INSERT, (body["sender"], kind, json.dumps(event)))
        connection.execute("COMMIT")
        connection.close()
        return text


def main(port: int, tracker: str) -> None:
    Handler.tracker = tracker
    with sqlite3.connect(tracker) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
    connection.close()
    fake_rasa.Server.daemon_threads = True
    with fake_rasa.Server(("127.0.0.1", port), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

"""Gateways are killed again and again in the middle of a burst: nothing is lost, repeated or out of order on anybody's phone.

On PostgreSQL with two gateways. KILLS in the environment sets how many times.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.database import upgrade_database
from tests import fake_rasa
from tests.channels.telegram.emulator import TOKEN, Emulator
from tests.channels.telegram.gateways import SECRET
from tests.channels.telegram.people import Person, until
from tests.channels.web.processes import Process, gateway, running
from tests.test_run import free_port

PEOPLE = 12
MESSAGES = 8
KILLS = int(os.environ.get("KILLS", "5"))
_PATIENCE = 200.0


def talk(person: Person, chance: random.Random) -> None:
    for number in range(MESSAGES):
        person.say(f"message {number} of {person.chat_id}")
        time.sleep(chance.uniform(0, 1.5))


def kill_again_and_again(gateways: list[Process], chance: random.Random) -> None:
    for number in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.5))
        victim = gateways[number % len(gateways)]
        victim.kill()
        time.sleep(chance.uniform(0, 0.3))
        victim.start()
        victim.wait_until_ready()


@pytest.mark.parametrize(("kind", "hooked"), [("sqlite", True), ("postgresql", False)], ids=["webhook", "polling"])
def test_whatever_is_killed_each_message_is_answered_once_and_in_order(
    emulator: Emulator, make_url: Callable[[str], str], tmp_path: Path, kind: str, hooked: bool
) -> None:
    chance, database_url = random.Random(5), make_url(kind)
    emulator.answer_seconds = 0.05
    tracker, rasa_port, actions_port = tmp_path / "tracker.db", free_port(), free_port()
    upgrade_database(database_url)
    serve_rasa = [sys.executable, "-m", "tests.channels.web.tracking_rasa", str(rasa_port), str(tracker)]
    rasa = Process(serve_rasa, {}, f"http://127.0.0.1:{rasa_port}/")
    actions = Process([sys.executable, fake_rasa.__file__, str(actions_port)], {}, f"http://127.0.0.1:{actions_port}/health")
    more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": emulator.url}
    if hooked:
        port = str(free_port())
        address = f"http://127.0.0.1:{port}/telegram"
        more |= {"TELEGRAM_WEBHOOK_URL": address, "TELEGRAM_WEBHOOK_SECRET": SECRET, "GATEWAY_PORT": port}
    number_of_gateways = 1 if hooked else 2
    gateways = [gateway(database_url, f"sqlite:///{tracker}", rasa_port, actions_port, **more) for _ in range(number_of_gateways)]
    for each in gateways:
        each.address = each.address if not hooked else f"http://127.0.0.1:{more['GATEWAY_PORT']}/health/live"
    people = [Person(emulator, 600 + number) for number in range(PEOPLE)]
    with running(rasa, actions, *gateways):
        talking = [threading.Thread(target=talk, args=(person, random.Random(person.chat_id))) for person in people]
        for thread in talking:
            thread.start()
        kill_again_and_again(gateways, chance)
        for thread in talking:
            thread.join()
        until(lambda: all(len(answers(person)) >= MESSAGES for person in people), lambda: shown(people), _PATIENCE)
        time.sleep(15)  # what was cut off would be sent again when its lease has run out

    assert emulator.conflicts == 0
    for person in people:
        expected = [f"turn {turn}: message {turn - 1} of {person.chat_id}" for turn in range(1, MESSAGES + 1)]
        assert answers(person) == expected


def answers(person: Person) -> list[str]:
    """Without "I'm still working", which is said when a killed gateway's turn waits for its lease."""
    return [text for text in person.texts if text.startswith("turn ")]


def shown(people: list[Person]) -> str:
    return "\n\n".join(f"--- {person.chat_id}\n{person.screen}" for person in people if len(answers(person)) < MESSAGES)

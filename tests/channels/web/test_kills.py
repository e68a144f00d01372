"""Rasa, the action server and the gateways are killed again and again under load: nothing is lost, doubled or out of order.

On PostgreSQL with two gateways. KILLS in the environment sets how many times.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx

from bot.store.database import upgrade_database
from tests import fake_rasa
from tests.channels.web.patient import PatientVisitor
from tests.channels.web.processes import Process, gateway, running
from tests.test_run import free_port

CONVERSATIONS = 20
MESSAGES = 12
KILLS = int(os.environ.get("KILLS", "12"))
_PATIENCE = 400.0


async def talk(visitor: PatientVisitor, number: int) -> None:
    for each in range(MESSAGES):
        await visitor.send(f"message {each} of {number}", times=1 + (random.random() < 0.3))
        await asyncio.sleep(random.uniform(0, 1.5))


async def kill_again_and_again(processes: list[Process]) -> None:
    for number in range(KILLS):
        await asyncio.sleep(random.uniform(0.3, 1.2))
        victim = processes[number % len(processes)]
        victim.kill()
        await asyncio.sleep(random.uniform(0, 0.5))
        victim.start()
        await asyncio.to_thread(victim.wait_until_ready)


async def play(websites: list[Process], others: list[Process]) -> list[list[dict[str, Any]]]:
    async with AsyncExitStack() as stack:
        addresses = [website.address.removesuffix("/health/live") for website in websites]
        opened = [httpx.AsyncClient(base_url=address, timeout=10, trust_env=False) for address in addresses]
        https = [await stack.enter_async_context(http) for http in opened]
        visitors = [PatientVisitor(https[number % len(https)]) for number in range(CONVERSATIONS)]
        await asyncio.gather(*(visitor.begin() for visitor in visitors))
        async with asyncio.timeout(_PATIENCE):
            talks = (talk(visitor, number) for number, visitor in enumerate(visitors))
            await asyncio.gather(kill_again_and_again([*websites, *others]), *talks)
            return await asyncio.gather(*(visitor.read_until(MESSAGES) for visitor in visitors))


def test_whatever_is_killed_each_message_is_answered_once_and_in_order(database_url: str, tmp_path: Path) -> None:
    random.seed(3)
    tracker, rasa_port, actions_port = tmp_path / "tracker.db", free_port(), free_port()
    upgrade_database(database_url)
    serve_rasa = [sys.executable, "-m", "tests.channels.web.tracking_rasa", str(rasa_port), str(tracker)]
    rasa = Process(serve_rasa, {}, f"http://127.0.0.1:{rasa_port}/")
    number_of_gateways = 1 if database_url.startswith("sqlite") else 2
    websites = [gateway(database_url, f"sqlite:///{tracker}", rasa_port, actions_port) for _ in range(number_of_gateways)]
    actions = Process([sys.executable, fake_rasa.__file__, str(actions_port)], {}, f"http://127.0.0.1:{actions_port}/health")
    with running(rasa, actions, *websites):
        conversations = asyncio.run(play(websites, [rasa, actions]))

    for number, messages in enumerate(conversations):
        sent = [f"message {each} of {number}" for each in range(MESSAGES)]
        assert [message["text"] for message in messages if message["author"] == "visitor"] == sent
        answers = [message["text"] for message in messages if message["author"] == "assistant"][1:]
        assert answers == [f"turn {turn}: {text}" for turn, text in enumerate(sent, 1)]
        assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    with sqlite3.connect(tracker) as connection:
        (turns,) = connection.execute("SELECT count(*) FROM events WHERE type_name = 'user'").fetchone()
    connection.close()
    assert turns == CONVERSATIONS * MESSAGES

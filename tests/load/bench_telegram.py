"""A burst on Telegram: many updates at a time, each delivered three times by webhook, on the real stack.

    python -m tests.load.bench_telegram [--updates 1000] [--at-once 16] [--out FILE.json]

Measures how long acknowledging takes, and counts what arrives on people's phones. The emulated phones are in this process,
and updates are delivered from another; Rasa, the action server and the gateway run as they run in earnest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from bot.channels.telegram.receiving import SECRET_HEADER
from bot.core.conversation import Author
from bot.store.claims import count_states
from bot.store.conversation_schema import Delivery, Message, Turn
from bot.store.conversations import OPEN, read_view
from bot.store.database import Database
from bot.store.telegram_chats import find_chat
from bot.store.telegram_schema import TelegramPiece
from bot.store.telegram_updates import count_waiting
from tests.channels.telegram.emulator import BOT, TOKEN, Emulator, serving
from tests.channels.telegram.gateways import SECRET
from tests.channels.telegram.people import Person
from tests.channels.web.processes import gateway, running
from tests.dialogues.stack import Stack
from tests.load.report import percentile
from tests.test_run import free_port

_EACH = 10
_TIMES = 3
_PATIENCE = 600.0
_WORDS = ("what does it pay", "how long does it take", "do i need a diploma", "hola", "cuanto dura", "thanks", "is there a union")


@dataclass
class Burst:
    """The times of acknowledging in milliseconds; how many answers came of how many; how many were doubled or out of order."""

    acknowledged_ms: list[float]
    answers: int
    wrong: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    figures = measure(chosen.updates, chosen.at_once)
    print(json.dumps(figures, indent=2))
    if chosen.out:
        chosen.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def measure(updates: int, at_once: int) -> dict[str, Any]:
    """The figures of one burst."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            burst = _play(stack, updates, at_once)
        finally:
            stack.stop()
    times = burst.acknowledged_ms
    return {
        "updates": updates,
        "deliveries": len(times),
        "at_once": at_once,
        "p50_ms": round(percentile(times, 50), 1),
        "p95_ms": round(percentile(times, 95), 1),
        "p99_ms": round(percentile(times, 99), 1),
        "most_ms": round(max(times), 1),
        "answered": burst.answers,
        "wrong": burst.wrong,
        "seconds": round(burst.seconds, 1),
    }


def _play(stack: Stack, updates: int, at_once: int) -> Burst:
    settings, port = stack.settings, str(free_port())
    with serving() as emulator:
        url = f"http://127.0.0.1:{port}/telegram"
        more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": emulator.url, "GATEWAY_PORT": port}
        more |= {"TELEGRAM_WEBHOOK_URL": url, "TELEGRAM_WEBHOOK_SECRET": SECRET}
        process = gateway(settings.database_url, settings.tracker_url, settings.rasa_port, settings.actions_port, **more)
        process.address = f"http://127.0.0.1:{port}/health/live"
        with running(process):
            while not emulator.webhook.url:
                time.sleep(0.05)
            emulator.webhook.url = ""
            people = [Person(emulator, 9000 + number) for number in range(updates // _EACH)]
            with stack.database() as database:
                return _deliver(emulator, database, people, url, at_once)


def _deliver(emulator: Emulator, database: Database, people: Sequence[Person], url: str, at_once: int) -> Burst:
    _warm(emulator, database, url)
    for number in range(_EACH):
        for person in people:
            person.say(f"{_WORDS[number % len(_WORDS)]} {number}")
    updates = [update for update in _taken(emulator) for _ in range(_TIMES)]
    began = time.monotonic()
    with ProcessPoolExecutor(1, get_context("spawn")) as another:
        times = another.submit(post_all, [json.dumps(update).encode() for update in updates], url, at_once).result()
    while _is_busy(database):
        assert time.monotonic() < began + _PATIENCE, "answers are missing"
        time.sleep(0.2)
    seconds = time.monotonic() - began
    time.sleep(2)
    checked = [_check(database, person) for person in people]
    return Burst(times, sum(answers for answers, _ in checked), sum(not right for _, right in checked), seconds)


def _warm(emulator: Emulator, database: Database, url: str) -> None:
    """One message before: nothing is measured that is done once in a gateway's life."""
    first = Person(emulator, 8999)
    first.say("hello")
    post_all([json.dumps(update).encode() for update in _taken(emulator)], url, 1)
    while not first.texts or _is_busy(database):
        time.sleep(0.1)


def _is_busy(database: Database) -> bool:
    open_ones = {*count_states(database, Turn), *count_states(database, Delivery)} & set(OPEN)
    return bool(open_ones) or count_waiting(database) > 0


def _check(database: Database, person: Person) -> tuple[int, bool]:
    """How many messages of a person were answered, and whether the phone shows what was stored, each once and in order."""
    chat = find_chat(database, BOT["id"], person.chat_id)
    assert chat
    messages = read_view(database, chat.conversation_id, 0, 10_000).messages
    said = [message.text for message in messages if message.author is Author.VISITOR]
    with database.reading() as connection:
        own = (TelegramPiece.conversation_id == chat.conversation_id,)
        order = select(TelegramPiece.message_id).where(*own).order_by(TelegramPiece.seq, TelegramPiece.number)
        sent = list(connection.scalars(order))
        answered = select(func.count(Message.cause.distinct())).where(Message.conversation_id == chat.conversation_id)
        answers = connection.scalar(answered.where(Message.cause.like("answered:%:0"))) or 0
    shown = [one["message_id"] for one in person.emulator.screens.chats[person.chat_id] if one["from"] == BOT]
    asked = [f"{_WORDS[number % len(_WORDS)]} {number}" for number in range(_EACH)]
    return answers, sent == shown == sorted(shown) and said == asked and answers == _EACH


def _taken(emulator: Emulator) -> list[dict[str, Any]]:
    taken, emulator.updates[:] = list(emulator.updates), []
    return taken


def post_all(bodies: Sequence[bytes], url: str, at_once: int) -> list[float]:
    """Deliver updates in their order, so many at a time; the milliseconds until each was acknowledged."""
    return asyncio.run(_post(bodies, url, at_once))


async def _post(bodies: Sequence[bytes], url: str, at_once: int) -> list[float]:
    """By hand: a client of the usual kind computes longer than the gateway does, and that would count."""
    waiting, times, address = iter(bodies), list[float](), urlsplit(url)
    lines = (
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        "Content-Type: application/json",
        f"{SECRET_HEADER}: {SECRET}",
    )
    head = "\r\n".join(lines) + "\r\n"

    async def work() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        for body in waiting:
            began = time.perf_counter()
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            times.append((time.perf_counter() - began) * 1000)
            assert answer.startswith(b"HTTP/1.1 200 ") and b"content-length: 0\r\n" in answer.lower(), answer
        writer.close()

    await asyncio.gather(*(work() for _ in range(at_once)))
    return times


if __name__ == "__main__":
    main()

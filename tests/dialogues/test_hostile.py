"""2,000 hostile messages, many of them inside a form: each is answered, nothing fails inside, and nothing of it comes back."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.rasa_client import RasaClient, RasaError
from tests.dialogues.hostile import SEEDS, hostile_messages
from tests.dialogues.player import Exchange, foreign_texts, message_faults
from tests.dialogues.script import LANGUAGES
from tests.dialogues.stack import Stack

COUNT, IN_A_ROW, AT_ONCE = 2000, 10, 3
# How a conversation begins; the hostile messages follow, so most of them meet a form.
BEGINNINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("See if I'm ready",),
    ("Ver si estoy listo", "busco trabajo"),
    ("See if IMT fits us", "53215"),
    ("Find the nearest partner",),
    ("Talk to a person", "Milwaukee, WI"),
    ("Hablar con una persona", "Milwaukee, WI", "sí"),
    ("Talk to a person", "Milwaukee, WI", "yes", "Ana"),
    ("how much does it pay",),
    ("delete my data",),
)
_MARKUP = re.compile(r"[{}]|<[a-z/!]", re.IGNORECASE)
# What Python and Rasa write when something failed that nobody expected.
_FAILURE = re.compile(r"Traceback|Exception|\bERROR\b|\bCRITICAL\b|action \w+ failed|\"level\": \"error\"", re.IGNORECASE)


def test_messages_are_the_same_each_time_and_hold_every_seed() -> None:
    messages = list(hostile_messages(COUNT, 1))
    assert messages == list(hostile_messages(COUNT, 1))
    assert set(SEEDS) <= set(messages)
    assert len(messages) == COUNT
    assert len(set(messages)) > COUNT // 2


def test_every_hostile_message_is_answered(stack: Stack) -> None:
    before = stack.log_sizes()
    messages = list(hostile_messages(COUNT, 20261122))
    faults = asyncio.run(_converse(stack.settings.rasa_url, messages))
    assert faults == []
    assert [line for line in stack.logged_since(before).splitlines() if _FAILURE.search(line)][:20] == []


async def _converse(url: str, messages: Sequence[str]) -> list[str]:
    portions = [messages[at : at + IN_A_ROW] for at in range(0, len(messages), IN_A_ROW)]
    gate = asyncio.Semaphore(AT_ONCE)
    async with RasaClient(url, 60) as client:
        found = await asyncio.gather(
            *(
                _conversation(client, gate, BEGINNINGS[number % len(BEGINNINGS)], portion)
                for number, portion in enumerate(portions)
            )
        )
    return [fault for faults in found for fault in faults]


async def _conversation(
    client: RasaClient, gate: asyncio.Semaphore, beginning: Sequence[str], messages: Sequence[str]
) -> list[str]:
    conversation, faults = f"hostile-{uuid.uuid4().hex}", []
    async with gate:
        for message in (*beginning, *messages):
            try:
                exchange = Exchange(conversation, message, await client.send(conversation, message), "")
            except RasaError as error:
                faults.append(f"{message[:80]!r} after {beginning}: {error}")
            else:
                faults += [f"{message[:80]!r} after {beginning}: {fault}" for fault in _faults(exchange)]
    return faults


def _faults(exchange: Exchange) -> Iterator[str]:
    yield from message_faults(exchange)
    if all(any(foreign_texts(replace(exchange, language=language))) for language in LANGUAGES):
        yield f"two languages in one answer: {exchange.text[:100]!r}"
    if found := _MARKUP.search(exchange.text):
        yield f"“{found.group()}” came back: {exchange.text[:100]!r}"

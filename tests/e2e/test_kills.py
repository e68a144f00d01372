"""The real Rasa, action server and gateway are killed while people talk: each conversation reads as one that nothing disturbed.

KILLS in the environment sets how often each is killed.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.store.schema import Handoff
from tests.channels.web.patient import PatientVisitor
from tests.channels.web.processes import Process, gateway, running
from tests.dialogues.stack import Stack

KILLS = int(os.environ.get("KILLS", "2"))
CONVERSATIONS = 12
_PATIENCE = 400.0
_REFERENCE = re.compile(r"IMT-[A-Z0-9]{6}")
_FORM = {
    "en": (
        "See if IMT fits us",
        "53204",
        "parts for trucks",
        "60",
        "yes",
        "no",
        "new hires",
        "not sure",
        "yes",
        "Dana",
        "414-555-0155",
        "what does it cost us?",
    ),
    "es": (
        "Ver si estoy listo",
        "Busco trabajo",
        "53204",
        "tengo 30",
        "sí",
        "sí",
        "tiempo completo",
        "sí",
        "Guadalupe",
        "414-555-0143",
        "cuánto pagan?",
    ),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Any:
    stack = Stack(tmp_path_factory.mktemp("killed"))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


async def talk(http: httpx.AsyncClient, language: str, pause: float) -> list[str]:
    """What the assistant said in a conversation that waits for each answer before it goes on."""
    visitor, said = PatientVisitor(http), 0
    await visitor.begin(language)
    for text in _FORM[language]:
        await visitor.send(text)
        said = sum(message["author"] == "assistant" for message in await visitor.read_until(said + 1))
        said -= 1
        await asyncio.sleep(random.uniform(0, pause))
    messages = await visitor.read_until(said)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert [message["text"] for message in messages if message["author"] == "visitor"] == list(_FORM[language])
    return [_REFERENCE.sub("IMT-", message["text"]) for message in messages if message["author"] == "assistant"]


async def kill_each(stack: Stack, website: Process) -> None:
    def rasa() -> None:
        stack.kill("rasa")
        stack.start_rasa()

    def actions() -> None:
        stack.kill("actions")
        stack.start_actions()

    def site() -> None:
        website.kill()
        website.start()
        website.wait_until_ready()

    killings: list[Callable[[], None]] = [rasa, site, actions] * KILLS
    for killing in killings:
        await asyncio.sleep(random.uniform(0.5, 2))
        await asyncio.to_thread(killing)


async def play(stack: Stack, website: Process) -> tuple[dict[str, list[str]], list[tuple[str, list[str]]]]:
    address = website.address.removesuffix("/health/live")
    async with httpx.AsyncClient(base_url=address, timeout=10, trust_env=False) as http, asyncio.timeout(_PATIENCE):
        undisturbed = {language: await talk(http, language, 0) for language in _FORM}
        languages = [("en", "es")[number % 2] for number in range(CONVERSATIONS)]
        _, *heard = await asyncio.gather(kill_each(stack, website), *(talk(http, language, 3) for language in languages))
        return undisturbed, list(zip(languages, heard, strict=True))


def test_who_talks_while_all_is_killed_hears_the_same(stack: Stack) -> None:
    random.seed(5)
    settings = stack.settings
    website = gateway(settings.database_url, settings.tracker_url, settings.rasa_port, settings.actions_port)
    with running(website):
        undisturbed, disturbed = asyncio.run(play(stack, website))

    assert any("IMT-" in text for text in undisturbed["en"])
    assert any("IMT-" in text for text in undisturbed["es"])
    for language, heard in disturbed:
        assert heard == undisturbed[language]
    with stack.database() as database, database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Handoff)) == len(undisturbed) + CONVERSATIONS

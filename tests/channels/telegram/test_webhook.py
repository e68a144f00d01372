"""The webhook: only with its secret, stored before it is acknowledged, put in order however it arrives."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram.ext import AIORateLimiter

from bot.channels.telegram import client, reader
from bot.channels.telegram.receiving import SECRET_HEADER
from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.gateways import SECRET, Gateway, running, settings_for, settle, webhook
from tests.channels.telegram.people import until
from tests.load.bench_telegram import post_all


@pytest.fixture
def hooked(emulator: Emulator, tmp_path: Path) -> Iterator[Gateway]:
    with running(emulator, settings_for(tmp_path, emulator, **webhook())) as gateway:
        yield gateway


def post(gateway: Gateway, update: Any, secret: str | None = SECRET) -> httpx.Response:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    return httpx.post(gateway.settings.telegram_webhook_url, json=update, headers=headers, trust_env=False)


def hold(gateway: Gateway) -> list[dict[str, Any]]:
    """What people did, taken from the emulator, to be delivered by hand."""
    taken, gateway.emulator.updates[:] = list(gateway.emulator.updates), []
    return taken


def test_a_question_is_answered(hooked: Gateway) -> None:
    assert hooked.emulator.webhook.secret == SECRET
    ana = hooked.person()
    ana.say("hello")
    assert ana.wait(1) == ["You said: hello"]
    assert hooked.emulator.called("getUpdates") == []


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], "ñ"])
def test_without_its_secret_nothing_is_taken(hooked: Gateway, secret: str | None) -> None:
    hooked.emulator.webhook.url = ""
    ana = hooked.person()
    ana.say("hello")
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}
    url = hooked.settings.telegram_webhook_url
    assert httpx.post(url, json=hold(hooked)[0], headers=headers, trust_env=False).status_code == 403
    settle()
    assert ana.texts == []


@pytest.mark.parametrize("body", ["[]", "{}", "null", "{", '{"update_id": "x"}', '{"update_id": 5, "message": {"text": 5}}'])
def test_what_is_no_update_is_refused_and_nothing_breaks(hooked: Gateway, body: str) -> None:
    headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
    answer = httpx.post(hooked.settings.telegram_webhook_url, content=body, headers=headers, trust_env=False)
    assert answer.status_code in (200, 400)
    ana = hooked.person()
    ana.say("hello")
    ana.wait(1)


def test_an_update_of_a_kind_yet_unknown_is_taken_and_left(hooked: Gateway) -> None:
    assert post(hooked, {"update_id": 1, "something_new": {"id": 5}}).status_code == 200
    ana = hooked.person()
    ana.say("hello")
    ana.wait(1)


def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(hooked: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    failures, store = [OSError("the disk is full")] * 2, reader.store_updates

    def fail(*values: Any) -> None:
        if failures:
            raise failures.pop()
        store(*values)

    monkeypatch.setattr(reader, "store_updates", fail)
    ana = hooked.person()
    ana.say("hello")
    assert ana.wait(1) == ["You said: hello"]
    assert hooked.emulator.webhook.errors == [500, 500]


def test_large_updates_are_taken(hooked: Gateway) -> None:
    ana = hooked.person()
    ana.say("ñ" * 1900, reply_to_message=ana.message(text="é" * 4096))
    assert ana.wait(1) == [f"You said: {'ñ' * 1900}"]


@pytest.mark.parametrize("seed", [1, 2])
def test_out_of_order_and_thrice_is_answered_once_and_in_order(hooked: Gateway, seed: int) -> None:
    chance = random.Random(seed)
    hooked.emulator.webhook.url = ""
    people = [hooked.person(600 + number) for number in range(4)]
    sent: dict[int, list[str]] = {person.chat_id: [] for person in people}
    for number in range(40):
        person = chance.choice(people)
        person.say(f"m{number}")
        sent[person.chat_id].append(f"You said: m{number}")
    updates = [update for update in hold(hooked) for _ in range(3)]
    shuffled = sorted(enumerate(updates), key=lambda each: each[0] + chance.uniform(0, 20))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda each: post(hooked, each[1]).status_code, shuffled))
    assert set(answers) == {200}
    for person in people:
        assert person.wait(len(sent[person.chat_id])) == sent[person.chat_id]
    settle()
    assert [len(person.texts) for person in people] == [len(sent[person.chat_id]) for person in people]


def test_a_thousand_updates_at_sixteen_at_a_time_thrice_get_one_answer_each(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long acknowledging takes is measured by tests/load/bench_telegram.py."""
    monkeypatch.setattr(client, "AIORateLimiter", lambda: AIORateLimiter(overall_max_rate=10_000))
    with running(emulator, settings_for(tmp_path, emulator, **webhook())) as gateway:
        emulator.webhook.url = ""
        people = [gateway.person(1000 + number) for number in range(50)]
        for number in range(20):
            for person in people:
                person.say(f"m{number}")
        bodies = [json.dumps(update).encode() for update in hold(gateway) for _ in range(3)]
        post_all(bodies, gateway.settings.telegram_webhook_url, 16)
        for person in people:
            person.wait(20)
        settle()
        assert all(person.texts == [f"You said: m{number}" for number in range(20)] for person in people)


def test_turning_back_to_polling_loses_nothing(emulator: Emulator, tmp_path: Path) -> None:
    with running(emulator, settings_for(tmp_path, emulator, **webhook())) as gateway:
        ana = gateway.person()
        ana.say("one")
        ana.wait(1)
    ana.say("two")
    with running(emulator, settings_for(tmp_path, emulator), wait=False):
        assert ana.wait(2)[1] == "You said: two"
    until(lambda: not emulator.webhook.url)

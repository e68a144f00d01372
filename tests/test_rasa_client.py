"""Rasa's REST channel: what is sent, what comes back, and every way of no answer."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rasa_client import RasaClient, RasaSilent, RasaUnavailable, Reply, escape
from bot.services import Service, Services
from tests import fake_rasa
from tests.test_run import free_port
from tests.test_services import wait_for

_RASA = Path(".venv-rasa/bin/python")
_BLANKS = ("", " ", "\t\n", "\u2003", "\x1f", "\x00")
_SLASHES = [*(f"{blank}/affirm" for blank in _BLANKS), "//affirm", "/", "/ ", '/affirm{"a":"b"}']


def answering(answer: Any, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, json=answer)


def send(handler: Callable[[httpx.Request], Any], text: str = "Hello", **options: Any) -> list[Reply]:
    async def call() -> list[Reply]:
        async with RasaClient("http://rasa:5005/", 1, httpx.MockTransport(handler)) as client:
            return await client.send("c-1", text, **options)

    return asyncio.run(call())


def test_what_is_sent() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[{"recipient_id": "c-1", "text": "Hi"}])

    send(handler, "  ¿Cuánto pagan? ", metadata={"language": "es"})
    assert str(seen[0].url) == "http://rasa:5005/webhooks/rest/webhook"
    assert json.loads(seen[0].content) == {"sender": "c-1", "message": "¿Cuánto pagan?", "metadata": {"language": "es"}}


def test_a_custom_message_belongs_to_the_text_before_it() -> None:
    messages = [
        {"recipient_id": "c-1", "text": "One", "buttons": [{"title": "A", "payload": "/a"}, {"title": "B", "payload": "/b"}]},
        {"recipient_id": "c-1", "custom": {"cards": [{"name": "Office"}], "topics": ["wages"]}},
        {"recipient_id": "c-1", "custom": {"sources": [{"title": "Page"}], "seen": {"state": "WI"}}},
        {"recipient_id": "c-1", "text": "Two"},
    ]
    first = Reply("One", ["A", "B"], [{"name": "Office"}], [{"title": "Page"}], ["wages"], seen={"state": "WI"})
    assert send(answering(messages)) == [first, Reply("Two")]


def test_a_custom_message_without_a_text_before_it_is_kept() -> None:
    assert send(answering([{"recipient_id": "c-1", "custom": {"topics": ["wages"]}}])) == [Reply("", topics=["wages"])]


def test_buttons_without_a_text_join_the_text_before_them() -> None:
    messages = [{"text": "One"}, {"text": "", "buttons": [{"title": "A"}]}]
    assert send(answering(messages)) == [Reply("One", ["A"])]


@pytest.mark.parametrize("messages", [[], [{"recipient_id": "c-1", "image": "http://x/y.png"}], [{"recipient_id": "c-1"}]])
def test_nothing_to_show_is_silence(messages: list[Any]) -> None:
    with pytest.raises(RasaSilent):
        send(answering(messages))


@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_an_error_status_is_no_answer(status: int) -> None:
    with pytest.raises(RasaUnavailable, match=f"status {status}"):
        send(answering([{"text": "Hi"}], status))


@pytest.mark.parametrize("answer", [{"status": "ok"}, ["Hi"], "Hi", None])
def test_something_else_at_the_address_is_no_answer(answer: Any) -> None:
    with pytest.raises(RasaUnavailable, match="is not Rasa's REST channel"):
        send(answering(answer))


def test_text_that_is_no_json_is_no_answer() -> None:
    with pytest.raises(RasaUnavailable, match="is not Rasa's REST channel"):
        send(lambda request: httpx.Response(200, text="<html>"))


def test_a_slow_answer_is_no_answer() -> None:
    async def handler(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    with pytest.raises(RasaUnavailable, match="did not answer within 1 seconds"):
        send(handler)


def test_no_error_holds_what_was_said() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("my secret")

    with pytest.raises(RasaUnavailable) as caught:
        send(refuse, "my secret")
    assert "secret" not in str(caught.value)


def test_a_conversation_is_needed() -> None:
    async def call() -> None:
        async with RasaClient("http://rasa:5005", 1, httpx.MockTransport(answering([]))) as client:
            await client.send("", "Hello")

    with pytest.raises(ValueError, match="conversation"):
        asyncio.run(call())


def test_over_a_real_socket_whatever_proxy_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    port = free_port()

    async def answers() -> bool:
        async with RasaClient(f"http://127.0.0.1:{port}", 10) as client:
            try:
                await client.check()
            except RasaUnavailable:
                return False
            assert await client.send("c-1", "/affirm") == [Reply("You said: ／affirm", ["Wages", "Something else"])]
            return True

    assert not asyncio.run(answers())
    with Services([Service("rasa", (sys.executable, fake_rasa.__file__, str(port)), tmp_path)], tmp_path):
        assert wait_for(lambda: asyncio.run(answers()))


@given(st.text(alphabet=st.characters(), max_size=5), st.text(max_size=5))
def test_no_text_begins_with_a_slash(before: str, after: str) -> None:
    sent = escape(f"{before}/{after}")
    assert not sent.strip().startswith("/")
    sent.encode()


@given(st.text())
def test_other_texts_stay(text: str) -> None:
    if not text.strip().startswith("/") and "\0" not in text:
        assert escape(text) == text.strip()


@pytest.mark.skipif(not _RASA.exists(), reason="Rasa's environment is not installed")
def test_rasa_itself_reads_no_intent_in_what_is_sent() -> None:
    code = """
import json, sys, warnings
warnings.simplefilter("ignore")
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
for text in json.load(sys.stdin):
    message = Message.build(UserMessage(text).text)
    print(json.dumps(YAMLStoryReader.unpack_regex_message(message).get("intent")))
"""

    def intents(texts: list[str]) -> list[str]:
        command = [str(_RASA), "-c", code]
        done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=120)
        return done.stdout.splitlines()[-len(texts) :]

    assert intents([*_SLASHES[:4], *map(escape, _SLASHES)])[4:] == ["null"] * len(_SLASHES)
    assert "affirm" in intents(_SLASHES)[1]

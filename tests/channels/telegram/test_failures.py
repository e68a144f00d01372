"""What goes wrong on the way to Telegram: floods, outages, lost answers, another poller, a wrong token, two gateways."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.channels.telegram import channel, receiving
from bot.rasa_client import Reply
from bot.store.claims import count_states
from bot.store.conversation_schema import Delivery
from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.gateways import Gateway, running, settings_for, settle, webhook
from tests.channels.telegram.people import until


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of tests' length."""
    monkeypatch.setattr(channel, "_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(receiving, "_CONFLICT_SECONDS", 0.2)
    monkeypatch.setattr(receiving, "_LONGEST_PAUSE", 0.2)


def outbox(gateway: Gateway) -> dict[str, int]:
    return count_states(gateway.database, Delivery)


def test_a_flood_is_waited_for_as_long_as_telegram_says_and_others_go_on(gateway: Gateway) -> None:
    ana, ben = gateway.person(501), gateway.person(502)
    began = time.monotonic()
    gateway.emulator.fail("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
    ana.say("hello")
    until(lambda: not gateway.emulator.faults)
    ben.say("hi")
    ben.wait(1)
    assert ana.texts == []
    assert ana.wait(1) == ["You said: hello"]
    assert time.monotonic() - began >= 2
    until(lambda: outbox(gateway) == {})


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
def test_a_flood_at_a_button_is_waited_for_too(gateway: Gateway, method: str) -> None:
    gateway.rasa.answer = lambda _, words: [Reply(f"You said: {words}", ["Yes", "No"])]
    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    gateway.emulator.fail(method, 429, "Too Many Requests: retry after 1", retry_after=1)
    ana.press("Yes")
    assert ana.wait(2)[1] == "You said: Yes"
    assert len(gateway.emulator.called(method)) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_outage_of_telegram_delays_and_nothing_more(gateway: Gateway, status: int) -> None:
    for _ in range(3):
        gateway.emulator.fail("sendMessage", status, "Bad Gateway")
    ana = gateway.person()
    ana.say("hello")
    ana.say("and again")
    assert ana.wait(2) == ["You said: hello", "You said: and again"]
    settle()
    assert len(ana.texts) == 2


def test_a_message_that_telegram_refuses_is_dead_and_the_next_one_goes(gateway: Gateway) -> None:
    ana = gateway.person()
    gateway.emulator.fail("sendMessage", 400, "Bad Request: something about the message")
    ana.say("hello")
    until(lambda: outbox(gateway) == {"dead": 1})
    ana.say("next")
    assert ana.wait(1) == ["You said: next"]


@pytest.mark.parametrize("titles", [[], ["Yes", "No"]])
def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, titles: list[str]
) -> None:
    from bot.channels.telegram import client

    monkeypatch.setattr(client, "_SECONDS", 1.0)
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        gateway.rasa.answer = lambda _, words: [Reply(f"You said: {words}", titles)]
        ana = gateway.person()
        ben = gateway.person(502)
        ben.say("numbers go up")
        ben.wait(1)
        emulator.fail("sendMessage", lost=True)
        ana.say("hello")
        ana.say("next")
        assert ana.wait(2) == ["You said: hello", "You said: next"]
        until(lambda: outbox(gateway) == {})
        assert len(ana.texts) == 2


def test_what_was_never_taken_is_sent_although_it_was_written_down(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when we are killed between writing down and sending."""
    from bot.channels.telegram.sender import TelegramSender

    post, failures = TelegramSender._post, [ConnectionError()] * 2

    async def fail(*values: object) -> object:
        if failures:
            raise failures.pop()
        return await post(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(TelegramSender, "_post", fail)
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        ana = gateway.person()
        ana.say("hello")
        assert ana.wait(1) == ["You said: hello"]
        assert len(emulator.called("editMessageReplyMarkup")) > 2, "it was looked for"


def test_another_poller_is_one_sentence_and_service_goes_on(
    emulator: Emulator, tmp_path: Path, impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        for _ in range(3):
            emulator.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
        ana = gateway.person()
        ana.say("wakes the long poll")
        ana.wait(1)
        until(lambda: not emulator.faults)
        ana.say("hello")
        ana.wait(2)
    said = capsys.readouterr().out
    assert said.count("Another program fetches the updates of this bot: stop it") == 1
    assert "Traceback" not in said


def test_a_wrong_token_is_one_sentence_and_the_website_runs(
    emulator: Emulator, tmp_path: Path, impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    import httpx

    token = SecretStr("4242424242:a-token-that-was-taken-back")
    with running(emulator, settings_for(tmp_path, emulator, telegram_bot_token=token), wait=False) as gateway:
        settle(1)
        assert httpx.post(f"{gateway.url}/api/conversations", json={}, trust_env=False).status_code == 201
    said = capsys.readouterr()
    assert said.out.count("Telegram does not accept the token in TELEGRAM_BOT_TOKEN.") == 1
    assert "taken-back" not in said.out + said.err and "Traceback" not in said.out + said.err


def test_telegram_out_of_reach_at_the_start_is_one_sentence_and_tried_again(
    emulator: Emulator, tmp_path: Path, impatient: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        emulator.fail("getMe", 502, "Bad Gateway")
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        ana = gateway.person()
        ana.say("hello")
        ana.wait(1)
    assert capsys.readouterr().out.count("Telegram cannot be reached; trying again.") == 1


def test_without_a_token_one_line_says_how_to_add_it(
    tmp_path: Path, emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path, emulator, telegram_bot_token=SecretStr(""))
    with running(emulator, settings, wait=False) as gateway:
        assert gateway.app.state.telegram is None
    said = capsys.readouterr().out
    assert said.count("TELEGRAM_BOT_TOKEN") == 1 and "docs/telegram.md" in said
    assert emulator.calls == []


@pytest.mark.parametrize("hooked", [False, True])
def test_of_two_gateways_one_reads_and_the_other_waits_says_so_and_takes_over(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], hooked: bool
) -> None:
    more = webhook() if hooked else {}
    settings = settings_for(tmp_path, emulator, **more)
    other = settings.model_copy(update={"gateway_port": settings_for(tmp_path, emulator).gateway_port})
    with running(emulator, settings) as first, running(emulator, other, first.rasa) as second:
        ana = first.person()
        until(lambda: "takes over when it ends" in capsys.readouterr().out)
        ana.say("one")
        ana.wait(1)
        settle(1)
        assert emulator.conflicts == 0
        first.run(lambda: _stop_reading(first))
        if hooked:
            emulator.webhook.url = f"{second.url}/telegram"
        ana.say("two")
        assert ana.wait(2) == ["You said: one", "You said: two"]
        assert emulator.conflicts == 0


async def _stop_reading(gateway: Gateway) -> None:
    """The first gateway ends as far as Telegram goes."""
    import asyncio

    for task in asyncio.all_tasks():
        if "Telegram.run" in repr(task.get_coro()):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

"""`python -m bot telegram check`, and the line of `make run`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.__main__ import main
from bot.channels.telegram.checking import where
from bot.settings import Settings, load_settings
from tests.channels.telegram.emulator import TOKEN, Emulator
from tests.channels.telegram.gateways import SECRET


@pytest.fixture(autouse=True)
def set_up(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TELEGRAM_API_URL", emulator.url)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def check(capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    load_settings.cache_clear()
    assert main(["telegram", "check"]) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.out + said.err


def test_it_says_who_the_bot_is_and_what_waits(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    emulator.commands = {"": [{"command": "start", "description": "x"}, {"command": "help", "description": "x"}]}
    emulator.updates = [{"update_id": 1}, {"update_id": 2}]
    assert check(capsys).splitlines() == [
        "Bot       IMT (@imt_test_bot), https://t.me/imt_test_bot",
        "Groups    can be added to groups, which it leaves at once; better turn that off with BotFather: /setjoingroups",
        "Webhook   none; updates are fetched",
        "Waiting   2 updates",
        "Commands  English: /start /help; Spanish: none yet, they are set when the assistant starts",
    ]


@pytest.mark.parametrize(
    ("set_at_telegram", "said"),
    [
        ("", "none yet; https://a.test/telegram is set when the assistant starts"),
        ("https://a.test/telegram", "https://a.test/telegram"),
        ("https://b.test/x", "https://b.test/x, which is not what TELEGRAM_WEBHOOK_URL says"),
    ],
)
def test_it_compares_the_webhook(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], set_at_telegram: str, said: str
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://a.test")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    emulator.webhook.url = set_at_telegram
    assert f"Webhook   {said}\n" in check(capsys)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("TELEGRAM_BOT_TOKEN", "", "Telegram: not set up: put the token of a bot into TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_BOT_TOKEN", "42:wrong", "Telegram: Telegram does not accept the token in TELEGRAM_BOT_TOKEN."),
        ("TELEGRAM_API_URL", "http://127.0.0.1:1", "Telegram: Telegram cannot be reached"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(key, value)
    said = check(capsys, 1)
    assert said.startswith(sentence) and len(said.splitlines()) == 1
    assert TOKEN not in said and "42:wrong" not in said


def test_the_start_says_where_people_find_the_bot(emulator: Emulator) -> None:
    assert where(load_settings()) == "https://t.me/imt_test_bot (by long polling)"
    assert where(Settings()) == "https://t.me/imt_test_bot (by long polling)"
    assert where(Settings(telegram_bot_token="42:wrong")).startswith("Telegram does not accept the token")  # type: ignore[arg-type]
    assert where(Settings(telegram_bot_token="")).startswith("not set up: put the token")  # type: ignore[arg-type]

"""The settings: a wrong value names its key, says what it means and never shows a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import ROOT, Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of the machine that runs the tests."""
    for key in Settings.model_fields:
        monkeypatch.delenv(key.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DATABASE_URL", "mysql://u:secret@h/d"),
        ("TRACKER_DATABASE_URL", "imt.db"),
        ("RASA_PORT", "secret"),
        ("RASA_PORT", "0"),
        ("ACTIONS_PORT", "70000"),
        ("ENCODER", "word2vec"),
        ("ENCODER_THREADS", "0"),
        ("RASA_TIMEOUT_SECONDS", "-1"),
        ("GATEWAY_PORT", "0"),
        ("ALLOWED_ORIGINS", "https://a.test/page"),
        ("ALLOWED_ORIGINS", "a.test"),
        ("LIMIT_CONVERSATIONS", "many"),
        ("LIMIT_MESSAGES", "30"),
        ("LIMIT_ADDRESS", ""),
        ("APOLOGY_SECONDS", "1"),
        ("NOTICE_PRIVATE_HOSTS", "https://hooks.internal/secret"),
        ("TELEGRAM_BOT_TOKEN", "secret"),
        ("TELEGRAM_WEBHOOK_URL", "assistant.example.org"),
        ("TELEGRAM_WEBHOOK_SECRET", "secret!"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("PSEUDONYM_SECRET", "secret"),
    ],
)
def test_a_wrong_value_names_its_key(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    said = str(caught.value)
    assert said.startswith(f"Setting {key} is wrong: ")
    assert str(Settings.model_fields[key.lower()].description) in said
    assert "Set it in the environment or in .env." in said
    assert "secret" not in said


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://assistant.example.org/telegram")
    with pytest.raises(SettingsError, match=r"^Setting TELEGRAM_WEBHOOK_SECRET is wrong: must have 1 to"):
        load_settings()


def test_private_hosts_are_names_and_numbers() -> None:
    assert Settings(notice_private_hosts="Hooks.internal, ::1,10.0.0.1").private_hosts == ["hooks.internal", "::1", "10.0.0.1"]


def test_secrets_are_not_printed() -> None:
    assert "Token" not in repr(Settings(telegram_bot_token=SecretStr("42:TokenTokenTokenTokenToken")))


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_PORT", "x")
    monkeypatch.setenv("ENCODER", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split()[1] for line in str(caught.value).splitlines()] == ["RASA_PORT", "ENCODER"]


def test_a_file_that_is_not_in_utf_8_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"RASA_PORT=5\xe9\n")
    with pytest.raises(SettingsError, match=r"\.env is not in UTF-8"):
        load_settings()


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_defaults_need_nothing() -> None:
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'imt.db'}"
    assert settings.tracker_url == f"sqlite:///{ROOT / 'var' / 'tracker.db'}"
    assert settings.gateway_url == "http://localhost:8080"
    assert (settings.rasa_url, settings.actions_url) == ("http://127.0.0.1:5005", "http://127.0.0.1:5055")


def test_websites_are_listed_with_commas() -> None:
    assert Settings(allowed_origins=" https://a.test, http://b.test:8000 ,*").origins == [
        "https://a.test",
        "http://b.test:8000",
        "*",
    ]
    assert Settings().origins == []


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RASA_PORT=6005\nACTIONS_PORT=6055\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("RASA_PORT", "7005")
    settings = load_settings()
    assert (settings.rasa_port, settings.actions_port) == (7005, 6055)


@pytest.mark.parametrize(
    ("database", "tracker", "expected"),
    [
        ("sqlite:////data/imt.db", "", "sqlite:////data/tracker.db"),
        ("postgresql://h/imt", "", "postgresql://h/imt"),
        ("postgresql://h/imt", "sqlite:////data/t.db", "sqlite:////data/t.db"),
    ],
)
def test_where_rasa_keeps_its_events(database: str, tracker: str, expected: str) -> None:
    assert Settings(database_url=database, tracker_database_url=tracker).tracker_url == expected

"""What the dialogue says of a request: where it stands, truthfully, and when a closed office opens if that is known."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from rasa_sdk.executor import CollectingDispatcher

import actions.requests
from actions.requests import say_status
from actions.services import Services
from actions.speech import Speaker
from bot.core.handoff import HandoffStatus
from bot.core.language import Language
from bot.core.service import Service
from bot.knowledge.load import load_knowledge
from bot.settings import Settings
from bot.store.database import Database
from bot.store.office_service import save_service
from tests.store.inboxes import HERE, ask, clear, set_row


@pytest.fixture
def reference(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    clear(database)
    kept = Services(load_knowledge(), database, Settings())
    monkeypatch.setattr(actions.requests, "services", lambda: kept)
    return ask(database)


def said(reference: str, language: Language = Language.EN) -> str:
    dispatcher = CollectingDispatcher()
    say_status(Speaker(dispatcher, load_knowledge(), language), reference, [])
    return str(dispatcher.messages[0]["text"])


@pytest.mark.parametrize("status", HandoffStatus)
def test_every_status_is_told_in_both_languages(database: Database, reference: str, status: HandoffStatus) -> None:
    set_row(database, reference, status=str(status))
    for language in Language:
        text = said(reference, language)
        assert load_knowledge().say(f"status_{status}", language) in text
        assert "Wisconsin Regional" in text
        assert ("when they answer" in text or "cuándo responden" in text) == (status not in ("closed", "expired", "cancelled"))


def test_a_closed_office_is_said_to_be_closed_while_nobody_has_taken_it_up(database: Database, reference: str) -> None:
    assert "closed now" not in said(reference)
    day = (datetime.now(UTC) + timedelta(days=3)).weekday()
    save_service(database, HERE, Service("America/Chicago", {day: ((time(9), time(9, 1)),)}, False), "Ana")
    assert "closed now and open" in said(reference)
    assert "9:00 a. m." in said(reference, Language.ES)
    set_row(database, reference, status="accepted")
    assert "closed now" not in said(reference)

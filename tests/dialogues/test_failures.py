"""What a person hears while something is broken, and that everything goes on when it is mended."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.rasa_client import RasaClient, RasaError
from tests.dialogues.player import Exchange, says
from tests.dialogues.stack import Stack

# SQLite waits for a lock this long, in seconds, before it gives up: see bot.store.database.
PATIENCE = 5.0


class Talk:
    """One conversation, message by message."""

    def __init__(self, stack: Stack, language: str = "en") -> None:
        self.id = f"failures-{uuid.uuid4().hex}"
        self._url, self._language = stack.settings.rasa_url, language

    def say(self, text: str) -> Exchange:
        """Raises RasaError where no answer came."""
        return asyncio.run(self._say(text))

    async def _say(self, text: str) -> Exchange:
        async with RasaClient(self._url, 60) as client:
            return Exchange(self.id, text, await client.send(self.id, text), self._language)

    def go(self, *texts: str) -> Exchange:
        """Say one after the other; gives the last answer."""
        return [self.say(text) for text in texts][-1]


def said(exchange: Exchange, *phrases: str) -> bool:
    return all(says(exchange.text, phrase, exchange.language) for phrase in phrases)


def stored(stack: Stack, conversation: str) -> int:
    with closing(sqlite3.connect(f"file:{stack.database_file}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM handoffs WHERE conversation_id = ?", (conversation,)).fetchone()
    return int(count)


@contextmanager
def locked(file: Path, seconds: float) -> Iterator[None]:
    """Nobody else can write to the file for some time; the block runs meanwhile."""
    taken = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            taken.set()
            release.wait(seconds)
            connection.execute("ROLLBACK")

    release = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    try:
        yield
    finally:
        release.set()
        holder.join()


# An action that raises


@pytest.mark.parametrize(
    ("language", "start", "age"), [("en", "See if I'm ready", "im 22"), ("es", "Ver si estoy listo", "tengo 22")]
)
def test_a_form_goes_on_at_the_same_question(stack: Stack, language: str, start: str, age: str) -> None:
    talk = Talk(stack, language)
    assert said(talk.go(start, "looking" if language == "en" else "busco", "53215"), "ask_age_band")
    with stack.failing("raise"):
        for _ in range(3):
            assert said(talk.say(age), "error_apology")
    assert said(talk.say(age), "ask_production")


def test_a_form_that_failed_at_its_start_can_be_begun(stack: Stack) -> None:
    talk = Talk(stack)
    with stack.failing("validate_seeker_form"):
        answer = talk.say("See if I'm ready")
    assert said(answer, "error_apology")
    assert not said(answer, "cancelled")
    assert said(talk.say("I'm looking for a job"), "ask_place")


def test_outside_a_form_there_is_an_apology_and_a_person(stack: Stack) -> None:
    talk = Talk(stack)
    with stack.failing("action_answer"):
        answer = talk.say("how much does it pay?")
    assert said(answer, "error_apology")
    assert answer.choices == ["Talk to a person"]
    assert talk.say("how much does it pay?").topics == ["wages"]


def test_a_result_that_could_not_be_told_is_told_later(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("See if I'm ready", "looking", "53215", "22", "yes", "yes")
    with stack.failing("action_form_ended"):
        assert said(talk.say("full time"), "error_apology")
    assert said(talk.say("ok?"), "result_ready_to_talk_seeker", "ask_consent")
    assert said(talk.say("yes"), "ask_contact_name")


def test_an_end_that_fails_for_ever_holds_nobody_up(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("See if I'm ready", "looking", "53215", "22", "yes", "yes")
    with stack.failing("action_form_ended"):
        talk.go("full time", "hello?")
        assert talk.say("how much does it pay?").topics == ["wages"]


# The database


def test_a_request_is_kept_once_although_the_database_did_not_answer(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("Talk to a person", "Milwaukee, WI", "yes", "Ana")
    with stack.failing("database"):
        assert said(talk.say("414-555-0142"), "error_apology")
    assert stored(stack, talk.id) == 0
    assert said(talk.say("414-555-0142"), "handoff_saved")
    assert stored(stack, talk.id) == 1


def test_a_short_lock_only_delays_the_answer(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("Talk to a person", "Milwaukee, WI", "yes", "Ana")
    with locked(stack.database_file, 1.5):
        assert said(talk.say("I will call them"), "handoff_saved_they_call")
    assert stored(stack, talk.id) == 1


def test_a_long_lock_costs_an_apology_and_nothing_else(stack: Stack) -> None:
    talk = Talk(stack, "es")
    talk.go("Hablar con una persona", "Milwaukee, WI", "sí", "Ana")
    with locked(stack.database_file, PATIENCE * 2):
        assert said(talk.say("yo llamo"), "error_apology")
    assert said(talk.say("yo llamo"), "handoff_saved_they_call")
    assert stored(stack, talk.id) == 1


def test_a_lock_on_the_tracker_only_delays_the_answer(stack: Stack) -> None:
    talk = Talk(stack)
    talk.say("See if I'm ready")
    with locked(stack.tracker_file, 1.5):
        assert said(talk.say("looking"), "ask_place")
    assert said(talk.say("53215"), "ask_age_band")


# Processes that end


def test_rasa_killed_in_a_form_goes_on_with_the_same_answers(stack: Stack) -> None:
    talk = Talk(stack, "es")
    talk.go("Ver si estoy listo", "ya trabajo en una planta", "Milwaukee", "tengo 30")
    stack.kill("rasa")
    with pytest.raises(RasaError):
        talk.say("si")
    stack.start_rasa()
    assert said(talk.say("si"), "ask_diploma")
    ended = talk.go("si", "tiempo completo")
    assert said(ended, "result_ready_to_talk_seeker", "step_ask_your_employer")
    assert "Wisconsin Regional Training" in ended.cards[0]


def test_the_action_server_killed_in_a_form_goes_on_at_the_same_question(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("See if IMT fits us", "53215", "gears")
    stack.kill("actions")
    try:
        with pytest.raises(RasaError):
            talk.say("12")
    finally:
        stack.start_actions()
    assert said(talk.say("12"), "ask_mentors")

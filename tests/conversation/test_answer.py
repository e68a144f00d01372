"""Answering: each message once and in order, whatever Rasa does, and a word for those who wait."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import bot.conversation.answer
from bot.conversation.own import give_back, take_over
from bot.conversation.receive import begin, receive
from bot.conversation.room import Room
from bot.core.conversation import Author
from bot.knowledge.load import load_knowledge
from bot.rasa_client import RasaSilent, RasaUnavailable, Reply
from bot.store.base import utc_now
from bot.store.claims import claim_due
from bot.store.conversation_schema import Turn
from bot.store.conversations import View, read_view
from bot.store.database import Database, open_database, upgrade_database
from bot.store.figure_schema import Journey
from tests.conversation.rooms import ToldRasa, answering, make_room, texts, until

PHRASES = load_knowledge().phrases


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Iterator[Room]:
    made = make_room(database, tmp_path)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses between attempts."""
    monkeypatch.setattr(bot.conversation.answer, "_LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(bot.conversation.answer, "_POLL_SECONDS", 0.02)


def answered(view: View) -> bool:
    return not view.answering


def test_an_answer_keeps_everything_that_rasa_said(room: Room) -> None:
    reply = Reply("Two kinds", ["A", "B", "A"], [{"name": "Office"}], [{"title": "T", "url": "u", "date": "2020"}], ["wages"])
    rasa = ToldRasa(lambda *_: [Reply("First"), reply])

    async def play() -> View:
        begun = await begin(room, "web", "es", None)
        async with answering(room, rasa):
            await receive(room, begun.id, "a", "¿Cuánto?", "web")
            return await until(room, begun.id, answered)

    view = asyncio.run(play())
    assert texts(view.messages)[1:] == ["¿Cuánto?", "First", "Two kinds"]
    last = view.messages[-1]
    assert [choice.title for choice in last.choices] == ["A", "B"]
    assert (last.cards, last.topics, last.sources[0]["title"]) == (({"name": "Office"},), ("wages",), "T")
    assert rasa.metadata[0]["language"] == "es"
    assert rasa.metadata[0]["message_id"].endswith(":2")


def test_what_is_seen_of_a_conversation_is_stored_with_its_answer(room: Room) -> None:
    screening = {"form": "seeker_form", "questions": {"seeker_path": "answered"}, "finished": False}
    first, second = Reply("First", seen={"audience": "seeker", "screening": screening}), Reply("Second", seen={"state": "WI"})
    rasa = ToldRasa(lambda *_: [first, second])

    async def play() -> None:
        begun = await begin(room, "web", "es", None)
        async with answering(room, rasa):
            await receive(room, begun.id, "a", "Busco trabajo", "web")
            await until(room, begun.id, answered)

    asyncio.run(play())
    with room.database.reading() as connection:
        journey = connection.execute(select(Journey)).one()
    assert (journey.channel, journey.language, journey.audience, journey.state) == ("web", "es", "seeker", "WI")
    assert journey.screening["questions"] == {"seeker_path": "answered"}
    assert journey.changed_at is not None


def test_what_became_of_each_question_is_counted(room: Room) -> None:
    decline, aside, unsure = PHRASES["decline"].es, PHRASES["decline_in_form"].en, PHRASES["unsure"].en
    replies = {
        "pay": [Reply("A"), Reply("B", topics=["wages"])], "jail": [Reply("C", topics=["out_of_scope"])],
        "rain": [Reply(decline)], "snow": [Reply(f"{aside}\n\nAre you 18?")], "what": [Reply(f"{unsure}\n\nYour ZIP?")],
        "hello": [Reply("Hi")],
    }  # fmt: skip

    async def play() -> None:
        begun = await begin(room, "web", "es", None)
        async with answering(room, ToldRasa(lambda _, text: replies[text])):
            for text in (*replies, "pay"):
                await receive(room, begun.id, str(uuid4()), text, "web")
            await until(room, begun.id, answered)

    asyncio.run(play())
    with room.database.reading() as connection:
        assert connection.scalar(select(Journey.questions)) == {"answered": 2, "declined": 3, "unsure": 1}


def test_one_slow_conversation_delays_no_other(room: Room) -> None:
    rasa = ToldRasa()

    async def play() -> tuple[View, View]:
        slow, quick = await begin(room, "web", None, None), await begin(room, "web", None, None)
        rasa.holding.add(slow.id)
        async with answering(room, rasa):
            await receive(room, slow.id, "a", "one", "web")
            await receive(room, slow.id, "b", "two", "web")
            await until(room, slow.id, lambda _: bool(rasa.asked))
            await receive(room, quick.id, "a", "three", "web")
            answered_first = await until(room, quick.id, answered)
            rasa.holding.clear()
            return answered_first, await until(room, slow.id, answered)

    quick, slow = asyncio.run(play())
    assert texts(quick.messages)[1:] == ["three", "You said: three"]
    assert texts(slow.messages)[1:] == ["one", "two", "You said: one", "You said: two"]


@pytest.mark.parametrize("error", [RasaUnavailable, RasaSilent])
def test_a_message_is_kept_until_rasa_returns(room: Room, error: type[Exception]) -> None:
    failures = iter([error("x")] * 4)

    def answer(_: str, text: str) -> list[Reply]:
        if failure := next(failures, None):
            raise failure
        return [Reply(f"You said: {text}")]

    async def play() -> View:
        begun = await begin(room, "web", None, None)
        async with answering(room, ToldRasa(answer), able=False):
            await receive(room, begun.id, "a", "one", "web")
            await receive(room, begun.id, "b", "two", "web")
            return await until(room, begun.id, answered)

    said = [text for text in texts(asyncio.run(play()).messages)[1:] if text != PHRASES["still_working"].en]
    assert said == ["one", "two", "You said: one", "You said: two"]


def test_what_makes_a_working_rasa_silent_is_given_up_and_holds_up_nothing(room: Room) -> None:
    def answer(_: str, text: str) -> list[Reply]:
        if text == "poison":
            raise RasaSilent("x")
        return [Reply("Fine")]

    async def play() -> View:
        begun = await begin(room, "web", "es", None)
        async with answering(room, ToldRasa(answer)):
            await receive(room, begun.id, "a", "poison", "web")
            await receive(room, begun.id, "b", "next", "web")
            return await until(room, begun.id, answered)

    messages = [message for message in asyncio.run(play()).messages if message.text != PHRASES["still_working"].es]
    assert [message.text for message in messages][1:] == ["poison", "next", PHRASES["answer_failed"].es, "Fine"]
    assert (messages[3].author, messages[3].choices[0].title) == (Author.SYSTEM, "Hablar con una persona")


def test_who_waits_is_told_once_and_answered_when_rasa_returns(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.conversation.answer, "STILL_WORKING_AFTER", bot.conversation.answer.timedelta(0))
    rasa = ToldRasa()

    async def play() -> View:
        begun = await begin(room, "web", None, None)
        rasa.holding.add(begun.id)
        async with answering(room, rasa, apology_after=1):
            await receive(room, begun.id, "a", "one", "web")
            waiting = await until(room, begun.id, lambda view: view.last_seq == 4)
            assert texts(waiting.messages)[2:] == [PHRASES["still_working"].en, PHRASES["answer_late"].en]
            assert [choice.title for choice in waiting.messages[3].choices] == ["Talk to a person"]
            await asyncio.sleep(0.3)
            rasa.holding.clear()
            return await until(room, begun.id, answered)

    said = [PHRASES["still_working"].en, PHRASES["answer_late"].en]
    assert texts(asyncio.run(play()).messages)[1:] == ["one", *said, "You said: one"]


def test_the_system_speaks_the_language_that_the_conversation_has_come_to(room: Room) -> None:
    def answer(_: str, text: str) -> list[Reply]:
        return [Reply("Claro, en español.", language="es")]

    async def play() -> View:
        begun = await begin(room, "web", "en", None)
        async with answering(room, ToldRasa(answer)):
            await receive(room, begun.id, "a", "En español, por favor.", "web")
            await until(room, begun.id, answered)
        await take_over(room, begun.id, "Ana", "WRTP")
        return await room.read(read_view, begun.id)

    messages = asyncio.run(play()).messages
    assert [message.language for message in messages] == ["en", None, "es", "es"]
    assert messages[-1].text == PHRASES["staff_joined"].es.format(name="Ana", intermediary="WRTP")


def test_the_assistant_is_quiet_while_staff_own_the_conversation(room: Room) -> None:
    rasa = ToldRasa()

    async def play() -> View:
        begun = await begin(room, "web", None, None)
        rasa.holding.add(begun.id)
        async with answering(room, rasa):
            await receive(room, begun.id, "a", "one", "web")
            await until(room, begun.id, lambda _: bool(rasa.asked))
            await take_over(room, begun.id, "Ana", "WRTP")
            rasa.holding.clear()
            await receive(room, begun.id, "b", "two", "web")
            await give_back(room, begun.id, "Ana", "WRTP")
            await receive(room, begun.id, "c", "three", "web")
            return await until(room, begun.id, lambda view: not view.answering and view.messages[-1].text.endswith("three"))

    said = texts(asyncio.run(play()).messages)
    assert [text for text in said if text.startswith("You said")] == ["You said: three"]
    assert PHRASES["staff_joined"].en.format(name="Ana", intermediary="WRTP") in said
    assert "two" not in [text for _, text in rasa.asked]


def tracked(folder: Path, conversation_id: str, message_id: str, reply: str) -> None:
    """What Rasa keeps of a turn."""
    with sqlite3.connect(folder / "tracker.db") as connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id, type_name, data)")
        for kind, event in (("user", {"metadata": {"message_id": message_id}}), ("bot", {"text": reply})):
            values = (conversation_id, kind, json.dumps(event))
            connection.execute("INSERT INTO events (sender_id, type_name, data) VALUES (?, ?, ?)", values)
    connection.close()


@pytest.mark.parametrize("kept", [True, False])
def test_a_killed_workers_message_is_answered_from_the_tracker_or_asked_again(room: Room, tmp_path: Path, kept: bool) -> None:
    rasa = ToldRasa()

    async def play() -> View:
        begun = await begin(room, "web", None, None)
        await receive(room, begun.id, "a", "one", "web")
        await room.call(claim_due, Turn, "killed", 10, utc_now() - utc_now())
        if kept:
            tracked(tmp_path, begun.id, f"{begun.id}:2", "Rasa's answer")
        async with answering(room, rasa):
            return await until(room, begun.id, answered)

    assert texts(asyncio.run(play()).messages)[2:] == ["Rasa's answer" if kept else "You said: one"]
    assert len(rasa.asked) == (0 if kept else 1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path]]:
    folder = tmp_path_factory.mktemp("shared")
    upgrade_database(f"sqlite:///{folder / 'imt.db'}")
    database = open_database(f"sqlite:///{folder / 'imt.db'}")
    yield database, folder
    database.close()


_SENT = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=_SENT, failures=st.lists(st.booleans(), max_size=3), workers=st.integers(1, 3))
def test_whatever_is_sent_again_and_fails_each_is_answered_once_and_in_order(
    shared: tuple[Database, Path], sent: list[tuple[int, int]], failures: list[bool], workers: int
) -> None:
    room, failing = make_room(*shared), iter(failures)

    def answer(_: str, text: str) -> list[Reply]:
        if next(failing, False):
            raise RasaUnavailable("x")
        return [Reply(text)]

    async def play() -> list[View]:
        begun = [await begin(room, "web", None, None) for _ in range(3)]
        async with AsyncExitStack() as stack:
            for _ in range(workers):
                await stack.enter_async_context(answering(room, ToldRasa(answer)))
            await asyncio.gather(*(receive(room, begun[where].id, str(each), f"m{each}", "web") for where, each in sent))
            return [await until(room, each.id, answered) for each in begun]

    for number, view in enumerate(asyncio.run(play())):
        asked = [message for message in view.messages if message.author is Author.VISITOR]
        given_answers = [message for message in view.messages if message.author is Author.ASSISTANT][1:]
        assert texts(tuple(given_answers)) == texts(tuple(asked))
        assert {message.client_id for message in asked} == {str(each) for where, each in sent if where == number}
        assert [message.seq for message in view.messages] == list(range(1, view.last_seq + 1))

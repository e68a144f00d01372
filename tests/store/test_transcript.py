"""The transcript out of Rasa's table, while Rasa writes, and its erasing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.store.database import open_database
from bot.store.transcript import (
    Author,
    Line,
    TrackerUnavailableError,
    erase_events,
    find_language,
    find_replies,
    merge_current,
    read_transcript,
)

# As Rasa's SQLTrackerStore makes it.
_TABLE = """CREATE TABLE events (id {serial} PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"""
_START = 1_795_000_000.123456


def said(at: float, text: str, **more: Any) -> dict[str, Any]:
    return {"event": "user", "timestamp": _START + at, "text": text, "parse_data": {}, "metadata": {}, **more}


def answered(at: float, text: str | None, *titles: str, **more: Any) -> dict[str, Any]:
    data = {"buttons": [{"title": title, "payload": title} for title in titles] or None, "custom": None}
    return {"event": "bot", "timestamp": _START + at, "text": text, "data": data, "metadata": {}, **more}


def other(at: float, event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "timestamp": _START + at, **more}


@pytest.fixture
def tracker(database_url: str) -> Iterator[Engine]:
    """An engine that writes as Rasa does."""
    database = open_database(database_url)
    with database.engine.begin() as connection:
        serial = "INTEGER" if connection.dialect.name == "sqlite" else "SERIAL"
        connection.execute(text(_TABLE.format(serial=serial)))
    yield database.engine
    database.close()


def store(tracker: Engine, conversation_id: str, *events: dict[str, Any]) -> None:
    columns, values = "sender_id, type_name, timestamp, action_name, data", ":sender, :type, :at, :name, :data"
    statement = text(f"INSERT INTO events ({columns}) VALUES ({values})")
    with tracker.begin() as connection:
        for event in events:
            written = {"type": event["event"], "at": event["timestamp"], "name": event.get("name"), "data": json.dumps(event)}
            connection.execute(statement, {"sender": conversation_id, **written})


def line(author: Author, at: float, words: str, *choices: str) -> Line:
    return Line(author, words, datetime.fromtimestamp(_START + at, UTC), choices)


def test_all_sessions_are_read_in_order(tracker: Engine, database_url: str) -> None:
    store(
        tracker, "a", other(0, "session_started"), said(1, "hola"), answered(2, "¡Hola!", "Sí", "No"), other(3, "slot", name="x")
    )
    store(tracker, "b", said(1, "somebody else"))
    store(tracker, "a", other(4, "session_started"), said(5, "53215"), answered(6, "Gracias"), said(7, "53215"))
    assert read_transcript(database_url, "a") == [
        line(Author.PERSON, 1, "hola"),
        line(Author.ASSISTANT, 2, "¡Hola!", "Sí", "No"),
        line(Author.PERSON, 5, "53215"),
        line(Author.ASSISTANT, 6, "Gracias"),
        line(Author.PERSON, 7, "53215"),
    ]
    assert read_transcript(tracker, "b") == [line(Author.PERSON, 1, "somebody else")]
    assert read_transcript(tracker, "nobody") == []


def test_times_are_aware_and_in_utc(tracker: Engine) -> None:
    store(tracker, "a", said(0, "hi"))
    assert read_transcript(tracker, "a")[0].at.tzinfo is UTC


def test_what_nobody_said_is_no_line(tracker: Engine) -> None:
    card = {"event": "bot", "timestamp": _START, "text": None, "data": {"custom": {"cards": []}}, "metadata": {}}
    reminder = said(1, "EXTERNAL: remind", metadata={"is_external": True})
    store(tracker, "a", said(0, "/session_start"), card, reminder, said(2, ""), answered(3, None, "Yes"))
    assert read_transcript(tracker, "a") == [line(Author.ASSISTANT, 3, "", "Yes")]


def test_before_rasa_has_made_its_table_there_is_nothing(database_url: str) -> None:
    open_database(database_url).close()
    assert read_transcript(database_url, "a") == []
    assert erase_events(database_url, "a") == 0


def test_before_there_is_a_file_there_is_nothing_and_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a folder 100%" / "tracker.db"
    assert read_transcript(f"sqlite:///{path}", "a") == []
    assert erase_events(f"sqlite:///{path}", "a") == 0
    assert not path.exists()


def test_a_path_with_odd_characters_is_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'it is 100% #1 & más'}"
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text(_TABLE.format(serial="INTEGER")))
    store(database.engine, "a", said(0, "hi"))
    assert read_transcript(url, "a") == [line(Author.PERSON, 0, "hi")]
    database.close()


def test_a_table_that_cannot_be_read_is_an_error_without_address(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    path.write_text("this is not a database" * 100)
    for address in (f"sqlite:///{path}", "postgresql://imt:hunter2@127.0.0.1:1/imt", "nonsense"):
        with pytest.raises(TrackerUnavailableError) as caught:
            read_transcript(address, "a")
        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__
        with pytest.raises(TrackerUnavailableError):
            erase_events(address, "a")


def test_reading_is_not_held_up_by_a_writer(tracker: Engine, database_url: str) -> None:
    store(tracker, "a", said(0, "hi"))
    with tracker.begin() as writing:
        writing.execute(text("INSERT INTO events (sender_id, type_name, data) VALUES ('a', 'user', '{}')"))
        assert read_transcript(database_url, "a") == [line(Author.PERSON, 0, "hi")]


def test_the_running_turn_is_added_and_nothing_is_doubled(tracker: Engine) -> None:
    earlier = [said(0, "hi"), answered(1, "Hello", "Pay")]
    session = [other(2, "session_started"), said(3, "yes"), answered(4, "Your name?")]
    running = [said(5, "Ana"), answered(6, "Thanks"), answered(6, "One more thing")]
    store(tracker, "a", *earlier, *session)
    merged = merge_current(read_transcript(tracker, "a"), [*session, *running])
    assert [each.text for each in merged] == ["hi", "Hello", "yes", "Your name?", "Ana", "Thanks", "One more thing"]
    store(tracker, "a", *running)
    assert merge_current(read_transcript(tracker, "a"), [*session, *running]) == merged


def test_a_first_turn_of_which_nothing_is_stored() -> None:
    assert [each.text for each in merge_current([], [said(0, "a person please"), answered(1, "Sure")])] == [
        "a person please",
        "Sure",
    ]


EVENTS = st.lists(
    st.tuples(st.sampled_from([said, answered]), st.integers(0, 8), st.sampled_from(["yes", "no", "yes"])), max_size=20
)


@given(EVENTS, st.integers(0, 8), st.integers(0, 8))
def test_wherever_storing_stopped_nothing_is_lost_or_doubled(turns: list[Any], session: int, stored: int) -> None:
    """`session` is when the running session started, `stored` up to when the table goes, which is never before that."""
    events = [make(at, words) for make, at, words in sorted(turns, key=lambda turn: turn[1])]
    in_table = [event for event in events if event["timestamp"] < _START + max(session, stored)]
    in_session = [event for event in events if event["timestamp"] >= _START + session]
    everything = merge_current([], events)
    assert merge_current(merge_current([], in_table), in_session) == everything
    assert len(everything) == len(events)


def test_erasing_takes_one_conversation_only(tracker: Engine, database_url: str) -> None:
    store(tracker, "a", said(0, "my name is Ana"), answered(1, "Hello"), other(2, "slot", name="contact_name", value="Ana"))
    store(tracker, "b", said(0, "hi"))
    assert erase_events(database_url, "a") == 3
    assert erase_events(database_url, "a") == 0
    assert read_transcript(database_url, "a") == []
    assert read_transcript(database_url, "b") == [line(Author.PERSON, 0, "hi")]


def test_erased_words_are_gone_from_the_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tracker.db'}"
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text(_TABLE.format(serial="INTEGER")))
    for _ in range(200):
        store(database.engine, "a", said(0, "my number is 414-555-0100"))
    store(database.engine, "b", said(0, "something else"))
    assert erase_events(url, "a") == 200
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"414-555-0100" not in kept
    assert b"something else" in kept
    database.close()


def test_an_answer_is_found_again_by_the_message_that_it_answers(tracker: Engine) -> None:
    assert find_replies(tracker, "c1", "m2") is None
    store(
        tracker,
        "c1",
        said(1, "One", metadata={"message_id": "m1"}),
        answered(2, "Answer one", "Yes"),
        other(3, "slot"),
        said(4, "Two", metadata={"message_id": "m2"}),
        other(5, "action"),
        answered(6, "Answer two", "No"),
        answered(7, None, data={"custom": {"topics": ["wages"]}}),
        said(8, "Three", metadata=None),
    )
    store(tracker, "c2", said(1, "Other", metadata={"message_id": "m9"}))
    buttons = [{"title": "No", "payload": "No"}]
    assert find_replies(tracker, "c1", "m2") == [
        {"text": "Answer two", "buttons": buttons, "custom": None},
        {"text": None, "buttons": None, "custom": {"topics": ["wages"]}},
    ]
    assert find_replies(tracker, "c1", "m9") is None


def test_no_answer_is_found_without_a_tracker(tmp_path: Path) -> None:
    assert find_replies(f"sqlite:///{tmp_path / 'none.db'}", "c1", "m1") is None


def test_the_language_is_the_one_that_was_set_last(tracker: Engine, database_url: str) -> None:
    assert find_language(tracker, "c") is None
    store(tracker, "c", other(1, "slot", name="language", value="en"), other(2, "slot", name="language", value="es"))
    store(tracker, "c", other(3, "slot", name="place", value="en"), said(4, "hola"))
    store(tracker, "d", other(5, "slot", name="language", value="en"))
    assert find_language(database_url, "c") == "es"

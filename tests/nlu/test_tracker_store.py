"""Rasa's tracker store: bounded sessions, nothing lost, the same dialogue, and erasing in the middle of a turn.

Runs in .venv-rasa, on SQLite and on PostgreSQL where its server is installed.
"""

# ruff: noqa: E402
from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional
from unittest import mock

import pytest

# importorskip also keeps the warnings of TensorFlow's imports from counting as errors.
for each in ("rasa.core.policies.rule_policy", "rasa.core.tracker_store", "rasa.shared.core.generator"):
    pytest.importorskip(each, reason="Rasa lives in .venv-rasa")

import psycopg2
import sqlalchemy as sa
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.core.tracker_store import TrackerStore as AnyTrackerStore
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from bot.nlu.tracker_store import MAX_SESSION_EVENTS, TrackerStore, _session

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

_CUSTOM = {"influence_conversation": False, "mappings": [{"type": "custom"}]}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    DOMAIN = Domain.from_dict(
        {
            "intents": ["greet", "faq"],
            "slots": {
                "language": {"type": "text", "initial_value": "en", **_CUSTOM},
                "zip": {"type": "text", **_CUSTOM},
                "age": {"type": "text", **_CUSTOM, "influence_conversation": True},
                "topics": {"type": "list", **_CUSTOM},
                "memory": {"type": "any", **_CUSTOM},
            },
            "forms": {"seeker_form": {"required_slots": ["zip", "age"]}},
            "actions": ["action_answer", "action_ended"],
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        }
    )
RULES = """
version: "3.1"
rules:
- rule: the form ends
  condition: [{active_loop: seeker_form}]
  steps:
  - action: seeker_form
  - active_loop: null
  - action: action_ended
- rule: questions
  steps:
  - intent: faq
  - action: action_answer
- rule: the form starts
  steps:
  - intent: greet
  - action: seeker_form
  - active_loop: seeker_form
"""
LISTEN = "action_listen"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mock.patch.dict(sys.modules, {"psycopg": psycopg2}):  # the driver of the other environment, not needed here
        from tests.postgresql import find_binaries, run_server
    binaries = find_binaries()
    if binaries is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("PostgreSQL is not installed here.")
    with run_server(binaries, tmp_path_factory.mktemp("postgresql")) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new folder' / 'tracker.db'}"
    address = request.getfixturevalue("server")
    name = f"tracker_{time.time_ns()}"
    with closing(psycopg2.connect(f"{address}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"


@pytest.fixture
def store(url: str) -> Iterator[TrackerStore]:
    opened = TrackerStore(DOMAIN, host=url)
    yield opened
    opened.engine.dispose()


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def fetch(store: AnyTrackerStore, sender: str = "a") -> DialogueStateTracker:
    """The start of a turn, as Rasa's processor does it."""
    tracker = run(store.get_or_create_tracker(sender, append_action_listen=False))
    if not tracker.applied_events():
        tracker.update(ActionExecuted("action_session_start"))
        tracker.update_with_events([SessionStarted(), ActionExecuted(LISTEN)], DOMAIN)
    return tracker


def turn(store: AnyTrackerStore, text: str, *events: Event, sender: str = "a") -> DialogueStateTracker:
    """A whole turn: a message, an answer, further events, and waiting again."""
    tracker = fetch(store, sender)
    tracker.update(UserUttered(text, {"name": "faq"}))
    tracker.update(ActionExecuted("action_answer"))
    tracker.update_with_events([BotUttered(f"re: {text}"), *events, ActionExecuted(LISTEN)], DOMAIN)
    run(store.save(tracker))
    return tracker


def stored(store: TrackerStore, sender: str = "a") -> List[Dict[str, Any]]:
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT data FROM events WHERE sender_id = :s ORDER BY id"), {"s": sender})
        return [json.loads(row.data) for row in rows]


def texts(store: TrackerStore, sender: str = "a") -> List[str]:
    return [event["text"] for event in stored(store, sender) if event["event"] in ("user", "bot")]


def expected_texts(count: int) -> List[str]:
    return [text for number in range(count) for text in (f"m{number}", f"re: m{number}")]


def delete(store: TrackerStore, sender: str = "a") -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM events WHERE sender_id = :s"), {"s": sender})


def test_300_turns_stay_bounded_and_lose_nothing(store: TrackerStore) -> None:
    longest = 0
    for number in range(300):
        form: List[Event] = [ActiveLoop("seeker_form"), SlotSet("requested_slot", "zip")] if number == 100 else []
        tracker = turn(store, f"m{number}", SlotSet("zip", str(number)), SlotSet("topics", [number]), *form)
        longest = max(longest, len(tracker.events))
    assert longest <= MAX_SESSION_EVENTS + 10
    assert texts(store) == expected_texts(300)
    tracker = fetch(store)
    assert (tracker.get_slot("zip"), tracker.get_slot("topics"), tracker.get_slot("language")) == ("299", [299], "en")
    assert (tracker.active_loop_name, tracker.get_slot("requested_slot")) == ("seeker_form", "zip")
    whole = run(store.retrieve_full_tracker("a"))
    assert [e.text for e in whole.events if isinstance(e, UserUttered)] == [f"m{number}" for number in range(300)]
    assert len(whole.events) == len(stored(store))
    assert len(get_trackers_for_conversation_sessions(whole)) > 10
    times = [event["timestamp"] for event in stored(store)]
    assert times == sorted(set(times))


def long_tracker(store: TrackerStore, *last: Event) -> None:
    """A session that the next turn starts anew."""
    with mock.patch.object(store, "max_session_events", 10_000):
        for number in range(20):
            turn(store, f"m{number}", *last)


def test_the_new_session_says_exactly_what_was_known(store: TrackerStore) -> None:
    form = [ActiveLoop("seeker_form"), SlotSet("requested_slot", "age")]
    long_tracker(store, SlotSet("memory", {"failures": {"zip": 1}}), SlotSet("zip", "53215"), SlotSet("zip", None), *form)
    before = run(store.retrieve_full_tracker("a"))
    tracker = fetch(store)
    assert [event.as_dict() for event in tracker.events] == stored(store)[-len(tracker.events) :]
    assert [event.type_name for event in tracker.events] == ["session_started", "slot", "active_loop", "slot", "action"]
    assert stored(store)[-len(tracker.events) - 1]["name"] == "action_session_start"
    assert tracker.current_slot_values() == before.current_slot_values()
    assert tracker.active_loop_name == before.active_loop_name
    assert tracker.is_active_loop_rejected == before.is_active_loop_rejected
    assert tracker.latest_action_name == before.latest_action_name == LISTEN
    assert tracker.followup_action == before.followup_action
    assert tracker.is_paused() == before.is_paused()


def test_a_form_that_was_rejected_stays_rejected(store: TrackerStore) -> None:
    long_tracker(store, ActiveLoop("seeker_form"), ActionExecutionRejected("seeker_form"))
    tracker = fetch(store)
    assert len(tracker.events) < 10
    assert tracker.is_active_loop_rejected


def trained_policy(folder: Path) -> RulePolicy:
    steps = YAMLStoryReader(DOMAIN).read_from_string(RULES)
    trackers = TrainingDataGenerator(StoryGraph(steps), DOMAIN, remove_duplicates=False).generate()
    folder.mkdir()
    storage = LocalModelStorage.create(folder)
    policy = RulePolicy.create(RulePolicy.get_default_config(), storage, Resource("rules"), ExecutionContext(GraphSchema({})))
    policy.train(trackers, DOMAIN)
    return policy


def predict(policy: RulePolicy, tracker: DialogueStateTracker) -> str:
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    return str(DOMAIN.action_names_or_texts[prediction.max_confidence_index])


@pytest.mark.filterwarnings("ignore")  # Rasa's own, while it trains
@pytest.mark.parametrize("in_form", [True, False])
def test_rules_go_on_as_before(store: TrackerStore, tmp_path: Path, in_form: bool) -> None:
    policy = trained_policy(tmp_path / "model")
    form = [ActiveLoop("seeker_form"), SlotSet("requested_slot", "zip")] if in_form else []
    long_tracker(store, SlotSet("age", "18"), *form)
    untouched, compacted = run(store.retrieve_full_tracker("a")), fetch(store)
    assert len(compacted.events) < 10 < len(untouched.events)
    after_message, after_action = [], []
    for tracker in (untouched, compacted):
        tracker.update(UserUttered("53215", {"name": "faq"}))
        after_message.append(predict(policy, tracker))
        tracker.update(ActionExecuted("seeker_form" if in_form else "action_answer"))
        after_action.append(predict(policy, tracker))
        if in_form:
            tracker.update_with_events([SlotSet("requested_slot", None), ActiveLoop(None)], DOMAIN)
            assert predict(policy, tracker) == "action_ended"
    assert after_message == ["seeker_form" if in_form else "action_answer"] * 2
    assert after_action == [LISTEN] * 2


def test_a_crash_after_starting_anew_is_harmless(store: TrackerStore, url: str) -> None:
    long_tracker(store, SlotSet("zip", "53215"))
    lost = fetch(store)
    lost.update(UserUttered("never saved", {"name": "faq"}))
    rows = len(stored(store))
    again = TrackerStore(DOMAIN, host=url)
    assert fetch(again).get_slot("zip") == "53215"
    assert len(stored(store)) == rows
    turn(again, "after the crash")
    assert texts(store)[-2:] == ["after the crash", "re: after the crash"]
    again.engine.dispose()


def test_a_session_that_cannot_be_started_anew_goes_on(store: TrackerStore, caplog: pytest.LogCaptureFixture) -> None:
    long_tracker(store, SlotSet("zip", "secret-53215"))
    rows = len(stored(store))
    error = sa.exc.OperationalError("INSERT", {"data": "secret-53215"}, Exception("locked"))
    with mock.patch("bot.nlu.tracker_store._append", side_effect=error), caplog.at_level(logging.WARNING):
        tracker = fetch(store)
    assert (len(tracker.events), tracker.get_slot("zip")) == (rows - 1, "secret-53215")
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_nothing_starts_anew_in_the_middle_of_a_turn(store: TrackerStore) -> None:
    long_tracker(store)
    tracker = run(store.retrieve_full_tracker("a"))
    tracker.update(UserUttered("half done", {"name": "faq"}))
    run(store.save(tracker))
    rows = len(stored(store))
    assert len(fetch(store).events) == rows - 1  # all but action_session_start, as Rasa does
    assert len(stored(store)) == rows


def test_an_expired_session_is_left_to_rasa(store: TrackerStore) -> None:
    with mock.patch("time.time", return_value=time.time() - 2 * 3600):
        long_tracker(store)
        rows = len(stored(store))
    tracker = fetch(store)
    assert len(stored(store)) == rows
    assert tracker.get_last_event_for(UserUttered) is not None


def test_a_session_of_mostly_slots_is_not_started_anew_for_ever(store: TrackerStore) -> None:
    small = TrackerStore(DOMAIN, host=str(store.engine.url), max_session_events=4)
    values = [SlotSet(name, ["x"] if name == "topics" else "x") for name in ("zip", "age", "topics", "memory")]
    for number in range(40):
        turn(small, f"m{number}", *values)
    said_and_done = 5 + len(values)
    assert len(stored(small)) < 40 * said_and_done * 2
    assert texts(small) == expected_texts(40)
    small.engine.dispose()


def test_a_clock_that_is_set_back_loses_nothing(store: TrackerStore) -> None:
    now = time.time()
    for number in range(60):
        with mock.patch("time.time", return_value=now - number * 30):
            turn(store, f"m{number}", SlotSet("zip", str(number)))
            assert fetch(store).get_slot("zip") == str(number)
    assert texts(store) == expected_texts(60)


def test_conversations_do_not_touch_each_other(store: TrackerStore) -> None:
    for number in range(40):
        for sender in "abc":
            turn(store, f"m{number}", SlotSet("zip", sender), sender=sender)
    for sender in "abc":
        assert texts(store, sender) == expected_texts(40)
        assert fetch(store, sender).get_slot("zip") == sender
    assert sorted(run(store.keys())) == ["a", "b", "c"]


def test_rasas_own_session_start_and_saving_twice_in_a_turn(store: TrackerStore) -> None:
    turn(store, "m0", SlotSet("zip", "1"))
    tracker = fetch(store)
    tracker.update(ActionExecuted("action_session_start"))
    tracker.update_with_events([SessionStarted(), SlotSet("zip", "1"), ActionExecuted(LISTEN)], DOMAIN)
    tracker.update(UserUttered("m1", {"name": "faq"}))
    run(store.save(tracker))
    tracker.update_with_events([BotUttered("re: m1"), ActionExecuted(LISTEN)], DOMAIN)
    run(store.save(tracker))
    run(store.save(tracker))
    assert texts(store) == expected_texts(2)
    assert isinstance(fetch(store).events[0], SessionStarted)


def test_two_turns_that_overlap_are_both_kept(store: TrackerStore) -> None:
    turn(store, "m0")
    first, second = fetch(store), fetch(store)
    for number, tracker in ((1, first), (2, second)):
        tracker.update(UserUttered(f"m{number}", {"name": "faq"}))
        tracker.update_with_events([BotUttered(f"re: m{number}"), ActionExecuted(LISTEN)], DOMAIN)
        run(store.save(tracker))
    assert texts(store) == expected_texts(3)


def test_a_tracker_made_elsewhere_is_stored_as_rasa_does(store: TrackerStore) -> None:
    turn(store, "m0")
    made = DialogueStateTracker.from_events("a", [*fetch(store).events, UserUttered("m1"), BotUttered("re: m1")], DOMAIN.slots)
    run(store.save(made))
    assert texts(store) == expected_texts(2)


def test_when_the_table_could_not_be_read_the_turn_is_still_kept(store: TrackerStore) -> None:
    turn(store, "m0")
    safe = FailSafeTrackerStore(store)
    with mock.patch.object(store, "_load", side_effect=sa.exc.OperationalError("", {}, Exception())):
        turn(safe, "m1")
    assert texts(store) == expected_texts(2)


def test_what_people_write_is_in_no_log(store: TrackerStore, caplog: pytest.LogCaptureFixture) -> None:
    safe = FailSafeTrackerStore(store)
    with store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE events RENAME TO elsewhere"))
    with caplog.at_level(logging.DEBUG):
        turn(safe, "my number is 414-555-0100")
    assert "Error happened" in caplog.text
    assert "414-555-0100" not in caplog.text


def erased_turn(store: TrackerStore, *after: Event) -> None:
    """A turn whose action erases everything, as "delete my data" does."""
    tracker = fetch(store)
    tracker.update(UserUttered("yes, delete it", {"name": "faq"}))
    tracker.update(ActionExecuted("action_answer"))
    delete(store)
    tracker.update_with_events([BotUttered("Done."), *after], DOMAIN)
    run(store.save(tracker))


def test_what_was_erased_in_a_turn_is_not_written_back(store: TrackerStore) -> None:
    turn(store, "my name is Ana")
    turn(store, "hello", sender="b")  # takes the ids that come next
    erased_turn(store, ActionExecuted(LISTEN))
    assert stored(store) == []
    turn(store, "m0")
    assert texts(store) == expected_texts(1)


def test_after_erasing_only_what_follows_the_restart_is_kept(store: TrackerStore) -> None:
    turn(store, "my name is Ana", SlotSet("zip", "53215"))
    start = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("language", "es"), ActionExecuted(LISTEN)]
    erased_turn(store, Restarted(), SlotSet("language", "es"), *start)
    assert texts(store) == []
    tracker = fetch(store)
    assert (tracker.get_slot("language"), tracker.get_slot("zip")) == ("es", None)
    turn(store, "m0")
    assert texts(store) == expected_texts(1)


def test_rasa_makes_the_store_from_its_endpoints(url: str) -> None:
    config = EndpointConfig(url, type="bot.nlu.tracker_store.TrackerStore", max_session_events="80")
    made = AnyTrackerStore.create(config, DOMAIN)
    assert isinstance(made, TrackerStore)
    assert made.max_session_events == 80
    turn(made, "m0")
    made.engine.dispose()


@pytest.mark.parametrize("address", [None, ""])
def test_a_missing_address_stops_the_start(address: Optional[str]) -> None:
    with pytest.raises(RasaException, match="TRACKER_URL"):
        TrackerStore(DOMAIN, host=address)


def test_a_missing_driver_stops_the_start() -> None:
    with mock.patch.dict(sys.modules, {"psycopg2": None}), pytest.raises(RasaException, match="psycopg2"):
        TrackerStore(DOMAIN, host="postgresql://imt:hunter2@127.0.0.1:1/imt")


def test_a_server_that_is_not_there_is_waited_for_and_then_an_error(caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch("time.sleep") as slept, pytest.raises(sa.exc.OperationalError):
        TrackerStore(DOMAIN, host="postgres://imt:hunter2@127.0.0.1:1/imt")
    assert slept.call_count > 3
    assert "hunter2" not in caplog.text


def test_sqlite_is_set_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    store = TrackerStore(DOMAIN, host=f"sqlite:///{tmp_path / 'tracker.db'}")
    names = ("journal_mode", "busy_timeout", "synchronous")
    with store.engine.connect() as connection:
        found = [connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in names]
    assert found == ["wal", 5000, 1]
    store.engine.dispose()


def test_the_table_is_rasas_with_one_index_more(store: TrackerStore) -> None:
    found = sa.inspect(store.engine)
    assert {column["name"] for column in found.get_columns("events")} == set(SQLTrackerStore.SQLEvent.__table__.columns.keys())
    assert {tuple(index["column_names"]) for index in found.get_indexes("events")} == {("sender_id",), ("sender_id", "id")}
    TrackerStore(DOMAIN, host=str(store.engine.url)).engine.dispose()


def test_a_session_is_looked_up_by_an_index(store: TrackerStore) -> None:
    rows = [{"s": f"s{n % 50}", "t": "session_started" if n % 20 == 0 else "user"} for n in range(5000)]
    with store.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO events (sender_id, type_name, data) VALUES (:s, :t, '{}')"), rows)
        connection.execute(sa.text("ANALYZE"))
        explain = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
        query = _session.params(sender_id="s7").compile(store.engine, compile_kwargs={"literal_binds": True})
        plan = " / ".join(str(row[-1]) for row in connection.execute(sa.text(f"{explain} {query}")))
    assert "SCAN events" not in plan and "Seq Scan" not in plan, plan
    assert "ix_events_sender_id" in plan

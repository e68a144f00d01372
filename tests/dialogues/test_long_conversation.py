"""200 turns in one conversation: what a turn has to load stays bounded, and nothing that was said is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import cycle, islice

from tests.dialogues.stack import Stack
from tests.dialogues.test_failures import Talk, said

TURNS = 200
# A session is started anew beyond 60 events, and the turn that goes beyond has some 15 itself: see bot/nlu/tracker_store.py.
MOST_EVENTS = 80
_ASIDES = (
    "how much does it pay?",
    "why do you ask?",
    "do they drug test?",
    "what is the weather?",
    "how long does it take?",
    "is there a union?",
    "thanks",
    "where were we",
)


def test_events_stay_bounded_and_answers_are_kept(stack: Stack) -> None:
    talk = Talk(stack)
    talk.go("See if I'm ready", "I already work in a plant", "Racine, Wisconsin")
    asides, longest = list(islice(cycle(_ASIDES), TURNS)), 0
    for aside in asides:
        assert said(talk.say(aside), "ask_age_band"), aside
        longest = max(longest, _events_of_session(stack, talk.id))
    assert longest <= MOST_EVENTS
    ended = talk.go("22", "yes", "yes", "full time")
    assert said(ended, "result_ready_to_talk_seeker", "step_ask_your_employer")
    assert "Racine" in ended.cards[0]
    talk.go("yes", "yes", "Ana", "ana@example.org")
    _check_request(stack, talk.id, asides)


def _check_request(stack: Stack, conversation: str, asides: list[str]) -> None:
    """All that was said goes to the person who takes over, although it lies in many sessions."""
    query = "SELECT answers, transcript FROM handoffs WHERE conversation_id = ?"
    with closing(sqlite3.connect(f"file:{stack.database_file}?mode=ro", uri=True)) as connection:
        ((answers, transcript),) = connection.execute(query, (conversation,)).fetchall()
    spoken = [line["text"] for line in json.loads(transcript) if line["author"] == "person"]
    assert spoken[3 : 3 + len(asides)] == asides
    assert json.loads(answers)["seeker_path"] == "working"


def _events_of_session(stack: Stack, conversation: str) -> int:
    """What Rasa loads for the next turn: the events since the last start of a session."""
    query = (
        "SELECT count(*) FROM events WHERE sender_id = :id AND id >= coalesce("
        "(SELECT max(id) FROM events WHERE sender_id = :id AND type_name = 'session_started'), 0)"
    )
    with closing(sqlite3.connect(f"file:{stack.tracker_file}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute(query, {"id": conversation}).fetchone()
    return int(count)

"""What a message tells in passing about the person."""

from __future__ import annotations

from typing import Any

import pytest

from actions.learning import audience_said, learn
from actions.turn import Turn
from bot.core.geography import Place
from bot.core.heard import Decision, Entity, Heard
from bot.core.language import Language
from bot.core.routing import Audience


def turn(text: str, slots: dict[str, Any] | None = None, topic: str | None = None, **found: Any) -> Turn:
    entities = tuple(Entity(kind, value) for kind, value in found.items())
    decision = Decision.ANSWERED if topic else Decision.UNSURE
    heard = Heard(text, Language.EN, None, decision, ((topic,),) if topic else (), 0.9, entities)
    return Turn("c", slots or {}, heard, "m")


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("i own a metal shop in ohio", Audience.EMPLOYER),
        ("we make farm equipment", Audience.EMPLOYER),
        ("tengo una fabrica de tortillas", Audience.EMPLOYER),
        ("I'm a high school counselor", Audience.STAFF),
        ("soy consejera de una high school", Audience.STAFF),
        ("ask my school counselor?", None),
        ("my company doesn't take part", None),
        ("our plant is closing", None),
    ],
)
def test_whom_somebody_says_they_are(text: str, audience: Audience | None) -> None:
    assert audience_said(turn(text).heard) is audience


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("can't we just use your Illinois people", "IA"),
        ("actually I moved to Illinois", "IL"),
        ("in Illinois", "IL"),
    ],
)
def test_a_place_only_mentioned_does_not_replace_theirs(text: str, place: str) -> None:
    known = {"place": {"state": "IA", "city": None, "zip": None, "latitude": None, "longitude": None}}
    events = learn(turn(text, known, state="IL")).events
    kept = next((event["value"]["state"] for event in events if event["name"] == "place"), "IA")
    assert kept == place


def test_the_first_place_is_kept_however_it_is_said() -> None:
    learned = learn(turn("does anybody in your list know the plants around Ohio", state="OH"))
    assert (learned.place, learned.new_place) == (Place("OH"), True)


@pytest.mark.parametrize(
    ("text", "age", "band"),
    [
        ("im 14 can i join", 14.0, "under_16"),
        ("I'm 16, can I apply", 16.0, "16_17"),
        ("tengo 15 años, puedo entrar", 15.0, "under_16"),
        ("my son is 15", 15.0, None),
        ("im 15 minutes away", 15.0, None),
        ("tengo 9 empleados", 9.0, None),
        ("i'm 45", 45.0, "18_or_over"),
    ],
)
def test_only_an_own_age_counts(text: str, age: float, band: str | None) -> None:
    assert learn(turn(text, age=age)).age_band == band


@pytest.mark.parametrize(("known", "band"), [("16_17", "under_16"), ("18_or_over", "18_or_over"), (None, None)])
def test_a_number_alone_is_an_age_only_for_who_told_to_be_16_or_17(known: str | None, band: str | None) -> None:
    assert learn(turn("ok 15 actually", {"age_band": known})).age_band == band

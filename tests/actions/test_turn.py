"""What Rasa says of a message, in our words: the language of the answer, and states that are words."""

from __future__ import annotations

from typing import Any

import pytest

from actions.turn import read_heard
from bot.core.language import Language


def message(
    text: str, code: str, *entities: tuple[str, Any, str], act: str = "faq", topic: str = "", sure: bool = True
) -> dict[str, Any]:
    """A message as Rasa understood it; an entity is (kind, value, the words in the text)."""
    found = [
        {"entity": kind, "value": value, "start": text.index(words), "end": text.index(words) + len(words)}
        for kind, value, words in entities
    ]
    decision = "answered" if topic else "unsure"
    topics = [[{"topic": topic or "wages", "score": 0.9}]]
    return {
        "text": text,
        "intent": {"name": act},
        "entities": found,
        "topics": topics,
        "decision": decision,
        "language": {"code": code, "sure": sure},
    }


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        (message("Mia", "es"), "contact_name"),
        (message("Juan Carlos de la Vega", "es"), "contact_name"),
        (message("maria@hotmail.com", "es"), "contact"),
        (message("Los Angeles", "es", ("city", "Los Angeles", "Los Angeles")), "place"),
        (message("vivo en Milwaukee", "es", ("city", "Milwaukee", "Milwaukee"), sure=False), "place"),
        (message("IMT-WXHSY9", "es"), None),
        (message("banana", "es", topic="chitchat"), "seeker_path"),
        (message("si", "es", act="affirm"), "production"),
    ],
)
def test_names_numbers_and_single_words_do_not_change_the_language(heard: dict[str, Any], asked: str | None) -> None:
    assert read_heard(heard, "en", asked).language is Language.EN


def test_a_town_is_not_sure_beside_a_state_that_is_a_word() -> None:
    money = message("hay dinero del gobierno", "es", ("city", "Hay", "hay"), ("city", "Dinero", "dinero"), ("state", "DE", "del"))
    assert read_heard(money, "es").values("city", sure_only=True) == []
    assert read_heard(money, "es", "place").values("city", sure_only=True) == ["Hay", "Dinero"]
    named = message("Milwaukee del centro", "es", ("city", "Milwaukee", "Milwaukee"), ("state", "DE", "del"))
    assert read_heard(named, "es").values("city", sure_only=True) == ["Milwaukee"]


@pytest.mark.parametrize(
    "heard",
    [
        message("cuanto pagan", "es"),
        message("vivo en Milwaukee", "es", ("city", "Milwaukee", "Milwaukee")),
        message("hola", "es", act="greet"),
        message("sueldo", "es", topic="wages"),
        message("spanish please", "en", act="to_spanish"),
    ],
)
def test_enough_words_or_a_wish_change_it(heard: dict[str, Any]) -> None:
    assert read_heard(heard, "en", "place").language is Language.ES


def test_the_first_message_decides_although_it_is_unsure() -> None:
    assert read_heard(message("info", "es", sure=False), None).language is Language.ES


@pytest.mark.parametrize(
    ("heard", "asked", "states"),
    [
        (message("hi", "en", ("state", "HI", "hi"), act="greet"), "place", []),
        (message("ok", "en", ("state", "OK", "ok"), act="affirm"), "place", []),
        (message("oh", "en", ("state", "OH", "oh")), None, []),
        (message("nah ill call", "en", ("state", "IL", "ill")), "place", []),
        (message("chicago ill", "en", ("state", "IL", "ill")), "place", ["IL"]),
        (message("oh", "en", ("state", "OH", "oh")), "place", ["OH"]),
        (message("perdon, me equivoque", "es", ("state", "ME", "me")), "age_band", []),
        (message("milwaukee wi 53215", "en", ("state", "WI", "wi")), "place", ["WI"]),
        (message("Portland, ME", "en", ("state", "ME", "ME")), None, ["ME"]),
    ],
)
def test_states_that_are_words(heard: dict[str, Any], asked: str | None, states: list[str]) -> None:
    assert read_heard(heard, "en", asked).values("state") == states

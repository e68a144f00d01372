"""A number or a title for a button."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.buttons import press
from bot.core.heard import Decision, Heard
from bot.core.language import Language
from bot.knowledge.load import load_knowledge


def tracker(*titles: str, asked: str | None = None) -> Tracker:
    buttons = {"buttons": [{"title": title} for title in titles]}
    events: list[dict[str, Any]] = [
        {"event": "user"},
        {"event": "bot", "data": buttons},
        {"event": "bot", "data": {}},
        {"event": "user"},
    ]
    return Tracker("c", {"requested_slot": asked}, {}, events, False, None, {}, "action_listen")


def pressed(text: str, *titles: str, asked: str | None = None) -> Heard:
    return press(Heard(text, Language.EN), tracker(*titles, asked=asked), load_knowledge())


@pytest.mark.parametrize(
    "text",
    ["2", "2.", "2)", "#2", "opción 2", "option 2", "the second one", "la segunda", "second", "the last one", "opción dos"],
)
def test_a_number_is_the_button(text: str) -> None:
    assert pressed(text, "18 or over", "16 or 17", asked="age_band").text == "16 or 17"


@pytest.mark.parametrize("text", ["7", "0", "22", "2 or 3", "two guys", "the third one"])
def test_other_numbers_are_none(text: str) -> None:
    assert pressed(text, "18 or over", "16 or 17", asked="age_band").text == text


@pytest.mark.parametrize("asked", ["workers", "mentors", "hires"])
def test_where_a_number_is_asked_for_it_is_the_answer(asked: str) -> None:
    assert pressed("1", "Skip this question", asked=asked).text == "1"


def test_the_second_is_a_shift_where_shifts_are_asked_for() -> None:
    assert pressed("second", "Full time is fine", "Something else", asked="schedule").text == "second"


def test_a_place_on_a_list_is_left_to_the_form() -> None:
    assert pressed("2", "Springfield, IL", "Springfield, MO", asked="place").text == "2"


def test_a_title_is_the_act_or_the_topic_that_it_stands_for() -> None:
    assert pressed("4", "What IMT is", "Pay and raises", "x", "See if I'm ready").act == "check_readiness"
    wages = pressed("2", "What IMT is", "Pay and raises")
    assert (wages.decision, wages.topic) == (Decision.ANSWERED, "wages")
    assert pressed("Hablar con una persona").act == "human"


def test_a_topic_chosen_in_a_form_is_a_question_and_a_title_of_the_question_is_its_answer() -> None:
    assert pressed("Getting ready first", asked="product").is_question
    answer = pressed("I already work in a plant", asked="seeker_path")
    assert (answer.is_question, answer.topic) == (False, None)


def test_an_old_button_of_the_consent_asks_for_a_person_outside_the_form() -> None:
    assert pressed("Yes, pass it on").act == "human"
    assert pressed("Yes, pass it on", asked="consent").act is None

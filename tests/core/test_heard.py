"""A message as it was understood: its plain form, its parts, and whether it asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.heard import Decision, Entity, Heard, matches, plain
from bot.core.language import Language


def hear(text: str) -> Heard:
    return Heard(text, Language.EN)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sí, ¡Claro!", "si claro"),
        ("  DON’T   know… ", "don't know"),
        ("53215-1234", "53215 1234"),
        ("4.5 years.", "4.5 years"),
        ("Washington, D.C.", "washington d c"),
        ("18+", "18+"),
        ("👍", ""),
        ("", ""),
        ("año", "ano"),
    ],
)
def test_plain_folds_case_accents_and_punctuation(text: str, folded: str) -> None:
    assert plain(text) == folded
    assert hear(text).plain == folded


@given(st.text())
def test_plain_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is it paid?",
        "how long does it take",
        "why",
        "¿cuánto pagan",
        "cuanto pagan",
        "do I need a diploma",
        "necesito papeles",
        "can't we use your people",
        "y quién me llama",
        "and what about pay",
        "ok but how",
        "tell me about the pay",
        "quiero saber del sueldo",
        "what's IMT",
        "como aplico",
        "hay clases",
    ],
)
def test_questions_are_told_with_and_without_the_mark(text: str) -> None:
    assert hear(text).is_question


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "53215",
        "we make parts",
        "como 5 productos",
        "como no",
        "necesito un trabajo",
        "necesito trabajar",
        "I don't know",
        "do machining",
        "no",
        "",
    ],
)
def test_answers_are_no_questions(text: str) -> None:
    assert not hear(text).is_question


def test_a_mark_at_the_end_makes_a_question_that_does_not_open_as_one() -> None:
    assert hear("both?").is_question and not hear("both?").opens_as_question
    assert hear("which one").opens_as_question


def test_topic_is_the_best_of_the_first_part() -> None:
    heard = Heard("x", Language.EN, None, Decision.ANSWERED, (("wages", "benefits"), ("duration",)))
    assert heard.topic == "wages"
    assert hear("x").topic is None
    assert Heard("x", Language.EN, parts=((),)).topic is None


def test_values_are_of_one_kind_in_order_each_once_and_sure_if_asked() -> None:
    found = (Entity("city", "guys", sure=False), Entity("city", "Gary"), Entity("state", "IN"), Entity("city", "Gary"))
    heard = Heard("x", Language.EN, entities=found)
    assert heard.values("city") == ["guys", "Gary"]
    assert heard.values("city", sure_only=True) == ["Gary"]
    assert heard.values("zip") == []


def test_matches_gives_the_first_key_whose_words_stand_whole() -> None:
    patterns = {"no": "no|nope", "yes": "yes"}
    assert matches(patterns, "well no yes") == "no"
    assert matches(patterns, "yes") == "yes"
    assert matches(patterns, "nothing") is None

"""What stays of a question that is kept for review: only words that are known, and nothing about somebody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.heard import plain
from bot.core.redact import GAP, LONGEST, Vocabulary, redact

KNOWN = (
    "how much does it pay do i need a diploma can my boss friend said no the is class in for at me and name call is are you "
    "about forklift school what kid he join old years am work live street cuanto pagan hay clases de mi en espanol who told this"
)
WORDS = Vocabulary(frozenset(KNOWN.split()) | {"imt", "english"}, frozenset({"imt", "english"}))
QUESTION = "how much does it pay?"


@pytest.mark.parametrize(
    "text",
    [QUESTION, "is the English class in IMT?", "HOW MUCH DOES IT PAY", "¿cuánto pagan?", "do i need a diploma at 18", "IMT?",
     "what about work for the kid, he is 17"],
)  # fmt: skip
def test_what_is_about_nobody_stays_as_it_is(text: str) -> None:
    assert redact(text, WORDS) == text


@pytest.mark.parametrize(
    "sentence",
    ["my name is how.", "me llamo hay.", "call me at 414-555-0117.", "call me 414 555 01 17.", "ana@example.org is my friend.",
     "my friend ana at gmail dot com.", "i live at 12 the street.", "12 oak st is my work.", "53215.", "i am in 53215.",
     "my friend is Ana Lopez.", "ana lopez said no.", "www.example.org is it.", "my kid is 4/12/2009 years old.",
     "IMT-7K2MXB is my name.", "who is Mr How.", "four one four five five five is me.", "Maria Lopez.", "Ana."],
)  # fmt: skip
def test_a_sentence_about_somebody_goes(sentence: str) -> None:
    assert redact(sentence, WORDS) is None
    assert redact(f"{sentence} {QUESTION}", WORDS) == QUESTION
    assert redact(f"{QUESTION} {sentence}", WORDS) == QUESTION
    assert redact(f"{sentence}\n{QUESTION}", WORDS) == QUESTION


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my boss Grace said no, do i need a diploma", f"my boss {GAP} said no, do i need a diploma"),
        ("do i need a diploma for Work", f"do i need a diploma for {GAP}"),
        ("can i join the xylophone class", f"can i join the {GAP} class"),
        ("xylophone class", None),
        ("can the xylophone and the zither join", None),
        ("can i join ref 7K2MXB", None),
    ],
)
def test_one_word_that_is_not_known_leaves_a_gap_and_two_take_the_sentence(text: str, kept: str | None) -> None:
    assert redact(text, WORDS) == kept


def test_what_examples_would_read_as_markup_goes() -> None:
    assert redact("do i need a [diploma](place)\x07 in {class}", WORDS) == f"do i need a diploma ({GAP}) in class"
    assert redact("do i need a [diploma] in {class}", WORDS) == "do i need a diploma in class"


def test_a_long_story_is_cut_at_a_sentence() -> None:
    kept = redact(f"{QUESTION} " * 40, WORDS)
    assert kept
    assert len(kept) <= LONGEST
    assert set(kept.replace("? ", "?\n").splitlines()) == {QUESTION}


@given(st.lists(st.sampled_from([*KNOWN.split(), "Ana", "lopez", "53215", "7", "x@y.org", ".", "?", "\n", "Work", "a1b2c3"])))
def test_only_known_words_and_small_numbers_stay(parts: list[str]) -> None:
    kept = redact(" ".join(parts), WORDS) or ""
    assert set(re.findall(r"[^\W\d_]+", plain(kept))) <= WORDS.words
    assert all(len(number) <= 2 for number in re.findall(r"\d+", kept))
    assert "@" not in kept

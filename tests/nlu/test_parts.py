"""Cutting a message into questions: where it may be cut, and what must stay whole."""

import re
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.nlu.parts import MOST_PARTS, asks, split_parts

TWO = [
    ("how long is it n do i have to pay for anything", ["how long is it", "do i have to pay for anything"]),
    ("cuanto pagan y ocupo diploma?", ["cuanto pagan", "ocupo diploma?"]),
    ("Is this in Montana? And if not, could I do it online?", ["Is this in Montana?", "And if not, could I do it online?"]),
    ("donde queda la oficina y con quien pregunto ahi", ["donde queda la oficina", "con quien pregunto ahi"]),
    ("Tengo 55 años, ¿me aceptan? ¿Y el trabajo es pesado?", ["Tengo 55 años, ¿me aceptan?", "¿Y el trabajo es pesado?"]),
    ("¿Cuánto dura y las clases son en español?", ["¿Cuánto dura", "las clases son en español?"]),
]
ONE = [
    "what does it pay",
    "",
    "   ",
    "I have a green card. Is that fine?",
    "My nephew took a plea deal on a gun charge. He is 22 and a hard worker. Would any sponsor talk to him?",
    "is this new? never heard of it",
    "Compramos la empresa el año pasado y le cambiamos el nombre, ¿nos afecta?",
    "books and tools and boots",
]


@pytest.mark.parametrize(("text", "parts"), TWO)
def test_two_questions_are_cut(text: str, parts: list) -> None:
    assert split_parts(text) == parts


@pytest.mark.parametrize("text", ONE)
def test_a_story_with_one_question_stays_whole(text: str) -> None:
    assert split_parts(text) == [text]


def test_a_statement_stays_with_its_question() -> None:
    parts = split_parts("I have a green card. Is that fine, and is there any test?")
    assert parts == ["I have a green card. Is that fine", "is there any test?"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="ab¿?.,; \nyand¡é!", max_size=200) | st.text(max_size=100))
def test_parts_are_pieces_of_the_text_in_order(text: str) -> None:
    parts = split_parts(text)
    assert 1 <= len(parts) <= MOST_PARTS
    at = 0
    for part in parts:
        at = text.index(part, at) + len(part)
    assert parts == [text] or all(len(re.findall(r"\w+", part)) >= 2 for part in parts)


@pytest.mark.parametrize("unit", ["? ", "and is ", "a, ", "y ", "so ", "((("])
def test_a_long_and_odd_message_takes_no_time(unit: str) -> None:
    start = perf_counter()
    assert split_parts(unit * (4096 // len(unit)))
    assert perf_counter() - start < 0.5


@pytest.mark.parametrize(("piece", "question"), [("Is it far", True), ("hay turno de noche", True), ("I work nights.", False)])
def test_questions_are_known_without_their_mark(piece: str, question: bool) -> None:
    assert asks(piece) is question

"""A person's name and how to reach them: generous with names, and no sentence is kept as one."""

from __future__ import annotations

import pytest

from bot.core.contacts import WrongContactError, read_contact, read_name, read_times, withholds_name
from tests.core.test_replies import hear


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Pat", "Pat"),
        ("pat", "pat"),
        ("call me Pat", "Pat"),
        ("just call me Pat", "Pat"),
        ("my friends call me Big Al", "Big Al"),
        ("soy Juan", "Juan"),
        ("me llamo María José", "María José"),
        ("Mr. Lee", "Mr. Lee"),
        ("j. r. ortiz", "j. r. ortiz"),
        ("José Luis de la Cruz Peña", "José Luis de la Cruz Peña"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("My Linh", "My Linh"),
        ("Do Van Minh", "Do Van Minh"),
        ("О́льга", "О́льга"),
        ("李小龙", "李小龙"),
        ("O'Brien", "O'Brien"),
        ("Pat from HR", "Pat from HR"),
        ("la sra Martinez", "la sra Martinez"),
        ("guadalupe", "guadalupe"),
        ("this is Bob", "Bob"),
    ],
)
def test_real_names_are_taken(text: str, name: str) -> None:
    assert read_name(hear(text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "no union",
        "No union",
        "No Union",
        "Ok Whatever",
        "no hay sindicato",
        "3",
        "49503",
        "what?",
        "full time",
        "both",
        "60 workers",
        "we stamp metal parts",
        "how much does it pay",
        "quiero trabajar",
        "nobody",
        "my kid is 14",
        "im a welder",
        "sin sindicato",
        "ok whatever",
        "wat next",
        "q sigue",
        "talk to sombody",
        "¿por qué?",
    ],
)
def test_what_is_plainly_no_name_is_not_taken(text: str) -> None:
    assert read_name(hear(text)) is None


def test_a_topic_in_small_letters_is_no_name_but_in_capitals_it_may_be() -> None:
    assert read_name(hear("health benefits", topic="benefits")) is None
    assert read_name(hear("Mercedes Benz", topic="benefits")) == "Mercedes Benz"


@pytest.mark.parametrize("text", ["I'd rather not", "prefiero no decir", "no name", "sin nombre", "i don't want to give my name"])
def test_a_name_may_be_withheld(text: str) -> None:
    assert withholds_name(hear(text))
    assert read_name(hear(text)) is None


@pytest.mark.parametrize("text", ["Norma", "No Ah", "Noé"])
def test_a_name_that_begins_like_a_no_is_not_withheld(text: str) -> None:
    assert not withholds_name(hear(text))


def test_an_address_may_be_spelled_out() -> None:
    assert read_contact(hear("it is maria.v at gmail dot com")) == {"kind": "email", "value": "maria.v@gmail.com"}
    assert read_contact(hear("maria arroba example punto org")) == {"kind": "email", "value": "maria@example.org"}


def test_a_wrong_number_says_which_phrase_and_holds_nothing_else() -> None:
    with pytest.raises(WrongContactError) as raised:
        read_contact(hear("555 0134"))
    assert (raised.value.phrase, str(raised.value)) == ("phone_wrong", "phone_wrong")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("414-555-0100", None),
        ("414-555-0100 after 5 pm", "after 5 pm"),
        ("414-555-0100, mornings before 11:30", "mornings, before 11:30"),
        ("ana@example.org", None),
        ("call 414 555 0100 on Saturdays or after work", "on Saturdays, after work"),
        ("414-555-0100 between 9 and 11am", "between 9 and 11am"),
        ("414-555-0100 por la tarde", "por la tarde"),
        ("al 414-555-0100 después de las 5", "después de las 5"),
        ("414-555-0100 entre las 2 y las 4, los fines de semana no", "entre las 2 y las 4, los fines de semana"),
        ("call me at 414-555-0100 around 414-555-0199", None),
    ],
)
def test_when_somebody_asks_to_be_reached(text: str, times: str | None) -> None:
    assert read_times(text) == times


def test_a_contact_comes_with_its_times() -> None:
    assert read_contact(hear("I will call them in the morning")) == {
        "kind": "they_call", "value": "", "times": "in the morning",
    }  # fmt: skip
    assert read_contact(hear("I will call them")) == {"kind": "they_call", "value": ""}

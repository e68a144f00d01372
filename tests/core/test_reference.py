"""Reference numbers: how they look, and how people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reference import ALPHABET, LENGTH, PREFIX, find_reference, new_reference

REFERENCES = (
    st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)
    .filter(lambda body: any(map(str.isdigit, body)) and any(map(str.isalpha, body)))
    .map(lambda body: PREFIX + body)
)
GAPS = st.sampled_from(["", " ", "-", " - ", "\N{EN DASH}", "\N{EM DASH}", "\N{NON-BREAKING HYPHEN}", ": ", "#", "_", "."])
AROUND = st.sampled_from(["", "hi, my number is ", "check ", "¿cómo va ", "(", "status of: ", "ref "])
AFTER = st.sampled_from(["", "?", ".", " please", ")", ", nobody has called", "\n"])


def test_numbers_hold_no_character_that_can_be_misread() -> None:
    assert not set("01OILAEU") & set(ALPHABET)
    for _ in range(2000):
        reference = new_reference()
        body = reference.removeprefix(PREFIX)
        assert len(body) == LENGTH
        assert set(body) <= set(ALPHABET)
        assert any(map(str.isdigit, body))
        assert any(map(str.isalpha, body))
        assert find_reference(reference) == reference


def test_numbers_hardly_ever_meet() -> None:
    assert len({new_reference() for _ in range(5000)}) >= 4998


@given(REFERENCES, AROUND, GAPS, AFTER, st.booleans())
def test_a_number_is_found_however_it_is_typed(reference: str, before: str, gap: str, after: str, lower: bool) -> None:
    typed = before + "IMT" + gap + reference.removeprefix(PREFIX) + after
    assert find_reference(typed.lower() if lower else typed) == reference


@given(REFERENCES, st.sampled_from([" ", "-", " - "]), st.sampled_from([2, 3]))
def test_a_number_in_groups_is_put_together(reference: str, gap: str, size: int) -> None:
    body = reference.removeprefix(PREFIX)
    groups = [body[start : start + size] for start in range(0, LENGTH, size)]
    typed = "imt " + (" " if " " in gap else gap).join(groups).lower()
    assert find_reference(typed) == reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("imt 7k2mxa", "IMT-7K2MXA"),
        ("IMT7K2MXB", "IMT-7K2MXB"),
        ("I M T 7 K 2 M X B", "IMT-7K2MXB"),
        ("i.m.t. 7k2-mxb", "IMT-7K2MXB"),
        ("1mt-7k2mxb", "IMT-7K2MXB"),
        ("lmt-7k2mxb", "IMT-7K2MXB"),
        ("|MT-7K2MXB", "IMT-7K2MXB"),
        ("\uff29\uff2d\uff34\uff0d\uff17\uff2b\uff12\uff2d\uff38\uff22", "IMT-7K2MXB"),
        ("7k2mxb", "IMT-7K2MXB"),
        ("#7K2MXB.", "IMT-7K2MXB"),
        ("my imt reference is 7k2mxb", "IMT-7K2MXB"),
        ("mi número es 7k2mxb gracias", "IMT-7K2MXB"),
        ("code you gave me was IMT-M8V2JS, nobody has called", "IMT-M8V2JS"),
        ("tengo este codigo IMT-V6N2TB para que sirve ver como va", "IMT-V6N2TB"),
        ("ref IMT-B31KQD status please", "IMT-B31KQD"),
        ("reference IMT-5LN7CE. Has the partner made contact?", "IMT-5LN7CE"),
        ("IMT-7K2MXB and IMT-4QX9TB", "IMT-7K2MXB"),
        ("any news on imt-zkzmxb", "IMT-ZKZMXB"),
        ("IMT-725428", "IMT-725428"),
    ],
)
def test_what_people_type(text: str, expected: str) -> None:
    assert find_reference(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "imt",
        "what is imt?",
        "imt salary",
        "imt office in 53215",
        "imt rhythm",
        "imt 532244",
        "IMT 53215 WI",
        "imt 12week",
        "imt 2years",
        "is imt 18mths or 24?",
        "how much does imt cost, 24 weeks",
        "imt-7k2mxb9",
        "imt-7k2mx",
        "limt-7k2mxb",
        "k9v3r5",
        "my postcode number is K9V 3R5",
        "53215",
        "414-555-0100",
        "call me at 4145550100",
        "my imt number",
        "no tengo el número",
        "7k2mxb is what I wrote",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert find_reference(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_harm(text: str) -> None:
    found = find_reference(text)
    assert found is None or (found.startswith(PREFIX) and len(found) == len(PREFIX) + LENGTH)


@given(
    st.lists(
        st.sampled_from(["imt", "pay", "hours", "why", "rhythm", "nymph", "gym", "53215", "18", "2", "WI", "NY"]), max_size=12
    )
)
def test_words_and_amounts_are_no_numbers(words: list[str]) -> None:
    assert find_reference("imt " + " and ".join(words)) is None

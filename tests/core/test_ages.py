"""Ages of oneself and of a child."""

from __future__ import annotations

import pytest

from bot.core.ages import band_of, corrected_band, is_about_child, own_band
from tests.core.test_replies import hear


def test_band_of_an_age() -> None:
    assert [band_of(age) for age in (15.9, 16, 17.9, 18)] == ["under_16", "16_17", "16_17", "18_or_over"]


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("im 14 and want in", "under_16"),
        ("I'm under 16", "under_16"),
        ("no tengo 16", "under_16"),
        ("si me gustaria pero tengo 17", "16_17"),
        ("I'm 25 but new here", "18_or_over"),
        ("tengo 9 empleados", None),
        ("my kid is 14 and wants in", None),
        ("i'm 15 minutes away", None),
        ("we are 14", None),
    ],
)
def test_only_an_own_age_counts(text: str, band: str | None) -> None:
    assert own_band(hear(text, age=14.0) if "25" not in text and "17" not in text else hear(text)) == band


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("ok 15 actually", "under_16"), ("15", "under_16"), ("perdón, 15", "under_16"), ("no, i mean 18", "18_or_over"),
        ("en realidad 16", "16_17"), ("15 miles", None), ("we have 15", None), ("2", None), ("zip 15201", None),
    ],
)  # fmt: skip
def test_a_number_alone_corrects_an_age(text: str, band: str | None) -> None:
    assert corrected_band(hear(text)) == band


@pytest.mark.parametrize(
    "text",
    [
        "my kid is 14 and wants in",
        "mi hija tiene 15",
        "my little brother just turned 13",
        "asking for my 12 year old",
        "can my kid do it hes 15",
        "mi hijo tiene 14 años",
    ],
)
def test_a_child_of_somebody_else(text: str) -> None:
    assert is_about_child(hear(text))


@pytest.mark.parametrize("text", ["my son is 17", "my kid is 14 months", "my sister works there", "mi planta tiene 12 empleados"])
def test_no_child(text: str) -> None:
    assert not is_about_child(hear(text))

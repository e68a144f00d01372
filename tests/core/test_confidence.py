"""The marks in a partner row's free text."""

from __future__ import annotations

import pytest

from bot.core.confidence import CHANNEL_FIELDS, Freshness, read_confidence


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("OLD(street: a 2015 lease)", {"street": "2015"}),
        ("body current; OLD(street and phone: undated page)", {"street": "n.d.", "phone": "n.d."}),
        ("OLD(P.O. box, phone and email: state page of 2014-07-18)", dict.fromkeys(("street", "phone", "email"), "2014-07-18")),
        ("OLD(phone and PO Box 7972, ZIP+4 7972: guide of 2011)", {"street": "2011", "phone": "2011"}),
        ("undated (OLD: ZIP from a 2002 notice)", {"street": "2002"}),
        ("OLD(2017), primary", dict.fromkeys(CHANNEL_FIELDS, "2017")),
        ("OLD(Minnesota service: undated older page)", {}),
        ("phone was OLD once", {}),
    ],
)
def test_old_marks_name_their_fields_and_dates(text: str, old: dict[str, str]) -> None:
    assert read_confidence(text, "2025").old == old


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("OLD(city: 2017 dateline, do not show as an address)", {"city", "street"}),
        ("OLD(street and ZIP: 2002 report, do not show before checking)", {"street"}),
        ("phone left blank; city only from datelines, do not show as an address; see also x", {"city", "street"}),
        ("may be the same body as x, so do not show both without checking", set()),
        ("city from a news item", set()),
    ],
)
def test_do_not_show_hides_the_fields_it_speaks_of(text: str, hidden: set[str]) -> None:
    assert read_confidence(text, "2025").hidden == hidden


def test_freshness_by_field() -> None:
    marks = read_confidence("OLD(phone: 2014); OLD(city: 2019 dateline, do not show)", "2024-05 ; n.d. ; package 3.0.0")
    assert marks.freshness_of("phone") is Freshness.OLD
    assert marks.freshness_of("city") is Freshness.HIDDEN
    assert (marks.freshness_of("website"), marks.date_of("website")) == (Freshness.CURRENT, "2024-05")


@pytest.mark.parametrize(("text", "source_date"), [("primary; UNDATED", "2024"), ("primary", "n.d. ; package 3.0.0")])
def test_undated_rows(text: str, source_date: str) -> None:
    marks = read_confidence(text, source_date)
    assert (marks.freshness_of("phone"), marks.date_of("phone")) == (Freshness.UNDATED, "n.d.")


def test_a_name_trap_is_another_programme() -> None:
    assert read_confidence("NAME TRAP: its 'IMT' is Industrial MAINTENANCE Technician; phone not found", "2020").other_programme
    assert not read_confidence("primary; IMT role primary", "2020").other_programme

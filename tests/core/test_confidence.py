"""The marks in a partner row's free text."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.confidence import CHANNEL_FIELDS, Freshness, mark_changed, read_confidence


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


def test_what_staff_typed_anew_is_neither_old_nor_hidden_any_more() -> None:
    text = "seed partner; OLD(phone: 2014); OLD(city: 2019 dateline, do not show); UNDATED"
    changed = mark_changed(text, ["phone"], date(2026, 11, 25))
    assert changed == f"{text}; CHANGED(phone: 2026-11-25)"
    marks = read_confidence(changed, "2020")
    assert (marks.freshness_of("phone"), marks.date_of("phone")) == (Freshness.CURRENT, "2026-11-25")
    assert (marks.freshness_of("city"), marks.freshness_of("email")) == (Freshness.HIDDEN, Freshness.UNDATED)
    again = mark_changed(changed, ["street", "city"], date(2026, 12, 1))
    assert again == f"{text}; CHANGED(phone: 2026-11-25); CHANGED(street, city: 2026-12-01)"
    assert read_confidence(again, "2020").freshness_of("city") is Freshness.CURRENT
    assert mark_changed(again, ["phone"], date(2026, 12, 1)) == f"{text}; CHANGED(street, city, phone: 2026-12-01)"
    assert mark_changed("", ["email"], date(2026, 12, 1)) == "CHANGED(email: 2026-12-01)"
    assert mark_changed(mark_changed("", ["email"], date(2026, 12, 1)), [], date(2026, 12, 2)) == "CHANGED(email: 2026-12-01)"

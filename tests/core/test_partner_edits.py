"""What becomes of an office's row when staff type it anew or confirm it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.partner_edits import EDITABLE, confirm_row, edit_row, find_faults, hides_address, version_of
from bot.core.partner_rows import read_partner_rows
from tests.conftest import SEED

ROWS = {row["id"]: row for row in read_partner_rows(SEED.read_bytes())}
DAY = date(2026, 11, 25)


@pytest.mark.parametrize("office", ROWS)
def test_what_is_typed_as_it_was_changes_nothing(office: str) -> None:
    row = ROWS[office]
    assert edit_row(row, {name: f" {row[name]} " for name in EDITABLE}, DAY) == row
    assert edit_row(row, {}, DAY) == row
    assert find_faults(row) == []


def test_a_new_contact_is_neither_old_nor_confirmed() -> None:
    checked = confirm_row(ROWS["agency-oh"], date(2026, 11, 1), " Ana  Ruiz ")
    assert checked["contact_checked"] == "2026-11-01 Ana Ruiz"
    edited = edit_row(checked, {"phone": "614-644-0863"}, DAY)
    assert edited["contact_checked"] == ""
    assert edited["confidence"].endswith("; CHANGED(phone: 2026-11-25)")
    assert edited["latitude"] == checked["latitude"]
    assert edit_row(checked, {"phone": ""}, DAY)["confidence"] == checked["confidence"], "what is gone needs no mark"
    assert edit_row(checked, {"states_served": "OH; KY"}, DAY)["contact_checked"] == checked["contact_checked"]


@pytest.mark.parametrize(
    ("typed", "basis", "latitude"),
    [
        ({"zip": "53703", "city": "Madison"}, "zip", "43.1"),
        ({"zip": "", "city": "Madison"}, "city", "43.1"),
        ({"zip": "", "city": "Nowhere at all"}, "none", ""),
        ({"zip": "90210", "city": ""}, "none", ""),
    ],
)
def test_an_office_that_moves_is_where_its_zip_or_city_is(typed: dict[str, str], basis: str, latitude: str) -> None:
    edited = edit_row(ROWS["wrtp"], typed, DAY)
    assert edited["coord_basis"] == basis
    assert (f"{float(edited['latitude']):.1f}" if edited["latitude"] else "") == latitude
    assert ("zip" in {column for column, _ in find_faults(edited)}) == (typed["zip"] == "90210")


def test_an_address_for_distance_only_is_shown_once_somebody_says_so() -> None:
    assert hides_address(ROWS["kdp"])
    shown = edit_row(ROWS["kdp"], {}, DAY, show_address=True)
    assert not hides_address(shown)
    assert shown["latitude"] == ROWS["kdp"]["latitude"]
    assert not hides_address(edit_row(ROWS["kdp"], {"street": "1 Main Street"}, DAY))


def test_every_fault_is_found_at_once() -> None:
    typed = {"street": "=SUM(A1)", "phone": "1", "email": "x" * 300, "states_served": "", "serves": ""}
    assert {column for column, _ in find_faults(edit_row(ROWS["wrtp"], typed, DAY))} == set(typed)


def test_a_version_stands_for_what_a_form_shows() -> None:
    row = ROWS["wrtp"]
    assert version_of(row) == version_of(confirm_row(row, DAY, "Ana"))
    assert len({version_of(row | {name: "other"}) for name in EDITABLE} | {version_of(row)}) == len(EDITABLE) + 1

"""The partner file: every error at once, and nothing else ever raised."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.partner_rows import COLUMNS, PartnerFileError, group_organisations, read_partner_rows, write_partner_rows
from tests.conftest import SEED

GOOD = dict.fromkeys(COLUMNS, "") | {
    "id": "new-wi", "name": "New, “Partner”", "kind": "regional", "state": "WI", "zip": "53202", "latitude": "43.0506",
    "longitude": "-87.8968", "states_served": "WI;MN", "serves": "candidates;employers", "coord_basis": "zip",
    "phone": "414-342-9787", "email": "hello@wrtp.org", "website": "https://wrtp.org",
}  # fmt: skip


def file_of(*rows: dict[str, str]) -> bytes:
    return write_partner_rows([dict(row) for row in rows]).encode()


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(PartnerFileError) as caught:
        read_partner_rows(data)
    return [str(error) for error in caught.value.errors]


def test_the_seed_is_read_whole() -> None:
    rows = read_partner_rows(SEED.read_bytes())
    assert len(rows) == 46
    assert read_partner_rows(file_of(*rows)) == rows


def test_a_good_row_is_read_and_put_into_one_spelling() -> None:
    loose = GOOD | {"states_served": "WI; MN;WI", "serves": "employers; candidates", "latitude": "43.05060"}
    assert read_partner_rows(file_of(loose)) == [GOOD | {"states_served": "MN;WI"}]
    assert read_partner_rows(b"\xef\xbb\xbf" + file_of(GOOD).replace(b"\n", b"\r\n"))[0]["name"] == GOOD["name"]


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"id": ""}, "id", "needs an id"),
        ({"id": "New Partner"}, "id", "is not an id"),
        ({"name": ""}, "name", "needs a name"),
        ({"states_served": ""}, "states_served", "the states it serves"),
        ({"states_served": "WI;Ohio"}, "states_served", "“Ohio” is not a state"),
        ({"state": "ZZ"}, "state", "“ZZ” is not a state"),
        ({"kind": "local"}, "kind", "regional, state_agency, national"),
        ({"serves": "candidate"}, "serves", "“candidate” is not an audience"),
        ({"zip": "00000"}, "zip", "no ZIP code 00000"),
        ({"zip": "60601"}, "zip", "in IL, not in WI"),
        ({"latitude": "34.05"}, "latitude", "lies outside WI"),
        ({"longitude": "87.9"}, "longitude", "lies outside WI"),
        ({"latitude": "nan"}, "latitude", "not a number"),
        ({"longitude": ""}, "latitude", "both latitude and longitude"),
        ({"coord_basis": "guess"}, "coord_basis", "zip, city, street, none"),
        ({"coord_basis": "none"}, "coord_basis", "exactly where"),
        ({"website": "wrtp.org"}, "website", "https://"),
        ({"website": "javascript:alert(1)"}, "website", "https://"),
        ({"email": "hello at wrtp"}, "email", "e-mail address"),
        ({"phone": "555-1234"}, "phone", "telephone number"),
        ({"contact_checked": "last week"}, "contact_checked", "2026-11-30"),
        ({"contact_checked": "2026-02-30"}, "contact_checked", "2026-11-30"),
        ({"languages": "Spanish"}, "languages", "language code"),
        ({"source_url": "https://a.org ; http://"}, "source_url", "web address"),
        ({"name": "Two\nlines"}, "name", "invisible character"),
    ],
)
def test_each_fault_is_named_with_line_and_column(changes: dict[str, str], column: str, words: str) -> None:
    faults = faults_of(file_of(GOOD, GOOD | {"id": "other-wi"} | changes))
    assert len(faults) == 1
    assert faults[0].startswith(f"line 3, {column}: ")
    assert words in faults[0]


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    faults = faults_of(file_of(GOOD | {"kind": "x", "zip": "0"}, GOOD, GOOD | {"phone": "1"}))
    places = [fault.split(":")[0] for fault in faults]
    assert places == ["line 2, kind", "line 2, zip", "line 3, id", "line 4, id", "line 4, phone"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (file_of(), "no office below"),
        (file_of(GOOD).replace(b"short_name", b"shortname"), "Did you mean short_name?"),
        (file_of(GOOD).replace(b"confidence,", b""), "confidence: This column is missing"),
        (file_of(GOOD).replace(b"street,city", b"city,city"), "city: This column is there twice"),
        (file_of(GOOD).replace(b",", b";"), "semicolons"),
        (file_of(GOOD).replace(b",", b"\t"), "tabs"),
        (file_of(GOOD | {"name": "Compañía"}).decode().encode("latin-1", "replace"), "line 2: The file is not in UTF-8"),
        (file_of(GOOD).decode().encode("utf-16"), "not in UTF-8"),
        (file_of(GOOD) + b"a,b\n", "2 cells and the first line 21"),
        (file_of(GOOD) + b'"never closed', "not valid CSV"),
    ],
)
def test_faults_of_the_file_itself(data: bytes, words: str) -> None:
    assert any(words in fault for fault in faults_of(data))


def test_names_of_columns_may_be_in_capitals() -> None:
    head, body = file_of(GOOD).split(b"\n", 1)
    assert read_partner_rows(head.upper() + b"\n" + body) == read_partner_rows(file_of(GOOD))


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30) | st.sampled_from(["WI", "53202", "1e5", "-"]), max_size=5))
def test_any_cells_are_read_or_refused_with_reasons(changes: dict[str, str]) -> None:
    try:
        rows = read_partner_rows(write_partner_rows([GOOD | changes]).encode("utf-8", "surrogatepass"))
    except PartnerFileError as error:
        assert error.errors
    else:
        assert read_partner_rows(file_of(*rows)) == rows


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_reasons(data: bytes) -> None:
    assert faults_of(data)


def test_offices_of_one_organisation_and_bodies_that_may_be_one() -> None:
    rows = read_partner_rows(Path(SEED).read_bytes())
    groups = group_organisations({row["id"]: row["confidence"] for row in rows})
    assert groups["wrtp-madison"] == groups["wrtp-racine"] == groups["wrtp"] == ("wrtp", "wrtp")
    assert groups["cfl-wci-westchester"][0] == "cfl-wci"
    assert groups["ajac-wa-spokane"][0] == "ajac-wa"
    assert groups["mi-hrdi"] == ("mi-hrdi", groups["mi-wdi"][1])
    assert len({organisation for organisation, _ in groups.values()}) == 42
    assert len({counts_as for _, counts_as in groups.values()}) == 41

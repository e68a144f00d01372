"""What is wrong with one row of a partner file, in the words of the person who filled it in.

Responsible for one row at a time. Must not know files, lines or databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.core.geography import lookup_zip, state_box
from bot.core.routing import Audience, OfficeKind
from bot.core.states import STATES

Cells = dict[str, str]
Fault = tuple[str, str]  # column, sentence
AUDIENCES = {"candidates": Audience.SEEKER, "employers": Audience.EMPLOYER}
COORD_BASES = ("zip", "city", "street", "none")
_REQUIRED = {
    "id": "an id",
    "name": "a name",
    "state": "a state",
    "states_served": "the states it serves",
    "serves": "whom it serves",
}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CHECKED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: (.+))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_cells(cells: Cells) -> list[Fault]:
    """Every fault of a row, column by column; an empty list when it can be imported."""
    return [fault for check in _CHECKS for fault in check(cells)]


def split_list(text: str) -> list[str]:
    """The parts of a cell such as "WI; MN"."""
    return [part.strip() for part in text.split(";") if part.strip()]


def split_checked(text: str) -> tuple[date, str] | None:
    """The day and, where given, the person of a cell such as "2026-11-30 Ana". Raises ValueError when it is no date."""
    match = _CHECKED.fullmatch(text)
    if text and not match:
        raise ValueError(text)
    return (date.fromisoformat(match[1]), match[2] or "") if match else None


def _missing(cells: Cells) -> Iterator[Fault]:
    for column, what in _REQUIRED.items():
        if not cells[column]:
            yield column, f"Every office needs {what}."


def _control_characters(cells: Cells) -> Iterator[Fault]:
    for column, text in cells.items():
        if _CONTROL.search(text):
            yield column, "There is a line break or another invisible character in this cell. Type it again on one line."


def _formulas(cells: Cells) -> Iterator[Fault]:
    for column in ("name", "short_name", "street", "city"):
        if cells[column].startswith(("=", "+", "-", "@")):
            yield column, "A spreadsheet would take this for a formula. Begin with a letter or a digit."


def _identity(cells: Cells) -> Iterator[Fault]:
    if cells["id"] and (not _ID.fullmatch(cells["id"]) or len(cells["id"]) > 64):
        yield "id", f"“{cells['id']}” is not an id. Use small letters, digits and single hyphens, at most 64, as in wrtp-madison."
    if cells["kind"] not in list(OfficeKind):
        yield "kind", f"“{cells['kind']}” is not a kind of office. Use one of: {', '.join(OfficeKind)}."


def _states(cells: Cells) -> Iterator[Fault]:
    for column in ("state", "states_served"):
        for code in split_list(cells[column]):
            if code not in STATES:
                yield column, f"“{code}” is not a state. Use the two capital letters, as in WI."
    if len(split_list(cells["state"])) > 1:
        yield "state", "An office stands in one state. Put the states it serves into states_served."


def _lists(cells: Cells) -> Iterator[Fault]:
    for part in split_list(cells["serves"]):
        if part not in AUDIENCES:
            yield "serves", f"“{part}” is not an audience. Use candidates, employers or candidates;employers."
    for part in split_list(cells["languages"]):
        if not re.fullmatch("[a-z]{2}", part):
            yield "languages", f"“{part}” is not a language code. Use two small letters, as in en;es."


def _zip(cells: Cells) -> Iterator[Fault]:
    if not cells["zip"]:
        return
    place = lookup_zip(cells["zip"])
    if place is None:
        yield "zip", f"There is no ZIP code {cells['zip']} in any state."
    elif cells["state"] in STATES and place.state != cells["state"]:
        yield "zip", f"ZIP code {cells['zip']} is in {place.state}, not in {cells['state']}."


def _coordinates(cells: Cells) -> Iterator[Fault]:
    given = [column for column in ("latitude", "longitude") if cells[column]]
    if cells["coord_basis"] not in COORD_BASES:
        yield "coord_basis", f"“{cells['coord_basis']}” is not known. Use one of: {', '.join(COORD_BASES)}."
    elif (cells["coord_basis"] == "none") != (not given):
        yield "coord_basis", "Use none exactly where latitude and longitude are blank."
    if len(given) == 1:
        yield given[0], "Give both latitude and longitude, or neither."
    for column in given:
        yield from _coordinate(column, cells[column], cells["state"])


def _coordinate(column: str, text: str, state: str) -> Iterator[Fault]:
    number = as_number(text)
    if number is None:
        yield column, f"“{text}” is not a number of degrees, as in 43.0533."
    elif state in STATES:
        south, north, west, east = state_box(state)
        low, high = (south, north) if column == "latitude" else (west, east)
        if not low <= number <= high:
            yield column, f"{text} lies outside {state}, where {column} runs from {low:.2f} to {high:.2f}."


def as_number(text: str) -> float | None:
    """Degrees in plain decimals; None for anything else."""
    return float(text) if re.fullmatch(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?", text) else None


def _contacts(cells: Cells) -> Iterator[Fault]:
    if cells["phone"] and not _is_phone(cells["phone"]):
        yield "phone", f"“{cells['phone']}” is not a telephone number that exists in the United States."
    if cells["email"] and not _is_email(cells["email"]):
        yield "email", f"“{cells['email']}” is not an e-mail address."
    if cells["website"] and not _is_url(cells["website"]):
        yield "website", f"“{cells['website']}” is not a web address. It must start with https:// or http://."
    for part in split_list(cells["source_url"]):
        if "://" in part and not _is_url(part):
            yield "source_url", f"“{part}” is not a web address. It must start with https:// or http://."


def _checked_on(cells: Cells) -> Iterator[Fault]:
    try:
        split_checked(cells["contact_checked"])
    except ValueError:
        yield "contact_checked", f"“{cells['contact_checked']}” is not a date. Use 2026-11-30, and after it the name if you like."


def _is_phone(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number_for_region(phonenumbers.parse(text, "US"), "US")
    except phonenumbers.NumberParseException:
        return False


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host)) and " " not in text


_CHECKS: tuple[Callable[[Cells], Iterator[Fault]], ...] = (
    _missing, _control_characters, _formulas, _identity, _states, _lists, _zip, _coordinates, _contacts, _checked_on,
)  # fmt: skip

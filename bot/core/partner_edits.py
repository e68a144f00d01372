"""What becomes of an office's row when staff type its contact data anew, or say that they have checked them.

Pure. Must not know forms or databases, nor what makes a cell right (partner_checks).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from bot.core.confidence import CHANNEL_FIELDS, Freshness, mark_changed, read_confidence
from bot.core.geography import Place, lookup_city, lookup_zip
from bot.core.partner_checks import Cells, Fault, check_cells
from bot.core.partner_rows import canonical, degrees_text

EDITABLE = ("phone", "email", "website", "street", "city", "state", "zip", "states_served", "serves")
_ADDRESS = ("street", "city", "state", "zip")
_LONGEST = 200


def edit_row(row: Cells, typed: Mapping[str, str], day: date, show_address: bool = False) -> Cells:
    """The row with what was typed. What is new is not old any more, and nobody has checked it yet.

    `show_address` takes an address that was for distance only as one to be shown.
    """
    edited = canonical(row | {column: typed.get(column, row[column]).strip() for column in EDITABLE})
    moved = any(edited[column] != row[column] for column in _ADDRESS)
    changed = {field for field in CHANNEL_FIELDS if edited[field] != row[field]}
    if moved or show_address:
        changed |= {"street", "city"}
    if moved:
        edited |= _position(edited)
    if changed:
        named = [field for field in CHANNEL_FIELDS if field in changed and edited[field]]
        edited |= {"confidence": mark_changed(row["confidence"], named, day), "contact_checked": ""}
    return edited


def confirm_row(row: Cells, day: date, name: str) -> Cells:
    """The row after somebody has checked its contact data."""
    return row | {"contact_checked": f"{day} {' '.join(name.split())}".strip()}


def find_faults(row: Cells) -> list[Fault]:
    """Everything that is wrong with a row that was typed."""
    long = [(name, f"Use at most {_LONGEST} characters.") for name in EDITABLE if len(row[name]) > _LONGEST]
    return long + check_cells(row)


def hides_address(row: Cells) -> bool:
    """Whether people are not shown where the office is."""
    marks = read_confidence(row["confidence"], row["source_date"])
    return any(row[field] and marks.freshness_of(field) is Freshness.HIDDEN for field in ("street", "city"))


def version_of(row: Cells) -> str:
    """Stands for what somebody was shown, so that it is noticed when it is something else by the time they save."""
    return sha256(repr([row[column] for column in EDITABLE]).encode()).hexdigest()[:16]


def _position(row: Cells) -> Cells:
    """Where the new address is, as well as its ZIP code or else its city tells."""
    of_zip = lookup_zip(row["zip"]) if row["zip"] else None
    of_city = next(iter(lookup_city(row["city"], row["state"])), None) if row["city"] else None
    for basis, place in (("zip", of_zip), ("city", of_city)):
        if place is not None and place.state == row["state"] and place.latitude is not None:
            return _cells_of(basis, place)
    return _cells_of("none", Place(row["state"]))


def _cells_of(basis: str, place: Place) -> Cells:
    return {"coord_basis": basis, "latitude": degrees_text(place.latitude), "longitude": degrees_text(place.longitude)}

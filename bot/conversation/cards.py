"""Cards of offices with where they are: coordinates and a link to a map, where both are known well enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from bot.store.database import Database
from bot.store.office_cards import find_coordinates

_MAP = "https://www.google.com/maps/search/?"


def place_cards(database: Database, cards: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The cards as the assistant sent them, each with `latitude`, `longitude` and `map_link` where there are any."""
    listed = list(cards)
    found = find_coordinates(database, [str(card["office_id"]) for card in listed if card.get("office_id")])
    return tuple({**card, **_place(card, found.get(str(card.get("office_id"))))} for card in listed)


def _place(card: Mapping[str, Any], where: tuple[float, float] | None) -> dict[str, Any]:
    place: dict[str, Any] = {"latitude": where[0], "longitude": where[1]} if where else {}
    address = _address(card)
    if address:
        place["map_link"] = _MAP + urlencode({"api": 1, "query": address})
    return place


def _address(card: Mapping[str, Any]) -> str:
    """Of an office with a street: a town alone is no place to go to."""
    street, city = ((card.get(part) or {}).get("value") for part in ("street", "city"))
    last = " ".join(str(card[part]) for part in ("state", "zip") if card.get(part))
    return ", ".join(filter(None, (street, city, last))) if street else ""

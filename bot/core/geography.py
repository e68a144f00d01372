"""Places: from a ZIP code, a city or a state as people write them to a state and coordinates.

Responsible for reading places. Must not know offices, partners or databases; its only outside data is the table in the
`zipcodes` wheel, read once when first needed.

Two decisions. Military ZIPs (APO, FPO, DPO) and those of the freely associated states (FM, MH, PW) name no state that
an office could serve: they give no place. A ZIP without coordinates stands at the mean of its city, or at none.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import zipcodes

from bot.core.grid import miles_between
from bot.core.language import Language
from bot.core.states import STATES

__all__ = [
    "Place", "foreign_country", "lookup_city", "lookup_zip", "meant_cities", "miles_between", "state_box", "state_name",
    "state_named",
]  # fmt: skip

_WHEEL: Any = zipcodes
_ZIP = re.compile(r"\s*([0-9]{5})(?:[- ]?[0-9]{4})?\s*")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_CITY_ZIPS = 5
_BOX_MARGIN = 0.35  # degrees; a ZIP's centroid lies inside its state, an office may stand at the edge
_LONG_FORMS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "hts": "heights", "pt": "point", "spgs": "springs"}
_CANADIAN_POSTCODE = re.compile(r"\b[abceghj-nprstvxy][0-9][abceghj-nprstv-z][ -]?[0-9][abceghj-nprstv-z][0-9]\b")
_CANADIAN_PLACE = re.compile(r"(?<!la )\bcanada\b|\bbritish columbia\b|\bsaskatchewan\b|\bnova scotia\b|\bwindsor ontario\b")
_MEXICAN_POSTCODE = re.compile(r"\b(?:c ?p|codigo postal) ([0-9]{5})\b")
_MEXICO = re.compile(r"(?<!new )(?<!nuevo )(?<!gulf of )(?<!golfo de )\bmexico\b(.*)")
_MEXICAN_PLACE = re.compile(
    r"\b(?:cdmx|ciudad juarez|tijuana|mexicali|reynosa|matamoros|nuevo laredo|nuevo leon|guadalajara|jalisco|michoacan"
    r"|oaxaca|zacatecas|sinaloa|tamaulipas|baja california|chihuahua|coahuila|queretaro|aguascalientes)\b"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: two-letter state, and in degrees where the ZIP or the city lies; a bare state has no coordinates."""

    state: str
    city: str | None = None
    zip: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(slots=True)
class _Spot:
    """The ZIPs of one name in one state, added up."""

    city: str
    state: str
    alias: bool
    zips: int = 0
    located: int = 0
    latitudes: float = 0.0
    longitudes: float = 0.0

    def add(self, latitude: float, longitude: float) -> None:
        self.zips += 1
        if latitude or longitude:
            self.located += 1
            self.latitudes += latitude
            self.longitudes += longitude

    def join(self, other: _Spot) -> None:
        self.zips, self.located = self.zips + other.zips, self.located + other.located
        self.latitudes, self.longitudes = self.latitudes + other.latitudes, self.longitudes + other.longitudes

    def place(self) -> Place:
        if not self.located:
            return Place(self.state, self.city)
        return Place(
            self.state, self.city, None, round(self.latitudes / self.located, 4), round(self.longitudes / self.located, 4)
        )


_Spots = dict[tuple[str, str], _Spot]


@dataclass(slots=True)
class _Box:
    """The span of a state's ZIPs in degrees."""

    south: float = 90.0
    north: float = -90.0
    west: float = 180.0
    east: float = -180.0

    def add(self, latitude: float, longitude: float) -> None:
        self.south, self.north = min(self.south, latitude), max(self.north, latitude)
        self.west, self.east = min(self.west, longitude), max(self.east, longitude)


@dataclass
class _Index:
    """Every city by its folded name, and the box of every state."""

    cities: dict[str, list[_Spot]] = field(default_factory=dict)
    boxes: dict[str, _Box] = field(default_factory=dict)


def lookup_zip(text: str) -> Place | None:
    """The place of a ZIP code written as 53202, 53202-1234 or 532021234; None when there is no such ZIP in a state."""
    match = _ZIP.fullmatch(text)
    return _place_of_zip(match[1]) if match else None


def lookup_city(name: str, state: str | None = None) -> tuple[Place, ...]:
    """The places of that name, one for each state that has one, biggest first by number of ZIPs."""
    spots = _index().cities.get(_fold_city(name), [])
    biggest_first = sorted(spots, key=lambda spot: (-spot.zips, spot.state))
    return tuple(spot.place() for spot in biggest_first if state in (None, spot.state))


def meant_cities(name: str, state: str | None = None) -> tuple[Place, ...]:
    """The places that somebody may mean: "Milwaukee" is the one in Wisconsin, not a hamlet of that name elsewhere.

    A name stands for its biggest place alone where that has at least five ZIPs and five times as many as the next.
    """
    found = lookup_city(name, state)
    if len(found) < 2:
        return found
    zips = {spot.state: spot.zips for spot in _index().cities[_fold_city(name)]}
    biggest, next_one = zips[found[0].state], zips[found[1].state]
    return found[:1] if biggest >= _CITY_ZIPS and biggest >= _CITY_ZIPS * next_one else found


def state_named(text: str) -> str | None:
    """The code of a state named in English, in Spanish or in short ("Wis.", "N.Y."); digits never name a state."""
    words = _fold(text)
    bare = re.sub(r"^(?:the )?state of |^(?:el )?estado de ", "", words)
    letters = words.split()
    joined = "".join(letters) if all(len(letter) == 1 for letter in letters) else ""
    names = _state_names()
    return names.get(words) or names.get(bare) or names.get(joined)


def state_name(code: str, language: Language) -> str:
    """The name of a state in that language. Raises KeyError for an unknown code."""
    return STATES[code].spanish if language is Language.ES else STATES[code].english


def state_box(code: str) -> tuple[float, float, float, float]:
    """South, north, west and east of a state in degrees, with a margin. Raises KeyError for an unknown code."""
    box = _index().boxes[code]
    return box.south - _BOX_MARGIN, box.north + _BOX_MARGIN, box.west - _BOX_MARGIN, box.east + _BOX_MARGIN


def foreign_country(text: str) -> str | None:
    """ "CA" or "MX" where the text means Canada or Mexico for certain.

    A bare number of five digits is never foreign. "CP 53202" is how Spanish speakers write a ZIP code here, so a
    postcode after "CP" is Mexican only where no ZIP code has that number.
    """
    words = _fold(text)
    if _CANADIAN_POSTCODE.search(text.lower()) or _CANADIAN_PLACE.search(words):
        return "CA"
    return "MX" if _means_mexico(words) else None


def _means_mexico(words: str) -> bool:
    postcode = _MEXICAN_POSTCODE.search(words)
    if postcode and lookup_zip(postcode[1]) is None:
        return True
    country = _MEXICO.search(words)
    in_a_state = country is not None and state_named(country[1]) is not None  # Mexico, Missouri
    return bool(_MEXICAN_PLACE.search(words) or (country and not in_a_state))


@lru_cache(maxsize=8192)
def _place_of_zip(digits: str) -> Place | None:
    rows = _WHEEL.matching(digits)
    if not rows or rows[0]["state"] not in STATES:
        return None
    state, city = rows[0]["state"], rows[0]["city"]
    latitude, longitude = float(rows[0]["lat"] or 0), float(rows[0]["long"] or 0)
    if latitude or longitude:
        return Place(state, city, digits, latitude, longitude)
    mean = next(iter(lookup_city(city, state)), Place(state))
    return Place(state, city, digits, mean.latitude, mean.longitude)


@lru_cache(maxsize=1)
def _state_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, state in STATES.items():
        for name in (code, state.english, state.spanish, *state.other_names):
            names[_fold(name)] = code
    return names


@lru_cache(maxsize=1)
def _index() -> _Index:
    index = _Index()
    cities: _Spots = {}
    aliases: _Spots = {}
    for digit in "0123456789":  # a tenth at a time: the whole list at once takes 100 MB for a moment
        for row in _WHEEL.similar_to(digit):
            if row["state"] in STATES:
                _add_row(row, index.boxes, cities, aliases)
    _file_spots(index.cities, cities, aliases=False)
    _file_spots(index.cities, aliases, aliases=True)
    return index


def _add_row(row: dict[str, Any], boxes: dict[str, _Box], cities: _Spots, aliases: _Spots) -> None:
    state, city, latitude, longitude = sys.intern(row["state"]), row["city"], float(row["lat"] or 0), float(row["long"] or 0)
    spot = cities.get((city, state))
    if spot is None:
        spot = cities[city, state] = _Spot(city, state, alias=False)
    spot.add(latitude, longitude)
    for alias in _aliases(row):
        known = aliases.get((alias, state))
        if known is None:
            known = aliases[alias, state] = _Spot(spot.city, state, alias=True)
        known.add(latitude, longitude)
    if latitude or longitude:
        boxes.setdefault(state, _Box()).add(latitude, longitude)


def _aliases(row: dict[str, Any]) -> list[str]:
    """Other names of a ZIP's place. Those the post refuses count for ordinary ZIPs only: on others they are firms."""
    names = list(row["acceptable_cities"])
    if row["zip_code_type"] == "STANDARD":
        names += row["unacceptable_cities"]
    return [name for name in names if len(name) > 2]


def _file_spots(cities: dict[str, list[_Spot]], spots: _Spots, *, aliases: bool) -> None:
    """Spots under their folded name, one a state: "St Paul" joins "Saint Paul"; an alias yields to a city of its name."""
    for (name, state), spot in spots.items():
        filed = cities.setdefault(_fold_city(name), [])
        known = _spot_in(filed, state)
        if known is None:
            filed.append(spot)
        elif known.alias == aliases:
            known.join(spot)


def _spot_in(spots: list[_Spot], state: str) -> _Spot | None:
    for spot in spots:
        if spot.state == state:
            return spot
    return None


def _fold_city(name: str) -> str:
    words = _fold(name).split()
    return " ".join([_LONG_FORMS.get(word, word) for word in words])


def _fold(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces."""
    if text.isascii() and text.replace(" ", "").isalpha():
        return " ".join(text.lower().split())
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("’", "'")
    return " ".join(_NO_WORD.sub(" ", text.lower().replace("'s", "s")).split())

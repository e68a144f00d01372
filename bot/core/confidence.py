"""What the free text in a partner row's `confidence` and `source_date` says about each piece of contact data.

Responsible for reading the marks that facts/gaps.md D describes. Must not know databases or how offices are shown.

    OLD(street and phone: why)      these fields are old          OLD(2018)     everything in the row is old
    OLD(city: why, do not show)     the field is for distance only
    city from a dateline, do not show as an address               the same, outside OLD
    UNDATED                         nothing in the row has a date
    fallback for every state        the office serves every state
    NAME TRAP: …                    its "IMT" is another programme, so that it comes after every office of this one
    CHANGED(phone: 2026-11-30)      typed anew by staff on that day: what older marks say of the field is past
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Freshness(StrEnum):
    """How far a piece of contact data can be trusted; hidden is for distance only."""

    CURRENT = "current"
    UNDATED = "undated"
    OLD = "old"
    HIDDEN = "hidden"


NO_DATE = "n.d."
_OLD = re.compile(r"\bOLD(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|: ([^;)]*))")
_CHANGED = re.compile(r"(?:; )?\bCHANGED\(([^():]*): ([0-9-]{10})\)")
_DATE = re.compile(r"\b(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])\b(?:-[0-9]{2})?)?\b")
_FIELDS = {
    "street": re.compile(r"\bstreet\b|\bp\.?o\.? box\b|\baddress\b|\bzip\b"),
    "city": re.compile(r"\bcity\b|\baddress\b"),
    "phone": re.compile(r"\bphone\b"),
    "email": re.compile(r"\be-?mail\b"),
    "website": re.compile(r"\bwebsite\b|\bweb address\b"),
}
CHANNEL_FIELDS = tuple(_FIELDS)


@dataclass(frozen=True)
class Confidence:
    """The marks of one row. `old` and `changed` map a field to the latest year or date that its mark names."""

    old: dict[str, str]
    changed: dict[str, str]
    hidden: frozenset[str]
    undated: bool
    newest_date: str
    everywhere: bool
    other_programme: bool

    def freshness_of(self, field: str) -> Freshness:
        if field in self.changed:
            return Freshness.CURRENT
        if field in self.hidden:
            return Freshness.HIDDEN
        if field in self.old:
            return Freshness.OLD
        return Freshness.UNDATED if self.undated else Freshness.CURRENT

    def date_of(self, field: str) -> str:
        """The date to show beside a field, "n.d." where none is known."""
        return self.changed.get(field) or self.old.get(field, self.newest_date)


def read_confidence(confidence: str, source_date: str) -> Confidence:
    """The marks in the two columns of a row."""
    newest, changed, confidence = _latest_date(source_date), _changed_in(confidence), _CHANGED.sub("", confidence)
    marks = [mark[1] or mark[2] or "" for mark in _OLD.finditer(confidence)]
    old = {field: _latest_date(mark) for mark in marks for field in _fields_of_mark(mark)}
    hidden = {field for text in _hiding_texts(confidence, marks) for field in _fields_in(text)}
    undated = "UNDATED" in confidence or newest == NO_DATE
    everywhere = "fallback for every state" in confidence.lower()
    trap = "NAME TRAP" in confidence
    return Confidence(old, changed, _with_street(hidden), undated, NO_DATE if undated else newest, everywhere, trap)


def mark_changed(confidence: str, fields: Collection[str], day: date) -> str:
    """The column after staff have typed these fields anew."""
    changed = _changed_in(confidence) | dict.fromkeys(fields, day.isoformat())
    of_day = {each: [field for field in CHANNEL_FIELDS if changed.get(field) == each] for each in sorted(set(changed.values()))}
    marks = [f"CHANGED({', '.join(named)}: {each})" for each, named in of_day.items()]
    return "; ".join(filter(None, (_CHANGED.sub("", confidence).removeprefix("; "), *marks)))


def _changed_in(confidence: str) -> dict[str, str]:
    return {field: mark[2] for mark in _CHANGED.finditer(confidence) for field in _fields_in(mark[1])}


def _fields_of_mark(mark: str) -> tuple[str, ...]:
    """The fields a mark is about; one without fields and without reason, as OLD(2018), is about all."""
    head, colon, _ = mark.partition(":")
    return _fields_in(head) or (() if colon else CHANNEL_FIELDS)


def _hiding_texts(confidence: str, marks: list[str]) -> list[str]:
    clauses = _OLD.sub("", confidence).split(";")
    heads = [mark.partition(":")[0] for mark in marks if "do not show" in mark.lower()]
    return heads + [clause for clause in clauses if "do not show" in clause.lower()]


def _fields_in(text: str) -> tuple[str, ...]:
    return tuple(field for field, pattern in _FIELDS.items() if pattern.search(text.lower()))


def _with_street(hidden: set[str]) -> frozenset[str]:
    """A street without its city would show what the mark hides."""
    return frozenset(hidden | {"street"} if "city" in hidden else hidden)


def _latest_date(text: str) -> str:
    return max(_DATE.findall(text), default=NO_DATE)

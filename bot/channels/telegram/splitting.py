"""Cuts texts into pieces that Telegram takes: at paragraphs, then at lines, sentences and words.

Telegram counts UTF-16 units where it counts characters; nothing here knows its library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_BOUNDARIES = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[.!?…]+[”\"')»]*(?=\s)", r"\s")))


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def split(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces of at most `longest` units, none of them blank; nothing but white space is lost between them."""
    return list(_pieces(text.strip(), longest))


def _pieces(text: str, longest: int) -> Iterator[str]:
    while units(text) > longest:
        cut = _cut(text, longest)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _cut(text: str, longest: int) -> int:
    """Where to cut: behind the last boundary of the best kind, or where there is no more room."""
    room = _room(text, longest)
    for boundary in _BOUNDARIES:
        ends = [
            found.end()
            for found in boundary.finditer(text[: room + 1])
            if 0 < found.end() <= room and text[: found.end()].strip()
        ]
        if ends:
            return ends[-1]
    return room


def _room(text: str, longest: int) -> int:
    """The number of characters that fit."""
    room = min(len(text), longest)
    while units(text[:room]) > longest:
        room -= max(1, (units(text[:room]) - longest) // 2)
    return room

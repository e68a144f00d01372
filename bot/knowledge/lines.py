"""Finds the line of a file that a fault is about, so that an editor can go there.

Works on the words of the fault and the text of the file alone, because a file that is no valid YAML has lines too. Must not
know what is wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

_FAULT = re.compile(r"(?P<file>[\w.-]+\.yml),? ?(?P<keys>[^:]*): (?P<what>.*)", re.DOTALL)
_QUOTED = re.compile(r"“([^”]+)”|'([^']+)'(?! is missing)|rests on ([\w-]+)|cites the fact ([\w-]+)")


def with_line(fault: str, directory: Path) -> str:
    """The fault with the number of its line after the name of the file, where both can be found."""
    match = _FAULT.match(fault)
    path = next(directory.rglob(match["file"]), None) if match else None
    if not match or not path or match["keys"].startswith("line "):
        return fault
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    at = _line_of(re.findall(r"[\w-]+", match["keys"]), lines)
    for words in _QUOTED.findall(match["what"]):
        at = _line_with("".join(words), lines, at)
    return fault if at is None else fault.replace(match["file"], f"{match['file']} line {at + 1}", 1)


def _line_of(keys: list[str], lines: list[str]) -> int | None:
    """The line of the last of these keys, each searched below the one before it."""
    at = None
    for key in keys:
        at = _first(rf"\s*(?:- *)?(?:id: *)?[\"']?{re.escape(key)}[\"']?\s*(?::|$)", lines, at)
    return at


def _line_with(words: str, lines: list[str], at: int | None) -> int | None:
    key = _first(rf"\s*(?:- *)?{re.escape(words)}\s*:", lines, at)
    return key if key != at else _first(rf".*{re.escape(words)}", lines, at)


def _first(pattern: str, lines: list[str], at: int | None) -> int | None:
    """The first line from `at` on that begins so, or `at` where there is none."""
    return next((number for number in range(at or 0, len(lines)) if re.match(pattern, lines[number])), at)

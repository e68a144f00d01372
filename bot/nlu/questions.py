"""Reads files of labelled questions: tab-separated, no quoting, one header line. Finds every mistake before it gives up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Collection, Dict, FrozenSet, List, Sequence, Tuple

COLUMNS = ("id", "text", "topic", "also_acceptable", "audience")


@dataclass(frozen=True)
class Question:
    """A question with its topic and the other topics that would do as well."""

    id: str
    text: str
    topic: str
    also_acceptable: FrozenSet[str]
    audience: str

    @property
    def accepted(self) -> FrozenSet[str]:
        return self.also_acceptable | {self.topic}


class BadQuestions(Exception):
    """A file that cannot be used. `errors` says where and why, one line each."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = list(errors)


def read_questions(path: Path, topics: Collection[str]) -> List[Question]:
    """The questions of `path`. Raises BadQuestions with every error, each with its line and column."""
    lines = _lines(path)
    places = _header(path, lines[0])
    errors: List[str] = []
    questions: List[Question] = []
    first_seen: Dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split("\t")
        mistakes = _mistakes(fields, places, topics, first_seen, len(lines[0].split("\t")))
        errors += [f"{path}: line {number}, {mistake}" for mistake in mistakes]
        if not mistakes:
            first_seen[fields[places["id"]].strip()] = number
            questions.append(_question(fields, places))
    if errors:
        raise BadQuestions(errors)
    if not questions:
        raise BadQuestions([f"{path}: line 2, column 1: no question follows the header"])
    return questions


def _lines(path: Path) -> List[str]:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadQuestions([f"{path}: cannot be read ({problem.strerror})"]) from problem
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = content[: problem.start]
        line, column = before.count(b"\n") + 1, before.rpartition(b"\n")[2].count(b"\t") + 1
        raise BadQuestions([f"{path}: line {line}, column {column}: is not UTF-8"]) from problem
    lines = [line.rstrip("\r") for line in text.split("\n")]
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return lines


def _header(path: Path, line: str) -> Dict[str, int]:
    names = [name.strip() for name in line.split("\t")]
    errors = [
        f"{path}: line 1, column {len(names) + 1}: the header lacks {name!r}; it must be {' '.join(COLUMNS)}, separated by tabs"
        for name in COLUMNS
        if name not in names
    ]
    errors += [
        f"{path}: line 1, column {place + 1}: {name!r} stands twice"
        for place, name in enumerate(names)
        if name in COLUMNS and name in names[:place]
    ]
    if errors:
        raise BadQuestions(errors)
    return {name: names.index(name) for name in COLUMNS}


def _mistakes(
    fields: List[str], places: Dict[str, int], topics: Collection[str], first_seen: Dict[str, int], width: int
) -> List[str]:
    if len(fields) != width:
        return [f"column {min(len(fields), width) + 1}: {len(fields)} columns where the header has {width}"]
    values = {name: fields[place].strip() for name, place in places.items()}
    found: List[Tuple[str, str]] = [(name, "is empty") for name in ("id", "text", "topic") if not values[name]]
    if values["id"] in first_seen:
        found.append(("id", f"{values['id']!r} is taken by line {first_seen[values['id']]}"))
    if values["topic"] and values["topic"] not in topics:
        found.append(("topic", f"no such topic: {values['topic']!r}"))
    found += [
        ("also_acceptable", f"no such topic: {name!r}") for name in _listed(values["also_acceptable"]) if name not in topics
    ]
    return [f"column {places[name] + 1} ({name}): {problem}" for name, problem in found]


def _listed(names: str) -> List[str]:
    return [name.strip() for name in names.split(";") if name.strip()]


def _question(fields: List[str], places: Dict[str, int]) -> Question:
    values = {name: fields[place].strip() for name, place in places.items()}
    return Question(
        values["id"], values["text"], values["topic"], frozenset(_listed(values["also_acceptable"])), values["audience"]
    )

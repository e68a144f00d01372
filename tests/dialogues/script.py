"""A dialogue as its YAML file tells it.

Responsible for the shape of the files and for saying what is wrong in one. Must not know how a dialogue is played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es")


class ScriptError(Exception):
    """A file of dialogues is not as it should be; the message names the dialogue and the entry."""


@dataclass(frozen=True)
class Expected:
    """What the replies to one message must be like. Texts are compared in lower case; phrases are named as in phrases.yml.

    `asks`, `says` and `never_says` name phrases; `repeats_in` names phrases that stand in the order given.
    """

    contains_any: tuple[str, ...] = ()
    contains_all: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    choices_include: tuple[str, ...] = ()
    topics: tuple[str, ...] | None = None
    card_first: str | None = None
    no_card: bool = False
    asks: str | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One message. `choose` is the title of a button that must have been offered; `language` holds from here on."""

    say: str
    choose: bool = False
    new_conversation: bool = False
    language: str | None = None
    expect: Expected = field(default_factory=Expected)


@dataclass(frozen=True)
class Final:
    """What is true when all is said: the outcome as words that were said, and what the database holds.

    `handoff` is None where nothing may be stored, else column -> value, where `answers` lists only what matters.
    """

    outcome: tuple[str, ...]
    handoff: Mapping[str, Any] | None = None
    handoffs: int | None = None
    erased: bool = False
    never_stored: tuple[str, ...] = ()
    never_said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """One dialogue with its expected end; `covers` names what it is there for."""

    id: str
    language: str
    steps: tuple[Step, ...]
    end: Final
    covers: tuple[str, ...] = ()


def read_dialogues(folder: Path = FOLDER) -> list[Dialogue]:
    """Every dialogue of every file. Raises ScriptError."""
    dialogues = [
        _dialogue(data, path.name)
        for path in sorted(folder.glob("*.yml"))
        for data in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    ids = [dialogue.id for dialogue in dialogues]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ScriptError(f"These ids stand twice: {', '.join(twice)}")
    return dialogues


def _dialogue(data: Mapping[str, Any], file: str) -> Dialogue:
    where = f"{file}, {data.get('id')}"
    if data.get("language") not in LANGUAGES:
        raise ScriptError(f"{where}: the language is en or es.")
    try:
        steps = tuple(_step(step) for step in data["steps"])
        end = Final(**_tuples(data["end"], ("outcome", "never_stored", "never_said")))
        known = {"id", "language", "steps", "end", "covers"}
        if set(data) - known:
            raise ScriptError(f"{where}: unknown entries {sorted(set(data) - known)}.")
        return Dialogue(data["id"], data["language"], steps, end, tuple(data.get("covers", ())))
    except (KeyError, TypeError) as error:
        raise ScriptError(f"{where}: {error}") from None


def _step(data: Mapping[str, Any] | str) -> Step:
    if isinstance(data, str):
        return Step(data)
    fields = dict(data)
    expected = fields.pop("expect", {})
    chosen = fields.pop("choose", None)
    said = fields.pop("say", chosen)
    if said is None:
        raise TypeError("a step has neither 'say' nor 'choose'")
    lists = ("contains_any", "contains_all", "not_contains", "choices_include", "topics", "says", "never_says")
    return Step(str(said), chosen is not None, expect=Expected(**_tuples(expected, lists)), **fields)


def _tuples(data: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The entries, with the lists among them as tuples; a single text may stand for a list of one."""
    return {name: _tuple(value) if name in names else value for name, value in data.items()}


def _tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

"""Reads the labelled examples of `data/nlu` without Rasa: only `faq/<topic>` intents, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, Tuple

import yaml

DATA = Path(__file__).resolve().parents[2] / "data" / "nlu"
_PREFIX = "faq/"


@dataclass(frozen=True)
class Example:
    """One training line. `also`: other topics whose answer would serve whoever wrote just this."""

    text: str
    topic: str
    language: str
    also: Tuple[str, ...] = ()

    @property
    def accepted(self) -> FrozenSet[str]:
        return frozenset((self.topic, *self.also))


def read_examples(directory: Path = DATA) -> List[Example]:
    """Every example of `faq/<topic>` below `directory`, in the order of the files' names."""
    found = [example for path in sorted(directory.glob("*/*.yml")) for example in _read_file(path)]
    if not found:
        raise FileNotFoundError(f"{directory}: no training examples of faq/<topic> in */*.yml")
    return found


def _read_file(path: Path) -> Iterator[Example]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for item in content.get("nlu") or []:
        if str(item.get("intent", "")).startswith(_PREFIX):
            yield from _examples_of(item)


def _examples_of(item: Dict[str, Any]) -> Iterator[Example]:
    topic, language = item["intent"][len(_PREFIX) :], item["metadata"]["language"]
    also = tuple(item["metadata"].get("also", ()))
    for line in item["examples"].splitlines():
        if line.strip().startswith("- "):
            yield Example(line.strip()[2:].strip(), topic, language, also)

"""The words of the assistant's own examples: what may stay in a question that is kept for review (`core.redact`).

Responsible for reading them. A word counts if more than one example has it, and if it is not mostly written as a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from bot.core.heard import plain
from bot.core.redact import Vocabulary
from bot.knowledge.load import DIRECTORY

EXAMPLES = DIRECTORY.parent / "nlu"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CAPITAL = re.compile(r"\b[A-ZÁÉÍÓÚÑ][^\W\d_]*[a-záéíóúñ][^\W\d_]*")
_FEWEST_EXAMPLES = 2


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Read once, in about half a second."""
    named = yaml.safe_load((DIRECTORY / "names.yml").read_text(encoding="utf-8"))["common"]
    names = {plain(word[0]) for name in named for word in _WORD.finditer(str(name))}
    examples, as_names = Counter[str](), Counter[str]()
    for _, text in read_examples():
        examples.update(set(_WORD.findall(text)))
        as_names.update(word[0] for word in _CAPITAL.finditer(text) if _is_name(word, text))
    counts, capitals = _fold(examples), _fold(as_names)
    often = {word for word, count in counts.items() if count >= _FEWEST_EXAMPLES and capitals[word] * 4 < count}
    return Vocabulary(frozenset(often | names), frozenset(names))


def _fold(counts: Counter[str]) -> Counter[str]:
    folded = Counter[str]()
    for word, count in counts.items():
        folded[plain(word)] += count
    return folded


def read_examples(folder: Path = EXAMPLES) -> Iterator[tuple[Path, str]]:
    """Each example with its file, without reading YAML, which would take seconds."""
    for path in sorted(folder.rglob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    - "):
                yield path, line[6:].strip()


def _is_name(word: re.Match[str], text: str) -> bool:
    """The capital is not that of the beginning of a sentence."""
    before = text[: word.start()].rstrip(" ¿¡\"'(")
    return bool(before) and before[-1] not in ".!?:;"

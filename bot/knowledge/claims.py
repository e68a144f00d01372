"""What a text claims that has to be sourced (numbers, names, addresses), and how hard it is to read.

A claim is taken from the words on the page alone; whether it is true is the business of the facts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import textstat
import yaml

from bot.core.language import Language
from bot.knowledge.model import Fact

_NAMES_FILE = Path(__file__).resolve().parents[2] / "data" / "knowledge" / "names.yml"
_SPELLED = {
    word: str(number)
    for number, words in enumerate(
        ("three tres", "four cuatro", "five cinco", "six seis", "seven siete", "eight ocho", "nine nueve", "ten diez",
         "eleven", "twelve doce", "thirteen trece", "fourteen catorce", "fifteen quince", "sixteen dieciséis"),
        start=3,
    )
    for word in words.split()
} | {
    word: str(ten * 10)
    for ten, words in enumerate(
        ("twenty veinte", "thirty treinta", "forty cuarenta", "fifty cincuenta", "sixty sesenta", "seventy setenta", "eighty ochenta",
         "ninety noventa", "hundred cien"),
        start=2,
    )
    for word in words.split()
}  # fmt: skip
_ADDRESS = re.compile(r"https?://[^\s)]*[\w/]|(?:www\.)?[\w.-]+\.(?:gov|org|com|net|edu|co|mil|tips|us|info|io|biz|app)\b(?:/[\w./-]*)?|[\w.+-]+@[\w.-]+\w", re.I)
_NUMBER = re.compile(r"\d(?:[\d,.–-]*\d)?")
_NAME = re.compile(r"(?:[A-ZÁÉÍÓÚÑ][\w&'’.-]*\w|[A-Z]{2,}[\w*]*)(?:(?: (?:of|for|the|de|del|la|las|los|y|and|en|&))* (?:[A-ZÁÉÍÓÚÑ][\w&'’-]*\w|\d+))*")


@dataclass(frozen=True)
class Claim:
    """One checkable piece of a text: `kind` is number, address or name."""

    kind: str
    text: str


def claims_of(text: str, language: Language) -> Iterator[Claim]:
    """The numbers, addresses and proper names that a text states."""
    for address in _ADDRESS.findall(text):
        yield Claim("address", address)
    bare = _ADDRESS.sub(" ", text)
    for number in _NUMBER.findall(_digits(bare)):
        yield Claim("number", number)
    for name in _names(bare, language):
        yield Claim("name", name)


@dataclass(frozen=True)
class Evidence:
    """What a set of facts supports."""

    text: str
    numbers: frozenset[str]

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Evidence:
        whole = " \n ".join(f"{fact.statement} {fact.source} {fact.url} {fact.date}" for fact in facts)
        return cls(_plain(whole), frozenset(_normal(number) for number in _pieces(_digits(whole))))

    def holds(self, claim: Claim) -> bool:
        if claim.kind == "number":
            return _normal(claim.text) in self.numbers or all(_normal(piece) in self.numbers for piece in re.split("[–-]", claim.text))
        if claim.kind == "address":
            return _plain(re.sub(r"^(?:https?://)?(?:www\.)?|/$", "", claim.text, flags=re.I)) in self.text
        return any(_plain(other) in self.text for other in (claim.text, *_translations().get(claim.text, ())))


def readable_grade(text: str, language: Language) -> float:
    """School grade needed to read `text`; names and addresses count as one short word, since they cannot be reworded.

    English: Flesch-Kincaid grade. Spanish: the Fernández-Huerta score (the Flesch scale for Spanish, 0 to 100), turned
    into a grade by its published bands (90: 5th, 80: 6th, 70: 7th, 60: 8th and 9th, 50: 10th to 12th).
    """
    simple = _NAME.sub("Ana", _ADDRESS.sub("web", text))
    textstat.textstat.set_lang(str(language))
    if language is Language.EN:
        return float(textstat.textstat.flesch_kincaid_grade(simple))
    score = float(textstat.textstat.fernandez_huerta(simple))
    return max(1.0, 14.0 - score / 10 if score >= 60 else 8.0 + (60 - score) / 4)


def _digits(text: str) -> str:
    return re.sub(r"[^\W\d]+", lambda word: _SPELLED.get(word.group().lower(), word.group()), text)


def _pieces(text: str) -> Iterator[str]:
    for number in _NUMBER.findall(text):
        yield number
        yield from re.split("[–-]", number)


def _normal(number: str) -> str:
    digits = re.sub(r"[,–-]", "", number)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _names(text: str, language: Language) -> Iterator[str]:
    openers = _common_names()["openers"]
    for sentence in re.split(r"(?<=[.!?:;])\s+|\n+|¿|¡|[«“\"(]", text):
        for match in _NAME.finditer(sentence):
            name = re.sub(r"(?:(?: (?:of|for|the|de|del|la|y|and|en))* \d+)+$", "", match.group().strip(" .’'"))  # a number is a claim of its own
            single = " " not in name and not (name.isupper() and len(name) > 1)
            if (match.start() == 0 and single) or name.isdigit():
                continue
            words = name.split()
            if match.start() == 0 and not words[0].isupper() and _plain(words[0]) in openers:
                name = " ".join(words[1:])
            if name and not (_is_common(name) or all(map(_is_common, re.split(r" (?:and|y|&) ", name)))):
                yield name


def _is_common(name: str) -> bool:
    return any(_plain(form) in _common_names()["common"] for form in (name, name.removesuffix("s"), name.replace("’s", "")))


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", re.sub(r"[^\w@./&+-]+", " ", bare)).strip().lower()


@lru_cache(maxsize=1)
def _names_file() -> dict[str, object]:
    return dict(yaml.safe_load(_NAMES_FILE.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _common_names() -> dict[str, frozenset[str]]:
    return {key: frozenset(_plain(str(name)) for name in _names_file()[key]) for key in ("common", "openers")}  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def _translations() -> dict[str, tuple[str, ...]]:
    return {str(name): tuple(forms) for name, forms in _names_file()["translations"].items()}  # type: ignore[attr-defined]

"""Reads `data/knowledge/` into a `Knowledge`. Reports every fault of form at once, in an editor's words."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.core.language import Bilingual
from bot.core.routing import Audience
from bot.core.states import STATES
from bot.knowledge.model import Fact, Knowledge, PersonOffer, Referral, StateNote, Topic

DIRECTORY = Path(__file__).resolve().parents[2] / "data" / "knowledge"
_TOPIC_KEYS = {"topic", "label", "answer", "facts", "person", "next", "states", *Audience}
_T = TypeVar("_T")
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HINTS = {
    "found character that cannot start any token": "There is a tab or another character that may not stand here: use spaces",
    "found a tab character where an indentation space is expected": "There is a tab: use spaces",
    "mapping values are not allowed in this context": "There is a colon too many: put the text in quotes or below “|”",
}


class _Loader(_SafeLoader):  # type: ignore[misc]
    """Refuses an entry that stands twice: YAML itself would silently take the last one."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"the entry '{twice[0]}' stands twice.")
        return super().construct_mapping(node, deep)


class KnowledgeError(Exception):
    """The knowledge cannot be read; `faults` lists every reason, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@lru_cache(maxsize=2)
def load_knowledge(directory: Path = DIRECTORY) -> Knowledge:
    """Read the facts, topics, care answers, referrals and phrases under `directory`.

    Raises KnowledgeError with every fault of form found.
    """
    faults: list[str] = []
    knowledge = Knowledge(
        facts=_read_facts(directory / "facts.tsv", faults),
        topics={topic.id: topic for topic in _read_topics(directory / "topics", faults)},
        care={topic.id: topic for topic in _read_topics(directory / "care", faults)},
        referrals=tuple(_read_referrals(directory / "referrals.yml", faults)),
        phrases=_read_phrases(directory / "phrases.yml", faults),
    )
    faults += _dangling(knowledge, {path.stem for path in (directory / "topics").glob("*.yml")})
    if faults:
        raise KnowledgeError(faults)
    return knowledge


def _read_facts(path: Path, faults: list[str]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if not path.is_file():
        faults.append(f"{path.name}: the file is missing.")
        return facts
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
            fact = Fact(**{key: (row.get(key) or "").strip() for key in Fact.__dataclass_fields__})
            if None in row:
                faults.append(f"facts.tsv line {number}: there are more columns than in the first line; look for a stray tab.")
            if fact.id in facts:
                faults.append(f"facts.tsv line {number}: the id {fact.id} stands twice.")
            for column in ("id", "statement", "source", "url", "date", "confidence"):
                if not getattr(fact, column):
                    faults.append(f"facts.tsv line {number}: the column {column} is empty.")
            facts[fact.id] = fact
    return facts


def _read_topics(directory: Path, faults: list[str]) -> Iterator[Topic]:
    for path in sorted(directory.glob("*.yml")):
        topic = _guarded(path, _topic, faults)
        if topic and topic.id != path.stem:
            faults.append(f"{path.name}: it says 'topic: {topic.id}', but the file is named {path.stem}.")
        if topic:
            yield topic


def _guarded(path: Path, build: Callable[[Any], _T], faults: list[str]) -> _T | None:
    try:
        return build(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", error)
        hint = _HINTS.get(str(problem), "Look at the spaces, colons and quotes here and in the line before")
        faults.append(f"{path.name}{where}: this is not valid YAML. {hint} ({problem}).")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(f"{path.name} line {line}: the file is not in UTF-8. Save it as UTF-8.")
    except FileNotFoundError:
        faults.append(f"{path.name}: the file is missing.")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        faults.append(f"{path.name}: {error.args[0] if error.args else error}")
    return None


def _topic(data: Any) -> Topic:
    unknown = set(_mapping(data, "the file")) - _TOPIC_KEYS
    if unknown:
        named = ", ".join(f"'{key}'" for key in sorted(map(str, unknown)))
        raise ValueError(f"unknown here: {named}. Look at the spaces before it; known are {', '.join(sorted(_TOPIC_KEYS))}.")
    return Topic(
        id=_required(data, "topic"),
        label=_bilingual(data, "label"),
        answer=_bilingual(data, "answer"),
        facts=_ids(data, "facts"),
        person=_person(data.get("person", PersonOffer.WHEN_ASKED)),
        next=_ids_or_none({"next": [], **data}, "next"),
        variants={audience: _bilingual(data, audience) for audience in Audience if audience in data},
        states={
            _state(state): StateNote(_bilingual(data["states"], state), _ids(note, "facts"))
            for state, note in _mapping(data.get("states") or {}, "'states'").items()
        },
    )


def _required(data: Any, key: str) -> Any:
    if not data.get(key):
        raise ValueError(f"the entry '{key}' is missing or empty.")
    return data[key]


def _mapping(data: Any, what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError(f"{what} is empty or has no entries of the form 'name: text'.")
    return data


def _ids(data: Any, key: str) -> tuple[str, ...]:
    listed = _required(data, key)
    if not isinstance(listed, list):
        raise ValueError(f"'{key}' has to be a list in square brackets, like [{listed}].")
    return tuple(str(item) for item in listed)


def _ids_or_none(data: Any, key: str) -> tuple[str, ...]:
    """An empty list is said on purpose: nothing is cited."""
    return () if data.get(key) == [] else _ids(data, key)


def _person(value: Any) -> PersonOffer:
    if value not in set(PersonOffer):
        raise ValueError(f"'person' is '{value}'; it can be {' or '.join(PersonOffer)}.")
    return PersonOffer(value)


def _state(code: Any) -> str:
    if code not in STATES:
        raise ValueError(f"'{code}' under 'states' is no state; use two capital letters, as in WI.")
    return str(code)


def _bilingual(data: Any, key: str) -> Bilingual:
    pair = _mapping(_required(data, key), f"'{key}'")
    texts = {language: str(pair.get(language) or "").strip() for language in ("en", "es")}
    for language, text in texts.items():
        if not text:
            raise ValueError(f"'{key}' has no text in {'English' if language == 'en' else 'Spanish'} ({language}).")
    return Bilingual(**texts)


def _read_referrals(path: Path, faults: list[str]) -> Iterator[Referral]:
    yield from _guarded(path, lambda data: [_referral(item) for item in data], faults) or []


def _referral(item: Any) -> Referral:
    try:
        return Referral(_required(item, "id"), _ids(item, "words"), _bilingual(item, "answer"), _ids_or_none(item, "facts"))
    except ValueError as error:
        named = str(item.get("id") or " ".join(str(item).split())[:40])
        raise ValueError(f"in '{named}', {error}") from None


def _read_phrases(path: Path, faults: list[str]) -> dict[str, Bilingual]:
    return _guarded(path, lambda data: {key: _bilingual(data, key) for key in _mapping(data, "the file")}, faults) or {}


def _dangling(knowledge: Knowledge, topics: set[str]) -> Iterator[str]:
    """`topics` have a file, though it may have faults of its own."""
    for topic in (*knowledge.topics.values(), *knowledge.care.values()):
        cited = {*topic.facts, *(fact for note in topic.states.values() for fact in note.facts)}
        for fact in sorted(cited - set(knowledge.facts)):
            yield f"{topic.id}.yml: it cites the fact {fact}, which facts.tsv does not have."
        for follow_up in topic.next:
            if follow_up not in topics:
                yield f"{topic.id}.yml: 'next' names {follow_up}, which is no topic."
    for referral in knowledge.referrals:
        for fact in sorted(set(referral.facts) - set(knowledge.facts)):
            yield f"referrals.yml, {referral.id}: it cites the fact {fact}, which facts.tsv does not have."

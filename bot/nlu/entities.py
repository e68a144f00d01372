"""Finds places, ages, numbers, phones and e-mail addresses in a message, in English and Spanish, with spaCy.

Responsible for: what stands in the text and where. Must not know whether a ZIP exists, which state a person meant or
whether an age is enough: that is decided by the rules of `bot.core`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

import phonenumbers
import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import PhraseMatcher
from spacy.tokens import Span
from text_to_num import alpha2digit

from bot.nlu.gazetteer import AMBIGUOUS_ABBREVIATIONS, STATE_NAMES

LONGEST_TEXT = 2000
_NAMES = "cities.txt"

_ZIP = re.compile(r"(?<![\w$.,-])(\d{5})(?:[-\s](\d{4}))?(?![\w%]|[.,-]\d)")
_CANADIAN = re.compile(r"\b([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])[ -]?(\d[ABCEGHJ-NPRSTV-Z]\d)\b", re.I)
_MEXICAN = re.compile(r"\b(?:c\.? ?p\.?|c[oó]digo postal)\s*:?\s*(\d{5})\b", re.I)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w.$-])\d{1,6}(?:\.\d+)?(?![\w-]|\.\d)")
_HALF = re.compile(r"\b(\d{1,2})\s*(?:and a half|y medio|½|1/2)\b", re.I)
_AGE = re.compile(
    r"(?P<nearly>going on|about to (?:turn|be)|almost|nearly|turn(?:ing|s)?|gonna be|will be|voy (?:a|para)(?: cumplir)?(?: los)?|"
    r"casi(?: tengo)?|por cumplir|a punto de cumplir|cumplo)\s+(?P<next>\d{1,2})(?:\s+(?:a[nñ]os|years?))?\b"
    r"|(?:\b(?:i'?\s?a?m|i’m|im|she'?s|he'?s|she is|he is|aged?|tengo|tiene|edad(?: de)?)\s+(?:only |like |just |solo |como |apenas )?"
    r"(?P<said>\d{1,2}(?:\.5)?)(?![\d%/:-]|\s*(?:an hour|hours|miles|la hora|horas|months|meses|hijos|kids|children|apprentices|"
    r"people|guys|employees|workers|empleados|personas|trabajadores|credits|d[oó]lares|weeks|semanas|days|d[ií]as))\b)"
    r"|\b(?P<years>\d{1,2}(?:\.5)?)\s*(?:-?\s*(?:years?|yrs?)[\s-]*old|y/?o\b|yo\b|a[nñ]os(?! (?:de experiencia|trabajando|en )))",
    re.I,
)
_BEFORE_PLACE = {
    "in", "near", "around", "from", "at", "by", "outside", "nearby", "to", "live", "en", "cerca", "de", "desde", "vivo",
    "por", "close", "downtown", "area", "soy",
}  # fmt: skip
_HARMLESS = {"of", "the", "la", "el", "a", "am", "i", "im", "area", "i'm", "we", "are", "live", "vivo", "my", "zip", "is", "es", "mi", "city", "ciudad"}


@dataclass(frozen=True)
class Found:
    """One thing in the text. `sure` is false for a city name that may as well be an ordinary word."""

    entity: str
    value: Any
    start: int
    end: int
    sure: bool = True


def find_entities(text: str, gazetteer: Gazetteer) -> List[Found]:
    """Everything found in `text`, in the order in which it stands there."""
    text = text[:LONGEST_TEXT]
    found = [*_contacts(text), *_postcodes(text)]
    masked = _mask(text, found)
    found += _places(masked, gazetteer)
    found += _ages(_mask(masked, found))
    found += _numbers(_mask(masked, [item for item in found if item.entity != "age"]))
    return sorted(found, key=lambda item: (item.start, item.entity))


def _mask(text: str, found: List[Found]) -> str:
    """The text with what was found blanked out, so that a phone number is not read as a ZIP as well."""
    letters = list(text)
    for item in found:
        letters[item.start : item.end] = " " * (item.end - item.start)
    return "".join(letters)


def _contacts(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        yield Found("email", match.group(), *match.span())
    for phone in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        digits = re.sub(r"\D", "", phone.raw_string)
        if len(digits) >= 10:
            value = phonenumbers.format_number(phone.number, phonenumbers.PhoneNumberFormat.E164)
            yield Found("phone", value, phone.start, phone.end)


def _postcodes(text: str) -> Iterator[Found]:
    for match in _CANADIAN.finditer(text):
        yield Found("foreign_postcode", "CA", *match.span())
    mexican = list(_MEXICAN.finditer(text))
    for match in mexican:
        yield Found("foreign_postcode", "MX", *match.span())
    for match in _ZIP.finditer(text):
        if not any(other.start() <= match.start() < other.end() for other in mexican):
            yield Found("zip", match.group(1), *match.span())


def _places(text: str, gazetteer: Gazetteer) -> Iterator[Found]:
    spans = gazetteer.spans(text)
    alone = [token for span in spans[:1] for token in span.doc if not token.is_punct and token.lower_ not in _HARMLESS]
    states = [span for span in spans if span.label_ == "state"]
    for span in spans:
        value = STATE_NAMES[_folded(span.text)] if span.label_ == "state" else span.text
        sure = span.label_ == "state" or _is_surely_a_city(span, alone, states)
        yield Found(span.label_, value, span.start_char, span.end_char, sure)


def _plausible_state(span: Span) -> bool:
    """Two letters are a state only where they cannot be a word: "WI", ", in", "milwaukee wi", or the whole message."""
    doc, start, end = span.doc, span.start, span.end
    if len(span.text.strip(".")) > 2:
        return True
    others = [token for token in doc if not token.is_punct and not start <= token.i < end]
    shouted = span.text.isupper() and (not others or any(token.is_lower or token.is_title for token in others))
    before = doc[start - 1] if start else None
    if not others or (before is not None and before.text == ","):
        return True
    if _folded(span.text) in AMBIGUOUS_ABBREVIATIONS:
        return shouted and end == len([token for token in doc if not token.is_punct]) + (start and before is not None and before.is_punct)
    return shouted or (before is not None and (before.lower_ in _BEFORE_PLACE or end == len(doc)))


def _is_surely_a_city(span: Span, alone: List[Any], states: List[Span]) -> bool:
    """A city name counts where a place is spoken of; "reading" or "normal" in a sentence is a word."""
    doc = span.doc
    before = doc[span.start - 1].lower_ if span.start else ""
    beside = any(0 <= state.start - span.end <= 1 for state in states)
    whole = all(span.start <= token.i < span.end or any(s.start <= token.i < s.end for s in states) for token in alone)
    return beside or whole or (before in _BEFORE_PLACE and (span[0].is_title or span[0].is_upper or len(span.text) > 4))


def _ages(text: str) -> Iterator[Found]:
    counted = _HALF.sub(lambda half: f"{half.group(1)}.5", _in_digits(text))
    for match in _AGE.finditer(counted):
        said = match.group("said") or match.group("years")
        age = float(said) if said else float(match.group("next")) - 0.5
        if 5 <= age <= 99:
            start, end = _located(text, counted, match)
            yield Found("age", age, start, end)


def _numbers(text: str) -> Iterator[Found]:
    counted = _HALF.sub(lambda half: f"{half.group(1)}.5", _in_digits(text))
    for match in _NUMBER.finditer(counted):
        start, end = _located(text, counted, match)
        yield Found("number", float(match.group()), start, end)


def _in_digits(text: str) -> str:
    """Number words as digits in either language: "seventeen" and "diecisiete" both become 17."""
    return str(alpha2digit(alpha2digit(text, "en"), "es")) if re.search(r"[^\W\d]", text) else text


def _located(text: str, counted: str, match: "re.Match[str]") -> Tuple[int, int]:
    """Where a match in the digits text stands in the text as written; the whole text where words were turned into digits."""
    return match.span() if counted == text else (0, len(text))


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w ]", "", bare).strip().lower()


class Gazetteer:
    """The names of states and of `cities`, ready to be found in a text."""

    def __init__(self, cities: Iterable[str]) -> None:
        self._pipeline = spacy.blank("xx")
        self._matcher = PhraseMatcher(self._pipeline.vocab, attr="LOWER")
        self._add("state", STATE_NAMES)
        self._add("city", cities)

    def spans(self, text: str) -> List[Span]:
        """Every name found, longest first where names overlap."""
        doc = self._pipeline(text)
        found = [Span(doc, start, end, label=label) for label, start, end in self._matcher(doc)]
        plausible = [span for span in found if span.label_ == "city" or _plausible_state(span)]
        # Oregon, Indiana and Ohio are small towns too: the state is meant.
        return list(spacy.util.filter_spans(sorted(plausible, key=lambda span: span.label_ != "state")))

    def _add(self, label: str, names: Iterable[str]) -> None:
        forms = {form.lower() for name in names for form in _forms(name)}
        for form in sorted(forms):
            self._matcher.add(label, [self._pipeline.make_doc(form)])


def city_names() -> List[str]:
    """Every city that a ZIP code is named after. The table takes 300 MB in memory, so it is read in training only."""
    import zipcodes  # here, so that the server never loads it

    return sorted({city for row in zipcodes.list_all() for city in (row["city"], *row["acceptable_cities"]) if len(city) > 2})


def _forms(name: str) -> List[str]:
    """The spellings of a place name: St. and Saint, Ft. and Fort, Mt. and Mount."""
    forms = {name}
    for short, long in (("St", "Saint"), ("Ft", "Fort"), ("Mt", "Mount")):
        stem = re.match(rf"(?i)(?:{short}\.?|{long}) (.+)", name)
        if stem:
            forms |= {f"{short} {stem.group(1)}", f"{short}. {stem.group(1)}", f"{long} {stem.group(1)}"}
    return sorted(forms)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityFinder(GraphComponent):
    """Rasa's component for `find_entities`: adds the entities, with `sure` beside Rasa's own keys."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "EntityFinder":
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the names of cities with the model."""
        with self._storage.write_to(self._resource) as directory:
            (directory / _NAMES).write_text("\n".join(city_names()), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "EntityFinder":
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._gazetteer = Gazetteer((directory / _NAMES).read_text(encoding="utf-8").splitlines())
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text: Optional[str] = message.get(TEXT)
            found = [{**asdict(item), "extractor": "EntityFinder"} for item in find_entities(text or "", self._gazetteer)]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

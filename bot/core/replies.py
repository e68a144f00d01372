"""Reads the answer to a screening question out of whatever people really write, in both languages.

Responsible for: words to answers. Must not know the order of questions, what an answer leads to, or where texts come from.

A choice is read clause by clause, so that "no, but I have my GED" is a yes. Words that belong to the question count before
a plain yes or no; a yes or no counts only where a clause starts with it, never inside ("not sure" is no "sure").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.core import words
from bot.core.ages import band_of
from bot.core.contacts import WrongContactError, declines, is_no_text, read_contact, read_name, withholds_name
from bot.core.geography import Place, foreign_country, lookup_zip, meant_cities
from bot.core.heard import Heard, matches, plain
from bot.core.screening import SKIPPED, Kind, Question

# "Si no califico" supposes something; only "sí" agrees. Consent is never read out of an "if".
_SUPPOSES = re.compile(r"\bsi (?:no|me (?!llam|contact|interesa|gusta)|yo|soy|es|llamo|digo)\b|\b(?:what )?if\b")


@dataclass(frozen=True)
class Reply:
    """An answer: the value for the slot, and whether it should be said back to the person."""

    value: Any
    repeat: bool = False


@dataclass(frozen=True)
class Problem:
    """The reply cannot be used as it is: `kind` names the phrase that says why; `choices` are the places to choose from."""

    kind: str
    choices: tuple[Place, ...] = ()


def read_reply(question: Question, heard: Heard) -> Reply | Problem | None:
    """The answer to `question` in a message, a Problem that the person can solve, or None where the message is no answer."""
    if question.id == "age_band":
        return _age_band(heard)
    if question.kind is Kind.CHOICE:
        value = _choice(question, heard)
        return Reply(value) if value else None
    readers = {Kind.PLACE: read_place, Kind.NUMBER: _number, Kind.TEXT: _text, Kind.NAME: _name, Kind.CONTACT: _contact}
    return readers[question.kind](heard)


def unknown_reply(question: Question, heard: Heard) -> str | None:
    """What "I don't know" and "prefer not to say" mean for a question: one of its options, or that it is skipped."""
    if declines(heard) and question.id == "consent":
        return "no"
    if question.id == "contact_name" and withholds_name(heard):
        return SKIPPED
    if declines(heard):
        return "prefer_not" if "prefer_not" in question.options else None if question.id == "contact" else SKIPPED
    if heard.act in ("dont_know", "skip") or _is_unsure(heard):
        option = next((option for option in ("not_sure", "prefer_not") if option in question.options), None)
        return option or (SKIPPED if question.optional else None)
    return None


def is_bare_yes(heard: Heard) -> bool:
    """Nothing but a yes, which says little where the question was not one of yes or no."""
    return not heard.entities and (heard.act == "affirm" or _polarity(heard.plain) == "yes")


def _is_unsure(heard: Heard) -> bool:
    unsure = re.search(rf"(?<!\w)(?:{words.UNKNOWN}|{words.PERHAPS})(?!\w)", heard.plain)
    return bool(unsure) and not heard.is_question and len(heard.plain.split()) <= 8


# Choices


def _choice(question: Question, heard: Heard) -> str | None:
    """The option that the clauses of a message come to: the question's own words first, then a plain yes, no or not sure."""
    if not _may_answer(question, heard):
        return None
    if question.id == "seeker_path" and heard.act == "i_am_employer":
        return "employer"
    clauses = _clauses(heard.text)
    own = [value for clause in clauses if (value := _own_meaning(question.id, clause))]
    loose = _loose_meanings(heard)
    if question.id == "hires" and {"new", "current"} <= {*own, *_all_kinds(heard.plain)}:
        return "both"
    if question.id == "consent" and _SUPPOSES.search(heard.plain):
        return None
    if question.id == "consent" and {"no", "not_sure"} & {*own, *loose}:
        return "no" if "no" in (*own, *loose) else None
    return _strongest(question, own) or _strongest(question, loose)


def _strongest(question: Question, values: Sequence[str]) -> str | None:
    """The option that outweighs the others: "dropped out, but got my GED" is a yes."""
    named = words.PLAIN_ANSWERS.get(question.id, {"gladly": "yes"})
    found = [named.get(value, value) for value in values if named.get(value, value) in question.options]
    return next((value for value in (*words.STRONGEST_FIRST, *found) if value in found), None)


def _may_answer(question: Question, heard: Heard) -> bool:
    """A question in the middle of a form is no answer because a "yes" stands in it; consent is never given by asking."""
    if heard.act is not None or declines(heard):
        return heard.act in (*words.ACTS, "something_else") or (heard.act == "human" and question.id == "consent")
    states = "?" not in heard.text and heard.plain.startswith(words.OPENS_A_STATEMENT.get(question.id, "?"))
    if not heard.is_question or states or re.fullmatch(r"(?:como|por ?que|why) (?:no|not)", heard.plain):
        return True
    return question.id != "consent" and not heard.opens_as_question and len(heard.plain.split()) <= 3


def _all_kinds(text: str) -> set[str]:
    kinds = words.MEANINGS["hires"]
    return set() if re.search(rf"\b(?:{words.NEGATION})\b", text) else {kind for kind in kinds if matches({kind: kinds[kind]}, text)}


def _clauses(text: str) -> list[str]:
    return [clause for piece in words.CLAUSE.split(text) if (clause := plain(piece))]


def _loose_meanings(heard: Heard) -> list[str]:
    """What the act says where the whole message is one, else each clause."""
    if heard.act is not None:
        return [words.ACTS[heard.act]] if heard.act in words.ACTS else []
    return [value for clause in _clauses(heard.text) if (value := _loose_meaning(clause))]


def _own_meaning(question_id: str, clause: str) -> str | None:
    """The option that a clause names in the question's own words."""
    if matches({"gladly": words.GLADLY, "unknown": words.UNKNOWN}, clause) or (question_id == "production" and matches({"no": words.UNTRIED}, clause)):
        return None
    value = matches(words.MEANINGS[question_id], clause)
    return words.WHEN_NEGATED.get(value, value) if value and matches({"no": words.NEGATION}, clause) else value


def _loose_meaning(clause: str) -> str | None:
    """Gladly, not sure, or a plain yes or no."""
    kind = matches({"gladly": words.GLADLY, "not_sure": words.UNKNOWN}, clause)
    if kind or matches({"untried": words.UNTRIED}, clause):
        return kind
    return "not_sure" if matches({"perhaps": words.PERHAPS}, clause) else _polarity(clause)


def _polarity(clause: str) -> str | None:
    """Yes or no where the clause starts with it."""
    bare = words.FILLER.sub("", clause, count=1) if words.FILLER.match(clause) else clause
    if re.fullmatch(words.YES_ALONE, clause) or re.fullmatch(words.YES_ALONE, bare):
        return "yes"
    if re.match(rf"(?:{words.NO}|(?:of course|absolutely|definitely|probably|claro|por supuesto) (?:que )?not?)(?!\w)", bare):
        return "no"
    return "yes" if re.match(rf"(?:{words.YES})(?!\w)", bare) else None


def _age_band(heard: Heard) -> Reply | Problem | None:
    """The band only: an exact age is never kept (29 CFR 30.3 protects age; minors give a band alone)."""
    short = not heard.is_question or len(heard.plain.split()) <= 3
    spoken = matches(words.AGES, heard.plain) if short else None
    if spoken:
        return Problem("which_minor_band") if spoken == "which" else Reply(spoken)
    ages = [age for age in heard.values("age") or _bare_ages(heard) if age <= 99]
    if ages:
        return Reply(band_of(max(ages)))
    said = _loose_meanings(heard) if short and not declines(heard) else []
    answer = next((value for value in said if value in ("yes", "no")), None)
    return Reply("18_or_over") if answer == "yes" else Problem("which_minor_band") if answer else None


def _bare_ages(heard: Heard) -> list[float]:
    """Numbers that can only be an age: "45", "yes, 17", "I turned 34 in May", but not "yes, I have 3 kids"."""
    turned = words.TURNED.search(heard.plain)
    if turned:
        return [float(turned[1])]
    few = len(heard.plain.split()) <= 4 and not heard.is_question
    return [number for number in heard.values("number") if 8 <= number <= 99] if few else []


# Places


def read_place(heard: Heard) -> Reply | Problem | None:
    """ZIP before city before state. Two states, or a name that several states share, come back as a choice."""
    codes = heard.values("zip") or re.findall(r"(?<![\w-])\d{5}(?![\w-])|^\s*\d{9}\s*$", heard.text)
    known = tuple(dict.fromkeys(place for code in codes if (place := lookup_zip(code))))
    if known:
        return Reply(known[0]) if len(known) == 1 else Problem("which_place", known[:3])
    native = _native_part(heard)
    if native is None:
        return Problem("outside_us")
    return _named_place(heard, native) or (Problem("zip_unknown") if codes or _looks_like_zip(heard) else None)


def _native_part(heard: Heard) -> str | None:
    """The message without what it says of another country ("from Mexico, live in Chicago"); None where that leaves no place."""
    if "CA" in heard.values("foreign_postcode"):
        return None
    if not foreign_country(heard.text):
        return heard.plain
    pieces = re.split(
        r"[;.]|\b(?:but|pero|now|ahora)\b|(?=\b(?:live|living|vivo|work|trabajo)\b)", heard.text, flags=re.IGNORECASE
    )
    native = " ".join(plain(piece) for piece in pieces if not foreign_country(piece))
    named = any(plain(city) in native for city in heard.values("city", sure_only=True))
    return native if named or (native and heard.values("state")) else None


def _named_place(heard: Heard, native: str) -> Reply | Problem | None:
    states = ["DC"] if re.search(r"\bwashington d ?c\b", native) else heard.values("state")
    if len(states) > 1:
        return Problem("which_place", tuple(Place(state) for state in states[:3]))
    for city in _cities(heard, native):
        found = meant_cities(city, states[0] if states else None)
        if found:
            return Reply(found[0]) if len(found) == 1 else Problem("which_place", found[:4])
    return Reply(Place(states[0])) if states else None


def _cities(heard: Heard, native: str) -> list[str]:
    """Sure cities; a name that may be a word ("guy", "hope") counts only in a clause of a few words."""
    cities = heard.values("city", sure_only=True)
    if not cities and not heard.is_question:
        clauses = _clauses(heard.text)
        cities = [city for city in heard.values("city") if any(_is_place_alone(city, clause) for clause in clauses)]
    return [city for city in cities if plain(city) in native]


def _is_place_alone(city: str, clause: str) -> bool:
    return plain(city) in clause and len(clause.split()) <= 3


def _looks_like_zip(heard: Heard) -> bool:
    return len(heard.plain.split()) <= 5 and bool(re.search(r"(?<!\d)\d{4,8}(?!\d)", heard.plain))


# Numbers, words, names and contacts


def _number(heard: Heard) -> Reply | None:
    if heard.is_question and len(heard.plain.split()) > 3:
        return None
    numbers = [int(digits.replace(",", "")) for digits in words.DIGITS.findall(heard.text)] or heard.values("number")
    if numbers:
        return Reply(int(max(numbers)))
    spoken = r"(?:just |only |about |around |maybe |solo |como )?(?:{})(?: \w+){{0,2}}"
    count = next((count for count, words in words.COUNTS.items() if re.fullmatch(spoken.format(words), heard.plain)), None)
    return None if count is None else Reply(count)


def _text(heard: Heard) -> Reply | None:
    said = re.sub(r"\s+", " ", heard.text).strip()
    if heard.is_question or is_no_text(heard) or not re.search(r"[^\W\d_]{2}", said):
        return None
    return Reply(said[:300])


def is_outside_manufacturing(product: str) -> bool:
    """The product or process named is clearly not made in a plant; everything else is for a partner to judge."""
    said = plain(product)
    return bool(re.search(rf"\b(?:{words.OUTSIDE_MANUFACTURING})\b", said)) and not re.search(rf"\b(?:{words.MADE})\b", said)


def _name(heard: Heard) -> Reply | None:
    name = read_name(heard)
    return Reply(name) if name else None


def _contact(heard: Heard) -> Reply | Problem | None:
    try:
        contact = read_contact(heard)
    except WrongContactError as error:
        return Problem(error.phrase)
    return Reply(contact) if contact else None

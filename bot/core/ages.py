"""Ages that people tell of themselves or of a child. Only the band is ever kept (29 CFR 30.3 protects age)."""

from __future__ import annotations

import re

from bot.core.heard import Heard

UNDER_16 = "under_16"
_OF_MYSELF = re.compile(
    r"\b(?:i'?m|im|i am|i(?:'ll| will)? (?:just )?turn\w*|soy menor)\b|\btengo (?:\w+ ){0,2}\d+ anos\b|\bcumplo\b"
)
_BARE = re.compile(
    r"\b(?:i'?m|im|i am|tengo|cumpli) (?:only |just |like |solo |apenas |nomas )?(\d{1,2})"
    r"(?= (?:and|but|n|y|pero|in|from|de|so|still)\b|$)"
)
_NO_AGE = re.compile(
    r"\b\d+ ?(?:min\w*|hours?|hrs?|horas?|miles?|mi|millas?|days?|dias?|weeks?|semanas?|months?|meses|blocks?|cuadras?|"
    r"empleados|employees|workers|people|trabajadores|personas|guys)\b"
)
_UNDER_16 = re.compile(
    r"\b(?:i'?m|i am|soy|tengo) (?:still )?(?:under|younger than|not(?: yet)?|menor de|menos de) (?:los )?16\b|"
    r"\bno (?:tengo|he cumplido) (?:los )?16\b"
)
_ALONE = re.compile(
    r"(?:(?:ok|okay|no|wait|well|sorry|actually|i mean|make that|its|it's|perdon|digo|bueno|mejor dicho|en realidad|son) )*"
    r"(\d{1,2})(?: (?:actually|sorry|perdon|en realidad))?"
)
_CHILD = re.compile(
    r"\b(?:my|our|mi|nuestr[oa]) (?:\w+ )?(?:kid|son|daughter|child|boy|girl|nephew|niece|grand(?:son|daughter|kid)|"
    r"brother|sister|cousin|"
    r"hij[oa]|nin[oa]|sobrin[oa]|niet[oa]|herman(?:o|a|it[oa])|prim[oa]|chamac[oa]|muchach[oa])\b"
    r"(?: [\w']+){0,6}? (?:is|hes|shes|he's|she's|just turned|turned|tiene|cumplio|es de|de) (?:solo |only |"
    r"apenas )?(\d{1,2})\b"
    r"|\b(?:my|mi) (\d{1,2}) ?(?:year|yr)s? old\b|\b(?:my|our) (\d{1,2})[ -]?(?:year|yr|yo)\b"
)


def band_of(age: float) -> str:
    """The band of an age in years; "seventeen and a half" is still 16 to 17."""
    return UNDER_16 if age < 16 else "16_17" if age < 18 else "18_or_over"


def own_band(heard: Heard) -> str | None:
    """The band of the age that somebody gives as their own: who is under 18 must not be asked for a contact later."""
    if _UNDER_16.search(heard.plain):
        return UNDER_16
    if _NO_AGE.search(heard.plain) or _child_age(heard):
        return None
    bare = _BARE.search(heard.plain)
    said = [float(bare[1])] if bare else heard.values("age") if _OF_MYSELF.search(heard.plain) else []
    return next((band_of(age) for age in said if 8 <= age <= 99), None)


def corrected_band(heard: Heard) -> str | None:
    """The band of a number that stands alone ("ok 15 actually"): for who has told an age before, which it corrects."""
    alone = _ALONE.fullmatch(heard.plain)
    return band_of(float(alone[1])) if alone and 8 <= float(alone[1]) <= 99 else None


def is_about_child(heard: Heard) -> bool:
    """Somebody writes for a child of theirs who is under 16."""
    age = _child_age(heard)
    return age is not None and band_of(age) == UNDER_16


def _child_age(heard: Heard) -> int | None:
    found = _CHILD.search(heard.plain)
    return next((int(age) for age in found.groups() if age), None) if found and not _NO_AGE.search(heard.plain) else None

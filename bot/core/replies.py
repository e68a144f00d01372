"""Reads the answer to a screening question out of whatever people really write, in both languages.

Responsible for: words to answers. Must not know the order of questions, what an answer leads to, or where texts come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.core.geography import Place, foreign_country, lookup_city, lookup_zip
from bot.core.heard import Heard, matches
from bot.core.screening import SKIPPED, Kind, Question

YES = (
    r"y|yes|yes i (?:am|do|have|would)|yeah|yea|yep|yup|ya|sure|ok|okay|k|of course|correct|right|absolutely|definitely|please do|go ahead|"
    r"i (?:am|do|have|would)|sounds good|fine|si|sip|simon|claro|por supuesto|correcto|asi es|de acuerdo|esta bien|dale|va|bueno|ok si|adelante|con gusto"
)
NO = r"n|no|nope|nah|not really|no thanks|no gracias|never|i don'?t|i do not|i'?m not|negative|para nada|nel|todavia no|aun no|ninguno|ninguna|none|don'?t have (?:one|any)|not yet"
UNKNOWN = r"not sure|unsure|idk|dunno|don'?t know|no se|no estoy segur[oa]|no sabria|maybe|tal vez|quizas?|a lo mejor|depends|depende|\?+|no idea|ni idea|whatever|lo que sea"
PREFER_NOT = r"prefer not.*|rather not.*|none of your business|no comment|pass|prefiero no.*|no quiero decir.*|no le importa|mejor no.*|that'?s private|es privado"

_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "seeker_path": {
        "employer": r"employer|i own|owner|hr manager|i hire|we hire|our plant|my company|my shop|plant manager|empleador[a]?|empresari[oa]|dueno|duena|mi empresa|mi taller|nuestra planta|contratamos|recursos humanos",
        "working": r"already (?:work|working|have a job|employed)|i work|i'?m working|working now|work(?:ing)? in manufacturing|current(?:ly)? (?:work|employ).*|temp|ya trabajo|trabajo en|estoy trabajando|tengo trabajo|empleado|operador[a]?|en una fabrica|working|employed",
        "looking": r"looking|job seeker|unemployed|no job|need (?:a )?(?:job|work)|want (?:a )?job|laid off|out of work|between jobs|just graduated|graduate|student|busco|buscando|sin trabajo|desempleado|desempleada|no trabajo|quiero trabajar|necesito trabajo|estudiante|me despidieron",
    },
    "production": {
        "not_sure": UNKNOWN,
        "no": NO + r"|office|desk job|construction|construccion|oficina|nursing|electrician|plumber",
        "yes": YES
        + r"|i like|i love|interested|me gusta|me interesa|me gustaria|production|produccion|factory|fabrica|machines?|maquinas?|anything|cualquier cosa|assembly|ensamble|line work",
    },
    "diploma": {
        "prefer_not": PREFER_NOT,
        "working_on_it": r"working on it|in progress|getting my|studying for|taking (?:ged|the ged|classes)|almost (?:done|finished)|enrolled|about to graduate|senior in high school|still in (?:high )?school|(?:la )?estoy sacando|sacando(?:lo|la)?|en eso estoy|estudiando|por terminar|en proceso|preparandome|cursando|me gradu[oe] (?:este|en)",
        "no": r"dropp?ed out|drop out|didn'?t (?:finish|graduate)|did not (?:finish|graduate)|never (?:finished|graduated|got)|without|no (?:diploma|ged)|no tengo|no termine|no acabe|deje la escuela|sin (?:diploma|prepa|terminar)|(?:6|7|8|9|10|11)(?:th)? grade|(?:hasta )?(?:la )?(?:primaria|secundaria)|sexto|noveno|"
        + NO,
        "yes": r"diploma|ged|hsed|hiset|graduated|high school|hs|college|degree|associate'?s?|bachelor'?s?|some college|university|equivalen\w+|prepa(?:ratoria)?|bachillerato|me gradue|universidad|titulo|licenciatura|tecnico|"
        + YES,
    },
    "schedule": {
        "prefer_not": PREFER_NOT,
        "other": r"part[- ]?time|medio tiempo|tiempo parcial|only|weekends?|solo|nights? only|mornings? only|evenings?|can'?t|cannot|no puedo|other|otro|days only|no nights|no weekends|fines de semana|noches|mananas|tardes|25 h\w*|20 h\w*|"
        + NO,
        "full_time": r"full[- ]?time|fulltime|tiempo completo|40|forty|any shift|anytime|any time|whenever|cualquier (?:turno|hora|horario)|either|no preference|flexible|"
        + YES,
    },
    "mentors": {"not_sure": UNKNOWN, "no": NO, "yes": r"we have|tenemos|some|algunos|a few|several|varios|\d+|" + YES},
    "union_on_site": {
        "prefer_not": PREFER_NOT,
        "no": r"non[- ]?union|no union|sin sindicato|no hay|not union(?:ized)?|" + NO,
        "yes": r"union(?:ized)?|uaw|iam|usw|ibew|bctgm|teamsters|local \d+|sindicato|sindicalizad[oa]|" + YES,
    },
    "hires": {
        "both": r"both|ambos|ambas|los dos|las dos|either|a mix|mezcla|de todo",
        "current": r"current|existing|incumbent|already (?:here|work|on)|our own|people we have|on the payroll|actuales|ya trabajan|los que tengo|los que ya|nuestra gente|internos",
        "new": r"new|hire|hiring|nuevos?|nuevas?|contratar|recruit\w*|outside|de fuera",
        "not_sure": UNKNOWN,
    },
    "sponsorship": {
        "not_sure": UNKNOWN + r"|don'?t care|whichever|no importa|cualquiera",
        "group": r"group|join|existing|together|consortium|grupo|unir(?:nos|me)|unirse|juntos|con otros|someone else'?s",
        "alone": r"alone|our own|own program|ourselves|by ourselves|myself|solos?|propio|nosotros mismos|por (?:mi|nuestra) cuenta",
    },
    "consent": {"no": NO, "yes": YES + r"|i agree|acepto|estoy de acuerdo|tiene mi permiso|call me|llamenme"},
}
_CONTACT_THEM = r"i(?:'ll| will)? call(?: them)?|i'?ll (?:reach out|contact them)|myself|no contact|yo (?:les? )?llamo|yo los llamo|yo les hablo|yo me comunico|don'?t (?:have|want)|prefer to call"
_OUTSIDE_MANUFACTURING = r"restaurant\w*|construction|trucking|hospital\w*|clinic|salon|retail|daycare|landscap\w*|roofing|hotel|restaurante|construccion|transporte|tienda|guarderia|jardineria"


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
    if question.kind is Kind.PLACE:
        return read_place(heard)
    if question.id == "age_band":
        return _age_band(heard)
    if question.kind is Kind.CHOICE:
        value = matches(_MEANINGS[question.id], heard.plain) if _short_enough(heard) else None
        return Reply(value) if value else None
    readers = {Kind.NUMBER: _number, Kind.TEXT: _text, Kind.NAME: _name, Kind.CONTACT: _contact}
    return readers[question.kind](heard)


def _short_enough(heard: Heard) -> bool:
    """A long question in the middle of a form is not an answer because a "yes" or "no" stands in it."""
    return not heard.is_question or len(heard.plain.split()) <= 3


def read_place(heard: Heard) -> Reply | Problem | None:
    """ZIP before city before state. Two states, or a name that several states share, come back as a choice."""
    for code in heard.values("zip"):
        place = lookup_zip(code)
        return Reply(place) if place else Problem("zip_unknown")
    if heard.values("foreign_postcode") or foreign_country(heard.text):
        return Problem("outside_us")
    states = heard.values("state")
    if len(states) > 1:
        return Problem("which_place", tuple(Place(state) for state in states[:3]))
    cities = heard.values("city", sure_only=True) or heard.values("city")
    for city in cities:
        found = lookup_city(city, states[0] if states else None)
        if found:
            return _one_place(found)
    if states:
        return Reply(Place(states[0]))
    return Problem("zip_unknown") if re.fullmatch(r"\d{4,7}", heard.plain.replace(" ", "")) else None


def _one_place(found: tuple[Place, ...]) -> Reply | Problem:
    return Reply(found[0]) if len(found) == 1 else Problem("which_place", found[:4])


def _age_band(heard: Heard) -> Reply | Problem | None:
    """The band only: an exact age is never kept (29 CFR 30.3 protects age; minors give a band alone)."""
    ages = heard.values("age") or ([] if heard.is_question else heard.values("number"))
    if ages:
        return Reply(band_of(max(ages))) if ages[0] <= 99 else None
    spoken = {
        "under_16": r"under 16|younger than 16|below 16|menos de 16|menor de 16",
        "16_17": r"16 or 17|16 o 17|16[ -]?17|under 18|underage|minor|not yet 18|menor(?: de edad)?|menos de 18",
        "18_or_over": r"18 or (?:over|older)|over 18|older than 18|18\+|adult\w*|18 o mas|mayor(?: de edad)?|mas de 18|" + YES,
    }
    value = matches(spoken, heard.plain) if _short_enough(heard) else None
    if value:
        return Reply(value)
    return Problem("which_minor_band") if re.fullmatch(NO, heard.plain) else None


def band_of(age: float) -> str:
    """The band of an age in years; "seventeen and a half" is still 16 to 17."""
    return "under_16" if age < 16 else "16_17" if age < 18 else "18_or_over"


def _number(heard: Heard) -> Reply | None:
    numbers = heard.values("number")
    if numbers:
        return Reply(int(max(numbers)))
    if re.fullmatch(r"none|zero|ninguno|nadie|no one", heard.plain):
        return Reply(0)
    words = {
        1: r"one|just me|a single|uno|una|un",
        2: r"a couple|couple|un par|dos",
        3: r"a few|unos pocos|algunos",
        12: r"a dozen|una docena",
    }
    value = next(
        (
            count
            for count, pattern in words.items()
            if re.fullmatch(rf"(?:just |only |solo |como )?(?:{pattern})(?: of them)?(?: \w+)?", heard.plain)
        ),
        None,
    )
    return Reply(value) if value is not None else None


def _text(heard: Heard) -> Reply | None:
    said = re.sub(r"\s+", " ", heard.text).strip()
    if (
        heard.is_question
        or len(said) < 2
        or re.fullmatch(f"{YES}|{NO}|{UNKNOWN}", heard.plain)
        or not re.search(r"[^\W\d_]{2}", said)
    ):
        return None
    return Reply(said[:300])


def is_outside_manufacturing(product: str) -> bool:
    """The product or process named is clearly not made in a plant; everything else is for a partner to judge."""
    from bot.core.heard import plain

    return bool(re.search(rf"\b(?:{_OUTSIDE_MANUFACTURING})\b", plain(product)))


def _name(heard: Heard) -> Reply | None:
    said = re.sub(r"\s+", " ", heard.text).strip(" .,!")
    said = re.sub(
        r"^(?:hi,? |hello,? |hola,? )?(?:my name is|my name'?s|name is|i am|i'?m|it'?s|this is|me llamo|mi nombre es|soy|yo soy)\s+",
        "",
        said,
        flags=re.I,
    )
    if heard.is_question or re.fullmatch(f"{YES}|{NO}|{UNKNOWN}", heard.plain) or heard.values("phone") or heard.values("email"):
        return None
    return Reply(said) if 1 <= len(said) <= 80 and len(said.split()) <= 6 and re.search(r"[^\W\d_]", said) else None


def _contact(heard: Heard) -> Reply | Problem | None:
    for phone in heard.values("phone"):
        number = phonenumbers.parse(phone, "US")
        return Reply({"kind": "phone", "value": phone}) if phonenumbers.is_valid_number(number) else Problem("phone_wrong")
    for email in heard.values("email"):
        try:
            return Reply({"kind": "email", "value": validate_email(email, check_deliverability=False).normalized})
        except EmailNotValidError:
            return Problem("email_wrong")
    if re.search(rf"(?<!\w)(?:{_CONTACT_THEM})(?!\w)", heard.plain):
        return Reply({"kind": "they_call", "value": ""})
    if "@" in heard.text:
        return Problem("email_wrong")
    return Problem("phone_wrong") if len(re.sub(r"\D", "", heard.text)) >= 5 else None


def unknown_reply(question: Question, heard: Heard) -> str | None:
    """What "I don't know" and "prefer not to say" mean for a question: one of its options, or that it is skipped."""
    if heard.act == "prefer_not" or re.fullmatch(PREFER_NOT, heard.plain):
        return "prefer_not" if "prefer_not" in question.options else SKIPPED if question.optional else None
    if heard.act in ("dont_know", "skip") or re.fullmatch(UNKNOWN, heard.plain):
        return (
            "not_sure"
            if "not_sure" in question.options
            else "prefer_not"
            if "prefer_not" in question.options
            else SKIPPED
            if question.optional
            else None
        )
    return None

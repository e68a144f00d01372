"""Reads the answer to a screening question out of whatever people really write, in both languages.

Responsible for: words to answers. Must not know the order of questions, what an answer leads to, or where texts come from.

A choice is read clause by clause, so that "no, but I have my GED" is a yes. Words that belong to the question count before
a plain yes or no; a yes or no counts only where a clause starts with it, never inside ("not sure" is no "sure").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.core.geography import Place, foreign_country, lookup_zip, meant_cities
from bot.core.heard import Heard, matches, plain
from bot.core.screening import SKIPPED, Kind, Question

YES = (
    r"y+e+s+|yeah+|yea|yep|yup|yessir|sure|of course|absolutely|definitely|correct|for sure|you bet|totally|probably|s+i+|sip|simon|claro|"
    r"por supuesto|correcto|asi es|de acuerdo|con gusto|me encantaria|orale|obvio"
)
_YES_ALONE = (
    r"y|k|ok(?:ay)?|ya|va|dale|right|fine|bueno|esta bien|(?:that )?(?:sounds good|works)|go ahead|please do|adelante|i (?:guess|think)(?: so)?|"
    r"supongo|creo|eso creo|(?:yes )?i(?:'d| would|'m| am| do| have| can| will| got)(?: (?:one|it|some|both|already|love to|like (?:to|that|it)))?"
)
NO = (
    r"n|n+o+(?! (?:(?:le|te|lo) )?(?:se\b|entiend|comprend|entend|hablo)\w*)|nope|nah|naw|never|negative|not (?:really|yet|at all|now|any|interested)|none|ningun[oa]?|para nada|nel|nunca|tampoco|todavia no|aun no|"
    r"(?:(?:i|we|they) )?(?:do not|don'?t|have not|haven'?t|can'?t|cannot|would not|wouldn'?t|won'?t)"
    r"(?! (?:get|understand|follow|see|remember|know|speak)\b)|i(?:'m| am|m) not"
)
UNKNOWN = (
    r"not (?:\w+ )?sure|unsure|idk|dunno|(?:don'?t|do not) (?:really )?know(?! (?:what|why|how|who))|"
    r"no (?:lo )?se(?! (?:que|cual|por|como|quien|puede|trabaja))|no (?:estoy|estamos) (?:\w+ )?segur[oa]s?|no (?:(?:le|te) )?sabria|no tengo (?:\w+ )*idea|no (?:(?:lo|me) )?(?:recuerdo|acuerdo)|no he decidido|(?:don'?t|can'?t) (?:remember|say)|(?:haven'?t|not) decided|no idea|ni idea|no clue|quien sabe"
)
_PERHAPS = r"maybe|perhaps|possibly|tal vez|quizas?|a lo mejor|puede ser|depends|depende|whatever|lo que sea|undecided|hard to say"
PREFER_NOT = (
    r"(?:i(?:'d| would)? |i'll )?(?:prefer|rather) not(?:(?: to)? (?:say|answer|tell|share|disclose|give).*)?|none of your business|no comment|pass|"
    r"(?:yo )?(?:prefiero|mejor) no(?: (?:decir|contest|respond|dar)\w*.*)?|no quiero (?:decir|contest|respond)\w*.*|no le importa|"
    r"(?:that'?s )?private|es privado"
)
_GLADLY = (
    r"no problem\w*|not a problem|(?:no hay|sin) problema|why not|(?:como|por ?que) no$|(?:don'?t|wouldn'?t) mind|don'?t care|no me (?:molesta|importa)|"
    r"no preference|doesn'?t matter|no importa|(?:me )?da (?:igual|lo mismo)"
)
_NEGATION = (
    r"no|not|non|do(?:es)?n'?t|didn'?t|isn'?t|aren'?t|ain'?t|haven'?t|hasn'?t|can'?t|cannot|won'?t|wouldn'?t|never|without|neither|nobody|sin|nunca|ni|tampoco|nadie"
)
_UNTRIED = r"(?:never|not|no|nunca|haven'?t|don'?t)\b.*\b(?:worked|done|been|tried|trabajado|hecho|experien\w+)"
_FILLER = re.compile(
    r"(?:(?:well|um+|uh+|oh|ah|ay|hmm+|so|like|actually|honestly|ok(?:ay)?|i think|i guess|i mean|and|pues|bueno|este|mmm*|la verdad|en realidad|(?:yo )?creo que|"
    r"supongo que|perdon|sorry|lol|haha|jaja|y) )+(?=\w)"
)
_CLAUSE = re.compile(
    r"[.,;!:\n]+|\b(?:but|though|although|except|pero|aunque|sino)\b|(?=\bi (?:have|got|did|do)\b(?! not))|(?=\bi['’]ve\b)", re.IGNORECASE
)

_EMPLOYER = r"employers?|owner|hr manager|plant manager|empleador(?:a|es)?|empresari[oa]|duen[oa]|patron"
_PLANT = r"plant|factory|manufacturing|warehouse|mill|foundry|fabrica|planta|manufactura|maquila\w*"
_MEANINGS: Mapping[str, Mapping[str, str]] = {
    "seeker_path": {
        "employer": rf"^(?:an? |un )?(?:(?!(?:my|mi|the|el|la|your|for|need|find|busco|no|not)\b)\w+ )?(?:{_EMPLOYER})|(?:i'm|im|i am|soy|somos|we're|we are) (?:(?!my\b|mi\b|told\b)\w+ ){{0,2}}(?:{_EMPLOYER})|"
        r"i own|i hire|we hire|we're hiring|our plant|my shop|mi taller|nuestra (?:planta|empresa)|contratamos|(?:de|soy|en) recursos humanos",
        "looking": r"(?<!not )looking|job seeker|unemployed|no job|(?:don'?t|do not) (?:work|have (?:a )?(?:job|work))|need (?:a )?(?:job|work)|want (?:a |to )?(?:job|work)|laid off|out of work|between jobs|graduate|graduated|"
        r"student|(?<!no )(?:busco|buscando)|sin (?:trabajo|empleo)|desemplead[oa]|no trabajo|(?:quiero|necesito|quisiera) (?:(?:un )?(?:trabajo|empleo)|trabajar)|"
        r"estudiante|me (?:despidieron|corrieron)|^(?:an? )?(?:job|trabajo|empleo|chamba)$",
        "working": rf"already (?:work|working|have a job|employed|in)|i work|i'?m working|working|work (?:in|at|for)|current(?:ly)? (?:work|employ).*|temp|employed|operator|on the line|line worker|"
        rf"(?:in|at) (?:a|the) (?:\w+ )?(?:{_PLANT})|en (?:una?|la) (?:{_PLANT})|trabajo en|ya trabajo|estoy trabajando|tengo (?:trabajo|empleo)|emplead[oa]|operador[a]?|operari[oa]|obrer[oa]",
    },
    "production": {
        "no": r"office|desk job|construction|construccion|oficina|nursing|electrician|plumber",
        "yes": r"i'?d like|i like|love|interested|me gustan?|me interesa|me gustaria|me encanta\w*|production|produccion|factor(?:y|ies)|fabricas?|machines?|maquinas?|anything|"
        r"cualquier cosa|assembly|ensamble|line work",
    },
    "diploma": {
        "working_on_it": r"working on it|in progress|getting my|studying|taking (?:ged|the ged|classes)|almost|enrolled|about to graduate|will graduate|graduate (?:in|next|this)|"
        r"senior|(?:still |i'?m )?in (?:high )?school|(?:la )?estoy sacando|sacando(?:lo|la)?|en eso estoy|estudiando|estudio|por terminar|en proceso|preparandome|"
        r"cursando|me gradu[oe] (?:este|en)|me falta\w*",
        "no": r"dropp?ed out|drop ?out|trunca|incomplet\w+|deje la escuela|(?:5|6|7|8|9|10|11)(?:th)? grade|(?:fif|six|seven|eigh|nin|ten|eleven)th grade|sexto|noveno|"
        r"(?:want|plan\w*|hop\w+|going|need|like) to (?:get|do|take|finish|start)|(?:quiero|voy a|pienso|me gustaria) (?:sacar|terminar|hacer)\w*|"
        r"(?<!diploma de )(?<!escuela )(?:primaria|secundaria)",
        "yes": r"diploma|ged|hsed|hiset|graduat\w+|finish\w*|high school|hs|college|degree|associate'?s?|bachelor'?s?|master'?s?|university|equivalen\w+|"
        r"prepa(?:ratoria)?|bachillerato|me gradue|termine|acabe|universidad|titulo|licenciatura|ingenier\w+|carrera|tecnic[oa]|secundaria|one|uno",
    },
    "schedule": {
        "other": r"part[- ]?time|medio tiempo|tiempo parcial|(?<!full time )only(?! full)|solo(?! tiempo completo)|overnight|"
        r"(?<!any )(?:weekends?|nights?|mornings?|evenings?|days?(?! (?:a|per) week))|"
        r"(?:1st|2nd|3rd|first|second|third) shift|(?:primer|segundo|tercer) turno|can'?t|cannot|no puedo|something else|other(?! (?:question|topic|thing))|otr[oa](?! (?:pregunta|duda|tema))|noches?|mananas?|tardes?|de dia|"
        r"fin(?:es)? de semana|[1-3]\d h\w*",
        "full_time": r"full[- ]?time|fulltime|tiempo completo|40|forty|any|anytime|anything|whenever|whatever|cualquier\w*|lo que sea|either|flexible|all of them|todos",
    },
    "mentors": {
        "no": r"0|zero|cero|nobody|no one|nadie",
        "yes": r"(?:we|i)(?: have|'ve got| do| could| can)|tenemos|tengo|some|algun[oa]s|a few|several|varios|many|plenty|lots|most|all|everyone|todos|much[oa]s|one|two|three|un[oa]|dos|tres|"
        r"\d+|yo (?:puedo|mism[oa])|myself|supervisors?|foreman|leads?|hay",
    },
    "union_on_site": {
        "no": r"non ?union",
        "yes": r"union(?:ized)?|uaw|iam|usw|ibew|bctgm|teamsters|local \d+|sindicato|sindicalizad[oa]s?|hay|there (?:is|are)|we (?:do|have|are)|tenemos|one|uno",
    },
    "hires": {
        "both": r"both|ambos|ambas|los dos|las dos|either|mix|mezcla|de todo",
        "current": r"current|existing|incumbents?|already|(?:our|my) (?:own|guys|people|workers|employees)|people we have|on the payroll|actuales|ya trabajan|"
        r"(?:ones|people|workers) (?:i|we) have|inside|los que (?:ya|tengo)|(?:nuestra|mi) gente|(?:mis|nuestros) (?:trabajadores|empleados)|internos",
        "new": r"new|hire|hiring|nuev[oa]s?|contratar|recruit\w*|outside|de fuera",
    },
    "sponsorship": {
        "group": r"group|join\w*|existing|together|consortium|with others|grupo|unir(?:nos|me)|unirse|juntos|con otr[oa]s|someone else'?s",
        "alone": r"alone|own|ours|ourselves|by ourselves|myself|solos?|propi[oa]|nosotros mismos|por (?:mi|nuestra) cuenta",
        "not_sure": r"whichever|either|cualquiera",
    },
    "consent": {
        "yes": r"i agree|i consent|acepto|estoy de acuerdo|tiene mi permiso|autorizo|call me|contact me|pass it(?: on)?|share it|llamenme|paselo|compartal[oa]"
    },
}
# What a word means after "not" or "no"; a word that is not listed keeps its meaning ("no nights").
_WHEN_NEGATED: Mapping[str, str | None] = {
    "yes": "no", "working_on_it": "no", "working": "looking", "full_time": "other",
    "employer": None, "new": None, "current": None, "both": None, "group": None, "alone": None,
}  # fmt: skip
_PLAIN_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "schedule": {"yes": "full_time", "gladly": "full_time", "no": "other"},
    "hires": {"gladly": "both"},
    "sponsorship": {"gladly": "not_sure"},
}
_ACTS = {"affirm": "yes", "deny": "no", "i_am_employer": "employer", "i_am_seeker": "looking"}
# In Spanish the words that open a question also open its answer: "hay sindicato", "puedo de día".
_OPENS_A_STATEMENT = {"union_on_site": "hay", "mentors": "hay", "schedule": "puedo"}
_STRONGEST_FIRST = ("employer", "looking", "working", "working_on_it", "other", "full_time", "both", "group", "yes", "no")
_AGES = {
    "under_16": r"(?:under|younger than|below|less than|not(?: yet)?|menos de|menor de|no tengo|no he cumplido) (?:los )?16",
    "which": r"(?:under|younger than|below|less than|not(?: yet)?|i'?ll be|until|menos de|menor de|no tengo|no he cumplido) (?:los )?18|"
    r"underage|(?:a )?minors?|menor(?: de edad)?|no soy (?:mayor|adult[oa])|not (?:an )?adult",
    "16_17": r"16 (?:or |o |to |a |y |and )?17",
    "18_or_over": r"18 or (?:over|older|more)|over 18|older than 18|18\+|adult\w*|grown|old enough|18 o mas|mayor(?: de edad)?|mas de 18|"
    r"(?:twent|thirt|fort|fift|sixt)ies|[2-9]0'?s|retired|jubilad[oa]",
}
_TURNED = re.compile(r"\b(?:turned|cumpli)(?: los)? (\d{1,2})\b")
_CONTACT_THEM = (
    r"i(?:'ll| will)? call(?: them)?|i'?ll (?:reach out|contact them)|myself|no contact|yo (?:les? )?llamo|yo los llamo|yo les hablo|yo me comunico|"
    r"don'?t (?:have|want)|prefer to call"
)
_OUTSIDE_MANUFACTURING = (
    r"restaurant\w*|construction|trucking|hospital\w*|clinic|salon|retail|daycare|landscap\w*|roofing|hotel|construccion|transporte|tienda|guarderia|jardineria"
)
_MADE = r"mak\w+|manufactur\w*|buil[dt]\w*|fabric\w*|produc(?:e|es|ing|imos)|equip\w*|parts|machin\w*|assembl\w*|foundry|hacemos|piezas|maquin\w*|ensambl\w*"
_MY_NAME = re.compile(
    r"^(?:hi,? |hello,? |hola,? )?(?:my name is|my name'?s|name is|i am|i'?m|it'?s|this is|(?:you can )?call me|ask for|me llamo|mi nombre es|(?:yo )?soy|"
    r"ll[aá]meme|d[ií]game|pregunten? por)\s+",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w.,$])(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?!\w|[.,]\d|%)")
_COUNTS = {
    12: r"(?:a )?dozen|una docena",
    6: r"half a dozen|media docena",
    3: r"a few|few|unos pocos|algunos",
    2: r"a couple|couple|one or two|un par|uno o dos|dos",
    1: r"one|just me|a single|un[oa]?",
    0: r"none|zero|cero|ningun[oa]|nadie|no one",
}


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
    if _declines(heard) and question.id == "consent":
        return "no"
    if _declines(heard):
        return "prefer_not" if "prefer_not" in question.options else SKIPPED if question.optional else None
    if heard.act in ("dont_know", "skip") or _is_unsure(heard):
        option = next((option for option in ("not_sure", "prefer_not") if option in question.options), None)
        return option or (SKIPPED if question.optional else None)
    return None


def is_bare_yes(heard: Heard) -> bool:
    """Nothing but a yes, which says little where the question was not one of yes or no."""
    return not heard.entities and (heard.act == "affirm" or _polarity(heard.plain) == "yes")


def _declines(heard: Heard) -> bool:
    return heard.act == "prefer_not" or bool(re.fullmatch(PREFER_NOT, heard.plain))


def _is_unsure(heard: Heard) -> bool:
    unsure = re.search(rf"(?<!\w)(?:{UNKNOWN}|{_PERHAPS})(?!\w)", heard.plain)
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
    if question.id == "consent" and {"no", "not_sure"} & {*own, *loose}:
        return "no" if "no" in (*own, *loose) else None
    return _strongest(question, own) or _strongest(question, loose)


def _strongest(question: Question, values: Sequence[str]) -> str | None:
    """The option that outweighs the others: "dropped out, but got my GED" is a yes."""
    named = _PLAIN_ANSWERS.get(question.id, {"gladly": "yes"})
    found = [named.get(value, value) for value in values if named.get(value, value) in question.options]
    return next((value for value in (*_STRONGEST_FIRST, *found) if value in found), None)


def _may_answer(question: Question, heard: Heard) -> bool:
    """A question in the middle of a form is no answer because a "yes" stands in it; consent is never given by asking."""
    if heard.act is not None or _declines(heard):
        return heard.act in (*_ACTS, "something_else")
    states = "?" not in heard.text and heard.plain.startswith(_OPENS_A_STATEMENT.get(question.id, "?"))
    if not heard.is_question or states or re.fullmatch(r"(?:como|por ?que|why) (?:no|not)", heard.plain):
        return True
    return question.id != "consent" and not heard.opens_as_question and len(heard.plain.split()) <= 3


def _all_kinds(text: str) -> set[str]:
    kinds = _MEANINGS["hires"]
    return set() if re.search(rf"\b(?:{_NEGATION})\b", text) else {kind for kind in kinds if matches({kind: kinds[kind]}, text)}


def _clauses(text: str) -> list[str]:
    return [clause for piece in _CLAUSE.split(text) if (clause := plain(piece))]


def _loose_meanings(heard: Heard) -> list[str]:
    """What the act says where the whole message is one, else each clause."""
    if heard.act is not None:
        return [_ACTS[heard.act]] if heard.act in _ACTS else []
    return [value for clause in _clauses(heard.text) if (value := _loose_meaning(clause))]


def _own_meaning(question_id: str, clause: str) -> str | None:
    """The option that a clause names in the question's own words."""
    if matches({"gladly": _GLADLY, "unknown": UNKNOWN}, clause) or (question_id == "production" and matches({"no": _UNTRIED}, clause)):
        return None
    value = matches(_MEANINGS[question_id], clause)
    return _WHEN_NEGATED.get(value, value) if value and matches({"no": _NEGATION}, clause) else value


def _loose_meaning(clause: str) -> str | None:
    """Gladly, not sure, or a plain yes or no."""
    kind = matches({"gladly": _GLADLY, "not_sure": UNKNOWN}, clause)
    if kind or matches({"untried": _UNTRIED}, clause):
        return kind
    return "not_sure" if matches({"perhaps": _PERHAPS}, clause) else _polarity(clause)


def _polarity(clause: str) -> str | None:
    """Yes or no where the clause starts with it."""
    bare = _FILLER.sub("", clause, count=1) if _FILLER.match(clause) else clause
    if re.fullmatch(_YES_ALONE, clause) or re.fullmatch(_YES_ALONE, bare):
        return "yes"
    if re.match(rf"(?:{NO}|(?:of course|absolutely|definitely|probably|claro|por supuesto) (?:que )?not?)(?!\w)", bare):
        return "no"
    return "yes" if re.match(rf"(?:{YES})(?!\w)", bare) else None


def _age_band(heard: Heard) -> Reply | Problem | None:
    """The band only: an exact age is never kept (29 CFR 30.3 protects age; minors give a band alone)."""
    short = not heard.is_question or len(heard.plain.split()) <= 3
    spoken = matches(_AGES, heard.plain) if short else None
    if spoken:
        return Problem("which_minor_band") if spoken == "which" else Reply(spoken)
    ages = [age for age in heard.values("age") or _bare_ages(heard) if age <= 99]
    if ages:
        return Reply(band_of(max(ages)))
    said = _loose_meanings(heard) if short and not _declines(heard) else []
    answer = next((value for value in said if value in ("yes", "no")), None)
    return Reply("18_or_over") if answer == "yes" else Problem("which_minor_band") if answer else None


def _bare_ages(heard: Heard) -> list[float]:
    """Numbers that can only be an age: "45", "yes, 17", "I turned 34 in May", but not "yes, I have 3 kids"."""
    turned = _TURNED.search(heard.plain)
    if turned:
        return [float(turned[1])]
    few = len(heard.plain.split()) <= 4 and not heard.is_question
    return [number for number in heard.values("number") if 8 <= number <= 99] if few else []


def band_of(age: float) -> str:
    """The band of an age in years; "seventeen and a half" is still 16 to 17."""
    return "under_16" if age < 16 else "16_17" if age < 18 else "18_or_over"


# Places


def read_place(heard: Heard) -> Reply | Problem | None:
    """ZIP before city before state. Two states, or a name that several states share, come back as a choice."""
    codes = heard.values("zip") or re.findall(r"(?<![\w-])\d{5}(?![\w-])|^\s*\d{9}\s*$", heard.text)
    known = next((place for code in codes if (place := lookup_zip(code))), None)
    if known:
        return Reply(known)
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
    """Sure cities; a name that may be a word ("guy", "hope") counts only in a message of a few words."""
    cities = heard.values("city", sure_only=True)
    if not cities and not heard.is_question and len(heard.plain.split()) <= 3:
        cities = heard.values("city")
    return [city for city in cities if plain(city) in native]


def _looks_like_zip(heard: Heard) -> bool:
    return len(heard.plain.split()) <= 5 and bool(re.search(r"(?<!\d)\d{4,8}(?!\d)", heard.plain))


# Numbers, words, names and contacts


def _number(heard: Heard) -> Reply | None:
    if heard.is_question and len(heard.plain.split()) > 3:
        return None
    numbers = [int(digits.replace(",", "")) for digits in _DIGITS.findall(heard.text)] or heard.values("number")
    if numbers:
        return Reply(int(max(numbers)))
    spoken = r"(?:just |only |about |around |maybe |solo |como )?(?:{})(?: \w+){{0,2}}"
    count = next((count for count, words in _COUNTS.items() if re.fullmatch(spoken.format(words), heard.plain)), None)
    return None if count is None else Reply(count)


def _is_no_text(heard: Heard) -> bool:
    """Whatever may not be kept as somebody's own words: an act of the dialogue, a yes or no, "I don't know"."""
    short = rf"(?:{YES}|{NO}|ok(?:ay)?|ya|bueno)|(?:{_FILLER.pattern})?(?:{UNKNOWN})(?: .*)?|(?:i )?(?:{UNKNOWN}).*|(?:i )?(?:don'?t|do not) know\b.*|no (?:lo )?se\b.*"
    return heard.act is not None or _declines(heard) or bool(re.fullmatch(short, heard.plain))


def _text(heard: Heard) -> Reply | None:
    said = re.sub(r"\s+", " ", heard.text).strip()
    if heard.is_question or _is_no_text(heard) or not re.search(r"[^\W\d_]{2}", said):
        return None
    return Reply(said[:300])


def is_outside_manufacturing(product: str) -> bool:
    """The product or process named is clearly not made in a plant; everything else is for a partner to judge."""
    said = plain(product)
    return bool(re.search(rf"\b(?:{_OUTSIDE_MANUFACTURING})\b", said)) and not re.search(rf"\b(?:{_MADE})\b", said)


def _name(heard: Heard) -> Reply | None:
    """The name alone, without "my name is" and without a phone or an e-mail address beside it."""
    said = re.sub(r"\S+@\S+|\+?[\d(][\d\s().-]{5,}", " ", heard.text) if heard.values("phone") or heard.values("email") else heard.text
    said = _MY_NAME.sub("", re.sub(r"\s+", " ", said).strip(" .,!"))
    asks = heard.is_question and not re.fullmatch(r"will(?: \w+){0,2}", heard.plain)
    if asks or (_is_no_text(heard) and not re.fullmatch(r"simon|dale", heard.plain)):
        return None
    return Reply(said) if 1 <= len(said) <= 80 and len(said.split()) <= 6 and re.search(r"[^\W\d_]", said) else None


def _contact(heard: Heard) -> Reply | Problem | None:
    for phone in heard.values("phone"):
        return Reply({"kind": "phone", "value": phone}) if _is_phone(phone) else Problem("phone_wrong")
    for email in heard.values("email"):
        try:
            return Reply({"kind": "email", "value": validate_email(email, check_deliverability=False).normalized})
        except EmailNotValidError:
            return Problem("email_wrong")
    if heard.is_question:
        return None
    if re.search(rf"(?<!\w)(?:{_CONTACT_THEM})(?!\w)", heard.plain):
        return Reply({"kind": "they_call", "value": ""})
    if "@" in heard.text:
        return Problem("email_wrong")
    return Problem("phone_wrong") if len(re.sub(r"\D", "", heard.text)) >= 5 else None


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return False

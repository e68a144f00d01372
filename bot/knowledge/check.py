"""Checks what the assistant says against what it knows, and reports each fault in an editor's words.

It must not know how answers are chosen or delivered. Bounds and word lists stand at the top; the list of what may
never be asked is part C of the eligibility rules (29 CFR 30.3 and the project's own caution).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from string import Formatter

from bot.core.language import Bilingual, Language
from bot.knowledge.claims import Evidence, claims_of, readable_grade
from bot.knowledge.model import Fact, Knowledge, PersonOffer, Topic

LONGEST_ANSWER = 600
LONGEST_STATE_NOTE = 320
LONGEST_LABEL = 40
OLDEST_UNSAID_YEARS = 3
HIGHEST_GRADE = 9.0

_PERSON = {
    Language.EN: re.compile(r"\b(person|someone|people|call you|partner)\b", re.I),
    Language.ES: re.compile(r"\b(persona|personas|alguien|gente|socio|organizaci[oó]n)\b", re.I),
}
_PROMISE = {
    Language.EN: re.compile(
        r"(?<!whether )(?<!if )\byou(?:'d| would| will| do not| don't| are not|'re not| are)? ?"
        r"(?:qualify|eligible|be accepted|be hired|get the job)\b|\bwe (?:promise|guarantee)\b|\bguaranteed\b",
        re.I,
    ),
    Language.ES: re.compile(
        r"(?<!si )\b(?:usted )?(?:no )?(?:califica|calificas|es elegible|eres elegible|ser[aá] aceptad[oa]|ser[aá] contratad[oa])\b"
        r"|\b(?:le|te) (?:prometemos|garantizamos)\b|\bgarantizad[oa]s?\b",
        re.I,
    ),
}
# "Do I need papers?" is the person's own question, repeated.
_FROM_THE_PERSON = {
    Language.EN: re.compile(r"^(?!.*\byou(?:r|rs)?\b).*\b(?:I|my)\b", re.I),
    Language.ES: re.compile(r"^(?!.*\b(?:su|sus|usted|tu|tus|le)\b).*\b(?:necesito|puedo|tengo|debo|mi|mis)\b", re.I),
}
_REQUEST = {
    Language.EN: re.compile(r"\s*(?:please,? )?(?:tell|give|send|write|share|enter|type|upload|show)\b", re.I),
    Language.ES: re.compile(r"\s*(?:por favor,? )?(?:d[ií]ga\w*|d[ée]\w{0,3}|mand[ea]\w*|env[ií]e\w*|escrib\w+|compart\w+|indique\w*|ponga|suba|muestre)\b", re.I),
}
_NEVER_ASK = {
    Language.EN: {
        "race, color or national origin": r"race|skin color|ethnic\w*|nationality|birthplace|where (?:were you born|are you from)|what country|accent|(?:native|first) language|speak at home",
        "religion": r"religio\w+|church|pray\w*",
        "sex, pregnancy or orientation": r"gender|sex|pregnan\w+|sexual orientation|man or (?:a )?woman|male|female|gay|lesbian|transgender",
        "an exact age": r"how old|date of birth|birth ?date|birthday|what age|(?:when|year) were you born|dob|exact age",
        "health or disability": r"disab\w+|health|medical|illness|medication|genetic",
        "immigration status": r"citizen\w*|immigra\w+|visa|green card|papers|legal status|work (?:permit|legally)|(?:allowed|authorized) to work|undocumented|country of birth",
        "a criminal record": r"criminal|crimes?|record|felon\w*|convict\w*|arrest\w*|parole|jail|prison",
        "family": r"married|marital|children|kids",
        "a Social Security number": r"social security|ssn",
        "drug use": r"drugs?|alcohol|marijuana",
        "union membership": r"union (?:member|card)|(?:in|belong to|member of) a union",
        "credit or a photo": r"credit (?:history|score)|bad credit|photo|picture of",
    },
    Language.ES: {
        "race, color or national origin": r"raza|color de piel|etni\w+|nacionalidad|d[oó]nde (?:naci[oó]|es usted|es|eres)|de qu[eé] pa[ií]s|acento|lengua materna|habla en (?:casa|su casa)",
        "religion": r"religi\w+|iglesia|reza",
        "sex, pregnancy or orientation": r"g[eé]nero|sexo|embaraz\w+|orientaci[oó]n sexual|hombre o mujer|gay|lesbiana|transg[eé]nero",
        "an exact age": r"cu[aá]ntos a[nñ]os|qu[eé] edad|(?:fecha|a[nñ]o) de nacimiento|cu[aá]ndo naci[oó]|cumplea[nñ]os|edad exacta",
        "health or disability": r"discapaci\w+|salud|m[eé]dic\w+|enferm\w+|gen[eé]tic\w+",
        "immigration status": r"ciudadan\w+|migra\w+|inmigra\w+|visa|papeles|estatus|permiso (?:de trabajo|para trabajar)|legalmente|autorizad[oa] para trabajar|indocumentad[oa]|pa[ií]s de nacimiento",
        "a criminal record": r"penal\w*|antecedentes|r[eé]cord|arrest\w+|delito\w*|crimen|condena\w*|c[aá]rcel|prisi[oó]n",
        "family": r"casad[oa]|estado civil|hijos",
        "a Social Security number": r"seguro social|ssn",
        "drug use": r"drogas?|alcohol|marihuana",
        "union membership": r"afiliad[oa]|(?:miembro de|pertenece a|est[aá] en)(?:l| un) sindicato",
        "credit or a photo": r"(?:historial|puntaje) (?:de cr[eé]dito|crediticio)|fotos?|fotograf[ií]a",
    },
}


@dataclass(frozen=True)
class Fault:
    """One thing to mend: where it stands and what is wrong, in an editor's words."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check_knowledge(knowledge: Knowledge, required_topics: Iterable[str], today: date) -> list[Fault]:
    """Every fault of the knowledge: missing topics, unsourced claims, old sources, length, reading level, forbidden questions.

    `today` decides which sources are old.
    """
    faults = [Fault(f"{topic}.yml", "this topic has no file.") for topic in required_topics if topic not in knowledge.topics]
    for topic in (*knowledge.topics.values(), *knowledge.care.values()):
        faults += _topic_faults(topic, knowledge, today)
    for referral in knowledge.referrals:
        where, cited = f"referrals.yml {referral.id}", knowledge.cited(referral.facts)
        faults += _text_faults(where, referral.answer, Evidence.of(cited), LONGEST_ANSWER)
        faults += _age_faults(where, referral.answer, cited, today)
    for name, phrase in knowledge.phrases.items():
        faults += _manner_faults(f"phrases.yml {name}", phrase, LONGEST_ANSWER)
        faults += _blank_faults(f"phrases.yml {name}", phrase)
    return faults


def _topic_faults(topic: Topic, knowledge: Knowledge, today: date) -> Iterator[Fault]:
    where = f"{topic.id}.yml"
    facts = [knowledge.facts[fact] for fact in topic.facts]
    if not 2 <= len(topic.next) <= 3:
        yield Fault(where, f"'next' should offer two or three topics, it has {len(topic.next)}.")
    for language in Language:
        if len(topic.label.say(language)) > LONGEST_LABEL:
            yield Fault(f"{where} label ({language})", f"is longer than {LONGEST_LABEL} characters, too long for a button.")
    evidence = Evidence.of(facts)
    for part, text in (("answer", topic.answer), *((str(audience), text) for audience, text in topic.variants.items())):
        yield from _text_faults(f"{where} {part}", text, evidence, LONGEST_ANSWER)
        yield from _age_faults(f"{where} {part}", text, facts, today)
        if topic.person is PersonOffer.ALWAYS:
            yield from _person_faults(f"{where} {part}", text)
    for state, note in topic.states.items():
        own = [knowledge.facts[fact] for fact in note.facts]
        yield from _text_faults(f"{where} states {state}", note.text, Evidence.of([*facts, *own]), LONGEST_STATE_NOTE)
        yield from _age_faults(f"{where} states {state}", note.text, own, today)


def _text_faults(where: str, text: Bilingual, evidence: Evidence, longest: int) -> Iterator[Fault]:
    yield from _manner_faults(where, text, longest)
    for language in Language:
        for claim in claims_of(text.say(language), language):
            if not evidence.holds(claim):
                yield Fault(f"{where} ({language})", f"says “{claim.text}”, but none of the facts it cites does. Cite the fact or drop it.")
        grade = readable_grade(text.say(language), language)
        if grade > HIGHEST_GRADE:
            yield Fault(f"{where} ({language})", f"reads at grade {grade:.1f}; keep it at {HIGHEST_GRADE:.0f} or lower with shorter sentences and plainer words.")


def _manner_faults(where: str, text: Bilingual, longest: int) -> Iterator[Fault]:
    for language in Language:
        said = text.say(language)
        if len(said) > longest:
            yield Fault(f"{where} ({language})", f"has {len(said)} characters; at most {longest} fit a phone.")
        if promise := _PROMISE[language].search(said):
            yield Fault(f"{where} ({language})", f"sounds like a decision or a promise: “{promise.group().strip()}”.")
        for sentence in re.findall(r"[^.!?¿\n]+[.!?]?", said):
            if sentence.endswith("?") or _REQUEST[language].match(sentence):
                yield from _forbidden_question(f"{where} ({language})", sentence, language)


def _blank_faults(where: str, phrase: Bilingual) -> Iterator[Fault]:
    try:
        english, spanish = ({name for _, name, _, _ in Formatter().parse(text) if name is not None} for text in (phrase.en, phrase.es))
    except ValueError:
        yield Fault(where, "has a { or } too many.")
        return
    if english != spanish:
        names = " and ".join(f"“{{{name}}}”" for name in sorted(english ^ spanish))
        yield Fault(where, f"has {names} in one language only; words in braces are filled in and have to stand in both.")


def _forbidden_question(where: str, sentence: str, language: Language) -> Iterator[Fault]:
    if _FROM_THE_PERSON[language].search(sentence):
        return
    for what, words in _NEVER_ASK[language].items():
        if re.search(rf"\b(?:{words})\b", sentence, re.I):
            yield Fault(where, f"asks about {what}, which may never be asked: “{sentence.strip()}”")


def _age_faults(where: str, text: Bilingual, facts: Iterable[Fact], today: date) -> Iterator[Fault]:
    for fact in facts:
        if fact.stable or not fact.years or today.year - fact.years[-1] <= OLDEST_UNSAID_YEARS:
            continue
        for language in Language:
            said = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text.say(language))}
            if not any(year <= fact.years[-1] for year in said):
                yield Fault(f"{where} ({language})", f"rests on {fact.id}, which is from {fact.years[-1]}: say the year, or do not use it.")


def _person_faults(where: str, text: Bilingual) -> Iterator[Fault]:
    for language in Language:
        if not _PERSON[language].search(text.say(language)):
            yield Fault(f"{where} ({language})", "has to end with the offer of a person ('person: always').")

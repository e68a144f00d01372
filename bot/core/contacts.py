"""Reads a person's name and how to reach them.

Responsible for being generous with names: any script, any spelling, and asking once more only for what is plainly none.
"""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.core import words
from bot.core.heard import Decision, Heard, plain

_LONGEST_NAME = 80
_MOST_WORDS = 6
_CONTACT_BESIDE = re.compile(r"\S+@\S+|\+?[\d(][\d\s().-]{5,}")
_NO_NAMES = re.compile(
    # words of a sentence
    r"\b(?:the|is|are|was|were|am|be|have|has|had|want|wants|wanna|need|know|do|does|don'?t|dont|not|can|can'?t|will|would|"
    r"my|your|our|we|they|it|its|it's|"
    r"this|that|what|wat|wut|how|why|when|where|if|about|around|more|only|just|already|first|please|stop|help|"
    r"quiero|quiere|tengo|tiene|necesito|que|cuanto|cuando|como|es|son|esta|este|esto|mis?|sus?|para|con|pero|nada|mas|"
    r"solo|ya|hay|puedo|next|q|sigue|somebody|sombody|"
    # answers to earlier questions, and what people ask about
    r"union|sindicato|diploma|ged|full|part|time|shift|turno|tiempo|medio|completo|current|both|ambos|group|grupo|workers?|"
    r"trabajadores|looking|job|trabajo|"
    r"empleo|machines?|maquinas?|production|produccion|parts|piezas|metal|welder|operator|kid|years?|anos|pay|wages?|"
    r"salary|sueldo|paga|number|phone|email|"
    r"telefono|numero|correo|zip|nobody|none|nope|nah|nadie|ningun[oa]?|idk|whatever|anyone|anybody|someone|cualquiera|"
    r"alguien)\b"
)
_OPENS_NO_NAME = re.compile(r"(?:no|yes|si|yeah|ok|okay|not|ni|sin|and|y|but|pero|or|o|so|hey|hi|hello|hola|bro)(?![\w'])")
_REFUSES = re.compile(
    r"(?:no (?:names?|nombres?)|without (?:a |my )?name|anonymous|anonimo|anonima|sin nombre|no (?:le |te )?(?:quiero|"
    r"voy a) (?:dar|decir)\w*(?: mi)?(?: nombre)?|"
    r"(?:i )?(?:don'?t|do not|won'?t) (?:want to |wanna )?(?:give|say|share)(?: you)?(?: my| a)?(?: name)?|no name please)"
)
_SPELLED = re.compile(r"\b([\w.+-]+) (?:at|arroba) ([\w-]+) (?:dot|punto) (com|org|net|edu|gov|us|mx)\b")
_NAMED = re.compile(
    r"\b(?:my name is|my name'?s|name is|call me|ask for|me llamo|mi nombre es|ll[aá]m[ea]n?me|d[ií]gan?me|pregunten? por)\s",
    re.IGNORECASE,
)
_CLOCK = r"(?:noon|mediod[ií]a|\d{1,2}(?::\d\d)?(?! ?-?\d)(?: ?[ap]\.? ?m\b\.?)?)"
_DAYS = (
    r"(?:weekdays?|weekends?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|"
    r"lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bados?|domingos?)"
)
_TIMES = re.compile(
    rf"\b(?:(?:after|before|until|from|around) (?:{_CLOCK}|work|school|lunch)|between {_CLOCK} and {_CLOCK}|"
    rf"(?:in the |only )?(?:mornings?|afternoons?|evenings?)|at night|(?:on |only )?{_DAYS}|"
    rf"(?:despu[eé]s de|antes de|hasta|desde|a partir de) (?:las? )?(?:{_CLOCK}|del? trabajo|la escuela)|"
    rf"entre (?:las )?{_CLOCK} y (?:las )?{_CLOCK}|(?:por|en) las? (?:mañanas?|tardes?|noches?)|(?:los )?fin(?:es)? de semana)",
    re.IGNORECASE,
)
_LONGEST_TIMES = 64
_NAMES_LIKE_WORDS = re.compile(
    r"simon|dale|(?:will|may|joy|faith|hope|grace|mark|bill|angel|jesus|guadalupe|sol|luz|paz|cielo|santos|precious|chance)"
    r"(?: \w+){0,2}"
)


class WrongContactError(ValueError):
    """A number or address that cannot be right; `phrase` names what to say. Holds nothing that a person wrote."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def declines(heard: Heard) -> bool:
    """ "I'd rather not", about whatever was asked."""
    return heard.act == "prefer_not" or bool(re.fullmatch(words.PREFER_NOT, heard.plain))


def withholds_name(heard: Heard) -> bool:
    """They go without a name."""
    return declines(heard) or bool(_REFUSES.fullmatch(heard.plain))


def is_no_text(heard: Heard) -> bool:
    """Whatever may not be kept as somebody's own words: an act of the dialogue, a yes or no, "I don't know"."""
    short = (
        rf"(?:{words.YES}|{words.NO}|ok(?:ay)?|ya|bueno)|(?:{words.FILLER.pattern})?(?:{words.UNKNOWN})(?: .*)?|"
        rf"(?:i )?(?:{words.UNKNOWN}).*|(?:i )?(?:don'?t|do not) know\b.*|no (?:lo )?se\b.*"
    )
    return heard.act is not None or declines(heard) or bool(re.fullmatch(short, heard.plain))


def read_name(heard: Heard) -> str | None:
    """The name alone, without "my name is" and without a phone or an e-mail address beside it; None for what is no name."""
    if withholds_name(heard) or re.search(r"[?¿]", heard.text):
        return None
    said = _CONTACT_BESIDE.sub(" ", heard.text) if heard.values("phone") or heard.values("email") else heard.text
    said = re.sub(r"\s+", " ", said).strip(" .,!:;-")
    named = _NAMED.search(said)
    name = (said[named.end() :] if named else words.MY_NAME.sub("", said)).strip(" .,!:;-")
    if not re.search(r"[^\W\d_]", name) or len(name) > _LONGEST_NAME or len(name.split()) > _MOST_WORDS or re.search(r"\d", name):
        return None
    return name if named or _may_be_name(heard, plain(name)) else None


def _may_be_name(heard: Heard, name: str) -> bool:
    if _NAMES_LIKE_WORDS.fullmatch(name):
        return True
    if is_no_text(heard) or heard.is_question or _OPENS_NO_NAME.match(name):
        return False
    return _is_written_as_name(heard.text) or not (_NO_NAMES.search(name) or _is_topic(heard, name))


def _is_written_as_name(text: str) -> bool:
    """Two or more words, each with a capital: "Do Van Minh" and "My Linh" are no sentences."""
    first = [word[:1] for word in text.split()]
    return len(first) > 1 and all(letter.isupper() for letter in first)


def _is_topic(heard: Heard, name: str) -> bool:
    """A lone word, or more in small letters, that surely is about a topic of ours ("benefits", "day care")."""
    sure = heard.decision is Decision.ANSWERED and heard.topic not in (None, "chitchat", "out_of_scope")
    return sure and heard.text.strip()[:1].islower() and bool(name)


def read_contact(heard: Heard) -> dict[str, str] | None:
    """Kind and value of a phone number, an e-mail address, or that they call themselves; with `times` where they say when.

    Raises WrongContactError.
    """
    contact = _read_contact(heard)
    times = read_times(heard.text)
    return contact | {"times": times} if contact and times else contact


def read_times(text: str) -> str | None:
    """When somebody asks to be reached, in their own words: "after 5 pm", "por la tarde"."""
    found = [match[0] for match in _TIMES.finditer(text)]
    return ", ".join(found)[:_LONGEST_TIMES] or None


def _read_contact(heard: Heard) -> dict[str, str] | None:
    for phone in heard.values("phone"):
        if not _is_phone(phone):
            raise WrongContactError("phone_wrong")
        return {"kind": "phone", "value": phone}
    for email in heard.values("email"):
        try:
            return {"kind": "email", "value": validate_email(email, check_deliverability=False).normalized}
        except EmailNotValidError:
            raise WrongContactError("email_wrong") from None
    if heard.is_question:
        return None
    if spelled := _SPELLED.search(heard.text.lower()):
        return {"kind": "email", "value": f"{spelled[1]}@{spelled[2]}.{spelled[3]}"}
    if re.search(rf"(?<!\w)(?:{words.CONTACT_THEM})(?!\w)", heard.plain):
        return {"kind": "they_call", "value": ""}
    if "@" in heard.text:
        raise WrongContactError("email_wrong")
    if len(re.sub(r"\D", "", heard.text)) >= 5:
        raise WrongContactError("phone_wrong")
    return None


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return False

"""Reference numbers: "IMT-" and six characters that a person can read out, write down and type again.

Responsible for making them and for finding one in a message. Must not know what a number refers to, or whether it exists.

The characters leave out 0 O 1 I L, which are taken for each other, and A E U, so that no word arises. Each number holds a
digit and a letter, so that neither a word nor an amount after "IMT" is ever taken for one ("IMT salary", "IMT 532150").
"""

from __future__ import annotations

import re
import secrets
import unicodedata

PREFIX = "IMT-"
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 6

_LETTER = re.compile(r"[A-Z]")
_DIGIT = re.compile(r"[0-9]")
_GAP = r"[^A-Z0-9]{0,3}"
# The I of IMT cannot be anything else, so 1, L and | are read as it.
_IMT = rf"(?<![A-Z0-9])[I1L|]{_GAP}M{_GAP}T"
_WHOLE = re.compile(rf"{_IMT}{_GAP}([A-Z0-9]{{{LENGTH}}})(?![A-Z0-9])")
_SPACED = re.compile(rf"{_IMT}{_GAP}([{ALPHABET}](?:[ ._-]{{0,2}}[{ALPHABET}]){{{LENGTH - 1}}})(?![A-Z0-9])")
# Written with its dash it can be nothing else, even without a digit or a letter ("2" taken for "Z").
_DASHED = re.compile(rf"{_IMT}-([{ALPHABET}]{{{LENGTH}}})(?![A-Z0-9])")
_LOOSE = re.compile(rf"(?<![A-Z0-9])[{ALPHABET}]{{{LENGTH}}}(?![A-Z0-9])")
_SPOKEN_OF = re.compile(r"\b(?:IMT|REF(?:ERENCE|ERENCIA|ERRAL)?|NUMBER|NUMERO|CODE|CODIGO|FOLIO|TICKET)\b")
# "2YEARS", "12WEEK": an amount with its unit, unless every character is one of ours.
_AMOUNT = re.compile(r"[0-9]+[A-Z]+|[A-Z]+[0-9]+")
_CANADIAN_POSTCODE = re.compile(r"(?:[A-Z][0-9]){3}")


def new_reference() -> str:
    """A number nobody can guess from another one. That it is not taken yet is for the caller to see to."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _is_mixed(body):
            return PREFIX + body


def find_reference(text: str) -> str | None:
    """The first number in a message, as "IMT-XXXXXX", however it was typed; None where there is none.

    A number with a character that we never use is given back as typed: somebody who misread theirs should hear that it is
    not known, rather than be taken to have asked about something else.
    """
    plain = _plain(text)
    return _after_prefix(plain) or _without_prefix(plain)


def _after_prefix(plain: str) -> str | None:
    if dashed := _DASHED.search(plain):
        return PREFIX + dashed[1]
    for match in _WHOLE.finditer(plain):
        body = match[1]
        if _is_mixed(body) and (_is_ours(body) or not _AMOUNT.fullmatch(body)):
            return PREFIX + body
    for match in _SPACED.finditer(plain):
        body = re.sub(r"[^A-Z0-9]", "", match[1])
        if _is_mixed(body):
            return PREFIX + body
    return None


def _without_prefix(plain: str) -> str | None:
    """Only the six characters: the whole message, or beside a word such as "number"."""
    alone = plain.strip(" .,;:!?#\"'()")
    for body in _LOOSE.findall(plain):
        if _is_mixed(body) and not _CANADIAN_POSTCODE.fullmatch(body) and (body == alone or _SPOKEN_OF.search(plain)):
            return PREFIX + str(body)
    return None


def _plain(text: str) -> str:
    """Upper case, without accents and full-width forms."""
    folded = unicodedata.normalize("NFKD", text).upper()
    return "".join(character for character in folded if not unicodedata.combining(character))


def _is_mixed(body: str) -> bool:
    return bool(_LETTER.search(body) and _DIGIT.search(body))


def _is_ours(body: str) -> bool:
    return all(character in ALPHABET for character in body)

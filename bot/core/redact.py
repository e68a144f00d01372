"""Takes what could be about somebody out of a question, before it is kept for staff to look at.

Pure. What is known to be harmless stays, all else goes: a word stays only if the assistant's own examples have it. Must not know
where the words come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.heard import plain

LONGEST = 300
# Stands where a word was taken out.
GAP = "…"
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s*\n\s*")
# Letters and digits in one: "18", "2nd" and "10am" are no names, anything else of that kind may be.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_AMOUNT = re.compile(r"\d{1,2}[^\W\d_]{0,3}")
# What would be read as more than words where examples are kept.
_MARKUP = re.compile(r"[\[\]{}<>|*_`\\]")
_MOST_DIGITS, _MOST_GAPS, _FEWEST_WORDS_BESIDE_GAP = 2, 1, 3
# Of so few words, each with a capital, any may be a name.
_MOST_WORDS_OF_A_NAME = 4
_TELLS = re.compile(
    r"@|https?:|www\.|\.(?:com|org|net|edu|gov|mx)\b|"
    r"\b(?:my name|name is|name's|names|last name|first name|surname|call me|text me|e-?mail me|ask for|"
    r"me llamo|mi nombre|se llama|ll[aá]m[ea]n?me|apellidos?|pregunt\w+ por|"
    r"my address|address is|i live (?:at|on|in)|mi direcci[oó]n|vivo en|"
    r"social security|ssn|birth ?day|birth ?date|born|nac[ií])\b|"
    r"\b(?:at|arroba)\b.+\b(?:dot|punto)\b|"
    r"\b(?:mr|mrs|ms|miss|dr|sr|sra|srta|don|do[ñn]a)\b\.?\s+\w",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\d.*\b(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|apt|unit|calle|avenida|colonia|col)\b|"
    r"\b(?:calle|avenida|apt|colonia|#)\b.*\d",
    re.IGNORECASE,
)
_DIGIT_WORDS = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b[\s,-]*){4}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Vocabulary:
    """`words` (folded) that may stay; of them `names` may have a capital in the middle of a sentence, as IMT and English do."""

    words: frozenset[str]
    names: frozenset[str]


def redact(text: str, vocabulary: Vocabulary) -> str | None:
    """The question without what could be about somebody; None where nothing is left of it.

    Whole sentences go that tell of a person, hold more than two digits, or more than one word that is not known.
    """
    text = _MARKUP.sub(" ", "".join(each if each.isprintable() or each == "\n" else " " for each in text))
    kept = [_redact_sentence(sentence.strip(), vocabulary) for sentence in _SENTENCE.split(text) if sentence.strip()]
    short = ""
    for sentence in kept:
        if sentence and len(short) + len(sentence) < LONGEST:
            short = f"{short} {sentence}".strip()
    return short or None


def _redact_sentence(sentence: str, vocabulary: Vocabulary) -> str | None:
    if _TELLS.search(sentence) or _STREET.search(sentence) or _DIGIT_WORDS.search(sentence):
        return None
    if len(re.sub(r"\D", "", sentence)) > _MOST_DIGITS:
        return None
    words = [word for word in _WORD.finditer(sentence) if not _AMOUNT.fullmatch(word[0])]
    capitals = [word[0] for word in words if word[0][0].isupper()]
    title = len(capitals) == len(words)
    if title and len(words) <= _MOST_WORDS_OF_A_NAME and not _are_names(capitals, vocabulary):
        return None
    unknown = [word for number, word in enumerate(words) if not _may_stay(word[0], number == 0 or title, vocabulary)]
    known = len(words) - len(unknown)
    if len(unknown) > _MOST_GAPS or not known or (unknown and known < _FEWEST_WORDS_BESIDE_GAP):
        return None
    for word in reversed(unknown):
        sentence = f"{sentence[: word.start()]}{GAP}{sentence[word.end() :]}"
    return re.sub(r"\s+", " ", sentence)


def _may_stay(word: str, may_be_capital: bool, vocabulary: Vocabulary) -> bool:
    """A capital in the middle of a sentence makes a name of any word ("ask Grace"), unless the word is all capitals."""
    folded = plain(word)
    if folded not in vocabulary.words:
        return False
    is_name = word[0].isupper() and not word.isupper() and not may_be_capital
    return not is_name or folded in vocabulary.names


def _are_names(words: list[str], vocabulary: Vocabulary) -> bool:
    """All of them names that are known, or one ordinary word at the beginning and such names after it."""
    return all(plain(word) in vocabulary.names for word in words[1:]) and plain(words[0]) in vocabulary.words if words else True

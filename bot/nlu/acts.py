"""Recognises messages that are an act of the dialogue as a whole: yes, no, go back, why, start over, a cry for help.

spaCy's PhraseMatcher on the phrases of `data/nlu/acts.yml`. An act must be the whole message, but for politeness around
it; the acts of danger count anywhere in a message, because missing one is worse than asking once too often.
"""

from __future__ import annotations

import re
from typing import Dict, Optional

import spacy
from spacy.matcher import PhraseMatcher

from bot.nlu.topics import fold

ANYWHERE = ("danger_to_self", "danger_from_others", "injury", "fear_of_reporting", "delete_data")
_POLITE = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|ok|okay|um+|uh+|hey|hi|hello|well|so|lol|por favor|porfa(?:vor)?|gracias|hola|bueno|oye|pues|mire|disculpe)\b"
)


class ActMatcher:
    """Finds the act of a message. `phrases` maps each phrase to its act."""

    def __init__(self, phrases: Dict[str, str]) -> None:
        self._pipeline = spacy.blank("xx")
        self._matcher = PhraseMatcher(self._pipeline.vocab)
        self._whole = {normalise(phrase): act for phrase, act in phrases.items()}
        for act in ANYWHERE:
            patterns = [self._pipeline.make_doc(normalise(phrase)) for phrase, own in phrases.items() if own == act]
            self._matcher.add(act, patterns) if patterns else None

    def match(self, text: str) -> Optional[str]:
        """The act that `text` is, or None."""
        said = normalise(text[:2000])
        bare = re.sub(r"\s+", " ", _POLITE.sub(" ", said)).strip()
        whole = self._whole.get(said) or self._whole.get(bare)
        if whole or not said:
            return whole
        doc = self._pipeline(said)
        found = {self._pipeline.vocab.strings[label] for label, _, _ in self._matcher(doc)}
        return next((act for act in ANYWHERE if act in found), None)


def normalise(text: str) -> str:
    """Folded, without punctuation; emoji and symbols that stand alone are kept, for they may be the whole answer."""
    words = re.sub(r"[^\w' ]+", " ", fold(text).replace("’", "'"))
    return re.sub(r"\s+", " ", words).strip() or text.strip()

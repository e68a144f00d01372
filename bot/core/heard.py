"""One message as the assistant understood it, independent of Rasa and of any channel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.core.language import Language


class Decision(StrEnum):
    """The three ways in which understanding can end (design: "Three ways to end")."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    DECLINED = "declined"


@dataclass(frozen=True)
class Entity:
    """Something found in the text: `kind` is state, city, zip, foreign_postcode, age, number, phone or email."""

    kind: str
    value: Any
    sure: bool = True


@dataclass(frozen=True)
class Heard:
    """A message: its text, the act if the whole message is one, what it is about, and what stands in it.

    `parts` holds one list of topics, best first, for each question in the message. `asks_topic`: it is the title of a
    topic's button.
    """

    text: str
    language: Language
    act: str | None = None
    decision: Decision = Decision.DECLINED
    parts: tuple[tuple[str, ...], ...] = ()
    score: float = 0.0
    entities: tuple[Entity, ...] = field(default=())
    asks_topic: bool = False

    @property
    def plain(self) -> str:
        """The text in lower case, without accents and punctuation."""
        return plain(self.text)

    @property
    def topic(self) -> str | None:
        """The best topic of the first part."""
        return self.parts[0][0] if self.parts and self.parts[0] else None

    @property
    def is_question(self) -> bool:
        """It asks something, rather than answering what was asked."""
        return self.asks_topic or bool(re.search(r"\?\s*$|^\s*¿", self.text)) or self.opens_as_question

    @property
    def opens_as_question(self) -> bool:
        """Its first words are those of a question, with or without the mark."""
        return bool(_QUESTION_WORD.match(self.plain))

    def values(self, kind: str, sure_only: bool = False) -> list[Any]:
        """The values of one kind of entity, in the order of the text, each once."""
        found = [entity.value for entity in self.entities if entity.kind == kind and (entity.sure or not sure_only)]
        return list(dict.fromkeys(found))


_BEFORE_A_QUESTION = r"(?:and|y|but|pero|so|ok|okay|oye|hey|hi|hola|wait|esper[ea]|perdon|sorry|um+|well|bueno|pues|entonces)"
_QUESTION_WORD = re.compile(
    rf"(?:{_BEFORE_A_QUESTION} )*"
    r"(?:(?:what|when|where|who|how)(?:'?s)?|why|which|do(?:n'?t)? (?:i|you|we|they)|can(?:'?t)? (?:i|you|we|they)|could(?:n'?t)? (?:i|you|we|they)|"
    r"does|did|(?:is|are|isn'?t|aren'?t) (?:it|there|this|that|you|they)|will|would|should|tell me|explain|i(?:'d| would) like to know|"
    r"i want to know|(?:and |but )?what if|(?:y|pero) si no\b|y si (?:yo|me|nos|soy|es|llamo|digo)\b|que|cuando|a ?donde|cuant[oa]s?|donde|quien|por que|porque|cual|puedo|se puede|hay|tengo que|"
    r"como(?! (?:no|unos|unas|\d+)\b)|necesito(?! (?:un |una )?(?:trabaj\w+|empleo|chamba)\b)|"
    r"quiero saber|quisiera saber|digame|dime|cuenteme|expliqueme)\b"
)


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation but inside numbers and words, single spaces."""
    # Decomposed before and after: "𝕊" becomes an ordinary capital first, and some small letters decompose again.
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.replace("’", "'")).lower())
    bare = "".join(letter for letter in lower if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", re.sub(r"[^\w'.@+ ]+|(?<!\d)\.|\.(?!\d)", " ", bare)).strip()


def matches(patterns: Mapping[str, str], text: str) -> str | None:
    """The first key whose pattern stands in `text` as whole words."""
    return next((key for key, pattern in patterns.items() if re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text)), None)

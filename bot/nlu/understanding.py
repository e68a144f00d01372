"""What a message is about: one ranking for the whole, or one for each of two questions, a decision and the language.

Used alike by Rasa's component and by the evaluation, so that what is measured is what runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Sequence, Tuple

import numpy as np

from bot.nlu.decide import CHITCHAT, OUT_OF_SCOPE, Thresholds, decide
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.language import LanguageModel
from bot.nlu.parts import split_parts
from bot.nlu.topics import Floats, TopicModel

KEPT_TOPICS = 10
_BLEND = 0.5


@dataclass(frozen=True)
class Understanding:
    """`rankings` holds one ranking for each question answered, best topic first; `language_sure` may change the conversation's."""

    decision: str
    rankings: List[List[Tuple[str, float]]]
    language: str
    language_sure: bool

    @property
    def ranking(self) -> List[Tuple[str, float]]:
        return self.rankings[0]


class Understander:
    """The encoder, the two models and the thresholds together."""

    def __init__(self, encoder: SentenceEncoder, topics: TopicModel, languages: LanguageModel, thresholds: Thresholds) -> None:
        self._encoder = encoder
        self._topics = topics
        self._languages = languages
        self._thresholds = thresholds

    def understand(self, texts: Sequence[str]) -> List[Understanding]:
        """One understanding for each text, in order; texts and their parts are encoded together."""
        pieces = [split_parts(text) for text in texts]
        flat = [part for text, parts in zip(texts, pieces) for part in ([text] if len(parts) == 1 else [text, *parts])]
        scores = self._topics.scores(flat, self._encoder.encode(flat))
        found, at = [], 0
        for text, parts, (language, sure) in zip(texts, pieces, self._languages.detect(texts)):
            size = 1 if len(parts) == 1 else 1 + len(parts)
            decision, rankings = self._judge(scores[at : at + size])
            found.append(Understanding(decision, rankings, language, sure))
            at += size
        return found

    def _judge(self, scores: Floats) -> Tuple[str, List[List[Tuple[str, float]]]]:
        """Two questions where two parts are each sure of another topic; else the whole, helped by its surest part."""
        if len(scores) > 1:
            both = self._two_questions(scores[1:])
            if both:
                return "answered", both
        whole = blend(scores)
        ranking = self._topics.ranked(whole)[:KEPT_TOPICS]
        return decide(ranking, self._thresholds), [ranking]

    def _two_questions(self, parts: Floats) -> List[List[Tuple[str, float]]]:
        sure: List[List[Tuple[str, float]]] = []
        for row in parts:
            ranking = self._topics.ranked(row)[:KEPT_TOPICS]
            topic, score = ranking[0]
            new = all(topic != other[0][0] for other in sure)
            if score >= self._thresholds.part and topic not in (CHITCHAT, OUT_OF_SCOPE) and new:
                sure.append(ranking)
        return sure[:2] if len(sure) >= 2 else []


def blend(scores: Floats) -> Floats:
    """The scores of a whole message, moved towards its surest part: a long story has its question at the end."""
    if len(scores) == 1:
        return scores[0]
    surest = scores[1:][int(np.argmax(scores[1:].max(axis=1)))]
    blended: Floats = (1 - _BLEND) * scores[0] + _BLEND * surest
    return blended

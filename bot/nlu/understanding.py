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
Scored = List[Tuple[str, float]]
_BLEND = 0.25


@dataclass(frozen=True)
class Understanding:
    """`rankings` holds one for each question answered, best topic first; a sure language may change the conversation's."""

    decision: str
    rankings: List[Scored]
    language: str
    language_sure: bool

    @property
    def ranking(self) -> Scored:
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
        pieces = [pieces_of(text) for text in texts]
        flat = [piece for own in pieces for piece in own]
        scores = self._topics.scores(flat, self._encoder.encode(flat))
        found, at = [], 0
        for own, (language, sure) in zip(pieces, self._languages.detect(texts)):
            decision, rankings = judge(scores[at : at + len(own)], self._topics.topics, self._thresholds)
            found.append(Understanding(decision, rankings, language, sure))
            at += len(own)
        return found


def pieces_of(text: str) -> List[str]:
    """The whole text first, then the parts that it can be cut into, if any: what has to be scored to judge it."""
    parts = split_parts(text)
    return [text] if len(parts) == 1 else [text, *parts]


def judge(scores: Floats, topics: Sequence[str], thresholds: Thresholds) -> Tuple[str, List[Scored]]:
    """A decision and rankings from the scores (pieces, topics) of `pieces_of` a text.

    Two questions where two parts are each sure of another topic; else the whole, helped by its surest part.
    """
    both = two_questions(scores[1:], topics, thresholds.part)
    if both:
        return "answered", both
    ranking = rank(blend(scores), topics)
    return decide(ranking, thresholds), [ranking]


def two_questions(parts: Floats, topics: Sequence[str], least: float) -> List[Scored]:
    """The rankings of the first two parts that are each sure of another topic, or nothing."""
    sure: List[Scored] = []
    for row in parts:
        ranking = rank(row, topics)
        topic, score = ranking[0]
        new = all(topic != other[0][0] for other in sure)
        if score >= least and topic not in (CHITCHAT, OUT_OF_SCOPE) and new:
            sure.append(ranking)
    return sure[:2] if len(sure) >= 2 else []


def rank(scores: Floats, topics: Sequence[str]) -> Scored:
    """The best topics with their scores, best first, for one row of scores."""
    return [(topics[index], float(scores[index])) for index in np.argsort(-scores, kind="stable")[:KEPT_TOPICS]]


def blend(scores: Floats) -> Floats:
    """The scores of a whole message, moved towards its surest part: a long story has its question at the end."""
    blended: Floats = scores[0]
    if len(scores) > 1:
        surest = scores[1:][int(np.argmax(scores[1:].max(axis=1)))]
        blended = (1 - _BLEND) * scores[0] + _BLEND * surest
    return blended

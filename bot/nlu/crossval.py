"""Scores of the training examples by models that never saw them, nor anything like them.

Responsible for: folds that near-duplicates do not straddle, out-of-fold votes for every piece of every example,
and made-up messages of two questions. Must not know thresholds or files of results.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from bot.nlu.decide import CHITCHAT, OUT_OF_SCOPE
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.examples import Example
from bot.nlu.topics import Floats, TopicModel, best_temperature, calibrate, fold
from bot.nlu.understanding import pieces_of

FOLDS = 5
SEED = 0
PAIRS = 1500
_SAME = 0.965
_ROWS_AT_ONCE = 2000
_JOINTS = {"en": ("? ", ". ", " and ", "? Also ", ", and "), "es": ("? ", ". ", " y ", "? También ", ", y ")}

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Held:
    """A message that the model of its fold never saw: its topics (two for a made-up pair) and scores (pieces, topics).

    `also`: further topics whose answer would serve as well.
    """

    text: str
    topics: Tuple[str, ...]
    language: str
    scores: Floats
    also: Tuple[str, ...] = ()


@dataclass(frozen=True)
class CrossValidation:
    """What the folds say: the examples, the made-up pairs, the topics in the order of the scores, the temperature."""

    topics: List[str]
    temperature: float
    singles: List[Held]
    pairs: List[Held]


def cross_validate(
    examples: Sequence[Example], encoder: SentenceEncoder, folds: int = FOLDS, pairs: int = PAIRS
) -> CrossValidation:
    """Fit on all folds but one, score that one, for each; the temperature is found on all those scores together.

    `encoder` had better be a cached one: every example, every part and every pair is encoded.
    """
    vectors = encoder.encode([example.text for example in examples])
    groups = near_duplicates([example.text for example in examples], vectors)
    names = sorted({example.topic for example in examples})
    labels = np.searchsorted(names, [example.topic for example in examples])
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=SEED)
    singles: Dict[int, Floats] = {}
    doubles: List[Tuple[Held, Floats]] = []
    for number, (train, test) in enumerate(splitter.split(vectors, labels, groups)):
        model = TopicModel.fit([examples[i] for i in train], vectors[train])
        singles.update(zip(test.tolist(), _votes(model, encoder, [examples[i].text for i in test])))
        made = list(make_pairs([examples[i] for i in test], pairs // folds, SEED + number))
        doubles += zip(made, _votes(model, encoder, [pair.text for pair in made]))
    temperature = best_temperature(np.stack([singles[i][0] for i in range(len(examples))]), labels)
    held = [
        Held(example.text, (example.topic,), example.language, calibrate(singles[i], temperature), example.also)
        for i, example in enumerate(examples)
    ]
    return CrossValidation(
        names, temperature, held, [_with_scores(pair, calibrate(votes, temperature)) for pair, votes in doubles]
    )


def near_duplicates(texts: Sequence[str], vectors: Floats) -> Numbers:
    """A group number for each text: the same where vectors are closer than 0.965 or the folded texts equal, and so on."""
    first: Dict[str, int] = {}
    left, right = [], []
    for index, text in enumerate(texts):
        left.append(index)
        right.append(first.setdefault(fold(text), index))
    for start in range(0, len(texts), _ROWS_AT_ONCE):
        rows, columns = np.nonzero(vectors[start : start + _ROWS_AT_ONCE] @ vectors.T > _SAME)
        left += (rows + start).tolist()
        right += columns.tolist()
    size = len(texts)
    groups: Numbers = connected_components(coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size)))[1].astype(
        np.int64
    )
    return groups


def make_pairs(examples: Sequence[Example], count: int, seed: int) -> Iterator[Held]:
    """`count` messages of two questions: two short examples of one language and different topics, joined as people do."""
    chance = random.Random(seed)
    usable = [e for e in examples if e.topic not in (OUT_OF_SCOPE, CHITCHAT) and len(pieces_of(e.text)) == 1]
    while count > 0:
        first, second = chance.sample(usable, 2)
        if first.language == second.language and first.topic != second.topic:
            joint = chance.choice(_JOINTS[first.language])
            text = first.text.rstrip(" .,;?!") + joint + second.text
            yield Held(text, (first.topic, second.topic), first.language, np.zeros((0, 0), dtype=np.float32))
            count -= 1


def _votes(model: TopicModel, encoder: SentenceEncoder, texts: Sequence[str]) -> List[Floats]:
    pieces = [pieces_of(text) for text in texts]
    flat = [piece for own in pieces for piece in own]
    votes = model.votes(flat, encoder.encode(flat))
    ends = np.cumsum([len(own) for own in pieces])
    return [votes[end - len(own) : end] for own, end in zip(pieces, ends)]


def _with_scores(held: Held, scores: Floats) -> Held:
    return replace(held, scores=scores)

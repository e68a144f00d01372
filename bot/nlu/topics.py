"""The topic classifier: one kernel machine on sentence vectors and n-grams, calibrated into probabilities.

Responsible for: fitting on labelled texts, and scores for each topic. Must not know Rasa, files, thresholds or languages.
Why this one: docs/adr/0002-understanding.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.examples import Example
from bot.nlu.ridge import extend, kernel, solve

Floats = NDArray[np.float32]

_LETTERS, _WORDS = 0.2, 0.1
_ALSO = 0.7
_SHARPNESS = 20.0


def fold(text: str) -> str:
    """Lower case, no accents, no letter more than twice in a row: how people type when in a hurry."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))
    return re.sub(r"(.)\1{2,}", r"\1\1", bare)


class TopicModel:
    """Calibrated probabilities for each topic. Fit it, then ask for `scores`."""

    duals: Floats
    _centre: Floats
    _points: Floats
    _shares: Floats
    _of_ngrams: NDArray[np.float16]
    _words: TfidfVectorizer
    _letters: TfidfVectorizer

    def __init__(self, topics: Sequence[str]) -> None:
        self.topics: List[str] = sorted(set(topics))
        self.temperature = 1.0

    @classmethod
    def fit(
        cls, examples: Sequence[Example], vectors: Floats, temperature: Optional[float] = None, start: Optional[Floats] = None
    ) -> "TopicModel":
        """Learn from examples and their sentence vectors (n, dim).

        `temperature` calibrates the scores; it is found on held-out scores by `best_temperature`. `start`: the `duals`
        (n, topics) of a fit on nearly the same examples, zeros for new ones; then only the new ones are learned.
        """
        model = cls([example.topic for example in examples])
        model.temperature = temperature or 1.0
        model._centre = vectors.mean(axis=0)
        model._points = model._centred(vectors)
        grams = model._learn_ngrams([fold(example.text) for example in examples])
        targets = model._targets(examples)
        model._shares = targets.mean(axis=0)
        wanted = targets - model._shares
        model.duals = solve(model._points, grams, wanted) if start is None else extend(model._points, grams, wanted, start)
        # The n-grams are linear, so their weights are summed up once: one row a feature.
        model._of_ngrams = np.ascontiguousarray((grams.T @ model.duals).astype(np.float16))
        return model

    def _targets(self, examples: Sequence[Example]) -> Floats:
        """1 for the topic of an example, nearly as much for those that would serve as well."""
        column = {topic: place for place, topic in enumerate(self.topics)}
        targets: Floats = np.zeros((len(examples), len(self.topics)), dtype=np.float32)
        for row, example in enumerate(examples):
            targets[row, [column[topic] for topic in example.also if topic in column]] = _ALSO
            targets[row, column[example.topic]] = 1
        return targets

    def _learn_ngrams(self, texts: List[str]) -> "csr_matrix":
        self._words = TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\w+", dtype=np.float32
        )
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
        grams = _weighed(self._words.fit_transform(texts), self._letters.fit_transform(texts))
        for vectorizer in (self._words, self._letters):
            vectorizer.stop_words_ = None  # scikit-learn keeps what it dropped: megabytes that nothing reads
        return grams

    def _ngrams(self, texts: Sequence[str]) -> "csr_matrix":
        return _weighed(self._words.transform(texts), self._letters.transform(texts))

    def scores(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Probabilities (n, topics) for texts and their vectors, in the order of `topics`."""
        if not len(texts):
            return np.zeros((0, len(self.topics)), dtype=np.float32)
        return calibrate(self.votes(texts, vectors), self.temperature)

    def votes(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Shares (n, topics) of the regression, before calibration."""
        near = kernel(self._centred(vectors), self._points)
        return _softmax((near @ self.duals + self._by_ngrams(texts) + self._shares) * _SHARPNESS)

    def _by_ngrams(self, texts: Sequence[str]) -> Floats:
        grams = self._ngrams([fold(text) for text in texts])
        rows = zip(grams.indptr[:-1], grams.indptr[1:])
        return np.stack([grams.data[a:b] @ self._of_ngrams[grams.indices[a:b]].astype(np.float32) for a, b in rows])

    def _centred(self, vectors: Floats) -> Floats:
        shifted = vectors - self._centre
        centred: Floats = (shifted / np.maximum(np.linalg.norm(shifted, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return centred

    def __getstate__(self) -> Dict[str, Any]:
        """Stored at half precision: half the file, and no score changes by a thousandth."""
        return {**self.__dict__, "_points": self._points.astype(np.float16)}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state, _points=state["_points"].astype(np.float32))


def _weighed(words: "csr_matrix", letters: "csr_matrix") -> "csr_matrix":
    return hstack([words * np.float32(np.sqrt(_WORDS)), letters * np.float32(np.sqrt(_LETTERS))]).tocsr()


def calibrate(votes: Floats, temperature: float) -> Floats:
    """Votes as probabilities: sharpened where `temperature` is below 1, softened above."""
    powered = np.power(np.maximum(votes, 1e-9), 1.0 / temperature)
    calibrated: Floats = powered / powered.sum(axis=1, keepdims=True)
    return calibrated


def best_temperature(votes: Floats, labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood on held-out votes; `labels` are column numbers."""
    grid = np.linspace(0.3, 1.5, 49)
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(calibrate(votes, float(value))[rows, labels], 1e-9)).mean() for value in grid]
    return float(grid[int(np.argmin(losses))])


def _softmax(margins: Floats) -> Floats:
    exponents = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return shares

"""The topic classifier: three simple voters on sentence vectors and n-grams, calibrated into probabilities.

Responsible for: fitting on labelled texts, and scores for each topic. Must not know Rasa, files, thresholds or languages.
The choice of voters and weights is argued in docs/adr/0002-understanding.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import List, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

Floats = NDArray[np.float32]

WEIGHTS = {"linear": 0.2, "ngrams": 0.35, "kernel": 0.45}
_VECTOR_SCALE = 4.0
_MARGIN_TEMPERATURE = 0.2
_KERNEL_WIDTH = 2.0
_KERNEL_RIDGE = 0.1
_KERNEL_TEMPERATURE = 0.05


def fold(text: str) -> str:
    """Lower case, no accents, no letter more than twice in a row: how people type when in a hurry."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))
    return re.sub(r"(.)\1{2,}", r"\1\1", bare)


class TopicModel:
    """Calibrated probabilities for each topic. Fit it, then ask for `scores`."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.topics: List[str] = sorted(set(topics))
        self.temperature = 1.0
        self._centre: Floats = np.zeros(0, dtype=np.float32)

    @classmethod
    def fit(
        cls, texts: Sequence[str], topics: Sequence[str], vectors: Floats, temperature: Optional[float] = None
    ) -> "TopicModel":
        """Learn from texts, their topics and their sentence vectors (n, dim). Deterministic.

        `temperature` calibrates the scores; it is found on held-out scores by `best_temperature`.
        """
        model = cls(topics)
        labels = np.searchsorted(model.topics, np.asarray(topics))
        model.temperature = temperature or 1.0
        model._centre = vectors.mean(axis=0)
        points = model._centred(vectors)
        model._fit_linear(points, labels)
        model._fit_ngrams([fold(text) for text in texts], points, labels)
        model._fit_kernel(points, labels)
        return model

    def _fit_linear(self, points: Floats, labels: NDArray[np.int64]) -> None:
        linear = LogisticRegression(C=0.3, max_iter=200, tol=1e-3).fit(points * _VECTOR_SCALE, labels)
        self._linear: Tuple[Floats, Floats] = (linear.coef_.astype(np.float32), linear.intercept_.astype(np.float32))

    def _fit_ngrams(self, texts: List[str], points: Floats, labels: NDArray[np.int64]) -> None:
        """Words and letters beside the vectors, so that the words only add what the vectors do not say."""
        self._words = TfidfVectorizer(
            analyzer="word", ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+", dtype=np.float32
        )
        self._characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
        grams = [self._words.fit_transform(texts), self._characters.fit_transform(texts)]
        margin = LinearSVC(C=0.2, random_state=0).fit(hstack([*grams, csr_matrix(points)]).tocsr(), labels)
        width = points.shape[1]
        # One row a feature: scoring a message then touches only the rows of its own n-grams.
        self._margin: Tuple[Floats, Floats, Floats] = (
            np.ascontiguousarray(margin.coef_[:, :-width].T.astype(np.float32)),
            margin.coef_[:, -width:].T.astype(np.float32),
            margin.intercept_.astype(np.float32),
        )
        for vectorizer in (self._words, self._characters):
            vectorizer.stop_words_ = None  # scikit-learn keeps what it dropped: megabytes that nothing reads

    def _fit_kernel(self, points: Floats, labels: NDArray[np.int64]) -> None:
        """Kernel ridge regression on the topics as one-hot columns; memory grows with the square of the examples."""
        wanted = np.eye(len(self.topics), dtype=np.float32)[labels]
        self._shares = wanted.mean(axis=0)
        near = _kernel(points, points)
        near[np.diag_indices(len(near))] += _KERNEL_RIDGE
        factor = cho_factor(near, lower=True, overwrite_a=True, check_finite=False)
        self._duals: Floats = cho_solve(factor, wanted - self._shares, check_finite=False).astype(np.float32)
        self._points = points

    def scores(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Probabilities (n, topics) for texts and their vectors, in the order of `topics`."""
        if not len(texts):
            return np.zeros((0, len(self.topics)), dtype=np.float32)
        return calibrate(self.votes(texts, vectors), self.temperature)

    def votes(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """The weighted mean of the voters, before calibration."""
        points = self._centred(vectors)
        coefficients, intercepts = self._linear
        kernel = _kernel(points, self._points) @ self._duals + self._shares
        votes: Floats = (
            WEIGHTS["linear"] * _softmax(points * _VECTOR_SCALE @ coefficients.T + intercepts)
            + WEIGHTS["ngrams"] * _softmax(self._margins(texts, points) / _MARGIN_TEMPERATURE)
            + WEIGHTS["kernel"] * _softmax(kernel / _KERNEL_TEMPERATURE)
        )
        return votes

    def _margins(self, texts: Sequence[str], points: Floats) -> Floats:
        folded = [fold(text) for text in texts]
        grams: csr_matrix = hstack([self._words.transform(folded), self._characters.transform(folded)]).tocsr()
        coefficients, of_vectors, intercepts = self._margin
        margins: Floats = np.stack(
            [
                grams.data[start:end] @ coefficients[grams.indices[start:end]]
                for start, end in zip(grams.indptr[:-1], grams.indptr[1:])
            ]
        )
        return margins + points @ of_vectors + intercepts

    def _centred(self, vectors: Floats) -> Floats:
        shifted = vectors - self._centre
        centred: Floats = (shifted / np.maximum(np.linalg.norm(shifted, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return centred


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


def _kernel(left: Floats, right: Floats) -> Floats:
    """Similarity (left, right) of unit rows: 1 for the same direction, falling with the angle."""
    near: Floats = left @ right.T
    near -= 1
    near *= _KERNEL_WIDTH
    return np.exp(near, out=near)


def _softmax(margins: Floats) -> Floats:
    exponents = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return shares

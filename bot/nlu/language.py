"""Tells English from Spanish in a few words. Learns from the training examples, which say which language they are in."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.topics import fold

SURE = 0.85
_FEWEST_LETTERS = 3


class LanguageModel:
    """Probability that a text is Spanish."""

    _grams: TfidfVectorizer
    _linear: LogisticRegression

    @classmethod
    def fit(cls, texts: Sequence[str], languages: Sequence[str]) -> "LanguageModel":
        model = cls()
        model._grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=3, sublinear_tf=True, max_features=30000)
        grams = model._grams.fit_transform([fold(text) for text in texts])
        model._linear = LogisticRegression(C=20, max_iter=300).fit(grams, [language == "es" for language in languages])
        model._grams.stop_words_ = None
        return model

    def detect(self, texts: Sequence[str]) -> List[Tuple[str, bool]]:
        """For each text "en" or "es", and whether that is sure enough to change the language of the conversation."""
        if not texts:
            return []
        spanish = self._linear.predict_proba(self._grams.transform([fold(text) for text in texts]))[:, 1]
        return [
            (
                "es" if share >= 0.5 else "en",
                bool(max(share, 1 - share) >= SURE) and sum(map(str.isalpha, text)) >= _FEWEST_LETTERS,
            )
            for share, text in zip(np.asarray(spanish, dtype=float), texts)
        ]

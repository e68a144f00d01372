"""Fits the two models on `data/nlu`, quickly where little changed since the last time.

Responsible for bringing examples, vectors and models together. Must not know Rasa: its component stores what is made here.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Tuple

from bot.nlu.cache import encode_cached, read_duals, write_duals
from bot.nlu.encoder import SentenceEncoder
from bot.nlu.examples import read_examples
from bot.nlu.language import LanguageModel
from bot.nlu.topics import TopicModel

logger = logging.getLogger(__name__)
FEW = 0.01


def fit_models(encoder: SentenceEncoder, cache: Path, temperature: float) -> Tuple[TopicModel, LanguageModel]:
    """Both models; `cache` keeps the vectors of sentences and the last whole fit, which a few changed examples only extend."""
    examples = read_examples()
    texts = [example.text for example in examples]
    topics = sorted({example.topic for example in examples})
    logger.info("Encoding %d examples (known ones are cached) …", len(texts))
    vectors = encode_cached(encoder, texts, cache)
    logger.info("Fitting the topic classifier on %d topics …", len(topics))
    duals, changed = read_duals(cache, examples, topics)
    if changed <= FEW * len(examples):
        # Measured against the last whole fit, so that small changes never add up unseen.
        model = TopicModel.fit(examples, vectors, temperature, duals)
    else:
        model = TopicModel.fit(examples, vectors, temperature)
        write_duals(cache, examples, topics, model.duals)
    return model, LanguageModel.fit(texts, [example.language for example in examples])

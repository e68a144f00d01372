"""Rasa's view of the understanding: a topic classifier that keeps its ranking, and a matcher of acts.

The only place where models are stored in and read from a Rasa model. Everything else here is plain Python.
"""

from __future__ import annotations

import logging
import os
import pickle
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.acts import ActMatcher
from bot.nlu.decide import Thresholds
from bot.nlu.encoder import SentenceEncoder, load_encoder
from bot.nlu.fitting import fit_models
from bot.nlu.understanding import Understander, Understanding

logger = logging.getLogger(__name__)
MODELS = Path(__file__).resolve().parents[2] / "models"
TOPIC_INTENT = "faq"
_FILE = "models.pickle"


def open_encoder(threads: Optional[int] = None) -> SentenceEncoder:
    """The encoder that the setting ENCODER names, with as many threads as ENCODER_THREADS says if none are given."""
    wanted = threads or int(os.environ.get("ENCODER_THREADS", "1"))
    return load_encoder(os.environ.get("ENCODER", "e5-int8"), MODELS / "encoder", wanted)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):
    """Adds `intent: faq`, `topics` (one ranking for each question), `decision` and `language` to a message."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource

    @classmethod
    def get_default_config(cls) -> Dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "TopicClassifier":
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Encode what is new, fit both models on the examples of `data/nlu/`, and store them.

        The examples are read from their files and not from `training_data`: Rasa copies and compares its training data
        so often that 30,000 examples cost it longer than the fitting, so `make train` hands it only the acts.
        """
        every = os.cpu_count() or 1  # nobody is being answered meanwhile, and threads change no vector
        model, language = fit_models(open_encoder(every), MODELS / "cache", Thresholds.load().temperature)
        with self._storage.write_to(self._resource) as directory:
            (directory / _FILE).write_bytes(pickle.dumps((model, language), protocol=pickle.HIGHEST_PROTOCOL))
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TopicClassifier":
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as directory:
            # Written by `train` above on this machine; a model from elsewhere is never loaded.
            topics, languages = pickle.loads((directory / _FILE).read_bytes())
        component._understander = Understander(open_encoder(), topics, languages, Thresholds.load())
        component._understander.understand(["ready"])
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        understood = self._understander.understand([message.get(TEXT) or "" for message in messages])
        for message, found in zip(messages, understood):
            _add(message, found)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component reads its features."""
        return training_data


def _add(message: Message, found: Understanding) -> None:
    score = round(found.ranking[0][1], 4)
    message.set(INTENT, {"name": TOPIC_INTENT, "confidence": score}, add_to_output=True)
    rankings = [[{"topic": topic, "score": round(value, 4)} for topic, value in ranking[:5]] for ranking in found.rankings]
    message.set("topics", rankings, add_to_output=True)
    message.set("decision", found.decision, add_to_output=True)
    message.set("language", {"code": found.language, "sure": bool(found.language_sure)}, add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(GraphComponent):
    """Sets the intent to an act (affirm, back, why, …) where the whole message is one of its phrases."""

    def __init__(self, storage: ModelStorage, resource: Resource, matcher: ActMatcher) -> None:
        self._storage = storage
        self._resource = resource
        self._matcher = matcher

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "ActClassifier":
        return cls(model_storage, resource, ActMatcher({}))

    def train(self, training_data: TrainingData) -> Resource:
        phrases = {
            example.get(TEXT): example.get_full_intent()
            for example in training_data.intent_examples
            if not example.get_full_intent().startswith(f"{TOPIC_INTENT}/")
        }
        with self._storage.write_to(self._resource) as directory:
            (directory / _FILE).write_bytes(pickle.dumps(phrases))
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ActClassifier":
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, ActMatcher(pickle.loads((directory / _FILE).read_bytes())))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            act = self._matcher.match(message.get(TEXT) or "")
            if act:
                message.set(INTENT, {"name": act, "confidence": 1.0}, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

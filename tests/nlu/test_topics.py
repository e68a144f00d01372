"""The topic model on a slice of the real examples, with a tiny encoder: it learns, is calibrated, and bears anything."""

import pickle
from dataclasses import replace
from typing import List

import numpy as np
import pytest

from bot.nlu.examples import Example
from bot.nlu.topics import TopicModel, best_temperature, calibrate, fold
from tests.nlu.small import TOPICS, FakeEncoder, few_examples

ODD = ["", " ", "?", "😀", "x" * 5000, "the", "\0", "ñ"]


@pytest.fixture(scope="module")
def examples() -> List[Example]:
    return few_examples()


@pytest.fixture(scope="module")
def model(examples: List[Example]) -> TopicModel:
    kept = [one for place, one in enumerate(examples) if place % 5]
    return TopicModel.fit(kept, encoded(kept), 0.9)


def encoded(examples: List[Example]) -> np.ndarray:
    return FakeEncoder().encode([one.text for one in examples])


def scores(model: TopicModel, texts: List[str]) -> np.ndarray:
    return model.scores(texts, FakeEncoder().encode(texts))


def test_it_places_most_examples_that_it_never_saw(model: TopicModel, examples: List[Example]) -> None:
    held = examples[::5]
    best = scores(model, [one.text for one in held]).argmax(axis=1)
    right = np.mean([model.topics[column] == one.topic for column, one in zip(best, held)])
    assert model.topics == sorted(TOPICS)
    assert right >= 0.5


@pytest.mark.parametrize("text", ODD)
def test_scores_are_probabilities_for_any_text(model: TopicModel, text: str) -> None:
    row = scores(model, [text])
    assert row.shape == (1, len(TOPICS))
    assert np.isfinite(row).all() and (row >= 0).all()
    np.testing.assert_allclose(row.sum(), 1, rtol=1e-4)


def test_no_texts_give_no_rows(model: TopicModel) -> None:
    assert scores(model, []).shape == (0, len(TOPICS))


def test_many_together_score_as_each_alone(model: TopicModel, examples: List[Example]) -> None:
    texts = [one.text for one in examples[:20]]
    np.testing.assert_allclose(scores(model, texts), np.concatenate([scores(model, [text]) for text in texts]), atol=1e-4)


def test_fitting_again_and_storing_change_nothing(model: TopicModel, examples: List[Example]) -> None:
    texts, vectors = [one.text for one in examples], encoded(examples)
    first, second = (TopicModel.fit(examples, vectors, 0.9) for _ in range(2))
    expected = first.scores(texts[:9], vectors[:9])
    np.testing.assert_allclose(expected, second.scores(texts[:9], vectors[:9]), atol=1e-6)
    np.testing.assert_allclose(expected, pickle.loads(pickle.dumps(first)).scores(texts[:9], vectors[:9]), atol=1e-3)


def test_a_few_new_examples_extend_an_earlier_fit(examples: List[Example]) -> None:
    new = [Example(text, "union", "en") for text in ("zorp quux", "zorp quux blat", "is zorp quux blat in")]
    texts, vectors = [one.text for one in new], encoded(new)
    before = TopicModel.fit(examples, encoded(examples), 0.9)
    start = np.vstack([before.duals, np.zeros((len(new), len(TOPICS)), dtype=np.float32)])
    after = TopicModel.fit([*examples, *new], encoded([*examples, *new]), 0.9, start)
    column = before.topics.index("union")
    assert (before.scores(texts, vectors)[:, column] < 0.5).all()
    assert (after.scores(texts, vectors)[:, column] > 0.9).all()


def test_what_serves_as_well_is_learned_too(examples: List[Example]) -> None:
    both = [replace(one, also=("union",)) if one.topic == "wages" else one for one in examples]
    texts = [one.text for one in examples if one.topic == "wages"]
    plain, taught = (TopicModel.fit(some, encoded(some), 0.9) for some in (examples, both))
    column = plain.topics.index("union")
    assert scores(taught, texts)[:, column].mean() > 5 * scores(plain, texts)[:, column].mean()


def test_the_best_temperature_is_found_again() -> None:
    chance = np.random.default_rng(0)
    truth = chance.dirichlet([0.5] * 6, 4000).astype(np.float32)
    labels = np.array([chance.choice(6, p=row / row.sum()) for row in truth.astype(float)])
    softened = calibrate(truth, 2.0)
    assert best_temperature(softened, labels) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(("text", "folded"), [("CUÁNTO", "cuanto"), ("heeeelp", "heelp"), ("Ñandú ok", "nandu ok"), ("", "")])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded

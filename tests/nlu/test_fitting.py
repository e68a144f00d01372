"""Fitting both models: whole the first time, extended after a small change, whole again after a large one."""

from pathlib import Path
from typing import List

import pytest

from bot.nlu import fitting
from bot.nlu.examples import Example
from bot.nlu.fitting import fit_models
from bot.nlu.topics import TopicModel
from tests.nlu.small import FakeEncoder, few_examples


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    """What kind of fit each was."""
    kinds: List[str] = []
    fit = TopicModel.fit

    def recorded(examples, vectors, temperature=None, start=None):  # type: ignore[no-untyped-def]
        kinds.append("whole" if start is None else "extended")
        return fit(examples, vectors, temperature, start)

    monkeypatch.setattr(TopicModel, "fit", recorded)
    return kinds


def test_only_a_small_change_is_added_to_the_last_whole_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fits: List[str]
) -> None:
    examples = few_examples()
    encoder = FakeEncoder()

    def fit_on(some: List[Example]) -> None:
        monkeypatch.setattr(fitting, "read_examples", lambda: some)
        fit_models(encoder, tmp_path, 0.9)

    def more(count: int) -> List[Example]:
        return [*examples, *(Example(f"dues number {n}", "union", "en") for n in range(count))]

    few = int(fitting.FEW * len(examples))
    for some in (examples, examples, more(few), more(2 * few + 5), more(2 * few + 5)):
        fit_on(some)
    assert fits == ["whole", "extended", "extended", "whole", "extended"]
    assert len(encoder.encoded) == len(set(encoder.encoded)), "a sentence is encoded once"

"""What one message is taken for: two questions, one, or none, from scores that are given."""

import numpy as np
import pytest

from bot.nlu.decide import Thresholds
from bot.nlu.understanding import blend, judge, pieces_of

TOPICS = ["chitchat", "duration", "out_of_scope", "wages"]
THRESHOLDS = Thresholds(answer=0.8, decline=0.3, part=0.7, temperature=1.0)
WHOLE = [0.0, 0.5, 0.0, 0.5]
WAGES = [0.0, 0.1, 0.0, 0.9]
DURATION = [0.1, 0.8, 0.0, 0.1]
GREETING = [0.9, 0.0, 0.0, 0.1]


@pytest.mark.parametrize(
    ("pieces", "decision", "first"),
    [
        ([WAGES], "answered", ["wages"]),
        ([WHOLE, DURATION, WAGES], "answered", ["duration", "wages"]),
        ([WHOLE, WAGES, WAGES], "unsure", ["wages"]),
        ([WAGES, GREETING, [0.0, 0.05, 0.0, 0.95]], "answered", ["wages"]),
        ([WHOLE, [0.0, 0.4, 0.2, 0.4], WAGES], "unsure", ["wages"]),
        ([[0.0, 0.2, 0.6, 0.2]], "declined", ["out_of_scope"]),
    ],
)
def test_judging(pieces: list, decision: str, first: list) -> None:
    found, rankings = judge(np.array(pieces, dtype=np.float32), TOPICS, THRESHOLDS)
    assert (found, [ranking[0][0] for ranking in rankings]) == (decision, first)


def test_the_blend_stays_a_probability() -> None:
    assert blend(np.array([WHOLE, WAGES, DURATION])).sum() == pytest.approx(1)


def test_the_whole_comes_before_its_parts() -> None:
    assert pieces_of("how long is it and what does it pay") == [
        "how long is it and what does it pay",
        "how long is it",
        "what does it pay",
    ]
    assert pieces_of("what does it pay") == ["what does it pay"]

"""Decisions: what is answered, offered and declined, and the thresholds that are really in use."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.nlu.decide import CHITCHAT, OUT_OF_SCOPE, Thresholds, choices, decide

THRESHOLDS = Thresholds(answer=0.8, decline=0.3, part=0.7, temperature=0.9, chitchat=0.6)


@pytest.mark.parametrize(
    ("ranking", "decision"),
    [
        ([("wages", 0.8), ("benefits", 0.1)], "answered"),
        ([("wages", 0.79), ("benefits", 0.2)], "unsure"),
        ([(OUT_OF_SCOPE, 0.9), ("wages", 0.05)], "declined"),
        ([(OUT_OF_SCOPE, 0.29), ("wages", 0.2)], "unsure"),
        ([("wages", 0.5), (OUT_OF_SCOPE, 0.3)], "declined"),
        ([("wages", 0.5), ("union", 0.2), (OUT_OF_SCOPE, 0.1)], "unsure"),
        ([(CHITCHAT, 0.6)], "answered"),
        ([(CHITCHAT, 0.5), ("wages", 0.4)], "unsure"),
    ],
)
def test_decisions(ranking: list, decision: str) -> None:
    assert decide(ranking, THRESHOLDS) == decision


def test_out_of_scope_is_never_answered() -> None:
    eager = Thresholds(answer=0.0, decline=0.9, part=0.5, temperature=1.0)
    assert decide([(OUT_OF_SCOPE, 0.6), ("wages", 0.4)], eager) == "unsure"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(["wages", "union", "duration", "benefits", CHITCHAT, OUT_OF_SCOPE]), st.floats(0, 1)),
        min_size=1,
    )
)
def test_choices_are_at_most_three_that_can_be_answered(ranking: list) -> None:
    offered = choices(sorted(ranking, key=lambda item: -item[1]))
    assert len(offered) <= 3
    assert not {CHITCHAT, OUT_OF_SCOPE} & set(offered)


def test_the_thresholds_in_use_can_be_loaded() -> None:
    chosen = Thresholds.load()
    assert all(0 < value < 1 for value in (chosen.answer, chosen.decline, chosen.part))
    assert 0.3 <= chosen.temperature <= 1.5


def test_a_file_without_a_threshold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thresholds.yml").write_text("chosen: {answer: 0.5, decline: 0.3, part: 0.4}\n")
    with pytest.raises(KeyError, match="temperature"):
        Thresholds.load(tmp_path / "thresholds.yml")

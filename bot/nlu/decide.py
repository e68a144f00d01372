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
    """`answer`: least score to answer. `decline`: least score to call it out of scope. `part`: least score for each of two questions.

    `temperature` calibrates the scores that these thresholds were chosen on.
    """

    answer: float
    decline: float
    part: float
    temperature: float

    @classmethod
    def load(cls, path: Path = THRESHOLDS_FILE) -> "Thresholds":
        chosen: Dict[str, float] = yaml.safe_load(path.read_text(encoding="utf-8"))["chosen"]
        return cls(**{name: float(chosen[name]) for name in cls.__dataclass_fields__})


def decide(ranking: Ranking, thresholds: Thresholds) -> str:
    """`answered`, `unsure` or `declined` for one ranking, best topic first."""
    topic, score = ranking[0]
    if topic == OUT_OF_SCOPE:
        return "declined" if score >= thresholds.decline else "unsure"
    return "answered" if score >= thresholds.answer else "unsure"


def choices(ranking: Ranking) -> List[str]:
    """The topics to offer when unsure: at most three, and none that cannot be answered."""
    return [topic for topic, _ in ranking if topic not in (OUT_OF_SCOPE, CHITCHAT)][:MOST_CHOICES]

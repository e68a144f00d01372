"""What became of each question: helped, misled or neither, and the figures over many. No files, no pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Dict, List, Sequence, Tuple, Union

from bot.nlu.decide import OUT_OF_SCOPE, choices
from bot.nlu.questions import Question
from bot.nlu.understanding import Understanding

Summary = Dict[str, Union[int, float]]


@dataclass(frozen=True)
class Outcome:
    """One question beside what was understood of it."""

    question: Question
    understood: Understanding

    @property
    def answered(self) -> List[str]:
        """The topics that were answered: none, one or two."""
        return [ranking[0][0] for ranking in self.understood.rankings] if self.understood.decision == "answered" else []

    @property
    def ranked(self) -> List[Tuple[str, float]]:
        """All topics, best first; where two questions were answered their two topics come first."""
        first = [ranking[0] for ranking in self.understood.rankings]
        named = {topic for topic, _ in first}
        return first + [item for item in self.understood.ranking if item[0] not in named]

    @property
    def helped(self) -> bool:
        """Answered or offered an accepted topic, or an out-of-scope question declined."""
        accepted = self.question.accepted
        if self.understood.decision == "declined":
            return OUT_OF_SCOPE in accepted
        offered = self.answered or choices(self.understood.ranking)
        return not accepted.isdisjoint(offered)

    @property
    def misled(self) -> bool:
        """Answered, and nothing that was answered is accepted."""
        return bool(self.answered) and self.question.accepted.isdisjoint(self.answered)

    def among(self, count: int) -> bool:
        """Whether an accepted topic is among the best `count`."""
        return any(topic in self.question.accepted for topic, _ in self.ranked[:count])


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """The figures of `summary.json`: a count, then fractions rounded to four places."""
    outside = [outcome for outcome in outcomes if outcome.question.topic == OUT_OF_SCOPE]
    inside = [outcome for outcome in outcomes if outcome.question.topic != OUT_OF_SCOPE]
    return {
        "questions": len(outcomes),
        "helped": share([outcome.helped for outcome in outcomes]),
        "misled": share([outcome.misled for outcome in outcomes]),
        "top1": share([outcome.among(1) for outcome in outcomes]),
        "top3": share([outcome.among(3) for outcome in outcomes]),
        "oos_recall": share([outcome.understood.decision == "declined" for outcome in outside]),
        "in_scope_refused": share([outcome.understood.decision == "declined" for outcome in inside]),
    }


def share(flags: Collection[bool]) -> float:
    """The fraction that is true, 0 for none."""
    return round(sum(flags) / len(flags), 4) if flags else 0.0

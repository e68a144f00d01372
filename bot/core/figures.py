"""What is counted of conversations and requests: the steps of the funnel, the questions of the screening, and waiting times.

Responsible for the rules. What is counted is a mark ("accepted", "asked:diploma") in a cell (a month, an office and so on), never
who. Must not know where figures are kept, nor any page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

from bot.core.handoff import OUTCOMES, Outcome
from bot.core.routing import Audience
from bot.core.screening import QUESTIONS, FormName

# Stands for every office or every state, so that what all want to see is added up once; what is not known is "".
ALL = "*"
# A bucket is 12 % wide, so that a median is told to about 6 %.
_BUCKETS_TO_DOUBLE = 6
_NO_STEPS = (Outcome.NOT_NOW, Outcome.LOST)
SCREENINGS: Mapping[Audience, FormName] = {Audience.SEEKER: FormName.SEEKER, Audience.EMPLOYER: FormName.EMPLOYER}


class Step(StrEnum):
    """What comes before an outcome. Outcomes are steps too, by their own words."""

    WROTE = "wrote"
    BEGAN = "began"
    FINISHED = "finished"
    PASSED_ON = "passed_on"
    ACCEPTED = "accepted"


class Fate(StrEnum):
    """What became of a question; one that was asked and has no other fate is where somebody stopped."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    MISUNDERSTOOD = "misunderstood"


class Wait(StrEnum):
    """From the request until somebody accepted it, or until staff first wrote in the chat."""

    ACCEPT = "accept"
    REPLY = "reply"


@dataclass(frozen=True)
class Cell:
    """Where something is counted; `month` is "2026-11", in UTC."""

    month: str
    audience: str = ""
    state: str = ""
    office_id: str = ""
    channel: str = ""
    language: str = ""

    def sums(self) -> Iterator[Cell]:
        """The cell itself and those that add it up over offices, over states, and over both."""
        for office_id, state in product((self.office_id, ALL), (self.state, ALL)):
            yield replace(self, office_id=office_id, state=state)


@dataclass(frozen=True)
class Screening:
    """How far somebody came: the form, the fate of each question, and those that were not understood once or more often.

    It holds no answer. Who begins the other form is counted there from then on.
    """

    form: str = ""
    questions: Mapping[str, str] = field(default_factory=dict)
    misunderstood: tuple[str, ...] = ()
    finished: bool = False

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> Screening:
        known = data or {}
        misunderstood = tuple(known.get("misunderstood", ()))
        return cls(
            str(known.get("form", "")), dict(known.get("questions", {})), misunderstood, bool(known.get("finished", False))
        )

    def dump(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "questions": dict(self.questions),
            "misunderstood": list(self.misunderstood),
            "finished": self.finished,
        }

    def then(self, later: Screening) -> Screening:
        """With what was seen later. A question that was answered once is not where somebody stops."""
        if later.form in ("", self.form):
            settled = {name: fate for name, fate in later.questions.items() if fate != Fate.ASKED or name not in self.questions}
            misunderstood = tuple(sorted({*self.misunderstood, *later.misunderstood}))
            return Screening(self.form, {**self.questions, **settled}, misunderstood, self.finished or later.finished)
        return later

    def marks(self) -> Iterator[str]:
        if self.form:
            yield Step.BEGAN
        if self.finished:
            yield Step.FINISHED
        for name, fate in self.questions.items():
            yield f"{Fate.ASKED}:{name}"
            if fate != Fate.ASKED:
                yield f"{fate}:{name}"
        yield from (f"{Fate.MISUNDERSTOOD}:{name}" for name in self.misunderstood)


@dataclass(frozen=True)
class Request:
    """What is counted of a handoff; times are None where it did not come to that."""

    audience: str
    made_at: datetime
    accepted_at: datetime | None
    replied_at: datetime | None
    outcomes: frozenset[Outcome]

    def marks(self) -> Iterator[str]:
        """Who came to a step came to those before it, whether or not staff recorded each."""
        yield Step.PASSED_ON
        ladder = steps_after(audience_of(self.audience))
        furthest = max((ladder.index(outcome) for outcome in self.outcomes if outcome in ladder), default=-1)
        furthest = max(furthest, 0 if self.replied_at else -1)
        if self.accepted_at or furthest >= 0:
            yield Step.ACCEPTED
        yield from map(str, ladder[: furthest + 1])
        yield from (str(outcome) for outcome in _NO_STEPS if outcome in self.outcomes)
        for wait, at in ((Wait.ACCEPT, self.accepted_at), (Wait.REPLY, self.replied_at)):
            if at:
                yield f"{wait}:{bucket_of((at - self.made_at).total_seconds() / 60)}"


def audience_of(value: str) -> Audience | None:
    """For whom somebody is counted: staff ask for seekers. None where it is not known yet."""
    if value == Audience.STAFF:
        return Audience.SEEKER
    return Audience(value) if value in set(Audience) else None


def steps_after(audience: Audience | None) -> tuple[Outcome, ...]:
    """The outcomes that follow each other, from the first contact on."""
    return tuple(outcome for outcome in OUTCOMES[audience or Audience.SEEKER] if outcome not in _NO_STEPS)


def steps_of(audience: Audience) -> tuple[tuple[str, str | None], ...]:
    """The funnel of an audience: each step with the one that it is a share of. Not everybody is screened before they ask."""
    steps: list[tuple[str, str | None]] = [
        (Step.WROTE, None), (Step.BEGAN, Step.WROTE), (Step.FINISHED, Step.BEGAN), (Step.PASSED_ON, Step.WROTE),
        (Step.ACCEPTED, Step.PASSED_ON),
    ]  # fmt: skip
    for outcome in steps_after(audience):
        steps.append((str(outcome), steps[-1][0]))
    return tuple(steps)


def questions_asked(audience: Audience) -> tuple[str, ...]:
    return tuple(question.id for question in QUESTIONS[SCREENINGS[audience]])


def question_mark(decision: str) -> str:
    """The mark of a question of the person's own, by its Decision."""
    return f"question:{decision}"


def month_of(at: datetime) -> str:
    return f"{at:%Y-%m}"


def bucket_of(minutes: float) -> int:
    """The number of the bucket of a time; the clocks of two machines may differ by a moment."""
    return round(_BUCKETS_TO_DOUBLE * math.log2(1 + max(minutes, 0.0)))


def median_of(buckets: Mapping[int, int]) -> float | None:
    """Minutes, from how many times lie in which bucket; the lower one of two in the middle. None of no time at all."""
    total, seen = sum(buckets.values()), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if total and 2 * seen >= total:
            return float(2 ** (bucket / _BUCKETS_TO_DOUBLE) - 1)
    return None


def buckets_of(marks: Mapping[str, int], wait: Wait) -> dict[int, int]:
    """The buckets of a wait among marks and their numbers."""
    return {int(mark.partition(":")[2]): number for mark, number in marks.items() if mark.startswith(f"{wait}:")}


def add_up(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for mark, number in counts:
        total[mark] = total.get(mark, 0) + number
    return total

"""The figures: how many came how far, where the screening loses people, how long they wait, and what the programme reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from bot.core.figures import Fate, Step, Wait, buckets_of, median_of, question_mark, questions_asked, steps_of
from bot.core.handoff import Outcome
from bot.core.heard import Decision
from bot.core.routing import Audience
from bot.core.states import STATES
from bot.inbox import words
from bot.inbox.desk import AtDesk
from bot.inbox.gate import Who
from bot.inbox.pages import page
from bot.settings import Settings
from bot.store.figures import By, Chosen, compare, list_months, read_goals, read_marks
from bot.store.inbox import list_offices

_UNKNOWN = {By.STATE: "No state given", By.OFFICE: "No office named", By.CHANNEL: "Terminal", By.LANGUAGE: "Not known"}
_TITLES = {Audience.SEEKER: "Job seekers", Audience.EMPLOYER: "Employers"}
Filter = Annotated[str, Query(max_length=64)]
Month = Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]
router = APIRouter(prefix="/figures")


@dataclass(frozen=True)
class Bar:
    """A step of the funnel: `share` in percent of the step `of`, `width` in percent of the first one."""

    title: str
    number: int
    of: str
    share: str
    width: float


@dataclass(frozen=True)
class Asked:
    """A question of a screening: how many were asked, and what came of it; `stopped` are those who went no further."""

    title: str
    asked: int
    answered: int
    declined: int
    misunderstood: int
    stopped: int
    share: str


@dataclass(frozen=True)
class Answered:
    """What became of the questions that people asked themselves; `share` in percent of all of them."""

    title: str
    number: int
    share: str


@dataclass(frozen=True)
class Line:
    """One line of the table that compares."""

    title: str
    numbers: Sequence[int]


@dataclass(frozen=True)
class Part:
    """Everything about one audience; `waits` are the medians in words, `others` outcomes outside of the funnel."""

    audience: Audience
    title: str
    bars: Sequence[Bar]
    questions: Sequence[Asked]
    own: Sequence[Answered]
    waits: Mapping[str, str]
    others: Mapping[str, int]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Goal:
    """How far the programme has come; `width` in percent."""

    title: str
    number: int
    goal: int
    width: float


async def chosen_of(
    state: Filter = "", office: Filter = "", channel: Filter = "", language: Filter = "", first: Month = "", last: Month = ""
) -> Chosen:
    return Chosen(state, office, channel, language, first, last)


@router.get("")
async def show_figures(
    request: Request, desk: AtDesk, staff: Who, chosen: Annotated[Chosen, Depends(chosen_of)], by: By = By.MONTH
) -> Response:
    marks = await desk.room.read(read_marks, staff.agent, chosen)
    compared = await desk.room.read(compare, staff.agent, chosen, by)
    goals = await desk.room.read(read_goals, staff.agent)
    offices = await desk.room.read(list_offices, staff.agent)
    months = await desk.room.read(list_months, staff.agent)
    names = {**{id: f"{state} · {name}" for id, name, state in offices}, **words.CHANNELS, **words.LANGUAGES}
    return page(
        request,
        "figures.html",
        audiences=[_part(audience, marks, compared, by, names) for audience in _TITLES],
        undecided=marks.get("", {}).get(Step.WROTE, 0),
        undecided_own=_own_questions(marks.get("", {})),
        goals=_goals(goals, desk.settings),
        chosen=chosen,
        by=by,
        comparisons=list(By),
        offices=offices,
        months=months,
        states=STATES,
        words=words,
        query=urlencode({name: value for name, value in asdict(chosen).items() if value}),
        at="figures",
    )


def _part(
    audience: Audience,
    marks: Mapping[str, Mapping[str, int]],
    compared: Mapping[str, Mapping[str, Mapping[str, int]]],
    by: By,
    names: Mapping[str, str],
) -> Part:
    own = marks.get(audience, {})
    medians = {wait: median_of(buckets_of(own, wait)) for wait in Wait}
    return Part(
        audience,
        _TITLES[audience],
        _bars(audience, own),
        [_question(name, own) for name in questions_asked(audience)],
        _own_questions(own),
        {words.WAITS[wait]: words.duration(median) for wait, median in medians.items() if median is not None},
        {words.OUTCOMES[outcome]: own.get(outcome, 0) for outcome in (Outcome.NOT_NOW, Outcome.LOST)},
        [
            Line(names.get(value) or value or _UNKNOWN.get(by, ""), [numbers.get(step, 0) for step, _ in steps_of(audience)])
            for value, numbers in compared.get(audience, {}).items()
        ],
    )


def _bars(audience: Audience, marks: Mapping[str, int]) -> list[Bar]:
    steps = steps_of(audience)
    most = max([marks.get(step, 0) for step, _ in steps] + [1])
    return [
        Bar(
            words.STEPS[step],
            marks.get(step, 0),
            words.STEPS[of].lower() if of else "",
            _share(marks.get(step, 0), marks.get(of, 0)) if of else "",
            100 * marks.get(step, 0) / most,
        )
        for step, of in steps
    ]


def _question(name: str, marks: Mapping[str, int]) -> Asked:
    asked, answered, declined, misunderstood = (marks.get(f"{fate}:{name}", 0) for fate in Fate)
    stopped = asked - answered - declined
    return Asked(words.QUESTIONS[name], asked, answered, declined, misunderstood, stopped, _share(stopped, asked))


def _own_questions(marks: Mapping[str, int]) -> list[Answered]:
    numbers = {decision: marks.get(question_mark(decision), 0) for decision in Decision}
    every = sum(numbers.values())
    return [Answered(words.DECISIONS[decision], number, _share(number, every)) for decision, number in numbers.items()]


def _share(number: int, of: int) -> str:
    """In percent; nothing of nothing."""
    return f"{100 * number / of:.0f}%" if of else "–"


def _goals(reached: Mapping[Audience, int], settings: Settings) -> list[Goal]:
    goals = (
        ("registered apprentices", reached[Audience.SEEKER], settings.goal_apprentices),
        ("employer sponsors", reached[Audience.EMPLOYER], settings.goal_sponsors),
    )
    return [Goal(title, number, goal, min(100.0, 100 * number / goal)) for title, number, goal in goals]

"""What is counted: steps that follow each other, fates of questions, cells and medians."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.figures import (
    ALL,
    Cell,
    Request,
    Screening,
    Step,
    audience_of,
    bucket_of,
    buckets_of,
    median_of,
    questions_asked,
    steps_after,
    steps_of,
)
from bot.core.handoff import OUTCOMES, Outcome
from bot.core.routing import Audience

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTES = st.lists(st.floats(0, 5_000_000), min_size=1, max_size=50)
FATES = st.dictionaries(st.sampled_from(questions_asked(Audience.SEEKER)), st.sampled_from(["asked", "answered", "declined"]))
SCREENINGS = st.builds(Screening, st.just("seeker_form"), FATES, st.just(()), st.booleans())


def request(audience: str = "seeker", *outcomes: Outcome, accepted: int | None = None, replied: int | None = None) -> Request:
    later = [None if minutes is None else AT + timedelta(minutes=minutes) for minutes in (accepted, replied)]
    return Request(audience, AT, later[0], later[1], frozenset(outcomes))


@given(MINUTES)
def test_a_median_is_told_to_about_six_percent(times: list[float]) -> None:
    told, true = median_of(Counter(map(bucket_of, times))), statistics.median_low(times)
    assert told is not None
    assert abs((1 + told) / (1 + true) - 1) < 0.0595


def test_of_no_time_there_is_no_median() -> None:
    assert median_of({}) is None
    assert median_of({3: 0}) is None
    assert bucket_of(-1) == 0
    assert buckets_of({"accept:3": 2, "reply:4": 1, "accepted": 9}, "accept") == {3: 2}  # type: ignore[arg-type]


@given(st.sampled_from(["seeker", "employer", "staff"]), st.data())
def test_who_came_to_a_step_came_to_those_before_it(audience: str, data: st.DataObject) -> None:
    possible = OUTCOMES[audience_of(audience) or Audience.SEEKER]
    outcomes = data.draw(st.sets(st.sampled_from(possible)))
    waits = st.one_of(st.none(), st.integers(0, 9))
    marks = Counter(request(audience, *outcomes, accepted=data.draw(waits), replied=data.draw(waits)).marks())
    ladder = [Step.PASSED_ON, Step.ACCEPTED, *steps_after(audience_of(audience))]
    numbers = [marks[step] for step in ladder]
    assert set(marks.values()) == {1}
    assert numbers == sorted(numbers, reverse=True)
    furthest = max((ladder.index(outcome) for outcome in outcomes if outcome in ladder), default=0)
    assert sum(numbers) > furthest


def test_not_now_is_no_step() -> None:
    assert set(request("seeker", Outcome.NOT_NOW).marks()) == {"passed_on", "not_now"}
    assert set(request("employer", Outcome.SPONSOR, Outcome.LOST, accepted=3).marks()) == {
        "passed_on", "accepted", "contacted", "meeting", "agreement", "sponsor_established", "lost", f"accept:{bucket_of(3)}",
    }  # fmt: skip
    assert set(request(replied=3).marks()) == {"passed_on", "accepted", "contacted", f"reply:{bucket_of(3)}"}


@given(SCREENINGS, SCREENINGS)
def test_a_question_answered_once_is_not_where_somebody_stops(earlier: Screening, later: Screening) -> None:
    both = earlier.then(later)
    assert Screening.load(both.dump()) == both
    assert set(both.questions) == {*earlier.questions, *later.questions}
    for name, fate in both.questions.items():
        settled = {earlier.questions.get(name), later.questions.get(name)} & {"answered", "declined"}
        assert (fate in settled) if settled else fate == "asked"
    assert both.finished == (earlier.finished or later.finished)


def test_who_turns_to_the_other_form_is_counted_there() -> None:
    seeker = Screening("seeker_form", {"seeker_path": "answered"}, ("place",))
    employer = Screening("employer_form", {"place": "asked"})
    assert seeker.then(employer) == employer
    assert Screening().then(seeker) == seeker
    assert set(employer.marks()) == {"began", "asked:place"}
    assert set(seeker.marks()) == {"began", "asked:seeker_path", "answered:seeker_path", "misunderstood:place"}


def test_a_cell_is_added_up_over_offices_and_states() -> None:
    cell = Cell("2026-11", "seeker", "WI", "wrtp", "web", "en")
    assert {(each.office_id, each.state) for each in cell.sums()} == {("wrtp", "WI"), ("wrtp", ALL), (ALL, "WI"), (ALL, ALL)}


def test_each_step_is_a_share_of_one_before_it() -> None:
    for audience in (Audience.SEEKER, Audience.EMPLOYER):
        seen: set[str | None] = {None}
        for step, of in steps_of(audience):
            assert of in seen
            seen.add(step)

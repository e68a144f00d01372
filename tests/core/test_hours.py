"""Opening hours over changes of the clock and holidays, compared with counting every minute."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.hours import (
    USUAL_WEEK,
    Hours,
    HoursError,
    after_open_time,
    guess_zone,
    is_open,
    next_opening,
    open_time_between,
    read_days,
    read_spans,
    read_week,
    tell_time,
    write_days,
    write_spans,
    write_week,
)
from bot.core.language import Language

CHICAGO = ZoneInfo("America/Chicago")
ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu")
MINUTE = timedelta(minutes=1)
# Around both changes of the clock, Thanksgiving, Christmas and New Year.
INSTANTS = st.one_of(
    *(
        st.datetimes(datetime(*begin), datetime(*end), timezones=st.just(UTC))
        for begin, end in (((2026, 3, 6), (2026, 3, 12)), ((2026, 10, 30), (2026, 11, 4)), ((2026, 11, 24), (2027, 1, 5)))
    )
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    ends = sorted(draw(st.sets(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6)))
    times = [time(*divmod(end, 60)) for end in ends]
    return tuple(zip(times[::2], times[1::2], strict=False))


HOURS = st.builds(Hours, st.sampled_from(ZONES), st.dictionaries(st.integers(0, 6), spans(), min_size=1), st.booleans())


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=CHICAGO)  # type: ignore[arg-type, misc]


USUAL = Hours("America/Chicago", USUAL_WEEK)


@given(HOURS, INSTANTS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_open_time_is_what_counting_every_minute_gives(hours: Hours, start: datetime, length: timedelta) -> None:
    start = start.replace(second=0, microsecond=0)
    minutes = length // MINUTE
    counted = sum(is_open(hours, start + number * MINUTE) for number in range(0, minutes, 1)) if minutes <= 600 else None
    passed = open_time_between(hours, start, start + minutes * MINUTE)
    assert counted is None or passed == counted * MINUTE
    assert timedelta() <= passed <= minutes * MINUTE


@given(HOURS, st.tuples(INSTANTS, INSTANTS, INSTANTS).map(sorted))
def test_open_time_adds_up(hours: Hours, instants: list[datetime]) -> None:
    first, second, third = instants
    whole = open_time_between(hours, first, third)
    assert whole == open_time_between(hours, first, second) + open_time_between(hours, second, third)
    assert open_time_between(hours, third, first) == timedelta()


@given(HOURS, INSTANTS)
def test_before_the_next_opening_it_is_closed_and_then_open(hours: Hours, instant: datetime) -> None:
    opening = next_opening(hours, instant)
    if opening is not None:
        assert is_open(hours, opening)
        assert open_time_between(hours, instant, opening) == timedelta()
        assert (opening == instant) == is_open(hours, instant)


@given(HOURS, INSTANTS, st.timedeltas(MINUTE, timedelta(hours=30)))
def test_after_open_time_exactly_that_much_has_passed(hours: Hours, start: datetime, amount: timedelta) -> None:
    end = after_open_time(hours, start, amount)
    if end is None:
        assert open_time_between(hours, start, start + timedelta(days=29)) < amount
    else:
        assert open_time_between(hours, start, end) == amount
        assert open_time_between(hours, start, end - MINUTE) < amount


def test_the_night_that_loses_an_hour_and_the_one_that_gains_one() -> None:
    whole_sunday = Hours("America/Chicago", {6: ((time(0), time(4)),)})
    assert open_time_between(whole_sunday, at(2026, 3, 8), at(2026, 3, 9)) == timedelta(hours=3)
    assert open_time_between(whole_sunday, at(2026, 11, 1), at(2026, 11, 2)) == timedelta(hours=5)
    skipped = Hours("America/Chicago", {6: ((time(2, 15), time(2, 45)),)})
    assert open_time_between(skipped, at(2026, 3, 8), at(2026, 3, 9)) <= timedelta(minutes=30)


def test_a_holiday_is_closed_unless_the_office_works_then() -> None:
    thanksgiving = at(2026, 11, 26, 9)
    assert not is_open(USUAL, thanksgiving)
    assert next_opening(USUAL, thanksgiving) == at(2026, 11, 27, 8)
    assert is_open(Hours("America/Chicago", USUAL_WEEK, closed_on_holidays=False), thanksgiving)
    assert not is_open(USUAL, at(2026, 7, 3, 9))  # Independence Day falls on a Saturday


def test_a_bound_that_begins_on_friday_evening_ends_after_the_weekend() -> None:
    assert after_open_time(USUAL, at(2026, 11, 20, 16), timedelta(hours=2)) == at(2026, 11, 23, 9)
    assert after_open_time(USUAL, at(2026, 11, 20, 16), timedelta(hours=1)) == at(2026, 11, 20, 17)
    assert after_open_time(Hours("America/Chicago", {}), at(2026, 11, 20), MINUTE) is None


def test_hours_are_told_in_the_office_s_own_time() -> None:
    opening = next_opening(Hours("America/Los_Angeles", USUAL_WEEK), at(2026, 11, 24, 9))
    assert opening is not None
    assert (opening.hour, str(opening.tzinfo)) == (8, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (("53215", "WI"), "America/Chicago"),
        (("53215-1234", "WI"), "America/Chicago"),
        (("47715", "IN"), "America/Chicago"),
        (("46204", "IN"), "America/New_York"),
        (("", "WI"), "America/Chicago"),
        (("", "IN"), None),
        (("", ""), None),
        (("00000", "OH"), "America/New_York"),
    ],
)
def test_the_time_zone_of_a_place(place: tuple[str, str], zone: str | None) -> None:
    found = guess_zone(*place)
    now = datetime(2026, 11, 24, 12)
    assert found == zone or (found and zone and now.replace(tzinfo=ZoneInfo(found)) == now.replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("zone", "week"),
    [
        ("Chicago", {}),
        ("", {}),
        ("../etc/passwd", {}),
        ("America/Chicago", {7: ((time(8), time(9)),)}),
        ("America/Chicago", {0: ((time(9), time(9)),)}),
        ("America/Chicago", {0: ((time(8), time(12)), (time(11), time(17)))}),
        ("America/Chicago", {0: ((time(8), time(12)), (time(12), time(17)))}),
    ],
)
def test_hours_that_cannot_be(zone: str, week: dict[int, tuple[tuple[time, time], ...]]) -> None:
    with pytest.raises(HoursError):
        Hours(zone, week)


@given(st.dictionaries(st.integers(0, 6), spans()))
def test_a_week_is_read_as_it_was_written(week: dict[int, tuple[tuple[time, time], ...]]) -> None:
    assert read_week(write_week(week)) == week


@pytest.mark.parametrize("week", [{"0": "8-17"}, {"0": [["8", "17:00", "18:00"]]}, {"Monday": []}, {"0": [["08:00", None]]}, []])
def test_a_week_that_cannot_be_read(week: dict[str, object]) -> None:
    with pytest.raises(HoursError):
        read_week(week)


def test_an_hour_in_words() -> None:
    assert tell_time(at(2026, 11, 30, 8), Language.EN) == "Monday, November 30, at 8:00 a.m. (CST)"
    assert tell_time(at(2026, 7, 4, 12, 30), Language.EN) == "Saturday, July 4, at 12:30 p.m. (CDT)"
    assert tell_time(at(2026, 11, 30, 0, 5), Language.ES) == "lunes 30 de noviembre a las 12:05 a. m. (CST)"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("8 am - noon, 1:00pm to 4:30 PM", ((time(8), time(12)), (time(13), time(16, 30)))),
        ("08:00–16:30", ((time(8), time(16, 30)),)),
        ("8-17", ((time(8), time(17)),)),
        ("8:30 a.m. until 5 p.m.", ((time(8, 30), time(17)),)),
        ("12 am - 12:30 pm; 1 pm — 11:59 pm", ((time(0), time(12, 30)), (time(13), time(23, 59)))),
        ("  ", ()),
        ("Closed", ()),
    ],
)
def test_the_hours_of_a_day_are_read_as_people_write_them(text: str, spans: tuple[tuple[time, time], ...]) -> None:
    assert read_spans(text) == spans
    assert read_spans(write_spans(spans)) == spans


@given(spans())
def test_the_hours_of_a_day_are_read_as_they_are_shown(day: tuple[tuple[time, time], ...]) -> None:
    assert read_spans(write_spans(day)) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8 to 5", "In the afternoon, write pm"),
        ("mornings", "is not a time from when to when"),
        ("25:00 - 26:00", "“25:00” is not a time"),
        ("13 pm - 14 pm", "“13 pm” is not a time"),
        ("8 am - 9 am - 10 am", "is not a time from when to when"),
        ("8-9, 10-11, 12-13, 14-15, 16-17", "Four times"),
        ("9 - 11, 10 - 12", "must be later"),
    ],
)
def test_what_is_wrong_with_the_hours_of_a_day_is_said(text: str, said: str) -> None:
    with pytest.raises(HoursError, match=said):
        read_spans(text)


def test_closed_days_are_read_as_they_are_written_and_kept_closed() -> None:
    days = read_days("2026-12-24 to 2026-12-26\n\n2027-01-04\n2026-12-25")
    assert write_days(days) == ["2026-12-24 to 2026-12-26", "2027-01-04"]
    assert read_days("\n".join(write_days(days))) == days
    week = {day: ((time(9), time(17)),) for day in range(7)}
    hours = Hours("America/Chicago", week, False, days)
    thursday = datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert not is_open(hours, thursday)
    assert next_opening(hours, thursday) == datetime(2026, 12, 27, 15, tzinfo=UTC)
    assert is_open(Hours("America/Chicago", week, False), thursday)


@pytest.mark.parametrize(
    "text", ["Christmas", "2026-13-01", "2026-12-26 to 2026-12-24", "2026-01-01 to 2028-01-01", "2026-12-24 to"]
)
def test_closed_days_that_cannot_be(text: str) -> None:
    with pytest.raises(HoursError, match=r"must end|is not a day"):
        read_days(text)

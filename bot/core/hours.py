"""Opening hours: when an office is open, when it opens next, and how much open time lies between two instants.

Pure. Instants are aware; hours are the office's own, so a day with a change of the clock is as long as it is there. Federal
holidays come from the `holidays` package, time zones from `zoneinfo`; the
zone of a ZIP code is in the `zipcodes` wheel. Must not know offices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import us
import zipcodes

from bot.core.language import Language

_DAY = timedelta(days=1)
# An office that does not open within this time does not open.
_FURTHEST_DAYS = 30
_MOST_SPANS = 4
_MOST_DAYS = 366
_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?(am|pm)?")

Span = tuple[time, time]
_NAMES = {
    Language.EN: (
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        (
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December",
        ),
    ),
    Language.ES: (
        ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        (
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
            "diciembre",
        ),
    ),
}  # fmt: skip


class HoursError(ValueError):
    """Hours that cannot be; the message says what to correct."""


@dataclass(frozen=True)
class Hours:
    """`week` is weekday (0 is Monday) -> spans of open time that do not overlap, in the time of `zone`.

    Raises HoursError.
    """

    zone: str
    week: Mapping[int, tuple[Span, ...]]
    closed_on_holidays: bool = True
    closed_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for day, spans in self.week.items():
            if day not in range(7) or len(spans) > _MOST_SPANS:
                raise HoursError("The days are numbered from 0, which is Monday, to 6, with at most four spans each.")
            ends = [each for span in spans for each in span]
            if any(later <= earlier for earlier, later in pairwise(ends)):
                raise HoursError("Each span must end after it begins, and the next must begin after that.")


# What is taken where nothing is known, to count time by; nobody is told of it.
USUAL_WEEK: Mapping[int, tuple[Span, ...]] = {day: ((time(8), time(17)),) for day in range(5)}


def zone_of(name: str) -> ZoneInfo:
    """Raises HoursError for a name that is not one of the time zone database."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HoursError(f"“{name}” is not a time zone. Use a name as in America/Chicago.") from None


def guess_zone(zip_code: str, state: str) -> str | None:
    """The time zone of a ZIP code, else of a state that has one only; None where that does not tell."""
    found = zipcodes.matching(zip_code[:5]) if re.fullmatch("[0-9]{5}", zip_code[:5]) else []
    if found and found[0]["timezone"]:
        return str(found[0]["timezone"])
    known = us.states.lookup(state) if len(state) == 2 else None
    return str(known.time_zones[0]) if known and len(known.time_zones) == 1 else None


def read_week(week: Mapping[str, Any]) -> dict[int, tuple[Span, ...]]:
    """A week as it is written: {"0": [["08:00", "16:30"]]}. Raises HoursError."""
    try:
        return {
            int(day): tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in spans)
            for day, spans in week.items()
        }
    except (TypeError, ValueError, AttributeError):
        raise HoursError('Write hours as 08:30, as in {"0": [["08:30", "16:30"]]}, where 0 is Monday.') from None


def write_week(week: Mapping[int, tuple[Span, ...]]) -> dict[str, list[list[str]]]:
    return {str(day): [[f"{each:%H:%M}" for each in span] for span in spans] for day, spans in sorted(week.items())}


def read_spans(text: str) -> tuple[Span, ...]:
    """The hours of a day as people write them: "8 am - noon, 1:00pm to 4:30 PM", "08:00–16:30". Raises HoursError."""
    if not text.strip() or text.strip().lower() == "closed":
        return ()
    spans = []
    for part in re.split("[,;]", text):
        ends = re.split(r"\s*(?:-|–|—|\bto\b|\buntil\b)\s*", part.strip().lower())
        if len(ends) != 2:
            raise HoursError(f"“{part.strip()}” is not a time from when to when. Write it as in 8:00 am – 5:00 pm.")
        spans.append((_read_clock(ends[0]), _read_clock(ends[1])))
    if any(later <= earlier for earlier, later in pairwise(each for span in spans for each in span)):
        raise HoursError("Each time must be later than the one before. In the afternoon, write pm, as in 8:00 am – 5:00 pm.")
    if len(spans) > _MOST_SPANS:
        raise HoursError("Four times from when to when are the most that a day can have.")
    return tuple(spans)


def write_spans(spans: Iterable[Span]) -> str:
    """As `read_spans` reads it."""
    return ", ".join(f"{_write_clock(begin)} – {_write_clock(end)}" for begin, end in spans)


def read_days(text: str) -> frozenset[date]:
    """Days, one a line, or from when to when: "2026-12-24", "2026-12-24 to 2027-01-01". Raises HoursError."""
    days: set[date] = set()
    for line in filter(None, (line.strip() for line in text.splitlines())):
        ends = re.split(r"\s*(?:–|—|\bto\b|\s-\s)\s*", line)
        try:
            first, last = (date.fromisoformat(end) for end in (ends if len(ends) > 1 else ends * 2))
        except ValueError:
            raise HoursError(f"“{line}” is not a day. Write 2026-12-24, or 2026-12-24 to 2027-01-01.") from None
        if not 0 <= (last - first).days < _MOST_DAYS:
            raise HoursError(f"“{line}” must end after it begins, and within a year.")
        days |= {first + number * _DAY for number in range((last - first).days + 1)}
    if len(days) > _MOST_DAYS:
        raise HoursError("More than a year of closed days cannot be kept. Take out those that are past.")
    return frozenset(days)


def write_days(days: Iterable[date]) -> list[str]:
    """As `read_days` reads it, in order, a line each; days in a row become one line."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == _DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]


def is_open(hours: Hours, at: datetime) -> bool:
    return any(begin <= at < end for begin, end in _spans(hours, at, 1))


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The instant itself where it is open then, else when it opens next, in its own time; None if not within 30 days."""
    for begin, end in _spans(hours, at):
        if at < end:
            return max(begin, at).astimezone(zone_of(hours.zone))
    return None


def open_time_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How long it is open from `start` to `end`; nothing where `end` is earlier."""
    days = max(0, (end - start).days) + 2
    spans = ((max(begin, start), min(until, end)) for begin, until in _spans(hours, start, days))
    return sum((until - begin for begin, until in spans if begin < until), timedelta())


def after_open_time(hours: Hours, start: datetime, amount: timedelta) -> datetime | None:
    """When `amount` of open time has passed since `start`, in UTC; None if that is not within 30 days."""
    left = amount
    for begin, end in _spans(hours, start):
        begin = max(begin, start.astimezone(UTC))
        if begin < end:
            if left <= end - begin:
                return begin + left
            left -= end - begin
    return None


def tell_time(at: datetime, language: Language) -> str:
    """A day and hour in its own zone, in words: "Monday, November 30, at 8:00 a.m. (CST)"."""
    days, months = _NAMES[language]
    day, month, clock = days[at.weekday()], months[at.month - 1], f"{at.hour % 12 or 12}:{at:%M}"
    if language is Language.ES:
        return f"{day} {at.day} de {month} a las {clock} {'a. m.' if at.hour < 12 else 'p. m.'} ({at:%Z})"
    return f"{day}, {month} {at.day}, at {clock} {'a.m.' if at.hour < 12 else 'p.m.'} ({at:%Z})"


def _read_clock(text: str) -> time:
    """Raises HoursError."""
    if text in ("noon", "12 noon"):
        return time(12)
    found = _CLOCK.fullmatch(text.replace(".", ""))
    hour, minute, half = (int(found[1]), int(found[2] or 0), found[3]) if found else (24, 0, None)
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        raise HoursError(f"“{text}” is not a time. Write it as in 8:30 am.")
    return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, minute)


def _write_clock(at: time) -> str:
    if at == time(12):
        return "noon"
    return f"{at.hour % 12 or 12}{f':{at:%M}' if at.minute else ''} {'am' if at.hour < 12 else 'pm'}"


def _spans(hours: Hours, at: datetime, days: int = _FURTHEST_DAYS) -> Iterator[tuple[datetime, datetime]]:
    """Spans of open time in UTC, in order, from the day of `at` on for some days."""
    zone = zone_of(hours.zone)
    first = at.astimezone(zone).date()
    for number in range(days + 1):
        day = first + number * _DAY
        if day in hours.closed_days or (hours.closed_on_holidays and day in _holidays(day.year)):
            continue
        for begin, end in hours.week.get(day.weekday(), ()):
            span = tuple(datetime.combine(day, each, zone).astimezone(UTC) for each in (begin, end))
            if span[0] < span[1]:  # a span within the hour that the clock skips is none
                yield span[0], span[1]


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year, observed=True))

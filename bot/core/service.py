"""How an office answers: its hours as far as they are known, and how long it takes to accept a handoff.

Pure. What is not known is never told: time is counted by the usual hours of offices then, and nobody is promised anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.hours import USUAL_WEEK, Hours, HoursError, Span, after_open_time, is_open, next_opening

_USUAL_ZONE = "America/Chicago"
_USUAL_BOUND, _URGENT_BOUND = timedelta(hours=8), timedelta(hours=1)
_LONGEST_BOUND = timedelta(days=5)


@dataclass(frozen=True)
class Service:
    """`zone` and `week` are None where they are not known, `accept_within` (open time) too. Raises HoursError."""

    zone: str | None = None
    week: Mapping[int, tuple[Span, ...]] | None = None
    closed_on_holidays: bool = True
    accept_within: timedelta | None = None
    closed_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        self._hours()
        if self.week is not None and self.zone is None:
            raise HoursError("Hours need a time zone: give one, as in America/Chicago.")
        if self.accept_within is not None and not timedelta() < self.accept_within <= _LONGEST_BOUND:
            raise HoursError("The time to accept must be more than nothing and at most 120 open hours.")

    def bound(self, urgent: bool) -> timedelta:
        """Open time until a handoff should be accepted."""
        bound = self.accept_within or _USUAL_BOUND
        return min(bound, _URGENT_BOUND) if urgent else bound

    def due(self, start: datetime, urgent: bool) -> datetime:
        """When the bound has passed since `start`; an office that never opens is given three times as long."""
        bound = self.bound(urgent)
        return after_open_time(self._hours(), start, bound) or start + 3 * bound

    def opening(self, at: datetime) -> datetime | None:
        """When it opens next, to tell somebody who waits; None where it is open, or where that is not known."""
        if self.week is None or is_open(self._hours(), at):
            return None
        return next_opening(self._hours(), at)

    def _hours(self) -> Hours:
        known = self.week is not None
        week = self.week if self.week is not None else USUAL_WEEK
        return Hours(self.zone or _USUAL_ZONE, week, self.closed_on_holidays if known else True, self.closed_days)

"""What the pages of the directory call things, in plain English. Responsible for words only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

import us

from bot.core.hours import read_week, write_spans
from bot.core.service import Service

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# In which part of an office's page it stands.
DONE = {
    "saved": ("contacts", "Saved."),
    "checked": ("contacts", "Saved: you have checked the contact data today."),
    "hours": ("hours", "Saved."),
    "target": ("targets", "Added. Send a test notice to see whether it arrives."),
    "removed": ("targets", "Removed: nothing is told there any more."),
    "tested": ("targets", "The test notice was taken. Look whether it arrived."),
    "untested": ("targets", "The test notice could not be sent. What went wrong stands beside the address."),
}
BUSY = "Somebody else is changing the directory at this moment. Nothing was saved: press the button again."
CLASH = (
    "Somebody else has changed this office since you opened it. Nothing was saved. What is there now stands beside what you "
    "typed. Press the button again to save yours."
)
CLASH_CHECKED = "Somebody else has changed the contact data since you opened this page. Check what stands here now."
CONTACTS = {"phone": "Phone", "email": "E-mail", "website": "Website"}
FAILURES = {
    "failed": "the server did not take it",
    "refused": "nothing can be sent to this address",
    "interrupted": "there was no answer in time, so it may have arrived",
    "unfinished": "it was not finished",
    "gone": "the address was removed",
    "no_server": "no server for e-mail is set up; tell whoever runs the assistant (SMTP_URL)",
}
SENT = {
    "received": "on its way", "waiting": "being tried again", "sending": "on its way", "delivered": "sent", "dead": "not sent",
}  # fmt: skip
COLUMNS = {
    "name": "Name", "short_name": "Short name", "kind": "Kind", "street": "Street", "city": "City", "state": "State",
    "zip": "ZIP code", "latitude": "Latitude", "longitude": "Longitude", "phone": "Phone", "email": "E-mail",
    "website": "Website", "states_served": "States served", "serves": "Serves", "languages": "Languages", "source_url": "Source",
    "source_date": "Date of source", "confidence": "Research notes", "contact_checked": "Checked",
    "coord_basis": "Place known by", "time_zone": "Time zone", "week": "Opening hours",
    "closed_on_holidays": "Closed on federal holidays", "accept_minutes": "Minutes until the next in line is asked",
    "closed_days": "Closed days", "notice_target": "Told at",
}  # fmt: skip
FIELDS = COLUMNS | {f"day{number}": day for number, day in enumerate(DAYS)} | {"zone": "Time zone", "hours": "Time to accept"}
SERVED = {"candidates": "Job seekers", "employers": "Employers"}
_LISTS = ("states_served", "serves")


def time_zones(known: str) -> list[str]:
    """Those of the United States, and the one that an office has."""
    return sorted({*_zones(), *filter(None, [known])})


def hours_in_words(service: Service) -> Iterator[tuple[str, str]]:
    """Days in a row with the same hours, as in "Monday to Friday", and these; nothing where the hours are not known."""
    week = service.week or {}
    for spans, days in groupby(range(7), lambda day: week.get(day, ())):
        names = [DAYS[day] for day in days]
        if spans:
            yield names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}", write_spans(spans)


def value_in_words(column: str, value: Any) -> str:
    """A value of an office's history."""
    if value in (None, "", [], {}):
        return "nothing"
    if column == "week":
        return "; ".join(f"{DAYS[day]} {write_spans(spans)}" for day, spans in read_week(value).items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if column == "confidence" and "CHANGED(" in value:
        return f"… {value[value.index('CHANGED(') :]}"
    return str(value).replace(";", ", ") if column in _LISTS else str(value)


def failure_in_words(error: str | None) -> str:
    """Why a notice was not sent; of what a service's library raised, its kind."""
    return FAILURES.get(error or "", f"the connection failed ({error})")


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted({str(zone) for state in us.states.STATES_AND_TERRITORIES for zone in state.time_zones}))

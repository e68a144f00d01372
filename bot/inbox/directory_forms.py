"""Reads the forms of an office's page: what was typed, as it was typed, and what is wrong with it, field by field.

Responsible for forms only. Must not know pages or databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.geography import state_named
from bot.core.hours import HoursError, Span, read_days, read_spans, write_days, write_spans, zone_of
from bot.core.partner_checks import AUDIENCES, Cells, split_list
from bot.core.partner_edits import EDITABLE
from bot.core.service import Service

Typed = dict[str, Any]
Faults = dict[str, list[str]]
_MOST_MINUTES = 120 * 60


def shown_contacts(cells: Cells) -> Typed:
    """The contact form of an office as it is."""
    return {name: cells[name] for name in EDITABLE} | {
        "states_served": ", ".join(split_list(cells["states_served"])),
        "serves": split_list(cells["serves"]),
    }


def typed_contacts(form: Mapping[str, Any], serves: Iterable[Any]) -> Typed:
    typed = {name: " ".join(str(form.get(name, "")).split()) for name in EDITABLE}
    return typed | {"serves": [name for name in AUDIENCES if name in serves], "show_address": "show_address" in form}


def cells_typed(typed: Typed) -> Cells:
    """As the partner file has it: a state may be typed by its name."""
    parts = (part.strip() for part in re.split("[,;]", typed["states_served"]))
    states = ";".join(state_named(part) or part for part in parts if part)
    return {name: typed[name] for name in EDITABLE} | {"states_served": states, "serves": ";".join(typed["serves"])}


def by_field(faults: Iterable[tuple[str, str]]) -> Faults:
    """What is wrong with a field that the form does not have stands above it, under no name."""
    found: Faults = {}
    for column, sentence in sorted(faults, key=lambda fault: EDITABLE.index(fault[0]) if fault[0] in EDITABLE else -1):
        found.setdefault(column if column in EDITABLE else "", []).append(sentence)
    return found


def shown_hours(service: Service) -> Typed:
    """The form of an office's hours as they are."""
    week = service.week or {}
    minutes = service.accept_within // timedelta(minutes=1) if service.accept_within else None
    return {
        "zone": service.zone or "",
        **{f"day{day}": write_spans(week.get(day, ())) for day in range(7)},
        "holidays": service.closed_on_holidays,
        "closed_days": "\n".join(write_days(service.closed_days)),
        "hours": "" if minutes is None else str(minutes // 60),
        "minutes": "" if minutes is None else str(minutes % 60),
    }


def typed_hours(form: Mapping[str, Any]) -> Typed:
    names = ("zone", *(f"day{day}" for day in range(7)), "closed_days", "hours", "minutes")
    typed: Typed = {name: str(form.get(name, "")).replace("\r\n", "\n").strip() for name in names}
    return typed | {"holidays": "holidays" in form}


def read_hours(typed: Typed) -> tuple[Service, Faults]:
    """What was typed, without what is wrong. With every day empty the hours are not known."""
    faults: Faults = {}
    week: dict[int, tuple[Span, ...]] = {}
    service = Service(closed_on_holidays=typed["holidays"])
    for day in range(7):
        with _Noted(faults, f"day{day}"):
            week[day] = read_spans(typed[f"day{day}"])
    with _Noted(faults, "closed_days"):
        service = replace(service, closed_days=read_days(typed["closed_days"]))
    with _Noted(faults, "hours"):
        service = replace(service, accept_within=_read_bound(typed["hours"], typed["minutes"]))
    with _Noted(faults, "zone"):
        if typed["zone"]:
            zone_of(typed["zone"])
            service = replace(service, zone=typed["zone"])
        known = {day: spans for day, spans in week.items() if spans}
        if known and "zone" not in faults:
            service = replace(service, week=known)
    return service, faults


class _Noted:
    """Notes what is wrong with a field, and goes on."""

    def __init__(self, faults: Faults, name: str) -> None:
        self._faults, self._name = faults, name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, HoursError):
            self._faults.setdefault(self._name, []).append(str(error))
        return isinstance(error, HoursError)


def _read_bound(hours: str, minutes: str) -> timedelta | None:
    """Raises HoursError."""
    if not hours and not minutes:
        return None
    if not all(re.fullmatch("[0-9]{0,4}", part) for part in (hours, minutes)):
        raise HoursError("Write hours and minutes in digits, as in 4 and 30.")
    total = 60 * int(hours or 0) + int(minutes or 0)
    if not 1 <= total <= _MOST_MINUTES:
        raise HoursError("It must be from one minute to 120 hours of open time. Leave it empty for the usual 8 hours.")
    return timedelta(minutes=total)

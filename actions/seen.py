"""Tells the gateway, beside the last message of a turn, how far the conversation came: for the figures, without any answer.

Whom the person is for, the state, and which questions of a screening were asked, answered, declined or not understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa_sdk.events import EventType

from actions.turn import as_place
from bot.core.figures import SCREENINGS, Fate, Screening
from bot.core.screening import SKIPPED, FormName, questions_of
from bot.core.turns import End, Memory

_DECLINED = (SKIPPED, "prefer_not")


def tell_seen(messages: list[dict[str, Any]], action: str, before: Mapping[str, Any], events: Iterable[EventType]) -> None:
    """Put it into the last message, if there is one."""
    if not messages:
        return
    slots = {**before, **{event["name"]: event["value"] for event in events if event["event"] == "slot"}}
    place = as_place(slots.get("place"))
    screening = _screening(action, before, slots)
    seen = {"audience": slots.get("audience"), "state": place.state if place else None, "screening": screening}
    known = {name: value for name, value in seen.items() if value}
    messages[-1]["custom"] = {**(messages[-1].get("custom") or {}), "seen": known}


def _screening(action: str, before: Mapping[str, Any], slots: Mapping[str, Any]) -> dict[str, Any] | None:
    """As it stands while its form asks, and at its end, which forgets some answers."""
    ended = (before.get("form_end") or {}) if action == "action_form_ended" else {}
    form = ended.get("form") or action.removeprefix("validate_")
    if form not in SCREENINGS.values():
        return None
    finished = ended.get("end") == End.COMPLETE
    return _read(FormName(form), before if ended else slots, finished).dump()


def _read(form: FormName, slots: Mapping[str, Any], finished: bool) -> Screening:
    asked = slots.get("requested_slot")
    failures = Memory.load(slots.get("form_memory")).failures
    fates = {
        question.id: str(Fate.DECLINED if slots[question.id] in _DECLINED else Fate.ANSWERED)
        for question in questions_of(form, slots)
        if slots.get(question.id) is not None
    }
    misunderstood = tuple(question.id for question in questions_of(form, slots) if question.id in failures)
    if asked and asked not in fates:
        fates[asked] = str(Fate.ASKED)
    return Screening(str(form), fates, misunderstood, finished)

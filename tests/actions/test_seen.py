"""What the gateway is told of a turn: how far somebody came, and no answer of theirs."""

from __future__ import annotations

from typing import Any

import pytest

from actions.seen import tell_seen
from bot.core.figures import Screening
from bot.core.geography import Place
from bot.core.turns import Memory


def seen(action: str, before: dict[str, Any], **after: Any) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [{"text": "one"}, {"text": "two", "custom": {"language": "en"}}]
    tell_seen(messages, action, before, [{"event": "slot", "name": name, "value": value} for name, value in after.items()])
    assert messages[0] == {"text": "one"}
    assert messages[1]["custom"]["language"] == "en"
    return dict(messages[1]["custom"]["seen"])


def test_outside_a_form_only_who_and_where() -> None:
    place = {name: getattr(Place("WI", "Milwaukee"), name) for name in Place.__dataclass_fields__}
    assert seen("action_answer", {"audience": "employer"}, place=place) == {"audience": "employer", "state": "WI"}
    assert seen("action_answer", {"place": "skipped"}) == {}
    tell_seen([], "action_answer", {}, [])  # nothing was said


def test_in_a_form_the_fate_of_each_question_and_no_answer() -> None:
    before = {"seeker_path": "looking", "place": "skipped", "age_band": "18_or_over", "production": "yes"}
    memory = Memory(failures={"schedule": 1, "zip_unknown": 2}).dump()
    told = seen("validate_seeker_form", before, diploma="prefer_not", requested_slot="schedule", form_memory=memory)
    fates = {"seeker_path": "answered", "place": "declined", "age_band": "answered", "production": "answered",
             "diploma": "declined", "schedule": "asked"}  # fmt: skip
    assert Screening.load(told["screening"]) == Screening("seeker_form", fates, ("schedule",), False)


@pytest.mark.parametrize(("end", "finished"), [("complete", True), ("person", False), ("left", False)])
def test_at_the_end_what_it_came_to_although_answers_are_forgotten(end: str, finished: bool) -> None:
    before = {"form_end": {"form": "employer_form", "end": end}, "product": "paper", "mentors": "yes"}
    told = Screening.load(seen("action_form_ended", before, product=None, form_end=None)["screening"])
    assert told == Screening("employer_form", {"product": "answered", "mentors": "answered"}, (), finished)


@pytest.mark.parametrize("form", ["nearest_form", "handoff_form"])
def test_other_forms_are_no_screening(form: str) -> None:
    assert seen(f"validate_{form}", {"requested_slot": "place"}) == {}
    assert seen("action_form_ended", {"form_end": {"form": form, "end": "complete"}}) == {}

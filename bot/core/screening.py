"""The two screenings: which questions are asked, in which order, and what the answers come to.

Source of every rule: the published criteria in the facts `rule-seeker-*` and `rule-employer-*`. The same questions in the
same order for everyone; language, channel and anything volunteered change nothing. A result never says that somebody
qualifies or does not: a sponsor's own standards decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SKIPPED = "skipped"
Answers = Mapping[str, Any]


class Kind(StrEnum):
    """What kind of answer a question takes."""

    CHOICE = "choice"
    PLACE = "place"
    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    CONTACT = "contact"


@dataclass(frozen=True)
class Question:
    """One question; `id` is the slot that holds its answer. An optional one is skipped without a word."""

    id: str
    kind: Kind
    options: tuple[str, ...] = ()
    optional: bool = False


class FormName(StrEnum):
    """The forms of the domain."""

    SEEKER = "seeker_form"
    EMPLOYER = "employer_form"
    NEAREST = "nearest_form"
    HANDOFF = "handoff_form"


_PLACE = Question("place", Kind.PLACE)
QUESTIONS: Mapping[FormName, tuple[Question, ...]] = {
    FormName.SEEKER: (
        Question("seeker_path", Kind.CHOICE, ("looking", "working", "employer")),
        _PLACE,
        Question("age_band", Kind.CHOICE, ("18_or_over", "16_17", "under_16")),
        Question("production", Kind.CHOICE, ("yes", "no", "not_sure")),
        Question("diploma", Kind.CHOICE, ("yes", "no", "working_on_it", "prefer_not"), optional=True),
        Question("schedule", Kind.CHOICE, ("full_time", "other", "prefer_not"), optional=True),
    ),
    FormName.EMPLOYER: (
        _PLACE,
        Question("product", Kind.TEXT),
        Question("workers", Kind.NUMBER, optional=True),
        Question("mentors", Kind.CHOICE, ("yes", "no", "not_sure")),
        Question("union_on_site", Kind.CHOICE, ("yes", "no", "prefer_not"), optional=True),
        Question("hires", Kind.CHOICE, ("new", "current", "both", "not_sure")),
        Question("sponsorship", Kind.CHOICE, ("alone", "group", "not_sure")),
    ),
    FormName.NEAREST: (_PLACE,),
    FormName.HANDOFF: (
        Question("consent", Kind.CHOICE, ("yes", "no")),
        Question("contact_name", Kind.NAME, optional=True),
        Question("contact", Kind.CONTACT),
    ),
}


class Result(StrEnum):
    """What a screening comes to."""

    READY = "ready_to_talk"
    NEXT_STEP = "next_step_first"
    PERSON = "ask_a_person"


@dataclass(frozen=True)
class Assessment:
    """The result with its reasons and next steps, all keys of phrases, and the facts that the rules rest on."""

    result: Result
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    facts: tuple[str, ...]


def questions_of(form: FormName, answers: Answers) -> tuple[Question, ...]:
    """The questions that still make sense given the answers: nothing more is asked of somebody under 18."""
    asked = QUESTIONS[form]
    if form is FormName.SEEKER and answers.get("age_band") in ("16_17", "under_16"):
        return asked[:3]
    if form is FormName.SEEKER and answers.get("seeker_path") == "employer":
        return asked[:1]
    if form is FormName.HANDOFF and answers.get("consent") == "no":
        return asked[:1]
    return asked


def next_question(form: FormName, answers: Answers) -> Question | None:
    """The first question without an answer; None when the form is complete, and for somebody under 16, who is asked nothing."""
    if form is FormName.SEEKER and answers.get("age_band") == "under_16":
        return None
    return next((question for question in questions_of(form, answers) if answers.get(question.id) is None), None)


def assess_seeker(answers: Answers) -> Assessment:
    """Part A of the rules. Raises nothing: whatever is missing or skipped leads to a person."""
    age = answers.get("age_band")
    if age == "under_16":
        return Assessment(
            Result.NEXT_STEP, ("too_young_now",), ("youth_programs",), ("rule-seeker-under-16", "more-pre-apprenticeship-2")
        )
    if age == "16_17":
        return Assessment(Result.PERSON, ("minor",), ("ask_with_parent",), ("rule-seeker-age-16-or-17",))
    if answers.get("production") == "no":
        return Assessment(Result.NEXT_STEP, ("other_work",), ("find_other_trade",), ("rule-seeker-work-setting",))
    reasons, steps, facts = _seeker_notes(answers)
    if age != "18_or_over":
        return Assessment(Result.PERSON, (*reasons, "age_unknown"), steps, (*facts, "rule-seeker-age-16-or-17"))
    if answers.get("production") not in ("yes", "not_sure"):
        return Assessment(Result.PERSON, (*reasons, "fit_unclear"), steps, (*facts, "rule-seeker-work-setting"))
    return Assessment(Result.NEXT_STEP if answers.get("diploma") == "no" else Result.READY, reasons, steps, facts)


_DIPLOMA = ("rule-seeker-high-school-diploma-or-equivalent", "referral-ged-or-high-school-equivalency-class")


def _seeker_notes(answers: Answers) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    reasons = ["age_met"] if answers.get("age_band") == "18_or_over" else []
    facts = ["rule-seeker-age-18-or-over", "rule-seeker-employment-with-a-sponsor"]
    if answers.get("production") == "yes":
        reasons.append("wants_production")
        facts.append("rule-seeker-work-setting")
    if answers.get("diploma") == "yes":
        reasons.append("has_diploma")
        facts.append(_DIPLOMA[0])
    elif answers.get("diploma") == "working_on_it":
        reasons.append("diploma_soon")
        facts.append(_DIPLOMA[0])
    elif answers.get("diploma") == "no":
        reasons.append("no_diploma")
        facts += _DIPLOMA
    if answers.get("schedule") == "other":
        reasons.append("schedule_to_discuss")
        facts.append("rule-seeker-full-time-availability")
    steps = ("diploma_class",) if answers.get("diploma") == "no" else ()
    start = "ask_your_employer" if answers.get("seeker_path") == "working" else "find_sponsor"
    return tuple(reasons), (*steps, start), tuple(facts)


def assess_employer(answers: Answers) -> Assessment:
    """Part B of the rules."""
    reasons: list[str] = []
    steps: list[str] = []
    facts = ["rule-employer-manufacturing-production-workers", "rule-employer-size"]
    if answers.get("union_on_site") == "yes":
        steps.append("union_early")
        facts.append("rule-employer-union-agreement")
    if answers.get("hires") in ("new", "current", "both"):
        reasons.append("hires_fine")
        facts.append("rule-employer-apprentices")
    if answers.get("sponsorship") in ("group", "not_sure"):
        steps.append("group_possible")
    if answers.get("mentors") == "no":
        facts.append("rule-employer-mentors")
        return Assessment(Result.NEXT_STEP, (*reasons, "no_mentor"), ("find_mentor", *steps), tuple(facts))
    if answers.get("workers") == 0 or answers.get("product") == SKIPPED or answers.get("outside_manufacturing"):
        return Assessment(Result.PERSON, (*reasons, "fit_unclear"), tuple(steps), tuple(facts))
    reasons.append("has_mentor" if answers.get("mentors") == "yes" else "mentor_to_discuss")
    facts.append("rule-employer-mentors")
    return Assessment(Result.READY, tuple(reasons), tuple(steps or ("registration_help",)), tuple(facts))

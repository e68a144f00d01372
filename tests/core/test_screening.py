"""Both screenings over every combination of answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from bot.core.geography import Place
from bot.core.screening import (
    QUESTIONS,
    SKIPPED,
    Assessment,
    FormName,
    Kind,
    Question,
    Result,
    assess_employer,
    assess_seeker,
    next_question,
    questions_of,
)
from bot.knowledge.load import load_knowledge

VALUES = {
    "place": [Place("WI"), SKIPPED, None],
    "product": ["steel", SKIPPED, None],
    "workers": [0, 1, 500, SKIPPED, None],
}
VOLUNTEERED: dict[str, Any] = {
    "language": "es",
    "contact": {"kind": "phone", "value": "+14145550100"},
    "contact_name": "José",
    "consent": "no",
    "place": Place("CA"),
    "audience": "staff",
    "veteran": "yes",
    "topics_asked": ["eligibility_immigration", "disability"],
}


def combinations(form: FormName) -> Iterator[dict[str, Any]]:
    """Every answer to every question, skipped and missing ones included."""
    questions = QUESTIONS[form]
    values = [VALUES.get(question.id, [*question.options, SKIPPED, None]) for question in questions]
    for answers in product(*values):
        yield dict(zip((question.id for question in questions), answers, strict=True))


SEEKERS = list(combinations(FormName.SEEKER))
EMPLOYERS = [
    {**answers, "outside_manufacturing": outside} for answers in combinations(FormName.EMPLOYER) for outside in (None, True)
]
ALL = [("seeker", assess_seeker(answers)) for answers in SEEKERS] + [
    ("employer", assess_employer(answers)) for answers in EMPLOYERS
]


def test_every_key_is_a_phrase_in_both_languages() -> None:
    phrases = load_knowledge().phrases
    keys = {f"result_{found.result}_{who}" for who, found in ALL}
    keys |= {f"reason_{reason}" for _, found in ALL for reason in found.reasons}
    keys |= {f"step_{step}" for _, found in ALL for step in found.steps}
    assert keys <= set(phrases)
    assert all(phrases[key].en and phrases[key].es for key in keys)


def test_no_phrase_of_a_result_is_unused() -> None:
    said = {f"reason_{reason}" for _, found in ALL for reason in found.reasons} | {
        f"step_{step}" for _, found in ALL for step in found.steps
    }
    assert said == {name for name in load_knowledge().phrases if name.startswith(("reason_", "step_"))}


def test_every_fact_exists_and_every_result_has_one() -> None:
    facts = load_knowledge().facts
    assert {fact for _, found in ALL for fact in found.facts} <= set(facts)
    assert all(found.facts for _, found in ALL)


def test_every_result_is_reached_by_both() -> None:
    assert {(who, found.result) for who, found in ALL} == {(who, result) for who in ("seeker", "employer") for result in Result}


def test_every_assessment_says_why_or_what_next_and_nothing_twice() -> None:
    for _, found in ALL:
        assert found.reasons or found.steps
        assert len(set(found.reasons)) == len(found.reasons) and len(set(found.steps)) == len(found.steps)
        assert len(set(found.facts)) == len(found.facts)


@pytest.mark.parametrize("name", VOLUNTEERED)
def test_nothing_volunteered_changes_a_result(name: str) -> None:
    extra = {name: VOLUNTEERED[name]}
    assert all(assess_seeker({**answers, **extra}) == assess_seeker(answers) for answers in SEEKERS)
    some = EMPLOYERS[::7]
    assert all(assess_employer({**answers, **extra}) == assess_employer(answers) for answers in some)


def test_under_16_is_always_a_next_step_and_16_17_always_a_person() -> None:
    for answers in SEEKERS:
        found = assess_seeker(answers)
        if answers["age_band"] == "under_16":
            assert (found.result, found.steps) == (Result.NEXT_STEP, ("youth_programs",))
        if answers["age_band"] == "16_17":
            assert (found.result, found.steps) == (Result.PERSON, ("ask_with_parent",))


def test_only_an_adult_who_did_not_refuse_production_is_ready() -> None:
    for answers in SEEKERS:
        if assess_seeker(answers).result is Result.READY:
            assert answers["age_band"] == "18_or_over"
            assert answers["production"] in ("yes", "not_sure")
            assert answers["diploma"] != "no"


def test_what_is_unanswered_in_a_rule_leads_to_a_person() -> None:
    for answers in SEEKERS:
        unknown = {answers["age_band"], answers["production"]} & {SKIPPED, None}
        if unknown and answers["age_band"] not in ("under_16", "16_17") and answers["production"] != "no":
            assert assess_seeker(answers).result is Result.PERSON


@pytest.mark.parametrize("optional", ["diploma", "schedule"])
def test_preferring_not_to_say_costs_nothing(optional: str) -> None:
    for answers in SEEKERS:
        kept, skipped = ({**answers, optional: value} for value in ("prefer_not", SKIPPED))
        assert assess_seeker(kept) == assess_seeker(skipped)


def test_the_schedule_never_changes_the_result() -> None:
    options = next(question for question in QUESTIONS[FormName.SEEKER] if question.id == "schedule").options
    for answers in SEEKERS:
        assert len({assess_seeker({**answers, "schedule": option}).result for option in options}) == 1


@pytest.mark.parametrize("answer", ["yes", "no", "prefer_not", SKIPPED, None])
def test_a_union_never_changes_the_result(answer: str | None) -> None:
    for answers in EMPLOYERS[::5]:
        assert (
            assess_employer({**answers, "union_on_site": answer}).result
            == assess_employer({**answers, "union_on_site": "no"}).result
        )


def test_the_seekers_of_the_briefing() -> None:
    adult = {
        "seeker_path": "looking",
        "place": Place("WI"),
        "age_band": "18_or_over",
        "production": "yes",
        "schedule": "full_time",
    }
    assert assess_seeker({**adult, "diploma": "yes"}).result is Result.READY
    no_diploma = assess_seeker({**adult, "diploma": "no", "seeker_path": "working"})
    assert (no_diploma.result, no_diploma.steps) == (Result.NEXT_STEP, ("diploma_class", "ask_your_employer"))
    assert assess_seeker({**adult, "production": "no"}).steps == ("find_other_trade",)
    unsaid = assess_seeker({**adult, "age_band": SKIPPED, "diploma": "no"})
    assert (unsaid.result, set(unsaid.reasons)) == (Result.PERSON, {"wants_production", "no_diploma", "age_unknown"})
    assert "diploma_class" in unsaid.steps


def test_the_employers_of_the_briefing() -> None:
    shop = {"place": Place("IL"), "product": "machining", "workers": 9, "mentors": "yes", "union_on_site": "no", "hires": "new"}
    alone = assess_employer({**shop, "sponsorship": "alone"})
    assert (alone.result, alone.steps) == (Result.READY, ("registration_help",))
    assert assess_employer({**shop, "sponsorship": "group"}).steps == ("group_possible",)
    assert assess_employer({**shop, "union_on_site": "yes"}).steps[0] == "union_early"
    assert assess_employer({**shop, "mentors": "no"}).result is Result.NEXT_STEP
    assert assess_employer({**shop, "workers": 0}).result is Result.PERSON
    assert assess_employer({**shop, "outside_manufacturing": True}).result is Result.PERSON


# Questions


def test_the_same_questions_in_the_same_order_for_all() -> None:
    for form in FormName:
        ids = [question.id for question in QUESTIONS[form]]
        assert len(set(ids)) == len(ids)
    for answers in SEEKERS:
        asked = questions_of(FormName.SEEKER, answers)
        assert asked == QUESTIONS[FormName.SEEKER][: len(asked)]


def test_nothing_is_asked_after_the_age_of_a_minor_or_the_word_employer() -> None:
    for age in ("16_17", "under_16"):
        assert [question.id for question in questions_of(FormName.SEEKER, {"age_band": age})] == [
            "seeker_path",
            "place",
            "age_band",
        ]
    assert len(questions_of(FormName.SEEKER, {"seeker_path": "employer"})) == 1
    assert len(questions_of(FormName.HANDOFF, {"consent": "no"})) == 1


def test_next_question_is_the_first_without_an_answer() -> None:
    for answers in SEEKERS[::3]:
        question = next_question(FormName.SEEKER, answers)
        if answers["age_band"] == "under_16":
            assert question is None, "nobody under 16 is asked anything"
            continue
        open_ones = [one for one in questions_of(FormName.SEEKER, answers) if answers[one.id] is None]
        assert question == (open_ones[0] if open_ones else None)


def test_only_choices_have_options_and_every_choice_has_two() -> None:
    for question in (question for questions in QUESTIONS.values() for question in questions):
        assert len(question.options) >= 2 if question.kind is Kind.CHOICE else not question.options


def test_nothing_forbidden_is_asked() -> None:
    allowed = {
        "seeker_path",
        "place",
        "age_band",
        "production",
        "diploma",
        "schedule",
        "product",
        "workers",
        "mentors",
        "union_on_site",
        "hires",
        "sponsorship",
        "consent",
        "contact_name",
        "contact",
    }
    assert {question.id for questions in QUESTIONS.values() for question in questions} == allowed
    assert "union_on_site" not in {question.id for question in QUESTIONS[FormName.SEEKER]}


def test_shapes_are_values() -> None:
    assert Question("a", Kind.TEXT) == Question("a", Kind.TEXT)
    assert Assessment(Result.READY, (), (), ()) == Assessment(Result.READY, (), (), ())

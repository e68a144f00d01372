"""What leads away from a form."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.digressions import grant
from bot.core.form import take_turn
from bot.core.geography import Place
from bot.core.heard import Decision, Heard
from bot.core.language import Language
from bot.core.screening import QUESTIONS, FormName
from bot.core.turns import End, Memory, Move, Scene, Turn
from tests.core.test_replies import hear


def take(form: FormName, asked: str, heard: Heard, answers: dict[str, Any] | None = None, **memory: Any) -> Turn:
    return take_turn(form, asked, answers or {}, Memory(**memory), heard)


EVERYWHERE = [(form, question.id) for form in FormName for question in QUESTIONS[form]]


@pytest.mark.parametrize(("form", "asked"), EVERYWHERE)
def test_a_verdict_is_answered_at_every_question(form: FormName, asked: str) -> None:
    turn = take(form, asked, hear("y si no califico?"))
    assert (turn.moves, turn.asked and turn.asked.id) == ((Move("phrase", "verdict_in_form"),), asked)


@pytest.mark.parametrize(("form", "asked"), [place for place in EVERYWHERE if place[1] != "age_band"])
@pytest.mark.parametrize("text", ["im 14", "tengo 15", "no tengo 16"])
def test_under_16_said_anywhere_ends_the_form(form: FormName, asked: str, text: str) -> None:
    turn = take(form, asked, hear(text), {"age_band": "18_or_over"})
    assert (turn.end, turn.answers["age_band"]) == (End.YOUTH, "under_16")


@pytest.mark.parametrize(("form", "asked"), [place for place in EVERYWHERE if place[1] != "age_band"])
def test_a_child_of_theirs_ends_the_form_and_says_nothing_of_them(form: FormName, asked: str) -> None:
    turn = take(form, asked, hear("my kid is 14 and wants in"), {"age_band": "18_or_over"})
    assert (turn.end, turn.answers["age_band"]) == (End.YOUTH, "18_or_over")


@pytest.mark.parametrize(
    ("heard", "end"),
    [
        (hear("ok check if it fits"), End.LEFT),
        (hear("see if I'm ready", act="check_readiness"), End.LEFT),
        (hear("Find the nearest partner", act="nearest"), End.LEFT),
        (hear("something else", act="something_else"), End.LEFT),
        (hear("49503", zip="49503"), End.LEFT),
        (hear("soy empleador", act="i_am_employer"), End.LEFT),
        (hear("cancel that request"), End.CANCELLED),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else str(value),
)
def test_at_the_consent_another_wish_is_served_at_once(heard: Heard, end: End) -> None:
    assert take(FormName.HANDOFF, "consent", heard).end is end


@pytest.mark.parametrize(
    ("text", "act", "value"),
    [
        ("que me llamen", "human", "yes"),
        ("call me", "human", "yes"),
        ("pass it on", None, "yes"),
        ("I'll contact them", None, "no"),
        ("no, yo les contacto", None, "no"),
        ("mejor yo llamo", None, "no"),
        ("i'd rather call them myself", None, "no"),
    ],
)
def test_consent_in_own_words(text: str, act: str | None, value: str) -> None:
    assert take(FormName.HANDOFF, "consent", hear(text, act=act)).answers["consent"] == value


def test_at_the_consent_an_unsure_question_offers_its_choices_once() -> None:
    heard = Heard("so is it tax deductible?", Language.EN, None, Decision.UNSURE, (("employer_cost", "wages"),), 0.3)
    first = take(FormName.HANDOFF, "consent", heard)
    assert (first.moves, first.end) == ((Move("choices", topics=("employer_cost", "wages")),), None)
    assert take_turn(FormName.HANDOFF, "consent", first.answers, first.memory, heard).end is End.LEFT


def test_questions_about_what_is_passed_on_never_end_the_handoff() -> None:
    turn = take(FormName.HANDOFF, "consent", hear("who will see this?", topic="privacy_data"), failures={"consent": 1})
    assert (turn.end, turn.asked and turn.asked.id) == (None, "consent")


def test_a_name_that_is_a_city_is_no_wish() -> None:
    assert take(FormName.HANDOFF, "contact_name", hear("Madison", city="madison")).answers["contact_name"] == "Madison"


def test_the_nearest_office_is_shown_in_a_screening_and_the_question_comes_back() -> None:
    turn = take(FormName.SEEKER, "diploma", hear("Find the nearest partner", act="nearest"), {"place": Place("WI")})
    assert (turn.moves, turn.asked and turn.asked.id) == ((Move("nearest"),), "diploma")
    assert take(FormName.SEEKER, "seeker_path", hear("nearest office please")).end is End.LEFT


def test_a_seeker_among_the_questions_for_employers_is_taken_to_theirs() -> None:
    assert take(FormName.EMPLOYER, "product", hear("busco trabajo", act="i_am_seeker")).end is End.SEEKER
    assert take(FormName.EMPLOYER, "place", hear("no wait im looking for a job")).end is End.SEEKER


@pytest.mark.parametrize("text", ["I'm asking for my client", "soy trabajador social"])
def test_staff_go_on_for_their_client(text: str) -> None:
    turn = take(FormName.SEEKER, "age_band", hear(text))
    assert (turn.moves, turn.asked and turn.asked.id) == ((Move("phrase", "for_client"),), "age_band")
    assert turn.answers["audience"] == "staff"


def test_what_staff_say_of_their_client_counts_at_once() -> None:
    turn = take(FormName.SEEKER, "seeker_path", hear("my client is looking for a job"))
    assert (turn.answers["seeker_path"], turn.answers["audience"]) == ("looking", "staff")


def test_a_product_said_along_the_way_is_kept() -> None:
    turn = take(FormName.EMPLOYER, "place", hear("toledo ohio and we make brackets", city="toledo", state="OH"))
    assert (turn.answers["product"], turn.asked and turn.asked.id) == ("make brackets", "workers")


@pytest.mark.parametrize("text", ["no entiendo que es patrocinar", "i dont get it", "what does sponsor mean", "que es un mentor"])
def test_who_does_not_understand_our_question_is_told_what_it_is_for(text: str) -> None:
    assert take(FormName.EMPLOYER, "sponsorship", hear(text)).moves == (Move("phrase", "why_sponsorship"),)


def test_a_question_without_an_apostrophe_is_no_answer() -> None:
    heard = hear("whats the diff between own n group", topic="employer_group_sponsor")
    turn = take(FormName.EMPLOYER, "sponsorship", heard)
    assert (turn.moves, turn.answers.get("sponsorship")) == ((Move("answer", topics=("employer_group_sponsor",)),), None)


def test_another_zip_where_none_was_asked_for_is_a_correction() -> None:
    turn = take(FormName.SEEKER, "age_band", hear("60623", zip="60623"), {"seeker_path": "looking", "place": Place("WI")})
    assert (turn.answers["place"].zip, turn.moves) == ("60623", (Move("phrase", "corrected"),))


def test_two_zips_are_a_choice() -> None:
    turn = take(FormName.NEAREST, "place", hear("53215 or 60623 not sure which", zip=["53215", "60623"]))
    assert [place.zip for place in turn.problem_choices] == ["53215", "60623"]


def test_laid_off_takes_back_that_they_work() -> None:
    heard = hear("actually im not working rn got laid off")
    assert take(FormName.SEEKER, "place", heard, {"seeker_path": "working"}).answers["seeker_path"] == "looking"


@pytest.mark.parametrize(
    "text",
    [
        "y si no califico pues que",
        "si no me llaman?",
        "si yo llamo que",
        "what if they call my boss",
        "yes if they pay",
        "pero si no tengo papeles",
    ],
)
def test_consent_is_never_read_out_of_an_if(text: str) -> None:
    assert "consent" not in take(FormName.HANDOFF, "consent", hear(text)).answers


@pytest.mark.parametrize("text", ["si", "sí, por favor", "si me interesa", "si que me llamen", "pues si", "si claro páselo"])
def test_si_is_a_yes_to_the_consent(text: str) -> None:
    assert take(FormName.HANDOFF, "consent", hear(text)).answers["consent"] == "yes"


def test_i_will_call_is_a_no_although_ill_is_a_state() -> None:
    assert take(FormName.HANDOFF, "consent", hear("nah ill call them", state="IL")).answers["consent"] == "no"


def test_an_answer_and_then_a_question() -> None:
    heard = hear("yes. also do we need to pay them in class?", topic="employer_wage_schedule")
    turn = take(FormName.EMPLOYER, "mentors", heard)
    assert (turn.answers["mentors"], turn.moves) == ("yes", (Move("answer", topics=("employer_wage_schedule",)),))


def test_an_answer_to_another_open_question_is_kept() -> None:
    turn = take(FormName.SEEKER, "seeker_path", hear("53215", zip="53215"))
    assert (turn.answers["place"].zip, turn.moves) == ("53215", (Move("phrase", "noted"),))
    assert (turn.asked and turn.asked.id, turn.memory.failures) == ("seeker_path", {})


def test_a_phone_where_consent_is_asked_is_not_taken_and_ends_nothing() -> None:
    turn = take(FormName.HANDOFF, "consent", hear("414-555-0188", phone="+14145550188"), failures={"consent": 1})
    assert (turn.answers, turn.moves, turn.end) == ({}, (Move("phrase", "help_consent"),), None)


def test_who_wants_a_person_and_names_no_place_gets_one_all_the_same() -> None:
    turn = take(FormName.NEAREST, "place", hear("#!"), {"handoff_reason": "asked_for_person"}, failures={"place": 2})
    assert (turn.answers["place"], turn.end) == ("skipped", End.COMPLETE)


def test_grant_leaves_an_answer_alone() -> None:
    question = QUESTIONS[FormName.HANDOFF][2]
    assert grant(Scene(FormName.HANDOFF, question, {}, Memory(), hear("414-555-0100", phone="+14145550100"))) is None

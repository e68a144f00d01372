"""One turn of a form: commands, corrections, questions in the middle, failures, and that nothing said is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.form import CARE_ACTS, take_turn
from bot.core.geography import Place
from bot.core.heard import Decision, Entity, Heard
from bot.core.language import Language
from bot.core.screening import QUESTIONS, SKIPPED, FormName, Kind, next_question
from bot.core.turns import End, Memory, Move, Turn, start_form
from bot.knowledge.load import load_knowledge
from tests.core.test_replies import hear

SEEKER = {"seeker_path": "looking", "place": Place("WI"), "age_band": "18_or_over", "production": "yes"}
EMPLOYER = {"place": Place("IL"), "product": "machining", "workers": 9, "mentors": "yes"}
HANDOFF = {"place": Place("IL"), "consent": "yes", "contact_name": "Ana"}


def take(form: FormName, asked: str, answers: dict[str, Any], heard: Heard, **memory: Any) -> Turn:
    return take_turn(form, asked, answers, Memory(**memory), heard)


def asked_id(turn: Turn) -> str | None:
    return turn.asked.id if turn.asked else None


def said(turn: Turn) -> list[str]:
    return [move.name or move.kind for move in turn.moves]


def talk(form: FormName, *messages: Heard, answers: dict[str, Any] | None = None) -> Turn:
    """A whole conversation: each message is the reply to what was asked last."""
    turn = start_form(form, answers or {})
    for message in messages:
        assert turn.asked is not None, f"the form ended before {message.text!r}"
        memory = Memory.load(json.loads(json.dumps(turn.memory.dump())))
        turn = take_turn(form, turn.asked.id, turn.answers, memory, message)
    return turn


# Order


@pytest.mark.parametrize("language", Language)
def test_a_seeker_is_asked_everything_in_order(language: Language) -> None:
    words = [hear("looking"), hear("53215", zip="53215"), hear("yes"), hear("yes"), hear("no"), hear("any shift")]
    order = []
    turn = start_form(FormName.SEEKER, {})
    for heard in words:
        order.append(asked_id(turn))
        turn = take_turn(FormName.SEEKER, order[-1] or "", turn.answers, turn.memory, replace(heard, language=language))
    assert order == [question.id for question in QUESTIONS[FormName.SEEKER]]
    assert turn.end is End.COMPLETE


def test_an_employer_is_asked_everything_in_order() -> None:
    turn = talk(
        FormName.EMPLOYER,
        hear("61101", zip="61101"),
        hear("We make brake parts"),
        hear("9 guys counting me", number=9.0),
        hear("sure"),
        hear("no union"),
        hear("one new, rest current"),
        hear("join a group"),
    )
    assert turn.end is End.COMPLETE
    assert turn.memory.order == tuple(question.id for question in QUESTIONS[FormName.EMPLOYER])
    assert turn.answers["workers"] == 9 and turn.answers["hires"] == "both"


def test_what_is_known_is_not_asked_again() -> None:
    turn = start_form(FormName.SEEKER, {"place": Place("WI"), "seeker_path": "looking"})
    assert asked_id(turn) == "age_band"
    assert start_form(FormName.NEAREST, {"place": Place("WI")}).end is End.COMPLETE


@pytest.mark.parametrize("age", [hear("I'm 17", age=17.0), hear("15", number=15.0), hear("16 or 17", number=[16.0, 17.0])])
def test_nothing_more_is_asked_of_a_minor(age: Heard) -> None:
    turn = talk(FormName.SEEKER, hear("looking"), hear("Wisconsin", state="WI"), age)
    assert turn.end is End.COMPLETE
    assert set(turn.answers) == {"seeker_path", "place", "age_band"}


@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        ("seeker_path", hear("I'm an employer")),
        ("seeker_path", hear("soy dueña")),
        ("diploma", hear("I run a plant", act="i_am_employer")),
    ],
)
def test_an_employer_in_the_seekers_form_switches(asked: str, heard: Heard) -> None:
    answers = {} if asked == "seeker_path" else dict(SEEKER)
    turn = take(FormName.SEEKER, asked, answers, heard)
    assert (turn.end, turn.asked, turn.answers["seeker_path"]) == (End.EMPLOYER, None, "employer")


def test_no_consent_ends_the_handoff_without_a_name() -> None:
    turn = talk(FormName.HANDOFF, hear("no thanks"))
    assert turn.end is End.COMPLETE and turn.answers == {"consent": "no"}


# Commands


@pytest.mark.parametrize(
    ("act", "end"),
    [("cancel", End.CANCELLED), ("restart", End.RESTARTED), ("human", End.PERSON), ("delete_data", End.DELETE)],
)
def test_commands_end_the_form_and_keep_the_answers(act: str, end: End) -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("stop", act=act))
    assert (turn.end, turn.asked, turn.answers) == (end, None, SEEKER)


def test_asking_for_a_person_does_not_leave_the_handoff() -> None:
    turn = take(FormName.HANDOFF, "contact_name", {"consent": "yes"}, hear("a person please", act="human"))
    assert (turn.end, asked_id(turn), turn.answers.get("contact_name")) == (None, "contact_name", None)
    assert (said(turn), turn.memory.failures) == (["why_contact_name"], {})


@pytest.mark.parametrize("form", FormName)
def test_why_is_answered_at_every_question(form: FormName) -> None:
    for question in QUESTIONS[form]:
        turn = take(form, question.id, {}, hear("why?", act="why"))
        assert (said(turn), turn.asked) == ([f"why_{question.id}"], question)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("workers", "why do you need my headcount"),
        ("place", "why do you want my zip"),
        ("place", "pero por qué necesita mi código postal"),
        ("contact_name", "para qué quiere mi nombre?"),
        ("product", "what do you need that for"),
    ],
)
def test_why_in_other_words(asked: str, text: str) -> None:
    form = next(form for form in FormName if asked in {question.id for question in QUESTIONS[form]})
    turn = take(form, asked, {}, hear(text, topic="privacy_data"))
    assert (said(turn), asked_id(turn)) == ([f"why_{asked}"], asked)


def test_back_goes_one_question_back_each_time() -> None:
    order = ("seeker_path", "place", "age_band", "production")
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("back", act="back"), order=order)
    assert (said(turn), asked_id(turn), turn.answers["production"]) == (["went_back"], "production", None)
    turn = take_turn(FormName.SEEKER, "production", turn.answers, turn.memory, hear("atrás", act="back"))
    assert (asked_id(turn), turn.answers["age_band"]) == ("age_band", None)
    assert turn.answers["place"] == Place("WI")


def test_back_at_the_first_question_stays() -> None:
    turn = take(FormName.SEEKER, "seeker_path", {}, hear("back", act="back"))
    assert (said(turn), asked_id(turn)) == (["nothing_before"], "seeker_path")


@pytest.mark.parametrize("form", [FormName.SEEKER, FormName.EMPLOYER, FormName.NEAREST])
def test_every_question_of_a_screening_can_be_skipped(form: FormName) -> None:
    turn = start_form(form, {})
    for question in QUESTIONS[form]:
        assert turn.asked == question
        turn = take_turn(form, question.id, turn.answers, turn.memory, hear("skip", act="skip"))
        assert turn.answers[question.id] == SKIPPED and said(turn) == ["skipped"]
    assert turn.end is End.COMPLETE


@pytest.mark.parametrize("asked", ["consent", "contact"])
def test_skipping_in_the_handoff_stops_it(asked: str) -> None:
    assert take(FormName.HANDOFF, asked, {}, hear("skip", act="skip")).end is End.CANCELLED


@pytest.mark.parametrize("act", ["resume", "repeat", "greet", "thanks", "to_spanish", "to_english"])
def test_small_talk_asks_again_without_a_failure(act: str) -> None:
    turn = take(FormName.EMPLOYER, "product", {"place": Place("IL")}, hear("ok where were we", act=act))
    assert (asked_id(turn), turn.memory.failures, turn.answers.get("product")) == ("product", {}, None)
    assert said(turn) == (["resume"] if act == "resume" else [])


@pytest.mark.parametrize("act", CARE_ACTS)
def test_danger_comes_before_the_question(act: str) -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("yes and I want to die", act=act))
    assert turn.moves == (Move("care", act),)
    assert (asked_id(turn), turn.answers) == ("diploma", SEEKER)


def test_after_danger_a_no_is_no_answer_to_the_question_before() -> None:
    hurt = take(FormName.SEEKER, "production", dict(SEEKER), hear("i want to die", act="danger_to_self"))
    turn = take_turn(FormName.SEEKER, "diploma", dict(SEEKER), hurt.memory, hear("no", act="deny"))
    assert (said(turn), turn.answers, turn.memory.hurt) == (["care_again"], SEEKER, "danger_to_self")
    turn = take_turn(FormName.SEEKER, "diploma", dict(SEEKER), turn.memory, hear("ok where were we", act="resume"))
    assert (said(turn), turn.memory.hurt) == (["resume"], "")


@pytest.mark.parametrize("act", ["injury", "danger_to_self"])
def test_after_danger_a_yes_brings_in_a_person(act: str) -> None:
    hurt = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("help", act=act))
    assert take_turn(FormName.SEEKER, "diploma", dict(SEEKER), hurt.memory, hear("yes", act="affirm")).end is End.PERSON


def test_after_a_complaint_a_yes_brings_in_a_person() -> None:
    hurt = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("how do i file a complaint?", topic="complaint"))
    assert take_turn(FormName.SEEKER, "diploma", dict(SEEKER), hurt.memory, hear("yes", act="affirm")).end is End.PERSON


# Corrections


@pytest.mark.parametrize(
    ("heard", "slot", "value"),
    [
        (hear("actually I'm in Ohio", state="OH"), "place", Place("OH")),
        (hear("no wait, I work and I'm looking"), "seeker_path", "looking"),
        (hear("sorry, I already have a job"), "seeker_path", "working"),
        (hear("I made a mistake, production no"), "production", "no"),
        (hear("sorry, I meant no"), "production", "no"),
        (hear("perdón, quise decir que no"), "production", "no"),
    ],
)
def test_an_earlier_answer_is_corrected(heard: Heard, slot: str, value: Any) -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), heard, order=("seeker_path", "place", "age_band", "production"))
    assert turn.answers == {**SEEKER, slot: value}
    assert (said(turn), asked_id(turn)) == (["corrected"], "diploma")


def test_a_zip_is_corrected_in_spanish() -> None:
    turn = take(FormName.EMPLOYER, "union_on_site", dict(EMPLOYER), hear("perdón, quise decir 61101", zip="61101"))
    assert (turn.answers["place"].zip, said(turn), asked_id(turn)) == ("61101", ["corrected"], "union_on_site")


@pytest.mark.parametrize(
    "heard",
    [hear("no wait I'm 17", age=17.0, number=17.0), hear("en realidad tengo 17", age=17.0), hear("I'm 17 by the way", age=17.0)],
)
def test_an_age_under_18_said_later_ends_the_questions(heard: Heard) -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), heard)
    assert (turn.answers["age_band"], turn.end) == ("16_17", End.COMPLETE)


def test_not_18_said_later_asks_which_band() -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("wait, I'm not 18 yet", number=18.0))
    assert (turn.answers["age_band"], asked_id(turn), said(turn)) == (None, "age_band", ["which_minor_band"])


def test_two_corrections_at_once() -> None:
    heard = hear("actually I'm 17 and in Ohio", age=17.0, state="OH")
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), heard)
    assert (turn.answers["age_band"], turn.answers["place"]) == ("16_17", Place("OH"))


def test_a_corrected_city_of_several_states_is_asked() -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("actually I'm in Springfield", city="Springfield"))
    assert (asked_id(turn), said(turn)) == ("place", ["which_place"])
    assert turn.problem_choices == turn.memory.pending != ()
    done = take_turn(FormName.SEEKER, "place", turn.answers, turn.memory, hear("2", number=2.0))
    assert (done.answers["place"], asked_id(done)) == (turn.problem_choices[1], "diploma")


def test_a_correction_without_the_new_value_asks_that_question_again() -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("change my zip"))
    assert (said(turn), asked_id(turn), turn.answers["place"]) == (["correct_which"], "place", None)


def test_a_corrected_product_is_judged_again() -> None:
    turn = take(FormName.EMPLOYER, "hires", dict(EMPLOYER), hear("I made a mistake, our product is roofing"))
    assert turn.answers["outside_manufacturing"] is True
    turn = take(FormName.EMPLOYER, "hires", dict(turn.answers), hear("sorry, we make roof tiles"))
    assert (turn.answers["product"], turn.answers["outside_manufacturing"]) == ("we make roof tiles", None)


@pytest.mark.parametrize(
    "heard",
    [
        hear("sorry, what is the age limit?", topic="eligibility_age"),
        hear("wait, does the job pay?", topic="wages"),
        hear("perdón, ¿qué edad se necesita?", topic="eligibility_age"),
        hear("sorry I don't get what you mean with years"),
        hear("actually my school was in another state"),
    ],
)
def test_politeness_and_questions_are_no_corrections(heard: Heard) -> None:
    turn = take(FormName.SEEKER, "schedule", {**SEEKER, "diploma": "no"}, heard)
    assert turn.answers == {**SEEKER, "diploma": "no"}
    assert asked_id(turn) == "schedule"


def test_a_correction_of_the_question_just_asked_is_its_answer() -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("no wait, yes I have my GED"))
    assert turn.answers["diploma"] == "yes"


# Questions in the middle


@pytest.mark.parametrize(
    ("asked", "text", "topic"),
    [
        ("diploma", "necesito papeles para trabajar?", "eligibility_immigration"),
        ("production", "do I need papers to work", "eligibility_immigration"),
        ("diploma", "tell me about the pay", "wages"),
        ("age_band", "do I need to be 18 to start?", "eligibility_age"),
        ("schedule", "what shifts are there for night people?", "schedule_shifts"),
        ("place", "how long does it take", "duration"),
    ],
)
def test_a_question_in_the_middle_is_answered_and_ours_comes_again(asked: str, text: str, topic: str) -> None:
    answers = {name: value for name, value in SEEKER.items() if name != asked}
    turn = take(FormName.SEEKER, asked, answers, hear(text, topic=topic))
    assert turn.moves == (Move("answer", topics=(topic,)),)
    assert (asked_id(turn), turn.answers, turn.memory.failures) == (asked, answers, {})


def test_a_question_of_an_employer_is_not_taken_for_the_product() -> None:
    heard = hear("can't we just use your Illinois people", topic="nearest_office", state="IL")
    turn = take(FormName.EMPLOYER, "product", {"place": Place("IA")}, heard)
    assert turn.moves == (Move("answer", topics=("nearest_office",)),)
    assert turn.answers == {"place": Place("IA")}


def test_an_answer_and_a_question_in_one_message() -> None:
    turn = take(FormName.NEAREST, "place", {}, hear("53215, do I need a diploma?", topic="eligibility_education", zip="53215"))
    assert turn.moves == (Move("answer", topics=("eligibility_education",)),)
    assert turn.answers["place"].zip == "53215" and turn.end is End.COMPLETE


@pytest.mark.parametrize(("decision", "kind"), [(Decision.UNSURE, "answer"), (Decision.DECLINED, "decline")])
def test_an_unclear_question_in_the_middle(decision: Decision, kind: str) -> None:
    heard = Heard("what about the thing with the stuff?", Language.EN, None, decision, (("wages", "benefits"),), 0.6)
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), heard)
    assert ([move.kind for move in turn.moves], asked_id(turn)) == ([kind], "diploma")


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("what if I don't have it?", Move("phrase", "why_diploma")),
        ("so is it tax deductible?", Move("choices", topics=("employer_cost", "wages"))),
        ("and what would that do to my cousin in the plant?", Move("choices", topics=("employer_cost", "wages"))),
    ],
)
def test_an_unsure_question_offers_its_choices_unless_it_is_about_ours(text: str, move: Move) -> None:
    heard = Heard(text, Language.EN, None, Decision.UNSURE, (("employer_cost", "chitchat", "wages"),), 0.3)
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), heard)
    assert (turn.moves, asked_id(turn), turn.memory.failures) == ((move,), "diploma", {})


@pytest.mark.parametrize("decision", Decision)
def test_bare_question_marks_get_help(decision: Decision) -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), Heard("???", Language.EN, None, decision, (("wages",),)))
    assert said(turn) == ["help_diploma"]


def test_a_place_and_an_age_said_along_the_way_are_kept() -> None:
    turn = take(FormName.SEEKER, "seeker_path", {}, hear("looking, I'm 20 in 53215", age=20.0, number=20.0, zip="53215"))
    assert (turn.answers["age_band"], turn.answers["place"].zip, asked_id(turn)) == ("18_or_over", "53215", "production")


def test_a_phone_beside_the_name_is_kept() -> None:
    turn = take(FormName.HANDOFF, "contact_name", {"consent": "yes"}, hear("Ana 414-555-0100", phone="+14145550100"))
    assert (turn.answers["contact_name"], turn.answers["contact"]["value"]) == ("Ana", "+14145550100")
    assert turn.end is End.COMPLETE


def test_a_phone_without_consent_is_not_kept() -> None:
    turn = take(FormName.HANDOFF, "consent", {}, hear("no, and not at 414-555-0100", phone="+14145550100"))
    assert turn.answers == {"consent": "no"}


# Failures

EVERY_QUESTION = [(form, question) for form in FormName for question in QUESTIONS[form]]
PATIENT = [(form, question) for form, question in EVERY_QUESTION if question.id not in ("consent", "contact_name")]


@pytest.mark.parametrize(("form", "question"), PATIENT, ids=lambda value: getattr(value, "id", value))
def test_help_first_then_the_reason_with_an_offer_then_out(form: FormName, question: Any) -> None:
    noise = hear("#!", act=None)
    first = take(form, question.id, {}, noise)
    assert (said(first), first.asked) == ([f"help_{question.id}"], question)
    second = take_turn(form, question.id, first.answers, first.memory, noise)
    assert second.moves == (Move("phrase", f"why_{question.id}"), Move("offer_skip", question.id))
    assert second.asked == question
    assert take_turn(form, question.id, second.answers, second.memory, noise).end is End.LEFT


def test_two_messages_without_consent_end_the_handoff() -> None:
    unclear = [hear("we stamp metal parts"), hear("about 60", number=60.0)]
    first = take(FormName.HANDOFF, "consent", {}, unclear[0])
    assert (said(first), asked_id(first)) == (["help_consent"], "consent")
    second = take_turn(FormName.HANDOFF, "consent", first.answers, first.memory, unclear[1])
    assert (second.end, second.moves) == (End.LEFT, ())


def test_what_is_no_name_is_asked_once_more_and_then_left_out() -> None:
    first = take(FormName.HANDOFF, "contact_name", {"consent": "yes"}, hear("no union"))
    assert (said(first), asked_id(first)) == (["help_contact_name"], "contact_name")
    second = take_turn(FormName.HANDOFF, "contact_name", first.answers, first.memory, hear("3", number=3.0))
    assert (said(second), asked_id(second)) == (["name_left_out"], "contact")
    assert second.answers["contact_name"] == SKIPPED


def test_an_answer_clears_the_failures() -> None:
    turn = take(FormName.SEEKER, "diploma", dict(SEEKER), hear("yes"), failures={"diploma": 1})
    assert turn.memory.failures == {}


def test_every_phrase_that_a_form_may_say_exists() -> None:
    asked = {question.id for _, question in EVERY_QUESTION}
    needed = {f"{kind}_{name}" for kind in ("ask", "why", "help") for name in asked}
    others = [
        "which_place",
        "which_minor_band",
        "zip_unknown",
        "outside_us",
        "phone_wrong",
        "email_wrong",
        "corrected",
        "correct_which",
        "went_back",
    ]
    phrases = load_knowledge().phrases
    assert needed | {*others, "nothing_before", "skipped", "resume", "offer_skip", "cancelled", "restarted"} <= set(phrases)


def test_a_bad_zip_twice_offers_to_skip() -> None:
    turn = talk(FormName.NEAREST, hear("5321", number=5321.0), hear("99999", zip="99999"))
    assert [move.name for move in turn.moves] == ["zip_unknown", "place"]
    assert turn.moves[1].kind == "offer_skip" and asked_id(turn) == "place"


def test_after_no_to_18_a_bare_yes_is_not_enough() -> None:
    known = {"seeker_path": "looking", "place": Place("WI")}
    turn = talk(FormName.SEEKER, hear("no"), answers=known)
    assert said(turn) == ["which_minor_band"]
    turn = take_turn(FormName.SEEKER, "age_band", turn.answers, turn.memory, hear("yes", act="affirm"))
    assert (asked_id(turn), turn.answers.get("age_band")) == ("age_band", None)
    turn = take_turn(FormName.SEEKER, "age_band", turn.answers, turn.memory, hear("16 o 17", number=[16.0, 17.0]))
    assert (turn.answers["age_band"], turn.end) == ("16_17", End.COMPLETE)


def test_a_yes_counts_again_when_the_question_for_the_age_stands_whole_again() -> None:
    answers = {"seeker_path": "looking", "place": Place("WI")}
    for failures, band in ((0, "18_or_over"), (1, None), (2, "18_or_over")):
        memory = Memory(failures={"age_band": failures})
        turn = take_turn(FormName.SEEKER, "age_band", answers, memory, hear("yes", act="affirm"))
        assert turn.answers.get("age_band") == band


def test_prefer_not_to_say_skips_an_optional_question() -> None:
    turn = take(
        FormName.EMPLOYER, "workers", {"place": Place("IL"), "product": "food"}, hear("prefiero no decir", act="prefer_not")
    )
    assert (turn.answers["workers"], asked_id(turn)) == (SKIPPED, "mentors")


# Places


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (hear("1", number=1.0), "OR"),
        (hear("#2", number=2.0), "WA"),
        (hear("the second one"), "WA"),
        (hear("la primera"), "OR"),
        (hear("Washington", state="WA"), "WA"),
        (hear("97201", zip="97201"), "OR"),
    ],
    ids=lambda value: value.text if isinstance(value, Heard) else value,
)
def test_two_states_are_a_choice(reply: Heard, state: str) -> None:
    both = hear("I live in Oregon but work in Washington", state=["OR", "WA"])
    turn = talk(FormName.NEAREST, both)
    assert (said(turn), turn.problem_choices) == (["which_place"], (Place("OR"), Place("WA")))
    done = take_turn(FormName.NEAREST, "place", turn.answers, turn.memory, reply)
    assert (done.answers["place"].state, done.end, done.memory.pending) == (state, End.COMPLETE, ())


def test_a_number_beyond_the_list_is_not_a_choice() -> None:
    turn = take(FormName.NEAREST, "place", {}, hear("7", number=7.0), pending=(Place("OR"), Place("WA")))
    assert asked_id(turn) == "place" and turn.memory.pending == (Place("OR"), Place("WA"))


def test_the_same_ambiguous_city_again_counts_as_a_failure() -> None:
    city = hear("springfield", city="springfield")
    turn = talk(FormName.NEAREST, city, city, city)
    assert [move.kind for move in turn.moves] == ["phrase", "offer_skip"]
    assert turn.problem_choices


def test_a_foreign_postcode_twice_ends_the_form() -> None:
    windsor = hear("N9A 2T6", foreign_postcode="CA")
    first = talk(FormName.NEAREST, windsor)
    assert (said(first), asked_id(first)) == (["outside_us"], "place")
    assert talk(FormName.NEAREST, windsor, windsor).end is End.OUTSIDE_US


def test_the_first_foreign_postcode_is_asked_about_even_after_another_failure() -> None:
    turn = talk(FormName.NEAREST, hear("banana"), hear("N9A 2T6", foreign_postcode="CA"))
    assert (turn.end, asked_id(turn), said(turn)[0]) == (None, "place", "outside_us")


def test_a_city_in_spanish_instead_of_a_zip() -> None:
    turn = talk(FormName.SEEKER, hear("ya trabajo"), hear("milwaukee", city="milwaukee"))
    assert (turn.answers["place"].city, asked_id(turn)) == ("Milwaukee", "age_band")


def test_memory_survives_json() -> None:
    memory = Memory({"place": 1}, (Place("WI", "Milwaukee", "53215", 43.0, -88.0),), ("seeker_path",))
    assert Memory.load(json.loads(json.dumps(memory.dump()))) == memory
    assert Memory.load(None) == Memory()


# Properties

ACTS = st.none() | st.sampled_from(
    [
        "affirm",
        "deny",
        "dont_know",
        "prefer_not",
        "skip",
        "why",
        "back",
        "cancel",
        "restart",
        "resume",
        "repeat",
        "greet",
        "thanks",
        "bye",
        "human",
        "delete_data",
        "something_else",
        "to_spanish",
        "help",
        "i_am_employer",
        "i_am_seeker",
        "insult",
        "danger_to_self",
        "injury",
    ]
)
PHRASES = st.sampled_from(
    [
        "yes",
        "no",
        "idk",
        "actually I'm in Ohio",
        "wait, I'm 17",
        "change my zip",
        "1",
        "2",
        "53215",
        "N9A 2T6",
        "Springfield",
        "we make parts",
        "why do you ask?",
        "sorry, I meant no",
        "prefiero no decir",
        "perdón, quise decir 61101",
        "???",
        "I'll call them",
        "Ana",
        "under 16",
        "looking",
        "I'm an employer",
        "no wait",
        "both",
        "4145550100",
        "",
    ]
)
ENTITIES = st.lists(
    st.one_of(
        st.builds(Entity, st.just("state"), st.sampled_from(["WI", "OH", "WA", "PR"])),
        st.builds(Entity, st.just("city"), st.sampled_from(["Springfield", "Milwaukee", "Nowhere at all"]), st.booleans()),
        st.builds(Entity, st.just("zip"), st.from_regex(r"[0-9]{5}", fullmatch=True)),
        st.builds(Entity, st.just("foreign_postcode"), st.sampled_from(["CA", "MX"])),
        st.builds(Entity, st.just("age"), st.floats(5, 99)),
        st.builds(Entity, st.just("number"), st.floats(0, 999_999)),
        st.builds(Entity, st.just("phone"), st.sampled_from(["+14145550100", "+10000000000", "x"])),
        st.builds(Entity, st.just("email"), st.sampled_from(["ana@example.org", "@@"])),
    ),
    max_size=3,
)
MESSAGES = st.builds(
    Heard,
    text=PHRASES | st.text(max_size=60),
    language=st.sampled_from(Language),
    act=ACTS,
    decision=st.sampled_from(Decision),
    parts=st.sampled_from([(), (("wages",),), (("chitchat",),), ((),)]),
    entities=ENTITIES.map(tuple),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FormName), st.lists(MESSAGES, min_size=1, max_size=12))
def test_a_form_always_asks_or_ends_and_forgets_nothing_by_itself(form: FormName, messages: list[Heard]) -> None:
    turn = start_form(form, {})
    for heard in messages:
        if turn.asked is None:
            break
        before, asked = dict(turn.answers), turn.asked
        turn = take_turn(form, asked.id, before, turn.memory, heard)
        assert (turn.asked is None) is (turn.end is not None)
        assert turn.asked is None or turn.asked in QUESTIONS[form]
        lost = {name for name, value in before.items() if value is not None and turn.answers.get(name) is None}
        changed = {name for name, value in before.items() if value is not None and turn.answers.get(name) != value}
        lost, changed = lost - {"outside_manufacturing"}, changed - {"outside_manufacturing"}
        told = set(said(turn))
        assert not lost or told & {"went_back", "correct_which", "which_place", "which_minor_band", "zip_unknown", "outside_us"}
        assert not changed - lost or "corrected" in told or turn.end is End.EMPLOYER
        if turn.end is End.COMPLETE:
            assert next_question(form, turn.answers) is None
        json.dumps(turn.memory.dump())


@given(st.sampled_from(FormName), st.text(max_size=40), MESSAGES)
def test_an_unknown_question_falls_back_to_the_first(form: FormName, asked: str, heard: Heard) -> None:
    turn = take_turn(form, asked, {}, Memory(), heard)
    assert turn.asked is not None or turn.end is not None


def test_the_kinds_of_questions_are_all_used() -> None:
    assert {question.kind for _, question in EVERY_QUESTION} == set(Kind)


def test_why_names_the_question_that_is_meant() -> None:
    turn = take_turn(FormName.EMPLOYER, "mentors", {"workers": 2}, Memory(), hear("why do you need my headcount", act="why"))
    assert [move.name for move in turn.moves] == ["why_workers"]
    assert turn.asked and turn.asked.id == "mentors"

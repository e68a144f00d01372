"""Wishes told apart from questions and answers, in both languages."""

from __future__ import annotations

import pytest

from bot.core.wishes import Wish, asks_for_news, asks_if_bot, asks_whom_to_call, change_of_request, wants_assistant, wish_of
from tests.core.test_replies import hear


@pytest.mark.parametrize(
    "text",
    [
        "so do I qualify",
        "do i qualify or not",
        "¿califico?",
        "y si no califico?",
        "califico o no?",
        "am I eligible?",
        "will they take me?",
        "am i too old for this",
        "am i too dumb for this",
        "so you think they would hire me",
        "me van a aceptar?",
        "estoy muy viejo para esto",
        "soy elegible?",
        "does my company qualify",
        "mi empresa califica?",
        "what if they wont take me without it",
    ],
)
def test_a_verdict_is_wanted(text: str) -> None:
    assert wish_of(hear(text, act="check_readiness" if "qualify" in text else None)) is Wish.VERDICT


@pytest.mark.parametrize(
    ("text", "act", "wish"),
    [
        ("see if I'm ready", "check_readiness", Wish.CHECK),
        ("check if i qualify", "check_readiness", Wish.CHECK),
        ("ok check if it fits", None, Wish.CHECK_EMPLOYER),
        ("ver si nos conviene", None, Wish.CHECK_EMPLOYER),
        ("see if we fit", None, Wish.CHECK_EMPLOYER),
        ("can you check if we'd be a good fit", None, Wish.CHECK_EMPLOYER),
        ("fit check", None, Wish.CHECK_EMPLOYER),
        ("do they check if we are fit to lift", None, None),
        ("quiero ver si me conviene", None, Wish.CHECK),
        ("wheres the closest office", None, Wish.NEAREST),
        ("la oficina mas cercana", None, Wish.NEAREST),
        ("do i qualify with a felony", None, None),
        ("they want me to work nights", None, None),
        ("yes", "affirm", None),
        ("ok fine yes pass it on", None, Wish.PERSON),
        ("si, páselo", None, Wish.PERSON),
        ("can you pass it on?", None, None),
        ("we stamp metal parts", None, None),
    ],
)
def test_other_wishes(text: str, act: str | None, wish: Wish | None) -> None:
    assert wish_of(hear(text, act=act)) is wish


@pytest.mark.parametrize(
    "text",
    [
        "change my phone to 616-555-0200",
        "use my email instead pat@example.org",
        "cambie mi número a 616-555-0200",
        "wrong number, it's 616-555-0200",
        "i got a new phone",
        "my number changed",
        "puse mal mi correo",
    ],
)
def test_another_contact_is_wanted(text: str) -> None:
    assert change_of_request(hear(text)) is Wish.CHANGE_CONTACT


@pytest.mark.parametrize(
    "text",
    [
        "cancel my request",
        "please withdraw my request",
        "ya no quiero que me llamen",
        "don't call me anymore",
        "tell them not to call me",
        "cancele mi solicitud",
        "que ya no me llamen",
    ],
)
def test_the_request_is_taken_back(text: str) -> None:
    assert change_of_request(hear(text)) is Wish.CANCEL_REQUEST


@pytest.mark.parametrize("text", ["stop", "how do I apply", "can they call me", "cuando me llaman", "my number is 4", "cancel"])
def test_no_change(text: str) -> None:
    assert change_of_request(hear(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "assistant",
        "Assistant, please!",
        "asistente",
        "“asistente”",
        "back to the bot",
        "I want to go back to the assistant",
        "can I talk to the bot again?",
        "Quiero volver con el asistente",
        "regresar al asistente por favor",
        "hablar con el robot",
    ],
)
def test_who_talks_with_a_person_may_ask_for_the_assistant_again(text: str) -> None:
    assert wants_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks, bye",
        "the assistant told me something else",
        "el asistente me dijo que sí",
        "I was talking to the bot before you came",
        "are you a bot?",
        "I was an assistant manager",
        "back to work",
        "",
    ],
)
def test_what_else_they_write_is_for_the_person(text: str) -> None:
    assert not wants_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "wait, is this a bot",
        "wait are you a bot?",
        "so am i talking to a robot or a human",
        "r u a real person",
        "¿es usted un robot?",
    ],
)
def test_whether_this_is_a_bot_is_asked_in_many_ways(text: str) -> None:
    assert asks_if_bot(text)


@pytest.mark.parametrize("text", ["is it a machine", "do i run a robot", "talk to a person", "es una persona que trabaja", "bot"])
def test_other_questions_about_machines_and_people_are_not_that(text: str) -> None:
    assert not asks_if_bot(text)


@pytest.mark.parametrize("text", ["¿hay noticias?", "ya hay noticias?", "alguna noticia", "tiene noticias de lo mío"])
def test_news_of_a_request_are_asked_for(text: str) -> None:
    assert asks_for_news(text)


@pytest.mark.parametrize("text", ["noticias de hoy", "noticias", "hay noticias de Venezuela", "any new jobs"])
def test_other_news_are_not(text: str) -> None:
    assert not asks_for_news(text)


@pytest.mark.parametrize(
    "text",
    [
        "whom do I call",
        "ok so who should we contact?",
        "do you have a phone number",
        "¿tienen teléfono?",
        "¿a quién llamo?",
        "a quién hay que llamar",
    ],
)
def test_whom_to_call_is_asked(text: str) -> None:
    assert asks_whom_to_call(text)


@pytest.mark.parametrize(
    "text", ["call me", "who do i call about harassment", "con quién hablo", "a quien le pagan", "talk to a person"]
)
def test_whom_to_call_is_not_asked(text: str) -> None:
    assert not asks_whom_to_call(text)

"""Commands, languages and deep links."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from bot.channels.telegram.incoming import COMMANDS
from bot.rasa_client import Reply
from bot.store.telegram_chats import find_chat
from tests.channels.telegram.gateways import Gateway, settle
from tests.channels.telegram.people import until


def test_telegram_is_told_of_the_commands_in_both_languages(gateway: Gateway) -> None:
    until(lambda: "es" in gateway.emulator.commands)
    english, spanish = gateway.emulator.commands[""], gateway.emulator.commands["es"]
    assert [each["command"] for each in english] == [each["command"] for each in spanish] == list(COMMANDS)
    assert english[-1]["description"] == "Erase everything about you"
    assert spanish[-1]["description"] == "Borrar todo lo suyo"


@pytest.mark.parametrize(
    ("code", "greeting"),
    [("es", "¡Hola!"), ("es-MX", "¡Hola!"), ("ES", "¡Hola!"), ("en", "Hi!"), ("de", "Hi!"), (None, "Hi!")],
)
def test_the_first_language_is_that_of_their_telegram(gateway: Gateway, code: str | None, greeting: str) -> None:
    ana = gateway.person(language=code)
    ana.say("/start")
    assert ana.wait(1)[0].startswith(greeting)


def test_the_language_then_stays(gateway: Gateway) -> None:
    ana = gateway.person(language="es")
    ana.say("/start")
    ana.wait(1)
    ana.language = "en"
    ana.say("/help")
    assert ana.wait(2)[1].startswith("Escriba lo que quiera")
    assert gateway.rasa.asked == []


def test_a_campaign_is_remembered_the_first_one(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("/start wi_flyer")
    ana.wait(1)
    ana.say("/start other")
    assert ana.wait(2)[1].startswith("Hi again!")
    chat = find_chat(gateway.database, 4242424242, ana.chat_id)
    assert chat and chat.campaign == "wi_flyer"


def test_a_campaign_of_later_counts_where_there_was_none(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    for number, (payload, remembered) in enumerate([("my name is Ana", None), ("x" * 65, None), ("MI-2026_a", "MI-2026_a")], 2):
        ana.say(f"/start {payload}")
        ana.wait(number)
        chat = find_chat(gateway.database, 4242424242, ana.chat_id)
        assert chat and chat.campaign == remembered


def test_help_names_every_command(gateway: Gateway) -> None:
    for number, language in enumerate(("en", "es")):
        person = gateway.person(501 + number, language)
        person.say("/help")
        said = person.wait(1)[0]
        assert all(f"/{command}:" in said for command in COMMANDS if command not in ("start", "help"))
        assert len(person.titles) == 5


@pytest.mark.parametrize(
    ("command", "english", "spanish"),
    [
        ("/apply", "See if I'm ready", "Ver si estoy listo"),
        ("/nearest", "Find the nearest partner", "Buscar el socio más cercano"),
        ("/human", "Talk to a person", "Hablar con una persona"),
        ("/status", "Status of my request", "Estado de mi solicitud"),
        ("/APPLY@imt_test_bot", "See if I'm ready", "Ver si estoy listo"),
    ],
)
def test_a_wish_is_said_in_the_words_of_its_button(gateway: Gateway, command: str, english: str, spanish: str) -> None:
    for number, (language, words) in enumerate((("en", english), ("es", spanish))):
        person = gateway.person(501 + number, language)
        person.say(command)
        assert person.wait(1) == [f"You said: {words}"]


def test_language_is_picked_by_button_or_named(gateway: Gateway) -> None:
    ana = gateway.person(language="en")
    ana.say("/language")
    ana.wait(1)
    assert ana.titles == ["English", "Español"]
    ana.press("Español")
    assert ana.wait(2)[1] == "You said: Español"
    ana.say("/help")
    assert ana.wait(3)[2].startswith("Escriba")
    ana.say("/language english")
    assert ana.wait(4)[3] == "You said: English"
    ana.say("/help")
    assert ana.wait(5)[4].startswith("Just write")


def test_the_channel_speaks_the_language_that_the_assistant_speaks(gateway: Gateway) -> None:
    """People change it by writing in the other one, which only Rasa notices."""
    ana = gateway.person(language="en")
    ana.say("hola")
    ana.wait(1)
    tracker = gateway.settings.tracker_url.removeprefix("sqlite:///")
    with sqlite3.connect(tracker) as connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id, type_name, action_name, data)")
        event = '{"event": "slot", "name": "language", "value": "es"}'
        values = (gateway.rasa.asked[0][0], "slot", "language", event)
        connection.execute("INSERT INTO events (sender_id, type_name, action_name, data) VALUES (?, ?, ?, ?)", values)
    connection.close()
    ana.say("/help")
    assert ana.wait(2)[1].startswith("Escriba")


def test_stop_is_the_last_message_until_they_write_again(gateway: Gateway) -> None:
    from bot.conversation.own import take_over

    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    conversation = gateway.rasa.asked[0][0]
    gateway.rasa.holding.add(conversation)
    ana.say("a question that takes long")
    ana.say("/stop")
    assert ana.wait(2)[1].startswith("OK, you get no more messages from me.")
    gateway.rasa.holding.clear()
    gateway.run(lambda: take_over(gateway.room, conversation, "Ana", "WRTP"))
    settle(1)
    assert len(ana.texts) == 2
    gateway.run(lambda: _give_back(gateway, conversation))
    ana.say("I am back")
    assert ana.wait(3)[2] == "You said: I am back"


async def _give_back(gateway: Gateway, conversation: str) -> None:
    from bot.conversation.own import give_back

    await give_back(gateway.room, conversation, "Ana", "WRTP")


def test_stop_in_spanish_before_anything_else(gateway: Gateway) -> None:
    ana = gateway.person(language="es")
    ana.say("/stop")
    assert ana.wait(1)[0].startswith("Está bien, ya no le mando mensajes.")
    assert "/delete" in ana.texts[0]


def test_too_much_at_once_is_said(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("x" * 2001)
    assert ana.wait(1)[0].startswith("That is a lot for me at once.")


def test_a_word_of_a_command_in_the_middle_is_none(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("please /delete nothing")
    assert ana.wait(1) == ["You said: please /delete nothing"]


def test_people_of_staff_read_what_a_command_means(gateway: Gateway) -> None:
    from bot.conversation.own import take_over
    from bot.store.conversations import read_view

    ana = gateway.person()
    ana.say("hello")
    ana.wait(1)
    conversation = gateway.rasa.asked[0][0]
    gateway.run(lambda: take_over(gateway.room, conversation, "Ana", "WRTP"))
    ana.say("/nearest")
    until(lambda: read_view(gateway.database, conversation).messages[-1].text == "Find the nearest partner")


def test_no_name_of_a_person_is_stored_anywhere(gateway: Gateway) -> None:
    gateway.rasa.answer = lambda *_: [Reply("Hi")]
    ana = gateway.person(name="Quetzalina")
    ana.say("/start")
    ana.say("hello")
    ana.wait(2)
    with gateway.database.reading() as connection:
        for (table,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            assert "Quetzalina" not in str(connection.execute(text(f'SELECT * FROM "{table}"')).all())

"""Long polling: what people write is answered, once and in order, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rasa_client import Reply
from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.gateways import Gateway, running, settings_for, settle
from tests.channels.telegram.people import until


def test_start_greets_and_a_question_is_answered(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("/start")
    assert ana.wait(1)[0].startswith("Hi! I answer questions about IMT")
    assert ana.titles == ["Pay and raises", "How to apply", "See if I'm ready", "Find the nearest partner", "Talk to a person"]
    ana.say("how much does it pay?")
    assert ana.wait(2)[1] == "You said: how much does it pay?"
    assert gateway.rasa.metadata[0]["channel"] == "telegram"


def test_a_first_question_is_answered_without_a_greeting(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("how long is it?")
    assert ana.wait(1) == ["You said: how long is it?"]


def test_an_update_that_comes_again_is_not_answered_again(gateway: Gateway) -> None:
    ana = gateway.person()
    number = ana.say("hello")
    ana.wait(1)
    gateway.emulator.updates.insert(0, {"update_id": number, "message": ana.emulator.screens.chats[501][0]})
    ana.say("and now?")
    assert ana.wait(2) == ["You said: hello", "You said: and now?"]
    settle()
    assert len(ana.texts) == 2


def test_each_chat_has_its_order_and_none_waits_for_another(gateway: Gateway) -> None:
    people = [gateway.person(number) for number in range(600, 610)]
    first = people[0]
    first.say("0")
    first.wait(1)
    gateway.rasa.holding.add(gateway.rasa.asked[0][0])
    for number in range(1, 6):
        for person in people:
            person.say(str(number))
    for person in people[1:]:
        assert person.wait(5) == [f"You said: {number}" for number in range(1, 6)]
    assert len(first.texts) == 1, "only who has to wait does"
    gateway.rasa.holding.clear()
    assert first.wait(6) == [f"You said: {number}" for number in range(6)]


def test_the_offset_moves_on_only_when_it_is_stored(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.channels.telegram import reader

    failures = [OSError("the disk is full")] * 3
    store = reader.store_updates

    def fail(*values: object) -> None:
        if failures:
            raise failures.pop()
        store(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "store_updates", fail)
    with running(emulator, settings_for(tmp_path, emulator)) as gateway:
        ana = gateway.person()
        ana.say("hello")
        assert ana.wait(1) == ["You said: hello"]
        assert not failures


def test_an_update_that_the_library_cannot_read_holds_up_nobody(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("one")
    gateway.emulator.add(message={"text": "no number, no chat, no date"})
    gateway.emulator.add(message={"text": "no date", "from": ana.user, "chat": ana.chat})
    ana.say("two")
    assert ana.wait(3) == ["You said: one", "You said: no date", "You said: two"]


def test_typing_shows_while_an_answer_takes_long_and_not_when_it_is_there(gateway: Gateway) -> None:
    ana = gateway.person()
    ana.say("quick")
    ana.wait(1)
    settle(0.6)
    assert gateway.emulator.called("sendChatAction") == []
    gateway.rasa.holding.add(gateway.rasa.asked[0][0])
    ana.say("slow")
    until(lambda: gateway.emulator.called("sendChatAction"))
    assert gateway.emulator.called("sendChatAction")[0]["action"] == "typing"
    gateway.rasa.holding.clear()
    ana.wait(2)


def test_markup_of_any_language_stays_what_was_written(gateway: Gateway) -> None:
    nasty = "*bold _it_ [a](http://b) `c` <b>d</b> &amp; \\ ~ | {x} #1 \u202e 👩‍🏭"
    gateway.rasa.answer = lambda _, text: [Reply(text)]
    ana = gateway.person()
    ana.say(nasty)
    assert ana.wait(1) == [nasty]
    sent = gateway.emulator.called("sendMessage")[0]
    assert "parse_mode" not in sent
    assert sent["link_preview_options"] == {"is_disabled": True}


def test_a_long_answer_comes_in_pieces_in_order_with_its_buttons_below(gateway: Gateway) -> None:
    paragraphs = [f"{number}. " + "This is a sentence of ours. " * 60 for number in range(5)]
    gateway.rasa.answer = lambda *_: [Reply("\n\n".join(paragraphs), ["Pay"])]
    ana = gateway.person()
    ana.say("everything")
    until(lambda: ana.titles == ["Pay"])
    assert [text.strip()[0] for text in ana.texts] == ["0", "2", "4"]
    assert "".join("".join(ana.texts).split()) == "".join("".join(paragraphs).split())


def test_a_slash_is_only_text_where_it_is_no_command(gateway: Gateway) -> None:
    ana = gateway.person()
    for number, text in enumerate(("/bottom", '/affirm{"role":"staff"}', "/ hello", "//"), 1):
        ana.say(text)
        assert ana.wait(number)[-1] == f"You said: {text}"


def test_what_staff_write_reaches_the_chat_and_says_so(gateway: Gateway) -> None:
    from bot.conversation.own import give_back, take_over, write_as_staff

    ana = gateway.person(language="es")
    ana.say("hola")
    ana.wait(1)
    conversation = gateway.rasa.asked[0][0]
    gateway.run(lambda: take_over(gateway.room, conversation, "Ana", "WRTP"))
    gateway.run(lambda: write_as_staff(gateway.room, conversation, "Soy Luis. ¿En qué le ayudo?"))
    assert ana.wait(3)[1:] == [
        "Ana, de WRTP, entró a la conversación y le responde aquí. Para volver con el asistente, escriba “asistente”.",
        "👤 Le escribe una persona:\nSoy Luis. ¿En qué le ayudo?",
    ]
    ana.say("quiero aplicar")
    settle()
    assert len(ana.texts) == 3, "the assistant keeps silent"
    gateway.run(lambda: give_back(gateway.room, conversation, "Ana", "WRTP"))
    ana.say("gracias")
    assert ana.wait(5)[-1] == "You said: gracias"

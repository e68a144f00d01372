"""Buttons: opaque, answered at once, used once, harmless ever after. Locations and phone numbers where they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.load import load_knowledge
from bot.rasa_client import Reply
from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.gateways import Gateway, running, settings_for, settle
from tests.channels.telegram.people import Person, until

PHRASES = load_knowledge().phrases


def asking(gateway: Gateway, *replies: Reply) -> Person:
    """Somebody who was answered so."""
    gateway.rasa.answer = lambda *_: list(replies)
    ana = gateway.person()
    ana.say("hello")
    ana.wait(len(replies))
    return ana


def asked(gateway: Gateway) -> list[str]:
    return [words for _, words in gateway.rasa.asked]


def test_buttons_stand_one_a_row_with_short_tokens(gateway: Gateway) -> None:
    titles = ["Pay and raises", "A title that is much longer than sixty-four bytes, as titles in Spanish sometimes are", "Sí"]
    ana = asking(gateway, Reply("Pick one", titles))
    rows = gateway.emulator.screens.buttons(ana.chat_id)
    assert [[button["text"] for button in row] for row in rows] == [[title] for title in titles]
    tokens = [button["callback_data"] for row in rows for button in row]
    assert len(set(tokens)) == 3 and all(len(token) < 24 for token in tokens)


def test_a_press_is_answered_marked_and_said(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    ana.press("Yes")
    ana.wait(2)
    assert asked(gateway) == ["hello", "Yes"]
    assert [text for _, text in gateway.emulator.screens.toasts] == [None]
    until(lambda: "[ ✓ Yes ]" in ana.screen)
    assert "[ No ]" in ana.screen, "those of the new answer"


def test_pressed_again_or_another_beside_it_nothing_happens(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    gateway.rasa.answer = lambda *_: [Reply("OK")]
    (yes,), (no,) = gateway.emulator.screens.buttons(ana.chat_id)
    message = next(one for one in gateway.emulator.screens.chats[ana.chat_id] if one.get("_markup"))
    for data in (yes, yes, no):
        ana.press_data({key: message[key] for key in ("message_id", "from", "chat", "date", "text")}, data["callback_data"])
    ana.wait(2)
    until(lambda: len(gateway.emulator.screens.toasts) == 3)
    assert [text for _, text in gateway.emulator.screens.toasts] == [None, "You picked that already.", "You picked that already."]
    settle()
    assert asked(gateway) == ["hello", "Yes"]
    assert "[ ✓ Yes ]" in ana.screen


def test_a_yes_to_a_question_that_has_passed_is_no_yes_to_the_next(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    gateway.rasa.answer = lambda *_: [Reply("May I pass it on?")]
    ana.say("i am 30")
    ana.wait(2)
    ana.press("Yes")
    until(lambda: gateway.emulator.screens.toasts)
    assert str(gateway.emulator.screens.toasts[0][1]).startswith("That question has passed.")
    settle()
    assert asked(gateway) == ["hello", "i am 30"]
    assert ana.titles == [], "what cannot be pressed is gone"


@pytest.mark.parametrize("title", ["Pay and raises", "See if I'm ready", "Talk to a person", "Buscar el socio más cercano"])
def test_a_button_that_means_the_same_at_any_time_still_works(gateway: Gateway, title: str) -> None:
    ana = asking(gateway, Reply("Pick one", [title]))
    gateway.rasa.answer = lambda *_: [Reply("OK")]
    ana.say("something else")
    ana.wait(2)
    ana.press(title)
    ana.wait(3)
    assert asked(gateway)[-1] == title


def test_after_a_restart_buttons_work_and_after_erasing_they_are_harmless(emulator: Emulator, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, emulator)
    with running(emulator, settings) as gateway:
        ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    with running(emulator, settings, gateway.rasa, wait=False) as gateway:
        gateway.rasa.answer = lambda *_: [Reply("Where?", ["Here"])]
        ana.press("Yes")
        ana.wait(2)
        from bot.conversation.erase import erase

        gateway.run(lambda: erase(gateway.room, gateway.rasa.asked[0][0]))
        ana.press("Here")
        until(lambda: len(emulator.screens.toasts) == 2)
        assert str(emulator.screens.toasts[1][1]).startswith("That question has passed.")
        settle()
        assert asked(gateway) == ["hello", "Yes"]


@pytest.mark.parametrize("data", ["", "x", "1", "999-abcdef", "1-000000000000", "../../etc", "٣-abcdef", "é" * 32])
def test_a_forged_button_does_nothing(gateway: Gateway, data: str) -> None:
    ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    message = gateway.emulator.screens.chats[ana.chat_id][-1]
    ana.press_data({key: message[key] for key in ("message_id", "from", "chat", "date", "text")}, data)
    until(lambda: gateway.emulator.screens.toasts)
    settle()
    assert asked(gateway) == ["hello"]


def test_a_button_of_somebody_else_does_nothing(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("18 or over?", ["Yes", "No"]))
    token = gateway.emulator.screens.buttons(ana.chat_id)[0][0]["callback_data"]
    ben = gateway.person(502)
    ben.say("hi")
    ben.wait(1)
    ben.press_data(
        {key: gateway.emulator.screens.chats[502][-1][key] for key in ("message_id", "from", "chat", "date", "text")}, token
    )
    until(lambda: gateway.emulator.screens.toasts)
    settle()
    assert asked(gateway) == ["hello", "hi"]


# Locations and phone numbers


@pytest.mark.parametrize("phrase", ["ask_place", "help_place", "zip_unknown", "outside_us"])
def test_where_a_place_is_asked_a_key_shares_the_location(gateway: Gateway, phrase: str) -> None:
    ana = asking(gateway, Reply(f"Got it.\n\n{PHRASES[phrase].en}", ["Skip this question"]))
    share, skip = ana.keyboard
    assert share == {"text": "📍 Share my location", "request_location": True}
    assert skip in ("Skip this question", {"text": "Skip this question"})
    keys = gateway.emulator.screens.keyboards[ana.chat_id]
    assert keys and keys["one_time_keyboard"] and keys["input_field_placeholder"] == "Or type a ZIP code or city"


def test_a_shared_location_is_said_as_its_zip_and_the_point_is_not_kept(gateway: Gateway) -> None:
    ana = asking(gateway, Reply(PHRASES["ask_place"].en))
    gateway.rasa.answer = lambda *_: [Reply("Thanks")]
    ana.share_location(43.038912, -87.906543)
    ana.wait(2)
    assert asked(gateway)[-1] == "📍 53203"
    assert ana.keyboard == [], "the keys are gone"
    dump = b"".join(
        path.read_bytes() for path in Path(gateway.settings.database_url.removeprefix("sqlite:///")).parent.glob("imt.db")
    )
    assert b"87.9065" not in dump


def test_a_location_outside_the_country_is_asked_about(gateway: Gateway) -> None:
    ana = asking(gateway, Reply(PHRASES["ask_place"].es))
    ana.language = "es"
    ana.share_location(19.43, -99.13)
    assert ana.wait(2)[1].startswith("I can't place that point in the United States.")
    assert asked(gateway) == ["hello"]


def test_a_live_location_is_taken_once(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("OK"))
    ana.share_location(43.038912, -87.906543, live_period=900)
    ana.wait(2)
    message = dict(gateway.emulator.screens.chats[ana.chat_id][-2], edit_date=1)
    gateway.emulator.add(edited_message={**message, "location": {"latitude": 43.1, "longitude": -87.9, "live_period": 900}})
    settle()
    assert len(ana.texts) == 2


@pytest.mark.parametrize("phrase", ["ask_contact", "help_contact", "phone_wrong", "email_wrong", "contact_new"])
def test_where_a_contact_is_asked_a_key_shares_the_phone_number(gateway: Gateway, phrase: str) -> None:
    ana = asking(gateway, Reply(PHRASES[phrase].en, ["I will call them"]))
    assert ana.keyboard[0] == {"text": "📱 Share my phone number", "request_contact": True}
    gateway.rasa.answer = lambda *_: [Reply("Done")]
    ana.share_contact("+14145550100")
    ana.wait(2)
    assert asked(gateway)[-1] == "+14145550100"


def test_the_contact_of_somebody_else_is_not_taken(gateway: Gateway) -> None:
    ana = asking(gateway, Reply(PHRASES["ask_contact"].en))
    ana.share_contact("+14145550199", user_id=777)
    assert ana.wait(2)[1].startswith("That is somebody else's contact")
    assert ana.keyboard, "and can still be shared"
    ana.share_contact("+14145550100")
    ana.wait(3)
    assert asked(gateway)[1:] == ["+14145550100"], "what was asked is still asked"


def test_a_contact_that_nobody_asked_for_is_not_taken(gateway: Gateway) -> None:
    ana = asking(gateway, Reply("Hello"))
    ana.share_contact("+14145550100")
    assert ana.wait(2)[1].startswith("Thanks, but I don't need a phone number now")
    assert asked(gateway) == ["hello"]


# Offices


def test_an_office_is_a_text_and_a_place_on_the_map_with_the_buttons_below(gateway: Gateway) -> None:
    street, city = ({"value": value, "confirm": True, "source_date": "2020"} for value in ("1 Main St", "Milwaukee"))
    card = {"name": "WRTP", "office_id": "x", "state": "WI", "zip": "53202", "street": street, "city": city}
    ana = asking(gateway, Reply("Whom to talk to: WRTP", ["Pay and raises"], [{**card, "latitude": 43.05, "longitude": -87.9}]))
    until(lambda: ana.titles)
    venue = gateway.emulator.called("sendVenue")[0]
    assert (venue["title"], venue["address"]) == ("WRTP", "1 Main St, Milwaukee, WI 53202 (confirm before you go)")
    assert (venue["latitude"], venue["longitude"]) == (43.05, -87.9)
    assert ana.screen.splitlines()[-1] == "  [ Pay and raises ]"


def test_an_office_without_an_address_is_a_bare_location_and_without_a_point_only_text(gateway: Gateway) -> None:
    card = {"name": "WRTP", "office_id": "x", "state": "WI"}
    ana = asking(gateway, Reply("Whom to talk to: WRTP", [], [{**card, "latitude": 43.05, "longitude": -87.9}]))
    until(lambda: gateway.emulator.called("sendLocation"))
    gateway.rasa.answer = lambda *_: [Reply("Whom to talk to: WRTP", [], [card])]
    ana.say("again")
    ana.wait(2)
    settle()
    assert len(gateway.emulator.called("sendLocation")) == 1 and not gateway.emulator.called("sendVenue")


def test_sources_are_links_that_hold_whatever_stands_before(gateway: Gateway) -> None:
    source = {"title": "IMT & <b>you</b> 😀", "url": "https://example.org/a_b?c=*d*", "date": "2020"}
    ana = asking(gateway, Reply("Pay 😀 rises.", sources=[source]))
    message = gateway.emulator.screens.chats[ana.chat_id][-1]
    assert message["text"] == "Pay 😀 rises.\n\nWhere this comes from:\n• IMT & <b>you</b> 😀 (2020)"
    (entity,) = message["entities"]
    units = message["text"].encode("utf-16-le")
    linked = units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
    assert (entity["type"], entity["url"], linked) == ("text_link", source["url"], source["title"])

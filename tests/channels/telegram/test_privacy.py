"""What stays of a person: nothing after /delete, in no table, file or log; in exports only a keyed hash."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import main
from bot.channels.telegram.exporting import COLUMNS, export_chats
from bot.core.pseudonyms import pseudonym
from bot.rasa_client import Reply
from bot.settings import load_settings
from bot.store.schema import Base
from bot.store.telegram_chats import find_chat
from bot.store.telegram_updates import count_waiting
from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.gateways import Gateway, running, settings_for, settle
from tests.channels.telegram.people import Person, until

BOT = 4242424242
CHAT = 7_712_034_990_017
WORDS = "xylophonist"
PHONE = "+14145550173"


def everything(gateway: Gateway) -> str:
    """All rows of all tables."""
    with gateway.database.reading() as connection:
        return "\n".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in Base.metadata.tables)


def files(gateway: Gateway) -> bytes:
    folder = Path(gateway.settings.database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.db*")))


def traces(gateway: Gateway) -> list[str]:
    """What of the person can be found: in rows, and in the files as text and as the bytes of their number."""
    rows, raw = everything(gateway), files(gateway)
    found = [what for what in (str(CHAT), WORDS, PHONE, "Zzyzxa", "wi_flyer") if what in rows or what.encode() in raw]
    return found + (["number"] if CHAT.to_bytes(6, "big") in raw else [])


def keep_in_tracker(gateway: Gateway, conversation_id: str) -> None:
    """As Rasa would."""
    with sqlite3.connect(gateway.settings.tracker_url.removeprefix("sqlite:///")) as connection:
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id, type_name, action_name, data)")
        values = (conversation_id, "user", json.dumps({"event": "user", "text": WORDS}))
        connection.execute("INSERT INTO events (sender_id, type_name, data) VALUES (?, ?, ?)", values)
    connection.close()


def told_much(gateway: Gateway) -> Person:
    """Somebody who came with a campaign, wrote, and shared a number."""
    ana = gateway.person(CHAT)
    ana.say("/start wi_flyer")
    ana.wait(1)
    gateway.rasa.answer = lambda *_: [Reply(gateway.room.knowledge.phrases["ask_contact"].en)]
    ana.say(f"i am a {WORDS}")
    ana.wait(2)
    gateway.rasa.answer = lambda *_: [Reply("Thanks", ["Pay and raises"])]
    ana.share_contact(PHONE)
    ana.wait(3)
    keep_in_tracker(gateway, gateway.rasa.asked[0][0])
    return ana


def test_delete_asks_once_and_then_nothing_is_left_anywhere(gateway: Gateway, capfd: pytest.CaptureFixture[str]) -> None:
    ana = told_much(gateway)
    assert set(traces(gateway)) == {str(CHAT), WORDS, PHONE, "wi_flyer", "number"}, "the search finds what there is"
    ana.say("/delete")
    assert ana.wait(4)[3].startswith("This erases everything you wrote here")
    assert ana.titles == ["Yes", "No"]
    assert len(traces(gateway)) == 5, "nothing is erased before they say so"
    ana.press("Yes")
    assert ana.wait(5)[4].startswith("Done: everything from this chat is erased.")
    until(lambda: count_waiting(gateway.database) == 0)
    settle(1)
    assert traces(gateway) == []
    logged = "".join(capfd.readouterr())
    assert not [what for what in (str(CHAT), WORDS, PHONE, "Zzyzxa") if what in logged]
    assert ana.keyboard == []


@pytest.mark.parametrize(
    ("language", "yes"), [("en", "yes"), ("en", "Yes!"), ("es", "Sí"), ("es", "si"), ("es", "sí, bórrelo todo")]
)
def test_a_typed_yes_erases_too(gateway: Gateway, language: str, yes: str) -> None:
    ana = gateway.person(CHAT, language)
    ana.say(f"i am a {WORDS}")
    ana.wait(1)
    ana.say("/delete")
    ana.wait(2)
    ana.say(yes)
    assert ana.wait(3)[2].startswith("Done:" if language == "en" else "Listo:")
    until(lambda: count_waiting(gateway.database) == 0)
    assert find_chat(gateway.database, BOT, CHAT) is None and WORDS not in everything(gateway)


def test_with_a_no_nothing_is_erased_and_a_later_yes_is_none(gateway: Gateway) -> None:
    ana = gateway.person(CHAT)
    ana.say("hello")
    ana.wait(1)
    ana.say("/delete")
    ana.wait(2)
    ana.press("No")
    assert ana.wait(3)[2].startswith("OK, nothing was erased.")
    ana.say("yes")
    assert ana.wait(4)[3] == "You said: yes"
    assert find_chat(gateway.database, BOT, CHAT)


def test_anything_else_than_a_yes_is_answered_and_erases_nothing(gateway: Gateway) -> None:
    ana = gateway.person(CHAT)
    ana.say("hello")
    ana.wait(1)
    ana.say("/delete")
    ana.wait(2)
    ana.say("what would be erased?")
    assert ana.wait(3)[2] == "You said: what would be erased?"
    ana.press("Yes")
    until(lambda: gateway.emulator.screens.toasts)
    settle()
    assert find_chat(gateway.database, BOT, CHAT)


def test_delete_where_nothing_is_kept_keeps_nothing(gateway: Gateway) -> None:
    ana = gateway.person(CHAT)
    ana.say("/delete")
    assert ana.wait(1)[0].startswith("Done:")
    until(lambda: count_waiting(gateway.database) == 0)
    assert str(CHAT) not in everything(gateway)


def test_after_it_they_begin_anew(gateway: Gateway) -> None:
    ana = gateway.person(CHAT)
    ana.say("hello")
    ana.wait(1)
    for said in ("/delete", "yes"):
        ana.say(said)
        ana.wait(len(ana.texts) + 1)
    ana.say("/start")
    assert ana.wait(4)[3].startswith("Hi! I answer questions")
    assert len({conversation for conversation, _ in gateway.rasa.asked}) == 1


def test_killed_in_the_middle_of_erasing_it_goes_on(emulator: Emulator, tmp_path: Path) -> None:
    """The confirmation is tried until Telegram takes it, whatever was erased before."""
    settings = settings_for(tmp_path, emulator)
    with running(emulator, settings) as gateway:
        ana = gateway.person(CHAT)
        ana.say("hello")
        ana.wait(1)
        ana.say("/delete")
        ana.wait(2)
        for _ in range(50):
            emulator.fail("sendMessage", 502, "Bad Gateway")
        ana.say("yes")
        until(lambda: find_chat(gateway.database, BOT, CHAT) is None)
    emulator.faults.clear()
    with running(emulator, settings, gateway.rasa, wait=False) as gateway:
        assert ana.wait(3)[2].startswith("Done:")
        until(lambda: count_waiting(gateway.database) == 0)
    assert [words for _, words in gateway.rasa.asked] == ["hello"]


def test_nothing_that_people_write_or_are_is_logged(gateway: Gateway, capfd: pytest.CaptureFixture[str]) -> None:
    ana = told_much(gateway)
    gateway.emulator.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    ana.say(WORDS)
    until(lambda: (chat := find_chat(gateway.database, BOT, CHAT)) and chat.blocked)
    gateway.emulator.fail("sendMessage", 500, f"Internal {CHAT}")
    ana.say(WORDS)
    until(lambda: len(ana.texts) > 3)
    logged = "".join(capfd.readouterr())
    assert "telegram_blocked" in logged
    assert not [what for what in (str(CHAT), WORDS, PHONE, "Zzyzxa", "AAEmulated") if what in logged]


# Exports


def test_an_export_names_people_by_keyed_hashes_only(gateway: Gateway) -> None:
    told_much(gateway)
    exported = export_chats(gateway.database, "a key of sixteen letters")
    (line,) = csv.DictReader(io.StringIO(exported))
    assert tuple(line) == COLUMNS
    assert line["person"] == pseudonym("a key of sixteen letters", "telegram", BOT, CHAT)
    assert (line["campaign"], line["language"], line["messages"], line["requests"]) == ("wi_flyer", "en", "2", "0")
    assert not [what for what in (str(CHAT), WORDS, PHONE, gateway.rasa.asked[0][0]) if what in exported]
    assert line["person"] not in export_chats(gateway.database, "another key of letters")


def test_the_command_exports_with_a_key_only(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told_much(gateway)
    monkeypatch.setenv("DATABASE_URL", gateway.settings.database_url)
    for secret, code in (("", 1), ("a key of sixteen letters", 0)):
        monkeypatch.setenv("PSEUDONYM_SECRET", secret)
        load_settings.cache_clear()
        capsys.readouterr()
        assert main(["telegram", "export"]) == code
        said = capsys.readouterr()
        assert ("PSEUDONYM_SECRET" in said.err) == bool(code)
        assert ("wi_flyer" in said.out) == (not code)
    load_settings.cache_clear()

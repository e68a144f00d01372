"""Seekers on Telegram, from /start to the reference number, on the real stack; docs/telegram.md shows what they see.

With WRITE_TRANSCRIPTS in the environment the document is written anew, for whoever changed what is said.
"""

from __future__ import annotations

import os
import re
import sqlite3

import pytest
from sqlalchemy import select, text

from bot.settings import ROOT
from bot.store.claims import count_states
from bot.store.conversation_schema import Delivery, Turn
from bot.store.conversations import OPEN
from bot.store.schema import Base, Handoff
from bot.store.telegram_updates import count_waiting
from tests.channels.telegram.people import Person, until
from tests.e2e.conftest import World

DOCUMENT = ROOT / "docs" / "telegram.md"
_REFERENCE = re.compile(r"IMT-[A-Z0-9]{6}")
_TODAY = re.compile(r"(recorded on |registrada el )\d{4}-\d\d-\d\d")


class Seeker(Person):
    """Waits for the whole answer to each thing that they do."""

    def ask(self, what: str) -> str:
        return self._answer(lambda: self.say(what))

    def pick(self, title: str) -> str:
        return self._answer(lambda: self.press(title))

    def send_location(self, latitude: float, longitude: float) -> str:
        return self._answer(lambda: self.share_location(latitude, longitude))

    def send_number(self, phone: str) -> str:
        return self._answer(lambda: self.share_contact(phone))

    def _answer(self, act: object) -> str:
        seen = len(self.emulator.screens.chats[self.chat_id])
        assert callable(act)
        act()
        until(lambda: len(self.texts) and self._is_over(seen), lambda: self.screen)
        return self.texts[-1]

    def _is_over(self, seen: int) -> bool:
        """The bot has said something, and nothing is on its way any more."""
        new = self.emulator.screens.chats[self.chat_id][seen:]
        return any(one["from"] == self.emulator.screens.bot for one in new) and self.is_quiet()

    def is_quiet(self) -> bool:
        raise NotImplementedError


def seeker(world: World, chat_id: int, language: str) -> Seeker:
    class Watched(Seeker):
        def is_quiet(self) -> bool:
            with world.stack.database() as database:
                open_ones = {*count_states(database, Turn), *count_states(database, Delivery)} & set(OPEN)
                return not open_ones and count_waiting(database) == 0

    return Watched(world.emulator, chat_id, language)


def stored(world: World, reference: str) -> Handoff:
    with world.stack.database() as database, database.transaction() as session:
        handoff = session.scalars(select(Handoff).where(Handoff.reference == reference)).one()
        session.expunge(handoff)
        return handoff


def reference_in(said: str) -> str:
    found = _REFERENCE.search(said)
    assert found, said
    return found[0]


def document(name: str, screen: str) -> None:
    """The transcript stands in the document as it is."""
    transcript = _TODAY.sub(r"\g<1>2026-11-24", _REFERENCE.sub("IMT-7K3MPW", screen))
    written = DOCUMENT.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {name} -->\n```\n).*?(\n```\n)", re.DOTALL)
    assert block.search(written), f"{DOCUMENT.name} has no place for the transcript “{name}”"
    new = block.sub(lambda found: found[1] + transcript + found[2], written)
    if os.environ.get("WRITE_TRANSCRIPTS"):
        DOCUMENT.write_text(new, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == new, "what people see has changed: run this test with WRITE_TRANSCRIPTS=1"


def test_a_seeker_from_start_to_the_reference_number(world: World) -> None:
    ana = seeker(world, 8101, "en")
    assert "IMT" in ana.ask("/start wi_flyer")
    assert "$18.50" in ana.ask("how much would i earn?")
    assert "Are you looking for a job" in ana.ask("/apply")
    ana.pick("Looking for a job")
    assert ana.keyboard[0]["request_location"]
    assert "18 or over" in ana.send_location(43.0389, -87.9065)
    for title in ("18 or over", "Yes", "Working on it", "Full time is fine"):
        said = ana.pick(title)
    assert "Wisconsin Regional Training Partnership" in "\n".join(ana.texts)
    assert world.emulator.called("sendVenue")
    said = ana.pick("Yes, pass it on")
    ana.ask("Ana")
    assert ana.keyboard[0]["request_contact"]
    said = ana.send_number("+14145550100")
    handoff = stored(world, reference_in(said))
    assert (handoff.audience, handoff.language, handoff.state, handoff.contact_name) == ("seeker", "en", "WI", "Ana")
    assert handoff.contact_value and handoff.contact_value.endswith("4145550100")
    assert "received, not yet taken up" in ana.ask("/status")
    document("journey-en", ana.screen)


def test_una_persona_desde_el_inicio_hasta_el_numero_de_referencia_y_borrar_todo(world: World) -> None:
    rosa = seeker(world, 8102, "es")
    assert rosa.ask("/start").startswith("¡Hola!")
    assert "voz" in rosa._answer(lambda: rosa.send(voice={"file_id": "f", "file_unique_id": "u", "duration": 4}))
    rosa.ask("necesito papeles?")
    assert "código postal" in rosa.pick("Ver si estoy listo") or "¿Busca trabajo" in rosa.texts[-1]
    rosa.pick("Ya trabajo en una planta")
    rosa.ask("milwaukee")
    for said in ("tengo 34", "sí", "no, pero estoy sacando el GED"):
        rosa.ask(said)
    rosa.pick("Tiempo completo está bien")
    rosa.pick("Sí, páselo")
    rosa.ask("Rosa")
    reference = reference_in(rosa.ask("rosa.quiroz@example.org"))
    handoff = stored(world, reference)
    assert (handoff.language, handoff.state, handoff.contact_value) == ("es", "WI", "rosa.quiroz@example.org")
    rosa.ask("/delete")
    assert rosa.pick("Sí").startswith("Listo: se borró todo")
    document("journey-es", rosa.screen)
    assert traces(world, "8102", "Rosa", "rosa.quiroz", "estoy sacando", reference) == []


def traces(world: World, *planted: str) -> list[str]:
    """What can be found of a person: in any table of ours, in Rasa's, in their files, or in any log."""
    tracker = world.stack.tracker_file
    with world.stack.database() as database, database.reading() as connection:
        rows = "".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in Base.metadata.tables)
    with sqlite3.connect(tracker) as other:
        rows += str(other.execute("SELECT * FROM events").fetchall())
    other.close()
    raw = b"".join(path.read_bytes() for path in world.stack.folder.iterdir() if path.is_file())
    return [what for what in planted if what in rows or (what.encode() in raw and not what.isdigit())]


@pytest.mark.parametrize(("latitude", "longitude", "who"), [(42.9634, -85.6681, "Michigan"), (39.9612, -82.9988, "Ohio")])
def test_a_shared_location_outside_a_form_finds_the_nearest_partner(
    world: World, latitude: float, longitude: float, who: str
) -> None:
    ben = seeker(world, 8200 + int(latitude), "en")
    ben.send_location(latitude, longitude)
    assert who in ben.screen and "Whom to talk to" in ben.screen


def test_wishes_of_commands_are_understood_in_both_languages(world: World) -> None:
    for number, language in enumerate(("en", "es")):
        person = seeker(world, 8300 + number, language)
        asked = person.ask("/nearest")
        assert asked.endswith(("city and state?", "ciudad y estado?")) and person.keyboard
        assert "18" not in person.ask("/human"), "the way to a person"
        assert ("no request" in person.ask("/status")) or ("ninguna solicitud" in person.texts[-1]) or person.texts[-1]
        other = "Español" if language == "en" else "English"
        person.ask("/language")
        person.pick(other)
        assert person.ask("/help").startswith("Escriba" if language == "en" else "Just")


def test_writing_in_the_other_language_changes_what_the_channel_says(world: World) -> None:
    ana = seeker(world, 8400, "en")
    ana.ask("hola, ¿cuánto tiempo dura el programa?")
    assert ana.ask("/help").startswith("Escriba")

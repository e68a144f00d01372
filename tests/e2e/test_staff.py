"""Staff in two browsers, a visitor of the widget and a seeker on Telegram, on the real stack: from the request to its outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.conversation.caught_mail import CaughtMail, read_caught_mail
from bot.core.staff import Role
from bot.run import MAIL, _mail_catcher
from bot.settings import Settings
from tests.channels.telegram.emulator import TOKEN, Emulator, serving
from tests.channels.telegram.people import Person, until
from tests.channels.web.processes import Process, gateway, running
from tests.channels.widget.conftest import SIZES, violations
from tests.dialogues.stack import Stack
from tests.e2e.test_website import say, visit
from tests.inbox.people import KEY, OWN, add_person
from tests.inbox.walking import ANA, BEN, sign_in

_PATIENCE = 60_000
_LINK = re.compile(r"http://\S+/staff/handoffs/(IMT-[A-Z0-9]{6})")
RESUME = {"file_id": "resume", "file_unique_id": "u", "file_name": "resume.pdf"}


@dataclass(frozen=True)
class World:
    """The running stack, with the e-mails that it sent."""

    url: str
    stack: Stack
    emulator: Emulator
    mail: Path

    def mails(self) -> list[CaughtMail]:
        return read_caught_mail(self.mail)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    stack = Stack(tmp_path_factory.mktemp("staff"))
    settings = stack.settings
    (catcher,), reached = _mail_catcher(stack.folder, Settings(smtp_url="", notice_targets=""))
    with serving() as emulator:
        more = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": emulator.url, "STAFF_KEY": KEY, **reached}
        urls = (settings.database_url, settings.tracker_url)
        process = gateway(*urls, settings.rasa_port, settings.actions_port, log=stack.folder / "gateway.log", **more)
        try:
            stack.start()
            with stack.database() as database:
                add_person(database, ANA, Role.AGENT, OWN, "Ana")
                add_person(database, BEN, Role.AGENT, OWN, "Ben")
            with _catching(catcher.command, stack.folder), running(process):
                yield World(process.address.removesuffix("/health/live"), stack, emulator, stack.folder / MAIL)
        finally:
            stack.stop()


class _Catcher(Process):
    def _answers(self) -> bool:
        return True


def _catching(command: tuple[str, ...], folder: Path) -> Any:
    """Its folder is named from where it is started, and processes of tests start elsewhere."""
    absolute = [str(folder / MAIL) if part == str(MAIL) else part for part in command]
    return running(_Catcher(absolute, {}, ""))


def window(browser: Any, size: str) -> Any:
    """A browser of its own, with nothing remembered."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    context.set_default_timeout(_PATIENCE)
    return context


@pytest.fixture(scope="module")
def ana(browser: Any, world: World) -> Iterator[Any]:
    """At a desk."""
    yield from _colleague(browser, world, "desk", ANA)


@pytest.fixture(scope="module")
def ben(browser: Any, world: World) -> Iterator[Any]:
    """On a telephone."""
    yield from _colleague(browser, world, "phone", BEN)


def _colleague(browser: Any, world: World, size: str, email: str) -> Iterator[Any]:
    context = window(browser, size)
    page = context.new_page()
    with world.stack.database() as database:
        sign_in(page, world.url, database, email)
    yield page
    context.close()


def open_from_mail(page: Any, world: World, known: int) -> str:
    """The newest notice's link; gives the reference. The notice says nothing about the person."""
    until(lambda: len(world.mails()) > known)
    mail = world.mails()[0]
    found = _LINK.search(mail.text)
    assert found, mail.text
    assert not re.search("Pat|Rosa|555", mail.subject + mail.text)
    page.goto(f"{world.url}/staff/handoffs/{found[1]}")
    return found[1]


def write(page: Any, text: str) -> None:
    page.get_by_label("Write to the person").fill(text)
    page.keyboard.press("Enter")


def close(page: Any, outcome: str) -> None:
    page.get_by_label("What happened").select_option(label=outcome)
    page.get_by_role("button", name="Record and close").click()
    expect(page.locator("#state")).to_contain_text("This request has ended.")


def test_a_visitor_is_taken_over_talked_with_given_back_and_noted(
    world: World, browser: Any, ana: Any, ben: Any, axe: str
) -> None:
    context = window(browser, "phone")
    visitor = visit(context, world.url)
    known = len(world.mails())
    for text in ("Talk to a person", "Milwaukee, WI", "yes", "Pat", "414-555-0199"):
        said = say(visitor, text)
    reference = open_from_mail(ana, world, known)
    assert reference in said
    expect(ana.locator("h1")).to_have_text("Pat")
    expect(ana.locator(".transcript")).to_contain_text("Milwaukee, WI")
    ben.goto(f"{world.url}/staff/handoffs/{reference}")

    ana.get_by_role("button", name="Take over").click()
    expect(ana.locator("#state")).to_contain_text("You are in the conversation.")
    expect(ben.locator("#state")).to_contain_text("Ana is in the conversation.")
    expect(visitor.locator("li.system").last).to_contain_text("Ana")
    expect(visitor.locator("#head p")).to_have_text("You are talking with a person.")

    ana.get_by_label("Write to the person").press_sequentially("Hello Pat")
    expect(visitor.locator("p.typing")).to_contain_text("Person is writing…")
    ana.keyboard.press("Enter")
    expect(visitor.locator("li.staff").last).to_contain_text("Hello Pat")
    expect(ana.get_by_label("Write to the person")).to_have_value("")
    visitor.locator("#input").press_sequentially("can I start in May?")
    expect(ana.locator(".answering")).to_have_text("The person is writing …")
    visitor.keyboard.press("Enter")
    for page in (ana, ben):
        expect(page.locator(".transcript li.visitor").last).to_contain_text("can I start in May?")
    write(ben, "I am Ben")
    expect(ben.locator("#wrong")).to_contain_text("It was not sent")
    expect(ben.locator("#state")).to_contain_text("Ana is in the conversation.")
    expect(ben.get_by_label("Write to the person")).to_have_value("I am Ben")
    assert visitor.locator("li.assistant").last.inner_text().count(reference), "the assistant has been silent since"
    assert violations(ana, axe) == []
    assert violations(ben, axe) == []

    ana.get_by_role("button", name="Give back to the assistant").click()
    expect(visitor.locator("#head p")).to_have_text("A program answers. You can ask for a person.")
    assert "$18.50" in say(visitor, "how much would i earn?")
    close(ana, "Contacted")
    expect(visitor.locator("li.system").last).to_contain_text(reference)
    context.close()


def test_a_seeker_on_telegram_is_taken_over_sends_a_file_and_is_given_back(world: World, ben: Any) -> None:
    rosa = Person(world.emulator, 8501, "es", "Rosa")
    world.emulator.files["resume"] = b"%PDF-1.7 resume"
    known = len(world.mails())
    for said, answered in (("/human", "ZIP|postal|ciudad"), ("Milwaukee, WI", "Sí, páselo|de acuerdo"), ("sí", "nombre"),
                           ("Rosa", "correo|número|teléfono"), ("rosa@example.org", "IMT-[A-Z0-9]{6}")):  # fmt: skip
        rosa.say(said)
        until(lambda answered=answered: re.search(answered, " ".join([*rosa.texts[-1:], *rosa.titles])), lambda: rosa.screen)
    open_from_mail(ben, world, known)
    expect(ben.locator("h1")).to_have_text("Rosa")
    ben.get_by_role("button", name="Take over").click()
    until(lambda: "Ben" in rosa.texts[-1])
    before = len(world.emulator.called("sendChatAction"))
    ben.get_by_label("Write to the person in Spanish").press_sequentially("Hola")
    until(lambda: len(world.emulator.called("sendChatAction")) > before)
    ben.keyboard.press("Enter")
    until(lambda: rosa.texts[-1].endswith("Hola"), lambda: rosa.screen)
    rosa.send(document=RESUME)
    link = ben.get_by_role("link", name="Save resume.pdf")
    with ben.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "resume.pdf"
    assert Path(saved.value.path()).read_bytes() == b"%PDF-1.7 resume"
    ben.get_by_role("button", name="Give back to the assistant").click()
    until(lambda: "Ben" in rosa.texts[-1] and "Hola" not in rosa.texts[-1], lambda: rosa.screen)
    rosa.say("cuánto pagan?")
    until(lambda: "$18.50" in rosa.texts[-1], lambda: rosa.screen)
    close(ben, "Applied")
    until(lambda: "IMT-" in rosa.texts[-1], lambda: rosa.screen)

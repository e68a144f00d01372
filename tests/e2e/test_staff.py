"""Staff in two browsers, a visitor of the widget and a seeker on Telegram, on the real stack: from the request to its outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.core.staff import Role
from tests.channels.telegram.people import Person, until
from tests.channels.widget.conftest import SIZES, violations
from tests.e2e.conftest import World
from tests.e2e.test_website import say, visit
from tests.inbox.people import OWN, add_person
from tests.inbox.walking import ANA, BEN, sign_in

_PATIENCE = 60_000
_LINK = re.compile(r"http://\S+/staff/handoffs/(IMT-[A-Z0-9]{6})")
RESUME = {"file_id": "resume", "file_unique_id": "u", "file_name": "resume.pdf"}


@pytest.fixture(scope="module", autouse=True)
def staff(world: World) -> None:
    with world.stack.database() as database:
        add_person(database, ANA, Role.AGENT, OWN, "Ana")
        add_person(database, BEN, Role.AGENT, OWN, "Ben")


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
    assert not re.search("Pat|Luz|555", mail.subject + mail.text)
    page.goto(f"{world.url}/staff/handoffs/{found[1]}")
    return found[1]


def write(page: Any, text: str) -> None:
    page.get_by_label("Write to the person").fill(text)
    page.keyboard.press("Enter")


def close(page: Any, outcome: str) -> None:
    page.get_by_label("What happened").select_option(label=outcome)
    page.get_by_role("button", name="Record and close").click()
    expect(page.locator("#state")).to_contain_text("This request has ended.")


def figures(page: Any, world: World) -> dict[str, int]:
    """The steps of the funnel with how many came there, job seekers and employers together."""
    page.goto(f"{world.url}/staff/figures")
    rows = page.locator(".part details tbody tr")
    cells = rows.evaluate_all("all => all.map((row) => [...row.cells].map((cell) => cell.textContent))")
    found: dict[str, int] = {}
    for title, number, *_ in cells:
        found[title] = found.get(title, 0) + int(number.replace(",", ""))
    return found


def test_a_visitor_is_taken_over_talked_with_given_back_and_noted(
    world: World, browser: Any, ana: Any, ben: Any, axe: str
) -> None:
    context = window(browser, "phone")
    visitor = visit(context, world.url)
    before = figures(ana, world)
    known = len(world.mails())
    for text in ("Talk to a person", "Milwaukee, WI", "yes", "Pat", "414-555-0199"):
        say(visitor, text)
    reference = open_from_mail(ana, world, known)
    expect(visitor.locator("li.assistant").last).to_contain_text(reference)
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
    expect(visitor.locator("li.assistant").last).to_contain_text(reference)  # the assistant has been silent since
    assert violations(ana, axe) == []
    assert violations(ben, axe) == []

    ana.get_by_role("button", name="Give back to the assistant").click()
    expect(visitor.locator("#head p")).to_have_text("A program answers. You can ask for a person.")
    say(visitor, "how much would i earn?")
    expect(visitor.locator("li.assistant").last).to_contain_text("$18.50")
    close(ana, "Contacted")
    expect(visitor.locator("li.system").last).to_contain_text(reference)
    context.close()
    moved = {title: before[title] + 1 for title in ("Asked to be passed on", "Accepted by staff", "Contacted")}
    until(lambda: moved.items() <= figures(ana, world).items(), lambda: figures(ana, world))


def test_a_seeker_on_telegram_is_taken_over_sends_a_file_and_is_given_back(world: World, ben: Any) -> None:
    luz = Person(world.emulator, 8501, "es", "Luz")
    world.emulator.files["resume"] = b"%PDF-1.7 resume"
    known = len(world.mails())
    for said, answered in (("/human", "ZIP|postal|ciudad"), ("Milwaukee, WI", "Sí, páselo|de acuerdo"), ("sí", "nombre"),
                           ("Luz", "correo|número|teléfono"), ("luz@example.org", "IMT-[A-Z0-9]{6}")):  # fmt: skip
        luz.say(said)
        until(lambda answered=answered: re.search(answered, " ".join([*luz.texts[-1:], *luz.titles])), lambda: luz.screen)
    open_from_mail(ben, world, known)
    expect(ben.locator("h1")).to_have_text("Luz")
    ben.get_by_role("button", name="Take over").click()
    until(lambda: "Ben" in luz.texts[-1])
    before = len(world.emulator.called("sendChatAction"))
    ben.get_by_label("Write to the person in Spanish").press_sequentially("Hola")
    until(lambda: len(world.emulator.called("sendChatAction")) > before)
    ben.keyboard.press("Enter")
    until(lambda: luz.texts[-1].endswith("Hola"), lambda: luz.screen)
    luz.send(document=RESUME)
    link = ben.get_by_role("link", name="Save resume.pdf")
    with ben.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "resume.pdf"
    assert Path(saved.value.path()).read_bytes() == b"%PDF-1.7 resume"
    ben.get_by_role("button", name="Give back to the assistant").click()
    until(lambda: "Ben" in luz.texts[-1] and "Hola" not in luz.texts[-1], lambda: luz.screen)
    luz.say("cuánto pagan?")
    until(lambda: "$18.50" in luz.texts[-1], lambda: luz.screen)
    close(ben, "Applied")
    until(lambda: "IMT-" in luz.texts[-1], lambda: luz.screen)

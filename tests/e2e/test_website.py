"""Employers on the demonstration page, from the first question to the reference number, as they would click and type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bot.store.conversation_schema import Message
from bot.store.schema import Handoff
from tests.channels.widget.conftest import SIZES, violations
from tests.e2e.conftest import World

_PATIENCE = 60_000
_REFERENCE = re.compile(r"IMT-[A-Z0-9]{6}")
_ANSWERED = """seen => {
  const shadow = document.querySelector('imt-assistant').shadowRoot
  return shadow.querySelectorAll('li.assistant, li.system').length > seen
}"""


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
    context.set_default_timeout(_PATIENCE)
    yield context
    context.close()


@dataclass(frozen=True)
class Journey:
    """One employer's way from the first question to the reference number: what they say, and what must come of it.

    What is the title of a button at that moment is pressed, all else is typed; `offline` is said while there is no connection.
    """

    language: str
    page: str
    question: str
    offline: tuple[str, ...]
    answers: tuple[str, ...]
    partner: str
    agreement: tuple[str, str, str]  # consent, name, contact
    waiting: str
    state: str

    @property
    def said(self) -> list[str]:
        return [self.question, *self.offline, *self.answers, *self.agreement]


JOURNEYS = [
    Journey(
        language="en",
        page="/",
        question="what does it cost us?",
        offline=("See if IMT fits us", "49503", "we stamp metal parts"),
        answers=("6", "Yes", "No", "New hires", "Not sure"),
        partner="Michigan Workforce Development Institute",
        agreement=("Yes, pass it on", "Pat", "616-555-0199"),
        waiting="Waiting for a connection",
        state="MI",
    ),
    Journey(
        language="es",
        page="/widget/demo.es.html",
        question="cuánto nos cuesta como empresa?",
        offline=("Ver si nos conviene", "53204", "hacemos quesos"),
        answers=("somos 12", "sí", "no", "los dos", "no sé"),
        partner="Wisconsin Regional Training Partnership",
        agreement=("Sí, páselo", "Lucía", "Yo llamo"),
        waiting="Esperando la conexión",
        state="WI",
    ),
]


def visit(context: Any, url: str) -> Any:
    page = context.new_page()
    page.goto(url)
    return unfold(page)


def unfold(page: Any) -> Any:
    """The panel open and the conversation in it."""
    page.wait_for_selector("#launcher", state="attached")
    if not page.locator("#input").is_visible():
        page.locator("#launcher").click()
    page.locator("li.assistant").first.wait_for()
    return page


def send(page: Any, text: str) -> None:
    """Presses the button of this title, or types it where there is none."""
    button = page.locator(".quick").get_by_role("button", name=text, exact=True)
    if button.count():
        button.click()
    else:
        page.locator("#input").fill(text)
        page.keyboard.press("Enter")


def say(page: Any, text: str) -> str:
    """What was answered last, so far: an answer may be several messages."""
    seen = page.locator("li.assistant, li.system").count()
    send(page, text)
    page.wait_for_function(_ANSWERED, arg=seen)
    return str(page.locator("li.assistant").last.inner_text())


def stored(world: World, reference: str) -> tuple[Handoff, list[tuple[str, str]]]:
    """The request, and what the server keeps of its conversation: author and text of each message, in order."""
    with world.stack.database() as database, database.transaction() as session:
        handoff = session.scalars(select(Handoff).where(Handoff.reference == reference)).one()
        said = select(Message.author, Message.text).where(Message.conversation_id == handoff.conversation_id)
        session.expunge(handoff)
        return handoff, [(author, text) for author, text in session.execute(said.order_by(Message.seq))]


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.language)
def test_an_employer_from_the_first_question_to_the_reference_number(
    world: World, context: Any, axe: str, journey: Journey
) -> None:
    page = visit(context, world.url + journey.page)
    assert "2020" in say(page, journey.question)
    expect(page.locator("figure output:visible")).to_contain_text("$39,567", timeout=_PATIENCE)

    answered = page.locator("li.assistant").count()
    context.set_offline(True)
    for text in journey.offline:
        send(page, text)
    expect(page.locator("li.visitor", has_text=journey.waiting)).to_have_count(len(journey.offline))
    context.set_offline(False)
    page.wait_for_function(_ANSWERED, arg=answered + len(journey.offline))

    page.reload()
    say(unfold(page), journey.answers[0])
    page.goto(f"{world.url}{journey.page}?second-page")
    for answer in journey.answers[1:-1]:
        say(unfold(page), answer)

    other = visit(context, world.url + journey.page)
    say(other, journey.answers[-1])
    expect(other.locator(".card h3").first).to_contain_text(journey.partner, timeout=_PATIENCE)
    expect(other.locator(".map circle").first).to_be_attached()
    assert violations(other, axe) == []
    for text in journey.agreement:
        say(other, text)
    found = other.locator("li.assistant", has_text=_REFERENCE)
    found.wait_for()

    handoff, said = stored(world, _REFERENCE.search(found.inner_text())[0])
    for tab in (page, other):
        expect(tab.locator("li .bubble")).to_have_text([text for _, text in said], use_inner_text=True, timeout=_PATIENCE)
    assert [text for author, text in said if author == "visitor"] == journey.said, "each once, in order"
    assert (handoff.audience, handoff.language, handoff.state) == ("employer", journey.language, journey.state)
    assert all(text in str(handoff.transcript) for text in journey.offline), "the person at the partner reads it too"


@pytest.mark.parametrize(
    ("page", "begin", "button", "title", "field", "asked_again"),
    [
        ("/", "see if it fits us", "Español", "Asistente del IMT", "Su mensaje", "¿Cuál es su código postal (ZIP)"),
        ("/widget/demo.es.html", "ver si nos conviene", "English", "IMT assistant", "Your message", "What is your ZIP code"),
    ],
)
def test_the_language_is_switched_in_the_middle_of_the_questions(
    world: World, context: Any, page: str, begin: str, button: str, title: str, field: str, asked_again: str
) -> None:
    tab = visit(context, world.url + page)
    last = tab.locator("li.assistant .bubble").last
    say(tab, begin)
    expect(last).to_contain_text("ZIP", timeout=_PATIENCE)
    tab.get_by_role("button", name=button, exact=True).click()
    expect(last).to_contain_text(asked_again, timeout=_PATIENCE)
    expect(tab.get_by_role("dialog", name=title)).to_be_visible()
    # Each answer is marked with the language in which it stands, for whoever has it read aloud.
    assert last.get_attribute("lang") != tab.locator("li.assistant .bubble").first.get_attribute("lang")
    expect(tab.locator("#input")).to_have_attribute("placeholder", field)
    say(tab, "53204")
    expect(last).not_to_contain_text("ZIP", timeout=_PATIENCE)


def test_what_is_erased_in_the_chat_is_gone_from_the_website_too(world: World, context: Any) -> None:
    page = visit(context, world.url)
    say(page, "my secret number is 414-555-0177")
    say(page, "delete my data")
    say(page, "Yes")
    page.reload()
    unfold(page)
    assert "555-0177" not in page.locator("imt-assistant").inner_text()
    raw = b"".join(path.read_bytes() for path in world.stack.folder.glob("*.db*"))
    assert b"555-0177" not in raw
    assert "See" in say(page, "hello") or page.get_by_role("button").count() > 3

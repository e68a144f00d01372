"""Employers on the demonstration page, from the first question to the reference number, as they would click and type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.schema import Handoff
from tests.channels.widget.conftest import SIZES, violations
from tests.e2e.conftest import Site

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


def say(page: Any, text: str) -> str:
    """Types a message; what was answered last."""
    seen = page.locator("li.assistant, li.system").count()
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")
    return _answer(page, seen)


def press(page: Any, title: str) -> str:
    seen = page.locator("li.assistant, li.system").count()
    page.get_by_role("button", name=title, exact=True).last.click()
    return _answer(page, seen)


def _answer(page: Any, seen: int) -> str:
    page.wait_for_function(_ANSWERED, arg=seen)
    # An answer may be several messages; they are stored at once and shown at once.
    return str(page.locator("li.assistant").last.inner_text())


def stored(site: Site, reference: str) -> Handoff:
    with site.stack.database() as database, database.transaction() as session:
        handoff = session.scalars(select(Handoff).where(Handoff.reference == reference)).one()
        session.expunge(handoff)
        return handoff


def test_an_employer_asks_and_is_passed_on(site: Site, context: Any, axe: str) -> None:
    page = visit(context, site.url)
    assert "2020" in say(page, "what does it cost us?")
    assert "$39,567" in page.locator("li.assistant").last.inner_text()
    assert page.locator("svg").count() > 0, "the published numbers are drawn"
    press(page, "See if IMT fits us")
    for answer in ("49503", "we stamp metal parts", "6"):
        say(page, answer)
    press(page, "Yes")
    page.reload()
    unfold(page)
    press(page, "No")
    other = visit(context, f"{site.url}/widget/demo.html")
    press(other, "New hires")
    result = press(other, "Not sure")
    assert "Michigan Workforce Development Institute" in other.locator("#log, ol, ul").first.inner_text() + result
    assert violations(other, axe) == []
    press(other, "Yes, pass it on")
    say(other, "Pat")
    found = _REFERENCE.search(say(other, "616-555-0199"))
    assert found
    handoff = stored(site, found[0])
    assert (handoff.audience, handoff.language, handoff.state) == ("employer", "en", "MI")
    assert any("stamp metal parts" in str(line) for line in handoff.transcript), "nothing said is lost"
    page.wait_for_function(_ANSWERED, arg=0)
    page.get_by_text(found[0]).first.wait_for()


def test_an_employer_in_spanish(site: Site, context: Any, axe: str) -> None:
    page = visit(context, f"{site.url}/widget/demo.es.html")
    assert "2020" in say(page, "cuánto nos cuesta como empresa?")
    say(page, "ver si nos conviene")
    for answer in ("53204", "hacemos quesos", "somos 12", "sí", "no", "los dos", "no sé"):
        say(page, answer)
    assert violations(page, axe) == []
    press(page, "Sí, páselo")
    say(page, "Rosa")
    found = _REFERENCE.search(press(page, "Yo llamo"))
    assert found
    handoff = stored(site, found[0])
    assert (handoff.audience, handoff.language, handoff.state) == ("employer", "es", "WI")


def test_what_is_erased_in_the_chat_is_gone_from_the_website_too(site: Site, context: Any) -> None:
    page = visit(context, site.url)
    say(page, "my secret number is 414-555-0177")
    say(page, "delete my data")
    press(page, "Yes")
    page.reload()
    unfold(page)
    assert "555-0177" not in page.locator("imt-assistant").inner_text()
    raw = b"".join(path.read_bytes() for path in site.stack.folder.glob("*.db*"))
    assert b"555-0177" not in raw
    assert "See" in say(page, "hello") or page.get_by_role("button").count() > 3

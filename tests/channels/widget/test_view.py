"""What is in view: new messages from their start, with what is offered under them, while nobody looks elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.channels.widget.conftest import ask, start
from tests.channels.widget.stub import Stub

Visit = Callable[..., Any]
LOG = "document.querySelector('imt-assistant').shadowRoot.querySelector('#log')"
LONG = "A long answer that goes on. " * 40
# How far the row's start lies under the start of what can be seen of the conversation, in pixels.
OFFSET = """row => {
  const [log, panel] = ['#log', '.panel'].map((part) => row.getRootNode().querySelector(part).getBoundingClientRect());
  return row.getBoundingClientRect().top - Math.max(log.top, panel.top);
}"""


def expect_at_top(page: Any, text: str) -> None:
    row = page.locator("li", has_text=text).last
    expect(row).to_be_in_viewport()
    page.wait_for_function(f"row => Math.abs(({OFFSET})(row)) < 30", arg=row.element_handle())


def test_what_is_offered_stays_in_view_when_the_map_is_drawn_later(visit: Visit) -> None:
    page = visit()
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.evaluate("document.querySelector('imt-assistant').style.setProperty('--imt-height', '900px')")
    held: list[Any] = []
    page.route("**/states.json", lambda route: held.append(route))
    start(page)
    ask(page, "agency")
    offered = page.get_by_role("button", name="Start over")
    expect(offered).to_be_in_viewport(ratio=1)
    assert page.locator(".map").count() == 0
    held[0].continue_()
    expect(page.locator(".map")).to_be_visible()
    expect(offered).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844), (320, 200)])
def test_messages_that_come_together_are_shown_from_the_first(visit: Visit, stub: Stub, viewport: tuple[int, int]) -> None:
    page = visit()
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    page.evaluate("document.body.style.height = '3000px'; scrollTo(0, 300)")
    start(page)
    ask(page, "hello")
    stub.talk.add("assistant", "Here is your result.")
    expect(page.locator("li.assistant").last).to_contain_text("Here is your result.")
    stub.talk.add("assistant", LONG)
    expect(page.locator("li.assistant").last).to_contain_text(LONG[:30])
    expect_at_top(page, "You said: hello")
    stub.talk.add("assistant", LONG, at="2099-01-01T00:00:00Z")
    expect(page.locator("li.assistant")).to_have_count(5)
    expect_at_top(page, "You said: hello")
    assert page.evaluate("scrollY") == 300, "the page around it stays where it is"


def test_the_first_unread_message_is_in_view_when_the_panel_is_opened(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    ask(page, "hello")
    page.keyboard.press("Escape")
    stub.talk.add("staff", "Ana here.", at="2099-01-01T00:00:00Z")
    for minute in (1, 2):
        stub.talk.add("staff", LONG, at=f"2099-01-01T00:0{minute}:00Z")
    expect(page.locator(".badge")).to_have_text("3")
    page.locator("#launcher").click()
    expect_at_top(page, "Ana here.")


def test_a_later_message_is_shown_to_who_has_read_to_the_end(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    stub.talk.add("staff", LONG, at="2099-01-01T00:00:00Z")
    expect_at_top(page, LONG[:30])
    page.locator("#log").hover()
    page.mouse.wheel(0, 5000)
    page.wait_for_function(f"() => {LOG}.scrollHeight - {LOG}.scrollTop - {LOG}.clientHeight < 2")
    stub.talk.add("staff", f"Later. {LONG}", at="2099-01-01T00:09:00Z")
    expect_at_top(page, "Later.")


def test_who_reads_further_up_is_left_there(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    for _ in range(2):
        ask(page, LONG)
    page.locator("#log").hover()
    page.mouse.wheel(0, -5000)
    page.wait_for_function(f"() => {LOG}.scrollTop === 0")
    stub.talk.add("assistant", "Later.", at="2099-01-01T00:00:00Z")
    expect(page.locator("li.assistant").last).to_contain_text("Later.")
    page.set_viewport_size({"width": 1280, "height": 700})
    page.wait_for_timeout(200)
    assert page.locator("#log").evaluate("log => log.scrollTop") == 0
    ask(page, "now me")
    expect(page.locator("li", has_text="You said: now me")).to_be_in_viewport()

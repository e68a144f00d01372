"""WCAG 2.2 AA: no violation that axe-core finds, everything by keyboard, new words spoken once, nothing lost when small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.channels.widget.conftest import SIZES, ask, start, violations
from tests.channels.widget.stub import Stub

Visit = Callable[..., Any]
INSIDE = "document.querySelector('imt-assistant').shadowRoot"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", SIZES)
def test_no_violation_closed_and_open_with_cards_and_chart(visit: Visit, axe: str, size: str, language: str) -> None:
    page = visit(f"lang={language}&greeting=Questions%3F", size=size)
    assert violations(page, axe) == []
    start(page)
    assert violations(page, axe) == []
    for question in ("oficina", "cuesta") if language == "es" else ("office", "cost"):
        ask(page, question)
    page.locator("output:visible").wait_for()
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
    assert violations(page, axe) == []
    page.locator("#more").click()
    page.locator("#erase").click()
    assert violations(page, axe) == []


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844), (320, 200)])
def test_everything_by_keyboard(visit: Visit, stub: Stub, viewport: tuple[int, int]) -> None:
    page = visit()
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    focused = f"(({INSIDE}.activeElement ?? document.activeElement).id || {INSIDE}.activeElement?.textContent)"

    def tab_to(name: str) -> None:
        for _ in range(25):
            if page.evaluate(focused) == name:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{name} is not reached with Tab")

    tab_to("launcher")
    page.keyboard.press("Enter")
    page.locator("li.assistant").wait_for()
    assert page.evaluate(focused) == "input"
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.locator("li.assistant").last).to_contain_text("You said: first line")
    page.keyboard.type("cost")
    page.keyboard.press("Enter")
    page.locator("output:visible").wait_for()
    for name in ("Return on investment", "Send"):
        page.keyboard.press("Shift+Tab") if name == "Return on investment" else tab_to(name)
    page.keyboard.press("Shift+Tab")
    tab_to("more")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "fresh"
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "more"
    page.keyboard.press("Enter")
    tab_to("erase")
    page.keyboard.press("Enter")
    tab_to("yes")
    page.keyboard.press("Enter")
    expect(page.locator("li.visitor")).to_have_count(0)
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "launcher"
    assert next(iter(stub.talks.values())).deleted


def test_only_what_is_new_is_spoken(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "hello")
    expect(page.locator(".panel [aria-live=polite] p").last).to_have_text("Assistant: You said: hello")
    page.reload()
    expect(page.locator("li.visitor")).to_have_count(1)
    page.wait_for_timeout(300)
    assert page.locator("[aria-live=polite] p").count() == 0, "history is not read out"
    assert page.locator("[aria-live] ol").count() == 0


@pytest.mark.parametrize("viewport", [(320, 640), (320, 256), (320, 200)])
def test_nothing_is_lost_at_320_pixels_and_400_percent(visit: Visit, viewport: tuple[int, int]) -> None:
    page = visit(size="small")
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    start(page)
    ask(page, "office")
    ask(page, "cost")
    page.locator("output:visible").wait_for()
    too_wide = "e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg')"
    assert page.evaluate(f"[...{INSIDE}.querySelectorAll('.panel *')].filter({too_wide}).length") == 0
    for part in ("#input", "#other", "#close", ".card"):
        page.locator(part).first.scroll_into_view_if_needed()
        expect(page.locator(part).first).to_be_in_viewport()
    page.locator("#close").click()
    expect(page.locator("#launcher")).to_be_focused()


def test_the_panel_that_covers_the_page_keeps_the_focus_in(visit: Visit) -> None:
    page = visit(size="phone")
    start(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") in ("IMT-ASSISTANT", "BODY")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".panel")).not_to_have_css("width", "1280px")


def test_reduced_motion_and_forced_colours(visit: Visit) -> None:
    page = visit(reduced_motion="reduce", forced_colors="active", color_scheme="dark")
    start(page)
    page.evaluate("document.querySelector('imt-assistant').conversation.dispatchEvent(new Event('change'))")
    assert page.locator("p.typing i").first.evaluate("e => getComputedStyle(e).animationName") == "none"
    ask(page, "cost")
    bar, ground = (
        page.locator(f"rect{kind}:visible").first.evaluate("e => getComputedStyle(e).fill") for kind in (":not(.track)", ".track")
    )
    assert bar != ground
    ask(page, "office")
    page.locator(".map").wait_for()
    fills = page.locator(".map path").evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    assert set(fills) == {"rgb(0, 0, 0)"}, "the names of the states are read on the system's ground"


def test_what_can_be_pressed_is_large_enough(visit: Visit) -> None:
    page = visit(size="phone")
    start(page)
    ask(page, "office")
    for button in page.locator("imt-assistant button:visible").all():
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24

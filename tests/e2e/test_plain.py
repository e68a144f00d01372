"""The page without JavaScript in a browser, with everything in it that an answer can have."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.channels.widget.conftest import SIZES, violations
from tests.e2e.conftest import World

_SAID = {
    "en": ("what does it cost us?", "find the nearest partner", "53204"),
    "es": ("cuánto nos cuesta como empresa?", "buscar el socio más cercano", "53204"),
}


@pytest.mark.parametrize("language", _SAID)
@pytest.mark.parametrize("size", SIZES)
def test_a_conversation_in_forms_is_readable_by_all(world: World, browser: Any, axe: str, size: str, language: str) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{world.url}/plain?language={language}")
    assert violations(page, axe) == []
    page.locator(f"button[value={language}]").click()
    for text in _SAID[language]:
        page.locator("textarea").fill(text)
        page.locator("button.send").click()
        expect(page.locator("li.visitor").last).to_contain_text(text)

    expect(page.locator("li.assistant").last).to_be_in_viewport()
    expect(page.locator("fieldset button").first).to_be_in_viewport()
    expect(page.locator(".card a[href^=https]").first).to_be_visible()
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
    assert page.locator("details a").count() > 0
    assert "n.d." not in page.locator("main").inner_text()
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("script").count() == 0

    answers = page.locator("li.assistant").count()
    page.locator("fieldset button").first.click()
    expect(page.locator("li.assistant").nth(answers)).to_be_attached()
    page.locator(".delete button").click()
    expect(page.locator(".messages")).to_have_count(0)
    page.close()

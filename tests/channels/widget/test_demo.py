"""The demonstration pages: readable by all, at every size, and saying only what the facts say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.channels.widget.conftest import SIZES, violations

Visit = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "bot" / "channels" / "widget" / name for name in ("demo.html", "demo.es.html")]


@pytest.mark.parametrize("path", ["/", "/widget/demo.es.html"])
@pytest.mark.parametrize("size", SIZES)
def test_the_demo_page_has_no_violation(visit: Visit, axe: str, size: str, path: str) -> None:
    page = visit(path=path, size=size)
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_languages_lead_to_each_other_and_the_widget_follows(visit: Visit) -> None:
    page = visit(path="/")
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Forme a sus propios técnicos")
    page.get_by_role("link", name="Pregunte por su planta").click()
    expect(page.get_by_role("dialog", name="Asistente del IMT")).to_be_visible()
    expect(page.locator("#input")).to_have_value("¿Qué tenemos que hacer para empezar?")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_number_and_source_is_one_of_the_facts(path: Path) -> None:
    html, facts = path.read_text(encoding="utf-8"), (ROOT / "data" / "knowledge" / "facts.tsv").read_text(encoding="utf-8")
    body = html[html.index("<main>") : html.index("<footer>")]
    numbers = set(re.findall(r"\$[\d.]+\d|\b\d{1,3}(?:,\d{3})+|\b\d{2,4}\b", re.sub(r"<[^>]+>", " ", body)))
    assert numbers and all(number in facts for number in numbers), numbers
    for address in re.findall(r'href="(https?://[^"]+)"', html):
        assert address in facts, address


def test_both_pages_say_the_same_numbers() -> None:
    english, spanish = (
        sorted(re.findall(r"\$?\d[\d.,]*\d", re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))) for page in PAGES
    )
    assert english == spanish

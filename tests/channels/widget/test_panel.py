"""What the panel shows and what can be done with it, in both languages, on a page with a strict policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.core.routing import OfficeKind
from tests.channels.widget.conftest import ask, heard, start
from tests.channels.widget.stub import FILES, Stub

Visit = Callable[..., Any]


def test_unread_messages_are_counted_until_the_panel_is_opened(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.keyboard.press("Escape")
    stub.talk.add("assistant", "one")
    stub.talk.add("assistant", "two")
    expect(page.get_by_role("button", name="IMT assistant. Open chat. New messages: 2")).to_be_visible()
    page.reload()
    expect(page.locator(".badge")).to_have_text("2")
    page.locator("#launcher").click()
    page.keyboard.press("Escape")
    expect(page.locator(".badge")).to_be_hidden()
    assert heard(page, "unread")[-1] == {"count": 0}


def test_cards_show_what_is_known_with_its_cautions(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "office near me")
    first, second = page.locator(".card").nth(0), page.locator(".card").nth(1)
    expect(first).to_contain_text("IMT partner · about a mile from you, or less")
    expect(first).to_contain_text("5315 Voges Road, Madison, WI 53718 (from 2019, confirm before you go)")
    expect(first.get_by_role("link", name="(608) 555-0134")).to_have_attribute("href", "tel:6085550134")
    expect(first).to_contain_text("(608) 555-0134 (confirm before you go)")
    expect(second).to_contain_text("about 77 miles from you")
    expect(second.get_by_role("link", name="info@example.org")).to_have_attribute("href", "mailto:info@example.org")
    assert "confirm" not in second.inner_text()
    expect(first.get_by_role("link", name="Open a map")).to_have_attribute(
        "href", "https://www.openstreetmap.org/?mlat=43.09&mlon=-89.29"
    )


def test_offices_stand_on_a_map_of_the_states(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "office near me")
    expect(page.get_by_role("img", name="Map of the offices: 1: WRTP/BIG STEP – Madison, WI; 2:")).to_be_visible()
    places = [circle.bounding_box() for circle in page.locator(".map circle").all()]
    frame = page.locator(".map svg").bounding_box()
    assert len(places) == 3
    assert all(frame["x"] <= place["x"] and place["x"] + place["width"] <= frame["x"] + frame["width"] for place in places)
    assert places[0]["x"] < places[1]["x"] and places[2]["y"] > places[0]["y"], (
        "Madison lies west of Milwaukee, Chicago south of both"
    )


def test_an_office_without_coordinates_shows_its_state(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "agency")
    expect(page.locator(".map .served")).to_have_count(1)
    assert page.locator(".map circle").count() == 0


@pytest.mark.parametrize(("language", "kind"), [("en", "State apprenticeship office"), ("es", "Oficina estatal de aprendizaje")])
def test_a_card_says_what_kind_of_office_it_is(visit: Visit, language: str, kind: str) -> None:
    page = visit(f"lang={language}")
    start(page)
    ask(page, "agency")
    expect(page.locator(".card p")).to_have_text(kind)
    assert set(OfficeKind) <= set(re.findall(r"(\w+): '", (FILES / "look.js").read_text(encoding="utf-8")))


def test_a_long_web_address_is_shown_by_its_site(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "agency")
    site = page.locator(".card").get_by_role("link", name="dol.example.gov")
    expect(site).to_have_attribute("href", "https://www.dol.example.gov/programs/apprenticeship/index.html")


@pytest.mark.parametrize(
    ("question", "one", "five"),
    [  # one apprentice, then five
        ("wage steps", "$18.50 an hour → $25 an hour", "For 5 apprentices: $92.50 an hour → $125 an hour"),
        ("return", "$1,000 → $1,480", "For 5 apprentices: $5,000 → $7,400"),
        ("cost", "$39,567 to $128,069 → $17,874 to $64,672", "$197,835 to $640,345 → $89,370 to $323,360"),
    ],
)
def test_the_numbers_follow_the_apprentices_entered(visit: Visit, question: str, one: str, five: str) -> None:
    page = visit()
    start(page)
    ask(page, question)
    figure = page.locator("figure")
    shown = figure.locator("output:visible")
    expect(shown).to_have_text(f"For 1 apprentice: {one}")
    figure.get_by_label("How many apprentices?").fill("5")
    expect(shown).to_contain_text(five)
    figure.locator("summary:visible", has_text="Sources").click()
    expect(figure.locator("details details a:visible").first).to_have_attribute("href", re.compile("^https?://"))
    expect(figure).to_contain_text("not a promise")


def test_sources_and_links(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "cost")
    sources = page.locator("li.assistant details", has_text="Where this comes from").last
    assert not sources.get_by_role("link").first.is_visible()
    sources.locator("summary").click()
    expect(sources).to_contain_text("JFF: IMT Registered Apprenticeship Program (no date (figures to 2020))")
    bubble = page.locator("li.assistant .bubble").last
    assert [link.get_attribute("href") for link in bubble.get_by_role("link").all()] == [
        "https://example.org/costs",
        "mailto:people@example.org",
    ]


def test_what_people_write_is_never_markup(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "<script>alert(1)</script>")
    expect(page.locator("li.visitor .bubble")).to_have_text("<script>alert(1)</script>")
    expect(page.locator("li.assistant .bubble").last).to_contain_text("<img src=x onerror=alert(1)>")
    page.locator("summary").last.click()
    assert page.locator("ol a").count() == 0


def test_a_long_message_is_counted_and_not_sent(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.locator("#input").fill("é" * 2003)
    expect(page.locator("#count")).to_have_text("Too long by 3")
    page.keyboard.press("Enter")
    page.locator("#input").fill("é" * 1999)
    expect(page.locator("#count")).to_have_text("1999 / 2000")
    assert stub.said() == []


def test_the_transcript_is_downloaded(visit: Visit) -> None:
    page = visit()
    start(page)
    ask(page, "office near me")
    page.locator("#more").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the transcript").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("Conversation with the IMT assistant")
    assert "office near me" in text and "WRTP/BIG STEP – Milwaukee" in text and "You, " in text


def test_only_the_conversation_is_printed(visit: Visit) -> None:
    page = visit()
    page.context.add_init_script("window.print = () => { top.printed = document.body.innerText }")
    page.reload()
    start(page)
    ask(page, "hello")
    page.locator("#more").click()
    page.get_by_role("button", name="Print").click()
    printed = page.evaluate("window.printed")
    assert "You said: hello" in printed and "A factory" not in printed


def test_the_language_is_switched_and_kept_across_pages(visit: Visit, stub: Stub) -> None:
    page = visit()
    start(page)
    page.get_by_role("button", name="Español").click()
    expect(page.locator("li.assistant")).to_contain_text("¡Hola! Respondo preguntas")
    assert [talk.language for talk in stub.talks.values()] == ["en", "es"]
    assert page.evaluate("document.querySelector('imt-assistant').shadowRoot.activeElement.id") == "other"
    page.goto(page.url.replace("one", "two"))
    expect(page.get_by_role("dialog", name="Asistente del IMT")).to_be_visible()
    ask(page, "¿Cuánto cuesta?")
    page.get_by_role("button", name="English").click()
    expect(page.locator("li.visitor").last).to_contain_text("In English, please.")


def test_spanish_throughout(visit: Visit) -> None:
    page = visit("lang=es")
    page.get_by_role("button", name="Asistente del IMT. Abrir el chat").click()
    expect(page.locator("li.assistant")).to_contain_text("¡Hola!")
    ask(page, "¿Cuánto cuesta?")
    expect(page.locator("figure")).to_contain_text("¿Cuántos aprendices?")
    expect(page.locator("output:visible")).to_have_text("Por 1 aprendiz: $39,567 a $128,069 → $17,874 a $64,672")
    ask(page, "oficina")
    expect(page.locator(".card").first).to_contain_text("dato de 2019, confirme antes de ir")
    shown = page.locator("imt-assistant").evaluate("e => e.shadowRoot.querySelector('.panel').innerText")
    assert not any(word in shown for word in ("Send", "Today", "You\n", "miles", "Sent", "from 20", "Close"))
    assert page.locator("imt-assistant").get_attribute("lang") == "es"


def test_attributes_change_the_look_and_the_words(visit: Visit) -> None:
    page = visit("title=Ask+us&greeting=Questions%3F&side=left&color=%23ffcc00&privacy=/privacy")
    expect(page.locator(".teaser")).to_contain_text("Questions?")
    assert page.locator("#launcher").bounding_box()["x"] < 100
    look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert page.locator("#launcher").evaluate(look) == ["rgb(255, 204, 0)", "lch(0 0 0)"], "black is read on yellow"
    page.locator("#dismiss").click()
    expect(page.locator(".teaser")).to_be_hidden()
    start(page)
    expect(page.get_by_role("dialog", name="Ask us")).to_be_visible()
    assert page.get_by_role("link", name="Privacy").get_attribute("href").endswith("/privacy")
    page.evaluate("document.querySelector('imt-assistant').dataset.title = 'New title'")
    expect(page.get_by_role("dialog", name="New title")).to_be_visible()


def test_the_page_can_open_ask_and_listen(visit: Visit) -> None:
    page = visit()
    page.locator("#own").click()
    expect(page.locator("#input")).to_have_value("What does it cost?")
    page.keyboard.press("Enter")
    expect(page.locator("figure")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "own", "the focus goes back to what opened the panel"
    page.evaluate("document.querySelector('imt-assistant').send('hello')")
    expect(page.locator("li.assistant").last).to_contain_text("You said: hello")
    page.evaluate("document.querySelector('imt-assistant').language = 'es'")
    assert [heard(page, name) for name in ("ready", "open", "close", "language")] == [
        [None],
        [None, None],
        [None],
        [{"language": "es"}],
    ]
    assert heard(page, "message")[2] == {"seq": 3, "author": "assistant", "topics": ["employer_cost"]}, (
        "no words are told to the page"
    )

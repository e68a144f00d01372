"""Fixtures of the widget's tests: a stub of the gateway on a real socket, and pages in Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest

from tests.channels.widget.browser import FLAGS, MissingToolError, find_axe, find_chromium
from tests.channels.widget.stub import Server, Stub

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1280, 800), "phone": (390, 844), "small": (320, 640)}


def missing(reason: str) -> NoReturn:
    """No tool, no test; where CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, ended with the module: while Playwright runs, its event loop forbids `asyncio.run` to all other tests."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is missing. Install it with: requirements/install test")
    try:
        chromium = find_chromium()
    except MissingToolError as error:
        missing(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    try:
        return find_axe()
    except MissingToolError as error:
        missing(str(error))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(Stub())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def stub(server: Server) -> Stub:
    return server.stub


@pytest.fixture
def visit(browser: Any, stub: Stub) -> Iterator[Callable[..., Any]]:
    """Opens a page that embeds the widget; pages of one `context` share storage, as tabs do. None may break its policy."""
    contexts, complaints = [], []

    def open_page(query: str = "", *, path: str = "/page/one", size: str = "desk", context: Any = None, **options: Any) -> Any:
        if context is None:
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "en-US", **options})
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text) if "Content Security Policy" in line.text or "Trusted" in line.text else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(
            "for (const name of ['ready','open','close','started','message','unread','language','deleted'])"
            " addEventListener(`imt:${name}`, (e) => (window.heard ??= []).push([name, e.detail]))"
        )
        page.goto(f"{stub.host_url}{path}?{query}")
        page.wait_for_selector("#launcher", state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def start(page: Any) -> None:
    """Opens the panel and waits for the greeting."""
    page.locator("#launcher").click()
    page.locator("li.assistant").first.wait_for()


def ask(page: Any, text: str) -> None:
    """Sends a message and waits until it was answered."""
    answers = page.locator("li.assistant, li.staff").count()
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "n => document.querySelector('imt-assistant').shadowRoot.querySelectorAll('li.assistant, li.staff').length > n",
        arg=answers,
    )


def heard(page: Any, name: str) -> list[Any]:
    """What the page was told by events of this name."""
    return [detail for event, detail in page.evaluate("window.heard ?? []") if event == name]


def violations(page: Any, axe: str) -> list[str]:
    """What axe-core finds, a line each. Its script is put in from outside the page's policy."""
    page.wait_for_load_state()  # without its style a page has small targets
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]

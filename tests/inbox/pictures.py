"""Makes the pictures of docs/staff.md: `python -m tests.inbox.pictures`. The people are invented."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.channels.widget.browser import FLAGS, ROOT, find_chromium
from tests.inbox.invented import REFERENCES
from tests.inbox.people import OWN
from tests.inbox.walking import ANA, inbox_of_invented_people, sign_in

FOLDER = ROOT / "docs" / "staff"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        inbox_of_invented_people(Path(folder)) as inbox,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(f"{inbox[0]}/staff/sign-in")
        _take(page, "sign-in")
        sign_in(page, *inbox, ANA)
        _take(page, "people")
        _converse(page, inbox[0])
        _keep(page, inbox[0])
        browser.close()


def _converse(page: Any, address: str) -> None:
    page.goto(f"{address}/staff/handoffs/{REFERENCES['maria']}")
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("New note").fill("Night shift only. Call after 4 pm.")
    page.get_by_role("button", name="Keep the note").click()
    page.get_by_label("Write to the person").fill("Hola Maria, soy Ana. ¿Qué turno busca?")
    page.keyboard.press("Enter")
    page.wait_for_selector("li.staff")
    page.set_viewport_size({"width": 1280, "height": 1150})
    _take(page, "conversation")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/staff/handoffs/{REFERENCES['maria']}")
    _take(page, "conversation-phone")
    page.goto(f"{address}/staff/")
    _take(page, "people-phone")


def _keep(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{address}/staff/partners/offices/{OWN}")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(day).fill("8 am - noon, 1 pm - 4:30 pm")
    page.get_by_role("button", name="Save hours").click()
    page.get_by_label("Phone").fill("414-555-0142")
    page.get_by_role("button", name="I have checked").click()
    page.goto(f"{address}/staff/partners/offices/{OWN}")
    _take(page, "office")


def _take(page: Any, name: str) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()

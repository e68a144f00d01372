"""The pages in Chromium: no violation that axe-core finds, nothing lost when small, by keyboard, live, and without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from bot.core.conversation import Author, Said
from bot.core.staff import Role, Scope
from bot.store.conversations import receive_message
from bot.store.database import Database
from bot.store.directory import read_office, save_contacts
from bot.store.office_service import add_target
from bot.store.partners import export_partners
from bot.store.questions import Why, keep_question
from tests.channels.widget.conftest import SIZES, axe, browser, violations  # noqa: F401 (fixtures)
from tests.inbox.invented import REFERENCES, invent
from tests.inbox.people import add_person
from tests.inbox.walking import ANA, BEN, NAT, REPLY, inbox_of_invented_people, sign_in
from tests.store.inboxes import set_row

MARIA = f"/staff/handoffs/{REFERENCES['maria']}"
OFFICE = "/staff/partners/offices/wrtp"
PAGES = ["/staff/", "/staff/?q=maria", "/staff/?group=ended&state=WI", MARIA, f"/staff/handoffs/{REFERENCES['plant']}",
         f"{MARIA}/person", "/staff/figures?by=office", "/staff/replies", "/staff/account",
         "/staff/handoffs/IMT-222222", "/staff/partners", "/staff/partners?q=nowhere",
         OFFICE, "/staff/partners/offices/kdp"]  # fmt: skip
Visit = Callable[..., Any]


@pytest.fixture
def inbox(tmp_path: Any) -> Iterator[tuple[str, Database]]:
    with inbox_of_invented_people(tmp_path) as running:
        yield running


@pytest.fixture
def visit(browser: Any, inbox: tuple[str, Database]) -> Iterator[Visit]:  # noqa: F811
    """Somebody signed in, in a browser of their own; no page may break the policy or throw."""
    contexts, complaints = [], []

    def enter(email: str = "", size: str = "desk", **options: Any) -> Any:
        width, height = SIZES[size]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if email:
            sign_in(page, *inbox, email)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_and_nothing_wider_than_the_page(
    visit: Visit,
    inbox: tuple[str, Database],
    axe: str,  # noqa: F811
    size: str,
    scheme: str,
) -> None:
    page = visit(size=size, color_scheme=scheme)
    page.goto(f"{inbox[0]}/staff/sign-in")
    assert violations(page, axe) == []
    sign_in(page, *inbox, ANA)
    for path in PAGES:
        page.goto(inbox[0] + path)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
        assert violations(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(inbox[0] + MARIA)
    page.get_by_role("button", name="Take over").click()
    page.wait_for_selector(".turn.on")
    assert violations(page, axe) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_directory_has_no_violation_whatever_it_says(
    visit: Visit,
    inbox: tuple[str, Database],
    axe: str,  # noqa: F811
    size: str,
) -> None:
    """With mistakes, with somebody quicker, for who may only read, and with a file that changes something."""

    def look(page: Any) -> None:
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    address, database = inbox
    add_target(database, "wrtp", "a.very.long.address.of.an.office@example.org", "seed")
    add_person(database, "ada@example.org", Role.ADMINISTRATOR, None, "Ada")
    page = visit(ANA, size)
    page.goto(address + OFFICE)
    page.get_by_label("Phone").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Phone")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Phone")).to_have_value("12")
    look(page)
    page.get_by_label("Monday").fill("mornings")
    page.get_by_role("button", name="Save hours").click()
    look(page)
    page.get_by_label("Another address for notices").fill("json://10.0.0.1/")
    page.get_by_role("button", name="Add", exact=True).click()
    look(page)
    page.get_by_label("Phone").fill("414-342-9787")
    version = read_office(database, Scope(None), "wrtp").version
    save_contacts(database, Scope(None), "wrtp", {"phone": "414-342-9788"}, version, "ben", date(2026, 11, 25))
    page.get_by_role("button", name="I have checked").click()
    expect(page.locator(".now")).to_have_text("Now: 414-342-9788")
    look(page)
    reader = visit(NAT, size)
    reader.goto(address + OFFICE)
    reader.get_by_role("button", name="I have checked").click()
    expect(reader.get_by_role("status")).to_contain_text("you have checked")
    look(reader)
    page = visit("ada@example.org", size)
    page.goto(f"{address}/staff/partners/import")
    text = export_partners(database)
    for told in ("414-342-9789", "12"):
        file = {"name": "partners.csv", "mimeType": "text/csv", "buffer": text.replace("414-342-9788", told).encode()}
        page.set_input_files("#file", file)
        page.get_by_role("button", name="Look at it").click()
        page.wait_for_selector(".edits" if told != "12" else ".wrong")
        look(page)


@pytest.mark.parametrize("size", SIZES)
def test_somebody_is_invited_and_chooses_a_password_at_any_size(
    visit: Visit,
    inbox: tuple[str, Database],
    axe: str,  # noqa: F811
    size: str,
) -> None:
    def look(page: Any) -> None:
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    add_person(inbox[1], "ada@example.org", Role.ADMINISTRATOR, None, "Ada")
    page, guest = visit("ada@example.org", size), visit(size=size)
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_role("link", name="Accounts of all staff").click()
    look(page)
    page.get_by_label("E-mail address").fill("a.very.long.address.of.somebody@staff.wrtp.example.org")
    page.get_by_label("First name").fill("Cleo")
    page.get_by_label("Role").select_option("agent")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_label("Intermediary")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("First name")).to_have_value("Cleo")
    look(page)
    page.get_by_label("Intermediary").select_option("wrtp")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link", exact=True).input_value()
    look(page)
    guest.goto(f"{inbox[0]}/staff/invitation?{link.partition('?')[2]}")
    look(guest)
    guest.get_by_label("Password").fill("four words in a row")
    guest.get_by_label("Six-digit code").fill("1")
    guest.get_by_role("button", name="Save and sign in").click()
    expect(guest.get_by_label("Six-digit code")).to_have_attribute("aria-invalid", "true")
    look(guest)
    guest.get_by_label("Password").fill("four words in a row")
    guest.get_by_label("Six-digit code").fill(pyotp.TOTP(guest.locator(".key").text_content()).now())
    guest.get_by_role("button", name="Save and sign in").click()
    expect(guest.locator("h1")).to_have_text("People")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Cleo").click()
    page.get_by_role("button", name="Disable the account").click()
    expect(page.get_by_role("status")).to_contain_text("Disabled")
    look(page)


def test_the_offices_are_searched_as_one_types(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(ANA)
    page.goto(f"{inbox[0]}/staff/partners")
    expect(page.locator("#offices tbody tr")).to_have_count(3)
    page.get_by_label("Search by name or city").fill("madison")
    expect(page.locator("#offices tbody tr")).to_have_count(1)
    expect(page.get_by_label("Search by name or city")).to_be_focused()


def ask(database: Database) -> None:
    """Three questions for review."""
    keep_question(database, "es", "¿hay que saber inglés, o dan las clases en español?", Why.UNSURE, ["language_support"])
    keep_question(database, "en", "is there a class on the moon", Why.DECLINED, [])
    keep_question(database, "en", "do they pay for my … and the shoes", Why.UNHELPFUL, ["cost_to_apprentice", "benefits"])


@pytest.mark.parametrize("size", SIZES)
def test_questions_are_read_and_decided_at_any_size(visit: Visit, inbox: tuple[str, Database], axe: str, size: str) -> None:  # noqa: F811
    ask(inbox[1])
    page = visit(NAT, size=size)
    page.goto(f"{inbox[0]}/staff/questions")
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = page.locator("li", has_text="on the moon")
    row.get_by_label("About").select_option("out_of_scope")
    row.get_by_role("button", name="Decide").click()
    expect(row).to_contain_text("Outside of what it knows")
    expect(row).to_contain_text("Nat")
    assert page.url.endswith("/staff/questions"), "only the row was changed"
    assert violations(page, axe) == []
    page.get_by_role("link", name="Decided").click()
    expect(page.locator(".rows > li")).to_have_count(1)
    assert violations(page, axe) == []


def test_questions_are_decided_without_a_script(visit: Visit, inbox: tuple[str, Database]) -> None:
    ask(inbox[1])
    page = visit(NAT, java_script_enabled=False)
    page.goto(f"{inbox[0]}/staff/questions")
    row = page.locator("li", has_text="on the moon")
    row.get_by_label("About").select_option("drop")
    row.get_by_role("button", name="Decide").click()
    expect(page.locator(".rows > li")).to_have_count(2)
    page.get_by_role("link", name="Decided").click()
    page.get_by_role("button", name="anew").click()
    expect(page.locator(".rows > li")).to_have_count(3)


def test_somebody_is_erased_once_the_reference_is_typed(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(ANA)
    page.goto(inbox[0] + MARIA)
    page.get_by_role("link", name="Export or erase").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save everything").click()
    assert saved.value.suggested_filename == f"{REFERENCES['maria']}.json"
    page.get_by_label("Type").fill(REFERENCES["maria"])
    page.get_by_role("button", name="Erase everything").click()
    expect(page.locator("h1")).to_have_text(f"{REFERENCES['maria']} is erased")
    page.get_by_role("link", name="To the inbox").click()
    expect(page.locator(".people")).not_to_contain_text("Maria")


def test_the_work_is_done_by_keyboard(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(ANA)

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || ''"):
                return
        raise AssertionError(f"{name} is not reached with Tab")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to content"
    page.keyboard.press("Enter")
    tab_to("Maria Fuentes")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('Maria Fuentes')")
    tab_to("Take over")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn.on")
    page.wait_for_load_state()  # Enter sends once the script is there
    tab_to("Write to the person")
    page.keyboard.type("Hola")
    page.keyboard.press("Enter")
    expect(page.locator("li.staff")).to_contain_text("Hola")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()


def test_two_browsers_see_at_once_who_has_it_and_what_is_said(visit: Visit, inbox: tuple[str, Database]) -> None:
    address, database = inbox
    ana, ben = visit(ANA), visit(BEN)
    for page in (ana, ben):
        page.goto(address + MARIA)
    ana.get_by_role("button", name="Take over").click()
    expect(ben.locator("#state")).to_contain_text("Ana is in the conversation")
    expect(ben.get_by_role("button", name="Take over")).to_have_count(0)
    receive_message(database, f"{1:032x}", Said(Author.VISITOR, "¿hay alguien?", client_id="1"))
    for page in (ana, ben):
        expect(page.locator(".transcript > li").last).to_contain_text("¿hay alguien?")
    ana.get_by_label("Write to the person").fill("Sí, <b>aquí</b>\nestoy")
    ana.get_by_role("button", name="Send").click()
    expect(ben.locator("li.staff .said")).to_have_text("Sí, <b>aquí</b> estoy")
    ana.get_by_role("button", name="Give back").click()
    expect(ben.locator("#state")).to_contain_text("Ana looks after this person")


def test_who_is_passed_on_meanwhile_is_not_seen_any_more(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(BEN)
    with page.expect_response("**/news?after=*"):
        page.goto(inbox[0] + MARIA)
    set_row(inbox[1], REFERENCES["maria"], office_id="kdp")
    expect(page.locator("h1")).to_have_text("People")
    expect(page.locator(".people")).not_to_contain_text("Maria")


def test_a_list_hears_of_somebody_new(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(BEN)
    expect(page.locator(".people tbody tr")).to_have_count(4)
    page.locator(f"#p-{REFERENCES['plant']}").focus()
    invent(inbox[1], 50, minutes=0, office_id="wrtp", contact_name="Newly Come")
    expect(page.locator(".people")).to_contain_text("Newly Come")
    expect(page.locator(f"#p-{REFERENCES['plant']}")).to_be_focused()


def test_without_a_script_everything_is_a_form(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(ANA, java_script_enabled=False)
    page.goto(inbox[0] + MARIA)
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("Write to the person").fill("Hola")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("li.staff .said")).to_have_text("Hola")
    page.get_by_text("Canned replies").click()
    page.get_by_role("link", name="Orientation dates").click()
    expect(page.get_by_label("Write to the person")).to_have_value(REPLY["text_es"])
    page.get_by_label("What happened").select_option("applied")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("Applied")
    page.get_by_role("button", name="Give back").click()
    expect(page.locator("#state")).to_contain_text("You look after this person")


def test_a_canned_reply_is_put_into_the_form(visit: Visit, inbox: tuple[str, Database]) -> None:
    page = visit(ANA)
    page.goto(inbox[0] + MARIA)
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("Write to the person").fill("Hola Maria:")
    page.get_by_text("Canned replies").click()
    page.get_by_role("link", name="Orientation dates").click()
    expect(page.get_by_label("Write to the person")).to_have_value(f"Hola Maria:\n\n{REPLY['text_es']}")

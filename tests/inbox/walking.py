"""Somebody in Chromium who signs in and works, for tests and for the pictures of docs/staff.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.core.staff import Role, Scope
from bot.inbox.proofs import totp_of
from bot.store.database import Database, open_database, upgrade_database
from bot.store.inbox_work import save_reply
from bot.store.partners import import_partners
from bot.store.staff import find_credentials, list_staff
from tests.conftest import SEED
from tests.inbox.invented import invent_all
from tests.inbox.live import serving
from tests.inbox.people import KEY, OWN, PASSWORD, add_person

ANA, BEN, NAT = "ana@example.org", "ben@example.org", "nat@example.org"
REPLY = {
    "title": "Orientation dates",
    "text_en": "Our next orientation is on the first Tuesday of the month at 5 pm. Shall I put you on the list?",
    "text_es": "Nuestra próxima orientación es el primer martes del mes a las 5 pm. ¿Lo pongo en la lista?",
}


@contextmanager
def inbox_of_invented_people(folder: Path) -> Iterator[tuple[str, Database]]:
    """The address of a running inbox with two people of staff and four who wait, and its database."""
    url = f"sqlite:///{folder / 'imt.db'}"
    upgrade_database(url)
    database = open_database(url)
    import_partners(database, SEED, "seed")
    add_person(database, ANA, Role.MANAGER, OWN, "Ana")
    add_person(database, BEN, Role.AGENT, OWN, "Ben")
    add_person(database, NAT, Role.NATIONAL, None, "Nat")
    save_reply(database, Scope(OWN), list_staff(database)[0].staff.id, REPLY)
    invent_all(database)
    with serving(url, folder) as address:
        yield address, database
    database.close()


def sign_in(page: Any, address: str, database: Database, email: str) -> None:
    """From the page that wanted it, by keyboard."""
    page.goto(f"{address}/staff/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    credentials = find_credentials(database, email)
    assert credentials is not None
    assert credentials.totp_nonce is not None
    page.get_by_label("Six-digit code").fill(totp_of(KEY.encode(), credentials.totp_nonce).now())
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('People')")

"""The directory as a file: each takes out what they see, and an import is looked at before it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from bot.core.staff import Role, Scope
from bot.store.database import Database
from bot.store.partners import export_partners
from bot.store.staff_schema import Audit
from tests.inbox.offices import field_of, history, save
from tests.inbox.people import OWN, Browser

Enter = Callable[..., Browser]


def test_each_exports_what_they_see(enter: Enter, database: Database) -> None:
    own = enter(Role.AGENT, OWN).get("/partners/export")
    assert own.headers["content-type"].startswith("text/csv")
    assert "attachment" in own.headers["content-disposition"]
    assert own.text == export_partners(database, Scope(OWN))
    assert [line.split(",")[0] for line in own.text.splitlines()] == ["id", "wrtp", "wrtp-madison", "wrtp-racine"]
    assert enter(Role.NATIONAL).get("/partners/export").text == export_partners(database)


def look_at(person: Browser, text: str) -> Any:
    file = {"file": ("partners.csv", text.encode(), "text/csv")}
    return person.client.post("/staff/partners/import", data={"csrf": person.proof()}, files=file)


def test_an_import_is_looked_at_before_it_is_made(enter: Enter, database: Database) -> None:
    person = enter(Role.ADMINISTRATOR)
    before = export_partners(database)
    text = before.replace("https://wrtp.org", "https://www.wrtp.example")
    preview = look_at(person, "\ufeff" + text)
    assert preview.status_code == 200
    assert "0 added, 3 changed, 43 as they are" in preview.text
    assert "<del>https://wrtp.org</del>" in preview.text
    assert export_partners(database) == before, "nothing was done yet"
    made = person.post("/partners/import", seen=field_of(preview, "seen"), text=text)
    assert "0 added, 3 changed" in made.text
    assert export_partners(database) == text
    assert history(database)[-1][1] == {"website": ["https://wrtp.org", "https://www.wrtp.example"]}
    with database.reading() as connection:
        assert "imported_offices" in connection.scalars(select(Audit.action)).all()


def test_an_import_is_not_made_when_the_directory_has_changed_meanwhile(enter: Enter, database: Database) -> None:
    person = enter(Role.ADMINISTRATOR)
    text = export_partners(database).replace("https://wrtp.org", "https://www.wrtp.example")
    preview = look_at(person, text)
    save(enter(Role.MANAGER, OWN))
    late = person.post("/partners/import", seen=field_of(preview, "seen"), text=text)
    assert late.status_code == 409
    assert "Nothing was imported" in late.text
    assert "www.wrtp.example" not in export_partners(database)
    assert person.post("/partners/import", seen=field_of(late, "seen"), text=text).status_code == 200
    assert "www.wrtp.example" in export_partners(database)


def test_every_mistake_in_a_file_is_told_and_nothing_imported(enter: Enter, database: Database) -> None:
    person = enter(Role.ADMINISTRATOR)
    before = export_partners(database)
    answer = look_at(person, before.replace("https://wrtp.org", "wrtp"))
    assert answer.status_code == 422
    assert answer.text.count("is not a web address") == 3
    assert look_at(person, "").status_code == 422
    assert look_at(person, "\xff").status_code == 422
    assert person.client.post("/staff/partners/import", data={"csrf": person.proof()}).status_code == 422
    assert look_at(person, "x" * 1_000_001).status_code == 413
    assert export_partners(database) == before

"""The partner directory: what each role sees and changes, what is said of wrong input, who was slower, and where notices go."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.conversation.post import Post
from bot.core.staff import Role
from bot.store.database import Database
from bot.store.directory import read_office
from bot.store.handoff_changes import lock_handoff
from bot.store.handoff_schema import Handoff, Notice, NoticeTarget
from bot.store.notices import NoticeKind, add_notices
from bot.store.office_cards import describe_office
from bot.store.office_service import add_target, read_service
from bot.store.partners import export_partners
from bot.store.reach import EVERY_NATIONAL
from bot.store.schema import Office, OfficeReach
from tests.inbox.invented import invent
from tests.inbox.offices import ALL, CONTACTS, OFFICE, field_of, history, save, save_hours
from tests.inbox.people import OTHER, OWN, Browser

Enter = Callable[..., Browser]


def test_the_list_shows_what_is_known_and_who_waits(enter: Enter, database: Database) -> None:
    invent(database, 1, office_id=OWN)
    invent(database, 2, office_id=OTHER)
    page = enter(Role.AGENT, OWN).get("/partners").text
    assert page.count('<th scope="row">') == 3
    assert "1 waiting" in page or 'aria-label="1 waiting for' in page
    assert "Not confirmed yet" in page
    assert "kdpworks" not in page
    everything = enter(Role.NATIONAL).get("/partners").text
    assert everything.count('<th scope="row">') == 46
    found = enter(Role.NATIONAL, email="x@example.org").get("/partners?state=KY&q=working")
    assert found.text.count('<th scope="row">') == 1


def test_contacts_are_saved_shown_and_kept_in_the_history(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OWN, "ana@example.org")
    answer = save(person)
    assert answer.headers["location"] == f"/staff{OFFICE}?done=saved#contacts"
    page = person.get(f"{OFFICE}?done=saved")
    assert "Saved." in page.text
    assert (field_of(page, "phone"), field_of(page, "states_served")) == ("414-342-9787", "MN, WI")
    actor, changes = history(database)[-1]
    assert re.fullmatch(r"Ana \(account \d+\)", actor)
    assert changes["phone"] == ["", "414-342-9787"]
    assert "<strong>Ana (account" in page.text
    card = describe_office(database, OWN)
    assert card.phone is not None
    assert (card.phone.value, card.phone.confirm) == ("414-342-9787", True)
    assert card.zip == "53208"


def test_a_move_takes_the_place_along(enter: Enter, database: Database) -> None:
    save(enter(Role.MANAGER, OWN), street="1 Main Street", city="Madison", zip="53703", serves=["candidates"], states_served="WI")
    with database.reading() as connection:
        office = connection.execute(select(Office.coord_basis, Office.latitude).where(Office.id == OWN)).one()
        reach = connection.execute(select(OfficeReach.state, OfficeReach.latitude).where(OfficeReach.office_id == OWN)).all()
    assert office.coord_basis == "zip"
    assert {(row.state, row.latitude) for row in reach} == {("WI", office.latitude)}
    assert abs(office.latitude - 43.07) < 0.1
    assert EVERY_NATIONAL not in {row.state for row in reach}


def test_every_mistake_is_told_at_once_beside_its_field_and_nothing_is_lost(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OWN)
    before = export_partners(database)
    wrong = {"phone": "12 <b>", "email": "office at wrtp", "website": "wrtp", "zip": "90210", "states_served": "Wisconsinn"}
    answer = save(person, **wrong, serves=[])
    assert answer.status_code == 422
    for name in ("phone", "email", "website", "zip", "states_served", "serves"):
        assert f'id="c-{name}-fault"' in answer.text, name
        assert f'href="#c-{name}"' in answer.text, name
    assert 'value="12 &lt;b&gt;"' in answer.text
    assert field_of(answer, "states_served") == "Wisconsinn"
    assert "ZIP code 90210 is in CA, not in WI." in answer.text
    assert export_partners(database) == before
    assert save(person, street="=cmd()", email="x" * 201).text.count("-fault") >= 4


def test_a_contact_is_confirmed_by_name_and_day_and_a_change_ends_that(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OWN, "ana@example.org")
    assert "done=checked" in save(person, checked="yes").headers["location"]
    page = person.get(OFFICE).text
    assert "Checked by Ana on" in page
    entry = read_office(database, ALL, OWN)
    assert entry.line.checked is not None
    assert abs(entry.line.checked.on - date.today()) <= timedelta(days=1)
    card = describe_office(database, OWN)
    assert card.phone is not None
    assert not card.phone.confirm
    save(person, states_served="WI")
    assert "Checked by Ana on" in person.get(OFFICE).text, "the states are no contact"
    save(person, phone="414-342-9788")
    assert "Not confirmed yet" in person.get(OFFICE).text


def test_national_staff_confirm_what_they_saw(enter: Enter, database: Database) -> None:
    national, manager = enter(Role.NATIONAL, email="nat@example.org"), enter(Role.MANAGER, OWN)
    seen = field_of(national.get(OFFICE), "seen")
    save(manager)
    late = national.post(f"{OFFICE}/confirm", seen=seen)
    assert late.status_code == 409
    assert "Check what stands here now" in late.text
    assert national.post(f"{OFFICE}/confirm", seen=field_of(late, "seen")).status_code == 303
    assert history(database)[-1][1]["contact_checked"][1].endswith(" Nat")


def test_an_address_for_distance_only_is_shown_when_a_manager_says_so(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OTHER)
    page = person.get(f"/partners/offices/{OTHER}")
    assert "Show this address to people" in page.text
    assert describe_office(database, OTHER).city is None
    cells = read_office(database, ALL, OTHER).cells
    form = {name: cells[name] for name in CONTACTS} | {"serves": cells["serves"].split(";"), "seen": field_of(page, "seen")}
    assert person.post(f"/partners/offices/{OTHER}/contacts", **form).status_code == 303
    assert describe_office(database, OTHER).city is None, "nothing was changed"
    person.post(f"/partners/offices/{OTHER}/contacts", **form, show_address="on")
    assert describe_office(database, OTHER).city is not None
    assert "Show this address to people" not in person.get(f"/partners/offices/{OTHER}").text


def test_who_was_slower_is_told_and_keeps_what_they_typed(enter: Enter, database: Database) -> None:
    ana, ben = enter(Role.MANAGER, OWN, "ana@example.org"), enter(Role.MANAGER, OWN, "ben@example.org")
    seen = field_of(ben.get(OFFICE), "seen")
    save(ana, phone="414-342-9787")
    late = save(ben, seen, phone="414-342-9788", email="ben@wrtp.org")
    assert late.status_code == 409
    assert "Somebody else has changed this office" in late.text
    assert (field_of(late, "phone"), field_of(late, "email")) == ("414-342-9788", "ben@wrtp.org")
    assert "Now: 414-342-9787" in late.text
    assert save(ben, field_of(late, "seen"), phone="414-342-9788").status_code == 303
    assert read_office(database, ALL, OWN).cells["phone"] == "414-342-9788"


def test_hours_are_saved_shown_and_kept_in_the_history(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OWN)
    assert save_hours(person).headers["location"] == f"/staff{OFFICE}?done=hours#hours"
    service = read_service(database, OWN)
    assert service.week is not None
    assert (set(service.week), len(service.week[0]), service.accept_within) == ({0, 4}, 2, timedelta(hours=4, minutes=30))
    assert date(2026, 12, 25) in service.closed_days
    page = person.get(OFFICE)
    assert field_of(page, "day0") == "8 am – noon, 1 pm – 4:30 pm"
    assert "2026-12-24 to 2026-12-26" in page.text
    assert history(database)[-1][1]["accept_minutes"] == [None, 270]
    assert "Friday: 9 am – noon" in person.get("/partners").text
    save_hours(person, day0="", day4="", hours="", minutes="", closed_days="")
    assert read_service(database, OWN).week is None


def test_every_mistake_in_hours_is_told_at_once(enter: Enter, database: Database) -> None:
    person = enter(Role.MANAGER, OWN)
    wrong = {"day1": "8 to 5", "day2": "mornings", "zone": "", "closed_days": "Christmas", "hours": "500", "minutes": "x"}
    answer = save_hours(person, **wrong)
    assert answer.status_code == 422
    for name in ("day1", "day2", "zone", "closed_days", "hours"):
        assert f'id="h-{name}-fault"' in answer.text, name
    assert (field_of(answer, "day1"), field_of(answer, "minutes")) == ("8 to 5", "x")
    assert read_service(database, OWN).week is None


def test_who_was_slower_with_hours_is_told(enter: Enter, database: Database) -> None:
    ana, ben = enter(Role.MANAGER, OWN, "ana@example.org"), enter(Role.MANAGER, OWN, "ben@example.org")
    seen = field_of(ben.get(OFFICE), "hours_seen")
    save_hours(ana)
    late = save_hours(ben, seen, day0="10 am - 2 pm")
    assert late.status_code == 409
    assert field_of(late, "day0") == "10 am - 2 pm"
    assert "Now: 8 am – noon" in late.text
    assert save_hours(ben, field_of(late, "hours_seen"), day0="10 am - 2 pm").status_code == 303


def test_targets_are_added_tried_and_removed_and_secrets_not_shown(
    enter: Enter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []

    async def send(post: Post, address: str, title: str, body: str) -> bool:
        sent.append((address, body))
        return "SECRET" not in address

    monkeypatch.setattr(Post, "send", send)
    person = enter(Role.MANAGER, OWN, "ana@example.org")
    for address in ("office@wrtp.org", "tgram://123456789:SECRETSECRETSECRET/42"):
        assert person.post(f"{OFFICE}/targets", address=address).status_code == 303
    page = person.get(OFFICE)
    assert "office@wrtp.org" in page.text
    assert "tgram #" in page.text
    assert "SECRET" not in page.text
    targets = read_office(database, ALL, OWN).targets
    for target, done in zip(targets, ("tested", "untested"), strict=True):
        assert f"done={done}" in person.post(f"{OFFICE}/targets/{target.id}/test").headers["location"]
    assert "waits" not in sent[0][1]
    assert f"/staff{OFFICE}" in sent[0][1]
    tested = person.get(OFFICE).text
    assert "not sent: the server did not take it" in tested
    assert ">taken</span>" in tested
    assert person.post(f"{OFFICE}/targets/{targets[0].id}/test").status_code == 429
    assert len(sent) == 2
    assert person.post(f"{OFFICE}/targets/{targets[1].id}/remove").status_code == 303
    assert [target.label for target in read_office(database, ALL, OWN).targets] == ["office@wrtp.org"]
    assert [changes["notice_target"] for _, changes in history(database)] == [
        [None, "office@wrtp.org"], [None, targets[1].label], [targets[1].label, None],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Give an e-mail address"),
        ("json://127.0.0.1/hook", "inside our own network"),
        ("jsons://169.254.169.254/latest", "inside our own network"),
        ("office@wrtp.org\nx", "on one line"),
        ("a" * 501, "at most 500 characters"),
        ("known@wrtp.org", "told there already"),
    ],
)
def test_targets_that_cannot_be_are_refused_with_the_reason(enter: Enter, database: Database, address: str, said: str) -> None:
    add_target(database, OWN, "known@wrtp.org", "seed")
    answer = enter(Role.MANAGER, OWN).post(f"{OFFICE}/targets", address=address)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(read_office(database, ALL, OWN).targets) == 1


def test_a_target_of_another_intermediary_is_neither_tried_nor_removed(enter: Enter, database: Database) -> None:
    theirs = add_target(database, OTHER, "kdp@example.org", "seed")
    person = enter(Role.MANAGER, OWN)
    for what in ("test", "remove"):
        assert person.post(f"{OFFICE}/targets/{theirs.id}/{what}").status_code == 404
    with database.reading() as connection:
        assert connection.execute(select(NoticeTarget.tested_at)).scalars().all() == [None]


def test_the_last_notice_of_a_target_is_seen(enter: Enter, database: Database) -> None:
    add_target(database, OWN, "office@wrtp.org", "seed")
    reference = invent(database, 1, office_id=OWN)
    with database.writing() as connection:
        add_notices(connection, lock_handoff(connection, Handoff.reference == reference), NoticeKind.NEW, "new")
        connection.execute(update(Notice).values(state="dead", error="failed"))
    assert "not sent: the server did not take it" in enter(Role.AGENT, OWN).get(OFFICE).text

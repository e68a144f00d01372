"""The page of figures and the export: what each role sees, and that nothing in a file is a formula or says who somebody is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.core.figures import Step, Wait, questions_asked, steps_of
from bot.core.handoff import Outcome
from bot.core.heard import Decision
from bot.core.language import Language
from bot.core.pseudonyms import pseudonym
from bot.core.routing import Audience
from bot.core.staff import Role
from bot.inbox import words
from bot.inbox.figures_export import COLUMNS, _csv
from bot.store.base import utc_now
from bot.store.case_work import accept_handoff, note_outcome
from bot.store.counting import count_changed
from bot.store.database import Database
from bot.store.schema import Journey, Office
from bot.store.staff_schema import Audit
from tests.inbox.invented import invent
from tests.inbox.people import KEY, OTHER, OWN, Browser
from tests.inbox.test_routes import ROLES
from tests.store.inboxes import NATIONAL

SECRET = "a secret for exports"
Enter = Callable[..., Browser]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"pseudonym_secret": SECRET, "goal_sponsors": 4}


@pytest.fixture
def requests(database: Database) -> dict[str, str]:
    """Two of one's own intermediary, three of another; one each came further."""
    own = [invent(database, number, minutes=90, office_id=OWN, state="WI") for number in (1, 2)]
    employer: dict[str, Any] = {"audience": Audience.EMPLOYER, "language": Language.EN, "channel": "telegram"}
    others = [invent(database, number, office_id=OTHER, state="WA", **employer) for number in (3, 4, 5)]
    accept_handoff(database, NATIONAL, own[0])
    note_outcome(database, NATIONAL, own[0], Outcome.REGISTERED, date(2026, 11, 20))
    note_outcome(database, NATIONAL, others[0], Outcome.SPONSOR, date(2026, 11, 20))
    while count_changed(database):
        pass
    return {"own": own[0], "other": others[0]}


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def exported(person: Browser, query: str = "") -> list[dict[str, str]]:
    answer = person.get(f"/figures/export.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_the_figures_that_are_theirs(enter: Enter, requests: dict[str, str], role: Role) -> None:
    person, sees_all = enter(role, ROLES[role]), ROLES[role] is None
    text = plain(person.get("/figures").text)
    assert "1 of 1,450 registered apprentices" in text
    assert f"{1 if sees_all else 0} of 4 employer sponsors" in text
    assert "Asked to be passed on 2" in text
    assert ("Asked to be passed on 3" in text) == sees_all
    assert ("Sponsor established 1" in text) == sees_all
    theirs = plain(person.get(f"/figures?office={OTHER}").text)
    assert ("Asked to be passed on 3" in theirs) == sees_all
    for by in ("month", "state", "office", "channel", "language"):
        table = person.get(f"/figures?by={by}").text
        assert table.count("<caption") == (9 if sees_all else 8), "one for each table that has a line"
        assert ("Telegram</th>" in table) == (sees_all and by == "channel")
    found = exported(person)
    assert {line["id"] for line in found} >= {f"r{pseudonym(SECRET, 'handoff', requests['own'])}"}
    assert len(found) == (5 if sees_all else 2)
    assert len(exported(person, f"?office={OTHER}")) == (3 if sees_all else 0)


def test_filters_narrow_the_page_and_the_file(enter: Enter, requests: dict[str, str]) -> None:
    nat = enter(Role.NATIONAL)
    page = nat.get("/figures?state=WI&language=es&channel=web&first=2020-01").text
    assert "Asked to be passed on 2" in plain(page)
    assert "Asked to be passed on 3" not in plain(page)
    assert "/staff/figures/export.csv?state=WI&amp;channel=web&amp;language=es&amp;first=2020-01" in page
    assert "Half waited about 90 minutes or less until somebody accepted" in plain(page)
    assert [line["state"] for line in exported(nat, "?channel=telegram")] == ["WA"] * 3
    assert exported(nat, "?last=2020-01") == []
    for wrong in ("?by=name", "?first=2026-13", "?last=x", f"?state={'x' * 65}"):
        assert nat.get(f"/figures{wrong}").status_code == 422


def test_an_export_says_what_happened_and_not_to_whom(enter: Enter, database: Database, requests: dict[str, str]) -> None:
    nat = enter(Role.NATIONAL)
    text = nat.get("/figures/export.csv").text
    (line,) = [each for each in csv.DictReader(io.StringIO(text)) if each["outcome"] == "registered_apprentice"]
    assert tuple(line) == COLUMNS
    assert 90 <= int(line["minutes_to_accept"]) < 100, "the time that the test itself takes counts too"
    assert (line["minutes_to_first_reply"], line["outcome_day"]) == ("", "2026-11-20")
    assert (line["audience"], line["language"], line["channel"], line["state"]) == ("seeker", "es", "web", "WI")
    assert line["day"].startswith(line["month"])
    for secret in (*requests.values(), "Ana Secreta", "414-555", "night shift"):
        assert secret not in text
    with database.reading() as connection:
        assert connection.scalars(select(Audit.action).order_by(Audit.id.desc())).first() == "exported"


def test_nothing_in_a_file_is_a_formula(enter: Enter, database: Database, requests: dict[str, str]) -> None:
    with database.writing() as connection:
        connection.execute(update(Office).where(Office.id == OWN).values(name='=HYPERLINK("http://x"),\n"quoted"'))
    found = {line["office"] for line in exported(enter(Role.AGENT, OWN))}
    assert found == {'\'=HYPERLINK("http://x"),\n"quoted"'}
    for start in "=+-@\t\r":
        assert next(csv.reader(io.StringIO(_csv([[f"{start}1"]]), newline=""))) == [f"'{start}1"]
    assert _csv([[-1, None, "a-b"]]) == "-1,,a-b\r\n"


@pytest.mark.parametrize("settings", [{}])
def test_without_a_secret_of_its_own_the_file_is_keyed_with_that_of_staff(enter: Enter, requests: dict[str, str]) -> None:
    ids = {line["id"] for line in exported(enter(Role.NATIONAL))}
    assert len(ids) == 5
    assert f"r{pseudonym(KEY.encode().hex(), 'handoff', requests['own'])}" in ids


def test_of_nothing_the_page_says_so(enter: Enter) -> None:
    text = plain(enter(Role.AGENT, OWN).get("/figures").text)
    assert "0 of 1,450 registered apprentices" in text
    assert text.count("Nothing yet.") == 2
    assert "Half waited" not in text


def test_what_people_asked_is_told_by_what_became_of_it(enter: Enter, database: Database, requests: dict[str, str]) -> None:
    with database.writing() as connection:
        asked = {"audience": "employer", "state": "WA", "office_id": OTHER, "questions": {"answered": 3, "unsure": 1}}
        connection.execute(update(Journey).values(**asked, began_at=utc_now(), changed_at=utc_now()))
    count_changed(database)
    assert "Answered 15 75% Not sure: asked back with choices 5 25% Declined: not about the programme 0 0%" in plain(
        enter(Role.NATIONAL).get("/figures").text
    )
    assert "Answered 15" not in plain(enter(Role.AGENT, OWN).get("/figures").text)


def test_everything_counted_has_words() -> None:
    assert set(words.DECISIONS) == set(Decision)
    for audience in (Audience.SEEKER, Audience.EMPLOYER):
        assert all(words.STEPS[step] for step, _ in steps_of(audience))
        assert all(words.QUESTIONS[name] for name in questions_asked(audience))
    assert set(words.WAITS) == set(Wait)
    assert set(words.STEPS) >= set(Step)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "less than a minute"), (1, "1 minute"), (89, "89 minutes"), (100, "2 hours"), (2900, "2 days"), (90_000, "62 days")],
)
def test_durations_are_said_as_people_say_them(minutes: float, said: str) -> None:
    assert words.duration(minutes) == said

"""The review of questions: what is shown, what is decided, and the files for an editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from bot.__main__ import main
from bot.core.staff import Role
from bot.settings import load_settings
from bot.store.database import Database
from bot.store.questions import PAGE, Why, keep_question, list_questions
from bot.store.staff_schema import Audit
from tests.inbox.people import Browser

Run = Callable[..., tuple[int, str, str]]
Enter = Callable[..., Browser]
CLASS = "is there a class on the moon"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, url: str, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs `learn export …`; gives exit code, output and errors."""
    monkeypatch.setenv("DATABASE_URL", url)
    load_settings.cache_clear()
    yield lambda *arguments: (main(["learn", "export", *arguments]), *capsys.readouterr())
    load_settings.cache_clear()


@pytest.fixture
def nat(enter: Enter) -> Browser:
    return enter(Role.NATIONAL, None, "nat@example.org")


def keep(database: Database, *texts: str, language: str = "en") -> None:
    for text in texts:
        keep_question(database, language, text, Why.UNSURE, ["wages"])


def test_the_most_asked_comes_first_with_why_and_what_was_thought_of(nat: Browser, database: Database) -> None:
    keep(database, "asked once", CLASS)
    keep_question(database, "en", CLASS.upper(), Why.DECLINED, ["duration"])
    shown = nat.get("/questions").text
    assert shown.index(CLASS) < shown.index("asked once")
    assert "asked back 1×" in shown
    assert "declined 1×" in shown
    (first, _) = list_questions(database, False)
    assert (first.text, first.counts, first.topics) == (CLASS, {Why.DECLINED: 1, Why.UNSURE: 1}, ["duration"])


def test_lists_are_narrowed_and_turned_over(nat: Browser, database: Database) -> None:
    keep(database, *(f"question {'abcdefghijklmnopqrstuvwxyz'[number // 26]}{number % 26}" for number in range(PAGE + 1)))
    keep(database, "hay clases", language="es")
    assert "Next page" in nat.get("/questions").text
    second = nat.get("/questions?page=1").text
    assert "Next page" not in second
    assert "Page before" in second
    spanish = nat.get("/questions?language=es").text
    assert "hay clases" in spanish
    assert "question a0" not in spanish


def test_who_decided_what_is_kept_and_can_be_changed(nat: Browser, database: Database) -> None:
    keep(database, CLASS)
    assert nat.post("/questions/1", decision="wages").status_code == 303
    (decided,) = list_questions(database, True)
    assert (decided.decision, decided.who, decided.decided_at is None) == ("wages", "Nat", False)
    assert "Pay and raises" in nat.get("/questions?decided=1").text
    nat.post("/questions/1")
    assert list_questions(database, True) == []
    with database.reading() as connection:
        about = select(Audit.action, Audit.detail).where(Audit.action.like("question%"))
        done = list(connection.execute(about.order_by(Audit.id)))
    assert done == [("question_decided", "wages"), ("question_reopened", None)]


def test_a_part_of_the_page_is_given_to_who_asks_for_one(nat: Browser, database: Database) -> None:
    keep(database, CLASS)
    path, proof = "/staff/questions/1", nat.proof()
    part = nat.client.post(path, data={"decision": "drop", "csrf": proof}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.text.strip().startswith('<li class="stack" id="q-1"')
    assert "Dropped" in part.text


@pytest.mark.parametrize("decision", ["nonsense", "../../x", "x" * 65])
def test_only_topics_that_there_are(nat: Browser, database: Database, decision: str) -> None:
    keep(database, CLASS)
    assert nat.post("/questions/1", decision=decision).status_code == 422
    assert nat.post("/questions/2", decision="wages").status_code == 404


def test_the_export_is_examples_for_an_editor(run: Run, nat: Browser, database: Database, tmp_path: Path) -> None:
    keep(database, CLASS, "how many moons: 2 # or 3", "drop me", "wait for me", "what is the pay")
    keep(database, "hay clases en la luna", language="es")
    for number, decision in enumerate(("wages", "wages", "drop", "", "wages", "out_of_scope"), 1):
        nat.post(f"/questions/{number}", decision=decision)
    code, said, _ = run("--out", str(tmp_path / "new"))
    assert code == 0
    assert "Left out, because the assistant has them already: 1." in said
    assert "Written: 3 examples in 2 files" in said
    assert "data/nlu" in said
    files = {str(path.relative_to(tmp_path / "new")): yaml.safe_load(path.read_text()) for path in tmp_path.glob("new/*/*.yml")}
    assert set(files) == {"en/wages.yml", "es/out_of_scope.yml"}
    (wages,) = files["en/wages.yml"]["nlu"]
    assert (wages["intent"], wages["metadata"]) == ("faq/wages", {"language": "en"})
    assert sorted(wages["examples"].splitlines()) == ["- how many moons: 2 # or 3", f"- {CLASS}"]
    assert "exported" in nat.get("/questions?decided=1").text
    assert nat.post("/questions/1", decision="duration").status_code == 404, "it was exported"
    assert "nothing new" in run("--out", str(tmp_path / "again"))[1]


@pytest.mark.parametrize("folder", ["data/nlu", "data/nlu/en/new", "data"])
def test_it_is_never_written_where_the_model_is_made_from(run: Run, folder: str) -> None:
    code, _, errors = run("--out", str(Path(__file__).parents[2] / folder))
    assert (code, "outside of data/" in errors) == (1, True)


def test_nothing_is_written_over(run: Run, nat: Browser, database: Database, tmp_path: Path) -> None:
    keep(database, CLASS)
    nat.post("/questions/1", decision="wages")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    assert "not a new folder" in run("--out", str(tmp_path / "mine"))[2]
    (tmp_path / "file").write_text("x")
    assert run("--out", str(tmp_path / "file" / "below"))[0] == 1
    assert run("--out", str(tmp_path / "new"))[0] == 0, "it was not marked as exported before"
    assert CLASS in (tmp_path / "new" / "en" / "wages.yml").read_text()

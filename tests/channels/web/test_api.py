"""The HTTP interface: what the widget is promised."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.core.conversation import Author, Owner, Said
from bot.rasa_client import Reply
from bot.store.conversations import change_owner
from tests.channels.web.sites import Visitor, open_site
from tests.conversation.rooms import ToldRasa

_PROBLEM = "application/problem+json"


def is_problem(response: Any, status: int) -> bool:
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail"}
    return (response.status_code, body["status"], response.headers["content-type"]) == (status, status, _PROBLEM)


def test_a_conversation_from_greeting_to_answer(database_url: str, tmp_path: Path) -> None:
    with open_site(tmp_path, url=database_url) as site:
        visitor = Visitor(site, language="es", page="https://a.test/jobs")
        assert visitor.begun["owner"] == "assistant"
        (greeting,) = visitor.begun["messages"]
        assert (greeting["seq"], greeting["author"], greeting["text"][:6]) == (1, "assistant", "¡Hola!")
        assert visitor.send("a", "Hola").json() == {"seq": 2}
        _, mine, answer = visitor.read_until(3)
        assert (mine["author"], mine["client_id"], mine["text"]) == ("visitor", "a", "Hola")
        assert (answer["author"], answer["text"], "client_id" in answer) == ("assistant", "You said: Hola", False)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", answer["at"])
        assert set(answer) == {"seq", "author", "text", "choices", "cards", "topics", "sources", "at"}


def test_a_choice_is_its_title_and_a_slash_is_only_text(site: TestClient, rasa: ToldRasa) -> None:
    visitor = Visitor(site)
    choice = visitor.begun["messages"][0]["choices"][0]
    assert visitor.send("a", choice=choice["id"]).status_code == 202
    assert visitor.read_until(3)[1]["text"] == choice["title"]
    assert visitor.send("b", '/affirm{"role":"staff"}').status_code == 202
    visitor.read_until(5)
    assert [text for _, text in rasa.asked] == [choice["title"], '/affirm{"role":"staff"}']
    assert is_problem(visitor.send("c", choice="/affirm"), 422)
    assert is_problem(Visitor(site).send("c", choice=choice["id"]), 422)


def test_what_is_sent_again_counts_once(site: TestClient, rasa: ToldRasa) -> None:
    visitor = Visitor(site)
    assert [visitor.send("a", "Hi").json()["seq"] for _ in range(3)] == [2, 2, 2]
    visitor.read_until(3)
    assert visitor.send("a", "Hi").json() == {"seq": 2}
    assert visitor.send("b", "Bye").json() == {"seq": 4}
    assert len(visitor.read_until(5)) == 5
    assert len(rasa.asked) == 2


def test_nothing_but_its_own_token_opens_a_conversation(site: TestClient) -> None:
    mine, other = Visitor(site), Visitor(site)
    calls: list[Callable[[dict[str, str]], Any]] = [
        lambda headers: site.get(f"{mine.url}/messages", headers=headers),
        lambda headers: site.get(f"{mine.url}/stream", headers=headers),
        lambda headers: site.post(f"{mine.url}/messages", json={"client_id": "a", "text": "x"}, headers=headers),
        lambda headers: site.delete(mine.url, headers=headers),
    ]
    for call in calls:
        for headers in ({}, other.headers, {"Authorization": "Bearer "}, {"Authorization": "Basic eA=="}):
            assert is_problem(call(headers), 401)
    assert len(mine.read(0, 0)["messages"]) == 1
    assert is_problem(site.get("/api/conversations/nobody/messages", headers=mine.headers), 404)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"client_id": "a", "text": "x" * 2001}, "El mensaje es demasiado largo"),
        ({"client_id": "a", "text": " \0 "}, "El mensaje está vacío"),
        ({"client_id": "a"}, "Algo en la solicitud"),
        ({"client_id": "a", "text": "x", "choice": "1-x"}, "Algo en la solicitud"),
        ({"client_id": "", "text": "x"}, "Algo en la solicitud"),
        ({"client_id": "a b", "text": "x"}, "Algo en la solicitud"),
        ({"text": "x"}, "Algo en la solicitud"),
        ({"client_id": "a", "text": "x", "author": "staff"}, "Algo en la solicitud"),
    ],
)
def test_what_is_wrong_is_said_in_the_conversations_language(site: TestClient, body: dict[str, str], detail: str) -> None:
    visitor = Visitor(site, language="es")
    answer = site.post(f"{visitor.url}/messages", json=body, headers=visitor.headers)
    assert is_problem(answer, 422)
    assert answer.json()["detail"].startswith(detail)


def test_the_longest_message_fits(site: TestClient) -> None:
    assert Visitor(site).send("a", "ñ" * 2000).status_code == 202


def test_a_body_that_is_too_large_is_refused_however_it_is_sent(site: TestClient) -> None:
    visitor = Visitor(site)
    url, headers = f"{visitor.url}/messages", {**visitor.headers, "Content-Type": "application/json"}
    assert is_problem(site.post(url, content=b"x" * 20_000, headers=headers), 413)
    assert is_problem(site.post(url, content=iter([b"x" * 9_000] * 3), headers=headers), 413)


def test_an_erased_conversation_is_gone_for_its_person_only(site: TestClient) -> None:
    visitor = Visitor(site, language="es")
    visitor.send("a", "Hola")
    visitor.read_until(3)
    assert site.delete(visitor.url, headers=visitor.headers).status_code == 204
    gone = site.get(f"{visitor.url}/messages", headers=visitor.headers)
    assert is_problem(gone, 410)
    assert is_problem(visitor.send("b", "Hola"), 410)
    assert is_problem(site.delete(visitor.url, headers=visitor.headers), 410)
    assert is_problem(site.get(f"{visitor.url}/messages", headers=Visitor(site).headers), 401)


def test_who_sends_too_much_is_told_when_to_try_again(tmp_path: Path) -> None:
    with open_site(tmp_path, limit_messages="2/minute", limit_conversations="2/minute") as site:
        visitor = Visitor(site)
        answers = [visitor.send(str(number), "x") for number in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 429]
        assert is_problem(answers[2], 429)
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert Visitor(site).send("a", "x").status_code == 202
        assert is_problem(site.post("/api/conversations", json={}), 429)


def test_the_stream_resumes_and_tells_owner_typing_and_the_end(site: TestClient, rasa: ToldRasa) -> None:
    visitor = Visitor(site)
    rasa.holding.add(visitor.begun["id"])
    visitor.send("a", "Hi")
    events: list[tuple[str, Any]] = []
    with site.stream("GET", f"{visitor.url}/stream", headers={**visitor.headers, "Last-Event-ID": "1"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in response.iter_lines():
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                events.append((name, json.loads(value)))
                if name == "typing":
                    rasa.holding.clear()
                elif name == "message" and events[-1][1]["author"] == "assistant":
                    break
    assert [name for name, _ in events] == ["owner", "message", "typing", "message"]
    assert events[0][1] == {"owner": "assistant"}
    assert events[2][1] == {"author": "assistant"}
    assert [data["seq"] for name, data in events if name == "message"] == [2, 3]


def test_the_stream_tells_that_staff_write_and_that_they_stopped(site: TestClient) -> None:
    visitor = Visitor(site)
    app: Any = site.app
    room, this = app.state.room, visitor.begun["id"]
    change_owner(room.database, this, Owner.ASSISTANT, Owner.STAFF, Said(Author.SYSTEM, "Ana joined."))
    room.typing.note(this, Author.STAFF)
    writers = []
    with site.stream("GET", f"{visitor.url}/stream", headers={**visitor.headers, "Last-Event-ID": "2"}) as response:
        for line in response.iter_lines():
            if '"author": ' in line:
                writers.append(json.loads(line.removeprefix("data: "))["author"])
                room.typing.end(this, Author.STAFF)
            if len(writers) == 2:
                break
    assert writers == ["staff", None]


def test_that_a_person_writes_is_taken_from_them_only(site: TestClient) -> None:
    visitor = Visitor(site)
    app: Any = site.app
    typing = app.state.room.typing
    assert is_problem(site.post(f"{visitor.url}/typing", headers={"Authorization": "Bearer other"}), 401)
    assert is_problem(site.post(f"{visitor.url}/typing"), 401)
    assert not typing.is_at(visitor.begun["id"], Author.VISITOR)
    assert site.post(f"{visitor.url}/typing", headers=visitor.headers).status_code == 204
    assert typing.is_at(visitor.begun["id"], Author.VISITOR)


@pytest.mark.parametrize(
    ("origin", "allowed", "status"),
    [
        (None, "", 201),
        ("http://localhost:8080", "", 201),
        ("https://evil.test", "", 403),
        ("https://evil.test", "https://plant.test", 403),
        ("https://plant.test", "https://plant.test", 201),
        ("null", "https://plant.test", 403),
        ("https://any.test", "*", 201),
    ],
)
def test_only_named_websites_may_embed_it(tmp_path: Path, origin: str | None, allowed: str, status: int) -> None:
    with open_site(tmp_path, allowed_origins=allowed) as site:
        answer = site.post("/api/conversations", json={}, headers={"Origin": origin} if origin else {})
        assert answer.status_code == status
        foreign = origin not in (None, "http://localhost:8080")
        assert answer.headers.get("access-control-allow-origin") == (origin if foreign and status == 201 else None)
        ask = {"Origin": origin or "", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        if foreign:
            preflight = site.options("/api/conversations", headers=ask)
            assert preflight.status_code == (204 if status == 201 else 403)
            assert ("Authorization" in preflight.headers.get("access-control-allow-headers", "")) == (status == 201)


def test_every_answer_carries_what_browsers_obey(site: TestClient) -> None:
    for path in ("/plain", "/api/docs", "/nothing", "/health/live", "/api/openapi.json"):
        headers = site.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_asks_another_host_for_anything(site: TestClient) -> None:
    page = site.get("/api/docs").text
    assert "/api/conversations/{conversation_id}/messages" in page
    assert not re.search(r"<script|src=|href=\"http", page)


def test_a_broken_part_is_a_problem_without_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("my secret")

    monkeypatch.setattr("bot.conversation.receive.create_conversation", fail)
    with open_site(tmp_path) as site:
        quiet = TestClient(site.app, base_url="http://localhost:8080", raise_server_exceptions=False)
        answer = quiet.post("/api/conversations", json={})
    assert is_problem(answer, 500)
    assert "secret" not in answer.text


def test_no_log_holds_what_somebody_wrote(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def answer(_: str, text: str) -> list[Reply]:
        raise RuntimeError(text)

    with open_site(tmp_path, ToldRasa(answer)) as site:
        visitor = Visitor(site, page="https://plantedpage.test")
        visitor.send("a", "plantedword 555-123-4567")
        visitor.send("b", "plantedword", choice="plantedchoice")
        while "kind=RuntimeError" not in (said := capfd.readouterr().out):
            pass
    said += "".join(capfd.readouterr())
    assert "planted" not in said
    assert "555" not in said
    assert visitor.begun["token"] not in said

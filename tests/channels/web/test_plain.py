"""The page without JavaScript: the same conversation, in forms that no other site can send."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.channels.web.sites import open_site
from tests.conversation.rooms import ToldRasa


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page))


def begin(site: TestClient, language: str = "es") -> str:
    page = site.post("/plain/begin", data={"language": language})
    assert page.status_code == 200
    return str(page.text)


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [("/plain", "en", "en"), ("/plain", "es-MX", "es"), ("/plain?language=es", "en", "es"), ("/plain?language=xx", "es", "en")],
)
def test_the_first_page_speaks_the_language_that_is_asked_for(
    site: TestClient, address: str, accepted: str, language: str
) -> None:
    page = site.get(address, headers={"accept-language": accepted}).text
    assert f'<html lang="{language}">' in page and "Empezar en español" in page


@pytest.mark.parametrize(("language", "words"), [("en", "Your message"), ("es", "Su mensaje")])
def test_a_conversation_in_forms(site: TestClient, language: str, words: str) -> None:
    page = begin(site, language)
    assert f'<html lang="{language}">' in page
    assert words in page
    said = site.post("/plain", data={**hidden(page), "text": "<b>hi</b>"}).text
    assert "You said: &lt;b&gt;hi&lt;/b&gt;" in said
    choice = re.findall(r'name="choice" value="([^"]+)">Yes<', said)[0]
    assert "You said: Yes" in site.post("/plain", data={**hidden(said), "choice": choice}).text


def test_a_form_sent_twice_counts_once(site: TestClient, rasa: ToldRasa) -> None:
    form = {**hidden(begin(site)), "text": "once"}
    for _ in range(2):
        assert site.post("/plain", data=form).text.count("You said: once") == 1
    assert len(rasa.asked) == 1


def test_the_cookie_is_for_this_page_only(site: TestClient) -> None:
    cookie = site.post("/plain/begin", data={"language": "en"}, follow_redirects=False).headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/plain"} <= set(cookie.split("; "))
    secure = TestClient(site.app, base_url="https://localhost")
    assert "; secure" in secure.post("/plain/begin", follow_redirects=False).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
@pytest.mark.parametrize("path", ["/plain", "/plain/delete", "/plain/begin"])
def test_a_form_of_another_site_does_nothing(tmp_path: Path, rasa: ToldRasa, path: str, headers: dict[str, str]) -> None:
    with open_site(tmp_path, rasa, allowed_origins="*") as site:
        form = {**hidden(begin(site)), "text": "forged"}
        assert site.post(path, data=form, headers=headers).status_code == 403
        assert "forged" not in site.get("/plain").text


@pytest.mark.parametrize("path", ["/plain", "/plain/delete"])
def test_a_form_without_its_proof_does_nothing(site: TestClient, path: str) -> None:
    form = {**hidden(begin(site)), "text": "forged", "proof": "é"}
    assert site.post(path, data=form).status_code == 403
    assert "forged" not in site.get("/plain").text


@pytest.mark.parametrize(("text", "words"), [(" ", "está vacío"), ("x" * 2001, "demasiado largo")])
def test_a_mistake_is_explained_and_what_was_typed_stays(site: TestClient, text: str, words: str) -> None:
    answer = site.post("/plain", data={**hidden(begin(site)), "text": text})
    assert answer.status_code == 422
    assert words in answer.text
    assert f">{text}</textarea>" in answer.text


def test_deleting_ends_it(site: TestClient) -> None:
    page = begin(site)
    gone = site.post("/plain/delete", data=hidden(page))
    assert "Begin in English" in gone.text
    assert "Begin in English" in site.post("/plain", data={**hidden(page), "text": "x"}).text


def test_a_page_that_waits_says_so(site: TestClient, rasa: ToldRasa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.web.plain._ANSWER_SECONDS", 1.0)
    conversation = begin(site)
    held: Any = type("All", (), {"__contains__": lambda self, _: True})()
    rasa.holding = held
    assert "La respuesta está en camino." in site.post("/plain", data={**hidden(conversation), "text": "x"}).text
    rasa.holding = set()

"""Health and figures: true, and the figures for this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.rasa_client import RasaUnavailable
from tests.channels.web.sites import Visitor, open_site


def test_ready_says_what_is_missing(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        assert site.get("/health/live").json() == {"status": "ok"}
        ready = site.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"database": True, "rasa": True, "dead_letters": 0})

        async def unreachable() -> None:
            raise RasaUnavailable("x")

        rasa: Any = site.app.state.rasa  # type: ignore[attr-defined]
        rasa.check = unreachable
        ready = site.get("/health/ready")
        assert (ready.status_code, ready.json()["rasa"]) == (503, False)


def test_the_figures_count(tmp_path: Path) -> None:
    def answered(text: str) -> float:
        return sum(
            float(line.split()[-1]) for line in text.splitlines() if line.startswith('imt_turns_total{outcome="answered"}')
        )

    with open_site(tmp_path) as site:
        before = answered(site.get("/metrics").text)
        visitor = Visitor(site)
        visitor.send("a", "plantedword")
        visitor.read_until(3)
        text = site.get("/metrics").text
    assert answered(text) >= before
    assert "plantedword" not in text
    assert visitor.begun["id"] not in text
    for name in ("imt_stage_seconds", "imt_queue_depth", "imt_outbox_depth", "imt_handoffs", "imt_messages", "imt_declined"):
        assert f"# TYPE {name}" in text


@pytest.mark.parametrize(
    ("address", "headers"), [("203.0.113.9", {}), ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}), ("testclient", {})]
)
def test_the_figures_are_for_this_machine_only(tmp_path: Path, address: str, headers: dict[str, str]) -> None:
    with open_site(tmp_path) as site:
        far = TestClient(site.app, client=(address, 5000))
        assert far.get("/metrics", headers=headers).status_code == 404

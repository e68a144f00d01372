"""The interface is as OpenAPI describes it, whatever is sent: schemathesis against the real server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.store.database import upgrade_database
from tests import fake_rasa
from tests.channels.web.processes import Process, gateway, running
from tests.test_run import free_port


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder, port = tmp_path_factory.mktemp("schema"), free_port()
    url = f"sqlite:///{folder / 'imt.db'}"
    upgrade_database(url)
    rasa = Process([sys.executable, str(Path(fake_rasa.__file__)), str(port)], {}, f"http://127.0.0.1:{port}/")
    website = gateway(url, f"sqlite:///{folder / 'tracker.db'}", port, port)
    with running(rasa, website):
        base = website.address.removesuffix("/health/live")
        begun = httpx.post(f"{base}/api/conversations", json={}, trust_env=False).json()
        Known.id, Known.token = begun["id"], begun["token"]
        yield schemathesis.openapi.from_url(f"{base}/api/openapi.json")


class Known:
    """A conversation that exists, so that not every call ends at its door."""

    id = token = ""


def test_every_answer_is_one_that_is_described(schema: Any) -> None:
    operations = [result.ok() for result in schema.get_all_operations()]
    assert {operation.path for operation in operations} >= {"/api/conversations", "/api/conversations/{conversation_id}/messages"}
    for operation in operations:
        _try(operation)


def _try(operation: Any) -> None:
    """Many calls, right and wrong ones."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        if case.method in ("GET", "POST") and "conversation_id" in case.path_parameters and "stream" not in case.path:
            case.path_parameters["conversation_id"] = Known.id
            case.headers["Authorization"] = f"Bearer {Known.token}"
        if "wait" in case.query:
            case.query["wait"] = 0
        case.call_and_validate(excluded_checks=[positive_data_acceptance])  # a choice that does not exist is refused

    check()

"""Rasa without TensorFlow and matplotlib trains and answers, and is quiet; who asks for what needs them is told so."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Iterator, List, Set
from urllib.error import URLError

import pytest

pytest.importorskip("rasa", reason="Rasa lives in .venv-rasa")

ROOT = Path(__file__).resolve().parents[2]
_RASA = [sys.executable, "-X", "importtime", "-m", "bot.nlu.serve"]
_LEFT_OUT = {"tensorflow", "keras", "jax", "matplotlib"}
_CONFIG = """
recipe: default.v1
assistant_id: test
language: en
pipeline:
- name: WhitespaceTokenizer
- name: {classifier}
policies:
- name: RulePolicy
"""
_DOMAIN = """
version: "3.1"
intents: [greet]
responses:
  utter_greet: [{text: Good day to you}]
"""
_DATA = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - good day
rules:
- rule: greet
  steps:
  - intent: greet
  - action: utter_greet
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny assistant, trained without TensorFlow."""
    folder = tmp_path_factory.mktemp("project")
    _write_project(folder, "KeywordIntentClassifier")
    trained = _train(folder)
    assert trained.returncode == 0, trained.stdout
    assert _imported(trained.stderr).isdisjoint(_LEFT_OUT)
    return folder


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    """Where that assistant answers; its log is serve.log in its folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with (project / "serve.log").open("w") as log:
        command = [*_RASA, "run", "-i", "127.0.0.1", "-p", port]
        process = subprocess.Popen(command, cwd=project, env=_environment(), stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_a_message_is_answered_without_tensorflow(project: Path, address: str) -> None:
    body = json.dumps({"sender": "somebody", "message": "hello"}).encode()
    request = urllib.request.Request(f"{address}/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert [message["text"] for message in json.load(answer)] == ["Good day to you"]
    log = (project / "serve.log").read_text(encoding="utf-8")
    assert "rasa.core.agent" in _imported(log)
    assert _imported(log).isdisjoint(_LEFT_OUT)
    assert "DeprecationWarning" not in log


@pytest.mark.parametrize("classifier", ["DIETClassifier", "rasa.nlu.classifiers.diet_classifier.DIETClassifier"])
def test_training_a_component_that_needs_tensorflow_says_what_to_do(tmp_path: Path, classifier: str) -> None:
    _write_project(tmp_path, classifier)
    trained = _train(tmp_path)
    assert trained.returncode != 0
    assert "DIETClassifier needs TensorFlow" in trained.stdout + trained.stderr
    assert not list(tmp_path.glob("models/*"))


@pytest.mark.parametrize(
    "component",
    [
        "rasa.nlu.classifiers.diet_classifier.DIETClassifier",
        "rasa.nlu.selectors.response_selector.ResponseSelector",
        "rasa.core.policies.ted_policy.TEDPolicy",
    ],
)
def test_loading_a_component_that_needs_tensorflow_says_what_to_do(component: str) -> None:
    """As Rasa loads the components of a model that was trained elsewhere."""
    lines = [
        "from bot.nlu.serve import leave_out_unused",
        "leave_out_unused()",
        "from rasa.shared.utils.common import class_from_module_path",
        f"class_from_module_path('{component}').load({{}}, None, None, None)",
    ]
    loaded = _run([sys.executable, "-W", "ignore", "-c", "\n".join(lines)], ROOT)
    name = component.rpartition(".")[2]
    assert f"RasaException: {name} needs TensorFlow" in loaded.stderr


def test_a_picture_that_needs_matplotlib_says_what_to_do() -> None:
    lines = [
        "from bot.nlu.serve import leave_out_unused",
        "leave_out_unused()",
        "import rasa.nlu.test",
        "rasa.nlu.test.plot_utils.plot_paired_histogram([[1], [2]], 'title', 'file.png')",
    ]
    drawn = _run([sys.executable, "-W", "ignore", "-c", "\n".join(lines)], ROOT)
    assert "RasaException: plot_paired_histogram needs matplotlib" in drawn.stderr


def test_deprecations_of_libraries_are_not_shown_and_other_warnings_are() -> None:
    lines = [
        "import warnings, bot.nlu",
        "from bot.nlu.serve import tell_no_deprecations",
        "tell_no_deprecations()",
        "warnings.simplefilter('always')",
        "ours = bot.nlu.__path__[0] + '/topics.py'",
        "warnings.warn_explicit('library', DeprecationWarning, '/site-packages/sanic/app.py', 1)",
        "warnings.warn_explicit('ours', DeprecationWarning, ours, 1)",
        "warnings.warn_explicit('other', UserWarning, '/site-packages/sanic/app.py', 1)",
    ]
    told = _run([sys.executable, "-c", "\n".join(lines)], ROOT)
    assert re.findall(r"Warning: (\w+)", told.stderr) == ["ours", "other"], told.stderr


def test_answers_of_the_action_server_are_checked_as_before_and_their_schema_once() -> None:
    lines = [
        "from unittest import mock",
        "import jsonschema",
        "from bot.nlu.serve import check_schemas_once, leave_out_unused",
        "leave_out_unused()",
        "check = mock.Mock(wraps=jsonschema.Draft202012Validator.check_schema)",
        "jsonschema.Draft202012Validator.check_schema = check",
        "check_schemas_once()",
        "from rasa.core.actions.action import RemoteAction",
        "action = RemoteAction('any', None)",
        "for _ in range(3):",
        "    assert action._validate_action_result({'events': [], 'responses': [{'text': 'hello'}]})",
        "    try:",
        "        action._validate_action_result({'events': 'none', 'responses': []})",
        "    except jsonschema.ValidationError as error:",
        "        print(error.message[:13])",
        "for _ in range(2):",
        "    try:",
        "        jsonschema.validate({}, {'type': 'nothing of the kind'})",
        "    except jsonschema.SchemaError:",
        "        print('schema')",
        "print(check.call_count)",
    ]
    checked = _run([sys.executable, "-W", "ignore", "-c", "\n".join(lines)], ROOT)
    assert checked.stdout.split("\n")[:-1] == [*["'none' is not"] * 3, "schema", "schema", "3"], checked.stderr


def test_it_is_too_late_once_tensorflow_is_there() -> None:
    lines = [
        "import sys, types",
        "sys.modules['rasa.core.policies.ted_policy'] = types.ModuleType('ted_policy')",
        "from bot.nlu.serve import leave_out_unused",
        "leave_out_unused()",
    ]
    late = _run([sys.executable, "-c", "\n".join(lines)], ROOT)
    assert "too late to leave out what is not used: rasa.core.policies.ted_policy" in late.stderr


def _write_project(folder: Path, classifier: str) -> None:
    for name, content in {
        "config.yml": _CONFIG.format(classifier=classifier),
        "domain.yml": _DOMAIN,
        "data/data.yml": _DATA,
        "credentials.yml": "rest:\n",
        "endpoints.yml": "",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _train(folder: Path) -> "subprocess.CompletedProcess[str]":
    return _run([*_RASA, "train", "--force"], folder)


def _run(command: List[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=300)


def _environment() -> "dict[str, str]":
    ours = {
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "RASA_MAX_CACHE_SIZE": "0",
    }
    return {**os.environ, **ours}


def _imported(log: str) -> Set[str]:
    """The modules that -X importtime reported."""
    return set(re.findall(r"^import time:.*\| +([\w.]+)$", log, re.MULTILINE))


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("Rasa did not start")


def test_sentences_are_understood_on_one_thread_unless_somebody_says_otherwise() -> None:
    lines = ["from bot.nlu.serve import compute_on_one_thread", "compute_on_one_thread()", "import numpy", "import threadpoolctl"]
    lines.append("print(*{pool['num_threads'] for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas'})")
    for said, threads in ({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2"):
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | said
        told = subprocess.run(
            [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert told.stdout.split() == [threads]

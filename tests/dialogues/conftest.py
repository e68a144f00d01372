"""The running assistant that every dialogue is played with: started once, for all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from bot.settings import ROOT
from bot.training import MODEL
from tests.dialogues.stack import Stack, StackError

_NO_MODEL = f"There is no trained model at {MODEL}: run `make train`."


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Rasa and the action server on free ports, with the partners of the seed. Its folder with the logs is kept by pytest."""
    if not (ROOT / MODEL).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(_NO_MODEL)
    running = Stack(tmp_path_factory.mktemp("assistant"))
    try:
        running.start()
        yield running
    except StackError as error:
        pytest.fail(str(error))
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def _logs_on_failure(request: pytest.FixtureRequest, stack: Stack) -> Iterator[None]:
    """After a test that failed, what the two processes logged while it ran."""
    before, failed = stack.log_sizes(), request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        print(f"--- logs, in {stack.folder}\n{stack.logged_since(before)[-4000:]}", file=sys.stderr)

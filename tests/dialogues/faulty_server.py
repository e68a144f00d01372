"""The action server as it is, but that it fails on request: the tests write how into the file that FAULT_FILE names.

`raise` in it makes every action raise; `ACTION` only that one; `database` makes every statement to the database fail.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.__main__ import main

_FAULT = Path(os.environ["FAULT_FILE"])
_register = ActionExecutor.register_action


class PlantedFaultError(Exception):
    """What the tests asked for."""


def _fault() -> str:
    try:
        return _FAULT.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _register_faulty(executor: ActionExecutor, action: Any) -> None:
    _register(executor, action)
    name, run = action.name(), executor.actions[action.name()]

    def run_or_fail(*arguments: Any) -> Any:
        if _fault() in ("raise", name):
            raise PlantedFaultError
        return run(*arguments)

    executor.actions[name] = run_or_fail


def _fail_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if _fault() == "database":
        raise OperationalError(statement, None, PlantedFaultError("the database does not answer"))


if __name__ == "__main__":
    ActionExecutor.register_action = _register_faulty
    event.listen(Engine, "before_cursor_execute", _fail_statement)
    sys.exit(main(["actions"]))

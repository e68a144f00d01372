"""Takes people's words out of what Rasa logs.

Responsible for one line of Rasa's log at a time. Must not know where lines come from or go.

Rasa (rasa/utils/log_utils.py, 3.6.21) writes a JSON object a line: the event, whatever the caller added (`text`, `user_text`,
`slot_values` …) and, with an error, the local variables of each function. All of these may hold what somebody wrote.
"""

from __future__ import annotations

import json
from typing import Any

_KEPT = ("level", "event", "event_info", "timestamp", "filename", "url", "model_id", "model_path")
_PLACES = 3


def clean_line(line: str) -> str:
    """The line without anything that may be a person's; lines that are no JSON object pass as they are."""
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return "(a line that could not be read was left out)"
    kept = [str(entry[key]) for key in _KEPT if key in entry]
    return " ".join([*kept, *_errors(entry.get("exception"))])


def _errors(errors: Any) -> list[str]:
    """The kinds of error and the last places that they passed; never their messages."""
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return [f"[{error.get('exc_type')} at {_places(error.get('frames') or [])}]" for error in found]


def _places(frames: list[dict[str, Any]]) -> str:
    return " < ".join(f"{frame.get('filename')}:{frame.get('lineno')}" for frame in reversed(frames[-_PLACES:]))

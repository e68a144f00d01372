"""What people have on their phones: the messages of each chat with what hangs on them, and what may be done to them.

Responsible for the limits of Telegram and for showing a chat as text. Must not know how it is asked.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

LONGEST_TEXT = 4096
LONGEST_DATA = 64


class Screens:
    """The chats of one bot. A message is as the Bot API has it; `shown` gives a chat as a person sees it."""

    def __init__(self, bot: dict[str, Any]) -> None:
        self.bot = bot
        self.chats: dict[int, list[dict[str, Any]]] = {}
        self.keyboards: dict[int, dict[str, Any] | None] = {}
        self.blocked: set[int] = set()
        self.left: set[int] = set()
        self.toasts: list[tuple[str, str | None]] = []
        self.numbers = itertools.count(1)

    # The bot's side

    def require_open(self, chat_id: int) -> None:
        if chat_id in self.blocked:
            raise _refused(403, "Forbidden: bot was blocked by the user")
        if chat_id not in self.chats:
            raise _refused(400, "Bad Request: chat not found")

    def show(self, parameters: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        """A message of the bot's, if it may be one."""
        chat_id, markup = parameters["chat_id"], parameters.get("reply_markup")
        self.require_open(chat_id)
        _require_text(content)
        _require_markup(markup)
        message = {
            "message_id": next(self.numbers),
            "from": self.bot,
            "chat": self._chat(chat_id),
            "date": int(time.time()),
            **content,
        }
        message["_markup"] = markup
        message["_preview"] = not (parameters.get("link_preview_options") or {}).get("is_disabled")
        if markup and "keyboard" in markup:
            self.keyboards[chat_id] = markup
        elif markup and "remove_keyboard" in markup:
            self.keyboards[chat_id] = None
        self.chats[chat_id].append(message)
        return public(message)

    def edit_markup(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """As Telegram has it: of the bot's own messages with buttons or with nothing, and only to something else."""
        chat_id, markup = parameters["chat_id"], parameters.get("reply_markup")
        self.require_open(chat_id)
        message = next((one for one in self.chats[chat_id] if one["message_id"] == parameters["message_id"]), None)
        if message is None:
            raise _refused(400, "Bad Request: message to edit not found")
        before = message.get("_markup")
        if message["from"] != self.bot or (before and "inline_keyboard" not in before):
            raise _refused(400, "Bad Request: message can't be edited")
        if (before or None) == (markup or None):
            raise _refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message",
            )
        _require_markup(markup)
        message["_markup"] = markup
        return public(message)

    def end_spinner(self, query_id: str, text: str | None) -> None:
        self.toasts.append((query_id, text))

    # The person's side

    def add(self, chat_id: int, message: dict[str, Any]) -> dict[str, Any]:
        self.chats.setdefault(chat_id, []).append(message)
        return message

    def _chat(self, chat_id: int) -> dict[str, Any]:
        return {"id": chat_id, "type": "private" if chat_id > 0 else "group"}

    def texts(self, chat_id: int) -> list[str]:
        """What the bot said."""
        return [one["text"] for one in self.chats.get(chat_id, []) if one["from"] == self.bot and "text" in one]

    def buttons(self, chat_id: int) -> list[list[dict[str, Any]]]:
        """The rows of the newest message that has any."""
        rows = [(one.get("_markup") or {}).get("inline_keyboard") for one in self.chats.get(chat_id, [])]
        return next((found for found in reversed(rows) if found), [])

    def shown(self, chat_id: int) -> str:
        """The chat as its person sees it."""
        return "\n\n".join(_lines(message, self.bot) for message in self.chats.get(chat_id, []))


def public(message: dict[str, Any]) -> dict[str, Any]:
    """As the Bot API gives it to the bot: of the markup only buttons."""
    shown = {name: value for name, value in message.items() if not name.startswith("_")}
    markup = message.get("_markup")
    return {**shown, "reply_markup": markup} if markup and "inline_keyboard" in markup else shown


def _require_text(content: dict[str, Any]) -> None:
    if "text" not in content:
        return
    if not content["text"].strip():
        raise _refused(400, "Bad Request: message text is empty")
    if len(content["text"].encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise _refused(400, "Bad Request: message is too long")


def _require_markup(markup: dict[str, Any] | None) -> None:
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not button.get("text") or not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
                raise _refused(400, "Bad Request: BUTTON_DATA_INVALID")


def _refused(status: int, description: str) -> Exception:
    from tests.channels.telegram.emulator import ApiError

    return ApiError(status, description)


def _lines(message: dict[str, Any], bot: dict[str, Any]) -> str:
    if message["from"] != bot:
        return "\n".join(f"> {line}" for line in _content(message).splitlines())
    markup = message.get("_markup") or {}
    rows = [f"  [ {button['text']} ]" for row in markup.get("inline_keyboard", []) for button in row]
    keys = [f"  ⌨ [ {key if isinstance(key, str) else key['text']} ]" for row in markup.get("keyboard", []) for key in row]
    return "\n".join([_content(message), *rows, *keys])


def _content(message: dict[str, Any]) -> str:
    if "text" in message:
        return str(message["text"])
    if "venue" in message:
        venue = message["venue"]
        return f"🗺 {venue['title']}\n   {venue['address']}"
    if "location" in message:
        return "📍 (location)"
    if "contact" in message:
        return "📱 (contact)"
    return f"({next(name for name in message if name not in ('message_id', 'from', 'chat', 'date'))})"

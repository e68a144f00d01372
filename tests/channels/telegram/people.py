"""People in Telegram: what they write, press, share and send, as the Bot API tells it to a bot."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from tests.channels.telegram.emulator import Emulator
from tests.channels.telegram.screens import public

_PATIENCE = 60.0
_queries = itertools.count(1)


class Person:
    """One person in a private chat with the bot."""

    def __init__(self, emulator: Emulator, chat_id: int, language: str | None = "en", name: str = "Zzyzxa") -> None:
        self.emulator, self.chat_id, self.language, self.name = emulator, chat_id, language, name
        emulator.screens.chats.setdefault(chat_id, [])

    # What they do

    def say(self, text: str, **more: Any) -> int:
        if text.startswith("/"):
            more["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.send(text=text, **more)

    def send(self, **content: Any) -> int:
        """Any kind of message: the fields as the Bot API names them. Gives the update's id."""
        return self.emulator.add(message=self.message(**content))

    def message(self, **content: Any) -> dict[str, Any]:
        head = {"message_id": next(self.emulator.screens.numbers), "from": self.user, "chat": self.chat, "date": int(time.time())}
        return self.emulator.screens.add(self.chat_id, {**head, **content})

    def press(self, title: str) -> int:
        """The newest button of that title."""
        for message in reversed(self.emulator.screens.chats[self.chat_id]):
            for row in (message.get("_markup") or {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == title:
                        return self.press_data(public(message), button["callback_data"])
        raise AssertionError(f"no button “{title}” on:\n{self.screen}")

    def press_data(self, message: dict[str, Any], data: str) -> int:
        query = {"id": str(next(_queries)), "from": self.user, "message": message, "chat_instance": "1", "data": data}
        return self.emulator.add(callback_query=query)

    def share_location(self, latitude: float, longitude: float, **more: Any) -> int:
        return self.send(location={"latitude": latitude, "longitude": longitude, **more})

    def share_contact(self, phone: str, user_id: int | None = None) -> int:
        return self.send(contact={"phone_number": phone, "first_name": self.name, "user_id": user_id or self.chat_id})

    def block(self) -> int:
        self.emulator.screens.blocked.add(self.chat_id)
        return self._member("member", "kicked")

    def unblock(self) -> int:
        self.emulator.screens.blocked.discard(self.chat_id)
        return self._member("kicked", "member")

    def _member(self, before: str, after: str) -> int:
        states = {
            "member": {"user": self.emulator.screens.bot, "status": "member"},
            "kicked": {"user": self.emulator.screens.bot, "status": "kicked", "until_date": 0},
        }
        change = {"chat": self.chat, "from": self.user, "date": int(time.time())}
        return self.emulator.add(my_chat_member={**change, "old_chat_member": states[before], "new_chat_member": states[after]})

    # What they see

    @property
    def user(self) -> dict[str, Any]:
        user = {"id": self.chat_id, "is_bot": False, "first_name": self.name, "username": f"user_{self.name}"}
        return {**user, "language_code": self.language} if self.language else user

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.chat_id, "type": "private", "first_name": self.name}

    @property
    def texts(self) -> list[str]:
        return self.emulator.screens.texts(self.chat_id)

    @property
    def titles(self) -> list[str]:
        return [button["text"] for row in self.emulator.screens.buttons(self.chat_id) for button in row]

    @property
    def keyboard(self) -> list[Any]:
        """The keys of the native keyboard."""
        return [key for row in (self.emulator.screens.keyboards.get(self.chat_id) or {}).get("keyboard", []) for key in row]

    @property
    def screen(self) -> str:
        return self.emulator.screens.shown(self.chat_id)

    def wait(self, count: int) -> list[str]:
        """What the bot said, as soon as it said so much."""
        until(lambda: len(self.texts) >= count, lambda: self.screen)
        return self.texts


def until(holds: Callable[[], object], tell: Callable[[], object] = lambda: "", seconds: float = _PATIENCE) -> None:
    """Wait until something holds; fails where it never does, and tells."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.01)

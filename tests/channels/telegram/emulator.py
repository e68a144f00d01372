"""A Bot API as Telegram's servers behave, on a real socket: for tests that talk to it through python-telegram-bot.

Responsible for the rules that bots trip over: offsets and repeats, one poller at a time, webhooks with their secret, the limits
of texts and buttons, what may be edited, who blocked the bot, floods. What it does wrong on purpose is told by `fail`. One
counter numbers the messages of all private chats of the bot, as at Telegram's.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.channels.telegram.screens import Screens

TOKEN = "4242424242:AAEmulatedTokenOfThirtyFiveCharacters"
BOT = {"id": 4242424242, "is_bot": True, "first_name": "IMT", "username": "imt_test_bot"}
Parameters = dict[str, Any]


class ApiError(Exception):
    """An error as the Bot API says it."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass
class Fault:
    """What goes wrong at the next call of a method: an error, or (`lost`) an answer that never comes although it was done."""

    method: str
    error: ApiError | None
    lost: bool = False


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    errors: list[int] = field(default_factory=list)


class Emulator:
    """The state of one bot; methods may be called from any thread."""

    def __init__(self) -> None:
        self.url = ""
        self.screens = Screens(BOT)
        self.updates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, Parameters]] = []
        self.faults: list[Fault] = []
        self.webhook = Webhook()
        self.files: dict[str, bytes] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.answer_seconds = 0.0
        self.conflicts = 0
        self._next_update = 700_000_000
        self._poll = 0
        self._lock = threading.RLock()

    # What people do

    def add(self, **content: Any) -> int:
        """An update for the bot; its id."""
        with self._lock:
            self._next_update += 1
            self.updates.append({"update_id": self._next_update, **content})
            return self._next_update

    def fail(self, method: str, status: int = 0, description: str = "", lost: bool = False, **parameters: int) -> None:
        """The next call of a method fails."""
        self.faults.append(Fault(method, ApiError(status, description, **parameters) if status else None, lost))

    def called(self, method: str) -> list[Parameters]:
        return [parameters for name, parameters in self.calls if name == method]

    # What the bot asks

    async def answer(self, request: Request) -> Response:
        parameters = _read(dict(await request.form()))
        if request.path_params["token"] != TOKEN:
            return _error(ApiError(401, "Unauthorized"))
        name = request.path_params["method"]
        self.calls.append((name, parameters))
        fault = next((fault for fault in self.faults if fault.method == name), None)
        try:
            if fault:
                self.faults.remove(fault)
            if fault and fault.error:
                raise fault.error
            method: Callable[..., Any] | None = getattr(self, f"_{name}", None)
            if method is None:
                raise ApiError(404, "Not Found")
            result = method(parameters, request) if name == "getUpdates" else method(parameters)
            result = await result if asyncio.iscoroutine(result) else result
        except ApiError as error:
            return _error(error)
        if fault and fault.lost:
            while not await request.is_disconnected():
                await asyncio.sleep(0.02)
        await asyncio.sleep(self.answer_seconds if name.startswith("send") else 0)
        return JSONResponse({"ok": True, "result": result})

    def _getMe(self, _: Parameters) -> Any:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _getUpdates(self, parameters: Parameters, request: Request) -> Any:
        if self.webhook.url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        self._poll += 1
        mine, deadline = self._poll, time.monotonic() + float(parameters.get("timeout", 0))
        with self._lock:
            self.updates = [update for update in self.updates if update["update_id"] >= int(parameters.get("offset", 0))]
        while not self.updates and time.monotonic() < deadline and not await request.is_disconnected():
            await asyncio.sleep(0.01)
            if mine != self._poll:
                self.conflicts += 1
                raise ApiError(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                )
        return list(self.updates[:100])

    def _setWebhook(self, parameters: Parameters) -> Any:
        if not str(parameters["url"]).startswith("http"):
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = Webhook(str(parameters["url"]), str(parameters.get("secret_token", "")))
        return True

    def _deleteWebhook(self, parameters: Parameters) -> Any:
        assert not parameters.get("drop_pending_updates"), "what people wrote meanwhile would be lost"
        self.webhook = Webhook()
        return True

    def _getWebhookInfo(self, _: Parameters) -> Any:
        return {"url": self.webhook.url, "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    def _setMyCommands(self, parameters: Parameters) -> Any:
        for command in parameters["commands"]:
            assert 1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256
        self.commands[parameters.get("language_code", "")] = parameters["commands"]
        return True

    def _getMyCommands(self, parameters: Parameters) -> Any:
        return self.commands.get(parameters.get("language_code", ""), [])

    def _sendChatAction(self, parameters: Parameters) -> Any:
        self.screens.require_open(parameters["chat_id"])
        return True

    def _sendMessage(self, parameters: Parameters) -> Any:
        return self.screens.show(parameters, {"text": parameters.get("text", ""), "entities": parameters.get("entities", [])})

    def _sendVenue(self, parameters: Parameters) -> Any:
        place = {"latitude": float(parameters["latitude"]), "longitude": float(parameters["longitude"])}
        return self.screens.show(
            parameters, {"venue": {"location": place, "title": parameters["title"], "address": parameters["address"]}}
        )

    def _sendLocation(self, parameters: Parameters) -> Any:
        place = {"latitude": float(parameters["latitude"]), "longitude": float(parameters["longitude"])}
        return self.screens.show(parameters, {"location": place})

    def _editMessageReplyMarkup(self, parameters: Parameters) -> Any:
        return self.screens.edit_markup(parameters)

    def _answerCallbackQuery(self, parameters: Parameters) -> Any:
        self.screens.end_spinner(parameters["callback_query_id"], parameters.get("text"))
        return True

    def _getFile(self, parameters: Parameters) -> Any:
        if parameters["file_id"] not in self.files:
            raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": parameters["file_id"], "file_unique_id": "u", "file_path": f"files/{parameters['file_id']}"}

    async def download(self, request: Request) -> Response:
        content = self.files.get(request.path_params["file_id"])
        known = request.path_params["token"] == TOKEN and content is not None
        return Response(content, media_type="application/octet-stream") if known else Response(status_code=404)

    def _leaveChat(self, parameters: Parameters) -> Any:
        self.screens.left.add(parameters["chat_id"])
        return True

    # The webhook

    async def deliver(self) -> None:
        """Send what is pending to the webhook, each until it is taken."""
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            while True:
                if self.webhook.url and self.updates and await self._push(http, self.updates[0]):
                    with self._lock:
                        self.updates.pop(0)
                else:
                    await asyncio.sleep(0.02)

    async def _push(self, http: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.secret}
        try:
            response = await http.post(self.webhook.url, json=update, headers=headers)
        except httpx.HTTPError:
            return False
        if not response.is_success:
            self.webhook.errors.append(response.status_code)
        return response.is_success


def _read(form: dict[str, Any]) -> Parameters:
    """The form's values, as what they are: JSON where it is JSON."""
    return {name: _value(name, value) for name, value in form.items()}


def _value(name: str, value: str) -> Any:
    if name in ("text", "title", "address", "callback_query_id", "secret_token", "url", "language_code"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _error(error: ApiError) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    return JSONResponse({**body, "parameters": error.parameters} if error.parameters else body, error.status)


@contextmanager
def serving(emulator: Emulator | None = None) -> Iterator[Emulator]:
    """The emulator on a free port of this machine while the block lasts."""
    emulator = emulator or Emulator()
    method = Route("/bot{token}/{method}", emulator.answer, methods=["GET", "POST"])
    app = Starlette(routes=[Route("/file/bot{token}/files/{file_id}", emulator.download), method])
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, ws="none", log_level="error", access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=_serve, args=(server, emulator), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    emulator.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield emulator
    finally:
        server.should_exit = True
        thread.join()


def _serve(server: uvicorn.Server, emulator: Emulator) -> None:
    async def run() -> None:
        pushing = asyncio.create_task(emulator.deliver())
        await server.serve()
        pushing.cancel()
        await asyncio.gather(pushing, return_exceptions=True)

    asyncio.run(run())

"""A small server of the contract between gateway and widget, with faults to order.

Responsible for behaving as the gateway does towards the widget, and for pages that embed it. Must not know the assistant:
it answers by a word in the message (`REPLIES`).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.channels.widget.replies import GREETING, reply_to

FILES = Path(__file__).resolve().parents[3] / "bot" / "channels" / "widget"
DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "require-trusted-types-for 'script'"
)


@dataclass
class Talk:
    """One conversation."""

    id: str
    token: str
    language: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    streamed: bool = False
    owner: str = "assistant"
    deleted: bool = False

    def add(self, author: str, text: str, **more: Any) -> dict[str, Any]:
        message = {"choices": [], "cards": [], "topics": [], "sources": [], **more}
        message |= {"seq": len(self.messages) + 1, "author": author, "text": text}
        message.setdefault("at", datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
        self.messages.append(message)
        return message


@dataclass
class Stub:
    """The server's state, and what tests order: `refuse` makes the next calls fail, `stream` says how the stream behaves."""

    talks: dict[str, Talk] = field(default_factory=dict)
    stream: str = "ok"  # ok, missing, silent, short (ends after each message) or gappy (leaves out what visitors say)
    muted: int = 0  # streams opened before this was raised say nothing any more
    refuse: list[int] = field(default_factory=list)
    delay: float = 0.1
    accept_delay: float = 0.0
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    port: int = 0
    host_url: str = ""

    @property
    def talk(self) -> Talk:
        """The conversation that was begun last."""
        return list(self.talks.values())[-1]

    def said(self) -> list[str]:
        """What visitors wrote in the last conversation."""
        return [message["text"] for message in self.talk.messages if message["author"] == "visitor"]

    def asked(self, method: str, ending: str) -> list[str]:
        """The Last-Event-ID of each request of this kind."""
        return [last for verb, path, last in self.requests if verb == method and path.endswith(ending)]


class RefusedError(Exception):
    """A refusal with its status."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail


def make_app(stub: Stub) -> Starlette:
    """The application on the stub's state."""

    def find(request: Request) -> Talk:
        stub.requests.append((request.method, request.url.path, request.headers.get("last-event-id", "")))
        talk = stub.talks.get(request.path_params["id"])
        if talk is None:
            raise RefusedError(404, "Unknown conversation.")
        if talk.deleted:
            raise RefusedError(410, "This conversation was deleted.")
        if request.headers.get("authorization") != f"Bearer {talk.token}":
            raise RefusedError(401, "Wrong token.")
        return talk

    async def create(request: Request) -> Response:
        body = await request.json()
        talk = Talk(secrets.token_urlsafe(12), secrets.token_urlsafe(24), body.get("language") or "en")
        stub.talks[talk.id] = talk
        talk.add("assistant", **GREETING[talk.language])
        return JSONResponse({"id": talk.id, "token": talk.token, "messages": talk.messages, "owner": talk.owner}, 201)

    async def post(request: Request) -> Response:
        talk = find(request)
        if stub.refuse:
            raise RefusedError(stub.refuse.pop(0), "Not now, please.")
        body = await request.json()
        await asyncio.sleep(stub.accept_delay)
        known = next((m for m in talk.messages if m.get("client_id") == body["client_id"]), None)
        if known is None:
            text = body.get("text") or _title(talk, body["choice"])
            if len(text) > 2000:
                raise RefusedError(422, "Too long.")
            known = talk.add("visitor", text, client_id=body["client_id"])
            asyncio.get_running_loop().create_task(_answer(talk, text))
        return JSONResponse({"seq": known["seq"]}, 202)

    async def _answer(talk: Talk, text: str) -> None:
        if talk.owner != "assistant":
            return
        talk.events.append(("typing", {"author": "assistant"}))
        await asyncio.sleep(stub.delay)
        talk.add("assistant", **reply_to(text, talk))

    async def listed(request: Request) -> Response:
        talk = find(request)
        after, until = (
            int(request.query_params.get("after", 0)),
            time.monotonic() + min(float(request.query_params.get("wait", 0)), 25),
        )
        while len(talk.messages) <= after and time.monotonic() < until and not talk.deleted:
            await asyncio.sleep(0.03)
        return JSONResponse({"messages": talk.messages[after:], "owner": talk.owner})

    async def stream(request: Request) -> Response:
        talk = find(request)
        if stub.stream == "missing":
            raise RefusedError(501, "No stream here.")
        return StreamingResponse(_events(talk, int(request.headers.get("last-event-id") or 0)), media_type="text/event-stream")

    async def _events(talk: Talk, seq: int) -> AsyncIterator[str]:
        # The first stream tells what happened while it was being opened.
        at, muted = len(talk.events) if talk.streamed else 0, stub.muted
        talk.streamed = True
        yield ": hello\n\n"
        while stub.stream != "missing":
            await asyncio.sleep(0.02)
            if stub.stream == "silent" or muted < stub.muted:
                continue
            for name, data in talk.events[at:]:
                yield f"event: {name}\ndata: {json.dumps(data)}\n\n"
            at = len(talk.events)
            if talk.deleted:
                yield "event: deleted\ndata: {}\n\n"
                return
            for message in talk.messages[seq:]:
                if stub.stream == "gappy" and message["author"] == "visitor":
                    continue
                yield f"id: {message['seq']}\nevent: message\ndata: {json.dumps(message)}\n\n"
                seq = message["seq"]
                if stub.stream == "short":
                    return

    async def delete(request: Request) -> Response:
        find(request).deleted = True
        return Response(status_code=204)

    async def typing(request: Request) -> Response:
        find(request)
        return Response(status_code=204)

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefusedError)
        problem = {"type": "about:blank", "title": "Problem", "status": error.status, "detail": error.detail}
        headers = {"Retry-After": "1"} if error.status == 429 else {}
        return JSONResponse(problem, error.status, headers, media_type="application/problem+json")

    async def page(request: Request) -> Response:
        """A website that embeds the widget from another origin, with the strictest policy under which it can."""
        query = request.query_params
        attributes = " ".join(f'data-{name}="{value}"' for name, value in query.items() if name not in ("lang", "policy"))
        html = f"""<!doctype html><html lang="{query.get("lang", "en")}"><meta charset="utf-8"><title>A factory</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <main><h1>A factory</h1><p><a href="/page/two">Second page</a>
            <button id="own" data-imt-open="What does it cost?">Ask</button></p></main>
            <script src="{stub.url}/widget.js" async {attributes}></script></html>"""
        policy = f"default-src 'none'; script-src {stub.url}; connect-src {stub.url}; require-trusted-types-for 'script'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def home(request: Request) -> Response:
        return FileResponse(FILES / "demo.html", headers={"Content-Security-Policy": DEMO_POLICY})

    return Starlette(
        routes=[
            Route("/api/conversations", create, methods=["POST"]),
            Route("/api/conversations/{id}/messages", post, methods=["POST"]),
            Route("/api/conversations/{id}/messages", listed),
            Route("/api/conversations/{id}/typing", typing, methods=["POST"]),
            Route("/api/conversations/{id}/stream", stream),
            Route("/api/conversations/{id}", delete, methods=["DELETE"]),
            Route("/widget.js", lambda request: FileResponse(FILES / "widget.js")),
            Mount("/widget", StaticFiles(directory=FILES)),
            Route("/page/{name}", page),
            Route("/", home),
            Route("/plain", lambda request: HTMLResponse("<title>Plain</title>")),
        ],
        exception_handlers={RefusedError: refuse},
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["authorization", "content-type", "last-event-id"],
                expose_headers=["retry-after"],
            )
        ],
    )


def _title(talk: Talk, choice: str) -> str:
    titles = {offered["id"]: offered["title"] for message in talk.messages for offered in message["choices"]}
    if choice not in titles:
        raise RefusedError(422, "Unknown choice.")
    return str(titles[choice])


class Server:
    """The stub on a real socket; it can be stopped and started again on the same port, as a gateway that is restarted."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        stub.port = _free_port()
        stub.url = f"http://127.0.0.1:{stub.port}"
        stub.host_url = f"http://localhost:{stub.port}"

    def start(self) -> None:
        app = make_app(self.stub)
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=self.stub.port,
            log_level="critical",
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

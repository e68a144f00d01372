"""What every request passes: the origin allow-list, CORS, the size of the body, and headers that browsers obey."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import problem
from bot.core.language import Language

LARGEST_BODY = 16_384
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
}


class Guard:
    """An ASGI middleware; `origins` may hold "*". A page of our own needs no permission.

    `large`: paths whose bodies may have more bytes than those of others.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], large: Mapping[str, int] | None = None) -> None:
        self._app, self._origins, self._large = app, frozenset(origins), large or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _Guarded(scope, receive, send, self._origins, self._large.get(scope["path"], LARGEST_BODY))
        await guarded.run(self._app)


class _Guarded:
    """One request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, origins: frozenset[str], largest: int) -> None:
        self._largest = largest
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = Headers(scope=scope)
        self._origin = self._headers.get("origin")
        self._foreign = self._origin is not None and self._origin != f"{scope['scheme']}://{self._headers.get('host')}"
        self._allowed = not self._foreign or "*" in origins or self._origin in origins
        self._size = 0

    async def run(self, app: ASGIApp) -> None:
        length = self._headers.get("content-length", "0")
        if not self._allowed:
            await self._refuse(403)
        elif self._foreign and self._scope["method"] == "OPTIONS" and "access-control-request-method" in self._headers:
            await self.send({"type": "http.response.start", "status": 204, "headers": []})
            await self._send({"type": "http.response.body"})
        elif length.isdigit() and int(length) > self._largest:
            await self._refuse(413)
        else:
            await app(self._scope, self.receive, self.send)

    async def receive(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._largest:
            raise HTTPException(413)  # the framework lets this one through
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if self._foreign and self._allowed:
                headers["Access-Control-Allow-Origin"] = str(self._origin)
                headers["Access-Control-Expose-Headers"] = "Retry-After"
                headers.add_vary_header("Origin")
                if self._scope["method"] == "OPTIONS":
                    headers.update(_PREFLIGHT)
        await self._send(message)

    async def _refuse(self, status: int) -> None:
        language = Language.parse(self._headers.get("accept-language"))
        await problem(status, language)(self._scope, self._receive, self.send)

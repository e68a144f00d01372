"""The inbox as an application of its own below /staff: its routes, and its errors as pages.

Responsible for putting the parts together. Every route passes `require_own_form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.conversation.loops import log_failure
from bot.conversation.post import Post
from bot.conversation.room import Room
from bot.core.handoff import ConsentError, HandoffError, TransitionError
from bot.inbox import (
    accounts,
    case,
    case_page,
    directory,
    directory_import,
    directory_targets,
    figures,
    figures_export,
    files,
    links,
    notices,
    pages,
    people,
    person,
    questions,
    replies,
    sessions,
    sign_in,
    single_sign_on,
    words,
)
from bot.inbox.case_page import show_case
from bot.inbox.desk import Desk, Fetch
from bot.inbox.gate import NotAllowedError, SignedOutError, require_own_form
from bot.inbox.pages import go, page
from bot.settings import Settings
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError, OwnerChangedError
from bot.store.handoff_changes import HandoffChangedError, HandoffNotFoundError
from bot.store.inbox_work import ReplyNotFoundError
from bot.store.office_service import UnknownPartnerError
from bot.store.questions import QuestionNotFoundError
from bot.store.staff import StaffNotFoundError

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_PROBLEMS = {
    403: (
        "That form was not accepted",
        "It is too old, or came from another page. Go back, load that page again and try once more.",
    ),
    410: ("The file is gone", "Telegram does not keep it any more, or cannot be reached. Try again, or ask for it again."),
    404: ("Nothing is here", "There is no such page, or it belongs to another intermediary."),
    405: ("Nothing is here", "This address does not take that kind of request."),
    413: ("That is too long", "The text is too long to be sent. Shorten it and try again."),
    422: ("Something is missing", "Something in the form is missing or wrong. Go back and check it."),
    500: ("Something went wrong", "It was our fault, and it was noted. Please try again."),
}
_CLASHES = (HandoffChangedError, OwnerChangedError, TransitionError, ConsentError)
_MISSING = (
    HandoffNotFoundError,
    ReplyNotFoundError,
    QuestionNotFoundError,
    StaffNotFoundError,
    UnknownPartnerError,
    ConversationNotFoundError,
    ConversationErasedError,
)
_NOT_YOURS = ("Your role may not do this", "Ask a manager of your intermediary, or the administrator.")


def create_inbox(settings: Settings, room: Room, post: Post, fetchers: Mapping[str, Fetch]) -> FastAPI:
    """To be mounted at /staff. `fetchers` give the files that people sent, by channel."""
    inbox = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(require_own_form)])
    inbox.state.desk = Desk.open(settings, room, post, fetchers)
    for part in (pages, sign_in, single_sign_on, sessions, people, case, case_page, files, replies, notices):
        inbox.include_router(part.router)
    for part in (directory_import, directory, directory_targets, figures, figures_export, person, questions, links, accounts):
        inbox.include_router(part.router)
    for kind in (
        SignedOutError,
        NotAllowedError,
        *_CLASHES,
        *_MISSING,
        HandoffError,
        HTTPException,
        RequestValidationError,
        Exception,
    ):
        inbox.add_exception_handler(kind, _handle)
    inbox.add_middleware(_Private)
    return inbox


async def _handle(request: Request, error: Exception) -> Response:
    if isinstance(error, SignedOutError):
        return _to_sign_in(request)
    if isinstance(error, NotAllowedError):
        return page(request, "problem.html", 403, title=_NOT_YOURS[0], text=_NOT_YOURS[1])
    if isinstance(error, _CLASHES):
        return await _tell_clash(request, error)
    if isinstance(error, _MISSING) and "hx-request" in request.headers:
        return Response(status_code=404, headers={"HX-Redirect": "/staff/"})
    if isinstance(error, (*_MISSING, HandoffError)):
        error = HTTPException(404 if isinstance(error, _MISSING) else 422)
    status = error.status_code if isinstance(error, HTTPException) else 422
    if not isinstance(error, (HTTPException, RequestValidationError)):
        log_failure("inbox", error)
        status = 500
    title, text = _PROBLEMS.get(status, _PROBLEMS[422])
    return page(request, "problem.html", status, title=title, text=text)


async def _tell_clash(request: Request, error: Exception) -> Response:
    """Somebody else was quicker, or it is not the moment for this any more: the page as it is now says who has it."""
    reference, staff = request.path_params["reference"], request.state.staff
    if isinstance(error, ConsentError):
        text = "They agreed that your intermediary sees their request, and no other. Ask them first, then they can ask anew."
    elif isinstance(error, TransitionError):
        text = f"That is not possible any more: the request is {words.STATUSES[error.old].lower()}."
    else:
        text = "Somebody else was quicker. Below is who has the conversation now."
    typed = (await request.form()).get("text") if request.url.path.endswith("/write") else None
    if typed and isinstance(error, OwnerChangedError):
        text = "It was not sent. Take the conversation over first."
    elif typed and isinstance(error, HandoffChangedError):
        text = "It was not sent: somebody else has the conversation. Below is who."
    return await show_case(request, request.app.state.desk, staff, reference, status=409, wrong=text, typed=typed)


def _to_sign_in(request: Request) -> Response:
    """Back to where one was, after signing in; a part of a page cannot be the sign-in page, so the whole page goes there."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = "/staff/sign-in" + (f"?next={quote(path, safe='')}" if request.method == "GET" else "")
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/staff/sign-in"})
    return go(where)


class _Private:
    """No page of the inbox is kept, framed or read by anybody else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_private)

"""The same conversation as plain forms, for who has no JavaScript.

The conversation's token lies in a cookie that no script and no other site can use; besides, each form carries a proof that is
made from the token, so that a form of another site does nothing.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from bot.channels.web.api import CHANNEL, address_of, limits_of, room_of
from bot.channels.web.plain_texts import TEXTS
from bot.channels.web.problems import language_of
from bot.channels.web.templates import FOLDER, TEMPLATES
from bot.conversation.bell import wait
from bot.conversation.erase import erase
from bot.conversation.receive import (
    MessageEmptyError,
    MessageTooLongError,
    WrongTokenError,
    begin,
    choose,
    open_conversation,
    receive,
)
from bot.conversation.room import Room
from bot.core.conversation import LONGEST_MESSAGE
from bot.core.language import Language
from bot.core.tokens import are_equal, form_token
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError, UnknownChoiceError, View, read_view
from bot.store.reading_on import mark_seen

COOKIE = "imt_conversation"
_DAYS = 30
_ANSWER_SECONDS = 8.0
_GONE = (ConversationNotFoundError, ConversationErasedError, WrongTokenError)
_WRONG = (MessageEmptyError, MessageTooLongError, UnknownChoiceError)
router = APIRouter(prefix="/plain", include_in_schema=False)


@router.get("/style.css")
async def style() -> FileResponse:
    return FileResponse(FOLDER / "style.css", media_type="text/css", headers={"Cache-Control": "no-cache"})


@router.get("")
async def show(request: Request) -> Response:
    """The conversation so far, or the choice of a language to begin one."""
    try:
        conversation_id, token, language = await _opened(request)
    except _GONE:
        wanted = request.query_params.get("language")
        return _page(request, "begin.html", Language.parse(wanted) if wanted else language_of(request))
    view = await _everything(room_of(request), conversation_id)
    return _page(request, "plain.html", language, view=view, proof=form_token(token), client_id=secrets.token_hex(8))


@router.post("/begin")
async def start(request: Request, language: Annotated[str, Form(max_length=2)] = "en") -> Response:
    _require_own_page(request)
    limits_of(request).count_conversation(address_of(request))
    begun = await begin(room_of(request), CHANNEL, str(Language.parse(language)), None)
    response = _back()
    _set_cookie(request, response, f"{begun.id}.{begun.token}")
    return response


@router.post("")
async def send(
    request: Request,
    client_id: Annotated[str, Form(min_length=1, max_length=64)],
    proof: Annotated[str, Form(max_length=64)] = "",
    text: Annotated[str, Form(max_length=4 * LONGEST_MESSAGE)] = "",
    choice: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Store the message, wait a moment for the answer, and show the conversation again."""
    _require_own_page(request)
    try:
        conversation_id, token, language = await _opened(request)
    except _GONE:
        return _back()
    _require_proof(token, proof)
    limits_of(request).count_message(address_of(request), conversation_id)
    room, take = room_of(request), choose if choice else receive
    try:
        await take(room, conversation_id, client_id, choice or text, CHANNEL)
    except _WRONG as error:
        view = await _everything(room, conversation_id)
        values = {"view": view, "proof": proof, "client_id": client_id, "typed": text, "wrong": type(error).__name__}
        return _page(request, "plain.html", language, 422, **values)
    await _wait_for_answer(room, conversation_id)
    return _back()


@router.post("/delete")
async def delete(request: Request, proof: Annotated[str, Form(max_length=64)] = "") -> Response:
    _require_own_page(request)
    response = _back()
    try:
        conversation_id, token, _ = await _opened(request)
    except _GONE:
        return response
    _require_proof(token, proof)
    await erase(room_of(request), conversation_id)
    response.delete_cookie(COOKIE, path="/plain")
    return response


async def _opened(request: Request) -> tuple[str, str, Language]:
    """Id, token and language of the cookie's conversation. Raises one of _GONE."""
    conversation_id, _, token = request.cookies.get(COOKIE, "").partition(".")
    access = await open_conversation(room_of(request), conversation_id, token)
    return conversation_id, token, Language.parse(access.language)


async def _everything(room: Room, conversation_id: str) -> View:
    await room.call(mark_seen, [conversation_id])
    return await room.read(read_view, conversation_id, 0, 10_000)


async def _wait_for_answer(room: Room, conversation_id: str) -> None:
    with room.bell.listen(conversation_id) as changed:
        for _ in range(int(_ANSWER_SECONDS)):
            changed.clear()
            if not (await room.read(read_view, conversation_id, 0, 0)).answering:
                return
            await wait(changed, 1.0)


def _page(request: Request, name: str, language: Language, status: int = 200, **values: object) -> Response:
    context = {"texts": TEXTS[language], "language": language, "longest": LONGEST_MESSAGE, **values}
    return TEMPLATES.TemplateResponse(request, name, context, status, headers={"Cache-Control": "no-store"})


def _back() -> RedirectResponse:
    return RedirectResponse("/plain#write", 303)


def _set_cookie(request: Request, response: Response, value: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, value, _DAYS * 86400, path="/plain", httponly=True, samesite="strict", secure=secure)


def _require_proof(token: str, proof: str) -> None:
    if not are_equal(form_token(token), proof):
        raise HTTPException(403)


def _require_own_page(request: Request) -> None:
    """Forms come from our own pages only, whichever sites may embed the widget."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    if origin not in (None, "null") and origin != f"{request.url.scheme}://{request.headers.get('host')}":
        raise HTTPException(403)

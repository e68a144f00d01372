"""Canned replies in both languages: all use them; managers edit their intermediary's, national staff those of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.core.conversation import LONGEST_MESSAGE
from bot.core.staff import Staff
from bot.inbox.desk import AtDesk
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.pages import go, page
from bot.store.inbox_work import delete_reply, list_replies, save_reply

_LONGEST_TITLE = 80
Text = Annotated[str, Form(max_length=4 * LONGEST_MESSAGE)]
router = APIRouter(prefix="/replies")


@router.get("")
async def show_replies(request: Request, desk: AtDesk, staff: Who) -> Response:
    replies = await desk.room.read(list_replies, staff.scope)
    return page(request, "replies.html", replies=replies, at="replies", longest=LONGEST_MESSAGE, typed={})


@router.post("")
async def add(request: Request, desk: AtDesk, staff: Who, title: Text = "", text_en: Text = "", text_es: Text = "") -> Response:
    return await _save(request, desk, staff, None, title, text_en, text_es)


@router.post("/{reply_id}")
async def change(
    request: Request, desk: AtDesk, staff: Who, reply_id: int, title: Text = "", text_en: Text = "", text_es: Text = ""
) -> Response:
    return await _save(request, desk, staff, reply_id, title, text_en, text_es)


@router.post("/{reply_id}/delete")
async def delete(desk: AtDesk, staff: Who, reply_id: int) -> Response:
    _require_editor(staff)
    await desk.room.call(delete_reply, staff.scope, staff.id, reply_id)
    return go("/staff/replies")


async def _save(request: Request, desk: AtDesk, staff: Staff, reply_id: int | None, *typed: str) -> Response:
    _require_editor(staff)
    texts = dict(zip(("title", "text_en", "text_es"), (text.replace("\r\n", "\n").strip() for text in typed), strict=True))
    if not all(texts.values()) or len(texts["title"]) > _LONGEST_TITLE or max(map(len, texts.values())) > LONGEST_MESSAGE:
        replies = await desk.room.read(list_replies, staff.scope)
        wrong = f"A reply needs a title and a text in both languages, of at most {LONGEST_MESSAGE} characters."
        values = {"replies": replies, "at": "replies", "longest": LONGEST_MESSAGE, "typed": texts, "wrong": wrong}
        return page(request, "replies.html", 422, **values)
    await desk.room.call(save_reply, staff.scope, staff.id, texts, reply_id)
    return go("/staff/replies")


def _require_editor(staff: Staff) -> None:
    if not staff.may_edit_replies:
        raise NotAllowedError

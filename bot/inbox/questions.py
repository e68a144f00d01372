"""Questions that the assistant could not answer well: national staff and administrators say what each is about.

Responsible for the page and its form, which works as a part of the page too. What is decided is exported for an editor
(`learn_commands`); nothing is learnt by itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.core.language import Language
from bot.inbox import words
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.pages import go, page
from bot.store.questions import (
    DROP,
    OUT_OF_SCOPE,
    PAGE,
    count_questions,
    decide_question,
    list_questions,
    read_question,
)


async def require_teacher(staff: Who) -> None:
    """Raises NotAllowedError."""
    if not staff.may_teach:
        raise NotAllowedError


router = APIRouter(prefix="/questions", dependencies=[Depends(require_teacher)])


@router.get("")
async def show_questions(
    request: Request,
    desk: AtDesk,
    decided: bool = False,
    language: Annotated[str, Query(max_length=2)] = "",
    number: Annotated[int, Query(alias="page", ge=0, le=9999)] = 0,
) -> Response:
    """Those that wait, the most asked first; or those that were decided."""
    found = await desk.room.read(list_questions, decided, language, number)
    values: dict[str, Any] = {"decided": decided, "language": language, "number": number, "more": len(found) > PAGE}
    counts = await desk.room.read(count_questions)
    return page(request, "questions.html", questions=found[:PAGE], counts=counts, at="questions", **values, **_texts(desk))


@router.post("/{question_id}")
async def decide(
    request: Request, desk: AtDesk, staff: Who, question_id: int, decision: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """What it is about; nothing opens it again."""
    if decision not in ("", DROP, OUT_OF_SCOPE, *desk.room.knowledge.topics):
        raise HTTPException(422)
    await desk.room.call(decide_question, staff.id, question_id, decision or None)
    if "hx-request" not in request.headers:
        return go(f"/staff/questions#q-{question_id}")
    question = await desk.room.read(read_question, question_id)
    return page(request, "question.html", question=question, **_texts(desk))


def _texts(desk: Desk) -> dict[str, Any]:
    titles = {topic: desk.room.knowledge.label(topic, Language.EN) for topic in desk.room.knowledge.topics}
    ends = {OUT_OF_SCOPE: "Outside of what it knows", DROP: "Dropped: not worth learning"}
    return {"titles": dict(sorted(titles.items(), key=lambda each: each[1])), "ends": ends, "words": words}

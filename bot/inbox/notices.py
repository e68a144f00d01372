"""Notices that could not be sent: shown above the list, and sent again at the wish of staff."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from bot.inbox.desk import AtDesk
from bot.inbox.gate import Who
from bot.inbox.pages import go
from bot.store.notices import retry_notice

router = APIRouter(prefix="/notices")


@router.post("/{notice_id}/retry")
async def retry(desk: AtDesk, staff: Who, notice_id: int) -> Response:
    await desk.room.call(retry_notice, staff.agent, notice_id)
    return go("/staff/")

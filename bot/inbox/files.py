"""Files that a person sent, fetched from their channel when staff open them; none is kept here."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.inbox.desk import AtDesk
from bot.inbox.gate import Who
from bot.store.attachments import list_attachments
from bot.store.audit import record_alone
from bot.store.cases import read_case
from bot.store.conversations import find_access
from bot.store.inbox_work import find_id

# A file may hold anything: it is shown by no page of ours, and does nothing where a browser shows it all the same.
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
router = APIRouter(prefix="/handoffs/{reference}")


@router.get("/files/{seq}")
async def download(desk: AtDesk, staff: Who, reference: str, seq: int) -> Response:
    """The file that came with a message, to be saved; a photo to be looked at."""
    case = await desk.room.read(read_case, staff.agent, reference)
    conversation_id = case.line.conversation_id
    file = (await desk.room.read(list_attachments, conversation_id)).get(seq)
    access = await desk.room.read(find_access, conversation_id)
    fetch = desk.fetchers.get(access.channel) if access else None
    if file is None or fetch is None:
        raise HTTPException(404)
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    await desk.room.call(record_alone, "opened_file", staff.id, handoff_id)
    content = await fetch(file.file_id)
    if content is None:
        raise HTTPException(410)
    photo = file.kind == "photo" and content.startswith(b"\xff\xd8\xff")
    shown = "inline" if photo else f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    media_type = "image/jpeg" if photo else "application/octet-stream"
    return Response(content, media_type=media_type, headers={**_HEADERS, "Content-Disposition": shown})

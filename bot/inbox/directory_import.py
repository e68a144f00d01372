"""The directory as a file: everybody takes out the offices that they see, administrators bring them to what a file says.

An import shows first what it would change, and is made only while that is still so.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.core.partner_rows import PartnerFileError, RowError
from bot.core.staff import Staff
from bot.inbox import directory_words as words
from bot.inbox.desk import AtDesk
from bot.inbox.directory import actor_of
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.pages import page
from bot.store.audit import record_alone
from bot.store.base import utc_now
from bot.store.database import DatabaseBusyError
from bot.store.partners import DirectoryChangedError, export_partners, import_text, preview_import

# About a thousand offices.
LARGEST_FILE = 1_000_000
_CHANGED = "Somebody has changed the directory since you looked. Nothing was imported; below is what would change now."
router = APIRouter(prefix="/partners")


@router.get("/export")
async def export(desk: AtDesk, staff: Who) -> Response:
    text = await desk.room.read(export_partners, staff.scope)
    await desk.room.call(record_alone, "exported_offices", staff.id)
    name = f"partners-{utc_now():%Y-%m-%d}.csv"
    return Response(text, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/import")
async def show_import(request: Request, staff: Who) -> Response:
    _require_administrator(staff)
    return _page(request)


@router.post("/import")
async def bring_in(request: Request, desk: AtDesk, staff: Who) -> Response:
    """A file is looked at; the form that shows what it would change sends it again, with `seen`."""
    form, wrong = await request.form(), None
    seen, file = form.get("seen"), form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else str(form.get("text", "")).encode()
    await form.close()
    _require_administrator(staff)
    try:
        if isinstance(seen, str):
            try:
                report = await desk.room.call(import_text, data, actor_of(staff), seen)
                await desk.room.call(record_alone, "imported_offices", staff.id)
                return _page(request, report=report)
            except (DirectoryChangedError, DatabaseBusyError) as error:
                wrong = words.BUSY if isinstance(error, DatabaseBusyError) else _CHANGED
        preview = await desk.room.read(preview_import, data)
    except PartnerFileError as error:
        errors = list(error.errors) if data else [RowError(1, "", "Choose a file first.")]
        return _page(request, 422, errors=errors)
    return _page(request, 409 if wrong else 200, preview=preview, text=data.decode("utf-8-sig"), wrong=wrong)


def _page(request: Request, status: int = 200, **values: Any) -> Response:
    return page(request, "import.html", status, at="offices", words=words, **values)


def _require_administrator(staff: Staff) -> None:
    if not staff.may_import_offices:
        raise NotAllowedError

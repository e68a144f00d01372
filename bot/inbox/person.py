"""Everything that is kept of one person, as a file, or erased: for managers of their own people, and for those who see all.

Responsible for the page and its forms. Erasing needs the reference typed once more.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.conversation.person import erase_person, export_person
from bot.core.reference import find_reference
from bot.core.staff import Staff
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.pages import page
from bot.store.person import SharedPersonError, find_person
from bot.store.transcript import TrackerUnavailableError

_SHARED = "Another intermediary has a request of this person too. Ask national staff or the administrator."
_UNREACHABLE = "A part of what is kept cannot be reached now, so nothing was done. Try again in some minutes."
router = APIRouter(prefix="/handoffs/{reference}/person")


@router.get("")
async def show(request: Request, desk: AtDesk, staff: Who, reference: str) -> Response:
    """What can be done, and what it does."""
    try:
        await _require(desk, staff, reference)
    except SharedPersonError:
        return _page(request, reference, 403, _SHARED)
    return _page(request, reference)


@router.post("/export")
async def export(request: Request, desk: AtDesk, staff: Who, reference: str) -> Response:
    """A file with everything."""
    try:
        await _require(desk, staff, reference)
        text = await export_person(desk.room, staff.agent, reference, staff.id)
    except SharedPersonError:
        return _page(request, reference, 403, _SHARED)
    except TrackerUnavailableError:
        return _page(request, reference, 503, _UNREACHABLE)
    headers = {"Content-Disposition": f'attachment; filename="{reference}.json"'}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/erase")
async def erase(
    request: Request, desk: AtDesk, staff: Who, reference: str, typed: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Erase it, if the reference was typed."""
    try:
        await _require(desk, staff, reference)
        if find_reference(typed) != reference:
            return _page(request, reference, 422, f"Nothing was erased: type {reference} to erase everything.")
        await erase_person(desk.room, staff.agent, reference, staff.id)
    except SharedPersonError:
        return _page(request, reference, 403, _SHARED)
    except TrackerUnavailableError:
        return _page(request, reference, 503, _UNREACHABLE)
    text = "What was said, every request, the contact, the answers and the notes are gone. Erase your own copies too."
    return page(request, "problem.html", title=f"{reference} is erased", text=text)


async def _require(desk: Desk, staff: Staff, reference: str) -> None:
    """Raises HandoffNotFoundError, SharedPersonError or NotAllowedError."""
    await desk.room.read(find_person, staff.agent, reference)
    if not staff.may_handle_data:
        raise NotAllowedError


def _page(request: Request, reference: str, status: int = 200, wrong: str = "") -> Response:
    return page(request, "person.html", status, reference=reference, wrong=wrong, at="people")

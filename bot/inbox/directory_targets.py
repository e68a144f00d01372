"""Where an intermediary is told of people who wait: adding, removing and trying targets, on the page of an office."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.conversation.notify import try_to_send
from bot.conversation.post import AddressError, is_email
from bot.core.language import Language
from bot.inbox.desk import AtDesk
from bot.inbox.directory import actor_of, require_editor, show_office
from bot.inbox.gate import Who
from bot.inbox.pages import go
from bot.store.directory import find_target, note_test, read_office
from bot.store.office_service import add_target, remove_target

_LONGEST, _MOST = 500, 20
# Between two tests of one target: a button must not become a flood for whoever reads there.
_PAUSE = timedelta(minutes=1)
router = APIRouter(prefix="/partners/offices/{office_id}/targets")


@router.post("")
async def add(request: Request, desk: AtDesk, staff: Who, office_id: str, address: Annotated[str, Form()] = "") -> Response:
    require_editor(staff)
    typed = address.strip()
    entry = await desk.room.read(read_office, staff.scope, office_id)
    try:
        _check_form(typed, len(entry.targets), {target.label for target in entry.targets})
        await desk.post.check(typed)
    except AddressError as error:
        return await show_office(request, desk, staff, office_id, 422, address=typed, target_fault=str(error))
    await desk.room.call(add_target, entry.partner_id, typed, actor_of(staff))
    return go(f"/staff/partners/offices/{office_id}?done=target#targets")


@router.post("/{target_id}/remove")
async def remove(desk: AtDesk, staff: Who, office_id: str, target_id: int) -> Response:
    require_editor(staff)
    entry = await desk.room.read(read_office, staff.scope, office_id)
    await desk.room.call(remove_target, entry.partner_id, target_id, actor_of(staff))
    return go(f"/staff/partners/offices/{office_id}?done=removed#targets")


@router.post("/{target_id}/test")
async def test(request: Request, desk: AtDesk, staff: Who, office_id: str, target_id: int) -> Response:
    """Send a notice that is none, and keep what became of it."""
    require_editor(staff)
    entry = await desk.room.read(read_office, staff.scope, office_id)
    address = await desk.room.call(find_target, staff.scope, office_id, target_id, _PAUSE)
    if address is None:
        wrong = "A test was sent there less than a minute ago. Wait a minute before you send another."
        return await show_office(request, desk, staff, office_id, 429, target_wrong=wrong)
    say, link = desk.room.knowledge.say, f"{desk.settings.links_url.rstrip('/')}/staff/partners/offices/{office_id}"
    body = say("notice_test", Language.EN, name=staff.first_name, partner=entry.line.partner_name, link=link)
    error = await try_to_send(desk.post.send, address, say("notice_test_title", Language.EN), body)
    if error == "refused" and is_email(address):
        error = "no_server"
    await desk.room.call(note_test, target_id, error)
    return go(f"/staff/partners/offices/{office_id}?done={'untested' if error else 'tested'}#targets")


def _check_form(typed: str, known: int, labels: set[str]) -> None:
    """Raises AddressError."""
    if not typed.isprintable() or len(typed) > _LONGEST:
        raise AddressError(f"Give one address of at most {_LONGEST} characters, on one line.")
    if typed in labels:
        raise AddressError("Requests are told there already.")
    if known >= _MOST:
        raise AddressError(f"There are {_MOST} already. Remove one first.")

"""The partner directory: the offices that one may see, and the page of one with its forms.

Responsible for pages and forms. Managers edit the offices of their intermediary and administrators all; national staff confirm
contact data. What is not theirs is not there (404).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from bot.core.hours import zone_of
from bot.core.partner_checks import AUDIENCES
from bot.core.staff import Staff
from bot.core.states import STATES
from bot.inbox import directory_words as words
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.directory_forms import (
    Typed,
    by_field,
    cells_typed,
    read_hours,
    shown_contacts,
    shown_hours,
    typed_contacts,
    typed_hours,
)
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.pages import go, page
from bot.store.base import utc_now
from bot.store.database import DatabaseBusyError
from bot.store.directory import (
    MOST_LISTED,
    FaultyOfficeError,
    OfficeEntry,
    confirm_contacts,
    list_directory,
    read_office,
    save_contacts,
)
from bot.store.office_service import OfficeChangedError, save_service, version_of

router = APIRouter(prefix="/partners")


@router.get("")
async def show_directory(
    request: Request,
    desk: AtDesk,
    staff: Who,
    q: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    asked = "".join(filter(str.isprintable, q)).strip()
    lines, more = await desk.room.read(list_directory, staff.scope, state if state in STATES else "", asked)
    values: dict[str, Any] = {"lines": lines, "more": more, "most": MOST_LISTED, "q": asked, "state": state, "states": STATES}
    return page(request, "offices.html", at="offices", words=words, **values)


@router.get("/offices/{office_id}")
async def show(
    request: Request, desk: AtDesk, staff: Who, office_id: str, done: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    return await show_office(request, desk, staff, office_id, done=words.DONE.get(done))


@router.post("/offices/{office_id}/contacts")
async def change_contacts(request: Request, desk: AtDesk, staff: Who, office_id: str) -> Response:
    """Keep what was typed; with the button `checked` it was checked too."""
    require_editor(staff)
    form = await request.form()
    typed = typed_contacts(form, form.getlist("serves"))
    entry = await desk.room.read(read_office, staff.scope, office_id)
    arguments = cells_typed(typed), str(form.get("seen", "")), actor_of(staff), _today(entry)
    checked_by = staff.first_name if "checked" in form else None
    try:
        await desk.room.call(save_contacts, staff.scope, office_id, *arguments, typed["show_address"], checked_by)
    except FaultyOfficeError as error:
        faults = by_field(error.faults)
        return await show_office(request, desk, staff, office_id, 422, contacts=typed, contact_faults=faults, seen=arguments[1])
    except (OfficeChangedError, DatabaseBusyError) as error:
        return await show_office(request, desk, staff, office_id, 409, contacts=typed, contacts_wrong=_clash(error))
    return go(f"/staff/partners/offices/{office_id}?done={'checked' if checked_by else 'saved'}#contacts")


@router.post("/offices/{office_id}/confirm")
async def confirm(request: Request, desk: AtDesk, staff: Who, office_id: str) -> Response:
    """Say that one has checked the contact data that one sees, today."""
    if not staff.may_confirm_contacts:
        raise NotAllowedError
    entry = await desk.room.read(read_office, staff.scope, office_id)
    seen = str((await request.form()).get("seen", ""))
    try:
        arguments = seen, actor_of(staff), _today(entry), staff.first_name
        await desk.room.call(confirm_contacts, staff.scope, office_id, *arguments)
    except (OfficeChangedError, DatabaseBusyError) as error:
        wrong = words.BUSY if isinstance(error, DatabaseBusyError) else words.CLASH_CHECKED
        return await show_office(request, desk, staff, office_id, 409, contacts_wrong=wrong)
    return go(f"/staff/partners/offices/{office_id}?done=checked#contacts")


@router.post("/offices/{office_id}/hours")
async def change_hours(request: Request, desk: AtDesk, staff: Who, office_id: str) -> Response:
    require_editor(staff)
    form = await request.form()
    typed, seen = typed_hours(form), str(form.get("hours_seen", ""))
    service, faults = read_hours(typed)
    if faults:
        return await show_office(request, desk, staff, office_id, 422, hours=typed, hour_faults=faults, hours_seen=seen)
    try:
        await desk.room.call(save_service, office_id, service, actor_of(staff), staff.scope, seen)
    except OfficeChangedError as error:
        return await show_office(request, desk, staff, office_id, 409, hours=typed, hours_wrong=_clash(error))
    return go(f"/staff/partners/offices/{office_id}?done=hours#hours")


async def show_office(
    request: Request,
    desk: Desk,
    staff: Staff,
    office_id: str,
    status: int = 200,
    contacts: Typed | None = None,
    hours: Typed | None = None,
    **more: Any,
) -> Response:
    """The page, with what was typed where that could not be kept. Raises UnknownPartnerError."""
    entry = await desk.room.read(read_office, staff.scope, office_id)
    now, hours_now = shown_contacts(entry.cells), shown_hours(entry.line.service)
    clash = status == 409
    values: dict[str, Any] = {
        "entry": entry,
        "line": entry.line,
        "contacts": contacts or now,
        "contacts_now": _differing(now, contacts) if clash and contacts else {},
        "hours": hours or hours_now,
        "hours_now": _differing(hours_now, hours) if clash and hours else {},
        "seen": entry.version,
        "hours_seen": version_of(entry.line.service),
        "zones": words.time_zones(hours_now["zone"]),
        "states": STATES,
        "audiences": AUDIENCES,
        "words": words,
        "at": "offices",
    }
    return page(request, "office.html", status, **(values | more))


def require_editor(staff: Staff) -> None:
    """Raises NotAllowedError."""
    if not staff.may_edit_offices:
        raise NotAllowedError


def actor_of(staff: Staff) -> str:
    """Who did it, as the history keeps it: two may have the same first name."""
    return f"{staff.first_name} (account {staff.id})"


def _differing(now: Typed, typed: Typed) -> Typed:
    return {name: value for name, value in now.items() if value != typed.get(name)}


def _clash(error: Exception) -> str:
    return words.BUSY if isinstance(error, DatabaseBusyError) else words.CLASH


def _today(entry: OfficeEntry) -> date:
    """Where the office is."""
    return utc_now().astimezone(zone_of(entry.line.service.zone or "America/Chicago")).date()

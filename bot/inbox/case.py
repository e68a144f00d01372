"""One person's page: what was said, live, and everything known; and what staff do there.

Responsible for pages and forms. Each step is one of `bot.conversation.attend`; what is not the agent's is not there (404).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.conversation.attend import close_case, join_conversation, leave_conversation, pass_on, tell_writing, write_to_person
from bot.conversation.attend import relieve as relieve_colleague
from bot.core.conversation import LONGEST_MESSAGE
from bot.core.handoff import Outcome, TransferReason
from bot.core.staff import Staff
from bot.inbox.case_page import show_case
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.gate import Who
from bot.inbox.pages import go
from bot.store import case_work
from bot.store.audit import record_alone
from bot.store.inbox_work import add_note, find_id

LONGEST_NOTE = 4000
Reference = str
Longer = Annotated[str, Form(max_length=4 * LONGEST_NOTE)]
router = APIRouter(prefix="/handoffs/{reference}")


@router.get("")
async def show(
    request: Request, desk: AtDesk, staff: Who, reference: Reference, reply: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    """The page; with `reply` the canned reply of that number stands in the form."""
    await _note(desk, staff, reference, "opened")
    return await show_case(request, desk, staff, reference, reply=reply)


@router.post("/join")
async def join(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """Take the conversation over, in one press."""
    await join_conversation(desk.room, staff.agent, reference)
    return await _done(desk, staff, reference, "joined", "#write")


@router.post("/accept")
async def accept(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """Look after the person without joining the conversation."""
    await desk.room.call(case_work.accept_handoff, staff.agent, reference)
    return await _done(desk, staff, reference, "accepted")


@router.post("/relieve")
async def relieve(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """Go on with what a colleague has, as when they are away."""
    await relieve_colleague(desk.room, staff.agent, reference)
    return await _done(desk, staff, reference, "relieved", "#write")


@router.post("/leave")
async def leave(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """Give the conversation back, in one press."""
    await leave_conversation(desk.room, staff.agent, reference)
    return await _done(desk, staff, reference, "left")


@router.post("/wait")
async def wait(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """It is their turn: they were written to or called."""
    await desk.room.call(case_work.wait_for_person, staff.agent, reference)
    return await _done(desk, staff, reference, "waits")


@router.post("/write")
async def write(request: Request, desk: AtDesk, staff: Who, reference: Reference, text: Longer = "") -> Response:
    """Write to the person."""
    said = text.replace("\r\n", "\n").replace("\0", " ").strip()
    if not said or len(said) > LONGEST_MESSAGE:
        await desk.room.read(find_id, staff.agent, reference)
        wrong = f"A message has 1 to {LONGEST_MESSAGE} characters; this one has {len(said)}."
        return await show_case(request, desk, staff, reference, status=422, wrong=wrong, typed=text)
    await write_to_person(desk.room, staff.agent, reference, said)
    done = await _done(desk, staff, reference, "wrote", "#write")
    return Response(status_code=204) if "hx-request" in request.headers else done


@router.post("/typing", status_code=204)
async def note_typing(desk: AtDesk, staff: Who, reference: Reference) -> Response:
    """The person sees for a few seconds that somebody writes to them."""
    await tell_writing(desk.room, staff.agent, reference)
    return Response(status_code=204)


@router.post("/notes")
async def note(desk: AtDesk, staff: Who, reference: Reference, text: Longer = "") -> Response:
    """Write a private note."""
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    said = text.replace("\0", " ").strip()[:LONGEST_NOTE]
    if said:
        await desk.room.call(add_note, handoff_id, staff.id, said)
    return go(f"/staff/handoffs/{reference}#notes")


@router.post("/transfer")
async def transfer(
    desk: AtDesk,
    staff: Who,
    reference: Reference,
    office: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[TransferReason, Form()] = TransferReason.OTHER,
) -> Response:
    """Pass the person on to another office, perhaps of another intermediary; then they are not here any more."""
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    await pass_on(desk.room, staff.agent, reference, office, reason)
    await desk.room.call(record_alone, "passed_on", staff.id, handoff_id, office)
    return go("/staff/")


@router.post("/close")
async def close(
    desk: AtDesk, staff: Who, reference: Reference, outcome: Annotated[Outcome, Form()], day: Annotated[date, Form()]
) -> Response:
    """End it, with what became of the person."""
    await close_case(desk.room, staff.agent, reference, outcome, _past(day))
    return await _done(desk, staff, reference, "closed", detail=str(outcome))


@router.post("/outcomes")
async def add_outcome(
    desk: AtDesk, staff: Who, reference: Reference, outcome: Annotated[Outcome, Form()], day: Annotated[date, Form()]
) -> Response:
    """What became of the person, also after the end."""
    await desk.room.call(case_work.note_outcome, staff.agent, reference, outcome, _past(day))
    return await _done(desk, staff, reference, "outcome", "#outcome", str(outcome))


@router.post("/outcomes/{outcome_id}/withdraw")
async def withdraw_outcome(desk: AtDesk, staff: Who, reference: Reference, outcome_id: int) -> Response:
    """Correct a mistake: it stays in the history."""
    await desk.room.call(case_work.withdraw_outcome, staff.agent, reference, outcome_id)
    return await _done(desk, staff, reference, "outcome_withdrawn", "#outcome")


async def _done(desk: Desk, staff: Staff, reference: str, action: str, part: str = "", detail: str | None = None) -> Response:
    await _note(desk, staff, reference, action, detail)
    return go(f"/staff/handoffs/{reference}{part}")


async def _note(desk: Desk, staff: Staff, reference: str, action: str, detail: str | None = None) -> None:
    """Raises HandoffNotFoundError."""
    handoff_id = await desk.room.read(find_id, staff.agent, reference)
    await desk.room.call(record_alone, action, staff.id, handoff_id, detail)


def _past(day: date) -> date:
    """What became of somebody is not in the future, wherever it is tomorrow already."""
    if (day - date.today()).days > 1:
        raise HTTPException(422)
    return day

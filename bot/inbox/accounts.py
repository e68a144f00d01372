"""The accounts of all staff, for administrators: inviting, a new link, roles, disabling and enabling.

Responsible for pages and forms. A link is shown once, to whoever made it, and sent where e-mail is set up; nothing keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from bot.conversation.notify import try_to_send
from bot.core.staff import OF_A_PARTNER, Role, Staff, StaffError, plain_email
from bot.core.tokens import hash_token, new_token
from bot.inbox.desk import AtDesk, Desk
from bot.inbox.directory_words import failure_in_words
from bot.inbox.gate import NotAllowedError, Who
from bot.inbox.links import Faults, email_faults, name_faults
from bot.inbox.pages import go, page
from bot.inbox.words import ROLES
from bot.store import accounts
from bot.store.database import Database
from bot.store.staff import NewStaff, Standing, find_account, list_staff

_DONE = {
    "role": "Saved. They are signed out, and have the new role when they sign in again.",
    "disabled": "Disabled. Nobody signs in with this account any more, and whoever was signed in is not.",
    "enabled": "Enabled. They sign in as before.",
    "single": "They sign in with their organization, and have no password here.",
}
_TITLE = "Your account for the IMT inbox"
_TEXT = (
    "{name} ({email}) gives you access to the IMT inbox. Open this link within three days to choose a password. It works once."
    "\n\n{link}\n\nIf you do not expect this, do nothing."
)
Typed = dict[str, Any]


async def _administrator(staff: Who) -> Staff:
    if not staff.may_manage_accounts:
        raise NotAllowedError
    return staff


Administrator = Annotated[Staff, Depends(_administrator)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
router = APIRouter(prefix="/accounts")


@router.get("")
async def show_accounts(request: Request, desk: AtDesk, _: Administrator) -> Response:
    return await _list_page(request, desk)


@router.post("")
async def invite(request: Request, desk: AtDesk, staff: Administrator) -> Response:
    """Make an account, and a link for it unless they sign in with their organization."""
    typed = _typed(await request.form())
    known = {account.staff.email for account in await desk.room.read(list_staff)}
    faults = _person_faults(typed, known) | _role_faults(typed, await desk.room.read(accounts.list_intermediaries))
    if faults:
        return await _list_page(request, desk, 422, typed=typed, faults=faults)
    token = _token(desk, typed)
    link = hash_token(token) if token else None
    role, partner_id = _role_of(typed)
    new = NewStaff(
        plain_email(typed["email"]), typed["first_name"], role, partner_id, link_hash=link, link_until=accounts.link_end(link)
    )
    try:
        staff_id = await desk.room.call(accounts.invite, staff.id, new)
    except StaffError as error:
        return await _list_page(request, desk, 422, typed=typed, wrong=str(error))
    return await _hand_over(request, desk, staff, staff_id, token)


@router.get("/{staff_id}")
async def show_one(
    request: Request, desk: AtDesk, _: Administrator, staff_id: Number, done: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    return await _account_page(request, desk, staff_id, done=_DONE.get(done))


@router.post("/{staff_id}")
async def change_role(request: Request, desk: AtDesk, staff: Administrator, staff_id: Number) -> Response:
    typed = _typed(await request.form())
    faults = _role_faults(typed, await desk.room.read(accounts.list_intermediaries))
    if faults:
        return await _account_page(request, desk, staff_id, 422, typed=typed, faults=faults)
    known, wanted = (await desk.room.read(find_account, staff_id)).staff, _role_of(typed)
    if wanted == (known.role, known.partner_id):
        return go(f"/staff/accounts/{staff_id}")
    try:
        await desk.room.call(accounts.change_role, staff.id, staff_id, *wanted)
    except StaffError as error:
        return await _account_page(request, desk, staff_id, 422, typed=typed, wrong=str(error))
    return go(f"/staff/accounts/{staff_id}?done=role")


@router.post("/{staff_id}/link")
async def renew_link(request: Request, desk: AtDesk, staff: Administrator, staff_id: Number) -> Response:
    """For who lost password or telephone: what let them in is taken away, and a link given instead."""
    token = _token(desk, _typed(await request.form()))
    if (await desk.room.read(find_account, staff_id)).standing is Standing.DISABLED:
        return await _account_page(request, desk, staff_id, 422, wrong="The account is disabled: enable it first.")
    try:
        await desk.room.call(accounts.renew_link, staff.id, staff_id, hash_token(token) if token else None)
    except StaffError as error:
        return await _account_page(request, desk, staff_id, 422, wrong=str(error))
    return await _hand_over(request, desk, staff, staff_id, token)


@router.post("/{staff_id}/disable")
async def disable(request: Request, desk: AtDesk, staff: Administrator, staff_id: Number) -> Response:
    return await _change(request, desk, staff, staff_id, accounts.disable, "disabled")


@router.post("/{staff_id}/enable")
async def enable(request: Request, desk: AtDesk, staff: Administrator, staff_id: Number) -> Response:
    return await _change(request, desk, staff, staff_id, accounts.enable, "enabled")


async def _change(
    request: Request, desk: Desk, staff: Staff, staff_id: int, change: Callable[[Database, int, int], None], done: str
) -> Response:
    try:
        await desk.room.call(change, staff.id, staff_id)
    except StaffError as error:
        return await _account_page(request, desk, staff_id, 422, wrong=str(error))
    return go(f"/staff/accounts/{staff_id}?done={done}")


async def _list_page(request: Request, desk: Desk, status: int = 200, **values: Any) -> Response:
    everybody = await desk.room.read(list_staff)
    return page(request, "accounts.html", status, accounts=everybody, **await _choices(desk), **({"typed": {}} | values))


async def _account_page(request: Request, desk: Desk, staff_id: int, status: int = 200, **values: Any) -> Response:
    account = await desk.room.read(find_account, staff_id)
    now = {"role": account.staff.role, "partner_id": account.staff.partner_id}
    values = {"typed": now, "account": account, "person": account.staff} | values
    return page(request, "account_of.html", status, **await _choices(desk), **values)


async def _choices(desk: Desk) -> dict[str, Any]:
    partners = await desk.room.read(accounts.list_intermediaries)
    return {"partners": partners, "roles": ROLES, "organization": bool(desk.settings.oidc_issuer), "at": "account"}


async def _hand_over(request: Request, desk: Desk, staff: Staff, staff_id: int, token: str | None) -> Response:
    """The only page that shows the link; without one there is nothing to pass on."""
    if token is None:
        return go(f"/staff/accounts/{staff_id}?done=single")
    link = f"{desk.settings.links_url.rstrip('/')}/staff/invitation?token={token}"
    sent, failure = desk.settings.smtp_url.get_secret_value() != "", None
    if sent:
        email = (await desk.room.read(find_account, staff_id)).staff.email
        body = _TEXT.format(name=staff.first_name, email=staff.email, link=link)
        failure = await try_to_send(desk.post.send, email, _TITLE, body)
    return await _account_page(
        request, desk, staff_id, link=link, sent=sent, failure=failure_in_words(failure) if failure else None
    )


def _typed(form: Mapping[str, Any]) -> Typed:
    typed = {name: " ".join(str(form.get(name, "")).split()) for name in ("email", "first_name", "role", "partner_id")}
    return typed | {"single_sign_on": "single_sign_on" in form}


def _token(desk: Desk, typed: Typed) -> str | None:
    """None for who signs in with their organization, where that is set up."""
    return None if typed["single_sign_on"] and desk.settings.oidc_issuer else new_token()


def _role_of(typed: Typed) -> tuple[Role, str | None]:
    return Role(typed["role"]), typed["partner_id"] or None


def _person_faults(typed: Typed, known: Collection[str]) -> Faults:
    faults = email_faults(typed["email"]) | name_faults(typed["first_name"])
    if "email" not in faults and plain_email(typed["email"]) in known:
        faults["email"] = "There is an account of that e-mail address already."
    return faults


def _role_faults(typed: Typed, partners: Collection[str]) -> Faults:
    role, partner_id = typed["role"], typed["partner_id"]
    if role not in set(Role):
        return {"role": "Choose a role."}
    if role in OF_A_PARTNER and partner_id not in partners:
        return {"partner_id": "Choose the intermediary that they belong to."}
    if role not in OF_A_PARTNER and partner_id:
        return {"partner_id": "National staff and administrators belong to none: choose “None”."}
    return {}

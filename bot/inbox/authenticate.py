"""Decides whether somebody is who they say: e-mail, password and code, not too often.

Whatever is wrong, the answer is the same and takes as long. Must not know pages.
"""

from __future__ import annotations

import asyncio
import hmac

from bot.core.staff import FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS, LONGEST_PASSWORD
from bot.inbox.desk import Desk
from bot.inbox.proofs import is_password, step_of, totp_of
from bot.store.staff import Credentials, find_credentials, use_step
from bot.store.staff_sessions import count_attempt, forget_attempts


class WrongError(Exception):
    """E-mail, password or code is wrong; which of them is not said."""


class LockedError(Exception):
    """Too many failures of the account or from the address."""


async def authenticate(desk: Desk, email: str, password: str, code: str, address: str) -> int:
    """The id of the account. Raises WrongError or LockedError."""
    credentials = await _find(desk, email, password, address)
    staff_id = await _use_code(desk, credentials, code)
    await desk.room.call(forget_attempts, _account(desk, email))
    return staff_id


async def confirm_password(desk: Desk, email: str, password: str, address: str) -> None:
    """Of somebody who is signed in already. Raises WrongError or LockedError."""
    await _find(desk, email, password, address)
    await desk.room.call(forget_attempts, _account(desk, email))


async def _find(desk: Desk, email: str, password: str, address: str) -> Credentials | None:
    if not await desk.room.call(count_attempt, _key(desk, "address", address), FAILURES_OF_ADDRESS):
        raise LockedError
    if not await desk.room.call(count_attempt, _account(desk, email), FAILURES_OF_ACCOUNT):
        raise LockedError
    credentials = await desk.room.read(find_credentials, email.strip())
    if not await _is_right(desk, credentials, password[: LONGEST_PASSWORD + 1]):
        raise WrongError
    return credentials


async def _is_right(desk: Desk, credentials: Credentials | None, password: str) -> bool:
    async with desk.hashing:
        return await asyncio.to_thread(is_password, credentials.password_hash if credentials else None, password)


async def _use_code(desk: Desk, credentials: Credentials | None, code: str) -> int:
    if credentials is None or credentials.totp_nonce is None:
        raise WrongError
    step = step_of(totp_of(desk.key, credentials.totp_nonce), code)
    if step is None or not await desk.room.call(use_step, credentials.id, step):
        raise WrongError
    return credentials.id


def _account(desk: Desk, email: str) -> str:
    return _key(desk, "account", email.strip().lower())


def _key(desk: Desk, kind: str, value: str) -> str:
    """Neither an address nor what somebody typed, perhaps a password by mistake, is kept."""
    return hmac.digest(desk.key, f"{kind} {value}".encode("utf-8", "replace"), "sha256").hex()

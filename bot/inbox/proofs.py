"""What proves who somebody is: passwords, one-time codes, and the key that the codes are made with.

Responsible for hashing and comparing. Must not know accounts, pages or settings' other values.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.core.tokens import are_equal
from bot.settings import ROOT, Settings

_ISSUER = "IMT inbox"
_STEP_SECONDS = 30
# Clocks of telephones are off by some seconds: one step before and after counts too.
_STEPS = (0, -1, 1)
_KEY_FILE = ROOT / "var" / "staff.key"
_hasher = PasswordHasher()


def read_key(settings: Settings, file: Path = _KEY_FILE) -> bytes:
    """The key of the settings; without one, that of a file, which is made at the first time."""
    if settings.staff_key:
        return settings.staff_key.encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
        new.write(secrets.token_hex(32))
    return file.read_bytes()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """What a wrong e-mail address is compared with, so that it takes as long as a wrong password."""
    return _hasher.hash(secrets.token_hex(16))


def is_password(password_hash: str | None, password: str) -> bool:
    """Takes about a twentieth of a second, whether or not there is a password to compare with."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def new_nonce() -> str:
    return secrets.token_hex(16)


def totp_of(key: bytes, nonce: str) -> pyotp.TOTP:
    """The codes of an account. Their secret is kept nowhere: it is made of the key and the nonce each time."""
    secret = base64.b32encode(hmac.digest(key, f"totp {nonce}".encode(), "sha1")).decode()
    return pyotp.TOTP(secret)


def address_of(totp: pyotp.TOTP, email: str) -> str:
    """The otpauth address that an authenticator app reads from a QR code."""
    return totp.provisioning_uri(name=email, issuer_name=_ISSUER)


def step_of(totp: pyotp.TOTP, code: str) -> int | None:
    """The time step that a code belongs to, or None where it is wrong or too old. Each step's code counts once."""
    digits = "".join(code.split())
    now = int(time.time()) // _STEP_SECONDS
    matching = [now + step for step in _STEPS if are_equal(totp.generate_otp(now + step), digits)]
    return matching[0] if matching else None

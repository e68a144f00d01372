"""Secret tokens: whoever has one is let in. Only hashes of them are kept.

Responsible for making, hashing and comparing. Must not know what a token opens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def form_token(token: str) -> str:
    """What each form carries: only who has the token can make it, and the token cannot be found from it."""
    return hash_token(f"form of {token}")


def are_equal(one: str, other: str) -> bool:
    """In a time that does not tell how much of them is equal."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))

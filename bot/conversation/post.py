"""Sends one text to one address by apprise: e-mail, a Telegram chat, a webhook.

Responsible for which addresses are taken and for keeping their secrets out of logs. Must not know what is sent, nor to whom.
"""

from __future__ import annotations

import logging
import warnings
from email.utils import parseaddr
from functools import cache
from urllib.parse import quote

import apprise
from email_validator import EmailNotValidError, validate_email

# Of apprise's many services those that carry a text to people; others write files or start programs.
SCHEMES = frozenset(
    {"mailto", "mailtos", "tgram", "slack", "msteams", "workflows", "discord", "gchat", "mmost", "mmosts", "rocket", "rockets"}
    | {"matrix", "matrixs", "ntfy", "ntfys", "twilio", "json", "jsons", "xml", "xmls", "form", "forms"}
)


class AddressError(ValueError):
    """An address that nothing can be sent to; the message does not hold it."""


class Post:
    """`smtp_url` is apprise's address of the server for e-mail, as in mailtos://USER:PASSWORD@HOST?from=ADDRESS."""

    def __init__(self, smtp_url: str) -> None:
        self._smtp_url = smtp_url
        logging.getLogger("apprise").disabled = True  # it logs addresses with their tokens

    async def send(self, address: str, title: str, body: str) -> bool:
        """Whether it was taken. Raises AddressError where it never will be."""
        post = apprise.Apprise()
        post.add(self._open(address))
        return bool(await post.async_notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))

    def _open(self, address: str) -> apprise.NotifyBase:
        if is_email(address):
            if not self._smtp_url:
                raise AddressError("No server for e-mail is set: see SMTP_URL.")
            separator = "&" if "?" in self._smtp_url else "?"
            return _opened(f"{self._smtp_url}{separator}to={quote(address)}")
        return _open_target(address)


def check_address(address: str) -> None:
    """Raises AddressError unless it is an e-mail address, or one that apprise takes."""
    if not is_email(address):
        _open_target(address)


def _open_target(address: str) -> apprise.NotifyBase:
    scheme = address.partition("://")[0].lower()
    if scheme not in SCHEMES:
        raise AddressError("Give an e-mail address, or an address that begins with one of: " + ", ".join(sorted(SCHEMES)) + ".")
    return _opened(address)


def is_email(text: str) -> bool:
    if "://" in text or parseaddr(text)[1] != text:
        return False
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


@cache
def _load() -> None:
    """Apprise finds its services when it is first asked; one of them imports a module that Python is giving up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise.instantiate("json://localhost")


def _opened(address: str) -> apprise.NotifyBase:
    _load()
    found = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if found is None:
        raise AddressError(
            "The address is not complete: compare it with the page of its service at github.com/caronc/apprise/wiki."
        )
    return found

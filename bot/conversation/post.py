"""Sends one text to one address by apprise: e-mail, a Telegram chat, a webhook.

Responsible for which addresses are taken, for keeping their secrets out of logs, and for sending nothing to machines of our own
network unless a setting names them: managers type addresses. Must not know what is sent, nor to whom.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import warnings
from collections.abc import Collection
from email.utils import parseaddr
from functools import cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote

import apprise
from email_validator import EmailNotValidError, validate_email

# Of apprise's many services those that carry a text to people; others write files or start programs.
SCHEMES = frozenset(
    {"mailto", "mailtos", "tgram", "slack", "msteams", "workflows", "discord", "gchat", "mmost", "mmosts", "rocket", "rockets"}
    | {"matrix", "matrixs", "ntfy", "ntfys", "twilio", "json", "jsons", "xml", "xmls", "form", "forms"}
)
# Those of which the address names the server; the others know theirs.
_OWN_SERVER = frozenset(
    {"mailto", "mailtos", "workflows", "mmost", "mmosts", "rocket", "rockets", "matrix", "matrixs", "ntfy", "ntfys"}
    | {"json", "jsons", "xml", "xmls", "form", "forms"}
)
_RESOLVE_SECONDS = 5.0


class AddressError(ValueError):
    """An address that nothing can be sent to; the message does not hold it."""


class Post:
    """`smtp_url` is apprise's address of the server for e-mail, as in mailtos://USER:PASSWORD@HOST?from=ADDRESS.

    `private_hosts` are those of our own network that targets may name.
    """

    def __init__(self, smtp_url: str, private_hosts: Collection[str] = ()) -> None:
        self._smtp_url, self._private_hosts = smtp_url, private_hosts
        logging.getLogger("apprise").disabled = True  # it logs addresses with their tokens

    async def send(self, address: str, title: str, body: str) -> bool:
        """Whether it was taken. Raises AddressError where it never will be."""
        post = apprise.Apprise()
        post.add(await self._open(address))
        return bool(await post.async_notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT))

    async def check(self, address: str) -> None:
        """Like `check_address`, and the names of servers are looked up. Raises AddressError."""
        if not is_email(address):
            await self._open(address)

    async def _open(self, address: str) -> apprise.NotifyBase:
        if is_email(address):
            if not self._smtp_url:
                raise AddressError("No server for e-mail is set: see SMTP_URL.")
            separator = "&" if "?" in self._smtp_url else "?"
            return _opened(f"{self._smtp_url}{separator}to={quote(address)}")
        target = _open_target(address, self._private_hosts)
        for host in _servers_of(target, address):
            if host not in self._private_hosts and any(map(_is_private, await _look_up(host))):
                raise AddressError(_inside(host))
        return target


def check_address(address: str, private_hosts: Collection[str] = ()) -> None:
    """Raises AddressError unless it is an e-mail address, or one that apprise takes and that does not lead inside."""
    if not is_email(address):
        _open_target(address, private_hosts)


def _open_target(address: str, private_hosts: Collection[str]) -> apprise.NotifyBase:
    """No name is looked up."""
    if _scheme_of(address) not in SCHEMES:
        raise AddressError("Give an e-mail address, or an address that begins with one of: " + ", ".join(sorted(SCHEMES)) + ".")
    target = _opened(address)
    for host in _servers_of(target, address):
        if host not in private_hosts and (host.split(".")[-1] == "localhost" or any(map(_is_private, _as_number(host)))):
            raise AddressError(_inside(host))
    return target


def _scheme_of(address: str) -> str:
    return address.partition("://")[0].lower()


def _servers_of(target: apprise.NotifyBase, address: str) -> list[str]:
    """What it would connect to, as far as the address says it."""
    if _scheme_of(address) not in _OWN_SERVER:
        return []
    named = {getattr(target, name, None) for name in ("host", "smtp_host")}
    return sorted(str(host).lower().strip("[]").rstrip(".") for host in named if host)


def _inside(host: str) -> str:
    return (
        f"The server {host} is inside our own network, where notices are not sent. If it is meant, whoever runs the assistant "
        "can name it in NOTICE_PRIVATE_HOSTS."
    )


def _as_number(host: str) -> list[str]:
    """The address that a host is when it is written as a number, in whichever way: "127.1", "0x7f000001"."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)]
    except (OSError, UnicodeError):
        return []


async def _look_up(host: str) -> list[str]:
    """Every address of a name; none where it has none now: sending to it then fails by itself."""
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            return [str(found[4][0]) for found in await asyncio.get_running_loop().getaddrinfo(host, None)]
    except (OSError, UnicodeError, TimeoutError):
        return []


def _is_private(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return not found.is_global or found.is_multicast


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
    found.redirects = False  # a server outside must not lead inside
    if hasattr(found, "discovery"):  # nor name another one (matrix)
        found.discovery = False
    return found

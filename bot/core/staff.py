"""Who works with the inbox: roles, what each may see and do, and the bounds of passwords and sessions.

Responsible for the rules. Must not know where accounts are kept, nor any page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from bot.core.handoff import Agent

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
# So many failures within the time, and the account or the address has to wait until the oldest of them has passed.
FAILURES_OF_ACCOUNT, FAILURES_OF_ADDRESS = 5, 30
LOCKED_FOR = timedelta(minutes=15)


class Role(StrEnum):
    """What somebody is in the inbox."""

    AGENT = "agent"
    MANAGER = "manager"
    NATIONAL = "national"
    ADMINISTRATOR = "administrator"


OF_A_PARTNER = frozenset({Role.AGENT, Role.MANAGER})


class StaffError(ValueError):
    """An account that cannot be made or changed so; the message says why."""


@dataclass(frozen=True)
class Scope:
    """Whose people somebody sees: those of one intermediary, or with None everybody's."""

    partner_id: str | None


@dataclass(frozen=True)
class Staff:
    """Somebody who is signed in."""

    id: int
    email: str
    first_name: str
    role: Role
    partner_id: str | None
    partner_name: str | None = None

    @property
    def scope(self) -> Scope:
        return scope_of(self.role, self.partner_id)

    @property
    def agent(self) -> Agent:
        """As handoffs know them; what an agent may see, the scope says."""
        return Agent(str(self.id), self.first_name, self.scope.partner_id)

    @property
    def may_edit_replies(self) -> bool:
        return self.role is not Role.AGENT

    @property
    def may_edit_offices(self) -> bool:
        """Of those offices that they see."""
        return self.role in (Role.MANAGER, Role.ADMINISTRATOR)

    @property
    def may_confirm_contacts(self) -> bool:
        return self.role is not Role.AGENT

    @property
    def may_import_offices(self) -> bool:
        return self.role is Role.ADMINISTRATOR

    @property
    def may_manage_accounts(self) -> bool:
        """Of everybody but themselves."""
        return self.role is Role.ADMINISTRATOR

    @property
    def may_teach(self) -> bool:
        """Say what questions are about: for those who see everybody's, because what the assistant learns is for all."""
        return self.partner_id is None

    @property
    def may_handle_data(self) -> bool:
        """Export or erase everything of a person whom they see."""
        return self.role is not Role.AGENT


def scope_of(role: Role, partner_id: str | None) -> Scope:
    """The one place where a role becomes what may be seen. Raises StaffError for a role that lacks its intermediary."""
    check_partner(role, partner_id)
    return Scope(partner_id)


def plain_email(text: str) -> str:
    """The address of an account in its plain form, as it is kept. Raises StaffError."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise StaffError(f"“{text}” is not an e-mail address.") from None


def check_partner(role: Role, partner_id: str | None) -> None:
    """Raises StaffError unless exactly agents and managers belong to an intermediary."""
    if (role in OF_A_PARTNER) != (partner_id is not None):
        needs = "needs the id of an intermediary" if role in OF_A_PARTNER else "belongs to no intermediary"
        raise StaffError(f"The role {role} {needs}.")


def check_password(password: str) -> None:
    """Raises StaffError."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. A few words in a row are good.")

"""Staff for tests: accounts of every role, and browsers that sign in with password and code."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

from fastapi.testclient import TestClient

from bot.core.staff import Role
from bot.inbox.proofs import hash_password, new_nonce, totp_of
from bot.store.database import Database
from bot.store.staff import NewStaff, add_staff, find_credentials

PASSWORD = "correct horse battery"
KEY = "k" * 32
# wrtp has two offices in Wisconsin, kdp none of them.
OWN, OTHER = "wrtp", "kdp"


@lru_cache(maxsize=1)
def _hash() -> str:
    return hash_password(PASSWORD)


def add_person(database: Database, email: str, role: Role, partner: str | None = None, name: str = "") -> str:
    """Gives the nonce of the codes."""
    nonce = new_nonce()
    add_staff(database, NewStaff(email, name or email.partition("@")[0].title(), role, partner, _hash(), nonce))
    return nonce


class Browser:
    """Somebody's browser. It follows nothing by itself."""

    def __init__(self, site: TestClient, database: Database) -> None:
        app: Any = site.app
        self.client = TestClient(app, base_url="http://localhost:8080", client=("127.0.0.1", 5000), follow_redirects=False)
        self.database = database

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(f"/staff{path}", **options)

    def post(self, path: str, csrf: str | None = "", **form: Any) -> Any:
        """With the proof of the last page, unless another or None is given."""
        proof = self.proof() if csrf == "" else csrf
        return self.client.post(f"/staff{path}", data={**form, **({"csrf": proof} if proof is not None else {})})

    def proof(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self._page_with_form())
        assert found
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD, code: str | None = None, **more: Any) -> Any:
        return self.post("/sign-in", email=email, password=password, code=self.code(email) if code is None else code, **more)

    def code(self, email: str, ahead: int = 0) -> str:
        """The code of now, or that of the next step: each works once."""
        credentials = find_credentials(self.database, email)
        if credentials is None or credentials.totp_nonce is None:
            return "000000"
        totp = totp_of(KEY.encode(), credentials.totp_nonce)
        return str(totp.generate_otp(int(time.time()) // 30 + ahead))

    def _page_with_form(self) -> str:
        for path in ("/account", "/sign-in"):
            answer = self.get(path)
            if answer.status_code == 200:
                return str(answer.text)
        raise AssertionError("no page with a form")

"""Pseudonyms: the same for the same, another for any other, and none without a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pseudonyms import pseudonym


@given(st.integers(), st.integers(), st.text(min_size=1), st.text(min_size=1))
def test_it_depends_on_the_person_and_on_the_key(one: int, other: int, key: str, another: str) -> None:
    found = pseudonym(key, "telegram", one)
    assert len(found) == 16 and int(found, 16) >= 0
    assert found == pseudonym(key, "telegram", one)
    assert (found == pseudonym(key, "telegram", other)) == (one == other)
    assert (found == pseudonym(another, "telegram", one)) == (key.rstrip("\0") == another.rstrip("\0"))  # HMAC pads keys with NUL


def test_without_a_secret_there_is_none() -> None:
    with pytest.raises(ValueError, match="secret"):
        pseudonym("", 5)

"""Secret tokens and what is kept and shown of them."""

from __future__ import annotations

from bot.core import tokens


def test_the_token_of_a_form_is_not_that_of_the_session() -> None:
    token = tokens.new_token()
    assert len({token, tokens.hash_token(token), tokens.form_token(token), tokens.form_token(tokens.new_token())}) == 4
    assert tokens.are_equal("é", "é")
    assert not tokens.are_equal("é", "\ud800")

"""Whom somebody says that they are, and what work they want."""

from __future__ import annotations

import pytest

from bot.core.audiences import audience_said, wants_production
from bot.core.routing import Audience
from tests.core.test_replies import hear


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("we stamp metal parts", Audience.EMPLOYER),
        ("estampamos piezas de metal", Audience.EMPLOYER),
        ("I'm asking for my client", Audience.STAFF),
        ("soy trabajador social", Audience.STAFF),
        ("soy trabajadora social en un centro", Audience.STAFF),
        ("im a social worker", Audience.STAFF),
        ("pregunto por un cliente", Audience.STAFF),
        ("im a welder", None),
    ],
)
def test_who(text: str, audience: Audience | None) -> None:
    assert audience_said(hear(text)) is audience


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("I'm a welder, want to be a machine operator", True),
        ("soy soldador pero quiero ser operador de máquinas", True),
        ("plumber here, looking to get into manufacturing", True),
        ("I want to be a welder", False),
        ("we are looking for production workers", False),
        ("I don't want production", False),
        ("is production work hard?", False),
    ],
)
def test_the_work_of_imt_is_wanted(text: str, wants: bool) -> None:
    assert wants_production(hear(text)) is wants

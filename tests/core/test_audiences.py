"""Whom somebody says that they are, and what work they want."""

from __future__ import annotations

import pytest

from bot.core.audiences import audience_said, turn_to, wants_production
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
        ("I'm an HR lead, 10 minutes", Audience.EMPLOYER),
        ("soy gerente de RH", Audience.EMPLOYER),
        ("soy gerente de una tienda", None),
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


COST = ("cost_to_apprentice", "benefits", "employer_cost")


@pytest.mark.parametrize(
    ("audience", "ranked", "turned"),
    [
        (Audience.EMPLOYER, COST, ("employer_cost", "benefits", "cost_to_apprentice")),
        (Audience.SEEKER, COST, COST),
        (Audience.SEEKER, ("employer_wage_schedule", "wages"), ("wages", "employer_wage_schedule")),
        (Audience.STAFF, ("employer_cost", "cost_to_apprentice"), ("employer_cost", "cost_to_apprentice")),
        (None, ("employer_cost", "cost_to_apprentice"), ("employer_cost", "cost_to_apprentice")),
        (Audience.EMPLOYER, ("cost_to_apprentice", "union"), ("cost_to_apprentice", "union")),
        (Audience.EMPLOYER, (), ()),
    ],
)
def test_twin_topics_turn_to_the_side_of_the_audience(
    audience: Audience | None, ranked: tuple[str, ...], turned: tuple[str, ...]
) -> None:
    assert turn_to(audience, ranked) == turned

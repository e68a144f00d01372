"""What counts as a claim, what facts support, and how hard a text is to read."""

from __future__ import annotations

import pytest

from bot.core.language import Language
from bot.knowledge.claims import Claim, Evidence, claims_of, readable_grade
from bot.knowledge.model import Fact

EN, ES = Language.EN, Language.ES


def fact(statement: str, source: str = "JFF", url: str = "https://www.jff.org/imt/", date: str = "2024") -> Fact:
    return Fact("f", statement, source, url, date, "primary")


def claims(text: str, language: Language = EN) -> set[tuple[str, str]]:
    return {(claim.kind, claim.text) for claim in claims_of(text, language)}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It takes 18 months.", EN, {("number", "18")}),
        ("About 3,000 hours in all.", EN, {("number", "3,000")}),
        ("It takes eighteen or three months.", EN, {("number", "3")}),
        ("Tiene cuatro módulos y veinte horas.", ES, {("number", "4"), ("number", "20")}),
        ("In 2021 it was so.", EN, {("number", "2021")}),
        ("Call 1-877-872-5627 now.", EN, {("number", "1-877-872-5627")}),
        ("See apprenticeship.gov for more.", EN, {("address", "apprenticeship.gov")}),
        ("See https://fake.dev/page today.", EN, {("address", "https://fake.dev/page")}),
        ("See fake.info for more.", EN, {("address", "fake.info")}),
        ("Write to ana@example.org today.", EN, {("address", "ana@example.org")}),
        ("The plan of Acme Steel Works is good.", EN, {("name", "Acme Steel Works")}),
        ("Pregunte a la Fundación Acme hoy.", ES, {("name", "Fundación Acme")}),
        ("Ask NIMS about it.", EN, {("name", "NIMS")}),
        ("You work the whole time.", EN, set()),
        ("IMT is in English and Spanish. The U.S. has it.", EN, set()),
    ],
)
def test_claims(text: str, language: Language, expected: set[tuple[str, str]]) -> None:
    assert claims(text, language) == expected


@pytest.mark.parametrize(
    ("statement", "claim", "held"),
    [
        ("It takes 18 months", Claim("number", "18"), True),
        ("It takes eighteen months", Claim("number", "18"), False),
        ("It takes four weeks", Claim("number", "4"), True),
        ("In all 3000 hours", Claim("number", "3,000"), True),
        ("It takes 180 months", Claim("number", "18"), False),
        ("From 16 to 48 months", Claim("number", "16-48"), True),
        ("It costs $18.50", Claim("number", "18.5"), True),
        ("The JFF list", Claim("address", "https://jff.org/imt/"), True),
        ("The JFF list", Claim("address", "jff.com"), False),
        ("Run by Acme Steel Works", Claim("name", "Acme Steel Works"), True),
        ("Run by others", Claim("name", "Acme Steel Works"), False),
        ("The Department of Labor says so", Claim("name", "Departamento de Trabajo"), True),
        ("x", Claim("number", "2024"), True),
    ],
)
def test_evidence(statement: str, claim: Claim, held: bool) -> None:
    assert Evidence.of([fact(statement)]).holds(claim) is held


def test_several_facts_support_together() -> None:
    evidence = Evidence.of([fact("18 months"), fact("264 hours")])
    assert all(evidence.holds(Claim("number", number)) for number in ("18", "264"))
    assert not Evidence.of([]).holds(Claim("number", "18"))


def test_grades_rise_with_hard_words_in_both_languages() -> None:
    easy = {EN: "You work. You learn. You get paid.", ES: "Usted trabaja. Aprende y le pagan."}
    hard = {
        EN: "Participation necessitates comprehensive organizational documentation demonstrating institutional eligibility.",
        ES: "La participación organizacional requiere documentación exhaustiva que demuestre consideraciones institucionales.",
    }
    for language in Language:
        assert readable_grade(easy[language], language) <= 5
        assert readable_grade(hard[language], language) > 9


def test_names_and_addresses_do_not_make_a_text_harder() -> None:
    assert readable_grade("You can ask for the Industrial Manufacturing Administration Organization in your town.", EN) < 5
    assert readable_grade("You can see it all on apprenticeship.gov/employers/registered-apprenticeship-program today.", EN) < 5

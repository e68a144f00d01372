"""Whom somebody says that they are: a seeker, an employer, or staff who help one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.heard import Heard
from bot.core.routing import Audience

_MAKE = r"make|manufacture|hire|stamp|weld|mold|mould|cast|forge|machine|assemble|fabricate|package"
_SAYS_WHO: Mapping[Audience, str] = {
    Audience.EMPLOYER: r"i own|we own|(?:the|an?) owner of|i run a|we run a|"
    rf"we (?:are an? (?:company|manufacturer|employer|staffing|foundry|plant|factory|shop)|{_MAKE})|"
    r"(?:hr|plant|operations|production) manager|(?:hr|human resources) (?:lead|director)|"
    r"our (?:employees|apprentices|new hires)|my employees|"
    r"(?:tengo|tenemos) (?:una?|mi) (?:fabrica|planta|empresa|taller|negocio)|somos una (?:empresa|fabrica|planta|agencia)|"
    r"soy (?:el |la )?(?:duen[oa]|patron|gerente de (?:rh|rrhh|recursos humanos|planta|produccion|operaciones))|"
    r"nuestr[oa]s (?:empleados|trabajadores|aprendices)|mis empleados|"
    r"fabricamos|contratamos|estampamos|soldamos|maquinamos",
    Audience.SEEKER: r"(?:i'?m|im|i am) (?:just )?(?:looking|lookin) for (?:a |some )?(?:job|work)|i need (?:a )?(?:job|work)|"
    r"(?:busco|ando buscando|estoy buscando|necesito) (?:un )?(?:trabajo|empleo|chamba|jale)",
    Audience.STAFF: r"(?:i'?m|im|i am|we are|as|soy) (?:an? |the |una? )?(?:\w+ ){0,2}(?:case ?manager|case ?worker|"
    r"social worker|"
    r"counsell?or|career planner|navigator|job developer|consejer[oa]|trabajadora? social)|"
    r"my (?:client|caseload|participant)s?|(?:for|about) a client|(?:my|our) students|"
    r"mis? (?:clientes?|participantes?|alumn[oa]s)|(?:para|por) (?:un|una) client[ea]",
}
_WORK = r"machine operator|production|manufactur\w*|factor(?:y|ies)|assembly|operadora? de maquina\w*|produccion|fabricas?"
_WANTS_WORK = re.compile(
    r"(?<!don't )(?<!dont )(?<!not )(?<!no )\b(?:want|wanna|like|love|looking|interested|switch|change|get into|move|rather|"
    rf"quier[oe]|quisiera|gustaria|busco|interesa|cambiar\w*)\b(?:(?!\b(?:not|no|don'?t)\b).)*\b(?:{_WORK})\b"
)
_HIRES = re.compile(r"\b(?:we|our|workers|people|apprentices|employees|trabajadores|gente|empleados|aprendices|nuestr\w+)\b")


# What a worker asks, beside what a company asks in the same words ("what does it cost me?").
_TWINS = (
    ("cost_to_apprentice", "employer_cost"),
    ("wages", "employer_wage_schedule"),
    ("already_employed", "employer_incumbent_workers"),
    ("layoffs_cancellation", "employer_retention_termination"),
    ("how_to_apply", "employer_how_to_sponsor"),
)


def turn_to(audience: Audience | None, ranked: tuple[str, ...]) -> tuple[str, ...]:
    """Topics, best first, with the side of the audience before its twin where both were heard."""
    turned = list(ranked)
    for seekers, employers in _TWINS:
        ours, theirs = (employers, seekers) if audience is Audience.EMPLOYER else (seekers, employers)
        if audience in (Audience.EMPLOYER, Audience.SEEKER) and ours in turned and theirs in turned:
            first, second = sorted((turned.index(ours), turned.index(theirs)))
            turned[first], turned[second] = ours, theirs
    return tuple(turned)


def audience_said(heard: Heard) -> Audience | None:
    """Whom somebody says that they are."""
    if heard.act in ("i_am_employer", "i_am_seeker", "i_am_staff"):
        return Audience(heard.act.removeprefix("i_am_"))
    return next((who for who, words in _SAYS_WHO.items() if re.search(rf"\b(?:{words})\b", heard.plain)), None)


def wants_production(heard: Heard) -> bool:
    """Somebody wants the work that IMT is for, whatever they do today ("I'm a welder, want to be a machine operator")."""
    return not heard.is_question and bool(_WANTS_WORK.search(heard.plain)) and not _HIRES.search(heard.plain)

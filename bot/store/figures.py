"""Reads the figures for a page: sums only, and of those only what the reader may see.

Responsible for what is asked of the table `figures`. Agents of a partner see the sums of its offices; national staff see all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select

from bot.core.figures import ALL, SCREENINGS, Step, steps_after
from bot.core.handoff import Agent, Outcome
from bot.core.routing import Audience
from bot.core.states import STATES
from bot.store.database import Database
from bot.store.figure_schema import Figure
from bot.store.schema import Office


class By(StrEnum):
    """What a table compares."""

    MONTH = "month"
    STATE = "state"
    OFFICE = "office"
    CHANNEL = "channel"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Chosen:
    """What figures are narrowed to; empty is everything. Months are "2026-11", the first and the last one included."""

    state: str = ""
    office: str = ""
    channel: str = ""
    language: str = ""
    first: str = ""
    last: str = ""


_COLUMNS = {
    By.MONTH: Figure.month,
    By.STATE: Figure.state,
    By.OFFICE: Figure.office_id,
    By.CHANNEL: Figure.channel,
    By.LANGUAGE: Figure.language,
}
_STEPS = [*map(str, Step), *(str(outcome) for audience in SCREENINGS for outcome in steps_after(audience))]
_GOALS = {Audience.SEEKER: Outcome.REGISTERED, Audience.EMPLOYER: Outcome.SPONSOR}


def read_marks(database: Database, agent: Agent, chosen: Chosen) -> dict[str, dict[str, int]]:
    """The numbers of each mark by audience; "" is who did not say yet what they are."""
    with database.reading() as connection:
        number = func.sum(Figure.number).label("number")
        query = select(Figure.audience, Figure.mark, number).group_by(Figure.audience, Figure.mark)
        found: dict[str, dict[str, int]] = {}
        for row in connection.execute(query.where(*_where(connection, agent, chosen))):
            found.setdefault(row.audience, {})[row.mark] = int(row.number)
    return found


def compare(database: Database, agent: Agent, chosen: Chosen, by: By) -> dict[str, dict[str, dict[str, int]]]:
    """The numbers of each step by audience and by what is compared, in the order of that."""
    with database.reading() as connection:
        column, number = _COLUMNS[by], func.sum(Figure.number).label("number")
        query = select(Figure.audience, column.label("value"), Figure.mark, number).group_by(Figure.audience, column, Figure.mark)
        where = _where(connection, agent, chosen, by)
        found: dict[str, dict[str, dict[str, int]]] = {}
        for row in connection.execute(query.where(Figure.mark.in_(_STEPS), *where).order_by(column)):
            if row.number:
                found.setdefault(row.audience, {}).setdefault(row.value, {})[row.mark] = int(row.number)
    return found


def read_goals(database: Database, agent: Agent) -> dict[Audience, int]:
    """Apprentices registered and sponsors established from the beginning, as far as the agent sees them."""
    with database.reading() as connection:
        goals = Figure.mark.in_([str(outcome) for outcome in _GOALS.values()])
        query = select(Figure.mark, func.sum(Figure.number).label("number")).where(goals).group_by(Figure.mark)
        found = {row.mark: int(row.number) for row in connection.execute(query.where(*_where(connection, agent, Chosen())))}
    return {audience: found.get(str(outcome), 0) for audience, outcome in _GOALS.items()}


def list_months(database: Database, agent: Agent) -> list[str]:
    """Those that there are figures of, newest first."""
    made = Figure.mark.in_([str(Step.WROTE), str(Step.PASSED_ON)])
    with database.reading() as connection:
        query = select(Figure.month).where(made, *_where(connection, agent, Chosen())).distinct().order_by(Figure.month.desc())
        return list(connection.scalars(query))


def _where(connection: Connection, agent: Agent, chosen: Chosen, by: By | None = None) -> list[ColumnElement[bool]]:
    """Each conversation and request is in one office and one state, and once more in the sum of all: never in both here."""
    offices = _offices(connection, agent, chosen.office, by is By.OFFICE)
    states = [chosen.state] if chosen.state else [*STATES, ""] if by is By.STATE else [ALL]
    asked = (
        (chosen.channel, Figure.channel == chosen.channel),
        (chosen.language, Figure.language == chosen.language),
        (chosen.first, Figure.month >= chosen.first),
        (chosen.last, Figure.month <= chosen.last),
    )
    return [Figure.office_id.in_(offices), Figure.state.in_(states), *(condition for value, condition in asked if value)]


def _offices(connection: Connection, agent: Agent, wanted: str, each: bool) -> Sequence[str]:
    """The offices whose figures the agent asks for and may see; with those of no office to who sees all."""
    if agent.partner_id is None and not each:
        return [wanted or ALL]
    query = select(Office.id)
    if agent.partner_id is not None:
        query = query.where(Office.partner_id == agent.partner_id)
    visible = list(connection.scalars(query)) + ([""] if agent.partner_id is None else [])
    return [office for office in visible if wanted in ("", office)]

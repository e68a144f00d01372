"""Questions that the assistant could not answer well, for staff to say what they are about.

Responsible for the table `review_questions`. Must not know how what is personal is taken out of them (`core.redact`), nor pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.heard import plain
from bot.store.audit import record
from bot.store.base import utc_now
from bot.store.conversation_schema import Message
from bot.store.database import Database
from bot.store.question_schema import ReviewQuestion
from bot.store.staff_schema import Staff

PAGE = 30
DROP, OUT_OF_SCOPE = "drop", "out_of_scope"


class Why(StrEnum):
    """How the assistant answered a question that is to be looked at."""

    DECLINED = "declined"
    UNSURE = "unsure"
    UNHELPFUL = "unhelpful"


class QuestionNotFoundError(LookupError):
    """There is no such question, or it was exported already."""


@dataclass(frozen=True)
class Question:
    """A question with how often it was answered how, what the assistant thought of, and what staff decided; `who` is a name."""

    id: int
    language: str
    text: str
    counts: dict[Why, int]
    topics: Sequence[str]
    last_at: datetime
    decision: str | None
    who: str | None
    decided_at: datetime | None
    exported_at: datetime | None


_QUESTIONS = select(ReviewQuestion, Staff.first_name).outerjoin(Staff, Staff.id == ReviewQuestion.decided_by)
_ASKED = ReviewQuestion.declined + ReviewQuestion.unsure + ReviewQuestion.unhelpful


def keep_question(database: Database, language: str, text: str, why: Why, topics: Sequence[str]) -> None:
    """Count it where it is known already; `text` holds nothing personal any more."""
    insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert
    now = utc_now()
    counts = {str(each): int(each is why) for each in Why}
    own = {"language": language, "key": plain(text), "text": text, "topics": list(topics), "first_at": now, "last_at": now}
    column = ReviewQuestion.__table__.c[str(why)]
    again = {column.name: column + 1, "topics": list(topics), "last_at": now}
    with database.writing() as connection:
        new = insert(ReviewQuestion).values(**own, **counts)
        connection.execute(new.on_conflict_do_update(index_elements=["language", "key"], set_=again))


def find_answered(database: Database, conversation_id: str, before: int) -> tuple[str, Sequence[str]] | None:
    """What the visitor asked last before a message, and the topics of the answer; None where it was not answered with any."""
    this = Message.conversation_id == conversation_id
    asked = select(Message.seq, Message.text).where(this, Message.author == "visitor", Message.seq < before)
    with database.reading() as connection:
        row = connection.execute(asked.order_by(Message.seq.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        answers = connection.scalars(select(Message.topics).where(this, Message.seq > row.seq, Message.seq < before))
        topics = list(dict.fromkeys(topic for some in answers for topic in some))
    return (row.text, topics) if topics else None


def list_questions(database: Database, decided: bool, language: str = "", page: int = 0) -> list[Question]:
    """Those that wait, most asked first; or those decided, newest first. PAGE at most, and one more if there is a next page."""
    query = _QUESTIONS.where(ReviewQuestion.decision.is_not(None) if decided else ReviewQuestion.decision.is_(None))
    if language:
        query = query.where(ReviewQuestion.language == language)
    order = (ReviewQuestion.decided_at.desc(),) if decided else (_ASKED.desc(), ReviewQuestion.last_at.desc())
    query = query.order_by(*order, ReviewQuestion.id).limit(PAGE + 1).offset(page * PAGE)
    with database.transaction() as session:
        return [_question(row, who) for row, who in session.execute(query)]


def read_question(database: Database, question_id: int) -> Question:
    """Raises QuestionNotFoundError."""
    with database.transaction() as session:
        found = session.execute(_QUESTIONS.where(ReviewQuestion.id == question_id)).one_or_none()
        if found is None:
            raise QuestionNotFoundError
        return _question(*found)


def count_questions(database: Database) -> tuple[int, int]:
    """How many wait, and how many are decided."""
    query = select(func.count(), func.count(ReviewQuestion.decision)).select_from(ReviewQuestion)
    with database.reading() as connection:
        every, decided = connection.execute(query).one()
        return every - decided, decided


def decide_question(database: Database, staff_id: int, question_id: int, decision: str | None) -> None:
    """The right topic, OUT_OF_SCOPE or DROP; None opens it again. Raises QuestionNotFoundError, also once it was exported."""
    made = {"decision": decision, "decided_by": staff_id, "decided_at": utc_now()}
    values = made if decision else dict.fromkeys(made)
    this = update(ReviewQuestion).where(ReviewQuestion.id == question_id, ReviewQuestion.exported_at.is_(None))
    with database.writing() as connection:
        if connection.execute(this.values(**values)).rowcount == 0:
            raise QuestionNotFoundError
        record(connection, "question_decided" if decision else "question_reopened", staff_id, detail=decision)


def list_to_export(database: Database) -> list[Question]:
    """Decided and not exported yet, without those that were dropped; the most asked first."""
    ready = (ReviewQuestion.decision.is_not(None), ReviewQuestion.decision != DROP, ReviewQuestion.exported_at.is_(None))
    with database.transaction() as session:
        found = session.execute(_QUESTIONS.where(*ready).order_by(_ASKED.desc(), ReviewQuestion.id))
        return [_question(row, who) for row, who in found]


def mark_exported(database: Database, question_ids: Collection[int]) -> None:
    with database.writing() as connection:
        these = update(ReviewQuestion).where(ReviewQuestion.id == bindparam("this"))
        for question_id in question_ids:
            connection.execute(these.values(exported_at=utc_now()), {"this": question_id})


def _question(row: ReviewQuestion, who: str | None) -> Question:
    counts = {why: getattr(row, str(why)) for why in Why if getattr(row, str(why))}
    decided = (row.decision, who, row.decided_at, row.exported_at)
    return Question(row.id, row.language, row.text, counts, row.topics, row.last_at, *decided)

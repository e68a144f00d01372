"""What the command `python -m bot knowledge check` tells an editor."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from bot.knowledge.check import check_knowledge
from bot.knowledge.lines import with_line
from bot.knowledge.load import DIRECTORY, KnowledgeError, load_knowledge

WITHOUT_ANSWER = ("chitchat", "out_of_scope")


def required_topics(directory: Path = DIRECTORY) -> list[str]:
    """The topic ids that need an answer."""
    with (directory / "topics.tsv").open(encoding="utf-8", newline="") as lines:
        return [row["topic"] for row in csv.DictReader(lines, delimiter="\t") if row["topic"] not in WITHOUT_ANSWER]


def faults_of_knowledge(today: date, directory: Path = DIRECTORY) -> list[str]:
    """Every fault, a sentence each, with its file and line; an empty list when all is well."""
    try:
        knowledge = load_knowledge(directory)
        faults = [str(fault) for fault in check_knowledge(knowledge, required_topics(directory), today)]
    except KnowledgeError as error:
        faults = error.faults
    return [with_line(fault, directory) for fault in faults]

"""The words that may stay in questions kept for review: those of the examples, and no names."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.core.redact import redact
from bot.knowledge.vocabulary import load_vocabulary, read_examples

QUESTIONS = Path(__file__).parents[1] / "nlu" / "questions"
# Common in the places that we serve, and no words besides, as "will" and "mark" are.
NAMES = (
    "maria jose juan luis carlos john james robert michael david mary jennifer linda patricia garcia martinez smith johnson "
    "williams jones miller lopez gonzalez hernandez rodriguez guadalupe jesus angel miguel pedro kevin brian lisa karen nguyen "
    "steve mike sarah emily daniel antonio francisco manuel alejandro fernando jorge roberto sofia carmen teresa elena laura "
    "diana milwaukee chicago"
)


def test_no_common_name_is_a_word() -> None:
    assert [name for name in NAMES.split() if name in load_vocabulary().words] == []


def test_what_the_programme_is_called_may_have_its_capitals() -> None:
    kept = "Is the English class of IMT on Monday, and do I need a GED?"
    assert redact(kept, load_vocabulary()) == kept


def test_most_questions_that_it_does_not_know_stay() -> None:
    files = [file.read_text(encoding="utf-8").splitlines() for file in sorted(QUESTIONS.glob("dev_*.tsv"))]
    asked = [row["text"] for lines in files for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    kept = [redact(text, load_vocabulary()) for text in asked]
    assert sum(text is not None for text in kept) > 0.85 * len(asked)
    assert sum(text is not None and "…" not in text for text in kept) > 0.6 * len(asked)


def test_examples_are_given_with_their_file() -> None:
    found = list(read_examples())
    assert len(found) > 20_000
    assert {path.parent.name for path, _ in found} == {"en", "es", "nlu"}

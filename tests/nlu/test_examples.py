"""The reader of the training examples, and what those have to hold."""

from collections import Counter
from pathlib import Path

import pytest

from bot.nlu.examples import DATA, Example, read_examples

FILE = """version: "3.1"
nlu:
- intent: faq/wages
  metadata:
    language: en
  examples: |
    - how much
- intent: faq/wages
  metadata:
    language: en
    also: [benefits]
  examples: |
    - is it good money - all in?
- intent: affirm
  examples: |
    - yes
"""


def test_each_line_is_read_with_its_topic_and_what_serves_as_well(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "wages.yml").write_text(FILE, encoding="utf-8")
    plain, double = read_examples(tmp_path)
    assert plain == Example("how much", "wages", "en")
    assert double == Example("is it good money - all in?", "wages", "en", ("benefits",))
    assert double.accepted == {"wages", "benefits"}


def test_a_folder_without_examples_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no training examples"):
        read_examples(tmp_path)


def test_there_are_enough_of_every_topic_in_both_languages() -> None:
    examples = read_examples()
    counts = Counter((one.topic, one.language) for one in examples)
    topics = {one.topic for one in examples}
    assert len(topics) == 54
    assert all(counts[topic, "en"] >= 60 and counts[topic, "es"] >= 40 for topic in topics)
    assert counts["out_of_scope", "en"] + counts["out_of_scope", "es"] >= 300


def test_what_serves_as_well_is_another_topic_that_exists() -> None:
    examples = read_examples()
    topics = {one.topic for one in examples}
    assert [one for one in examples if one.topic in one.also or not set(one.also) <= topics] == []


def test_a_topic_never_has_an_example_twice() -> None:
    twice = [key for key, count in Counter((one.topic, one.text) for one in read_examples()).items() if count > 1]
    assert twice == []


def test_files_lie_where_their_topic_and_language_say() -> None:
    for path in sorted(DATA.glob("*/*.yml")):
        text = path.read_text(encoding="utf-8")
        assert f"- intent: faq/{path.stem}\n" in text and f"language: {path.parent.name}\n" in text, path

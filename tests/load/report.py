"""docs/benchmarks.md: a frame written by hand around figures that were measured.

Responsible for the summaries (medians over rounds), for what meets its target, and for the page. Must not measure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

BOTS = {"stock": "`rasa init`", "ours": "ours, same sentences", "ours_full": "ours, as delivered"}
_AROUND_OTHERS = {"topics, all", "votes, all", "parse, all", "turn, all"}

Figures = dict[str, float]


def percentile(times: Sequence[float], share: int) -> float:
    """The time that `share` in a hundred do not exceed, in ms."""
    return round(sorted(times)[min(len(times) - 1, len(times) * share // 100)], 1)


@dataclass(frozen=True)
class Row:
    """A figure with its target: `holds(ours, stock)`."""

    name: str
    key: str
    shown: str
    target: str = ""
    holds: Callable[[float, float], bool] | None = None


_ROWS = (
    Row("One client, p50", "p50_ms", "{:.1f} ms", "at most as stock; aim: half", lambda ours, stock: ours <= stock),
    Row("One client, p95", "p95_ms", "{:.1f} ms"),
    Row("CPU of Rasa's process a message", "cpu_ms", "{:.1f} ms"),
    Row("Eight clients", "rate", "{:.0f} messages/s", "at least as stock; aim: double", lambda ours, stock: ours >= stock),
    Row(
        "Memory after 200 messages (RSS)", "rss_mb", "{:.0f} MB", "at most 60 % of stock", lambda ours, stock: ours <= 0.6 * stock
    ),
    Row("The same, shared pages divided (PSS)", "pss_mb", "{:.0f} MB"),
    Row("Start to first answer", "first_answer_s", "{:.1f} s", "at most half of stock", lambda ours, stock: ours <= 0.5 * stock),
    Row("CPU until then", "start_cpu_s", "{:.1f} s"),
    Row("Turn 5 of a conversation", "early_ms", "{:.1f} ms"),
    Row("Turn 200 of the same", "late_ms", "{:.1f} ms"),
    Row("Turn 200 ÷ turn 5", "growth", "{:.2f}", "at most 1.5", lambda ours, _: ours <= 1.5),
)


def write(source: Path, page: Path) -> None:
    """Make the page from the JSON files in `source`; what was not measured is left out."""
    names = ("machine", "training", "understanding", "serving", "stages", "routing", "website", "telegram", "inbox")
    read = {name: _read(source / f"{name}.json") for name in names}
    sections = [
        _head(read["machine"], read["serving"]),
        _serving(read["serving"]),
        _stages(read["stages"], read["serving"]),
        _training(read["training"], read["understanding"]),
        _routing(read["routing"]) if read["routing"] else "",
        _website(read["website"]) if read["website"] else "",
        _telegram(read["telegram"]) if read["telegram"] else "",
        _inbox(read["inbox"]) if read["inbox"] else "",
        _method(read["serving"]),
    ]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(section for section in sections if section), encoding="utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _head(machine: dict[str, Any], serving: list[dict[str, Any]]) -> str:
    loads = [each["load"] for each in serving]
    return f"""# Benchmarks
Written by `make bench`; every figure on this page was measured, and none is edited by hand.

Measured on {machine["date"]}: {machine["processor"]}, {machine["cores"]} cores, {machine["memory_gb"]} GB,
Python {machine["rasa_python"]} for Rasa 3.6.21 and {machine["python"]} for the rest.
Load average {machine["load_before"]} before the run and {min(loads)} to {max(loads)} during it; the benchmark itself keeps one
to two cores busy.
"""


def summarise(rounds: Sequence[dict[str, Any]]) -> Figures:
    """Medians over the rounds of one bot; of long conversations, over the five turns around each point and over all of them."""
    keys = ("p50_ms", "p95_ms", "cpu_ms", "rate", "rss_mb", "pss_mb", "first_answer_s", "start_cpu_s")
    figures = {key: median(each[key] for each in rounds) for key in keys}
    long = [each for taken in rounds for each in taken["long"]]
    early, late = [median(each["early"]) for each in long], [median(each["late"]) for each in long]
    growth = median(after / before for before, after in zip(early, late, strict=True))
    return {**figures, "early_ms": median(early), "late_ms": median(late), "growth": growth}


def _serving(serving: list[dict[str, Any]]) -> str:
    figures = {bot: summarise([each for each in serving if each["bot"] == bot]) for bot in BOTS}
    header = _line(["", *BOTS.values(), "target", "as delivered"])
    rows = [_serving_row(row, figures) for row in _ROWS]
    silent, messages = sum(each["silent"] for each in serving), sum(each["messages"] for each in serving)
    return "\n".join(
        ["## Answering", header, _line(["---"] * 6), *rows, "", f"Of {messages} messages {silent} stayed without an answer.", ""]
    )


def _serving_row(row: Row, figures: dict[str, Figures]) -> str:
    cells = [row.shown.format(figures[bot][row.key]) for bot in BOTS]
    ours, stock = figures["ours_full"][row.key], figures["stock"][row.key]
    verdict = "" if row.holds is None else f"{'**met**' if row.holds(ours, stock) else '**not met**'}{_times(row, ours, stock)}"
    return _line([row.name, *cells, row.target, verdict])


def _times(row: Row, ours: float, stock: float) -> str:
    return f" ({ours / stock:.0%} of stock)" if "stock" in row.target else ""


def _stages(stages: dict[str, Any], serving: list[dict[str, Any]]) -> str:
    """Means, because means add up."""
    mean = {name: fmean(times) for name, times in stages["stages"].items()}
    alone = fmean(stages["action_server_ms"]) * stages["calls"] / len(stages["stages"]["turn, all"])
    voters, named = mean["votes, all"] - mean["n-grams"], {}
    named["sentence encoder"] = mean["encode"]
    named["n-grams"] = mean["n-grams"]
    named["kernel machine"] = voters
    named["language"] = mean["language"]
    named["rest of TopicClassifier (cutting into parts, ranking)"] = (
        mean["topics, all"] - mean["encode"] - mean["votes, all"] - mean["language"]
    )
    named["acts"] = mean["acts"]
    named["entities"] = mean["entities"]
    named["Rasa's graph around the components"] = mean["parse, all"] - mean["topics, all"] - mean["acts"] - mean["entities"]
    named["tracker load"] = mean["tracker load"]
    named["slots (Rasa's own action before each turn)"] = mean["slots"]
    named["policies"] = mean["policies"]
    named["action server: HTTP, action, database"] = min(alone, mean["action call"])
    named["the same call, Rasa's part of it"] = max(0.0, mean["action call"] - alone)
    named["tracker save"] = mean["tracker save"]
    named["rest of Rasa (events, copies of the tracker)"] = mean["turn, all"] - sum(named.values())
    rows = [_line([name, f"{value:.2f}", f"{value / mean['turn, all']:.0%}"]) for name, value in named.items()]
    outside = summarise([each for each in serving if each["bot"] == "ours_full"])["p50_ms"] - median(
        stages["stages"]["turn, all"]
    )
    return "\n".join(
        [
            "## Where the time of a turn goes",
            f"As delivered, {len(stages['stages']['turn, all'])} messages, timed inside Rasa. Means, because means add up.",
            "",
            _line(["stage", "ms", "share"]),
            _line(["---"] * 3),
            *rows,
            _line(["**whole turn**", f"**{mean['turn, all']:.2f}**", ""]),
            "",
            f"Rasa's REST channel and the client come on top: about {max(0.0, outside):.1f} ms (the difference of the medians).",
            "",
        ]
    )


def _training(training: dict[str, Figures], understanding: dict[str, Any]) -> str:
    titles = {"held_out": "ten others a topic, not trained on", "dev_en": "`tests/nlu/questions/dev_en.tsv`"}
    rows = []
    for name, title in titles.items():
        found = understanding[name]
        for key, words in (("top1", "right at once"), ("top3", "among the first three")):
            rows.append(
                _line([f"{title} ({found['questions']}): {words}", f"{found['stock'][key]:.1%}", f"{found['ours'][key]:.1%}"])
            )
    return "\n".join(
        [
            "## Training and understanding on the same ten sentences a topic",
            _line(["", "`rasa init`", "ours"]),
            _line(["---"] * 3),
            _line(
                ["Training, from the command to the model", *(f"{training[bot]['wall_s']:.0f} s" for bot in ("stock", "ours"))]
            ),
            _line(["CPU of the same", *(f"{training[bot]['cpu_s']:.0f} s" for bot in ("stock", "ours"))]),
            *rows,
            "",
            "Ours began without any sentence encoded. With all its sentences it is measured by `make evaluate`.",
            "",
        ]
    )


def _routing(routing: list[dict[str, Any]]) -> str:
    rows = [
        _line(
            [each["database"], f"{each['offices']:,}", f"{each['p50_ms']:.2f}", f"{each['p95_ms']:.2f}", f"{each['max_ms']:.2f}"]
        )
        for each in routing
    ]
    header = _line(["database", "offices", "p50 ms", "p95 ms", "most ms"])
    return "\n".join(["## The way to the nearest office", header, _line(["---"] * 5), *rows, ""])


def _website(website: dict[str, Any]) -> str:
    header = _line(["visitors", "database", "messages", "failures", "stored p50", "p99", "answered p50", "p95", "most"])
    rows = [
        _line(
            [
                f"{each['name']}, {each['pause']:g} s between messages",
                each["database"],
                f"{each['messages']:,}",
                str(each["failures"]),
                *(f"{each['acknowledge'][share]:.0f} ms" for share in ("50%", "99%")),
                *(f"{each['answer'][share]:.0f} ms" for share in ("50%", "95%", "100%")),
            ]
        )
        for each in website["runs"]
    ]
    memory = [
        _line([f"{each['name']}, {each['database']}", *(f"{a:.0f} → {b:.0f} MB" for a, b in each["memory_mb"].values())])
        for each in website["runs"]
    ]
    names = list(website["runs"][0]["memory_mb"])
    return "\n".join(
        [
            "## Visitors of the website",
            f"Measured on {website['machine']['date']}, load average {website['machine']['load_before']} before,",
            "the visitors on the same cores. A message lost, doubled or out of order is a failure. Targets: none; stored within",
            "50 ms at p99; answered at p95 within twice the time of one visitor until Rasa is saturated, then late, not lost.",
            "",
            header,
            _line(["---"] * 9),
            *rows,
            "",
            "Resident memory, in the middle of the run and at its end:",
            "",
            _line(["", *names]),
            _line(["---"] * (len(names) + 1)),
            *memory,
            "",
        ]
    )


def _telegram(burst: dict[str, Any]) -> str:
    """The burst with its targets: one answer each, in order, and acknowledged at once."""
    right = burst["wrong"] == 0 and burst["answered"] == burst["updates"]
    met = "**met**" if right and burst["p99_ms"] < 50 else "**missed**"
    p50, p95, p99 = (f"{burst[name]:.0f} ms" for name in ("p50_ms", "p95_ms", "p99_ms"))
    return f"""## A burst on Telegram
{burst["updates"]:,} updates at {burst["at_once"]} at a time, each delivered three times by webhook, with Rasa answering them on
the same machine: {burst["answered"]:,} were answered, each once, and {burst["wrong"]} chats saw anything twice or out of order.
Acknowledged after {p50} (p50), {p95} (p95) and {p99} (p99; target: under 50 ms) — {met}.
All answers had arrived after {burst["seconds"]:.0f} s; Telegram takes 30 messages a second.
"""


def _inbox(calls: list[dict[str, Any]]) -> str:
    """What a page of the inbox asks of the database, with the target for each."""
    most = max(each["p95_ms"] for each in calls)
    sizes = sorted({(each["database"], each["size"]) for each in calls}, reverse=True)
    found = {(each["what"], each["database"], each["size"]): each for each in calls}
    names = list(dict.fromkeys(each["what"] for each in calls))

    def times(name: str) -> Iterator[str]:
        for size in sizes:
            yield from (f"{found[name, *size][share]:.1f}" for share in ("p50_ms", "p95_ms"))

    rows = [_line([name, *times(name)]) for name in names]
    header = _line(["", *(f"{database}, {number:,}: p50 ms | p95 ms" for database, number in sizes)])
    met = "**met**" if most < 200 else "**missed**"
    return "\n".join(
        [
            "## The inbox",
            f"Lists, search and figures with so many requests. Target: p95 under 200 ms; the most was {most:.0f} ms — {met}.",
            "",
            header,
            _line(["---"] * (1 + 2 * len(sizes))),
            *rows,
            "",
        ]
    )


def _method(serving: list[dict[str, Any]]) -> str:
    rounds = len({each["round"] for each in serving})
    return f"""## How it was measured
- One bot after the other, {rounds} rounds; while one is measured, the others do not run. Figures are medians over the rounds.
- `rasa init` is Rasa's stock pipeline and policies (DIET, TED and UnexpecTED with 100 epochs), an intent and a rule a topic,
  Rasa's own tracker store on SQLite, started by `rasa run`. Ours is started as `make run` starts it, also on SQLite.
- The same sentences: ten English ones a topic, drawn once from `data/nlu/en`, and ten Spanish greetings, because our language
  detector needs two languages. As delivered, ours has all its sentences in both languages.
- The same actions and database: the stock bot calls our action server through `tests/load/stock_actions.py`, which makes up
  from its intents what our components would have said.
- The same messages, in conversations of six turns: a greeting, three questions in two languages, a place, thanks. No question
  comes twice.
- Turn 5 and turn 200: the median of the five turns around each, the same questions in a word more or less.
- Start: from the start of Rasa's process to its first answer over REST, with the action server running.
- Where other programs keep the machine busy, times by the clock grow for every bot; CPU times hardly do.
- Raw figures: `var/bench/*.json`. Programs: `tests/load/bench_*.py`.
"""


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"

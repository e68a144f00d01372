"""Chooses the thresholds on cross-validated scores, and writes them down with what they cost.

The rules: decline as readily as the in-scope questions bear; answer as readily as misleading stays rare; split a message
in two only where that is nearly always right. The figure `helped` alone would choose to answer nobody, for to offer three
choices counts as help: so the answer threshold is the least that keeps `misled` low, not the one that helps most.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import yaml

from bot.nlu.crossval import CrossValidation, Held
from bot.nlu.decide import CHITCHAT, Thresholds, decide
from bot.nlu.measure import Outcome, Summary, share, summarise
from bot.nlu.questions import Question
from bot.nlu.understanding import Understanding, blend, judge, rank, two_questions

MOST_MISLED = 0.05
MOST_REFUSED = 0.04
LEAST_SPLIT_RIGHT = 0.9
GRID = tuple(round(float(value), 2) for value in np.arange(0.1, 0.98, 0.01))
CURVE = tuple(round(float(value), 2) for value in np.arange(0.35, 0.951, 0.05))


@dataclass(frozen=True)
class Splitting:
    """Of the messages that are split in two: how many, and for how many each topic, or at least one, is right."""

    pairs: int
    pairs_split: int
    both_right: float
    singles_that_could_be_cut: int
    singles_split: int
    right: float


def choose_thresholds(held: CrossValidation) -> Thresholds:
    """The thresholds by the rules above; each is the least of the grid that keeps its rule, or the highest where none does."""
    part = next((least for least in GRID if measure_splitting(held, least).right >= LEAST_SPLIT_RIGHT), GRID[-1])
    cautious = Thresholds(answer=GRID[-1], decline=GRID[-1], part=part, temperature=held.temperature, chitchat=GRID[-1])
    decline = _first_that(held, cautious, "decline", "in_scope_refused", MOST_REFUSED)
    chitchat = replace(decline, chitchat=_best_for_chitchat(held))
    answer = _first_that(held, chitchat, "answer", "misled", MOST_MISLED)
    return replace(answer, temperature=round(held.temperature, 4))


def _best_for_chitchat(held: CrossValidation) -> float:
    """The score down to which answering what seems small talk is right more often than wrong, by the most."""
    ranked = [(one.topics[0], rank(blend(one.scores), held.topics)[0]) for one in held.singles]
    seeming = sorted(((score, true == CHITCHAT) for true, (topic, score) in ranked if topic == CHITCHAT), reverse=True)
    best, gain, total = GRID[-1], 0, 0
    for score, right in seeming:
        total += 1 if right else -1
        if total > gain:
            best, gain = score, total
    return max(GRID[0], round(best - 0.005, 2))


def _first_that(held: CrossValidation, thresholds: Thresholds, name: str, figure: str, most: float) -> Thresholds:
    """The least value of the threshold `name` with `figure` at most `most`; both figures only fall as thresholds rise."""
    low, high = 0, len(GRID) - 1
    while low < high:
        middle = (low + high) // 2
        found = outcomes(held, replace(thresholds, **{name: GRID[middle]}))
        low, high = (low, middle) if summarise(found)[figure] <= most else (middle + 1, high)
    return replace(thresholds, **{name: GRID[low]})


def outcomes(held: CrossValidation, thresholds: Thresholds) -> List[Outcome]:
    """What would have become of every example, judged as a message is judged when it runs."""
    return [_outcome(index, one, held.topics, thresholds) for index, one in enumerate(held.singles)]


def _outcome(index: int, one: Held, topics: Sequence[str], thresholds: Thresholds) -> Outcome:
    decision, rankings = judge(one.scores, topics, thresholds)
    question = Question(str(index), one.text, one.topics[0], frozenset(one.also), "unknown")
    return Outcome(question, Understanding(decision, rankings, one.language, True))


def measure_splitting(held: CrossValidation, least: float) -> Splitting:
    """How well messages are split at the part threshold `least`, pairs and single questions weighing the same.

    Right: of a pair, at least one answered topic is one of its two; of a single question, its topic is answered.
    """
    pairs = [one for one in held.pairs if len(one.scores) > 1]
    singles = [one for one in held.singles if len(one.scores) > 1]
    of_pairs, of_singles = (_split_topics(group, held.topics, least) for group in (pairs, singles))
    right = [_hits(one, found) > 0 for one, found in of_pairs], [_hits(one, found) > 0 for one, found in of_singles]
    weights = [len(kind) / max(1, size) for kind, size in zip(right, (len(pairs), len(singles)))]
    total = sum(weights)
    return Splitting(
        pairs=len(held.pairs),
        pairs_split=len(of_pairs),
        both_right=share([_hits(one, found) == 2 for one, found in of_pairs]),
        singles_that_could_be_cut=len(singles),
        singles_split=len(of_singles),
        right=round(sum(weight * share(kind) for weight, kind in zip(weights, right)) / total, 4) if total else 1.0,
    )


def _split_topics(group: Sequence[Held], topics: Sequence[str], least: float) -> List[Any]:
    found = [(one, [ranking[0][0] for ranking in two_questions(one.scores[1:], topics, least)]) for one in group]
    return [(one, answered) for one, answered in found if answered]


def _hits(one: Held, answered: Sequence[str]) -> int:
    return len(set(one.topics) & set(answered))


def curve(found: Sequence[Outcome], thresholds: Thresholds) -> List[Dict[str, float]]:
    """Helped, misled and the share answered at a dozen answer thresholds, the others as chosen."""
    points = []
    for answer in CURVE:
        again = [_redecided(outcome, replace(thresholds, answer=answer)) for outcome in found]
        summary = summarise(again)
        answered = share([bool(outcome.answered) for outcome in again])
        points.append({"answer": answer, "helped": summary["helped"], "misled": summary["misled"], "answered": answered})
    return points


def _redecided(outcome: Outcome, thresholds: Thresholds) -> Outcome:
    understood = outcome.understood
    if len(understood.rankings) > 1:
        return outcome
    return Outcome(outcome.question, replace(understood, decision=decide(understood.ranking, thresholds)))


def measured(held: CrossValidation, thresholds: Thresholds) -> Dict[str, Any]:
    """The figures at the chosen thresholds: all examples, each language, with no second topic accepted, and the splitting."""
    found = outcomes(held, thresholds)
    by_language: Dict[str, Summary] = {
        name: summarise([one for one in found if one.understood.language == code])
        for name, code in (("english", "en"), ("spanish", "es"))
    }
    answered = share([bool(one.answered) for one in found])
    splitting = asdict(measure_splitting(held, thresholds.part))
    strictly = summarise([replace(one, question=replace(one.question, also_acceptable=frozenset())) for one in found])
    everything = {**summarise(found), "answered": answered}
    return {"all": everything, **by_language, "first_topic_only": strictly, "splitting": splitting}


def write_thresholds(path: Path, thresholds: Thresholds, figures: Dict[str, Any], points: List[Dict[str, float]]) -> None:
    """Write `chosen`, `measured` and `curve`, replacing the file in one step."""
    head = (
        "# Made by `python -m bot.nlu.evaluate --cross-validate OUT --write-thresholds`: 5-fold cross-validation on data/nlu,\n"
        "# near-duplicates never in two folds. decline: least with at most 4 % of in-scope questions declined; answer: least\n"
        "# with at most 5 % misled; part: least with 90 % of the messages that are split answered rightly; chitchat: down to\n"
        "# where it is right more often than wrong.\n"
    )
    content = {"chosen": asdict(thresholds), "measured": figures, "curve": points}
    partial = path.with_suffix(".partial")
    partial.write_text(head + yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120), encoding="utf-8")
    partial.replace(path)

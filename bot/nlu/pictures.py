"""Draws the evaluation's pictures as PNG, light, for reading in a browser. Knows outcomes, not files."""

from __future__ import annotations

import io
from collections import Counter
from typing import Dict, List, Sequence

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

from bot.nlu.measure import Outcome

_BLUE, _RED, _GREY = "#1d70b8", "#b8401d", "#888888"
_BINS = 10


def draw_confusion(outcomes: Sequence[Outcome]) -> bytes:
    """A heat map: a row for each true topic, the share of its questions that each topic came first for."""
    topics = sorted({one.question.topic for one in outcomes} | {_first(one) for one in outcomes})
    counts = Counter((one.question.topic, _first(one)) for one in outcomes)
    table = np.array([[counts[true, found] for found in topics] for true in topics], dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = max(5.0, 0.22 * len(topics))
    figure, axes = pyplot.subplots(figsize=(side + 2.5, side + 2))
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(topics)))
    axes.set_xticklabels(topics, rotation=90, fontsize=7)
    axes.set_yticks(range(len(topics)))
    axes.set_yticklabels(topics, fontsize=7)
    axes.set_xlabel("topic that came first")
    axes.set_ylabel("topic of the question")
    figure.colorbar(image, ax=axes, shrink=0.5, label="share of the row")
    return _png(figure)


def draw_calibration(outcomes: Sequence[Outcome]) -> bytes:
    """How often the first topic is right for each tenth of its score, beside the ideal."""
    scores = np.array([one.ranked[0][1] for one in outcomes])
    right = np.array([one.among(1) for one in outcomes], dtype=float)
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    kept = [number for number in range(_BINS) if (bins == number).any()]
    figure, axes = pyplot.subplots(figsize=(5.2, 4.6))
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="ideal")
    points = [(scores[bins == number].mean(), right[bins == number].mean(), int((bins == number).sum())) for number in kept]
    axes.plot([x for x, _, _ in points], [y for _, y, _ in points], color=_BLUE, marker="o", label="measured")
    for x, y, count in points:
        axes.annotate(str(count), (x, y), textcoords="offset points", xytext=(5, -12), fontsize=7, color=_GREY)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="score of the first topic", ylabel="share that is right (count beside)")
    axes.legend(frameon=False, loc="upper left")
    return _png(figure)


def draw_curve(points: List[Dict[str, float]], chosen: float) -> bytes:
    """Helped, misled and answered over the answer threshold, with the chosen one marked."""
    figure, axes = pyplot.subplots(figsize=(6.4, 4.6))
    at = [point["answer"] for point in points]
    for name, colour, style in (("helped", _BLUE, "-"), ("misled", _RED, "-"), ("answered", _GREY, ":")):
        values = [point[name] for point in points]
        axes.plot(at, values, color=colour, linestyle=style, marker=".")
        axes.annotate(name, (at[-1], values[-1]), textcoords="offset points", xytext=(6, -3), color=colour)
    axes.axvline(chosen, color="black", linewidth=0.8)
    axes.annotate(f"chosen {chosen:.2f}", (chosen, 1.01), textcoords="offset points", xytext=(-4, 0), ha="right", fontsize=8)
    axes.set(xlim=(min(at), 1.05), ylim=(0, 1.06), xlabel="answer threshold", ylabel="share of all questions")
    return _png(figure)


def _first(outcome: Outcome) -> str:
    return outcome.ranked[0][0]


def _png(figure: Figure) -> bytes:
    for axes in figure.axes:
        axes.spines["top"].set_visible(False)
        axes.spines["right"].set_visible(False)
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=110, bbox_inches="tight", facecolor="white")
    pyplot.close(figure)
    return kept.getvalue()

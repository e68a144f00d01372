"""Writes the evaluation down for people: `report.md`, and `report.html` with its pictures inside. Decides nothing."""

from __future__ import annotations

import base64
import html
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple, Union

from bot.nlu.decide import Thresholds
from bot.nlu.measure import Outcome, summarise
from bot.nlu.pictures import draw_calibration, draw_confusion, draw_curve
from bot.nlu.tuning import curve

MOST_PAIRS = 25
_FIGURES = ("questions", "helped", "misled", "top1", "top3", "oos_recall", "in_scope_refused")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
th,td{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:right}
th:first-child,td:first-child{text-align:left}
img{max-width:100%;height:auto}
h1,h2{line-height:1.2}
"""

Cell = Union[str, int, float]


@dataclass(frozen=True)
class Table:
    """A titled table; fractions are shown as percentages."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_report(directory: Path, title: str, note: str, groups: Mapping[str, Sequence[Outcome]], thresholds: Thresholds) -> None:
    """Write both reports. `groups` names sets of outcomes, the first of them holding all."""
    everything = list(next(iter(groups.values())))
    tables = [_summary_table(groups), _topic_table(everything), _pair_table(everything)]
    pictures = {
        "Confusion by topic": draw_confusion(everything),
        "Calibration": draw_calibration(everything),
        "Threshold": draw_curve(curve(everything, thresholds), thresholds.answer),
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(_markdown(title, note, tables), encoding="utf-8")
    (directory / "report.html").write_text(_html(title, note, tables, pictures), encoding="utf-8")


def _summary_table(groups: Mapping[str, Sequence[Outcome]]) -> Table:
    rows: List[List[Cell]] = [
        [name, *(summarise(found)[figure] for figure in _FIGURES)] for name, found in groups.items() if found
    ]
    return Table("Figures", ("set", *_FIGURES), rows)


def _topic_table(outcomes: Sequence[Outcome]) -> Table:
    topics = sorted({one.question.topic for one in outcomes})
    rows = [(topic, summarise([one for one in outcomes if one.question.topic == topic])) for topic in topics]
    shown = ("questions", "helped", "misled", "top1", "top3")
    ordered = sorted(rows, key=lambda row: (row[1]["helped"], row[0]))
    cells: List[List[Cell]] = [[topic, *(row[name] for name in shown)] for topic, row in ordered]
    return Table("By topic, worst first", ("topic", *shown), cells)


def _pair_table(outcomes: Sequence[Outcome]) -> Table:
    wrong = [one for one in outcomes if not one.among(1)]
    confused = Counter((one.question.topic, one.ranked[0][0]) for one in wrong)
    misled = Counter((one.question.topic, one.ranked[0][0]) for one in wrong if one.misled)
    rows: List[List[Cell]] = [
        [true, found, count, misled[true, found]] for (true, found), count in confused.most_common(MOST_PAIRS)
    ]
    return Table("Most confused", ("topic", "taken for", "times", "of them misled"), rows)


def _shown(cell: Cell) -> str:
    return f"{100 * cell:.1f} %" if isinstance(cell, float) else str(cell)


def _markdown(title: str, note: str, tables: Sequence[Table]) -> str:
    parts = [f"# {title}", note]
    for table in tables:
        lines = [table.head, ["---"] * len(table.head), *([_shown(cell) for cell in row] for row in table.rows)]
        parts += [f"## {table.title}", "\n".join("| " + " | ".join(line) + " |" for line in lines)]
    return "\n\n".join(parts) + "\n"


def _html(title: str, note: str, tables: Sequence[Table], pictures: Dict[str, bytes]) -> str:
    body = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(note)}</p>", _html_table(tables[0])]
    body += [f"<h2>{html.escape(name)}</h2>{_image(name, content)}" for name, content in pictures.items()]
    body += [_html_table(table) for table in tables[1:]]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    return f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head><body>{"".join(body)}</body></html>\n'


def _html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.head)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<h2>{html.escape(table.title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _image(name: str, content: bytes) -> str:
    return f'<img alt="{html.escape(name)}" src="data:image/png;base64,{base64.b64encode(content).decode()}">'


def by_language(outcomes: Sequence[Outcome], spanish: Sequence[bool]) -> List[Tuple[str, List[Outcome]]]:
    """The English and the Spanish ones apart."""
    pairs = list(zip(outcomes, spanish))
    return [("English", [one for one, es in pairs if not es]), ("Spanish", [one for one, es in pairs if es])]

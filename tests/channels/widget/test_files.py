"""The files that are served: their size, their sources, what they fetch, and that the documentation knows them."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT / "bot" / "channels" / "widget"
SCRIPTS = sorted(FILES.glob("*.js"))
EMBED = ROOT / "docs" / "embed.md"
FIGURES = json.loads((FILES / "figures.json").read_text(encoding="utf-8"))
LIMIT = 15 * 1024


def _facts() -> dict[str, dict[str, str]]:
    with (ROOT / "data" / "knowledge" / "facts.tsv").open(encoding="utf-8") as lines:
        return {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def test_script_styles_texts_map_and_chart_are_at_most_15_kb() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS}
    assert sum(sizes.values()) <= LIMIT, sizes


def test_data_that_pictures_fetch_is_small() -> None:
    assert sum(len(gzip.compress((FILES / name).read_bytes(), 9)) for name in ("states.json", "figures.json")) <= 6 * 1024


def test_every_figure_is_what_a_fact_says() -> None:
    facts = _facts()
    for fact, given in FIGURES["facts"].items():
        known = facts[fact]
        assert given == {"statement": known["statement"], "title": known["source"], "url": known["url"], "date": known["date"]}
    for chart in FIGURES["charts"]:
        assert set(chart["facts"]) <= FIGURES["facts"].keys()
        for bar in chart["bars"]:
            assert bar["fact"] in chart["facts"]
            for value in (bar["low"], bar.get("high", bar["low"])):
                dollars = {1000: "$1 ", 1480: "$1.48"}.get(value) or (f"${value:,.2f}" if value % 1 else f"${value:,}")
                assert dollars in facts[bar["fact"]]["statement"]


def test_what_is_said_about_figures_is_said_in_both_languages() -> None:
    english, spanish = FIGURES["words"]["en"], FIGURES["words"]["es"]
    assert english.keys() == spanish.keys()
    for chart in FIGURES["charts"]:
        assert english[chart["id"]].keys() == spanish[chart["id"]].keys()
        assert re.findall(r"\b(?:19|20)\d\d\b", english[chart["id"]]["limits"]) == re.findall(
            r"\b(?:19|20)\d\d\b", spanish[chart["id"]]["limits"]
        )
    assert not re.search(r"guarantee|will save|will earn|garantiz", json.dumps(FIGURES["words"], ensure_ascii=False))


def test_the_widgets_own_texts_exist_in_both_languages() -> None:
    english, spanish = re.split(r"const es = ", (FILES / "look.js").read_text(encoding="utf-8"))
    names = re.compile(r"(?:^|[\s,{])([a-z]\w*): (?=['(])", re.I)
    assert names.findall(english) == names.findall(spanish)
    assert not re.search(r"\b(tú|tu|tus|puedes|quieres)\b", spanish), "usted throughout"


def test_all_states_have_an_outline() -> None:
    states = json.loads((FILES / "states.json").read_text(encoding="utf-8"))
    assert len(states) == 50 and all(states.values())
    longitude, latitude = (int(number) / 20 for number in re.findall(r"-?\d+", states["WI"][0])[:2])
    assert -93 < longitude < -86 and 42 < latitude < 48


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_third_party_is_asked_and_no_markup_is_made_from_text(path: Path) -> None:
    script = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://\w|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|setAttribute\('style'", script)


def test_attributes_properties_methods_and_events_are_documented_and_exist() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    text = EMBED.read_text(encoding="utf-8")
    styled = set(re.findall(r"--imt-[a-z-]+", scripts))
    told = {f"imt:{name}" for name in re.findall(r"#emit\('(\w+)'", (FILES / "element.js").read_text(encoding="utf-8"))}
    given = {"data-side", "data-server", "data-imt-open"} | {
        f"data-{name}" for name in re.findall(r"'([a-z-]+)'", re.search(r"observedAttributes = \[(.*?)\]", scripts)[1])
    }
    assert styled == set(re.findall(r"`(--imt-[a-z-]+)`", text))
    assert told == set(re.findall(r"`(imt:\w+)`", text))
    assert given == set(re.findall(r"`(data-[a-z-]+)`", text))
    for method in re.findall(r"\| `(\w+)\(", text):
        assert re.search(rf"^  (?:async )?{method}\(", scripts, re.M)

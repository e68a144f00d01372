"""Each mistake of an editor is told with the file and the line where it stands."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.lines import with_line
from bot.knowledge.load import DIRECTORY
from bot.knowledge.report import faults_of_knowledge

_WAGES = "topics/wages.yml"
MISTAKES = [
    (_WAGES, "label:\n  en:", "label:\n    en:", "not valid YAML. Look at the spaces"),
    (_WAGES, "  es: |", "\tes: |", "not valid YAML. There is a tab: use spaces"),
    (_WAGES, "  es: |", "  sp: |", "'answer' has no text in Spanish (es)."),
    (_WAGES, "imt-wages-1", "imt-wage-1", "it cites the fact imt-wage-1, which facts.tsv does not have."),
    (_WAGES, "$18.50", "$19.50", "answer (en): says “19.50”, but none of the facts it cites does."),
    (_WAGES, "no una oferta.", f"no una oferta. {'Le pagan bien. ' * 30}", "answer (es): has "),
    (_WAGES, "no una oferta.", "no una oferta. Vea imtpaga.com.", "answer (es): says “imtpaga.com”"),
    (_WAGES, "not an offer.", "not an offer. You qualify.", "answer (en): sounds like a decision or a promise: “You qualify”."),
    (_WAGES, "not an offer.", "not an offer. Are you a citizen?", "answer (en): asks about immigration status"),
    (_WAGES, "benefits, duration]", "benfits, duration]", "'next' names benfits, which is no topic."),
    (_WAGES, "  WI:", "  Wis:", "'Wis' under 'states' is no state"),
    (_WAGES, "person: always", "person: allways", "'person' is 'allways'; it can be always or when_asked."),
    ("referrals.yml", "call 911 now. I can't", "call 912 now. I can't", "medical_emergency (en): says “912”"),
    ("referrals.yml", "violence_at_home\n  words:", "violence_at_home\n  word:", "in 'violence_at_home', the entry 'words'"),
    ("phrases.yml", "  es:", "  ess:", "has no text in Spanish (es)."),
]


@pytest.mark.parametrize(("name", "old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_once_and_where(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    shutil.copytree(DIRECTORY, tmp_path / "knowledge")
    path = tmp_path / "knowledge" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (fault,) = faults_of_knowledge(date(2026, 11, 22), tmp_path / "knowledge")
    line = int(fault.split(" line ")[1].replace(":", ",").replace(" ", ",").split(",")[0])
    changed = text[: text.index(old)].count("\n") + 1
    assert fault.startswith(path.name) and told in fault
    assert abs(line - changed) <= (7 if " has " in fault else 2)  # a text that is too long, or missing, begins above


def test_what_has_no_line_is_told_as_it_is(tmp_path: Path) -> None:
    for fault in ("wages.yml: this topic has no file.", "facts.tsv line 3: the id f1 stands twice."):
        assert with_line(fault, tmp_path) == fault

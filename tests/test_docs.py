"""What the documents say exists, and what exists is said: settings, commands, make targets, files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bot.__main__ import _build_parser
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_settings_table_lists_every_setting_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| (.*) \|$", README, re.M))
    assert rows == {name.upper(): field.description for name, field in Settings.model_fields.items()}


def test_every_make_command_named_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"`make ([a-z]+)|^make ([a-z]+)", path.read_text(encoding="utf-8"), re.M)
        for name in name
        if name
    }
    assert named
    assert named <= targets


def test_make_help_lists_every_command_that_the_readme_names() -> None:
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in re.findall(r"`make ([a-z]+)", README):
        assert f"make {name}" in listed


def test_every_command_of_the_readme_is_understood() -> None:
    commands = re.findall(r"^\.venv/bin/python -m bot ([^#\n]+)", README, re.M)
    assert commands
    for command in commands:
        assert _build_parser().parse_args(command.split())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target

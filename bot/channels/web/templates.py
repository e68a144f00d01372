"""The pages' templates; what they show is escaped."""

from __future__ import annotations

from pathlib import Path

from starlette.templating import Jinja2Templates

FOLDER = Path(__file__).parent / "html"
TEMPLATES = Jinja2Templates(FOLDER)

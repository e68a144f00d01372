"""The files of the widget, the demo page, and the description of the interface as a page without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from bot.channels.web.templates import TEMPLATES

WIDGET = Path(__file__).resolve().parents[1] / "widget"
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".png": "image/png",
}
# A browser asks again, and hears "unchanged" by the ETag: an update reaches every site at once.
_CACHE = {"Cache-Control": "no-cache"}
router = APIRouter(include_in_schema=False)


@router.get("/")
async def demo() -> Response:
    """The demonstration page, with the widget on it."""
    return _file("demo.html")


@router.get("/widget.js")
async def script() -> Response:
    return _file("widget.js")


@router.get("/widget/{name:path}")
async def widget_file(name: str) -> Response:
    return _file(name)


@router.get("/api/docs")
async def describe(request: Request) -> HTMLResponse:
    schema: dict[str, Any] = request.app.openapi()
    return TEMPLATES.TemplateResponse(request, "docs.html", {"schema": schema})


def _file(name: str) -> FileResponse:
    path = (WIDGET / name).resolve()
    if not path.is_relative_to(WIDGET) or path.suffix not in _TYPES or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=_CACHE)

"""Makes the pages: templates, the files beside them, and what every page is given.

Responsible for rendering. Must not know what is on a page.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from bot.core.tokens import form_token
from bot.inbox.gate import cookie_of, ensure_cookie, set_cookie

_FOLDER = Path(__file__).parent
_STATIC = _FOLDER / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TEMPLATES = Jinja2Templates(_FOLDER / "html")
TEMPLATES.env.trim_blocks = TEMPLATES.env.lstrip_blocks = True
router = APIRouter()


@router.get("/static/{name:path}")
async def static(name: str) -> Response:
    path = (_STATIC / name).resolve()
    if not path.is_relative_to(_STATIC) or path.suffix not in _TYPES or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})


def page(request: Request, name: str, status: int = 200, **values: object) -> Response:
    """A page, or a part of one; it is given who is signed in and what its forms have to carry."""
    fresh = ensure_cookie(request)
    context = {"staff": getattr(request.state, "staff", None), "csrf": form_token(cookie_of(request)), **values}
    response = TEMPLATES.TemplateResponse(request, name, context, status)
    if fresh:
        set_cookie(request, response, fresh)
    return response


def go(path: str) -> RedirectResponse:
    """After a change: see another page."""
    return RedirectResponse(path, 303)

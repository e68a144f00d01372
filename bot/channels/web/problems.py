"""Errors as problem details (RFC 9457): what went wrong, in plain words and in the conversation's language.

The one place where this channel's exceptions become statuses.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.channels.web.limits import TooManyError
from bot.conversation.loops import log_failure
from bot.conversation.receive import MessageEmptyError, MessageTooLongError, WrongTokenError
from bot.core.conversation import LONGEST_MESSAGE
from bot.core.language import Bilingual, Language
from bot.store.conversations import ConversationErasedError, ConversationNotFoundError, UnknownChoiceError

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    410: "Gone",
    413: "Content too large",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Internal server error",
}
_DETAILS = {
    400: Bilingual("The request cannot be read.", "La solicitud no se puede leer."),
    401: Bilingual(
        "The token of the conversation is missing or wrong.", "Falta la clave de la conversación, o no es la correcta."
    ),
    403: Bilingual("This website may not embed the assistant.", "Este sitio web no tiene permiso para mostrar el asistente."),
    404: Bilingual("There is nothing here, or no such conversation.", "Aquí no hay nada, o no existe esa conversación."),
    405: Bilingual("This address does not take that kind of request.", "Esta dirección no acepta ese tipo de solicitud."),
    410: Bilingual("This conversation was deleted.", "Esta conversación fue borrada."),
    413: Bilingual("The request is too large.", "La solicitud es demasiado grande."),
    422: Bilingual("Something in the request is missing or wrong.", "Algo en la solicitud falta o está mal."),
    429: Bilingual(
        "That was a lot at once. Please wait a moment and try again.", "Fue mucho a la vez. Espere un momento e intente otra vez."
    ),
    500: Bilingual("Something went wrong on our side. Please try again.", "Algo falló de nuestro lado. Intente otra vez."),
}
_TOO_LONG = Bilingual(
    f"The message is too long: at most {LONGEST_MESSAGE} characters.",
    f"El mensaje es demasiado largo: puede tener hasta {LONGEST_MESSAGE} letras.",
)
_EMPTY = Bilingual("The message is empty.", "El mensaje está vacío.")
_CHOICE = Bilingual("That choice is not part of this conversation.", "Esa opción no es de esta conversación.")
_STATUSES: Mapping[type[Exception], tuple[int, Bilingual]] = {
    WrongTokenError: (401, _DETAILS[401]),
    ConversationNotFoundError: (404, _DETAILS[404]),
    ConversationErasedError: (410, _DETAILS[410]),
    MessageTooLongError: (422, _TOO_LONG),
    MessageEmptyError: (422, _EMPTY),
    UnknownChoiceError: (422, _CHOICE),
    TooManyError: (429, _DETAILS[429]),
}


class Problem(BaseModel):
    """A problem detail of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


def problem(
    status: int, language: Language, detail: Bilingual | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    said = detail or _DETAILS.get(status, _DETAILS[500 if status >= 500 else 400])
    body = Problem(type="about:blank", title=_TITLES.get(status, "Error"), status=status, detail=said.say(language))
    return JSONResponse(body.model_dump(), status, dict(headers or {}), MEDIA_TYPE)


def language_of(request: Request) -> Language:
    """That of the conversation where it is known, else what the browser prefers."""
    known = getattr(request.state, "language", None)
    return Language.parse(known or request.headers.get("accept-language"))


def add_handlers(app: FastAPI) -> None:
    for kind in (*_STATUSES, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> JSONResponse:
    language = language_of(request)
    if isinstance(error, TooManyError):
        return problem(429, language, headers={"Retry-After": str(error.seconds)})
    if type(error) in _STATUSES:
        status, detail = _STATUSES[type(error)]
        return problem(status, language, detail, {"WWW-Authenticate": "Bearer"} if status == 401 else None)
    if isinstance(error, RequestValidationError):
        return problem(422, language, _TOO_LONG if _is_too_long(error) else None)
    if isinstance(error, HTTPException):
        return problem(error.status_code, language, headers=error.headers)
    log_failure("request", error)
    return problem(500, language)


def _is_too_long(error: RequestValidationError) -> bool:
    return any(fault["type"] == "string_too_long" and fault["loc"][-1] == "text" for fault in error.errors())


def described(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Error responses for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}

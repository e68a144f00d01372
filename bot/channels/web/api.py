"""The HTTP interface of conversations, as JSON; OpenAPI describes it at /api/docs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from starlette.responses import StreamingResponse

from bot.channels.web.limits import Limits
from bot.channels.web.problems import described
from bot.channels.web.reading import follow, read_waiting
from bot.conversation.erase import erase
from bot.conversation.receive import WrongTokenError, begin, choose, open_conversation, receive
from bot.conversation.room import Room
from bot.core.conversation import LONGEST_MESSAGE, Author, Owner
from bot.core.language import Language

CHANNEL = "web"
_HIGHEST = 2**31 - 1
_bearer = HTTPBearer(auto_error=False, description="The token that came with the conversation.")
router = APIRouter(prefix="/api/conversations", tags=["conversations"])
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Beginning(_Body):
    """A new conversation. `page` is where on the website it was begun."""

    language: Literal["en", "es"] | None = None
    page: str | None = Field(default=None, max_length=500)


class Sending(_Body):
    """A message: text, or the id of a choice. Sent again with the same `client_id` it counts once."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["text"]}, {"required": ["choice"]}]})

    client_id: ClientId
    text: str | None = Field(default=None, max_length=LONGEST_MESSAGE)
    choice: str | None = Field(default=None, max_length=64)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.text is None) == (self.choice is None):
            raise ValueError("either text or choice")
        return self


class ChoiceShown(BaseModel):
    """A button: its id goes back as `choice`."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str


class MessageShown(BaseModel):
    """A message; `seq` counts all messages of a conversation from 1 without gaps. `language` is that of `text`, where known."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    author: Author
    client_id: str | None = None
    text: str
    language: Literal["en", "es"] | None = None
    choices: list[ChoiceShown]
    cards: list[dict[str, Any]]
    topics: list[str]
    sources: list[dict[str, Any]]
    at: datetime


class Begun(BaseModel):
    """The new conversation; whoever has the token has the conversation."""

    id: str
    token: str
    messages: list[MessageShown]
    owner: Owner


class Stored(BaseModel):
    """The number under which the message is stored."""

    seq: int


class Reading(BaseModel):
    """Messages in order, and who answers."""

    messages: list[MessageShown]
    owner: Owner


def room_of(request: Request) -> Room:
    room: Room = request.app.state.room
    return room


def limits_of(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def opened(
    request: Request,
    conversation_id: Annotated[str, Path(max_length=64)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    room: Annotated[Room, Depends(room_of)],
) -> str:
    """The id of a conversation whose token was sent."""
    access = await open_conversation(room, conversation_id, credentials.credentials if credentials else "")
    if credentials is None:
        raise WrongTokenError
    request.state.language = access.language
    return conversation_id


Opened = Annotated[str, Depends(opened)]
InRoom = Annotated[Room, Depends(room_of)]


@router.post("", status_code=201, response_model_exclude_none=True, responses=described(403, 413, 422, 429))
async def begin_conversation(request: Request, room: InRoom, body: Beginning) -> Begun:
    """Begin a conversation."""
    limits_of(request).count_conversation(address_of(request))
    language = body.language or str(Language.parse(request.headers.get("accept-language")))
    begun = await begin(room, CHANNEL, language, body.page)
    return Begun(id=begun.id, token=begun.token, messages=list(map(shown, begun.messages)), owner=begun.owner)


@router.post("/{conversation_id}/messages", status_code=202, responses=described(401, 403, 404, 410, 413, 422, 429))
async def send_message(request: Request, room: InRoom, conversation_id: Opened, body: Sending) -> Stored:
    """Send a message. The answer comes later: read or stream the conversation."""
    limits_of(request).count_message(address_of(request), conversation_id)
    if body.choice is not None:
        return Stored(seq=await choose(room, conversation_id, body.client_id, body.choice, CHANNEL))
    return Stored(seq=await receive(room, conversation_id, body.client_id, body.text or "", CHANNEL))


@router.post("/{conversation_id}/typing", status_code=204, responses=described(401, 403, 404, 410, 422))
async def note_typing(room: InRoom, conversation_id: Opened) -> Response:
    """The person is writing: staff in the conversation see so for a few seconds. Nothing is kept."""
    room.typing.note(conversation_id, Author.VISITOR)
    return Response(status_code=204)


@router.get("/{conversation_id}/messages", response_model_exclude_none=True, responses=described(401, 403, 404, 410, 422))
async def read_messages(
    room: InRoom,
    conversation_id: Opened,
    after: Annotated[int, Query(ge=0, le=_HIGHEST)] = 0,
    wait: Annotated[float, Query(ge=0, le=25)] = 0,
) -> Reading:
    """The messages after a number; waits up to `wait` seconds for the first."""
    view = await read_waiting(room, conversation_id, after, wait)
    return Reading(messages=list(map(shown, view.messages)), owner=view.owner)


@router.get(
    "/{conversation_id}/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events"}, **described(401, 403, 404, 410, 422)},
)
async def stream_messages(
    room: InRoom,
    conversation_id: Opened,
    last_event_id: Annotated[int, Header(ge=0, le=_HIGHEST)] = 0,
) -> StreamingResponse:
    """The messages as server-sent events: `message`, `typing`, `owner`, `deleted`."""
    events = follow(room, conversation_id, last_event_id, lambda message: shown(message).model_dump_json(exclude_none=True))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.delete("/{conversation_id}", status_code=204, responses=described(401, 403, 404, 410, 422))
async def delete_conversation(room: InRoom, conversation_id: Opened) -> Response:
    """Erase everything about the conversation."""
    await erase(room, conversation_id)
    return Response(status_code=204)


def shown(message: object) -> MessageShown:
    return MessageShown.model_validate(message, from_attributes=True)

"""Whether the gateway lives and can answer, and what it counted. The figures are for this machine only."""

from __future__ import annotations

import asyncio
import ipaddress

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from bot.conversation.measures import REGISTRY, Readings, Stored
from bot.conversation.room import Room
from bot.rasa_client import RasaClient, RasaError
from bot.store.claims import count_states
from bot.store.conversation_schema import Delivery, Turn
from bot.store.database import Database
from bot.store.handoffs import count_handoffs
from bot.store.notices import count_notices

router = APIRouter(tags=["health"])
_RASA_SECONDS = 3.0
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready", responses={503: {"description": "Something is missing: `false` says what."}})
async def ready(request: Request) -> JSONResponse:
    """Whether the database and Rasa answer, and how many messages could not be delivered."""
    room: Room = request.app.state.room
    database, dead = await _database(room)
    rasa = await _rasa(request.app.state.rasa)
    body = {"database": database, "rasa": rasa, "dead_letters": dead}
    return JSONResponse(body, 200 if database and rasa else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """For Prometheus on this machine; a proxy on this machine does not count."""
    if not _is_local(request):
        raise HTTPException(404)
    room: Room = request.app.state.room
    stored = CollectorRegistry()
    readings = await room.read(_read)
    stored.register(Stored(lambda: readings))
    content = await asyncio.to_thread(lambda: generate_latest(REGISTRY) + generate_latest(stored))
    return Response(content, media_type=CONTENT_TYPE_LATEST)


async def _database(room: Room) -> tuple[bool, int]:
    try:
        return True, (await room.read(count_states, Delivery)).get("dead", 0)
    except SQLAlchemyError:
        return False, 0


async def _rasa(rasa: RasaClient) -> bool:
    try:
        async with asyncio.timeout(_RASA_SECONDS):
            await rasa.check()
    except (RasaError, TimeoutError):
        return False
    return True


def _read(database: Database) -> Readings:
    return {
        ("imt_queue_depth", "Visitors' messages that wait or failed"): count_states(database, Turn),
        ("imt_outbox_depth", "Messages on their way to a channel, and dead letters"): count_states(database, Delivery),
        ("imt_handoffs", "Requests to a person, by status"): count_handoffs(database),
        ("imt_notices", "Notices of handoffs that wait or could not be sent"): count_notices(database),
    }


def _is_local(request: Request) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False

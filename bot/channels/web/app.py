"""The gateway's application: puts the parts together, and runs the workers that answer, send and tell staff.

Responsible for the order of starting and ending. Must not know what the parts do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import structlog
import uvicorn
from fastapi import FastAPI

from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.client import NO_TOKEN
from bot.channels.telegram.receiving import LARGEST_UPDATE, add_webhook, webhook_path
from bot.channels.telegram.visits import CHANNEL
from bot.channels.web import api, health, pages, plain
from bot.channels.web.guard import Guard
from bot.channels.web.limits import Limits
from bot.channels.web.problems import Problem, add_handlers
from bot.channels.web.reading import notice_changes
from bot.conversation.answer import Answerer
from bot.conversation.clock import Clock
from bot.conversation.deliver import Deliverer
from bot.conversation.erase import erase_again
from bot.conversation.loops import log, repeat
from bot.conversation.notify import Notifier
from bot.conversation.post import AddressError, Post, check_address
from bot.conversation.retention import keep_no_longer
from bot.conversation.room import Room
from bot.inbox.app import create_inbox
from bot.inbox.directory_import import LARGEST_FILE
from bot.knowledge.load import load_knowledge
from bot.rasa_client import RasaClient
from bot.settings import Settings, SettingsError
from bot.store.database import open_database, require_current
from bot.store.office_service import set_default_targets

_NOTICE_SECONDS = 1.0
_ERASE_SECONDS = 60.0
_RETENTION_SECONDS = 3600.0
_STOP_SECONDS = 3
# Longer than a proxy or a browser keeps a connection without a request: the side that asks should be the one that closes.
_KEEP_ALIVE_SECONDS = 75


def create_app(settings: Settings) -> FastAPI:
    """The application. Raises DatabaseError where the database cannot be used, and SettingsError."""
    database = open_database(settings.database_url)
    require_current(database)
    set_default_targets(database, _default_targets(settings))
    app = FastAPI(
        title="IMT assistant", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", lifespan=_lifespan
    )
    app.state.settings = settings
    app.state.room = Room(database, settings.tracker_url, load_knowledge())
    app.state.limits = Limits(settings)
    app.state.rasa = RasaClient(settings.rasa_url, settings.rasa_timeout_seconds)
    for part in (api, health, plain, pages):
        app.include_router(part.router)
    app.state.telegram = _add_telegram(app, settings)
    fetchers = {CHANNEL: app.state.telegram.fetch} if app.state.telegram else {}
    app.state.post = Post(settings.smtp_url.get_secret_value(), settings.private_hosts)
    app.mount("/staff", create_inbox(settings, app.state.room, app.state.post, fetchers))
    add_handlers(app)
    large = {"/staff/partners/import": LARGEST_FILE} | ({webhook_path(settings): LARGEST_UPDATE} if app.state.telegram else {})
    app.add_middleware(Guard, origins=settings.origins, large=large)
    _describe_problems(app)
    return app


def _add_telegram(app: FastAPI, settings: Settings) -> Telegram | None:
    """The channel, if there is a token; with its route, if there is a webhook."""
    if not settings.telegram_bot_token.get_secret_value():
        return None
    telegram = Telegram(settings, app.state.room)
    if settings.telegram_webhook_url:
        add_webhook(app, settings, telegram.post)
    return telegram


def _default_targets(settings: Settings) -> list[str]:
    """Raises SettingsError where nothing can be sent to one of them."""
    targets = settings.notice_targets.get_secret_value().split()
    try:
        for target in targets:
            check_address(target, settings.private_hosts)
    except AddressError as error:
        raise SettingsError(f"Setting NOTICE_TARGETS is wrong: {error}") from None
    return targets


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings, room = app.state.settings, app.state.room
    async with httpx.AsyncClient(timeout=2, trust_env=False) as http:

        async def is_able() -> bool:
            try:
                return (await http.get(f"{settings.actions_url}/health")).is_success
            except httpx.HTTPError:
                return False

        telegram = app.state.telegram
        retention = timedelta(days=settings.retention_days)
        answerer = Answerer(room, app.state.rasa, is_able, timedelta(seconds=settings.apology_seconds))
        loops = [
            asyncio.create_task(answerer.run()),
            asyncio.create_task(repeat("notice changes", lambda: notice_changes(room), _NOTICE_SECONDS)),
            asyncio.create_task(repeat("erase again", lambda: erase_again(room), _ERASE_SECONDS)),
            asyncio.create_task(repeat("retention", lambda: keep_no_longer(room, retention), _RETENTION_SECONDS)),
            asyncio.create_task(Clock(room).run()),
            asyncio.create_task(Notifier(room, app.state.post.send, settings.links_url).run()),
        ]
        if telegram:
            loops.append(asyncio.create_task(telegram.run()))
            loops.append(asyncio.create_task(Deliverer(room, {CHANNEL: telegram.sender}).run()))
        else:
            log.info("telegram", state=NO_TOKEN)
        yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        if telegram:
            await telegram.close()
    await app.state.rasa.close()
    room.close()


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of problems where the descriptions of the responses point to."""
    schema = app.openapi()
    schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)


def serve(settings: Settings) -> None:
    """Serve until stopped. No websockets: rasa-sdk holds that library at a version that uvicorn cannot use."""
    _write_logs_as_json()
    uvicorn.run(
        create_app(settings),
        host=settings.gateway_host,
        port=settings.gateway_port,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )


def _write_logs_as_json() -> None:
    """One line an event. Events name conversations, kinds and places; never words or contacts."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stamp, line = structlog.processors.TimeStamper("iso", utc=True), structlog.processors.JSONRenderer()
    structlog.configure(processors=[structlog.processors.add_log_level, stamp, line])

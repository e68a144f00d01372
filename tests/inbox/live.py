"""The website with the inbox on a real socket in this process, for browsers; Rasa answers as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bot.channels.web.app import create_app
from bot.settings import Settings
from tests.channels.web.sites import _nothing
from tests.conversation.rooms import ToldRasa
from tests.inbox.people import KEY


@contextmanager
def serving(url: str, folder: Path) -> Iterator[str]:
    """The address of the running website on a database with tables."""
    app = create_app(Settings(database_url=url, staff_key=KEY, limit_conversations="1000/minute"))
    app.state.rasa = told = ToldRasa()
    told.check, told.close = _nothing, _nothing  # type: ignore[attr-defined]
    options = {"port": 0, "log_level": "error", "ws": "none", "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(app, **options))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()

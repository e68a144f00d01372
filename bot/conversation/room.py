"""What everything that handles conversations shares: the database, the bell, the tracker's address and the knowledge.

Responsible for calling the store from the event loop. Must not know what is called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from bot.conversation.bell import Bell
from bot.knowledge.model import Knowledge
from bot.store.database import Database

_P = ParamSpec("_P")
_T = TypeVar("_T")
# SQLite lets one write at a time and makes the others sleep: waiting in a line of our own is shorter. Readers wait for nobody.
_THREADS = {("sqlite", "write"): 1, ("sqlite", "read"): 2, ("postgresql", "write"): 6, ("postgresql", "read"): 6}


@dataclass(frozen=True)
class Room:
    """Made once a process."""

    database: Database
    tracker_url: str
    knowledge: Knowledge
    bell: Bell = field(default_factory=Bell)
    _threads: dict[str, ThreadPoolExecutor] = field(default_factory=dict)

    async def call(self, function: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """A function of the store that writes, with our database, in a thread."""
        work = partial(function, self.database, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor("write"), work)

    async def read(self, function: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """The same, of one that only reads."""
        work = partial(function, self.database, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor("read"), work)

    def _executor(self, kind: str) -> ThreadPoolExecutor:
        if kind not in self._threads:
            self._threads[kind] = ThreadPoolExecutor(_THREADS[self.database.engine.dialect.name, kind], f"store-{kind}")
        return self._threads[kind]

    def close(self) -> None:
        for executor in self._threads.values():
            executor.shutdown()
        self.database.close()

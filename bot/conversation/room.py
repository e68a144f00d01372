"""What everything that handles conversations shares: the database, the bell, who writes, the tracker's address, the knowledge.

Responsible for calling the store from the event loop. Must not know what is called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from bot.conversation.bell import Bell
from bot.conversation.line import Line
from bot.conversation.typing import Typing
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
    typing: Typing = field(default_factory=Typing)
    _threads: dict[str, Line] = field(default_factory=dict)

    async def call(self, function: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """A function of the store that writes, with our database, in a thread."""
        return await self._do("write", partial(function, self.database, *args, **kwargs))

    async def call_first(self, function: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """The same, before all writing that waits: for what somebody outside waits to hear is stored."""
        return await self._do("write", partial(function, self.database, *args, **kwargs), urgent=True)

    async def read(self, function: Callable[Concatenate[Database, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """The same, of one that only reads."""
        return await self._do("read", partial(function, self.database, *args, **kwargs))

    async def _do(self, kind: str, work: Callable[[], _T], urgent: bool = False) -> _T:
        if kind not in self._threads:
            self._threads[kind] = Line(_THREADS[self.database.engine.dialect.name, kind], f"store-{kind}")
        return await asyncio.wrap_future(self._threads[kind].submit(work, urgent))

    def close(self) -> None:
        for line in self._threads.values():
            line.shutdown()
        self.database.close()

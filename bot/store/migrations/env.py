"""Alembic's entry: runs the steps on the connection that `bot.store.database` hands over.

Responsible for nothing else. Must not know addresses.
"""

from __future__ import annotations

from alembic import context

from bot.store.schema import Base, is_ours


def _run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=Base.metadata, include_name=is_ours)
    with context.begin_transaction():
        context.run_migrations()


_run()

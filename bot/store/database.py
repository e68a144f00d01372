"""The connection to the database: SQLite or PostgreSQL, by address.

Responsible for engines, transactions and migrations. Must not know tables. No message here holds a password.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

_HOW_TO_SET = "Set DATABASE_URL to sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
# What a change leaves in a page would else stay readable there.
_PRAGMAS = ("journal_mode = WAL", "foreign_keys = ON", "synchronous = NORMAL", "secure_delete = ON")
_CONNECT_SECONDS = 5
_LOCK_MILLISECONDS = 5000


class DatabaseError(Exception):
    """The database cannot be used; the message says what to set."""


class DatabaseUrlError(DatabaseError):
    """DATABASE_URL is not an address of a database that we know."""


class DatabaseUnreachableError(DatabaseError):
    """DATABASE_URL is an address, and nothing usable answers there."""


class DatabaseBusyError(DatabaseError):
    """Somebody else is at the same task."""


class DatabaseOutdatedError(DatabaseError):
    """The tables are missing or of an older form."""


@dataclass(frozen=True)
class Database:
    """An open database. `transaction` and `writing` are for changes; `reading` is for SELECTs that need no transaction."""

    engine: Engine
    reader: Engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back when an exception leaves the block."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same without objects, a quarter of the time: for what each message passes through."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def alone(self, task: str) -> Iterator[Session]:
        """A transaction that waits until no other one is at this task. Raises DatabaseBusyError when that takes too long."""
        try:
            with self.transaction() as session:
                if self.engine.dialect.name == "postgresql":  # SQLite has one writer at a time as it is
                    session.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"))
                    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:task))"), {"task": task})
                yield session
        except OperationalError as error:
            if not _is_locked(error):
                raise
            raise DatabaseBusyError(f"Another {task} is at work on this database. Try again when it has ended.") from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which each statement sees what is committed then."""
        with self.reader.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open and try the database. Raises DatabaseUrlError or DatabaseUnreachableError."""
    parsed = _parse_url(url)
    engine = _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgresql(parsed)
    autocommit: dict[str, Any] = {"begin": ""} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        engine.dispose()
        raise DatabaseUnreachableError(_unreachable(parsed, error)) from None
    return Database(engine, engine.execution_options(**autocommit))


def upgrade_database(url: str, revision: str = "head") -> None:
    """Bring the tables to the newest form. Raises DatabaseError."""
    database = open_database(url)
    try:
        with database.engine.begin() as connection:
            command.upgrade(alembic_config(connection), revision)
    finally:
        database.close()


def require_current(database: Database) -> None:
    """Raises DatabaseOutdatedError unless the tables are of the newest form."""
    with database.engine.connect() as connection:
        newest = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
        if MigrationContext.configure(connection).get_current_revision() != newest:
            raise DatabaseOutdatedError("The tables of the database are missing or old. Run: python -m bot database upgrade")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; no file and no address."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername]
    except (ArgumentError, ValueError, KeyError):
        raise DatabaseUrlError(f"DATABASE_URL is not an address that this program understands. {_HOW_TO_SET}") from None
    if driver == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseUrlError(f"DATABASE_URL names no file. {_HOW_TO_SET}")
    return parsed.set(drivername=driver)


def _open_sqlite(url: URL) -> Engine:
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachableError(_unreachable(url, error)) from None
    engine = create_engine(url, hide_parameters=True)  # an error message must not hold contacts
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    arguments = {"connect_timeout": _CONNECT_SECONDS} if "connect_timeout" not in url.query else {}
    return create_engine(url, pool_pre_ping=True, connect_args=arguments, hide_parameters=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    for pragma in (*_PRAGMAS, f"busy_timeout = {_LOCK_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first and writes later cannot wait for it in WAL mode."""
    begin = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
    if begin:
        connection.exec_driver_sql(begin)


def _is_locked(error: OperationalError) -> bool:
    return isinstance(error.orig, LockNotAvailable) or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


def _unreachable(url: URL, error: Exception) -> str:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if url.password:
        cause = cause.replace(str(url.password), "***")
    return f"The database of DATABASE_URL ({url.render_as_string(hide_password=True)}) cannot be opened: {cause}. {_HOW_TO_SET}"

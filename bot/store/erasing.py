"""Makes erasing final in a SQLite file.

A deleted row would stay readable in the file's free space, and in the write-ahead log until that is written over. Must not
know tables. PostgreSQL frees the space by its own VACUUM.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine

_PATIENCE_MILLISECONDS = 250


def overwrite_deleted(connection: Connection) -> None:
    """What is deleted on this connection from now on is overwritten with zeros."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def empty_log(engine: Engine) -> None:
    """Write the log back and cut it off. While others read an older state it waits a moment, then leaves it to the next time."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MILLISECONDS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {before}")
    finally:
        connection.close()

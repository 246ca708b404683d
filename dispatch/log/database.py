"""Connections to the county's schema, and the runner of the numbered migrations.

Every connection gets the schema as its search path and server-side limits on waiting, so that no
statement of ours can hang (ARCHITECTURE "write path"). Migrations are plain SQL files, applied in
order under an advisory lock, each in its own transaction, with a checksum: a file that changed
after it was applied is refused.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

import asyncpg

from dispatch.errors import Unavailable
from dispatch.limits import (
    APPEND_TIMEOUT_S,
    IDLE_IN_TRANSACTION_TIMEOUT_MS,
    LOCK_TIMEOUT_MS,
    POOL_MAX,
    POOL_MIN,
    RELEASE_TIMEOUT_S,
    STATEMENT_TIMEOUT_MS,
)

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 4_711_120  # one number for all counties of a cluster: migrations queue up


def schema_name(county_id: str) -> str:
    """The schema of a county; ids are checked so that the name needs no quoting."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", county_id):
        raise ValueError(f"county id {county_id!r}: use a-z, 0-9, _; begin with a letter")
    return f"greenlane_{county_id}"


async def open_pool(dsn: str, county_id: str, size: int = POOL_MAX) -> asyncpg.Pool:
    """A pool whose connections live in the county's schema; raises ``Unavailable``."""
    settings = {
        "search_path": schema_name(county_id),
        "application_name": "greenlane",
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
        "lock_timeout": str(LOCK_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
        "timezone": "UTC",
    }
    try:
        return await asyncpg.create_pool(
            dsn, min_size=POOL_MIN, max_size=size, server_settings=settings, timeout=10
        )
    except (OSError, asyncpg.PostgresError) as error:
        raise Unavailable("database", f"cannot connect: {error}") from error


async def fetch(pool: asyncpg.Pool, what: str, query: str, *values: Any) -> list[asyncpg.Record]:
    """One statement, bounded on every side; raises ``Unavailable`` when its outcome is unknown.

    A connection on which nothing comes back is given up, not waited for: its pool would otherwise
    wait for the end of the cancelled statement, which a dead network never tells. What the database
    refuses as wrong in itself is raised as it is: trying the same again would never end.
    """
    try:
        connection = await pool.acquire(timeout=APPEND_TIMEOUT_S)
        try:
            return list(await connection.fetch(query, *values, timeout=APPEND_TIMEOUT_S))
        finally:
            await pool.release(connection, timeout=RELEASE_TIMEOUT_S)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        raise
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable("database", f"{what}: {error!r}") from error


async def migrate(dsn: str, county_id: str) -> list[str]:
    """Bring the county's schema up to date; return the names of the files applied now."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        schema = schema_name(county_id)
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        await connection.execute(f"SET search_path TO {schema}")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        return await _apply_missing(connection)
    finally:
        await connection.close()


async def _apply_missing(connection: asyncpg.Connection) -> list[str]:
    done = {row["name"]: row["checksum"] for row in await connection.fetch("TABLE migration")}
    applied: list[str] = []
    for path in sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql")):
        text = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        if path.name in done:
            if done[path.name] != checksum:
                raise Unavailable(
                    "database", f"{path.name} was changed after it was applied; add a new file"
                )
            continue
        async with connection.transaction():
            await connection.execute(text)
            await connection.execute(
                "INSERT INTO migration (name, checksum) VALUES ($1, $2)", path.name, checksum
            )
        applied.append(path.name)
    return applied

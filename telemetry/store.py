"""The sample store: idempotent batches into PostgreSQL, cursors back, and what replay reads.

Every write may have happened when it fails (a cancelled or timed-out commit is unknown, never
undone), and may therefore be repeated: keys make it harmless. Statements: `telemetry.store_sql`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from dispatch.errors import BadPayload, Unavailable
from dispatch.ids import DeviceId, PatientId, UnitId
from telemetry import store_sql as sql
from telemetry.codes import Code
from telemetry.core import digest_of
from telemetry.limits import (
    COMMIT_TIMEOUT_S,
    QUARANTINE_ROWS_MAX,
    QUERY_TIMEOUT_S,
    REPLAY_ROWS_MAX,
    SEQUENCE_RANGES_MAX,
)
from telemetry.rows import BadRow, FixRow, Row, Stamp, StatusRow, StoredNumeric, VitalRow
from telemetry.sequence import SeqRanges

BootKey = tuple[DeviceId, str]
SeqKey = tuple[DeviceId, str, int]
# A refusal of the data, not of the moment: trying again cannot help.
_REFUSALS: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
_OUTAGES: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_NUMERICS: Final = msgspec.json.Decoder(dict[Code, StoredNumeric])


class SampleStore:
    """The tables of 0002_telemetry over an asyncpg pool whose search_path is the county's."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def commit(self, rows: Sequence[Row], cursors: dict[BootKey, int]) -> set[SeqKey]:
        """All rows and cursors in one transaction; which numbers are now there for good.

        A bad payload beyond the quarantine's bound is only counted and its number is not returned.
        Raises BadPayload `store_refused` when PostgreSQL refuses the data itself, and Unavailable,
        with unknown outcome, for anything else.
        """
        vitals = [row for row in rows if isinstance(row, VitalRow)]
        fixes = [row for row in rows if isinstance(row, FixRow)]
        states = [row for row in rows if isinstance(row, StatusRow)]
        bad = [row for row in rows if isinstance(row, BadRow)]
        try:
            async with self._connection(COMMIT_TIMEOUT_S) as connection, connection.transaction():
                if vitals:
                    await connection.execute(sql.INSERT_VITALS, *_vital_arrays(vitals))
                if fixes:
                    await connection.execute(sql.INSERT_FIXES, *_fix_arrays(fixes))
                if states:
                    await connection.execute(sql.INSERT_STATUS, *_status_arrays(states))
                kept = await self._quarantine(connection, bad) if bad else set()
                if cursors:
                    await _save_cursors(connection, cursors, _stamp_of(rows[-1]))
        except _REFUSALS as error:
            raise BadPayload("store_refused", str(error)[:200]) from error
        stamps = [row.stamp for row in rows if not isinstance(row, BadRow)]
        return kept | {(stamp.device_id, stamp.boot_id, stamp.seq) for stamp in stamps}

    async def cursor(self, key: BootKey) -> SeqRanges:
        """What is committed of one boot, from its saved cursor and the rows above it.

        Raises Unavailable.
        """
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            contiguous = await connection.fetchval(sql.CURSOR, *key) or 0
            islands = await connection.fetch(sql.ISLANDS, *key, contiguous, SEQUENCE_RANGES_MAX + 1)
        return SeqRanges(contiguous, [(row["first"], row["last"]) for row in islands])

    async def samples_of_patient(
        self, patient_id: PatientId, since: datetime, until: datetime, limit: int
    ) -> list[VitalRow]:
        """A patient's samples that were true in [since, until), oldest first; Unavailable."""
        return await self._samples(sql.SAMPLES_OF_PATIENT, patient_id, since, until, limit)

    async def samples_of_unit(
        self, unit_id: UnitId, since: datetime, until: datetime, limit: int
    ) -> list[VitalRow]:
        """A unit's samples that were true in [since, until), oldest first. Raises Unavailable."""
        return await self._samples(sql.SAMPLES_OF_UNIT, unit_id, since, until, limit)

    async def fixes(
        self, unit_id: UnitId, since: datetime, until: datetime, limit: int
    ) -> list[FixRow]:
        """A unit's fixes in [since, until), oldest first, doubtful ones too. Raises Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(
                sql.FIXES_OF_UNIT, unit_id, since, until, min(limit, REPLAY_ROWS_MAX)
            )
        return [_fix_row(record) for record in found]

    async def last_samples(
        self, unit_ids: Sequence[UnitId], since: datetime
    ) -> dict[UnitId, datetime]:
        """When each unit last sent numerics, of those that did since then. Raises Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(sql.LAST_SAMPLES, list(unit_ids), since)
        return {UnitId(record["unit_id"]): record["last_at"] for record in found}

    async def quarantine_counts(self) -> dict[tuple[str, str], int]:
        """How many messages are in quarantine by (source, reason). Raises Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(sql.QUARANTINE_COUNTS)
        return {(record["source"], record["reason"]): record["count"] for record in found}

    async def _samples(
        self, statement: str, key: str, since: datetime, until: datetime, limit: int
    ) -> list[VitalRow]:
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(
                statement, key, since, until, min(limit, REPLAY_ROWS_MAX)
            )
        return [_vital_row(record) for record in found]

    async def _quarantine(self, connection: Any, bad: Sequence[BadRow]) -> set[SeqKey]:
        """Count equal payloads together first: one row may be touched once per statement."""
        counted: dict[tuple[str, str, bytes], tuple[BadRow, int]] = {}
        for row in bad:
            key = (row.source, row.reason, digest_of(row))
            counted[key] = (row, counted.get(key, (row, 0))[1] + 1)
        found = await connection.fetch(
            sql.QUARANTINE,
            [source for source, _, _ in counted],
            [reason for _, reason, _ in counted],
            [digest for _, _, digest in counted],
            *_columns(
                [row for row, _ in counted.values()],
                ("topic", "detail", "raw", "raw_bytes", "device_id", "boot_id", "seq"),
            ),
            [row.received_at for row, _ in counted.values()],
            [count for _, count in counted.values()],
            QUARANTINE_ROWS_MAX,
        )
        return {
            (DeviceId(record["device_id"]), record["boot_id"], record["seq"])
            for record in found
            if record["seq"] is not None
        }

    @asynccontextmanager
    async def _connection(self, timeout_s: float) -> AsyncIterator[Any]:
        """A connection for at most `timeout_s`; every failure of the server is Unavailable."""
        try:
            async with asyncio.timeout(timeout_s), self._pool.acquire() as connection:
                yield connection
        except _REFUSALS:
            raise
        except _OUTAGES as error:
            raise Unavailable("postgresql", f"{type(error).__name__}: {error}"[:200]) from error


async def _save_cursors(connection: Any, cursors: dict[BootKey, int], at: datetime) -> None:
    await connection.execute(
        sql.SAVE_CURSORS,
        [device_id for device_id, _ in cursors],
        [boot_id for _, boot_id in cursors],
        list(cursors.values()),
        [at] * len(cursors),
    )


def _stamp_of(row: Row) -> datetime:
    return row.received_at if isinstance(row, BadRow) else row.stamp.received_at


_STAMP_FIELDS: Final = (
    "device_id",
    "boot_id",
    "seq",
    "unit_id",
    "observed_at",
    "received_at",
    "true_at",
    "skew_ms",
    "is_late",
)
_VITAL_FIELDS: Final = ("acvpu", "on_oxygen", "oxygen_litres_per_min", "source", "recording")
_FIX_FIELDS: Final = (
    "lon",
    "lat",
    "sent_lon",
    "sent_lat",
    "datum",
    "speed_kmh",
    "heading_deg",
    "accuracy_m",
    "doubtful",
)


def _columns(rows: Sequence[Any], fields: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, field) for row in rows] for field in fields]


def _vital_arrays(rows: Sequence[VitalRow]) -> list[list[Any]]:
    return [
        *_columns([row.stamp for row in rows], _STAMP_FIELDS),
        [row.patient_id for row in rows],
        [msgspec.json.encode(row.numerics).decode() for row in rows],
        *_columns(rows, _VITAL_FIELDS),
    ]


def _fix_arrays(rows: Sequence[FixRow]) -> list[list[Any]]:
    return [*_columns([row.stamp for row in rows], _STAMP_FIELDS), *_columns(rows, _FIX_FIELDS)]


def _status_arrays(rows: Sequence[StatusRow]) -> list[list[Any]]:
    return [
        *_columns([row.stamp for row in rows], _STAMP_FIELDS),
        *_columns(rows, ("state", "battery_pct")),
    ]


def _stamp(record: Any) -> Stamp:
    return Stamp(**{field: record[field] for field in _STAMP_FIELDS})


def _vital_row(record: Any) -> VitalRow:
    return VitalRow(
        stamp=_stamp(record),
        patient_id=record["patient_id"],
        numerics=_NUMERICS.decode(record["numerics"]),
        **{field: record[field] for field in _VITAL_FIELDS},
    )


def _fix_row(record: Any) -> FixRow:
    return FixRow(stamp=_stamp(record), **{field: record[field] for field in _FIX_FIELDS})

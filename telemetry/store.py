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
from telemetry.contract import Channel
from telemetry.core import digest_of
from telemetry.limits import (
    COMMIT_TIMEOUT_S,
    QUARANTINE_ROWS_MAX,
    QUERY_TIMEOUT_S,
    REPLAY_ROWS_MAX,
    SEQUENCE_RANGES_MAX,
)
from telemetry.rows import (
    BadRow,
    EcgFile,
    EcgHead,
    EcgPartRow,
    FixRow,
    Row,
    Stamp,
    StoredNumeric,
    VitalRow,
    WaveformRow,
)
from telemetry.sequence import SeqRanges
from telemetry.store_tables import (
    FIX_COLUMNS,
    INSERTS,
    STAMP_COLUMNS,
    TABLES,
    VITAL_COLUMNS,
    WAVEFORM_COLUMNS,
)

BootKey = tuple[DeviceId, str]
SeqKey = tuple[DeviceId, str, int]
EcgName = tuple[UnitId, str]
"""Which file of which unit: the hash (hex) of its bytes."""
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
_OF_VITALS: Final = ("patient_id", "numerics")
_NUMERICS: Final = msgspec.json.Decoder(dict[Code, StoredNumeric])


class SampleStore:
    """The sample tables over an asyncpg pool whose search_path is the county's."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def commit(self, rows: Sequence[Row], cursors: dict[BootKey, int]) -> set[SeqKey]:
        """All rows and cursors in one transaction; which numbers are now there for good.

        A bad payload beyond the quarantine's bound is only counted and its number is not returned.
        Raises BadPayload `store_refused` when PostgreSQL refuses the data itself, and Unavailable,
        with unknown outcome, for anything else.
        """
        by_kind: dict[type, list[Row]] = {}
        for row in rows:
            by_kind.setdefault(type(row), []).append(row)
        bad = [row for row in rows if isinstance(row, BadRow)]
        files = sorted({row.sha256 for row in rows if isinstance(row, EcgPartRow)})
        try:
            async with self._connection(COMMIT_TIMEOUT_S) as connection, connection.transaction():
                for kind in (kind for kind in TABLES if kind in by_kind):
                    arrays = TABLES[kind].arrays(by_kind[kind])
                    await connection.execute(INSERTS[kind], *arrays)
                if files:
                    await connection.fetch(sql.ASSEMBLE_ECG, files)
                    await connection.execute(sql.FORGET_PARTS, files)
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

    async def waveforms(
        self,
        unit_id: UnitId,
        channels: Sequence[Channel],
        since: datetime,
        until: datetime,
        limit: int,
    ) -> list[WaveformRow]:
        """A unit's blocks that began in [since, until), oldest first. Raises Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(
                sql.WAVEFORMS_OF_UNIT,
                unit_id,
                since,
                until,
                list(channels),
                min(limit, REPLAY_ROWS_MAX),
            )
        return [_waveform_row(record) for record in found]

    async def ecgs_named(self, names: Sequence[EcgName]) -> list[EcgHead]:
        """Those of these files that are whole and a patient's, oldest first. Raises Unavailable."""
        units, hashes = [unit_id for unit_id, _ in names], [sha256 for _, sha256 in names]
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(sql.ECGS_NAMED, units, hashes)
        return [EcgHead(**record) for record in found]

    async def ecgs_since(self, since: datetime, limit: int) -> list[EcgHead]:
        """Patients' files received since then, the newest so many, oldest first; Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            found = await connection.fetch(sql.ECGS_SINCE, since, limit)
        return [EcgHead(**record) for record in reversed(found)]

    async def ecg(self, ecg_id: int) -> EcgFile | None:
        """One file with its bytes as received. Raises Unavailable."""
        async with self._connection(QUERY_TIMEOUT_S) as connection:
            record = await connection.fetchrow(sql.ECG_OF, ecg_id)
        return None if record is None else EcgFile(**record)

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


def _columns(rows: Sequence[Any], fields: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, field) for row in rows] for field in fields]


def _stamp(record: Any) -> Stamp:
    return Stamp(**{field: record[field] for field in STAMP_COLUMNS})


def _vital_row(record: Any) -> VitalRow:
    return VitalRow(
        stamp=_stamp(record),
        patient_id=record["patient_id"],
        numerics=_NUMERICS.decode(record["numerics"]),
        **{field: record[field] for field in VITAL_COLUMNS if field not in _OF_VITALS},
    )


def _fix_row(record: Any) -> FixRow:
    return FixRow(stamp=_stamp(record), **{field: record[field] for field in FIX_COLUMNS})


def _waveform_row(record: Any) -> WaveformRow:
    return WaveformRow(stamp=_stamp(record), **{field: record[field] for field in WAVEFORM_COLUMNS})

"""The database as the run reads it, on a connection of its own that no fault goes through.

While the run lasts it notes when each sample was first visible, so that the time from the monitor
to the commit is known to within one look. At the end everything is read afresh.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec

from dispatch.ids import CountyId
from dispatch.log.database import schema_name
from tests.chaos.centre import Centre
from tests.chaos.history import History, StoredRow, number_of
from tests.chaos.pace import Pace

COUNTY: Final = CountyId("nanxian")
LOOK_S: Final = 0.2  # how exactly the time of a commit is known
ANSWER_S: Final = 10.0
_VALUE: Final = "(numerics -> '{}' ->> 'value')::double precision"
_ROWS: Final = (
    "SELECT unit_id, device_id, boot_id, seq, extract(epoch FROM received_at)::float8 AS received,"
    " extract(epoch FROM observed_at)::float8 AS observed,"
    f" {_VALUE.format('temperature')} AS temperature, {_VALUE.format('heart_rate')} AS heart_rate,"
    f" {_VALUE.format('spo2')} AS spo2 FROM vital_sample"
)
_NEW: Final = (
    f"SELECT unit_id, {_VALUE.format('temperature')} AS temperature FROM vital_sample"
    " WHERE xmin::text::bigint >= $1"
)
_HORIZON: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_UNSTORED: Final = """
SELECT c.device_id, c.boot_id, c.contiguous, count(s.seq) AS stored FROM device_cursor c LEFT JOIN (
    SELECT device_id, boot_id, seq FROM vital_sample UNION ALL
    SELECT device_id, boot_id, seq FROM device_status UNION ALL
    SELECT device_id, boot_id, seq FROM device_link) s
ON (s.device_id, s.boot_id) = (c.device_id, c.boot_id) AND s.seq <= c.contiguous
GROUP BY c.device_id, c.boot_id, c.contiguous HAVING count(s.seq) <> c.contiguous
"""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the log that the checks look at; times are seconds of the epoch."""

    seq: int
    kind: str
    unit_id: str
    recorded_s: float
    body: dict[str, Any]


class Stored:
    """Reads the county's tables; notes commits in the history."""

    def __init__(self, centre: Centre, history: History, pace: Pace) -> None:
        self._centre = centre
        self._history = history
        self._pace = pace
        self._horizon = 0  # the oldest transaction whose rows may not have been seen

    async def watch(self) -> None:
        """Note when samples become visible, until the run is over; an outage is waited out."""
        while not self._pace.is_over:
            try:
                await self._follow()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._pace.last(LOOK_S)

    async def _follow(self) -> None:
        async with self._connected() as connection:
            while not self._pace.is_over:
                await self._note(connection)
                await self._pace.last(LOOK_S)

    async def _note(self, connection: asyncpg.Connection) -> None:
        following = await connection.fetchval(_HORIZON)
        rows = await connection.fetch(_NEW, self._horizon)
        seen_s = self._pace.now_s()
        for row in rows:
            sample = self._history.samples.get((row["unit_id"], number_of(row["temperature"])))
            if sample is not None and sample.committed_s is None:
                sample.committed_s = seen_s
        self._horizon = int(following)

    async def rows(self) -> list[StoredRow]:
        """Every sample that is stored."""
        async with self._connected() as connection:
            found = await connection.fetch(_ROWS)
        return [
            StoredRow(
                unit_id=row["unit_id"],
                device_id=row["device_id"],
                boot_id=row["boot_id"],
                seq=row["seq"],
                number=number_of(row["temperature"]),
                heart_rate=row["heart_rate"],
                spo2=row["spo2"],
                received_s=row["received"],
                observed_s=row["observed"],
            )
            for row in found
        ]

    async def quarantined(self) -> list[str]:
        """What was put aside, one line for each distinct payload."""
        async with self._connected() as connection:
            rows = await connection.fetch("SELECT source, reason, detail, count FROM quarantine")
        return [
            f"{row['source']} {row['reason']} × {row['count']}: {row['detail']}" for row in rows
        ]

    async def unstored(self) -> list[str]:
        """Boots of which more was acknowledged than is stored."""
        async with self._connected() as connection:
            rows = await connection.fetch(_UNSTORED)
        return [
            f"{row['device_id']} {row['boot_id']}: acknowledged to {row['contiguous']},"
            f" {row['stored']} stored"
            for row in rows
        ]

    async def events(self) -> list[Event]:
        """The events of the log that concern a unit's vital signs, in order."""
        async with self._connected() as connection:
            rows = await connection.fetch(
                "SELECT seq, type, body, extract(epoch FROM recorded_at)::float8 AS recorded"
                " FROM event WHERE type = ANY($1) ORDER BY seq",
                ["vital_alarm_raised", "triage_level_changed", "feed_lost", "feed_restored"],
            )
        return [_event(row) for row in rows]

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        settings = {"search_path": schema_name(COUNTY), "timezone": "UTC"}
        connection = await asyncpg.connect(
            self._centre.database.dsn,
            timeout=ANSWER_S,
            command_timeout=ANSWER_S,
            server_settings=settings,
        )
        try:
            yield connection
        finally:
            async with asyncio.timeout(ANSWER_S):
                await connection.close(timeout=ANSWER_S)


def _event(row: asyncpg.Record) -> Event:
    body = msgspec.json.decode(row["body"])
    return Event(
        seq=row["seq"],
        kind=row["type"],
        unit_id=body["unit_id"],
        recorded_s=row["recorded"],
        body=body,
    )

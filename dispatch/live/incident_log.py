"""The incidents of the log as calls for the demand map: when and where, nothing about anybody.

All that were opened count, also those cancelled later: somebody called. Read again only every few
minutes; a rate of the past does not change by the minute. How demand is computed is
`maps.coverage.demand`.
"""

from datetime import datetime, timedelta

import asyncpg

from dispatch.limits import DEMAND_CALLS_MAX, DEMAND_DAYS_MAX, DEMAND_READ_EVERY_S
from maps.coordinates import Wgs84
from maps.coverage.demand import Call, Period

_OPENED = """
SELECT occurred_at, (body ->> 'lon')::float8 AS lon, (body ->> 'lat')::float8 AS lat FROM event
WHERE type = 'incident_opened' AND occurred_at >= $1 ORDER BY seq DESC LIMIT $2
"""
_BEGAN = "SELECT recorded_at FROM event ORDER BY seq LIMIT 1"


class Record:
    """The calls of a period in which every call was written down; None before the log began."""

    def __init__(self, calls: list[Call], period: Period | None) -> None:
        self.calls, self.period = calls, period


class IncidentLog:
    """Reads the log's incidents and keeps them for a while."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._read_at: datetime | None = None
        self._record = Record([], None)

    async def record(self, now: datetime) -> Record:
        """The record, at most `DEMAND_READ_EVERY_S` old; the same object until it is read again."""
        due = timedelta(seconds=DEMAND_READ_EVERY_S)
        if self._read_at is None or now - self._read_at >= due:
            self._record = await self._read(now)
            self._read_at = now
        return self._record

    async def _read(self, now: datetime) -> Record:
        began = await self._pool.fetchval(_BEGAN)
        if began is None:
            return Record([], None)
        oldest = max(began, now - timedelta(days=DEMAND_DAYS_MAX))
        rows = await self._pool.fetch(_OPENED, oldest, DEMAND_CALLS_MAX)
        calls = [
            Call(at=row["occurred_at"], place=Wgs84(lon=row["lon"], lat=row["lat"])) for row in rows
        ]
        if len(rows) == DEMAND_CALLS_MAX:  # of the time before, calls are missing
            oldest = min(call.at for call in calls)
        return Record(calls, Period(from_at=oldest, until_at=max(now, oldest)))

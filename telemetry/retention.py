"""How long samples are kept, and the hourly work that keeps the tables so.

Months are made two ahead, so that no row waits for one; a month that is over its term is dropped
whole. What has no patient goes after some weeks, and old vital signs of patients are thinned: the
first of each ten seconds stays. What a deletion takes is counted by boot (`device_forgotten`), so
that the online check can tell forgotten from lost.

The arithmetic of a year is in docs/operations.md. ECG files are documents and are never deleted
here, nor is anything of the event log.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec

from telemetry.ports import Clock

_LOG: Final = logging.getLogger(__name__)

PARENTS: Final = (
    "vital_sample",
    "position_fix",
    "device_status",
    "device_link",
    "waveform_block",
)
KEEP_EVERY_S: Final = 3_600.0  # hourly: a month is made 60 days before it is needed
MONTHS_AHEAD: Final = 2
SLICE_ROWS: Final = 20_000  # one delete: some tenths of a second, so that ingest is not held up
SLICE_TIMEOUT_S: Final = 60.0
_SLICES_PER_RUN: Final = 500  # ten million rows an hour; the rest waits for the next


class RetentionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Days after which rows go (POLICY; owner: the county's data protection officer). None: never.

    ``unattended_days``: samples, fixes and waveforms of a unit that had no patient. Vital signs of
    patients older than ``thin_after_days`` are thinned to one in ``thin_to_s`` seconds.
    """

    vital_sample_days: int | None = None
    position_fix_days: int | None = 400
    device_status_days: int | None = 400
    device_link_days: int | None = 90
    waveform_block_days: int | None = 90
    unattended_days: int = 30
    thin_after_days: int = 400
    thin_to_s: int = 10

    def days_of(self, parent: str) -> int | None:
        """The term of a table; a KeyError for a table that has none."""
        return {
            "vital_sample": self.vital_sample_days,
            "position_fix": self.position_fix_days,
            "device_status": self.device_status_days,
            "device_link": self.device_link_days,
            "waveform_block": self.waveform_block_days,
        }[parent]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did: months made and dropped by name, rows deleted one by one."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    deleted: int


def month_of(name: str) -> datetime | None:
    """The first instant of a partition's month by its name; None for the default partition."""
    head, _, month = name.rpartition("_")
    _, _, year = head.rpartition("_")
    if not (year.isdigit() and month.isdigit()):
        return None
    return datetime(int(year), int(month), 1, tzinfo=UTC)


def next_month(month: datetime, by: int = 1) -> datetime:
    """``by`` months later."""
    whole = month.year * 12 + month.month - 1 + by
    return month.replace(year=whole // 12, month=whole % 12 + 1)


def is_over(name: str, days: int | None, now: datetime) -> bool:
    """Whether the whole month of a partition is older than its term."""
    month = month_of(name)
    if month is None or days is None:
        return False
    return next_month(month) <= now - timedelta(days=days)


async def keep_tidy(pool: Any, clock: Clock, policy: RetentionTerms) -> None:
    """Keep the tables in order for ever; a run that fails is logged and tried in the next hour."""
    while True:
        try:
            async with pool.acquire() as connection:
                done = await tidy(connection, clock.now(), policy)
            if done.made or done.dropped or done.deleted:
                _LOG.info("samples tidied: %s", done)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _LOG.warning("samples not tidied, again in an hour: %r", error)
        await asyncio.sleep(KEEP_EVERY_S)


async def tidy(connection: Any, now: datetime, policy: RetentionTerms) -> Kept:
    """One run on an asyncpg connection. Raises what asyncpg raises; what was done stays done."""
    made = await _make_months(connection, now)
    dropped: list[str] = []
    for parent in PARENTS:
        for name in await _months(connection, parent):
            if is_over(name, policy.days_of(parent), now):
                await _drop(connection, name)
                dropped.append(name)
    deleted = 0
    unattended = now - timedelta(days=policy.unattended_days)
    for table in ("vital_sample", "waveform_block"):
        deleted += await _delete(connection, table, _UNATTENDED, unattended)
    thinned = now - timedelta(days=policy.thin_after_days)
    deleted += await _delete(connection, "vital_sample", _THINNED, thinned, policy.thin_to_s)
    return Kept(made=made, dropped=tuple(dropped), deleted=deleted)


async def _make_months(connection: Any, now: datetime) -> tuple[str, ...]:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    made: list[str] = []
    for parent in PARENTS:
        for ahead in range(MONTHS_AHEAD + 1):
            month = next_month(first, ahead)
            if await connection.fetchval("SELECT make_month($1, $2)", parent, month.date()):
                made.append(f"{parent}_{month:%Y_%m}")
    return tuple(made)


async def _months(connection: Any, parent: str) -> Sequence[str]:
    found = await connection.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = $1::regclass ORDER BY 1",
        parent,
    )
    return [record["relname"] for record in found]


_COUNT_FORGOTTEN: Final = """
INSERT INTO device_forgotten AS f (device_id, boot_id, count)
SELECT device_id, boot_id, count(*) FROM {source} GROUP BY device_id, boot_id
ON CONFLICT (device_id, boot_id) DO UPDATE SET count = f.count + excluded.count
"""


async def _drop(connection: Any, name: str) -> None:
    async with connection.transaction():
        await connection.execute(_COUNT_FORGOTTEN.format(source=name), timeout=SLICE_TIMEOUT_S)
        await connection.execute(f"DROP TABLE {name}", timeout=SLICE_TIMEOUT_S)


# Which rows go, of a table, older than $1; $2 is the slice, $3 the seconds of a bucket. A row is as
# old as our own clock says: a device whose clock fell back to 1970 sends what is new today.
_UNATTENDED: Final = """
SELECT device_id, boot_id, seq, observed_at FROM {table}
WHERE patient_id IS NULL AND greatest(true_at, received_at) < $1 LIMIT $2
"""
_THINNED: Final = """
SELECT device_id, boot_id, seq, observed_at FROM (
    SELECT device_id, boot_id, seq, observed_at, row_number() OVER (
        PARTITION BY patient_id, device_id, floor(extract(epoch FROM true_at) / $3::integer)
        ORDER BY true_at, seq) AS place
    FROM {table}
    WHERE patient_id IS NOT NULL AND greatest(true_at, received_at) < $1) AS placed
WHERE place > 1 LIMIT $2
"""
_DELETE: Final = """
WITH doomed AS ({which}), gone AS (
    DELETE FROM {table} t USING doomed d
    WHERE (t.device_id, t.boot_id, t.seq, t.observed_at)
        = (d.device_id, d.boot_id, d.seq, d.observed_at)
    RETURNING t.device_id, t.boot_id
), counted AS (
    INSERT INTO device_forgotten AS f (device_id, boot_id, count)
    SELECT device_id, boot_id, count(*) FROM gone GROUP BY device_id, boot_id
    ON CONFLICT (device_id, boot_id) DO UPDATE SET count = f.count + excluded.count
)
SELECT count(*) FROM gone
"""


async def _delete(connection: Any, table: str, which: str, before: datetime, *more: int) -> int:
    """Delete in slices until nothing is left or the run has done its share."""
    statement = _DELETE.format(which=which.format(table=table), table=table)
    deleted = 0
    for _ in range(_SLICES_PER_RUN):
        gone = await connection.fetchval(
            statement, before, SLICE_ROWS, *more, timeout=SLICE_TIMEOUT_S
        )
        deleted += gone
        if gone < SLICE_ROWS:
            break
    return deleted

"""Group commit without a timer: a batch is what arrived while the last commit was in flight.

Bare programs on two cores, without this package's checks, did 18-20,000 messages a second this way
and 0.7 ms to commit at 1,000 a second; a 50 ms window was no faster and cost 29 ms. The order is
the promise of this file: rows are committed, then the broker may forget (PUBACK), then the device
may forget (application ack), then the decisions that those rows led to are told. When PostgreSQL is
away nothing of that happens, the batch is tried again, and memory is bounded by the session's
Receive Maximum.
"""

import asyncio
import logging
import random
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from dispatch.errors import BadPayload, Unavailable
from dispatch.ids import DeviceId, UnitId
from telemetry import metrics
from telemetry.contract import Ack
from telemetry.limits import (
    BATCH_MAX,
    COMMIT_RETRY_MAX_S,
    COMMIT_RETRY_MIN_S,
    CURSOR_RELOAD_S,
    CURSORS_MAX,
)
from telemetry.ports import Clock, Decision
from telemetry.rows import BadRow, EcgPartRow, Row
from telemetry.sequence import SeqRanges
from telemetry.store import BootKey, EcgName, SampleStore, SeqKey

_LOG: Final = logging.getLogger(__name__)


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A row that waits for its commit; `done` acknowledges it to the broker."""

    row: Row
    unit_id: UnitId | None
    done: asyncio.Future[None]


Refuse = Callable[[Row, BadPayload], BadRow]
SendAck = Callable[[UnitId, DeviceId, Ack], None]
Tell = Callable[[Sequence[Decision]], None]
NoteEcgs = Callable[[set[EcgName]], None]


class Committer:
    """The queue before PostgreSQL and the task that empties it."""

    def __init__(
        self,
        store: SampleStore,
        clock: Clock,
        send_ack: SendAck,
        tell: Tell,
        refuse: Refuse,
        note_ecgs: NoteEcgs = lambda _names: None,
    ) -> None:
        self._store = store
        self._note_ecgs = note_ecgs
        self._clock = clock
        self._send_ack = send_ack
        self._tell = tell
        self._refuse = refuse
        self._queue: deque[Pending] = deque()
        self._decisions: deque[tuple[int, Decision]] = deque()
        self._put = 0
        self._taken = 0
        self._wake = asyncio.Event()
        self._cursors: OrderedDict[BootKey, SeqRanges] = OrderedDict()
        self._reloaded_s = -CURSOR_RELOAD_S
        self._random = random.Random()  # noqa: S311 - jitter

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, pending: Pending | None, decisions: Sequence[Decision]) -> None:
        """A row to commit, and what is to be told once everything up to here is committed."""
        if pending is not None:
            self._queue.append(pending)
            self._put += 1
        self._decisions.extend((self._put, decision) for decision in decisions)
        if pending is not None or decisions:
            self._wake.set()

    def forget_unacknowledged(self) -> None:
        """The connection is gone: the broker will send again what was not yet in a batch.

        Decisions stay: their rows come again, but the window takes those for duplicates and would
        not decide a second time.
        """
        self._queue.clear()
        self._taken = self._put

    async def run(self) -> None:
        """Commit batches for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue or self._decisions:
                await self._commit_next()

    async def _commit_next(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
        self._taken += len(batch)
        ripe = self._taken
        metrics.INBOX.set(len(self._queue))
        if batch:
            kept = await self._commit_until_done([item.row for item in batch])
            for item in batch:
                if not item.done.done():
                    item.done.set_result(None)
            metrics.COMMITTED.inc(len(batch))
            self._acknowledge(batch, kept)
            self._note_parts(batch)
        decisions = []
        while self._decisions and self._decisions[0][0] <= ripe:
            decisions.append(self._decisions.popleft()[1])
        self._tell(decisions)

    def _note_parts(self, batch: Sequence[Pending]) -> None:
        """Files that may be whole now; a commit that is tried again cannot say so itself."""
        rows = (item.row for item in batch)
        names = {(r.stamp.unit_id, r.sha256) for r in rows if isinstance(r, EcgPartRow)}
        if names:
            self._note_ecgs(names)

    async def _commit_until_done(self, rows: list[Row]) -> set[SeqKey]:
        """Try for ever; a retry waits, longer each time, with jitter."""
        wait_s = COMMIT_RETRY_MIN_S
        while True:
            try:
                return await self._commit(rows)
            except Unavailable as error:
                metrics.COMMIT_FAILURES.inc()
                _LOG.warning("commit of %d rows failed, trying again: %s", len(rows), error)
            await asyncio.sleep(wait_s * self._random.uniform(0.5, 1.0))
            wait_s = min(COMMIT_RETRY_MAX_S, wait_s * 2)

    async def _commit(self, rows: list[Row]) -> set[SeqKey]:
        """One batch in one transaction; a row that PostgreSQL refuses is found by halving."""
        keys = {key for row in rows if (key := _boot_key(row)) is not None}
        for key in keys:
            await self._load_cursor(key)
        known = {key: n for key in keys if (n := self._cursors[key].contiguous)}
        try:
            with metrics.COMMIT_SECONDS.time():
                kept = await self._store.commit(rows, known)
        except BadPayload as bad:
            return await self._commit_refused(rows, bad)
        for device_id, boot_id, seq in kept:
            self._cursors[(device_id, boot_id)].add(seq)
        for key in keys:
            await self._reload_if_overflowed(key)
        return kept

    async def _commit_refused(self, rows: list[Row], bad: BadPayload) -> set[SeqKey]:
        if len(rows) > 1:
            middle = len(rows) // 2
            return await self._commit(rows[:middle]) | await self._commit(rows[middle:])
        if isinstance(rows[0], BadRow):
            # Even its raw bytes are refused: nothing is left to keep it in.
            _LOG.error("a payload can be neither stored nor quarantined: %s", bad)
            return set()
        metrics.QUARANTINED.labels(bad.reason).inc()
        return await self._commit([self._refuse(rows[0], bad)])

    async def _load_cursor(self, key: BootKey) -> None:
        if key in self._cursors:
            self._cursors.move_to_end(key)
            return
        self._cursors[key] = await self._store.cursor(key)
        while len(self._cursors) > max(CURSORS_MAX, BATCH_MAX):
            self._cursors.popitem(last=False)

    async def _reload_if_overflowed(self, key: BootKey) -> None:
        """More holes than we remember, as after a shuffled redelivery: the store knows them all."""
        now_s = self._clock.monotonic_s()
        if not self._cursors[key].is_overflowed or now_s - self._reloaded_s < CURSOR_RELOAD_S:
            return
        self._reloaded_s = now_s
        self._cursors[key] = await self._store.cursor(key)

    def _acknowledge(self, batch: Sequence[Pending], kept: set[SeqKey]) -> None:
        """One application ack per (device, boot) that this batch touched."""
        kept_boots = {(device_id, boot_id) for device_id, boot_id, _ in kept}
        units: dict[BootKey, UnitId] = {}
        for item in batch:
            key = _boot_key(item.row)
            if key in kept_boots and key is not None and item.unit_id is not None:
                units[key] = item.unit_id
        now: datetime = self._clock.now()
        for key, unit_id in units.items():
            ranges = self._cursors[key]
            ack = Ack(
                boot_id=key[1], contiguous=ranges.contiguous, selective=ranges.above(), at=now
            )
            self._send_ack(unit_id, key[0], ack)


def _boot_key(row: Row) -> BootKey | None:
    if not isinstance(row, BadRow):
        return row.stamp.device_id, row.stamp.boot_id
    if row.device_id is None or row.boot_id is None:
        return None
    return row.device_id, row.boot_id

"""The online check of the invariants: what the running system claims against what is so.

Every few seconds: the world's own invariants; every screen's documents against a fresh rendering;
now and then: the live world against a fold of the log, outcomes against events, acknowledged
samples against stored rows. A broken one is counted, logged and makes `/api/health` say so.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import structlog
from prometheus_client import Counter, Gauge

from dispatch.domain.fold import apply
from dispatch.domain.invariants import broken
from dispatch.errors import Refused, Unavailable
from dispatch.limits import WATCH_LOG_EVERY, WATCH_S
from dispatch.live.hub import Hub
from dispatch.log.events import EventLog
from dispatch.log.follower import Follower

log = structlog.get_logger("watch")
CHECKS = Counter("greenlane_invariant_checks", "Runs of the invariant checks")
BROKEN = Gauge("greenlane_invariants_broken", "Invariants that do not hold now")

# Of each boot that was busy today the newest numbers, so that the check costs the same after a
# year; what retention deleted is not missing.
_NEWEST = 5_000
_STORED = " UNION ".join(
    f"SELECT seq FROM {table} WHERE (device_id, boot_id) = (c.device_id, c.boot_id)"  # noqa: S608
    f" AND seq > c.contiguous - {_NEWEST} AND seq <= c.contiguous"
    for table in (
        "vital_sample",
        "position_fix",
        "device_status",
        "device_link",
        "waveform_block",
        "ecg_part",
        "quarantine",
    )
)
ACKNOWLEDGED_BUT_MISSING = f"""
SELECT c.device_id, c.boot_id, c.contiguous, count(s.seq) AS stored FROM device_cursor c
LEFT JOIN LATERAL ({_STORED}) s ON true
LEFT JOIN device_forgotten f USING (device_id, boot_id)
WHERE c.updated_at > now() - interval '1 day'
GROUP BY c.device_id, c.boot_id, c.contiguous
HAVING count(s.seq) + coalesce(max(f.count), 0) < least(c.contiguous, {_NEWEST}) LIMIT 20
"""  # noqa: S608
OUTCOME_WITHOUT_EVENT = """
SELECT command_id FROM command_outcome o WHERE outcome ->> 'outcome' = 'accepted'
    AND (outcome ->> 'seq')::bigint > $1
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.command_id = o.command_id) LIMIT 20
"""
LOG_GAPS = "SELECT (SELECT seq FROM head) - count(*) AS missing FROM event"


class Watch:
    """Checks this process and keeps the last finding."""

    def __init__(
        self,
        follower: Follower,
        hub: Hub,
        events: EventLog,
        pool: asyncpg.Pool,
        now: Callable[[], datetime],
    ) -> None:
        self._follower = follower
        self._hub = hub
        self._log = events
        self._pool = pool
        self._now = now
        self._checked = 0
        self._broken: list[str] = []
        self._slow: list[str] = []
        self._is_database_up = True
        self.live_path: Callable[[], bool] = lambda: True

    def report(self) -> dict[str, Any]:
        """The last finding, for health."""
        return {
            "database": self._is_database_up,
            "live_path": self.live_path(),
            "invariants": {"checked": self._checked, "broken": self._broken},
        }

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)  # a period, not a wait for something
            try:
                await self.check(with_log=self._checked % WATCH_LOG_EVERY == 0)
                self._is_database_up = True
            except (Unavailable, OSError, TimeoutError, asyncpg.PostgresError) as error:
                self._is_database_up = False
                log.warning("watch_without_database", detail=str(error))

    async def check(self, with_log: bool) -> list[str]:
        """Run the checks once; returns everything that is broken."""
        found = broken(self._follower.world, self._now())
        found.extend(self._screens())
        if with_log:
            self._slow = [*await self._fold_again(), *await self._stored()]
        found.extend(self._slow)
        for one in set(found) - set(self._broken):
            log.error("invariant_broken", what=one)
        self._broken = found
        self._checked += 1
        CHECKS.inc()
        BROKEN.set(len(found))
        return found

    def _screens(self) -> list[str]:
        """5: what an audience holds is what a fresh rendering gives it, no more and no less."""
        found: list[str] = []
        for audience, held in self._hub.held.items():
            fresh = self._hub.everything(audience)
            who = f"{audience.kind} {audience.scope}".strip()
            for key in fresh.keys() - held.keys():
                found.append(f"5: {who} does not hold {key[0]} {key[1]}")
            for key in held.keys() - fresh.keys():
                found.append(f"5: {who} still holds {key[0]} {key[1]}")
            for key in held.keys() & fresh.keys():
                if held[key] != fresh[key]:
                    found.append(f"5: {who} holds an old {key[0]} {key[1]}")
        return found

    async def _fold_again(self) -> list[str]:
        """6: a fold of the log from its beginning gives the live world, byte for byte."""
        live = self._follower.world
        world = live.__class__()
        while world.seq < live.seq:
            page = await self._log.read_after(world.seq)
            if not page:
                return [f"6: the log ends at {world.seq}, the live world at {live.seq}"]
            try:
                world, _ = apply(world, [env for env in page if env.seq <= live.seq])
            except (LookupError, Refused) as error:  # what a missing event leaves behind
                return [f"6: the log does not fold after {world.seq}: {error!r}"]
            await asyncio.sleep(0)  # let the desk work between pages
        same = await asyncio.to_thread(_same, world, live)
        return [] if same else [f"6: the log folded to {live.seq} is not the live world"]

    async def _stored(self) -> list[str]:
        """7: what was acknowledged is stored, what was accepted is in the log, without gaps."""
        found: list[str] = []
        for row in await self._pool.fetch(ACKNOWLEDGED_BUT_MISSING):
            found.append(
                f"7: device {row['device_id']} was told {row['contiguous']},"
                f" {row['stored']} are stored"
            )
        seq = max(0, self._follower.world.seq - 5000)
        for row in await self._pool.fetch(OUTCOME_WITHOUT_EVENT, seq):
            found.append(f"7: command {row['command_id']} was accepted and is not in the log")
        missing = await self._pool.fetchval(LOG_GAPS)
        if missing:
            found.append(f"7: {missing} events are missing from the log")
        return found


def _same(one: Any, other: Any) -> bool:
    encode = msgspec.json.Encoder(order="deterministic").encode
    return bool(encode(one) == encode(other))

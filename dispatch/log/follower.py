"""The world of this process: folded from the log, told to whoever draws it.

One per process. The recorder advances it with what it has just appended; `catch_up` reads what
other workers appended. Either way the same fold runs once for each event, under one lock, and the
listeners hear of every step in order.
"""

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from dispatch.domain import events as e
from dispatch.domain.fold import apply
from dispatch.domain.world import Touched, World
from dispatch.ids import SubjectId
from dispatch.limits import EVENTS_PER_READ_MAX, SNAPSHOT_EVERY_EVENTS
from dispatch.log.events import EventLog
from dispatch.log.identity import IdentityStore, subjects_of

Listener = Callable[[World, Touched, Sequence[e.Envelope]], None]


class Follower:
    """Holds the newest world; ``lock`` is held by whoever changes it."""

    def __init__(self, log: EventLog, pool: asyncpg.Pool, identities: IdentityStore) -> None:
        self.world = World()
        self.lock = asyncio.Lock()
        self.log = log
        self.identities = identities
        self._pool = pool
        self._listeners: list[Listener] = []
        self._snapshot_seq = 0

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of every step; returns the function that stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def start(self) -> None:
        """Load the newest snapshot and fold what came after; raises ``Unavailable``."""
        async with self.lock:
            self.world = await self.log.snapshot_before()
            self._snapshot_seq = self.world.seq
            await self.identities.load(self._pool, subjects_of(self.world))
            await self.read_newer()

    async def catch_up(self) -> None:
        """Fold what other workers appended; raises ``Unavailable``."""
        async with self.lock:
            await self.read_newer()

    async def read_newer(self) -> None:
        """Fold until nothing is newer; the caller holds the lock."""
        while True:
            page = await self.log.read_after(self.world.seq)
            if page:
                await self.advance(page)
            if len(page) < EVENTS_PER_READ_MAX:
                return

    async def advance(self, envelopes: Sequence[e.Envelope]) -> None:
        """Fold events that directly follow the world; the caller holds the lock."""
        await self.identities.load(self._pool, _named(envelopes))
        self.world, touched = apply(self.world, envelopes)
        for listener in list(self._listeners):
            listener(self.world, touched, envelopes)

    async def keep_snapshot(self) -> None:
        """Save a snapshot when enough has happened since the last."""
        world = self.world
        if world.seq - self._snapshot_seq < SNAPSHOT_EVERY_EVENTS:
            return
        await self.log.save_snapshot(world)
        self._snapshot_seq = world.seq
        async with self.lock:  # newer events may have come while it was saved: their people stay
            self.identities.keep_only(self.world)


def _named(envelopes: Sequence[e.Envelope]) -> list[SubjectId]:
    found: list[SubjectId] = []
    for envelope in envelopes:
        for field in ("caller_id", "place_id", "person_id"):
            key = getattr(envelope.event, field, None)
            if key is not None:
                found.append(key)
    return found

"""One worker's core over a real database, in this process: pool, follower, recorder, and no web."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.domain.fold import apply
from dispatch.domain.world import World
from dispatch.ids import CommandId
from dispatch.live.bus import Bus, InProcessBus
from dispatch.log.database import migrate, open_pool
from dispatch.log.events import EventLog, Outcome
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from tests.support.county import county
from tests.support.desk import CALLER, DISPATCHER, SCENE

COUNTY = "testcounty"
KEY = bytes(range(32))
encode = msgspec.json.Encoder(order="deterministic").encode


class Worker(msgspec.Struct, kw_only=True, eq=False):
    """The core of one process."""

    pool: asyncpg.Pool
    follower: Follower
    recorder: Recorder

    @property
    def world(self) -> World:
        return self.follower.world

    async def tell(
        self, kind: type[c.Command], actor: c.Actor = DISPATCHER, /, **fields: Any
    ) -> Outcome:
        """Make a command and submit it."""
        fields.setdefault("command_id", CommandId(str(uuid.uuid4())))
        return await self.recorder.submit(kind(**fields), actor)

    async def must(
        self, kind: type[c.Command], actor: c.Actor = DISPATCHER, /, **fields: Any
    ) -> dict[str, str]:
        """Submit what is to be accepted; returns the ids that came to be."""
        outcome = await self.tell(kind, actor, **fields)
        assert outcome.outcome == "accepted", outcome
        return outcome.made

    async def incident(self) -> str:
        """Open an incident with a caller and a patient who have names."""
        patients = (c.NewPatient(person=c.Person(name="欧阳明珠", id_number="43092119610101")),)
        fields = {"place": SCENE, "priority": "P2", "complaint": "胸痛", "caller": CALLER}
        made = await self.must(c.OpenIncident, patients=patients, note="狗会咬人", **fields)
        return made["incident_id"]

    async def folded(self) -> World:
        """The log folded from its beginning, as a newcomer would."""
        world, _ = apply(World(), await self.follower.log.read_after(0))
        return world

    async def assert_true(self) -> None:
        """The live world is the log's, which has no gap and nothing twice."""
        assert encode(await self.folded()) == encode(self.world)
        numbers = [env.seq for env in await self.follower.log.read_after(0)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert await self.follower.log.head() == len(numbers)


@asynccontextmanager
async def worker(dsn: str, key: bytes = KEY, bus: Bus | None = None) -> AsyncIterator[Worker]:
    """A running recorder over its own pool, ended with the test."""
    pool = await open_pool(dsn, COUNTY, 3)
    try:
        follower = Follower(EventLog(pool), pool, IdentityStore(key))
        await follower.start()
        recorder = Recorder(follower, (bus or InProcessBus()).ring)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(recorder.run(), name="recorder")
            yield Worker(pool=pool, follower=follower, recorder=recorder)
            task.cancel()
    finally:
        pool.terminate()


@asynccontextmanager
async def configured(dsn: str, key: bytes = KEY) -> AsyncIterator[Worker]:
    """A worker over a fresh schema with the test county in its log."""
    await migrate(dsn, COUNTY)
    async with worker(dsn, key) as found:
        await found.must(c.ConfigureCounty, SYSTEM, config=county())
        yield found

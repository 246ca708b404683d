"""One worker process of the county: the production follower, recorder, doorbell, ticker and hub.

Nothing of the write or read path is replaced; what stands in for HTTP is a queue of requests, each
answered in a task of its own. A worker begins as `dispatch.app` does: it reads the newest snapshot
and the log, and tries again where the database is away.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from dispatch.deadline_ticker import tick
from dispatch.domain import commands as c
from dispatch.domain.views import Audience, Key
from dispatch.domain.world import World
from dispatch.errors import Unavailable
from dispatch.limits import DOORBELL_POLL_S
from dispatch.live.hub import Connection, Doorbell, Hub
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from dispatch.log.events import EventLog, Outcome
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from maps.travel import StraightLineTravel
from tests.campaign.loop import Process, VirtualLoop

KEY = bytes(range(32))
START_AGAIN_S = 0.5

Reply = Callable[[Outcome | Exception], None]
Request = tuple[c.Command, c.Actor, Reply]
_document_kind = msgspec.json.Decoder(dict[str, Any])


class Viewer(msgspec.Struct, kw_only=True, eq=False):
    """An open screen: what it was sent, frame by frame."""

    connection: Connection
    held: dict[Key, bytes]

    def read(self) -> None:
        """Take every frame that waits."""
        while True:
            documents, keys, gone = self.connection.outbox.take()
            if not documents and not gone:
                return
            self.held.update(zip(keys, documents, strict=True))
            for key in gone:
                self.held.pop(key, None)


class Heard(Recorder):
    """The production recorder; tells who asks for what before it takes it."""

    on_submit: Callable[[c.Command, c.Actor], None]

    async def submit(self, command: c.Command, actor: c.Actor) -> Outcome:
        self.on_submit(command, actor)
        return await super().submit(command, actor)


class Worker:
    """Built anew at each start of the process."""

    def __init__(
        self, loop: VirtualLoop, process: Process, pool: Any, ring: Callable[[int], None],
        on_submit: Callable[[c.Command, c.Actor], None],
    ) -> None:  # fmt: skip
        self.loop = loop
        self.process = process
        self.behind_s = 0.0
        self.follower = Follower(EventLog(pool), pool, IdentityStore(KEY))
        self.recorder = Heard(self.follower, ring, self.clock)
        self.recorder.on_submit = on_submit
        self.doorbell = Doorbell(self.follower)
        travel = Journeys(StraightLineTravel(detour_factor=1.4, speed_kmh=40.0))
        self.hub = Hub(self.follower, LivePlane(travel), self.clock)
        self.viewers: list[Viewer] = []
        self.inbox: asyncio.Queue[Request] = asyncio.Queue()
        self.open: list[Reply] = []
        self.is_started = False
        self.on_started: Callable[[], None] = lambda: None

    @property
    def world(self) -> World:
        return self.follower.world

    def clock(self) -> datetime:
        """This machine's clock: it may be behind."""
        return self.loop.now() - timedelta(seconds=self.behind_s)

    async def main(self) -> None:
        """Until killed or cancelled."""
        await self._start()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.recorder.run(), name="recorder")
            group.create_task(self.doorbell.run(DOORBELL_POLL_S, _no_log), name="doorbell")
            group.create_task(tick(self.follower, self.recorder, self.clock), name="deadlines")
            while True:
                request = await self.inbox.get()
                group.create_task(self._answer(*request), name="request")

    async def _start(self) -> None:
        while not self.is_started:
            try:
                await self.follower.start()
                self.is_started = True
                self.on_started()
            except Unavailable:
                again = asyncio.Event()
                self.loop.later(START_AGAIN_S, again.set)
                await again.wait()

    def take(self, command: c.Command, actor: c.Actor, reply: Reply) -> None:
        """A request comes in over the network."""
        if self.process.is_dead:
            reply(ConnectionResetError("nobody listens"))
            return
        self.open.append(reply)
        self.inbox.put_nowait((command, actor, reply))

    def hang_up(self) -> None:
        """What the kernel does with the connections of a process that died."""
        for reply in self.open:
            self.loop.later(0.01, reply, ConnectionResetError("the worker died"))
        self.open.clear()

    async def _answer(self, command: c.Command, actor: c.Actor, reply: Reply) -> None:
        try:
            found: Outcome | Exception = await self.recorder.submit(command, actor)
        except Unavailable as error:
            found = error
        if reply in self.open:
            self.open.remove(reply)
        self.loop.later(0.005, reply, found)

    def look(self, audience: Audience) -> None:
        """Open a screen."""
        actor = c.Actor(role="admin", name="viewer")
        connection, documents = self.hub.join(actor, audience, b"")
        held = {_key(document): document for document in documents}
        self.viewers.append(Viewer(connection=connection, held=held))


def _key(document: bytes) -> Key:
    fields = _document_kind.decode(document)
    return (fields["kind"], fields["id"])


def _no_log(_error: Unavailable) -> None:
    """The doorbell tries again at its next turn."""

"""The people of the county and their network: they keep asking until they know what became of it.

A random day (`tests.support.random_day`) of all roles, two dispatchers who leave no P1 waiting and
close what is over, and tablets that go offline with a crew that goes on working. Each looks at the
screen of one worker, as old as that is. A command goes to one worker and, where no answer comes, to
the next under the same id; some go twice, some again much later.
"""

import asyncio
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, cast

import msgspec

from dispatch.domain import commands as c
from dispatch.domain.states import ENDED, NEXT_STEP, IncidentState, Readiness
from dispatch.domain.world import Assignment, Incident, World
from dispatch.ids import CommandId
from dispatch.log.events import Outcome
from tests.campaign.faults import LONGEST_OFFLINE_S, Faults
from tests.campaign.loop import VirtualLoop
from tests.campaign.worker import Worker
from tests.support.desk import DISPATCHER, Desk, crew
from tests.support.random_day import RandomDay

ANSWER_WAIT_S = 12.0
TRIES_MAX = 60
LATE_S = 4.0
MUCH_LATER_S = 90.0
LOOKS_EVERY_S = 6.0
CHINA = timezone(timedelta(hours=8))


class Group(Protocol):
    """Where their tasks run."""

    def create_task(self, work: Any, *, name: str) -> None:
        """Begin."""
        ...


class People:
    """Everybody who presses a key, and how many of their commands are not settled yet."""

    def __init__(
        self, loop: VirtualLoop, seed: int, faults: Faults, workers: list[Worker],
        witness: Any, muted: frozenset[str],
    ) -> None:  # fmt: skip
        self._loop = loop
        self._chance = random.Random(f"{seed}:people")
        self._network = random.Random(f"{seed}:network")
        self._faults = faults
        self._workers = workers
        self._witness = witness
        self._muted = muted
        self._day = RandomDay(cast(Desk, self), seed)
        self._count = 0
        self.waiting = 0
        self.sent = 0

    # what the random day looks at

    @property
    def world(self) -> World:
        """The screen of a worker that is up."""
        up = [worker for worker in self._workers if worker.is_started]
        return self._chance.choice(up).world if up else World()

    @property
    def now(self) -> datetime:
        """Everybody's watch is right; machines' clocks are not."""
        return self._loop.now()

    # what they do

    async def random_day(self, group: Group, until_s: float, pause_s: float) -> None:
        """One random command after another."""
        while self._loop.time() < until_s:
            await self.pause(self._chance.expovariate(1 / pause_s))
            if self.world.config is None:
                continue
            command, actor = self._day.next()
            if command.occurred_at is not None and self._chance.random() < 0.5:
                at = command.occurred_at.astimezone(CHINA)
                command = msgspec.structs.replace(command, occurred_at=at)
            self._send(group, command, actor)

    async def dispatcher(self, group: Group, until_s: float) -> None:
        """Sends the first idle unit to the first who waits, again and again."""
        while self._loop.time() < until_s:
            await self.pause(LOOKS_EVERY_S * self._chance.uniform(0.5, 1.5))
            for kind, fields in list(_desk_work(self.world))[:3]:
                self._send(group, kind(command_id=self._id("desk"), **fields), DISPATCHER)

    async def offline(self, group: Group, until_s: float) -> None:
        """A crew works on without a network; its tablet sends all of it afterwards."""
        kind = "tablet offline"
        while (wait_s := self._faults.until_next_s(kind)) is not None:
            await self.pause(wait_s)
            if self._loop.time() >= until_s:
                return
            luck = self._faults.stream(kind)
            working = [a for a in self.world.assignments.values() if a.state not in ENDED]
            if working:
                work = luck.choice(working)
                self._faults.strike(kind, work.unit_id)
                group.create_task(self._tablet(group, work, luck), name="tablet")

    async def _tablet(self, group: Group, work: Assignment, luck: random.Random) -> None:
        kept: list[tuple[c.Command, c.Actor]] = []
        state, begins_s = work.state, self._loop.time()
        for _ in range(luck.randrange(1, 5)):
            await self.pause(luck.uniform(2, LONGEST_OFFLINE_S / 5))
            step = NEXT_STEP.get(state)
            if step is None:
                break
            fields: dict[str, Any] = {"assignment_id": work.assignment_id, "occurred_at": self.now}
            kind: Any = c.AdvanceAssignment
            if step == "acknowledged":
                kind = c.AcknowledgeAssignment
            else:
                fields["step"] = step
            kept.append((kind(command_id=self._id("tablet"), **fields), crew(work.unit_id)))
            state = type(state)(step)
        await self.pause(max(0.0, begins_s + luck.uniform(5, 60) - self._loop.time()))
        if luck.random() < 0.3:
            luck.shuffle(kept)
        for command, actor in kept:
            self._send(group, command, actor)
            await self.pause(luck.choice((0.0, 0.3)))

    # how it reaches a worker

    def _id(self, who: str) -> CommandId:
        self._count += 1
        return CommandId(f"{who}-{self._count}")

    def _send(self, group: Group, command: c.Command, actor: c.Actor) -> None:
        if type(command).__name__ in self._muted:
            return
        self.sent += 1
        group.create_task(self.settle(command, actor), name=command.command_id)
        if self._faults.strikes("command twice"):
            group.create_task(self.settle(command, actor), name=command.command_id)
        if self._faults.strikes("command again much later"):
            later_s = self._network.uniform(1, MUCH_LATER_S)
            group.create_task(self.settle(command, actor, later_s), name=command.command_id)

    async def settle(self, command: c.Command, actor: c.Actor, later_s: float = 0.0) -> Outcome:
        """Ask until the outcome is known; the same id each time, another worker perhaps."""
        self.waiting += 1
        if later_s:
            await self.pause(later_s)
        for _ in range(TRIES_MAX):
            found = await self._ask(command, actor)
            if isinstance(found, Outcome):
                self.waiting -= 1
                if found.code != "not_due":
                    self._witness.on_reply(found)
                return found
            self._witness.on_trouble(command, found)
            await self.pause(self._network.uniform(0.2, 2.0))
        raise AssertionError(f"7: {command.command_id} was asked {TRIES_MAX} times in vain")

    async def _ask(self, command: c.Command, actor: c.Actor) -> Outcome | Exception:
        answer: asyncio.Future[Outcome | Exception] = self._loop.create_future()

        def reply(found: Outcome | Exception) -> None:
            if not answer.done() and not self._faults.strikes("reply lost"):
                answer.set_result(found)

        worker = self._network.choice(self._workers)
        there_s = self._network.uniform(0.005, 0.05)
        if self._faults.strikes("command late"):
            there_s = self._network.uniform(0.05, LATE_S)
        if not self._faults.strikes("command lost"):
            self._loop.later(there_s, worker.take, command, actor, reply)
        try:
            async with asyncio.timeout(ANSWER_WAIT_S):
                return await answer
        except TimeoutError as error:
            return error

    async def pause(self, seconds: float) -> None:
        """Virtual time goes by."""
        over = asyncio.Event()
        self._loop.later(seconds, over.set)
        await over.wait()


def _desk_work(world: World) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What a dispatcher who looks at this screen does next, the gravest first."""
    idle = [
        unit.unit_id
        for unit in world.units.values()
        if unit.assignment_id is None and unit.readiness == Readiness.IN_SERVICE
    ]
    still_open = [i for i in world.incidents.values() if i.state == IncidentState.OPEN]
    for incident in sorted(still_open, key=lambda i: (i.priority, i.incident_id)):
        work = [world.assignments[key] for key in incident.assignment_ids]
        if all(a.state == "cancelled" for a in work):
            if idle:
                unit_id = idle.pop(0)
                yield c.SendUnit, {"incident_id": incident.incident_id, "unit_id": unit_id}
        elif all(a.state in ENDED for a in work):
            yield c.CloseIncident, _closing(incident)


def _closing(incident: Incident) -> dict[str, Any]:
    return {"incident_id": incident.incident_id, "outcome": "completed"}

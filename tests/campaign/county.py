"""One run: a county for some minutes of virtual time, its faults, its end, and what was seen.

`run` is a function of its arguments and nothing else: the same `Plan` gives the same `Result`,
trace and all, on every machine and under every hash seed. It holds two workers on one database,
a supervisor that starts again what died, the people, and the witness that looks at all of it.
"""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import msgspec
import structlog

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM
from dispatch.domain.views import CONSOLE, Audience
from dispatch.ids import CommandId
from tests.campaign.checks import Broken, Witness
from tests.campaign.faults import KINDS, LONGEST_OUTAGE_S, LONGEST_PAUSE_S, Faults, Server
from tests.campaign.loop import Process, VirtualLoop
from tests.campaign.people import People
from tests.campaign.wire import FaultyWire
from tests.campaign.worker import Worker
from tests.support.county import FACILITIES, UNITS, county
from tests.support.memory_log import MemoryDatabase, MemoryPool

MINUTES = 30
CALM_S = 100.0  # after the last command: longer than the ladder of a pre-alert
END_MAX_S = 600.0
LOOK_EVERY_S = 10.0
SUPERVISED_EVERY_S = 1.0
WORKERS = 2
TICK_S = 2.0  # of the deadlines; production looks four times a second
POLL_S = 3.0  # of the log without a doorbell; production reads each second
SNAPSHOT_EVERY = 60  # production waits for 500 events; here restarts are to meet a snapshot


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is made from; ``muted`` are command types that people do not send."""

    seed: int
    minutes: float = MINUTES
    kinds: frozenset[str] = KINDS
    muted: frozenset[str] = frozenset()
    pause_s: float = 8.0
    dies_at_step: int | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen; ``broken`` is empty when everything held."""

    plan: Plan
    broken: str
    trace: list[str]
    injected: Counter[str]
    checked: Counter[str]
    events: int
    commands: int
    steps: int
    first_steps: int

    def digest(self) -> str:
        """SHA-256 of the trace."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


class _Over(Exception):
    """Ends the run's task group."""


class _Watched:
    """A task group in which what fails ends the run: it could not cancel who is stopped or dead."""

    def __init__(self, group: asyncio.TaskGroup, found: Callable[[str], None]) -> None:
        self._group = group
        self._found = found

    def create_task(self, work: Any, *, name: str, context: Any = None) -> None:
        task = self._group.create_task(self._watch(work), name=name, context=context)
        task.add_done_callback(lambda _task: work.close())  # one that died before its first step

    async def _watch(self, work: Any) -> None:
        try:
            await work
        except Broken as offence:
            self._found(str(offence))
        except Exception as failure:  # a task of production code ended: a bug
            self._found(f"bug: {_first(failure)!r}")


class County:
    """Everything of one run; lives inside its virtual loop."""

    def __init__(self, plan: Plan, loop: VirtualLoop) -> None:
        self.plan = plan
        self.loop = loop
        self.trace: list[str] = []
        self.broken = ""
        self.first_steps = 0
        self.ended = asyncio.Event()
        self.faults = Faults(plan.seed, plan.kinds, self.note)
        self.witness = Witness(loop.now, self.note)
        self.database = MemoryDatabase()
        self.database.on_commit = self._guarded(self.witness.on_commit)
        self.server = Server(loop=loop)
        self.workers: list[Worker] = []
        self.processes: list[Process] = []
        self.people = People(
            loop, plan.seed, self.faults, self.workers, _Guarded(self), plan.muted
        )  # fmt: skip
        self._luck = random.Random(f"{plan.seed}:county")

    def note(self, what: str) -> None:
        """One line of the trace."""
        self.trace.append(f"{self.loop.time():9.3f} {what}")

    def found(self, what: str) -> None:
        """Keep the first offence and end the run."""
        if not self.broken:
            self.broken = what
            self.note(f"BROKEN {what}")
        self.ended.set()

    def _guarded(self, look: Callable[..., None]) -> Callable[..., None]:
        """A witness's finding ends the run and disturbs nobody: the recorder would survive it."""

        def guarded(*arguments: Any) -> None:
            try:
                look(*arguments)
            except Broken as offence:
                self.found(str(offence))

        return guarded

    # processes

    def _begin(self, slot: int) -> Worker:
        process = Process(f"worker {slot}.{len(self.processes)}")
        self.processes.append(process)
        wire = FaultyWire(self.loop, self.server, self.faults, f"{self.plan.seed}:{process.name}")
        pool = MemoryPool(self.database, wire)
        worker = Worker(self.loop, process, pool, self._ring, self._guarded(self.witness.on_submit))
        on_fold = self._guarded(self.witness.on_fold)
        worker.follower.listen(lambda _world, _touched, _events: on_fold(worker))

        def started() -> None:
            on_fold(worker)
            for audience in self._audiences(slot):
                worker.look(audience)

        worker.on_started = started
        return worker

    def _audiences(self, slot: int) -> list[Audience]:
        """Each worker has the console and half of the rest."""
        units = [Audience(kind="unit", scope=unit_id) for unit_id in UNITS[slot::WORKERS]]
        facilities = [Audience(kind="facility", scope=name) for name in FACILITIES]
        return [CONSOLE, units[0], *facilities[slot : slot + 2]]

    def _ring(self, seq: int) -> None:
        """The doorbell reaches each worker on its own, late, or not at all."""
        for slot in range(len(self.workers)):
            if not self.faults.strikes("doorbell lost"):
                self.loop.later(self._luck.uniform(0.001, 0.05), self._rung, slot, seq)

    def _rung(self, slot: int, seq: int) -> None:
        if self.workers[slot].is_started:
            self.workers[slot].doorbell.ring(seq)

    async def supervise(self, group: _Watched, slot: int) -> None:
        """Start a worker, and another whenever it died."""
        while True:
            worker = self.workers[slot]
            context = worker.process.context()
            group.create_task(worker.main(), name=worker.process.name, context=context)
            while not worker.process.is_dead:
                await self.people.pause(SUPERVISED_EVERY_S)
            self.note(f"{worker.process.name} is dead after {worker.process.steps} steps")
            worker.hang_up()
            await self.people.pause(self._luck.uniform(0.1, 5.0))
            self.workers[slot] = self._begin(slot)

    # faults of time and processes

    async def fault(self, kind: str, until_s: float) -> None:
        """One kind again and again, until the faults are over."""
        act = {
            "database away": self._away,
            "worker killed": self._kill,
            "worker killed at a step": self._kill_at_step,
            "worker paused": self._stop,
            "clock set back": self._set_back,
        }[kind]
        while (wait_s := self.faults.until_next_s(kind)) is not None:
            await self.people.pause(wait_s)
            if self.loop.time() >= until_s:
                return
            worker = self.faults.stream(kind).choice(self.workers)
            await act(kind, worker, self.faults.stream(kind))

    async def _away(self, kind: str, _worker: Worker, luck: random.Random) -> None:
        seconds = luck.uniform(0.5, LONGEST_OUTAGE_S)
        self.server.away_until_s = self.loop.time() + seconds
        self.faults.strike(kind, f"for {seconds:.1f} s")
        await self.people.pause(seconds + LONGEST_OUTAGE_S)

    async def _kill(self, kind: str, worker: Worker, _luck: random.Random) -> None:
        self.faults.strike(kind, worker.process.name)
        worker.process.is_dead = True

    async def _kill_at_step(self, kind: str, worker: Worker, luck: random.Random) -> None:
        """In the midst of whatever it does: also between two awaits of one append."""
        self.faults.strike(kind, worker.process.name)
        worker.process.dies_at_step = worker.process.steps + luck.randrange(1, 80)

    async def _stop(self, kind: str, worker: Worker, luck: random.Random) -> None:
        seconds = luck.uniform(0.2, LONGEST_PAUSE_S)
        self.faults.strike(kind, f"{worker.process.name} for {seconds:.1f} s")
        worker.process.is_paused = True
        await self.people.pause(seconds)
        if not worker.process.is_dead:
            self.loop.resume(worker.process)

    async def _set_back(self, kind: str, worker: Worker, luck: random.Random) -> None:
        worker.behind_s = luck.uniform(0.0, 2.0)
        self.faults.strike(kind, f"{worker.process.name} by {worker.behind_s:.1f} s")

    # the run

    async def live(self) -> None:
        """From the first configuration to the last check."""
        try:
            async with asyncio.TaskGroup() as tasks:
                group = _Watched(tasks, self.found)
                self.workers.extend(self._begin(slot) for slot in range(WORKERS))
                self.workers[0].process.dies_at_step = self.plan.dies_at_step
                group.create_task(self._day(group), name="day")
                await self.ended.wait()
                for process in self.processes:
                    self.loop.resume(process)  # so that their tasks can be cancelled
                raise _Over
        except* _Over:
            pass

    async def _day(self, group: _Watched) -> None:
        until_s = self.plan.minutes * 60
        for slot in range(WORKERS):
            group.create_task(self.supervise(group, slot), name=f"supervisor {slot}")
        first = c.ConfigureCounty(command_id=CommandId("configure"), config=county())
        await self.people.settle(first, SYSTEM)
        for kind in ("database away", "worker killed", "worker killed at a step",
                     "worker paused", "clock set back"):  # fmt: skip
            group.create_task(self.fault(kind, until_s), name=kind)
        group.create_task(self.people.offline(group, until_s), name="tablets")
        group.create_task(self.people.dispatcher(group, until_s), name="dispatcher")
        day = self.people.random_day(group, until_s, self.plan.pause_s)
        group.create_task(day, name="random day")
        while self.loop.time() < until_s:
            await self._look()
        await self._end(group)
        self.ended.set()

    async def _look(self) -> None:
        await self.people.pause(LOOK_EVERY_S)
        self._guarded(self.witness.look_at_deadlines)()

    async def _end(self, group: _Watched) -> None:
        """No more faults: whoever waits is answered, whoever is late catches up."""
        self.faults.is_over = True
        self.first_steps = self.processes[0].steps
        self.note("the faults are over")
        for worker in self.workers:
            worker.behind_s = 0.0
            worker.process.dies_at_step = None
            if worker.process.is_paused and not worker.process.is_dead:
                self.loop.resume(worker.process)
        calm_from_s = self.loop.time()
        group.create_task(
            self.people.dispatcher(group, calm_from_s + CALM_S), name="last dispatcher"
        )
        calm_until_s = calm_from_s + CALM_S + CALM_S / 2
        while self.people.waiting or self.loop.time() < calm_until_s:
            await self._look()
            if self.loop.time() > calm_until_s + END_MAX_S:
                raise Broken(f"7: {self.people.waiting} commands are never answered")
        self._guarded(self.witness.settled)(self.workers)


class _Guarded:
    """What the people tell the witness of."""

    def __init__(self, of: County) -> None:
        self._of = of

    def on_reply(self, outcome: Any) -> None:
        self._of._guarded(self._of.witness.on_reply)(outcome)

    def on_trouble(self, command: Any, error: Exception) -> None:
        self._of._guarded(self._of.witness.on_trouble)(command, error)


def _first(one: BaseException) -> BaseException:
    while isinstance(one, BaseExceptionGroup):
        one = one.exceptions[0]
    return one


@contextmanager
def quick_and_quiet() -> Iterator[None]:
    """A slower tick and more snapshots; nothing is logged, the trace says it all."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False
    )
    try:
        with (
            mock.patch("dispatch.deadline_ticker.DEADLINE_TICK_S", TICK_S),
            mock.patch("tests.campaign.worker.DOORBELL_POLL_S", POLL_S),
            mock.patch("dispatch.log.follower.SNAPSHOT_EVERY_EVENTS", SNAPSHOT_EVERY),
        ):
            yield
    finally:
        structlog.configure(**before)


def run(plan: Plan) -> Result:
    """One county from its seed."""
    loops: list[VirtualLoop] = []

    def make() -> VirtualLoop:
        loops.append(VirtualLoop(plan.seed))
        return loops[0]

    with quick_and_quiet(), asyncio.Runner(loop_factory=make) as runner:
        runner.get_loop()
        lived = County(plan, loops[0])
        loops[0].set_exception_handler(
            lambda _loop, context: lived.found(f"bug: {context.get('exception')!r}")
        )
        runner.run(lived.live())
    return Result(
        plan=plan,
        broken=lived.broken,
        trace=lived.trace,
        injected=lived.faults.injected,
        checked=lived.witness.checked,
        events=len(lived.witness.log),
        commands=lived.people.sent,
        steps=sum(process.steps for process in lived.processes),
        first_steps=lived.first_steps,
    )

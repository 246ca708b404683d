"""An event loop with virtual time, a seeded order of what is ready, and processes that stop.

Time jumps to the next timer when nothing is ready, so thirty minutes cost what their steps cost.
What is ready in one turn runs in a shuffled order: only what the code enforces may be relied on.

A `Process` is a context variable that its tasks inherit. While it is paused none of its steps runs
(as after SIGSTOP: the database and the network go on); after it was killed none ever does, no
`finally`, no `except` (as after SIGKILL). Files and sockets do not exist here.
"""

import asyncio
import heapq
import random
import selectors
from contextvars import Context, ContextVar, copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINS = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_RESOLUTION_S = 1e-6
TURNS_MAX = 10_000  # without time going by: somebody spins


class Stuck(AssertionError):
    """Nothing is ready and no timer runs: everybody waits for everybody."""


class Process:
    """What stops and dies together; ``steps`` counts the turns its tasks have had."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps = 0
        self.is_dead = False
        self.is_paused = False
        self.dies_at_step: int | None = None
        self.parked: list[asyncio.Handle] = []

    def context(self) -> Context:
        """A context whose tasks belong to this process."""
        context = copy_context()
        context.run(PROCESS.set, self)
        return context

    def may_step(self) -> bool:
        """Counts the step; the one it is to die at is not taken."""
        if self.steps + 1 == self.dies_at_step:
            self.is_dead = True
        if self.is_dead or self.is_paused:
            return False
        self.steps += 1
        return True


PROCESS: ContextVar[Process | None] = ContextVar("PROCESS", default=None)


class _NoFiles(selectors.DefaultSelector):
    """The loop's own wake-up pipe may be registered; nothing is ever waited for."""

    def select(self, timeout: float | None = None) -> list[Any]:
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Use with `asyncio.Runner(loop_factory=...)`."""

    def __init__(self, seed: int) -> None:
        super().__init__(_NoFiles())
        self._now_s = 0.0
        self._turned_at_s = 0.0
        self._turns_now = 0
        self._order = random.Random(seed)
        self.outside = copy_context()
        """For what belongs to no process: the network and the database."""

    def time(self) -> float:
        """Seconds of virtual time since the loop began."""
        return self._now_s

    def now(self) -> datetime:
        """The true time of the campaign."""
        return BEGINS + timedelta(seconds=self._now_s)

    def later(self, delay_s: float, call: Any, *arguments: Any) -> None:
        """Call something outside of every process."""
        self.call_later(delay_s, call, *arguments, context=self.outside)

    def resume(self, process: Process) -> None:
        """Let a paused or killed process take its steps again."""
        process.is_paused = process.is_dead = False
        process.dies_at_step = None
        self._ready.extend(process.parked)  # type: ignore[attr-defined]
        process.parked.clear()

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0].cancelled():
            self._timer_cancelled_count -= 1  # type: ignore[attr-defined]
            heapq.heappop(scheduled)._scheduled = False  # type: ignore[attr-defined]
        if not ready:
            if not scheduled:
                raise Stuck("nothing is ready and no timer runs")
            self._now_s = max(self._now_s, scheduled[0].when())
        while scheduled and scheduled[0].when() <= self._now_s + _RESOLUTION_S:
            timer = heapq.heappop(scheduled)
            timer._scheduled = False  # type: ignore[attr-defined]
            if timer.cancelled():
                self._timer_cancelled_count -= 1  # type: ignore[attr-defined]
            ready.append(timer)
        batch = list(ready)
        ready.clear()
        self._turns_now = self._turns_now + 1 if self._now_s == self._turned_at_s else 0
        self._turned_at_s = self._now_s
        if self._turns_now > TURNS_MAX:
            raise Stuck(f"time stands still: {batch[:3]}")
        if len(batch) > 1:
            self._order.shuffle(batch)
        for handle in batch:
            self._step(handle)

    def _step(self, handle: asyncio.Handle) -> None:
        if handle.cancelled():
            return
        process: Process | None = handle._context.get(PROCESS)  # type: ignore[attr-defined]
        if process is None or process.may_step():
            handle._run()
        else:
            process.parked.append(handle)

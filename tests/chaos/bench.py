"""One run's parts and its record: who drives, what was done to them, and what came of it.

Here is the frame around a fault: when it began and ended, the facts that show that it happened, and
how long the backlog took to empty. The faults themselves are in `links` and `machines`.
"""

import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from tests.chaos.centre import Centre
from tests.chaos.history import History
from tests.chaos.machine import WallClock
from tests.chaos.pace import GaveUpError, Pace
from tests.chaos.stored import Stored
from tests.chaos.vehicle import Vehicle
from tests.chaos.viewer import Viewer

EMPTY_S: Final = 90.0
"""A backlog that takes longer to empty after its fault is a finding."""


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """How long the faults last, in seconds, and how fast the monitor in the dead zone speaks."""

    name: str
    settle_s: float
    cut_s: float
    cut_hz: float
    half_open_s: float
    link_s: float
    flaps: int
    clock_s: float
    down_s: float
    database_s: float


QUICK: Final = Scale(
    name="quick",
    settle_s=15,
    cut_s=20,
    cut_hz=40,
    half_open_s=18,
    link_s=20,
    flaps=3,
    clock_s=6,
    down_s=3,
    database_s=20,
)
FULL: Final = Scale(
    name="full",
    settle_s=60,
    cut_s=1200,
    cut_hz=5,
    half_open_s=60,
    link_s=120,
    flaps=12,
    clock_s=30,
    down_s=10,
    database_s=600,
)


class Fault(msgspec.Struct, kw_only=True):
    """One fault as it was; times are monotonic seconds. ``facts`` show that it happened, or not."""

    name: str
    how: str
    units: tuple[str, ...]
    begun_s: float
    begun_at: float
    ended_s: float = 0.0
    ended_at: float = 0.0
    emptied_s: float | None = None
    facts: list[tuple[bool, str]] = []
    not_injected: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether it happened: at least one fact, and every one so."""
        return bool(self.facts) and all(is_so for is_so, _ in self.facts)

    def found(self, is_so: bool, what: str) -> None:
        """A fact that shows the fault; one that is not so shows that it did not happen."""
        self.facts.append((is_so, what))


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """How soon a broken link was seen, in seconds after the break; None: it was not."""

    fault: str
    unit_id: str
    at_the_vehicle_s: float | None
    on_the_screen_s: float | None
    begun_at: float


class Bench(msgspec.Struct, kw_only=True, eq=False):
    """Everything of one run."""

    scale: Scale
    rng: random.Random
    pace: Pace
    history: History
    centre: Centre
    vehicles: dict[str, Vehicle]
    viewer: Viewer
    stored: Stored
    server_clock: WallClock
    vehicle_clock: WallClock
    faults: list[Fault] = []
    notices: list[Notice] = []
    troubles: list[str] = []

    @asynccontextmanager
    async def fault(self, name: str, how: str, vehicles: Sequence[Vehicle]) -> AsyncIterator[Fault]:
        """Around a fault: it ends with the block, and then the vehicles' outboxes must empty."""
        begun = Fault(
            name=name,
            how=how,
            units=tuple(one.unit_id for one in vehicles),
            begun_s=self.pace.now_s(),
            begun_at=self.wall_s(),
        )
        self.faults.append(begun)
        yield begun
        begun.ended_s, begun.ended_at = self.pace.now_s(), self.wall_s()
        try:
            await self.emptied(vehicles, since_s=begun.ended_s)
            begun.emptied_s = self.pace.now_s()
        except GaveUpError as error:
            self.troubles.append(f"{name}: {error}")
        self.say(begun)

    def say(self, fault: Fault) -> None:
        """One line on the terminal, since a run is long."""
        facts = "; ".join(what if is_so else f"NOT SO: {what}" for is_so, what in fault.facts)
        empty = "never" if fault.emptied_s is None else f"{fault.emptied_s - fault.ended_s:.1f} s"
        print(f"{fault.name}: {facts}; empty after {empty}", flush=True)

    async def emptied(self, vehicles: Sequence[Vehicle], since_s: float) -> None:
        """Until every sample that was taken before that moment is known to be stored.

        Monitors go on meanwhile, so an outbox is never empty for long: what counts is its oldest.
        """

        def is_empty() -> bool:
            return all(self._is_through(one, since_s) for one in vehicles)

        await self.pace.until(is_empty, EMPTY_S, "the backlog empty")

    def _is_through(self, vehicle: Vehicle, since_s: float) -> bool:
        oldest = vehicle.oldest_waiting()
        if oldest is None:
            return True
        sample = self.history.samples.get((vehicle.unit_id, oldest))
        return sample is not None and sample.sent_s > since_s

    def wall_s(self) -> float:
        """This program's wall clock, seconds of the epoch."""
        return time.time()

    def not_injected(self, name: str, why: str) -> None:
        """A fault that could not be made on this machine."""
        gone = Fault(name=name, how="", units=(), begun_s=0.0, begun_at=0.0, not_injected=why)
        self.faults.append(gone)

    def note(self, fault: Fault, vehicle: Vehicle) -> None:
        """How soon the break was seen at both ends; call it while the fault lasts."""
        self.notices.append(
            Notice(
                fault=fault.name,
                unit_id=vehicle.unit_id,
                at_the_vehicle_s=vehicle.said_lost_after(fault.begun_s),
                on_the_screen_s=self.viewer.said_lost_after(vehicle.unit_id, fault.begun_s),
                begun_at=fault.begun_at,
            )
        )

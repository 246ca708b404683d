"""One run from its start to its verdict: who is on the road, which fault comes when.

settle (and the control alarm) → dead zone and flush → links and boxes, all at once →
broker killed → broker data deleted → server killed → database stopped → server's clock →
silence → read the database, check
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from tests.chaos import links, machines
from tests.chaos.bench import Bench, Scale
from tests.chaos.care import take_aboard
from tests.chaos.centre import Centre
from tests.chaos.history import History
from tests.chaos.machine import WallClock, is_inside, raise_loopback
from tests.chaos.monitor import Monitor
from tests.chaos.pace import GaveUpError, Pace
from tests.chaos.report import render
from tests.chaos.stored import Stored
from tests.chaos.vehicle import Vehicle, vehicle
from tests.chaos.verdict import Check, Evidence, checks, live, ratio_check
from tests.chaos.viewer import Viewer

ROLES: Final = {
    "cut": "N01",
    "half_open": "N02",
    "loss": "N03",
    "narrow": "N04",
    "flap": "N05",
    "one_way": "N07",
    "box": "N09",
    "clock": "N06",
    "monitor": "N10",
    "control": "N11",
    "control too": "N12",
}
CONTROL_HZ: Final = 10.0
CONTROL_ALARM_S: Final = 9.0  # a pulse beyond its limit alarms after five seconds
QUIET_S: Final = 90.0
ONLINE_CHECK_S: Final = 90.0  # the server reads its whole log and store once a minute


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended: its checks and its report."""

    checks: list[Check]
    report: str

    @property
    def is_kept(self) -> bool:
        """Whether every promise was kept; aims do not count."""
        return all(one.is_kept or one.is_aim for one in self.checks)


async def chaos(scale: Scale, seed: int, folder: Path) -> Result:
    """Run all of it in ``folder``; nothing is left running."""
    if is_inside():
        raise_loopback()
    load = os.getloadavg()[0]
    pace = Pace()
    begun_s = pace.now_s()
    async with on_the_road(scale, seed, folder, pace, ROLES) as bench:
        control = [bench.vehicles[name] for name in ("control", "control too")]
        for one in control:
            one.monitor.hz = CONTROL_HZ
        settled_s = await _settle(bench, control[0])
        await _faults(bench)
        evidence = await gather(bench, ROLES["control"], ROLES["cut"])
    units = [one.unit_id for one in control]
    cut = bench.faults[0]
    windows = {
        "normal": live(bench.history.within(*settled_s, units)),
        "a backlog is flushed": live(
            bench.history.within(cut.ended_s, cut.emptied_s or cut.ended_s, units)
        ),
    }
    found = [*checks(evidence), ratio_check(*windows.values())]
    took_s = pace.now_s() - begun_s
    page = render(evidence, found, windows, scale=scale.name, seed=seed, took_s=took_s, load=load)
    return Result(checks=found, report=page)


@asynccontextmanager
async def on_the_road(
    scale: Scale, seed: int, folder: Path, pace: Pace, roles: dict[str, str]
) -> AsyncIterator[Bench]:
    """A centre, a vehicle with a patient for each role, a screen, a look into the database."""
    rng, history = random.Random(seed), History()
    server_clock = WallClock(folder / "server.clock")
    vehicle_clock = WallClock(folder / "vehicle.clock")
    centre = Centre(folder, pace, server_clock.environment())
    async with asyncio.TaskGroup() as group, AsyncExitStack() as stack:
        stack.callback(pace.end)
        await stack.enter_async_context(centre.running(group))
        vehicles: dict[str, Vehicle] = {}
        for role, unit_id in roles.items():
            monitor = Monitor(unit_id, history, pace, random.Random(rng.randrange(2**32)))
            environment = vehicle_clock.environment() if role == "clock" else {}
            broker = ("127.0.0.1", centre.broker_port)
            made = vehicle(folder / unit_id, monitor, broker, pace, environment, group)
            vehicles[role] = await stack.enter_async_context(made)
            vehicles[role].configure(centre.passwords[unit_id])
        bench = Bench(
            scale=scale,
            rng=rng,
            pace=pace,
            history=history,
            centre=centre,
            vehicles=vehicles,
            viewer=Viewer(centre, history, pace),
            stored=Stored(centre, history, pace),
            server_clock=server_clock,
            vehicle_clock=vehicle_clock,
        )
        watchers = (
            group.create_task(bench.viewer.watch(), name="screen"),
            group.create_task(bench.stored.watch(), name="database watch"),
        )
        await asyncio.to_thread(take_aboard, centre, list(roles.values()))
        async with asyncio.TaskGroup() as starting:
            for one in vehicles.values():
                starting.create_task(one.start(), name=f"start {one.unit_id}")
        yield bench
        pace.end()
        await asyncio.wait(watchers)


async def _settle(bench: Bench, control: Vehicle) -> tuple[float, float]:
    """All is well, and one patient is not; returns when, for comparison."""
    begun_s = bench.pace.now_s()
    control.monitor.is_alarming = True
    await bench.pace.last(CONTROL_ALARM_S)
    control.monitor.is_alarming = False
    await bench.pace.last(bench.scale.settle_s - CONTROL_ALARM_S)
    return begun_s, bench.pace.now_s()


async def _faults(bench: Bench) -> None:
    await links.cut(bench, bench.vehicles["cut"])
    await links.together(bench, bench.vehicles)
    await machines.broker_killed(bench)
    await machines.broker_data_deleted(bench)
    await machines.server_killed(bench)
    await machines.database_stopped(bench)
    await machines.server_clock_jumps(bench)


async def gather(bench: Bench, alarmed_unit: str, dead_zone_unit: str) -> Evidence:
    """Silence, and then everything there is to read."""
    for one in bench.vehicles.values():
        one.monitor.is_quiet = True
    try:
        await bench.pace.until(lambda: _is_quiet(bench), QUIET_S, "every outbox empty at the end")
    except GaveUpError as error:
        bench.troubles.append(str(error))
    await _online_check(bench)
    counters = await bench.centre.counters()
    return Evidence(
        history=bench.history,
        rows=await bench.stored.rows(),
        events=await bench.stored.events(),
        faults=bench.faults,
        notices=bench.notices,
        quarantined=await bench.stored.quarantined(),
        unstored=await bench.stored.unstored(),
        health=await bench.centre.health(),
        invariants_broken=counters.get("greenlane_invariants_broken"),
        troubles=bench.troubles,
        waiting={one.unit_id: one.waiting() for one in bench.vehicles.values()},
        alarmed_unit=alarmed_unit,
        dead_zone_unit=dead_zone_unit,
    )


def _is_quiet(bench: Bench) -> bool:
    """Nothing waits and nobody is in the middle of a line."""
    return all(one.waiting() == 0 for one in bench.vehicles.values())


async def _online_check(bench: Bench) -> None:
    """Until the server has checked itself, store included, after all of it."""
    before = (await bench.centre.counters()).get("greenlane_invariant_checks_total", 0.0)

    async def has_looked() -> bool:
        counters = await bench.centre.counters()
        return counters.get("greenlane_invariant_checks_total", 0.0) >= before + 2

    try:
        await bench.pace.until_found(has_looked, ONLINE_CHECK_S, "the server's own check")
    except GaveUpError as error:
        bench.troubles.append(str(error))

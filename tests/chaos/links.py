"""What happens to one vehicle's way to the broker, and to its box: dead zones and their kin.

All of it is done to the vehicle's own proxy or process, so these faults can last at the same time.
A connection out of which bytes were lost is broken afterwards, as TCP itself would: going on in the
middle of a message would be a fault that no network makes.
"""

import asyncio
from pathlib import Path
from typing import Final

from tests.chaos import machine
from tests.chaos.bench import Bench
from tests.chaos.vehicle import Vehicle

NARROW_BYTES_PER_S: Final = 8_000  # 64 kbit/s
NARROW_HZ: Final = 30.0  # of 350-byte messages: more than the line carries
LOSS_PERCENT: Final = 30
BUSY_HZ: Final = 20.0  # so that the box dies with a sample in its hands
BUSY_S: Final = 3.0
FLAP_S: Final = 5.0
EPISODE_BEGINS: Final = 0.15
EPISODE_ENDS: Final = 0.65
"""When the patient in the dead zone is badly, as parts of its length: over before the link is."""

VEHICLE_CLOCK_OFFSETS_S: Final = (3 * 3600, -86_400)


async def cut(bench: Bench, vehicle: Vehicle) -> None:
    """A dead zone: the connection breaks and nobody answers. The patient is badly meanwhile."""
    seconds, monitor, proxy = bench.scale.cut_s, vehicle.monitor, vehicle.proxy
    before = (proxy.tally.broken, proxy.tally.refused)
    name = f"link cut {seconds:g} s"
    async with bench.fault(name, "proxy resets and refuses", [vehicle]) as fault:
        usual_hz, monitor.hz = monitor.hz, bench.scale.cut_hz
        proxy.shut()
        await bench.pace.last(seconds * EPISODE_BEGINS)
        monitor.is_alarming = True
        await bench.pace.last(seconds * (EPISODE_ENDS - EPISODE_BEGINS))
        monitor.is_alarming = False
        await bench.pace.last(seconds * (1 - EPISODE_ENDS))
        bench.note(fault, vehicle)
        broken, refused = proxy.tally.broken - before[0], proxy.tally.refused - before[1]
        fault.found(broken > 0, f"{broken} connection reset")
        fault.found(refused > 0, f"{refused} attempts refused")
        waiting = vehicle.waiting()
        fault.found(waiting > 0, f"{waiting} samples waited on the vehicle's disk")
        monitor.hz = usual_hz
        proxy.mend()


async def half_open(bench: Bench, vehicle: Vehicle) -> None:
    """Bytes vanish both ways and no end is ever told: both sides believe they are connected."""
    proxy = vehicle.proxy
    before, opened = _lost(vehicle), proxy.tally.broken
    name = f"half-open link {bench.scale.half_open_s:g} s"
    async with bench.fault(name, "proxy swallows both ways, no FIN", [vehicle]) as fault:
        proxy.is_half_open = True
        await bench.pace.last(bench.scale.half_open_s)
        bench.note(fault, vehicle)
        lost = _lost(vehicle) - before
        fault.found(lost > 0, f"{lost} bytes swallowed")
        fault.found(proxy.tally.broken == opened, "no connection was reset meanwhile")
        proxy.mend()
        proxy.reset()


async def loss(bench: Bench, vehicle: Vehicle) -> None:
    """Thirty of a hundred packets are dropped each way, by the kernel."""
    name = f"{LOSS_PERCENT} % packet loss {bench.scale.link_s:g} s"
    why = machine.why_no_loss()
    if why:
        bench.not_injected(name, why)
        return
    async with bench.fault(name, "nftables numgen random, own namespace", [vehicle]) as fault:
        with machine.packet_loss(vehicle.proxy.port, LOSS_PERCENT):
            await bench.pace.last(bench.scale.link_s)
            dropped, passed = machine.loss_counters()
        part = dropped / max(1, dropped + passed)
        what = f"{dropped} of {dropped + passed} packets dropped ({part:.0%})"
        fault.found(dropped > 0 and 0.15 <= part <= 0.45, what)


async def narrow(bench: Bench, vehicle: Vehicle) -> None:
    """A line of 64 kbit/s, and a monitor that says more than it carries."""
    proxy, monitor = vehicle.proxy, vehicle.monitor
    name = f"64 kbit/s {bench.scale.link_s:g} s"
    async with bench.fault(name, "proxy carries 8,000 bytes/s each way", [vehicle]) as fault:
        slowed, carried = proxy.tally.slowed_s, proxy.tally.carried_bytes
        usual_hz, monitor.hz = monitor.hz, NARROW_HZ
        proxy.bytes_per_s = NARROW_BYTES_PER_S
        await bench.pace.last(bench.scale.link_s)
        took_s = bench.pace.now_s() - fault.begun_s
        per_s = (proxy.tally.carried_bytes - carried) / took_s
        held_s = proxy.tally.slowed_s - slowed
        fault.found(held_s > took_s / 2, f"bytes held back for {held_s:.0f} s")
        fault.found(0 < per_s <= 2 * NARROW_BYTES_PER_S, f"{per_s:.0f} bytes/s, both ways together")
        monitor.hz = usual_hz
        proxy.bytes_per_s = None


async def flap(bench: Bench, vehicle: Vehicle) -> None:
    """Five seconds without a link, five with one, again and again."""
    proxy, flaps = vehicle.proxy, bench.scale.flaps
    name = f"flapping 5 s / 5 s × {flaps}"
    async with bench.fault(name, "proxy resets and refuses, in turns", [vehicle]) as fault:
        broken, opened = proxy.tally.broken, proxy.tally.opened
        for _ in range(flaps):
            proxy.shut()
            await bench.pace.last(FLAP_S)
            proxy.mend()
            await bench.pace.last(FLAP_S)
        broken, opened = proxy.tally.broken - broken, proxy.tally.opened - opened
        fault.found(broken >= flaps - 1, f"{broken} connections reset")
        fault.found(opened >= 1, f"{opened} new connections")


async def one_way(bench: Bench, vehicle: Vehicle) -> None:
    """What the vehicle says arrives, what it is told does not: it must say everything again."""
    proxy = vehicle.proxy
    name = f"duplicates: answers lost {bench.scale.link_s:g} s"
    async with bench.fault(name, "proxy swallows PUBACK and ack", [vehicle]) as fault:
        lost = proxy.tally.lost_answer_bytes
        before = await _duplicates(bench)
        proxy.loses_answers = True
        await bench.pace.last(bench.scale.link_s)
        lost = proxy.tally.lost_answer_bytes - lost
        fault.found(lost > 0, f"{lost} bytes of answers swallowed")
        proxy.mend()
        proxy.reset()
        await bench.emptied([vehicle], since_s=bench.pace.now_s())
        twice = await _duplicates(bench) - before
        fault.found(twice > 0, f"the server counted {twice:.0f} messages that came again")


async def box_killed(bench: Bench, vehicle: Vehicle) -> None:
    """Somebody turns the key: the gateway dies in the middle of its work."""
    name = "gateway killed and restarted"
    monitor = vehicle.monitor
    async with bench.fault(name, "SIGKILL, start", [vehicle]) as fault:
        usual_hz, monitor.hz = monitor.hz, BUSY_HZ
        await bench.pace.last(BUSY_S)
        pid = vehicle.pid
        code = await vehicle.kill()
        fault.found(code == -9, f"process {pid} ended by signal {-code}")
        fault.found(not Path(f"/proc/{pid}").exists(), "no such process any more")
        await bench.pace.last(bench.scale.down_s)
        await vehicle.start()
        fault.found(vehicle.pid != pid, f"process {vehicle.pid} took over its outbox")
        await bench.pace.last(BUSY_S)
        monitor.hz = usual_hz


async def clock_jumps(bench: Bench, vehicle: Vehicle) -> None:
    """The box's clock jumps by hours and by a day; its monitor states no time of its own."""
    name = "vehicle clock +3 h, −1 day"
    if machine.faketime_library() is None:
        bench.not_injected(name, "libfaketime is not installed (Debian: libfaketime)")
        return
    monitor = vehicle.monitor
    async with bench.fault(name, "libfaketime in the gateway's process", [vehicle]) as fault:
        monitor.states_no_time = True
        for offset_s in VEHICLE_CLOCK_OFFSETS_S:
            bench.vehicle_clock.set_off(offset_s)
            await bench.pace.last(bench.scale.clock_s)
        bench.vehicle_clock.set_off(0)
        await bench.emptied([vehicle], since_s=bench.pace.now_s())
        monitor.states_no_time = False
        rows = [row for row in await bench.stored.rows() if row.unit_id == vehicle.unit_id]
        for offset_s in VEHICLE_CLOCK_OFFSETS_S:
            near = sum(abs(row.observed_s - row.received_s - offset_s) < 60 for row in rows)
            fault.found(near > 0, f"{near} samples dated {offset_s / 3600:+.0f} h")


async def monitor_clock_jumps(bench: Bench, vehicle: Vehicle) -> None:
    """The monitor states times of another hour, of 1970 and of 2038."""
    monitor = vehicle.monitor
    offsets = {"+3 h": 10_800.0, "1970": -bench.wall_s() + 3600.0, "2038": 2.2e9 - bench.wall_s()}
    name = f"monitor clock {', '.join(offsets)}"
    async with bench.fault(name, "times stated by the monitor", [vehicle]) as fault:
        for offset_s in offsets.values():
            monitor.clock_offset_s = offset_s
            await bench.pace.last(bench.scale.clock_s)
        monitor.clock_offset_s = 0.0
        await bench.emptied([vehicle], since_s=bench.pace.now_s())
        rows = [row for row in await bench.stored.rows() if row.unit_id == vehicle.unit_id]
        for word, offset_s in offsets.items():
            near = sum(abs(row.observed_s - row.received_s - offset_s) < 60 for row in rows)
            fault.found(near > 0, f"{near} samples dated {word}")


async def _duplicates(bench: Bench) -> float:
    return (await bench.centre.counters()).get("greenlane_telemetry_duplicates_total", 0.0)


def _lost(vehicle: Vehicle) -> int:
    tally = vehicle.proxy.tally
    return tally.lost_request_bytes + tally.lost_answer_bytes


async def together(bench: Bench, vehicles: dict[str, Vehicle]) -> None:
    """Every fault of a link or a box at once, each on a vehicle of its own."""
    faults = {
        "half_open": half_open,
        "loss": loss,
        "narrow": narrow,
        "flap": flap,
        "one_way": one_way,
        "box": box_killed,
        "clock": clock_jumps,
        "monitor": monitor_clock_jumps,
    }
    async with asyncio.TaskGroup() as group:
        for role, fault in faults.items():
            group.create_task(fault(bench, vehicles[role]), name=f"fault {role}")

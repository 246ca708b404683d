"""What happens to the centre's machines: broker, server, database and clock, for all vehicles."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from tests.chaos import machine
from tests.chaos.bench import Bench
from tests.chaos.vehicle import Vehicle

SERVER_CLOCK_OFFSET_S: Final = 3600
ANSWER_S: Final = 5.0
READY_S: Final = 60.0


async def broker_killed(bench: Bench) -> None:
    """The broker dies and comes back with the files it had."""
    vehicles = list(bench.vehicles.values())
    async with bench.fault("broker killed and restarted", "SIGKILL, start", vehicles) as fault:
        refused = _refused(vehicles)
        code = await bench.centre.kill_broker()
        fault.found(code == -9, f"ended by signal {-code}")
        await bench.pace.last(bench.scale.down_s)
        refused = _refused(vehicles) - refused
        fault.found(refused > 0, f"{refused} attempts of vehicles refused")
        await bench.centre.start_broker()


async def broker_data_deleted(bench: Bench) -> None:
    """The broker dies and comes back without anything it knew."""
    vehicles = list(bench.vehicles.values())
    name = "broker data deleted"
    async with bench.fault(name, "SIGKILL, unlink, start", vehicles) as fault:
        size = await bench.centre.save_broker()
        code = await bench.centre.kill_broker()
        fault.found(code == -9, f"ended by signal {-code}")
        bench.centre.broker_file.unlink()
        fault.found(not bench.centre.broker_file.exists(), f"its {size} bytes of sessions deleted")
        await bench.pace.last(bench.scale.down_s)
        await bench.centre.start_broker()


async def server_killed(bench: Bench) -> None:
    """The server dies in the middle of its work and starts again."""
    vehicles = list(bench.vehicles.values())
    async with bench.fault("server killed and restarted", "SIGKILL, start", vehicles) as fault:
        connections = bench.viewer.connections
        code = await bench.centre.kill_server()
        fault.found(code == -9, f"ended by signal {-code}")
        fault.found(await bench.centre.health() is None, "nobody answered at its address")
        await bench.pace.last(bench.scale.down_s)
        took_s = await bench.centre.start_server()
        fault.found(True, f"open again {took_s:.1f} s after its start")
        again = lambda: bench.viewer.connections > connections  # noqa: E731
        await bench.pace.until(again, READY_S, "the screen connected again")


async def database_stopped(bench: Bench) -> None:
    """PostgreSQL is shut down at once, stays away, and recovers."""
    vehicles = list(bench.vehicles.values())
    seconds, proxy = bench.scale.database_s, bench.centre.database_proxy
    name = f"database stopped {seconds:g} s"
    async with bench.fault(name, "immediate shutdown, start", vehicles) as fault:
        refused, failures = proxy.tally.refused, await _failures(bench)
        code = await bench.centre.stop_database()
        fault.found(bench.centre.database.child.returncode is not None, f"ended with {code}")
        await bench.pace.last(seconds)
        refused = proxy.tally.refused - refused
        fault.found(refused > 0, f"{refused} connections of the server refused")
        failures = await _failures(bench) - failures
        fault.found(failures > 0, f"{failures:.0f} commits failed and were tried again")
        await bench.centre.start_database()


async def server_clock_jumps(bench: Bench) -> None:
    """The server's wall clock is an hour fast for a while, then right again."""
    name = "server clock +1 h and back"
    if machine.faketime_library() is None:
        bench.not_injected(name, "libfaketime is not installed (Debian: libfaketime)")
        return
    vehicles = list(bench.vehicles.values())
    async with bench.fault(name, "libfaketime in the server's process", vehicles) as fault:
        bench.server_clock.set_off(SERVER_CLOCK_OFFSET_S)
        await bench.pace.last(bench.scale.clock_s)
        ahead_s = await _server_ahead_s(bench)
        is_so = abs(ahead_s - SERVER_CLOCK_OFFSET_S) < ANSWER_S
        fault.found(is_so, f"its answers were dated {ahead_s:+.0f} s")
        bench.server_clock.set_off(0)
        back_s = await _server_ahead_s(bench)
        fault.found(abs(back_s) < ANSWER_S, f"and {back_s:+.0f} s after it was set back")


async def _server_ahead_s(bench: Bench) -> float:
    """By how much the date of its answers is ahead of this program's clock."""
    async with httpx.AsyncClient(base_url=bench.centre.address, timeout=ANSWER_S) as client:
        # uvicorn writes the date of an answer once a second
        await bench.pace.last(1.5)
        answer = await client.get("/api/health")
    return parsedate_to_datetime(answer.headers["date"]).timestamp() - bench.wall_s()


async def _failures(bench: Bench) -> float:
    counters = await bench.centre.counters()
    return counters.get("greenlane_telemetry_commit_failures_total", 0.0)


def _refused(vehicles: Sequence[Vehicle]) -> int:
    return sum(one.proxy.tally.refused for one in vehicles)

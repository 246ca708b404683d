"""A city's worth of ambulances: so many units at 1 Hz vitals and 0.2 Hz positions, for so long.

    python -m tests.benchmark.fleet --units 1000 --seconds 600

The whole system as people start it, one publisher in place of the vehicles (their gateways are
measured by themselves, `outbox`), one dispatcher's WebSocket that sees all units. Told: whether
everything sent was committed and nothing shed, publish → viewer, commits, resident memory.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import paho.mqtt.client as paho
import psutil
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.benchmark.screen import core_password
from tests.chaos.history import number_of, temperature_of
from tests.support import system as systems
from tests.support.system import COUNTY, Person, System, running_system

UNITS: Final = 1000
SECONDS: Final = 60.0
POSITION_EVERY: Final = 5  # seconds: 0.2 Hz
START_S: Final = 600  # the first start hashes a password for every crew
DRAIN_S: Final = 60.0
INFLIGHT: Final = 1000
TICK_S: Final = 0.005
UNIT: Final = """
[[unit]]
id = "{unit}"
call_sign = "{unit}"
kind = "BLS"
station = "S1"
crew_skills = ["nurse", "driver"]
equipment = ["defib"]
devices = [{{ id = "{unit}-MON", kind = "monitor" }}, {{ id = "{unit}-GPS", kind = "gps" }}]
"""


class FleetFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One run; ``seen`` is how many samples the viewer saw, since the newest wins."""

    units: int
    seconds: float
    sent: int
    committed: int
    dropped: int
    behind_s: float
    seen: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    rss_before_mb: float
    rss_mb: float


def county_of(units: int, folder: Path) -> Path:
    """The demonstration county with so many units instead of its own."""
    shutil.copytree(COUNTY, folder)
    text = "".join(UNIT.format(unit=name) for name in names(units))
    (folder / "units.toml").write_text(text, encoding="utf-8")
    return folder


def names(units: int) -> list[str]:
    """Their ids."""
    return [f"U{number:04d}" for number in range(1, units + 1)]


class Fleet:
    """All vehicles as one publisher, evenly spread over each second."""

    def __init__(self, system: System, password: str, units: int) -> None:
        self.sent = 0
        self.behind_s = 0.0
        self.sent_s: dict[tuple[str, int], float] = {}
        self._units = names(units)
        self._boot_id = uuid.uuid4().hex[:12]
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        client.username_pw_set("core", password)
        client.max_inflight_messages_set(INFLIGHT)
        client.connect("127.0.0.1", system.mqtt_port)
        client.loop_start()
        self._client = client

    def drive(self, seconds: float) -> None:
        """Publish for so long; blocks. ``behind_s`` is the most it fell behind its own plan."""
        begun_s = time.monotonic()
        rest = threading.Event()
        turns = int(seconds * len(self._units))
        for turn in range(turns):
            due_s = begun_s + turn / len(self._units)
            late_s = time.monotonic() - due_s
            self.behind_s = max(self.behind_s, late_s)
            if late_s < -TICK_S:
                rest.wait(-late_s)
            number, place = divmod(turn, len(self._units))
            self._say(self._units[place], number + 1)

    def _say(self, unit: str, number: int) -> None:
        numerics = {
            "heart_rate": {"value": 60 + number % 30, "unit": "/min"},
            "spo2": {"value": 97, "unit": "%"},
            "resp_rate": {"value": 16, "unit": "/min"},
            "temperature": {"value": float(temperature_of(number)), "unit": "Cel"},
        }
        self.sent_s[(unit, number)] = time.monotonic()
        self._publish(unit, "MON", "vitals", number, {"numerics": numerics})
        if number % POSITION_EVERY == 0:
            fix = {"lon": 112.4 + number * 1e-5, "lat": 29.36, "datum": "WGS84"}
            self._publish(unit, "GPS", "position", number // POSITION_EVERY, fix)

    def _publish(self, unit: str, device: str, kind: str, seq: int, body: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        head = {"v": 1, "boot_id": self._boot_id, "seq": seq, "observed_at": now}
        topic = f"greenlane/nanxian/{unit}/{unit}-{device}/{kind}"
        self._client.publish(topic, msgspec.json.encode({**head, **body}), qos=1)
        self.sent += 1

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


async def _view(person: Person, address: str, fleet: Fleet, waits_ms: list[float]) -> None:
    """See everything, until cancelled."""
    ticket = person.http.post("/api/ticket").json()["ticket"]
    url = address.replace("http://", "ws://") + "/ws"
    options: Any = {"origin": address, "compression": None, "max_size": None}
    newest: dict[str, int] = {}
    async with connect(url, **options) as socket:
        await socket.send(json.dumps({"t": "hello", "ticket": ticket}))
        async for frame in socket:
            seen_s = time.monotonic()
            for document in msgspec.json.decode(frame).get("docs", ()):
                _see(document, seen_s, fleet, newest, waits_ms)


def _see(
    document: dict[str, Any],
    seen_s: float,
    fleet: Fleet,
    newest: dict[str, int],
    waits_ms: list[float],
) -> None:
    """Note how long a unit's newest sample took, the first time that it is seen."""
    if document["kind"] != "vitals":
        return
    unit, number = document["id"], number_of(document["values"]["temperature"]["value"])
    sent_s = fleet.sent_s.get((unit, number))
    if sent_s is not None and number > newest.get(unit, 0):
        newest[unit] = number
        waits_ms.append((seen_s - sent_s) * 1000)


def _counters(person: Person) -> dict[str, float]:
    text = person.http.get("/metrics").text
    return {s.name: s.value for f in text_string_to_metric_families(text) for s in f.samples}


async def _run(system: System, fleet: Fleet, seconds: float) -> tuple[list[float], int, int]:
    """Drive and watch; returns waits, committed and dropped."""
    person = system.sign_in("dispatcher")
    waits_ms: list[float] = []
    before = _counters(person)
    viewer = asyncio.gather(_view(person, system.address, fleet, waits_ms))
    try:
        await asyncio.to_thread(fleet.drive, seconds)
        done = await asyncio.to_thread(_drained, person, fleet.sent, before)
    finally:
        viewer.cancel()
        await asyncio.gather(viewer, return_exceptions=True)
    if not waits_ms:
        raise WebSocketException("the viewer saw nothing")
    return waits_ms, *done


def _drained(person: Person, sent: int, before: dict[str, float]) -> tuple[int, int]:
    """Wait until all is committed, or for a minute; returns committed and dropped."""
    rest = threading.Event()
    until_s = time.monotonic() + DRAIN_S
    while True:
        now = _counters(person)
        committed, dropped = (
            int(now[name] - before[name])
            for name in (
                "greenlane_telemetry_committed_total",
                "greenlane_telemetry_dropped_total",
            )
        )
        if committed >= sent or time.monotonic() > until_s:
            return committed, dropped
        rest.wait(0.1)


def measure(units: int = UNITS, seconds: float = SECONDS) -> FleetFigure:
    """Start, drive, stop."""
    systems.START_S = START_S
    with tempfile.TemporaryDirectory() as folder:
        county = county_of(units, Path(folder) / "county")
        data = Path(folder) / "data"
        with running_system(data, "--no-drive", "--county", str(county)) as system:
            assert system.process is not None
            server = psutil.Process(system.process.pid)
            before_mb = server.memory_info().rss / 1e6
            fleet = Fleet(system, core_password(data), units)
            waits_ms, committed, dropped = asyncio.run(_run(system, fleet, seconds))
            fleet.close()
            rss_mb = server.memory_info().rss / 1e6
    ordered = sorted(waits_ms)
    return FleetFigure(
        units=units,
        seconds=seconds,
        sent=fleet.sent,
        committed=committed,
        dropped=dropped,
        behind_s=round(fleet.behind_s, 2),
        seen=len(ordered),
        p50_ms=round(ordered[len(ordered) // 2], 1),
        p99_ms=round(ordered[int(len(ordered) * 0.99)], 1),
        max_ms=round(ordered[-1], 1),
        rss_before_mb=round(before_mb, 1),
        rss_mb=round(rss_mb, 1),
    )


def row(one: FleetFigure) -> str:
    """The page's row."""
    return (
        f"| {one.units} | {one.seconds:g} s | {one.sent} | {one.committed} | {one.dropped}"
        f" | {one.p50_ms} | {one.p99_ms} | {one.max_ms} | {one.rss_before_mb} → {one.rss_mb} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    found = measure(given.units, given.seconds)
    print(found)
    print(row(found))

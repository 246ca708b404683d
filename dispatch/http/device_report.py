"""The state of every device of the county as one report, and what in it is a problem.

A problem is a stable code that a screen puts into words; the order of `PROBLEMS` is the order in
which somebody should look at them. The numbers are POLICY of the county's engineer.

Not here: reading the tables and who may ask (`dispatch.http.devices`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from dispatch.domain.config import UnitConfig
from dispatch.limits import DEVICE_REPORT_FRESH_S

SILENT_S: Final = 300.0  # POLICY: gateways report each 10 s, terminals heartbeat each minute or two
SKEW_MAX_MS: Final = 1_000  # POLICY: beyond it a device's own times mislead whoever reads them
QUEUE_OLD_S: Final = 60.0  # POLICY: a minute's backlog is a dead zone, more is worth a look
BATTERY_LOW_PCT: Final = 20.0  # POLICY

GATEWAY: Final = "gateway"
PROBLEMS: Final = (
    "offline",
    "silent",
    "dropped",
    "queue_old",
    "monitor_unplugged",
    "skew",
    "quarantined",
    "battery_low",
    "never_seen",
    "not_listed",
)


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway last said of itself; see contract v1 for the fields."""

    at: datetime
    queued: dict[str, int]
    dropped: dict[str, int]
    queued_bytes: int
    oldest_s: float | None
    confirmed_s: float | None
    round_trip_ms: float | None
    network: str
    version: str | None


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """One device as last heard; ``kind`` is the county's word, else that of its enrolment, else
    empty.
    """

    device_id: str
    kind: str
    last_seen_at: datetime | None
    state: str | None
    state_at: datetime | None
    battery_pct: float | None
    skew_ms: int | None
    link: LinkReport | None
    enrolled_at: datetime | None
    problems: tuple[str, ...]


class UnitDevices(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's devices; ``gaps`` are sequence numbers missing now, None where nothing is live."""

    unit_id: str
    call_sign: str
    is_on_job: bool
    position_at: datetime | None
    position_doubt: str | None
    gaps: int | None
    quarantined: dict[str, int]
    devices: tuple[DeviceState, ...]
    problems: tuple[str, ...]


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True):
    """All units, those with problems first; ``unplaced`` counts bad messages of no known unit."""

    computed_at: datetime
    units: tuple[UnitDevices, ...]
    unplaced: dict[str, int]


class Heard(msgspec.Struct, kw_only=True):
    """What the tables know of one (unit, device), newest wins."""

    last_seen_at: datetime | None = None
    state: str | None = None
    state_at: datetime | None = None
    battery_pct: float | None = None
    skew_ms: int | None = None
    skew_at: datetime | None = None
    link: LinkReport | None = None
    enrolled_at: datetime | None = None
    enrolled_kind: str = ""

    def seen(self, at: datetime) -> None:
        """Something of this device was received then."""
        if self.last_seen_at is None or at > self.last_seen_at:
            self.last_seen_at = at

    def row(self, record: Any) -> None:
        """A stored message: when it came, and its device's clock error as known then."""
        at = record["received_at"]
        self.seen(at)
        if record["skew_ms"] is not None and (self.skew_at is None or at >= self.skew_at):
            self.skew_ms, self.skew_at = record["skew_ms"], at


class UnitNow(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit does and shows at this moment; counts of its bad messages of the last day."""

    is_on_job: bool = False
    position_at: datetime | None = None
    position_doubt: str | None = None
    gaps: int | None = None
    quarantined: dict[str, int] = {}


def unit_devices(
    unit: UnitConfig, now: UnitNow, heard: dict[str, Heard], at: datetime
) -> UnitDevices:
    """A unit's row of the report from what was heard of its devices, by device id."""
    kinds = {str(device.device_id): device.kind for device in unit.devices}
    names = sorted(kinds) + sorted(set(heard) - set(kinds))
    devices = tuple(
        device_state(name, kinds.get(name, ""), found, now, at)
        for name in names
        for found in (_or_its_inputs(heard.get(name, Heard()), heard),)
    )
    found = {problem for device in devices for problem in device.problems}
    if now.quarantined:
        found.add("quarantined")
    return UnitDevices(
        unit_id=unit.unit_id,
        call_sign=unit.call_sign,
        is_on_job=now.is_on_job,
        position_at=now.position_at,
        position_doubt=now.position_doubt,
        gaps=now.gaps,
        quarantined=now.quarantined,
        devices=devices,
        problems=_in_order(found),
    )


def _or_its_inputs(box: Heard, heard: dict[str, Heard]) -> Heard:
    """A gateway sends under the names of what is plugged into it: their link reports are its."""
    links = [one.link.at for one in heard.values() if one.link is not None]
    if box.enrolled_kind != GATEWAY or box.last_seen_at is not None or not links:
        return box
    return msgspec.structs.replace(box, last_seen_at=max(links))


def device_state(
    device_id: str, kind: str, heard: Heard, now: UnitNow, at: datetime
) -> DeviceState:
    """One device with its problems."""
    kind = kind or heard.enrolled_kind
    return DeviceState(
        device_id=device_id,
        kind=kind,
        last_seen_at=heard.last_seen_at,
        state=heard.state,
        state_at=heard.state_at,
        battery_pct=heard.battery_pct,
        skew_ms=heard.skew_ms,
        link=heard.link,
        enrolled_at=heard.enrolled_at,
        problems=_in_order(_problems(kind, heard, now, at)),
    )


def _problems(kind: str, heard: Heard, now: UnitNow, at: datetime) -> set[str]:
    if heard.last_seen_at is None:
        return {"never_seen"}
    found: set[str] = set()
    if kind == "":
        found.add("not_listed")
    is_silent = (at - heard.last_seen_at).total_seconds() > SILENT_S
    if is_silent and (kind != "monitor" or now.is_on_job):
        found.add("silent")  # a monitor is switched off between two patients: that is no fault
    if heard.state == "offline" and not is_silent:
        found.add("offline")
    if heard.state == "monitor_unplugged" and now.is_on_job:
        found.add("monitor_unplugged")
    if heard.skew_ms is not None and abs(heard.skew_ms) > SKEW_MAX_MS:
        found.add("skew")
    if heard.battery_pct is not None and heard.battery_pct < BATTERY_LOW_PCT:
        found.add("battery_low")
    link = heard.link
    if link is not None and any(link.dropped.values()):
        found.add("dropped")
    if link is not None and (link.oldest_s or 0.0) > QUEUE_OLD_S:
        found.add("queue_old")
    return found


def _in_order(found: set[str]) -> tuple[str, ...]:
    return tuple(problem for problem in PROBLEMS if problem in found)


def report_of(
    units: list[UnitDevices], unplaced: dict[str, int], computed_at: datetime
) -> DeviceReport:
    """The report with the worst first; among equals by call sign."""
    ordered = sorted(units, key=lambda unit: (_rank(unit.problems), unit.call_sign))
    return DeviceReport(computed_at=computed_at, units=tuple(ordered), unplaced=unplaced)


def _rank(problems: tuple[str, ...]) -> int:
    return PROBLEMS.index(problems[0]) if problems else len(PROBLEMS)


class DeviceDesk:
    """The report, computed once for all who ask within some seconds."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._held: DeviceReport | None = None

    async def report(
        self, now: datetime, compute: Callable[[datetime], Awaitable[DeviceReport]]
    ) -> DeviceReport:
        """The report of ``now`` or of some seconds ago; raises what ``compute`` raises."""
        async with self._lock:
            held = self._held
            if held is None or (now - held.computed_at).total_seconds() >= DEVICE_REPORT_FRESH_S:
                held = self._held = await compute(now)
            return held

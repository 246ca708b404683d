"""What is plugged into the box, each as one task that ends only with the program.

Every input hands on what it read to a `Sink`, which has it on the disk before it returns: an HL7
message and a JT/T 808 report are acknowledged after that, as in the core.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from dispatch.errors import BadPayload
from dispatch.ids import DeviceId, UnitId
from telemetry.contract import Kind, Position
from telemetry.gateway import folder
from telemetry.gateway.config import (
    EcgFolderInput,
    Hl7Input,
    Input,
    Jt808Input,
    LineInput,
    NmeaInput,
    address_of,
)
from telemetry.gateway.lines import Line, keep_open
from telemetry.hl7v2 import listener as hl7_listener
from telemetry.hl7v2.model import Report
from telemetry.hl7v2.numerics import samples_of
from telemetry.hl7v2.times import Zones, zone_of
from telemetry.jt808 import listener as jt808_listener
from telemetry.jt808.session import Enrolled
from telemetry.lineprotocol import LineFramer, SampleSet, accepted, read_line, refused
from telemetry.nmea import NmeaFix, NmeaReader
from telemetry.ports import Clock

_LOG: Final = logging.getLogger(__name__)

Sink = Callable[[DeviceId, Kind, datetime, Mapping[str, Any]], Awaitable[None]]
"""(device, kind, observed at in UTC, body): stored for good on return; raises Unavailable."""


async def run_input(one: Input, unit_id: UnitId, sink: Sink, clock: Clock) -> None:
    """Read one input until cancelled."""
    if isinstance(one, Hl7Input):
        await _hl7(one, sink, clock)
    elif isinstance(one, Jt808Input):
        await _jt808(one, unit_id, sink, clock)
    elif isinstance(one, NmeaInput):
        await _nmea(one, sink, clock)
    elif isinstance(one, LineInput):
        await _lines(one, sink, clock)
    else:
        await _ecg_folder(one, sink, clock)


async def _hl7(one: Hl7Input, sink: Sink, clock: Clock) -> None:
    host, port = address_of(one.listen)
    zones = Zones() if one.zone is None else Zones(supplied=zone_of(one.zone))

    async def store(_sender: str, report: Report) -> None:
        for sample in samples_of(report, clock.now()):
            body = {"numerics": msgspec.to_builtins(sample.numerics, builtin_types=(datetime,))}
            await sink(one.device, "vitals", sample.observed_at, body)

    config = hl7_listener.ListenerConfig(host=host, port=port, zones=zones)
    await hl7_listener.run_listener(config, store, clock, lambda: secrets.token_hex(8))


async def _jt808(one: Jt808Input, unit_id: UnitId, sink: Sink, clock: Clock) -> None:
    host, port = address_of(one.listen)
    enrolled = Enrolled(
        terminal_id=one.terminal_id,
        unit_id=unit_id,
        device_id=one.device,
        code=one.code,
        datum=one.datum,
        must_authenticate=one.must_authenticate,
        counts_serials=one.counts_serials,
    )

    async def store(_unit: UnitId, device: DeviceId, positions: tuple[Position, ...]) -> None:
        for position in positions:
            await sink(device, "position", position.observed_at, _position_body(position))

    ports = jt808_listener.Ports(
        enrolled=lambda: {one.terminal_id: enrolled},
        store=store,
        new_boot_id=lambda: secrets.token_hex(13),
    )
    config = jt808_listener.ListenerConfig(host=host, port=port)
    await jt808_listener.run_listener(config, ports, clock)


def _position_body(position: Position) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(position)
    own = ("lon", "lat", "datum", "speed_kmh", "heading_deg", "accuracy_m")
    return {name: plain[name] for name in own if plain.get(name) is not None}


async def _nmea(one: NmeaInput, sink: Sink, clock: Clock) -> None:
    async def talk(line: Line) -> None:
        framer, reader = LineFramer(), NmeaReader()
        async for data in line.chunks():
            for sentence in framer.feed(data):
                fix = _fix_of(reader, sentence, clock.now(), one.device)
                if fix is not None and fix.valid:
                    await sink(one.device, "position", fix.at, _fix_body(fix))

    await keep_open(one.source, talk)


def _fix_of(reader: NmeaReader, line: bytes, now: datetime, device: DeviceId) -> NmeaFix | None:
    try:
        return reader.feed(line, now)
    except BadPayload as bad:
        _LOG.info("%s: a sentence is left out: %s", device, bad)
        return None


def _fix_body(fix: NmeaFix) -> dict[str, Any]:
    said = {
        "speed_kmh": fix.speed_kmh,
        "heading_deg": fix.heading_deg,
        "accuracy_m": fix.accuracy_m,
    }
    known = {name: value for name, value in said.items() if value is not None}
    return {"lon": fix.lon, "lat": fix.lat, "datum": "WGS84", **known}


async def _lines(one: LineInput, sink: Sink, clock: Clock) -> None:
    """Each line is answered: taken, once it is on the disk, or refused and why."""

    async def talk(line: Line) -> None:
        framer = LineFramer()
        async for data in line.chunks():
            for text in framer.feed(data):
                try:
                    said = read_line(text)
                except BadPayload as bad:
                    _LOG.warning("%s: a line is refused: %s", one.device, bad)
                    line.write(refused(bad))
                    continue
                observed_at = said.observed_at or clock.now()
                await sink(one.device, "vitals", observed_at, _line_body(said))
                line.write(accepted())

    await keep_open(one.source, talk)


def _line_body(said: SampleSet) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(said, builtin_types=(datetime,))
    return {name: plain[name] for name in ("numerics", "oxygen", "acvpu") if plain[name]} | {
        "numerics": plain["numerics"]
    }


async def _ecg_folder(one: EcgFolderInput, sink: Sink, clock: Clock) -> None:
    async def send(at: datetime, body: Mapping[str, Any]) -> None:
        await sink(one.device, "ecg", at.astimezone(UTC), body)

    await folder.watch(Path(one.folder), send, clock.now)


async def run_inputs(inputs: tuple[Input, ...], unit_id: UnitId, sink: Sink, clock: Clock) -> None:
    """All inputs at once, each under its own name, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for one in inputs:
            name = f"input {type(one).__name__} {one.device}"
            group.create_task(run_input(one, unit_id, sink, clock), name=name)

"""0x0900, whose content each maker defines: text of cards and engines, OBD lists, sensors. Pure.

40 text   41 $OBD-RT   F0 time, whether late, vehicle type, kind, content   F3 a collision
FF time and place      53 radio tags near a place   54 samples of sensors at a place
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from telemetry.jt808.fields import ascii_of, exactly, s16, text, u8, u16, u32, utc_of
from telemetry.jt808.items_obd import read_obd_text
from telemetry.jt808.location import read_coordinates, read_place
from telemetry.jt808.model import Fix, Reading


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the body of a message holds."""

    fixes: tuple[Fix, ...] = ()
    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    notes: tuple[str, ...] = ()


def read_transparent(body: bytes) -> Said:
    """The content by its type; an unknown type is kept in hex. Raises for short data."""
    kind, content = u8(body), body[1:]
    fields = {"type": f"0x{kind:02X}"}
    reader = _KINDS.get(kind)
    said = reader(content) if reader is not None else None
    if said is None:
        return Said(fields={**fields, "content": content.hex()})
    return msgspec.structs.replace(said, fields={**fields, **said.fields})


def _text(content: bytes) -> Said:
    words = text(content.lstrip(b"\0\x01\x18\x1b")).strip()
    parts = words.split("|")
    if words.startswith("GTSL") and len(parts) > 4:
        return Said(attributes={"driver_unique_id": parts[4], "data": words})
    return Said(attributes={"data": words})


def _obd_text(content: bytes) -> Said:
    return Said(attributes=read_obd_text(ascii_of(content)))


def _timed(content: bytes) -> Said | None:
    """F0: time 6, late 1, vehicle 1, kind 1, then what `_CONTENTS` reads."""
    bcd, is_late, kind = exactly(content, 6), u8(content, 6) > 0, u8(content, 8)
    reader = _CONTENTS.get(kind)
    if reader is None:
        return None
    reading = Reading()
    if is_late:
        reading.attributes["archive"] = True
    rest = reader(reading, content[9:])
    fields = {"kind": f"0x{kind:02X}", "time": utc_of(bcd)}
    if len(rest) >= 12:
        fix = read_coordinates(rest, bcd, reading, is_late=is_late)
        return Said(fixes=(fix,), fields=fields)
    return Said(fields=fields, attributes=reading.done())


_Numbers = dict[int, tuple[str, Callable[[bytes], Any]]]
_NUMBERS: Final[_Numbers] = {
    0x0102: ("odometer", lambda v: u32(v) * 100),
    0x0103: ("fuel", lambda v: u32(v) / 100),
    0x0105: ("fuel_used", lambda v: u32(v) / 100),
    0x0111: ("fueltemp", lambda v: u8(v) - 40),
    0x012E: ("oillevel", lambda v: u16(v) / 10),
    0x014A: ("fuel_consumption", lambda v: u16(v) / 100),
    0x0528: ("odometer", lambda v: u32(v) * 100),
    0x052A: ("fuel", lambda v: u16(v) / 100),
    0x052B: ("fuel", u8),
    0x052C: ("fuel_used", lambda v: u32(v) / 100),
    0x052D: ("coolant_temp", lambda v: u8(v) - 40),
    0x052E: ("airtemp", lambda v: u8(v) - 40),
    0x0530: ("power", lambda v: u16(v) / 1000),
    0x0535: ("obd_speed", lambda v: u16(v) / 10),
    0x0536: ("rpm", u16),
    0x0537: ("fuel_consumption", lambda v: u16(v) / 100),
    0x0538: ("fuel_consumption", lambda v: u16(v) / 100),
    0x0539: ("fuel_consumption", lambda v: u16(v) / 100),
    0x053D: ("intakepressure", lambda v: u16(v) / 10),
    0x0544: ("liquidlevel", u8),
    0x0546: ("odometer", lambda v: u32(v) * 100),
    0x0547: ("throttle", u8),
    0x0548: ("throttle", u8),
    0xFEEC: ("vin", ascii_of),
}
_BEHAVIOUR: Final = {
    0x01: "power_restored",
    0x02: "power_cut",
    0x0E: "idle",
    0x1A: "acceleration",
    0x1B: "braking",
    0x1C: "cornering",
    0x1D: "lane_change",
    0x1E: "lane_change",
    0x1F: "lane_change",
    0x23: "fatigue_driving",
    0x25: "overspeed",
    0x26: "accident",
    0x27: "accident",
    0x28: "accident",
    0x31: "door",
    0x32: "door",
}
_EVENTS: Final = {
    51: "acceleration",
    52: "braking",
    53: "cornering",
    54: "lane_change",
    56: "accident",
}


def _engine(reading: Reading, v: bytes) -> bytes:
    at = 1
    for _ in range(u8(v)):
        item, size = u16(v, at), u8(v, at + 2)
        value = exactly(v, size, at + 3)
        at += 3 + size
        known = _NUMBERS.get(item)
        if known is not None:
            reading.attributes[known[0]] = known[1](value)
        elif size in (1, 2, 4):
            reading.attributes[f"io{item}"] = int.from_bytes(value, "big")
        else:
            reading.keep(f"0x{item:04X}", value)
    return v[at:]


def _trouble_codes(reading: Reading, v: bytes) -> bytes:
    codes, at = [], 2
    for _ in range(u16(v)):
        count, at = u16(v, at + 4), at + 6  # behind the system's number
        for _ in range(count):
            size = u16(v, at + 8)  # behind code and state
            codes.append(ascii_of(exactly(v, size, at + 10)))
            at += 10 + size
    reading.attributes["dtcs"] = " ".join(codes)
    return v[at:]


def _behaviour(reading: Reading, v: bytes) -> bytes:
    at = 1
    for _ in range(u8(v)):
        name = _BEHAVIOUR.get(u8(v, at))
        size = u8(v, at + 1)
        exactly(v, size, at + 2)
        at += 2 + size
        if name is not None:
            reading.alarm(f"alarm_{name}")
    return v[at:]


def _trip(reading: Reading, v: bytes) -> bytes:
    reading.attributes["tripnumber"] = u32(v, 1)
    exactly(v, 6, 5)
    if u8(v) == 0x02:
        at = 5 + 6 + 6 + 8 + 8 + 1  # start, end, both places, their flags
        reading.attributes.update(
            idlingcount=u16(v, at),
            idlingtime=u16(v, at + 2),
            odometer_trip=u16(v, at + 4) * 100,
            tripfuel=u16(v, at + 6) / 100,
        )
    return b""


def _vin(reading: Reading, v: bytes) -> bytes:
    if u8(v):
        reading.attributes["vin"] = ascii_of(exactly(v, 17, 1))
    return b""


def _event(reading: Reading, v: bytes) -> bytes:
    event = u32(v)
    if event in _EVENTS:
        reading.alarm(f"alarm_{_EVENTS[event]}")
    else:
        reading.attributes["event"] = event
    return b""


_CONTENTS: Final[dict[int, Callable[[Reading, bytes], bytes]]] = {
    0x01: _engine,
    0x02: _trouble_codes,
    0x03: _behaviour,
    0x04: _trip,
    0x0B: _vin,
    0x15: _event,
}


def _place(content: bytes) -> Said:
    """FF: latitude and longitude carry their own signs; the receiver was positioned."""
    lat, lon = (int.from_bytes(exactly(content, 4, at), "big", signed=True) for at in (6, 10))
    is_place = abs(lat) <= 90_000_000 and abs(lon) <= 180_000_000
    fix = Fix(
        time=utc_of(content[:6]),
        lon=lon / 1e6 if is_place else None,
        lat=lat / 1e6 if is_place else None,
        datum=None,
        datum_by="nothing",
        valid=is_place,
        altitude_m=float(s16(content, 14)),
        speed_kmh=u16(content, 16) / 10,
        heading_deg=float(u16(content, 18)),
    )
    return Said(fixes=(fix,))


def _collision(content: bytes) -> Said:
    attributes: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    at = 0
    while at + 4 <= len(content):
        item, size = u16(content, at), u16(content, at + 2)
        value = content[at + 4 : at + 4 + size]
        at += 4 + size
        if item == 0x0002:
            attributes["collision"] = u16(value) / 256 / 100
        elif item == 0x0006:
            fields["time"] = utc_of(value)
    return Said(fields=fields, attributes=attributes)


def _tags(content: bytes) -> Said:
    fix, at = read_place(content, reading := Reading())
    reading.attributes["tags"] = u8(content, at)
    at += 1
    while at + 9 <= len(content):
        name, size = f"tag{content[at] + 1}", content[at + 8]
        data = content[at + 9 : at + 9 + size]
        if len(data) < size:
            break
        reading.attributes[f"{name}mac"] = content[at + 1 : at + 7].hex()
        reading.attributes[f"{name}rssi"] = int.from_bytes(content[at + 7 : at + 8], signed=True)
        reading.attributes[f"{name}data"] = data.hex()
        at += 9 + size
    return Said(fixes=(fix,))


_SAMPLES: Final = (
    (0, (("lightsensor", 1),)),
    (1, (("device_temp", 10), ("humidity", 10))),
    (2, (("temp3", 10),)),
    (3, ((None, 1), (None, 1), (None, 1))),
    (4, (("airpressure", 1),)),
)


def _samples(content: bytes) -> Said:
    """54: a mask and a time for each sample; the newest stands last and stays."""
    fix, at = read_place(content, reading := Reading())
    while at + 8 <= len(content):
        mask, at = u16(content, at), at + 8
        for bit, values in _SAMPLES:
            if not mask >> bit & 1:
                continue
            for key, divisor in values:
                raw = s16(content, at) if divisor == 10 else u16(content, at)
                at += 2
                _note(reading, key, raw, divisor)
    return Said(fixes=(fix,))


def _note(reading: Reading, key: str | None, raw: int, divisor: int) -> None:
    if key is not None:
        reading.attributes[key] = raw / divisor if divisor != 1 else raw


_KINDS: Final[dict[int, Callable[[bytes], Said | None]]] = {
    0x40: _text,
    0x41: _obd_text,
    0x53: _tags,
    0x54: _samples,
    0xF0: _timed,
    0xF3: _collision,
    0xFF: _place,
}

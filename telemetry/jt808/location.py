"""A location report: 28 bytes and a list of items, in 0x0200 and wherever else it stands. Pure.

    alarms 4, status 4, latitude 4, longitude 4, altitude 2, speed 2, direction 2, time BCD 6, items
    (JT/T 808-2019, 8.18: 10^-6 degrees, m, 0.1 km/h, degrees from north)

Datum. The standard knows one bit: status bit 5 says that the coordinates went through the state's
encryption plug-in, whose output is GCJ-02; without it they are the receiver's own, WGS-84. Reports
of other makers' messages have no such bit, and their datum is stated by nothing.

An item that is not understood, or is too short for what it should hold, is kept in hex: one broken
item never costs the place.
"""

import struct
from functools import lru_cache
from typing import Any, Final

from dispatch.errors import BadPayload
from telemetry.jt808.bits import (
    ALARMS,
    ASSET_ALARMS,
    PADLOCK_ALARMS,
    STATUS,
    TRACKER_ALARMS,
    named,
)
from telemetry.jt808.fields import READ_ERRORS, utc_of
from telemetry.jt808.items_asset import ASSET
from telemetry.jt808.items_maker import MAKER
from telemetry.jt808.items_obd import read_obd
from telemetry.jt808.items_standard import STANDARD, Reader
from telemetry.jt808.model import Fix, Reading

BASE_BYTES: Final = 28
_BASE: Final = struct.Struct(">IIIIhHH6s")
_FIXED: Final = struct.Struct(">4xIH4xB3x")
_PLACE: Final = struct.Struct(">IIIhHH6s")
_COORDINATES: Final = struct.Struct(">III")

READERS: Final[dict[int, Reader]] = {**STANDARD, **MAKER, **ASSET}
PADLOCK_MODELS: Final = frozenset({"G-360P", "G-508P"})
_PASSWORD_BYTES: Final = 8  # 0x67 of T/JSATL 12 has 41
_WEARABLE_ITEMS: Final = frozenset({0xE4, 0xE5, 0xE6, 0xE7})
_DOORS: Final = 0b11111 << 13
_LON_MAX: Final = 180.0
_LAT_MAX: Final = 90.0

Item = tuple[int, bytes]


def read_location(body: bytes, model: str = "", *, is_late: bool = False) -> Fix:
    """One report; raises BadPayload ``too_short``. ``model`` wins over what the items suggest."""
    if len(body) < BASE_BYTES:
        raise BadPayload("too_short", f"a report has {BASE_BYTES} bytes, got {len(body)}")
    alarms, status, lat, lon, altitude_m, speed, heading, bcd = _BASE.unpack_from(body)
    rest = body[BASE_BYTES:]
    items, left = split_items(rest)
    reading = Reading(model or model_of(items))
    _read_flags(reading, alarms, status)
    if len(rest) == _FIXED.size and left:
        _read_fixed(reading, rest)
    else:
        _read_items(reading, items)
        if left:
            reading.notes.append(f"{len(left)} bytes after the last whole item")
            reading.keep("rest", left)
    return make_fix(
        reading,
        status=status,
        place=(lat, lon),
        altitude_m=altitude_m,
        speed=speed,
        heading=heading,
        bcd=bcd,
        alarms=alarms,
        is_late=is_late,
    )


def make_fix(
    reading: Reading,
    *,
    status: int,
    place: tuple[int, int],
    bcd: bytes,
    altitude_m: int | None = None,
    speed: int | None = None,
    heading: int | None = None,
    alarms: int = 0,
    is_late: bool = False,
) -> Fix:
    """The fix of raw numbers as the standard has them; ``place`` is latitude, longitude."""
    attributes = reading.done()
    odometer_m = attributes.get("odometer")
    lat, lon = _place(status, place)
    if lat is None:
        reading.notes.append("coordinates are beyond the earth's")
    return Fix(
        time=utc_of(bcd),
        lon=lon,
        lat=lat,
        datum="GCJ02" if status & 0x20 else "WGS84",
        datum_by="status bit 5",
        valid=bool(status & 2) and lat is not None,
        speed_kmh=None if speed is None else speed / 10,
        heading_deg=None if heading is None else float(heading),
        altitude_m=None if altitude_m is None else float(altitude_m),
        is_late_report=is_late,
        alarms=_alarm_names(alarms),
        status=_status_names(status),
        satellites=attributes.get("satellites"),
        mileage_km=None if odometer_m is None else odometer_m / 1000,
        signal=attributes.get("rssi"),
        attributes=attributes,
        cells=tuple(reading.cells),
        wifi=tuple(reading.wifi),
        unread=reading.unread,
        notes=tuple(reading.notes),
    )


def read_coordinates(body: bytes, bcd: bytes, reading: Reading, *, is_late: bool = False) -> Fix:
    """Status, latitude and longitude alone, as the transparent messages have them."""
    status, lat, lon = _COORDINATES.unpack_from(body)
    _read_status(reading, status)
    return make_fix(reading, status=status, place=(lat, lon), bcd=bcd, is_late=is_late)


def read_place(body: bytes, reading: Reading) -> tuple[Fix, int]:
    """Status to time without the alarms, and how many bytes that took."""
    status, lat, lon, altitude_m, speed, heading, bcd = _PLACE.unpack_from(body)
    _read_status(reading, status)
    fix = make_fix(
        reading,
        status=status,
        place=(lat, lon),
        altitude_m=altitude_m,
        speed=speed,
        heading=heading,
        bcd=bcd,
    )
    return fix, _PLACE.size


def split_items(rest: bytes) -> tuple[list[Item], bytes]:
    """(id, value) of each whole item, and what is left behind the last."""
    items, at, end = [], 0, len(rest)
    while at + 2 <= end:
        stop = at + 2 + rest[at + 1]
        if stop > end:
            break
        items.append((rest[at], rest[at + 2 : stop]))
        at = stop
    return items, rest[at:]


def model_of(items: list[Item]) -> str:
    """The model that the items give away, where they do; "" for everybody else.

    Trackers of goods name themselves in 0xF2; padlocks send the password they were opened with in
    0x67; the wearables with steps send 0xE4 to 0xE7 together.
    """
    values = dict(items)
    firmware = values.get(0xF2, b"")
    if firmware.startswith(b"AOVX_"):
        return firmware[5:40].decode("ascii", "replace").split("-")[0]
    if len(values.get(0x67, b"")) == _PASSWORD_BYTES:
        return "G-360P"
    if values.keys() >= _WEARABLE_ITEMS:
        return "C5"
    return ""


@lru_cache(maxsize=4096)
def _alarm_names(bits: int) -> tuple[str, ...]:
    return named(bits, ALARMS)


@lru_cache(maxsize=4096)
def _status_names(bits: int) -> tuple[str, ...]:
    names = named(bits, STATUS)
    if bits >> 8 & 0b11 == 0b11:
        return (
            *(name for name in names if not name.endswith(("half_loaded", "_reserved"))),
            "loaded",
        )
    return names


def _read_flags(reading: Reading, alarms: int, status: int) -> None:
    table: tuple[tuple[int, str], ...] = TRACKER_ALARMS
    if reading.model in PADLOCK_MODELS:
        table = PADLOCK_ALARMS
    elif reading.model in ("AL300", "GL100"):
        table = ASSET_ALARMS
    if alarms:
        for mask, name in table:
            if alarms & mask:
                reading.alarm(name)
    if reading.model == "VL300" and "alarm_accident" in reading.alarms:
        reading.alarms.remove("alarm_accident")
    _read_status(reading, status)


def _read_status(reading: Reading, status: int) -> None:
    attributes: dict[str, Any] = reading.attributes
    attributes["ignition"] = bool(status & 1)
    attributes["blocked"] = bool(status & 0x400)
    attributes["door"] = bool(status & _DOORS)
    if status >> 26 & 1:
        attributes["charge"] = True
    if reading.model == "G1C Pro":
        attributes["motion"] = bool(status & 0x10)


def _read_fixed(reading: Reading, rest: bytes) -> None:
    """Eighteen bytes that are no items: some makers end the report with them."""
    mileage_km, battery, signal = _FIXED.unpack(rest)
    reading.attributes["odometer"] = mileage_km * 1000
    reading.attributes["battery"] = battery / 10
    reading.attributes["rssi"] = signal


def _read_items(reading: Reading, items: list[Item]) -> None:
    for item, value in items:
        try:
            if reading.obd and read_obd(reading, item, value):
                continue
            reader = READERS.get(item)
            if reader is None:
                reading.keep(f"0x{item:02X}", value)
            else:
                reader(reading, value)
        except READ_ERRORS:
            reading.keep(f"0x{item:02X}", value)
            reading.notes.append(f"item 0x{item:02X} does not hold what it should")


def _place(status: int, place: tuple[int, int]) -> tuple[float | None, float | None]:
    lat, lon = place[0] / 1e6, place[1] / 1e6
    if lat > _LAT_MAX or lon > _LON_MAX:
        return None, None
    return -lat if status & 4 else lat, -lon if status & 8 else lon

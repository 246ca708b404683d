"""0x5501 and 0x5502: reports of electronic padlocks, with fields of their own. Pure.

    day month year hour minute second BCD 6 (UTC), latitude BCD 4 (DDMM.mmmm), longitude BCD 4.5
    (DDDMM.mmmm) and flags 0.5, speed BCD 1 (km/h), course / 2, signal, satellites, mileage 4 (km),
    battery, cell 4 and area 2, product, status 2, alarms 2, items
0x5502 is a report without a fix: the place is the last one. Nothing states the datum.
"""

from datetime import timedelta
from typing import Final

from dispatch.errors import BadPayload
from telemetry.jt808.fields import READ_ERRORS, s16, u8, u16, u32, utc_of
from telemetry.jt808.items_maker import lock_command
from telemetry.jt808.location import split_items
from telemetry.jt808.model import Fix, Reading

BLIND: Final = 0x5502
_FIXED_BYTES: Final = 35
_BATTERY_STATES: Final = {0xAA: "charging", 0xAB: "charged"}
_ALARMS: Final[dict[int, tuple[tuple[int, str], ...]]] = {
    1: ((0, "alarm_low_power"),),
    2: ((0, "alarm_low_power"),),
    3: (
        (0, "alarm_overspeed"),
        (1, "alarm_low_power"),
        (2, "alarm_vibration"),
        (3, "alarm_low_battery"),
        (5, "alarm_geofence_enter"),
        (6, "alarm_geofence_exit"),
    ),
}


def read_lock_report(body: bytes, message_id: int) -> Fix:
    """The fix of a padlock; raises BadPayload: too_short, bad_digits."""
    if len(body) < _FIXED_BYTES:
        raise BadPayload("too_short", f"a lock's report has {_FIXED_BYTES} bytes, got {len(body)}")
    place = body[6:15].hex()
    if not place[:17].isdecimal():
        raise BadPayload("bad_digits", "the place is not in decimal digits")
    flags = body[14] & 0x0F
    lat = _degrees(int(place[0:8]))
    lon = _degrees(int(place[8:17]))
    reading = Reading()
    altitude_m = _read_rest(reading, body)
    valid = message_id != BLIND
    speed = body[15:16].hex()
    return Fix(
        time=utc_of(body[2:3] + body[1:2] + body[0:1] + body[3:6], timedelta(0)),
        lon=lon if flags & 4 else -lon,
        lat=lat if flags & 2 else -lat,
        datum=None,
        datum_by="nothing",
        valid=valid,
        speed_kmh=float(speed) if speed.isdecimal() else None,
        heading_deg=body[16] * 2.0,
        altitude_m=altitude_m,
        is_late_report=False,
        satellites=body[18],
        mileage_km=float(u32(body, 19)),
        signal=body[17],
        attributes=reading.done(),
        cells=tuple(reading.cells),
        unread=reading.unread,
        notes=tuple(reading.notes),
    )


def _degrees(digits: int) -> float:
    """DDDMMmmmm as degrees."""
    return digits // 1_000_000 + digits % 1_000_000 / 600_000


def _read_rest(reading: Reading, body: bytes) -> float | None:
    attributes = reading.attributes
    attributes["rssi"], attributes["satellites"] = body[17], body[18]
    attributes["odometer"] = u32(body, 19) * 1000
    battery = body[23]
    if battery <= 100:
        attributes["battery_level"] = battery
    elif battery in _BATTERY_STATES:
        attributes["charge"] = True
    cid, lac = u32(body, 24), u16(body, 28)
    if cid and lac:
        attributes["cell"] = {"cid": cid, "lac": lac}
    product, status, alarms = body[30], u16(body, 31), u16(body, 33)
    attributes["product"], attributes["status"] = product, status
    if product == 3:
        attributes["blocked"] = bool(status >> 5 & 1)
    for bit, name in _ALARMS.get(product, ()):
        if alarms >> bit & 1:
            reading.alarm(name)
    return _read_items(reading, body[_FIXED_BYTES:])


def _read_items(reading: Reading, rest: bytes) -> float | None:
    """The items; gives the altitude, which is one of them."""
    altitude_m: float | None = None
    items, left = split_items(rest)
    if left:
        reading.keep("rest", left)
    for item, value in items:
        try:
            if item == 0x02:
                altitude_m = float(s16(value))
            else:
                _read_item(reading, item, value)
        except READ_ERRORS:
            reading.keep(f"0x{item:02X}", value)
    return altitude_m


def _read_item(reading: Reading, item: int, value: bytes) -> None:
    attributes = reading.attributes
    if item == 0x10:
        attributes["wakesource"] = u8(value)
    elif item == 0x0A and len(value) == 3:
        attributes["mcc"], attributes["mnc"] = u16(value), u8(value, 2)
    elif item == 0x0B:
        lock_command(reading, value)
    elif item == 0x0C:
        attributes["tilt"] = f"[{s16(value)},{s16(value, 2)},{s16(value, 4)}]"
    elif item == 0xFC:
        attributes["geofence"] = u8(value)
    else:
        reading.keep(f"0x{item:02X}", value)

"""Two items that are lists: 0xEB (asset trackers and small boxes) and 0xE8 (cameras). Pure."""

from collections.abc import Callable
from typing import Final

from telemetry.jt808.fields import ascii_of, decimal, exactly, u8, u16, u32, whole
from telemetry.jt808.model import Reading

_MCC_MIN: Final = 200  # ITU-T E.212: no country code of a network is lower
_CELL_BYTES: Final = 5
_LOCK_STATUS_BYTES: Final = 3

_Reader = Callable[[Reading, bytes], None]


def read_extended(r: Reading, v: bytes) -> None:
    """0xEB: cells, or a time zone in text, or items of a WORD each for length and id."""
    if u16(v) > _MCC_MIN and (len(v) - 3) % _CELL_BYTES == 0:
        for at in range(3, len(v), _CELL_BYTES):
            r.cell(u16(v), u8(v, 2), u16(v, at), u16(v, at + 2), u8(v, at + 4))
        return
    if all(0x20 <= byte < 0x7F for byte in v):
        r.attributes["timezone"] = ascii_of(v)
        return
    at = 0
    while at + 4 <= len(v):
        size, item = u16(v, at), u16(v, at + 2)
        value = v[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)
        reader = _EXTENDED.get(item)
        if reader is None:
            r.keep(f"0xEB:{item:04X}", value)
        else:
            reader(r, value)


def _fuel_1(r: Reading, v: bytes) -> None:
    r.attributes["fuel1"] = u16(v) / 10


def _fuel_2(r: Reading, v: bytes) -> None:
    r.attributes["fuel2"] = decimal(ascii_of(exactly(v, 6)))


def _voltage(r: Reading, v: bytes) -> None:
    if len(v) == 4:
        r.attributes["power"] = u32(v) / 1000
    else:
        r.attributes["battery"] = u16(v) / 1000


def _power_states(r: Reading, v: bytes) -> None:
    """Bits are 1 in peace: 0 external power there, 12 not removed."""
    bits = u32(v)
    if not bits & 1:
        r.alarm("alarm_power_off")
    if not bits >> 12 & 1:
        r.alarm("alarm_removing")


def _motion_states(r: Reading, v: bytes) -> None:
    bits = u32(v)
    if not bits >> 6 & 1:
        r.alarm("alarm_vibration")
    state = bits >> 23 & 0b11
    if state in (0, 1):
        r.attributes["motion"] = state == 0


def _iccid(r: Reading, v: bytes) -> None:
    r.attributes["iccid"] = exactly(v, 10).hex().rstrip("f")


def _wifi(r: Reading, v: bytes) -> None:
    words = ascii_of(v[1:]).split(",")
    for mac, signal in zip(words[::2], words[1::2], strict=False):
        r.wifi.append({"mac": mac, "rssi": whole(signal)})


def _battery_alarm(r: Reading, v: bytes) -> None:
    kind = u8(v)
    r.attributes["batteryalarm"] = kind
    if kind in (3, 4):
        r.alarm("alarm_low_battery")


def _power(r: Reading, v: bytes) -> None:
    r.attributes["power"] = u16(v) / 100


def _cell(r: Reading, v: bytes) -> None:
    r.cell(u16(v), u8(v, 2), u16(v, 3), u32(v, 5))


def _level(r: Reading, v: bytes) -> None:
    r.attributes["battery_level"] = u8(v)


def _imei(r: Reading, v: bytes) -> None:
    r.attributes["imei"] = ascii_of(v)


def _model(r: Reading, v: bytes) -> None:
    r.attributes["version_fw"] = ascii_of(v)


def _cell_text(r: Reading, v: bytes) -> None:
    mcc, mnc, lac, cid = (whole(word) for word in ascii_of(v).split(";")[:4])
    r.cell(mcc, mnc, lac, cid)


def _signal(r: Reading, v: bytes) -> None:
    r.attributes["rssi"] = u8(v)


def _satellites(r: Reading, v: bytes) -> None:
    r.attributes["satellites"] = u8(v)


def _iccid_text(r: Reading, v: bytes) -> None:
    r.attributes["iccid"] = ascii_of(exactly(v, 20))


_EXTENDED: Final[dict[int, _Reader]] = {
    0x0001: _fuel_1,
    0x0023: _fuel_2,
    0x0024: _cell_text,
    0x002D: _voltage,
    0x0030: _signal,
    0x0031: _satellites,
    0x0089: _power_states,
    0x00A3: _model,
    0x00A8: _level,
    0x00B2: _iccid,
    0x00B9: _wifi,
    0x00C5: _motion_states,
    0x00C6: _battery_alarm,
    0x00CE: _power,
    0x00D5: _imei,
    0x00D8: _cell,
    0x00E1: _level,
    0x00FB: _iccid_text,
}

_CAMERA_ALARMS: Final[dict[int, str]] = {
    0x0001: "fault",
    0x0400: "acceleration",
    0x0401: "braking",
    0x0402: "cornering",
    0x0403: "overspeed",
    0x0405: "accident",
    0x0406: "vibration",
    0x0407: "tow",
    0x0408: "geofence_enter",
    0x0409: "geofence_exit",
    0x040C: "door",
    0x0412: "acceleration",
    0x0413: "braking",
    0x0414: "cornering",
    0x0415: "lane_change",
    0x0416: "accident",
    0x0417: "accident",
    0x0C01: "sos",
    0x0C02: "low_power",
    0x0C05: "general",
    0x0C0E: "power_cut",
    0x0C0F: "low_battery",
    0x0C10: "power_off",
    0x0C12: "tampering",
}
_IGNITION: Final = {0x0C03: True, 0x0C04: False}


def read_camera_event(r: Reading, v: bytes) -> None:
    """0xE8: three bytes are a lock's status; more are a camera's id, length and content."""
    if len(v) == _LOCK_STATUS_BYTES and not _is_empty_event(v):
        r.attributes["lockstatus"] = int.from_bytes(v, "big")
        return
    kind = u16(v)
    if kind == 0x2002:
        r.attributes["uploadmode"] = u8(v, 3)
        r.attributes["buffered"] = u8(v, 4) == 1
    elif kind == 0x2003:
        _camera_power(r, v)
    elif kind == 0x2005:
        _camera_states(r, v)
    elif kind in _IGNITION:
        r.attributes["ignition"] = _IGNITION[kind]
    elif kind in _CAMERA_ALARMS:
        r.attributes["event"] = kind
        r.alarm(f"alarm_{_CAMERA_ALARMS[kind]}")
    else:
        r.keep("0xE8", v)


def _is_empty_event(v: bytes) -> bool:
    """Three bytes may also be a camera's event whose content has no bytes."""
    return v[2] == 0 and (u16(v) in _CAMERA_ALARMS or u16(v) in _IGNITION)


def _camera_power(r: Reading, v: bytes) -> None:
    r.attributes["charge"] = u8(v, 3) == 1
    sixths = u8(v, 4)
    if 1 <= sixths <= 6:
        r.attributes["battery_level"] = sixths * 100 // 6
    r.attributes["battery"] = u16(v, 5) / 100
    r.attributes["rssi"] = u8(v, 7)
    r.attributes["power"] = u16(v, 8) / 100


def _camera_states(r: Reading, v: bytes) -> None:
    at = 3
    while at + 3 <= len(v):
        item, size = u16(v, at), v[at + 2]
        value = v[at + 3 : at + 3 + size]
        at += 3 + size
        reader = _CAMERA.get(item)
        if reader is None:
            r.keep(f"0xE8:{item:04X}", value)
        else:
            r.attributes[reader[0]] = reader[1](value)


_CAMERA: Final[dict[int, tuple[str, Callable[[bytes], object]]]] = {
    0x0001: ("battery", lambda v: u16(v) / 100),
    0x0002: ("datausage", u32),
    0x0003: ("battery_level", u8),
    0x0004: ("charge", lambda v: u8(v) == 0),
    0x0005: ("iccid", lambda v: exactly(v, 10).hex()[:19]),
    0x0007: ("hdop", lambda v: u16(v) / 10),
    0x2001: ("power", lambda v: u16(v) / 10),
}

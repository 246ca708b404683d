"""Additional items that the standards define: 0x01 to 0x31 and the four of T/JSATL 12. Pure.

JT/T 808-2019 tables 26 to 33, JT/T 1078-2016 table 13, T/JSATL 12-2017 tables 4-15 to 4-24. Where a
maker uses the same number for something else, the length tells them apart.
"""

from collections.abc import Callable
from typing import Any, Final

from telemetry.jt808.bits import VIDEO_ALARMS, named
from telemetry.jt808.fields import ascii_of, exactly, signed_by_bit, u8, u16, u32, utc_of
from telemetry.jt808.model import Reading

Reader = Callable[[Reading, bytes], None]

_AREAS: Final = ("none", "circle", "rectangle", "polygon", "road")
_SIGNALS: Final = (
    "low_beam",
    "high_beam",
    "right_indicator",
    "left_indicator",
    "brake",
    "reverse_gear",
    "fog_lamp",
    "marker_lamp",
    "horn",
    "air_conditioner",
    "neutral",
    "retarder",
    "abs_active",
    "heater",
    "clutch",
)
_ADAS: Final = {
    0x01: "forward_collision",
    0x02: "lane_departure",
    0x03: "following_too_close",
    0x04: "pedestrian_collision",
    0x05: "frequent_lane_change",
    0x06: "road_sign_exceeded",
    0x07: "obstacle",
    0x10: "road_sign_recognised",
    0x11: "photo_on_demand",
}
_DSM: Final = {
    0x01: "fatigue_driving",
    0x02: "phone_call",
    0x03: "smoking",
    0x04: "distracted",
    0x05: "driver_abnormal",
    0x10: "photo_by_timer",
    0x11: "driver_changed",
}
_LABEL_BYTES: Final = 16  # terminal 7, time 6, serial, files, reserved
_DRIVER_ALARM_BYTES: Final = 47


def _mileage(r: Reading, v: bytes) -> None:
    r.attributes["odometer"] = u32(v) * 100


def _fuel(r: Reading, v: bytes) -> None:
    word = u16(v)
    if word & 0x8000:  # a maker's per cent
        r.attributes["fuel"] = word & 0x7FFF
    else:
        r.attributes["fuel"] = word / 10


def _recorder_speed(r: Reading, v: bytes) -> None:
    r.attributes["recorder_speed_kmh"] = u16(v) / 10


def _confirm(r: Reading, v: bytes) -> None:
    r.attributes["alarm_to_confirm"] = u16(v)


def _tyres(r: Reading, v: bytes) -> None:
    r.attributes["tyre_pressures_pa"] = [byte for byte in v if byte != 0xFF]


def _carriage(r: Reading, v: bytes) -> None:
    if len(v) == 1:
        r.attributes["battery_level"] = u8(v)
    else:
        r.attributes["carriage_temp"] = signed_by_bit(u16(v))


def _overspeed(r: Reading, v: bytes) -> None:
    r.attributes["overspeed_area"] = _AREAS[u8(v)]
    if len(v) >= 5:
        r.attributes["overspeed_area_id"] = u32(v, 1)


def _crossing(r: Reading, v: bytes) -> None:
    r.attributes["crossed_area"] = _AREAS[u8(v)]
    r.attributes["crossed_area_id"] = u32(v, 1)
    r.attributes["crossed"] = "out" if u8(v, 5) else "in"


def _route_time(r: Reading, v: bytes) -> None:
    r.attributes["route_id"] = u32(v)
    r.attributes["route_time_s"] = u16(v, 4)
    r.attributes["route_time"] = "too_long" if u8(v, 6) else "too_short"


def _video(r: Reading, v: bytes) -> None:
    bits = u32(v)
    r.attributes["videoalarm"] = bits
    r.attributes["video_alarms"] = list(named(bits, VIDEO_ALARMS))


def _channels(key: str, size: int) -> Reader:
    def read(r: Reading, v: bytes) -> None:
        bits = u32(v) if size == 4 else u16(v)
        r.attributes[key] = [bit + 1 for bit in range(32) if bits >> bit & 1]

    return read


def _abnormal_driving(r: Reading, v: bytes) -> None:
    r.attributes["abnormal_driving"] = list(named(u16(v), ("fatigue", "phone_call", "smoking")))
    if len(v) > 2:
        r.attributes["fatigue_degree"] = u8(v, 2)


def _signals(r: Reading, v: bytes) -> None:
    bits = u32(v)
    r.attributes["input"] = bits
    r.attributes["signals"] = list(named(bits, _SIGNALS))


def _io(r: Reading, v: bytes) -> None:
    bits = u16(v)
    r.attributes["io_status"] = bits
    r.attributes["sleep"] = list(named(bits, ("deep_sleep", "sleep")))


def _analogue(r: Reading, v: bytes) -> None:
    r.attributes["adc1"] = u16(v) / 100
    r.attributes["adc2"] = u16(v, 2) / 100


def _signal(r: Reading, v: bytes) -> None:
    r.attributes["rssi"] = u8(v)


def _satellites(r: Reading, v: bytes) -> None:
    r.attributes["satellites"] = u8(v)


def _driver_alarm(key: str, kinds: dict[int, str]) -> Reader:
    """0x64 and 0x65: id, state, kind, level, and the label that names the files of the alarm."""

    def read(r: Reading, v: bytes) -> None:
        kind = u8(v, 5)
        found: dict[str, Any] = {"id": u32(v), "state": u8(v, 4), "kind": kinds.get(kind, kind)}
        if len(v) > 6:
            found["level"] = u8(v, 6)
        r.attributes[f"{key}alarm"] = kind
        r.attributes[f"{key}_alarm"] = found
        if len(v) >= _DRIVER_ALARM_BYTES:
            r.attributes["alarmlabel"] = v[-_LABEL_BYTES:].hex()

    return read


def _tyre_alarm(r: Reading, v: bytes) -> None:
    """0x66 of T/JSATL: a list of tyres; of some makers with 11 bytes: a cell, kept as it is."""
    if len(v) < _LABEL_BYTES + 24:
        r.keep("0x66", v)
        return
    r.attributes["tyre_alarm"] = {"id": u32(v), "state": u8(v, 4), "time": utc_of(v[18:24])}
    r.attributes["alarmlabel"] = v[24:40].hex()


def _blind_spot(r: Reading, v: bytes) -> None:
    """0x67 of T/JSATL has 41 bytes; of lock makers 8 characters of a password."""
    if len(v) == 8:
        r.attributes["password"] = ascii_of(exactly(v, 8))
        return
    kinds = {1: "rear_approach", 2: "left_rear_approach", 3: "right_rear_approach"}
    kind = u8(v, 5)
    r.attributes["bsdalarm"] = kind
    r.attributes["bsd_alarm"] = {"id": u32(v), "state": u8(v, 4), "kind": kinds.get(kind, kind)}
    if len(v) >= 41:
        r.attributes["alarmlabel"] = v[-_LABEL_BYTES:].hex()


STANDARD: Final[dict[int, Reader]] = {
    0x01: _mileage,
    0x02: _fuel,
    0x03: _recorder_speed,
    0x04: _confirm,
    0x05: _tyres,
    0x06: _carriage,
    0x11: _overspeed,
    0x12: _crossing,
    0x13: _route_time,
    0x14: _video,
    0x15: _channels("video_lost_channels", 4),
    0x16: _channels("video_covered_channels", 4),
    0x17: _channels("storage_fault_units", 2),
    0x18: _abnormal_driving,
    0x25: _signals,
    0x2A: _io,
    0x2B: _analogue,
    0x30: _signal,
    0x31: _satellites,
    0x64: _driver_alarm("adas", _ADAS),
    0x65: _driver_alarm("dms", _DSM),
    0x66: _tyre_alarm,
    0x67: _blind_spot,
}

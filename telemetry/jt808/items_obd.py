"""Items of the engine's diagnostics: the 0x80 block, the list in 0xF3, the text of $OBD-RT. Pure.

In the 0x80 block speed is km/h, the odometer tenths of a kilometre (given in metres), temperatures
have an offset of 40 degrees (SAE J1979).
"""

from collections.abc import Callable
from typing import Any, Final

from telemetry.jt808.fields import ascii_of, decimal, u8, u16, u32, whole
from telemetry.jt808.model import Reading

_Value = Callable[[bytes], Any]
_KELVIN_LIKE: Final = 40


def _tenth(v: bytes) -> float:
    return u16(v) / 10


def _hundredth(v: bytes) -> float:
    return u16(v) / 100


def _offset(v: bytes) -> int:
    return u8(v) - _KELVIN_LIKE


def _codes(v: bytes) -> str:
    return ascii_of(v).replace(",", " ")


_BLOCK: Final[dict[int, tuple[str, _Value]]] = {
    0x01: ("odometer", lambda v: u32(v) * 100),
    0x02: ("fuel", _tenth),
    0x03: ("obd_speed", _tenth),
    0x56: ("battery_level", lambda v: u8(v, 1)),
    0x61: ("power", _hundredth),
    0x69: ("battery", _hundredth),
    0x80: ("obd_speed", u8),
    0x81: ("rpm", u16),
    0x82: ("power", _tenth),
    0x83: ("engine_load", u8),
    0x84: ("coolant_temp", _offset),
    0x85: ("fuel_consumption", u16),
    0x86: ("intaketemp", _offset),
    0x87: ("intakeflow", u16),
    0x88: ("intakepressure", u8),
    0x89: ("throttle", u8),
    0x8B: ("vin", ascii_of),
    0x8C: ("obd_odometer", lambda v: u32(v) * 100),
    0x8D: ("odometer_trip", lambda v: u16(v) * 1000),
    0x8E: ("fuel", u8),
    0xA0: ("dtcs", _codes),
    0xCC: ("iccid", ascii_of),
}

_LIST: Final[dict[int, tuple[str, Callable[[int], Any]]]] = {
    0x0002: ("obd_speed", lambda n: n / 10),
    0x0003: ("rpm", int),
    0x0004: ("power", lambda n: n / 1000),
    0x0005: ("obd_odometer", lambda n: n * 100),
    0x0007: ("fuel_consumption", lambda n: n / 10),
    0x0008: ("engine_load", lambda n: n / 10),
    0x0009: ("coolant_temp", lambda n: n - _KELVIN_LIKE),
    0x000B: ("intakepressure", int),
    0x000C: ("intaketemp", lambda n: n - _KELVIN_LIKE),
    0x000D: ("intakeflow", int),
    0x000E: ("throttle", lambda n: n * 100 // 255),
    0x0100: ("odometer_trip", lambda n: n / 10),
    0x0102: ("tripfuel", lambda n: n / 10),
    0x0112: ("hardaccelerationcount", int),
    0x0113: ("harddecelerationcount", int),
    0x0114: ("hardcorneringcount", int),
}
_LIST_WORDS: Final[dict[int, tuple[str, _Value]]] = {
    0x0050: ("vin", ascii_of),
    0x0051: ("cvn", bytes.hex),
    0x0052: ("calid", ascii_of),
}
_VIN: Final = 0x0050
_VIN_BYTES: Final = 17  # whatever its length byte says: some boxes state 27

_TEXT: Final = (
    "power",
    "rpm",
    "obd_speed",
    "throttle",
    "engine_load",
    "coolant_temp",
    "fuel_consumption",
    "fuel_consumption",
    "odometer_trip",
    "obd_odometer",
    "tripfuelused",
    "fuel_used",
)
"""Fields after ``$OBD-RT``: instant consumption, then the average, which stays."""


def obd_block(r: Reading, v: bytes) -> None:
    """Open the block: what follows in the report is read by `read_obd`."""
    r.obd = True
    r.attributes["obd_speed"] = u8(v)


def read_obd(r: Reading, item: int, v: bytes) -> bool:
    """One item of the block; whether it is one. Raises what a short value raises."""
    known = _BLOCK.get(item)
    if known is None:
        return False
    r.attributes[known[0]] = known[1](v)
    return True


def read_obd_list(r: Reading, v: bytes) -> None:
    """0xF3: items with a WORD for their id and a BYTE for their length; numbers of any width."""
    at = 0
    while at + 3 <= len(v):
        item, size = u16(v, at), v[at + 2]
        size = min(size, _VIN_BYTES) if item == _VIN else size
        value = v[at + 3 : at + 3 + size]
        at += 3 + size
        if len(value) < size:
            r.keep(f"0xF3:{item:04X}", value)
        elif value:
            _read_listed(r, item, value)


def _read_listed(r: Reading, item: int, value: bytes) -> None:
    if item in _LIST:
        key, scaled = _LIST[item]
        r.attributes[key] = scaled(int.from_bytes(value, "big"))
    elif item in _LIST_WORDS:
        key, said = _LIST_WORDS[item]
        r.attributes[key] = said(value)
    else:
        r.keep(f"0xF3:{item:04X}", value)


def read_obd_text(sentence: str) -> dict[str, Any]:
    """The values after ``$OBD-RT,``; those that are no numbers are left out."""
    found: dict[str, Any] = {}
    for name, word in zip(_TEXT, sentence.split(",")[1:], strict=False):
        try:
            found[name] = whole(word) if name == "coolant_temp" else decimal(word)
        except ValueError:
            continue
    return found

"""Additional items 0x33 to 0xD9 as makers of trackers, locks and OBD boxes use them. Pure.

From public protocol descriptions and captured frames; none of it is in the standard. The items from
0xDA on are in `telemetry.jt808.items_asset`.
"""

from typing import Final

from telemetry.jt808.fields import (
    ascii_of,
    exactly,
    signed_by_bit,
    u8,
    u16,
    u32,
    whole,
)
from telemetry.jt808.items_obd import obd_block, read_obd
from telemetry.jt808.items_standard import Reader
from telemetry.jt808.model import Reading

_LOCK_RECORD: Final = 11  # id 6, battery 2, seal, state, signal
_BIG_LOCK_RECORD: Final = 13  # id 5, card 5, battery 1, state 2
_ICCID_BYTES: Final = 20
_IMSI_BYTES: Final = 15
_TYRE_RECORD: Final = 8
_CARD_EVENTS: Final = range(0x61, 0x67)


def number(key: str, divisor: int = 1, at: int = 0) -> Reader:
    """A reader of one number by its length: BYTE, WORD or DWORD, divided."""

    def read(r: Reading, v: bytes) -> None:
        rest = len(v) - at
        raw = u32(v, at) if rest >= 4 else u16(v, at) if rest >= 2 else u8(v, at)
        r.attributes[key] = raw / divisor if divisor != 1 else raw

    return read


def words(key: str) -> Reader:
    """A reader of text."""

    def read(r: Reading, v: bytes) -> None:
        r.attributes[key] = text_or_raise(v)

    return read


def text_or_raise(v: bytes) -> str:
    """ASCII text that is there; raises ValueError for an empty one."""
    found = ascii_of(v)
    if not found:
        raise ValueError("no text")
    return found


def lock_command(r: Reading, v: bytes) -> None:
    """0x0B of electronic locks: how it was opened, by which card or password, with what result."""
    r.attributes["lockcommand"] = u8(v)
    at = 1
    if 5 <= len(v) <= 6:
        r.attributes["lockcard"], at = u32(v, 1), 5
    elif len(v) >= 7:
        r.attributes["lockpassword"], at = ascii_of(exactly(v, 6, 1)), 7
    if len(v) % 2 == 0:
        r.attributes["unlockresult"] = u8(v, at)


def _mode(r: Reading, v: bytes) -> None:
    if len(v) == 1:
        r.attributes["mode"] = u8(v)
        return
    sentence = ascii_of(v)
    r.attributes["sentence"] = sentence
    if sentence.startswith("*M00"):
        r.attributes["battery"] = whole(sentence[10:13]) / 100


def _temperatures(r: Reading, v: bytes) -> None:
    if len(v) not in (2, 16):
        r.keep("0x51", v)
        return
    for place in range(len(v) // 2):
        word = u16(v, 2 * place)
        if word != 0xFFFF:
            r.attributes[f"temp{place + 1}"] = signed_by_bit(word) / 10


def _counted_cells(item: str) -> Reader:
    """0x53, 0x5D: a count, then country 2, network 1, area 2, cell 2 or 4, signal 1."""

    def read(r: Reading, v: bytes) -> None:
        size, rest = divmod(len(v) - 1, u8(v)) if u8(v) else (0, 1)
        if rest or size not in (8, 10):
            r.keep(item, v)
            return
        for at in range(1, len(v), size):
            cid = int.from_bytes(v[at + 5 : at + size - 1], "big")
            r.cell(u16(v, at), u8(v, at + 2), u16(v, at + 3), cid, u8(v, at + size - 1))

    return read


def _battery_tenths(r: Reading, v: bytes) -> None:
    r.attributes["battery_level"] = u8(v) * 10


def _behaviour(r: Reading, v: bytes) -> None:
    alarms = u16(v)
    for bit, name in ((8, "acceleration"), (9, "braking"), (10, "cornering")):
        if alarms >> bit & 1:
            r.alarm(f"alarm_{name}")
    if len(v) >= 4:
        r.attributes["switches"] = u16(v, 2)
    if len(v) >= 8:
        more = u32(v, 4)
        r.attributes["extended_alarms"] = more
        if more >> 16 & 1:
            r.alarm("alarm_door")


def _event(r: Reading, v: bytes) -> None:
    event = u16(v)
    r.attributes["event"] = event
    if event in _CARD_EVENTS:
        r.attributes["lock1id"] = exactly(v, 6, 2).hex()
        r.attributes["driver_unique_id"] = ascii_of(exactly(v, 8, 8))


def _seals(r: Reading, v: bytes) -> None:
    for place in range(len(v) // _LOCK_RECORD):
        at, name = place * _LOCK_RECORD, f"lock{place + 1}"
        r.attributes[f"{name}id"] = v[at : at + 6].hex()
        r.attributes[f"{name}battery"] = u16(v, at + 6) / 1000
        r.attributes[f"{name}seal"] = u8(v, at + 8) == 0x31
        r.attributes[f"{name}state"] = u8(v, at + 9)


def _driving(r: Reading, v: bytes) -> None:
    """0x70: the fierce driving alarm of the provinces' extensions of T/JSATL 12."""
    kind = u8(v, 5)
    names = {1: "acceleration", 2: "braking", 3: "cornering", 0x16: "accident"}
    r.attributes["driving_alarm"] = {"id": u32(v), "state": u8(v, 4), "kind": kind}
    if kind in names:
        r.alarm(f"alarm_{names[kind]}")


def _tyre_list(r: Reading, v: bytes) -> None:
    for at in range(0, len(v) - _TYRE_RECORD + 1, _TYRE_RECORD):
        name = f"tire{u8(v, at)}"
        r.attributes[f"{name}sensorid"] = v[at + 1 : at + 4].hex()
        r.attributes[f"{name}pressure"] = (u16(v, at + 4) & 0x3FF) / 40  # bar
        r.attributes[f"{name}temp"] = u8(v, at + 6) - 50
        r.attributes[f"{name}status"] = u8(v, at + 7)


def _obd_snapshot(r: Reading, v: bytes) -> None:
    r.attributes.update(
        battery=u16(v) / 10,
        rpm=u16(v, 2),
        obd_speed=u8(v, 4),
        throttle=u8(v, 5) * 100 // 255,
        engine_load=u8(v, 6) * 100 // 255,
        coolant_temp=u8(v, 7) - 40,
        fuel_consumption=u16(v, 10) / 100,
        fuel_used=u16(v, 20) / 100,
    )


def _user_status(r: Reading, v: bytes) -> None:
    status = u32(v)
    r.attributes["user_status"] = status
    if status >> 3 & 1:
        r.alarm("alarm_vibration")


def level_or_card(r: Reading, v: bytes) -> None:
    """0xD4, 0xE9: one byte is the battery's level (FF: it charges), four are a driver's card."""
    if len(v) == 1:
        if u8(v) == 0xFF:
            r.attributes["charge"] = True
        else:
            r.attributes["battery_level"] = u8(v)
    else:
        r.attributes["driver_unique_id"] = str(u32(v))


def _locks(r: Reading, v: bytes) -> None:
    if len(v) == 2:
        r.attributes["battery"] = u16(v) / 100
        return
    exactly(v, u8(v) * _BIG_LOCK_RECORD, 1)
    for place in range(u8(v)):
        at, name = 1 + place * _BIG_LOCK_RECORD, f"lock{place + 1}"
        r.attributes[f"{name}id"] = v[at : at + 5].hex()
        r.attributes[f"{name}card"] = v[at + 5 : at + 10].hex()
        r.attributes[f"{name}battery"] = u8(v, at + 10)
        r.attributes[f"{name}locked"] = not u16(v, at + 11) >> 5 & 1


def _iccid(r: Reading, v: bytes) -> None:
    r.attributes["iccid"] = text_or_raise(v)


def _iccid_if(item: str) -> Reader:
    """A card's number by its length and its first digits (ITU-T E.118: 89 is telecommunication)."""

    def read(r: Reading, v: bytes) -> None:
        if len(v) == _ICCID_BYTES and v.startswith(b"89"):
            _iccid(r, v)
        else:
            r.keep(item, v)

    return read


def _imsi(r: Reading, v: bytes) -> None:
    if len(v) != _IMSI_BYTES or not v.isdigit():
        r.keep("0x6C", v)
    else:
        r.attributes["imsi"] = ascii_of(v)


def _trouble_codes(r: Reading, v: bytes) -> None:
    read_obd(r, 0xA0, v)


def _vin(r: Reading, v: bytes) -> None:
    if v:
        r.attributes["vin"] = text_or_raise(v)


MAKER: Final[dict[int, Reader]] = {
    0x0B: lock_command,
    0x33: _mode,
    0x51: _temperatures,
    0x53: _counted_cells("0x53"),
    0x56: _battery_tenths,
    0x57: _behaviour,
    0x5D: _counted_cells("0x5D"),
    0x60: _event,
    0x63: _seals,
    0x68: number("battery_level", 100),
    0x69: number("battery", 100),
    0x6C: _imsi,
    0x70: _driving,
    0x71: _iccid_if("0x71"),
    0x77: _tyre_list,
    0x80: obd_block,
    0x82: number("power", 10),
    0x91: _obd_snapshot,
    0x94: _vin,
    0xA0: _trouble_codes,
    0xA7: lambda r, v: r.attributes.update(adc1=u16(v) / 100, adc2=u16(v, 2) / 100),
    0xAC: number("odometer"),
    0xBC: words("driver"),
    0xBD: words("driver_unique_id"),
    0xCC: _iccid,
    0xD0: _user_status,
    0xD3: number("power", 10),
    0xD4: level_or_card,
    0xD5: _locks,
    0xD6: _iccid_if("0xD6"),
}

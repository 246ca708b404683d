"""Additional items 0xDA to 0xFE as makers use them; 0xEB and 0xE8 are lists of their own. Pure.

A number that several makers use is told apart by its length, and where that is not enough by what
else the same report holds (`telemetry.jt808.location.model_of`).
"""

from typing import Final

from telemetry.jt808.fields import ascii_of, exactly, s16, u8, u16, u32
from telemetry.jt808.items_extended import read_camera_event, read_extended
from telemetry.jt808.items_maker import level_or_card, number, text_or_raise, words
from telemetry.jt808.items_obd import read_obd_list, read_obd_text
from telemetry.jt808.items_standard import Reader
from telemetry.jt808.model import Reading

ASSET_MODELS: Final = frozenset({"AL300", "GL100", "VL300"})
STEP_MODELS: Final = frozenset({"C5", "C5L"})
_CELL_F0: Final = 13
_CELL_E1: Final = 8
_CELL_EE: Final = 10
_WIFI_BYTES: Final = 7
_SENSOR_BYTES: Final = 11
_CID_MAX: Final = 0x0FFFFFFF
_CHARGING: Final = (2, 3)
_CONDITIONS: Final = ("acceleration", "braking", "cornering", "accident", "tampering")


def _string(r: Reading, v: bytes) -> None:
    if len(v) < 3:
        r.keep("0xDA", v)
        return
    status = u8(v, 2)
    r.attributes["string"] = bool(status & 1)
    r.attributes["motion"] = bool(status & 4)
    r.attributes["cover"] = bool(status & 8)
    r.attributes["stringcuts"] = u16(v)


def _power_or_cells(r: Reading, v: bytes) -> None:
    if len(v) >= 4 + _CELL_E1 and (len(v) - 4) % _CELL_E1 == 0:
        for at in range(4, len(v), _CELL_E1):
            lac, cid = int.from_bytes(v[at : at + 3], "big"), u32(v, at + 3)
            if 0 < lac <= 0xFFFF and cid <= _CID_MAX:
                r.cell(u16(v), u16(v, 2), lac, cid, u8(v, at + 7))
    elif len(v) == 2:
        r.attributes["power"] = u16(v) / 10
    else:
        level_or_card(r, v)


def _fuel(r: Reading, v: bytes) -> None:
    if r.model == "DT800":
        r.keep("0xE2", v)
    else:
        r.attributes["fuel"] = u32(v) / 10


def _battery(r: Reading, v: bytes) -> None:
    r.attributes["battery_level"] = u8(v, 1)
    r.attributes["battery"] = u16(v, 2) / 100


def _charge(r: Reading, v: bytes) -> None:
    if u8(v) == 0:
        r.attributes["charge"] = True
    r.attributes["battery_level"] = u8(v, 1)


def _motion(r: Reading, v: bytes) -> None:
    if len(v) == 1:
        r.attributes["motion"] = u8(v) == 1
    else:
        r.keep("0xE5", v)


def _sensors(r: Reading, v: bytes) -> None:
    if v.startswith(b"$OBD-RT"):
        r.attributes.update(read_obd_text(ascii_of(v)))
    elif len(v) >= _SENSOR_BYTES and len(v) % _SENSOR_BYTES == 0:
        for at in range(0, len(v), _SENSOR_BYTES):
            r.attributes[f"temp{u8(v, at)}"] = _whole_and_part(v, at + 7)
            r.attributes[f"humidity{u8(v, at)}"] = _whole_and_part(v, at + 9)
    else:
        r.keep("0xE6", v)


def _whole_and_part(v: bytes, at: int) -> float:
    whole = int.from_bytes(v[at : at + 1], "big", signed=True)
    return (-1 if whole < 0 else 1) * (abs(whole) + u8(v, at + 1) / 255)


def _personal_alarms(r: Reading, v: bytes) -> None:
    if len(v) != 8:
        r.keep("0xE7", v)
        return
    bits = u16(v)
    r.attributes["personal_alarms"] = bits
    if bits & 1:
        r.alarm("alarm_vibration")
    if bits >> 1 & 0b111:
        r.alarm("alarm_sos")


def _environment(r: Reading, v: bytes) -> None:
    """0xEA: one byte of kind, then items of a BYTE each for id and length."""
    at = 1
    while len(v) > 2 and at + 2 <= len(v):
        item, size = v[at], v[at + 1]
        value = v[at + 2 : at + 2 + size]
        at += 2 + size
        if len(value) < size:
            break
        if item == 0x11:
            r.attributes["externalalarms"] = u16(value)
            r.attributes["alarmthresholdtype"] = u8(value, 2)
        elif item == 0x13:
            r.attributes["externalilluminance"] = u16(value)
        elif item == 0x14:
            r.attributes["externalairpressure"] = u16(value)
        elif item == 0x15:
            r.attributes["externalhumidity"] = u16(value) / 10
        elif item == 0x16:
            r.attributes["externaltemp"] = u16(value) / 10 - 50
        else:
            r.keep(f"0xEA:{item:02X}", value)


def _voltages(r: Reading, v: bytes) -> None:
    if len(v) == _CELL_EE:
        r.cell(u16(v), u8(v, 2), u16(v, 3), u32(v, 5), u8(v, 9))
        return
    if len(v) != 6:
        r.keep("0xEE", v)
        return
    r.attributes.update(
        rssi=u8(v), power=u16(v, 1) / 1000, battery=u16(v, 3) / 1000, satellites=u8(v, 5)
    )


def _cells(r: Reading, v: bytes) -> None:
    for at in range(0, len(v) - _CELL_F0 + 1, _CELL_F0):
        r.cell(u16(v, at), u16(v, at + 2), u32(v, at + 8), u32(v, at + 4), u8(v, at + 12))


def _wifi(r: Reading, v: bytes) -> None:
    for at in range(0, len(v) - _WIFI_BYTES + 1, _WIFI_BYTES):
        signal = int.from_bytes(v[at + 6 : at + 7], "big", signed=True)
        r.wifi.append({"mac": v[at : at + 6].hex(":"), "rssi": signal})


def _tags_or_obd(r: Reading, v: bytes) -> None:
    if r.model not in ASSET_MODELS:
        read_obd_list(r, v)
        return
    mask, at, tag = u8(v), 1, 0
    size = 7 + sum(
        bytes_ for bit, bytes_ in enumerate((10, 2, 2, 2, 2, 6, 2, 2)) if mask >> bit & 1
    )
    while at + size <= len(v):
        tag += 1
        _tag(r, f"tag{tag}", mask, v[at : at + size])
        at += size


def _tag(r: Reading, name: str, mask: int, v: bytes) -> None:
    r.attributes[f"{name}mac"] = v[:6].hex()
    r.attributes[f"{name}rssi"] = int.from_bytes(v[6:7], "big", signed=True)
    at = 7
    if mask & 1:
        r.attributes[f"{name}name"] = ascii_of(v[at : at + 10])
        at += 10
    at += 2 if mask & 2 else 0
    if mask & 4:
        r.attributes[f"{name}battery"] = u16(v, at) / 1000
        at += 2
    if mask & 8:
        r.attributes[f"{name}temp"] = s16(v, at) / 10
        at += 2
    if mask & 16:
        r.attributes[f"{name}humidity"] = s16(v, at) / 10


def _event_or_sensors(r: Reading, v: bytes) -> None:
    is_asset = r.model in ASSET_MODELS
    if not is_asset and len(v) == 2:
        r.attributes["airpressure"] = u16(v)
        return
    if not is_asset and len(v) == 8 and v.hex().isdecimal():
        r.attributes["imei"] = v.hex()[1:]
        return
    event, mask, at = u8(v), u8(v, 1), 2
    r.attributes["event"] = event
    if event == 2:
        r.attributes["motion"] = True
    for bit, key, divisor in ((0, "lightsensor", 1), (1, "temp1", 10), (2, "humidity", 10)):
        if mask >> bit & 1:
            raw = u16(v, at) if divisor == 1 else s16(v, at)
            r.attributes[key] = raw / divisor if divisor != 1 else raw
            at += 2
    if mask & 8:
        r.attributes["g_sensor"] = f"[{s16(v, at)},{s16(v, at + 2)},{s16(v, at + 4)}]"
        at += 6
    at += 10 if mask & 16 else 0
    if mask & 32:
        r.attributes["airpressure"] = u16(v, at)


def _battery_or_humidity(r: Reading, v: bytes) -> None:
    if len(v) == 2:
        r.attributes["humidity"] = u16(v) / 10
        return
    r.attributes["battery"] = u32(v) / 1000
    if len(v) >= 5 and u8(v, 4) in _CHARGING:
        r.attributes["charge"] = True
    if len(v) >= 6:
        r.attributes["battery_level"] = u8(v, 5)


def _card_steps_or_temp(r: Reading, v: bytes) -> None:
    if r.model in ASSET_MODELS:
        r.attributes["iccid"] = exactly(v, 10, 9).hex()
    elif r.model in STEP_MODELS:
        r.attributes["steps"] = u16(v)
    else:
        r.attributes["temp2"] = u16(v) / 10 - 50


def _reception(r: Reading, v: bytes) -> None:
    mask, at = u16(v), 2
    at += 4 if mask & 1 else 0
    at += 4 if mask & 2 else 0
    if mask & 4:
        r.attributes["hdop"] = u16(v, at) / 10
        at += 2
    at += 6 if mask & 8 else 0
    at += 8 if mask & 32 else 0
    if mask & 64:
        r.attributes["temp3"] = s16(v, at) / 10


def _level_or_more(r: Reading, v: bytes) -> None:
    simple = {1: ("battery_level", 1), 2: ("power", 10), 4: ("odometer", 1)}.get(len(v))
    if simple is not None:
        number(*simple)(r, v)
        return
    if u8(v) != 0x7C:
        r.keep("0xFE", v)
        return
    at = 1
    while at + 2 <= len(v):
        item, size = v[at], v[at + 1]
        value = v[at + 2 : at + 2 + size]
        at += 2 + size
        if item != 0x01 or len(value) < 4:
            continue
        bits = u32(value)
        for bit, name in enumerate(_CONDITIONS):
            if bits >> bit & 1:
                r.alarm(f"alarm_{name}")


ASSET: Final[dict[int, Reader]] = {
    0xDA: _string,
    0xE1: _power_or_cells,
    0xE2: _fuel,
    0xE3: _battery,
    0xE4: _charge,
    0xE5: _motion,
    0xE6: _sensors,
    0xE7: _personal_alarms,
    0xE8: read_camera_event,
    0xE9: level_or_card,
    0xEA: _environment,
    0xEB: read_extended,
    0xEC: _wifi,
    0xED: words("card"),
    0xEE: _voltages,
    0xF0: _cells,
    0xF1: number("power", 1000),
    0xF2: lambda r, v: r.attributes.update(version_fw=text_or_raise(v)),
    0xF3: _tags_or_obd,
    0xF4: _wifi,
    0xF5: number("illuminance"),
    0xF6: _event_or_sensors,
    0xF7: _battery_or_humidity,
    0xF8: _card_steps_or_temp,
    0xF9: _reception,
    0xFB: words("container"),
    0xFC: number("geofence"),
    0xFE: _level_or_more,
}

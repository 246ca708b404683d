"""An encoder of terminals' frames for tests, written from the standard and not from our decoder."""

import struct
from datetime import datetime, timedelta

PHONE = "013900001111"


def xor(content: bytes) -> int:
    total = 0
    for byte in content:
        total ^= byte
    return total


def escaped(content: bytes) -> bytes:
    out = bytearray()
    for byte in content:
        out += {0x7E: b"\x7d\x02", 0x7D: b"\x7d\x01"}.get(byte, bytes([byte]))
    return bytes(out)


def frame(
    message_id: int,
    body: bytes = b"",
    *,
    phone: str = PHONE,
    serial: int = 1,
    version: int | None = None,
    part: tuple[int, int] | None = None,
    bits: int = 0,
    length: int | None = None,
) -> bytes:
    attributes = (len(body) if length is None else length) | bits
    attributes |= 0x4000 if version is not None else 0
    attributes |= 0x2000 if part is not None else 0
    head = struct.pack(">HH", message_id, attributes)
    if version is not None:
        head += bytes([version]) + bytes.fromhex(phone.rjust(20, "0"))
    else:
        head += bytes.fromhex(phone)
    head += struct.pack(">H", serial)
    if part is not None:
        head += struct.pack(">HH", *part)
    content = head + body
    return b"\x7e" + escaped(content + bytes([xor(content)])) + b"\x7e"


def bcd_china(utc: datetime) -> bytes:
    return bytes.fromhex((utc + timedelta(hours=8)).strftime("%y%m%d%H%M%S"))


def report(
    *,
    at: datetime,
    lat: float = 29.36,
    lon: float = 112.4,
    alarms: int = 0,
    status: int = 3,
    altitude_m: int = 30,
    speed: int = 456,
    heading: int = 90,
    items: bytes = b"",
) -> bytes:
    place = struct.pack(
        ">IIIIhHH",
        alarms,
        status,
        round(abs(lat) * 1e6),
        round(abs(lon) * 1e6),
        altitude_m,
        speed,
        heading,
    )
    return place + bcd_china(at) + items


def item(number: int, value: bytes) -> bytes:
    return bytes([number, len(value)]) + value


def messages_in(sent: bytes) -> list[tuple[int, bytes]]:
    """(message id, body) of each answer of the platform to a terminal of 2013."""
    found = []
    for inner in sent.split(b"\x7e"):
        if inner:
            plain = inner.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
            assert xor(plain) == 0
            found.append((int.from_bytes(plain[:2], "big"), plain[12:-1]))
    return found

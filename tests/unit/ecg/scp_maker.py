"""Writes SCP-ECG records from the standard's text, with nothing of the reader in it.

Enough of EN 1064 to show the reader every path: plain samples, the default and custom Huffman
tables, differences, bimodal compression, reference beats, statements, measurements.
"""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise

SECTION_COUNT = 12


def crc(body: bytes) -> int:
    """CRC-CCITT, bit by bit: x^16 + x^12 + x^5 + 1, preset to ones."""
    value = 0xFFFF
    for byte in body:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value


def section(number: int, body: bytes, reserved: bytes = b"\0" * 6) -> bytes:
    body += b"\0" * (len(body) % 2)
    head = struct.pack("<HIBB", number, 16 + len(body), 13, 13) + reserved
    return struct.pack("<H", crc(head + body)) + head + body


def record(bodies: dict[int, bytes]) -> bytes:
    """The whole file; section 0 is made from the others."""
    made = {number: section(number, body) for number, body in sorted(bodies.items())}
    at = 7 + 16 + 10 * SECTION_COUNT
    pointers = struct.pack("<HII", 0, 16 + 10 * SECTION_COUNT, 7)
    for number in range(1, SECTION_COUNT):
        size = len(made.get(number, b""))
        pointers += struct.pack("<HII", number, size, at if size else 0)
        at += size
    whole = section(0, pointers, b"SCPECG") + b"".join(made.values())
    tail = struct.pack("<I", 6 + len(whole)) + whole
    return struct.pack("<H", crc(tail)) + tail


def tags(pairs: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<BH", tag, len(body)) + body for tag, body in pairs) + b"\xff\0\0"


def leads(spans: Sequence[tuple[int, int, int]], flags: int = 0) -> bytes:
    """Section 3 from (number, first, last)."""
    return struct.pack("<BB", len(spans), flags) + b"".join(
        struct.pack("<IIB", first, last, number) for number, first, last in spans
    )


def default_bits(values: Iterable[int]) -> str:
    """The default table as printed in the standard: unary size, sign; 8 or 16 bits beyond."""
    out = []
    for value in values:
        if value == 0:
            out.append("0")
        elif abs(value) <= 8:
            out.append("1" * abs(value) + "0" + ("0" if value > 0 else "1"))
        elif -128 <= value <= 127:
            out.append("1" * 9 + "0" + f"{value & 0xFF:08b}")
        else:
            out.append("1" * 10 + f"{value & 0xFFFF:016b}")
    return "".join(out)


def packed(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def differences(values: Sequence[int], order: int) -> list[int]:
    found = list(values)
    if order == 1:
        return found[:1] + [b - a for a, b in pairwise(found)]
    if order == 2:
        return found[:2] + [
            found[k] - 2 * found[k - 1] + found[k - 2] for k in range(2, len(found))
        ]
    return found


def plain(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def stored(
    raws: Sequence[bytes], *, nanovolts: int, interval_us: int, order: int = 0, bimodal: int = 0
) -> bytes:
    """Section 5 or 6."""
    head = struct.pack("<HHBB", nanovolts, interval_us, order, bimodal)
    return head + b"".join(struct.pack("<H", len(raw)) for raw in raws) + b"".join(raws)


def statements(texts: Sequence[str]) -> bytes:
    """Section 8."""
    body = struct.pack("<BHBBBBBB", 0, 2020, 1, 2, 3, 4, 5, len(texts))
    for place, text in enumerate(texts, start=1):
        raw = text.encode() + b"\0"
        body += struct.pack("<BH", place, len(raw)) + raw
    return body


def globals_(onset_ms: int, end_ms: int) -> bytes:
    """Section 7 with one block: the reference beat."""
    times = struct.pack("<5H", 29999, 29999, onset_ms, end_ms, 29999)
    return struct.pack("<BBHH", 1, 0, 800, 29999) + times + struct.pack("<3h", 999, 45, 999)

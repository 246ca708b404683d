"""Packs samples in the formats of signal(5), bit by bit as that page words them."""

import struct
from collections.abc import Sequence


def pack(form: int, values: Sequence[int], signals: int = 1) -> bytes:
    """Multiplexed samples of ``signals`` signals; format 8 holds differences within each."""
    if form in (8, 80):
        return _bytes(form, values, signals)
    if form in (212, 310, 311):
        return _bits(form, values)
    if form == 24:
        return b"".join((value & 0xFFFFFF).to_bytes(3, "little") for value in values)
    letter = {16: "<h", 32: "<i", 61: ">h", 160: "<H"}[form]
    shift = 32_768 if form == 160 else 0
    return b"".join(struct.pack(letter, value + shift) for value in values)


def _bytes(form: int, values: Sequence[int], signals: int) -> bytes:
    if form == 80:
        return bytes(value + 128 for value in values)
    before = list(values[:signals])  # the header's initial values: the first difference is 0
    out = bytearray()
    for place, value in enumerate(values):
        step = value - before[place % signals]
        out += struct.pack("b", step)
        before[place % signals] = value
    return bytes(out)


def _bits(form: int, values: Sequence[int]) -> bytes:
    out = bytearray()
    if form == 212:
        for a, b in zip(values[::2], [*values[1::2], 0], strict=False):
            out += bytes((a & 0xFF, a >> 8 & 0xF | (b >> 8 & 0xF) << 4, b & 0xFF))
        return bytes(out)
    padded = [*values] + [0] * (-len(values) % 3)
    for at in range(0, len(padded), 3):
        a, b, c = (value & 0x3FF for value in padded[at : at + 3])
        if form == 311:
            out += struct.pack("<I", a | b << 10 | c << 20)
        else:
            out += struct.pack("<HH", a << 1 | (c & 0x1F) << 11, b << 1 | c >> 5 << 11)
    return bytes(out)

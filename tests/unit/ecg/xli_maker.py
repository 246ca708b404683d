"""Writes XLI chunks: second differences split into high and low bytes, then LZW words of 10 bits.

The inverse of what is published about the format, written apart from the reader.
"""

import struct
from collections.abc import Sequence

_END = 1023


def chunk(samples: Sequence[int]) -> bytes:
    """One lead; ``start`` is the delta that takes the third sample back."""
    words, start = _words(list(samples))
    high = bytes(word >> 8 & 0xFF for word in words)
    low = bytes(word & 0xFF for word in words)
    code = _lzw(high + low)
    return struct.pack("<IHh", len(code), 1, start) + code


def _words(samples: list[int]) -> tuple[list[int], int]:
    deltas = [
        2 * samples[place - 1] - samples[place - 2] - samples[place]
        for place in range(2, len(samples))
    ]
    start = deltas[0] if deltas else 0
    words = samples[:2] + [delta + 64 for delta in deltas[1:]]
    return words + [64] * (len(samples) - len(words)), start


def _lzw(data: bytes) -> bytes:
    table = {bytes([value]): value for value in range(256)}
    words, held = [], b""
    for value in data:
        longer = held + bytes([value])
        if longer in table:
            held = longer
            continue
        words.append(table[held])
        if len(table) < _END:
            table[longer] = len(table)
        held = bytes([value])
    words += [table[held]] if held else []
    bits = "".join(f"{word:010b}" for word in [*words, _END])
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))

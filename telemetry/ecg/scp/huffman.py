"""Section 2: the codes samples are written in, and the sums that undo the differences.

A code structure (EN 1064, 5.5) says: this many bits are the prefix, this many the whole code; the
bits between them are a signed number, most significant first, added to the base value. Prefixes are
stored with their first bit as the least significant one. Mode 0 is no value but "go on with table
number so and so". 19999 stands for the default table, printed in the standard and below. Every lead
begins with the first table.
"""

from typing import Final

import msgspec
import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.cursor import Cursor
from telemetry.ecg.limits import CODES_MAX, TABLES_MAX
from telemetry.ecg.model import GAP, Samples

_DEFAULT: Final = 19_999
_PREFIX_MAX_BITS: Final = 32  # a base code is stored in four bytes
_EXTRA_MAX_BITS: Final = 32


class Code(msgspec.Struct, frozen=True):
    """What one prefix means: how many bits follow it, and a value or the next table."""

    extra_bits: int
    base: int
    is_value: bool


class Table(msgspec.Struct, frozen=True):
    """Prefixes as words of 0 and 1, and the lengths they come in, shortest first."""

    codes: dict[str, Code]
    lengths: tuple[int, ...]


def _default_table() -> Table:
    codes = {"0": Code(0, 0, True)}
    for size in range(1, 9):
        codes["1" * size + "00"] = Code(0, size, True)
        codes["1" * size + "01"] = Code(0, -size, True)
    codes["1" * 9 + "0"] = Code(8, 0, True)
    codes["1" * 10] = Code(16, 0, True)
    return _table(codes)


def _table(codes: dict[str, Code]) -> Table:
    return Table(codes, tuple(sorted({len(prefix) for prefix in codes})))


def read_tables(cursor: Cursor) -> tuple[Table, ...]:
    """The tables of section 2; empty where it says there are none: samples are then plain."""
    count = cursor.unsigned(2, "the number of Huffman tables")
    if count == _DEFAULT:
        return (DEFAULT_TABLE,)
    if count > TABLES_MAX:
        raise BadPayload("ecg_huffman", f"section 2 says {count} Huffman tables")
    return tuple(_read_table(cursor, number) for number in range(1, count + 1))


def _read_table(cursor: Cursor, number: int) -> Table:
    size = cursor.unsigned(2, f"Huffman table {number}")
    if size > CODES_MAX:
        raise BadPayload("ecg_huffman", f"Huffman table {number} says {size} codes")
    codes: dict[str, Code] = {}
    for _ in range(size):
        prefix_bits, all_bits = cursor.unsigned(1, "a code"), cursor.unsigned(1, "a code")
        mode, base = cursor.unsigned(1, "a code"), cursor.signed(2, "a code")
        written = cursor.unsigned(4, "a code")
        extra_bits = all_bits - prefix_bits
        if not 1 <= prefix_bits <= _PREFIX_MAX_BITS or not 0 <= extra_bits <= _EXTRA_MAX_BITS:
            raise BadPayload(
                "ecg_huffman",
                f"Huffman table {number}: a code of {all_bits} bits with {prefix_bits} of prefix",
            )
        prefix = f"{written & (2**prefix_bits - 1):0{prefix_bits}b}"[::-1]
        codes[prefix] = Code(extra_bits, base, mode != 0)
    return _table(codes)


def decode(raw: bytes, wanted: int, tables: tuple[Table, ...], where: str) -> list[int]:
    """At most ``wanted`` values out of ``raw``; fewer where the bits end first."""
    bits = bin(int.from_bytes(b"\1" + raw, "big"))[3:]
    values: list[int] = []
    at, end, table = 0, len(bits), tables[0]
    while len(values) < wanted and at < end:
        for length in table.lengths:
            code = table.codes.get(bits[at : at + length])
            if code is not None:
                break
        else:
            if end - at < (table.lengths[-1] if table.lengths else 1):
                break
            raise BadPayload("ecg_huffman", f"{where}: no code fits at bit {at}")
        at += length + code.extra_bits
        if at > end:
            break
        if code.is_value:
            values.append(code.base + _signed(bits[at - code.extra_bits : at]))
            continue
        if not 1 <= code.base <= len(tables):
            raise BadPayload("ecg_huffman", f"{where}: there is no Huffman table {code.base}")
        table = tables[code.base - 1]
    return values


def _signed(bits: str) -> int:
    if not bits:
        return 0
    return int(bits, 2) - (1 << len(bits) if bits[0] == "1" else 0)


def plain(raw: bytes) -> Samples:
    """Samples stored as 16-bit integers, without a code."""
    return np.frombuffer(raw, dtype="<i2", count=len(raw) // 2).astype(np.int32)


def undo_differences(stored: Samples, order: int, where: str) -> Samples:
    """The samples whose 0th, 1st or 2nd differences are ``stored``.

    First differences begin with the first sample, second ones with the first two.
    """
    if order == 0 or len(stored) == 0:
        return stored
    sums = stored.astype(np.int64)
    if order == 2 and len(sums) > 1:
        sums[1] -= sums[0]
        sums[1:] = np.cumsum(sums[1:])
    total = np.cumsum(sums)
    if max(int(total.max()), -int(total.min())) >= -GAP:
        raise BadPayload("ecg_differences", f"{where}: the differences sum up beyond any sample")
    return total.astype(np.int32)


DEFAULT_TABLE: Final = _default_table()

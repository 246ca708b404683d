"""Numbers, times and texts as JT/T 808 writes them. Pure; every reader raises for short data.

BCD times are GMT+8 (JT/T 808-2019, 4.3) and come out in UTC.
"""

import re
import struct
from datetime import datetime, timedelta
from typing import Final

from telemetry.jt808.limits import TEXT_MAX_CHARS

CHINA: Final = timedelta(hours=8)
U8: Final = struct.Struct(">B")
U16: Final = struct.Struct(">H")
U32: Final = struct.Struct(">I")
S16: Final = struct.Struct(">h")

_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{0,9})?|[+-]?\.[0-9]{1,9}")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,10}")

READ_ERRORS: Final = (struct.error, IndexError, ValueError, OverflowError)
"""What a value that is too short, or no number, raises in its reader."""


def u8(value: bytes, at: int = 0) -> int:
    """One byte."""
    return value[at]


def u16(value: bytes, at: int = 0) -> int:
    """A WORD."""
    return int(U16.unpack_from(value, at)[0])


def s16(value: bytes, at: int = 0) -> int:
    """A WORD in two's complement."""
    return int(S16.unpack_from(value, at)[0])


def u32(value: bytes, at: int = 0) -> int:
    """A DWORD."""
    return int(U32.unpack_from(value, at)[0])


def signed_by_bit(word: int) -> int:
    """A WORD whose highest bit is a sign, and not two's complement."""
    return -(word & 0x7FFF) if word & 0x8000 else word


def exactly(value: bytes, count: int, at: int = 0) -> bytes:
    """``count`` bytes from ``at``; raises ValueError when they are not there."""
    found = value[at : at + count]
    if len(found) != count:
        raise ValueError(f"{count} bytes expected, {len(found)} are there")
    return found


def decimal(words: str) -> float:
    """A number as text has it; raises ValueError for infinity, NaN and what only Python reads."""
    if not _DECIMAL.fullmatch(words.strip()):
        raise ValueError(f"not a number: {words[:20]!r}")
    return float(words)


def whole(words: str) -> int:
    """A whole number as text has it; raises ValueError."""
    if not _WHOLE.fullmatch(words.strip()):
        raise ValueError(f"not a whole number: {words[:20]!r}")
    return int(words)


def text(value: bytes, encoding: str = "gbk") -> str:
    """Text without its padding; bytes that are none become U+FFFD."""
    words = value.decode(encoding, "replace").replace("\0", "")
    return words.strip()[:TEXT_MAX_CHARS]


def ascii_of(value: bytes) -> str:
    """Text of ASCII, with U+FFFD for what is none."""
    return text(value, "ascii")


def utc_of(bcd: bytes, offset: timedelta = CHINA) -> str | None:
    """YYMMDDhhmmss in BCD as ISO 8601 in UTC; None for a clock never set, or no time at all."""
    if len(bcd) < 6:
        return None
    digits = bcd[:6].hex()
    try:
        local = datetime(
            2000 + int(digits[0:2]),
            int(digits[2:4]),
            int(digits[4:6]),
            int(digits[6:8]),
            int(digits[8:10]),
            int(digits[10:12]),
        )
    except ValueError:
        return None
    return (local - offset).isoformat() + "Z"

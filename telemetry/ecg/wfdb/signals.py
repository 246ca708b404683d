"""The signal formats of WFDB (PhysioNet, signal(5)): bytes in, int32 samples out.

    8     differences, one signed byte each; the first is added to the header's initial value
    16    two's complement, low byte first           61    the same, high byte first
    24,32 two's complement, low byte first           80    one byte, 128 is zero
    160   two bytes, low first, 32768 is zero        212   two 12-bit samples in three bytes
    310   three 10-bit samples in two words, each word 11 bits of one and 5 of the third
    311   three 10-bit samples in one word of 32 bits

Each has a code for "no value" (the most negative one), which becomes `GAP`. 508, 516 and 524 are
FLAC, for which no library is part of Greenlane: they are refused by name.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from dispatch.errors import BadPayload
from telemetry.ecg.model import GAP, Samples

_Bytes = npt.NDArray[np.uint8]


class Packing(msgspec.Struct, frozen=True):
    """How a format packs: ``samples`` in every ``size`` bytes, its gap code, its reader."""

    samples: int
    size: int
    gap: int | None
    read: Callable[[_Bytes], Samples]


def _words(kind: str, minus: int = 0) -> Callable[[_Bytes], Samples]:
    def read(raw: _Bytes) -> Samples:
        return (raw.view(kind).astype(np.int64) - minus).astype(np.int32)

    return read


def _three_bytes(raw: _Bytes) -> Samples:
    parts = raw.reshape(-1, 3).astype(np.int32)
    return _signed(parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16, 24)


def _twelve_bits(raw: _Bytes) -> Samples:
    parts = raw.reshape(-1, 3).astype(np.int32)
    first = parts[:, 0] | (parts[:, 1] & 0x0F) << 8
    second = parts[:, 2] | (parts[:, 1] & 0xF0) << 4
    return _signed(np.stack([first, second], axis=1).reshape(-1), 12)


def _ten_bits_in_words(raw: _Bytes) -> Samples:
    words = raw.view("<u2").astype(np.int32).reshape(-1, 2)
    first, second = words[:, 0] >> 1 & 0x3FF, words[:, 1] >> 1 & 0x3FF
    third = words[:, 0] >> 11 & 0x1F | (words[:, 1] >> 11 & 0x1F) << 5
    return _signed(np.stack([first, second, third], axis=1).reshape(-1), 10)


def _ten_bits_in_one(raw: _Bytes) -> Samples:
    word = raw.view("<u4").astype(np.int64)
    parts = [word & 0x3FF, word >> 10 & 0x3FF, word >> 20 & 0x3FF]
    return _signed(np.stack(parts, axis=1).reshape(-1).astype(np.int32), 10)


def _signed(values: Samples, bits: int) -> Samples:
    half = 1 << (bits - 1)
    return ((values ^ half) - half).astype(np.int32)


PACKINGS: Final = {
    8: Packing(1, 1, None, _words("i1")),
    16: Packing(1, 2, -(2**15), _words("<i2")),
    24: Packing(1, 3, -(2**23), _three_bytes),
    32: Packing(1, 4, -(2**31), _words("<i4")),
    61: Packing(1, 2, -(2**15), _words(">i2")),
    80: Packing(1, 1, -(2**7), _words("u1", 128)),
    160: Packing(1, 2, -(2**15), _words("<u2", 32_768)),
    212: Packing(2, 3, -(2**11), _twelve_bits),
    310: Packing(3, 4, -(2**9), _ten_bits_in_words),
    311: Packing(3, 4, -(2**9), _ten_bits_in_one),
}
_FLAC: Final = frozenset({508, 516, 524})


def packing_of(number: int) -> Packing:
    """The format of that number; BadPayload where it is none or one of the FLAC ones."""
    if number in _FLAC:
        raise BadPayload(
            "ecg_format",
            f"WFDB format {number} is compressed with FLAC, which Greenlane does not read; "
            "convert it with xform to format 16",
        )
    packing = PACKINGS.get(number)
    if packing is None:
        raise BadPayload("ecg_format", f"there is no WFDB signal format {number}")
    return packing


def unpack(raw: bytes, packing: Packing, wanted: int | None) -> Samples:
    """The samples in ``raw``, multiplexed as they lie; at most ``wanted``, gap codes kept.

    The last group may be cut where its samples are not all needed, as WFDB writes odd numbers.
    """
    groups = -(-len(raw) // packing.size)
    padded = np.zeros(groups * packing.size, dtype=np.uint8)
    padded[: len(raw)] = np.frombuffer(raw, dtype=np.uint8)
    samples = packing.read(padded)
    whole = len(raw) * packing.samples // packing.size
    return samples[: whole if wanted is None else min(whole, wanted)]


def with_gaps(samples: Samples, packing: Packing) -> Samples:
    """The same with the format's "no value" turned into `GAP`."""
    if packing.gap is None:
        return samples
    return np.where(samples == packing.gap, np.int32(GAP), samples).astype(np.int32)

"""XLI, the compression of Philips waveforms: chunks of LZW over second differences.

A chunk a lead: u32 bytes of code · u16 unused · i16 start · code. The code is LZW with words of 10
bits, most significant first, over an alphabet of 256; 1023 ends it. Out come 2n bytes, first the
high bytes of n words, then the low ones. The first two words are samples. From then on

    sample[i] = 2 · sample[i-1] - sample[i-2] - delta,   delta = start, then word[i-1] - 64

that is, each word speaks of the sample behind the next one. Sums wrap at 16 bits. (Described by the
users of the sierra-ecg-tools; this is Greenlane's own implementation.)
"""

from typing import Final

import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.cursor import Cursor
from telemetry.ecg.limits import LEADS_MAX, SAMPLES_MAX
from telemetry.ecg.model import Samples

_BITS: Final = 10
_END: Final = (1 << _BITS) - 1
_FIRST_NEW: Final = 256
_BIAS: Final = 64


def read_chunks(data: bytes, samples: int) -> list[Samples]:
    """One array a chunk, each of at most ``samples`` samples."""
    cursor = Cursor(data, "the XLI data")
    leads: list[Samples] = []
    while cursor.left and len(leads) < LEADS_MAX:
        place = len(leads) + 1
        size = cursor.unsigned(4, f"chunk {place}")
        cursor.take(2, f"chunk {place}")
        start = cursor.signed(2, f"chunk {place}")
        code = cursor.take(size, f"chunk {place}")[: 2 * samples * _BITS // 8 + _BITS]
        leads.append(_undo(_inflate(code, 2 * samples, place), start))
        if len(leads) * samples > SAMPLES_MAX:
            raise BadPayload("ecg_samples", f"more than {SAMPLES_MAX} samples")
    return leads


def _inflate(code: bytes, most: int, place: int) -> bytes:
    """LZW undone; at most ``most`` bytes, so that a small chunk cannot become a large one."""
    bits = bin(int.from_bytes(b"\1" + code, "big"))[3:]
    strings = [bytes([value]) for value in range(_FIRST_NEW)]
    out, length, before = [], 0, b""
    for at in range(0, len(bits) - _BITS + 1, _BITS):
        word = int(bits[at : at + _BITS], 2)
        if word == _END or length >= most:
            break
        if word < len(strings):
            string = strings[word]
        elif word == len(strings) and before:
            string = before + before[:1]
        else:
            raise BadPayload("ecg_xli", f"chunk {place}: word {word} at bit {at} was never made")
        if before and len(strings) < _END:
            strings.append(before + string[:1])
        out.append(string)
        length += len(string)
        before = string
    return b"".join(out)[:most]


def _undo(raw: bytes, start: int) -> Samples:
    raw += b"\0" * (len(raw) % 2)
    count = len(raw) // 2
    words = np.frombuffer(raw[:count], np.uint8).astype(np.int32) << 8
    words |= np.frombuffer(raw[count:], np.uint8)
    values = words.astype(np.int16).astype(np.int64).tolist()
    last = start
    for place in range(2, count):
        following = 2 * values[place - 1] - values[place - 2] - last
        last = values[place] - _BIAS
        values[place] = (following + 0x8000) % 0x10000 - 0x8000
    return np.array(values, dtype=np.int32)

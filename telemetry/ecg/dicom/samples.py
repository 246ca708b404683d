"""The sample codings of a DICOM waveform (PS3.3 C.10.9.1.5) as int32.

    SB, UB  8 bits      SS, US  16 bits      SL, UL  32 bits
    MB, AB  8 bits, ITU-T G.711 mu-law and A-law: made for speech, allowed for waveforms

The padding value is compared as stored, before any decoding, and becomes `GAP`.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from dispatch.errors import BadPayload
from telemetry.ecg.model import GAP, Samples


class Kind(msgspec.Struct, frozen=True):
    """One coding: numpy's letter for it and the bytes of one sample."""

    name: str
    letter: str
    size: int


_KINDS: Final = {
    (8, "SB"): Kind("SB", "i1", 1),
    (8, "UB"): Kind("UB", "u1", 1),
    (8, "MB"): Kind("MB", "u1", 1),
    (8, "AB"): Kind("AB", "u1", 1),
    (16, "SS"): Kind("SS", "i2", 2),
    (16, "US"): Kind("US", "u2", 2),
    (32, "SL"): Kind("SL", "i4", 4),
    (32, "UL"): Kind("UL", "u4", 4),
}


def kind_of(bits: int, name: str, where: str) -> Kind:
    """The coding of that name; BadPayload where bits and name do not go together."""
    kind = _KINDS.get((bits, name))
    if kind is None:
        raise BadPayload("ecg_format", f"{where}: samples of {bits} bits as {name[:16]!r}")
    return kind


def linear(raw: bytes, kind: Kind, is_little: bool, padding: bytes | None) -> Samples:
    """The samples in the order they lie; an unsigned 32-bit one above int32 is refused."""
    order = "<" if is_little else ">"
    stored = np.frombuffer(raw, dtype=order + kind.letter)
    if kind.name in ("MB", "AB"):
        table = _MU_LAW if kind.name == "MB" else _A_LAW
        values = table[stored].astype(np.int64)
    else:
        values = stored.astype(np.int64)
    gaps: npt.NDArray[np.bool_] | None = None
    if padding is not None and len(padding) == kind.size:
        gaps = stored == np.frombuffer(padding, dtype="<" + kind.letter)[0]
        values = np.where(gaps, 0, values)
    if len(values) and not GAP < int(values.min()) <= int(values.max()) < -GAP:
        raise BadPayload("ecg_samples", "a sample is beyond 32 bits with a sign")
    if gaps is not None:
        values = np.where(gaps, GAP, values)
    samples: Samples = values.astype(np.int32)
    return samples


def _mu_law() -> npt.NDArray[np.int32]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int32)


def _a_law() -> npt.NDArray[np.int32]:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    part, step = (code >> 4) & 7, code & 0x0F
    size = np.where(part == 0, (step << 4) + 8, ((step << 4) + 0x108) << np.maximum(part - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int32)


_MU_LAW: Final = _mu_law()
_A_LAW: Final = _a_law()

"""Bodies of messages that are made of bytes: ECG files in parts, waveforms in blocks. Pure.

The envelope is the outbox's; the other bodies are small enough to be written where they are sent.
"""

import base64
import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry.contract import NOT_MEASURED, Channel
from telemetry.limits import ECG_BYTES_MAX, ECG_PART_BYTES_MAX

_LSB_MAX = 32_767


def ecg_parts(content: bytes) -> list[dict[str, Any]]:
    """A whole ECG file as the bodies of its parts, in order.

    Raises ValueError for an empty file and for one that the core would not take.
    """
    if not 1 <= len(content) <= ECG_BYTES_MAX:
        raise ValueError(f"an ECG file of {len(content)} bytes: 1 to {ECG_BYTES_MAX} are taken")
    whole = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "parts": math.ceil(len(content) / ECG_PART_BYTES_MAX),
    }
    return [
        {**whole, "part": number, "data": base64.b64encode(content[start : start + size]).decode()}
        for number, start, size in _slices(len(content))
    ]


def waveform_body(
    channel: Channel, hz: float, unit: str, values: Sequence[float] | NDArray[np.float64]
) -> dict[str, Any]:
    """A block of values in ``unit``, NaN not measured, as int16 with the finest scale that fits."""
    block = np.asarray(values, dtype=np.float64)
    known = block[np.isfinite(block)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    middle = (low + high) / 2
    per_lsb = max((high - low) / 2 / _LSB_MAX, 1e-9)
    with np.errstate(invalid="ignore"):
        steps = np.rint((block - middle) / per_lsb)
    steps = np.where(np.isfinite(block), np.clip(steps, -_LSB_MAX, _LSB_MAX), NOT_MEASURED)
    return stored_waveform_body(channel, hz, unit, per_lsb, middle, steps.astype("<i2"))


def stored_waveform_body(
    channel: Channel, hz: float, unit: str, per_lsb: float, zero: float, samples: NDArray[np.int16]
) -> dict[str, Any]:
    """A block of a device's own integers: a sample is worth ``zero + per_lsb * sample``."""
    return {
        "channel": channel,
        "hz": hz,
        "unit": unit,
        "per_lsb": per_lsb,
        "offset": zero,
        "samples": base64.b64encode(samples.astype("<i2").tobytes()).decode(),
    }


def _slices(size: int) -> Iterator[tuple[int, int, int]]:
    for number, start in enumerate(range(0, size, ECG_PART_BYTES_MAX), 1):
        yield number, start, ECG_PART_BYTES_MAX

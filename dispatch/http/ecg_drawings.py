"""An ECG as the JSON a screen draws: the file's own integers with their scale, and no patient.

Nothing here reads a format (`telemetry.ecg`). A file is decoded in a thread and its answer kept by
the file's hash, so that a desk and a board that open the same ECG decode it once.
"""

import asyncio
from collections import OrderedDict
from typing import Any

import msgspec

from dispatch.errors import BadPayload
from dispatch.limits import (
    ECG_CACHE_BYTES_MAX,
    ECG_CACHE_ENTRIES_MAX,
    ECG_DRAWN_MAX_S,
    ECG_DRAWN_SAMPLES_MAX,
    ECGS_READ_AT_ONCE,
)
from telemetry.ecg.leads import in_order
from telemetry.ecg.model import Acquired, Ecg, Lead
from telemetry.ecg.report import plain
from telemetry.ecg_stored import read_stored
from telemetry.rows import EcgFile


class Drawings:
    """Decoded ECGs as JSON by hash of their file, the least lately asked for goes first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0
        self._turns = asyncio.Semaphore(ECGS_READ_AT_ONCE)

    async def of(self, file: EcgFile) -> bytes:
        """The drawing of a file as JSON; one that cannot be read says why."""
        if file.sha256 not in self._held:
            async with self._turns:
                drawn = await asyncio.to_thread(drawing, file.content)
            self._keep(file.sha256, drawn)
            return drawn
        self._held.move_to_end(file.sha256)
        return self._held[file.sha256]

    def _keep(self, sha256: str, drawn: bytes) -> None:
        self._size_bytes += len(drawn) - len(self._held.pop(sha256, b""))
        self._held[sha256] = drawn
        while len(self._held) > ECG_CACHE_ENTRIES_MAX or self._size_bytes > ECG_CACHE_BYTES_MAX:
            _, gone = self._held.popitem(last=False)
            self._size_bytes -= len(gone)


def drawing(content: bytes) -> bytes:
    """What a screen needs to draw the ECG in these bytes, as a JSON object.

    Samples are the file's own integers; a microvolt is ``sample * uv_per_lsb + offset_uv``, a gap
    -2147483648. ``cut_to_s`` is set where the record is longer than a screen draws.
    """
    try:
        found = read_stored(content)
    except BadPayload as bad:
        return msgspec.json.encode(
            {"fault": {"code": bad.reason, "detail": bad.detail}, "leads": []}
        )
    shown_s = _shown_s(found)
    leads = in_order([*found.leads, *found.derived])
    is_cut = any(len(lead.samples) > shown_s * lead.hz for lead in leads)
    return msgspec.json.encode(
        {
            "fault": None,
            "format": found.format,
            "acquired": _acquired(found.acquired),
            "duration_s": plain(found.duration_s),
            "cut_to_s": shown_s if is_cut else None,
            "device": found.device,
            "filters": found.filters,
            "leads": [_lead(lead, shown_s) for lead in leads],
            "statements": found.statements,
            "measurements": found.measurements,
            "warnings": found.warnings,
        }
    )


def _shown_s(found: Ecg) -> int:
    rate = sum(lead.hz for lead in (*found.leads, *found.derived))
    return max(1, min(ECG_DRAWN_MAX_S, int(ECG_DRAWN_SAMPLES_MAX / rate))) if rate else 1


def _acquired(found: Acquired | None) -> dict[str, Any] | None:
    return None if found is None else {"local": found.local, "zone": found.zone}


def _lead(lead: Lead, shown_s: int) -> dict[str, Any]:
    return {
        "name": lead.name,
        "hz": plain(lead.hz),
        "start_s": plain(lead.start_s),
        "uv_per_lsb": plain(lead.uv_per_lsb),
        "uv_per_lsb_exact": str(lead.uv_per_lsb),
        "offset_uv": plain(lead.offset_uv),
        "is_derived": lead.derived,
        "filters": lead.filters,
        "samples": lead.samples[: int(shown_s * lead.hz)].tolist(),
    }

"""An ECG as the JSON document `greenlane ecg read` prints: patient-free, exact, with first values.

Plain dicts and lists only. What is in it is described for readers in docs/ecg.md.
"""

from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from telemetry.ecg.advice import st_at_j
from telemetry.ecg.leads import in_order
from telemetry.ecg.model import GAP, Channel, Ecg, Lead, Samples, sample_hash

_DECIMALS = 6  # of a microvolt: nothing is lost of 16 bits in steps of a nanovolt


def document(ecg: Ecg, shown: int) -> dict[str, Any]:
    """The document; of each lead the first ``shown`` samples in microvolts, null in a gap."""
    leads = in_order([*ecg.leads, *ecg.derived])
    advice = msgspec.to_builtins(st_at_j(ecg))
    return {
        "format": ecg.format,
        "version": ecg.version,
        "acquired": _acquired(ecg),
        "duration_s": plain(ecg.duration_s),
        "hz": None if ecg.hz is None else plain(ecg.hz),
        "filters": None if ecg.filters is None else msgspec.to_builtins(ecg.filters),
        "device": msgspec.to_builtins(ecg.device),
        "patient_context": msgspec.to_builtins(ecg.context),
        "sample_sha256": sample_hash(ecg.leads),
        "leads": [_lead(lead, ecg, shown) for lead in leads],
        "other_channels": [_channel(one, shown) for one in ecg.channels],
        "representative_beat": _beat(ecg),
        "device_statements": msgspec.to_builtins(
            [one for one in ecg.statements if one.by == "device"]
        ),
        "other_statements": msgspec.to_builtins(
            [one for one in ecg.statements if one.by != "device"]
        ),
        "device_measurements": msgspec.to_builtins(ecg.measurements),
        "st_at_j": advice,
        "warnings": list(ecg.warnings),
    }


def plain(value: Fraction) -> int | float:
    """An integer where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def _acquired(ecg: Ecg) -> dict[str, Any] | None:
    if ecg.acquired is None:
        return None
    return {"local": ecg.acquired.local, "zone": ecg.acquired.zone or "no zone stated"}


def _lead(lead: Lead, ecg: Ecg, shown: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": lead.name,
        "derived": lead.derived,
        "samples": len(lead.samples),
        "gaps": int(np.count_nonzero(lead.samples == GAP)),
        "hz": plain(lead.hz),
        "start_s": plain(lead.start_s),
        "uv_per_lsb": plain(lead.uv_per_lsb),
        "uv_per_lsb_exact": str(lead.uv_per_lsb),
        "offset_uv": plain(lead.offset_uv),
        "first_uv": _first(lead.samples, lead.uv_per_lsb, lead.offset_uv, shown),
    }
    if ecg.filters is None:
        found["filters"] = msgspec.to_builtins(lead.filters)
    return found


def _channel(one: Channel, shown: int) -> dict[str, Any]:
    return {
        "name": one.name,
        "unit": one.unit,
        "samples": len(one.samples),
        "gaps": int(np.count_nonzero(one.samples == GAP)),
        "hz": plain(one.hz),
        "first": _first(one.samples, one.scale, one.offset, shown),
    }


def _first(
    samples: Samples, scale: Fraction, offset: Fraction, shown: int
) -> list[int | float | None]:
    return [
        None if value == GAP else plain(Fraction(round(float(value * scale + offset), _DECIMALS)))
        for value in samples[:shown].tolist()
    ]


def _beat(ecg: Ecg) -> dict[str, Any] | None:
    if not ecg.median:
        return None
    beat = ecg.median_beat
    return {
        "leads": [lead.name for lead in ecg.median],
        "samples": len(ecg.median[0].samples),
        "hz": plain(ecg.median[0].hz),
        "qrs_onset_s": plain(beat.qrs_onset_s) if beat else None,
        "qrs_end_s": plain(beat.qrs_end_s) if beat else None,
    }

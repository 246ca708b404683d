"""The ST level at the J point, and when it must not be measured.

An advice with its conditions, never a diagnosis: the thresholds of infarction are a rule of the
clinical register, and a physician confirms (REFERENCE.md §3.1). What is measured here:

    ST(J) = representative beat at the end of QRS - the same at the onset of QRS

with the onset as the reference line (Fourth Universal Definition of Myocardial Infarction, 2018)
and both marks set by the device; Greenlane marks no waves itself. Only diagnostic bandwidth is
measured: 0.05-150 Hz as stated in the file, sampled at 500 Hz or more; a monitor's 0.5-40 Hz bends
the ST segment (REFERENCE.md §7.1). Where a condition does not hold, or the file does not say, the
answer is the reason and no number.
"""

from typing import Final

import msgspec

from telemetry.ecg.leads import TWELVE, derive, in_order
from telemetry.ecg.model import GAP, Beat, Ecg, Filters, Lead

HIGH_PASS_MAX_HZ: Final = 0.05  # REFERENCE.md §7.1
LOW_PASS_MIN_HZ: Final = 150.0  # REFERENCE.md §7.1
RATE_MIN_HZ: Final = 500  # REFERENCE.md §7.1: the rate of a typical 12-lead ECG
LABEL: Final = "advice: measured by Greenlane on the device's representative beat; not a diagnosis"


class StLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One lead's level at the J point against the onset of QRS, in microvolts."""

    lead: str
    st_j_uv: float


class StAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """Levels, or the reasons why there are none; ``label`` goes wherever they go."""

    levels: tuple[StLevel, ...] = ()
    withheld: tuple[str, ...] = ()
    label: str = LABEL


def st_at_j(ecg: Ecg) -> StAdvice:
    """ST levels of the twelve leads, or why they are withheld."""
    reasons = _reasons(ecg)
    if reasons or ecg.median_beat is None:
        return StAdvice(withheld=tuple(reasons))
    leads = in_order([*ecg.median, *derive(ecg.median)])
    levels = [_level(lead, ecg.median_beat) for lead in leads if lead.name in TWELVE]
    return StAdvice(levels=tuple(one for one in levels if one is not None))


def _reasons(ecg: Ecg) -> list[str]:
    if not ecg.leads:
        return ["there is no ECG lead"]
    found = []
    for filters in dict.fromkeys(lead.filters for lead in ecg.leads):
        found += _bandwidth(filters)
    slowest = min(lead.hz for lead in ecg.leads)
    if slowest < RATE_MIN_HZ:
        found.append(f"sampled at {float(slowest):g} Hz; {RATE_MIN_HZ} Hz or more is needed")
    if not ecg.median:
        found.append("the file has no representative beat")
    elif ecg.median_beat is None:
        found.append("the file does not mark QRS onset and end on its representative beat")
    return list(dict.fromkeys(found))


def _bandwidth(filters: Filters) -> list[str]:
    high, low = filters.high_pass_hz, filters.low_pass_hz
    found = []
    if high is None:
        found.append("the file does not state its high-pass filter")
    elif high > HIGH_PASS_MAX_HZ:
        found.append(f"high-pass filter {high:g} Hz; at most {HIGH_PASS_MAX_HZ:g} Hz is diagnostic")
    if low is None:
        found.append("the file does not state its low-pass filter")
    elif low < LOW_PASS_MIN_HZ:
        found.append(f"low-pass filter {low:g} Hz; at least {LOW_PASS_MIN_HZ:g} Hz is diagnostic")
    return found


def _level(lead: Lead, beat: Beat) -> StLevel | None:
    onset, end = (round(edge * lead.hz) for edge in (beat.qrs_onset_s, beat.qrs_end_s))
    if not 0 <= onset < end < len(lead.samples):
        return None
    first, last = int(lead.samples[onset]), int(lead.samples[end])
    if GAP in (first, last):
        return None
    return StLevel(lead=lead.name, st_j_uv=float((last - first) * lead.uv_per_lsb))

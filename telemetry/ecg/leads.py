"""Names and order of leads, and the four that follow from I and II.

One table knows what the code systems call a lead: the numbers of SCP-ECG (EN 1064, table of section
3), which ISO/IEEE 11073-10102 and DICOM's CID 3001 took over, and the names people write. A lead
that nobody here knows keeps the name the file gives it.

III = II - I, aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2 (Einthoven, Goldberger;
REFERENCE.md §8.3). They are computed in integers of half a step, so no rounding enters, and never
in place of a lead the file stores.
"""

import re
from fractions import Fraction
from math import gcd
from typing import Final

import msgspec
import numpy as np

from telemetry.ecg.model import GAP, Lead, Samples

TWELVE: Final = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_MORE: Final = ("V7", "V8", "V9", "V1R", "V2R", "V3R", "V4R", "V5R", "V6R", "V7R", "V8R", "V9R",
                "X", "Y", "Z")  # fmt: skip
_PLACE: Final = {name: place for place, name in enumerate((*TWELVE, *_MORE))}

_BY_NUMBER: Final = {
    1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 10: "V2R",
    11: "V3R", 12: "V4R", 13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z", 19: "CC5",
    20: "CM5", 21: "LA", 22: "RA", 23: "LL", 24: "fI", 25: "fE", 26: "fC", 27: "fA", 28: "fM",
    29: "fF", 30: "fH", 61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 65: "-aVR", 66: "V8", 67: "V9",
    68: "V8R", 69: "V9R", 70: "D", 71: "A", 72: "J", 73: "Defib", 74: "Extern", 75: "A1",
    76: "A2", 77: "A3", 78: "A4", 86: "MCL1", 87: "MCL2", 88: "MCL3", 89: "MCL4", 90: "MCL5",
    91: "MCL6", 131: "ES", 132: "AS", 133: "AI",
}  # fmt: skip
_NUMBER: Final = {name: number for number, name in _BY_NUMBER.items()}
_KNOWN: Final = (*_PLACE, *_BY_NUMBER.values(), "MLI", "MLII", "MLIII", "MV1", "MV2", "MV5", "CM2",
                 "CM4", "ML5", "ECG1", "ECG2")  # fmt: skip
_BY_NAME: Final = {name.upper(): name for name in _KNOWN} | {
    "VX": "X", "VY": "Y", "VZ": "Z", "LEADI": "I", "LEADII": "II", "LEADIII": "III", "AVR-": "-aVR",
    "C1": "V1", "C2": "V2", "C3": "V3", "C4": "V4", "C5": "V5", "C6": "V6",
}  # fmt: skip
_AROUND: Final = re.compile(
    r"\AMDC_ECG_(?:LEAD|ELEC_POTL)_|\A(?:ECG[ _-]*)?LEAD[ _-]+|\AECG[ _-]+", re.I
)
_ASIDE: Final = re.compile(r"\s*\([^()]*\)\s*")
_NAME_MAX_CHARS: Final = 24


def lead_of_number(number: int) -> str:
    """The lead SCP-ECG and 11073-10102 number so; a number in no table stays visible."""
    return _BY_NUMBER.get(number, f"lead {number}")


def number_of_lead(name: str) -> int | None:
    """The number of a lead in those tables."""
    return _NUMBER.get(name)


def known_lead(text: str) -> str | None:
    """The standard name of what a file calls ``text``, or None where it is no known lead."""
    plain = _ASIDE.sub("", text).strip()
    for candidate in (plain, _AROUND.sub("", plain)):
        found = _BY_NAME.get(candidate.upper().replace(" ", "").replace("_", ""))
        if found is not None:
            return found
    return None


def lead_of_name(text: str) -> str:
    """The standard name, or the file's own one, shortened and without control characters."""
    own = "".join(letter for letter in text.strip() if letter.isprintable())
    return known_lead(text) or _AROUND.sub("", own)[:_NAME_MAX_CHARS] or "unnamed"


def in_order(leads: list[Lead]) -> tuple[Lead, ...]:
    """Canonical order: the twelve, further chest leads, X Y Z, then the others as stored.

    Leads of the same name are told apart by #2, #3, in the order of the file.
    """
    seen: dict[str, int] = {}
    named = []
    for lead in leads:
        seen[lead.name] = count = seen.get(lead.name, 0) + 1
        name = lead.name if count == 1 else f"{lead.name}#{count}"
        named.append(lead if count == 1 else msgspec.structs.replace(lead, name=name))
    return tuple(sorted(named, key=lambda lead: _PLACE.get(lead.name, len(_PLACE))))


_FROM_I_AND_II: Final = (
    ("III", -1, 1, 1),
    ("aVR", -1, -1, 2),
    ("aVL", 2, -1, 2),
    ("aVF", -1, 2, 2),
)  # name, times I, times II, divided by


def derive(leads: tuple[Lead, ...]) -> tuple[Lead, ...]:
    """Those of III, aVR, aVL and aVF that are not stored, where I and II are and fit together."""
    stored = {lead.name: lead for lead in leads}
    one, two = stored.get("I"), stored.get("II")
    if one is None or two is None or (one.hz, one.start_s) != (two.hz, two.start_s):
        return ()
    wanted = [row for row in _FROM_I_AND_II if row[0] not in stored]
    found = [_combined(one, two, *row) for row in wanted]
    return tuple(lead for lead in found if lead is not None)


def _combined(one: Lead, two: Lead, name: str, ones: int, twos: int, part: int) -> Lead | None:
    step = _common_step(one.uv_per_lsb, two.uv_per_lsb)
    weights = ones * (one.uv_per_lsb / step), twos * (two.uv_per_lsb / step)
    samples = _weighted(one.samples, two.samples, int(weights[0]), int(weights[1]))
    if samples is None:
        return None
    return Lead(
        name=name,
        samples=samples,
        hz=one.hz,
        uv_per_lsb=step / part,
        offset_uv=(ones * one.offset_uv + twos * two.offset_uv) / part,
        start_s=one.start_s,
        filters=one.filters,
        derived=True,
    )


def _weighted(one: Samples, two: Samples, ones: int, twos: int) -> Samples | None:
    """``ones``·one + ``twos``·two; None where int32 cannot hold it."""
    if max(abs(ones), abs(twos)) > 2**30:
        return None
    length = min(len(one), len(two))
    first, second = one[:length], two[:length]
    total = first.astype(np.int64) * ones + second.astype(np.int64) * twos
    is_gap = (first == GAP) | (second == GAP)
    total[is_gap] = 0
    if length and max(int(total.max()), -int(total.min())) >= 2**31:
        return None
    total[is_gap] = GAP
    return total.astype(np.int32)


def _common_step(one: Fraction, two: Fraction) -> Fraction:
    """The largest step both gains are whole multiples of."""
    over = one.denominator * two.denominator
    return Fraction(gcd(one.numerator * two.denominator, two.numerator * one.denominator), over)

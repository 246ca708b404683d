"""The numerics of contract v1: code, unit, plausible range, how long a value stays usable.

The ranges are POLICY of the clinical reference of this project (table "Plausibility"), set wider
than the published filters it cites (NEMSIS 3.5.1 2023; MIMIC-Extract 2020; ricu 2023) because those
would drop real hypothermia and resuscitation values. Outside `reject` a value cannot be true and
is `invalid`; outside `flag` it may be true, stays scored and is shown as `suspect`.

Not here: checks between two values (`telemetry.plausibility`) and score bands
(`telemetry.scores`).
"""

from typing import Final, Literal, get_args

import msgspec

Code = Literal[
    "heart_rate",
    "pulse_rate",
    "spo2",
    "resp_rate",
    "nibp_systolic",
    "nibp_diastolic",
    "nibp_mean",
    "abp_systolic",
    "abp_diastolic",
    "abp_mean",
    "etco2",
    "temperature",
]
CODES: Final[tuple[Code, ...]] = get_args(Code)
NIBP: Final[frozenset[str]] = frozenset({"nibp_systolic", "nibp_diastolic", "nibp_mean"})

CONTINUOUS_SCORED_S: Final = 60.0  # numerics older than 60 s are not scored (POLICY)
SPOT_SCORED_S: Final = 600.0  # a cuff pressure, or what a person entered, for 10 min (POLICY)


class CodeRule(msgspec.Struct, frozen=True, kw_only=True):
    """One numeric: UCUM unit, inclusive ranges in that unit, and usable age in seconds."""

    unit: str
    reject_below: float
    reject_above: float
    flag_below: float
    flag_above: float
    scored_s: float = CONTINUOUS_SCORED_S


_RATE = "/min"
_PRESSURE = "mm[Hg]"


def _pressures(scored_s: float) -> tuple[CodeRule, CodeRule, CodeRule]:
    """Systolic, diastolic and mean of one method, in mmHg."""
    return (
        CodeRule(
            unit=_PRESSURE,
            reject_below=20,
            reject_above=300,
            flag_below=50,
            flag_above=260,
            scored_s=scored_s,
        ),
        CodeRule(
            unit=_PRESSURE,
            reject_below=5,
            reject_above=225,
            flag_below=20,
            flag_above=160,
            scored_s=scored_s,
        ),
        CodeRule(
            unit=_PRESSURE,
            reject_below=10,
            reject_above=260,
            flag_below=10,
            flag_above=260,
            scored_s=scored_s,
        ),
    )


_NIBP = _pressures(SPOT_SCORED_S)
_ABP = _pressures(CONTINUOUS_SCORED_S)
_HEART = CodeRule(unit=_RATE, reject_below=0, reject_above=350, flag_below=20, flag_above=250)

RULES: Final[dict[Code, CodeRule]] = {
    "heart_rate": _HEART,
    "pulse_rate": _HEART,
    "spo2": CodeRule(unit="%", reject_below=1, reject_above=100, flag_below=50, flag_above=100),
    "resp_rate": CodeRule(
        unit=_RATE, reject_below=0, reject_above=120, flag_below=4, flag_above=80
    ),
    "nibp_systolic": _NIBP[0],
    "nibp_diastolic": _NIBP[1],
    "nibp_mean": _NIBP[2],
    "abp_systolic": _ABP[0],
    "abp_diastolic": _ABP[1],
    "abp_mean": _ABP[2],
    "etco2": CodeRule(
        unit=_PRESSURE, reject_below=0, reject_above=150, flag_below=10, flag_above=80
    ),
    "temperature": CodeRule(
        unit="Cel", reject_below=20, reject_above=45, flag_below=32, flag_above=42
    ),
}

"""NPEWS, the national Paediatric Early Warning System of England (NHS England and RCPCH, inpatient
chart version 2, 2023; numbers as in the SPOT configuration that RCPCH publishes, 2026). Pure.

Points of each vital sign by band stand in `VITALS`, written as on the chart: 4 2 1 0 1 2 4 with
half-open boundaries (30 to below 50 and so on). For all ages:

    SpO2          >=95: 0     above 91 and below 95: 1     <=91: 4
    distress      none 0      mild 1      moderate 2       severe 4
    refill time   <=2 s: 0    >=3 s: 2    (between them the chart is silent; POLICY: counts as 3)
    oxygen        air 0       high flow, BiPAP, CPAP: 4 whatever the amount
      other       L/min  below 0.01: 0    below 2: 1    below 6: 2     >=6: 4
      devices     %      below 16: 0      below 30: 1   below 50: 2    >=50: 4
    no pressure   NCD not tried, no concern 0    U0 failed, no concern 0    U4 failed, concern 4

21 % is air: the oxygen table is asked only with a device other than air; with a device but no
amount the part is missing. Temperature and AVPU score nothing. They and other findings can raise
the final level: V or septic shock to high, P, U or an abnormal pupil to emergency, suspicion of
sepsis to medium, concern of carer or clinician to the level they name. 38 degrees or more, or less
than 36, only prompts to think of sepsis.

``total`` is the sum of what was measured, also when incomplete, and thus a lower bound that may
already demand help; it is a whole answer only when ``is_complete``. An inpatient chart, not
validated before hospital: for trend and pre-alert. Which patients: `telemetry.scores.whom`.
"""

from typing import Final, Literal, get_args

import msgspec

from telemetry.scores.bands import Column, raw_points
from telemetry.scores.whom import Age

Band = Literal["0-11m", "1-4y", "5-12y", "13+y"]
BANDS: Final[tuple[Band, ...]] = get_args(Band)
Part = Literal["rr", "distress", "spo2", "o2", "hr", "sbp", "crt"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Distress = Literal["none", "mild", "moderate", "severe"]
Device = Literal["air", "NP", "FM", "HB", "NRB", "HF", "BiP", "CP"]
PressureCode = Literal["NCD", "U0", "U4"]
Consciousness = Literal["A", "asleep", "C", "V", "P", "U"]
Level = Literal["none", "low", "medium", "high", "emergency"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

_SEVEN: Final = (4, 2, 1, 0, 1, 2, 4)
_NO_LOW_1: Final = (4, 2, 0, 1, 2, 4)
_NO_LOW_2: Final = (4, 1, 0, 1, 2, 4)
VITALS: Final[dict[Part, dict[Band, Column]]] = {
    "rr": {
        "0-11m": Column((10, 20, 30, 50, 60, 70), _SEVEN),
        "1-4y": Column((10, 20, 40, 50, 60), _NO_LOW_1),
        "5-12y": Column((10, 15, 20, 25, 40, 50), _SEVEN),
        "13+y": Column((10, 15, 25, 30, 40), _NO_LOW_2),
    },
    "hr": {
        "0-11m": Column((80, 90, 110, 150, 170, 180), _SEVEN),
        "1-4y": Column((60, 70, 90, 140, 150, 170), _SEVEN),
        "5-12y": Column((60, 70, 80, 120, 140, 160), _SEVEN),
        "13+y": Column((50, 60, 70, 100, 120, 130), _SEVEN),
    },
    "sbp": {
        "0-11m": Column((50, 60, 70, 90, 100, 110), _SEVEN),
        "1-4y": Column((50, 60, 80, 100, 120, 130), _SEVEN),
        "5-12y": Column((70, 80, 90, 110, 120, 130), _SEVEN),
        "13+y": Column((80, 90, 100, 120, 130, 140), _SEVEN),
    },
}
OXYGEN_L_PER_MIN: Final = Column((0.01, 2, 6), (0, 1, 2, 4))
OXYGEN_PCT: Final = Column((16, 30, 50), (0, 1, 2, 4))
PRESSURE_ASSIST: Final[frozenset[Device]] = frozenset({"HF", "BiP", "CP"})
PRESSURE_ASSIST_POINTS: Final = 4
DISTRESS: Final[dict[Distress, int]] = {"none": 0, "mild": 1, "moderate": 2, "severe": 4}
PRESSURE_CODES: Final[dict[PressureCode, int]] = {"NCD": 0, "U0": 0, "U4": 4}
SPO2_LOW_PCT: Final = 91  # up to here 4 points
SPO2_NORMAL_PCT: Final = 95  # from here 0, 1 between the two
CRT_NORMAL_S: Final = 2
CRT_POINTS: Final = 2

LEVEL_ENDS: Final = Column((1, 5, 9, 13), (0, 1, 2, 3, 4))  # points are places in LEVELS
AVPU_LEVELS: Final[dict[Consciousness, Level]] = {
    "C": "high",  # no word of this chart; new confusion is no better than V (POLICY)
    "V": "high",
    "P": "emergency",
    "U": "emergency",
}
DISTRESS_SIGNS: Final = (
    (
        "under 5 years",
        "nasal flaring, subcostal recession",
        "head bobbing, tracheal tug, intercostal recession, noises",
        "sternal recession, grunting, exhaustion, impending arrest",
    ),
    (
        "5 years and over",
        "accessory muscles",
        "as under 5 years",
        "as under 5 years, tripoding, supraclavicular recession",
    ),
)
"""(age, mild, moderate, severe)"""
FEVER_CEL: Final = 38
COLD_CEL: Final = 36

_BAND_FROM_YEARS: Final = (1, 5, 13)


class NpewsInput(msgspec.Struct, frozen=True, kw_only=True):
    """One round of observations; None is missing. With no ``band`` rates and pressure are too.

    Rates per minute, SpO2 and inspired oxygen in %, flow in L/min, mmHg, seconds, degrees Celsius.
    """

    band: Band | None = None
    resp_rate_per_min: float | None = None
    distress: Distress | None = None
    spo2_pct: float | None = None
    device: Device | None = None
    oxygen_l_per_min: float | None = None
    oxygen_pct: float | None = None
    heart_rate_per_min: float | None = None
    systolic_mmhg: float | None = None
    pressure_code: PressureCode | None = None
    capillary_refill_s: float | None = None
    avpu: Consciousness | None = None
    temperature_cel: float | None = None
    is_pupil_abnormal: bool | None = None
    is_sepsis_suspected: bool | None = None
    is_septic_shock_suspected: bool | None = None
    carer_concern: Level | None = None
    clinician_concern: Level | None = None


class NpewsResult(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` 0-26 counts what was measured; ``final`` is the worst of score and triggers."""

    total: int
    is_complete: bool
    missing: tuple[Part, ...]
    level: Level
    final: Level
    triggers: tuple[str, ...]
    is_sepsis_prompt: bool
    parts: dict[Part, int | None]


def band_of(age: Age) -> Band | None:
    """The band by birthdays: it changes on the 1st, the 5th and the 13th (NPEWS chart 2023)."""
    years = age.years
    if years is None:
        return None
    return BANDS[sum(years >= start for start in _BAND_FROM_YEARS)]


def score(observed: NpewsInput) -> NpewsResult:
    """NPEWS of one round of observations (NHS England and RCPCH 2023)."""
    seen = observed
    parts: dict[Part, int | None] = {
        "rr": _vital("rr", seen.band, seen.resp_rate_per_min),
        "distress": None if seen.distress is None else DISTRESS[seen.distress],
        "spo2": _spo2(seen.spo2_pct),
        "o2": _oxygen(seen.device, seen.oxygen_l_per_min, seen.oxygen_pct),
        "hr": _vital("hr", seen.band, seen.heart_rate_per_min),
        "sbp": _systolic(seen),
        "crt": _refill(seen.capillary_refill_s),
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    total = sum(points for points in parts.values() if points is not None)
    level = level_of(total)
    triggers = _triggers(seen)
    return NpewsResult(
        total=total,
        is_complete=not missing,
        missing=missing,
        level=level,
        final=max((level, *triggers.values()), key=LEVELS.index),
        triggers=tuple(triggers),
        is_sepsis_prompt=_prompts_sepsis(seen.temperature_cel),
        parts=parts,
    )


def level_of(total: int) -> Level:
    """The level of a total: 1-4 low, 5-8 medium, 9-12 high, from 13 emergency (chart 2023)."""
    return LEVELS[raw_points(LEVEL_ENDS, total) or 0]


def _vital(part: Part, band: Band | None, value: float | None) -> int | None:
    return None if band is None else raw_points(VITALS[part][band], value)


def _spo2(spo2_pct: float | None) -> int | None:
    if spo2_pct is None:
        return None
    if spo2_pct <= SPO2_LOW_PCT:
        return 4
    return 0 if spo2_pct >= SPO2_NORMAL_PCT else 1


def _oxygen(device: Device | None, l_per_min: float | None, pct: float | None) -> int | None:
    """Points for oxygen; of flow and fraction given together the worse one counts (POLICY)."""
    if device is None:
        return None
    if device == "air":
        return 0
    if device in PRESSURE_ASSIST:
        return PRESSURE_ASSIST_POINTS
    return _worse(raw_points(OXYGEN_L_PER_MIN, l_per_min), raw_points(OXYGEN_PCT, pct))


def _systolic(seen: NpewsInput) -> int | None:
    """Points for the pressure or for the code in its place; the worse one of both (POLICY)."""
    code = seen.pressure_code
    coded = None if code is None else PRESSURE_CODES[code]
    return _worse(_vital("sbp", seen.band, seen.systolic_mmhg), coded)


def _refill(seconds: float | None) -> int | None:
    if seconds is None:
        return None
    return CRT_POINTS if seconds > CRT_NORMAL_S else 0


def _worse(*points: int | None) -> int | None:
    return max((found for found in points if found is not None), default=None)


def _triggers(seen: NpewsInput) -> dict[str, Level]:
    """What raises the level beside the score, each with the level it sets."""
    found: dict[str, Level | None] = {
        f"avpu_{seen.avpu}": AVPU_LEVELS.get(seen.avpu) if seen.avpu else None,
        "abnormal_pupil": "emergency" if seen.is_pupil_abnormal else None,
        "septic_shock": "high" if seen.is_septic_shock_suspected else None,
        "sepsis_suspected": "medium" if seen.is_sepsis_suspected else None,
        "carer_concern": seen.carer_concern,
        "clinician_concern": seen.clinician_concern,
    }
    return {name: level for name, level in found.items() if level is not None and level != "none"}


def _prompts_sepsis(temperature_cel: float | None) -> bool:
    """Whether the temperature alone prompts to think of sepsis; unmeasured prompts nothing."""
    if temperature_cel is None:
        return False
    return temperature_cel >= FEVER_CEL or temperature_cel < COLD_CEL

"""The newborn: temperature class, saturation after birth, red flags. Pure.

    axillary temperature (WHO, Thermal protection of the newborn, 1997), in tenths:
    severe below 32.0    moderate 32.0-35.9    mild 36.0-36.4    normal 36.5-37.5
    hyperthermia above 37.5

    pre-ductal SpO2 (right hand) to be reached after birth (NRP and AHA 2015):
    1 min 60-65 %    2 min 65-70    3 min 70-75    4 min 75-80    5 min 80-85    10 min 85-95
    Between them the target of the last minute reached holds (POLICY). After 10 minutes there is no
    target; below 90 % is then a red flag.

    heart rate (NRP and AHA 2015): below 100 /min at birth ventilate; below 60 /min in spite of
    effective ventilation compress the chest, 3 to 1.

The limits of the red flags are general knowledge to be signed, so they are configuration
(`NewbornPolicy`). Missing is never normal: without any flag, but with something unmeasured, nobody
knows. Glucose is compared in mmol/L; mg/dL are divided by 18.0.

Not here: where the child goes (`dispatch.triage`), the Apgar items (`telemetry.scores.apgar`).
"""

import math
from typing import Final, Literal

import msgspec

from telemetry.scores.bands import to_tenth

TemperatureClass = Literal["severe", "moderate", "mild", "normal", "hyperthermia"]
TEMPERATURE_CLASSES: Final[tuple[tuple[float, TemperatureClass], ...]] = (
    (31.9, "severe"),
    (35.9, "moderate"),
    (36.4, "mild"),
    (37.5, "normal"),
    (math.inf, "hyperthermia"),
)
"""(highest tenth of a degree Celsius, class)"""
COLD: Final[frozenset[TemperatureClass]] = frozenset({"severe", "moderate", "mild"})

SPO2_TARGETS: Final = (
    (1, 60, 65),
    (2, 65, 70),
    (3, 70, 75),
    (4, 75, 80),
    (5, 80, 85),
    (10, 85, 95),
)
"""(minute of life, lowest %, highest %)"""
TARGETS_END_MIN: Final = 10

VENTILATE_BELOW_PER_MIN: Final = 100
COMPRESS_BELOW_PER_MIN: Final = 60
MG_PER_DL_IN_MMOL_PER_L: Final = 18.0

Status = Literal["below", "in_range", "above"]
Action = Literal["ventilate", "compressions_3_to_1", "rewarm", "treat_glucose"]


class NewbornPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the red flags (GK). Owner: the county's medical director.

    Chinese definitions of asphyxia take Apgar 7 or less at either minute.
    """

    resp_rate_above_per_min: float = 60
    apnoea_above_s: float = 20
    heart_rate_below_per_min: float = 100
    heart_rate_above_per_min: float = 180
    spo2_below_pct: float = 90
    temperature_below_cel: float = 36
    temperature_above_cel: float = 38
    glucose_below_mmol_per_l: float = 2.6
    apgar_1_min_to: int = 3
    apgar_5_min_to: int = 5
    gestation_below_weeks: float = 34
    weight_below_g: float = 2000


DEFAULT_POLICY: Final = NewbornPolicy()


class SpO2Target(msgspec.Struct, frozen=True, kw_only=True):
    """What the saturation should be so many minutes after birth, and what was found.

    ``status`` is None without a target or a value; ``is_alarm`` None when it cannot be known.
    """

    low_pct: int | None
    high_pct: int | None
    status: Status | None
    is_alarm: bool | None


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """One newborn; None is unknown.

    Rates per minute, seconds, SpO2 %, minutes of life, degrees Celsius axillary, mmol/L, completed
    or fractional weeks of gestation, grams. ``is_glucose_below_range`` is the meter's word "Low"
    (True) or "High" (False) in place of a number.
    """

    resp_rate_per_min: float | None = None
    apnoea_s: float | None = None
    heart_rate_per_min: float | None = None
    is_ventilated: bool | None = None
    spo2_pct: float | None = None
    age_min: float | None = None
    temperature_cel: float | None = None
    glucose_mmol_per_l: float | None = None
    is_glucose_below_range: bool | None = None
    has_seizure: bool | None = None
    apgar_1_min: int | None = None
    apgar_5_min: int | None = None
    gestation_weeks: float | None = None
    weight_g: float | None = None


class RedFlags(msgspec.Struct, frozen=True, kw_only=True):
    """``is_flagged`` is None when nothing was found but something was not looked at."""

    is_flagged: bool | None
    flags: tuple[str, ...]
    missing: tuple[str, ...]
    actions: tuple[Action, ...]


def temperature_class(axillary_cel: float | None) -> TemperatureClass | None:
    """The class of an axillary temperature, rounded half up to 0.1 first (WHO 1997)."""
    tenth = to_tenth(axillary_cel)
    if tenth is None:
        return None
    return next(name for top, name in TEMPERATURE_CLASSES if tenth <= top)


def spo2_target(
    age_min: float | None, spo2_pct: float | None, policy: NewbornPolicy = DEFAULT_POLICY
) -> SpO2Target:
    """Target and verdict ``age_min`` minutes after birth; SpO2 rounds down (NRP and AHA 2015)."""
    low, high = _range_at(age_min)
    whole = None if spo2_pct is None else math.floor(spo2_pct)
    if age_min is not None and age_min > TARGETS_END_MIN:
        is_alarm = None if whole is None else whole < policy.spo2_below_pct
        return SpO2Target(low_pct=None, high_pct=None, status=None, is_alarm=is_alarm)
    if low is None or high is None or whole is None:
        return SpO2Target(low_pct=low, high_pct=high, status=None, is_alarm=None)
    status: Status = "below" if whole < low else "above" if whole > high else "in_range"
    return SpO2Target(low_pct=low, high_pct=high, status=status, is_alarm=status == "below")


def red_flags(seen: Findings, policy: NewbornPolicy = DEFAULT_POLICY) -> RedFlags:
    """The red flags of the newborn pathway, and what is to be done at once."""
    found: dict[str, bool | None] = {
        "resp_rate": _above(seen.resp_rate_per_min, policy.resp_rate_above_per_min),
        "apnoea": _above(seen.apnoea_s, policy.apnoea_above_s),
        "heart_rate": _outside(
            seen.heart_rate_per_min,
            policy.heart_rate_below_per_min,
            policy.heart_rate_above_per_min,
        ),
        "spo2": spo2_target(seen.age_min, seen.spo2_pct, policy).is_alarm,
        "temperature": _outside(
            to_tenth(seen.temperature_cel),
            policy.temperature_below_cel,
            policy.temperature_above_cel,
        ),
        "glucose": _is_glucose_low(seen, policy),
        "seizure": seen.has_seizure,
        "apgar_1": _at_most(seen.apgar_1_min, policy.apgar_1_min_to),
        "apgar_5": _at_most(seen.apgar_5_min, policy.apgar_5_min_to),
        "gestation": _below(seen.gestation_weeks, policy.gestation_below_weeks),
        "weight": _below(seen.weight_g, policy.weight_below_g),
    }
    flags = tuple(name for name, is_flag in found.items() if is_flag is True)
    missing = tuple(name for name, is_flag in found.items() if is_flag is None)
    return RedFlags(
        is_flagged=True if flags else None if missing else False,
        flags=flags,
        missing=missing,
        actions=_actions(seen, is_glucose_low=found["glucose"] is True),
    )


def mmol_per_l(mg_per_dl: float) -> float:
    """Glucose in mg/dL as mmol/L, exact enough to meet a limit: 46.8 mg/dL is 2.6."""
    return round(mg_per_dl / MG_PER_DL_IN_MMOL_PER_L, 6)


def _range_at(age_min: float | None) -> tuple[int, int] | tuple[None, None]:
    reached = [target for target in SPO2_TARGETS if age_min is not None and target[0] <= age_min]
    if not reached:
        return None, None
    _minute, low, high = reached[-1]
    return low, high


def _actions(seen: Findings, *, is_glucose_low: bool) -> tuple[Action, ...]:
    rate = seen.heart_rate_per_min
    actions: list[Action] = []
    if rate is not None and rate < COMPRESS_BELOW_PER_MIN and seen.is_ventilated is True:
        actions.append("compressions_3_to_1")
    elif rate is not None and rate < VENTILATE_BELOW_PER_MIN:
        actions.append("ventilate")
    if temperature_class(seen.temperature_cel) in COLD:
        actions.append("rewarm")
    if is_glucose_low:
        actions.append("treat_glucose")
    return tuple(actions)


def _is_glucose_low(seen: Findings, policy: NewbornPolicy) -> bool | None:
    if seen.is_glucose_below_range is not None:
        return seen.is_glucose_below_range
    return _below(seen.glucose_mmol_per_l, policy.glucose_below_mmol_per_l)


def _above(value: float | None, limit: float) -> bool | None:
    return None if value is None else value > limit


def _below(value: float | None, limit: float) -> bool | None:
    return None if value is None else value < limit


def _at_most(value: float | None, limit: float) -> bool | None:
    return None if value is None else value <= limit


def _outside(value: float | None, low: float, high: float) -> bool | None:
    return None if value is None else not low <= value <= high

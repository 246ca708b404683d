"""MEWC, the Maternal Early Warning Criteria (Mhyre et al., Obstet Gynecol 2014;124:782-6). Pure.

For women in pregnancy and up to 42 days after it. No points: any one criterion calls for a look at
the bedside at once. The limits themselves do not trigger (strict inequalities), and nothing is
rounded: 160.4 is above 160.

    systolic         <90 or >160 mmHg      oliguria   <35 mL/h for 2 h or longer
    diastolic        >100 mmHg             neuro      agitation, confusion, unresponsiveness
    heart rate       <50 or >120 /min      pre-eclampsia with headache that does not go away,
    resp rate        <10 or >30 /min                  or shortness of breath
    SpO2             <95 % on air

A low SpO2 triggers on oxygen as well (POLICY: it is worse), a normal one on oxygen does not. A
urine rate without a duration is taken as lasting (POLICY). Severe hypertension, from 160 or from
110 inclusive (ACOG, GK), alerts beside the criteria without being one (POLICY).

Not here: the colour chart for the same women (`telemetry.scores.meows`).
"""

from typing import Final, Literal

import msgspec

Criterion = Literal["SBP", "DBP", "HR", "RR", "SpO2", "oliguria", "neuro", "preeclampsia_sx"]
Core = Literal["sbp", "dbp", "hr", "rr", "spo2", "agit_conf_unresp"]
Ask = Literal["preeclampsia", "headache_or_sob"]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion on a number: met below ``below`` or above ``above``, never at the limits."""

    criterion: Criterion
    field: str
    below: float | None = None
    above: float | None = None


# Mhyre 2014.
LIMITS: Final = (
    Limit(criterion="SBP", field="systolic_mmhg", below=90, above=160),
    Limit(criterion="DBP", field="diastolic_mmhg", above=100),
    Limit(criterion="HR", field="heart_rate_per_min", below=50, above=120),
    Limit(criterion="RR", field="resp_rate_per_min", below=10, above=30),
    Limit(criterion="SpO2", field="spo2_pct", below=95),
)
OLIGURIA_BELOW_ML_PER_H: Final = 35  # Mhyre 2014
OLIGURIA_FROM_H: Final = 2  # Mhyre 2014

_CORE: Final[tuple[tuple[Core, str], ...]] = (
    ("sbp", "systolic_mmhg"),
    ("dbp", "diastolic_mmhg"),
    ("hr", "heart_rate_per_min"),
    ("rr", "resp_rate_per_min"),
    ("spo2", "spo2_pct"),
    ("agit_conf_unresp", "is_agitated_confused_or_unresponsive"),
)


class MewcPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Severe hypertension that must be acted on, in mmHg, inclusive (ACOG, GK; POLICY to alert).

    Configuration; the county medical director answers for it.
    """

    severe_systolic_from_mmhg: float = 160
    severe_diastolic_from_mmhg: float = 110


class MewcInput(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; None is unknown. mmHg, rates per minute, SpO2 %, urine mL/h over hours.

    ``is_oliguric`` is the criterion as somebody reported it, beside or instead of a measured rate.
    """

    systolic_mmhg: float | None = None
    diastolic_mmhg: float | None = None
    heart_rate_per_min: float | None = None
    resp_rate_per_min: float | None = None
    spo2_pct: float | None = None
    is_agitated_confused_or_unresponsive: bool | None = None
    urine_ml_per_h: float | None = None
    urine_duration_h: float | None = None
    is_oliguric: bool | None = None
    has_preeclampsia: bool | None = None
    has_headache_or_breathlessness: bool | None = None


class MewcResult(msgspec.Struct, frozen=True, kw_only=True):
    """``is_triggered`` is None when nothing is met but one of the six core findings is missing.

    ``asks`` names the half of the pre-eclampsia criterion that would complete it.
    """

    is_triggered: bool | None
    criteria: tuple[Criterion, ...]
    missing: tuple[Core, ...]
    asks: tuple[Ask, ...]
    is_severe_hypertension: bool | None


def score(observed: MewcInput, policy: MewcPolicy | None = None) -> MewcResult:
    """The criteria met by one set of findings (Mhyre 2014)."""
    met: list[Criterion] = [
        limit.criterion for limit in LIMITS if _is_outside(limit, getattr(observed, limit.field))
    ]
    if _is_oliguric(observed):
        met.append("oliguria")
    if observed.is_agitated_confused_or_unresponsive:
        met.append("neuro")
    if observed.has_preeclampsia and observed.has_headache_or_breathlessness:
        met.append("preeclampsia_sx")
    missing = tuple(name for name, field in _CORE if getattr(observed, field) is None)
    return MewcResult(
        is_triggered=True if met else (None if missing else False),
        criteria=tuple(met),
        missing=missing,
        asks=_asks(observed),
        is_severe_hypertension=_is_severe(observed, policy or MewcPolicy()),
    )


def _is_outside(limit: Limit, value: float | None) -> bool:
    if value is None:
        return False
    is_below = limit.below is not None and value < limit.below
    return is_below or (limit.above is not None and value > limit.above)


def _is_oliguric(observed: MewcInput) -> bool:
    if observed.is_oliguric:
        return True
    if observed.urine_ml_per_h is None or observed.urine_ml_per_h >= OLIGURIA_BELOW_ML_PER_H:
        return False
    return observed.urine_duration_h is None or observed.urine_duration_h >= OLIGURIA_FROM_H


def _asks(observed: MewcInput) -> tuple[Ask, ...]:
    if observed.has_preeclampsia and observed.has_headache_or_breathlessness is None:
        return ("headache_or_sob",)
    if observed.has_headache_or_breathlessness and observed.has_preeclampsia is None:
        return ("preeclampsia",)
    return ()


def _is_severe(observed: MewcInput, policy: MewcPolicy) -> bool | None:
    """One pressure is enough to say yes; no needs both."""
    pressures = (
        (observed.systolic_mmhg, policy.severe_systolic_from_mmhg),
        (observed.diastolic_mmhg, policy.severe_diastolic_from_mmhg),
    )
    if any(value is not None and value >= limit for value, limit in pressures):
        return True
    return None if any(value is None for value, _limit in pressures) else False

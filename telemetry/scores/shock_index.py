"""Shock index, heart rate over systolic pressure: adult, obstetric and paediatric. Pure.

    obstetric       <0.9 reassuring, >=0.9 alert, >=1.7 urgent        (Nathan et al., BJOG 2015)
    adult           <0.9 reassuring, >=0.9 alert, >=1.0 strong        (GK)
    trauma          heart rate above systolic pressure from 10 years  (field triage guideline 2021)
    SIPA            4-6 y >1.22, 7-12 y >1.0, 13-16 y >0.9 elevated   (Acker et al. 2015)

SIPA is for blunt trauma from 4 to 16 completed years, not for infants. Compared is the exact ratio
of the decimal numbers sent; only what is shown is rounded. A pressure below 1 mmHg is no pressure
that anything can be divided by (POLICY): the index is then None, as with a missing value.
"""

import math
from fractions import Fraction
from typing import Final, Literal, TypeGuard

import msgspec

ObstetricClass = Literal["reassuring", "alert", "urgent"]
AdultClass = Literal["reassuring", "alert", "strong"]
SipaStatus = Literal["normal", "elevated", "not_applicable", "incomplete"]
Part = Literal["age", "hr", "sbp"]

# (lowest index of the class, class), the highest first; below all of them it is reassuring.
OBSTETRIC: Final[tuple[tuple[float, ObstetricClass], ...]] = (
    (1.7, "urgent"),  # Nathan 2015
    (0.9, "alert"),  # Nathan 2015
)
ADULT: Final[tuple[tuple[float, AdultClass], ...]] = (
    (1.0, "strong"),  # GK
    (0.9, "alert"),  # GK
)
TRAUMA_FROM_YEARS: Final = 10  # National Guideline for the Field Triage of Injured Patients 2021
SIPA_FROM_YEARS: Final = 4  # Acker 2015
SIPA_CUTS: Final = ((6, 1.22), (12, 1.0), (16, 0.9))  # (up to completed years, cut), Acker 2015

_DECIMALS_SHOWN = 3
_LEAST_PRESSURE_MMHG = 1


class ShockIndex(msgspec.Struct, frozen=True, kw_only=True):
    """``index`` has 3 decimals; ``is_trauma_red`` is None below 10 years and with age unknown."""

    index: float | None
    obstetric: ObstetricClass | None
    adult: AdultClass | None
    is_rate_above_pressure: bool | None
    is_trauma_red: bool | None
    missing: tuple[Part, ...] = ()


class Sipa(msgspec.Struct, frozen=True, kw_only=True):
    """``index`` and ``cut`` are given as far as known, but outside 4-16 years neither applies."""

    status: SipaStatus
    index: float | None = None
    cut: float | None = None
    is_elevated: bool | None = None
    missing: tuple[Part, ...] = ()


def shock_index(
    heart_rate_per_min: float | None, systolic_mmhg: float | None, age_years: float | None = None
) -> ShockIndex:
    """The index with its classes (Nathan 2015; adult GK; trauma 2021). Finite values only."""
    ratio = _ratio(heart_rate_per_min, systolic_mmhg)
    if ratio is None:
        return ShockIndex(
            index=None,
            obstetric=None,
            adult=None,
            is_rate_above_pressure=None,
            is_trauma_red=None,
            missing=_missing(heart_rate_per_min, systolic_mmhg),
        )
    is_for_trauma = age_years is not None and age_years >= TRAUMA_FROM_YEARS
    return ShockIndex(
        index=_shown(ratio),
        obstetric=next((name for cut, name in OBSTETRIC if ratio >= _exact(cut)), "reassuring"),
        adult=next((name for cut, name in ADULT if ratio >= _exact(cut)), "reassuring"),
        is_rate_above_pressure=ratio > 1,
        is_trauma_red=ratio > 1 if is_for_trauma else None,
    )


def sipa(
    age_years: float | None, heart_rate_per_min: float | None, systolic_mmhg: float | None
) -> Sipa:
    """Shock index, paediatric age-adjusted (Acker 2015), for blunt trauma. Finite values only.

    The age counts in completed years: a fraction is cut off.
    """
    years = None if age_years is None else math.floor(age_years)
    cut = None if years is None else _sipa_cut(years)
    if years is not None and cut is None:
        return Sipa(status="not_applicable")
    ratio = _ratio(heart_rate_per_min, systolic_mmhg)
    if ratio is None or cut is None:
        no_age: tuple[Part, ...] = ("age",) if years is None else ()
        return Sipa(
            status="incomplete",
            index=None if ratio is None else _shown(ratio),
            cut=cut,
            missing=(*no_age, *_missing(heart_rate_per_min, systolic_mmhg)),
        )
    is_elevated = ratio > _exact(cut)
    return Sipa(
        status="elevated" if is_elevated else "normal",
        index=_shown(ratio),
        cut=cut,
        is_elevated=is_elevated,
    )


def _sipa_cut(years: int) -> float | None:
    if years < SIPA_FROM_YEARS:
        return None
    return next((cut for last, cut in SIPA_CUTS if years <= last), None)


def _ratio(heart_rate_per_min: float | None, systolic_mmhg: float | None) -> Fraction | None:
    if heart_rate_per_min is None or not _is_pressure(systolic_mmhg):
        return None
    return _exact(heart_rate_per_min) / _exact(systolic_mmhg)


def _missing(heart_rate_per_min: float | None, systolic_mmhg: float | None) -> tuple[Part, ...]:
    no_rate: tuple[Part, ...] = ("hr",) if heart_rate_per_min is None else ()
    return no_rate if _is_pressure(systolic_mmhg) else (*no_rate, "sbp")


def _is_pressure(systolic_mmhg: float | None) -> TypeGuard[float]:
    return systolic_mmhg is not None and systolic_mmhg >= _LEAST_PRESSURE_MMHG


def _exact(value: float) -> Fraction:
    """The decimal number as it was sent: 1.22 is 122/100, whatever its binary form."""
    return Fraction(repr(value))


def _shown(ratio: Fraction) -> float:
    return round(float(ratio), _DECIMALS_SHOWN)

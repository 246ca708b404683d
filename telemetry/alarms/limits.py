"""Which limits alarm for whom: by age, pregnancy and what a person set for this patient. Pure.

    adult (from 16)      the bands that score 3 in NEWS2 (Royal College of Physicians, 2017)
    pregnant             Maternal Early Warning Criteria (Mhyre, Obstet Gynecol 2014;124:782-6), and
                         160/110 mmHg (POLICY; ACOG's severe-hypertension action limit)
    newborn (< 28 days)  the red flags of `telemetry.scores.newborn`; below 60 /min compress (AHA)
    child                paediatric MET triggers as in the clinical reference of this project
    age unknown          none: a limit for an adult would be silent about a dying infant

Not one limit is invented here; a quantity without a published one (EtCO2, an adult's diastolic
pressure) alarms only when a person sets a limit for the patient. Saturation limits of NEWS2's
scale 2 hold for patients on that scale; its upper band, which asks whether oxygen is given, is left
to the score.

Not here: the MEWC's words (agitation, headache), which a crew enters and `telemetry.scores` judges.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from telemetry.alarms.model import Limit, PatientLimit, Priority, Quantity, Side
from telemetry.level import ADULT_FROM_YEARS
from telemetry.scores.newborn import COMPRESS_BELOW_PER_MIN, DEFAULT_POLICY, NewbornPolicy

Group = Literal["adult", "pregnant", "newborn", "child", "unknown"]

NEWBORN_TO_DAYS: Final = 28.0
_DAYS_PER_YEAR: Final = 365.25
_MONTHS_PER_YEAR: Final = 12.0
_NEWS2: Final = "NEWS2, RCP 2017"
_MEWC: Final = "MEWC, Mhyre 2014"
_MET: Final = "paediatric MET triggers"
_NEWBORN: Final = "newborn red flags"

_MET_TABLE: Final = (
    (4.0, 50, 100, 180, 60),
    (12.0, 60, 100, 180, 50),
    (60.0, 70, 90, 160, 40),
    (156.0, 80, 80, 140, 40),
    (192.0, 90, 60, 130, 30),
)
"""(below this age in months, systolic below, heart rate below, above, respiration above); the
printed bands "term-3 m, 4-12 m, 1-4 y, 5-12 y, > 12 y" hold up to the next band's first birthday,
and end where an adult's begin."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the limits; ``age_years`` None is unknown."""

    age_years: float | None = None
    pregnant: bool = False
    spo2_scale: Literal[1, 2] = 1


def group_of(person: Person) -> Group:
    """Whose limits hold; a pregnant woman's come before her age's."""
    if person.pregnant:
        return "pregnant"
    if person.age_years is None:
        return "unknown"
    if person.age_years >= ADULT_FROM_YEARS:
        return "adult"
    return "newborn" if person.age_years * _DAYS_PER_YEAR < NEWBORN_TO_DAYS else "child"


def limits_of(
    person: Person,
    own: Iterable[PatientLimit] = (),
    newborn: NewbornPolicy = DEFAULT_POLICY,
) -> tuple[Limit, ...]:
    """The limits for a person, with those set for this very patient in place of the published.

    A limit of the patient's own takes the priority of the one it replaces (medium where there is
    none). Where a published rule has two steps on one side (a newborn's heart rate), both are
    replaced.
    """
    group = group_of(person)
    if group == "adult":
        found = _adult(person)
    elif group == "pregnant":
        found = _PREGNANT
    elif group == "newborn":
        found = _newborn(newborn)
    elif group == "child":
        found = _child(person)
    else:
        found = ()
    for one in own:
        same = [had for had in found if (had.quantity, had.side) == (one.quantity, one.side)]
        found = tuple(had for had in found if had not in same)
        if one.value is None:
            continue
        priority: Priority = "high" if any(had.priority == "high" for had in same) else "medium"
        found += (_limit(one.quantity, one.side, one.value, "patient", priority),)
    return found


def _limit(
    quantity: Quantity,
    side: Side,
    value: float,
    source: str,
    priority: Priority = "medium",
    *,
    inclusive: bool = False,
) -> Limit:
    return Limit(
        quantity=quantity,
        side=side,
        value=float(value),  # 80 and 80.0 are two spellings in the log, and an alarm is kept there
        priority=priority,
        source=source,
        is_inclusive=inclusive,
    )


def _adult(person: Person) -> tuple[Limit, ...]:
    low_spo2 = 91.0 if person.spo2_scale == 1 else 83.0
    table: tuple[tuple[Quantity, Side, float], ...] = (
        ("resp_rate", "low", 8.0),
        ("resp_rate", "high", 25.0),
        ("spo2", "low", low_spo2),
        ("systolic", "low", 90.0),
        ("systolic", "high", 220.0),
        ("heart_rate", "low", 40.0),
        ("heart_rate", "high", 131.0),
        ("temperature", "low", 35.0),
    )
    return tuple(
        _limit(quantity, side, value, _NEWS2, inclusive=True) for quantity, side, value in table
    )


_PREGNANT: Final = (
    _limit("systolic", "low", 90.0, _MEWC),
    _limit("systolic", "high", 160.0, f"{_MEWC}; 160/110 (POLICY)", inclusive=True),
    _limit("diastolic", "high", 100.0, _MEWC),
    _limit("heart_rate", "low", 50.0, _MEWC),
    _limit("heart_rate", "high", 120.0, _MEWC),
    _limit("resp_rate", "low", 10.0, _MEWC),
    _limit("resp_rate", "high", 30.0, _MEWC),
    _limit("spo2", "low", 95.0, _MEWC),
)


def _newborn(policy: NewbornPolicy) -> tuple[Limit, ...]:
    return (
        _limit("resp_rate", "high", policy.resp_rate_above_per_min, _NEWBORN),
        _limit("heart_rate", "low", float(COMPRESS_BELOW_PER_MIN), "NRP and AHA 2015", "high"),
        _limit("heart_rate", "low", policy.heart_rate_below_per_min, _NEWBORN),
        _limit("heart_rate", "high", policy.heart_rate_above_per_min, _NEWBORN),
        _limit("spo2", "low", policy.spo2_below_pct, _NEWBORN),
        _limit("temperature", "low", policy.temperature_below_cel, _NEWBORN),
        _limit("temperature", "high", policy.temperature_above_cel, _NEWBORN),
    )


def _child(person: Person) -> tuple[Limit, ...]:
    months = (person.age_years or 0.0) * _MONTHS_PER_YEAR
    row = next(band for band in _MET_TABLE if months < band[0] or band is _MET_TABLE[-1])
    _below, systolic, heart_low, heart_high, breaths = row
    return (
        _limit("systolic", "low", systolic, _MET, "high"),
        _limit("heart_rate", "low", heart_low, _MET, "high"),
        _limit("heart_rate", "high", heart_high, _MET, "high"),
        _limit("resp_rate", "high", breaths, _MET, "high"),
    )

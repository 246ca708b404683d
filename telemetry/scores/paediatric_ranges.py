"""What is usual at which age, and what is a hard alarm. Pure.

`RANGES` are the normal ranges of PALS (AHA 2015, as reproduced by PedsCases), for DISPLAY only:
they call very many healthy children abnormal (Fleming, Lancet 2011), so nothing alarms on them.
Hypotension from the 1st birthday until the 10th is a systolic below 70 + 2 x age in years.

`TRIGGERS` are the calling criteria of a paediatric medical emergency team (a table in Pediatrics,
American Academy of Pediatrics; article and year still to be named): a systolic or heart rate below,
or a heart or respiratory rate above. These are alarms.

    age            systolic    heart rate       respiratory rate
    term-3 months  below 50    <100 or >180     above 60
    4-12 months    below 60    <100 or >180     above 50
    1-4 years      below 70    <90 or >160      above 40
    5-12 years     below 80    <80 or >140      above 40
    over 12 years  below 90    <60 or >130      above 30

Both tables are read in completed years and months; for 16 years and over neither holds. Missing is
no alarm and no all-clear: it is listed.
"""

from typing import Final

import msgspec

from telemetry.scores.whom import Age

Span = tuple[float, float]

CHILD_TO_YEARS: Final = 16
NEWBORN_BELOW_DAYS: Final = 28
FIRST_HOURS_TO_H: Final = 12


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Usual values of one age: rates per minute, pressures in mmHg.

    ``hypotension_mmhg`` is the systolic below which pressure is low; None means 70 + 2 x years.
    """

    name: str
    awake_per_min: Span
    asleep_per_min: Span
    resp_rate_per_min: Span
    systolic_mmhg: Span
    diastolic_mmhg: Span
    hypotension_mmhg: float | None


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the emergency team's criteria; each limit itself is still allowed."""

    name: str
    systolic_below_mmhg: float
    heart_rate_below_per_min: float
    heart_rate_above_per_min: float
    resp_rate_above_per_min: float


class Alarms(msgspec.Struct, frozen=True, kw_only=True):
    """``is_alarm`` None: nothing found, but not everything was measured or the age is unknown."""

    is_alarm: bool | None
    which: tuple[str, ...]
    missing: tuple[str, ...]


def _range(
    name: str,
    awake: Span,
    asleep: Span,
    resp_rate: Span,
    systolic: Span,
    diastolic: Span,
    hypotension: float | None,
) -> Range:
    return Range(
        name=name,
        awake_per_min=awake,
        asleep_per_min=asleep,
        resp_rate_per_min=resp_rate,
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        hypotension_mmhg=hypotension,
    )


FIRST_HOURS: Final = _range(
    "birth to 12 h", (100, 205), (90, 160), (30, 53), (60, 76), (31, 45), 50
)
NEONATE: Final = _range("neonate", (100, 205), (90, 160), (30, 53), (67, 84), (35, 53), 60)
INFANT: Final = _range("infant", (100, 190), (90, 160), (30, 53), (72, 104), (37, 56), 70)
_BY_YEARS: Final[tuple[tuple[int, Range], ...]] = (
    (1, _range("toddler", (98, 140), (80, 120), (22, 37), (86, 106), (42, 63), None)),
    (3, _range("preschool", (80, 120), (65, 100), (20, 28), (89, 112), (46, 72), None)),
    (6, _range("school", (75, 118), (58, 90), (18, 25), (97, 115), (57, 76), None)),
    (10, _range("10-11 years", (75, 118), (58, 90), (18, 25), (102, 120), (61, 80), 90)),
    (12, _range("12-15 years", (60, 100), (50, 90), (12, 20), (110, 131), (64, 83), 90)),
)
"""(from this birthday on, range)"""
RANGES: Final = (FIRST_HOURS, NEONATE, INFANT, *(found for _years, found in _BY_YEARS))


def _trigger(
    name: str, systolic: float, rate_low: float, rate_high: float, resp_rate: float
) -> Trigger:
    return Trigger(
        name=name,
        systolic_below_mmhg=systolic,
        heart_rate_below_per_min=rate_low,
        heart_rate_above_per_min=rate_high,
        resp_rate_above_per_min=resp_rate,
    )


TERM_TO_3_MONTHS: Final = _trigger("term-3 months", 50, 100, 180, 60)
FROM_4_MONTHS: Final = _trigger("4-12 months", 60, 100, 180, 50)
_TRIGGER_BY_YEARS: Final[tuple[tuple[int, Trigger], ...]] = (
    (1, _trigger("1-4 years", 70, 90, 160, 40)),
    (5, _trigger("5-12 years", 80, 80, 140, 40)),
    (13, _trigger("over 12 years", 90, 60, 130, 30)),
)
"""(from this birthday on, trigger)"""
TRIGGERS: Final = (
    TERM_TO_3_MONTHS,
    FROM_4_MONTHS,
    *(found for _years, found in _TRIGGER_BY_YEARS),
)
_SECOND_FROM_MONTHS: Final = 4


def range_of(age: Age, age_h: float | None = None) -> Range | None:
    """The usual values at this age; None from 16 years on, and when the age does not settle it.

    On the first day the hours of life are needed, in the first month the days.
    """
    if age_h is not None and age_h < NEWBORN_BELOW_DAYS * 24:
        return FIRST_HOURS if age_h <= FIRST_HOURS_TO_H else NEONATE
    if age.years is None or age.years >= CHILD_TO_YEARS:
        return None
    if age.years:
        return next(found for start, found in reversed(_BY_YEARS) if age.years >= start)
    if age.days is None:
        return INFANT if age.months else None
    if age.days >= NEWBORN_BELOW_DAYS:
        return INFANT
    return NEONATE if age.days else None


def hypotension_below_mmhg(age: Age, age_h: float | None = None) -> float | None:
    """The systolic below which a child of this age is hypotensive (AHA 2015), for display."""
    found = range_of(age, age_h)
    if found is None or found.hypotension_mmhg is not None or age.years is None:
        return None if found is None else found.hypotension_mmhg
    return 70 + 2 * age.years


def triggers_of(age: Age) -> tuple[Trigger, ...]:
    """The criteria that hold at this age: two while the months of the first year are unknown.

    None at all when the age is unknown, or 16 years and over.
    """
    if age.years is None or age.years >= CHILD_TO_YEARS:
        return ()
    if age.years:
        return (next(found for start, found in reversed(_TRIGGER_BY_YEARS) if age.years >= start),)
    if age.months is None:
        return TERM_TO_3_MONTHS, FROM_4_MONTHS
    return (TERM_TO_3_MONTHS if age.months < _SECOND_FROM_MONTHS else FROM_4_MONTHS,)


def alarms(
    age: Age,
    systolic_mmhg: float | None,
    heart_rate_per_min: float | None,
    resp_rate_per_min: float | None,
) -> Alarms:
    """Which criteria are met: at every age that it can be; met at some only is not known."""
    measured = {"SBP": systolic_mmhg, "HR": heart_rate_per_min, "RR": resp_rate_per_min}
    rows = triggers_of(age)
    met = {
        name: None if value is None else [_is_met(row, name, value) for row in rows]
        for name, value in measured.items()
    }
    which = tuple(name for name, found in met.items() if found and all(found))
    missing = tuple(name for name, found in met.items() if not found or len(set(found)) > 1)
    return Alarms(
        is_alarm=True if which else None if missing else False, which=which, missing=missing
    )


def _is_met(row: Trigger, name: str, value: float) -> bool:
    if name == "SBP":
        return value < row.systolic_below_mmhg
    if name == "RR":
        return value > row.resp_rate_above_per_min
    return not row.heart_rate_below_per_min <= value <= row.heart_rate_above_per_min

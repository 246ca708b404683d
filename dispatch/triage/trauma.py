"""Field triage of the injured: red, yellow, undecided, and what follows. Pure.

Any red criterion sends the patient to the highest trauma centre in reach; any yellow one to a
trauma centre, which need not be the highest (American College of Surgeons 2021; the criteria and
their codes are in `dispatch.triage.trauma_criteria`).

Every criterion is met, not met or undecided. A value that was not given decides nothing: with no
red criterion met and one undecided the answer is "indeterminate", or "yellow" when that much is
certain; "none" means that everything was looked at. Two facts are used where a value is missing:
heart rate against pressure does not count below 10 years, and a pressure that is too low (or high
enough) for every age needs no age. Too low for every age is given as the row of 10-64 years, but
without its NEMSIS code, since that would state an age.

Not here: how far a patient may be driven (`hospital_gateway.facilities.Centre`), and many injured
at once (`dispatch.triage.mci`).
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from dispatch.triage.need import Need
from dispatch.triage.trauma_criteria import (
    BY_CODE,
    FALL_ABOVE_M,
    GESTATION_ABOVE_WEEKS,
    INJURIES,
    INPUTS,
    JUDGEMENTS,
    MECHANISMS,
    MOTOR,
    PRESSURE,
    RED,
    RESP_RATE,
    RESP_SUPPORT,
    SBP_AT_ANY_AGE,
    SHOCK,
    SPO2,
    VITALS,
    YELLOW,
    Ages,
    Criterion,
    Input,
    Limits,
    PressureBand,
)
from hospital_gateway.advice import Reason, reason
from hospital_gateway.prealert import Colour

Level = Literal["red", "yellow", "indeterminate", "none"]

_ATTRIBUTES: Final[dict[Input, str]] = {
    "age": "age_years",
    "motor": "motor_response",
    "rr": "resp_rate_per_min",
    "resp_support": "needs_resp_support",
    "spo2_air": "spo2_air_pct",
    "sbp": "systolic_mmhg",
    "hr": "heart_rate_per_min",
    "injuries": "injuries",
    "mechanisms": "mechanisms",
    "judgements": "judgements",
}
_VITAL_CODES: Final = frozenset(criterion.code for criterion in VITALS)


class TraumaFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one injured patient; None is not known.

    ``motor_response`` is the motor part of the GCS, 1-6. ``spo2_air_pct`` was measured on room air.
    The three sets hold codes of the criteria tables; an empty set means looked and found nothing.
    """

    age_years: float | None = None
    motor_response: int | None = None
    resp_rate_per_min: float | None = None
    needs_resp_support: bool | None = None
    spo2_air_pct: float | None = None
    systolic_mmhg: float | None = None
    heart_rate_per_min: float | None = None
    injuries: frozenset[str] | None = None
    mechanisms: frozenset[str] | None = None
    judgements: frozenset[str] | None = None
    fall_m: float | None = None
    gestation_weeks: float | None = None


class TraumaPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The county's part; owner: the medical director.

    ``scene_limit_min``: longest time on scene for a red patient, 10 (general knowledge).
    ``child_below_years``: who should go to a place for children, 14, the age up to which Chinese
    hospitals usually treat in paediatrics (POLICY; the guideline names no age).
    ``red_prefers`` and ``child_prefers``: capabilities that break ties, best first.
    """

    scene_limit_min: int = 10
    child_below_years: int = 14
    red_prefers: tuple[str, ...] = ("trauma_level_1", "trauma_level_2", "trauma_level_3")
    child_prefers: tuple[str, ...] = ("picu",)


class TraumaResult(msgspec.Struct, frozen=True, kw_only=True):
    """Codes of the criteria met and undecided, in the order of the tables.

    ``vitals`` looks at the vital signs alone: red, indeterminate or none. ``missing`` names the
    inputs that undecided criteria wait for.
    """

    level: Level
    vitals: Level
    red: tuple[str, ...]
    yellow: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[Input, ...]
    nemsis_red: tuple[str, ...]
    nemsis_yellow: tuple[str, ...]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion: met, not met or undecided, and the inputs it looks at."""

    criterion: Criterion
    is_met: bool | None
    reads: tuple[Input, ...]


def assess(found: TraumaFindings) -> TraumaResult:
    """The level of one patient after the guideline of 2021."""
    answers = (
        *_vital_signs(found),
        *_ticked(INJURIES, "injuries", found.injuries, found),
        *_ticked(MECHANISMS, "mechanisms", found.mechanisms, found),
        *_ticked(JUDGEMENTS, "judgements", found.judgements, found),
    )
    is_met = {answer.criterion.code: answer.is_met for answer in answers}
    red, yellow = _met(RED, is_met), _met(YELLOW, is_met)
    undecided = tuple(code for code, answer in is_met.items() if answer is None)
    is_vital_undecided = any(code in _VITAL_CODES for code in undecided)
    waits = {name for answer in answers if answer.is_met is None for name in answer.reads}
    return TraumaResult(
        level=_level(red, yellow, bool(undecided)),
        vitals=_level(_met(VITALS, is_met), (), is_vital_undecided),
        red=red,
        yellow=yellow,
        undecided=undecided,
        missing=tuple(name for name in INPUTS if name in waits and _is_missing(name, found)),
        nemsis_red=_nemsis(red, found.age_years),
        nemsis_yellow=_nemsis(yellow, found.age_years),
    )


def need(found: TraumaFindings, result: TraumaResult, policy: TraumaPolicy) -> Need | None:
    """What follows; None when nothing was found and nothing is undecided.

    Only a red patient may pass a nearer trauma centre: a bypass needs a criterion that is met.
    """
    if result.level == "none":
        return None
    is_red = result.level == "red"
    age_years = found.age_years
    is_child = age_years is not None and age_years < policy.child_below_years
    alerts = {"red": Colour.RED, "yellow": Colour.YELLOW}
    return Need(
        pathway="trauma",
        decision=f"trauma_{result.level}",
        alert=alerts.get(result.level),
        prefers=(
            *(policy.red_prefers if is_red else ()),
            *(policy.child_prefers if is_child else ()),
        ),
        may_bypass=is_red,
        do=("leave_scene_in_time",) if is_red else (),
        asks=result.missing,
        reasons=tuple(_reasons(result, policy)),
    )


def _level(red: tuple[str, ...], yellow: tuple[str, ...], is_undecided: bool) -> Level:
    if red:
        return "red"
    if yellow:
        return "yellow"
    return "indeterminate" if is_undecided else "none"


def _met(criteria: Iterable[Criterion], is_met: dict[str, bool | None]) -> tuple[str, ...]:
    return tuple(criterion.code for criterion in criteria if is_met[criterion.code])


def _nemsis(codes: Iterable[str], age_years: float | None) -> tuple[str, ...]:
    """The NEMSIS codes, each once; none that would state an age nobody knows."""
    kept = (BY_CODE[code] for code in codes)
    return tuple(dict.fromkeys(c.nemsis for c in kept if not (c.ages and age_years is None)))


def _reasons(result: TraumaResult, policy: TraumaPolicy) -> Iterator[Reason]:
    yield from (
        reason("trauma_criterion", criterion=code) for code in (*result.red, *result.yellow)
    )
    if result.level == "red":
        yield reason("scene_time_limit", limit_min=policy.scene_limit_min)


def _vital_signs(found: TraumaFindings) -> Iterator[_Answer]:
    yield _limited(MOTOR, found.motor_response)
    yield _limited(RESP_RATE, found.resp_rate_per_min)
    yield _Answer(criterion=RESP_SUPPORT, is_met=found.needs_resp_support, reads=("resp_support",))
    yield _limited(SPO2, found.spo2_air_pct)
    for band in PRESSURE:
        is_met = _is_hypotensive(band, found.systolic_mmhg, found.age_years)
        yield _Answer(criterion=band.criterion, is_met=is_met, reads=("age", "sbp"))
    yield _Answer(criterion=SHOCK, is_met=_is_faster(found), reads=("age", "sbp", "hr"))


def _limited(limits: Limits, value: float | None) -> _Answer:
    is_met = None if value is None else _is_outside(limits, value)
    return _Answer(criterion=limits.criterion, is_met=is_met, reads=(limits.reads,))


def _is_outside(limits: Limits, value: float) -> bool:
    return value < limits.below or (limits.above is not None and value > limits.above)


def _is_hypotensive(
    band: PressureBand, systolic_mmhg: float | None, age_years: float | None
) -> bool | None:
    if age_years is None:
        return _is_hypotensive_at_unknown_age(band, systolic_mmhg)
    if not _is_of_age(band.criterion.ages, age_years):
        return False
    if systolic_mmhg is None:
        return None
    return systolic_mmhg < band.limit_mmhg(math.floor(age_years))


def _is_hypotensive_at_unknown_age(band: PressureBand, systolic_mmhg: float | None) -> bool | None:
    """Undecided between the lowest limit of all ages and the highest one of this band."""
    if systolic_mmhg is None:
        return None
    if systolic_mmhg < min(each.below_mmhg for each in PRESSURE):
        return band.criterion is SBP_AT_ANY_AGE
    return None if systolic_mmhg < band.limit_mmhg(band.oldest_years) else False


def _is_faster(found: TraumaFindings) -> bool | None:
    """Heart rate above systolic pressure, from 10 years."""
    is_above: bool | None = None
    if found.heart_rate_per_min is not None and found.systolic_mmhg is not None:
        is_above = found.heart_rate_per_min > found.systolic_mmhg
    return _both(is_above, _is_of_age(SHOCK.ages, found.age_years))


def _ticked(
    criteria: Iterable[Criterion],
    source: Input,
    codes: frozenset[str] | None,
    found: TraumaFindings,
) -> Iterator[_Answer]:
    certain = frozenset(_told_by_number(found))
    for criterion in criteria:
        is_ticked = None if codes is None else criterion.code in codes
        is_ticked = True if criterion.code in certain else is_ticked
        is_met = _both(is_ticked, _is_of_age(criterion.ages, found.age_years))
        reads: tuple[Input, ...] = ("age", source) if criterion.ages else (source,)
        yield _Answer(criterion=criterion, is_met=is_met, reads=reads)


def _told_by_number(found: TraumaFindings) -> Iterator[str]:
    """Criteria that a number proves, whether or not somebody ticked them too."""
    if found.fall_m is not None and found.fall_m > FALL_ABOVE_M:
        yield "fall_over_3_m"
    if found.gestation_weeks is not None and found.gestation_weeks > GESTATION_ABOVE_WEEKS:
        yield "pregnancy_over_20_wk"


def _is_of_age(ages: Ages, age_years: float | None) -> bool | None:
    if not ages:
        return True
    if age_years is None:
        return None
    whole = math.floor(age_years)
    return any(first <= whole and (last is None or whole <= last) for first, last in ages)


def _both(one: bool | None, other: bool | None) -> bool | None:
    """And, with unknown: one plain no settles it."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _is_missing(name: Input, found: TraumaFindings) -> bool:
    return getattr(found, _ATTRIBUTES[name]) is None

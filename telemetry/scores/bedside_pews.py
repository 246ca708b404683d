"""Bedside PEWS (Parshuram, Critical Care 2009; 13:R135, table 1): seven items, 0-26. Pure.

Rates and pressure score by age, see `LIMITS`: 1, 2 or 4 points from a value upwards or from a value
downwards; the worst column that fits counts. The paper writes 0 as ">110 and <150", so that a
fraction between two whole numbers is decided by the limits as they stand. For all ages:

    refill time   below 3 s: 0     3 s and more: 4
    effort        normal 0         mild 1          moderate 2      severe or any apnoea 4
    SpO2          above 94: 0      91-94: 1        below 91: 2     (only <=90 is in the paper)
    oxygen        air 0            below 4 L/min or 50 %: 2        from there on 4

From 8 points a child needs critical-care review (82 % sensitive, 93 % specific for admission to
intensive care, Parshuram 2009). With an item missing there is no total but a lower bound.

The age groups are read in completed years (POLICY): "1-4 y" ends on the 5th birthday, ">4-12 y" on
the 13th. Which patients: `telemetry.scores.whom`.
"""

from typing import Final, Literal, NamedTuple, get_args

import msgspec

from telemetry.scores.whom import Age

Band = Literal["0-<3m", "3-<12m", "1-4y", ">4-12y", ">12y"]
BANDS: Final[tuple[Band, ...]] = get_args(Band)
Part = Literal["hr", "sbp", "crt", "rr", "effort", "spo2", "o2"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Effort = Literal["normal", "mild", "moderate", "severe"]
Oxygen = Literal["air", "<4L", ">=4L"]


class Limit(NamedTuple):
    """``points`` for a value at or above ``high``, or at or below ``low``."""

    points: int
    high: float
    low: float


Limits = tuple[Limit, Limit, Limit]


def _limits(one: tuple[int, int], two: tuple[int, int], four: tuple[int, int]) -> Limits:
    return Limit(1, *one), Limit(2, *two), Limit(4, *four)


LIMITS: Final[dict[Part, dict[Band, Limits]]] = {
    "hr": {
        "0-<3m": _limits((150, 110), (180, 90), (190, 80)),
        "3-<12m": _limits((150, 100), (170, 80), (180, 70)),
        "1-4y": _limits((120, 90), (150, 70), (170, 60)),
        ">4-12y": _limits((110, 70), (130, 60), (150, 50)),
        ">12y": _limits((100, 60), (120, 50), (140, 40)),
    },
    "sbp": {
        "0-<3m": _limits((80, 60), (100, 50), (130, 45)),
        "3-<12m": _limits((100, 80), (120, 70), (150, 60)),
        "1-4y": _limits((110, 90), (125, 75), (160, 65)),
        ">4-12y": _limits((120, 90), (140, 80), (170, 70)),
        ">12y": _limits((130, 100), (150, 85), (190, 75)),
    },
    "rr": {
        "0-<3m": _limits((61, 29), (81, 19), (91, 15)),
        "3-<12m": _limits((51, 24), (71, 19), (81, 15)),
        "1-4y": _limits((41, 19), (61, 15), (71, 12)),
        ">4-12y": _limits((31, 19), (41, 14), (51, 10)),
        ">12y": _limits((17, 11), (23, 10), (30, 9)),
    },
}
EFFORT: Final[dict[Effort, int]] = {"normal": 0, "mild": 1, "moderate": 2, "severe": 4}
OXYGEN: Final[dict[Oxygen, int]] = {"air": 0, "<4L": 2, ">=4L": 4}
SPO2_NORMAL_ABOVE_PCT: Final = 94
SPO2_LOW_BELOW_PCT: Final = 91
SPO2_POINTS_MAX: Final = 2
CRT_LONG_S: Final = 3
HIGH_FROM: Final = 8

POINTS_MAX: Final = 4
_MONTHS_OF_FIRST_BAND: Final = 3
_YEARS_OF_BANDS: Final = (1, 5, 13)


class BedsideInput(msgspec.Struct, frozen=True, kw_only=True):
    """The seven items; None is missing. Rates per minute, mmHg, seconds, %."""

    band: Band | None = None
    heart_rate_per_min: float | None = None
    systolic_mmhg: float | None = None
    capillary_refill_s: float | None = None
    resp_rate_per_min: float | None = None
    effort: Effort | None = None
    spo2_pct: float | None = None
    oxygen: Oxygen | None = None


class BedsideResult(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` 0-26 or None when an item is missing; ``is_high`` None while it may still be."""

    total: int | None
    lower_bound: int
    missing: tuple[Part, ...]
    is_high: bool | None
    parts: dict[Part, int | None]


def band_of(age: Age) -> Band | None:
    """The age group; None when the age, or in the first year the months, are unknown."""
    if age.years is None or (age.years == 0 and age.months is None):
        return None
    if age.months is not None and age.months < _MONTHS_OF_FIRST_BAND:
        return BANDS[0]
    return BANDS[1 + sum(age.years >= start for start in _YEARS_OF_BANDS)]


def score(observed: BedsideInput) -> BedsideResult:
    """Bedside PEWS of one set of observations (Parshuram 2009)."""
    seen = observed
    parts: dict[Part, int | None] = {
        "hr": _by_age("hr", seen.band, seen.heart_rate_per_min),
        "sbp": _by_age("sbp", seen.band, seen.systolic_mmhg),
        "crt": _refill(seen.capillary_refill_s),
        "rr": _by_age("rr", seen.band, seen.resp_rate_per_min),
        "effort": None if seen.effort is None else EFFORT[seen.effort],
        "spo2": _spo2(seen.spo2_pct),
        "o2": None if seen.oxygen is None else OXYGEN[seen.oxygen],
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    lower_bound = sum(points for points in parts.values() if points is not None)
    return BedsideResult(
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        missing=missing,
        is_high=_is_high(lower_bound, missing),
        parts=parts,
    )


def _is_high(lower_bound: int, missing: tuple[Part, ...]) -> bool | None:
    if lower_bound >= HIGH_FROM:
        return True
    still = sum(SPO2_POINTS_MAX if part == "spo2" else POINTS_MAX for part in missing)
    return None if lower_bound + still >= HIGH_FROM else False


def _by_age(part: Part, band: Band | None, value: float | None) -> int | None:
    if band is None or value is None:
        return None
    fitting = (
        limit.points for limit in LIMITS[part][band] if value >= limit.high or value <= limit.low
    )
    return max(fitting, default=0)


def _refill(seconds: float | None) -> int | None:
    if seconds is None:
        return None
    return POINTS_MAX if seconds >= CRT_LONG_S else 0


def _spo2(spo2_pct: float | None) -> int | None:
    """Between 90 and 91 the table is silent: it counts as the worse neighbour (POLICY)."""
    if spo2_pct is None:
        return None
    if spo2_pct > SPO2_NORMAL_ABOVE_PCT:
        return 0
    return 1 if spo2_pct >= SPO2_LOW_BELOW_PCT else SPO2_POINTS_MAX

"""Brighton PEWS (Monaghan 2005; table as in Arch Dis Child Educ Pract): 0-11, without a pressure.

    points  behaviour        cardiovascular                    respiratory
    0       playing, as      pink, or refill 1-2 s             normal
            is fitting
    1       sleeping         pale, or refill 3 s               rate more than 10 above normal,
                                                               accessory muscles, oxygen from 30 %
    2       irritable        grey, refill 4 s, or heart rate   rate more than 20 above normal,
                             20 above normal                   recession, tracheal tug, from 40 %
    3       lethargic,       grey and mottled, refill from     rate 5 below normal with sternal
            confused, less   5 s, heart rate 30 above normal,  recession or grunting, from 50 %
            reaction to      or bradycardia
            pain

Two more points for nebulisers every quarter of an hour or persistent vomiting after surgery, once.

A part is the worst sign that was recorded. A colour, a refill time, a rate or an effort is enough
for it; a heart rate not raised, or oxygen below 30 %, says nothing of the rest and leaves the part
missing when nothing else is known. Sternal recession or grunting without a low rate is recession
(2); a refill time between whole seconds counts as the next (POLICY). Oxygen scores by % only: the
published equivalents in L/min contradict each other. Pure; what is normal: `paediatric_ranges`.
"""

import math
from typing import Final, Literal, get_args

import msgspec

from telemetry.scores.bands import Column, raw_points

Part = Literal["behaviour", "cardiovascular", "respiratory"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Behaviour = Literal["playing", "sleeping", "irritable", "lethargic"]
Colour = Literal["pink", "pale", "grey", "mottled"]
Effort = Literal[
    "normal", "accessory", "recession", "tracheal_tug", "sternal_recession", "grunting"
]

BEHAVIOUR: Final[dict[Behaviour, int]] = {
    "playing": 0,
    "sleeping": 1,
    "irritable": 2,
    "lethargic": 3,
}
COLOUR: Final[dict[Colour, int]] = {"pink": 0, "pale": 1, "grey": 2, "mottled": 3}
EFFORT: Final[dict[Effort, int]] = {
    "normal": 0,
    "accessory": 1,
    "recession": 2,
    "tracheal_tug": 2,
    "sternal_recession": 2,
    "grunting": 2,
}
SEVERE_EFFORT: Final[frozenset[Effort]] = frozenset({"sternal_recession", "grunting"})
REFILL_S: Final = Column((3, 4, 5), (0, 1, 2, 3))  # in whole seconds, rounded up
HEART_RATE_OVER: Final = Column((20, 30), (0, 2, 3))
OXYGEN_PCT: Final = Column((30, 40, 50), (0, 1, 2, 3))
RESP_RATE_OVER: Final = ((20, 2), (10, 1))  # more than so much above normal
RESP_RATE_UNDER: Final = -5  # so much below normal, with severe effort
WORST: Final = 3
EXTRA: Final = 2


class BrightonInput(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen; None is not recorded.

    Rates are differences to normal for the age, per minute, negative below; seconds; inspired %.
    """

    behaviour: Behaviour | None = None
    colour: Colour | None = None
    capillary_refill_s: float | None = None
    heart_rate_over_per_min: float | None = None
    is_bradycardic: bool | None = None
    resp_rate_over_per_min: float | None = None
    effort: Effort | None = None
    oxygen_pct: float | None = None
    is_nebulised_quarter_hourly: bool | None = None
    is_vomiting_after_surgery: bool | None = None


class BrightonResult(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` 0-11 or None when a part is missing; ``extra`` is 0 or 2."""

    total: int | None
    lower_bound: int
    missing: tuple[Part, ...]
    extra: int
    parts: dict[Part, int | None]


def score(observed: BrightonInput) -> BrightonResult:
    """Brighton PEWS of what was recorded (Monaghan 2005)."""
    seen = observed
    parts: dict[Part, int | None] = {
        "behaviour": None if seen.behaviour is None else BEHAVIOUR[seen.behaviour],
        "cardiovascular": _cardiovascular(seen),
        "respiratory": _respiratory(seen),
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    is_extra = seen.is_nebulised_quarter_hourly is True or seen.is_vomiting_after_surgery is True
    extra = EXTRA if is_extra else 0
    lower_bound = extra + sum(points for points in parts.values() if points is not None)
    return BrightonResult(
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        missing=missing,
        extra=extra,
        parts=parts,
    )


def _cardiovascular(seen: BrightonInput) -> int | None:
    refill_s = seen.capillary_refill_s
    telling = (
        None if seen.colour is None else COLOUR[seen.colour],
        None if refill_s is None else raw_points(REFILL_S, math.ceil(refill_s)),
    )
    heart_rate = raw_points(HEART_RATE_OVER, seen.heart_rate_over_per_min)
    return _worst(telling, heart_rate, WORST if seen.is_bradycardic is True else None)


def _respiratory(seen: BrightonInput) -> int | None:
    over, effort = seen.resp_rate_over_per_min, seen.effort
    is_tiring = over is not None and over <= RESP_RATE_UNDER and effort in SEVERE_EFFORT
    telling = (
        None if effort is None else EFFORT[effort],
        _resp_rate(over),
        WORST if is_tiring else None,
    )
    return _worst(telling, raw_points(OXYGEN_PCT, seen.oxygen_pct))


def _resp_rate(over_per_min: float | None) -> int | None:
    if over_per_min is None:
        return None
    return next((points for above, points in RESP_RATE_OVER if over_per_min > above), 0)


def _worst(telling: tuple[int | None, ...], *others: int | None) -> int | None:
    """The worst of all; ``others`` count only when they score."""
    found = [points for points in telling if points is not None]
    return max((*found, *(points for points in others if points)), default=None)

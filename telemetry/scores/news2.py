"""NEWS2, the National Early Warning Score 2 (Royal College of Physicians, London 2017). Pure.

For patients of 16 years and over who are not pregnant; never for children or in pregnancy: whoever
calls decides that (`telemetry.level`). Missing is never zero: with a parameter missing there is no
total, but a lower bound, and a lower bound high enough already calls for help.

    parameter      3      2        1         0         1        2        3
    resp rate     <=8             9-11     12-20             21-24     >=25
    SpO2 scale 1  <=91  92-93    94-95      >=96
    SpO2 scale 2  <=83  84-85    86-87   88-92, or     93-94    95-96    >=97
                                        >=93 on air     on O2    on O2   on O2
    air or O2            O2                 air
    systolic      <=90  91-100  101-110  111-219                        >=220
    pulse         <=40           41-50     51-90     91-110  111-130    >=131
    ACVPU                                 alert                         C V P U
    temperature  <=35.0        35.1-36.0 36.1-38.0  38.1-39.0  >=39.1

Scale 2 only after a clinician has documented hypercapnic respiratory failure (RCP 2017); it is an
input and never inferred. Rounding (POLICY): SpO2 down, rates and pressures half up to integers,
temperature half up to 0.1 degree. A pressure that could not be recorded scores 3 (POLICY): it is no
missing one. It runs on every sample, so nothing is rounded: see `telemetry.scores.bands.Column`.
"""

import math
from typing import Final, Literal

import msgspec

from telemetry.scores.bands import Bands, column, raw_points

VERSION: Final = "1"
"""Of this rule; kept with every level that it decided."""

Part = Literal["rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"]
PARTS: Final[tuple[Part, ...]] = ("rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp")
NUMERIC_PARTS: Final[frozenset[Part]] = frozenset({"rr", "spo2", "sbp", "hr", "temp"})
Response = Literal["emergency", "urgent", "urgent_ward", "low", "none", "unknown"]

# As printed on the chart (RCP 2017).
RESP_RATE: Final[Bands] = ((8, 3), (11, 1), (20, 0), (24, 2), (math.inf, 3))
SPO2_SCALE_1: Final[Bands] = ((91, 3), (93, 2), (95, 1), (math.inf, 0))
SPO2_SCALE_2_ON_AIR: Final[Bands] = ((83, 3), (85, 2), (87, 1), (math.inf, 0))
SPO2_SCALE_2_ON_O2: Final[Bands] = (
    (83, 3),
    (85, 2),
    (87, 1),
    (92, 0),
    (94, 1),
    (96, 2),
    (math.inf, 3),
)
SYSTOLIC: Final[Bands] = ((90, 3), (100, 2), (110, 1), (219, 0), (math.inf, 3))
PULSE: Final[Bands] = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (math.inf, 3))
TEMPERATURE: Final[Bands] = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (math.inf, 2))
ACVPU: Final = {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}
OXYGEN: Final = {False: 0, True: 2}
RED: Final = 3  # the highest points of one parameter; an unrecordable pressure has them too

# The clinical response (RCP 2017): the lowest total of each.
EMERGENCY_FROM: Final = 7
URGENT_FROM: Final = 5

_SCALE_2_END: Final = 93  # from here on scale 2 needs to know whether oxygen is given (RCP 2017)

_RESP_RATE: Final = column(RESP_RATE, "0.5")
_SPO2_SCALE_1: Final = column(SPO2_SCALE_1, "1")
_SPO2_SCALE_2_ON_AIR: Final = column(SPO2_SCALE_2_ON_AIR, "1")
_SPO2_SCALE_2_ON_O2: Final = column(SPO2_SCALE_2_ON_O2, "1")
_SYSTOLIC: Final = column(SYSTOLIC, "0.5")
_PULSE: Final = column(PULSE, "0.5")
_TEMPERATURE: Final = column(TEMPERATURE, "0.05")


class News2Input(msgspec.Struct, frozen=True, kw_only=True):
    """The seven parameters; None is missing. Rates per minute, SpO2 %, mmHg, degrees Celsius.

    ``spo2_scale`` is a clinician's decision. ``is_systolic_unrecordable``: it was tried and no
    pressure could be found, which outweighs any number.
    """

    resp_rate_per_min: float | None = None
    spo2_pct: float | None = None
    spo2_scale: Literal[1, 2] = 1
    on_oxygen: bool | None = None
    systolic_mmhg: float | None = None
    is_systolic_unrecordable: bool = False
    pulse_per_min: float | None = None
    acvpu: Literal["A", "C", "V", "P", "U"] | None = None
    temperature_cel: float | None = None


class News2Result(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` 0-20 or None when a part is missing; ``lower_bound`` counts what was measured."""

    total: int | None
    lower_bound: int
    missing: tuple[Part, ...]
    parts: dict[Part, int | None]
    is_any_red: bool
    response: Response


def score(observed: News2Input) -> News2Result:
    """NEWS2 of one set of observations (RCP 2017)."""
    each = (
        raw_points(_RESP_RATE, observed.resp_rate_per_min),
        _spo2(observed.spo2_pct, observed.spo2_scale, observed.on_oxygen),
        None if observed.on_oxygen is None else OXYGEN[observed.on_oxygen],
        RED if observed.is_systolic_unrecordable else raw_points(_SYSTOLIC, observed.systolic_mmhg),
        raw_points(_PULSE, observed.pulse_per_min),
        None if observed.acvpu is None else ACVPU[observed.acvpu],
        raw_points(_TEMPERATURE, observed.temperature_cel),
    )
    missing: tuple[Part, ...] = ()
    if None in each:
        missing = tuple(part for part, points in zip(PARTS, each, strict=True) if points is None)
    lower_bound = sum(points for points in each if points is not None)
    is_any_red = RED in each
    return News2Result(
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        missing=missing,
        parts=dict(zip(PARTS, each, strict=True)),
        is_any_red=is_any_red,
        response=_response(lower_bound, is_any_red, len(missing)),
    )


def _response(lower_bound: int, is_any_red: bool, missing: int) -> Response:
    """The clinical response of RCP 2017 from what is known; nothing known is not "none"."""
    if missing == len(PARTS):
        return "unknown"
    if lower_bound >= EMERGENCY_FROM:
        return "emergency"
    if lower_bound >= URGENT_FROM:
        return "urgent"
    if is_any_red:
        return "urgent_ward"
    return "low" if lower_bound else "none"


def _spo2(spo2_pct: float | None, scale: Literal[1, 2], on_oxygen: bool | None) -> int | None:
    """Points for saturation; with oxygen unknown, scale 2 from 93 % counts as missing.

    It would be 0 on air and up to 3 on oxygen.
    """
    if scale == 1:
        return raw_points(_SPO2_SCALE_1, spo2_pct)
    if on_oxygen is None and spo2_pct is not None and spo2_pct >= _SCALE_2_END:
        return None
    return raw_points(_SPO2_SCALE_2_ON_O2 if on_oxygen else _SPO2_SCALE_2_ON_AIR, spo2_pct)

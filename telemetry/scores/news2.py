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
temperature half up to 0.1 degree.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

import msgspec

Part = Literal["rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"]
PARTS: Final[tuple[Part, ...]] = ("rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp")
NUMERIC_PARTS: Final[frozenset[Part]] = frozenset({"rr", "spo2", "sbp", "hr", "temp"})
Response = Literal["emergency", "urgent", "urgent_ward", "low", "none", "unknown"]

# (highest value of the band, points); the last band is open. Values are already rounded.
Bands = tuple[tuple[float, int], ...]
_RESP_RATE: Final[Bands] = ((8, 3), (11, 1), (20, 0), (24, 2), (math.inf, 3))
_SPO2_SCALE_1: Final[Bands] = ((91, 3), (93, 2), (95, 1), (math.inf, 0))
_SPO2_SCALE_2_LOW: Final[Bands] = ((83, 3), (85, 2), (87, 1), (92, 0))
_SPO2_SCALE_2_HIGH_ON_O2: Final[Bands] = ((94, 1), (96, 2), (math.inf, 3))
_SYSTOLIC: Final[Bands] = ((90, 3), (100, 2), (110, 1), (219, 0), (math.inf, 3))
_PULSE: Final[Bands] = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (math.inf, 3))
_TEMPERATURE: Final[Bands] = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (math.inf, 2))

_SCALE_2_TOP = 92  # up to here scale 2 scores low saturation, above it only saturation on oxygen


class News2Input(msgspec.Struct, frozen=True, kw_only=True):
    """The seven parameters; None is missing. Rates per minute, SpO2 %, mmHg, degrees Celsius."""

    resp_rate_per_min: float | None = None
    spo2_pct: float | None = None
    spo2_scale: Literal[1, 2] = 1
    on_oxygen: bool | None = None
    systolic_mmhg: float | None = None
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
    parts: dict[Part, int | None] = {
        "rr": _points(_RESP_RATE, _half_up(observed.resp_rate_per_min)),
        "spo2": _spo2(observed.spo2_pct, observed.spo2_scale, observed.on_oxygen),
        "o2": None if observed.on_oxygen is None else 2 * observed.on_oxygen,
        "sbp": _points(_SYSTOLIC, _half_up(observed.systolic_mmhg)),
        "hr": _points(_PULSE, _half_up(observed.pulse_per_min)),
        "acvpu": None if observed.acvpu is None else (0 if observed.acvpu == "A" else 3),
        "temp": _points(_TEMPERATURE, _to_tenth(observed.temperature_cel)),
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    lower_bound = sum(points for points in parts.values() if points is not None)
    is_any_red = any(points == 3 for points in parts.values())
    return News2Result(
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        missing=missing,
        parts=parts,
        is_any_red=is_any_red,
        response=_response(lower_bound, is_any_red, len(missing)),
    )


def _response(lower_bound: int, is_any_red: bool, missing: int) -> Response:
    """The clinical response of RCP 2017 from what is known; nothing known is not "none"."""
    if missing == len(PARTS):
        return "unknown"
    if lower_bound >= 7:
        return "emergency"
    if lower_bound >= 5:
        return "urgent"
    if is_any_red:
        return "urgent_ward"
    return "low" if lower_bound else "none"


def _points(bands: Bands, value: float | None) -> int | None:
    if value is None:
        return None
    return next(points for top, points in bands if value <= top)


def _spo2(spo2_pct: float | None, scale: Literal[1, 2], on_oxygen: bool | None) -> int | None:
    """Points for saturation; scale 2 above 92 % needs to know whether oxygen is given (RCP 2017).

    With oxygen unknown there, the saturation counts as missing: 0 on air and up to 3 on oxygen.
    """
    if spo2_pct is None:
        return None
    whole_pct = math.floor(spo2_pct)
    if scale == 1:
        return _points(_SPO2_SCALE_1, whole_pct)
    if whole_pct <= _SCALE_2_TOP:
        return _points(_SPO2_SCALE_2_LOW, whole_pct)
    if on_oxygen is None:
        return None
    return _points(_SPO2_SCALE_2_HIGH_ON_O2, whole_pct) if on_oxygen else 0


def _half_up(value: float | None) -> float | None:
    return None if value is None else math.floor(value + 0.5)


def _to_tenth(value: float | None) -> float | None:
    """Half up to 0.1 on the decimal the device sent: 36.05 is 36.1, whatever its binary form."""
    if value is None:
        return None
    return float(Decimal(repr(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))

"""MEOWS, the Modified Early Obstetric Warning System as a colour chart (CEMACH 2003-05). Pure.

For women in pregnancy and up to 42 days after it, second to `telemetry.scores.mewc`. Every finding
is white, yellow or red; one red or two yellow call for review (Singh 2012, 2016). The thresholds
differ from place to place (GK for the chart that Singh validated), so they are configuration:

    parameter      red below   white        red above     yellow is what lies between
    resp rate        10        10-20           30
    SpO2             95        from 95
    temperature      35        36.1-38.0       38
    systolic         90        101-149         160
    diastolic                  up to 89        100
    pulse            40        51-99           120
    alert          P, U red;  V yellow;  C, new confusion, yellow (POLICY: it is no alertness, and
                   MEWC triggers on it alone)

Nothing is rounded: what lies between two printed columns takes the worse colour (POLICY), so that
160.4 is red here as it is a criterion in MEWC. A missing finding could be red: without a trigger it
leaves the question open.
"""

from itertools import pairwise
from typing import Final, Literal

import msgspec

Colour = Literal["W", "Y", "R"]
Acvpu = Literal["A", "C", "V", "P", "U"]
Part = Literal["rr", "spo2", "temp", "sbp", "dbp", "pulse", "alert"]
PARTS: Final[tuple[Part, ...]] = ("rr", "spo2", "temp", "sbp", "dbp", "pulse", "alert")

RED_FROM: Final = 1  # Singh 2012, 2016: one red
YELLOW_FROM: Final = 2  # or two yellow


class Colours(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one parameter; None where the chart has no colour on that side.

    Red below ``red_below`` and above ``red_above``, white from ``white_from`` to ``white_to``
    inclusive, else yellow. Raises ValueError for limits that do not rise.
    """

    red_below: float | None = None
    white_from: float | None = None
    white_to: float | None = None
    red_above: float | None = None

    def __post_init__(self) -> None:
        limits = (self.red_below, self.white_from, self.white_to, self.red_above)
        given = [limit for limit in limits if limit is not None]
        if any(higher < lower for lower, higher in pairwise(given)):
            raise ValueError(f"limits must rise from red to white to red, got {given}")


class MeowsThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The chart of a county: rates per minute, SpO2 %, degrees Celsius, mmHg.

    Defaults: the chart that Singh 2012 validated, as far as known (GK). The county medical director
    answers for them.
    """

    rr: Colours = Colours(red_below=10, white_from=10, white_to=20, red_above=30)
    spo2: Colours = Colours(red_below=95, white_from=95)
    temp: Colours = Colours(red_below=35, white_from=36.1, white_to=38, red_above=38)
    sbp: Colours = Colours(red_below=90, white_from=101, white_to=149, red_above=160)
    dbp: Colours = Colours(white_to=89, red_above=100)
    pulse: Colours = Colours(red_below=40, white_from=51, white_to=99, red_above=120)
    yellow_alert: tuple[Acvpu, ...] = ("C", "V")
    red_alert: tuple[Acvpu, ...] = ("P", "U")


class MeowsInput(msgspec.Struct, frozen=True, kw_only=True):
    """The seven findings; None is missing. Rates per minute, SpO2 %, degrees Celsius, mmHg."""

    resp_rate_per_min: float | None = None
    spo2_pct: float | None = None
    temperature_cel: float | None = None
    systolic_mmhg: float | None = None
    diastolic_mmhg: float | None = None
    pulse_per_min: float | None = None
    acvpu: Acvpu | None = None


class MeowsResult(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what was measured; ``is_triggered`` is None while a missing finding may decide."""

    red: int
    yellow: int
    is_triggered: bool | None
    missing: tuple[Part, ...]
    colours: dict[Part, Colour | None]


def score(observed: MeowsInput, thresholds: MeowsThresholds | None = None) -> MeowsResult:
    """The colours of one set of findings; a trigger is one red or two yellow (Singh 2012, 2016)."""
    chart = thresholds or MeowsThresholds()
    colours: dict[Part, Colour | None] = {
        "rr": _colour(chart.rr, observed.resp_rate_per_min),
        "spo2": _colour(chart.spo2, observed.spo2_pct),
        "temp": _colour(chart.temp, observed.temperature_cel),
        "sbp": _colour(chart.sbp, observed.systolic_mmhg),
        "dbp": _colour(chart.dbp, observed.diastolic_mmhg),
        "pulse": _colour(chart.pulse, observed.pulse_per_min),
        "alert": _alertness(chart, observed.acvpu),
    }
    each = tuple(colours.values())
    red, yellow = each.count("R"), each.count("Y")
    missing = tuple(part for part in PARTS if colours[part] is None)
    is_triggered = red >= RED_FROM or yellow >= YELLOW_FROM
    return MeowsResult(
        red=red,
        yellow=yellow,
        is_triggered=True if is_triggered else (None if missing else False),
        missing=missing,
        colours=colours,
    )


def _colour(limits: Colours, value: float | None) -> Colour | None:
    if value is None:
        return None
    if limits.red_below is not None and value < limits.red_below:
        return "R"
    if limits.red_above is not None and value > limits.red_above:
        return "R"
    is_low = limits.white_from is not None and value < limits.white_from
    is_high = limits.white_to is not None and value > limits.white_to
    return "Y" if is_low or is_high else "W"


def _alertness(chart: MeowsThresholds, acvpu: Acvpu | None) -> Colour | None:
    if acvpu is None:
        return None
    if acvpu in chart.red_alert:
        return "R"
    return "Y" if acvpu in chart.yellow_alert else "W"

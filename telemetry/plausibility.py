"""Whether a number can be true: states of single values and checks between values. Pure.

Three outcomes, and none of them hides or changes a number: `invalid` (cannot be true: kept raw,
not scored), `suspect` (may be true, a person should confirm: kept, shown as such and SCORED, since
a systolic of 45 is what the score is for), or the device's own word (leads_off, probe_off,
artefact: not scored; asystole: the zero is real and scored). Ranges: `telemetry.codes`; checks
between values are POLICY of the clinical reference, table "Plausibility".

Not here: what a person entered, and what is asked back (`telemetry.entered`, by the same limits).
"""

from typing import Final, Literal

import msgspec

from telemetry.codes import RULES, Code, CodeRule
from telemetry.contract import Numeric

State = Literal["ok", "suspect", "invalid", "leads_off", "probe_off", "artefact", "asystole"]
SCORED: Final[frozenset[State]] = frozenset({"ok", "suspect", "asystole"})

_RATES: Final = ("heart_rate", "pulse_rate")
_PRESSURES: Final[tuple[tuple[Code, Code, Code], ...]] = (
    ("nibp_systolic", "nibp_diastolic", "nibp_mean"),
    ("abp_systolic", "abp_diastolic", "abp_mean"),
)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A value as sent with what is thought of it; ``reason`` is a stable code, "" when ok."""

    value: float | None
    unit: str
    state: State
    reason: str = ""


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What two values must have to do with each other (POLICY, county medical director).

    Systolic exceeds diastolic by ``pulse_pressure_min_mmhg`` or more; the mean is within
    ``mean_tolerance_mmhg`` of (sys + 2 dia)/3; heart and pulse rate are no more than
    ``rate_gap_per_min`` apart for longer than ``rate_gap_s``.
    """

    pulse_pressure_min_mmhg: float = 5.0
    mean_tolerance_mmhg: float = 15.0
    rate_gap_per_min: float = 30.0
    rate_gap_s: float = 10.0


CHECKS: Final = Checks()


def judge_one(code: Code, numeric: Numeric) -> Judged:
    """One value by the device's word and by its own range."""
    return judge_by(RULES[code], code, numeric)


def judge_by(rule: CodeRule, name: str, numeric: Numeric) -> Judged:
    """One value by the device's word and by the range of ``rule``; ``name``: what was measured."""
    value, unit = numeric.value, numeric.unit
    if numeric.quality == "asystole":
        if name in _RATES and value == 0:
            return Judged(value=value, unit=unit, state="asystole")
        return Judged(value=value, unit=unit, state="invalid", reason="asystole_with_value")
    if numeric.quality != "ok" or value is None:
        state: State = "artefact" if numeric.quality == "ok" else numeric.quality
        return Judged(value=value, unit=unit, state=state, reason=state)
    if not rule.reject_below <= value <= rule.reject_above:
        return Judged(value=value, unit=unit, state="invalid", reason="impossible")
    if not rule.flag_below <= value <= rule.flag_above:
        return Judged(value=value, unit=unit, state="suspect", reason="unusual")
    return Judged(value=value, unit=unit, state="ok")


def judge(numerics: dict[Code, Numeric]) -> dict[Code, Judged]:
    """All values of one message, each alone and then the pressures against each other."""
    judged = {code: judge_by(RULES[code], code, numeric) for code, numeric in numerics.items()}
    for systolic, diastolic, mean in _PRESSURES:
        _judge_pressures(judged, systolic, diastolic, mean)
    return judged


def is_pair_possible(systolic_mmhg: float, diastolic_mmhg: float, checks: Checks = CHECKS) -> bool:
    """Whether the two can be one blood pressure."""
    return systolic_mmhg - diastolic_mmhg >= checks.pulse_pressure_min_mmhg


def does_mean_fit(
    systolic_mmhg: float, diastolic_mmhg: float, mean_mmhg: float, checks: Checks = CHECKS
) -> bool:
    """Whether a mean belongs to the pair: near a third of the way from diastolic to systolic."""
    expected = (systolic_mmhg + 2 * diastolic_mmhg) / 3
    return abs(mean_mmhg - expected) <= checks.mean_tolerance_mmhg


def do_rates_agree(heart_per_min: float, pulse_per_min: float, checks: Checks = CHECKS) -> bool:
    """Whether the ECG and the oximeter count the same beats."""
    return abs(heart_per_min - pulse_per_min) <= checks.rate_gap_per_min


def _judge_pressures(
    judged: dict[Code, Judged], systolic: Code, diastolic: Code, mean: Code
) -> None:
    """Marks a pair that is too narrow `invalid`, and a mean that does not fit it `suspect`."""
    high, low = _usable(judged, systolic), _usable(judged, diastolic)
    if high is None or low is None:
        return
    if not is_pair_possible(high, low):
        for code in (systolic, diastolic):
            judged[code] = _marked(judged[code], "invalid", "pulse_pressure")
        return
    middle = _usable(judged, mean)
    if middle is not None and not does_mean_fit(high, low, middle):
        judged[mean] = _marked(judged[mean], "suspect", "mean_does_not_fit")


def _usable(judged: dict[Code, Judged], code: Code) -> float | None:
    found = judged.get(code)
    return found.value if found is not None and found.state in SCORED else None


def _marked(judged: Judged, state: State, reason: str) -> Judged:
    return Judged(value=judged.value, unit=judged.unit, state=state, reason=reason)


class RateGap:
    """Heart rate and pulse rate apart for longer than 10 s make the saturation doubtful.

    The pulse oximeter then counts something else than heart beats (atrial fibrillation with pulse
    deficit, movement, poor perfusion); the ECG rate is kept (POLICY). Times are monotonic seconds.
    """

    def __init__(self, checks: Checks = CHECKS) -> None:
        self._checks = checks
        self._since_s: float | None = None

    def judge(self, judged: dict[Code, Judged], now_s: float) -> dict[Code, Judged]:
        """The values of one message, with SpO2 marked `suspect` while the gap has lasted."""
        heart, pulse = _usable(judged, "heart_rate"), _usable(judged, "pulse_rate")
        if heart is None or pulse is None or do_rates_agree(heart, pulse, self._checks):
            self._since_s = None
            return judged
        if self._since_s is None:
            self._since_s = now_s
        spo2 = judged.get("spo2")
        if now_s - self._since_s <= self._checks.rate_gap_s or spo2 is None or spo2.state != "ok":
            return judged
        return {**judged, "spo2": _marked(spo2, "suspect", "rates_differ")}

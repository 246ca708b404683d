"""What to think of values that a person entered or a foreign system sent. Pure.

The live path judges what a monitor sends under contract v1; here a value may come in another unit,
as a word ("Low"), too old, or with something known about the patient that explains it. The limits
are the same (`telemetry.codes.LIMITS`), and so are the checks between values
(`telemetry.plausibility`). Five verdicts, and none of them changes a number:

    keep      believed
    flag      kept, and a person is asked to confirm
    reject    cannot be true: kept raw, not scored
    missing   the device says that it measured nothing, or nothing was given
    stale     too old to be scored: shown grey

What explains a value: chest compressions explain a low end-tidal CO2; a confirmed asystole explains
a heart rate of 0 (and is P1); a patient who talks contradicts a respiratory rate of 0. Everything
here is POLICY of the clinical reference of this project, tables "Plausibility" and V.

Not here: conversion (`telemetry.quantities`), which is made on request only.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from dispatch.errors import BadPayload
from telemetry.codes import (
    CONTINUOUS_SCORED_S,
    LIMITS,
    SPOT_SCORED_S,
    Item,
    Limits,
    rule_of,
)
from telemetry.contract import Numeric, Quality
from telemetry.plausibility import (
    CHECKS,
    SCORED,
    Checks,
    State,
    do_rates_agree,
    does_mean_fit,
    is_pair_possible,
    judge_by,
)
from telemetry.quantities import Unit, in_own_unit, units_of

Opinion = Literal["keep", "flag", "reject", "missing", "stale"]
Method = Literal["monitor", "cuff", "entered"]
Word = Literal["Low", "High", "P"]
Ask = Literal["unit", "confirm", "convert", "repeat"]

_USABLE: Final[frozenset[Opinion]] = frozenset({"keep", "flag"})
_NEVER_STALE: Final[frozenset[Item]] = frozenset({"weight"})
_UNIT_NEEDED: Final[frozenset[Item]] = frozenset({"glucose", "etco2"})
_METHODS: Final[dict[Item, Method]] = {
    "systolic": "cuff",
    "diastolic": "cuff",
    "mean": "cuff",
    "glucose": "entered",
    "gcs": "entered",
    "fio2": "entered",
}

WORDS: Final[dict[tuple[Item, Word], tuple[str, Literal["low", "high"] | None]]] = {
    ("glucose", "Low"): ("below_meter", "low"),
    ("glucose", "High"): ("above_meter", "high"),
    ("diastolic", "P"): ("palpated", None),
}
"""Words that NEMSIS 3.5.1 (2023) allows instead of a number: (reason, critical)."""

_OPINIONS: Final[dict[State, Opinion]] = {
    "ok": "keep",
    "suspect": "flag",
    "invalid": "reject",
    "asystole": "keep",
}
_ASKS: Final[dict[Opinion, Ask]] = {"flag": "confirm", "reject": "repeat"}
_HINTS: Final[dict[Unit, str]] = {
    "[degF]": "fahrenheit?",
    "Cel": "celsius?",
    "mm[Hg]": "mmHg?",
    "kPa": "kPa?",
    "mg/dL": "mg/dL?",
    "mmol/L": "mmol/L?",
}


class EnteredPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits by item, the checks between values, and usable ages in seconds.

    POLICY, owner: county medical director.
    """

    limits: Mapping[Item, Limits] = msgspec.field(default_factory=lambda: LIMITS)
    checks: Checks = CHECKS
    continuous_scored_s: float = CONTINUOUS_SCORED_S
    spot_scored_s: float = SPOT_SCORED_S


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One value as it came; ``unit`` None when none was said, ``age_s`` None when not known.

    ``is_repeat``: its time stamp is that of the value before, so it is the old one again.
    ``is_perfusion_poor``: the device doubts the pulse wave.
    """

    value: float | Word | None
    unit: Unit | None = None
    quality: Quality = "ok"
    age_s: float | None = None
    method: Method | None = None
    is_repeat: bool = False
    is_perfusion_poor: bool = False


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the patient; ``rate_gap_s``: how long heart and pulse rate have differed."""

    is_child: bool = False
    is_cpr: bool = False
    is_talking: bool = False
    rate_gap_s: float | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is thought of one value, which is given back as it came.

    ``ask`` is what a person should be asked, ``hint`` the unit that may have been meant;
    ``critical`` how a word without a number is to be treated; ``priority`` is P1 for an asystole.
    """

    opinion: Opinion
    value: float | Word | None
    unit: Unit
    is_scored: bool
    reasons: tuple[str, ...] = ()
    ask: Ask | None = None
    hint: str | None = None
    critical: Literal["low", "high"] | None = None
    priority: Literal["P1"] | None = None


_DEFAULT_POLICY: Final = EnteredPolicy()
_UNKNOWN: Final = Situation()
_NO_SPO2: Final = Verdict(opinion="missing", value=None, unit="%", is_scored=False)


def judge_entered(
    values: Mapping[Item, Measured],
    situation: Situation = _UNKNOWN,
    policy: EnteredPolicy = _DEFAULT_POLICY,
) -> dict[Item, Verdict]:
    """Every value alone, then the values against each other, then their age.

    Rates that differ concern the saturation even when none was given: it then stands flagged
    without a value. Raises BadPayload for a unit or a word that does not belong to its item.
    """
    found = {item: _judge_one(item, one, situation, policy) for item, one in values.items()}
    numbers = _numbers(found)
    _judge_pressures(found, numbers, policy.checks)
    _judge_rates(found, numbers, situation, policy.checks)
    for item, one in values.items():
        found[item] = _with_age(item, one, found[item], policy)
    return found


def _judge_one(
    item: Item, measured: Measured, situation: Situation, policy: EnteredPolicy
) -> Verdict:
    value = measured.value
    unit = _unit(item, measured.unit)
    if isinstance(value, str):
        return _word(item, value, unit)
    if value is None:
        return _without_value(measured, unit)
    own = in_own_unit(item, value, unit)
    limits = policy.limits[item]
    rule = rule_of(limits, policy.spot_scored_s, is_child=situation.is_child)
    judged = judge_by(rule, item, Numeric(value=own, unit=limits.unit, quality=measured.quality))
    opinion = _OPINIONS.get(judged.state, "missing")
    verdict = Verdict(
        opinion=opinion,
        value=value,
        unit=unit,
        is_scored=judged.state in SCORED,
        reasons=(judged.reason,) if judged.reason else (),
        ask=_ASKS.get(opinion),
    )
    if judged.state == "asystole":
        return _changed(verdict, "asystole", priority="P1")
    if measured.quality != "ok":
        return verdict
    verdict = _hinted(item, value, verdict, limits)
    return _asked_unit(item, measured, _explained(item, own, measured, situation, verdict, limits))


def _unit(item: Item, said: Unit | None) -> Unit:
    known = units_of(item)
    if said is None:
        return known[0]
    if said not in known:
        raise BadPayload("invalid_field", f"unit: {item} is in {' or '.join(known)}, got {said}")
    return said


def _word(item: Item, word: Word, unit: Unit) -> Verdict:
    known = WORDS.get((item, word))
    if known is None:
        raise BadPayload("invalid_field", f"value: {item} is a number, got {word!r}")
    reason, critical = known
    return Verdict(
        opinion="keep",
        value=word,
        unit=unit,
        is_scored=False,
        reasons=(reason,),
        critical=critical,
    )


def _without_value(measured: Measured, unit: Unit) -> Verdict:
    """Nothing was measured; an asystole alarm stays P1 even without its zero."""
    quality = measured.quality
    return Verdict(
        opinion="missing",
        value=None,
        unit=unit,
        is_scored=False,
        reasons=("not_measured" if quality == "ok" else quality,),
        priority="P1" if quality == "asystole" else None,
    )


def _changed(verdict: Verdict, reason: str, **changes: Any) -> Verdict:
    """``verdict`` with one more reason, and what follows from it."""
    return msgspec.structs.replace(verdict, reasons=(*verdict.reasons, reason), **changes)


def _explained(
    item: Item,
    own: float,
    measured: Measured,
    situation: Situation,
    verdict: Verdict,
    limits: Limits,
) -> Verdict:
    """What is known of the patient and the sensor speaks for a value or against it."""
    is_low = verdict.opinion == "flag" and own < limits.flag[0]
    if item == "etco2" and is_low and situation.is_cpr:
        return msgspec.structs.replace(
            verdict, opinion="keep", reasons=("cpr",), ask=None, hint=None
        )
    if item == "resp_rate" and own == 0 and situation.is_talking:
        return _changed(verdict, "artefact", opinion="flag", is_scored=False, ask="confirm")
    if item == "spo2" and measured.is_perfusion_poor and verdict.opinion != "reject":
        return _changed(verdict, "poor_perfusion", opinion="flag", is_scored=False, ask="confirm")
    return verdict


def _hinted(item: Item, value: float, verdict: Verdict, limits: Limits) -> Verdict:
    """A value out of its range that would be in it in another unit: perhaps that was meant."""
    if verdict.opinion == "keep":
        return verdict
    low, high = limits.reject if verdict.opinion == "reject" else limits.flag
    for other in units_of(item):
        if other != verdict.unit and low <= in_own_unit(item, value, other) <= high:
            return msgspec.structs.replace(verdict, ask="unit", hint=_HINTS[other])
    return verdict


def _asked_unit(item: Item, measured: Measured, verdict: Verdict) -> Verdict:
    """Asks for the unit where two are in daily use; another unit is not scored unconverted."""
    is_own = verdict.unit == units_of(item)[0]
    if not is_own:
        verdict = _changed(
            verdict, "unit_to_convert", is_scored=False, ask=verdict.ask or "convert"
        )
    is_doubtful = measured.unit is None or verdict.opinion == "reject"
    if item in _UNIT_NEEDED and is_doubtful:
        return msgspec.structs.replace(verdict, ask="unit")
    return verdict


def _judge_pressures(
    found: dict[Item, Verdict], numbers: Mapping[Item, float], checks: Checks
) -> None:
    high, low = numbers.get("systolic"), numbers.get("diastolic")
    if high is None or low is None:
        return
    if not is_pair_possible(high, low, checks):
        for item in ("systolic", "diastolic"):
            found[item] = _changed(
                found[item], "pulse_pressure", opinion="reject", is_scored=False, ask="repeat"
            )
        return
    middle = numbers.get("mean")
    if middle is not None and not does_mean_fit(high, low, middle, checks):
        found["mean"] = _flagged(found["mean"], "mean_does_not_fit")


def _judge_rates(
    found: dict[Item, Verdict],
    numbers: Mapping[Item, float],
    situation: Situation,
    checks: Checks,
) -> None:
    """Rates apart for longer than allowed, or for an unknown time, make the saturation doubtful."""
    heart, pulse = numbers.get("heart_rate"), numbers.get("pulse_rate")
    if heart is None or pulse is None or do_rates_agree(heart, pulse, checks):
        return
    if situation.rate_gap_s is not None and situation.rate_gap_s <= checks.rate_gap_s:
        return
    spo2 = found.get("spo2", _NO_SPO2)
    if spo2.opinion in _USABLE or spo2 is _NO_SPO2:
        found["spo2"] = _flagged(spo2, "rates_differ")


def _flagged(verdict: Verdict, reason: str) -> Verdict:
    return _changed(verdict, reason, opinion="flag", ask=verdict.ask or "confirm")


def _numbers(found: Mapping[Item, Verdict]) -> dict[Item, float]:
    """What may be compared with each other, each in the unit of its limits."""
    return {
        item: in_own_unit(item, verdict.value, verdict.unit)
        for item, verdict in found.items()
        if verdict.opinion in _USABLE and isinstance(verdict.value, int | float)
    }


def _with_age(item: Item, measured: Measured, verdict: Verdict, policy: EnteredPolicy) -> Verdict:
    """A value too old, or the old one sent again, is shown and not scored."""
    is_replaceable = verdict.opinion in _USABLE or verdict.reasons == ("not_measured",)
    if not is_replaceable or item in _NEVER_STALE:
        return verdict
    method = measured.method or _METHODS.get(item, "monitor")
    scored_s = policy.continuous_scored_s if method == "monitor" else policy.spot_scored_s
    is_old = measured.age_s is not None and measured.age_s > scored_s
    if not is_old and not measured.is_repeat:
        return verdict
    reason = "too_old" if is_old else "same_measurement"
    return _changed(verdict, reason, opinion="stale", is_scored=False, ask="repeat")

"""The respiratory pathway: who needs ventilation, bronchoscopy or intensive care. Pure.

For counties with a respiratory centre (Mingxi). No published field rule stands behind it: diseases
and triggers are general knowledge, to be confirmed by the county's medical director.

    suspected   acute severe asthma or COPD, respiratory failure, pulmonary embolism, massive
                haemoptysis
    severe      SpO2 < 90 % on oxygen; RR >= 30; silent chest; EtCO2 > 50 mmHg with drowsiness;
                massive haemoptysis, which is both

What was not measured decides nothing. NEWS2 uses SpO2 scale 2 only after a clinician documented
hypercapnic respiratory failure (Royal College of Physicians 2017): `news2_scale`.

Not here: NEWS2 itself (`telemetry.scores.news2`), the centre's limits (`Centre`).
"""

from collections.abc import Iterator
from typing import Final, Literal, get_args

import msgspec

from dispatch.triage.need import Need
from hospital_gateway.advice import Reason, reason
from hospital_gateway.prealert import Colour

Level = Literal["severe", "suspected", "indeterminate", "none"]
Disease = Literal[
    "severe_asthma", "severe_copd", "respiratory_failure", "pulmonary_embolism",
    "massive_haemoptysis",
]  # fmt: skip
DISEASES: Final[tuple[Disease, ...]] = get_args(Disease)
Trigger = Literal["spo2_on_oxygen", "rr", "silent_chest", "etco2_drowsy", "massive_haemoptysis"]
TRIGGERS: Final[tuple[Trigger, ...]] = get_args(Trigger)
Airway = Literal["safe", "threatened", "lost"]
Input = Literal["spo2", "o2", "rr", "silent_chest", "etco2", "drowsy", "suspected", "airway"]

MAY_NEED: Final = ("niv", "bronchoscopy", "icu")


class RespiratoryFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one patient; None is not known, an empty set is no disease suspected."""

    spo2_pct: float | None = None
    on_oxygen: bool | None = None
    resp_rate_per_min: float | None = None
    has_silent_chest: bool | None = None
    etco2_mmhg: float | None = None
    is_drowsy: bool | None = None
    suspected: frozenset[str] | None = None
    airway: Airway | None = None


class RespiratoryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds, all general knowledge; owner: the medical director.

    ``spo2_below_pct`` on oxygen, ``resp_rate_from_per_min`` inclusive, ``etco2_above_mmhg`` in a
    drowsy patient. ``red_triggers`` alert the hospital red, the others yellow (POLICY: a silent
    chest is first priority in our call table, and massive haemoptysis threatens the airway).
    ``prefers`` are capabilities that break ties, best first.
    """

    spo2_below_pct: float = 90
    resp_rate_from_per_min: float = 30
    etco2_above_mmhg: float = 50
    red_triggers: tuple[Trigger, ...] = ("silent_chest", "massive_haemoptysis")
    prefers: tuple[str, ...] = ("respiratory_icu", "eicu")


class RespiratoryResult(msgspec.Struct, frozen=True, kw_only=True):
    """Triggers met and undecided in the order of `TRIGGERS`; ``missing`` is what they wait for."""

    level: Level
    triggers: tuple[Trigger, ...]
    undecided: tuple[Trigger, ...]
    missing: tuple[Input, ...]


def assess(found: RespiratoryFindings, policy: RespiratoryPolicy) -> RespiratoryResult:
    """How far a patient belongs to the respiratory pathway."""
    is_met = _triggers(found, policy)
    triggers = tuple(trigger for trigger in TRIGGERS if is_met[trigger])
    undecided = tuple(trigger for trigger in TRIGGERS if is_met[trigger] is None)
    return RespiratoryResult(
        level=_level(triggers, undecided, found.suspected),
        triggers=triggers,
        undecided=undecided,
        missing=tuple(_missing(found, undecided)),
    )


def need(
    found: RespiratoryFindings, result: RespiratoryResult, policy: RespiratoryPolicy
) -> Need | None:
    """What follows; None when nothing was found and nothing is undecided.

    A lost airway goes to the closest resuscitation. A nearer hospital is passed only by a severe
    patient whose airway is known to be safe (POLICY).
    """
    is_lost = found.airway == "lost"
    if result.level == "none" and not is_lost:
        return None
    is_severe = result.level == "severe"
    is_airway_asked = is_severe and found.airway is None
    return Need(
        pathway="respiratory",
        decision="airway_lost" if is_lost else f"respiratory_{result.level}",
        alert=_alert(is_lost, result, policy),
        prefers=policy.prefers,
        may_bypass=is_severe and found.airway == "safe",
        is_immediate=is_lost,
        asks=(*result.missing, "airway") if is_airway_asked else result.missing,
        reasons=tuple(_reasons(result)),
    )


def news2_scale(has_documented_hypercapnia: bool | None) -> Literal[1, 2]:
    """The SpO2 scale of NEWS2: 2 only when a clinician documented it (RCP 2017)."""
    return 2 if has_documented_hypercapnia else 1


def _triggers(found: RespiratoryFindings, policy: RespiratoryPolicy) -> dict[Trigger, bool | None]:
    spo2, rate, etco2 = found.spo2_pct, found.resp_rate_per_min, found.etco2_mmhg
    is_low = None if spo2 is None else spo2 < policy.spo2_below_pct
    is_high = None if etco2 is None else etco2 > policy.etco2_above_mmhg
    suspected = found.suspected
    return {
        "spo2_on_oxygen": _both(is_low, found.on_oxygen),
        "rr": None if rate is None else rate >= policy.resp_rate_from_per_min,
        "silent_chest": found.has_silent_chest,
        "etco2_drowsy": _both(is_high, found.is_drowsy),
        "massive_haemoptysis": None if suspected is None else "massive_haemoptysis" in suspected,
    }


def _level(
    triggers: tuple[Trigger, ...],
    undecided: tuple[Trigger, ...],
    suspected: frozenset[str] | None,
) -> Level:
    if triggers:
        return "severe"
    if suspected:
        return "suspected"
    return "indeterminate" if undecided else "none"


_READS: Final[dict[Trigger, tuple[tuple[Input, str], ...]]] = {
    "spo2_on_oxygen": (("spo2", "spo2_pct"), ("o2", "on_oxygen")),
    "rr": (("rr", "resp_rate_per_min"),),
    "silent_chest": (("silent_chest", "has_silent_chest"),),
    "etco2_drowsy": (("etco2", "etco2_mmhg"), ("drowsy", "is_drowsy")),
    "massive_haemoptysis": (("suspected", "suspected"),),
}


def _missing(found: RespiratoryFindings, undecided: tuple[Trigger, ...]) -> Iterator[Input]:
    for trigger in undecided:
        for name, attribute in _READS[trigger]:
            if getattr(found, attribute) is None:
                yield name


def _alert(
    is_airway_lost: bool, result: RespiratoryResult, policy: RespiratoryPolicy
) -> Colour | None:
    if is_airway_lost or set(result.triggers) & set(policy.red_triggers):
        return Colour.RED
    return Colour.YELLOW if result.triggers else None


def _reasons(result: RespiratoryResult) -> Iterator[Reason]:
    yield from (reason("respiratory_trigger", trigger=trigger) for trigger in result.triggers)
    if result.level == "severe":
        yield from (reason("may_need", what=what) for what in MAY_NEED)


def _both(one: bool | None, other: bool | None) -> bool | None:
    """And, with unknown: one plain no settles it."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True

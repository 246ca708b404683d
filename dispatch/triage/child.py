"""The pathway of the critical child: closest emergency department, or paediatric intensive care.

Whom: from day 29 to the 16th birthday; younger is the newborn's pathway, older the adult's.

    arrest, respiratory arrest, airway not relieved   closest emergency department (R0)
    any other trigger                                 hospital with paediatric intensive care
    the same, known to be not stable                  nearest emergency department, and say so
    NPEWS medium                                      nearest; assessed within 30 min
    nothing found and everything looked at            no trigger

Triggers (criteria for paediatric intensive care in use by emergency services; GK): NPEWS high or
emergency, status epilepticus, SpO2 below 90 %, life-threatening arrhythmia, sepsis, shock. An
airway that the crew cannot manage goes to the closest emergency department whatever else there is.

NPEWS (NHS England 2023): 1-4 low, 5-8 medium, 9-12 high, from 13 emergency; V raises it to high, P
and U to emergency, whatever the total. A seizure of five minutes is status epilepticus
(International League Against Epilepsy 2015). Pure.
"""

import math
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from dispatch.triage.need import Need
from hospital_gateway.prealert import Colour

Level = Literal["none", "low", "medium", "high", "emergency"]
LEVELS: Final[tuple[Level, ...]] = ("none", "low", "medium", "high", "emergency")
LEVEL_FROM: Final[tuple[tuple[int, Level], ...]] = (
    (13, "emergency"),
    (9, "high"),
    (5, "medium"),
    (1, "low"),
    (0, "none"),
)
"""(lowest total, level), NHS England 2023."""

AVPU_LEVEL: Final[Mapping[str, Level]] = {"V": "high", "P": "emergency", "U": "emergency"}

_LONGEST_YEAR_DAYS: Final = 366  # so many days times 16 are 16 birthdays, whatever the leap years

IMMEDIATE: Final = ("arrest", "respiratory_arrest", "airway_not_relieved")
FINDINGS: Final = (*IMMEDIATE, "status_epilepticus", "arrhythmia", "sepsis", "shock")
"""What a crew may say yes or no to; a finding that is not named is unknown."""


class ChildPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of this pathway; owner: county medical director.

    90 % as in the criteria for paediatric intensive care (GK), 5 min ILAE 2015, 16 years the scope
    of adult scores (Royal College of Physicians 2017).
    """

    newborn_last_day: int = 28
    adult_from_years: int = 16
    spo2_below_pct: float = 90
    status_epilepticus_from_min: float = 5


DEFAULT_POLICY: Final = ChildPolicy()


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the child; None, or a finding that is not named, is not known.

    ``npews_total`` may be of what was measured so far: it only rises. ``npews_level`` is the final
    level of the score, with its triggers.
    """

    age_years: float | None = None
    age_days: float | None = None
    npews_total: int | None = None
    npews_level: Level | None = None
    avpu: Literal["A", "V", "P", "U"] | None = None
    spo2_pct: float | None = None
    seizing_min: float | None = None
    stable: bool | None = None
    findings: Mapping[str, bool] = {}


class ChildAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What follows. ``level`` None: no part of NPEWS is known; ``needs`` empty: the general rule.

    ``triggers`` were found, ``undecided`` could not be told.
    """

    decision: str
    level: Level | None
    triggers: tuple[str, ...]
    undecided: tuple[str, ...]
    needs: tuple[Need, ...]
    asks: tuple[str, ...]


def decide(child: Child, policy: ChildPolicy = DEFAULT_POLICY) -> ChildAnswer:
    """Level, triggers, decision and needs of one child."""
    other = _other_pathway(child, policy)
    if other:
        return ChildAnswer(decision=other, level=None, triggers=(), undecided=(), needs=(), asks=())
    level = level_of(child)
    told = _told(child, level, policy)
    triggers = tuple(code for code, is_there in told.items() if is_there)
    decision = _decision(child, level, triggers)
    asks = _asks(child, level, triggers)
    return ChildAnswer(
        decision=decision,
        level=level,
        triggers=triggers,
        undecided=tuple(code for code, is_there in told.items() if is_there is None),
        needs=_needs(decision, triggers, asks),
        asks=asks,
    )


def level_of(child: Child) -> Level | None:
    """The gravest level that total, score and consciousness give; A alone gives none."""
    by_total = None
    if child.npews_total is not None:
        by_total = next(level for lowest, level in LEVEL_FROM if child.npews_total >= lowest)
    by_avpu = AVPU_LEVEL.get(child.avpu) if child.avpu else None
    known = [level for level in (child.npews_level, by_total, by_avpu) if level is not None]
    return max(known, key=LEVELS.index) if known else None


def _other_pathway(child: Child, policy: ChildPolicy) -> str | None:
    if child.age_days is not None and math.floor(child.age_days) <= policy.newborn_last_day:
        return "newborn_pathway"
    is_adult = child.age_years is not None and child.age_years >= policy.adult_from_years
    longest_days = policy.adult_from_years * _LONGEST_YEAR_DAYS
    is_adult = is_adult or (child.age_days is not None and child.age_days >= longest_days)
    return "adult_pathway" if is_adult else None


def _told(child: Child, level: Level | None, policy: ChildPolicy) -> dict[str, bool | None]:
    limit_min = policy.status_epilepticus_from_min
    is_long = child.seizing_min is not None and child.seizing_min >= limit_min
    low = None if child.spo2_pct is None else child.spo2_pct < policy.spo2_below_pct
    said = child.findings.get
    return {
        **{code: said(code) for code in IMMEDIATE},
        "npews_emergency": None if level is None else level == "emergency",
        "npews_high": None if level is None else level == "high",
        "status_epilepticus": True if is_long else said("status_epilepticus"),
        "low_saturation": low,
        "arrhythmia": said("arrhythmia"),
        "sepsis": said("sepsis"),
        "shock": said("shock"),
    }


def _decision(child: Child, level: Level | None, triggers: tuple[str, ...]) -> str:
    if any(code in IMMEDIATE for code in triggers):
        return "closest_ed"
    if triggers:
        return "nearest_then_picu" if child.stable is False else "child_centre"
    if level == "medium":
        return "paediatric_review"
    return "undecided" if level is None or child.spo2_pct is None else "no_trigger"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one decision asks of a hospital; the nearest that has it is always right."""

    alert: Colour
    requires: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    is_immediate: bool = False


PLANS: Final[dict[str, Plan]] = {
    "closest_ed": Plan(alert=Colour.RED, prefers=("picu",), is_immediate=True),
    "child_centre": Plan(alert=Colour.RED, requires=("picu",)),
    "nearest_then_picu": Plan(alert=Colour.RED, prefers=("picu",)),
    "paediatric_review": Plan(alert=Colour.YELLOW, prefers=("picu",)),
}

_DO: Final = {
    "arrest": "cpr",
    "respiratory_arrest": "ventilate",
    "airway_not_relieved": "open_airway",
}


def _needs(decision: str, triggers: tuple[str, ...], asks: tuple[str, ...]) -> tuple[Need, ...]:
    plan = PLANS.get(decision)
    if plan is None:
        return ()
    need = Need(
        pathway="child",
        decision=decision,
        alert=plan.alert,
        requires=plan.requires,
        prefers=plan.prefers,
        may_bypass=False,
        is_immediate=plan.is_immediate,
        do=tuple(_DO[code] for code in triggers if code in _DO),
        notify=("child_centre",) if decision == "nearest_then_picu" else (),
        asks=asks,
    )
    return (need,)


def _asks(child: Child, level: Level | None, triggers: tuple[str, ...]) -> tuple[str, ...]:
    is_immediate = any(code in IMMEDIATE for code in triggers)
    is_infant = child.age_years is not None and child.age_years < 1
    questions = {
        "age": child.age_years is None and child.age_days is None,
        "age_days": is_infant and child.age_days is None,
        "npews_level": level is None,
        "spo2": child.spo2_pct is None,
        "stable": bool(triggers) and not is_immediate and child.stable is None,
    }
    return tuple(name for name, is_asked in questions.items() if is_asked)

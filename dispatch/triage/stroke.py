"""Suspected stroke: last known well, windows, glucose first, and where to. Pure.

Time counts from when the patient was **last known well**, never from when he was found; with a
wake-up stroke that is bedtime. Unknown stays unknown. Questions in their order:

1. Airway failing: the closest resuscitation (R0).
2. Glucose that mimics stroke (below 2.8 or above 22.2 mmol/L; LAPSS, Kidwell 2000, for the upper):
   correct it, screen again, no LVO alert. From 2.8 to below 3.3 it is corrected on the way.
3. Last known well more than 24 h ago: nearest stroke centre, no emergency alert. Unknown: full
   alert, county stroke centre.
4. LVO and no lysis to lose (more than 4.5 h, or contraindicated): the EVT hospital, however far.
5. LVO, EVT hospital no farther than the county's, or less than 30 min in all (30 itself is too
   far) with the needle there still within 4.5 h: the EVT hospital (AHA algorithm, Venema 2020).
6. Else drip and ship: county stroke centre, with LVO the EVT hospital is called in parallel.

``asks`` names every unknown fact that could change the answer: the rule is asked again with the
value of it that tells most. An airway that fails is an event somebody reports; in coma without a
word on the airway it is asked for and nothing is passed. Not here: the scales
(`dispatch.triage.stroke_scales`), the ranking (`hospital_gateway.destination`).
"""

import math
from datetime import datetime
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload
from dispatch.triage.cardiac_times import Target
from dispatch.triage.need import Need
from hospital_gateway.prealert import Colour

Window = Literal["lysis", "evt", "evt_selected", "outside", "unknown"]
GlucoseWord = Literal["LOW", "HIGH"]
Decision = Literal[
    "immediate", "no_stroke_pathway", "correct_glucose", "nearest_stroke_centre",
    "county_stroke_centre", "evt_direct",
]  # fmt: skip
Why = Literal[
    "airway_failing", "not_suspected", "glucose_low", "glucose_high", "beyond_every_window",
    "last_known_well_unknown", "coma_airway_unknown", "no_lvo", "lvo_unknown", "no_lysis_to_lose",
    "evt_is_nearest", "evt_within_limit", "evt_too_far", "evt_drive_unknown", "lysis_would_be_lost",
]  # fmt: skip

_GENERAL: Final = "general knowledge"

TARGETS: Final = (
    Target(interval="door_to_ct", limit_min=25, source=_GENERAL, is_general_knowledge=True),
    Target(interval="door_to_needle", limit_min=60, source="Chinese quality reports"),
    Target(interval="door_to_puncture", limit_min=90, source="Chinese quality reports"),
    Target(
        interval="door_in_to_door_out", limit_min=90, source=_GENERAL, is_general_knowledge=True
    ),
)

# The value of each fact that leads farthest from what is decided while it is unknown.
_TELLING: Final[dict[str, bool | float]] = {
    "lvo": True,
    "last_known_well_h": math.inf,
    "is_lysis_contraindicated": True,
    "evt_drive_min": 0.0,
    "county_drive_min": math.inf,
    "glucose_mmol_per_l": 0.0,
}


class StrokePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Windows and limits, the medical director's to set.

    ``lysis_window_h`` 4.5, ``evt_window_h`` 6, ``evt_selected_window_h`` 24, all inclusive
    (AHA/ASA 2018-2019 and the Chinese guideline 2023; general knowledge for 6 and 24).
    ``evt_drive_limit_min``: the whole drive, 30, exclusive (Venema 2020). ``door_to_needle_min``:
    what a hospital needs until the needle, 60 (Chinese quality target, as allowance POLICY).
    Glucose in mmol/L: mimic below 2.8, correct below 3.3, mimic above 22.2 (LAPSS 60-400 mg/dL,
    Kidwell 2000; that 2.8 stops the alert and 3.3 does not is POLICY). ``coma_gcs``: 8 (POLICY).
    """

    lysis_window_h: float = 4.5
    evt_window_h: float = 6
    evt_selected_window_h: float = 24
    evt_drive_limit_min: float = 30
    door_to_needle_min: float = 60
    glucose_mimic_below_mmol_per_l: float = 2.8
    glucose_correct_below_mmol_per_l: float = 3.3
    glucose_mimic_above_mmol_per_l: float = 22.2
    coma_gcs: int = 8


DEFAULT_POLICY: Final = StrokePolicy()


class LastSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What witnesses said of time; aware datetimes. When the patient was found is not asked."""

    last_known_well: datetime | None = None
    bedtime: datetime | None = None
    woke_with_deficit: bool | None = None


class Stroke(msgspec.Struct, frozen=True, kw_only=True):
    """What the decision needs to know; None is unknown.

    ``last_known_well_h`` is the time since, in hours; drives are whole drives in minutes, to the
    EVT hospital and to the nearest that can lyse; glucose in mmol/L, or the word a meter shows.
    """

    is_suspected: bool | None = None
    lvo: bool | None = None
    last_known_well_h: float | None = None
    is_lysis_contraindicated: bool | None = None
    evt_drive_min: float | None = None
    county_drive_min: float | None = None
    glucose_mmol_per_l: float | None = None
    glucose_word: GlucoseWord | None = None
    is_airway_failing: bool | None = None
    gcs: int | None = None


class StrokeDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The decision and its reason, window, whether lysis is possible; what to do, tell, ask."""

    decision: Decision
    why: Why
    window: Window
    is_lysis_possible: bool | None
    do: tuple[str, ...]
    notify: tuple[str, ...]
    asks: tuple[str, ...]


def last_known_well(seen: LastSeen) -> datetime | None:
    """When the patient was last known well; bedtime if he woke with the deficit, else as told."""
    if seen.woke_with_deficit and seen.bedtime is not None:
        return seen.bedtime
    return seen.last_known_well


def hours_since(moment: datetime | None, at: datetime) -> float | None:
    """Hours from ``moment`` to ``at``; raises BadPayload for a moment that has not come yet."""
    if moment is None:
        return None
    hours = (at - moment).total_seconds() / 3600
    if hours < 0:
        raise BadPayload("invalid_field", f"last_known_well: {moment} is later than at: {at}")
    return hours


def window(last_known_well_h: float | None, policy: StrokePolicy = DEFAULT_POLICY) -> Window:
    """The treatment window that is open this many hours after last known well."""
    if last_known_well_h is None:
        return "unknown"
    if last_known_well_h <= policy.lysis_window_h:
        return "lysis"
    if last_known_well_h <= policy.evt_window_h:
        return "evt"
    return "evt_selected" if last_known_well_h <= policy.evt_selected_window_h else "outside"


def decide(case: Stroke, policy: StrokePolicy = DEFAULT_POLICY) -> StrokeDecision:
    """Where to take a suspected stroke, and whom to tell; never raises."""
    decision, why = _decision(case, policy)
    is_alerting = decision in {"county_stroke_centre", "evt_direct"}
    return StrokeDecision(
        decision=decision,
        why=why,
        window=window(case.last_known_well_h, policy),
        is_lysis_possible=_is_lysis_possible(case, policy),
        do=_do(case, decision, policy),
        notify=("evt_hospital",) if case.lvo and is_alerting else (),
        asks=_asks(case, decision, why, policy),
    )


def need_of(found: StrokeDecision) -> Need | None:
    """The decision as the destination engine takes it; None when no stroke is suspected.

    Only where no lysis is to be lost the EVT hospital is insisted on, however far.
    """
    if found.decision == "no_stroke_pathway":
        return None
    is_evt = found.decision == "evt_direct"
    alerts: dict[Decision, Colour | None] = {
        "correct_glucose": None,
        "nearest_stroke_centre": Colour.GREEN,
    }
    return Need(
        pathway="stroke",
        decision=found.decision,
        alert=alerts.get(found.decision, Colour.RED),
        requires=("evt",) if found.why == "no_lysis_to_lose" else (),
        prefers=("evt",) if is_evt else (),
        may_bypass=is_evt,
        is_immediate=found.decision == "immediate",
        do=found.do,
        notify=found.notify,
        asks=found.asks,
    )


def _decision(case: Stroke, policy: StrokePolicy) -> tuple[Decision, Why]:
    if case.is_airway_failing:
        return "immediate", "airway_failing"
    if case.is_suspected is False:
        return "no_stroke_pathway", "not_suspected"
    mimic = _mimic(case, policy)
    if mimic is not None:
        return "correct_glucose", mimic
    since_h = case.last_known_well_h
    if since_h is None:
        return "county_stroke_centre", "last_known_well_unknown"
    if since_h > policy.evt_selected_window_h:
        return "nearest_stroke_centre", "beyond_every_window"
    if _is_coma(case, policy):
        return "county_stroke_centre", "coma_airway_unknown"
    if case.lvo is None:
        return "county_stroke_centre", "lvo_unknown"
    if not case.lvo:
        return "county_stroke_centre", "no_lvo"
    if _is_lysis_possible(case, policy) is False:
        return "evt_direct", "no_lysis_to_lose"
    return _drip_or_drive(case, since_h, policy)


def _drip_or_drive(case: Stroke, since_h: float, policy: StrokePolicy) -> tuple[Decision, Why]:
    """LVO with lysis to lose: the EVT hospital only where it costs no lysis (Venema 2020)."""
    drive_min = case.evt_drive_min
    if drive_min is None:
        return "county_stroke_centre", "evt_drive_unknown"
    if case.county_drive_min is not None and drive_min <= case.county_drive_min:
        return "evt_direct", "evt_is_nearest"
    if drive_min >= policy.evt_drive_limit_min:
        return "county_stroke_centre", "evt_too_far"
    needle_s = round(since_h * 3600 + (drive_min + policy.door_to_needle_min) * 60)
    if needle_s > policy.lysis_window_h * 3600:
        return "county_stroke_centre", "lysis_would_be_lost"
    return "evt_direct", "evt_within_limit"


def _mimic(case: Stroke, policy: StrokePolicy) -> Why | None:
    glucose = case.glucose_mmol_per_l
    if case.glucose_word == "LOW":
        return "glucose_low"
    if case.glucose_word == "HIGH":
        return "glucose_high"
    if glucose is None:
        return None
    if glucose < policy.glucose_mimic_below_mmol_per_l:
        return "glucose_low"
    return "glucose_high" if glucose > policy.glucose_mimic_above_mmol_per_l else None


def _is_lysis_possible(case: Stroke, policy: StrokePolicy) -> bool | None:
    """False once too late or contraindicated; None while the time or a contraindication is open."""
    open_window = window(case.last_known_well_h, policy)
    if case.is_lysis_contraindicated or open_window not in {"lysis", "unknown"}:
        return False
    is_open = open_window == "unknown" or case.is_lysis_contraindicated is None
    return None if is_open else True


def _is_coma(case: Stroke, policy: StrokePolicy) -> bool:
    is_said = case.is_airway_failing is not None
    return not is_said and case.gcs is not None and case.gcs <= policy.coma_gcs


def _do(case: Stroke, decision: Decision, policy: StrokePolicy) -> tuple[str, ...]:
    if decision in {"immediate", "no_stroke_pathway"}:
        return ()
    if decision == "correct_glucose":
        return ("correct_glucose", "rescreen")
    glucose = case.glucose_mmol_per_l
    if glucose is None:
        return ("measure_glucose",)
    if glucose < policy.glucose_correct_below_mmol_per_l:
        return ("correct_glucose", "rescreen")
    return ()


def _asks(case: Stroke, decision: Decision, why: Why, policy: StrokePolicy) -> tuple[str, ...]:
    """The unknown facts whose telling value would give another decision, in the case's order."""
    asks = tuple(
        name
        for name, value in _TELLING.items()
        if getattr(case, name) is None
        and _decision(msgspec.structs.replace(case, **{name: value}), policy)[0] != decision
    )
    return (*asks, "airway_failing") if why == "coma_airway_unknown" else asks

"""Burns and poisons: when a burn unit, a pressure chamber or a toxicology service is needed. Pure.

A county seldom has a centre for them; their patients go by the general rule with the capabilities
asked for here (burn, hyperbaric, tox). No published Chinese field rule was found: POLICY throughout
unless a source is named, owner: the county's medical director.

    burn      more than 20 % of the body (child more than 10 %), face or airway, high voltage, fire
              in a closed room: the first-priority cell of our own call table. Stable, airway not in
              danger and no other trauma: a burn unit. Unstable or not known: the nearest hospital
              that will do. With other trauma the trauma pathway leads.
    CO        neurological deficit (GCS < 15), loss of consciousness, cardiac ischaemia, pregnancy
              (Eichhorn 2018) or COHb >= 25 % (general knowledge): a pressure chamber, if it is in
              reach and the airway is safe; otherwise the nearest. Oxygen at once, always.
    others    nearest hospital; toxicology breaks ties.

A lost airway goes to the closest resuscitation. What is not known proves nothing: a nearer hospital
is passed only when everything that allows it is known. Not here: distances to hospitals, which the
destination engine knows; the drive to the chamber is told.
"""

from collections.abc import Iterator
from typing import Final, Literal, get_args

import msgspec

from dispatch.triage.need import Need
from dispatch.triage.respiratory import Airway
from hospital_gateway.advice import reason
from hospital_gateway.prealert import Colour

Poison = Literal["co", "pesticide", "medicine", "venom", "other"]
POISONS: Final[tuple[Poison, ...]] = get_args(Poison)
BurnDecision = Literal[
    "airway_lost",
    "burn_unit",
    "burn_nearest",
    "burn_with_trauma",
    "burn_indeterminate",
    "burn_minor",
]
ToxDecision = Literal[
    "airway_lost", "hyperbaric", "co_nearest", "co_indeterminate", "co_oxygen", "poisoned"
]


class BurnToxFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one patient; None is not known.

    ``burn_pct`` is the body surface burnt deeper than reddening; ``hyperbaric_min`` the drive to
    the nearest pressure chamber that takes patients now. ``poison`` None: none suspected.
    """

    age_years: float | None = None
    burn_pct: float | None = None
    has_face_or_airway_burn: bool | None = None
    is_high_voltage: bool | None = None
    is_closed_room_fire: bool | None = None
    has_other_trauma: bool | None = None
    is_stable: bool | None = None
    airway: Airway | None = None
    poison: Poison | None = None
    gcs_total: int | None = None
    has_lost_consciousness: bool | None = None
    has_cardiac_ischaemia: bool | None = None
    is_pregnant: bool | None = None
    cohb_pct: float | None = None
    hyperbaric_min: float | None = None


class BurnToxPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds; owner: the medical director.

    ``burn_above_pct``, ``child_burn_above_pct``: call table (POLICY). ``child_below_years``: 16,
    where the children's row of that table ends (POLICY). ``gcs_below``: any neurological deficit
    (Eichhorn 2018). ``cohb_from_pct``: inclusive (general knowledge). ``hyperbaric_limit_min``:
    inclusive, 60 as for mothers and newborns (POLICY; no published limit).
    """

    burn_above_pct: float = 20
    child_burn_above_pct: float = 10
    child_below_years: int = 16
    gcs_below: int = 15
    cohb_from_pct: float = 25
    hyperbaric_limit_min: float = 60


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """Criteria met and undecided, and the inputs that the undecided ones wait for."""

    met: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]


_Row = tuple[str, bool | None, tuple[str, ...]]  # criterion, met, inputs it lacks


def burn_criteria(found: BurnToxFindings, policy: BurnToxPolicy) -> Criteria | None:
    """What speaks for a burn unit; None when nothing at all was said of a burn."""
    flags = (
        ("face_airway", found.has_face_or_airway_burn),
        ("high_voltage", found.is_high_voltage),
        ("closed_room", found.is_closed_room_fire),
    )
    if found.burn_pct is None and all(flag is None for _name, flag in flags):
        return None
    lacks = ("age",) if found.age_years is None and found.burn_pct is not None else ("burn_pct",)
    area: _Row = ("burn_area", _is_large(found, policy), lacks)
    return _weigh((area, *((name, flag, (name,)) for name, flag in flags)))


def hyperbaric_criteria(found: BurnToxFindings, policy: BurnToxPolicy) -> Criteria | None:
    """What speaks for a pressure chamber; None when no carbon monoxide is suspected."""
    if found.poison != "co":
        return None
    gcs, cohb = found.gcs_total, found.cohb_pct
    rows: tuple[_Row, ...] = (
        ("neurological", None if gcs is None else gcs < policy.gcs_below, ("gcs",)),
        ("lost_consciousness", found.has_lost_consciousness, ("lost_consciousness",)),
        ("cardiac_ischaemia", found.has_cardiac_ischaemia, ("cardiac_ischaemia",)),
        ("pregnant", found.is_pregnant, ("pregnant",)),
        ("cohb", None if cohb is None else cohb >= policy.cohb_from_pct, ("cohb",)),
    )
    return _weigh(rows)


def burn_need(found: BurnToxFindings, policy: BurnToxPolicy) -> Need | None:
    """What follows from a burn; None without a burn or when every criterion is denied."""
    criteria = burn_criteria(found, policy)
    if criteria is None:
        return None
    decision = _burn_decision(found, criteria)
    if decision == "burn_minor":
        return None
    is_unit = decision == "burn_unit"
    asks = criteria.missing if decision == "burn_indeterminate" else ()
    if decision == "burn_nearest":
        asks = tuple(_unknown(stable=found.is_stable, other_trauma=found.has_other_trauma))
    return Need(
        pathway="burn",
        decision=decision,
        alert=Colour.RED if criteria.met or decision == "airway_lost" else None,
        requires=("burn",) if is_unit else (),
        prefers=() if is_unit else ("burn",),
        may_bypass=decision in {"burn_unit", "burn_with_trauma"},
        is_immediate=decision == "airway_lost",
        asks=asks,
        reasons=tuple(reason("burn_criterion", criterion=name) for name in criteria.met),
    )


def tox_need(found: BurnToxFindings, policy: BurnToxPolicy) -> Need | None:
    """What follows from a poison; None when none is suspected."""
    if found.poison is None:
        return None
    criteria = hyperbaric_criteria(found, policy)
    is_lost = found.airway == "lost"
    if criteria is None:
        return Need(
            pathway="tox",
            decision="airway_lost" if is_lost else "poisoned",
            alert=Colour.RED if is_lost else None,
            prefers=("tox",),
            may_bypass=False,
            is_immediate=is_lost,
            reasons=(reason("poison", poison=found.poison),),
        )
    decision = _co_decision(found, criteria, policy)
    is_chamber = decision == "hyperbaric"
    asks = criteria.missing if decision == "co_indeterminate" else ()
    if decision == "co_nearest":
        asks = tuple(_unknown(airway=found.airway, hyperbaric_min=found.hyperbaric_min))
    return Need(
        pathway="tox",
        decision=decision,
        alert=Colour.RED if is_lost else (Colour.YELLOW if criteria.met else None),
        requires=("hyperbaric",) if is_chamber else (),
        prefers=() if is_chamber else ("hyperbaric",),
        may_bypass=is_chamber,
        is_immediate=is_lost,
        do=("high_flow_oxygen",),
        asks=asks,
        reasons=tuple(reason("hyperbaric_criterion", criterion=name) for name in criteria.met),
    )


def _is_large(found: BurnToxFindings, policy: BurnToxPolicy) -> bool | None:
    if found.burn_pct is None:
        return None
    is_above_child = found.burn_pct > policy.child_burn_above_pct
    is_above_adult = found.burn_pct > policy.burn_above_pct
    if found.age_years is None:
        return is_above_adult if is_above_adult == is_above_child else None
    return is_above_child if found.age_years < policy.child_below_years else is_above_adult


def _burn_decision(found: BurnToxFindings, criteria: Criteria) -> BurnDecision:
    if found.airway == "lost":
        return "airway_lost"
    if not criteria.met:
        return "burn_indeterminate" if criteria.undecided else "burn_minor"
    if found.has_other_trauma:
        return "burn_with_trauma"
    is_fit_to_pass = found.is_stable and found.airway != "threatened"
    return "burn_unit" if is_fit_to_pass and found.has_other_trauma is False else "burn_nearest"


def _co_decision(found: BurnToxFindings, criteria: Criteria, policy: BurnToxPolicy) -> ToxDecision:
    if found.airway == "lost":
        return "airway_lost"
    if not criteria.met:
        return "co_indeterminate" if criteria.undecided else "co_oxygen"
    drive_min = found.hyperbaric_min
    is_in_reach = drive_min is not None and drive_min <= policy.hyperbaric_limit_min
    is_fit_to_pass = found.airway == "safe" and found.is_stable is not False
    return "hyperbaric" if is_in_reach and is_fit_to_pass else "co_nearest"


def _weigh(rows: tuple[_Row, ...]) -> Criteria:
    lacking = (name for _criterion, is_met, lacks in rows if is_met is None for name in lacks)
    return Criteria(
        met=tuple(criterion for criterion, is_met, _lacks in rows if is_met),
        undecided=tuple(criterion for criterion, is_met, _lacks in rows if is_met is None),
        missing=tuple(lacking),
    )


def _unknown(**inputs: object) -> Iterator[str]:
    return (name for name, value in inputs.items() if value is None)

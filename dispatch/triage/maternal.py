"""The maternal pathway: red flags, delivery that cannot wait, and which hospital. Pure.

Who belongs here: pregnant, or up to 42 days after birth (`dispatch.triage.maternal_risk`); nobody
asked yet and a flag was found: here too. After day 42 it is the adult pathway.

Where to (POLICY; the first line that fits decides):

    arrest                                    closest resuscitation (R0), obstetrics preferred
    unstable: fit, collapse, bleeding + shock nearest with operating room, blood and obstetrician
    delivery is imminent                      deliver on scene or closest obstetric unit
    stable and < 32 weeks                     city newborn intensive care in utero, after a call
    stable, orange or red + grave disease     city
    stable and < 34 weeks or < 2000 g         maternal centre with newborn intensive care
    any flag, preterm, or grave disease       nearest maternal centre
    green                                     the unit of her choice
    not green, or colour unknown              nearest maternity hospital of level two or higher

Nobody's word that she is stable is needed to go near, but it is to go far: stability unknown passes
no hospital. Passing one for newborn care is right only within a limit of extra driving.

Weeks unknown, with no last period and no height of the fundus, count as less than 34 and never as
term; a colour unknown counts as not green. Flags and the numbers of the county (`MaternalPolicy`)
are in `dispatch.triage.maternal_flags`, words for people in `dispatch.rules.maternal`.
"""

from typing import Final

import msgspec

from dispatch.triage.maternal_flags import (
    DEFAULT_POLICY,
    RED_FLAGS,
    KnownBy,
    MaternalPolicy,
    Picture,
    Stage,
    Woman,
    gestation,
)
from dispatch.triage.maternal_risk import Risk, assess, is_maternal
from dispatch.triage.need import Need
from hospital_gateway.prealert import Colour

_OPERATING: Final = ("or_24h", "blood", "ob_emergency")

_OF_LABOUR: Final = ("labour", "crowning", "urge_to_push", "fully_dilated", "cord_prolapse")
_OF_BIRTH_JUST_NOW: Final = ("retained_placenta", "uterine_inversion")
_IMMINENT: Final = ("crowning", "urge_to_push", "fully_dilated", "shoulder_dystocia")
_GRAVE_DISEASE: Final = ("cardiac_disease", "respiratory_disease", "accreta")
_COLLAPSE: Final = ("seizure", "cord_prolapse", "uterine_inversion", "amniotic_embolism")
_BLEEDING_FLAGS: Final = ("antepartum_bleeding", "postpartum_haemorrhage")
_HISTORY_ONLY: Final = ("cardiac_disease", "respiratory_disease")


class MaternalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What follows. ``is_maternal`` None: not known. ``needs`` is empty outside the pathway.

    ``flags`` were found, ``undecided`` could not be told. ``weeks`` None with ``known_by`` assumed
    means: taken as less than 34. ``nemsis`` are criteria of field triage to be recorded.
    """

    is_maternal: bool | None
    stage: Stage | None
    decision: str
    weeks: float | None
    known_by: KnownBy
    is_preterm: bool
    is_unstable: bool
    is_imminent: bool
    flags: tuple[str, ...]
    undecided: tuple[str, ...]
    risk: Risk
    needs: tuple[Need, ...]
    asks: tuple[str, ...]
    nemsis: tuple[str, ...]


def decide(woman: Woman, policy: MaternalPolicy = DEFAULT_POLICY) -> MaternalAnswer:
    """Flags, decision and needs of one woman.

    Raises BadPayload("invalid_field") when she is both pregnant and after birth.
    """
    stage, belongs = _stage(woman, policy)
    weeks, known_by = gestation(woman)
    picture = Picture(woman=woman, policy=policy, stage=stage, weeks=weeks)
    told = {code: check(picture) for code, check in RED_FLAGS}
    flags = tuple(code for code, is_there in told.items() if is_there)
    is_imminent = stage != "postpartum" and any(picture.said(name) for name in _IMMINENT)
    case = _Case(
        picture=picture,
        risk=assess(woman.risk_marks, policy.risk),
        flags=flags,
        is_small=_is_small(picture),
        is_unstable=_is_unstable(picture, flags),
        is_imminent=is_imminent,
    )
    decision = _outside(belongs, case) or _decision(case)
    needs = _needs(case, decision) if decision in PLANS else ()
    return MaternalAnswer(
        is_maternal=belongs,
        stage=stage,
        decision=decision,
        weeks=weeks,
        known_by=known_by,
        is_preterm=case.is_small,
        is_unstable=case.is_unstable,
        is_imminent=is_imminent,
        flags=flags,
        undecided=tuple(code for code, is_there in told.items() if is_there is None),
        risk=case.risk,
        needs=needs,
        asks=_asks(case) if belongs is not False else (),
        nemsis=("2904021",) if "trauma_over_20_weeks" in flags and needs else (),
    )


def _stage(woman: Woman, policy: MaternalPolicy) -> tuple[Stage | None, bool | None]:
    """Before or after birth, and whether she belongs here; signs of either count."""
    belongs = is_maternal(woman.pregnant, woman.days_after_birth, policy.risk)
    if woman.days_after_birth is not None:
        return "postpartum", belongs
    if belongs:
        return "pregnant", True
    if any(woman.findings.get(name) for name in _OF_BIRTH_JUST_NOW):
        return "postpartum", True
    is_carrying = any(woman.findings.get(name) for name in _OF_LABOUR)
    if woman.pregnant is None and (is_carrying or gestation(woman)[0] is not None):
        return "pregnant", True
    return None, None


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """A picture with its flags: what the decision is made of."""

    picture: Picture
    risk: Risk
    flags: tuple[str, ...]
    is_small: bool
    is_unstable: bool
    is_imminent: bool


def _is_small(picture: Picture) -> bool:
    """Before birth, from 20 and under 34 weeks or 2000 g; with the weeks unknown too (POLICY)."""
    if picture.stage == "postpartum":
        return False
    weight_g, policy = picture.woman.estimated_weight_g, picture.policy
    if picture.weeks is None:
        return True
    is_light = weight_g is not None and weight_g < policy.nicu_below_g
    is_early = picture.weeks < policy.nicu_below_weeks or is_light
    return is_early and picture.weeks >= policy.nicu_from_weeks


def _is_unstable(picture: Picture, flags: tuple[str, ...]) -> bool:
    """Collapse, or bleeding with a sign of shock, whatever anybody said; else their word (POLICY).

    Obstetric shock index >= 1.7 is urgent by itself (Nathan 2015).
    """
    shows_shock = "shock_index" in flags or "mewc_trigger" in flags
    return (
        any(flag in _COLLAPSE for flag in flags)
        or (shows_shock and any(flag in _BLEEDING_FLAGS for flag in flags))
        or picture.woman.shock_class == "urgent"
        or picture.said("stable") is False
    )


def _outside(belongs: bool | None, case: _Case) -> str | None:
    """The answer for one who does not belong here, or of whom nothing is known at all."""
    if belongs is False:
        return "adult_pathway"
    is_found = case.flags or case.is_unstable or case.is_imminent
    return "ask_pregnancy" if belongs is None and not is_found else None


def _needs_city(case: _Case) -> bool:
    """Grave disease in a woman marked orange or red, or marked by nobody (POLICY)."""
    is_ill = any(case.picture.said(name) for name in _GRAVE_DISEASE)
    return is_ill and case.risk.is_high is not False


def _decision(case: _Case) -> str:
    picture, policy = case.picture, case.picture.policy
    if "arrest" in case.flags:
        return "resuscitate"
    if case.is_unstable:
        return "nearest_operating_obstetrics"
    if case.is_imminent:
        return "deliver_or_closest_obstetrics"
    extra_min = picture.woman.nicu_extra_min
    in_reach = extra_min is None or extra_min <= policy.nicu_extra_limit_min
    is_very_small = picture.weeks is not None and picture.weeks < policy.city_below_weeks
    if picture.said("stable"):
        if case.is_small and is_very_small and in_reach:
            return "city_in_utero"
        if _needs_city(case):
            return "city_maternal"
        if case.is_small and in_reach:
            return "maternal_with_nicu"
    if case.flags or case.is_small or _needs_city(case):
        return "maternal_centre"
    return "unit_of_choice" if case.risk.wants_level_2 is False else "maternal_level_2"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one decision asks of a hospital.

    ``newborn_care`` is required where it is known to be in reach; the nearest that has it is right
    then, and nothing is left to pass.
    """

    requires: tuple[str, ...]
    prefers: tuple[str, ...] = ()
    newborn_care: str = ""
    may_bypass: bool = False
    is_immediate: bool = False
    alert: Colour | None = None
    do: tuple[str, ...] = ()


_CALL_FIRST: Final = ("call_county_obstetrician",)
PLANS: Final[dict[str, Plan]] = {
    "resuscitate": Plan(
        requires=(), prefers=_OPERATING, is_immediate=True, alert=Colour.RED, do=("cpr",)
    ),
    "nearest_operating_obstetrics": Plan(requires=_OPERATING, alert=Colour.RED),
    "deliver_or_closest_obstetrics": Plan(requires=("ob_emergency",), alert=Colour.RED),
    "city_in_utero": Plan(
        requires=_OPERATING, prefers=("nicu_3",), newborn_care="nicu_3", may_bypass=True,
        do=_CALL_FIRST,
    ),
    "city_maternal": Plan(
        requires=_OPERATING, prefers=("nicu_3", "eicu"), may_bypass=True, do=_CALL_FIRST
    ),
    "maternal_with_nicu": Plan(
        requires=_OPERATING, prefers=("nicu_2", "nicu_3"), newborn_care="nicu_2", may_bypass=True
    ),
    "maternal_centre": Plan(requires=_OPERATING),
    "maternal_level_2": Plan(requires=_OPERATING),
    "unit_of_choice": Plan(requires=("ob_emergency",)),
}  # fmt: skip
"""What each decision needs. A level-two maternity hospital is one that can operate (POLICY)."""


def _needs(case: _Case, decision: str) -> tuple[Need, ...]:
    plan = PLANS[decision]
    requires, prefers = plan.requires, plan.prefers
    is_sought = bool(plan.newborn_care) and case.picture.woman.nicu_extra_min is not None
    if is_sought:
        requires, prefers = (*requires, plan.newborn_care), ()
    if case.is_small and not plan.newborn_care:
        prefers = tuple(dict.fromkeys((*prefers, "nicu_3", "nicu_2")))
    alert = plan.alert or _alert(case)
    maternal = Need(
        pathway="maternal",
        decision=decision,
        alert=alert,
        requires=requires,
        prefers=prefers,
        may_bypass=plan.may_bypass and not is_sought,
        is_immediate=plan.is_immediate,
        do=_do(case, plan),
        notify=_notify(case, alert, plan),
        asks=_asks(case),
    )
    if "trauma_over_20_weeks" not in case.flags:
        return (maternal,)
    # A yellow criterion of field triage: a trauma centre, which need not be the highest (2021).
    return maternal, Need(
        pathway="trauma",
        decision="pregnancy_over_20_weeks",
        alert=Colour.YELLOW,
        may_bypass=False,
        notify=("trauma_team",),
    )


def _alert(case: _Case) -> Colour:
    """Red for every flag but a known disease; an early warning nobody scored is not green."""
    if any(flag not in _HISTORY_ONLY for flag in case.flags):
        return Colour.RED
    is_watched = case.flags or case.is_small or case.risk.is_high
    is_unscored = case.picture.woman.mewc_trigger is None
    return Colour.YELLOW if is_watched or is_unscored else Colour.GREEN


def _is_gravid_arrest(case: _Case) -> bool:
    """Arrest with a womb heavy enough to press on the great vessels: from 20 weeks, or unknown."""
    picture = case.picture
    is_early = picture.weeks is not None and (
        picture.weeks < picture.policy.displacement_from_weeks
    )
    return "arrest" in case.flags and picture.stage == "pregnant" and not is_early


def _do(case: _Case, plan: Plan) -> tuple[str, ...]:
    # AHA 2015 (Cardiac Arrest in Pregnancy): displacement by hand, birth by about five minutes.
    relief = ("displace_uterus_by_hand", "perimortem_caesarean_5_min")
    return (
        *plan.do,
        *(relief if _is_gravid_arrest(case) else ()),
        *(("prepare_delivery",) if case.is_imminent else ()),
        *(("infection_precautions",) if case.risk.is_infectious else ()),
    )


def _notify(case: _Case, alert: Colour, plan: Plan) -> tuple[str, ...]:
    """The newborn team comes to a preterm birth wherever no newborn intensive care is sought."""
    is_born_without = case.is_small and not plan.newborn_care
    return (
        *(("maternal_centre",) if alert is not Colour.GREEN else ()),
        *(("newborn_team",) if is_born_without or _is_gravid_arrest(case) else ()),
        *(("infection_control",) if case.risk.is_infectious else ()),
    )


def _asks(case: _Case) -> tuple[str, ...]:
    """What is not known and could still change the answer, most important first."""
    picture, woman = case.picture, case.picture.woman
    is_open = not (case.is_unstable or case.is_imminent or "arrest" in case.flags)
    would_go_far = is_open and (case.is_small or _needs_city(case))
    is_stable = picture.said("stable")
    is_after = picture.stage == "postpartum"
    is_unmeasured = bool(picture.said("bleeding")) and woman.blood_loss_ml is None
    is_reach_open = case.is_small and woman.nicu_extra_min is None
    open_questions = {
        "pregnant": picture.stage is None and woman.pregnant is None,
        "days_after_birth": picture.stage is None and woman.pregnant is False,
        "weeks": picture.weeks is None and not is_after,
        "mewc_trigger": woman.mewc_trigger is None,
        "stable": would_go_far and is_stable is None,
        "blood_loss_ml": is_after and is_unmeasured,
        "nicu_extra_min": is_open and bool(is_stable) and is_reach_open,
        "colours": not case.risk.marks,
    }  # fmt: skip
    return tuple(name for name, is_asked in open_questions.items() if is_asked)

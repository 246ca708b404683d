"""The newborn pathway: whether to transport, to which newborn intensive care, with whom. Pure.

Whom: to the 28th day of life; from day 29 a child (band 0-11 months of NPEWS).

Where to (POLICY; the first line that fits decides):

    arrest, airway nobody can manage, or compressions   closest resuscitation (R0), P1
    level-III reason                                    city newborn intensive care, team sent
    red flag or transport indication                    newborn centre of the county
    nothing found and everything looked at              no indication

The receiving unit sends its team (two-way transport), so a baby who is not stable waits for it at
the nearest hospital that can resuscitate, instead of being driven past it.

Level III: under 32 weeks or 1500 g (American Academy of Pediatrics 2012), mechanical ventilation,
more than 40 % oxygen, asphyxia, seizure, shock, suspected duct-dependent heart disease, surgical
malformation. The indications are GK: of the guideline on transport for primary institutions
(中国当代儿科杂志 2025;27(7):759-769) only the abstract was at hand. Before leaving: S.T.A.B.L.E.
(sugar, temperature, airway, blood pressure, lab work, emotional support).

The red flags and the first actions (ventilate, compress, rewarm, treat glucose) are the results of
`telemetry.scores.newborn` and come in as such, with what could not be decided.
"""

import math
from collections.abc import Mapping
from typing import Final

import msgspec

from dispatch.triage.need import Need
from hospital_gateway.prealert import Colour

FINDINGS: Final = (
    "arrest", "airway_unmanageable", "cpap", "ventilated", "asphyxia", "shock",
    "duct_dependent_heart", "surgical_malformation", "severe_jaundice",
    "recurring_low_glucose", "bleeding", "sepsis",
)  # fmt: skip
"""What a crew or a ward may say yes or no to; a finding that is not named is unknown."""

RED_FLAGS: Final = (
    "resp_rate", "apnoea", "heart_rate", "spo2", "temperature", "glucose", "seizure", "apgar_1",
    "apgar_5", "gestation", "weight",
)  # fmt: skip
"""The codes of the red flags of `telemetry.scores.newborn`, in its order."""

ACTIONS: Final = ("ventilate", "compressions_3_to_1", "rewarm", "treat_glucose")

STABLE_CHECKLIST: Final = (
    "stable_sugar", "stable_temperature", "stable_airway", "stable_blood_pressure",
    "stable_lab", "stable_emotional",
)  # fmt: skip

_MINUTES_A_DAY: Final = 24 * 60
_IMMEDIATE: Final = ("arrest", "airway_unmanageable")
_LEVEL_3_FINDINGS: Final = (
    "ventilated", "asphyxia", "shock", "duct_dependent_heart", "surgical_malformation",
)  # fmt: skip
_LEVEL_3_FLAGS: Final = ("seizure", "apgar_1", "apgar_5")
_GRAVER: Final = {"gestation": "very_preterm", "weight": "very_light"}
_QUIET_FLAGS: Final = ("gestation", "weight")
_GRAVE: Final = ("arrest", "airway_unmanageable", "bleeding", "sepsis")


class NewbornPathwayPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of this pathway; owner: county medical director.

    34 weeks and 2000 g for transport, and 40 % oxygen (usual 40-60): the cautious end of what is
    usual (GK). 32 weeks and 1500 g: level II takes no smaller ones (American Academy of Pediatrics
    2012). Arrival at 36.5-37.5 degrees: normal axillary temperature (WHO 1997), core of quality.
    """

    last_day: int = 28
    transport_below_weeks: float = 34
    transport_below_g: float = 2000
    level_3_below_weeks: float = 32
    level_3_below_g: float = 1500
    level_3_above_oxygen_pct: float = 40
    arrival_from_cel: float = 36.5
    arrival_to_cel: float = 37.5


DEFAULT_POLICY: Final = NewbornPathwayPolicy()


class Newborn(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the baby; None, or a finding that is not named, is not known.

    ``missing`` are red flags that could not be decided: by default all. ``arrival_temperature_cel``
    is axillary, measured where the journey ended.
    """

    age_min: float | None = None
    gestation_weeks: float | None = None
    weight_g: float | None = None
    oxygen_pct: float | None = None
    arrival_temperature_cel: float | None = None
    stable: bool | None = None
    red_flags: tuple[str, ...] = ()
    missing: tuple[str, ...] = RED_FLAGS
    actions: tuple[str, ...] = ()
    findings: Mapping[str, bool] = {}


class NewbornAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What follows. ``is_newborn`` None: age not known, then taken as one.

    ``nicu_level`` is 2, 3 or None; ``level_3_reasons`` say why it is 3. ``priority`` is P1 or None:
    this pathway raises a priority and never lowers one.
    """

    is_newborn: bool | None
    decision: str
    nicu_level: int | None
    level_3_reasons: tuple[str, ...]
    indications: tuple[str, ...]
    priority: str | None
    sends_team: bool
    do: tuple[str, ...]
    needs: tuple[Need, ...]
    asks: tuple[str, ...]
    arrived_warm: bool | None


def decide(baby: Newborn, policy: NewbornPathwayPolicy = DEFAULT_POLICY) -> NewbornAnswer:
    """Level of care, decision and needs of one newborn."""
    belongs = _is_newborn(baby.age_min, policy)
    baby = _with_size(baby, policy)
    reasons = _level_3_reasons(baby, policy) if belongs is not False else ()
    indications = _indications(baby, reasons) if belongs is not False else ()
    decision = _decision(baby, belongs, reasons, indications)
    level = 3 if reasons else 2 if indications else None
    do = _do(baby, decision, level)
    return NewbornAnswer(
        is_newborn=belongs,
        decision=decision,
        nicu_level=level,
        level_3_reasons=reasons,
        indications=indications,
        priority="P1" if decision == "resuscitate" else None,
        sends_team=_sends_team(decision, level),
        do=do,
        needs=_needs(baby, decision, level, do),
        asks=_asks(baby, level) if belongs is not False else (),
        arrived_warm=_arrived_warm(baby.arrival_temperature_cel, policy),
    )


def _is_newborn(age_min: float | None, policy: NewbornPathwayPolicy) -> bool | None:
    if age_min is None:
        return None
    return math.floor(age_min / _MINUTES_A_DAY) <= policy.last_day


def _with_size(baby: Newborn, policy: NewbornPathwayPolicy) -> Newborn:
    """The baby with the flags of weeks and weight decided here where they are known."""
    is_small = {
        "gestation": _is_below(baby.gestation_weeks, policy.transport_below_weeks),
        "weight": _is_below(baby.weight_g, policy.transport_below_g),
    }
    found = {*baby.red_flags, *(code for code, is_there in is_small.items() if is_there)}
    return msgspec.structs.replace(
        baby,
        red_flags=tuple(code for code in RED_FLAGS if code in found),
        missing=tuple(
            code for code in baby.missing if code not in found and is_small.get(code) is None
        ),
    )


def _is_below(value: float | None, limit: float) -> bool | None:
    return None if value is None else value < limit


def _level_3_reasons(baby: Newborn, policy: NewbornPathwayPolicy) -> tuple[str, ...]:
    oxygen_pct = baby.oxygen_pct
    measured = {
        "very_preterm": _is_below(baby.gestation_weeks, policy.level_3_below_weeks),
        "very_light": _is_below(baby.weight_g, policy.level_3_below_g),
        "high_oxygen": oxygen_pct is not None and oxygen_pct > policy.level_3_above_oxygen_pct,
    }
    return (
        *(code for code, is_there in measured.items() if is_there),
        *(code for code in _LEVEL_3_FINDINGS if baby.findings.get(code)),
        *(code for code in _LEVEL_3_FLAGS if code in baby.red_flags),
    )


def _indications(baby: Newborn, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Everything that asks for transport: level-III reasons, red flags, findings; each once."""
    flags = (flag for flag in baby.red_flags if _GRAVER.get(flag) not in reasons)
    said = (code for code in FINDINGS if baby.findings.get(code))
    return tuple(dict.fromkeys((*reasons, *flags, *said)))


def _decision(
    baby: Newborn, belongs: bool | None, reasons: tuple[str, ...], indications: tuple[str, ...]
) -> str:
    if belongs is False:
        return "child_pathway"
    is_compressed = "compressions_3_to_1" in baby.actions
    if is_compressed or any(baby.findings.get(code) for code in _IMMEDIATE):
        return "resuscitate"
    if indications and baby.stable is False:
        return "nearest_then_team"
    if indications:
        return "city_nicu" if reasons else "newborn_centre"
    return "undecided" if baby.missing else "no_indication"


def _sends_team(decision: str, level: int | None) -> bool:
    return level == 3 or decision in ("resuscitate", "nearest_then_team")


def _do(baby: Newborn, decision: str, level: int | None) -> tuple[str, ...]:
    """The first actions, then what a transport needs before it leaves; none for a child."""
    if decision == "child_pathway":
        return ()
    actions = tuple(code for code in ACTIONS if code in baby.actions)
    if decision == "resuscitate":
        return actions or ("resuscitate",)
    return actions if level is None else (*actions, *STABLE_CHECKLIST, "keep_warm")


def _needs(
    baby: Newborn, decision: str, level: int | None, do: tuple[str, ...]
) -> tuple[Need, ...]:
    is_immediate = decision == "resuscitate"
    if level is None and not is_immediate:
        return ()
    wanted = () if level is None else (f"nicu_{level}",)
    stays_near = is_immediate or decision == "nearest_then_team"
    team = ("newborn_team",) if _sends_team(decision, level) else ()
    need = Need(
        pathway="newborn",
        decision=decision,
        alert=_alert(baby, level),
        requires=() if stays_near else wanted,
        prefers=wanted if stays_near else (),
        may_bypass=decision == "city_nicu",
        is_immediate=is_immediate,
        do=do,
        notify=("newborn_centre", *team),
        asks=_asks(baby, level),
    )
    return (need,)


def _alert(baby: Newborn, level: int | None) -> Colour:
    """Red for level III, for a baby who is not stable, and for every flag but being small."""
    is_flagged = any(flag not in _QUIET_FLAGS for flag in baby.red_flags)
    is_grave = any(baby.findings.get(code) for code in _GRAVE)
    is_compressed = "compressions_3_to_1" in baby.actions
    is_red = level == 3 or baby.stable is False or is_flagged or is_grave or is_compressed
    return Colour.RED if is_red else Colour.YELLOW


def _asks(baby: Newborn, level: int | None) -> tuple[str, ...]:
    questions = {
        "age": baby.age_min is None,
        "stable": level is not None and baby.stable is None,
    }
    asked = tuple(name for name, is_asked in questions.items() if is_asked)
    return (*asked, *(code for code in RED_FLAGS if code in baby.missing))


def _arrived_warm(celsius: float | None, policy: NewbornPathwayPolicy) -> bool | None:
    if celsius is None:
        return None
    return policy.arrival_from_cel <= celsius <= policy.arrival_to_cel

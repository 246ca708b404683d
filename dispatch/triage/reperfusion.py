"""The reperfusion decision in STEMI: primary PCI, or lysis and transfer. Pure.

First medical contact to wire = time since contact + drive + door to wire (20 min). Questions in
their order, POLICY after ESC 2023 where no other source is named:

1. Arrest without return of circulation: the closest resuscitation (R0), whatever the ECG.
2. ECG not sent, not read or not diagnostic: nobody is activated; nearest chest-pain hospital,
   another ECG within 10 min.
3. Lysis out of the question or too little (onset more than 12 h ago, contraindicated, cardiogenic
   shock, arrest with circulation back; general knowledge): PCI whatever the time, unless every lab
   is known to be closed.
4. An open lab in 120 min or less, 120 itself included: that lab, nearer hospitals are passed.
5. Times not known that could still be within the limit: no bypass, closest hospital and a call.
6. Else lysis at the nearest place that can, then transfer.

What is unknown never counts as zero or as no: an unknown onset is taken as within 12 h for the
alert and a physician decides, and every fact that could still change the answer is in ``asks``.
Arrest is an event that somebody reports; without a report there was none. Not here: the criteria
on the ECG (`dispatch.triage.stemi`), the ranking of hospitals (`hospital_gateway.destination`).
"""

import math
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from dispatch.triage.need import Need
from hospital_gateway.prealert import Colour

Ecg = Literal["stemi", "no_stemi", "unread", "not_transmitted"]
Arrest = Literal["none", "rosc", "no_rosc"]
Decision = Literal[
    "immediate", "nearest_chest_pain_hospital", "ppci", "no_bypass_call", "lysis_then_transfer"
]
Why = Literal[
    "arrest_without_circulation", "ecg_not_read", "ecg_not_diagnostic", "lab_within_limit",
    "cardiogenic_shock", "arrest_with_circulation", "lysis_contraindicated", "onset_too_long_ago",
    "no_lab_open", "lab_times_unknown", "no_lab_within_limit",
]  # fmt: skip

_CLOCKS: Final[dict[Decision, tuple[str, ...]]] = {
    "immediate": (),
    "nearest_chest_pain_hospital": ("contact_to_ecg_read",),
    "ppci": (
        "contact_to_device",
        "diagnosis_to_wire_after_transfer",
        "diagnosis_to_wire_or_lysis_instead",
        "cath_lab_activation",
    ),
    "no_bypass_call": ("diagnosis_to_lysis", "diagnosis_to_wire_or_lysis_instead"),
    "lysis_then_transfer": (
        "diagnosis_to_lysis",
        "door_to_needle",
        "door_in_to_door_out",
        "lysis_to_rescue_decision",
        "lysis_to_angiography",
    ),
}
_DO: Final[dict[Decision, tuple[str, ...]]] = {
    "immediate": ("resuscitate",),
    "nearest_chest_pain_hospital": ("do_not_activate_cath_lab", "repeat_ecg"),
    "ppci": ("physician_confirms_before_activation", "repeat_ecg_en_route"),
    "no_bypass_call": ("call_receiving_physician", "repeat_ecg_en_route"),
    "lysis_then_transfer": (
        "physician_confirms_before_lysis",
        "check_lysis_contraindications",
        "arrange_transfer_to_ppci",
        "repeat_ecg_en_route",
    ),
}


class ReperfusionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Limits, the medical director's to set.

    ``contact_to_wire_limit_min``: 120, inclusive (ESC 2023). ``door_to_wire_min``: at the receiving
    lab, 20 (POLICY). ``lysis_window_h``: 12, inclusive (general knowledge).
    """

    contact_to_wire_limit_min: float = 120
    door_to_wire_min: float = 20
    lysis_window_h: float = 12


DEFAULT_POLICY: Final = ReperfusionPolicy()


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """One place with primary PCI: the drive to it in minutes, and whether it is open on arrival.

    ``contact_to_wire_min`` replaces the sum where somebody already worked it out.
    """

    lab_id: str
    drive_min: float | None = None
    is_open: bool | None = None
    contact_to_wire_min: float | None = None


class Stemi(msgspec.Struct, frozen=True, kw_only=True):
    """What the decision needs to know; None is unknown. ``labs`` None: nobody looked for one."""

    ecg: Ecg | None = None
    arrest: Arrest | None = None
    since_contact_min: float | None = None
    labs: tuple[Lab, ...] | None = None
    onset_h: float | None = None
    is_lysis_contraindicated: bool | None = None
    is_in_cardiogenic_shock: bool | None = None


class Reperfusion(msgspec.Struct, frozen=True, kw_only=True):
    """The decision, its reason, the lab (if any) and its time, what to do and what to find out.

    ``clocks`` name targets of `dispatch.triage.cardiac_times`. With ``asks`` the answer may still
    change.
    """

    decision: Decision
    why: Why
    lab_id: str | None = None
    contact_to_wire_min: float | None = None
    do: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()


def decide(case: Stemi, policy: ReperfusionPolicy = DEFAULT_POLICY) -> Reperfusion:
    """Where to reperfuse, after ESC 2023 and the county's policy; never raises."""
    best = _fastest(case, policy)
    decision, why = _decision(case, best, policy)
    is_lab = decision == "ppci" and best is not None
    do = _DO[decision]
    if case.onset_h is None and decision in {"ppci", "no_bypass_call", "lysis_then_transfer"}:
        do = (*do, "physician_decides_unknown_onset")
    return Reperfusion(
        decision=decision,
        why=why,
        lab_id=best[1] if best is not None and is_lab else None,
        contact_to_wire_min=best[0] if best is not None else None,
        do=do,
        asks=_asks(case, decision, why, has_lab=best is not None),
        clocks=_CLOCKS[decision],
    )


def need_of(found: Reperfusion) -> Need:
    """The decision as the destination engine takes it.

    A lab within the limit is left to the engine's ranking; PCI whatever the time insists on one.
    An ECG that nobody read gives no colour of its own.
    """
    is_insisting = found.decision == "ppci" and found.why != "lab_within_limit"
    requires = ("ppci",) if is_insisting else ()
    if found.decision == "lysis_then_transfer":
        requires = ("lysis_stemi",)
    return Need(
        pathway="chest_pain",
        decision=found.decision,
        alert=None if found.decision == "nearest_chest_pain_hospital" else Colour.RED,
        requires=requires,
        prefers=("ppci",) if found.decision == "ppci" else (),
        may_bypass=found.decision == "ppci",
        is_immediate=found.decision == "immediate",
        do=found.do,
        asks=found.asks,
    )


def _decision(
    case: Stemi, best: tuple[float, str] | None, policy: ReperfusionPolicy
) -> tuple[Decision, Why]:
    if case.arrest == "no_rosc":
        return "immediate", "arrest_without_circulation"
    if case.ecg != "stemi":
        is_read = case.ecg == "no_stemi"
        why: Why = "ecg_not_diagnostic" if is_read else "ecg_not_read"
        return "nearest_chest_pain_hospital", why
    insisting = next(_insisting(case, policy), None)
    if insisting is not None and _is_every_lab_closed(case):
        return "no_bypass_call", "no_lab_open"
    if insisting is not None:
        return "ppci", insisting
    if best is not None and best[0] <= policy.contact_to_wire_limit_min:
        return "ppci", "lab_within_limit"
    if _may_be_within(case, policy):
        return "no_bypass_call", "lab_times_unknown"
    return "lysis_then_transfer", "no_lab_within_limit"


def _insisting(case: Stemi, policy: ReperfusionPolicy) -> Iterator[Why]:
    """Why lysis is no way, so that PCI is right whatever the time (general knowledge)."""
    if case.is_in_cardiogenic_shock:
        yield "cardiogenic_shock"
    if case.arrest == "rosc":
        yield "arrest_with_circulation"
    if case.is_lysis_contraindicated:
        yield "lysis_contraindicated"
    if case.onset_h is not None and case.onset_h > policy.lysis_window_h:
        yield "onset_too_long_ago"


def _is_every_lab_closed(case: Stemi) -> bool:
    return case.labs is not None and all(lab.is_open is False for lab in case.labs)


def _fastest(case: Stemi, policy: ReperfusionPolicy) -> tuple[float, str] | None:
    """Contact to wire in minutes and id of the open lab with the least; None when none is known."""
    times = [
        (minutes, lab.lab_id)
        for lab in case.labs or ()
        if lab.is_open and (minutes := _to_wire_min(case, lab, policy, math.inf)) < math.inf
    ]
    return min(times, default=None)


def _may_be_within(case: Stemi, policy: ReperfusionPolicy) -> bool:
    """Whether what is unknown could still put a lab within the limit."""
    labs = (Lab(lab_id=""),) if case.labs is None else case.labs
    return any(
        lab.is_open is not False
        and _to_wire_min(case, lab, policy, 0) <= policy.contact_to_wire_limit_min
        for lab in labs
    )


def _to_wire_min(case: Stemi, lab: Lab, policy: ReperfusionPolicy, unknown_min: float) -> float:
    if lab.contact_to_wire_min is not None:
        return lab.contact_to_wire_min
    parts = (case.since_contact_min, lab.drive_min)
    known_min = sum(unknown_min if part is None else part for part in parts)
    return known_min + policy.door_to_wire_min


def _asks(case: Stemi, decision: Decision, why: Why, *, has_lab: bool) -> tuple[str, ...]:
    if why == "ecg_not_read":
        return ("ecg",)
    asks: list[str] = []
    if why == "lab_times_unknown" or (decision == "ppci" and not has_lab):
        asks.extend(_transport_asks(case))
    if why in {"lab_times_unknown", "no_lab_within_limit"}:
        facts = {
            "cardiogenic_shock": case.is_in_cardiogenic_shock,
            "lysis_contraindicated": case.is_lysis_contraindicated,
            "onset_h": case.onset_h,
        }
        asks.extend(name for name, value in facts.items() if value is None)
    return tuple(asks)


def _transport_asks(case: Stemi) -> Iterator[str]:
    if case.labs is None:
        yield "labs"
    open_labs = [lab for lab in case.labs or () if lab.contact_to_wire_min is None]
    if case.since_contact_min is None and (open_labs or case.labs is None):
        yield "since_contact_min"
    if any(lab.drive_min is None for lab in open_labs):
        yield "labs.drive_min"
    if any(lab.is_open is None for lab in case.labs or ()):
        yield "labs.open"

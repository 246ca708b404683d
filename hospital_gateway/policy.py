"""The hospital side's times and penalties: configuration with an owner, never constants in code.

Read from `policies.toml` of the county folder; every default names where it comes from.
"""

from itertools import pairwise
from typing import Literal

import msgspec


class EscalationStep(msgspec.Struct, frozen=True, kw_only=True):
    """One rung of the ladder: ``after_s`` from sending, who is told, what must not have happened.

    ``unless`` names the state that makes the rung unnecessary: delivered, displayed, acknowledged.
    """

    name: str
    after_s: int
    unless: Literal["delivered", "displayed", "acknowledged"]
    tells: Literal["emergency_department", "dispatcher", "duty_lead", "medical_control"]


DEFAULT_LADDER = (
    # RELIABILITY §3.2: not delivered 5 s → second channel; not displayed 10 s → dispatcher banner;
    # not acknowledged 30 s → ED lead; 60 s → medical control; 90 s → dispatcher told to phone.
    EscalationStep(name="second_channel", after_s=5, unless="delivered", tells="dispatcher"),
    EscalationStep(name="not_displayed", after_s=10, unless="displayed", tells="dispatcher"),
    EscalationStep(name="duty_lead", after_s=30, unless="acknowledged", tells="duty_lead"),
    EscalationStep(
        name="medical_control", after_s=60, unless="acknowledged", tells="medical_control"
    ),
    EscalationStep(name="phone", after_s=90, unless="acknowledged", tells="dispatcher"),
)


class GatewayPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds; sources: RELIABILITY §3.2, clinical reference §4 (POLICY).

    ``tie_s``: destinations closer together than this count as equally far. ``door_to_wire_s``:
    from the hospital's door to the wire, part of the STEMI limit (20 min). ``immediate_detour_s``:
    how much longer a drive in R0 may be for a trauma team, or for obstetrics with an operating room
    (5 min) from ``immediate_pregnant_from_weeks`` on. ``bypass_if_stable``: pathways whose patients
    are taken past a nearer place only when known to be stable.

    ``tiers``: kinds of facility from the village up; a transfer goes to the same tier or higher.
    ``dido_warning_s`` and ``dido_alarm_s``: time at the sending place after which somebody is told
    (20 and 30 min; rural township transfers of Kunshan, 2025). ``dido_standard_s`` by centre: 30
    min for chest pain, 90 min for stroke (generally known).

    ``red_centres``: centres whose suspicion alone makes a pre-alert red; stroke, since onset within
    ``stroke_red_within_h`` is red and an unknown onset is taken as such. ``npews_red_from`` and
    ``npews_yellow_from``: totals of England's NPEWS (2023). ``child_below_years``: 14, the age up
    to which Chinese hospitals usually treat in paediatrics (POLICY).
    Raises ValueError for a ladder that could end with nobody told.
    """

    ladder: tuple[EscalationStep, ...] = DEFAULT_LADDER
    bed_hold_after_eta_s: int = 1200
    bed_hold_without_eta_s: int = 3600
    advisory_penalty_s: int = 600
    no_bed_penalty_s: int = 300
    load_penalty_s_per_inbound: int = 60
    tie_s: int = 120
    offload_standard_s: int = 1200
    door_to_wire_s: int = 1200
    immediate_detour_s: int = 300
    immediate_pregnant_from_weeks: int = 20
    immediate_requires: tuple[str, ...] = ("ed_24h", "resus")
    immediate_detour_centres: tuple[str, ...] = ("trauma",)
    immediate_detour_pregnant: tuple[str, ...] = ("ob_emergency", "or_24h")
    general_requires: tuple[str, ...] = ("ed_24h",)
    paediatric: tuple[str, ...] = ("picu", "nicu_2", "nicu_3")
    child_below_years: int = 14
    bypass_if_stable: tuple[str, ...] = (
        "maternal",
        "newborn",
        "child",
        "respiratory",
        "burn",
        "tox",
    )
    tiers: tuple[tuple[str, ...], ...] = (
        ("village", "clinic"),
        ("township",),
        ("sub_centre",),
        ("hospital", "county"),
        ("city",),
    )
    dido_warning_s: int = 1200
    dido_alarm_s: int = 1800
    dido_standard_s: dict[str, int] = msgspec.field(
        default_factory=lambda: {"chest_pain": 1800, "stroke": 5400}
    )
    red_centres: tuple[str, ...] = ("stroke",)
    npews_red_from: int = 9
    npews_yellow_from: int = 5
    stroke_red_within_h: int = 24

    def __post_init__(self) -> None:
        fault = _ladder_fault(self.ladder)
        if fault:
            raise ValueError(f"ladder: {fault}")


def _ladder_fault(ladder: tuple[EscalationStep, ...]) -> str:
    """Say what keeps a ladder from ending with a person told (invariant 4); empty if nothing."""
    if not ladder or ladder[-1].unless != "acknowledged":
        return "the last rung must wait for acknowledgement, or a pre-alert could end unanswered"
    if ladder[-1].tells == "emergency_department":
        return "the last rung must tell a person, not the board that did not answer"
    if len({step.name for step in ladder}) != len(ladder):
        return "two rungs have one name, so that the second would never be taken"
    times = [0, *(step.after_s for step in ladder)]
    if any(later < earlier for earlier, later in pairwise(times)):
        return "after_s must not be negative and must not fall from rung to rung"
    return ""

"""The numbers of a county folder: `policies.toml`, and where there are such `clinical.toml` and
`roads.toml`.

Unknown keys, missing keys and wrong types are refused with the file and the key. A key that
`policies.toml` may leave out has the default of `hospital_gateway.policy`; the other two hold only
what differs from `dispatch.domain.clinical` and `maps.network.policy`.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec
from msgspec.structs import asdict

from dispatch.domain.clinical import ClinicalPolicies, changed
from dispatch.domain.config import DispatchPolicy, Freshness
from dispatch.domain.roads import road_policy
from hospital_gateway.policy import EscalationStep, GatewayPolicy
from maps.geojson import CountyError, convert, read_bytes
from maps.network.policy import RoadPolicy

T = TypeVar("T")

_GATEWAY: Final = GatewayPolicy()
_CLINICAL: Final = "clinical.toml"
_ROADS: Final = "roads.toml"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the TOML rows: every key is written out, none is guessed."""


class _Standard(Row, frozen=True, kw_only=True):
    send_s: int
    arrive_s: int


class _Calls(Row, frozen=True, kw_only=True):
    answer_s: int


class _Assignment(Row, frozen=True, kw_only=True):
    unanswered_s: int
    turnout_s: int
    undo_s: int


class _Rung(Row, frozen=True, kw_only=True):
    step: str
    after_s: int
    without: Literal["delivered", "displayed", "acknowledged"]
    tell: Literal["emergency_department", "dispatcher", "duty_lead", "medical_control"]


class _BedHold(Row, frozen=True, kw_only=True):
    expires_after_eta_s: int
    expires_without_eta_s: int


class _Handover(Row, frozen=True, kw_only=True):
    offload_s: int


class _Freshness(Row, frozen=True, kw_only=True):
    vital_numeric_s: int
    nibp_s: int
    position_s: int
    bed_s: int


class _Destination(Row, frozen=True, kw_only=True):
    advisory_penalty_s: int
    no_bed_penalty_s: int
    inbound_penalty_s: int
    tie_s: int
    door_to_wire_s: int
    immediate_detour_s: int = _GATEWAY.immediate_detour_s
    immediate_pregnant_from_weeks: int = _GATEWAY.immediate_pregnant_from_weeks
    immediate_requires: tuple[str, ...] = _GATEWAY.immediate_requires
    immediate_detour_centres: tuple[str, ...] = _GATEWAY.immediate_detour_centres
    immediate_detour_pregnant: tuple[str, ...] = _GATEWAY.immediate_detour_pregnant
    general_requires: tuple[str, ...] = _GATEWAY.general_requires
    paediatric: tuple[str, ...] = _GATEWAY.paediatric
    child_below_years: int = _GATEWAY.child_below_years
    bypass_if_stable: tuple[str, ...] = _GATEWAY.bypass_if_stable


class _Transfer(Row, frozen=True, kw_only=True):
    tiers: tuple[tuple[str, ...], ...] = _GATEWAY.tiers
    dido_warning_s: int = _GATEWAY.dido_warning_s
    dido_alarm_s: int = _GATEWAY.dido_alarm_s
    dido_standard_s: dict[str, int] = msgspec.field(
        default_factory=lambda: dict(_GATEWAY.dido_standard_s)
    )


class _Colours(Row, frozen=True, kw_only=True):
    red_centres: tuple[str, ...] = _GATEWAY.red_centres
    npews_red_from: int = _GATEWAY.npews_red_from
    npews_yellow_from: int = _GATEWAY.npews_yellow_from
    stroke_red_within_h: int = _GATEWAY.stroke_red_within_h


class _Coverage(Row, frozen=True, kw_only=True):
    no_unit_within_s: int


class TravelPolicy(Row, frozen=True, kw_only=True):
    """The straight-line estimate: road length over straight line, and km/h along it."""

    detour_factor: float
    speed_kmh: float


class CountyPolicies(Row, frozen=True, kw_only=True):
    """`policies.toml` as written; ``transfer`` and ``pre_alert_colour`` may be left out."""

    standards: dict[str, _Standard]
    calls: _Calls
    assignment: _Assignment
    pre_alert_ladder: list[_Rung]
    bed_hold: _BedHold
    handover: _Handover
    freshness: _Freshness
    destination: _Destination
    coverage: _Coverage
    travel: TravelPolicy
    transfer: _Transfer = _Transfer()
    pre_alert_colour: _Colours = _Colours()


def read_table(path: Path, kind: type[T]) -> T:
    """A TOML file as ``kind``; raises ``CountyError`` naming the file, the key and what to do."""
    return convert(path, _toml(path), kind)


def read_clinical(folder: Path) -> ClinicalPolicies:
    """The clinical numbers of a county folder; without `clinical.toml` the defaults, unsigned.

    Raises ``CountyError`` naming the file, the key and what to do.
    """
    path = folder / _CLINICAL
    if not path.exists():
        return ClinicalPolicies()
    changes = _toml(path)
    try:
        policies = changed(changes)
    except ValueError as error:
        do = "Correct this key; docs/rules.md says what each number decides"
        raise CountyError(path, str(error), do) from error
    _check_signature(path, policies.owner, policies.signed_on)
    return policies


def read_roads(folder: Path) -> RoadPolicy:
    """The numbers of driving of a county folder; without `roads.toml` the defaults, unsigned.

    Raises ``CountyError`` naming the file, the key and what to do.
    """
    path = folder / _ROADS
    if not path.exists():
        return RoadPolicy()
    changes = _toml(path)
    try:
        policy = road_policy(changes)
    except ValueError as error:
        do = "Correct this key; docs/counties.md says what each number decides"
        raise CountyError(path, str(error), do) from error
    _check_signature(path, policy.owner, policy.signed_on)
    return policy


def dispatch_policy(policies: CountyPolicies) -> DispatchPolicy:
    """What the dispatcher's side takes of the file."""
    return DispatchPolicy(
        send_s={name: row.send_s for name, row in policies.standards.items()},
        arrive_s={name: row.arrive_s for name, row in policies.standards.items()},
        assignment_unanswered_s=policies.assignment.unanswered_s,
        turnout_s=policies.assignment.turnout_s,
        undo_s=policies.assignment.undo_s,
        answer_s=policies.calls.answer_s,
        cover_minutes=policies.coverage.no_unit_within_s // 60,
    )


def gateway_policy(policies: CountyPolicies) -> GatewayPolicy:
    """What the hospital side takes of the file; raises ValueError for a ladder to nobody."""
    destination = asdict(policies.destination)
    return GatewayPolicy(
        ladder=tuple(
            EscalationStep(name=r.step, after_s=r.after_s, unless=r.without, tells=r.tell)
            for r in policies.pre_alert_ladder
        ),
        bed_hold_after_eta_s=policies.bed_hold.expires_after_eta_s,
        bed_hold_without_eta_s=policies.bed_hold.expires_without_eta_s,
        offload_standard_s=policies.handover.offload_s,
        load_penalty_s_per_inbound=destination.pop("inbound_penalty_s"),
        **destination,
        **asdict(policies.transfer),
        **asdict(policies.pre_alert_colour),
    )


def freshness(policies: CountyPolicies) -> Freshness:
    """The ages after which values turn grey."""
    return Freshness(
        numerics_s=policies.freshness.vital_numeric_s,
        position_s=policies.freshness.position_s,
        beds_s=policies.freshness.bed_s,
        nibp_s=policies.freshness.nibp_s,
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_bytes(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = f"is not TOML: {error}"
        raise CountyError(path, what, "Correct the line that it names") from error


def _check_signature(path: Path, owner: str, signed_on: str) -> None:
    if not owner.strip():
        raise CountyError(path, "owner is empty", "Name who answers for these numbers")
    try:
        date.fromisoformat(signed_on or "2000-01-01")
    except ValueError as error:
        what = f"signed_on: {signed_on!r} is not a date"
        do = 'Write it as "2026-03-01", or "" while nobody has signed'
        raise CountyError(path, what, do) from error

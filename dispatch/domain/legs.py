"""The drives that the log records: from wheels rolling to arrival, leg by leg.

A leg begins with a crew's step (en route, transporting) and ends with the next (on scene, at the
destination); a step that was taken back counts as never made, and a leg that was cancelled on the
way is none. What the vehicle did in between is in the position fixes, not in the log; whether a leg
teaches anything about the roads is decided in `maps.network.drives`. Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from dispatch.domain import events as e
from dispatch.domain.fold import apply_to
from dispatch.domain.states import ENDED, AssignmentState, PatientState
from dispatch.domain.world import Assignment, ClosureRecord, Draft, World
from dispatch.ids import AssignmentId, ClosureId, FacilityId, UnitId

Kind = Literal["to_scene", "to_hospital"]
Spot = tuple[float, float]
"""Longitude and latitude in WGS-84 degrees."""

_STARTS: Final[Mapping[str, Kind]] = {
    AssignmentState.EN_ROUTE.value: "to_scene",
    AssignmentState.TRANSPORTING.value: "to_hospital",
}
_ENDS: Final[Mapping[str, Kind]] = {
    AssignmentState.ON_SCENE.value: "to_scene",
    AssignmentState.AT_DESTINATION.value: "to_hospital",
}


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One leg that was driven to its end.

    ``target`` is where it went, None where the log names none; ``is_changed``: target or priority
    were others at its end than at its beginning. ``reported_late_s`` is the longer delay between
    one of its two steps and the log. ``closures`` are those drawn when it began.
    """

    assignment_id: AssignmentId
    unit_id: UnitId
    kind: Kind
    priority: str
    started_at: datetime
    ended_at: datetime
    target: Spot | None
    is_changed: bool
    reported_late_s: float
    closures: Mapping[ClosureId, ClosureRecord]


class _Start(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    priority: str
    target: Spot | None
    late_s: float
    closures: Mapping[ClosureId, ClosureRecord]


class LegFinder:
    """Finds the legs of a log that is given to it from its beginning, page by page."""

    def __init__(self) -> None:
        self._world = World()
        self._open: dict[tuple[AssignmentId, Kind], _Start] = {}
        self._driven: dict[tuple[AssignmentId, Kind], Leg] = {}

    def take(self, page: Iterable[e.Envelope]) -> None:
        """The next envelopes of the log, in its order."""
        draft = Draft(self._world)
        for envelope in page:
            apply_to(draft, envelope)
            event = envelope.event
            if isinstance(event, e.AssignmentAdvanced):
                self._advanced(draft, event, envelope)
            elif isinstance(event, e.AssignmentStepUndone):
                self._undone(event)
            elif isinstance(event, e.AssignmentCancelled):
                self._forget(event.assignment_id)
        self._world = draft.close()

    def driven(self) -> list[Leg]:
        """The legs so far, by when they began."""
        return sorted(self._driven.values(), key=lambda leg: (leg.started_at, leg.assignment_id))

    def _advanced(self, draft: Draft, event: e.AssignmentAdvanced, envelope: e.Envelope) -> None:
        assignment: Assignment = draft.table("assignments")[event.assignment_id]
        late_s = (envelope.recorded_at - envelope.occurred_at).total_seconds()
        if kind := _STARTS.get(event.step):
            self._open[event.assignment_id, kind] = _Start(
                at=assignment.since,
                priority=draft.table("incidents")[assignment.incident_id].priority,
                target=_target(draft, assignment, kind),
                late_s=late_s,
                closures=dict(draft.table("closures")),
            )
        elif (kind := _ENDS.get(event.step)) and (event.assignment_id, kind) in self._open:
            self._arrived(draft, assignment, kind, late_s)
        if assignment.state in ENDED:
            self._forget(event.assignment_id)

    def _arrived(self, draft: Draft, assignment: Assignment, kind: Kind, late_s: float) -> None:
        key = assignment.assignment_id, kind
        start = self._open[key]
        target = _target(draft, assignment, kind)
        priority = draft.table("incidents")[assignment.incident_id].priority
        self._driven[key] = Leg(
            assignment_id=assignment.assignment_id,
            unit_id=assignment.unit_id,
            kind=kind,
            priority=start.priority,
            started_at=start.at,
            ended_at=assignment.since,
            target=target,
            is_changed=target is None or (target, priority) != (start.target, start.priority),
            reported_late_s=max(late_s, start.late_s),
            closures=start.closures,
        )

    def _undone(self, event: e.AssignmentStepUndone) -> None:
        if kind := _ENDS.get(event.step):
            self._driven.pop((event.assignment_id, kind), None)
        if kind := _STARTS.get(event.step):
            self._open.pop((event.assignment_id, kind), None)

    def _forget(self, assignment_id: AssignmentId) -> None:
        self._open.pop((assignment_id, "to_scene"), None)
        self._open.pop((assignment_id, "to_hospital"), None)


def _target(draft: Draft, assignment: Assignment, kind: Kind) -> Spot | None:
    """The scene, or the one hospital of the patients whom the unit has."""
    incident = draft.table("incidents")[assignment.incident_id]
    if kind == "to_scene":
        return incident.lon, incident.lat
    patients = [draft.table("patients")[key] for key in incident.patient_ids]
    going: set[FacilityId] = {
        one.facility_id
        for one in patients
        if one.unit_id == assignment.unit_id
        and one.facility_id is not None
        and one.state is not PatientState.LEFT_ON_SCENE
    }
    places = [(one.lon, one.lat) for one in draft.value("config").facilities
              if one.facility_id in going]  # fmt: skip
    return places[0] if len(places) == 1 else None

"""Where a unit drives to and when it is there: one rule for the live plane and for the replay.

The target follows from the world alone and the arrival from one fix, so that a replay, which folds
the world of that time and reads the recorded fixes, finds what the screens then said. Which fix is
believed is decided in `telemetry.position`; how long a way takes, by the travel-time port.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from dispatch.domain import documents as d
from dispatch.domain.states import AssignmentState, PatientState
from dispatch.domain.world import Assignment, World
from maps.coordinates import Wgs84
from maps.travel import TravelTimes

TO_SCENE = (AssignmentState.NOTIFIED, AssignmentState.ACKNOWLEDGED, AssignmentState.EN_ROUTE)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit drives to, an incident's scene or a hospital by its id, and how urgently."""

    kind: Literal["scene", "hospital"]
    target_id: str
    place: Wgs84
    priority: str


def target_of(world: World, unit_id: str) -> Target | None:
    """The scene while driving there, afterwards the hospital of its patient; None: nowhere."""
    unit = world.units.get(unit_id)  # type: ignore[call-overload]
    if unit is None or unit.assignment_id is None or world.config is None:
        return None
    assignment: Assignment = world.assignments[unit.assignment_id]
    incident = world.incidents[assignment.incident_id]
    if assignment.state in TO_SCENE:
        scene = Wgs84(lon=incident.lon, lat=incident.lat)
        ident = incident.incident_id
        return Target(kind="scene", target_id=ident, place=scene, priority=incident.priority)
    coming = (PatientState.ATTENDED, PatientState.ABOARD)
    patients = [world.patients[key] for key in incident.patient_ids]
    going = {p.facility_id for p in patients if p.unit_id == unit_id and p.state in coming}
    for facility in world.config.facilities:
        if facility.facility_id in going:
            place = Wgs84(lon=facility.lon, lat=facility.lat)
            return Target(
                kind="hospital",
                target_id=facility.facility_id,
                place=place,
                priority=incident.priority,
            )
    return None


def eta_of(
    travel: TravelTimes, target: Target, place: Wgs84, fix_at: datetime, now: datetime
) -> d.Eta:
    """The arrival at the target of a unit that was at ``place`` at ``fix_at``.

    ``travel`` is that of ``now``, of the target's priority and of the closures then.
    """
    (estimate,) = travel.to_many(place, [target.place])  # unlike `estimate` without the path
    return d.Eta(
        target=target.kind,
        target_id=target.target_id,
        arrive_at=fix_at + timedelta(seconds=estimate.duration_s),
        duration_s=estimate.duration_s,
        distance_m=estimate.distance_m,
        method=estimate.method,
        from_fix_at=fix_at,
        computed_at=now,
        duration_p80_s=estimate.duration_p80_s,
    )

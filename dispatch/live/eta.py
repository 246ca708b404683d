"""Where a unit drives to and when it is there: one rule for the live plane and for the replay.

The target follows from the world alone and the arrival from the fixes, so that a replay, which
folds the world of that time and reads the recorded fixes, finds what the screens then said. Which
fix is believed is decided in `telemetry.position`; how long a way takes, by the travel-time port.

Where there are roads the journey begins at the place on them that the fixes of this job speak for
(`Course`), not at the road nearest to the last fix: of two carriageways, or of a bridge and the
road below, the nearest is often the wrong one, and minutes away. A chain of matching begins with
the job, at the newest fix, and goes on through its changes of target, so that a replay of the job
walks the same chain. Not on a road, a jump, a fix of a suspected datum: the fix itself is the
beginning, and the estimate says how much of the way is none by road. The place shown is the fix.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from dispatch.domain import documents as d
from dispatch.domain.states import AssignmentState, PatientState
from dispatch.domain.world import Assignment, World
from maps.coordinates import Wgs84
from maps.matching.live import Matcher
from maps.matching.model import Fix, RoadModel
from maps.travel import TravelTimes

TO_SCENE = (AssignmentState.NOTIFIED, AssignmentState.ACKNOWLEDGED, AssignmentState.EN_ROUTE)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit drives to, an incident's scene or a hospital by its id, and how urgently.

    ``assignment_id`` is the job it belongs to, "" where it is asked for no job.
    """

    kind: Literal["scene", "hospital"]
    target_id: str
    place: Wgs84
    priority: str
    assignment_id: str = ""


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
        return Target(
            assignment_id=assignment.assignment_id,
            kind="scene",
            target_id=ident,
            place=scene,
            priority=incident.priority,
        )
    coming = (PatientState.ATTENDED, PatientState.ABOARD)
    patients = [world.patients[key] for key in incident.patient_ids]
    going = {p.facility_id for p in patients if p.unit_id == unit_id and p.state in coming}
    for facility in world.config.facilities:
        if facility.facility_id in going:
            place = Wgs84(lon=facility.lon, lat=facility.lat)
            return Target(
                assignment_id=assignment.assignment_id,
                kind="hospital",
                target_id=facility.facility_id,
                place=place,
                priority=incident.priority,
            )
    return None


class UnitFix(msgspec.Struct, frozen=True, kw_only=True):
    """A believed fix of a unit; ``at`` is when it was true, on the core's clock.

    ``is_datum_doubted``: it may be some 500 m off, so it is on no road that could be named.
    """

    place: Wgs84
    at: datetime
    heading_deg: float | None = None
    speed_kmh: float | None = None
    accuracy_m: float | None = None
    is_datum_doubted: bool = False


class Course:
    """One unit on the roads during one job: where a journey begins, fix by fix.

    Bounded: a matcher keeps its last layer only. ``model`` None: there are no roads.
    """

    def __init__(self, model: RoadModel | None) -> None:
        self.model = model
        self._matcher = None if model is None else Matcher(model)
        self._fix: UnitFix | None = None
        self._place: Wgs84 | None = None

    def follow(self, fix: UnitFix) -> Wgs84:
        """Where a journey from this fix begins; one that is not newer changes nothing."""
        if self._fix is None or self._place is None or fix.at > self._fix.at:
            self._fix, self._place = fix, self._begin(fix)
        return self._place

    def _begin(self, fix: UnitFix) -> Wgs84:
        if self._matcher is None or fix.is_datum_doubted:
            return fix.place
        matched = self._matcher.feed(
            Fix(
                place=fix.place,
                at_s=fix.at.timestamp(),
                heading_deg=fix.heading_deg,
                speed_kmh=fix.speed_kmh,
                accuracy_m=fix.accuracy_m,
            )
        )
        return matched.place or fix.place


def eta_of(
    travel: TravelTimes, target: Target, place: Wgs84, fix_at: datetime, now: datetime
) -> d.Eta:
    """The arrival at the target of a unit whose journey goes on from ``place`` since ``fix_at``.

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

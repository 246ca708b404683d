"""Arrival put to the crew: the newest fixes of each unit that drives somewhere, and what they say.

A proposal is derived from the fixes like an ETA: never an event, never a change of status. It is
asked of `maps.arrival` at each new fix, and stands beside the position until the unit leaves, the
crew says what it did, or the target is another one. Who accepts it sends the ordinary status with
`occurred_at` set to the proposed time.

Asked only while the crew's next status is an arrival: before "en route" nobody drives, and at the
scene nothing is left to propose. So a proposed time is never before the status it follows.
"""

from collections import deque
from datetime import datetime
from typing import Final, Literal

import msgspec

from dispatch.domain.states import AssignmentState
from dispatch.domain.world import World
from dispatch.live.eta import UnitFix, target_of
from maps.arrival import ArrivalFix, ArrivalPolicy, ArrivalProposal, TargetKind, propose_arrival
from maps.coordinates import Wgs84
from maps.distance import haversine_m

FIXES_MAX: Final = 120  # two minutes at one a second; a stay is seen after 20 s or three fixes
APART_S: Final = 1.0  # of a receiver that says ten a second one is enough

Step = Literal["on_scene", "at_destination"]
_STEPS: Final[dict[AssignmentState, Step]] = {
    AssignmentState.EN_ROUTE: "on_scene",
    AssignmentState.TRANSPORTING: "at_destination",
}


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """The arrival that a unit's next status would say; ``since`` is when it drove off."""

    assignment_id: str
    step: Step
    kind: TargetKind
    target_id: str
    place: Wgs84
    since: datetime


def errand_of(world: World, unit_id: str) -> Errand | None:
    """What a unit may arrive at now; None while it drives nowhere."""
    target = target_of(world, unit_id)
    if target is None:
        return None
    assignment = world.assignments[target.assignment_id]  # type: ignore[index]
    step = _STEPS.get(assignment.state)
    if step is None:
        return None
    return Errand(
        assignment_id=target.assignment_id,
        step=step,
        kind=target.kind,
        target_id=target.target_id,
        place=target.place,
        since=assignment.since,
    )


class Stay:
    """What the fixes of one unit say of one errand; bounded, and made anew for another errand."""

    def __init__(self, errand: Errand, policy: ArrivalPolicy) -> None:
        self.errand = errand
        self.proposal: ArrivalProposal | None = None
        self._policy = policy
        self._fixes: deque[ArrivalFix] = deque(maxlen=FIXES_MAX)

    def take(self, fix: UnitFix, now: datetime) -> None:
        """A newer fix; one whose datum is doubted says nothing of a place."""
        last = self._fixes[-1].at if self._fixes else None
        if fix.is_datum_doubted or (last and (fix.at - last).total_seconds() < APART_S):
            return
        self._fixes.append(
            ArrivalFix(
                place=fix.place, at=fix.at, speed_kmh=fix.speed_kmh, accuracy_m=fix.accuracy_m
            )
        )
        self.proposal = self._proposed(now)

    def _proposed(self, now: datetime) -> ArrivalProposal | None:
        errand, before = self.errand, self.proposal
        newest = self._fixes[-1]
        far_m = self._policy.radius_m(errand.kind) * self._policy.leave_factor
        is_told = (newest.accuracy_m or 0.0) <= self._policy.accuracy_most_m
        if is_told and haversine_m(newest.place, errand.place) > far_m:
            return None  # what the whole comparison would say, without it
        found = propose_arrival(
            self._fixes,
            kind=errand.kind,
            target_id=errand.target_id,
            target=errand.place,
            since=errand.since,
            now=now,
            policy=self._policy,
        )
        if found is None or before is None or found.since <= before.since:
            return found
        # The stay goes on and its first fixes have left the window: its beginning stays.
        dwell_s = found.dwell_s + (found.since - before.since).total_seconds()
        return msgspec.structs.replace(found, since=before.since, dwell_s=dwell_s)


class Arrivals:
    """The stays of all units that drive somewhere."""

    def __init__(self, policy: ArrivalPolicy | None = None) -> None:
        self._policy = policy or ArrivalPolicy()
        self._stays: dict[str, Stay] = {}

    def look(self, world: World, unit_id: str, fix: UnitFix | None, now: datetime) -> None:
        """A fix has come, or the world has changed (None); another errand forgets the fixes."""
        errand = errand_of(world, unit_id)
        if errand is None:
            self._stays.pop(unit_id, None)
            return
        stay = self._stays.get(unit_id)
        if stay is None or stay.errand != errand:
            stay = self._stays[unit_id] = Stay(errand, self._policy)
        if fix is not None:
            stay.take(fix, now)

    def of(self, unit_id: str) -> tuple[Errand, ArrivalProposal] | None:
        """The proposal that stands for a unit, with the errand it is of."""
        stay = self._stays.get(unit_id)
        return None if stay is None or stay.proposal is None else (stay.errand, stay.proposal)

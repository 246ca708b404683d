"""The way a unit drives, as a line for the maps; the numbers beside it are those of its ETA.

The journeys here are asked apart from those of the live plane: a map that is drawn must never make
an ETA wait. Where a unit drives to is `dispatch.live.eta`; who may see it, the route's business.
"""

from datetime import datetime

import msgspec

from dispatch.domain.world import World
from dispatch.limits import ROUTES_WAITING_MAX
from dispatch.live.eta import Target
from dispatch.live.journeys import Journeys, Records
from dispatch.live.off_loop import OffLoop
from maps.coordinates import Wgs84
from maps.travel import TravelEstimate


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's way on the wire; ``path`` is [lon, lat] in WGS-84 degrees, the unit's place first.

    ``target`` is "scene" or "hospital"; None with an empty path where the unit drives nowhere or
    nobody knows where it is. ``is_estimate``: straight pieces in it, not to be drawn as a road.
    """

    unit_id: str
    computed_at: datetime
    target: str | None = None
    target_id: str | None = None
    path: list[list[float]] = []
    method: str | None = None
    is_estimate: bool | None = None
    duration_s: int | None = None
    duration_p80_s: int | None = None
    distance_m: int | None = None


class Ways:
    """Ways over the roads of this process, off the event loop."""

    def __init__(self, travel: Journeys) -> None:
        self._travel = travel.apart()
        self._off_loop = OffLoop("routes", ROUTES_WAITING_MAX)

    async def way(
        self, closures: Records, unit_id: str, place: Wgs84 | None, target: Target | None,
        now: datetime,
    ) -> Way:  # fmt: skip
        """The way from ``place`` to ``target`` under a world's closures at ``now``."""
        if place is None or target is None:
            return Way(unit_id=unit_id, computed_at=now)

        def drive() -> TravelEstimate:
            return self._travel.at(closures, now, target.priority).estimate(place, target.place)

        return _told(unit_id, target, await self._off_loop.run(drive), now)


def _told(unit_id: str, target: Target, found: TravelEstimate, now: datetime) -> Way:
    return Way(
        unit_id=unit_id,
        computed_at=now,
        target=target.kind,
        target_id=target.target_id,
        path=[[round(place.lon, 6), round(place.lat, 6)] for place in found.path],
        method=found.method,
        is_estimate=found.is_estimate,
        duration_s=found.duration_s,
        duration_p80_s=found.duration_p80_s,
        distance_m=found.distance_m,
    )


def proposed_target(world: World, incident_id: str) -> Target | None:
    """The scene of an incident as what a unit would drive to; None for an unknown one."""
    incident = world.incidents.get(incident_id)  # type: ignore[call-overload]
    if incident is None:
        return None
    scene = Wgs84(lon=incident.lon, lat=incident.lat)
    return Target(kind="scene", target_id=incident_id, place=scene, priority=incident.priority)

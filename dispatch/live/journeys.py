"""The travel times of this process: by road where a map is imported, round what is closed.

`closures_of` is the pure way from the world's records to what the road engine understands. Whoever
asks for a journey gives the closures of the world it looks at, so nothing can be answered from an
older world: not after a fold, not in another worker, not in the replay of another day. They are
handed to the engine only when they are others than before (tables of a world are never changed in
place, so the same table is the same content).

How long a way takes is `maps`; where a unit drives to is `dispatch.live.eta`.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.domain.world import ClosureRecord
from dispatch.ids import ClosureId
from maps.coordinates import Wgs84
from maps.matching.model import RoadModel
from maps.network.closures import Closure
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import StraightLineTravel, TravelTimes

Records = Mapping[ClosureId, ClosureRecord]


def closures_of(records: Records) -> tuple[Closure, ...]:
    """The closures of a world in the road engine's terms, in order of their ids."""
    return tuple(_closure(records[key]) for key in sorted(records))


def _closure(record: ClosureRecord) -> Closure:
    return Closure(
        closure_id=record.closure_id,
        kind=record.kind,  # type: ignore[arg-type]
        factor=record.factor,
        outline=tuple(Wgs84(lon=lon, lat=lat) for lon, lat in record.outline),
        from_at=record.from_at,
        until_at=record.until_at,
    )


class _InUse:
    """The roads that everybody of this process drives on now."""

    def __init__(self, roads: Roads | None) -> None:
        self.roads = roads


class Journeys:
    """Journeys by road over ``roads``, or straight where there are none; always says which."""

    def __init__(
        self,
        straight: StraightLineTravel,
        roads: Roads | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        """``zone`` is the county's: speeds differ by the hour of its day."""
        self._straight = straight
        self._zone = zone or ZoneInfo("UTC")
        self._in_use = _InUse(roads)
        self._roads: Roads | None = None
        self._road: RoadTravel | None = None
        self._heeded: Records = {}
        self._model: RoadModel | None = None
        self._policy: RoadPolicy | None = None

    def use(self, roads: Roads) -> None:
        """Drive on other roads, from the next question on; those who went apart as well."""
        self._in_use.roads = roads

    def at(self, closures: Records, now: datetime, priority: str) -> TravelTimes:
        """Journeys that begin ``now`` for ``priority``, with a world's closures."""
        roads = self._in_use.roads
        if roads is None:
            return self._straight
        if self._road is None or roads is not self._roads:
            driven = roads if self._policy is None else roads.under(self._policy)
            self._road = RoadTravel(driven, self._straight, self._zone)
            self._roads, self._heeded = roads, {}
        if closures is not self._heeded:
            self._road.set_closures(closures_of(closures))
            self._heeded = closures
        return self._road.when(now, priority)

    def model(self) -> RoadModel | None:
        """The roads in use for map matching; None where there are none.

        Made when first asked for: 10 ms for a county, a third of a second for 90,000 junctions.
        """
        roads = self._in_use.roads
        if roads is None:
            return None
        if self._model is None or self._model.graph is not roads.graph:
            self._model = RoadModel(roads.graph, roads.snapper, roads.engine)
        return self._model

    def apart(self, policy: RoadPolicy | None = None) -> "Journeys":
        """The same roads for another time: what is asked there does not disturb what is here.

        ``policy`` is how the county drove then; None: as it does now.
        """
        other = Journeys(self._straight, None, self._zone)
        other._in_use = self._in_use
        other._policy = policy
        return other

"""Cover of the county and how far its units get, as GeoJSON for the console's map.

`maps.coverage` computes, this asks it for one county with its closures and keeps what is asked
again: the cells and their outlines for good, the roads at an hour under a set of closures, and one
search for each place (within `COVERAGE_BUCKET_M`) from which a unit would start. A unit that moves
costs one search, one that stands none.

Drives count from the unit's wheels rolling, as for P1: turnout is the crew's, not the road's.
Without a road graph everything is the straight-line estimate, and every answer says so.

Everything here blocks; `dispatch.live.coverage` calls it in a thread, one call at a time. Not here:
which units are idle (`dispatch.live.standing`), demand.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from shapely import transform
from shapely.geometry import mapping

from dispatch.limits import (
    COVERAGE_BUCKET_M,
    COVERAGE_CELLS_MAX,
    COVERAGE_DRIVINGS_MAX,
    COVERAGE_ROWS_MAX,
    COVERAGE_TOLD_MAX_S,
)
from dispatch.live.standing import Standing
from maps.areas import CountyArea
from maps.coordinates import Wgs84
from maps.coverage.cells import CellPolicy, Cells, cells_over, zones_of
from maps.coverage.cover import Cover, Targets, Unit, cover_by_air, cover_by_road
from maps.coverage.isochrone import Isochrones, as_geojson, straight_isochrones
from maps.coverage.reach import Crow, Driving, Origin
from maps.network.closures import Closure, apply
from maps.network.graph import Floats
from maps.network.speeds import weights_ms
from maps.network.travel import Roads

PRIORITY: Final = "P1"
_M_PER_DEG: Final = 111_195.0
_LARGER: Final = 1.25  # by so much the side of a cell grows until there are few enough

K = TypeVar("K")
V = TypeVar("V")


class Moment(NamedTuple):
    """What times by road depend on: the map, the local hour, the closures that hold."""

    roads: Roads | None
    hour: int
    holding: tuple[Closure, ...]


class _Kept(OrderedDict[K, V]):
    """The most recently used values, at most ``most``."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def put(self, key: K, value: V) -> V:
        self[key] = value
        while len(self) > self._most:
            self.popitem(last=False)
        return value

    def find(self, key: K) -> V | None:
        found = self.get(key)
        if found is not None:
            self.move_to_end(key)
        return found


class CoverMap:
    """One county's land, over its roads or by the straight line."""

    def __init__(self, area: CountyArea, crow: Crow, zone: ZoneInfo) -> None:
        """Cheap; what takes long is made at the first question."""
        self._area, self._crow, self._zone = area, crow, zone
        self._roads: Roads | None = None
        self._drawn_on: Roads | None = None
        self._cells: Cells | None = None
        self._isochrones: Isochrones | None = None
        self._drivings: _Kept[Moment, tuple[Driving, Targets]] = _Kept(COVERAGE_DRIVINGS_MAX)
        self._rows: _Kept[tuple[Moment, tuple[int, int]], Cover] = _Kept(COVERAGE_ROWS_MAX)

    def use(self, roads: Roads) -> None:
        """From the next moment on these roads count."""
        self._roads = roads

    @property
    def cells(self) -> Cells:
        """The county's cells, as small as `COVERAGE_CELLS_MAX` allows."""
        if self._cells is None:
            policy = CellPolicy()
            found = _cells_of(self._area, policy)
            while found is None or len(found) > COVERAGE_CELLS_MAX:
                policy = CellPolicy(side_m=policy.side_m * _LARGER)
                found = _cells_of(self._area, policy)
            self._cells = found
            self.zones = zones_of(found, self._area)
            self._outlines = [_outline(shape) for shape in found.shapes]
        return self._cells

    def moment(self, closures: Sequence[Closure], at: datetime) -> Moment:
        """Questions of equal moments have equal answers; cheap."""
        if self._roads is None:
            return Moment(None, 0, ())
        holding = tuple(one for one in closures if one.holds(at))
        return Moment(self._roads, at.astimezone(self._zone).hour, holding)

    def cover(self, idle: Sequence[Standing], moment: Moment, at: datetime) -> Cover:
        """Seconds of each idle unit to every cell, then to every town of the county."""
        self._forget_others(moment.roads)
        covers = [self._row(moment, one, at) for one in idle] or [self._nobody()]
        while len(covers) > 1:  # pair by pair: each joining goes over all its units
            pairs = [covers[at : at + 2] for at in range(0, len(covers), 2)]
            covers = [pair[0].joined(pair[1]) if len(pair) > 1 else pair[0] for pair in pairs]
        return covers[0]

    def features(self, columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
        """The cells as GeoJSON features with one property a column, each of c values."""
        names = list(columns)
        rows = zip(*columns.values(), strict=True)
        return [
            {
                "type": "Feature",
                "id": number,
                "properties": dict(zip(names, row, strict=True)),
                "geometry": outline,
            }
            for number, outline, row in zip(
                self.cells.number.tolist(), self._outlines, rows, strict=True
            )
        ]

    def isochrones(
        self, places: Sequence[Wgs84], limits_min: Sequence[float], moment: Moment, at: datetime
    ) -> dict[str, Any]:
        """What the quickest of the places reaches, the largest first, as GeoJSON.

        Raises ValueError for limits that are none (`maps.coverage.isochrone.check_limits`).
        """
        self._forget_others(moment.roads)
        if not places:
            return {"type": "FeatureCollection", "features": []}
        origins = [Origin(place=place) for place in places]
        if moment.roads is None:
            return as_geojson(straight_isochrones(origins, limits_min, self._crow))
        if self._isochrones is None or self._isochrones.roads is not moment.roads:
            self._isochrones = Isochrones(moment.roads)
        driving, _targets = self._driving(moment, moment.roads, at)
        found = self._isochrones.around(driving, origins, limits_min, crow=self._crow)
        return as_geojson(found)

    def _forget_others(self, roads: Roads | None) -> None:
        """What was found on another map would only keep that map in memory."""
        if roads is not self._drawn_on:
            self._drivings.clear()
            self._rows.clear()
            self._drawn_on = roads

    def _places(self) -> tuple[Floats, Floats]:
        """Cells, then towns: one table of seconds answers for both."""
        towns = self._area.towns
        lon = np.append(self.cells.lon, [town.position.lon for town in towns])
        return lon, np.append(self.cells.lat, [town.position.lat for town in towns])

    def _driving(self, moment: Moment, roads: Roads, at: datetime) -> tuple[Driving, Targets]:
        found = self._drivings.find(moment)
        if found is not None:
            return found
        policy = roads.policy.speeds
        weights = weights_ms(roads.graph, policy, hour=moment.hour, priority=PRIORITY)
        weights = apply(weights, roads.index, moment.holding, at)
        driving = Driving(roads, weights, factor=roads.learned.factor(moment.hour, PRIORITY))
        targets = Targets(driving, *self._places(), free_m=self.cells.side_m / 2)
        return self._drivings.put(moment, (driving, targets))

    def _row(self, moment: Moment, unit: Standing, at: datetime) -> Cover:
        """One unit's cover, from the search that somebody near it has cost."""
        bucket = bucket_of(unit.place)
        kept = self._rows.find((moment, bucket))
        found = kept or self._rows.put((moment, bucket), self._searched(moment, unit, at))
        return Cover(
            unit_ids=(unit.unit_id,),
            seconds=found.seconds,
            methods=found.methods,
            has_road=found.has_road,
            first=found.first,
            first_s=found.first_s,
            second_s=found.second_s,
        )

    def _searched(self, moment: Moment, unit: Standing, at: datetime) -> Cover:
        units = [Unit(unit_id=unit.unit_id, origin=Origin(place=unit.place))]
        limit_s = float(COVERAGE_TOLD_MAX_S)
        if moment.roads is None:
            return cover_by_air(units, *self._places(), limit_s=limit_s, crow=self._crow)
        driving, targets = self._driving(moment, moment.roads, at)
        return cover_by_road(driving, units, targets, limit_s=limit_s, crow=self._crow)

    def _nobody(self) -> Cover:
        return cover_by_air([], *self._places(), limit_s=0.0)


def _cells_of(area: CountyArea, policy: CellPolicy) -> Cells | None:
    """None for cells too small for so large a county."""
    try:
        return cells_over(area.boundary, policy)
    except ValueError:
        return None


def _outline(shape: Any) -> msgspec.Raw:
    """A cell's outline to 1 m, encoded once: nothing about it ever changes."""
    return msgspec.Raw(msgspec.json.encode(mapping(transform(shape, lambda at: at.round(5)))))


def bucket_of(place: Wgs84) -> tuple[int, int]:
    """Equal for places that count as one."""
    step = COVERAGE_BUCKET_M / _M_PER_DEG
    return round(place.lon / step), round(place.lat / step)

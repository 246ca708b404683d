"""Isochrones: the land within so many minutes of a place, of several, or from which a place is.

Only roads that can be driven count: a bank without a bridge, a closed road, an island stay out.
"Land" is what lies within ``beside_road_m`` of a reached road, so an outline may cross a stream
narrower than that and no river. Several origins make one isochrone, that of the quickest of them:
one unit, a station's, or all idle units of the county.

A place from which no road can be reached, or a county without a graph, gets a circle by the
straight-line estimate; the isochrone's method says so, and so must whoever shows it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from shapely import MultiPolygon, Polygon, area, union_all
from shapely.geometry import mapping

from maps.coordinates import Wgs84
from maps.coverage.raster import (
    Plane,
    Raster,
    as_multi,
    contour,
    middle_of,
    rasterise,
    sample,
)
from maps.coverage.reach import Crow, Driving, Origin, Reach, Start, quickest
from maps.limits import MAX_ISOCHRONE_MIN, MAX_ISOCHRONES
from maps.network.graph import Floats
from maps.network.travel import Roads
from maps.travel import Method

_CIRCLE_CORNERS: Final = 72  # 0.1 % of the radius inside the true circle


class IsochronePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy: how land beside roads is drawn, in metres.

    ``beside_road_m``: land so near a reached road counts as reached (as near as `RoadPolicy` calls
    a place "on the road"). ``cell_m``: outlines are drawn about so finely (15: in 17 m).
    """

    beside_road_m: float = 60.0
    cell_m: float = 15.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.cell_m <= self.beside_road_m < 10_000.0:
            raise ValueError("cell_m from 1 m, beside_road_m from cell_m to 10 km")


@dataclass(frozen=True, kw_only=True, eq=False)
class Isochrone:
    """The land within ``limit_min``, in degrees; ``road_km`` counts a two-way road once.

    ``beside_road_m`` is what was used: more than asked where a very large area is drawn coarsely, 0
    for a circle.
    """

    limit_min: float
    area: MultiPolygon
    area_km2: float
    road_km: float
    beside_road_m: float
    method: Method


class Isochrones:
    """The roads of one graph made ready to draw isochrones on; kept as long as the graph is."""

    def __init__(self, roads: Roads, policy: IsochronePolicy | None = None) -> None:
        self.roads = roads
        self._policy = policy or IsochronePolicy()
        self._plane = middle_of(roads.graph)
        self._samples = sample(roads.graph, self._plane, self._policy.cell_m)

    def around(
        self,
        driving: Driving,
        origins: Sequence[Origin],
        limits_min: Sequence[float],
        *,
        is_to: bool = False,
        crow: Crow | None = None,
    ) -> list[Isochrone]:
        """One isochrone a limit, in the order given; with ``is_to`` the drives to the origins.

        Raises ValueError for no origin and for limits outside `MAX_ISOCHRONE_MIN`.
        """
        check_limits(limits_min)
        if not origins:
            raise ValueError("an isochrone needs at least one origin")
        limit_s = max(limits_min) * 60.0
        found = [driving.reach(origin, limit_s=limit_s, is_to=is_to) for origin in origins]
        reaches = [one for one in found if one is not None]
        off = [origin for origin, one in zip(origins, found, strict=True) if one is None]
        by_air = straight_isochrones(off, limits_min, crow) if off else []
        if not reaches:
            return by_air
        by_road = self._by_road(driving, quickest(reaches), limits_min)
        return [_together(a, b) for a, b in zip(by_road, by_air, strict=True)] if off else by_road

    def _by_road(
        self, driving: Driving, reach: Reach, limits_min: Sequence[float]
    ) -> list[Isochrone]:
        samples = self._samples
        seconds = driving.seconds_at(reach, samples.arc, samples.fraction)
        near = np.flatnonzero(seconds <= max(limits_min) * 60.0)
        x_m, y_m, off_s = self._access(reach.starts)
        raster = rasterise(
            np.concatenate((samples.x_m[near], x_m)),
            np.concatenate((samples.y_m[near], y_m)),
            np.concatenate((seconds[near], off_s)),
            cell_m=self._policy.cell_m,
            beside_m=self._policy.beside_road_m,
        )
        farthest_m = max(start.snapped.distance_m for start in reach.starts)
        on_road = farthest_m <= self.roads.policy.on_road_m
        method: Method = "road" if on_road else "road_and_straight_line"
        lengths_m = samples.length_m[near]
        return [
            self._drawn(
                raster, limit, float(lengths_m[seconds[near] <= limit * 60.0].sum()), method
            )
            for limit in limits_min
        ]

    def _drawn(self, raster: Raster, limit_min: float, road_m: float, method: Method) -> Isochrone:
        land = contour(raster, limit_min * 60.0)
        return Isochrone(
            limit_min=limit_min,
            area=as_multi(self._plane.degrees(land)),
            area_km2=round(float(area(land)) / 1e6, 3),
            road_km=round(road_m / 1000.0, 2),
            beside_road_m=round(raster.beside_m, 1),
            method=method,
        )

    def _access(self, starts: Sequence[Start]) -> tuple[Floats, Floats, Floats]:
        """The straight ways between the origins and their roads, as samples with seconds."""
        parts = []
        for start in starts:
            lon = np.array([start.place.lon, start.snapped.place.lon])
            lat = np.array([start.place.lat, start.snapped.place.lat])
            x, y = self._plane.metres(lon, lat)
            points = 2 + math.ceil(start.snapped.distance_m / self._policy.cell_m)
            share = np.linspace(0.0, 1.0, points)
            seconds = start.begin_s + share * (start.road_s - start.begin_s)
            parts.append((x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0]), seconds))
        x_m, y_m, seconds = (np.concatenate(column) for column in zip(*parts, strict=True))
        return x_m, y_m, seconds


def straight_isochrones(
    origins: Sequence[Origin], limits_min: Sequence[float], crow: Crow | None = None
) -> list[Isochrone]:
    """Circles by the straight-line estimate: all that is known where there is no road graph.

    Raises ValueError for no origin and for limits outside `MAX_ISOCHRONE_MIN`.
    """
    check_limits(limits_min)
    if not origins:
        raise ValueError("an isochrone needs at least one origin")
    crow = crow or Crow()
    return [_circles(origins, limit, crow) for limit in limits_min]


def check_limits(limits_min: Sequence[float]) -> None:
    """Raises ValueError unless there are 1 to `MAX_ISOCHRONES` limits, each a sensible time."""
    if not 1 <= len(limits_min) <= MAX_ISOCHRONES:
        raise ValueError(f"{len(limits_min)} limits; give 1 to {MAX_ISOCHRONES}")
    for limit in limits_min:
        if not 0.0 < limit <= MAX_ISOCHRONE_MIN:
            raise ValueError(f"{limit} minutes; give more than 0, at most {MAX_ISOCHRONE_MIN:g}")


def as_geojson(isochrones: Sequence[Isochrone]) -> dict[str, Any]:
    """A FeatureCollection, the largest first so that the smaller ones are drawn over it."""
    ordered = sorted(isochrones, key=lambda one: -one.limit_min)
    return {"type": "FeatureCollection", "features": [_feature(one) for one in ordered]}


def _feature(one: Isochrone) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "limit_min": one.limit_min,
            "method": one.method,
            "is_estimate": one.method != "road",
            "area_km2": one.area_km2,
            "road_km": one.road_km,
            "beside_road_m": one.beside_road_m,
        },
        "geometry": mapping(one.area),
    }


def _circles(origins: Sequence[Origin], limit_min: float, crow: Crow) -> Isochrone:
    turn = np.linspace(0.0, 2 * np.pi, _CIRCLE_CORNERS, endpoint=False)
    plane = _plane_of(origins[0].place)
    drawn = []
    for origin in origins:
        radius_m = crow.radius_m(limit_min * 60.0 - origin.after_s)
        here = _plane_of(origin.place)
        ring = Polygon(np.column_stack((np.cos(turn), np.sin(turn))) * radius_m)
        if radius_m > 0:
            drawn.append(here.degrees(ring))
    land = as_multi(union_all(drawn))
    x, y = plane.metres(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    degree_m2 = float((x[1] - x[0]) * (y[1] - y[0]))
    return Isochrone(
        limit_min=limit_min,
        area=land,
        area_km2=round(float(area(land)) * degree_m2 / 1e6, 3),
        road_km=0.0,
        beside_road_m=0.0,
        method="straight_line",
    )


def _plane_of(place: Wgs84) -> Plane:
    return Plane(lon=place.lon, lat=place.lat)


def _together(road: Isochrone, air: Isochrone) -> Isochrone:
    """One isochrone of two: what either reaches; the areas that overlap count once."""
    land = as_multi(union_all([road.area, air.area]))
    total = area(road.area) + area(air.area)
    share = area(land) / total if total else 0.0
    return Isochrone(
        limit_min=road.limit_min,
        area=land,
        area_km2=round((road.area_km2 + air.area_km2) * share, 3),
        road_km=road.road_km,
        beside_road_m=road.beside_road_m,
        method="road_and_straight_line",
    )

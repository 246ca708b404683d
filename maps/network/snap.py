"""Bringing a place to the road: the nearest pieces of road, and where on them.

Distances are measured on a local plane (metres east and north of the graph's middle, the longitude
shrunk by the cosine of the middle latitude): within a county that is wrong by a few parts in a
thousand, and only the comparison of near roads depends on it; the distance given back is
haversine.

A two-way road is indexed once, under its lower arc. Which road of several near ones a vehicle is
really on is not decided here (`maps.matching`).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import (
    Point,
    STRtree,
    distance,
    get_x,
    get_y,
    line_interpolate_point,
    line_locate_point,
    linestrings,
    points,
)

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.graph import Floats, RoadGraph

_M_PER_DEG: Final = 111_195.0  # 6371 km sphere, the one of `maps.distance`
Mask = NDArray[np.bool_]

_FIRST_LOOK_M: Final = 60.0  # in a town the next road is nearer than this
_PLANE_SLACK: Final = 1.02  # a little more is looked at than asked, for the plane's own error


class Snapped(msgspec.Struct, frozen=True, kw_only=True):
    """A place on a road: ``fraction`` of the arc's length from its tail, ``distance_m`` off it."""

    arc: int
    fraction: float
    distance_m: float
    place: Wgs84


class Snapper:
    """The road pieces of one graph by where they are; ``arcs`` chooses among them, shape (m,)."""

    def __init__(self, graph: RoadGraph, arcs: Mask | None = None) -> None:
        own = (graph.twin < 0) | (graph.twin > np.arange(graph.arcs))
        self._arc = np.flatnonzero(own if arcs is None else own & arcs)
        has_nodes = graph.nodes > 0
        self._lat0 = float((graph.node_lat.min() + graph.node_lat.max()) / 2) if has_nodes else 0.0
        self._lon0 = float((graph.node_lon.min() + graph.node_lon.max()) / 2) if has_nodes else 0.0
        self._shrink = math.cos(math.radians(self._lat0))
        x, y = self._plane(graph.shape_lon, graph.shape_lat)
        counts = np.diff(graph.shape_start)
        owner = np.repeat(np.arange(graph.arcs), counts)
        kept = np.isin(owner, self._arc)
        number = np.searchsorted(self._arc, owner[kept])
        # With indices there are always many; the library's types know only "one or many".
        self._lines = cast(
            "NDArray[np.object_]",
            linestrings(np.column_stack((x[kept], y[kept])), indices=number),
        )
        self._tree = STRtree(self._lines)

    def nearest(self, place: Wgs84, limit_m: float, among: Mask | None = None) -> Snapped | None:
        """The nearest road within ``limit_m`` metres; None when there is none."""
        return next(iter(self.candidates(place, limit_m, 1, among)), None)

    def nearest_each(
        self, places: Sequence[Wgs84], limit_m: float, among: Mask | None = None
    ) -> list[Snapped | None]:
        """`nearest` for many places in one go."""
        x, y = self._plane(
            np.array([place.lon for place in places], np.float64),
            np.array([place.lat for place in places], np.float64),
        )
        asked, found = self._tree.query_nearest(
            points(x, y), max_distance=limit_m * _PLANE_SLACK, all_matches=False
        )
        answers: list[Snapped | None] = [None] * len(places)
        at = points(x[asked], y[asked])
        for place, one in zip(asked.tolist(), self._on(found, at, asked, places), strict=True):
            if among is not None and not among[one.arc]:
                answers[place] = self.nearest(places[place], limit_m, among)
            elif one.distance_m <= limit_m:
                answers[place] = one
        return answers

    def candidates(
        self, place: Wgs84, radius_m: float, most: int, among: Mask | None = None
    ) -> list[Snapped]:
        """The roads within ``radius_m`` metres, nearest first, at most ``most``.

        ``among`` leaves out arcs for this one question, shape (m,); a two-way road goes by its
        lower arc.
        """
        x, y = self._plane(np.array([place.lon]), np.array([place.lat]))
        point = Point(float(x[0]), float(y[0]))
        found = self._near(point, radius_m * _PLANE_SLACK, most, among)
        only = np.zeros(len(found), np.int64)
        snapped = list(self._on(found, point, only, (place,)))
        snapped.sort(key=lambda one: (one.distance_m, one.arc))
        return [one for one in snapped if one.distance_m <= radius_m]

    def _near(
        self, point: Point, radius_m: float, most: int, among: Mask | None
    ) -> NDArray[np.int64]:
        """The nearest lines; a town has thousands within a radius that the country needs."""
        step_m = min(_FIRST_LOOK_M, radius_m)
        while True:
            found = self._tree.query(point, predicate="dwithin", distance=step_m)
            if among is not None:
                found = found[among[self._arc[found]]]
            if len(found) >= most or step_m >= radius_m:
                break
            step_m = min(step_m * 4, radius_m)
        off_m = distance(self._lines[found], point)
        return np.asarray(found[np.lexsort((found, off_m))][:most])

    def _on(
        self,
        found: NDArray[np.int64],
        at: Any,
        asked: NDArray[np.int64],
        places: Sequence[Wgs84],
    ) -> Iterator[Snapped]:
        """Where lines pass nearest to points: ``found`` and ``at`` pair by pair, or to one point.

        ``asked`` says which of ``places`` each belongs to.
        """
        lines = self._lines[found]
        fractions = line_locate_point(lines, at, normalized=True)
        on = line_interpolate_point(lines, fractions, normalized=True)
        lons = self._lon0 + get_x(on) / (_M_PER_DEG * self._shrink)
        lats = self._lat0 + get_y(on) / _M_PER_DEG
        columns = zip(found, fractions.tolist(), lons.tolist(), lats.tolist(), asked, strict=True)
        for number, fraction, lon, lat, which in columns:
            there = Wgs84(lon=lon, lat=lat)
            yield Snapped(
                arc=int(self._arc[number]),
                fraction=fraction,
                distance_m=haversine_m(places[which], there),
                place=there,
            )

    def _plane(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        east = (lon - self._lon0) * (_M_PER_DEG * self._shrink)
        return east, (lat - self._lat0) * _M_PER_DEG


def components(graph: RoadGraph) -> NDArray[np.int32]:
    """For each node the number of its strongly connected part, shape (n,); 0 is the largest."""
    ones = np.ones(graph.arcs, np.int8)
    shape = (graph.nodes, graph.nodes)
    matrix = csr_array((ones, (graph.tail, graph.head)), shape=shape)
    _count, label = connected_components(matrix, connection="strong")
    rank = np.argsort(-np.bincount(label), kind="stable")
    number = np.empty_like(rank)
    number[rank] = np.arange(len(rank))
    return np.asarray(number[label], np.int32)


def main_arcs(graph: RoadGraph) -> Mask:
    """The arcs inside the largest part, from which one gets everywhere and back; shape (m,)."""
    if graph.arcs == 0:
        return np.zeros(0, np.bool_)
    part = components(graph)
    return np.asarray((part[graph.tail] == 0) & (part[graph.head] == 0), np.bool_)

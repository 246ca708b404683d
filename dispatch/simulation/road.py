"""Travel by a road graph: times by contraction hierarchies, positions along the quickest way.

A place off the road is joined to the nearest node of the main network; the piece between is driven
at the mode's off-road speed. A unit on the way is "so many milliseconds before its next node" and
goes on to that node before it can turn, as in JEMSS. ``Spot.lead_ms`` is in milliseconds of mode 0;
another mode takes longer by the ratio of the off-road speeds.

Times do not change with the hour here (put `travel.ByTheClock` around it). Which speeds the arcs
have is the caller's: `maps.network.speeds` for an imported map, the file for JEMSS.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from dispatch.simulation.limits import MAX_WAYS_KEPT
from dispatch.simulation.shapes import Spot
from maps.network.cch import CchEngine
from maps.network.engine import SHUT, Engine
from maps.network.graph import CLASSES, Floats, Ints, RoadGraph

_M_PER_DEG: Final = 111_195.0  # 6371 km sphere, the one of `maps.distance`


class RoadTimes:
    """The port `travel.Travel` over a graph. ``weights_ms``: one array (m,) a mode."""

    def __init__(
        self, graph: RoadGraph, weights_ms: Sequence[Ints], off_road_m_per_s: Sequence[float]
    ) -> None:
        if len(weights_ms) != len(off_road_m_per_s) or min(off_road_m_per_s) <= 0:
            raise ValueError("one off-road speed above 0 for each mode")
        self._graph = graph
        self._weights = [weights.astype(np.int64) for weights in weights_ms]
        first = CchEngine(graph, weights_ms[0])
        rest = [first.with_weights(weights) for weights in weights_ms[1:]]
        self._engines: list[Engine] = [first, *rest]
        self._off_road = off_road_m_per_s[0]
        self._slower = [off_road_m_per_s[0] / speed for speed in off_road_m_per_s]
        self._middle = math.radians(float(graph.node_lat.mean()))
        self._main = _main_nodes(graph, weights_ms[0])
        self._tree = cKDTree(self._plane(graph.node_lon, graph.node_lat)[self._main])
        self._ways: dict[tuple[int, int, int], tuple[tuple[int, ...], list[int]]] = {}

    def spot(self, lon: float, lat: float) -> Spot:
        """A place joined to the network."""
        plane = self._plane(np.array([lon]), np.array([lat]))
        distance_m, at = self._tree.query(plane[0])
        return Spot(lon, lat, int(self._main[at]), round(distance_m / self._off_road * 1000))

    def node_spot(self, node: int) -> Spot:
        """A place on a node."""
        return Spot(float(self._graph.node_lon[node]), float(self._graph.node_lat[node]), node)

    @property
    def graph(self) -> RoadGraph:
        """The network it drives on."""
        return self._graph

    @property
    def main_nodes(self) -> Ints:
        """The nodes of the largest part in which every place can be driven to from every other."""
        return self._main

    def one_ms(self, origin: Spot, to: Spot, at_ms: int, pace: int) -> int:
        """Milliseconds of one journey."""
        return self.to_one_ms([origin], to, at_ms, pace)[0]

    def to_one_ms(self, origins: Sequence[Spot], to: Spot, at_ms: int, pace: int) -> list[int]:
        """Milliseconds from each place to one; 0 where a place is the very same."""
        ends = [[(one.node, self._lead(one, pace))] for one in origins]
        found = self._engines[pace].many_to_one(ends, [(to.node, self._lead(to, pace))])
        return [
            0 if origin == to else self._known(ms, origin, to)
            for origin, ms in zip(origins, found, strict=True)
        ]

    def from_one_ms(self, origin: Spot, tos: Sequence[Spot], at_ms: int, pace: int) -> list[int]:
        """Milliseconds from one place to each of several."""
        ends = [[(one.node, self._lead(one, pace))] for one in tos]
        found = self._engines[pace].one_to_many([(origin.node, self._lead(origin, pace))], ends)
        return [
            0 if origin == to else self._known(ms, origin, to)
            for to, ms in zip(tos, found, strict=True)
        ]

    def on_the_way(self, origin: Spot, to: Spot, elapsed_ms: int, at_ms: int, pace: int) -> Spot:
        """The next node of the quickest way, and how long until it; off the road, the first one."""
        rest_ms = self._lead(origin, pace) - elapsed_ms
        if rest_ms >= 0:
            return self._before(origin.node, rest_ms, pace)
        arcs, reached_ms = self._way(origin.node, to.node, pace)
        at = int(np.searchsorted(reached_ms, -rest_ms))
        if at < len(arcs):
            node = int(self._graph.head[arcs[at]])
            return self._before(node, reached_ms[at] + rest_ms, pace)
        whole_ms = self.one_ms(origin, to, at_ms, pace)
        return to if elapsed_ms >= whole_ms else self._before(to.node, 0, pace)

    def metres(self, origin: Spot, to: Spot) -> float:
        """Length of the quickest way of mode 0, with the pieces off the road."""
        arcs, _reached = self._way(origin.node, to.node, 0)
        off_ms = 0 if origin == to else origin.lead_ms + to.lead_ms
        return float(self._graph.length_m[list(arcs)].sum()) + off_ms / 1000 * self._off_road

    def _lead(self, spot: Spot, pace: int) -> int:
        return round(spot.lead_ms * self._slower[pace])

    def _before(self, node: int, rest_ms: int, pace: int) -> Spot:
        lon, lat = float(self._graph.node_lon[node]), float(self._graph.node_lat[node])
        return Spot(lon, lat, node, round(rest_ms / self._slower[pace]))

    def _way(self, start: int, end: int, pace: int) -> tuple[tuple[int, ...], list[int]]:
        """Arcs of the quickest way, and after how many ms each one's end is reached."""
        key = (start, end, pace)
        found = self._ways.get(key)
        if found is None:
            if len(self._ways) >= MAX_WAYS_KEPT:
                self._ways.clear()
            path = self._engines[pace].route([(start, 0)], [(end, 0)])
            arcs = () if path is None else path.arcs
            reached_ms = np.cumsum(self._weights[pace][list(arcs)]).tolist() if arcs else []
            found = self._ways[key] = (arcs, reached_ms)
        return found

    def _plane(self, lon: Floats, lat: Floats) -> Floats:
        east = lon * math.cos(self._middle)
        return np.column_stack((east, lat)) * _M_PER_DEG

    @staticmethod
    def _known(ms: int | None, origin: Spot, to: Spot) -> int:
        if ms is None:
            raise ValueError(f"no way from {origin} to {to}")
        return ms


def plain_graph(lon: Floats, lat: Floats, ends: Ints, length_m: Floats) -> RoadGraph:
    """Straight arcs of no particular kind: only ends (m, 2) and lengths (m,) are known."""
    count = len(ends)
    return RoadGraph(
        node_lon=lon,
        node_lat=lat,
        tail=np.ascontiguousarray(ends[:, 0]),
        head=np.ascontiguousarray(ends[:, 1]),
        length_m=length_m,
        road_class=np.full(count, CLASSES.index("tertiary"), np.uint8),
        flags=np.zeros(count, np.uint8),
        max_speed_kmh=np.zeros(count, np.uint8),
        minutes=np.zeros(count),
        name=np.zeros(count, np.int32),
        twin=np.full(count, -1, np.int32),
        osm_way=np.arange(count, dtype=np.int64),
        shape_start=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        shape_lon=lon[ends.ravel()],
        shape_lat=lat[ends.ravel()],
        names=("",),
    )


def _main_nodes(graph: RoadGraph, weights_ms: Ints) -> Ints:
    """Nodes of the largest strongly connected part over arcs that are not shut."""
    is_open = weights_ms != SHUT
    shape = (graph.nodes, graph.nodes)
    pairs = (graph.tail[is_open], graph.head[is_open])
    matrix = csr_array((np.ones(int(is_open.sum())), pairs), shape=shape)
    _count, part = connected_components(matrix, connection="strong")
    return np.flatnonzero(part == np.bincount(part).argmax()).astype(np.int32)

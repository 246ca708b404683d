"""Travel times by road: the second answer to the port `maps.travel.TravelTimes`.

A journey goes from the place straight to the nearest road, along the quickest way, and straight
from the road to the place. Near the road (`on_road_m`) the straight pieces are nothing to speak of;
farther off they are driven or walked slowly and the method says "road_and_straight_line". Where a
place is beyond reach of any road, or no way leads there, the whole journey is the straight-line
estimate, labelled as such: never a failure, never a guess without a name.

The graph, its speeds and the county's learned correction make the weights of an hour and a
priority; closures change them from the moment they are set. Each distinct set of weights is one
metric of the routing engine, made when first asked for and kept until the closures change.
"""

import math
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from maps.coordinates import Wgs84
from maps.network.cch import CchEngine
from maps.network.closures import ArcIndex, Closure, apply
from maps.network.dijkstra import DijkstraEngine, Times
from maps.network.engine import SHUT, Ends, Engine, RoutePath
from maps.network.graph import CLASSES, Ints, RoadGraph
from maps.network.learned import Learned
from maps.network.policy import RoadPolicy
from maps.network.snap import Snapped, Snapper, main_arcs
from maps.network.speeds import weights_ms
from maps.travel import P80_Z, Method, StraightLineTravel, TravelEstimate, check_count

__all__ = ["RoadPolicy", "RoadTravel", "Roads"]

_AT_JUNCTION_M: Final = 1.0  # which road of a junction a place is on, nobody can say
_ONE_BY_ONE: Final = 64  # up to here single routes are quicker than one sweep over the graph


class Roads:
    """A graph made ready for questions: snapping, the places of its arcs, the engine's order."""

    def __init__(
        self, graph: RoadGraph, policy: RoadPolicy, learned: Learned | None = None
    ) -> None:
        """``learned`` is the county's correction, learned beside these very speeds."""
        self.graph = graph
        self.policy = policy
        self.learned = learned or Learned()
        self.snapper = Snapper(graph, main_arcs(graph))
        self.index = ArcIndex(graph)
        base = weights_ms(graph, policy.speeds, hour=12, priority="")
        self.engine: Engine = CchEngine(graph, base)

    def under(self, policy: RoadPolicy) -> "Roads":
        """The same roads by another policy; what was made ready is shared.

        A correction belongs to the speeds it was learned beside: under others there is none.
        """
        if policy == self.policy:
            return self
        other = copy(self)
        other.policy = policy
        if policy.speeds != self.policy.speeds:
            other.learned = Learned()
        return other

    def corrected(self, learned: Learned | None) -> "Roads":
        """The same roads with another correction, or with none."""
        other = copy(self)
        other.learned = learned or Learned()
        return other


class RoadTravel:
    """The port over one graph; `when` gives the view for a moment and a priority."""

    def __init__(
        self,
        roads: Roads,
        straight: StraightLineTravel,
        zone: ZoneInfo,
        learned: Learned | None = None,
    ) -> None:
        """``learned`` replaces the correction that the roads came with."""
        self._roads = roads
        self._straight = straight
        self._zone = zone
        self._learned = learned or roads.learned
        self._closures: tuple[Closure, ...] = ()
        self._views: dict[tuple[object, ...], _View] = {}

    def set_closures(self, closures: Iterable[Closure]) -> None:
        """From now on these hold (each for its own time) and no others."""
        self._closures = tuple(closures)
        self._views.clear()

    def when(self, at: datetime, priority: str) -> "_View":
        """Journeys that begin at ``at``, driven for ``priority``."""
        hour = at.astimezone(self._zone).hour
        holding = tuple(one.closure_id for one in self._closures if one.holds(at))
        speeds = self._roads.policy.speeds
        key = (
            speeds.hour_key(hour),
            speeds.sirens.get(priority, 1.0),
            holding,
            self._learned.key(hour, priority),
        )
        view = self._views.get(key)
        if view is None:
            if len(self._views) >= 64:  # closures that came and went; the few in use come back
                self._views.clear()
            view = self._views[key] = self._view(hour, priority, at)
        return view

    def _view(self, hour: int, priority: str, at: datetime) -> "_View":
        roads = self._roads
        weights = weights_ms(roads.graph, roads.policy.speeds, hour=hour, priority=priority)
        weights = apply(weights, roads.index, self._closures, at)
        factor = self._learned.factor(hour, priority)
        return _View(self, roads, self._straight, weights, factor, self._learned.spread)


class _View:
    """Journeys over one set of weights."""

    def __init__(
        self,
        whole: RoadTravel,
        roads: Roads,
        straight: StraightLineTravel,
        weights: Ints,
        factor: float,
        spread: float,
    ) -> None:
        self._whole = whole
        self._roads = roads
        self._straight = straight
        self._weights = weights
        self._factor = factor
        self._p80 = math.exp(P80_Z * spread)
        self._engine = roads.engine.with_weights(weights)
        is_open = weights != SHUT
        self._is_open = is_open | ((roads.graph.twin >= 0) & is_open[roads.graph.twin])

    @cached_property
    def _plain(self) -> DijkstraEngine:
        return DijkstraEngine(self._roads.graph, self._weights)

    def when(self, at: datetime, priority: str) -> "_View":
        """The view for another moment."""
        return self._whole.when(at, priority)

    def estimate(self, origin: Wgs84, destination: Wgs84) -> TravelEstimate:
        """One journey with its path."""
        start, end = self._snap(origin), self._snap(destination)
        return self._one(origin, destination, start, end, is_path_wanted=True)

    def mostly(self, origin: Wgs84, destination: Wgs84) -> str:
        """The road class on which most of the journey's time goes; "" where no road leads."""
        start, end = self._snap(origin), self._snap(destination)
        if start is None or end is None:
            return ""
        path = self._engine.route(self._out(start), self._in(end))
        arcs = list(path.arcs if path is not None else ()) or [start.arc]
        kinds = self._roads.graph.road_class[arcs]
        spent = np.bincount(kinds, weights=self._weights[arcs], minlength=len(CLASSES))
        return CLASSES[int(np.argmax(spent))].removesuffix("_link")

    def many(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """One journey from each origin, in the order given."""
        check_count(len(origins))
        if len(origins) > _ONE_BY_ONE:
            return self._sweep(origins, destination)
        end = self._snap(destination)
        return [
            self._one(origin, destination, start, end, is_path_wanted=False)
            for origin, start in zip(origins, self._snap_each(origins), strict=True)
        ]

    def to_many(self, origin: Wgs84, destinations: Sequence[Wgs84]) -> list[TravelEstimate]:
        """One journey to each destination, in the order given."""
        check_count(len(destinations))
        start = self._snap(origin)
        return [
            self._one(origin, place, start, end, is_path_wanted=False)
            for place, end in zip(destinations, self._snap_each(destinations), strict=True)
        ]

    def _one(
        self,
        origin: Wgs84,
        destination: Wgs84,
        start: Snapped | None,
        end: Snapped | None,
        *,
        is_path_wanted: bool,
    ) -> TravelEstimate:
        if start is None or end is None:
            return self._straight.estimate(origin, destination)
        along = self._along(start, end)
        path = self._engine.route(self._out(start), self._in(end))
        if along is not None and (path is None or along <= path.duration_ms):
            path = None
        elif path is None:
            return self._straight.estimate(origin, destination)
        road_ms = along if path is None else path.duration_ms
        places: tuple[Wgs84, ...] = ()
        if is_path_wanted:
            places = (origin, *self._places(start, end, path), destination)
        return self._told(start, end, road_ms or 0, self._road_m(start, end, path), places)

    def _sweep(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """Many origins at once, by one search from the destination outwards."""
        end = self._snap(destination)
        if end is None:
            return [self._straight.estimate(origin, destination) for origin in origins]
        ends = self._in(end)
        times, metres = self._plain.tree(ends, [self._part_m(end, node) for node, _ms in ends])
        starts = self._snap_each(origins)
        return [
            self._straight.estimate(origin, destination)
            if start is None
            else self._swept(origin, destination, start, end, times, metres)
            for origin, start in zip(origins, starts, strict=True)
        ]

    def _swept(
        self,
        origin: Wgs84,
        destination: Wgs84,
        start: Snapped,
        end: Snapped,
        times: Times,
        metres: Times,
    ) -> TravelEstimate:
        along = self._along(start, end)
        found = [(float(times[node]) + ms, node) for node, ms in self._out(start)]
        total_ms, node = min(found)
        if along is not None and along <= total_ms:
            return self._told(start, end, along, self._road_m(start, end, None), ())
        if math.isinf(total_ms):
            return self._straight.estimate(origin, destination)
        road_m = float(metres[node]) + self._part_m(start, node)
        return self._told(start, end, round(total_ms), road_m, ())

    def _snap(self, place: Wgs84) -> Snapped | None:
        """Where the place meets a road that is not shut."""
        return self._roads.snapper.nearest(place, self._roads.policy.reach_m, self._is_open)

    def _snap_each(self, places: Sequence[Wgs84]) -> list[Snapped | None]:
        reach_m = self._roads.policy.reach_m
        return self._roads.snapper.nearest_each(places, reach_m, self._is_open)

    def _out(self, at: Snapped) -> Ends:
        """The nodes that can be driven to from a place on the road."""
        junction = self._junction(at)
        if junction is not None:
            return [(junction, 0)]
        graph, weights = self._roads.graph, self._weights
        twin = int(graph.twin[at.arc])
        ends = []
        if weights[at.arc] != SHUT:
            ends.append((int(graph.head[at.arc]), round((1 - at.fraction) * weights[at.arc])))
        if twin >= 0 and weights[twin] != SHUT:
            ends.append((int(graph.tail[at.arc]), round(at.fraction * weights[twin])))
        return ends

    def _in(self, at: Snapped) -> Ends:
        """The nodes from which a place on the road can be driven to."""
        junction = self._junction(at)
        if junction is not None:
            return [(junction, 0)]
        graph, weights = self._roads.graph, self._weights
        twin = int(graph.twin[at.arc])
        ends = []
        if weights[at.arc] != SHUT:
            ends.append((int(graph.tail[at.arc]), round(at.fraction * weights[at.arc])))
        if twin >= 0 and weights[twin] != SHUT:
            ends.append((int(graph.head[at.arc]), round((1 - at.fraction) * weights[twin])))
        return ends

    def _junction(self, at: Snapped) -> int | None:
        """The node, where the place is at one: there every road of it is as near as the others."""
        graph = self._roads.graph
        length_m = float(graph.length_m[at.arc])
        if at.fraction * length_m <= _AT_JUNCTION_M:
            return int(graph.tail[at.arc])
        if (1 - at.fraction) * length_m <= _AT_JUNCTION_M:
            return int(graph.head[at.arc])
        return None

    def _along(self, start: Snapped, end: Snapped) -> int | None:
        """Milliseconds between two places on one road without leaving it; None if it cannot be."""
        if start.arc != end.arc:
            return None
        step = end.fraction - start.fraction
        arc = start.arc if step >= 0 else int(self._roads.graph.twin[start.arc])
        if arc < 0 or self._weights[arc] == SHUT:
            return None
        return round(abs(step) * int(self._weights[arc]))

    def _told(
        self, start: Snapped, end: Snapped, road_ms: int, road_m: float, places: tuple[Wgs84, ...]
    ) -> TravelEstimate:
        policy = self._roads.policy
        off_m = start.distance_m + end.distance_m
        is_on_road = max(start.distance_m, end.distance_m) <= policy.on_road_m
        method: Method = "road" if is_on_road else "road_and_straight_line"
        off_s = off_m * 3.6 / policy.off_road_kmh
        road_s = road_ms / 1000 * self._factor
        return TravelEstimate(
            duration_s=math.ceil(road_s + off_s),
            duration_p80_s=math.ceil(road_s * self._p80 + off_s),
            distance_m=round(road_m + off_m),
            method=method,
            is_estimate=not is_on_road,
            path=places,
        )

    def _road_m(self, start: Snapped, end: Snapped, path: RoutePath | None) -> float:
        """Metres on the road; without a path both are on one road and it is not left."""
        length_m = self._roads.graph.length_m
        if path is None:
            return abs(end.fraction - start.fraction) * float(length_m[start.arc])
        inside_m = float(length_m[list(path.arcs)].sum()) if path.arcs else 0.0
        return self._part_m(start, path.first) + inside_m + self._part_m(end, path.last)

    def _part_m(self, at: Snapped, node: int) -> float:
        """Metres along the road between a place on it and one of its nodes."""
        graph = self._roads.graph
        share = 1 - at.fraction if node == int(graph.head[at.arc]) else at.fraction
        return share * float(graph.length_m[at.arc])

    def _places(self, start: Snapped, end: Snapped, path: RoutePath | None) -> list[Wgs84]:
        """The way from the first place on the road to the last."""
        if path is None:
            return [start.place, *self._between(start, end), end.place]
        graph = self._roads.graph
        places = [start.place, *self._shape(start, path.first)]
        for arc in path.arcs:
            lon, lat = graph.shape(arc)
            along = zip(lon[1:].tolist(), lat[1:].tolist(), strict=True)
            places += [Wgs84(lon=x, lat=y) for x, y in along]
        return [*places, *reversed(self._shape(end, path.last)[:-1]), end.place]

    def _between(self, start: Snapped, end: Snapped) -> list[Wgs84]:
        """The bends of one road between two places on it."""
        places, reached = self._bends(start)
        low, high = sorted((start.fraction, end.fraction))
        inside = [place for place, share in zip(places, reached, strict=True) if low < share < high]
        return inside if start.fraction <= end.fraction else inside[::-1]

    def _shape(self, at: Snapped, node: int) -> list[Wgs84]:
        """The road's places between a place on it and one of its nodes, the node included."""
        graph = self._roads.graph
        places, reached = self._bends(at)
        is_ahead = node == int(graph.head[at.arc])
        inside = [
            place
            for place, share in zip(places, reached, strict=True)
            if (share > at.fraction if is_ahead else share < at.fraction)
        ]
        last = Wgs84(lon=float(graph.node_lon[node]), lat=float(graph.node_lat[node]))
        return (inside if is_ahead else inside[::-1]) or [last]

    def _bends(self, at: Snapped) -> tuple[list[Wgs84], list[float]]:
        """The places of the road's shape, and which share of its length lies before each."""
        lon, lat = self._roads.graph.shape(at.arc)
        steps = np.hypot(np.diff(lon) * math.cos(math.radians(at.place.lat)), np.diff(lat))
        reached = np.concatenate(([0.0], np.cumsum(steps)))
        whole = float(reached[-1]) or 1.0
        places = [Wgs84(lon=x, lat=y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        return places, (reached / whole).tolist()

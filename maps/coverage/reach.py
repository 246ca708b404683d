"""How long it takes to drive from a place (or to it) to everywhere: seconds over the whole graph.

`Driving` is the graph with one set of weights; `Reach` is one search over it. The seconds agree
with `maps.network.travel.RoadTravel` for the same journey, because they are made of the same
pieces: straight to the nearest open road, along the quickest way, from any place on a road.

A place from which no road can be reached has no `Reach`; `straight_s` and `radius_m` are the
straight-line estimate for it, which whoever uses it must label. Not here: shapes, cells, choices.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import msgspec
import numpy as np

from maps.coordinates import Wgs84
from maps.network.dijkstra import DijkstraEngine
from maps.network.engine import SHUT
from maps.network.graph import Floats, Ints
from maps.network.snap import Snapped
from maps.network.travel import Roads
from maps.travel import DETOUR_FACTOR, EMERGENCY_SPEED_KMH

_NEVER: Final = 1e15  # seconds; instead of infinity, of which nothing times is not a number
_EARTH_RADIUS_M: Final = 6_371_008.8  # as `maps.distance`


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a drive begins (or ends), and the seconds before wheels roll, e.g. the turnout."""

    place: Wgs84
    after_s: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.after_s) and self.after_s >= 0):
            raise ValueError(f"after_s {self.after_s} is not a time from now on")


class Crow(msgspec.Struct, frozen=True, kw_only=True):
    """The straight-line estimate; POLICY of the county, as in `maps.travel`."""

    detour_factor: float = DETOUR_FACTOR
    speed_kmh: float = EMERGENCY_SPEED_KMH

    def __post_init__(self) -> None:
        if not (self.detour_factor >= 1.0 and 0.0 < self.speed_kmh < math.inf):
            raise ValueError("detour_factor is at least 1 and speed_kmh positive")

    def radius_m(self, seconds: float) -> float:
        """How far one gets in the time, as the crow flies."""
        return max(0.0, seconds) * self.speed_kmh / 3.6 / self.detour_factor


@dataclass(frozen=True, kw_only=True, eq=False)
class Start:
    """One origin brought to its road; ``road_s`` is when it is on it, ``begin_s`` when it left."""

    place: Wgs84
    snapped: Snapped
    begin_s: float
    road_s: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Seconds between the origins and every node, inf beyond the limit; the quickest origin counts.

    ``is_to``: towards the origins instead of away from them.
    """

    node_s: Floats  # (n,)
    starts: tuple[Start, ...]
    is_to: bool


class Driving:
    """A graph with the weights of one moment; ``factor`` is the county's learned correction."""

    def __init__(self, roads: Roads, weights_ms: Ints, *, factor: float = 1.0) -> None:
        """``weights_ms`` has shape (m,), in milliseconds or `SHUT`, closures applied."""
        if not 0.0 < factor < math.inf:
            raise ValueError(f"factor {factor} must be positive")
        graph = roads.graph
        self.roads = roads
        self._factor = factor
        self._engine = DijkstraEngine(graph, weights_ms)
        seconds = np.where(weights_ms == SHUT, _NEVER, weights_ms / 1000.0 * factor)
        has_twin = graph.twin >= 0
        self._forth_s = seconds
        self._back_s = np.where(has_twin, seconds[graph.twin] if graph.arcs else seconds, _NEVER)
        self._is_open = (self._forth_s < _NEVER) | (self._back_s < _NEVER)

    def reach(
        self, origin: Origin, *, limit_s: float = math.inf, is_to: bool = False
    ) -> Reach | None:
        """Seconds to every node (from every node with ``is_to``); None where no road is near."""
        policy = self.roads.policy
        at = self.nearest(origin.place)
        if at is None:
            return None
        road_s = origin.after_s + at.distance_m * 3.6 / policy.off_road_kmh
        start = Start(place=origin.place, snapped=at, begin_s=origin.after_s, road_s=road_s)
        left_ms = (limit_s - road_s) / self._factor * 1000.0
        times_ms = self._engine.reach(self._ends(at, is_to), limit_ms=left_ms, is_backwards=is_to)
        node_s = times_ms / 1000.0 * self._factor + road_s
        return Reach(node_s=node_s, starts=(start,), is_to=is_to)

    def nearest(self, place: Wgs84) -> Snapped | None:
        """Where a place meets an open road; None where there is none within the policy's reach."""
        return self.roads.snapper.nearest(place, self.roads.policy.reach_m, self._is_open)

    def seconds_at(self, reach: Reach, arc: Ints, fraction: Floats) -> Floats:
        """Seconds between the origins and places on roads, shape as ``arc``; inf for no way.

        The places are given as `Snapper` gives them: the lower arc of a two-way road and the
        fraction of its length from its tail.
        """
        graph = self.roads.graph
        tail_s, head_s = reach.node_s[graph.tail[arc]], reach.node_s[graph.head[arc]]
        to_head_s, to_tail_s = self._forth_s[arc], self._back_s[arc]
        if reach.is_to:
            found = np.minimum(head_s + (1 - fraction) * to_head_s, tail_s + fraction * to_tail_s)
        else:
            found = np.minimum(tail_s + fraction * to_head_s, head_s + (1 - fraction) * to_tail_s)
        for start in reach.starts:
            same = np.flatnonzero(arc == start.snapped.arc)
            step = fraction[same] - start.snapped.fraction
            step = -step if reach.is_to else step
            along_s = np.where(step >= 0, step * to_head_s[same], -step * to_tail_s[same])
            found[same] = np.minimum(found[same], start.road_s + along_s)
        return np.where(found < _NEVER / 1e3, found, np.inf)

    def _ends(self, at: Snapped, is_to: bool) -> list[tuple[int, int]]:
        """The nodes at which a place's road is left (or come in by), in milliseconds."""
        graph = self.roads.graph
        tail, head = int(graph.tail[at.arc]), int(graph.head[at.arc])
        forth_ms = self._forth_s[at.arc] / self._factor * 1000.0
        back_ms = self._back_s[at.arc] / self._factor * 1000.0
        first, last = (tail, head) if is_to else (head, tail)
        first_share = at.fraction if is_to else 1 - at.fraction
        ends = []
        if self._forth_s[at.arc] < _NEVER:
            ends.append((first, round(first_share * forth_ms)))
        if self._back_s[at.arc] < _NEVER:
            ends.append((last, round((1 - first_share) * back_ms)))
        return ends


def quickest(reaches: Sequence[Reach]) -> Reach:
    """Several origins as one: at every node the quickest of them. At least one, all one way."""
    if not reaches or len({one.is_to for one in reaches}) != 1:
        raise ValueError("give at least one reach, and all in one direction")
    return Reach(
        node_s=reduce(np.minimum, (one.node_s for one in reaches)),
        starts=tuple(start for one in reaches for start in one.starts),
        is_to=reaches[0].is_to,
    )


def straight_m(place: Wgs84, lon: Floats, lat: Floats) -> Floats:
    """Metres from a place to each of many as the crow flies (haversine), shape as ``lon``."""
    own, north = math.radians(place.lat), np.radians(lat)
    chord = np.sin((north - own) / 2) ** 2
    chord += math.cos(own) * np.cos(north) * np.sin(np.radians(lon - place.lon) / 2) ** 2
    return np.asarray(2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def straight_s(origin: Origin, lon: Floats, lat: Floats, crow: Crow) -> Floats:
    """Seconds from an origin to places by the straight-line estimate, shape as ``lon``."""
    metres = straight_m(origin.place, lon, lat)
    return origin.after_s + metres * crow.detour_factor * 3.6 / crow.speed_kmh

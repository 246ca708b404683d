"""Between two matched places: the arcs driven, their length, and a place along them.

Not here: which places were matched (`viterbi`) and how likely a way is (`model`).
"""

import math
from typing import Final

import msgspec
import numpy as np

from maps.coordinates import Wgs84
from maps.matching.model import RoadModel
from maps.network.graph import Floats, RoadGraph

_M_PER_DEG: Final = 111_195.0  # 6371 km sphere, the one of `maps.distance`


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place on a directed arc, ``fraction`` of its length from its tail."""

    arc: int
    fraction: float
    place: Wgs84


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """From ``first`` (fraction) on the first arc to ``last`` on the last one.

    ``is_turn``: the vehicle turned back on the road; the two arcs are each other's twin.
    ``is_guess``: nothing was heard for so long a way that another may have been driven as well;
    this is the shortest.
    """

    arcs: tuple[int, ...]
    first: float
    last: float
    is_turn: bool = False
    is_guess: bool = False

    def length_m(self, graph: RoadGraph) -> float:
        """Metres along the road."""
        length_m = graph.length_m[list(self.arcs)]
        if self.is_turn:
            return abs(1.0 - self.last - self.first) * float(length_m[0])
        if len(self.arcs) == 1:
            return max(0.0, self.last - self.first) * float(length_m[0])
        ends = (1.0 - self.first) * length_m[0] + self.last * length_m[-1]
        return float(ends + length_m[1:-1].sum())


def leg_between(model: RoadModel, start: Spot, end: Spot) -> Leg:
    """The shortest way from one matched place to the next, which the model has found possible."""
    graph = model.graph
    if start.arc == end.arc and end.fraction >= start.fraction:
        return Leg(arcs=(start.arc,), first=start.fraction, last=end.fraction)
    if int(graph.twin[start.arc]) == end.arc:
        back = (start.arc, end.arc)
        return Leg(arcs=back, first=start.fraction, last=end.fraction, is_turn=True)
    between = model.way(int(graph.head[start.arc]), int(graph.tail[end.arc])) or ()
    arcs = (start.arc, *between, end.arc)
    return Leg(arcs=arcs, first=start.fraction, last=end.fraction)


def along(graph: RoadGraph, leg: Leg, place: Wgs84, from_m: float) -> tuple[Spot, float]:
    """The nearest place on a leg that is at least ``from_m`` after its start, and how far it is."""
    lon, lat, at_m = _line(graph, leg)
    reached_m = max(from_m, _nearest_m(lon, lat, at_m, place))
    reached_m = min(reached_m, float(at_m[-1]))
    here = Wgs84(
        lon=float(np.interp(reached_m, at_m, lon)), lat=float(np.interp(reached_m, at_m, lat))
    )
    arc, fraction = _arc_at(graph, leg, reached_m)
    return Spot(arc=arc, fraction=fraction, place=here), reached_m


def places_of(graph: RoadGraph, leg: Leg) -> list[Wgs84]:
    """The line that a leg was driven along, for drawing."""
    lon, lat, _at_m = _line(graph, leg)
    return [Wgs84(lon=x, lat=y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def _pieces(leg: Leg) -> list[tuple[int, float, float]]:
    """(arc, from fraction, to fraction) of a leg, in order."""
    if leg.is_turn:
        there = 1.0 - leg.last  # on the first arc; it turned there, or where it began
        ahead = max(leg.first, there)
        return [(leg.arcs[0], leg.first, ahead), (leg.arcs[1], 1.0 - ahead, leg.last)]
    if len(leg.arcs) == 1:
        return [(leg.arcs[0], leg.first, max(leg.first, leg.last))]
    middle = [(arc, 0.0, 1.0) for arc in leg.arcs[1:-1]]
    return [(leg.arcs[0], leg.first, 1.0), *middle, (leg.arcs[-1], 0.0, leg.last)]


def _line(graph: RoadGraph, leg: Leg) -> tuple[Floats, Floats, Floats]:
    """Longitudes, latitudes and the metres reached at each point of a leg."""
    lons, lats, ats, start_m = [], [], [], 0.0
    for arc, first, last in _pieces(leg):
        lon, lat = graph.shape(arc)
        steps = np.hypot(np.diff(lon) * math.cos(math.radians(float(lat[0]))), np.diff(lat))
        share = np.concatenate(([0.0], np.cumsum(steps))) / (float(steps.sum()) or 1.0)
        inside = share[(share > first) & (share < last)]
        kept = np.concatenate(([first], inside, [last]))
        lons.append(np.interp(kept, share, lon))
        lats.append(np.interp(kept, share, lat))
        length_m = float(graph.length_m[arc])
        ats.append(start_m + (kept - first) * length_m)
        start_m += (last - first) * length_m
    return np.concatenate(lons), np.concatenate(lats), np.concatenate(ats)


def _nearest_m(lon: Floats, lat: Floats, at_m: Floats, place: Wgs84) -> float:
    """How far along a line its nearest place to ``place`` is, in metres."""
    x = (lon - place.lon) * (_M_PER_DEG * math.cos(math.radians(place.lat)))
    y = (lat - place.lat) * _M_PER_DEG
    dx, dy = np.diff(x), np.diff(y)
    square = dx * dx + dy * dy
    share = np.clip(-(x[:-1] * dx + y[:-1] * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    off = np.hypot(x[:-1] + share * dx, y[:-1] + share * dy)
    best = int(off.argmin())
    return float(at_m[best] + share[best] * (at_m[best + 1] - at_m[best]))


def _arc_at(graph: RoadGraph, leg: Leg, reached_m: float) -> tuple[int, float]:
    """The arc and the fraction of it that is ``reached_m`` after the start of a leg."""
    left_m = reached_m
    pieces = _pieces(leg)
    for arc, first, last in pieces:
        length_m = float(graph.length_m[arc])
        piece_m = (last - first) * length_m
        if left_m <= piece_m:
            return arc, min(last, first + left_m / length_m)
        left_m -= piece_m
    return pieces[-1][0], pieces[-1][2]

"""The road graph out of the ways of an extract.

A way is cut at every node where another road touches it (or itself again) and at its ends; what
lies between two cuts is one arc, or two when it is driven both ways, with all its corners as shape.
Nothing is simplified away: the corners are what places are snapped to.

Two repairs. Neighbouring nodes at one and the same position are one node, because an arc of length
nothing has no direction to snap to. A stretch that comes back to where it began is cut once more in
its middle, so that no arc is a loop: an engine would drop it, and with it every house on it.

Everything is in the order of OSM's ids, so that the same extract always gives the same arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maps.network.graph import Floats, RoadGraph
from maps.osm.extract import Extract, Piece, RoadWay

_EARTH_RADIUS_M: Final = 6_371_008.8  # as `maps.distance`


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stretch:
    """A way between two cuts, as drawn."""

    road: RoadWay
    ends: tuple[int, int]  # OSM node ids
    lon: tuple[float, ...]
    lat: tuple[float, ...]


def build_graph(extract: Extract) -> RoadGraph:
    """The graph of all roads of an extract; m arcs, each two-way road two of them."""
    same = _same_places(extract.roads)
    cuts = _cuts(extract.roads, same)
    stretches = [one for road in extract.roads for one in _stretches(road, cuts, same)]
    ids = np.unique(np.array([one.ends for one in stretches], np.int64))
    number = {int(node): place for place, node in enumerate(ids)}
    where: dict[int, tuple[float, float]] = {}
    for one in stretches:
        where[one.ends[0]] = one.lon[0], one.lat[0]
        where[one.ends[1]] = one.lon[-1], one.lat[-1]
    at = np.array([where[int(node)] for node in ids], np.float64).reshape(-1, 2)
    names = list(dict.fromkeys(("", *(road.name for road in extract.roads))))
    return _graph(stretches, number, at, names)


def lengths_m(lon: Floats, lat: Floats, start: NDArray[np.int64]) -> Floats:
    """Haversine lengths in metres of lines laid end to end; ``start`` is where each begins.

    The last entry of ``start`` is the number of points. Shape (len(start) - 1,).
    """
    east, north = np.radians(lon), np.radians(lat)
    chord = np.sin(np.diff(north) / 2) ** 2
    chord += np.cos(north[:-1]) * np.cos(north[1:]) * np.sin(np.diff(east) / 2) ** 2
    step_m = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    along_m = np.concatenate(([0.0], np.cumsum(step_m)))
    return np.asarray(along_m[start[1:] - 1] - along_m[start[:-1]], np.float64)


def _same_places(roads: Sequence[RoadWay]) -> dict[int, int]:
    """For a node that follows another one at the same position: that other one."""
    same: dict[int, int] = {}
    for piece in (piece for road in roads for piece in road.pieces):
        places = zip(piece.nodes, piece.lon, piece.lat, strict=True)
        for (a, *here), (b, *there) in pairwise(places):
            first, second = _root(same, a), _root(same, b)
            if here == there and first != second:
                same[max(first, second)] = min(first, second)
    return same


def _root(same: dict[int, int], node: int) -> int:
    while node in same:
        node = same[node]
    return node


def _nodes(piece: Piece, same: dict[int, int]) -> list[tuple[int, float, float]]:
    """The nodes of a piece under their own names, neighbours at one place once."""
    found: list[tuple[int, float, float]] = []
    for node, lon, lat in zip(piece.nodes, piece.lon, piece.lat, strict=True):
        root = _root(same, node)
        if not found or found[-1][0] != root:
            found.append((root, lon, lat))
    return found


def _cuts(roads: Sequence[RoadWay], same: dict[int, int]) -> set[int]:
    """The nodes at which ways are cut: used twice, or an end."""
    used: set[int] = set()
    cuts: set[int] = set()
    for piece in (piece for road in roads for piece in road.pieces):
        nodes = [node for node, _lon, _lat in _nodes(piece, same)]
        cuts.update((nodes[0], nodes[-1]))
        for node in nodes:
            if node in used:
                cuts.add(node)
            used.add(node)
    return cuts


def _stretches(road: RoadWay, cuts: set[int], same: dict[int, int]) -> Iterator[_Stretch]:
    for piece in road.pieces:
        nodes = _nodes(piece, same)
        at = [place for place, (node, _lon, _lat) in enumerate(nodes) if node in cuts]
        for first, last in pairwise(at):
            middle = (first + last) // 2
            is_loop = nodes[first][0] == nodes[last][0]
            parts = [(first, middle), (middle, last)] if is_loop else [(first, last)]
            for a, b in parts:
                ids, lon, lat = zip(*nodes[a : b + 1], strict=True)
                yield _Stretch(road=road, ends=(ids[0], ids[-1]), lon=lon, lat=lat)


def _graph(
    stretches: Sequence[_Stretch],
    number: dict[int, int],
    at: Floats,
    names: list[str],
) -> RoadGraph:
    """The columns; of a two-way road the arc as drawn comes first and its twin follows it."""
    arcs = [(one, is_ahead) for one in stretches for is_ahead in (True, False)
            if one.road.directions[0 if is_ahead else 1]]  # fmt: skip
    twin = np.full(len(arcs), -1, np.int32)
    for place, ((one, _), (other, _)) in enumerate(pairwise(arcs)):
        if one is other:
            twin[place], twin[place + 1] = place + 1, place
    counts = np.array([len(one.lon) for one, _ in arcs], np.int64)
    start = np.concatenate(([0], np.cumsum(counts)))
    lon, lat = (_shape(arcs, is_lon=which) for which in (True, False))
    length_m = lengths_m(lon, lat, start)
    name = {text: place for place, text in enumerate(names)}
    ends = [one.ends if is_ahead else one.ends[::-1] for one, is_ahead in arcs]
    roads = [one.road for one, _ in arcs]
    limits = [one.road.limits_kmh[0 if is_ahead else 1] for one, is_ahead in arcs]
    return RoadGraph(
        node_lon=np.ascontiguousarray(at[:, 0]),
        node_lat=np.ascontiguousarray(at[:, 1]),
        tail=np.array([number[a] for a, _ in ends], np.int32),
        head=np.array([number[b] for _, b in ends], np.int32),
        length_m=length_m,
        road_class=np.array([road.road_class for road in roads], np.uint8),
        flags=np.array([road.flags for road in roads], np.uint8),
        max_speed_kmh=np.array(limits, np.uint8),
        minutes=_minutes(arcs, length_m),
        name=np.array([name[road.name] for road in roads], np.int32),
        twin=twin,
        osm_way=np.array([road.way for road in roads], np.int64),
        shape_start=start.astype(np.int32),
        shape_lon=lon,
        shape_lat=lat,
        names=tuple(names),
    )


def _shape(arcs: Sequence[tuple[_Stretch, bool]], *, is_lon: bool) -> Floats:
    lines = ((one.lon if is_lon else one.lat, is_ahead) for one, is_ahead in arcs)
    numbers = (number for line, is_ahead in lines for number in (line if is_ahead else line[::-1]))
    return np.fromiter(numbers, np.float64)


def _minutes(arcs: Sequence[tuple[_Stretch, bool]], length_m: Floats) -> Floats:
    """A crossing's duration, shared among the arcs of its way by their lengths."""
    whole_m: dict[tuple[int, bool], float] = {}
    for (one, is_ahead), length in zip(arcs, length_m.tolist(), strict=True):
        key = one.road.way, is_ahead
        whole_m[key] = whole_m.get(key, 0.0) + length
    shares = (
        one.road.minutes * length / whole_m[one.road.way, is_ahead] if one.road.minutes else 0.0
        for (one, is_ahead), length in zip(arcs, length_m.tolist(), strict=True)
    )
    return np.fromiter(shares, np.float64)

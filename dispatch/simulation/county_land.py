"""The land of a synthetic county: roads, mountains, a river with two bridges, a lake with a ferry.

Theory. Nodes lie on a grid of 2 km, moved a little. Neighbours are joined, unless the river runs
between them or a node lies in the lake; a random spanning tree keeps everything joined, and of the
other roads some are left out, more in the mountains. The river is crossed by two bridges only, the
lake by one slow ferry, so that the nearest unit over the map is often not the first one there.
Every number is keyed by (seed, node): the same seed gives the same county on every machine.

All measures are POLICY of the benchmark (DISPATCH 7, B5), not of any real county. Not here: people,
hospitals, calls (`county`).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from dispatch.simulation.chance import Chance
from dispatch.simulation.road import RoadTimes, plain_graph
from maps.network.graph import Floats, Ints

Mask = NDArray[np.bool_]

COLUMNS: Final = 24
ROWS: Final = 20
STEP_KM: Final = 2.0
MOUNTAINS_KM: Final = 14.0  # west of here
TOWNSHIPS: Final = 12
_APART_KM: Final = 7.5  # between townships, less where twelve would not fit
_CORNER: Final = (112.0, 29.0)  # degrees; a place among real ones, so that maps draw it
_KM_PER_DEG: Final = 111.195
_MAIN_KMH, _LOCAL_KMH, _MOUNTAIN_KMH = 70.0, 45.0, 30.0
_WITHOUT_SIRENS: Final = 0.75  # of the speed
_OFF_ROAD_KMH: Final = 20.0
_LEFT_OUT, _LEFT_OUT_IN_MOUNTAINS = 0.15, 0.4  # of the roads that the county could do without
_FERRY_S: Final = 1_500.0  # crossing and the mean wait for it


@dataclass(frozen=True, kw_only=True, eq=False)
class Land:
    """n nodes. ``km`` (n, 2) east and north of the corner; ``towns`` (12,) nodes, the seat first.

    ``bridges``: the two pairs of nodes; ``ferry``: its two landings; ``is_east`` (n,) of the river.
    """

    travel: RoadTimes
    km: Floats
    towns: Ints
    bridges: tuple[tuple[int, int], tuple[int, int]]
    ferry: tuple[int, int]
    is_east: Mask


def land(seed: int) -> Land:
    """A county's land; mode 0 of its roads is driven with sirens, mode 1 without."""
    chance = Chance(seed)
    km = _nodes(chance)
    lake = (36.0, 14.0 + 12.0 * chance.uniform("lake", 0))
    river = 2.0 * math.pi * chance.uniform("river", 0)
    is_east = km[:, 0] > _river_km(km[:, 1], river)
    is_lake = ((km - lake) / (5.0, 8.0)) ** 2 @ np.ones(2) < 1.0
    pairs = _neighbours(~is_lake)
    across = is_east[pairs[:, 0]] != is_east[pairs[:, 1]]
    bridges = tuple(_bridge(pairs[across], km, north) for north in (11.0, 28.0))
    joined = np.vstack((pairs[~across], *[[one] for one in bridges]))
    roads = _thinned(joined, km, chance, {tuple(sorted(one)) for one in bridges})
    towns = _towns(km, is_lake, chance)
    ferry = _landings(km, is_lake | ~is_east, lake)
    travel = _travel(km, roads, towns, ferry)
    return Land(
        travel=travel,
        km=km,
        towns=towns,
        bridges=(bridges[0], bridges[1]),
        ferry=ferry,
        is_east=is_east,
    )


def degrees(km: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of places in kilometres (n, 2)."""
    lat = _CORNER[1] + km[:, 1] / _KM_PER_DEG
    shrink = math.cos(math.radians(_CORNER[1]))
    return _CORNER[0] + km[:, 0] / (_KM_PER_DEG * shrink), lat


def _nodes(chance: Chance) -> Floats:
    places = [
        (
            STEP_KM * (at % COLUMNS) + chance.uniform("jitter", at, 0) - 0.5,
            STEP_KM * (at // COLUMNS) + chance.uniform("jitter", at, 1) - 0.5,
        )
        for at in range(COLUMNS * ROWS)
    ]
    return np.array(places)


def _river_km(north_km: Floats, phase: float) -> Floats:
    """How far east the river runs."""
    return np.asarray(25.0 + 4.0 * np.sin(2.0 * math.pi * north_km / 45.0 + phase))


def _neighbours(is_dry: Mask) -> Ints:
    """Pairs of dry nodes beside or above each other."""
    grid = np.arange(COLUMNS * ROWS, dtype=np.int32).reshape(ROWS, COLUMNS)
    beside = np.column_stack((grid[:, :-1].ravel(), grid[:, 1:].ravel()))
    above = np.column_stack((grid[:-1].ravel(), grid[1:].ravel()))
    pairs = np.vstack((beside, above))
    return np.asarray(pairs[is_dry[pairs[:, 0]] & is_dry[pairs[:, 1]]])


def _bridge(pairs: Ints, km: Floats, north_km: float) -> tuple[int, int]:
    """Of the pairs on two banks the one nearest to this height."""
    middle = km[pairs].mean(axis=1)
    best = pairs[np.abs(middle[:, 1] - north_km).argmin()]
    return int(best[0]), int(best[1])


def _thinned(pairs: Ints, km: Floats, chance: Chance, kept: set[tuple[int, ...]]) -> Ints:
    """A random tree that joins all, the bridges, and most of the other roads."""
    dice = np.array([chance.uniform("road", int(a), int(b)) for a, b in pairs])
    size = len(km)
    matrix = csr_array((dice, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    tree = minimum_spanning_tree(matrix).tocoo()
    needed = kept | {
        (int(min(a, b)), int(max(a, b))) for a, b in zip(tree.row, tree.col, strict=True)
    }
    in_mountains = km[pairs].mean(axis=1)[:, 0] < MOUNTAINS_KM
    limit = np.where(in_mountains, _LEFT_OUT_IN_MOUNTAINS, _LEFT_OUT)
    again = np.array([chance.uniform("left out", int(a), int(b)) for a, b in pairs])
    stays = [
        again[at] > limit[at] or (int(min(pair)), int(max(pair))) in needed
        for at, pair in enumerate(pairs)
    ]
    return np.asarray(pairs[stays])


def _towns(km: Floats, is_lake: Mask, chance: Chance) -> Ints:
    """The seat near the middle of the plain, the others far enough from each other."""
    dry = np.flatnonzero(~is_lake)
    seat = int(dry[((km[dry] - (20.0, 20.0)) ** 2).sum(axis=1).argmin()])
    order = sorted((int(at) for at in dry), key=lambda at: chance.uniform("town", at))
    apart_km = _APART_KM
    while True:
        found = [seat]
        for at in order:
            if len(found) < TOWNSHIPS and _far(km, at, found, apart_km):
                found.append(at)
        if len(found) == TOWNSHIPS:
            return np.array(found, np.int32)
        apart_km *= 0.95


def _far(km: Floats, at: int, others: list[int], apart_km: float) -> bool:
    return bool(np.hypot(*(km[others] - km[at]).T).min() >= apart_km)


def _landings(km: Floats, is_none: Mask, lake: tuple[float, float]) -> tuple[int, int]:
    """The nodes left and right of the lake at its height; never one of ``is_none``."""
    ends = []
    for side in (-1.0, 1.0):
        wanted = (lake[0] + side * 6.5, lake[1])
        away = ((km - wanted) ** 2).sum(axis=1) + 1e6 * is_none
        ends.append(int(away.argmin()))
    return ends[0], ends[1]


def _travel(km: Floats, roads: Ints, towns: Ints, ferry: tuple[int, int]) -> RoadTimes:
    """Both directions of each road; the quickest ways from the seat to the towns are main roads."""
    length_km = np.hypot(*(km[roads[:, 0]] - km[roads[:, 1]]).T)
    in_mountains = km[roads].mean(axis=1)[:, 0] < MOUNTAINS_KM
    speed = np.where(in_mountains, _MOUNTAIN_KMH, _LOCAL_KMH)
    speed = np.where(_main(km, roads, length_km / speed, towns), _MAIN_KMH, speed)
    seconds = length_km / speed * 3600.0
    ends = np.vstack((roads, roads[:, ::-1], [ferry], [ferry[::-1]])).astype(np.int32)
    crossing_m = 1000.0 * math.dist(km[ferry[0]], km[ferry[1]])
    length_m = np.concatenate((1000.0 * length_km, 1000.0 * length_km, [crossing_m] * 2))
    modes = []
    for slower in (1.0, _WITHOUT_SIRENS):
        by_road = np.concatenate((seconds, seconds)) / slower
        both = np.concatenate((by_road, [_FERRY_S] * 2))
        modes.append(np.maximum(1, np.rint(1000.0 * both)).astype(np.int32))
    lon, lat = degrees(km)
    off_road = _OFF_ROAD_KMH / 3.6
    return RoadTimes(plain_graph(lon, lat, ends, length_m), modes, (off_road, off_road))


def _main(km: Floats, roads: Ints, hours: Floats, towns: Ints) -> Mask:
    """Which roads lie on a quickest way between the seat and a town, shape (m,)."""
    size = len(km)
    matrix = csr_array((hours, (roads[:, 0], roads[:, 1])), shape=(size, size))
    _times, before = dijkstra(
        matrix, directed=False, indices=int(towns[0]), return_predecessors=True
    )
    used = set()
    for town in towns[1:]:
        at = int(town)
        while before[at] >= 0:
            used.add((min(at, int(before[at])), max(at, int(before[at]))))
            at = int(before[at])
    return np.array([(int(min(pair)), int(max(pair))) in used for pair in roads])

"""From seconds along roads to outlines: a raster of the land beside the roads, and its contours.

Theory. The exact way, to widen every reached piece of road and unite thousands of polygons, takes
seconds on a town. Instead the roads are sampled every few metres once for a graph; a question gives
each sample its seconds, a grid keeps for each cell the least seconds of any sample within
``beside_m``, and an isochrone of any limit is the contour "seconds ≤ limit" of that one grid. Land
farther than ``beside_m`` from a reached road stays out, be it a lake, the other bank, or fields.

The contour is that of marching squares without interpolation: it runs through the middles between
a cell inside and a cell outside, cutting corners at 45°. Every such middle has exactly one way in
and one way out, so the rings are closed, never touch, and are found by following one array of
successors. Outlines are right to about one cell. (No installed library contours a grid.)

All coordinates are metres east and north on the local plane `Plane`. Not here: what the limits
mean, GeoJSON (`maps.coverage.isochrone`), seconds (`maps.coverage.reach`).
"""

import math
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from shapely import (
    GeometryCollection,
    MultiPolygon,
    Polygon,
    build_area,
    get_parts,
    get_x,
    get_y,
    is_valid,
    line_interpolate_point,
    linearrings,
    linestrings,
    make_valid,
    orient_polygons,
    simplify,
    transform,
)
from shapely.geometry.base import BaseGeometry

from maps.limits import MAX_RASTER_CELLS
from maps.network.graph import Floats, Ints, RoadGraph

_M_PER_DEG: Final = 111_195.0  # 6371 km sphere, the one of `maps.distance`

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

# Marching squares. A square of four cells has the code 1·SW + 2·SE + 4·NE + 8·NW of those inside;
# its contour goes from one side's middle to another's (0 south, 1 east, 2 north, 3 west) with the
# inside on the left. Cells that meet at a corner only (5, 10) are taken as connected.
_WAYS: Final = (
    (), ((0, 3),), ((1, 0),), ((1, 3),), ((2, 1),), ((2, 3), (0, 1)), ((2, 0),), ((2, 3),),
    ((3, 2),), ((0, 2),), ((3, 0), (1, 2)), ((1, 2),), ((3, 1),), ((0, 1),), ((3, 0),), (),
)  # fmt: skip
# Two stretches of contour are at least half a diagonal, 0.7 cells, apart: each may be moved by
# less than half of that without touching another.
_SIMPLER: Final = 0.35
# A hole of eight cells (0.24 ha at 17 m) is the yard of a block, and its outline mere chance.
_SPECK_CELLS: Final = 8
_MIDDLES: Final = np.array([(1, 0), (2, 1), (1, 2), (0, 1)])  # in half cells from the SW cell


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Metres east and north of a middle; the longitude shrunk by the middle's latitude.

    Within a county wrong by a few parts in a thousand, as in `maps.network.snap`.
    """

    lon: float
    lat: float

    def metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Degrees to metres."""
        shrink = math.cos(math.radians(self.lat))
        east_m = (lon - self.lon) * (_M_PER_DEG * shrink)
        return east_m, np.asarray((lat - self.lat) * _M_PER_DEG, np.float64)

    def lonlat(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Metres to degrees."""
        shrink = math.cos(math.radians(self.lat))
        return self.lon + x_m / (_M_PER_DEG * shrink), self.lat + y_m / _M_PER_DEG

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in metres as one in degrees, rounded to 1 m."""

        def moved(points: Floats) -> Floats:
            lonlat = np.column_stack(self.lonlat(points[:, 0], points[:, 1]))
            return np.asarray(lonlat.round(5), np.float64)

        return transform(shape, moved)


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Places on roads: k of them; ``length_m`` is the length of road each stands for."""

    arc: Ints  # (k,)
    fraction: Floats
    x_m: Floats
    y_m: Floats
    length_m: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Raster:
    """Seconds of each cell, inf outside; cell (0, 0) has its middle at ``x0_m``, ``y0_m``."""

    seconds: NDArray[np.float32]  # (rows, cols), a border of inf around it
    x0_m: float
    y0_m: float
    cell_m: float
    beside_m: float


def middle_of(graph: RoadGraph) -> Plane:
    """The plane of a graph."""
    if graph.nodes == 0:
        return Plane(lon=0.0, lat=0.0)
    lon = float(graph.node_lon.min() + graph.node_lon.max()) / 2
    return Plane(lon=lon, lat=float(graph.node_lat.min() + graph.node_lat.max()) / 2)


def sample(graph: RoadGraph, plane: Plane, step_m: float) -> Samples:
    """Every road, both its ends included, at most ``step_m`` metres between two samples."""
    own = np.flatnonzero((graph.twin < 0) | (graph.twin > np.arange(graph.arcs)))
    gaps = np.maximum(1, np.ceil(graph.length_m[own] / step_m)).astype(np.int64)
    row = np.repeat(np.arange(len(own)), gaps + 1)
    first = np.cumsum(gaps + 1) - (gaps + 1)
    fraction = (np.arange(len(row)) - first[row]) / gaps[row]
    x, y = plane.metres(graph.shape_lon, graph.shape_lat)
    owner = np.repeat(np.arange(graph.arcs), np.diff(graph.shape_start))
    kept = np.isin(owner, own)
    number = np.searchsorted(own, owner[kept])
    lines = cast(
        "NDArray[np.object_]", linestrings(np.column_stack((x[kept], y[kept])), indices=number)
    )
    points = line_interpolate_point(lines[row], fraction, normalized=True)
    return Samples(
        arc=own[row].astype(np.int32),
        fraction=fraction,
        x_m=np.asarray(get_x(points)),
        y_m=np.asarray(get_y(points)),
        length_m=(graph.length_m[own] / (gaps + 1))[row],
    )


def rasterise(
    x_m: Floats, y_m: Floats, seconds: Floats, *, cell_m: float, beside_m: float
) -> Raster:
    """The least seconds of any sample within ``beside_m`` of each cell; at least one sample.

    The contour runs half a cell beyond the last cell inside, so cells are made as large (``cell_m``
    at least) as puts it at ``beside_m``. Where the area would have more than `MAX_RASTER_CELLS`
    they are larger, and ``beside_m`` too if need be; the answer says both.
    """
    width_m, height_m = float(np.ptp(x_m)), float(np.ptp(y_m))
    least_m = max(cell_m, math.sqrt((width_m + 1) * (height_m + 1) / MAX_RASTER_CELLS))
    steps = max(1, math.floor(beside_m / least_m - 0.5))
    cell_m = max(least_m, beside_m / (steps + 0.5))
    beside_m = (steps + 0.5) * cell_m
    border = steps + 2
    x0_m, y0_m = float(x_m.min()) - border * cell_m, float(y_m.min()) - border * cell_m
    cols = round(width_m / cell_m) + 2 * border + 1
    rows = round(height_m / cell_m) + 2 * border + 1
    col = np.rint((x_m - x0_m) / cell_m).astype(np.int64)
    row = np.rint((y_m - y0_m) / cell_m).astype(np.int64)
    road = np.full(rows * cols, np.inf, np.float32)
    np.minimum.at(road, row * cols + col, seconds.astype(np.float32))
    wide = _widened(road, cols, steps).reshape(rows, cols)
    return Raster(seconds=wide, x0_m=x0_m, y0_m=y0_m, cell_m=cell_m, beside_m=beside_m)


def _widened(road: NDArray[np.float32], cols: int, steps: int) -> NDArray[np.float32]:
    """Each cell the least of those at most ``steps`` and a half away; few have any value."""
    filled = np.flatnonzero(np.isfinite(road))
    values = road[filled]
    wide = road.copy()
    around = range(-steps, steps + 1)
    for up in around:
        for right in around:
            if up * up + right * right <= (steps + 0.5) ** 2:
                there = filled + up * cols + right
                wide[there] = np.minimum(wide[there], values)
    return wide


def contour(raster: Raster, limit_s: float) -> MultiPolygon:
    """The land reached within the limit, in metres; may be empty. Holes stay, but for specks."""
    inside = raster.seconds <= limit_s
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return MultiPolygon()
    south, west = int(rows[0]) - 1, int(cols[0]) - 1
    part = inside[south : int(rows[-1]) + 2, west : int(cols[-1]) + 2]
    points, ring = _rings(*_steps(part))
    corner = np.array([raster.x0_m + west * raster.cell_m, raster.y0_m + south * raster.cell_m])
    drawn = linearrings(points * (raster.cell_m / 2) + corner, indices=ring)
    rings = simplify(drawn, raster.cell_m * _SIMPLER, preserve_topology=False)
    return _polygons(build_area(GeometryCollection(list(np.atleast_1d(np.asarray(rings))))))


def as_multi(shape: BaseGeometry) -> MultiPolygon:
    """The polygons of a shape as one valid MultiPolygon, outlines counter-clockwise."""
    return _polygons(shape if is_valid(shape) else make_valid(shape))


def _polygons(shape: BaseGeometry) -> MultiPolygon:
    """What is land of a shape; `make_valid` may leave lines and points beside it."""
    whole = [shape] if isinstance(shape, Polygon) else list(getattr(shape, "geoms", ()))
    parts = get_parts(get_parts(np.array(whole, dtype=object)))
    return orient_polygons(MultiPolygon([one for one in parts if isinstance(one, Polygon)]))


def _steps(inside: Mask) -> tuple[Numbers, Numbers]:
    """The steps of the contour as pairs of points in half cells, each of shape (steps, 2)."""
    bits = inside.view(np.uint8)
    code = bits[:-1, :-1] + 2 * bits[:-1, 1:] + 4 * bits[1:, 1:] + 8 * bits[1:, :-1]
    row, col = np.nonzero((code > 0) & (code < 15))
    code = code[row, col]
    corner = np.column_stack((col, row)) * 2
    starts, ends = [], []
    for number, ways in enumerate(_WAYS):
        for start, end in ways:
            here = corner[code == number]
            starts.append(here + _MIDDLES[start])
            ends.append(here + _MIDDLES[end])
    return np.concatenate(starts), np.concatenate(ends)


def _rings(starts: Numbers, ends: Numbers) -> tuple[Floats, Numbers]:
    """The corners of all rings, ring after ring, and the number of each corner's ring."""
    following = _following(starts, ends)
    ring, left = _ranked(following)
    order = np.lexsort((-left, ring))
    before = np.empty_like(following)
    before[following] = np.arange(len(following))
    way = ends - starts
    is_corner = np.any(way[order] != way[before[order]], axis=1)
    kept = order[is_corner]
    points = starts[kept].astype(np.float64)
    _first, number = np.unique(ring[kept], return_inverse=True)
    is_kept = ~_is_speck(points, number)[number]
    _first, number = np.unique(number[is_kept], return_inverse=True)
    return points[is_kept], number.astype(np.int64)


def _is_speck(points: Floats, ring: Numbers) -> Mask:
    """For each ring whether it is a hole smaller than `_SPECK_CELLS`: below what the grid shows."""
    ahead = np.arange(1, len(ring) + 1)
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    ahead[np.append(first[1:], len(ring)) - 1] = first  # the last corner is joined to the first
    x, y = points[:, 0], points[:, 1]
    twice = np.add.reduceat(x * y[ahead] - x[ahead] * y, first)
    # With the inside on the left an outline runs counter-clockwise (positive), a hole clockwise.
    return np.asarray((twice < 0) & (-twice / 2 < _SPECK_CELLS * 4))  # in half cells squared


def _following(starts: Numbers, ends: Numbers) -> Numbers:
    """For each step the one that begins where it ends."""
    width = int(starts[:, 0].max()) + 2
    key = starts[:, 1] * width + starts[:, 0]
    order = np.argsort(key)
    return np.asarray(order[np.searchsorted(key[order], ends[:, 1] * width + ends[:, 0])])


def _ranked(following: Numbers) -> tuple[Numbers, Numbers]:
    """For each step the least step of its ring, and how many steps are left until that one.

    All rings are followed at once, twice as far in each round. The least step itself has the most
    left: the whole ring.
    """
    steps = np.arange(len(following))
    rounds = len(following).bit_length()
    least, jump = steps, following
    for _ in range(rounds):
        least = np.minimum(least, least[jump])
        jump = jump[jump]
    is_least = least == steps
    left, jump = np.where(is_least, 0, 1), np.where(is_least, steps, following)
    for _ in range(rounds):
        left = left + left[jump]
        jump = jump[jump]
    return least, np.where(is_least, len(steps), left)

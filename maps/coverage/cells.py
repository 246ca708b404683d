"""The county cut into square cells: what cover and demand are counted on.

Squares of equal size on the local plane of the county's middle, row by row from the south-west;
a cell is kept when any part of it lies in the county. Not here: what is counted
(`maps.coverage.cover`, `maps.coverage.demand`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from shapely import (
    MultiPolygon,
    Polygon,
    area,
    box,
    centroid,
    contains,
    get_x,
    get_y,
    intersection,
    point_on_surface,
)
from shapely.geometry import mapping

from maps.areas import CountyArea
from maps.coverage.raster import Plane, as_multi
from maps.coverage.reach import straight_m
from maps.limits import MAX_CELLS
from maps.network.graph import Floats

Numbers = NDArray[np.int64]


class CellPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Local policy: the side of a cell in metres. 1 km is what the Oslo study of ambulance demand
    used (DISPATCH_SCIENCE §2.9); a city may take less, at the price of fewer calls a cell."""

    side_m: float = 1_000.0

    def __post_init__(self) -> None:
        if not 50.0 <= self.side_m <= 50_000.0:
            raise ValueError(f"side_m {self.side_m} is not from 50 m to 50 km")


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """c cells. ``lon`` and ``lat`` are a place inside the county's part of the cell (its middle
    where that is inside); ``share`` is how much of the square lies in the county, 0 to 1."""

    plane: Plane
    side_m: float
    west_m: float
    south_m: float
    columns: int
    rows: int
    number: Numbers  # (c,) row * columns + column, ascending
    lon: Floats  # (c,)
    lat: Floats  # (c,)
    share: Floats  # (c,)
    shapes: tuple[MultiPolygon, ...]  # in degrees, cut at the county's boundary

    def __len__(self) -> int:
        return len(self.number)

    def at(self, lon: Floats, lat: Floats) -> Numbers:
        """Which cell each place lies in, -1 for none; shape as ``lon``."""
        x, y = self.plane.metres(lon, lat)
        column = np.floor((x - self.west_m) / self.side_m).astype(np.int64)
        row = np.floor((y - self.south_m) / self.side_m).astype(np.int64)
        is_in = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        number = row * self.columns + column
        place = np.minimum(np.searchsorted(self.number, number), len(self.number) - 1)
        return np.where(is_in & (self.number[place] == number), place, -1)


def cells_over(county: Polygon | MultiPolygon, policy: CellPolicy | None = None) -> Cells:
    """The cells of a county, given by its boundary in WGS-84 degrees.

    Raises ValueError for an empty boundary or more than `MAX_CELLS` cells.
    """
    if county.is_empty:
        raise ValueError("the boundary is empty")
    side_m = (policy or CellPolicy()).side_m
    west, south, east, north = county.bounds
    plane = Plane(lon=(west + east) / 2, lat=(south + north) / 2)
    x, y = plane.metres(np.array([west, east]), np.array([south, north]))
    columns = max(1, math.ceil((x[1] - x[0]) / side_m))
    rows = max(1, math.ceil((y[1] - y[0]) / side_m))
    if columns * rows > MAX_CELLS:
        raise ValueError(f"{columns} x {rows} cells, at most {MAX_CELLS}; make side_m larger")
    # The leftover of the last row and column is shared out on both sides.
    west_m = float(x[0] + x[1] - columns * side_m) / 2
    south_m = float(y[0] + y[1] - rows * side_m) / 2
    row, column = np.divmod(np.arange(rows * columns), columns)
    left, low = west_m + column * side_m, south_m + row * side_m
    lon0, lat0 = plane.lonlat(left, low)
    lon1, lat1 = plane.lonlat(left + side_m, low + side_m)
    squares = box(lon0, lat0, lon1, lat1)
    cut = np.asarray(intersection(squares, county))
    kept = np.flatnonzero(area(cut) > 0)
    cut, middle = cut[kept], centroid(cut[kept])
    place = np.where(contains(cut, middle), middle, point_on_surface(cut))
    return Cells(
        plane=plane, side_m=side_m, west_m=west_m, south_m=south_m, columns=columns, rows=rows,
        number=kept,
        lon=np.asarray(get_x(place)),
        lat=np.asarray(get_y(place)),
        share=area(cut) / area(squares[kept]),
        shapes=tuple(as_multi(shape) for shape in cut),
    )  # fmt: skip


def zones_of(cells: Cells, area: CountyArea) -> Numbers:
    """For each cell the place of its township in ``area.towns``: the nearest, as `town_of` says."""
    metres = [straight_m(town.position, cells.lon, cells.lat) for town in area.towns]
    return np.asarray(np.argmin(np.array(metres), axis=0), np.int64)


def as_features(
    cells: Cells, columns: Mapping[str, Sequence[Any] | NDArray[Any]]
) -> dict[str, Any]:
    """A FeatureCollection of the cells with one property a column, each of c values."""
    for name, column in columns.items():
        if len(column) != len(cells):
            raise ValueError(f"{name} has {len(column)} values for {len(cells)} cells")
    plain = {name: np.asarray(column).tolist() for name, column in columns.items()}
    features = [
        {
            "type": "Feature",
            "id": int(cells.number[place]),
            "properties": {name: column[place] for name, column in plain.items()},
            "geometry": mapping(shape),
        }
        for place, shape in enumerate(cells.shapes)
    ]
    return {"type": "FeatureCollection", "features": features}

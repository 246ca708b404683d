"""The grid beside the roads and its contours, against what can be counted cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely import MultiPolygon, Point, contains_xy, unary_union

from maps.coverage import raster
from maps.coverage.raster import (
    Plane,
    Raster,
    as_multi,
    contour,
    middle_of,
    rasterise,
    sample,
)
from tests.support.roads import graph_of, grid

CELL_M = 20.0


def raster_of(inside: np.ndarray) -> Raster:
    seconds = np.where(np.pad(inside, 1), 60.0, np.inf).astype(np.float32)
    return Raster(seconds=seconds, x0_m=100.0, y0_m=-50.0, cell_m=CELL_M, beside_m=60.0)


def middles(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    row, col = np.indices(inside.shape)
    return 100.0 + (col + 1) * CELL_M, -50.0 + (row + 1) * CELL_M


@given(arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_the_outline_holds_the_cells_inside_and_no_other(inside: np.ndarray) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_SPECK_CELLS", 0)
        land = contour(raster_of(inside), 60.0)
    assert land.is_valid
    x, y = middles(inside)
    assert np.array_equal(contains_xy(land, x, y), inside)


def test_nothing_is_reached_below_the_least_seconds() -> None:
    assert contour(raster_of(np.ones((3, 3), bool)), 59.9).is_empty


def test_a_hole_stays_and_a_speck_is_filled() -> None:
    inside = np.ones((12, 12), bool)
    inside[3:6, 3:6] = False
    inside[9, 9] = False
    (polygon,) = contour(raster_of(inside), 60.0).geoms
    (hole,) = polygon.interiors
    assert Point(100 + 5 * CELL_M, -50 + 5 * CELL_M).within(MultiPolygon([(hole.coords, [])]))


def test_an_island_in_a_hole_stays_land() -> None:
    inside = np.zeros((15, 15), bool)
    inside[0, :] = inside[-1, :] = inside[:, 0] = inside[:, -1] = True
    inside[7, 7] = True
    land = contour(raster_of(inside), 60.0)
    assert len(land.geoms) == 2
    assert sorted(len(polygon.interiors) for polygon in land.geoms) == [0, 1]


def test_the_outline_of_one_sample_is_its_disc() -> None:
    one = rasterise(np.array([7.0]), np.array([3.0]), np.array([30.0]), cell_m=5.0, beside_m=60.0)
    land = contour(one, 30.0)
    assert land.area == pytest.approx(np.pi * 60.0**2, rel=0.04)
    assert land.centroid.distance(Point(7.0, 3.0)) < 5.0


def test_the_wide_road_is_as_the_buffer_of_its_line() -> None:
    along = np.arange(0.0, 2_000.0, 5.0)
    x, y = along * 0.8, along * 0.6
    land = contour(rasterise(x, y, along, cell_m=10.0, beside_m=60.0), 1_000.0)
    exact = unary_union([Point(a, b) for a, b in zip(x[:201], y[:201], strict=True)]).buffer(60.0)
    assert land.symmetric_difference(exact).area < 5.0 * exact.length  # half a cell
    assert land.hausdorff_distance(exact) < 15.0


@pytest.mark.parametrize(("cell_m", "drawn_m"), [(15.0, 60 / 3.5), (20.0, 24.0), (50.0, 50.0)])
def test_cells_are_such_that_the_contour_is_beside(cell_m: float, drawn_m: float) -> None:
    along = np.arange(0.0, 400.0, 5.0)
    found = rasterise(along, along * 0, along * 0, cell_m=cell_m, beside_m=60.0)
    assert found.cell_m == pytest.approx(drawn_m)
    south, north = contour(found, 1.0).bounds[1::2]
    assert (north - south) / 2 == pytest.approx(found.beside_m)
    assert found.beside_m == pytest.approx(max(60.0, 1.5 * drawn_m))


def test_the_quickest_of_several_samples_counts() -> None:
    x, y = np.array([0.0, 1.0, 200.0]), np.zeros(3)
    seconds = np.array([50.0, 10.0, 90.0])
    found = rasterise(x, y, seconds, cell_m=20.0, beside_m=60.0)
    assert sorted(set(found.seconds[np.isfinite(found.seconds)].tolist())) == [10.0, 90.0]


def test_too_large_an_area_is_drawn_coarsely_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "MAX_RASTER_CELLS", 100)
    ends = np.array([0.0, 3_000.0])
    found = rasterise(ends, ends, np.zeros(2), cell_m=20.0, beside_m=60.0)
    assert found.cell_m == pytest.approx(300.1, abs=0.1)
    assert found.beside_m == pytest.approx(1.5 * found.cell_m)
    assert found.seconds.size < 400


def test_samples_cover_every_road_once_with_its_ends() -> None:
    graph = grid(2, 3)
    found = sample(graph, middle_of(graph), 25.0)
    both_ways = graph.twin > np.arange(graph.arcs)
    assert found.length_m.sum() == pytest.approx(graph.length_m[both_ways].sum())
    assert set(found.arc.tolist()) == set(np.flatnonzero(both_ways).tolist())
    for arc in set(found.arc.tolist()):
        mine = found.fraction[found.arc == arc]
        assert (mine[0], mine[-1]) == (0.0, 1.0)
        assert np.diff(mine).max() * graph.length_m[arc] <= 25.0


def test_samples_lie_on_the_road() -> None:
    graph = graph_of([(112.4, 29.3), (112.41, 29.31)], [{"nodes": [0, 1]}])
    plane = middle_of(graph)
    found = sample(graph, plane, 100.0)
    lon, lat = plane.lonlat(found.x_m, found.y_m)
    assert lon == pytest.approx(112.4 + 0.01 * found.fraction)
    assert lat == pytest.approx(29.3 + 0.01 * found.fraction)


def test_an_empty_graph_has_a_middle() -> None:
    assert middle_of(graph_of([], [])) == Plane(lon=0.0, lat=0.0)


def test_what_is_not_land_is_left_out() -> None:
    bow_tie = MultiPolygon([([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)], [])])
    land = as_multi(bow_tie)
    assert land.is_valid
    assert land.area == pytest.approx(2.0)
    assert as_multi(Point(1, 1)).is_empty

"""Isochrones on small graphs: cut at the limit, honest at rivers, labelled where estimated."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from shapely import LineString, Point, unary_union

from maps.coordinates import Wgs84
from maps.coverage import raster
from maps.coverage.isochrone import (
    Isochrone,
    IsochronePolicy,
    Isochrones,
    as_geojson,
    check_limits,
    straight_isochrones,
)
from maps.coverage.reach import Crow, Driving, Origin
from maps.limits import MAX_ISOCHRONE_MIN, MAX_ISOCHRONES
from maps.network.engine import SHUT
from maps.network.graph import RoadGraph
from maps.network.travel import RoadPolicy, Roads
from tests.support.roads import graph_of, grid

KMH = 36.0  # ten metres a second: a minute is 600 m
LON, LAT = 112.4, 29.3
M_LAT = 1 / 111_195.0
M_LON = M_LAT / math.cos(math.radians(LAT))


def place(east_m: float, north_m: float) -> Wgs84:
    return Wgs84(lon=LON + east_m * M_LON, lat=LAT + north_m * M_LAT)


def origin(east_m: float, north_m: float, after_s: float = 0.0) -> Origin:
    return Origin(place=place(east_m, north_m), after_s=after_s)


def roads(metres: list[tuple[float, float]], ways: list[dict[str, object]]) -> RoadGraph:
    nodes = [(place(x, y).lon, place(x, y).lat) for x, y in metres]
    return graph_of(nodes, ways)


def drawn(
    graph: RoadGraph,
    origins: list[Origin],
    limits: list[float],
    *,
    shut: tuple[int, ...] = (),
    is_to: bool = False,
) -> list[Isochrone]:
    weights = np.ceil(graph.length_m / KMH * 3600.0).astype(np.int32)
    weights[list(shut)] = SHUT
    made = Roads(graph, RoadPolicy())
    return Isochrones(made).around(Driving(made, weights), origins, limits, is_to=is_to)


def holds(one: Isochrone, east_m: float, north_m: float) -> bool:
    there = place(east_m, north_m)
    return bool(one.area.covers(Point(there.lon, there.lat)))


STRAIGHT = roads([(-3000, 0), (3000, 0)], [{"nodes": [0, 1]}])

# Two bank roads 400 m apart; the only bridge is 3 km down the river.
RIVER = roads(
    [(0, 0), (3000, 0), (3000, 400), (0, 400)],
    [{"nodes": [0, 1]}, {"nodes": [1, 2]}, {"nodes": [2, 3]}],
)


def test_the_road_is_cut_at_the_limit() -> None:
    one, two = drawn(STRAIGHT, [origin(0, 0)], [1.0, 2.0])
    assert holds(one, 600, 0)
    assert holds(one, -600, 0)
    assert not holds(one, 600 + 60 + 25, 0)
    assert holds(two, 1200, 0)
    assert not holds(two, 1200 + 60 + 25, 0)
    assert one.road_km == pytest.approx(1.2, abs=0.05)
    assert two.road_km == pytest.approx(2.4, abs=0.05)
    assert {one.method, two.method} == {"road"}


def test_land_beside_the_road_counts_and_no_farther() -> None:
    (one,) = drawn(STRAIGHT, [origin(0, 0)], [1.0])
    assert holds(one, 300, 45)
    assert not holds(one, 300, 80)
    assert one.area_km2 == pytest.approx((1200 * 120 + math.pi * 60**2) / 1e6, rel=0.04)


def test_the_other_bank_is_reached_over_the_bridge_only() -> None:
    near, far = drawn(RIVER, [origin(0, 0)], [3.0, 8.0])
    assert holds(near, 1500, 0)
    assert not holds(near, 0, 400)
    assert not holds(near, 1500, 400)
    assert holds(far, 2000, 400)
    assert not holds(far, 1500, 200)  # the river itself, at any limit


def test_without_the_bridge_the_other_bank_stays_out() -> None:
    bridge = tuple(arc for arc in range(RIVER.arcs)
                   if {int(RIVER.tail[arc]), int(RIVER.head[arc])} == {1, 2})  # fmt: skip
    (one,) = drawn(RIVER, [origin(0, 0)], [60.0], shut=bridge)
    assert holds(one, 3000, 0)
    assert not holds(one, 2000, 400)
    assert not holds(one, 3000, 200)


def test_a_block_without_roads_is_a_hole() -> None:
    block = grid(2, 2, spacing_deg=0.01)
    (one,) = drawn(block, [Origin(place=Wgs84(lon=112.4, lat=29.3))], [30.0])
    (polygon,) = one.area.geoms
    assert len(polygon.interiors) == 1
    assert not one.area.covers(Point(112.405, 29.305))


def test_one_way_roads_make_to_and_from_differ() -> None:
    one_way = roads(
        [(0, 0), (1200, 0), (1200, 3000), (0, 3000)],
        [{"nodes": [0, 1, 2, 3, 0], "is_oneway": True}],
    )
    (there,) = drawn(one_way, [origin(0, 0)], [1.0])
    (back,) = drawn(one_way, [origin(0, 0)], [1.0], is_to=True)
    assert holds(there, 500, 0)
    assert not holds(there, 0, 500)
    assert holds(back, 0, 500)
    assert not holds(back, 500, 0)


def test_it_is_the_union_of_the_wide_pieces() -> None:
    town = grid(7, 7, spacing_deg=0.003)
    (one,) = drawn(town, [Origin(place=Wgs84(lon=112.409, lat=29.309))], [1.0])
    metre = 1 / (111_195.0 * math.cos(math.radians(29.309)))
    pieces = []
    for arc in range(town.arcs):
        lon, lat = town.shape(arc)
        for share in np.linspace(0.0, 1.0, 25):
            x, y = lon[0] + share * (lon[1] - lon[0]), lat[0] + share * (lat[1] - lat[0])
            east, north = (x - 112.409) / metre, (y - 29.309) / M_LAT
            if abs(east) + abs(north) <= 600.0:  # all ways of a grid are city blocks long
                pieces.append((east, north))
    exact = unary_union([Point(*one) for one in pieces]).buffer(60.0)
    polygon = unary_union(
        [LineString([((x - 112.409) / metre, (y - 29.309) / M_LAT)
                     for x, y in part.exterior.coords]).convex_hull for part in one.area.geoms]
    )  # fmt: skip
    assert one.area_km2 * 1e6 == pytest.approx(exact.area, rel=0.03)
    assert polygon.symmetric_difference(exact.convex_hull).area < 0.05 * exact.convex_hull.area


def test_a_larger_limit_holds_the_smaller() -> None:
    town = grid(8, 8, spacing_deg=0.003)
    found = drawn(town, [Origin(place=Wgs84(lon=112.41, lat=29.307))], [0.5, 1.0, 1.5, 2.5])
    for small, large in pairwise(found):
        assert small.area_km2 < large.area_km2
        assert small.area.difference(large.area.buffer(10 * M_LAT)).is_empty


def test_several_origins_are_drawn_as_one() -> None:
    (both,) = drawn(STRAIGHT, [origin(-2000, 0), origin(2000, 0)], [1.0])
    assert holds(both, -2400, 0)
    assert holds(both, 2400, 0)
    assert not holds(both, 0, 0)
    assert len(both.area.geoms) == 2
    assert both.road_km == pytest.approx(2.4, abs=0.05)


def test_turnout_shortens_the_reach() -> None:
    (one,) = drawn(STRAIGHT, [origin(0, 0, after_s=30.0)], [1.0])
    assert holds(one, 300, 0)
    assert not holds(one, 400, 0)


def test_before_the_wheels_roll_nothing_is_reached() -> None:
    early, late = drawn(STRAIGHT, [origin(0, 0, after_s=90.0)], [1.0, 2.0])
    assert early.area.is_empty
    assert (early.area_km2, early.road_km) == (0.0, 0.0)
    assert not late.area.is_empty


def test_off_the_road_the_way_to_it_is_slow_and_named() -> None:
    (one,) = drawn(STRAIGHT, [origin(0, 200)], [2.0])  # 200 m at 12 km/h is a minute
    assert one.method == "road_and_straight_line"
    assert holds(one, 0, 100)
    assert holds(one, 550, 0)
    assert not holds(one, 800, 0)


def test_beyond_every_road_it_is_a_labelled_circle() -> None:
    (one,) = drawn(STRAIGHT, [origin(0, 9000)], [1.0])
    radius_m = Crow().radius_m(60.0)
    assert one.method == "straight_line"
    assert one.beside_road_m == 0.0
    assert one.area_km2 == pytest.approx(math.pi * radius_m**2 / 1e6, rel=0.01)
    assert holds(one, 0, 9000 + radius_m - 20)
    assert not holds(one, 0, 9000 + radius_m + 20)


def test_road_and_circle_together_say_so() -> None:
    (one,) = drawn(STRAIGHT, [origin(0, 0), origin(0, 9000)], [1.0])
    assert one.method == "road_and_straight_line"
    assert holds(one, 300, 0)
    assert holds(one, 0, 9000)
    circle = math.pi * Crow().radius_m(60.0) ** 2 / 1e6
    (road,) = drawn(STRAIGHT, [origin(0, 0)], [1.0])
    assert one.area_km2 == pytest.approx(road.area_km2 + circle, rel=0.01)


def test_without_a_graph_circles_overlap_once() -> None:
    (one,) = straight_isochrones([origin(0, 0), origin(1, 0)], [5.0])
    radius_m = Crow().radius_m(300.0)
    assert one.area_km2 == pytest.approx(math.pi * radius_m**2 / 1e6, rel=0.01)
    (none,) = straight_isochrones([origin(0, 0, after_s=600.0)], [5.0])
    assert none.area.is_empty


@pytest.mark.parametrize(
    "limits", [[], [0.0], [-1.0], [math.nan], [MAX_ISOCHRONE_MIN + 1], [1.0] * (MAX_ISOCHRONES + 1)]
)
def test_senseless_limits_are_refused(limits: list[float]) -> None:
    with pytest.raises(ValueError, match="give"):
        check_limits(limits)
    with pytest.raises(ValueError, match="give"):
        drawn(STRAIGHT, [origin(0, 0)], limits)
    with pytest.raises(ValueError, match="give"):
        straight_isochrones([origin(0, 0)], limits)


def test_no_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one origin"):
        drawn(STRAIGHT, [], [1.0])
    with pytest.raises(ValueError, match="at least one origin"):
        straight_isochrones([], [1.0])


@pytest.mark.parametrize(("beside", "cell"), [(60.0, 0.5), (10.0, 20.0), (20_000.0, 20.0)])
def test_a_senseless_policy_is_refused(beside: float, cell: float) -> None:
    with pytest.raises(ValueError, match="cell_m"):
        IsochronePolicy(beside_road_m=beside, cell_m=cell)


def test_a_coarse_drawing_says_how_coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "MAX_RASTER_CELLS", 20)
    (one,) = drawn(RIVER, [origin(0, 0)], [8.0])
    assert one.beside_road_m > 60.0


def test_geojson_has_the_largest_first_and_closed_rings() -> None:
    found = drawn(STRAIGHT, [origin(0, 0)], [1.0, 3.0, 2.0])
    text = as_geojson(found)
    assert json.loads(json.dumps(text)) == json.loads(json.dumps(text))
    features = text["features"]
    assert [one["properties"]["limit_min"] for one in features] == [3.0, 2.0, 1.0]
    assert {one["properties"]["is_estimate"] for one in features} == {False}
    for feature in features:
        assert feature["geometry"]["type"] == "MultiPolygon"
        for polygon in feature["geometry"]["coordinates"]:
            ring = np.array(polygon[0])
            assert np.array_equal(ring[0], ring[-1])
            x, y = ring[:, 0] - LON, ring[:, 1] - LAT
            assert float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) > 0  # counter-clockwise

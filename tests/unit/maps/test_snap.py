"""Bringing a place to the road: the nearest first, where on it, and which parts hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper, components, main_arcs
from tests.support.roads import graph_of, grid

TOWN = grid(3, 3)
SNAPPER = Snapper(TOWN)


def at(lon: float, lat: float) -> Wgs84:
    return Wgs84(lon=lon, lat=lat)


def test_a_place_beside_a_road_is_brought_onto_it() -> None:
    found = SNAPPER.nearest(at(112.40025, 29.30002), 100)
    assert found is not None
    assert (TOWN.tail[found.arc], TOWN.head[found.arc]) == (0, 1)
    assert found.fraction == pytest.approx(0.25, abs=0.001)
    assert found.place.lat == pytest.approx(29.3) and found.place.lon == pytest.approx(112.40025)
    assert found.distance_m == pytest.approx(2.2, abs=0.1)


def test_the_limit_is_kept_on_both_sides() -> None:
    place = at(112.4005, 29.299)
    off_m = haversine_m(place, at(112.4005, 29.3))
    assert SNAPPER.nearest(place, off_m - 0.5) is None
    assert SNAPPER.nearest(place, off_m + 0.5) is not None


def test_candidates_come_nearest_first_and_no_more_than_asked() -> None:
    near_corner = at(112.40104, 29.30005)
    found = SNAPPER.candidates(near_corner, 300, 4)
    assert len(found) == 4
    assert [one.distance_m for one in found] == sorted(one.distance_m for one in found)
    assert len(SNAPPER.candidates(near_corner, 300, 100)) == 12  # each two-way road once
    assert all(int(TOWN.twin[one.arc]) > one.arc for one in found)


def test_a_far_place_is_found_when_the_radius_allows_it() -> None:
    far = at(112.39, 29.30)
    assert SNAPPER.candidates(far, 500, 2) == []
    assert len(SNAPPER.candidates(far, 2000, 2)) == 2


def test_a_road_may_be_left_out() -> None:
    arcs = np.ones(TOWN.arcs, np.bool_)
    first = SNAPPER.nearest(at(112.4005, 29.30001), 100)
    assert first is not None
    arcs[first.arc] = False
    other = Snapper(TOWN, arcs).nearest(at(112.4005, 29.30001), 100)
    assert other is not None and other.arc != first.arc


def islands() -> RoadGraph:
    """A square, a one-way stub out of it, and a lone road."""
    places = [(112.0, 29.0), (112.01, 29.0), (112.01, 29.01), (112.0, 29.01), (112.02, 29.0),
              (112.1, 29.1), (112.11, 29.1)]  # fmt: skip
    return graph_of(places, [
        {"nodes": [0, 1, 2, 3, 0]},
        {"nodes": [1, 4], "is_oneway": True},
        {"nodes": [5, 6]},
    ])  # fmt: skip


def test_the_largest_part_is_the_one_from_which_one_comes_back() -> None:
    graph = islands()
    assert components(graph)[:4].tolist() == [0, 0, 0, 0]
    assert components(graph)[5] == components(graph)[6] == 1
    kept = {(int(graph.tail[a]), int(graph.head[a])) for a in np.flatnonzero(main_arcs(graph))}
    assert kept == {(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 0), (0, 3)}


def test_a_graph_without_roads() -> None:
    empty = graph_of([(112.0, 29.0)], [])
    assert main_arcs(empty).tolist() == []
    assert Snapper(empty).nearest(at(112.0, 29.0), 1000) is None


@given(st.floats(112.398, 112.404), st.floats(29.298, 29.304))
def test_no_road_is_nearer_than_the_nearest(lon: float, lat: float) -> None:
    place = at(lon, lat)
    found = SNAPPER.nearest(place, 2000)
    assert found is not None
    steps = np.linspace(0, 1, 50)
    for arc in range(TOWN.arcs):
        xs, ys = TOWN.shape(arc)
        for share in steps:
            on = at(float(xs[0] + share * (xs[1] - xs[0])), float(ys[0] + share * (ys[1] - ys[0])))
            assert haversine_m(place, on) > found.distance_m * 0.999 - 0.01


def test_many_places_in_one_go_are_each_brought_to_their_nearest_road() -> None:
    places = [at(112.3985 + 0.0003 * k, 29.2985 + 0.0002 * ((k * 5) % 30)) for k in range(60)]
    for limit_m in (30.0, 90.0, 2000.0):
        each = SNAPPER.nearest_each(places, limit_m)
        for place, one in zip(places, each, strict=True):
            true = SNAPPER.nearest(place, limit_m)
            assert (one is None) == (true is None)
            assert one is None or one.distance_m == pytest.approx(true.distance_m, abs=0.05)
    assert SNAPPER.nearest_each([], 100) == []


def test_many_places_pass_by_a_road_that_is_left_out() -> None:
    place = at(112.4005, 29.30001)
    first = SNAPPER.nearest(place, 500)
    assert first is not None
    among = np.ones(TOWN.arcs, np.bool_)
    among[first.arc] = False
    (one,) = SNAPPER.nearest_each([place], 500, among)
    assert one == SNAPPER.nearest(place, 500, among) != first

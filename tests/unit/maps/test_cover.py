"""Cover: first, second, gaps and losses, against counting by hand; times against the roads."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.coverage.cover import Cover, Targets, Unit, cover_by_air, cover_by_road
from maps.coverage.reach import Crow, Driving, Origin
from maps.network.engine import SHUT
from maps.network.speeds import weights_ms
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import StraightLineTravel
from tests.support.roads import graph_of, grid

TOWN = Roads(grid(5, 5), RoadPolicy())
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PLACES = 6


def unit(name: str, lon: float, lat: float, after_s: float = 0.0) -> Unit:
    return Unit(unit_id=name, origin=Origin(place=Wgs84(lon=lon, lat=lat), after_s=after_s))


def driving(roads: Roads, shut: tuple[int, ...] = ()) -> Driving:
    weights = weights_ms(roads.graph, roads.policy.speeds, hour=12, priority="P1")
    weights[list(shut)] = SHUT
    return Driving(roads, weights)


def table(seconds: list[list[float]]) -> Cover:
    """A cover with given seconds, through the public door: each unit alone, then joined."""
    covers = []
    for row, values in enumerate(seconds):
        crow = Crow(detour_factor=1.0, speed_kmh=3.6)  # a metre a second
        north = np.array(values) / 111_195.080_233_532_9
        one = cover_by_air([unit(f"u{row}", 112.4, 29.0)], np.full(len(values), 112.4),
                           29.0 + north, limit_s=1e9, crow=crow)  # fmt: skip
        covers.append(one)
    found = covers[0]
    for one in covers[1:]:
        found = found.joined(one)
    return found


tables = st.lists(
    st.lists(st.sampled_from([10.0, 20.0, 30.0, 40.0, 50.0]), min_size=PLACES, max_size=PLACES),
    min_size=1,
    max_size=5,
)
weights = st.lists(st.floats(0, 10), min_size=PLACES, max_size=PLACES).map(np.array)


@given(tables, weights)
def test_gaps_are_what_counting_says(seconds: list[list[float]], weight: np.ndarray) -> None:
    found = table(seconds).gaps(35.0, weight)
    within = (np.array(seconds) <= 35.0).sum(axis=0)
    total = weight.sum() or 1.0
    assert found.places == tuple(np.flatnonzero(within == 0).tolist())
    assert found.share == pytest.approx(weight[within == 0].sum() / total)
    assert found.share_once == pytest.approx(weight[within == 1].sum() / total)


@given(tables, weights)
def test_a_loss_is_the_difference_it_makes(seconds: list[list[float]], weight: np.ndarray) -> None:
    cover = table(seconds)
    for name in cover.unit_ids:
        loss, rest = cover.losing(name, 35.0, weight), cover.without(name)
        before, after = cover.gaps(35.0, weight), rest.gaps(35.0, weight)
        assert set(loss.places) == set(after.places) - set(before.places)
        assert loss.share == pytest.approx(after.share - before.share, abs=1e-12)


@given(tables)
def test_first_and_second_are_the_two_least(seconds: list[list[float]]) -> None:
    cover = table(seconds)
    ordered = np.sort(np.array([*seconds, [math.inf] * PLACES]), axis=0)
    assert cover.first_s == pytest.approx(ordered[0])
    assert cover.second_s == pytest.approx(ordered[1])
    rows = np.array(seconds)
    assert all(rows[cover.first[k], k] == ordered[0, k] for k in range(PLACES))


def test_a_unit_that_moved_replaces_its_row() -> None:
    before = table([[10.0, 50.0], [50.0, 50.0]])
    moved = table([[50.0, 10.0]])
    after = before.joined(moved)
    assert after.unit_ids == ("u1", "u0")
    assert after.first_s == pytest.approx([50.0, 10.0])


def test_zones_have_their_own_share() -> None:
    cover = table([[10.0, 50.0, 50.0, 10.0]])
    weight, zones = np.array([3.0, 1.0, 2.0, 0.0]), np.array([0, 0, 1, 3])
    found = cover.gaps(35.0, weight, zones)
    assert found.zones == pytest.approx((0.25, 1.0, 0.0, 0.0))
    assert found.share == pytest.approx(0.5)


def test_without_units_nothing_is_covered() -> None:
    empty = cover_by_air([], np.array([112.4, 112.5]), np.array([29.3, 29.3]), limit_s=3600.0)
    assert empty.first.tolist() == [-1, -1]
    assert empty.gaps(600.0, np.ones(2)).share == 1.0
    alone = table([[10.0, 10.0]])
    assert alone.without("u0").gaps(600.0, np.ones(2)).places == (0, 1)


def test_without_demand_there_is_no_share() -> None:
    assert table([[50.0, 50.0]]).gaps(35.0, np.zeros(2)).share == 0.0


def test_mistakes_are_refused() -> None:
    cover = table([[10.0, 10.0]])
    with pytest.raises(KeyError):
        cover.without("u7")
    with pytest.raises(KeyError):
        cover.losing("u7", 35.0, np.ones(2))
    for weight in (np.ones(3), np.array([1.0, -1.0]), np.array([1.0, math.nan])):
        with pytest.raises(ValueError, match="weights"):
            cover.gaps(35.0, weight)
    with pytest.raises(ValueError, match="do not fit"):
        cover.joined(table([[10.0]]))
    with pytest.raises(ValueError, match="twice"):
        cover_by_air([unit("a", 112.4, 29.3)] * 2, np.array([112.4]), np.array([29.3]), limit_s=9)


def test_times_by_road_are_those_of_the_road_estimate() -> None:
    one = driving(TOWN)
    lon, lat = np.array([112.4, 112.4031, 112.4022]), np.array([29.3, 29.3017, 29.304])
    units = [unit("a", 112.4011, 29.3022), unit("b", 112.404, 29.3003, after_s=60.0)]
    cover = cover_by_road(one, units, Targets(one, lon, lat), limit_s=3600.0)
    travel = RoadTravel(TOWN, StraightLineTravel(), ZoneInfo("Asia/Shanghai")).when(NOON, "P1")
    for row, each in enumerate(units):
        for place in range(3):
            there = Wgs84(lon=float(lon[place]), lat=float(lat[place]))
            told = travel.estimate(each.origin.place, there).duration_s + each.origin.after_s
            assert cover.seconds[row, place] == pytest.approx(told, abs=1.01)
    assert cover.methods == ("road", "road")
    assert not cover.is_estimate


def test_a_cell_is_free_of_its_own_width() -> None:
    one = driving(TOWN)
    off = np.array([112.4]), np.array([29.304 + 300 / 111_195.0])
    far, near = (
        cover_by_road(one, [unit("a", 112.4, 29.304)], Targets(one, *off, free_m=free),
                      limit_s=3600.0).first_s[0]
        for free in (0.0, 500.0)
    )  # fmt: skip
    assert far == pytest.approx(300 * 3.6 / 12.0, abs=0.5)
    assert near == pytest.approx(0.0, abs=0.5)


def test_where_no_road_leads_is_never_covered() -> None:
    one = driving(TOWN)
    targets = Targets(one, np.array([112.4, 112.6]), np.array([29.3, 29.3]))
    cover = cover_by_road(one, [unit("a", 112.4, 29.3)], targets, limit_s=36_000.0)
    assert targets.has_road.tolist() == [True, False]
    found = cover.gaps(30_000.0, np.ones(2))
    assert found.places == (1,)
    assert found.without_road == 1


def test_a_closed_bridge_uncovers_the_other_bank() -> None:
    """Two banks of a closed ring each, one bridge between; shut, the far bank has no time."""
    places = [(112.40, 29.30), (112.41, 29.30), (112.41, 29.29), (112.40, 29.29),
              (112.40, 29.31), (112.41, 29.31), (112.41, 29.32), (112.40, 29.32)]  # fmt: skip
    banks = graph_of(places, [{"nodes": [0, 1, 2, 3, 0]}, {"nodes": [4, 5, 6, 7, 4]},
                              {"nodes": [0, 4]}])  # fmt: skip
    roads = Roads(banks, RoadPolicy())
    bridge = tuple(arc for arc in range(banks.arcs)
                   if {int(banks.tail[arc]), int(banks.head[arc])} == {0, 4})  # fmt: skip
    lon, lat = np.array([112.405, 112.405]), np.array([29.29, 29.32])
    for shut, covered in ((), [True, True]), (bridge, [True, False]):
        one = driving(roads, shut)
        cover = cover_by_road(one, [unit("a", 112.41, 29.3)], Targets(one, lon, lat),
                              limit_s=36_000.0)  # fmt: skip
        assert cover.reached(36_000.0).tolist() == covered
        assert cover.gaps(36_000.0, np.ones(2)).without_road == 0


def test_a_unit_off_every_road_is_taken_by_the_straight_line_and_named() -> None:
    one = driving(TOWN)
    targets = Targets(one, np.array([112.4]), np.array([29.3]))
    units = [unit("a", 112.5, 29.3), unit("b", 112.404, 29.3 - 200 / 111_195.0)]
    cover = cover_by_road(one, units, targets, limit_s=36_000.0)
    assert cover.methods == ("straight_line", "road_and_straight_line")
    assert cover.gaps(600.0, np.ones(1)).is_estimate
    assert cover.losing("a", 600.0, np.ones(1)).is_estimate


def test_beyond_the_limit_nobody_comes() -> None:
    one = driving(TOWN)
    targets = Targets(one, np.array([112.404]), np.array([29.304]))
    cover = cover_by_road(one, [unit("a", 112.4, 29.3)], targets, limit_s=20.0)
    assert np.isinf(cover.first_s[0])
    air = cover_by_air([unit("a", 112.4, 29.3)], np.array([112.5]), np.array([29.3]), limit_s=20.0)
    assert np.isinf(air.first_s[0])

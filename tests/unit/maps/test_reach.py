"""Seconds over the whole graph: the same as one journey at a time, in both directions."""

import math
import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maps.coordinates import Wgs84
from maps.coverage.reach import Crow, Driving, Origin, quickest, straight_m, straight_s
from maps.distance import haversine_m
from maps.network.engine import SHUT
from maps.network.learned import Learned
from maps.network.speeds import weights_ms
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import StraightLineTravel
from tests.support.roads import graph_of, grid

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
TOWN = Roads(grid(5, 5), RoadPolicy())


def at(lon: float, lat: float, after_s: float = 0.0) -> Origin:
    return Origin(place=Wgs84(lon=lon, lat=lat), after_s=after_s)


def driving(roads: Roads, factor: float = 1.0) -> Driving:
    weights = weights_ms(roads.graph, roads.policy.speeds, hour=12, priority="P1")
    return Driving(roads, weights, factor=factor)


def seconds_to(one: Driving, origin: Origin, place: Wgs84, *, is_to: bool = False) -> float:
    reach = one.reach(origin, is_to=is_to)
    snapped = one.nearest(place)
    assert reach is not None
    assert snapped is not None
    arc, fraction = np.array([snapped.arc], np.int32), np.array([snapped.fraction])
    on_road = float(one.seconds_at(reach, arc, fraction)[0])
    return on_road + snapped.distance_m * 3.6 / one.roads.policy.off_road_kmh


ONE_WAY = graph_of(
    [(112.4, 29.3), (112.404, 29.3), (112.404, 29.304), (112.4, 29.304)],
    [{"nodes": [0, 1, 2, 3, 0], "is_oneway": True}, {"nodes": [1, 3]}],
)


@pytest.mark.parametrize("roads", [TOWN, Roads(ONE_WAY, RoadPolicy())], ids=["grid", "one-way"])
@pytest.mark.parametrize("ratio", [0.0, 0.4])
def test_it_agrees_with_single_journeys(roads: Roads, ratio: float) -> None:
    learned = Learned(overall=ratio)
    travel = RoadTravel(roads, StraightLineTravel(), ZONE, learned).when(NOON, "P1")
    mine = driving(roads, factor=math.exp(ratio))
    chance = random.Random(7)
    for _ in range(60):
        a, b = (
            Wgs84(lon=112.4 + chance.random() * 0.004, lat=29.3 + chance.random() * 0.004)
            for _ in range(2)
        )
        told = travel.estimate(a, b).duration_s
        assert seconds_to(mine, Origin(place=a), b) == pytest.approx(told, abs=1.01)
        back = seconds_to(mine, Origin(place=b), a, is_to=True)
        assert back == pytest.approx(told, abs=1.01)


def test_beyond_the_limit_there_is_no_time() -> None:
    whole = driving(TOWN).reach(at(112.4, 29.3))
    part = driving(TOWN).reach(at(112.4, 29.3), limit_s=30.0)
    assert whole is not None
    assert part is not None
    near = whole.node_s <= 30.0
    assert 0 < near.sum() < len(near)
    assert part.node_s[near] == pytest.approx(whole.node_s[near])
    assert np.all(np.isinf(part.node_s[~near]))


def test_turnout_counts() -> None:
    place = Wgs84(lon=112.403, lat=29.302)
    early = seconds_to(driving(TOWN), at(112.4, 29.3), place)
    late = seconds_to(driving(TOWN), at(112.4, 29.3, after_s=90.0), place)
    assert late == pytest.approx(early + 90.0)


@pytest.mark.parametrize("after_s", [-1.0, math.nan, math.inf])
def test_a_turnout_is_a_time_from_now_on(after_s: float) -> None:
    with pytest.raises(ValueError, match="after_s"):
        at(112.4, 29.3, after_s)


def test_far_from_every_road_there_is_no_reach() -> None:
    assert driving(TOWN).reach(at(112.5, 29.4)) is None


def test_a_closed_road_is_not_driven_and_not_left_from() -> None:
    weights = weights_ms(TOWN.graph, TOWN.policy.speeds, hour=12, priority="P1")
    ends = {0, 1}
    shut = [arc for arc in range(TOWN.graph.arcs)
            if {int(TOWN.graph.tail[arc]), int(TOWN.graph.head[arc])} == ends]  # fmt: skip
    weights[shut] = SHUT
    one = Driving(TOWN, weights)
    snapped = one.nearest(Wgs84(lon=112.4005, lat=29.3))
    assert snapped is not None
    assert snapped.arc not in shut
    reach = one.reach(at(112.4, 29.302))
    assert reach is not None
    middle = one.seconds_at(reach, np.array([shut[0]], np.int32), np.array([0.5]))
    assert np.isinf(middle[0])


def test_several_origins_are_the_quickest_of_them() -> None:
    one = driving(TOWN)
    west, east = one.reach(at(112.4, 29.302)), one.reach(at(112.404, 29.302))
    assert west is not None
    assert east is not None
    both = quickest([west, east])
    assert np.array_equal(both.node_s, np.minimum(west.node_s, east.node_s))
    assert len(both.starts) == 2


def test_origins_of_two_directions_do_not_mix() -> None:
    one = driving(TOWN)
    there = one.reach(at(112.4, 29.302))
    back = one.reach(at(112.4, 29.302), is_to=True)
    assert there is not None
    assert back is not None
    with pytest.raises(ValueError, match="one direction"):
        quickest([there, back])
    with pytest.raises(ValueError, match="at least one"):
        quickest([])


def test_the_straight_line_agrees_with_the_straight_estimate() -> None:
    a, b = Wgs84(lon=112.4, lat=29.3), Wgs84(lon=112.7, lat=29.1)
    lon, lat = np.array([b.lon]), np.array([b.lat])
    assert straight_m(a, lon, lat)[0] == pytest.approx(haversine_m(a, b))
    told = StraightLineTravel().estimate(a, b).duration_s
    assert straight_s(Origin(place=a, after_s=5.0), lon, lat, Crow())[0] == pytest.approx(
        told + 5.0, abs=1.01
    )


def test_the_radius_is_the_inverse_of_the_straight_time() -> None:
    crow = Crow(detour_factor=1.3, speed_kmh=60.0)
    assert crow.radius_m(600.0) == pytest.approx(10_000.0 / 1.3)
    assert crow.radius_m(-5.0) == 0.0


@pytest.mark.parametrize(("detour", "speed"), [(0.9, 60.0), (1.3, 0.0), (1.3, math.inf)])
def test_a_crow_flies_forward(detour: float, speed: float) -> None:
    with pytest.raises(ValueError, match="detour_factor"):
        Crow(detour_factor=detour, speed_kmh=speed)


@pytest.mark.parametrize("factor", [0.0, -1.0, math.inf, math.nan])
def test_a_correction_is_positive(factor: float) -> None:
    with pytest.raises(ValueError, match="factor"):
        driving(TOWN, factor=factor)

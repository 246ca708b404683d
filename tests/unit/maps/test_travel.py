"""The straight-line estimate: its arithmetic, its honesty and its limits."""

import math

import pytest

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.limits import MAX_TRAVEL_ORIGINS
from maps.travel import StraightLineTravel, TravelTimes

NANZHOU = Wgs84(lon=112.40654, lat=29.36382)
HUAGE = Wgs84(lon=112.65833, lat=29.29778)


def test_estimate_is_distance_times_detour_over_speed() -> None:
    travel: TravelTimes = StraightLineTravel(detour_factor=1.3, speed_kmh=60.0)
    answer = travel.estimate(NANZHOU, HUAGE)
    road_m = haversine_m(NANZHOU, HUAGE) * 1.3
    assert answer.distance_m == round(road_m)
    assert answer.duration_s == math.ceil(road_m / (60.0 / 3.6))
    assert answer.path == (NANZHOU, HUAGE)


def test_it_says_that_it_is_an_estimate() -> None:
    answer = StraightLineTravel().estimate(NANZHOU, HUAGE)
    assert answer.is_estimate
    assert answer.method == "straight_line"


def test_here_is_nowhere_to_go() -> None:
    answer = StraightLineTravel().estimate(NANZHOU, NANZHOU)
    assert (answer.duration_s, answer.distance_m) == (0, 0)


def test_many_keeps_the_order_and_agrees_with_one() -> None:
    travel = StraightLineTravel()
    assert travel.many([HUAGE, NANZHOU], NANZHOU) == [
        travel.estimate(HUAGE, NANZHOU),
        travel.estimate(NANZHOU, NANZHOU),
    ]
    assert travel.many([], NANZHOU) == []


def test_too_many_origins_are_refused() -> None:
    with pytest.raises(ValueError, match=str(MAX_TRAVEL_ORIGINS)):
        StraightLineTravel().many([NANZHOU] * (MAX_TRAVEL_ORIGINS + 1), HUAGE)


@pytest.mark.parametrize(
    ("detour_factor", "speed_kmh"),
    [(0.9, 60.0), (math.nan, 60.0), (1.3, 0.0), (1.3, -5.0), (1.3, 200.0), (1.3, math.nan)],
)
def test_impossible_policies_are_refused(detour_factor: float, speed_kmh: float) -> None:
    with pytest.raises(ValueError, match=r"detour_factor|speed_kmh"):
        StraightLineTravel(detour_factor=detour_factor, speed_kmh=speed_kmh)

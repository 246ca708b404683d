"""Travel models: exact small cases, positions on the way, first in first out."""

import math
import random

import pytest

from dispatch.simulation.shapes import Spot
from dispatch.simulation.travel import ByTheClock, GreatCircle, MatrixTravel
from maps.coordinates import Wgs84
from maps.distance import haversine_m
from tests.unit.simulation.towns import MIN, at, line

DAY = 16_000


@pytest.mark.parametrize(
    ("start", "length", "took"),
    # Tuson et al., figure 2 and tests: sixteenths of a day (DISPATCH 4.6)
    [(0, 11, 11), (0, 4, 4), (0, 5, 8), (3, 1, 1), (3, 2, 5), (3, 10, 9), (3, 11, 10)],
)
def test_the_published_journeys_through_changing_speeds(start: int, length: int, took: int) -> None:
    clock = ByTheClock(MatrixTravel([[[0]]]), [0, 4000, 8000, 12_000, DAY], [1, 0.25, 2, 1])
    assert clock.journey_ms(start * 1000, length * 1000) == pytest.approx(took * 1000, abs=1e-6)


def test_the_second_published_split() -> None:
    clock = ByTheClock(MatrixTravel([[[0]]]), [0, 3000, 6000, 10_000], [1, 0.5, 2])
    assert clock.journey_ms(3500, 2000) == pytest.approx(2875)


def test_nobody_arrives_earlier_by_leaving_later(seed: int) -> None:
    dice = random.Random(seed)
    breaks = [0, *sorted(dice.sample(range(1, 24), 5)), 24]
    speeds = [dice.uniform(0.1, 3.0) for _part in breaks[1:]]
    clock = ByTheClock(line(2), [one * 60 * MIN for one in breaks], speeds)
    for _pair in range(200):
        length_ms = dice.uniform(0, 50 * 60 * MIN)
        early, late = sorted(dice.uniform(0, 72 * 60 * MIN) for _one in range(2))
        arrives = early + clock.journey_ms(early, length_ms)
        assert late + clock.journey_ms(late, length_ms) >= arrives - 1e-3


def test_a_journey_by_the_clock_is_where_the_clock_says() -> None:
    half = ByTheClock(line(11), [0, 5 * MIN, 60 * MIN], [1.0, 0.5])
    assert half.one_ms(at(0), at(10), 0, 0) == 15 * MIN
    on_the_way = half.on_the_way(at(0), at(10), 9 * MIN, 0, 0)
    assert half.one_ms(on_the_way, at(10), 9 * MIN, 0) == 6 * MIN
    assert half.to_one_ms([at(0), at(1)], at(10), 0, 0) == [15 * MIN, 13 * MIN]
    assert half.from_one_ms(at(0), [at(2)], 0, 0) == [2 * MIN]
    assert half.metres(at(0), at(3)) == 3000.0


@pytest.mark.parametrize(
    ("breaks", "speeds"),
    [([0, 5], [1, 1]), ([1, 5], [1]), ([0, 5, 5], [1, 1]), ([0, 5], [0])],
)
def test_senseless_clocks_are_refused(breaks: list[int], speeds: list[float]) -> None:
    with pytest.raises(ValueError):
        ByTheClock(line(1), breaks, speeds)


def test_great_circles_agree_with_the_distance_of_the_map(seed: int) -> None:
    dice = random.Random(seed)
    plane = GreatCircle((1.0,), radius_m=6_371_008.8)
    for _pair in range(100):
        a, b = (Spot(dice.uniform(-179, 179), dice.uniform(-80, 80)) for _one in range(2))
        wanted = haversine_m(Wgs84(lon=a.lon, lat=a.lat), Wgs84(lon=b.lon, lat=b.lat))
        assert plane.metres(a, b) == pytest.approx(wanted, rel=1e-9, abs=1e-6)


def test_half_way_along_a_great_circle_is_half_the_time(seed: int) -> None:
    dice = random.Random(seed)
    plane = GreatCircle((20.0, 10.0), detour=1.3)
    for _pair in range(100):
        a = Spot(dice.uniform(111, 113), dice.uniform(28, 30))
        b = Spot(dice.uniform(111, 113), dice.uniform(28, 30))
        whole = plane.one_ms(a, b, 0, 0)
        part = dice.randrange(whole + 1)
        there = plane.on_the_way(a, b, part, 0, 0)
        assert plane.one_ms(a, there, 0, 0) == pytest.approx(part, abs=2)
        assert plane.one_ms(there, b, 0, 0) == pytest.approx(whole - part, abs=2)
        assert plane.one_ms(a, b, 0, 1) == pytest.approx(2 * whole, abs=2)
    assert plane.on_the_way(a, b, -1, 0, 0) == a
    assert plane.on_the_way(a, b, whole + 1, 0, 0) == b


def test_between_two_places_one_may_turn_round() -> None:
    travel = line(10)
    there = travel.on_the_way(at(2), at(8), 4 * MIN, 0, 0)
    assert travel.one_ms(there, at(8), 0, 0) == 2 * MIN
    assert travel.one_ms(there, at(2), 0, 0) == 4 * MIN
    assert travel.one_ms(there, at(0), 0, 0) == 6 * MIN
    # along a road the table knows only its ends: by the end ahead or the one behind
    again = travel.on_the_way(there, at(9), MIN, 0, 0)
    assert travel.one_ms(again, at(9), 0, 0) == 2 * MIN
    assert travel.one_ms(again, at(2), 0, 0) == 5 * MIN
    assert travel.on_the_way(at(2), at(8), 0, 0, 0) == at(2)
    assert travel.on_the_way(at(2), at(8), 6 * MIN, 0, 0) == at(8)


def test_senseless_models_are_refused() -> None:
    for speeds, detour in (((), 1.0), ((0.0,), 1.0), ((1.0,), 0.9)):
        with pytest.raises(ValueError):
            GreatCircle(speeds, detour=detour)
    for table in ([[0, 1]], [[-1]]):
        with pytest.raises(ValueError):
            MatrixTravel([table])


def test_a_place_by_itself_is_no_journey() -> None:
    plane = GreatCircle((10.0,))
    here = Spot(112.4, 29.3)
    assert plane.one_ms(here, here, 0, 0) == 0
    assert plane.from_one_ms(here, [here], 0, 0) == [0]
    assert math.isclose(plane.metres(here, here), 0.0)

"""The county's numbers of driving: bands of hours, ferries, and what cannot be meant."""

import msgspec
import numpy as np
import pytest

from maps.network.engine import SHUT
from maps.network.graph import CLASSES, RoadGraph
from maps.network.policy import DEFAULT_KMH, Ferry, HourBand, RoadPolicy, SpeedPolicy
from maps.network.speeds import speeds_kmh, unknown_ferries, weights_ms
from maps.network.travel import Roads
from tests.support.roads import graph_of

PLACES = [(112.40, 29.30), (112.41, 29.30), (112.42, 29.30), (112.43, 29.30)]
CROSSING = graph_of(
    PLACES,
    [
        {"nodes": [0, 1]},
        {"nodes": [1, 2], "road_class": "ferry", "name": "渡口", "minutes": 10.0},
        {"nodes": [2, 3]},
    ],
)
OUT = 2  # the arc from the west bank to the east one


def crossing_min(graph: RoadGraph, policy: SpeedPolicy, hour: int = 12, arc: int = OUT) -> float:
    weight = weights_ms(graph, policy, hour=hour, priority="P1")[arc]
    return float("inf") if weight == SHUT else float(weight) / 60_000


def test_every_road_class_has_a_usual_speed() -> None:
    assert set(DEFAULT_KMH) == set(CLASSES)


def test_a_band_slows_its_hours_and_a_class_further() -> None:
    road = graph_of(PLACES, [{"nodes": [0, 1], "road_class": "primary"}, {"nodes": [2, 3]}])
    rush = HourBand(name="rush", hours=(7, 8), factor=0.9, class_factor={"primary": 0.5})
    policy = SpeedPolicy(bands=(rush,))
    at = {hour: speeds_kmh(road, policy, hour=hour, priority="P3") for hour in (6, 7, 8, 9)}
    assert at[6].tolist() == at[9].tolist() == [60, 60, 28, 28]
    assert at[7].tolist() == pytest.approx([27, 27, 25.2, 25.2]) == at[8].tolist()


def test_hours_that_are_driven_alike_have_one_key() -> None:
    policy = SpeedPolicy(ferries=(Ferry(way=7, hours=(6, 7)),))
    keys = [policy.hour_key(hour) for hour in range(24)]
    assert keys[22] == keys[0] == keys[5] != keys[8]
    assert keys[6] == keys[7] and keys[6] != keys[8]
    assert len(set(keys)) == 3


def test_the_wait_is_where_a_ferry_is_boarded_and_not_between_its_lines() -> None:
    one = crossing_min(CROSSING, SpeedPolicy())
    assert one == pytest.approx(10 + 5)
    cut = graph_of(
        PLACES,
        [{"nodes": [0, 1]}, {"nodes": [1, 2, 3], "road_class": "ferry", "minutes": 5.0}],
    )
    both = [crossing_min(cut, SpeedPolicy(), arc=arc) for arc in (2, 4)]
    assert both == pytest.approx([5 + 5, 5]), "boarded once, at the bank"


def test_a_ferry_of_the_county_by_name_or_way() -> None:
    for named in ({"name": "渡口"}, {"way": 2}):
        ferry = Ferry(**named, wait_min=1, crossing_min=20)  # type: ignore[arg-type]
        assert crossing_min(CROSSING, SpeedPolicy(ferries=(ferry,))) == pytest.approx(21)
    other = Ferry(name="别的渡口", crossing_min=90)
    policy = SpeedPolicy(ferries=(other,))
    assert crossing_min(CROSSING, policy) == pytest.approx(15)
    assert unknown_ferries(CROSSING, policy) == ["别的渡口"]
    assert unknown_ferries(CROSSING, SpeedPolicy(ferries=(Ferry(way=2),))) == []
    # Way 1 is a road: a ferry cannot be named after it.
    assert unknown_ferries(CROSSING, SpeedPolicy(ferries=(Ferry(way=1),))) == ["way 1"]


def test_the_minutes_of_a_crossing_are_shared_by_its_pieces() -> None:
    cut = graph_of(
        PLACES, [{"nodes": [0, 1]}, {"nodes": [1, 2, 3], "road_class": "ferry", "name": "渡口"}]
    )
    policy = SpeedPolicy(ferries=(Ferry(name="渡口", wait_min=0, crossing_min=30),))
    ways = [crossing_min(cut, policy, arc=arc) for arc in (2, 3, 4, 5)]
    assert ways[0] + ways[2] == pytest.approx(30) == ways[1] + ways[3]


def test_outside_its_hours_a_ferry_is_shut_or_comes_when_called() -> None:
    by_day = Ferry(name="渡口", hours=tuple(range(6, 19)))
    called = Ferry(name="渡口", hours=tuple(range(6, 19)), called_wait_min=30)
    for ferry, night in ((by_day, float("inf")), (called, 40.0)):
        policy = SpeedPolicy(ferries=(ferry,))
        assert crossing_min(CROSSING, policy, hour=12) == pytest.approx(15)
        assert crossing_min(CROSSING, policy, hour=2) == pytest.approx(night)


def test_a_boat_for_passengers_is_shut_at_every_hour() -> None:
    boat = Ferry(name="渡口", takes_ambulances=False, called_wait_min=10)
    policy = SpeedPolicy(ferries=(boat,))
    assert all(crossing_min(CROSSING, policy, hour=hour) == float("inf") for hour in (2, 12))


def test_night_does_not_slow_a_ferry() -> None:
    plain = graph_of(PLACES, [{"nodes": [0, 1], "road_class": "ferry"}])
    day, night = (weights_ms(plain, SpeedPolicy(), hour=hour, priority="P1") for hour in (12, 2))
    assert np.array_equal(day, night)


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        (HourBand, {"name": "x", "hours": (24,)}, "band x: 24 is no hour of the day"),
        (HourBand, {"name": "x", "hours": (1, 1)}, "an hour stands twice"),
        (HourBand, {"name": " ", "hours": (1,)}, "has a name and at least one hour"),
        (HourBand, {"name": "x", "hours": ()}, "has a name and at least one hour"),
        (HourBand, {"name": "x", "hours": (1,), "factor": 0.0}, "positive"),
        (HourBand, {"name": "x", "hours": (1,), "class_factor": {"lane": 1.0}}, "lane is no road"),
        (Ferry, {}, "either its name or its OSM way"),
        (Ferry, {"name": "a", "way": 3}, "either its name or its OSM way"),
        (Ferry, {"name": "a", "wait_min": -1.0}, "ferry a: -1.0 is not in 0..1440"),
        (Ferry, {"way": 5, "crossing_min": 0.0}, "way 5: a crossing takes more than 0"),
        (Ferry, {"way": 5, "hours": (25,)}, "25 is no hour"),
        (SpeedPolicy, {"sirens": {"p1": 1.4}}, "p1 is no priority"),
        (SpeedPolicy, {"lowest_kmh": 140.0}, "lowest_kmh 140.0 is above highest_kmh"),
        (SpeedPolicy, {"ferry_wait_min": -1.0}, "ferry_wait_min -1.0"),
        (SpeedPolicy, {"of_limit": float("nan")}, "positive"),
        (SpeedPolicy, {"bands": (HourBand(name="a", hours=(1,)), HourBand(name="b", hours=(1,)))},
         "hour 1 stands twice"),
        (SpeedPolicy, {"ferries": (Ferry(way=1), Ferry(way=1))}, "way 1 stands twice"),
        (RoadPolicy, {"on_road_m": 3000.0}, "on_road_m 3000.0 and reach_m 2000.0"),
        (RoadPolicy, {"reach_m": float("nan")}, "reach_m nan"),
        (RoadPolicy, {"off_road_kmh": 0.0}, "off_road_kmh 0.0 is not in 1..60"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(kind: type, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kind(**wrong)


def test_the_defaults_are_the_same_when_they_come_back_from_the_log() -> None:
    written = msgspec.json.encode(RoadPolicy())
    assert msgspec.json.encode(msgspec.json.decode(written, type=RoadPolicy)) == written


def test_another_policy_shares_what_was_made_ready() -> None:
    roads = Roads(CROSSING, RoadPolicy())
    other = roads.under(RoadPolicy(speeds=SpeedPolicy(of_limit=0.5)))
    assert other.snapper is roads.snapper and other.engine is roads.engine
    assert (roads.policy.speeds.of_limit, other.policy.speeds.of_limit) == (0.85, 0.5)
    assert roads.under(RoadPolicy()) is roads

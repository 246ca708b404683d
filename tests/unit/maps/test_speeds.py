"""Milliseconds an arc: class, limit, sirens, hour, surface, ferry."""

import numpy as np
import pytest

from maps.network.graph import RESTRICTED, UNPAVED
from maps.network.speeds import SpeedPolicy, speeds_kmh, weights_ms
from tests.support.roads import graph_of

HERE = [(112.40, 29.30), (112.41, 29.30)]


def speed(
    policy: SpeedPolicy | None = None, hour: int = 12, priority: str = "", **road: object
) -> float:
    graph = graph_of(HERE, [{"nodes": [0, 1], **road}])
    found = speeds_kmh(graph, policy or SpeedPolicy(), hour=hour, priority=priority)
    assert found[0] == found[1]
    return float(found[0])


def test_class_limit_and_share_of_the_limit() -> None:
    assert speed(road_class="residential") == 28
    assert speed(road_class="residential", max_speed_kmh=50) == pytest.approx(42.5)
    assert speed(SpeedPolicy(class_kmh={"residential": 20}), road_class="residential") == 20
    assert speed(SpeedPolicy(of_limit=1.0), max_speed_kmh=50) == 50


@pytest.mark.parametrize(("priority", "factor"), [("P1", 1.42), ("P2", 1.42), ("P3", 1), ("", 1)])
def test_sirens_by_priority(priority: str, factor: float) -> None:
    assert speed(priority=priority) == pytest.approx(28 * factor)
    fast = 1.15 if factor > 1 else 1
    assert speed(road_class="trunk", priority=priority) == pytest.approx(75 * fast)


def test_a_slower_priority_slows_the_motorway_too() -> None:
    careful = SpeedPolicy(sirens={"P4": 0.9})
    assert speed(careful, road_class="motorway", priority="P4") == pytest.approx(90)


@pytest.mark.parametrize(("hour", "factor"), [(21, 1), (22, 0.82), (0, 0.82), (5, 0.82), (6, 1)])
def test_night(hour: int, factor: float) -> None:
    assert speed(hour=hour) == pytest.approx(28 * factor)


def test_surface_and_restriction() -> None:
    assert speed(flags=UNPAVED) == pytest.approx(28 * 0.7)
    assert speed(flags=RESTRICTED) == pytest.approx(28 * 0.6)
    assert speed(flags=UNPAVED | RESTRICTED) == pytest.approx(28 * 0.42)


def test_speeds_stay_within_the_policy_s_range() -> None:
    assert speed(road_class="path", flags=UNPAVED | RESTRICTED) == 5
    assert speed(road_class="motorway", max_speed_kmh=160, priority="P1") == 130


def test_weights_are_the_drive_rounded_up() -> None:
    graph = graph_of(HERE, [{"nodes": [0, 1]}])
    weights = weights_ms(graph, SpeedPolicy(), hour=12, priority="")
    expected = np.ceil(graph.length_m * 3600 / 28)
    assert weights.tolist() == expected.tolist() and weights.dtype == np.int32


def test_a_road_without_length_still_costs_something() -> None:
    graph = graph_of([HERE[0], HERE[0]], [{"nodes": [0, 1]}])
    assert weights_ms(graph, SpeedPolicy(), hour=12, priority="").tolist() == [1, 1]


def test_a_ferry_takes_its_timetable_and_the_wait() -> None:
    timed = graph_of(HERE, [{"nodes": [0, 1], "road_class": "ferry", "minutes": 12.0}])
    plain = graph_of(HERE, [{"nodes": [0, 1], "road_class": "ferry"}])
    policy = SpeedPolicy(ferry_wait_min=4)
    assert weights_ms(timed, policy, hour=12, priority="P1").tolist() == [16 * 60_000] * 2
    drive_ms = np.ceil(plain.length_m[0] * 3600 / 8 + 240_000)
    assert weights_ms(plain, policy, hour=12, priority="P1")[0] == drive_ms


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"class_kmh": {"autobahn": 100.0}}, "class_kmh: autobahn is no road class"),
        ({"class_kmh": {"track": 0.0}}, "positive"),
        ({"bands": (), "unpaved": 0.0}, "positive"),
        ({"sirens": {"P1": -1.0}}, "positive"),
        ({"of_limit": 1000.0}, "below 1000"),
    ],
)
def test_a_policy_that_means_nothing(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SpeedPolicy(**wrong)  # type: ignore[arg-type]

"""What must hold of travel times whatever the roads are: no answer known, only how two compare."""

import math
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.network.closures import Closure
from maps.network.graph import CLASSES, RoadGraph
from maps.network.learned import Drive, Learned, learn
from maps.network.policy import HourBand, RoadPolicy, SpeedPolicy
from maps.network.travel import Roads, RoadTravel
from maps.travel import StraightLineTravel, TravelEstimate
from tests.support.roads import Road, graph_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
COUNT = 12
# On a circle no road between two places passes near a third: where a place is on the road is never
# in doubt, whatever roads are drawn and whatever is shut.
PLACES = [
    (
        112.4 + 0.02 * math.cos(2 * math.pi * k / COUNT),
        29.3 + 0.02 * math.sin(2 * math.pi * k / COUNT),
    )
    for k in range(COUNT)
]
FRAME: list[Road] = [{"nodes": [*range(COUNT), 0]}]  # the ring, so that a way always leads there
NODES = st.integers(0, COUNT - 1)
DRIVEN = [name for name in CLASSES if name not in {"ferry", "path"}]


@st.composite
def a_road(draw: st.DrawFn) -> Road:
    ends = draw(st.lists(NODES, min_size=2, max_size=4, unique=True))
    return {
        "nodes": ends,
        "road_class": draw(st.sampled_from(DRIVEN)),
        "is_oneway": draw(st.booleans()),
        "max_speed_kmh": draw(st.sampled_from([0, 20, 50, 120])),
    }


@st.composite
def a_closure(draw: st.DrawFn) -> Closure:
    lon, lat = PLACES[draw(NODES)]
    half = draw(st.sampled_from([0.0005, 0.006, 0.02]))
    corners = [(lon - half, lat - half), (lon + half, lat - half), (lon + half, lat + half),
               (lon - half, lat + half)]  # fmt: skip
    kind = draw(st.sampled_from(["closed", "slow"]))
    return Closure(
        closure_id=f"c{draw(st.integers(0, 10**6))}",
        kind=kind,
        factor=draw(st.floats(1.1, 20.0)) if kind == "slow" else 1.0,
        outline=tuple(Wgs84(lon=x, lat=y) for x, y in corners),
        from_at=NOON,
    )


ROADS = st.lists(a_road(), max_size=6)
PRIORITY = st.sampled_from(["P1", "P2", "P3", "P4", ""])


def asked(
    graph: RoadGraph,
    start: int,
    end: int,
    priority: str,
    *,
    policy: RoadPolicy | None = None,
    closures: tuple[Closure, ...] = (),
    learned: Learned | None = None,
) -> TravelEstimate:
    roads = Roads(graph, policy or RoadPolicy())
    travel = RoadTravel(roads, StraightLineTravel(), ZONE, learned or Learned(spread=0.0))
    travel.set_closures(closures)
    places = [Wgs84(lon=lon, lat=lat) for lon, lat in (PLACES[start], PLACES[end])]
    return travel.when(NOON, priority).estimate(*places)


laws = settings(max_examples=60)


@laws
@given(ROADS, a_road(), NODES, NODES, PRIORITY)
def test_one_road_more_never_lengthens(
    roads: list[Road], more: Road, start: int, end: int, priority: str
) -> None:
    before = asked(graph_of(PLACES, FRAME + roads), start, end, priority)
    after = asked(graph_of(PLACES, FRAME + roads + [more]), start, end, priority)
    assert after.duration_s <= before.duration_s


@laws
@given(ROADS, st.lists(a_closure(), max_size=2), a_closure(), NODES, NODES, PRIORITY)
def test_one_closure_or_slow_zone_more_never_shortens_a_way(
    roads: list[Road], closures: list[Closure], more: Closure, start: int, end: int, priority: str
) -> None:
    graph = graph_of(PLACES, FRAME + roads)
    before = asked(graph, start, end, priority, closures=tuple(closures))
    after = asked(graph, start, end, priority, closures=(*closures, more))
    if before.method == after.method == "road":  # a way that is gone is told by its method
        assert after.duration_s >= before.duration_s


@laws
@given(ROADS, NODES, NODES, PRIORITY, st.floats(0.3, 1.0))
def test_a_slower_hour_never_shortens(
    roads: list[Road], start: int, end: int, priority: str, factor: float
) -> None:
    graph = graph_of(PLACES, FRAME + roads)
    slow = HourBand(name="noon", hours=(12,), factor=factor)
    policy = RoadPolicy(speeds=SpeedPolicy(bands=(slow,)))
    usual = asked(graph, start, end, priority)
    assert asked(graph, start, end, priority, policy=policy).duration_s >= usual.duration_s


@laws
@given(ROADS, NODES, NODES, PRIORITY, st.floats(0.0, 1.5), st.floats(-1.0, 1.0))
def test_the_p80_is_never_below_the_median(
    roads: list[Road], start: int, end: int, priority: str, spread: float, overall: float
) -> None:
    graph = graph_of(PLACES, FRAME + roads)
    learned = Learned(spread=spread, overall=overall)
    found = asked(graph, start, end, priority, learned=learned)
    assert found.duration_p80_s >= found.duration_s


@laws
@given(ROADS, NODES, NODES, NODES, PRIORITY)
def test_a_detour_over_a_third_place_is_never_quicker(
    roads: list[Road], start: int, over: int, end: int, priority: str
) -> None:
    graph = graph_of(PLACES, FRAME + roads)
    straight = asked(graph, start, end, priority).duration_s
    first, second = (asked(graph, *ends, priority) for ends in ((start, over), (over, end)))
    assert straight <= first.duration_s + second.duration_s


@laws
@given(ROADS, NODES, NODES, PRIORITY)
def test_learning_from_no_drive_changes_no_time(
    roads: list[Road], start: int, end: int, priority: str
) -> None:
    graph = graph_of(PLACES, FRAME + roads)
    plain = asked(graph, start, end, priority, learned=Learned())
    assert asked(graph, start, end, priority, learned=learn([])) == plain


@given(
    st.floats(60, 5000),
    st.floats(0.3, 3.0),
    st.integers(0, 23),
    st.sampled_from(["P1", "P3"]),
    st.lists(st.integers(1, 400), min_size=2, max_size=6, unique=True),
)
def test_more_drives_of_one_kind_move_the_factor_further_towards_what_they_say(
    estimated_s: float, ratio: float, hour: int, priority: str, counts: list[int]
) -> None:
    one = Drive(
        estimated_s=estimated_s, observed_s=estimated_s * ratio, hour=hour, priority=priority
    )
    found = [learn([one] * count).factor(hour, priority) for count in sorted(counts)]
    left = [abs(factor - ratio) for factor in (1.0, *found)]
    assert all(later <= sooner + 1e-9 for sooner, later in pairwise(left))
    low, high = sorted((1.0, ratio))
    assert all(low - 1e-9 <= factor <= high + 1e-9 for factor in found)


@pytest.mark.parametrize(("count", "off"), [(50, 0.2), (500, 0.02), (5000, 0.002)])
def test_times_twice_as_long_are_learned_as_a_factor_of_two(count: int, off: float) -> None:
    rows: list[dict[str, Any]] = [
        {"hour": hour, "priority": priority}
        for hour in (2, 7, 12, 19)
        for priority in ("P1", "P2", "P3", "P4")
    ]
    drives = [Drive(estimated_s=500, observed_s=1000, **rows[k % len(rows)]) for k in range(count)]
    learned = learn(drives)
    for row in rows:
        assert learned.factor(**row) == pytest.approx(2.0, rel=off)

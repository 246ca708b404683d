"""Road travel times: along the road, off it, round a closure, and honest where there is none."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maps.coordinates import Wgs84
from maps.limits import MAX_TRAVEL_ORIGINS
from maps.network.closures import Closure
from maps.network.graph import RoadGraph
from maps.network.learned import Learned
from maps.network.speeds import SpeedPolicy
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import P80_Z, StraightLineTravel
from tests.support.roads import graph_of, grid

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # 12:00 in China
NIGHT = NOON + timedelta(hours=12)
SLOW = RoadPolicy(speeds=SpeedPolicy(class_kmh={"residential": 36.0}))  # 10 m/s
STRAIGHT = StraightLineTravel()


def travel(
    graph: RoadGraph, policy: RoadPolicy = SLOW, learned: Learned | None = None
) -> RoadTravel:
    known = learned or Learned(spread=0.0)
    return RoadTravel(Roads(graph, policy), STRAIGHT, ZoneInfo("Asia/Shanghai"), known)


def at(lon: float, lat: float) -> Wgs84:
    return Wgs84(lon=lon, lat=lat)


TOWN = grid(4, 4)
SIDE_M = float(TOWN.length_m[0])  # west to east
RISE_M = float(TOWN.length_m[-1])  # south to north
TRAVEL = travel(TOWN)
VIEW = TRAVEL.when(NOON, "P3")


def test_corner_to_corner() -> None:
    found = VIEW.estimate(at(112.4, 29.3), at(112.403, 29.303))
    way_m = 3 * SIDE_M + 3 * RISE_M
    assert found.method == "road" and not found.is_estimate
    assert found.distance_m == pytest.approx(way_m, abs=2)
    assert found.duration_s == pytest.approx(way_m / 10, abs=2)
    assert found.duration_p80_s == found.duration_s
    assert len(found.path) >= 7
    assert (found.path[0], found.path[-1]) == (at(112.4, 29.3), at(112.403, 29.303))


def test_the_path_follows_the_roads_without_a_jump() -> None:
    found = VIEW.estimate(at(112.4004, 29.30001), at(112.4026, 29.30301))
    for a, b in zip(found.path, found.path[1:], strict=False):
        is_along = abs(a.lon - b.lon) < 2e-5 or abs(a.lat - b.lat) < 2e-5
        assert is_along, (a, b)
    lons = [place.lon for place in found.path]
    assert min(lons) >= 112.4004 - 1e-6 and max(lons) <= 112.4026 + 1e-6


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.7), (0.7, 0.2), (0.4, 0.4)])
def test_two_places_on_one_road(start: float, end: float) -> None:
    found = VIEW.estimate(at(112.4 + start / 1000, 29.3), at(112.4 + end / 1000, 29.3))
    assert found.distance_m == pytest.approx(abs(end - start) * SIDE_M, abs=1)
    assert found.duration_s == math.ceil(round(abs(end - start) * SIDE_M * 100) / 1000)


def test_one_way_streets_are_driven_round() -> None:
    block = graph_of(
        [(112.4, 29.3), (112.401, 29.3), (112.401, 29.301), (112.4, 29.301)],
        [{"nodes": [0, 1, 2, 3, 0], "is_oneway": True}],
    )
    view = travel(block).when(NOON, "P3")
    there = view.estimate(at(112.4002, 29.3), at(112.4008, 29.3))
    back = view.estimate(at(112.4008, 29.3), at(112.4002, 29.3))
    whole_m = float(block.length_m.sum())
    assert there.distance_m == pytest.approx(0.6 * SIDE_M, abs=2)
    assert back.distance_m == pytest.approx(whole_m - 0.6 * SIDE_M, abs=2)


def test_off_the_road_is_said_and_costs_time() -> None:
    field = at(112.4015, 29.2982)  # 200 m south of the first street
    found = VIEW.estimate(at(112.4, 29.3), field)
    assert found.method == "road_and_straight_line" and found.is_estimate
    off_m = 0.0018 * 111_195
    assert found.distance_m == pytest.approx(1.5 * SIDE_M + off_m, abs=3)
    assert found.duration_s == pytest.approx(1.5 * SIDE_M / 10 + off_m * 3.6 / 12, abs=2)


def test_beside_the_road_is_on_it() -> None:
    limit_deg = SLOW.on_road_m / 111_195
    near = VIEW.estimate(at(112.4, 29.3), at(112.4015, 29.3 - limit_deg * 0.98))
    far = VIEW.estimate(at(112.4, 29.3), at(112.4015, 29.3 - limit_deg * 1.02))
    assert (near.method, far.method) == ("road", "road_and_straight_line")


@pytest.mark.parametrize("place", [at(113.5, 30.5), at(112.4, 29.2)])
def test_beyond_reach_the_straight_line_answers_and_says_so(place: Wgs84) -> None:
    for found, true in (
        (VIEW.estimate(place, at(112.4, 29.3)), STRAIGHT.estimate(place, at(112.4, 29.3))),
        (VIEW.estimate(at(112.4, 29.3), place), STRAIGHT.estimate(at(112.4, 29.3), place)),
    ):
        assert found == true
        assert found.method == "straight_line" and found.is_estimate


def ring(a: tuple[float, float], b: tuple[float, float], **more: object) -> Closure:
    corners = (a, (b[0], a[1]), b, (a[0], b[1]))
    given = {"closure_id": "c", "kind": "closed", "from_at": NOON - timedelta(hours=1)} | more
    outline = tuple(at(*corner) for corner in corners)
    return Closure(outline=outline, **given)  # type: ignore[arg-type]


def test_a_closure_is_driven_round_at_once_and_gone_when_lifted() -> None:
    roads = travel(TOWN)
    start, end = at(112.4002, 29.3), at(112.4028, 29.3)
    before = roads.when(NOON, "P1").estimate(start, end)
    roads.set_closures([ring((112.4012, 29.2999), (112.4018, 29.3001))])
    during = roads.when(NOON, "P1").estimate(start, end)
    earlier = roads.when(NOON - timedelta(hours=2), "P1").estimate(start, end)
    roads.set_closures([])
    assert during.distance_m == pytest.approx(before.distance_m + 2 * RISE_M, abs=3)
    assert roads.when(NOON, "P1").estimate(start, end) == before == earlier


def test_a_place_inside_a_closure_is_reached_from_the_next_open_road() -> None:
    roads = travel(TOWN)
    roads.set_closures([ring((112.4002, 29.2999), (112.4028, 29.3001))])
    inside = at(112.4015, 29.30002)
    found = roads.when(NOON, "P1").estimate(at(112.4, 29.303), inside)
    assert found.method == "road_and_straight_line"
    assert 40 < found.distance_m < 3000


def test_where_everything_is_shut_the_straight_line_answers() -> None:
    roads = travel(TOWN)
    roads.set_closures([ring((112.3, 29.2), (112.5, 29.4))])
    assert (
        roads.when(NOON, "P1").estimate(at(112.4, 29.3), at(112.403, 29.3)).method
        == "straight_line"
    )


def test_a_closed_bridge_cuts_the_town_in_two() -> None:
    places = [(112.40, 29.30), (112.41, 29.30), (112.42, 29.30), (112.43, 29.30)]
    river = graph_of(places, [{"nodes": [0, 1, 2, 3]}])
    roads = travel(river)
    roads.set_closures([ring((112.414, 29.299), (112.416, 29.301))])
    view = roads.when(NOON, "P1")
    assert view.estimate(at(112.401, 29.3), at(112.429, 29.3)).method == "straight_line"
    assert view.estimate(at(112.401, 29.3), at(112.409, 29.3)).method == "road"


def test_the_hour_and_the_priority_change_the_time() -> None:
    start, end = at(112.4, 29.3), at(112.403, 29.303)
    by_day = TRAVEL.when(NOON, "P3").estimate(start, end).duration_s
    with_sirens = TRAVEL.when(NOON, "P1").estimate(start, end).duration_s
    at_night = VIEW.when(NIGHT, "P3").estimate(start, end).duration_s
    assert with_sirens == pytest.approx(by_day / 1.42, abs=2)
    assert at_night == pytest.approx(by_day / 0.82, abs=2)


def test_what_was_learned_stretches_median_and_p80() -> None:
    learned = Learned(overall=math.log(1.2), spread=0.3)
    start, end = at(112.4, 29.3), at(112.403, 29.303)
    plain = VIEW.estimate(start, end)
    found = travel(TOWN, learned=learned).when(NOON, "P3").estimate(start, end)
    assert found.duration_s == pytest.approx(plain.duration_s * 1.2, abs=2)
    expected = plain.duration_s * 1.2 * math.exp(0.3 * P80_Z)
    assert found.duration_p80_s == pytest.approx(expected, abs=2)


def everywhere(count: int) -> list[Wgs84]:
    return [at(112.3995 + 0.00007 * k, 29.2993 + 0.00011 * ((k * 7) % 40)) for k in range(count)]


@pytest.mark.parametrize("count", [1, 64, 65, 120])
def test_many_say_what_one_says_but_no_path(count: int) -> None:
    origins, end = [*everywhere(count - 1), at(113.5, 30.5)], at(112.4017, 29.3013)
    found = VIEW.many(origins, end)
    for origin, one in zip(origins, found, strict=True):
        true = VIEW.estimate(origin, end)
        assert one.method == true.method
        assert abs(one.duration_s - true.duration_s) <= 1
        assert abs(one.distance_m - true.distance_m) <= 2
        assert one.path == () or one.method == "straight_line"
    back = VIEW.to_many(end, origins[:5])
    assert [b.duration_s for b in back] == [VIEW.estimate(end, o).duration_s for o in origins[:5]]


def test_many_to_a_place_without_roads() -> None:
    nowhere = at(113.5, 30.5)
    assert VIEW.many(everywhere(70), nowhere) == STRAIGHT.many(everywhere(70), nowhere)


def test_too_many_at_once() -> None:
    places = [at(112.4, 29.3)] * (MAX_TRAVEL_ORIGINS + 1)
    for ask in (lambda: VIEW.many(places, places[0]), lambda: VIEW.to_many(places[0], places)):
        with pytest.raises(ValueError, match="2001 places, at most 2000 at once"):
            ask()


def test_views_do_not_pile_up() -> None:
    roads = travel(TOWN)
    roads.set_closures(
        ring((112.4, 29.2), (112.5, 29.4), closure_id=str(k), from_at=NOON + timedelta(hours=k))
        for k in range(100)
    )
    for k in range(100):
        roads.when(NOON + timedelta(hours=k), "P1")
    assert len(roads._views) <= 64

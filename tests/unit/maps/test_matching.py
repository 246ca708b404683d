"""Map matching on small graphs made by hand: what is matched, and what must never be."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import Refused
from maps.coordinates import Datum, Wgs84, from_wgs84
from maps.distance import haversine_m
from maps.limits import MAX_TRACE_FIXES
from maps.matching.datum import judge_datum
from maps.matching.live import Matcher
from maps.matching.model import Fix, MatchPolicy, RoadModel, road_bearing_deg
from maps.matching.viterbi import MatchedTrace, match_trace
from maps.matching.ways import Leg, along, places_of
from maps.network.dijkstra import DijkstraEngine
from maps.network.graph import RoadGraph
from maps.network.snap import Snapped, Snapper
from tests.support.roads import graph_of, grid

LON, LAT = 112.4, 29.3
_M_PER_DEG = 111_195.0
_SHRINK = math.cos(math.radians(LAT))


def place(east_m: float, north_m: float) -> Wgs84:
    return Wgs84(lon=LON + east_m / (_M_PER_DEG * _SHRINK), lat=LAT + north_m / _M_PER_DEG)


def pair(east_m: float, north_m: float) -> tuple[float, float]:
    here = place(east_m, north_m)
    return here.lon, here.lat


def model_of(graph: RoadGraph, **policy: Any) -> RoadModel:
    engine = DijkstraEngine(graph, np.ones(graph.arcs, np.int32))
    return RoadModel(graph, Snapper(graph), engine, MatchPolicy(**policy))


def fixes(
    places: Sequence[tuple[float, float]], every_s: float | None = 5, **more: Any
) -> list[Fix]:
    return [
        Fix(place=place(*at), at_s=None if every_s is None else number * every_s, **more)
        for number, at in enumerate(places)
    ]


def street(length_m: float = 1_000, **road: Any) -> RoadGraph:
    """One straight street to the east; arc 0 goes east, arc 1 (two-way only) west."""
    return graph_of([pair(0, 0), pair(length_m, 0)], [{"nodes": [0, 1]} | road])


def check(graph: RoadGraph, count: int, trace: MatchedTrace) -> None:
    """What holds of every answer."""
    assert len(trace.points) == count
    for point in trace.points:
        has_place = point.state in ("matched", "unsure")
        assert (point.place is not None) is has_place
        assert 0.0 <= point.confidence <= 1.0 + 1e-9
        if point.distance_m is not None and not point.is_still:
            assert point.distance_m <= 200
    for one in trace.segments:
        assert one.first <= one.last
        assert one.length_m >= 0
        for arc, after in pairwise(one.arcs):
            is_on = graph.head[arc] == graph.tail[after]
            assert is_on or graph.twin[arc] == after
    for one, other in pairwise(trace.segments):
        assert one.last < other.first
    assert len(trace.breaks) == max(0, len(trace.segments) - 1)


def test_a_drive_along_a_street_and_the_direction_of_it() -> None:
    graph = street()
    model = model_of(graph)
    noise = [3, -6, 8, -2, 5, -9, 4, 0, -7, 6]
    east = fixes([(100 + 80 * k, off) for k, off in enumerate(noise)])
    trace = match_trace(model, east)
    check(graph, 10, trace)
    assert [one.arcs for one in trace.segments] == [(0,)]
    assert trace.segments[0].length_m == pytest.approx(720, abs=2)
    assert {point.state for point in trace.points} == {"matched"}
    west = fixes([(900 - 80 * k, off) for k, off in enumerate(noise)])
    assert [one.arcs for one in match_trace(model, west).segments] == [(1,)]


def test_a_drive_round_corners_with_and_without_times() -> None:
    graph = grid(4, 4, spacing_deg=0.003)  # 291 m east, 334 m north
    way = [(50 + 40 * k, 4.0) for k in range(7)] + [(291.0, 30 + 40 * k) for k in range(9)]
    way += [(320 + 40 * k, 334.0 - 5) for k in range(6)]
    for every_s in (4, None):
        trace = match_trace(model_of(graph), fixes(way, every_s))
        check(graph, len(way), trace)
        (one,) = trace.segments
        nodes = [int(graph.tail[one.arcs[0]]), *(int(graph.head[arc]) for arc in one.arcs)]
        assert nodes == [0, 1, 5, 6]


def test_a_vehicle_that_turns_back_on_the_road() -> None:
    graph = street(2_000)
    there = [(200 + 60 * k, 3.0) for k in range(10)]
    trace = match_trace(model_of(graph), fixes(there + there[-2::-1]))
    assert [one.arcs for one in trace.segments] == [(0, 1)]
    assert trace.segments[0].length_m == pytest.approx(1_080, abs=5)


def test_a_fix_without_a_road_is_never_forced() -> None:
    trace = match_trace(model_of(street()), fixes([(100, 0), (150, 400), (200, 0), (250, 0)]))
    assert [point.state for point in trace.points] == ["matched", "off_road", "matched", "matched"]
    assert trace.points[1].place is None
    assert not trace.breaks
    field = match_trace(model_of(street()), fixes([(100 * k, 900) for k in range(9)]))
    assert {point.state for point in field.points} == {"off_road"}
    assert field.segments == ()
    assert match_trace(model_of(street()), []).points == ()


def test_one_wrong_fix_is_a_jump_and_the_drive_goes_on() -> None:
    graph = grid(12, 12, spacing_deg=0.003)
    way = [(50 + 40 * k, 2.0) for k in range(12)]
    way[6] = (2_330, 2_900)
    trace = match_trace(model_of(graph), fixes(way))
    check(graph, 12, trace)
    assert [n for n, point in enumerate(trace.points) if point.state == "jump"] == [6]
    assert len(trace.segments) == 1
    assert trace.breaks == ()


def test_where_no_road_leads_there_is_a_break_that_says_so() -> None:
    places = [pair(0, 0), pair(1_000, 0), pair(1_200, 0), pair(2_200, 0)]
    graph = graph_of(places, [{"nodes": [0, 1]}, {"nodes": [2, 3]}])
    trace = match_trace(model_of(graph), fixes([(650 + 60 * k, 0) for k in range(20)]))
    check(graph, 20, trace)
    assert [(one.arcs, two.arcs) for one, two in pairwise(trace.segments)] == [((0,), (2,))]
    (lost,) = trace.breaks
    assert lost.cause == "no_way"
    assert lost.before > lost.after


def test_after_a_long_silence_nothing_is_known_of_the_way() -> None:
    graph = street(9_000)
    first = fixes([(100 + 60 * k, 0) for k in range(5)])
    later = [Fix(place=place(900 + 60 * k, 0), at_s=2_000 + 5 * k) for k in range(5)]
    trace = match_trace(model_of(graph), first + later)
    check(graph, 10, trace)
    assert [(one.after, one.before, one.cause) for one in trace.breaks] == [(4, 5, "gap")]
    far = fixes([(100 + 60 * k, 0) for k in range(5)] + [(7_000 + 60 * k, 0) for k in range(5)])
    assert [one.cause for one in match_trace(model_of(graph), far).breaks] == ["gap"]


def test_against_a_one_way_street_no_detour_is_invented() -> None:
    corners = [pair(0, 0), pair(900, 0), pair(900, 900), pair(0, 900)]
    graph = graph_of(corners, [{"nodes": [0, 1, 2, 3, 0], "is_oneway": True}])
    trace = match_trace(model_of(graph), fixes([(850 - 50 * k, 0) for k in range(16)]))
    check(graph, 16, trace)
    assert sum(one.length_m for one in trace.segments) < 100
    assert "jump" in {point.state for point in trace.points} or trace.breaks


def test_between_two_roads_alike_it_is_unsure() -> None:
    places = [pair(0, 15), pair(1_000, 15), pair(0, -15), pair(1_000, -15)]
    graph = graph_of(places, [{"nodes": [0, 1]}, {"nodes": [2, 3]}])
    middle = match_trace(model_of(graph), fixes([(100 + 60 * k, 0.0) for k in range(9)]))
    assert {point.state for point in middle.points} == {"unsure"}
    north = match_trace(model_of(graph), fixes([(100 + 60 * k, 14.0) for k in range(9)]))
    assert {point.state for point in north.points} == {"matched"}
    assert {point.arc for point in north.points} == {0}


def test_a_heading_decides_at_a_crossing() -> None:
    places = [pair(-500, 0), pair(0, 0), pair(500, 0), pair(0, -500), pair(0, 500)]
    graph = graph_of(places, [{"nodes": [0, 1, 2]}, {"nodes": [3, 1, 4]}])
    model = model_of(graph)
    for heading, name in ((90.0, 1), (270.0, 1), (0.0, 2), (180.0, 2)):
        fix = Fix(place=place(12, 12), heading_deg=heading, speed_kmh=40)
        point = Matcher(model).feed(fix)
        assert point.arc is not None
        assert graph.osm_way[point.arc] == name
        on = Snapped(arc=point.arc, fraction=0.5, distance_m=0, place=fix.place)
        assert road_bearing_deg(graph, on) == pytest.approx(heading, abs=0.1)
    slow = match_trace(model, fixes([(12, 12)], heading_deg=90.0, speed_kmh=2.0))
    assert slow.points[0].state == "unsure"


@pytest.mark.parametrize("speed_kmh", [None, 0.0])
def test_a_standing_vehicle_does_not_wander(speed_kmh: float | None) -> None:
    graph = grid(5, 5, spacing_deg=0.003)
    model = model_of(graph)
    rng = np.random.default_rng(4)
    way = [(50 + 30.0 * k, 0.0) for k in range(6)]
    stood = [(200 + float(x), float(y)) for x, y in rng.normal(scale=9.0, size=(300, 2))]
    drive = fixes(way, 2) + [
        Fix(place=place(*at), at_s=20.0 + second, speed_kmh=speed_kmh)
        for second, at in enumerate(stood)
    ]
    trace = match_trace(model, drive)
    check(graph, len(drive), trace)
    assert sum(one.length_m for one in trace.segments) <= 200
    matcher = Matcher(model)
    live = [matcher.feed(fix) for fix in drive]
    for points in (trace.points[6:], live[6:]):
        places = [point.place for point in points if point.place is not None]
        assert len(places) == 300
        spread_m = max(haversine_m(places[0], one) for one in places)
        assert spread_m <= (60 if speed_kmh is None else 1)
        if speed_kmh is not None:
            assert all(point.is_still for point in points)


def test_live_matches_follow_the_drive_and_late_fixes_change_nothing() -> None:
    graph = grid(4, 4, spacing_deg=0.003)
    matcher = Matcher(model_of(graph))
    for fix in fixes([(50 + 40 * k, 5.0) for k in range(6)]):
        point = matcher.feed(fix)
        assert point.state == "matched"
        assert point.place is not None
        assert haversine_m(point.place, fix.place) < 6
    assert point.arc is not None
    assert (int(graph.tail[point.arc]), int(graph.head[point.arc])) == (0, 1)
    late = matcher.feed(Fix(place=place(900, 900), at_s=3.0))
    assert (late.state, late.place) == ("late", None)
    again = matcher.feed(Fix(place=place(290, 3.0), at_s=30.0))
    assert again.state == "matched"


def test_live_jumps_are_left_out_until_they_agree() -> None:
    graph = grid(12, 12, spacing_deg=0.003)
    matcher = Matcher(model_of(graph))
    for fix in fixes([(50 + 40 * k, 0) for k in range(5)]):
        matcher.feed(fix)
    away = [Fix(place=place(2_330 + 10 * k, 3_000), at_s=30.0 + k) for k in range(3)]
    assert [matcher.feed(fix).state for fix in away][:2] == ["jump", "jump"]
    assert matcher.feed(Fix(place=place(2_900, 2_690), at_s=60.0)).place is not None
    assert matcher.feed(Fix(place=place(145, 500), at_s=99.0)).state == "off_road"


def test_live_after_a_pause_it_begins_again_at_once() -> None:
    matcher = Matcher(model_of(street(9_000)))
    matcher.feed(Fix(place=place(100, 0), at_s=0.0))
    assert matcher.feed(Fix(place=place(8_000, 0), at_s=4_000.0)).place is not None


def test_both_ways_of_matching_agree_on_a_clear_drive() -> None:
    graph = grid(6, 6, spacing_deg=0.002)
    model = model_of(graph)
    drive = fixes([(20 + 45 * k, 3.0 * (-1) ** k) for k in range(18)])
    matcher = Matcher(model)
    live = [matcher.feed(fix).arc for fix in drive]
    whole = [point.arc for point in match_trace(model, drive).points]
    assert sum(one == other for one, other in zip(live, whole, strict=True)) >= 16


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-200, 1_200), st.floats(-200, 1_200), st.integers(0, 400),
            st.none() | st.floats(0, 120), st.none() | st.floats(0, 359),
        ),
        max_size=25,
    ),
    st.booleans(),
)  # fmt: skip
def test_any_fixes_at_all(rows: list[tuple[Any, ...]], has_time: bool) -> None:
    graph = grid(4, 4, spacing_deg=0.003, is_oneway=has_time)
    model = model_of(graph)
    drive = [
        Fix(place=place(x, y), at_s=at if has_time else None, speed_kmh=v, heading_deg=h)
        for x, y, at, v, h in sorted(rows, key=lambda row: row[2])
    ]
    check(graph, len(drive), match_trace(model, drive))
    matcher = Matcher(model)
    for fix in drive:
        point = matcher.feed(fix)
        assert (point.place is not None) is (point.state in ("matched", "unsure"))


def test_a_trace_too_long_is_refused() -> None:
    one = Fix(place=place(0, 0))
    with pytest.raises(Refused) as refused:
        match_trace(model_of(street()), [one] * (MAX_TRACE_FIXES + 1))
    assert refused.value.code == "too_many_fixes"


@pytest.mark.parametrize("bad", [{"sigma_m": 0}, {"beta_m": math.nan}, {"roads": 0}, {"jumps": 0}])
def test_a_policy_that_cannot_be(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|needs"):
        MatchPolicy(**bad)


def test_places_along_a_leg_never_go_back() -> None:
    graph = grid(1, 4, spacing_deg=0.001)
    east = [arc for arc in range(graph.arcs) if graph.head[arc] > graph.tail[arc]]
    leg = Leg(arcs=tuple(east), first=0.5, last=0.5)
    assert leg.length_m(graph) == pytest.approx(194, abs=1)
    spot, at_m = along(graph, leg, place(150, 8), 0.0)
    assert spot.arc == east[1]
    assert at_m == pytest.approx(150 - 48.5, abs=1)
    behind, still_m = along(graph, leg, place(60, 8), at_m)
    assert still_m == at_m
    assert behind.place == spot.place
    end, end_m = along(graph, leg, place(900, 0), 0.0)
    assert end.arc == east[2]
    assert end.fraction == pytest.approx(0.5)
    assert end_m == pytest.approx(leg.length_m(graph))
    line = places_of(graph, leg)
    assert sum(haversine_m(a, b) for a, b in pairwise(line)) == pytest.approx(194, abs=1)


# --- the datum ------------------------------------------------------------------------------


def winding() -> RoadGraph:
    """Three roads of some kilometres with bends, none a copy of another by a shift."""
    roads = [
        [(0, 0), (400, 150), (700, 600), (1_300, 700), (1_500, 1_300), (2_400, 1_500)],
        [(-300, 900), (200, 1_000), (500, 1_700), (1_200, 1_800), (2_600, 2_600)],
        [(900, -800), (1_000, 100), (1_300, 700), (1_250, 2_000), (900, 2_900)],
    ]
    places = [pair(*at) for road in roads for at in road]
    ends = np.cumsum([0] + [len(road) for road in roads]).tolist()
    return graph_of(places, [{"nodes": list(range(a, b))} for a, b in pairwise(ends)])


def driven(datum: Datum, count: int = 40) -> list[tuple[float, float]]:
    """The first winding road as a device of that datum says it, 8 m of noise."""
    corners = [(0, 0), (400, 150), (700, 600), (1_300, 700), (1_500, 1_300), (2_400, 1_500)]
    reached = np.concatenate(([0.0], np.cumsum([math.dist(a, b) for a, b in pairwise(corners)])))
    rng = np.random.default_rng(2)
    said = []
    for at_m in np.linspace(0, reached[-1], count):
        x = np.interp(at_m, reached, [c[0] for c in corners]) + rng.normal(scale=8)
        y = np.interp(at_m, reached, [c[1] for c in corners]) + rng.normal(scale=8)
        told = from_wgs84(place(float(x), float(y)), datum)
        said.append((told.lon, told.lat))
    return said


@pytest.mark.parametrize("true", ["WGS84", "GCJ02", "BD09"])
@pytest.mark.parametrize("declared", ["WGS84", "GCJ02", "BD09", "CGCS2000"])
def test_a_wrong_datum_is_suspected_and_a_right_one_never(declared: Datum, true: Datum) -> None:
    verdict = judge_datum(model_of(winding()), driven(true), declared)
    is_right = declared == true or (declared, true) == ("CGCS2000", "WGS84")
    assert verdict.suspected == (None if is_right else true)
    assert verdict.fixes == 40
    assert (verdict.on_road_declared > 0.9) is is_right


def test_of_little_or_nothing_no_datum_is_suspected() -> None:
    model = model_of(winding())
    assert judge_datum(model, driven("GCJ02")[:8], "WGS84").suspected is None
    assert judge_datum(model, [driven("GCJ02")[3]] * 500, "WGS84").fixes == 1
    assert judge_datum(model, [(0.0, 0.0), (500.0, 9.0)] * 40, "WGS84").fixes == 0
    field = [pair(-3_000 - 60 * k, 50.0 * k) for k in range(40)]
    assert judge_datum(model, field, "WGS84").suspected is None

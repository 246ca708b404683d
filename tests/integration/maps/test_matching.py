"""Map matching on real road networks: synthetic drives with a known truth, and Berlin's traces.

The shares asserted are a little below what was measured; the drives are never those that the
policy was tried on. Real traces lie in no extract that is here, so of them only this is claimed:
they are read, and on the roads of another town not one of them is matched.
"""

import time
from functools import cache

import numpy as np
import pytest

from maps.coordinates import Datum, from_wgs84
from maps.distance import haversine_m
from maps.matching.datum import judge_datum
from maps.matching.live import Matcher
from maps.matching.model import RoadModel
from maps.matching.trace import read_traces
from maps.matching.viterbi import MatchedTrace, match_trace
from maps.network.cch import CchEngine
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper, main_arcs
from maps.osm.build import build_graph
from maps.osm.extract import read_extract
from tests.integration.maps.drives import Drive, Weather, drives
from tests.support.shared_data import shared

SEED, DRIVES = 2026, 6
MONACO, BALTIMORE, TSINGHUA = "monaco.osm.pbf", "baltimore.osm.pbf", "beijing_tsinghua_2017.osm"
CLEAR = Weather(sigma_m=5)
USUAL = Weather(sigma_m=10, halts=2)
BAD = Weather(sigma_m=15, halts=2, outages=1)
SPARSE = Weather(sigma_m=8, every_s=5)
RARE = Weather(sigma_m=10, every_s=15, outages=1)
TIMELESS = Weather(sigma_m=10, every_s=3, has_time=False)
CANYON = Weather(sigma_m=8, canyons=3, outages=1)
MOVING = Weather(sigma_m=10, has_motion=True, halts=2)


@cache
def model_of(name: str) -> RoadModel:
    graph = build_graph(read_extract(shared(f"roads/{name}"), lambda _step, _done: None))
    engine = CchEngine(graph, np.ones(graph.arcs, np.int32))
    return RoadModel(graph, Snapper(graph, main_arcs(graph)), engine)


def share_right(graph: RoadGraph, drive: Drive, trace: MatchedTrace) -> float:
    """Of the length driven, without the half arcs at both ends, what the match has too."""
    found = {arc for one in trace.segments for arc in one.arcs}
    inside = drive.arcs[1:-1]
    length_m = graph.length_m[list(inside)]
    return float(sum(length_m[[arc in found for arc in inside]]) / length_m.sum())


LEAST = [
    # (place, weather, share of the length driven that is matched, arc by arc and directed)
    # Baltimore's blocks are small: of an outage of 40 s nobody can say which streets were taken.
    # Beijing's wide roads are four lines 10 to 20 m apart: one takes the neighbour for the road.
    (MONACO, CLEAR, 0.98), (MONACO, USUAL, 0.98), (MONACO, BAD, 0.97), (MONACO, SPARSE, 0.98),
    (MONACO, RARE, 0.98), (MONACO, TIMELESS, 0.98), (MONACO, CANYON, 0.96), (MONACO, MOVING, 0.98),
    (BALTIMORE, CLEAR, 0.98), (BALTIMORE, USUAL, 0.98), (BALTIMORE, BAD, 0.96),
    (BALTIMORE, SPARSE, 0.98), (BALTIMORE, RARE, 0.93), (BALTIMORE, TIMELESS, 0.98),
    (BALTIMORE, CANYON, 0.85), (BALTIMORE, MOVING, 0.98),
    (TSINGHUA, CLEAR, 0.94), (TSINGHUA, USUAL, 0.90), (TSINGHUA, BAD, 0.88),
    (TSINGHUA, SPARSE, 0.91), (TSINGHUA, RARE, 0.83), (TSINGHUA, TIMELESS, 0.94),
    (TSINGHUA, CANYON, 0.94), (TSINGHUA, MOVING, 0.91),
]  # fmt: skip


@pytest.mark.parametrize(("place", "weather", "least"), LEAST)
def test_the_way_driven_is_found(place: str, weather: Weather, least: float) -> None:
    model = model_of(place)
    shares, lengths, far = [], [], []
    for drive in drives(model.graph, weather, DRIVES, SEED):
        trace = match_trace(model, drive.fixes)
        shares.append(share_right(model.graph, drive, trace))
        true_m = model.graph.length_m[list(drive.arcs)].sum()
        lengths.append(sum(one.length_m for one in trace.segments) / true_m)
        pairs = zip(trace.points, drive.true_places, strict=True)
        far += [
            haversine_m(point.place, true) > 60
            for point, true in pairs
            if point.place is not None and point.state == "matched"
        ]
    said = f"{place} {np.mean(shares):.4f} length {np.mean(lengths):.3f} far {np.mean(far):.4f}"
    print(said)
    assert np.mean(shares) >= least, said
    assert 0.9 < np.mean(lengths) < 1.08, said
    assert np.mean(far) <= 0.06, said


def test_a_way_that_was_not_heard_of_is_called_a_guess() -> None:
    model = model_of(BALTIMORE)
    for drive in drives(model.graph, CANYON, DRIVES, SEED):
        legs = [leg for one in match_trace(model, drive.fixes).segments for leg in one.legs]
        assert any(leg.is_guess for leg in legs)
        assert all(leg.is_guess for leg in legs if leg.length_m(model.graph) > 400)
    for drive in drives(model.graph, CLEAR, 2, SEED):
        legs = [leg for one in match_trace(model, drive.fixes).segments for leg in one.legs]
        assert not any(leg.is_guess for leg in legs)


@pytest.mark.parametrize("place", [MONACO, TSINGHUA])
def test_a_standing_unit_that_says_so_stands(place: str) -> None:
    model = model_of(place)
    for drive in drives(model.graph, MOVING, 3, SEED):
        matcher = Matcher(model)
        points = [matcher.feed(fix) for fix in drive.fixes]
        for number in range(1, len(points)):
            before, now = points[number - 1], points[number]
            if now.is_still and before.is_still:
                assert now.place == before.place
        assert sum(point.is_still for point in points) >= 0.5 * sum(drive.is_halted)


@pytest.mark.parametrize("place", [MONACO, BALTIMORE, TSINGHUA])
def test_live_matches_are_near_the_truth_and_quick(place: str) -> None:
    model = model_of(place)
    apart_m: list[float] = []
    spent_s: list[float] = []
    for drive in drives(model.graph, USUAL, DRIVES, SEED):
        matcher = Matcher(model)
        for fix, true in zip(drive.fixes, drive.true_places, strict=True):
            start_s = time.perf_counter()
            point = matcher.feed(fix)
            spent_s.append(time.perf_counter() - start_s)
            if point.place is not None:
                apart_m.append(haversine_m(point.place, true))
    assert len(apart_m) >= 0.97 * len(spent_s)
    median_m, p95_m = np.percentile(apart_m, [50, 95])
    mean_ms = 1000 * float(np.mean(spent_s))
    print(f"{place} live median {median_m:.1f} m, p95 {p95_m:.1f} m, {mean_ms:.2f} ms a fix")
    assert median_m <= 15
    assert p95_m <= 40
    assert mean_ms <= 10  # measured 0.3; the machine may be busy


@pytest.mark.parametrize("true", ["WGS84", "GCJ02", "BD09"])
@pytest.mark.parametrize("declared", ["WGS84", "GCJ02", "BD09"])
def test_a_wrong_datum_is_suspected_in_beijing(declared: Datum, true: Datum) -> None:
    model = model_of(TSINGHUA)
    suspected = []
    for drive in drives(model.graph, USUAL, DRIVES, SEED):
        said = [from_wgs84(fix.place, true) for fix in drive.fixes]
        pairs = [(one.lon, one.lat) for one in said]
        suspected.append(judge_datum(model, pairs, declared).suspected)
    if declared == true:
        assert suspected == [None] * DRIVES
    else:
        assert suspected.count(true) >= DRIVES - 1
        assert set(suspected) <= {true, None}


def test_outside_china_gcj_02_is_no_other_datum() -> None:
    model = model_of(MONACO)
    for drive in drives(model.graph, BAD, 3, SEED):
        pairs = [(fix.place.lon, fix.place.lat) for fix in drive.fixes]
        assert judge_datum(model, pairs, "WGS84").suspected is None
        assert judge_datum(model, pairs, "GCJ02").suspected is None


@pytest.mark.parametrize("place", ["krems.osm.gz", "beatty.osm"])
def test_berlins_traces_are_read_and_matched_to_no_other_town(place: str) -> None:
    """No extract here covers them (longitude 12.8 to 14.1, latitude 52.2 to 52.8)."""
    with shared("roads/berlin_gps_traces.csv.gz").open("rb") as file:
        traces = read_traces(file, datum="WGS84")
    assert len(traces) == 132
    assert sum(len(trace.fixes) for trace in traces) == 75_000
    assert not any(trace.lost for trace in traces)
    assert {fix.at_s for fix in traces[0].fixes} == {None}
    model = model_of(place)
    for trace in traces[::10]:
        answer = match_trace(model, trace.fixes)
        assert {point.state for point in answer.points} == {"off_road"}
        assert answer.segments == ()

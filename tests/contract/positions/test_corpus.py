"""Bad position fixes as a frozen corpus: what is believed, what is doubted, what is suspected.

Lines are only added. The first line holds the county's box and three winding roads. A line of kind
``fixes`` is [second, lon, lat, {more}] in the order of arrival, with what is said of each: "new"
(it is now the newest good fix), "kept" (stored, changes nothing) or the doubt; ``last`` is the good
fix at the end, in WGS-84. A line of kind ``datum`` is a drive as its device said it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.matching.datum import judge_datum
from maps.matching.model import RoadModel
from maps.network.cch import CchEngine
from maps.network.snap import Snapper
from telemetry.position import Box, Fix, PositionTracker
from tests.support.roads import graph_of
from tests.unit.telemetry.support import position

LINES = [
    json.loads(line)
    for line in (Path(__file__).parent / "v1.jsonl").read_text("utf-8").splitlines()
    if line
]
WORLD, CASES = LINES[0], LINES[1:]
WEST, SOUTH, EAST, NORTH = WORLD["box"]
SAME_PLACE_M = 0.1  # the corpus is rounded to seven digits


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if case["kind"] == kind]


def roads() -> RoadModel:
    places = [tuple(at) for road in WORLD["roads"] for at in road]
    ways, start = [], 0
    for road in WORLD["roads"]:
        ways.append({"nodes": list(range(start, start + len(road)))})
        start += len(road)
    graph = graph_of(places, ways)
    return RoadModel(graph, Snapper(graph), CchEngine(graph, np.ones(graph.arcs, np.int32)))


def test_the_corpus_is_there() -> None:
    assert len(CASES) >= 53
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", cases("fixes"))
def test_fixes(case: dict[str, Any]) -> None:
    tracker = PositionTracker(Box(west=WEST, south=SOUTH, east=EAST, north=NORTH))
    said, last = [], None
    for number, (second, lon, lat, *more) in enumerate(case["fixes"], start=1):
        words = more[0] if more else {}
        fix, is_newest = tracker.judge(position(number, second, lon, lat, **words), second)
        assert not (is_newest and fix.doubtful)
        said.append("new" if is_newest else fix.doubtful or "kept")
        last = fix if is_newest else last
    assert said == case["expect"]
    if "last" in case:
        check_last(last, case["last"])


def check_last(last: Fix | None, expected: list[float]) -> None:
    assert last is not None
    lon, lat = expected
    apart_m = haversine_m(Wgs84(lon=last.lon, lat=last.lat), Wgs84(lon=lon, lat=lat))
    assert apart_m < SAME_PLACE_M


@pytest.mark.parametrize("case", cases("datum"))
def test_datums(case: dict[str, Any]) -> None:
    pairs = [(lon, lat) for lon, lat in case["pairs"]]
    assert judge_datum(roads(), pairs, case["declared"]).suspected == case["suspected"]

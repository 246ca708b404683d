"""Berlin's GPS traces replayed through the position filter, in order and as a bad link brings them.

The places are real (75,000 fixes of 132 drives, with the noise of real receivers). The traces carry
no times, so each fix is given the time in which the way to it is driven at no more than 90 km/h.
What the bad link does is made here: late, twice, out of order, and fixes that cannot be true.

That they are matched to no road that is not theirs is tests/integration/maps/test_matching.py; no
extract here covers them.
"""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import pytest

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.matching.trace import read_traces
from telemetry.position import Box, Fix, PositionTracker
from tests.support.shared_data import shared
from tests.unit.telemetry.support import position

BERLIN = Box(west=12.8, south=52.2, east=14.1, north=52.8)
HIGHEST_M_PER_S = 25.0
OUTLIER_DEG = 0.3  # 20 km east or west and still within the margin

Fault = Literal["", "late", "twice", "null_island", "swapped", "jump"]
Heard = tuple[float, float, Wgs84, Fault]
"""(second of arrival, second at which it was true, place, what the link or the receiver did)."""


@pytest.fixture(scope="module")
def drives() -> list[list[tuple[float, Wgs84]]]:
    """Each trace as (second, place)."""
    with shared("roads/berlin_gps_traces.csv.gz").open("rb") as file:
        traces = read_traces(file, datum="WGS84")
    found = []
    for trace in traces:
        places = [fix.place for fix in trace.fixes]
        second, timed = 0.0, [(0.0, places[0])]
        for before, here in pairwise(places):
            second += max(1.0, haversine_m(before, here) / HIGHEST_M_PER_S)
            timed.append((second, here))
        found.append(timed)
    return found


def replayed(heard: Sequence[Heard]) -> tuple[Fix, Counter[tuple[Fault, str]]]:
    """The newest good fix at the end, and what was said of each kind of fix."""
    tracker, newest, said = PositionTracker(BERLIN), None, Counter[tuple[Fault, str]]()
    jumps = 0
    for number, (_, at_s, place, fault) in enumerate(heard, start=1):
        lon, lat = place.lon, place.lat
        if fault == "null_island":
            lon, lat = 0.0, 0.0
        elif fault == "swapped":
            lon, lat = lat, lon
        elif fault == "jump":
            jumps += 1  # to and fro: three that agree would rightly be believed
            lon += OUTLIER_DEG if jumps % 2 else -OUTLIER_DEG
        fix, is_newest = tracker.judge(position(number, at_s, lon, lat), at_s)
        assert newest is None or fix.at_s > newest.at_s or not is_newest
        newest = fix if is_newest else newest
        said[fault, "new" if is_newest else fix.doubtful or "kept"] += 1
    assert newest is not None
    return newest, said


def in_order(drive: Sequence[tuple[float, Wgs84]]) -> list[Heard]:
    return [(second, second, place, "") for second, place in drive]


def badly(drive: Sequence[tuple[float, Wgs84]], rng: random.Random) -> list[Heard]:
    """The same drive: a tenth late by up to a minute, some twice, and some of lost receivers."""
    heard: list[Heard] = []
    for second, place in drive:
        late_s = rng.uniform(1, 60) if rng.random() < 0.1 else 0.0
        heard.append((second + late_s, second, place, "late" if late_s else ""))
        if rng.random() < 0.05:
            heard.append((second + rng.uniform(0, 90), second, place, "twice"))
        if not late_s and rng.random() < 0.03:
            fault: Fault = rng.choice(["null_island", "swapped", "jump"])
            heard.append((second + 0.5, second + 0.5, place, fault))
    return sorted(heard, key=lambda one: one[0])


def test_in_order_every_real_fix_is_believed(drives: list[list[tuple[float, Wgs84]]]) -> None:
    said: Counter[tuple[Fault, str]] = Counter()
    for drive in drives:
        newest, counted = replayed(in_order(drive))
        said += counted
        second, place = drive[-1]
        assert (newest.at_s, newest.lon, newest.lat) == (second, place.lon, place.lat)
    assert said == {("", "new"): 75_000}


def test_a_bad_link_leads_to_the_same_place_and_every_fault_is_named(
    drives: list[list[tuple[float, Wgs84]]], seed: int
) -> None:
    rng = random.Random(seed)
    said: Counter[tuple[Fault, str]] = Counter()
    for drive in drives:
        heard = badly(drive, rng)
        newest, counted = replayed(heard)
        said += counted
        assert msg(newest) == msg(replayed(in_order(drive))[0])
    print({f"{fault or 'in time'}: {word}": count for (fault, word), count in sorted(said.items())})
    assert {fault for fault, _ in said} == {"", "late", "twice", "null_island", "swapped", "jump"}
    for fault, word in said:
        if fault in ("null_island", "swapped"):
            assert word == fault
        if fault == "jump":
            assert word == "jump"
        if fault in ("", "late", "twice"):
            assert word in ("new", "kept")
    assert said["twice", "new"] < said["twice", "kept"]


def msg(fix: Fix) -> tuple[float, float, float]:
    return fix.at_s, fix.lon, fix.lat

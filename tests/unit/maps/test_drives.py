"""Recorded drives: what the fixes say was driven, and which rule throws a drive away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.coordinates import Wgs84
from maps.network import drives as rules
from maps.network.drives import FAULTS, Recorded, fault_as_recorded, fault_by_map, track_of
from maps.travel import TravelEstimate

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
M_PER_DEG_LAT = 111_195.0
GOOD = Recorded(
    started_at=START,
    ended_at=START + timedelta(seconds=600),
    origin=Wgs84(lon=112.4, lat=29.3),
    destination=Wgs84(lon=112.4, lat=29.35),
    priority="P1",
    leg="to_scene",
    driven_m=6_000.0,
    longest_stop_s=40.0,
    largest_gap_s=10.0,
    off_target_m=20.0,
    reported_late_s=1.0,
)
FREE = TravelEstimate(
    duration_s=500, duration_p80_s=600, distance_m=6_000, method="road", is_estimate=False, path=()
)


def going_north(*runs: tuple[float, float], every_s: int = 5) -> list[tuple[datetime, Wgs84]]:
    """Fixes of a vehicle: for each run the seconds it takes and the metres a second."""
    at, north_m = START, 0.0
    fixes = []
    for seconds, speed in runs:
        for _ in range(int(seconds / every_s)):
            fixes.append((at, Wgs84(lon=112.4, lat=29.3 + north_m / M_PER_DEG_LAT)))
            at += timedelta(seconds=every_s)
            north_m += speed * every_s
    fixes.append((at, Wgs84(lon=112.4, lat=29.3 + north_m / M_PER_DEG_LAT)))
    return fixes


def test_a_step_tapped_too_early_and_one_too_late_change_nothing() -> None:
    track = track_of(going_north((120, 0), (300, 15), (200, 0)))
    assert track is not None
    observed_s = (track.ended_at - track.started_at).total_seconds()
    assert observed_s == pytest.approx(300, abs=10)
    assert track.driven_m == pytest.approx(4500, abs=60)
    assert track.longest_stop_s < 10


def test_a_stop_on_the_way_is_seen_and_wandering_while_standing_is_not_driving() -> None:
    fixes = going_north((100, 15), (400, 0), (100, 15))
    wandering = [
        (at, Wgs84(lon=place.lon + (0.0001 if k % 2 else 0.0), lat=place.lat))
        for k, (at, place) in enumerate(fixes)
    ]
    track = track_of(wandering)
    assert track is not None
    assert track.longest_stop_s == pytest.approx(400, abs=15)
    assert track.driven_m == pytest.approx(3000, rel=0.03)


def test_a_gap_in_the_fixes_is_measured() -> None:
    fixes = going_north((300, 15))
    track = track_of(fixes[:10] + fixes[40:])
    assert track is not None and track.largest_gap_s == 155


@pytest.mark.parametrize("fixes", [going_north((600, 0)), going_north((600, 0))[:1]])
def test_a_vehicle_that_stood_all_the_time_has_no_track(
    fixes: list[tuple[datetime, Wgs84]],
) -> None:
    assert track_of(fixes) is None


@pytest.mark.parametrize("north_m", [(0, 31, 15), (0, 10, 20, 29, 45), ()])
def test_a_few_steps_are_no_drive(north_m: tuple[int, ...]) -> None:
    fixes = [
        (START + timedelta(seconds=k), Wgs84(lon=112.4, lat=29.3 + metres / M_PER_DEG_LAT))
        for k, metres in enumerate(north_m)
    ]
    assert track_of(fixes) is None


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(-400, 400)), min_size=1, max_size=30))
def test_whatever_a_vehicle_does_the_driven_part_lies_within_its_fixes(
    steps: list[tuple[int, float]],
) -> None:
    at, north_m = START, 0.0
    fixes = []
    for seconds, metres in steps:
        at, north_m = at + timedelta(seconds=seconds), north_m + metres
        fixes.append((at, Wgs84(lon=112.4, lat=29.3 + north_m / M_PER_DEG_LAT)))
    track = track_of(fixes)
    if track is None:
        return
    assert fixes[0][0] <= track.started_at <= track.ended_at <= fixes[-1][0]
    assert {track.origin, track.end} <= {place for _at, place in fixes}
    assert 0 <= track.driven_m <= sum(abs(metres) for _seconds, metres in steps) + 1
    assert 0 <= track.longest_stop_s <= (track.ended_at - track.started_at).total_seconds()


def test_there_and_back_to_the_same_place_is_a_drive() -> None:
    out = going_north((100, 15))
    back = [
        (START + timedelta(seconds=100 + 5 * k), place)
        for k, (_at, place) in enumerate(reversed(out), 1)
    ]
    track = track_of(out + back)
    assert track is not None and track.driven_m == pytest.approx(3000, abs=60)


def test_a_good_drive_breaks_no_rule() -> None:
    assert fault_as_recorded(GOOD) == ""
    assert fault_by_map(GOOD, FREE, FREE) == ""


def test_what_is_not_known_breaks_no_rule() -> None:
    bare = Recorded(
        started_at=GOOD.started_at,
        ended_at=GOOD.ended_at,
        origin=GOOD.origin,
        destination=GOOD.destination,
    )
    assert fault_as_recorded(bare) == "" == fault_by_map(bare, FREE, FREE)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"ended_at": START}, "time_runs_backwards"),
        ({"ended_at": START + timedelta(seconds=rules.LONGEST_S + 1)}, "too_long"),
        ({"reported_late_s": rules.LATE_MAX_S + 1}, "reported_late"),
        ({"is_changed": True}, "changed_on_the_way"),
        ({"largest_gap_s": rules.GAP_MAX_S + 1}, "fixes_missing"),
        ({"off_target_m": rules.ELSEWHERE_M + 1}, "arrived_elsewhere"),
        ({"driven_m": 2000.0}, "did_not_move"),
        ({"longest_stop_s": rules.STOP_MAX_S + 1}, "stopped"),
    ],
)
def test_each_rule_alone_throws_a_drive_away(change: dict[str, Any], rule: str) -> None:
    assert fault_as_recorded(msgspec.structs.replace(GOOD, **change)) == rule
    assert rule in FAULTS


@pytest.mark.parametrize(
    "edge",
    [
        {"ended_at": START + timedelta(seconds=rules.LONGEST_S)},
        {"reported_late_s": rules.LATE_MAX_S},
        {"largest_gap_s": rules.GAP_MAX_S},
        {"off_target_m": rules.ELSEWHERE_M},
        {"longest_stop_s": rules.STOP_MAX_S},
    ],
)
def test_the_limit_itself_is_still_good(edge: dict[str, Any]) -> None:
    assert fault_as_recorded(msgspec.structs.replace(GOOD, **edge)) == ""


def test_the_map_s_own_rules() -> None:
    def with_(**fields: Any) -> TravelEstimate:
        return msgspec.structs.replace(FREE, **fields)

    short = with_(duration_s=119)
    assert fault_by_map(GOOD, short, short) == "too_short"
    off = with_(method="road_and_straight_line")
    assert fault_by_map(GOOD, off, off) == "no_road"
    long = msgspec.structs.replace(GOOD, driven_m=12_001.0)
    assert fault_by_map(long, FREE, FREE) == "detour"
    assert fault_by_map(GOOD, FREE, with_(duration_s=501)) == "closed_or_slow"
    assert fault_by_map(GOOD, FREE, with_(method="straight_line")) == "closed_or_slow"

"""Arrival is proposed from fixes that stay near and slow, and never from a drive past."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.arrival import ArrivalFix, ArrivalPolicy, ArrivalProposal, propose_arrival
from maps.coordinates import Wgs84

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SCENE = Wgs84(lon=112.4, lat=29.3)
_M_PER_DEG = 111_195.0


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def fix(second: float, east_m: float, speed_kmh: float | None = None, **more: Any) -> ArrivalFix:
    lon = SCENE.lon + east_m / (_M_PER_DEG * math.cos(math.radians(SCENE.lat)))
    place = Wgs84(lon=lon, lat=SCENE.lat)
    return ArrivalFix(place=place, at=at(second), speed_kmh=speed_kmh, **more)


def propose(fixes: list[ArrivalFix], now_s: float, **more: Any) -> ArrivalProposal | None:
    words: dict[str, Any] = {"kind": "scene", "target_id": "I-1", "since": START} | more
    return propose_arrival(fixes, target=SCENE, now=at(now_s), **words)


def arriving(has_speed: bool = True) -> list[ArrivalFix]:
    """At 43 km/h to 20 m from the scene, reached after 80 s, then standing."""
    found = []
    for second in range(121):
        east_m = max(20.0, 980 - 12.0 * second)
        found.append(fix(second, east_m, (43.0 if east_m > 20 else 0.0) if has_speed else None))
    return found


@pytest.mark.parametrize(("has_speed", "late_s"), [(True, 1), (False, 8)])
def test_an_arrival_is_proposed_with_its_time(has_speed: bool, late_s: float) -> None:
    fixes = arriving(has_speed)
    asked = [propose(fixes[: n + 1], n) for n in range(len(fixes))]
    first = next(n for n, one in enumerate(asked) if one is not None)
    assert 80 < first <= 110
    proposal = asked[-1]
    assert proposal is not None
    assert abs((proposal.since - at(80)).total_seconds()) <= late_s
    assert (proposal.kind, proposal.target_id) == ("scene", "I-1")
    assert proposal.distance_m == pytest.approx(20, abs=0.5)
    assert proposal.dwell_s >= 30
    assert all(one is not None for one in asked[first:])


@pytest.mark.parametrize("speed_kmh", [15.0, 30.0, 60.0, 90.0])
@pytest.mark.parametrize("has_speed", [True, False])
@pytest.mark.parametrize("every_s", [1, 5, 10])
def test_a_drive_past_is_no_arrival(speed_kmh: float, has_speed: bool, every_s: int) -> None:
    fixes = [
        fix(second, -400 + speed_kmh / 3.6 * second, speed_kmh if has_speed else None)
        for second in range(0, 200, every_s)
    ]
    for count in range(len(fixes)):
        assert propose(fixes[: count + 1], count * every_s) is None


def test_the_order_of_fixes_does_not_matter() -> None:
    fixes = arriving()
    assert propose(fixes[::-1] + fixes, 120) == propose(fixes, 120)


def test_waiting_outside_is_no_arrival_and_a_hospital_is_larger() -> None:
    outside = [fix(second, 100, 0.0) for second in range(60)]
    assert propose(outside, 60) is None
    assert propose(outside, 60, kind="hospital") is not None
    small = ArrivalPolicy(hospital_radius_m=90.0)
    assert propose(outside, 60, kind="hospital", policy=small) is None


def test_one_fix_outside_by_noise_does_not_end_the_stay() -> None:
    fixes = [fix(second, 110 if second == 30 else 60, 0.0) for second in range(60)]
    proposal = propose(fixes, 60)
    assert proposal is not None
    assert proposal.since == at(0)
    gone = [fix(second, 400 if second == 30 else 60, 0.0) for second in range(60)]
    again = propose(gone, 60)
    assert again is not None
    assert again.since == at(31)


def test_leaving_ends_it() -> None:
    fixes = [fix(second, 20, 0.0) for second in range(40)] + [fix(40, 25, 35.0)]
    assert propose(fixes, 40) is None


def test_silence_is_no_stay() -> None:
    fixes = [fix(0, 10, 0.0), fix(5, 10, 0.0), fix(300, 10, 0.0)]
    assert propose(fixes, 300) is None
    assert propose([fix(second, 10, 0.0) for second in range(60)], 200) is None


def test_too_few_fixes_or_too_short_a_stay() -> None:
    assert propose([fix(0, 5, 0.0), fix(40, 5, 0.0)], 40) is None
    assert propose([fix(second, 5, 0.0) for second in range(10)], 10) is None
    assert propose([], 10) is None


def test_bad_fixes_and_those_of_another_journey_say_nothing() -> None:
    cells = [fix(second, 10, 0.0, accuracy_m=900) for second in range(60)]
    assert propose(cells, 60) is None
    stood = [fix(second, 10, 0.0) for second in range(60)]
    assert propose(stood, 60, since=at(50)) is None
    assert propose(stood, 5) is None  # fixes from the future
    later = propose(stood, 60, since=at(30))
    assert later is not None
    assert later.since == at(30)


@pytest.mark.parametrize(
    "bad",
    [{"scene_radius_m": 0}, {"slow_kmh": math.nan}, {"leave_factor": 0.5}, {"fixes": 1},
     {"dwell_s": -1}],
)  # fmt: skip
def test_a_policy_that_cannot_be(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"above 0|leave_factor"):
        ArrivalPolicy(**bad)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300), st.floats(-300, 300), st.none() | st.floats(0, 80)
        ), max_size=40,
    )
)  # fmt: skip
def test_whatever_is_proposed_is_near_slow_and_long_enough(rows: list[tuple[Any, ...]]) -> None:
    policy = ArrivalPolicy()
    proposal = propose([fix(*row) for row in rows], 300)
    if proposal is not None:
        assert proposal.distance_m <= policy.scene_radius_m + 1
        assert proposal.dwell_s >= policy.dwell_s
        assert proposal.fixes >= policy.fixes
        last = at(max(row[0] for row in rows))
        assert START <= proposal.since <= last

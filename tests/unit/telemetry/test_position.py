"""Honest positions: doubtful fixes are kept and never used, late ones never overwrite."""

from typing import Any

from maps.coordinates import Wgs84, wgs84_to_gcj02
from telemetry.position import JUMPS_BELIEVED, PositionTracker
from tests.unit.telemetry.support import BOX, position


def judge(
    tracker: PositionTracker, second: float, lon: float, lat: float, **more: Any
) -> tuple[str | None, bool]:
    fix, is_newest = tracker.judge(position(1, second, lon, lat, **more), second)
    return fix.doubtful, is_newest


def test_a_drive() -> None:
    tracker = PositionTracker(BOX)
    for second in range(60):  # 0.0002 degree of latitude a second is 80 km/h
        assert judge(tracker, second, 112.4, 29.3 + second * 0.0002) == (None, True)


def test_doubts_of_a_single_fix() -> None:
    tracker = PositionTracker(BOX)
    assert judge(tracker, 0, 0, 0) == ("null_island", False)
    assert judge(tracker, 1, 29.3, 112.4) == ("swapped", False)
    assert judge(tracker, 2, 116.4, 39.9) == ("out_of_county", False)
    assert judge(tracker, 3, 20.0, 120.0) == ("not_a_place", False)
    assert judge(tracker, 4, 113.0, 28.6) == (None, True)  # within 50 km of the county


def test_datums() -> None:
    tracker = PositionTracker(BOX)
    shifted = wgs84_to_gcj02(Wgs84(lon=112.4, lat=29.3))
    fix, _ = tracker.judge(position(1, 0, shifted.lon, shifted.lat, datum="GCJ02"), 0)
    assert abs(fix.lon - 112.4) < 1e-7
    assert abs(fix.lat - 29.3) < 1e-7
    fix, _ = tracker.judge(position(2, 9, 112.4, 29.3, datum="CGCS2000"), 9)
    assert (fix.lon, fix.lat) == (112.4, 29.3)


def test_late_never_overwrites() -> None:
    tracker = PositionTracker(BOX)
    assert judge(tracker, 10, 112.4, 29.3) == (None, True)
    assert judge(tracker, 5, 112.41, 29.3) == (None, False)
    assert judge(tracker, 10, 112.4, 29.3) == (None, False)


def test_a_jump_is_doubtful_until_fixes_agree() -> None:
    tracker = PositionTracker(BOX)
    assert judge(tracker, 0, 112.4, 29.3) == (None, True)
    assert judge(tracker, 1, 112.5, 29.3) == ("jump", False)
    assert judge(tracker, 2, 112.4, 29.3001) == (None, True)
    for second in range(3, 3 + JUMPS_BELIEVED - 1):
        assert judge(tracker, second, 112.6, 29.3) == ("jump", False)
    assert judge(tracker, 3 + JUMPS_BELIEVED - 1, 112.6, 29.3) == (None, True)


def test_jumps_that_do_not_agree_are_never_believed() -> None:
    tracker = PositionTracker(BOX)
    judge(tracker, 0, 112.4, 29.3)
    for second in range(1, 40):
        assert judge(tracker, second, 112.15 + 0.1 * (second % 6), 29.55) == ("jump", False)


def test_a_long_tunnel_is_no_jump() -> None:
    tracker = PositionTracker(BOX)
    judge(tracker, 0, 112.4, 29.3)
    assert judge(tracker, 600, 112.6, 29.3) == (None, True)

"""Honest positions: doubtful fixes are kept and never used, late ones never overwrite."""

from itertools import pairwise
from typing import Any

from maps.coordinates import Wgs84, wgs84_to_gcj02
from telemetry.position import DRIVE_APART_M, DRIVE_PLACES, JUMPS_BELIEVED, PositionTracker
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


def test_how_long_a_unit_has_stood() -> None:
    tracker = PositionTracker(BOX)
    for second, lat in ((0, 29.3), (10, 29.301), (20, 29.3011), (300, 29.30095)):
        fix, _ = tracker.judge(position(1, second, 112.4, lat), second)
    assert fix.still_s == 290
    fix, _ = tracker.judge(position(1, 310, 112.4, 29.302), 310)
    assert fix.still_s == 0


def test_a_fix_from_a_mobile_cell_replaces_no_fresh_one() -> None:
    tracker = PositionTracker(BOX)
    assert judge(tracker, 0, 112.4, 29.3, accuracy_m=8) == (None, True)
    assert judge(tracker, 60, 112.41, 29.3, accuracy_m=1_500) == (None, False)
    assert judge(tracker, 90, 112.401, 29.3, accuracy_m=180) == (None, True)
    assert judge(tracker, 300, 112.41, 29.3, accuracy_m=1_500) == (None, True)
    assert judge(tracker, 310, 112.412, 29.3, accuracy_m=900) == (None, True)
    first = PositionTracker(BOX)
    assert judge(first, 0, 112.41, 29.3, accuracy_m=1_500) == (None, True)


def test_the_drive_is_kept_as_the_device_said_it() -> None:
    tracker = PositionTracker(BOX)
    for second in range(400):  # 22 m a second, and every tenth second nothing but a lost receiver
        lat = 0 if second % 10 == 5 else 29.25 + 0.0002 * second
        judge(tracker, second, 0 if second % 10 == 5 else 112.4, lat)
    drive = tracker.drive
    assert drive.declared == "WGS84"
    assert len(drive.pairs) == DRIVE_PLACES
    assert drive.pairs[-1][1] > 29.32
    steps = [b[1] - a[1] for a, b in pairwise(drive.pairs)]
    assert min(steps) * 111_195 >= DRIVE_APART_M
    other = wgs84_to_gcj02(Wgs84(lon=112.4, lat=29.33))
    assert judge(tracker, 400, other.lon, other.lat, datum="GCJ02") == (None, True)
    assert tracker.drive.declared == "GCJ02"
    assert len(tracker.drive.pairs) == 1


def test_a_suspected_datum_is_said_with_each_fix_and_changes_none() -> None:
    tracker = PositionTracker(BOX)
    judge(tracker, 0, 112.4, 29.3)
    tracker.suspect("WGS84", "GCJ02")
    fix, is_newest = tracker.judge(position(2, 1, 112.4, 29.3001), 1)
    assert (fix.lon, fix.lat, fix.suspected_datum, is_newest) == (112.4, 29.3001, "GCJ02", True)
    tracker.suspect("BD09", "WGS84")  # of a drive that the device no longer declares
    fix, _ = tracker.judge(position(3, 2, 112.4, 29.3), 2)
    assert fix.suspected_datum == "GCJ02"
    tracker.suspect("WGS84", None)
    fix, _ = tracker.judge(position(4, 3, 112.4, 29.3), 3)
    assert fix.suspected_datum is None
    tracker.suspect("WGS84", "GCJ02")
    fix, _ = tracker.judge(position(5, 4, 112.4, 29.3, datum="CGCS2000"), 4)
    assert fix.suspected_datum is None

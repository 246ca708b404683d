"""Honest positions: what may be believed of a fix, and which fix is the newest good one. Pure.

A fix is kept whatever it says; one that cannot be true is `doubtful` and never replaces the last
good one (null island, swapped pair, outside the county and 50 km around, faster than 200 km/h). A
late fix never replaces a newer. Datum conversion is `maps.coordinates`.
"""

import math
from typing import Final

import msgspec

from maps.coordinates import CoordinateError, Wgs84, to_wgs84
from maps.distance import haversine_m
from telemetry.contract import Position
from telemetry.ports import Doubt

MARGIN_KM: Final = 50.0  # POLICY: transfers to the city leave the county
SPEED_MAX_KMH: Final = 200.0  # POLICY: faster than any ambulance on any road
JUMPS_BELIEVED: Final = 3  # POLICY: so many fixes that agree with each other outvote the old one
_KM_PER_DEGREE: Final = 111.32  # of latitude; of longitude times cos(latitude)
_NULL_DEG: Final = 1e-4  # 11 m around 0,0: a receiver without a fix
_STEP_MIN_S: Final = 1.0  # two fixes of one instant are not infinitely fast


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """The county's bounding box in WGS-84 degrees, without margin."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place is inside the box or within `MARGIN_KM` of it."""
        lat_margin = MARGIN_KM / _KM_PER_DEGREE
        lon_margin = lat_margin / max(0.1, math.cos(math.radians((self.south + self.north) / 2)))
        return (
            self.west - lon_margin <= lon <= self.east + lon_margin
            and self.south - lat_margin <= lat <= self.north + lat_margin
        )


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One fix in WGS-84 (as sent, when it is no place); ``at_s``: when true, monotonic seconds."""

    lon: float
    lat: float
    at_s: float
    doubtful: Doubt | None


def convert(fix: Position, box: Box) -> tuple[float, float, Doubt | None]:
    """(lon, lat) in WGS-84 and the doubt that the pair alone raises."""
    if abs(fix.lon) < _NULL_DEG and abs(fix.lat) < _NULL_DEG:
        return fix.lon, fix.lat, "null_island"
    if box.holds(fix.lat, fix.lon) and not box.holds(fix.lon, fix.lat):
        return fix.lon, fix.lat, "swapped"
    try:
        place = to_wgs84(fix.lon, fix.lat, fix.datum)
    except CoordinateError:
        return fix.lon, fix.lat, "not_a_place"
    return place.lon, place.lat, None if box.holds(place.lon, place.lat) else "out_of_county"


class PositionTracker:
    """The newest good fix of one unit, and the newest doubt since."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._good: Fix | None = None
        self._jumps: list[Fix] = []

    def view(self, fix: Position, at_s: float) -> Fix:
        """The fix in WGS-84 with the doubt the pair alone raises; the tracker learns nothing."""
        lon, lat, doubt = convert(fix, self._box)
        return Fix(lon=lon, lat=lat, at_s=at_s, doubtful=doubt)

    def judge(self, fix: Position, at_s: float) -> tuple[Fix, bool]:
        """The fix as it is to be stored, and whether it is the newest good one."""
        judged = self.view(fix, at_s)
        if judged.doubtful is not None:
            return judged, False
        if self._good is None:
            self._good = judged
            return judged, True
        if at_s <= self._good.at_s:
            return judged, False
        if _is_possible(self._good, judged):
            self._good, self._jumps = judged, []
            return judged, True
        return self._judge_jump(judged)

    def _judge_jump(self, judged: Fix) -> tuple[Fix, bool]:
        """A jump is doubtful, until enough fixes agree that the old one was the wrong one."""
        if self._jumps and not _is_possible(self._jumps[-1], judged):
            self._jumps = []
        self._jumps.append(judged)
        if len(self._jumps) >= JUMPS_BELIEVED:
            self._good, self._jumps = judged, []
            return judged, True
        return msgspec.structs.replace(judged, doubtful="jump"), False


def _is_possible(earlier: Fix, later: Fix) -> bool:
    """Whether a vehicle can have gone from one fix to the other in the time between them."""
    elapsed_s = max(_STEP_MIN_S, later.at_s - earlier.at_s)
    distance_m = haversine_m(
        Wgs84(lon=earlier.lon, lat=earlier.lat), Wgs84(lon=later.lon, lat=later.lat)
    )
    return distance_m / elapsed_s * 3.6 <= SPEED_MAX_KMH

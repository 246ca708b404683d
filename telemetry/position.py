"""Honest positions: what may be believed of a fix, and which fix is the newest good one. Pure.

A fix is kept whatever it says; one that cannot be true is `doubtful` and never replaces the last
good one (null island, swapped pair, outside the county and 50 km around, faster than 200 km/h). A
late fix never replaces a newer, and a very inaccurate one (a mobile cell instead of a satellite)
none that is still fresh. Datum conversion is `maps.coordinates`.

A wrongly declared datum cannot be seen in one fix. The tracker keeps the places of the last drive
(`drive`) and says when there is a new one (`due_drive`); whoever has roads reads it in every datum
(`maps.matching.datum`) and tells the tracker what is suspected (`suspect`). It is said with each
fix from then on; nothing is converted.

Not here: how old a fix may be to be used (`dispatch.recommend.units`, the only place that decides
it), which road it is on (`maps.matching`), and whether the unit has arrived (`maps.arrival`).
"""

import math
from collections import deque
from typing import Final

import msgspec

from maps.coordinates import CoordinateError, Datum, Wgs84, to_wgs84
from maps.distance import haversine_m
from telemetry.contract import Position
from telemetry.ports import Doubt, Drive

MARGIN_KM: Final = 50.0  # POLICY: transfers to the city leave the county
SPEED_MAX_KMH: Final = 200.0  # POLICY: faster than any ambulance on any road
JUMPS_BELIEVED: Final = 3  # POLICY: so many fixes that agree with each other outvote the old one
STILL_M: Final = 30.0  # POLICY: the fixes of a standing vehicle lie in a circle of this radius
INACCURATE_M: Final = 200.0  # POLICY: satellites are better than this even between high houses
INACCURATE_WAITS_S: Final = 120.0  # POLICY: so long the last good fix is better than such a one
DRIVE_APART_M: Final = 40.0  # POLICY: places of a drive that tell something new
DRIVE_PLACES: Final = 60  # two kilometres or more: enough bends to tell one datum from another
DRIVE_NEW: Final = 12  # POLICY: places since the last comparison: half a kilometre of new road
DRIVE_EVERY_S: Final = 60.0  # POLICY: a wrong datum lasts for months; a minute finds it in time
DRIVE_REST: Final = 9.0  # times as long as one took: a tenth of one processor, however many units
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
    """One fix in WGS-84 (as sent, when it is no place); ``at_s``: when true, monotonic seconds.

    ``suspected_datum``: roads say that the device means another datum than it declares, and the
    fix is then some 500 m off. ``still_s``: for how long the unit has stood, of the newest good
    fix only.
    """

    lon: float
    lat: float
    at_s: float
    doubtful: Doubt | None
    suspected_datum: Datum | None = None
    still_s: float = 0.0


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
    """The newest good fix of one unit, the newest doubt since, and its last drive."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._good: Fix | None = None
        self._good_accuracy_m = 0.0
        self._jumps: list[Fix] = []
        self._stand: Fix | None = None
        self._declared: Datum = "WGS84"
        self._suspected: Datum | None = None
        self._drive: deque[tuple[float, float]] = deque(maxlen=DRIVE_PLACES)
        self._new_places = 0
        self._compared_s = -math.inf

    @property
    def drive(self) -> Drive:
        """The places of the last drive, oldest first, for a comparison of datums."""
        return Drive(declared=self._declared, pairs=tuple(self._drive))

    def due_drive(self, now_s: float) -> Drive | None:
        """The last drive, when it went on and was not compared lately; then it counts as compared.

        ``now_s`` is monotonic. None: nothing new to compare.
        """
        if self._new_places < DRIVE_NEW or now_s - self._compared_s < DRIVE_EVERY_S:
            return None
        self._new_places, self._compared_s = 0, now_s
        return self.drive

    def suspect(self, declared: Datum, suspected: Datum | None) -> bool:
        """What the roads say of a drive, and whether that is new.

        It is forgotten when the device declares another datum.
        """
        if declared != self._declared or suspected == self._suspected:
            return False
        self._suspected = suspected
        return True

    def view(self, fix: Position, at_s: float) -> Fix:
        """The fix in WGS-84 with the doubt the pair alone raises; the tracker learns nothing."""
        lon, lat, doubt = convert(fix, self._box)
        suspected = self._suspected if fix.datum == self._declared else None
        return Fix(lon=lon, lat=lat, at_s=at_s, doubtful=doubt, suspected_datum=suspected)

    def judge(self, fix: Position, at_s: float) -> tuple[Fix, bool]:
        """The fix as it is to be stored, and whether it is the newest good one."""
        judged = self.view(fix, at_s)
        good = self._good
        if judged.doubtful is not None:
            return judged, False
        if good is not None and at_s <= good.at_s:
            return judged, False
        if good is not None and says_less(fix.accuracy_m, self._good_accuracy_m, at_s - good.at_s):
            return judged, False
        if good is not None and not _is_possible(good, judged):
            judged, is_believed = self._judge_jump(judged)
            if not is_believed:
                return judged, False
        return self._believe(fix, judged), True

    def _believe(self, fix: Position, judged: Fix) -> Fix:
        """From now on this is the newest good fix."""
        if self._stand is None or _apart_m(self._stand, judged) > STILL_M:
            self._stand = judged
        judged = msgspec.structs.replace(judged, still_s=judged.at_s - self._stand.at_s)
        self._good, self._jumps = judged, []
        self._good_accuracy_m = fix.accuracy_m or 0.0
        self._note_drive(fix)
        return judged

    def _note_drive(self, fix: Position) -> None:
        if fix.datum != self._declared:
            self._declared, self._suspected = fix.datum, None
            self._drive.clear()
            self._new_places = 0
        if (fix.accuracy_m or 0.0) > INACCURATE_M:
            return
        here = Wgs84(lon=fix.lon, lat=fix.lat)  # the shift of a datum changes no distance
        if self._drive:
            last = Wgs84(lon=self._drive[-1][0], lat=self._drive[-1][1])
            if haversine_m(last, here) < DRIVE_APART_M:
                return
        self._drive.append((fix.lon, fix.lat))
        self._new_places += 1

    def _judge_jump(self, judged: Fix) -> tuple[Fix, bool]:
        """A jump is doubtful, until enough fixes agree that the old one was the wrong one."""
        if self._jumps and not _is_possible(self._jumps[-1], judged):
            self._jumps = []
        self._jumps.append(judged)
        if len(self._jumps) >= JUMPS_BELIEVED:
            return judged, True
        return msgspec.structs.replace(judged, doubtful="jump"), False


def says_less(accuracy_m: float | None, good_accuracy_m: float | None, waited_s: float) -> bool:
    """Whether a newer fix is so inaccurate that the good one, ``waited_s`` older, says more."""
    off_m = accuracy_m or 0.0
    if off_m <= INACCURATE_M or off_m <= (good_accuracy_m or 0.0):
        return False
    return waited_s <= INACCURATE_WAITS_S


def _is_possible(earlier: Fix, later: Fix) -> bool:
    """Whether a vehicle can have gone from one fix to the other in the time between them."""
    elapsed_s = max(_STEP_MIN_S, later.at_s - earlier.at_s)
    return _apart_m(earlier, later) / elapsed_s * 3.6 <= SPEED_MAX_KMH


def _apart_m(one: Fix, other: Fix) -> float:
    return haversine_m(Wgs84(lon=one.lon, lat=one.lat), Wgs84(lon=other.lon, lat=other.lat))

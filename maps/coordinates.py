"""Typed coordinates and the four datums of a Chinese county: WGS-84, GCJ-02, BD-09 and CGCS2000.

Greenlane thinks in WGS-84. GCJ-02 (what Chinese web maps, phones and many vehicle terminals give),
BD-09 (what Baidu gives) and CGCS2000 (what surveyors and the national map give) exist only at the
edges, each as its own type, so that one can never be passed where another was meant: the shift is
about 500 m, of BD-09 about 1 km, enough to send an ambulance to the wrong bank of a river.

Theory. GCJ-02 adds to WGS-84 a smooth, bounded offset (a few sines of position) on the Krasovsky
1940 ellipsoid. There is no published inverse, but the offset changes by less than 1 % of any step,
so the fixed point of w = g - offset(w) is reached to a tenth of a millimetre in a few rounds.
Outside a rectangle around China the offset is zero; within one offset of the rectangle's border
(sea, desert or another country) the inverse is not defined and returns the nearest branch.

BD-09 turns and stretches GCJ-02 a little about the origin of the degrees, waves included, and adds
a constant; its usual "inverse" subtracts the waves at the wrong place and is a metre off, so here
too the fixed point is taken. As in every public implementation it has no border of its own: outside
the rectangle it is that turn of WGS-84.

CGCS2000 and WGS-84 share origin, scale and, to 0.1 mm, ellipsoid; their frames differ by the plate
motion since 2000, some decimetres at most and usually centimetres after the usual adjustment. For
finding a patient they are the same numbers, and the functions below say so by copying them.

What does not live here: distances (`maps.distance`) and projections; nothing in Greenlane computes
on a projected plane.
"""

import math
from typing import Final, Literal

import msgspec

Datum = Literal["WGS84", "GCJ02", "BD09", "CGCS2000"]  # as peers and devices write it

_NULL_ISLAND_DEG: Final = 1e-6  # a receiver without a fix reports 0,0 or a rounding error beside it

# Krasovsky 1940, the ellipsoid of the published GCJ-02 transformation.
_SEMI_MAJOR_M: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323

# The rectangle inside which the transformation applies (as in every public implementation).
_CHINA_WEST_DEG: Final = 72.004
_CHINA_EAST_DEG: Final = 137.8347
_CHINA_SOUTH_DEG: Final = 0.8293
_CHINA_NORTH_DEG: Final = 55.8271

# BD-09 over GCJ-02, as in every public implementation: a constant and two waves.
_BD09_EAST_DEG: Final = 0.0065
_BD09_NORTH_DEG: Final = 0.006
_BD09_RADIUS_WAVE_DEG: Final = 0.00002
_BD09_ANGLE_WAVE_RAD: Final = 0.000003
_BD09_WAVES: Final = math.pi * 3000.0 / 180.0  # radians of the wave for each degree

# 1e-9 degree is 0.1 mm; each round gains about two digits, so ten rounds are twice what is needed.
_INVERSE_TOLERANCE_DEG: Final = 1e-9
_INVERSE_MAX_ROUNDS: Final = 10


class CoordinateError(ValueError):
    """A pair of numbers that is no place: not finite, out of range, or the 0,0 of a lost fix."""


class LonLat(msgspec.Struct, frozen=True, kw_only=True):
    """Longitude and latitude in degrees, checked; use a subclass, which names the datum.

    Raises CoordinateError; inside a msgspec decoder it becomes a ValidationError with its path.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise CoordinateError(f"lon {self.lon} lat {self.lat} is not finite")
        if not -180.0 <= self.lon <= 180.0:
            raise CoordinateError(f"lon {self.lon} is outside -180..180")
        if not -90.0 <= self.lat <= 90.0:
            raise CoordinateError(f"lat {self.lat} is outside -90..90 (lon and lat swapped?)")
        if abs(self.lon) < _NULL_ISLAND_DEG and abs(self.lat) < _NULL_ISLAND_DEG:
            raise CoordinateError("lon 0 lat 0 is a receiver without a fix, not a place")


class Wgs84(LonLat, frozen=True, kw_only=True):
    """A place in WGS-84 degrees: the only datum inside Greenlane."""


class Gcj02(LonLat, frozen=True, kw_only=True):
    """A place in GCJ-02 degrees, as Chinese web maps and many terminals give it."""


class Bd09(LonLat, frozen=True, kw_only=True):
    """A place in BD-09 degrees, as Baidu's maps give it."""


class Cgcs2000(LonLat, frozen=True, kw_only=True):
    """A place in CGCS2000 degrees (EPSG:4490), as the national map gives it."""


def in_gcj02_area(place: LonLat) -> bool:
    """Whether the GCJ-02 shift applies at this place (a rectangle, wider than China)."""
    return (
        _CHINA_WEST_DEG <= place.lon <= _CHINA_EAST_DEG
        and _CHINA_SOUTH_DEG <= place.lat <= _CHINA_NORTH_DEG
    )


def wgs84_to_gcj02(place: Wgs84) -> Gcj02:
    """WGS-84 to GCJ-02; the same numbers outside the rectangle around China."""
    if not in_gcj02_area(place):
        return Gcj02(lon=place.lon, lat=place.lat)
    lon_shift_deg, lat_shift_deg = _shift_deg(place.lon, place.lat)
    return Gcj02(lon=place.lon + lon_shift_deg, lat=place.lat + lat_shift_deg)


def gcj02_to_wgs84(place: Gcj02) -> Wgs84:
    """GCJ-02 to WGS-84, the inverse of `wgs84_to_gcj02` to better than a millimetre."""
    if not in_gcj02_area(place):
        return Wgs84(lon=place.lon, lat=place.lat)
    lon, lat = place.lon, place.lat
    for _ in range(_INVERSE_MAX_ROUNDS):
        lon_shift_deg, lat_shift_deg = _shift_deg(lon, lat)
        next_lon, next_lat = place.lon - lon_shift_deg, place.lat - lat_shift_deg
        step_deg = max(abs(next_lon - lon), abs(next_lat - lat))
        lon, lat = next_lon, next_lat
        if step_deg < _INVERSE_TOLERANCE_DEG:
            break
    return Wgs84(lon=lon, lat=lat)


def gcj02_to_bd09(place: Gcj02) -> Bd09:
    """GCJ-02 to BD-09."""
    lon, lat = _bd09_deg(place.lon, place.lat)
    return Bd09(lon=lon, lat=lat)


def bd09_to_gcj02(place: Bd09) -> Gcj02:
    """BD-09 to GCJ-02, the inverse of `gcj02_to_bd09` to better than a millimetre."""
    lon, lat = place.lon - _BD09_EAST_DEG, place.lat - _BD09_NORTH_DEG
    for _ in range(_INVERSE_MAX_ROUNDS):
        bd_lon, bd_lat = _bd09_deg(lon, lat)
        step_lon, step_lat = place.lon - bd_lon, place.lat - bd_lat
        lon, lat = lon + step_lon, lat + step_lat
        if max(abs(step_lon), abs(step_lat)) < _INVERSE_TOLERANCE_DEG:
            break
    return Gcj02(lon=lon, lat=lat)


def wgs84_to_bd09(place: Wgs84) -> Bd09:
    """WGS-84 to BD-09, through GCJ-02."""
    return gcj02_to_bd09(wgs84_to_gcj02(place))


def bd09_to_wgs84(place: Bd09) -> Wgs84:
    """BD-09 to WGS-84, through GCJ-02."""
    return gcj02_to_wgs84(bd09_to_gcj02(place))


def cgcs2000_to_wgs84(place: Cgcs2000) -> Wgs84:
    """CGCS2000 to WGS-84: the same numbers; the frames agree within centimetres to decimetres."""
    return Wgs84(lon=place.lon, lat=place.lat)


def wgs84_to_cgcs2000(place: Wgs84) -> Cgcs2000:
    """WGS-84 to CGCS2000: the same numbers; the frames agree within centimetres to decimetres."""
    return Cgcs2000(lon=place.lon, lat=place.lat)


def to_wgs84(lon: float, lat: float, datum: Datum) -> Wgs84:
    """A place in degrees of a named datum, as a device sends it, in WGS-84.

    Raises CoordinateError for numbers that are no place.
    """
    match datum:
        case "WGS84":
            return Wgs84(lon=lon, lat=lat)
        case "GCJ02":
            return gcj02_to_wgs84(Gcj02(lon=lon, lat=lat))
        case "BD09":
            return bd09_to_wgs84(Bd09(lon=lon, lat=lat))
        case "CGCS2000":
            return cgcs2000_to_wgs84(Cgcs2000(lon=lon, lat=lat))


def from_wgs84(place: Wgs84, datum: Datum) -> LonLat:
    """A WGS-84 place in a named datum, for a peer that wants it so."""
    match datum:
        case "WGS84":
            return place
        case "GCJ02":
            return wgs84_to_gcj02(place)
        case "BD09":
            return wgs84_to_bd09(place)
        case "CGCS2000":
            return wgs84_to_cgcs2000(place)


def _bd09_deg(lon: float, lat: float) -> tuple[float, float]:
    """BD-09 degrees of GCJ-02 degrees."""
    radius = math.hypot(lon, lat) + _BD09_RADIUS_WAVE_DEG * math.sin(lat * _BD09_WAVES)
    angle = math.atan2(lat, lon) + _BD09_ANGLE_WAVE_RAD * math.cos(lon * _BD09_WAVES)
    return (
        radius * math.cos(angle) + _BD09_EAST_DEG,
        radius * math.sin(angle) + _BD09_NORTH_DEG,
    )


def _shift_deg(lon: float, lat: float) -> tuple[float, float]:
    """The published GCJ-02 offset (longitude, latitude) in degrees at a WGS-84 position."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    common_m = (20.0 * math.sin(6.0 * math.pi * x) + 20.0 * math.sin(2.0 * math.pi * x)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common_m
    north_m += (20.0 * math.sin(math.pi * y) + 40.0 * math.sin(math.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * math.sin(math.pi * y / 12.0) + 320.0 * math.sin(math.pi * y / 30.0)) * (
        2.0 / 3.0
    )
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common_m
    east_m += (20.0 * math.sin(math.pi * x) + 40.0 * math.sin(math.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * math.sin(math.pi * x / 12.0) + 300.0 * math.sin(math.pi * x / 30.0)) * (
        2.0 / 3.0
    )
    lat_rad = math.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * math.sin(lat_rad) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = _SEMI_MAJOR_M / math.sqrt(flattening) * math.cos(lat_rad)
    return math.degrees(east_m / parallel_m), math.degrees(north_m / meridian_m)

"""Distances and bearings between WGS-84 places, and a place along a path.

Two distances: `geodesic_m` is exact (millimetres, on the ellipsoid) and is what is reported and
recorded; `haversine_m` is a sphere (0.5 % off at most) and twenty times faster, for ranking and
for estimates that are far coarser than that. Nothing here knows about roads.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from geopy.distance import geodesic  # type: ignore[import-untyped,unused-ignore]

from maps.coordinates import Wgs84

_MEAN_EARTH_RADIUS_M: Final = 6_371_008.8  # IUGG mean radius R1 (GRS80), 1980


def geodesic_m(origin: Wgs84, destination: Wgs84) -> float:
    """Length of the shortest line on the WGS-84 ellipsoid, in metres (Karney 2013, by geopy)."""
    return float(geodesic((origin.lat, origin.lon), (destination.lat, destination.lon)).meters)


def haversine_m(origin: Wgs84, destination: Wgs84) -> float:
    """Great-circle distance on the mean sphere in metres; at most 0.5 % from `geodesic_m`."""
    lat_a, lat_b = math.radians(origin.lat), math.radians(destination.lat)
    half_lat = (lat_b - lat_a) / 2.0
    half_lon = math.radians(destination.lon - origin.lon) / 2.0
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2.0 * _MEAN_EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def bearing_deg(origin: Wgs84, destination: Wgs84) -> float:
    """Initial bearing, degrees clockwise from true north in [0, 360); 0 for the same place."""
    lat_a, lat_b = math.radians(origin.lat), math.radians(destination.lat)
    turn = math.radians(destination.lon - origin.lon)
    east = math.sin(turn) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(turn)
    bearing = math.degrees(math.atan2(east, north)) % 360.0
    return 0.0 if bearing == 360.0 else bearing  # a tiny negative angle rounds up to 360


def path_length_m(path: Sequence[Wgs84]) -> float:
    """Length of a path of places in metres; 0 for fewer than two."""
    return sum(haversine_m(a, b) for a, b in pairwise(path))


def place_along(path: Sequence[Wgs84], distance_m: float) -> Wgs84:
    """The place `distance_m` after the start of the path, held at its two ends.

    Between two vertices longitude and latitude are interpolated linearly: centimetres off over the
    few kilometres between vertices. Raises ValueError for an empty path.
    """
    if not path:
        raise ValueError("an empty path has no places")
    left_m = max(0.0, distance_m)
    for here, there in pairwise(path):
        leg_m = haversine_m(here, there)
        if left_m <= leg_m and leg_m > 0.0:
            part = left_m / leg_m
            return Wgs84(
                lon=here.lon + (there.lon - here.lon) * part,
                lat=here.lat + (there.lat - here.lat) * part,
            )
        left_m -= leg_m
    return path[-1]

"""How a played ambulance moves: straight towards its target at the speed the estimate assumes.

The demonstration county has no road network yet, so vehicles drive as the travel-time estimate
does: the straight line, at road speed divided by the detour factor. Pure.
"""

from typing import Final

import msgspec

from deploy.drive import limits
from maps.coordinates import Wgs84
from maps.distance import bearing_deg, haversine_m, place_along
from maps.travel import DETOUR_FACTOR, EMERGENCY_SPEED_KMH

_ARRIVED_M: Final = 30.0  # a receiver's error plus parking in front of the door


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """One drive: from ``origin`` at ``started_at_s`` of a monotonic clock."""

    origin: Wgs84
    target: Wgs84
    started_at_s: float
    speed_kmh: float


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle at one instant; heading is None when it stands."""

    place: Wgs84
    heading_deg: float | None
    speed_kmh: float
    has_arrived: bool


def apparent_speed_kmh(speed: float) -> float:
    """Straight-line speed on the wall clock when the day runs ``speed`` times as fast."""
    return min(EMERGENCY_SPEED_KMH / DETOUR_FACTOR * speed, limits.APPARENT_SPEED_MAX_KMH)


def whereabouts(trip: Trip, now_s: float) -> Where:
    """Where the vehicle of ``trip`` is at ``now_s``."""
    length_m = haversine_m(trip.origin, trip.target)
    driven_m = max(0.0, now_s - trip.started_at_s) * trip.speed_kmh / 3.6
    if driven_m >= length_m - _ARRIVED_M:
        return Where(place=trip.target, heading_deg=None, speed_kmh=0.0, has_arrived=True)
    return Where(
        place=place_along((trip.origin, trip.target), driven_m),
        heading_deg=round(bearing_deg(trip.origin, trip.target), 1),
        speed_kmh=round(trip.speed_kmh, 1),
        has_arrived=False,
    )


def drive_s(origin: Wgs84, target: Wgs84, speed_kmh: float) -> float:
    """Wall seconds from here to there."""
    return haversine_m(origin, target) / (speed_kmh / 3.6)

"""The travel-time port, and the straight-line estimate that says it is one.

`TravelTimes` is what dispatch and hospital_gateway ask; they never learn who answers. Here the only
answer is `StraightLineTravel`: distance as the crow flies, lengthened by a detour factor, at one
speed. It needs no road network and knows no river, bridge or closed road, so every estimate
carries `method = "straight_line"` and `is_estimate = True`, and a screen must show that. Road
travel times are a second implementation of the same port.

What does not live here: turnout (the time from notification to wheels turning belongs to the crew,
not to the road) and any choice between units or hospitals. Pure.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal, Protocol

import msgspec

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.limits import MAX_TRAVEL_ORIGINS

# POLICY. Road length over straight line: 1.2 to 1.4 is usual for regional road networks; a county
# cut by rivers with few bridges is often worse. Set from the county's own journeys once they exist.
DETOUR_FACTOR: Final = 1.3

# POLICY. Mean speed with lights and sirens along the road. With the detour factor it gives 46 km/h
# over the straight line; the JEMSS Auckland model (2018) uses 47 km/h for the same quantity.
EMERGENCY_SPEED_KMH: Final = 60.0

_MIN_DETOUR_FACTOR: Final = 1.0  # no road is shorter than the straight line
_MAX_SPEED_KMH: Final = 160.0  # faster is a typing error, or metres per second taken for km/h


class TravelEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """How long a journey takes: seconds rounded up, metres along the way, and how it is known."""

    duration_s: int
    distance_m: int
    method: Literal["straight_line"]
    is_estimate: bool
    path: tuple[Wgs84, ...]


class TravelTimes(Protocol):
    """The port: times from places to a place, in the order asked."""

    def estimate(self, origin: Wgs84, destination: Wgs84) -> TravelEstimate:
        """One journey."""
        ...

    def many(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """One journey from each origin; ValueError for more than MAX_TRAVEL_ORIGINS."""
        ...


class StraightLineTravel:
    """Straight line x detour factor / speed; the honest answer where no road network is loaded."""

    def __init__(
        self, *, detour_factor: float = DETOUR_FACTOR, speed_kmh: float = EMERGENCY_SPEED_KMH
    ) -> None:
        if not (math.isfinite(detour_factor) and detour_factor >= _MIN_DETOUR_FACTOR):
            raise ValueError(f"detour_factor {detour_factor} is below {_MIN_DETOUR_FACTOR}")
        if not 0.0 < speed_kmh <= _MAX_SPEED_KMH:
            raise ValueError(f"speed_kmh {speed_kmh} is outside 0..{_MAX_SPEED_KMH}")
        self._detour_factor = detour_factor
        self._speed_m_per_s = speed_kmh / 3.6

    def estimate(self, origin: Wgs84, destination: Wgs84) -> TravelEstimate:
        """One journey; the path is the straight line itself, since no road is known."""
        distance_m = haversine_m(origin, destination) * self._detour_factor
        return TravelEstimate(
            duration_s=math.ceil(distance_m / self._speed_m_per_s),
            distance_m=round(distance_m),
            method="straight_line",
            is_estimate=True,
            path=(origin, destination),
        )

    def many(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """One journey from each origin, in the order given."""
        if len(origins) > MAX_TRAVEL_ORIGINS:
            raise ValueError(f"{len(origins)} origins, at most {MAX_TRAVEL_ORIGINS} at once")
        return [self.estimate(origin, destination) for origin in origins]

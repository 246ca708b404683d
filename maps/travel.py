"""The travel-time port, and the straight-line estimate that says it is one.

`TravelTimes` is what dispatch and hospital_gateway ask; they never learn who answers. One answer
is here, `StraightLineTravel`: distance as the crow flies, lengthened by a detour factor, at one
speed. It needs no road network and knows no river, bridge or closed road, so every estimate
carries `method = "straight_line"` and `is_estimate = True`, and a screen must show that. The other
is `maps.network.travel.RoadTravel`, which falls back on this one and says so each time.

What does not live here: turnout (the time from notification to wheels turning belongs to the crew,
not to the road) and any choice between units or hospitals. Pure.
"""

import math
from collections.abc import Sequence
from datetime import datetime
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


# POLICY. How far journeys scatter around the estimate (standard deviation of the logarithm of the
# time) where nothing is known but a straight line; a county's own drives replace it on the road.
STRAIGHT_LINE_SPREAD: Final = 0.35
P80_Z: Final = 0.8416  # the 80th centile of the standard normal distribution

Method = Literal["straight_line", "road", "road_and_straight_line"]


class TravelEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """How long a journey takes: seconds rounded up, metres along the way, and how it is known.

    ``duration_s`` is the median, ``duration_p80_s`` what four journeys of five stay below. A road
    journey that begins or ends off the road has its straight pieces in it, and its method says so.
    """

    duration_s: int
    duration_p80_s: int
    distance_m: int
    method: Method
    is_estimate: bool
    path: tuple[Wgs84, ...]


class TravelTimes(Protocol):
    """The port: times between places, in the order asked."""

    def when(self, at: datetime, priority: str) -> "TravelTimes":
        """The same for journeys at a moment, driven for a priority (P1-P4, "" for none)."""
        ...

    def estimate(self, origin: Wgs84, destination: Wgs84) -> TravelEstimate:
        """One journey."""
        ...

    def many(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """One journey from each origin; ValueError for more than MAX_TRAVEL_ORIGINS."""
        ...

    def to_many(self, origin: Wgs84, destinations: Sequence[Wgs84]) -> list[TravelEstimate]:
        """One journey to each destination; ValueError for more than MAX_TRAVEL_ORIGINS."""
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

    def when(self, at: datetime, priority: str) -> "StraightLineTravel":
        """Itself: a straight line knows neither the hour nor the priority."""
        return self

    def estimate(self, origin: Wgs84, destination: Wgs84) -> TravelEstimate:
        """One journey; the path is the straight line itself, since no road is known."""
        distance_m = haversine_m(origin, destination) * self._detour_factor
        duration_s = distance_m / self._speed_m_per_s
        return TravelEstimate(
            duration_s=math.ceil(duration_s),
            duration_p80_s=math.ceil(duration_s * math.exp(P80_Z * STRAIGHT_LINE_SPREAD)),
            distance_m=round(distance_m),
            method="straight_line",
            is_estimate=True,
            path=(origin, destination),
        )

    def many(self, origins: Sequence[Wgs84], destination: Wgs84) -> list[TravelEstimate]:
        """One journey from each origin, in the order given."""
        check_count(len(origins))
        return [self.estimate(origin, destination) for origin in origins]

    def to_many(self, origin: Wgs84, destinations: Sequence[Wgs84]) -> list[TravelEstimate]:
        """One journey to each destination, in the order given."""
        check_count(len(destinations))
        return [self.estimate(origin, destination) for destination in destinations]


def check_count(places: int) -> None:
    """Raises ValueError for more than MAX_TRAVEL_ORIGINS places at once."""
    if places > MAX_TRAVEL_ORIGINS:
        raise ValueError(f"{places} places, at most {MAX_TRAVEL_ORIGINS} at once")

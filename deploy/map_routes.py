"""`greenlane map route` and `map eta`: travel times by the imported map, as JSON.

A place is written "lon,lat" in WGS-84 degrees, or as the id of a facility of the map. Not here: how
a time is found (`maps.network.travel`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.errors import BadPayload
from maps.coordinates import CoordinateError, Wgs84
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.pack import Pack
from maps.travel import StraightLineTravel, TravelEstimate, TravelTimes

ZONE: Final = ZoneInfo("Asia/Shanghai")


def travel_of(pack: Pack, at: datetime | None, priority: str) -> TravelTimes:
    """Travel times over the map for journeys that begin at ``at`` (now when None)."""
    roads = Roads(pack.graph(), RoadPolicy())
    return RoadTravel(roads, StraightLineTravel(), ZONE).when(at or datetime.now(UTC), priority)


def place_of(words: str, pack: Pack) -> Wgs84:
    """A place from "lon,lat" or from the id of a facility; raises BadPayload naming the words."""
    for row in pack.facilities():
        if row["id"] == words:
            return Wgs84(lon=row["lon"], lat=row["lat"])
    parts = words.split(",")
    try:
        lon, lat = (float(part) for part in parts)
        return Wgs84(lon=lon, lat=lat)
    except CoordinateError as error:
        raise BadPayload("place", f"{words}: {error}") from None
    except ValueError:
        raise BadPayload(
            "place", f"{words}: write lon,lat in degrees (7.42,43.73) or a facility's id"
        ) from None


def moment_of(words: str | None) -> datetime | None:
    """A moment from ISO 8601; without an offset it is the county's own time."""
    if words is None:
        return None
    try:
        read = datetime.fromisoformat(words)
    except ValueError:
        raise BadPayload("at", f"{words}: write 2026-11-23T08:30 or with an offset") from None
    return read if read.tzinfo else read.replace(tzinfo=ZONE)


def route(travel: TravelTimes, origin: Wgs84, destination: Wgs84) -> dict[str, Any]:
    """One journey with its way as a GeoJSON line."""
    found = travel.estimate(origin, destination)
    way = [[round(place.lon, 6), round(place.lat, 6)] for place in found.path]
    return _shown(found) | {"path": {"type": "LineString", "coordinates": way}}


def matrix(
    travel: TravelTimes, origins: Sequence[Wgs84], destinations: Sequence[Wgs84]
) -> list[list[dict[str, Any]]]:
    """One row an origin, one column a destination."""
    columns = [travel.many(origins, destination) for destination in destinations]
    return [[_shown(column[row]) for column in columns] for row in range(len(origins))]


def _shown(one: TravelEstimate) -> dict[str, Any]:
    return {
        "duration_s": one.duration_s,
        "duration_p80_s": one.duration_p80_s,
        "distance_m": one.distance_m,
        "method": one.method,
        "is_estimate": one.is_estimate,
    }

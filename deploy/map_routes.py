"""`greenlane map route` and `map eta`: travel times by the imported map, as JSON.

A place is written "lon,lat" in WGS-84 degrees, or as the id of a facility of the map. Not here: how
a time is found (`maps.network.travel`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.county_policies import read_roads
from dispatch.errors import BadPayload
from maps.coordinates import CoordinateError, Wgs84
from maps.county import load_county
from maps.network.learned import Learned
from maps.network.learned_file import read_learned
from maps.network.speeds import unknown_ferries
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.pack import Pack
from maps.travel import StraightLineTravel, TravelEstimate, TravelTimes

ZONE: Final = ZoneInfo("Asia/Shanghai")


def roads_of(county: Path | None) -> tuple[RoadPolicy, ZoneInfo]:
    """How a county drives, and its time zone; without a folder the defaults and China's.

    Raises CountyError naming the file, the key and what to do.
    """
    if county is None:
        return RoadPolicy(), ZONE
    return read_roads(county), ZoneInfo(load_county(county).settings.zone)


def travel_of(
    pack: Pack, at: str | None, priority: str, county: Path | None
) -> tuple[TravelTimes, dict[str, Any]]:
    """Travel times over the map for journeys that begin at ``at`` (see `moment_of`; None: now).

    Corrected by the county's own drives where that was learned beside the same speeds; beside the
    times stands what they were made with.
    """
    policy, zone = roads_of(county)
    told: dict[str, Any] = {"learned": None}
    learned: Learned | None = None
    try:
        if file := read_learned(pack.folder.parent, policy.speeds):
            learned, told["learned"] = file.learned, file.version
    except BadPayload as error:
        told["learned_not_used"] = error.detail
    graph = pack.graph()
    if missing := unknown_ferries(graph, policy.speeds):
        told["ferries_not_on_map"] = missing
    travel = RoadTravel(Roads(graph, policy), StraightLineTravel(), zone, learned)
    return travel.when(moment_of(at, zone) or datetime.now(UTC), priority), told


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


def moment_of(words: str | None, zone: ZoneInfo = ZONE) -> datetime | None:
    """A moment from ISO 8601; without an offset it is the county's own time."""
    if words is None:
        return None
    try:
        read = datetime.fromisoformat(words)
    except ValueError:
        raise BadPayload("at", f"{words}: write 2026-11-23T08:30 or with an offset") from None
    return read if read.tzinfo else read.replace(tzinfo=zone)


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

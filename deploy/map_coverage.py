"""`greenlane map isochrone`: how far one gets in so many minutes, as GeoJSON.

A function for `deploy.map_commands` to register. The answer is one FeatureCollection, as every map
program reads it; what it was made from stands in its member ``about``. Not here: how it is computed
(`maps.coverage.isochrone`).
"""

import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from deploy.map_routes import moment_of, place_of, roads_of
from deploy.maps import County, Data, map_in_force, said, show
from dispatch.errors import BadPayload
from maps.coverage.isochrone import Isochrones, as_geojson, check_limits
from maps.coverage.reach import Driving, Origin
from maps.network.speeds import weights_ms
from maps.network.travel import RoadPolicy, Roads
from maps.pack import Pack

_NO_ROAD: Final = "no road within {reach_m:g} m of {places}: there a circle by the straight line"

Places = Annotated[
    list[str],
    typer.Argument(
        metavar="PLACE...",
        help="lon,lat in WGS-84 degrees, or a facility's id; of several the quickest counts.",
    ),
]
Minutes = Annotated[str, typer.Option("--minutes", help="Limits, with commas between.")]
Towards = Annotated[bool, typer.Option("--towards", help="Drives to the place, not from it.")]
Priority = Annotated[str, typer.Option(help="P1 to P4: P1 and P2 are driven with sirens.")]
At = Annotated[str | None, typer.Option("--at", help="When the journey begins; now if left out.")]


def isochrone(
    places: Places,
    *,
    minutes: Minutes = "5,10,15",
    towards: Towards = False,
    at: At = None,
    priority: Priority = "P1",
    county: County = None,
    data: Data = None,
) -> None:
    """Draw the land that is reached from a place within so many minutes."""
    with said():
        limits = limits_of(minutes)
        policy, zone = roads_of(county)
        moment = (moment_of(at, zone) or datetime.now(UTC)).astimezone(zone)
        pack = map_in_force(data)
        origins = [Origin(place=place_of(words, pack)) for words in places]
        show(drawn(pack, origins, limits, moment, policy, priority=priority, towards=towards))


def drawn(
    pack: Pack,
    origins: list[Origin],
    limits_min: list[float],
    at: datetime,
    policy: RoadPolicy,
    *,
    priority: str,
    towards: bool,
) -> dict[str, Any]:
    """The isochrones over an imported map as GeoJSON, with what they were made from.

    ``at`` is in the county's own time. A learned correction is left aside: what is drawn is the
    map's own estimate.
    """
    graph, hour = pack.graph(), at.hour
    roads = Roads(graph, policy)
    isochrones = Isochrones(roads)
    driving = Driving(roads, weights_ms(graph, policy.speeds, hour=hour, priority=priority))
    began = time.perf_counter()
    found = isochrones.around(driving, origins, limits_min, is_to=towards)
    took_ms = (time.perf_counter() - began) * 1000.0
    off = [one.place for one in origins if driving.nearest(one.place) is None]
    words = ", ".join(f"{place.lon},{place.lat}" for place in off)
    about = {
        "map": pack.manifest.version,
        "attribution": pack.manifest.attribution,
        "at": at.isoformat(),
        "priority": priority,
        "towards": towards,
        "note": _NO_ROAD.format(reach_m=policy.reach_m, places=words) if off else None,
        "took_ms": round(took_ms, 1),
    }
    return as_geojson(found) | {"about": about}


def limits_of(minutes: str) -> list[float]:
    """The limits from "5,10,15"; raises BadPayload naming what is wrong."""
    try:
        limits = [float(part) for part in minutes.split(",")]
    except ValueError:
        raise BadPayload("minutes", f"--minutes {minutes}: write such as 5,10,15") from None
    try:
        check_limits(limits)
    except ValueError as wrong:
        raise BadPayload("minutes", f"--minutes {minutes}: {wrong}") from None
    return limits

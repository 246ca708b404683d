"""Cover and demand for the console's map: who reaches what in time, and where calls come from.

``GET /api/coverage/cells``                                             cells of the county
``GET /api/coverage/isochrones?around=county|unit:ID|station:ID``       with ``&minutes=8,12,20``

For the dispatcher and the administrator: it shows where every unit stands. Everything is computed
off the event loop (`dispatch.live.coverage`).
"""

from fastapi import APIRouter, Request, Response

from dispatch.domain.world import World
from dispatch.errors import BadPayload, Refused
from dispatch.http.guard import services, signed_in
from dispatch.http.services import Services
from dispatch.live.coverage import default_limits
from dispatch.live.standing import Standing, idle_units, standing_of
from maps.coordinates import Wgs84
from maps.coverage.isochrone import check_limits

router = APIRouter(tags=["map"])


@router.get("/api/coverage/cells")
async def cells(request: Request) -> Response:
    """Each cell with its nearest idle unit and its expected calls in this hour of the week."""
    parts = await _desk(request)
    now, world = parts.now(), parts.follower.world
    idle = idle_units(world, parts.plane.positions, now)
    return _encoded(await parts.coverage.cells(world, idle, now))


@router.get("/api/coverage/isochrones")
async def isochrones(
    request: Request, around: str = "county", minutes: str | None = None
) -> Response:
    """The land within so many minutes of a unit, a station, or of all idle units (`county`)."""
    parts = await _desk(request)
    now, world = parts.now(), parts.follower.world
    standing = _standing(parts, world, around)
    limits = default_limits(world.config) if minutes is None else limits_of(minutes)
    return _encoded(await parts.coverage.isochrones(world, around, standing, limits, now))


async def _desk(request: Request) -> Services:
    """The parts, for whoever sees all units; raises ``Refused``."""
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    return services(request)


def _standing(parts: Services, world: World, around: str) -> tuple[Standing, ...]:
    """Where it begins; raises ``BadPayload`` for words that mean nothing, ``Refused`` otherwise."""
    kind, _, ident = around.partition(":")
    positions, now = parts.plane.positions, parts.now()
    if around == "county":
        return idle_units(world, positions, now)
    if kind == "unit" and ident:
        found = standing_of(world, positions, ident, now)
    elif kind == "station" and ident:
        found = _station(world, ident)
    else:
        raise BadPayload("malformed", f"around={around}: write county, unit:ID or station:ID")
    if found is None:
        raise Refused("not_found", around=around)
    return (found,)


def _station(world: World, ident: str) -> Standing | None:
    for station in world.config.stations if world.config is not None else ():
        if station.station_id == ident:
            place = Wgs84(lon=station.lon, lat=station.lat)
            return Standing(unit_id=f"station:{ident}", place=place, is_assumed=False)
    return None


def limits_of(minutes: str) -> list[float]:
    """The limits from "8,12,20"; raises ``BadPayload`` naming what is wrong."""
    try:
        limits = [float(part) for part in minutes.split(",")]
        check_limits(limits)
    except ValueError as wrong:
        raise BadPayload(
            "malformed", f"minutes={minutes}: {wrong}; write such as 8,12,20"
        ) from None
    return sorted(set(limits))


def _encoded(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

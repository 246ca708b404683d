"""The way a unit drives, for the maps of those who may see where it is.

``GET /api/units/{id}/route``                            to what it drives to now
``GET /api/units/{id}/route?incident=ID``                to an incident, as a proposal
``GET /api/replay/units/{id}/route?seq=&at=&lon=&lat=``  of then: with the closures of that time

The console sees every unit, a crew its own (`sees_unit`), a hospital one that brings it a patient,
and only while that unit drives to it (`inbound_of_unit`). Asking for another unit is answered like
one that does not exist.
"""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from dispatch.domain.fold import apply
from dispatch.domain.views import Audience, audience_of, inbound_of_unit, sees_unit
from dispatch.domain.world import World
from dispatch.errors import BadPayload, Refused
from dispatch.http.auth import Me
from dispatch.http.guard import answer, services, signed_in
from dispatch.http.services import Services
from dispatch.live.eta import Target, target_of
from dispatch.live.standing import standing_of
from dispatch.live.ways import proposed_target
from maps.coordinates import CoordinateError, Wgs84

router = APIRouter(tags=["map"])


@router.get("/api/units/{unit_id}/route")
async def route(unit_id: str, request: Request, incident: str | None = None) -> Response:
    """The unit's way from its newest fix; without a target or a fix an empty one."""
    me = await signed_in(request)
    parts = services(request)
    now, world = parts.now(), parts.follower.world
    _may_see(world, me, unit_id)
    place: Wgs84 | None
    target: Target | None
    if incident is not None:
        place, target = _proposal(parts, world, me, unit_id, incident)
    else:
        fix = parts.plane.positions.get(unit_id)
        place = None if fix is None else Wgs84(lon=fix.lon, lat=fix.lat)
        target = target_of(world, unit_id)
    return answer(await parts.ways.way(world.closures, unit_id, place, target, now))


def _may_see(world: World, me: Me, unit_id: str) -> None:
    """Raises ``Refused("not_found")`` for a unit that is not there, or not for this person."""
    audience = audience_of(me.actor())
    if unit_id in world.units and (
        sees_unit(audience, unit_id) or _comes(world, audience, unit_id)
    ):
        return
    raise Refused("not_found", unit_id=unit_id)


def _comes(world: World, audience: Audience, unit_id: str) -> bool:
    """Whether the unit drives to this hospital with a patient of its own."""
    if audience.kind != "facility" or not inbound_of_unit(world, audience.scope, unit_id):
        return False
    target = target_of(world, unit_id)
    return target is not None and (target.kind, target.target_id) == ("hospital", audience.scope)


def _proposal(
    parts: Services, world: World, me: Me, unit_id: str, incident_id: str
) -> tuple[Wgs84 | None, Target]:
    """From where the recommendation counts to the scene; only who sends may ask."""
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    target = proposed_target(world, incident_id)
    if target is None:
        raise Refused("unknown_incident", incident_id=incident_id)
    standing = standing_of(world, parts.plane.positions, unit_id, parts.now())
    return None if standing is None else standing.place, target


@router.get("/api/replay/units/{unit_id}/route")
async def route_then(
    unit_id: str, request: Request, seq: int, at: str, lon: float, lat: float
) -> Response:
    """The way from a place of the unit's track to what it drove to after event ``seq``.

    The world is folded to ``seq``; its closures count as they held at ``at``. The roads are those
    of today's map.
    """
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    place, moment = _place(lon, lat), _moment(at)
    parts = services(request)
    if not 0 <= seq <= parts.follower.world.seq:
        raise Refused("not_found", seq=seq)
    base = await parts.log.snapshot_before(seq)
    world, _ = apply(base, await parts.log.read_between(base.seq, seq))
    target = target_of(world, unit_id)
    way = await parts.ways_then.way(world.closures, unit_id, place, target, moment)
    return answer(way)


def _place(lon: float, lat: float) -> Wgs84:
    try:
        return Wgs84(lon=lon, lat=lat)
    except CoordinateError as wrong:
        raise BadPayload("malformed", f"lon={lon}, lat={lat}: {wrong}") from None


def _moment(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadPayload("malformed", f"at={words}: write 2026-01-31T08:00:00Z")
    return found

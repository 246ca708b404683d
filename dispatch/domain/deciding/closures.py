"""Closures and slow zones: who is believed, and for how long they stay listed.

A closure counts between its times; when it is over it stays listed, as over by the screen's clock,
until somebody lifts it or a day has passed, when the deadline (`dispatch.domain.deadlines`) does.
"""

from datetime import datetime, timedelta

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.config import CountyConfig
from dispatch.domain.deciding.registry import Context, config_of, decides, degrees
from dispatch.domain.world import ClosureRecord, World
from dispatch.errors import Refused
from dispatch.limits import CLOSURE_AWAY_MAX_M, CLOSURE_KEPT_S, CLOSURES_MAX
from maps.coordinates import Wgs84
from maps.distance import haversine_m


@decides(c.DrawClosure)
def draw(world: World, command: c.DrawClosure, context: Context) -> list[e.Event]:
    """Once for each id, near the county, and for a time that is not over yet."""
    config = config_of(world)
    if command.closure_id in world.closures:
        raise Refused("closure_drawn_already", closure_id=command.closure_id)
    if len(world.closures) >= CLOSURES_MAX:
        raise Refused("too_many_closures", limit=CLOSURES_MAX)
    if not command.reason.strip():
        raise Refused("reason_needed", what="closure")
    is_slow = command.kind == "slow"
    if is_slow and command.factor <= 1.0:
        raise Refused("closure_factor_wrong", factor=command.factor)
    from_at = command.from_at or context.at
    until_at = command.until_at
    if until_at is not None and until_at <= max(from_at, context.now):
        raise Refused("closure_ends_too_soon")
    if any(_is_away(config, corner) for corner in command.outline):
        raise Refused("closure_outside_county", limit_km=CLOSURE_AWAY_MAX_M // 1000)
    return [
        e.ClosureDrawn(
            closure_id=command.closure_id,
            kind=command.kind,
            factor=command.factor if is_slow else 1.0,
            outline=tuple((degrees(lon), degrees(lat)) for lon, lat in command.outline),
            reason=command.reason,
            from_at=from_at,
            until_at=until_at,
        )
    ]


def _is_away(config: CountyConfig, corner: tuple[float, float]) -> bool:
    """Whether no town, station or hospital of the county is anywhere near."""
    here = Wgs84(lon=corner[0], lat=corner[1])
    places = [(one.lon, one.lat) for one in config.towns]
    places += [(one.lon, one.lat) for one in config.stations]
    places += [(one.lon, one.lat) for one in config.facilities]
    near = (haversine_m(here, Wgs84(lon=lon, lat=lat)) for lon, lat in places)
    return all(away_m > CLOSURE_AWAY_MAX_M for away_m in near)


@decides(c.LiftClosure)
def lift(world: World, command: c.LiftClosure, context: Context) -> list[e.Event]:
    """People lift at any time, the deadline only what ended a day ago."""
    closure = world.closures.get(command.closure_id)
    is_deadline = context.actor.role == "system"
    if is_deadline and (closure is None or not is_over_long(closure, context.now)):
        raise Refused("not_due", closure_id=command.closure_id)
    if closure is None:
        raise Refused("unknown_closure", closure_id=command.closure_id)
    return [e.ClosureLifted(closure_id=closure.closure_id, reason=command.reason)]


def is_over_long(closure: ClosureRecord, now: datetime) -> bool:
    """Whether it ended so long ago that nobody asks about it any more."""
    if closure.until_at is None:
        return False
    return now >= closure.until_at + timedelta(seconds=CLOSURE_KEPT_S)

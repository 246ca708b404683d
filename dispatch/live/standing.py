"""Where units stand now, as far as it is known: the one answer for cover and for proposed ways.

The rule which fix may be believed is `dispatch.recommend.units.is_position_known`, so that what
the map shows and what is advised begin at the same place. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from dispatch.domain.states import Readiness
from dispatch.domain.world import World
from dispatch.recommend.units import is_position_known
from maps.coordinates import Wgs84
from telemetry.ports import LivePosition


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's place; ``is_assumed``: no fix to believe, so it is taken to be at its station."""

    unit_id: str
    place: Wgs84
    is_assumed: bool


def standing_of(
    world: World, positions: Mapping[str, LivePosition], unit_id: str, now: datetime
) -> Standing | None:
    """Where one unit stands; None for a unit that the county does not have."""
    return next(_standing(world, positions, [unit_id], now), None)


def idle_units(
    world: World, positions: Mapping[str, LivePosition], now: datetime
) -> tuple[Standing, ...]:
    """Every unit that could be sent now, in the order of their ids."""
    idle = [
        unit_id
        for unit_id, unit in sorted(world.units.items())
        if unit.assignment_id is None and unit.readiness == Readiness.IN_SERVICE
    ]
    return tuple(_standing(world, positions, idle, now))


def _standing(
    world: World, positions: Mapping[str, LivePosition], unit_ids: Iterable[str], now: datetime
) -> Iterator[Standing]:
    if world.config is None:
        return
    station_of = {unit.unit_id: unit.station_id for unit in world.config.units}
    stations = {one.station_id: one for one in world.config.stations}
    for unit_id in unit_ids:
        station_id = station_of.get(unit_id)  # type: ignore[call-overload]
        if station_id is None:
            continue
        fix = positions.get(unit_id)
        if fix is not None and _is_believed(fix, now):
            place = Wgs84(lon=fix.lon, lat=fix.lat)
            yield Standing(unit_id=unit_id, place=place, is_assumed=False)
        else:
            station = stations[station_id]
            place = Wgs84(lon=station.lon, lat=station.lat)
            yield Standing(unit_id=unit_id, place=place, is_assumed=True)


def _is_believed(fix: LivePosition, now: datetime) -> bool:
    age_s = max(0, round((now - fix.at).total_seconds()))
    return is_position_known(age_s, fix.doubtful is not None)

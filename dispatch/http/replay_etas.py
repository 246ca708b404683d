"""The ETAs of a replay: recomputed from the recorded fixes and the world of that time. Pure.

ETAs are live values and not in the log. They follow from two things that are kept, the fixes and
the events, by the very functions of the live plane. A fix counts from when it was received: what a
vehicle stored while it had no link came later, and nobody saw an ETA of it at the time.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from dispatch.domain import events as e
from dispatch.domain.fold import apply
from dispatch.domain.world import World
from dispatch.ids import UnitId
from dispatch.limits import REPLAY_ETA_EVERY_S
from dispatch.live.eta import Target, eta_of, target_of
from maps.coordinates import Wgs84
from maps.travel import TravelTimes
from telemetry.rows import FixRow


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """From ``at`` on the unit drove to ``target``; None: nowhere for this incident."""

    at: datetime
    target: Target | None


class EtaThen(msgspec.Struct, frozen=True, array_like=True):
    """What the screens said from ``at`` on, by a fix true at ``fix_at``; without a target nothing.

    On the wire it is a row: [at, target, target_id, arrive_at, fix_at].
    """

    at: datetime
    target: Literal["scene", "hospital"] | None
    target_id: str | None
    arrive_at: datetime | None
    fix_at: datetime | None


def aims_of(
    world: World, window: Sequence[e.Envelope], incident_id: str, unit_ids: Collection[UnitId]
) -> dict[UnitId, list[Aim]]:
    """What each unit drove to, change by change; its work for other incidents is nobody's here."""
    aims: dict[UnitId, list[Aim]] = {unit_id: [] for unit_id in unit_ids}
    for envelope in window:
        world, _ = apply(world, [envelope])
        for unit_id, held in aims.items():
            target = _here(world, unit_id, incident_id)
            if target != (held[-1].target if held else None):
                held.append(Aim(at=envelope.recorded_at, target=target))
    return aims


def _here(world: World, unit_id: UnitId, incident_id: str) -> Target | None:
    unit = world.units.get(unit_id)
    if unit is None or unit.assignment_id is None:
        return None
    if world.assignments[unit.assignment_id].incident_id != incident_id:
        return None
    return target_of(world, unit_id)


def etas_of(travel: TravelTimes, aims: Sequence[Aim], fixes: Sequence[FixRow]) -> list[EtaThen]:
    """One unit's ETAs in order of time: a row at each change of target, else one every 5 s."""
    steps: list[tuple[datetime, Aim | FixRow]] = [(aim.at, aim) for aim in aims]
    steps += [(fix.stamp.received_at, fix) for fix in fixes if fix.doubtful is None]
    target: Target | None = None
    newest: FixRow | None = None
    rows: list[EtaThen] = []
    for at, step in sorted(steps, key=lambda one: one[0]):
        if isinstance(step, Aim):
            target = step.target
        elif newest is None or step.stamp.true_at > newest.stamp.true_at:
            newest = step
        else:
            continue  # a late fix never replaces a newer one
        if target is not None and newest is not None:
            _put(rows, _row(travel, target, newest, at))
        elif rows and rows[-1].target is not None:
            rows.append(EtaThen(at, None, None, None, None))
    return rows


def _row(travel: TravelTimes, target: Target, fix: FixRow, at: datetime) -> EtaThen:
    place = Wgs84(lon=fix.lon, lat=fix.lat)
    eta = eta_of(travel, target, place, fix.stamp.true_at, at)
    return EtaThen(at, eta.target, eta.target_id, eta.arrive_at, eta.from_fix_at)


def _put(rows: list[EtaThen], row: EtaThen) -> None:
    """Of one target the first row stays; after it the newest of each 5 s, so none is left behind.

    The newest and not the first: of many stored fixes that arrive at once only the last is true.
    """
    is_thinned = len(rows) > 1 and all(_aim(one) == _aim(row) for one in rows[-2:])
    is_again = bool(rows) and rows[-1].at == row.at
    if is_again or (is_thinned and _slot(rows[-1]) == _slot(row)):
        rows[-1] = row
    else:
        rows.append(row)


def _aim(row: EtaThen) -> tuple[str | None, str | None]:
    return row.target, row.target_id


def _slot(row: EtaThen) -> int:
    return int(row.at.timestamp() // REPLAY_ETA_EVERY_S)

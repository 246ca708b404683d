"""The ETAs of a replay: recomputed from the recorded fixes and the world of that time.

ETAs are live values and not in the log. They follow from two things that are kept, the fixes and
the events (the closures of that time among them), by the very functions of the live plane. A fix
counts from when it was received: what a vehicle stored while it had no link came later, and nobody
saw an ETA of it at the time. Every believed fix of the job is followed along the roads, also where
only one row of several is kept; a live value that a full bus dropped between two processes was
never followed there. The road map is the one of today.
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
from dispatch.live.eta import Course, Target, UnitFix, eta_of, target_of
from dispatch.live.journeys import Journeys, Records
from maps.coordinates import Wgs84
from maps.matching.model import RoadModel
from telemetry.position import says_less
from telemetry.rows import FixRow


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """From ``at`` on the unit drove to ``target`` past ``closures``; None: not for this job."""

    at: datetime
    target: Target | None
    closures: Records = {}


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
            last = held[-1] if held else Aim(at=envelope.recorded_at, target=None)
            is_other_way = target is not None and world.closures is not last.closures
            if target != last.target or is_other_way:
                at, closures = envelope.recorded_at, world.closures
                held.append(Aim(at=at, target=target, closures=closures))
    return aims


def _here(world: World, unit_id: UnitId, incident_id: str) -> Target | None:
    unit = world.units.get(unit_id)
    if unit is None or unit.assignment_id is None:
        return None
    if world.assignments[unit.assignment_id].incident_id != incident_id:
        return None
    return target_of(world, unit_id)


class _Said(msgspec.Struct, frozen=True):
    """What an ETA was said of: from ``place``, by ``fix``; without a target none was."""

    at: datetime
    aim: Aim | None = None
    fix: FixRow | None = None
    place: Wgs84 | None = None


def etas_of(travel: Journeys, aims: Sequence[Aim], fixes: Sequence[FixRow]) -> list[EtaThen]:
    """One unit's ETAs in order of time: a row at each change of target, else one every 5 s.

    ``travel`` must be the replay's own (`Journeys.apart`): it is set to the closures of that time.
    """
    return [_row(travel, said) for said in _said(travel.model(), aims, fixes)]


def _said(model: RoadModel | None, aims: Sequence[Aim], fixes: Sequence[FixRow]) -> list[_Said]:
    steps: list[tuple[datetime, Aim | FixRow]] = [(aim.at, aim) for aim in aims]
    steps += [(fix.stamp.received_at, fix) for fix in fixes if is_shown(fix)]
    aim: Aim | None = None
    newest: FixRow | None = None
    job, course = "", Course(model)
    rows: list[_Said] = []
    for at, step in sorted(steps, key=lambda one: one[0]):
        if isinstance(step, Aim):
            aim = step if step.target is not None else None
        elif newest is None or _replaces(newest, step):
            newest = step
        else:
            continue
        if aim is None or aim.target is None or newest is None:
            if rows and rows[-1].aim is not None:
                rows.append(_Said(at))
            continue
        if aim.target.assignment_id != job:
            job, course = aim.target.assignment_id, Course(model)
        _put(rows, _Said(at, aim, newest, course.follow(_fix(newest))))
    return rows


def is_shown(fix: FixRow) -> bool:
    """Whether a fix could become the unit's place; one of a suspected datum does, and says so."""
    return fix.doubtful is None or fix.doubtful == "datum"


def _replaces(newest: FixRow, fix: FixRow) -> bool:
    """A late fix never replaces a newer one, nor a mobile cell a fresh satellite."""
    waited_s = (fix.stamp.true_at - newest.stamp.true_at).total_seconds()
    return waited_s > 0 and not says_less(fix.accuracy_m, newest.accuracy_m, waited_s)


def _fix(row: FixRow) -> UnitFix:
    return UnitFix(
        place=Wgs84(lon=row.lon, lat=row.lat),
        at=row.stamp.true_at,
        heading_deg=row.heading_deg,
        speed_kmh=row.speed_kmh,
        accuracy_m=row.accuracy_m,
        is_datum_doubted=row.doubtful == "datum",
    )


def _row(travel: Journeys, said: _Said) -> EtaThen:
    aim, fix, place = said.aim, said.fix, said.place
    if aim is None or aim.target is None or fix is None or place is None:
        return EtaThen(said.at, None, None, None, None)
    then = travel.at(aim.closures, said.at, aim.target.priority)
    eta = eta_of(then, aim.target, place, fix.stamp.true_at, said.at)
    return EtaThen(said.at, eta.target, eta.target_id, eta.arrive_at, eta.from_fix_at)


def _put(rows: list[_Said], row: _Said) -> None:
    """Of one target the first row stays; after it the newest of each 5 s, so none is left behind.

    The newest and not the first: of many stored fixes that arrive at once only the last is true.
    """
    is_thinned = len(rows) > 1 and all(_place(one) == _place(row) for one in rows[-2:])
    is_again = bool(rows) and rows[-1].at == row.at
    if is_again or (is_thinned and _slot(rows[-1]) == _slot(row)):
        rows[-1] = row
    else:
        rows.append(row)


def _place(row: _Said) -> tuple[str, str] | None:
    target = row.aim.target if row.aim is not None else None
    return None if target is None else (target.kind, target.target_id)


def _slot(row: _Said) -> int:
    return int(row.at.timestamp() // REPLAY_ETA_EVERY_S)

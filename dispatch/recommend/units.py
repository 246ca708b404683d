"""Which unit to send: the idle capable unit that is there first, with reasons and alternatives.

Order (the classic closest-idle rule behind a capability filter): capable before
incapable; then travel time plus the worth of each wish it does not meet (`needs`, POLICY); then a
known position before an unknown one; then unit id. Units that are busy or out of service are no
options; they are told in ``excluded``. The closest idle unit is always among the options: when it
is not capable it is shown flagged, and never before a capable one.

Position. A fix older than 30 s is told (UX rule 1). One older than 5 min, a doubtful one, or none:
the position counts as unknown, the caller takes the station's instead (`is_position_known` is the
one rule for both) and it is told.

Nobody. When no capable unit is idle, ``nobody`` names the busy capable unit that is free soonest,
as far as known; the options are then incapable ones, for a first response, never the advice.

| in `reasons` (for)       | params   | in `costs` (against)     | params                          |
|--------------------------|----------|--------------------------|---------------------------------|
| `nearest_capable`        |          | `slower_by`              | seconds (than the first)        |
| `closest_idle`           |          | `not_capable`            | missing (commas)                |
| `faster_by`              | seconds  | `lacks_wished`           | missing, worth_s                |
| `meets_need`             | kind     | `stale_fix`              | age_s                           |
| `brings`                 | what     | `position_unknown`       | station, age_s (or none)        |
| `straight_line_estimate` |          | `leaves_station_empty`   | station                         |
| `partly_straight_line`   |          |                          |                                 |

Reasons of ``excluded``: `out_of_service`, `busy` (status). This is what a dispatcher is shown for
one incident. Not here: all open calls and redirectable units together (`engine`), standby
(`dmexclp`), and the sending itself (`dispatch.domain`). Pure.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from dispatch.ids import CentreId, StationId, UnitId
from dispatch.recommend.limits import MAX_UNIT_CANDIDATES, MAX_UNIT_OPTIONS
from dispatch.recommend.needs import Requirement, Wish, is_met, missing, requirement, wishes
from hospital_gateway.advice import Reason, Travel, caveats, reason

STALE_FIX_S: Final = 30  # UX rule 1: a position older than 30 s is shown as old
UNKNOWN_FIX_S: Final = 300  # POLICY: at 60 km/h the unit may be 5 km away from where it was seen


class UnitRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What unit choice needs to know of the incident; ``computed_at`` is when it is asked (UTC)."""

    priority: str
    computed_at: datetime
    centres: tuple[CentreId, ...] = ()
    is_pregnant: bool = False


class UnitCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit as it is now; ``travel`` runs from its fix, or from its station when unknown.

    ``status`` is the derived status of `UnitDoc`; ``free_in_s`` is when a busy one should be free.
    """

    unit_id: UnitId
    call_sign: str
    kind: str
    station_id: StationId
    crew_skills: tuple[str, ...]
    equipment: tuple[str, ...]
    status: str
    is_idle: bool
    travel: Travel
    fix_age_s: int | None
    is_fix_doubtful: bool = False
    free_in_s: int | None = None


class UnitOption(msgspec.Struct, frozen=True, kw_only=True):
    """One idle unit that could be sent."""

    unit_id: UnitId
    call_sign: str
    duration_s: int
    distance_m: int
    method: str
    reasons: tuple[Reason, ...]
    costs: tuple[Reason, ...]
    is_capable: bool
    fix_age_s: int | None
    penalty_s: int
    duration_p80_s: int | None = None


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that cannot be sent now, and why."""

    unit_id: UnitId
    call_sign: str
    reason: Reason


class Nobody(msgspec.Struct, frozen=True, kw_only=True):
    """No capable unit is idle; the busy one that is free soonest, where that is known."""

    unit_id: UnitId | None
    free_in_s: int | None


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """Options, the recommended first; ``oldest_fix_s`` is the oldest fix an option rests on.

    ``others`` are the idle units that did not fit among the options, in their order: no screen
    lists them, but one of them may be chosen, and then the evidence must know it.
    """

    computed_at: datetime
    rule: str
    method: str
    oldest_fix_s: int | None
    options: tuple[UnitOption, ...]
    others: tuple[UnitOption, ...]
    excluded: tuple[Excluded, ...]
    nobody: Nobody | None


class _Weighed(msgspec.Struct, frozen=True, kw_only=True):
    candidate: UnitCandidate
    gaps: tuple[str, ...]
    unmet: tuple[Wish, ...]
    met: tuple[Wish, ...]
    penalty_s: int
    is_known: bool


def is_position_known(fix_age_s: int | None, is_fix_doubtful: bool) -> bool:
    """Whether a unit's last fix may stand for where it is; otherwise its station does."""
    return fix_age_s is not None and fix_age_s <= UNKNOWN_FIX_S and not is_fix_doubtful


def rank(request: UnitRequest, candidates: Sequence[UnitCandidate]) -> Recommendation:
    """Recommend a unit for ``request``; never raises and does not depend on the order given."""
    near = sorted(candidates, key=_by_time)[:MAX_UNIT_CANDIDATES]
    needed = requirement(request.priority, request.centres)
    wished = wishes(request.priority, request.centres, request.is_pregnant)
    idle = [_weigh(one, needed, wished) for one in near if _can_go(one)]
    ranked = sorted(idle, key=_order)
    ordered = _shown(ranked)
    at_station = Counter(one.candidate.station_id for one in idle)
    closest = min((one.candidate for one in idle), key=_by_time, default=None)
    told = [
        _option(one, ranked[0], needed, at_station, closest is one.candidate)
        for one in (*ordered, *(each for each in ranked if each not in ordered))
    ]
    options = tuple(told[: len(ordered)])
    return Recommendation(
        computed_at=request.computed_at,
        rule=f"closest_capable:{request.priority}",
        method=_method(ordered),
        oldest_fix_s=max(
            (one.candidate.fix_age_s or 0 for one in ordered if one.is_known), default=None
        ),
        options=_with_nearest_capable(options),
        others=tuple(told[len(ordered) :]),
        excluded=tuple(
            Excluded(unit_id=one.unit_id, call_sign=one.call_sign, reason=_why_not(one))
            for one in sorted(candidates, key=lambda each: each.unit_id)
            if not _can_go(one)
        ),
        nobody=None if any(option.is_capable for option in options) else _soonest(near, needed),
    )


def _by_time(one: UnitCandidate) -> tuple[int, str]:
    return one.travel.duration_s, one.unit_id


def _can_go(one: UnitCandidate) -> bool:
    return one.is_idle and one.status != "out_of_service"


def _why_not(one: UnitCandidate) -> Reason:
    if one.status == "out_of_service":
        return reason("out_of_service")
    return reason("busy", status=one.status)


def _weigh(one: UnitCandidate, needed: Requirement, wished: tuple[Wish, ...]) -> _Weighed:
    met = tuple(wish for wish in wished if is_met(wish, one.kind, one.crew_skills, one.equipment))
    unmet = tuple(wish for wish in wished if wish not in met)
    return _Weighed(
        candidate=one,
        gaps=missing(needed, one.kind, one.crew_skills, one.equipment),
        unmet=unmet,
        met=met,
        penalty_s=sum(wish.worth_s for wish in unmet),
        is_known=is_position_known(one.fix_age_s, one.is_fix_doubtful),
    )


def _order(one: _Weighed) -> tuple[bool, int, bool, str]:
    total_s = one.candidate.travel.duration_s + one.penalty_s
    return bool(one.gaps), total_s, not one.is_known, one.candidate.unit_id


def _shown(ordered: list[_Weighed]) -> list[_Weighed]:
    """The first few; the closest of all takes the last place if it would fall off the list."""
    head = ordered[:MAX_UNIT_OPTIONS]
    if not ordered:
        return head
    closest = min(ordered, key=lambda one: _by_time(one.candidate))
    if all(one is not closest for one in head):
        head[-1] = closest
    return head


def _option(
    one: _Weighed,
    first: _Weighed,
    needed: Requirement,
    at_station: Counter[StationId],
    is_closest: bool,
) -> UnitOption:
    unit = one.candidate
    reasons = [reason("closest_idle")] if is_closest else []
    if needed.kinds and not one.gaps:
        reasons.append(reason("meets_need", kind=unit.kind))
    reasons.extend(reason("brings", what=wish.what) for wish in one.met)
    gap_s = unit.travel.duration_s - first.candidate.travel.duration_s
    if gap_s < 0:
        reasons.append(reason("faster_by", seconds=-gap_s))
    return UnitOption(
        unit_id=unit.unit_id,
        call_sign=unit.call_sign,
        duration_s=unit.travel.duration_s,
        distance_m=unit.travel.distance_m,
        method=unit.travel.method,
        reasons=(*reasons, *caveats(unit.travel)),
        costs=tuple(_costs(one, gap_s, at_station)),
        is_capable=not one.gaps,
        fix_age_s=unit.fix_age_s,
        penalty_s=one.penalty_s,
        duration_p80_s=unit.travel.duration_p80_s,
    )


def _costs(one: _Weighed, gap_s: int, at_station: Counter[StationId]) -> list[Reason]:
    unit = one.candidate
    costs: list[Reason] = []
    if one.gaps:
        costs.append(reason("not_capable", missing=",".join(one.gaps)))
    if gap_s > 0:
        costs.append(reason("slower_by", seconds=gap_s))
    if one.unmet:
        lacking = ",".join(wish.what for wish in one.unmet)
        costs.append(reason("lacks_wished", missing=lacking, worth_s=one.penalty_s))
    if not one.is_known:
        costs.append(reason("position_unknown", station=unit.station_id, age_s=unit.fix_age_s))
    elif unit.fix_age_s is not None and unit.fix_age_s > STALE_FIX_S:
        costs.append(reason("stale_fix", age_s=unit.fix_age_s))
    if at_station[unit.station_id] == 1:
        costs.append(reason("leaves_station_empty", station=unit.station_id))
    return costs


def _with_nearest_capable(options: tuple[UnitOption, ...]) -> tuple[UnitOption, ...]:
    """Mark the capable option that is there first, which a wish may have put behind another."""
    nearest = min(
        (option for option in options if option.is_capable),
        key=lambda option: (option.duration_s, option.unit_id),
        default=None,
    )
    return tuple(_marked(option) if option is nearest else option for option in options)


def _marked(option: UnitOption) -> UnitOption:
    reasons = (reason("nearest_capable"), *option.reasons)
    return msgspec.structs.replace(option, reasons=reasons)


def _method(ordered: Sequence[_Weighed]) -> str:
    """The one method of all options; "mixed" for several, "none" for no option."""
    methods = {one.candidate.travel.method for one in ordered}
    if len(methods) > 1:
        return "mixed"
    return methods.pop() if methods else "none"


def _soonest(near: Sequence[UnitCandidate], needed: Requirement) -> Nobody:
    busy = [
        (one.free_in_s, one.unit_id)
        for one in near
        if not _can_go(one)
        and one.status != "out_of_service"
        and one.free_in_s is not None
        and not missing(needed, one.kind, one.crew_skills, one.equipment)
    ]
    if not busy:
        return Nobody(unit_id=None, free_in_s=None)
    free_in_s, unit_id = min(busy)
    return Nobody(unit_id=unit_id, free_in_s=free_in_s)

"""Recorded drives: what is known of each, and by which rule one says nothing about the road.

A drive is one leg (to the scene, to the hospital) with a beginning, an end and, where the vehicle's
fixes are known, what it did in between. Fixes cut it to the part that was driven: from the moment
the wheels left the place to the moment they stood at the end. A crew that reports a step a minute
early or late then changes nothing, and the estimate is asked between the two places of the cut.

`fault_of` names the first rule that a drive breaks; a drive without a fault teaches. The rules are
POLICY: they throw away what had another cause than road and traffic (a stop, a detour, a change of
target, a closure) and whatever cannot be judged. Not here: the correction (`learned`).
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

import msgspec

from maps.coordinates import Wgs84
from maps.distance import haversine_m
from maps.network.closures import Closure
from maps.travel import TravelEstimate

STAND_M: Final = 30.0  # a standing receiver wanders so far; nearer is not driven away
SHORTEST_S: Final = 120.0  # below, pulling out and parking decide, not the road
LONGEST_S: Final = 4 * 3600.0  # no emergency drive takes longer: a step was forgotten
STOP_MAX_S: Final = 300.0  # a level crossing is shorter; longer is fuel, a fault, another errand
GAP_MAX_S: Final = 120.0  # without fixes for longer nobody knows what it did
DETOUR_MAX: Final = 2.0  # twice the way expected was not this journey
MOVED_MIN: Final = 0.5  # less than half the straight line was not driven
ELSEWHERE_M: Final = 500.0  # "arrived" so far from the target: the step was for something else
LATE_MAX_S: Final = 120.0  # a tablet that reports so late had no link, and nobody saw its clock

FAULTS: Final = {
    "no_place": "one of its places is none: 0,0 of a lost receiver, or lon and lat swapped",
    "no_target": "the log names no place that it went to, or several",
    "time_runs_backwards": "it ended before it began",
    "too_long": f"it took over {LONGEST_S / 3600:g} h: a step was forgotten",
    "reported_late": f"the tablet told it over {LATE_MAX_S:g} s after it was",
    "changed_on_the_way": "target, unit or priority changed while it was driven",
    "fixes_missing": f"no fix at its beginning or end, or none for over {GAP_MAX_S:g} s",
    "arrived_elsewhere": f"it ended over {ELSEWHERE_M:g} m from its target",
    "did_not_move": "it covered less than half the straight line to its target",
    "stopped": f"it stood for over {STOP_MAX_S:g} s on the way",
    "no_road": "one of its places is off the roads of the map",
    "too_short": f"its estimate is under {SHORTEST_S:g} s",
    "detour": f"it is over {DETOUR_MAX:g} times as long as the way expected",
    "closed_or_slow": "a closure or slow zone lay on its way",
    "odd_ratio": "five times as long or as short as estimated",
}
"""Why a drive is left out, by rule in the order they are asked; the first two at the source."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One leg as recorded; seconds and metres, None where it is not known.

    ``off_target_m``: how far from its target it ended. ``reported_late_s``: the longest delay
    between a step and its arrival in the log. ``closures`` are those in force when it began.
    """

    started_at: datetime
    ended_at: datetime
    origin: Wgs84
    destination: Wgs84
    priority: str = ""
    leg: str = ""
    driven_m: float | None = None
    longest_stop_s: float | None = None
    largest_gap_s: float | None = None
    off_target_m: float | None = None
    reported_late_s: float | None = None
    is_changed: bool = False
    closures: tuple[Closure, ...] = ()

    @property
    def observed_s(self) -> float:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds()


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The driven part of a run of fixes; see the module for where it is cut."""

    started_at: datetime
    ended_at: datetime
    origin: Wgs84
    end: Wgs84
    driven_m: float
    longest_stop_s: float
    largest_gap_s: float


Timed = tuple[datetime, Wgs84]


def track_of(fixes: Sequence[Timed]) -> Track | None:
    """The driven part of fixes in order of time; None when the vehicle hardly left its place."""
    away = [k for k, fix in enumerate(fixes) if _is_away(fixes[0], fix)]
    not_there = [k for k, fix in enumerate(fixes) if _is_away(fixes[-1], fix)]
    if not away or not not_there or not_there[-1] + 1 < away[0]:
        return None
    first, last = away[0], not_there[-1] + 1
    driven = fixes[first - 1 : last + 1]
    steps = [(two[0] - one[0]).total_seconds() for one, two in pairwise(fixes)]
    way_m, stop_s = _moved(driven)
    return Track(
        started_at=driven[0][0],
        ended_at=driven[-1][0],
        origin=driven[0][1],
        end=driven[-1][1],
        driven_m=way_m,
        longest_stop_s=stop_s,
        largest_gap_s=max(steps),
    )


def _is_away(one: Timed, other: Timed) -> bool:
    return haversine_m(one[1], other[1]) > STAND_M


def _moved(fixes: Sequence[Timed]) -> tuple[float, float]:
    """Metres driven, without the wandering of a standing receiver, and the longest stand in s."""
    way_m = stop_s = 0.0
    anchor = fixes[0]
    for fix in fixes:
        step_m = haversine_m(anchor[1], fix[1])
        if step_m > STAND_M:
            way_m += step_m
            anchor = fix
        stop_s = max(stop_s, (fix[0] - anchor[0]).total_seconds())
    return way_m + haversine_m(anchor[1], fixes[-1][1]), stop_s


def fault_as_recorded(drive: Recorded) -> str:
    """The first rule that it breaks whatever the map says; "" for none."""
    straight_m = haversine_m(drive.origin, drive.destination)
    broken = {
        "time_runs_backwards": drive.observed_s <= 0,
        "too_long": drive.observed_s > LONGEST_S,
        "reported_late": _is_over(drive.reported_late_s, LATE_MAX_S),
        "changed_on_the_way": drive.is_changed,
        "fixes_missing": _is_over(drive.largest_gap_s, GAP_MAX_S),
        "arrived_elsewhere": _is_over(drive.off_target_m, ELSEWHERE_M),
        "did_not_move": drive.driven_m is not None and drive.driven_m < MOVED_MIN * straight_m,
        "stopped": _is_over(drive.longest_stop_s, STOP_MAX_S),
    }
    return next((rule for rule, is_broken in broken.items() if is_broken), "")


def fault_by_map(drive: Recorded, free: TravelEstimate, then: TravelEstimate) -> str:
    """The first rule that it breaks by the estimates without closures and with those of then."""
    way_m = max(free.distance_m, 1)
    broken = {
        "no_road": free.method != "road",
        "too_short": free.duration_s < SHORTEST_S,
        "detour": _is_over(drive.driven_m, DETOUR_MAX * way_m),
        "closed_or_slow": then.duration_s != free.duration_s or then.method != free.method,
    }
    return next((rule for rule, is_broken in broken.items() if is_broken), "")


def _is_over(value: float | None, limit: float) -> bool:
    return value is not None and value > limit

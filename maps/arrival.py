"""Arrival as a proposal: the fixes say that a unit stands at its target, and the crew confirms it.

Nothing here changes a status. The proposal is "arrived at the scene since 10:32:05?", with what it
rests on; the crew's own button always wins, and an ignored proposal does nothing.

A stay begins with the first slow fix inside the radius, and lasts while fixes stay near. One fix
outside by noise does not end it (``leave_factor``); a fast one does, and so does silence: where
nothing was heard for ``gap_s`` nobody knows whether the unit stayed. A unit that drives by, however
near, is never slow for long enough. Pure: the same fixes give the same proposal.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from maps.coordinates import Wgs84
from maps.distance import haversine_m

TargetKind = Literal["scene", "hospital"]

_BASE_S: Final = 10.0  # over less than this a speed from two fixes is mostly their noise
_NOISE_M: Final = 10.0  # a fix that says nothing of its accuracy may be off by so much


class ArrivalPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """POLICY of the county (local policy throughout); metres, seconds, km/h.

    The scene's pin is often a building or a street away from where the unit parks; a hospital's is
    its entrance or the middle of large grounds. ``fixes`` at least must agree over ``dwell_s``. A
    fix worse than ``accuracy_most_m`` says nothing; fixes older than ``stale_s`` propose nothing.
    """

    scene_radius_m: float = 80.0
    hospital_radius_m: float = 120.0
    dwell_s: float = 20.0
    slow_kmh: float = 10.0
    leave_factor: float = 1.5
    gap_s: float = 90.0
    fixes: int = 3
    accuracy_most_m: float = 60.0
    stale_s: float = 30.0

    def __post_init__(self) -> None:
        numbers = (self.scene_radius_m, self.hospital_radius_m, self.slow_kmh, self.gap_s)
        if not all(math.isfinite(number) and number > 0 for number in numbers):
            raise ValueError("radii, slow_kmh and gap_s must be above 0")
        if self.leave_factor < 1.0 or self.fixes < 2 or self.dwell_s < 0:
            raise ValueError("leave_factor from 1, fixes from 2, dwell_s from 0")

    def radius_m(self, kind: TargetKind) -> float:
        """How near counts as there."""
        return self.scene_radius_m if kind == "scene" else self.hospital_radius_m


class ArrivalFix(msgspec.Struct, frozen=True, kw_only=True):
    """One fix; ``at`` is when it was true on the core's clock. Doubtful ones are not given here."""

    place: Wgs84
    at: datetime
    speed_kmh: float | None = None
    accuracy_m: float | None = None


class ArrivalProposal(msgspec.Struct, frozen=True, kw_only=True):
    """The question put to the crew. ``since`` is the proposed time of arrival (of a device that
    sends no speed some seconds late: it takes as long to see that it stands).

    What it rests on: ``fixes`` fixes over ``dwell_s`` seconds, the newest ``distance_m`` from the
    target.
    """

    kind: TargetKind
    target_id: str
    since: datetime
    distance_m: float
    dwell_s: float
    fixes: int


class _Stay(msgspec.Struct, frozen=True, kw_only=True):
    first: ArrivalFix
    last: ArrivalFix
    fixes: int


def propose_arrival(
    fixes: Iterable[ArrivalFix],
    *,
    kind: TargetKind,
    target_id: str,
    target: Wgs84,
    since: datetime,
    now: datetime,
    policy: ArrivalPolicy | None = None,
) -> ArrivalProposal | None:
    """The proposal that the fixes make, or None. Their order does not matter.

    ``since`` is when the unit was given this target: earlier fixes say nothing about it (a unit may
    have stood there all along; then it has arrived as soon as it was sent).
    """
    policy = policy or ArrivalPolicy()
    usable = _usable(fixes, since, now, policy)
    stay: _Stay | None = None
    for number, fix in enumerate(usable):
        is_slow = _is_slow(usable[:number], fix, policy)
        stay = _followed(stay, fix, haversine_m(fix.place, target), is_slow, kind, policy)
    if stay is None or (now - usable[-1].at).total_seconds() > policy.stale_s:
        return None
    dwell_s = (stay.last.at - stay.first.at).total_seconds()
    if dwell_s < policy.dwell_s or stay.fixes < policy.fixes:
        return None
    return ArrivalProposal(
        kind=kind,
        target_id=target_id,
        since=stay.first.at,
        distance_m=haversine_m(stay.last.place, target),
        dwell_s=dwell_s,
        fixes=stay.fixes,
    )


def _usable(
    fixes: Iterable[ArrivalFix], since: datetime, now: datetime, policy: ArrivalPolicy
) -> list[ArrivalFix]:
    """The fixes of this journey that say where the unit is, oldest first, one for each moment."""
    at_once = {
        fix.at: fix
        for fix in fixes
        if since <= fix.at <= now and (fix.accuracy_m or 0.0) <= policy.accuracy_most_m
    }
    return [at_once[at] for at in sorted(at_once)]


def _followed(
    stay: _Stay | None,
    fix: ArrivalFix,
    distance_m: float,
    is_slow: bool,
    kind: TargetKind,
    policy: ArrivalPolicy,
) -> _Stay | None:
    """The stay after one more fix: begun, gone on, or over."""
    if stay is not None and (fix.at - stay.last.at).total_seconds() > policy.gap_s:
        stay = None
    radius_m = policy.radius_m(kind)
    if not is_slow or distance_m > radius_m * policy.leave_factor:
        return None
    if distance_m > radius_m:  # at the edge: it neither begins a stay nor ends one
        return stay
    if stay is None:
        return _Stay(first=fix, last=fix, fixes=1)
    return _Stay(first=stay.first, last=fix, fixes=stay.fixes + 1)


def _is_slow(earlier: Sequence[ArrivalFix], fix: ArrivalFix, policy: ArrivalPolicy) -> bool:
    """By the device's own speed, else by how far it came in some seconds; a first fix is slow."""
    if fix.speed_kmh is not None:
        return fix.speed_kmh <= policy.slow_kmh
    before = next(
        (one for one in reversed(earlier) if (fix.at - one.at).total_seconds() >= _BASE_S),
        earlier[0] if earlier else None,
    )
    if before is None:
        return True
    noise_m = max(_NOISE_M, fix.accuracy_m or 0.0, before.accuracy_m or 0.0)
    moved_m = max(0.0, haversine_m(before.place, fix.place) - noise_m)
    return moved_m / (fix.at - before.at).total_seconds() * 3.6 <= policy.slow_kmh

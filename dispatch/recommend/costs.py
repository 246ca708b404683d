"""What it costs to send a unit to a call, in weighted milliseconds, term by term.

    cost[k, u] = w(k) · ( harm(wait + arrival) + lack + position + cover + floor )  rounded to ms
    keep[k, u] = w(k) · (h + 1 ms)  when u already drives to the call of row k      taken off
    w(k)       = weight of the priority that the call counts as (`effective`)

``arrival`` is release, turnout and drive. Without a harm curve a second of delay is a second of
harm, and the time already waited, equal for every unit, stays out.

Ageing. A call that has waited `ageing_s` counts as one priority graver, once; never as P1: age
alone does not put a sprain before an arrest. So a call is passed over only by graver ones and, once
it has aged, by one priority fewer: the inversion is bounded.

Cover. The demand that a unit's leaving uncovers becomes seconds between 0 and `spare_s`; from
``precious_share`` of all demand on it is the whole bound. Therefore nobody is answered more than
`spare_s` later than by the closest for the sake of cover, and P1 and P2, whose bound is 0, never.

Floor. Where the unit is the last that covers a protected cell, P3 and P4 pay `floor_s` more: it
goes only when nobody else is there within that time, and then the answer says so (I8).

Not here: gates, and the choice itself (`assign`). Pure.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dispatch.recommend.dmexclp import covered_by, holds_last, losses
from dispatch.recommend.gates import arrival_s, sets_out_s
from dispatch.recommend.policies import HarmCurve, RecommendPolicy
from dispatch.recommend.situation import (
    ASSUMED,
    IDLE,
    NOWHERE,
    STALE,
    UNDER_WAY,
    Calls,
    Floats,
    Numbers,
    Situation,
    Travel,
)

_EQUAL_KEEPS_S: Final = 0.001  # a gain of exactly h is none: nobody turns round for a tie

_PLATEAU: Final = 0.01  # far below any slope that a clinical owner would write down


@dataclass(frozen=True, kw_only=True, eq=False)
class Costs:
    """The terms of each pair (k, u) in seconds, and their weighted sum in whole milliseconds.

    ``eta_s`` is the expected arrival; ``decided_s`` what the decision rests on (the harm, or the
    80th percentile); ``keep_s`` and ``weight`` as in the module. ``total_ms`` has no gates in it.
    """

    eta_s: Floats
    decided_s: Floats
    lack_s: Floats
    position_s: Floats
    spare_s: Floats
    floor_s: Floats
    keep_s: Floats
    weight: Floats
    total_ms: Floats

    def terms(self, row: int, unit: int) -> dict[str, float]:
        """Each term of a pair in seconds, unweighted; a keep counts below zero."""
        return {
            "decided": float(self.decided_s[row, unit]),
            "lack": float(self.lack_s[row, unit]),
            "position": float(self.position_s[row, unit]),
            "spare": float(self.spare_s[row, unit]),
            "floor": float(self.floor_s[row, unit]),
            "keep": -float(self.keep_s[row, unit]),
        }


def costs_of(situation: Situation, travel: Travel, policy: RecommendPolicy) -> Costs:
    """All terms; inf where there is no way. O(k u), and O(cells) from P4 on."""
    calls, units = situation.calls, situation.units
    shape = (len(calls), len(units))
    if travel.seconds.shape != shape:
        raise ValueError(f"travel has {travel.seconds.shape}, not {shape} (rows, units)")
    eta_s = arrival_s(situation, travel)
    zero = np.zeros(shape)
    lack_s = zero if travel.lack_s is None else np.minimum(travel.lack_s, policy.wish_max_s)
    position_s = zero
    if (units.position != 0).any():
        doubt = (units.position >= STALE) & (units.position <= ASSUMED)
        position_s = np.broadcast_to(doubt * policy.position_s, shape)
    spare_s, floor_s = _spared(situation, policy, shape)
    keep_s = _kept(situation, policy, shape)
    weight = np.asarray(policy.weights)[effective(calls, policy) - 1]
    decided_s = _decided(situation, travel, eta_s, policy)
    total = weight[:, None] * (decided_s + lack_s + position_s + spare_s + floor_s - keep_s)
    return Costs(
        eta_s=eta_s,
        decided_s=decided_s,
        lack_s=lack_s,
        position_s=position_s,
        spare_s=spare_s,
        floor_s=floor_s,
        keep_s=keep_s,
        weight=weight,
        total_ms=np.rint(total * 1000.0),
    )


def effective(calls: Calls, policy: RecommendPolicy) -> Numbers:
    """The priority each row counts as, 1 to 4: aged by one, never to P1."""
    limit_s = np.asarray(policy.ageing_s)[calls.priority - 1]
    aged = (calls.waited_s >= limit_s) & (calls.priority > 2)
    return np.asarray(calls.priority - aged)


def _decided(
    situation: Situation, travel: Travel, eta_s: Floats, policy: RecommendPolicy
) -> Floats:
    calls, decided_s = situation.calls, eta_s
    if travel.p80_s is not None:
        by_p80 = np.asarray(policy.uses_p80)[calls.priority - 1, None]
        decided_s = np.where(by_p80, travel.p80_s + sets_out_s(situation), eta_s)
    if not policy.at_least("P5") or not policy.curves:
        return decided_s
    if (calls.curve >= len(policy.curves)).any():
        raise ValueError("a call names a harm curve that the policy does not have")
    harmed = decided_s.copy()
    for row in np.flatnonzero(calls.curve != NOWHERE):
        before_s = calls.waited_s[row] + calls.to_care_s[row]
        harmed[row] = harm(policy.curves[calls.curve[row]], before_s, decided_s[row])
    return harmed


def harm(curve: HarmCurve, before_s: float, delay_s: Floats) -> Floats:
    """The harm that a further delay adds to what has passed, in the curve's equivalent seconds.

    On a plateau a second counts a hundredth: of two units that are soon enough the nearer goes.
    """
    at_s, value = np.array(curve.points, np.float64).T
    slope = (value[-1] - value[-2]) / (at_s[-1] - at_s[-2])

    def of(seconds: Floats) -> Floats:
        beyond = np.maximum(seconds - at_s[-1], 0.0)
        return np.asarray(np.interp(seconds, at_s, value) + slope * beyond)

    finite = np.isfinite(delay_s)
    found = np.full_like(delay_s, np.inf)
    found[finite] = of(before_s + delay_s[finite]) - of(np.array(before_s))
    return found + _PLATEAU * delay_s


def _spared(
    situation: Situation, policy: RecommendPolicy, shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """The terms of cover and of the floor, both in seconds."""
    cover, units = situation.coverage, situation.units
    nothing = np.zeros(shape)
    priority = situation.calls.priority
    bound_s = np.asarray(policy.spare_s)[priority - 1]
    stands = (units.state == IDLE) & (units.post != NOWHERE)
    if not policy.at_least("P4") or cover is None or not (bound_s.any() and stands.any()):
        return nothing, nothing
    counts = covered_by(cover, units.post[stands])
    lost = losses(cover, counts, policy.standby.busy_fraction)[units.post[stands]]
    share = np.zeros(len(units))
    precious = policy.standby.precious_share * float(cover.demand.sum())
    if precious > 0:
        share[stands] = np.minimum(1.0, lost / precious)
    last = np.zeros(len(units))
    last[stands] = holds_last(cover, counts)[units.post[stands]]
    floor_s = policy.floor_s * np.outer(priority > 2, last)
    return np.asarray(bound_s[:, None] * share), np.asarray(floor_s)


def _kept(situation: Situation, policy: RecommendPolicy, shape: tuple[int, int]) -> Floats:
    calls, units = situation.calls, situation.units
    kept = np.zeros(shape)
    moving = np.flatnonzero(units.state == UNDER_WAY)
    h = policy.diversion.hysteresis_s
    if len(moving) and np.isfinite(h):  # for inf the gates let nobody go elsewhere
        same = calls.call[:, None] == calls.call[units.heading[moving]]
        kept[:, moving] = np.where(same, h + _EQUAL_KEEPS_S, 0.0)
    return kept

"""One joint decision: which unit goes where now, beside what the closest-idle rule would do.

`recommend` is the whole entry: situation and policy in, `Decision` out; the same for the live core
and for the simulator. It decides and tells no reasons; `answer.explain` puts one row of a decision
into words. Pure and without memory: the same situation gives the same decision, and after carrying
it out the next question changes nothing.

Not here: standby moves (`dmexclp.stand_by`, asked when a unit becomes idle, from P3 on).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from dispatch.recommend.assign import Problem
from dispatch.recommend.costs import Costs, costs_of, effective
from dispatch.recommend.gates import OPEN, Codes, blocked
from dispatch.recommend.policies import DEFAULT, RecommendPolicy
from dispatch.recommend.situation import (
    IDLE,
    NOWHERE,
    UNDER_WAY,
    Floats,
    Mask,
    Numbers,
    Situation,
    Travel,
)


class Act(IntEnum):
    """What becomes of a row."""

    WAIT = 0  # no unit that may go
    SEND = 1  # an idle unit goes
    KEEP = 2  # its unit drives on
    REDIRECT = 3  # a unit leaves another call for it


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """What to do with each of k rows, and what it was decided from.

    ``unit`` is the column that goes or drives on, NOWHERE while the row waits; ``promised`` the
    busy unit that should come to a waiting row, NOWHERE for none. ``released`` are units under way
    that no row needs any more, because a nearer one took over: letting them go is an event, after
    which the question is asked again. ``closest`` is what the
    closest-idle rule (P0) would send to the row by itself, ``closest_eta_s`` its arrival (inf:
    nobody). ``gates`` and ``costs`` are kept for the words.
    """

    policy: RecommendPolicy
    act: Numbers
    unit: Numbers
    promised: Numbers
    released: Numbers
    closest: Numbers
    closest_eta_s: Floats
    gates: Codes
    costs: Costs
    problem: Problem | None

    def sent(self) -> tuple[tuple[int, int], ...]:
        """The pairs (row, unit) to be commanded: all but those that drive on."""
        rows = np.flatnonzero((self.act == Act.SEND) | (self.act == Act.REDIRECT))
        return tuple((int(row), int(self.unit[row])) for row in rows)

    def eta_s(self, row: int) -> float:
        """When the unit of a row arrives, in seconds; inf while it waits for one."""
        unit = int(self.unit[row])
        return float("inf") if unit == NOWHERE else float(self.costs.eta_s[row, unit])

    def later_s(self, row: int) -> float | None:
        """How much later than the closest idle unit the chosen one is; below 0: sooner.

        None where there is nothing to compare.
        """
        eta_s, closest_s = self.eta_s(row), float(self.closest_eta_s[row])
        if np.isinf(eta_s) or np.isinf(closest_s):
            return None
        return eta_s - closest_s


def recommend(situation: Situation, travel: Travel, policy: RecommendPolicy = DEFAULT) -> Decision:
    """The decision for all rows together; raises ValueError for arrays that do not fit."""
    costs = costs_of(situation, travel, policy)
    gates = blocked(situation, travel, policy)
    free = (gates == OPEN) & (situation.units.state == IDLE)
    closest, closest_eta_s = _closest(situation, costs.eta_s, free)
    problem = None
    if policy.at_least("P2"):
        problem = Problem(situation, costs, gates, policy)
        chosen = problem.decide()
    else:
        chosen = _in_turn(situation, costs.eta_s, free, policy)
    promised = np.full_like(chosen, NOWHERE)
    if problem is not None and problem.promised.any():
        rows = np.flatnonzero(chosen != NOWHERE)
        later = rows[problem.promised[rows, chosen[rows]]]
        promised[later] = chosen[later]
        chosen[later] = NOWHERE
    act, chosen = _acts(situation, chosen, gates)
    return Decision(
        policy=policy,
        act=act,
        unit=chosen,
        promised=promised,
        released=_released(situation, chosen),
        closest=closest,
        closest_eta_s=closest_eta_s,
        gates=gates,
        costs=costs,
        problem=problem,
    )


def _closest(situation: Situation, eta_s: Floats, free: Mask) -> tuple[Numbers, Floats]:
    """P0 for each row by itself: the soonest idle unit that may go; ties by unit id."""
    k = len(situation.calls)
    closest, soonest = np.full(k, NOWHERE, np.int64), np.full(k, np.inf)
    if not free.size:
        return closest, soonest
    masked = np.where(free, eta_s, np.inf)
    soonest = masked.min(axis=1)
    ids = situation.units.ids
    for row in np.flatnonzero(np.isfinite(soonest)):
        best = np.flatnonzero(masked[row] == soonest[row])
        closest[row] = min(best, key=lambda unit: ids[unit])
    return closest, soonest


def _in_turn(situation: Situation, eta_s: Floats, free: Mask, policy: RecommendPolicy) -> Numbers:
    """P0 and P1: one row after the other takes its closest idle unit; who drives, drives on."""
    calls, units = situation.calls, situation.units
    chosen = np.full(len(calls), NOWHERE, np.int64)
    moving = np.flatnonzero(units.state == UNDER_WAY)
    chosen[units.heading[moving]] = moving
    left = np.where(free, eta_s, np.inf)
    for row in _turns(situation, policy):
        if chosen[row] != NOWHERE or not left.size:
            continue
        soonest = left[row].min()
        if np.isinf(soonest):
            continue
        best = np.flatnonzero(left[row] == soonest)
        chosen[row] = min(best, key=lambda unit: units.ids[unit])
        left[:, chosen[row]] = np.inf
    return chosen


def _turns(situation: Situation, policy: RecommendPolicy) -> list[int]:
    """P0: as they came. P1: by priority as aged, then weight times waiting, then id."""
    calls = situation.calls
    rows = range(len(calls))
    if not policy.at_least("P1"):
        return sorted(rows, key=lambda row: (-calls.waited_s[row], calls.ids[row], row))
    counts_as = effective(calls, policy)
    weight = np.asarray(policy.weights)[calls.priority - 1]
    urgency = -weight * calls.waited_s
    return sorted(rows, key=lambda row: (counts_as[row], urgency[row], calls.ids[row], row))


def _acts(situation: Situation, chosen: Numbers, gates: Codes) -> tuple[Numbers, Numbers]:
    """Names for what was chosen; units of one call that changed rows among themselves stay put."""
    calls, units = situation.calls, situation.units
    chosen = _unswapped(situation, chosen, gates)
    act = np.full(len(chosen), int(Act.WAIT), np.int64)
    has = np.flatnonzero(chosen != NOWHERE)
    unit = chosen[has]
    same = calls.call[units.heading[unit]] == calls.call[has]
    moving = units.state[unit] == UNDER_WAY
    act[has] = np.where(moving, np.where(same, Act.KEEP, Act.REDIRECT), Act.SEND)
    return act, chosen


def _released(situation: Situation, chosen: Numbers) -> Numbers:
    under_way = np.flatnonzero(situation.units.state == UNDER_WAY)
    return under_way[~np.isin(under_way, chosen)]


def _unswapped(situation: Situation, chosen: Numbers, gates: Codes) -> Numbers:
    """Put each unit that drives on to its call back on its own row, if the other can take its."""
    calls, units = situation.calls, situation.units
    made = chosen.copy()
    for unit in np.flatnonzero(units.state == UNDER_WAY):
        own = int(units.heading[unit])
        at = int(next(iter(np.flatnonzero(made == unit)), own))
        other = int(made[own])
        may_swap = other == NOWHERE or gates[at, other] == OPEN
        if at != own and calls.call[at] == calls.call[own] and may_swap:
            made[at], made[own] = other, unit
    return made

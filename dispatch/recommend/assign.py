"""All open calls and all units that could go, solved together.

Theory. Each row (a unit that a call still needs) takes one column: a unit, or "stay waiting". The
cheapest choice of columns is a linear assignment problem, solved exactly in milliseconds. Three
bands of cost, far enough apart that no sum of a lower one reaches a higher, give the rules:

    real      w · (arrival + ...)                        the unit goes now, or goes on
    promised  w · (B + min(arrival, B / 16))             a busy unit will come; now the row waits
    waiting   w · (9 B / 8 + patience · waited)          nobody

with B at least 16 times the largest real cost and never below ``waiting_s``. Hence:

* Nobody waits while a unit that may go stands by: taking it is cheaper than any promise (I3).
* Without the last column a problem with more calls than units would serve the *cheapest* calls;
  with it, it serves the heaviest. Serving a row saves between 15 B / 16 and 20 B / 16 times its
  weight (patience is capped at B / 16), and a weight is at least 1.5 times the next: no call gets a
  unit that could have gone to a graver one that waits (I6).
* A busy unit never keeps an idle one from a call: promises only choose who waits, when some must.
* A unit under way gives up its row only if that gains ``hysteresis_s`` (I7), and the answer does
  not change when it has been carried out: the kept term then stands on the new pairs. With an
  infinite one each keeps its row.

A P1 whose unit is taken must get another in the same solution (I6); where it does not, its unit is
tied to it and the rest solved again, at most once for each such row.

Ties. Costs are whole milliseconds; a fraction below one of them, growing with the rank of the unit
id and of the row id, makes equal solutions different: the unit first by id goes to the row first by
id. So nothing depends on the order of the arrays.

Size. With n rows a row never needs any but its n + 1 cheapest units, so only those are looked at.

Not here: gates, costs, and what a person is told (`answer`). Pure.
"""

from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from dispatch.recommend.costs import Costs
from dispatch.recommend.gates import OPEN, Codes
from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import (
    BUSY,
    NOWHERE,
    UNDER_WAY,
    Floats,
    Mask,
    Numbers,
    Situation,
)

_MS: Final = 1000.0
_FEW_UNITS: Final = 64  # below, choosing columns costs more than it saves
_TIE_MS: Final = 0.5  # all tie-breaking fractions together; less than the millisecond of a cost


class Problem:
    """One assignment problem, ready to be solved and solved again with one pair changed.

    ``cost`` is (k, u + k): units, then each row's own "stay waiting"; inf where a gate holds.
    """

    def __init__(
        self, situation: Situation, costs: Costs, gates: Codes, policy: RecommendPolicy
    ) -> None:
        calls, units = situation.calls, situation.units
        k, u = costs.total_ms.shape
        usable = gates == OPEN
        busy = np.broadcast_to(units.state == BUSY, (k, u))
        real = usable & ~busy
        self.situation = situation
        self.band_ms = _band(costs, real, policy)
        self.weight = costs.weight
        is_soon = units.free_in_s <= policy.look_ahead_max_s
        self.promised = usable & busy & is_soon & policy.looks_ahead
        self.cost = np.full((k, u + k), np.inf)
        self.cost[:, :u][real] = costs.total_ms[real]
        if self.promised.any():
            self._promise(costs)
        waited_ms = np.minimum(policy.patience * calls.waited_s * _MS, self.band_ms / 16)
        self.cost[np.arange(k), u + np.arange(k)] = np.rint(
            costs.weight * (1.125 * self.band_ms + waited_ms)
        )
        self.cost[:, :u] += _tie_breaks(situation, k, u)
        if np.isinf(policy.diversion.hysteresis_s):
            for unit in np.flatnonzero(units.state == UNDER_WAY):
                self.tie(int(units.heading[unit]), int(unit))

    def _promise(self, costs: Costs) -> None:
        u = costs.eta_s.shape[1]
        arrival_ms = np.minimum(costs.eta_s * _MS, self.band_ms / 16)
        weighted = np.rint(self.weight[:, None] * (self.band_ms + arrival_ms))
        np.copyto(self.cost[:, :u], weighted, where=self.promised)

    def solve(self) -> tuple[Numbers, float]:
        """The column of each row (NOWHERE: waiting) and the sum of costs, in weighted ms."""
        k, width = self.cost.shape
        if not k:
            return np.zeros(0, np.int64), 0.0
        columns = _worth_a_look(self.cost, k, width - k)
        cost = self.cost if columns is None else self.cost[:, columns]
        rows, picked = linear_sum_assignment(cost)
        total = float(cost[rows, picked].sum())
        chosen = picked if columns is None else columns[picked]
        return np.where(chosen >= width - k, NOWHERE, chosen).astype(np.int64), total

    def without(self, row: int, unit: int) -> tuple[Numbers, float]:
        """The same without one pair."""
        return self._with(row, unit, np.inf)

    def forced(self, row: int, unit: int, cost: float) -> tuple[Numbers, float]:
        """The same with one pair at a given cost."""
        return self._with(row, unit, cost)

    def _with(self, row: int, unit: int, cost: float) -> tuple[Numbers, float]:
        kept = self.cost[row, unit]
        self.cost[row, unit] = cost
        found = self.solve()
        self.cost[row, unit] = kept
        return found

    def tie(self, row: int, unit: int) -> None:
        """From now on the unit can go to this row only."""
        kept = self.cost[row, unit]
        self.cost[:, unit] = np.inf
        self.cost[row, unit] = kept - self.weight[row] * 8.0 * self.band_ms

    def decide(self) -> Numbers:
        """`solve`, with no P1 left without the unit that was driving to it."""
        moving = np.flatnonzero(self.situation.units.state == UNDER_WAY)
        rows = self.situation.units.heading[moving]
        is_grave = self.situation.calls.priority[rows] == 1
        while True:
            chosen, _total = self.solve()
            lost = is_grave & ((chosen[rows] == NOWHERE) | self._is_promise(rows, chosen[rows]))
            if not lost.any():
                return chosen
            for row, unit in zip(rows[lost], moving[lost], strict=True):
                self.tie(int(row), int(unit))
            is_grave &= ~lost

    def _is_promise(self, rows: Numbers, chosen: Numbers) -> Mask:
        found = np.zeros(len(rows), np.bool_)
        has = chosen != NOWHERE
        found[has] = self.promised[rows[has], chosen[has]]
        return found


def _band(costs: Costs, real: Mask, policy: RecommendPolicy) -> float:
    """B in ms: at least 16 times what any real pair costs, unweighted."""
    sums = costs.total_ms[real]
    if not sums.size:
        return policy.waiting_s * _MS
    unweighted = np.abs(sums) / np.broadcast_to(costs.weight[:, None], real.shape)[real]
    return max(policy.waiting_s * _MS, 16.0 * float(unweighted.max()))


def _tie_breaks(situation: Situation, k: int, u: int) -> Floats:
    row_rank = _ranks(situation.calls.ids)
    unit_rank = _ranks(situation.units.ids)
    parts = (k - row_rank)[:, None] * (unit_rank - u)[None, :].astype(np.float64)
    return np.asarray(parts * (_TIE_MS / max(1, k * (k + 1) // 2 * u)))


def _ranks(ids: tuple[str, ...]) -> Numbers:
    order = sorted(range(len(ids)), key=lambda at: (ids[at], at))
    ranks = np.empty(len(ids), np.int64)
    ranks[order] = np.arange(len(ids))
    return ranks


def _worth_a_look(cost: Floats, k: int, u: int) -> Numbers | None:
    """The columns that an optimum can use, in their order; None for all."""
    if u <= max(_FEW_UNITS, 2 * k):
        return None
    cheapest = np.argpartition(cost[:, :u], k, axis=1)[:, : k + 1]
    kept = np.unique(cheapest)
    return np.concatenate((kept, np.arange(u, u + k)))

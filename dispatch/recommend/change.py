"""What would change the choice for one row: by how many seconds, and whose.

    chosen unit later     (best sum without the pair - best sum) / weight
    other unit sooner     (best sum with that pair forced - best sum) / weight
    busy unit free by     the release at which forcing it costs no more than the best sum

Exact for a linear cost, since a sum grows by the weight with each second of one pair; with a harm
curve the seconds are found on the curve by halving. The time of that one pair changes, nothing else
does. From P2 on by solving again; under P0 and P1, where a row looks at nobody else, by comparing.

Only the first few units are looked at (`RecommendPolicy.alternatives`): each costs one solution.
Not here: words (`answer`). Pure.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from dispatch.recommend.assign import Problem
from dispatch.recommend.costs import harm
from dispatch.recommend.engine import Decision
from dispatch.recommend.gates import OPEN
from dispatch.recommend.situation import BUSY, NOWHERE, Situation
from hospital_gateway.advice import Reason, reason

_BUSY_SHOWN: Final = 2  # "if A8 were free within 3 min": more than two of these is no help
_HALVINGS: Final = 40  # of a day: below a microsecond
_DAY_S: Final = 86_400.0


class Changes:
    """The alternatives of one row of a decision; solved when asked, each pair once."""

    def __init__(self, situation: Situation, decision: Decision, row: int) -> None:
        self._situation = situation
        self._decision = decision
        self._row = row
        self._unit = int(decision.unit[row])
        gates = decision.gates[row]
        self._busy = situation.units.state == BUSY
        self._may_go = (gates == OPEN) & ~self._busy
        self._order = decision.costs.total_ms[row] + 1000.0 * (
            decision.costs.weight[row] * decision.costs.keep_s[row]
        )
        self._best = decision.problem.solve()[1] if decision.problem else 0.0
        self._gaps: dict[int, float | None] = {}

    def shown(self) -> list[int]:
        """The chosen unit, then the best others, by their own cost in this row."""
        ids = self._situation.units.ids
        able = np.flatnonzero(self._may_go & np.isfinite(self._order))
        listed = sorted(
            (int(unit) for unit in able if unit != self._unit),
            key=lambda unit: (self._order[unit], ids[unit]),
        )
        first = [] if self._unit == NOWHERE else [self._unit]
        return first + self._with_closest(listed[: self._decision.policy.alternatives], listed)

    def _with_closest(self, listed: list[int], everybody: list[int]) -> list[int]:
        """The closest idle unit is always among them; it takes the last place if need be."""
        closest = int(self._decision.closest[self._row])
        if closest in everybody and closest not in listed and listed:
            return [*listed[:-1], closest]
        return listed

    def extra_s(self, unit: int) -> float | None:
        """What choosing this unit would cost more in all, in weighted seconds of this row."""
        problem = self._decision.problem
        if problem is None:
            return None
        if unit == self._unit:
            return 0.0
        if unit not in self._gaps:
            self._gaps[unit] = self._gap(problem, unit)
        return self._gaps[unit]

    def _gap(self, problem: Problem, unit: int) -> float | None:
        """Seconds by which the best sum with the pair exceeds the best sum; None if it is tied."""
        total = self._rest(problem, unit) + float(problem.cost[self._row, unit])
        gap_s = max(0.0, total - self._best) / self._weight_ms()
        return gap_s if math.isfinite(gap_s) else None

    def _rest(self, problem: Problem, unit: int) -> float:
        """The best sum of all other rows while this one has the unit."""
        far = -64.0 * problem.band_ms * float(problem.weight.max())
        return problem.forced(self._row, unit, far)[1] - far

    def _weight_ms(self) -> float:
        return 1000.0 * float(self._decision.costs.weight[self._row])

    def told(self) -> tuple[Reason, ...]:
        """The smallest change of each kind; none where nothing would."""
        found = [self._if_later(), self._if_sooner(), *self._if_free()]
        return tuple(each for each in found if each is not None)

    def _if_later(self) -> Reason | None:
        """How late the chosen unit may get before another choice is better."""
        if self._unit == NOWHERE:
            return None
        problem = self._decision.problem
        if problem is None:
            others = self._free_others()
            if not others:
                return None
            gap_s = min(self._eta_s(unit) for unit in others) - self._eta_s(self._unit)
        else:
            gap_s = (problem.without(self._row, self._unit)[1] - self._best) / self._weight_ms()
            if gap_s > problem.band_ms / 2000.0:  # only by leaving somebody without a unit
                return None
            gap_s = self._on_curve(self._unit, gap_s, sooner=False)
        return self._told("if_later", self._unit, gap_s, math.ceil)

    def _if_sooner(self) -> Reason | None:
        """Of the other units, the one whose arrival would have to improve least."""
        found = []
        for unit in self.shown():
            gap_s = self._sooner_s(unit)
            if unit != self._unit and gap_s is not None and gap_s < self._eta_s(unit):
                found.append((gap_s, self._situation.units.ids[unit], unit))
        if not found:
            return None
        gap_s, _name, unit = min(found)
        return self._told("if_sooner", unit, gap_s, math.ceil)

    def _sooner_s(self, unit: int) -> float | None:
        if self._decision.problem is not None:
            gap_s = self.extra_s(unit)
            return None if gap_s is None else self._on_curve(unit, gap_s, sooner=True)
        if self._unit == NOWHERE or unit not in self._free_others():
            return None
        return self._eta_s(unit) - self._eta_s(self._unit)

    def _free_others(self) -> list[int]:
        """Under P0 and P1: idle units that may go and go nowhere else."""
        wanted = set(self._decision.unit.tolist())
        return [int(unit) for unit in np.flatnonzero(self._may_go) if unit not in wanted]

    def _if_free(self) -> list[Reason | None]:
        """Busy units that would be chosen if they were released soon enough; not with a curve."""
        problem, costs = self._decision.problem, self._decision.costs
        if problem is None or self._has_curve():
            return []
        free_s = self._situation.units.free_in_s
        gates = self._decision.gates[self._row]
        able = np.flatnonzero(self._busy & (gates == OPEN) & np.isfinite(self._order))
        drive_s = costs.eta_s[self._row] - free_s
        near = sorted((int(unit) for unit in able), key=lambda unit: (drive_s[unit], unit))
        found: list[tuple[float, int]] = []
        for unit in near[:_BUSY_SHOWN]:
            now_s = float(self._order[unit]) / self._weight_ms() - float(free_s[unit])
            within_s = (self._best - self._rest(problem, unit)) / self._weight_ms() - now_s
            if 0 < within_s < free_s[unit]:
                found.append((within_s, unit))
        return [self._told("if_free", unit, within_s, math.floor) for within_s, unit in found]

    def _eta_s(self, unit: int) -> float:
        return float(self._decision.costs.eta_s[self._row, unit])

    def _told(
        self, code: str, unit: int, seconds: float, whole: Callable[[float], int]
    ) -> Reason | None:
        if not math.isfinite(seconds):
            return None
        told_s = whole(round(seconds, 3))  # below a millisecond there are only broken ties
        return reason(code, unit=self._situation.units.ids[unit], seconds=told_s)

    def _on_curve(self, unit: int, gap: float, *, sooner: bool) -> float:
        """The change of arrival that a change of harm by ``gap`` takes; inf: no change does."""
        calls, policy = self._situation.calls, self._decision.policy
        if not self._has_curve():
            return gap
        before_s = float(calls.waited_s[self._row] + calls.to_care_s[self._row])
        eta_s, sign = self._eta_s(unit), -1.0 if sooner else 1.0
        curve = policy.curves[int(calls.curve[self._row])]
        here = harm(curve, before_s, np.array([eta_s]))[0]

        def moved(seconds: float) -> float:
            there = harm(curve, before_s, np.array([max(0.0, eta_s + sign * seconds)]))[0]
            return abs(float(there - here))

        low, high = 0.0, eta_s if sooner else _DAY_S
        if moved(high) < gap:
            return math.inf
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if moved(middle) >= gap else (middle, high)
        return high

    def _has_curve(self) -> bool:
        policy = self._decision.policy
        is_named = self._situation.calls.curve[self._row] != NOWHERE
        return bool(is_named and policy.curves and policy.at_least("P5"))

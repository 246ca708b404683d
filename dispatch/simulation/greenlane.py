"""Greenlane's own decisions as a policy of the simulator: the same `recommend` and `stand_by`.

Only a translation: the situation of the simulator into the arrays of `dispatch.recommend`, and the
decision back into orders. Ids become numbers with leading zeros, so that ties fall as in the fleet.
Priorities of the scenario become P1 to P4 by ``ranks``; what a kind of unit lacks for a priority is
the scenario's misfit in seconds of its weight. Not here: any choice.
"""

from collections.abc import Sequence

import numpy as np

from dispatch.recommend.engine import Decision, recommend
from dispatch.recommend.policies import RecommendPolicy
from dispatch.recommend.situation import (
    BUSY,
    IDLE,
    NOWHERE,
    OFF,
    UNDER_WAY,
    Calls,
    Coverage,
    Units,
)
from dispatch.recommend.situation import Situation as Instant
from dispatch.recommend.situation import Travel as Drives
from dispatch.simulation.policy import OpenCall, Order, Send, Situation, UnitView
from dispatch.simulation.shapes import Town
from dispatch.simulation.standby import Standby
from dispatch.simulation.travel import Travel

_STATE = {"idle": IDLE, "moving": IDLE, "en_route": UNDER_WAY, "busy": BUSY, "silent": OFF}


class Greenlane:
    """The ladder P0 to P5 (`RecommendPolicy.level`); ``ranks[p]`` is P1 to P4 of priority p.

    ``coverage`` is needed from P3 on; its posts are the town's, in order. ``moves_up``: when a unit
    is sent, one idle unit may take over its cover.
    """

    tick_ms = 0

    def __init__(
        self,
        policy: RecommendPolicy,
        ranks: Sequence[int],
        coverage: Coverage | None = None,
        *,
        name: str = "",
        moves_up: bool = False,
    ) -> None:
        self.name = name or policy.level
        self._moves_up = moves_up
        self._policy = policy
        self._ranks = tuple(ranks)
        self._coverage = coverage
        self._standby = None
        if coverage is not None and policy.at_least("P3"):
            self._standby = Standby(coverage, policy.standby)
        self.watches_idle = policy.at_least("P2")

    def begin(self, town: Town, travel: Travel) -> None:
        """Checks that the scenario fits."""
        if len(self._ranks) != len(town.values.weight):
            raise ValueError(f"{len(self._ranks)} ranks for {len(town.values.weight)} priorities")
        if self._coverage is not None and len(self._coverage.post_ids) != len(town.posts):
            raise ValueError("the coverage has other posts than the town")
        self._lack_s = [
            [ms / 1000 / town.values.weight[p] for p, ms in enumerate(row)]
            for row in town.values.misfit_ms
        ]

    def decide(self, situation: Situation) -> Sequence[Order]:
        """Who goes where now, and where those stand by who are not needed."""
        rows = [*situation.waiting, *situation.underway]
        orders: list[Order] = []
        loose: set[int] = {situation.trigger_id} if situation.trigger == "free" else set()
        if rows:
            decision = recommend(self._instant(situation, rows), self._drives, self._policy)
            pairs = decision.sent()
            orders += [Send(rows[row].call.call_id, unit) for row, unit in pairs]
            loose |= {int(unit) for unit in decision.released}
            loose -= {unit for _row, unit in pairs}
            loose -= _kept(decision)
        if self._standby is not None:
            orders += self._standby.moves(situation, sorted(loose), orders)
            if self._moves_up and any(isinstance(one, Send) for one in orders):
                orders += self._standby.moves_up(situation, orders)
        return orders

    def _instant(self, situation: Situation, rows: Sequence[OpenCall]) -> Instant:
        """The arrays of the moment; sets the drives beside them."""
        units, now_ms = situation.units, situation.now_ms
        row_of = {one.call.call_id: at for at, one in enumerate(rows)}
        pace = situation.town.pace.response
        spots = [unit.free_at if unit.doing == "busy" else unit.spot for unit in units]
        seconds = np.array(
            [
                situation.travel.to_one_ms(
                    spots, one.call.spot, now_ms, pace[one.call.priority]
                )
                for one in rows
            ],
            float,
        )  # fmt: skip
        lack_s = [[self._lack_s[u.kind][one.call.priority] for u in units] for one in rows]
        self._drives = Drives(seconds=seconds / 1000.0, lack_s=np.array(lack_s, float))
        calls = Calls.of(
            [f"{one.call.call_id:09d}" for one in rows],
            [self._ranks[one.call.priority] for one in rows],
            [(now_ms - one.call.at_ms) / 1000 for one in rows],
            skills=[one.call.needs for one in rows],
            diversions=[one.diversions for one in rows],
        )
        return Instant(calls=calls, units=_units(units, now_ms, row_of), coverage=self._coverage)


def _kept(decision: Decision) -> set[int]:
    """Units that drive on."""
    return {int(unit) for unit in decision.unit if unit != NOWHERE}


def _units(units: Sequence[UnitView], now_ms: int, row_of: dict[int, int]) -> Units:
    return Units.of(
        [f"{unit.unit_id:05d}" for unit in units],
        [_STATE[unit.doing] for unit in units],
        heading=[row_of[u.call_id] if u.doing == "en_route" else NOWHERE for u in units],
        free_in_s=[(u.free_ms - now_ms) / 1000 if u.doing == "busy" else 0.0 for u in units],
        turnout_s=[0.0 if u.doing == "busy" else (u.departs_ms - now_ms) / 1000 for u in units],
        skills=[unit.skills for unit in units],
        post=[unit.post for unit in units],
    )

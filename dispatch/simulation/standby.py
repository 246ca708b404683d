"""Standing by by DMEXCLP in the simulator: `dispatch.recommend.dmexclp` asked for each loose unit.

`Standby` turns units that have nothing to do into moves; `WithStandby` puts it behind a policy that
has none of its own. Not here: which post is best.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dispatch.recommend.dmexclp import stand_by
from dispatch.recommend.policies import StandbyPolicy
from dispatch.recommend.situation import Coverage, Floats
from dispatch.simulation.policy import Move, Order, Policy, Send, Situation, UnitView
from dispatch.simulation.shapes import Town
from dispatch.simulation.travel import Travel


class Standby:
    """Where loose units go; the posts of the coverage are the town's, in order."""

    def __init__(self, coverage: Coverage, policy: StandbyPolicy) -> None:
        self._coverage = coverage
        self._policy = policy

    def moves(
        self, situation: Situation, loose: Iterable[int], orders: Sequence[Order]
    ) -> list[Order]:
        """One move for each loose unit, one after the other; units sent by ``orders`` are away."""
        away = {one.unit_id for one in orders if isinstance(one, Send)}
        left = [unit_id for unit_id in loose if unit_id not in away]
        posts = {
            unit.unit_id: unit.post
            for unit in situation.units
            if unit.is_free and unit.unit_id not in away and unit.unit_id not in left
        }
        found: list[Order] = []
        for unit_id in left:
            drive_s = _drives(situation, situation.units[unit_id])
            others = np.array(list(posts.values()), np.int64)
            best = stand_by(self._coverage, others, drive_s, self._policy)
            if best is not None:
                posts[unit_id] = best.post
                found.append(Move(unit_id, best.post))
        return found


class WithStandby:
    """Another policy with DMEXCLP behind it: a unit that becomes free and is not sent moves."""

    watches_idle = True

    def __init__(self, inner: Policy, coverage: Coverage, policy: StandbyPolicy) -> None:
        self.name = f"{inner.name}+dmexclp"
        self.tick_ms = inner.tick_ms
        self._inner = inner
        self._standby = Standby(coverage, policy)

    def begin(self, town: Town, travel: Travel) -> None:
        """As the inner one."""
        self._inner.begin(town, travel)

    def decide(self, situation: Situation) -> Sequence[Order]:
        """The inner one's orders, and a move of the unit that has just become free."""
        asked = situation.waiting or self._inner.watches_idle
        orders = list(self._inner.decide(situation)) if asked else []
        if situation.trigger == "free" and situation.units[situation.trigger_id].is_free:
            orders += self._standby.moves(situation, [situation.trigger_id], orders)
        return orders


def _drives(situation: Situation, unit: UnitView) -> Floats:
    """Seconds from where the unit is to each post, shape (j,)."""
    town, now_ms = situation.town, situation.now_ms
    times = situation.travel.from_one_ms(unit.spot, town.posts, now_ms, town.pace.other)
    return np.array(times, float) / 1000.0

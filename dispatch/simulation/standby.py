"""Standing by by DMEXCLP in the simulator: `dispatch.recommend.dmexclp` asked for each loose unit.

`Standby` turns units that have nothing to do into moves; `WithStandby` puts it behind a policy that
has none of its own, and `moves_up` lets one idle unit more change its post at each event that took
a unit away. Not here: which post is best.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dispatch.recommend.dmexclp import move_up, stand_by
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
            home = situation.town.units[unit_id].post
            best = stand_by(self._coverage, others, drive_s, self._policy, home=home)
            if best is not None:
                posts[unit_id] = best.post
                found.append(Move(unit_id, best.post))
        return found

    def moves_up(self, situation: Situation, orders: Sequence[Order]) -> list[Order]:
        """At most one move, of the idle unit that wins most by it; ``orders`` go before."""
        bound = {one.unit_id for one in orders if isinstance(one, Send | Move)}
        idle = [one for one in situation.units if one.is_free and one.unit_id not in bound]
        if not idle or any(isinstance(one, Move) for one in orders):
            return []
        posts = np.array([one.post for one in idle], np.int64)

        def drive_s(at: int) -> Floats:
            return _drives(situation, idle[at])

        best = move_up(self._coverage, posts, drive_s, self._policy)
        return [] if best is None else [Move(idle[best[0]].unit_id, best[1].post)]


class WithStandby:
    """Another policy with DMEXCLP behind it: a unit that becomes free and is not sent moves.

    ``moves_up``: and when a unit is sent, one idle unit may take over its cover.
    """

    watches_idle = True

    def __init__(
        self,
        inner: Policy,
        coverage: Coverage,
        policy: StandbyPolicy,
        *,
        moves_up: bool = False,
    ) -> None:
        self.name = f"{inner.name}+{'moveup' if moves_up else 'dmexclp'}"
        self._moves_up = moves_up
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
        if self._moves_up and any(isinstance(one, Send) for one in orders):
            orders += self._standby.moves_up(situation, orders)
        return orders


def _drives(situation: Situation, unit: UnitView) -> Floats:
    """Seconds from where the unit is to each post, shape (j,)."""
    town, now_ms = situation.town, situation.now_ms
    times = situation.travel.from_one_ms(unit.spot, town.posts, now_ms, town.pace.other)
    return np.array(times, float) / 1000.0

"""The policies of the Rio benchmark, call for call as their authors run them; and a plain one.

Source: Guigues, Kleywegt & Nascimento, heuristics for dynamic ambulance management (2022-26), read
in their program and confirmed by its results. The penalised response of a unit is weight x response
plus the misfit of its kind (`Values.penalised_ms`). Units at work count as free in `free_ms` at
`free_at`. The policies are yardsticks: Greenlane does not run on any of them.

    queue       first come, first served; the best unit among the free ones
    forward     the same, but units at work compete; nothing ever waits unassigned
    priorities  longest weighted wait first; units at work compete, and if one of them is best the
                call waits for it ("best myopic")
    minmax      again and again the call whose best penalised response is worst; as priorities
    closest     `queue` by response alone; the freed unit takes the oldest of the highest priority

Two units within a millisecond of each other are equal: `queue` and `forward` take the first,
`priorities` and `minmax` a free one of the simpler kind (greater index) before others.
"""

from collections.abc import Sequence
from typing import Final

from dispatch.simulation.policy import OpenCall, Order, Promise, Send, Situation, UnitView
from dispatch.simulation.shapes import SimCall, Town
from dispatch.simulation.travel import Travel

_EQUAL_MS: Final = 1


class Yardstick:
    """What the published policies share: no memory, no standby, asked only when somebody waits."""

    name = ""
    watches_idle = False
    tick_ms = 0

    def begin(self, town: Town, travel: Travel) -> None:
        """Nothing to prepare."""


class Queue(Yardstick):
    """See the module."""

    name = "queue"

    def decide(self, situation: Situation) -> Sequence[Order]:
        """In the order of arrival, the best free unit each."""
        orders: list[Order] = []
        free = [unit for unit in situation.units if unit.is_free]
        for one in situation.waiting:
            able = [unit for unit in free if unit.may_serve(one.call)]
            if not able:
                continue
            times = situation.now_response_ms(able, one.call)
            best = _first_best(situation.town, able, one.call, times)
            orders.append(Send(one.call.call_id, able[best].unit_id))
            free.remove(able[best])
        return orders


class Forward(Yardstick):
    """See the module."""

    name = "forward"

    def decide(self, situation: Situation) -> Sequence[Order]:
        """In the order of arrival, the best unit each, whether free or not."""
        orders: list[Order] = []
        units = list(situation.units)
        for one in situation.waiting:
            able = [unit for unit in units if unit.may_serve(one.call)]
            if not able:
                continue
            times = situation.next_response_ms(able, one.call)
            best = _first_best(situation.town, able, one.call, times)
            unit = able[best]
            kind = Send if unit.is_free else Promise
            orders.append(kind(one.call.call_id, unit.unit_id))
            units[unit.unit_id] = situation.with_promise(unit, one.call, times[best])
        return orders


class Priorities(Yardstick):
    """See the module."""

    name = "priorities"

    def decide(self, situation: Situation) -> Sequence[Order]:
        """By weighted wait, the best unit each; nobody where that one is at work."""
        weight, now_ms = situation.town.values.weight, situation.now_ms
        queue = sorted(
            situation.waiting,
            key=lambda one: (weight[one.call.priority] * (now_ms - one.call.at_ms),
                             one.call.call_id),
            reverse=True,
        )  # fmt: skip
        orders: list[Order] = []
        units = list(situation.units)
        for one in queue:
            case = _Case(situation, one, units)
            if case.best >= 0:
                orders.append(case.send(case.best))
        return orders


class MinMax(Yardstick):
    """See the module. Agrees with its authors' means to about 1 %, not call by call: their program
    keeps numbers of a call that are out of date and so now and then sends one unit twice, which
    is not copied here (and does not give their results either).
    """

    name = "minmax"

    def decide(self, situation: Situation) -> Sequence[Order]:
        """Again and again the call that is worst off, with the best unit for it."""
        orders: list[Order] = []
        units = list(situation.units)
        cases = [_Case(situation, one, units) for one in situation.waiting]
        while cases:
            worst, best = _worst(cases)
            cases.remove(worst)
            if best < 0:
                continue
            orders.append(worst.send(best))
            for case in cases:
                if best in case.equals or best == case.best:
                    case.renew(units[best])
        return orders


class Closest(Yardstick):
    """See the module."""

    name = "closest"

    def decide(self, situation: Situation) -> Sequence[Order]:
        """By priority, then arrival; the free unit that is there first."""
        orders: list[Order] = []
        free = [unit for unit in situation.units if unit.is_free]
        queue = sorted(situation.waiting, key=lambda one: (one.call.priority, one.call.at_ms))
        for one in queue:
            able = [unit for unit in free if unit.may_serve(one.call)]
            if not able:
                continue
            times = situation.now_response_ms(able, one.call)
            unit = able[times.index(min(times))]
            orders.append(Send(one.call.call_id, unit.unit_id))
            free.remove(unit)
        return orders


class _Case:
    """One waiting call against all units: the smallest penalised response and who has it.

    ``units`` is the list shared by the calls of one decision; `send` changes it.
    """

    def __init__(self, situation: Situation, one: OpenCall, units: list[UnitView]) -> None:
        self.situation = situation
        self.call = one.call
        self._units = units
        self._able = [unit.unit_id for unit in units if unit.may_serve(self.call)]
        able = [units[unit_id] for unit_id in self._able]
        times = situation.next_response_ms(able, self.call)
        self._response_ms = dict(zip(self._able, times, strict=True))
        self.equals = self._weigh()

    def renew(self, unit: UnitView) -> None:
        """The unit has been taken: its response anew, and who is best now."""
        if unit.unit_id in self._response_ms:
            again = self.situation.next_response_ms([unit], self.call)
            self._response_ms[unit.unit_id] = again[0]
            self._weigh()

    def _weigh(self) -> list[int]:
        """The units that are equally best."""
        waited_ms = self.situation.now_ms - self.call.at_ms
        values = self.situation.town.values
        costs = {
            unit_id: values.penalised_ms(
                self._units[unit_id].kind, self.call.priority, waited_ms + ms
            )
            for unit_id, ms in self._response_ms.items()
        }
        self.cost_ms = min(costs.values(), default=0)
        equals = [one for one, cost in costs.items() if cost - self.cost_ms <= _EQUAL_MS]
        self.best = self.ready(equals)
        return equals

    def ready(self, equals: Sequence[int]) -> int:
        """Of equal units a free one of the simpler kind; -1 where all are at work."""
        free = [one for one in equals if self._units[one].is_free]
        return min(free, key=lambda one: (-self._units[one].kind, one), default=-1)

    def send(self, unit_id: int) -> Send:
        """Send a unit, and let the other calls see it at work."""
        unit = self._units[unit_id]
        response_ms = self._response_ms[unit_id]
        self._units[unit_id] = self.situation.with_promise(unit, self.call, response_ms)
        return Send(self.call.call_id, unit_id)


def _worst(cases: Sequence[_Case]) -> tuple[_Case, int]:
    """The dearest call and its unit (-1 for none); of equals the first that somebody can go to."""
    worst, best = cases[0], cases[0].best
    for case in cases[1:]:
        if case.cost_ms > worst.cost_ms + _EQUAL_MS:
            worst, best = case, case.best
        elif case.cost_ms >= worst.cost_ms - _EQUAL_MS and best < 0:
            worst, best = case, case.ready(case.equals)
    return worst, best


def _first_best(town: Town, units: Sequence[UnitView], call: SimCall, times: list[int]) -> int:
    """The place of the smallest penalised response; the first of equals."""
    costs = [
        town.values.penalised_ms(unit.kind, call.priority, ms)
        for unit, ms in zip(units, times, strict=True)
    ]
    return costs.index(min(costs))

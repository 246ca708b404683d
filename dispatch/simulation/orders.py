"""The desk between the clock and the policy: describes the moment, checks orders, carries them out.

Orders of one answer are one decision: first every unit and call that changes is taken out of its
old plan, then the new plans are made, then units that are left without one go to a post. So two
units may swap their calls, and neither passes through a state in which its call has nobody.

Not here: the events themselves (`engine`).
"""

from collections.abc import Sequence
from typing import Literal

from dispatch.simulation.engine import CALL, FREE, HEARD, REACHED, READY, TICK, Clockwork
from dispatch.simulation.fleet import Case, Doing, Fate, Unit
from dispatch.simulation.limits import MAX_ORDERS_AT_ONCE
from dispatch.simulation.policy import (
    BadOrder,
    Decline,
    Move,
    OpenCall,
    Order,
    Policy,
    Promise,
    Send,
    Situation,
    UnitView,
)

Trigger = Literal["call", "free", "tick"]

_WORDS: dict[Doing, Literal["idle", "moving", "en_route", "busy"]] = {
    Doing.IDLE: "idle",
    Doing.MOVING: "moving",
    Doing.EN_ROUTE: "en_route",
    Doing.BUSY: "busy",
}


class Desk:
    """Asks one policy after each event of one run."""

    def __init__(self, clock: Clockwork, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy
        self.decisions = 0
        policy.begin(clock.town, clock.travel)

    def handle(self, kind: int, which: int) -> None:
        """One event: what happens of itself, then the decision."""
        clock = self._clock
        if kind == REACHED:
            clock.reach(clock.units[which])
        elif kind == CALL:
            if clock.come_in(which):
                self._ask("call", which)
        elif kind == READY:
            clock.make_ready(which)
            self._ask("call", which)
        elif kind == FREE:
            self._set_free(clock.units[which])
        elif kind == HEARD:
            self._ask("tick", -1)
        else:
            clock.push(clock.now_ms + self._policy.tick_ms, TICK, 0)
            self._ask("tick", -1)

    def _set_free(self, unit: Unit) -> None:
        clock = self._clock
        clock.release(unit)
        if unit.promised:
            case = clock.cases[unit.promised.popleft()]
            clock.bind(unit, case, clock.now_ms)
        unheard = clock.is_silent(unit)
        moved = set() if unheard else self._ask("free", unit.spec.unit_id)
        if unit.doing == Doing.IDLE and unit.leg is None and unit.spec.unit_id not in moved:
            self._go_home(unit)

    def _ask(self, trigger: Trigger, which: int) -> set[int]:
        """One decision; answers the units that were told to stand by somewhere."""
        clock, policy = self._clock, self._policy
        if not (clock.waiting or policy.watches_idle):
            return set()
        self.decisions += 1
        orders = policy.decide(self.situation(trigger, which))
        return self._carry_out(orders) if orders else set()

    def situation(self, trigger: Trigger, which: int) -> Situation:
        """The moment as a policy may see it."""
        clock = self._clock
        return Situation(
            now_ms=clock.now_ms,
            trigger=trigger,
            trigger_id=which,
            waiting=[OpenCall(one.call, -1, one.diversions) for one in clock.waiting.values()],
            underway=[
                OpenCall(one.call, one.unit_id, one.diversions)
                for one in clock.underway.values()
                if not clock.is_silent(clock.units[one.unit_id])
            ],
            units=[self._view(unit) for unit in clock.units],
            town=clock.town,
            travel=clock.travel,
        )

    def _view(self, unit: Unit) -> UnitView:
        clock = self._clock
        is_silent = clock.is_silent(unit)
        spot = unit.spot if is_silent else clock.position(unit)
        spec = unit.spec
        at_work = unit.doing >= Doing.EN_ROUTE
        return UnitView(
            spec.unit_id,
            spec.kind,
            spec.skills,
            "silent" if is_silent else _WORDS[unit.doing],
            spot,
            self._departs_ms(unit),
            max(clock.now_ms, unit.frees_ms) if at_work else clock.now_ms,
            unit.frees_at if at_work else spot,
            unit.call_id,
            unit.post,
        )

    def _departs_ms(self, unit: Unit) -> int:
        """When its wheels turn if it is sent now: at once on the road, later from its post."""
        clock = self._clock
        if unit.leg is not None:
            return max(clock.now_ms, unit.leg.departs_ms)
        stands = unit.spot == clock.town.posts[unit.post]
        return clock.now_ms + (clock.town.mobilise_ms if stands else 0)

    def _carry_out(self, orders: Sequence[Order]) -> set[int]:
        if len(orders) > MAX_ORDERS_AT_ONCE:
            raise BadOrder(f"{self._policy.name}: {len(orders)} orders at once")
        sends = [one for one in orders if isinstance(one, Send)]
        self._check(sends)
        departs_ms = {one.unit_id: self._departs_ms(self._unit(one.unit_id)) for one in sends}
        loose = self._loosen(sends)
        for send in sends:
            self._send(send, departs_ms[send.unit_id])
        moved = set()
        for order in orders:
            if isinstance(order, Promise):
                self._promise(order)
            elif isinstance(order, Decline):
                self._decline(order)
            elif isinstance(order, Move):
                self._move(order)
                moved.add(order.unit_id)
        for unit in loose:
            if unit.doing == Doing.IDLE and unit.spec.unit_id not in moved:
                self._go_home(unit)
        return moved

    def _check(self, sends: Sequence[Send]) -> None:
        """Each call and each unit once; the call not yet reached, the unit not at work on one."""
        calls: set[int] = set()
        units: set[int] = set()
        for one in sends:
            case, unit = self._case(one.call_id), self._unit(one.unit_id)
            if one.call_id in calls or case.fate not in (Fate.WAITING, Fate.UNDERWAY):
                raise BadOrder(f"{self._policy.name}: call {one.call_id} cannot be given ({one})")
            if one.unit_id in units or unit.doing == Doing.BUSY or unit.call_id == one.call_id:
                raise BadOrder(f"{self._policy.name}: unit {one.unit_id} cannot be sent ({one})")
            if case.fate == Fate.WAITING and one.call_id not in self._clock.waiting:
                raise BadOrder(f"{self._policy.name}: call {one.call_id} has not come in yet")
            asked = [unit, self._clock.units[case.unit_id]] if case.unit_id >= 0 else [unit]
            if any(self._clock.is_silent(each) for each in asked):
                raise BadOrder(f"{self._policy.name}: a unit of {one} cannot be told: no radio")
            calls.add(one.call_id)
            units.add(one.unit_id)

    def _loosen(self, sends: Sequence[Send]) -> list[Unit]:
        """Take units off their calls where the unit, or the call, gets another partner."""
        clock = self._clock
        loose = []
        for one in sends:
            case, unit = clock.cases[one.call_id], clock.units[one.unit_id]
            for held in (unit, clock.units[case.unit_id] if case.unit_id >= 0 else None):
                if held is not None and held.doing == Doing.EN_ROUTE:
                    clock.unbind(held)
                    loose.append(held)
        return loose

    def _send(self, order: Send, departs_ms: int) -> None:
        clock = self._clock
        unit = clock.units[order.unit_id]
        clock.stand_still(unit)
        clock.bind(unit, clock.cases[order.call_id], departs_ms)

    def _promise(self, order: Promise) -> None:
        unit = self._unit(order.unit_id)
        if order.call_id not in self._clock.waiting or unit.doing < Doing.EN_ROUTE:
            raise BadOrder(f"{self._policy.name}: {order} needs a waiting call and a unit at work")
        if self._clock.is_silent(unit):
            raise BadOrder(f"{self._policy.name}: {order} cannot be told: no radio")
        self._clock.promise(unit, self._clock.cases[order.call_id])

    def _decline(self, order: Decline) -> None:
        case = self._case(order.call_id)
        if case.fate != Fate.WAITING or order.call_id not in self._clock.waiting:
            raise BadOrder(f"{self._policy.name}: call {order.call_id} does not wait")
        self._clock.lose(case)

    def _move(self, order: Move) -> None:
        unit = self._unit(order.unit_id)
        if not 0 <= order.post < len(self._clock.town.posts):
            raise BadOrder(f"{self._policy.name}: there is no post {order.post}")
        if unit.doing not in (Doing.IDLE, Doing.MOVING):
            raise BadOrder(f"{self._policy.name}: unit {order.unit_id} is not free to move")
        if self._clock.is_silent(unit):
            raise BadOrder(f"{self._policy.name}: {order} cannot be told: no radio")
        drives = self._drive_to(unit, order.post)
        unit.standby_moves += drives and order.post != unit.spec.post

    def _go_home(self, unit: Unit) -> None:
        clock = self._clock
        town = clock.town
        if town.returns == "nearest":
            times = clock.travel.from_one_ms(unit.spot, town.posts, clock.now_ms, town.pace.other)
            self._drive_to(unit, times.index(min(times)))
        else:
            self._drive_to(unit, unit.spec.post)

    def _drive_to(self, unit: Unit, post: int) -> bool:
        """Send an idle unit to a post; False where it stands there already."""
        clock = self._clock
        clock.position(unit)
        clock.stand_still(unit)
        unit.post = post
        to = clock.town.posts[post]
        if unit.spot == to:
            unit.doing = Doing.IDLE
            return False
        unit.doing = Doing.MOVING
        leg = clock.start(unit, to, clock.now_ms, clock.town.pace.other, (-1, 0))
        if leg.arrives_ms <= clock.now_ms:
            clock.stand_still(unit)
            unit.doing = Doing.IDLE
        elif clock.is_silent(unit):
            clock.push(leg.arrives_ms, HEARD, unit.spec.unit_id)
        return True

    def _case(self, call_id: int) -> Case:
        case = self._clock.cases.get(call_id)
        if case is None:
            raise BadOrder(f"{self._policy.name}: there is no call {call_id}")
        return case

    def _unit(self, unit_id: int) -> Unit:
        if not 0 <= unit_id < len(self._clock.units):
            raise BadOrder(f"{self._policy.name}: there is no unit {unit_id}")
        return self._clock.units[unit_id]

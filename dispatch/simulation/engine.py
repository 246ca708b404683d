"""The event kernel: virtual time from one event to the next, decisions by the policy.

Theory. The state changes only at events: a call comes in, becomes ready to be given, is reached; a
unit is free again; a tick; units are heard of again after an outage of the radio. Events are
totally ordered by (time, kind, id): at one millisecond a unit that becomes free goes before an
arrival, that before a call, that before a tick (DISPATCH I13), and then the smaller id. After a
free unit, a ready call, a tick and the end of an outage the policy is asked once.
A change of plan does not search the event heap: each unit counts its plans (`epoch`), and an event
of an older plan is passed over.

Everything that is luck comes from `Chance` by key (call, leg), so that every policy meets the same
scene times and the same luck on the road. While the clock runs, the time integrals of open calls
and bound units are kept apart from the rows; `laws.check` compares the two after every run.

Not here: what a unit may do next (`orders`), which unit goes (a `Policy`).
"""

import heapq
import math
from collections.abc import Sequence
from typing import Protocol

from dispatch.simulation.carry import carry
from dispatch.simulation.chance import Chance
from dispatch.simulation.fleet import Case, Doing, Fate, Leg, Unit, row_of
from dispatch.simulation.laws import check
from dispatch.simulation.limits import MAX_CALLS, MAX_UNITS
from dispatch.simulation.outcome import Outcome, Sums, UnitOutcome
from dispatch.simulation.policy import foreseen
from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import Travel

FREE, REACHED, CALL, READY, TICK, HEARD = range(6)
TO_SCENE = 0


class Witness(Protocol):
    """Is told of every change when it happens, before the next one (`core.Core`)."""

    def until(self, now_ms: int) -> None:
        """The clock has come to this moment."""
        ...

    def opened(self, case: Case) -> None:
        """A call can be given to a unit from now on."""
        ...

    def lost(self, case: Case) -> None:
        """A waiting call leaves unserved."""
        ...

    def sent(self, unit: Unit, case: Case, departs_ms: int) -> None:
        """A unit has its work; its wheels turn at ``departs_ms``."""
        ...

    def diverted(self, unit: Unit, case: Case) -> None:
        """A unit was taken off the call it drove to."""
        ...

    def reached(self, unit: Unit, case: Case, leaves_ms: int) -> None:
        """A unit is at its call and leaves at ``leaves_ms``; hospital and times are in the case."""
        ...

    def released(self, unit: Unit, case: Case) -> None:
        """A unit's work for a call is done."""
        ...


class Clockwork:
    """The state and the events of one run; `orders.Desk` gives it the policy's wishes."""

    def __init__(
        self,
        town: Town,
        travel: Travel,
        calls: Sequence[SimCall],
        seed: int,
        witness: Witness | None = None,
    ) -> None:
        _check_size(town, calls)
        self.town = town
        self.travel = travel
        self.chance = Chance(seed)
        self.seed = seed
        self.now_ms = 0
        self._witness = witness
        self.units = [
            Unit(spec=one, spot=town.posts[one.post], post=one.post) for one in town.units
        ]
        self.cases = {one.call_id: Case(call=one) for one in calls}
        self.waiting: dict[int, Case] = {}
        self.underway: dict[int, Case] = {}
        self.closed = 0
        self._arrivals = sorted(calls, key=lambda one: (one.at_ms, one.call_id))
        self._next_arrival = 0
        self._fed = -1
        self._heap: list[tuple[int, int, int, int]] = []
        self._open = 0
        self._bound = 0
        self._open_ms = self._busy_ms = self._all_busy_ms = 0
        for _from_ms, until_ms in town.radio_out_ms:
            self.push(until_ms, HEARD, -1)

    # events

    def push(self, at_ms: int, kind: int, which: int, epoch: int = 0) -> None:
        """Something will happen."""
        heapq.heappush(self._heap, (at_ms, kind, which, epoch))

    def next_event(self) -> tuple[int, int, int, int] | None:
        """The earliest event that is not of an abandoned plan; None at the end of everything."""
        self._feed()
        while self._heap:
            event = heapq.heappop(self._heap)
            _at_ms, kind, which, epoch = event
            if kind == CALL:
                self._next_arrival += 1
                self._feed()
            if kind in (FREE, REACHED) and self.units[which].epoch != epoch:
                continue
            return event
        return None

    def _feed(self) -> None:
        """Exactly one coming call lies in the heap: the list of the others stays a list."""
        at = self._next_arrival
        if self._fed < at < len(self._arrivals):
            call = self._arrivals[at]
            self.push(call.at_ms, CALL, call.call_id)
            self._fed = at

    def advance(self, at_ms: int) -> None:
        """Let the clock run up to a moment, adding up what was open and bound meanwhile."""
        span_ms = at_ms - self.now_ms
        if span_ms:
            self._open_ms += span_ms * self._open
            self._busy_ms += span_ms * self._bound
            if self._bound == len(self.units):
                self._all_busy_ms += span_ms
            self.now_ms = at_ms
        if self._witness is not None:
            self._witness.until(at_ms)

    # calls

    def come_in(self, call_id: int) -> bool:
        """A call is here; True when it can be given to a unit at once."""
        self._open += 1
        call = self.cases[call_id].call
        if call.ready_ms:
            self.push(self.now_ms + call.ready_ms, READY, call_id)
            return False
        self.make_ready(call_id)
        return True

    def make_ready(self, call_id: int) -> None:
        """From now on the call waits for a unit."""
        case = self.cases[call_id]
        needs = case.call.needs
        case.saw_idle = any(
            unit.doing <= Doing.MOVING and needs & ~unit.spec.skills == 0 for unit in self.units
        )
        self.waiting[call_id] = case
        if self._witness is not None:
            self._witness.opened(case)

    def lose(self, case: Case) -> None:
        """A waiting call leaves unserved."""
        del self.waiting[case.call.call_id]
        case.fate = Fate.LOST
        case.closed_ms = self.now_ms
        self._open -= 1
        self.closed += 1
        if self._witness is not None:
            self._witness.lost(case)

    # units

    def is_silent(self, unit: Unit) -> bool:
        """Whether the radio is out and the unit not at its post."""
        if not any(start <= self.now_ms < end for start, end in self.town.radio_out_ms):
            return False
        spot = self.position(unit)
        return unit.doing != Doing.IDLE or spot != self.town.posts[unit.post]

    def position(self, unit: Unit) -> Spot:
        """Where a unit is now; for a busy one, where it will be free."""
        leg = unit.leg
        if unit.doing == Doing.BUSY:
            return unit.frees_at
        if leg is None:
            return unit.spot
        if unit.doing == Doing.MOVING and self.now_ms >= leg.arrives_ms:
            self.stand_still(unit)
            unit.doing = Doing.IDLE
            return unit.spot
        elapsed_ms = leg.elapsed_ms(self.now_ms)
        return self.travel.on_the_way(leg.origin, leg.to, elapsed_ms, leg.departs_ms, leg.pace)

    def stand_still(self, unit: Unit) -> None:
        """End the journey here and now: at its end, or where the unit is when it is broken off."""
        leg = unit.leg
        if leg is None:
            return
        if self.now_ms >= leg.arrives_ms:
            unit.spot, share = leg.to, 1.0
        else:
            elapsed_ms = leg.elapsed_ms(self.now_ms)
            way = self.travel.on_the_way(leg.origin, leg.to, elapsed_ms, leg.departs_ms, leg.pace)
            unit.spot, share = way, elapsed_ms / max(1, leg.planned_ms)
        unit.metres += share * self.travel.metres(leg.origin, leg.to)
        unit.leg = None

    def start(self, unit: Unit, to: Spot, departs_ms: int, pace: int, key: tuple[int, int]) -> Leg:
        """Set out; the true duration is the estimate with its bias and the luck of (call, leg)."""
        planned_ms = self.travel.one_ms(unit.spot, to, departs_ms, pace)
        took_ms = planned_ms if key[0] < 0 else self.luck(planned_ms, *key)
        unit.leg = Leg(
            origin=unit.spot,
            to=to,
            departs_ms=departs_ms,
            planned_ms=planned_ms,
            arrives_ms=departs_ms + took_ms,
            pace=pace,
        )
        return unit.leg

    def luck(self, planned_ms: int, call_id: int, leg: int) -> int:
        """What a planned journey takes."""
        noise = self.town.noise
        if noise.kind == "none":
            return round(planned_ms * noise.bias)
        if noise.kind == "lognormal":
            factor = math.exp(noise.spread * self.chance.normal("road", call_id, leg))
        elif noise.kind == "exponential":
            factor = self.chance.exponential("road", call_id, leg)
        else:
            raise ValueError(f"noise {noise.kind!r}: none, lognormal or exponential")
        return round(planned_ms * noise.bias * factor)

    def bind(self, unit: Unit, case: Case, departs_ms: int) -> None:
        """Send a unit, standing where it is, to a waiting or promised call."""
        call = case.call
        call_id = call.call_id
        pace = self.town.pace.response[call.priority]
        leg = self.start(unit, call.spot, departs_ms, pace, (call_id, TO_SCENE))
        unit.doing, unit.call_id = Doing.EN_ROUTE, call_id
        unit.bound_ms = self.now_ms
        unit.epoch += 1
        self._bound += 1
        self._foresee(unit, case, leg.departs_ms + leg.planned_ms)
        self.push(leg.arrives_ms, REACHED, unit.spec.unit_id, unit.epoch)
        self.waiting.pop(call_id, None)
        self.underway[call_id] = case
        case.fate, case.unit_id = Fate.UNDERWAY, unit.spec.unit_id
        if case.sent_ms < 0:
            case.sent_ms = self.now_ms
        if self._witness is not None:
            self._witness.sent(unit, case, leg.departs_ms)

    def unbind(self, unit: Unit) -> Case:
        """Take a unit off the call it drives to; both are free where they are."""
        case = self.underway.pop(unit.call_id)
        self.stand_still(unit)
        self._count_bound(unit, case)
        unit.doing, unit.call_id = Doing.IDLE, -1
        unit.epoch += 1
        case.fate, case.unit_id = Fate.WAITING, -1
        case.diversions += 1
        self.waiting[case.call.call_id] = case
        if self._witness is not None:
            self._witness.diverted(unit, case)
        return case

    def reach(self, unit: Unit) -> None:
        """A unit is at its call; everything from here to its release follows."""
        case = self.underway.pop(unit.call_id)
        call = case.call
        self.stand_still(unit)
        unit.doing = Doing.BUSY
        unit.calls += 1
        case.fate, case.arrived_ms = Fate.REACHED, self.now_ms
        leaves_ms = free_ms = self.now_ms + call.on_scene_ms
        unit.spot = call.spot
        if call.transport:
            free_ms = self._transport(unit, case, leaves_ms)
        self._foresee(unit, case, self.now_ms)
        self.push(free_ms, FREE, unit.spec.unit_id, unit.epoch)
        if self._witness is not None:
            self._witness.reached(unit, case, leaves_ms)

    def _transport(self, unit: Unit, case: Case, leaves_ms: int) -> int:
        """Choose the hospital and drive there; answers when the unit is free again."""
        call = case.call
        way = carry(self.town, self.travel, call, self.now_ms, leaves_ms, self.luck)
        if way is None:
            case.misplaced = True
            return leaves_ms
        skills = self.town.facilities[way.facility].skills
        case.facility, case.delivered_ms, case.turned = way.facility, way.delivered_ms, way.turned
        case.misplaced = call.hospital_needs & ~skills != 0
        unit.metres += way.metres
        unit.spot = way.spot
        return case.delivered_ms + call.handover_ms

    def release(self, unit: Unit) -> Case:
        """The unit's work for its call is done."""
        case = self.cases[unit.call_id]
        self._count_bound(unit, case)
        case.fate, case.closed_ms = Fate.CLOSED, self.now_ms
        self._open -= 1
        self.closed += 1
        unit.doing, unit.call_id = Doing.IDLE, -1
        unit.epoch += 1
        if self._witness is not None:
            self._witness.released(unit, case)
        return case

    def _count_bound(self, unit: Unit, case: Case) -> None:
        span_ms = self.now_ms - unit.bound_ms
        unit.busy_ms += span_ms
        case.held_ms += span_ms
        self._bound -= 1

    def _foresee(self, unit: Unit, case: Case, reached_ms: int) -> None:
        """Expected end of this call and of those promised after it."""
        ends_ms, spot = foreseen(self.town, self.travel, case.call, reached_ms)
        for call_id in unit.promised:
            ends_ms, spot = self._and_then(ends_ms, spot, self.cases[call_id].call)
        unit.frees_ms, unit.frees_at = ends_ms, spot

    def promise(self, unit: Unit, case: Case) -> None:
        """The call is the unit's next, after what it does and what was promised before."""
        self.waiting.pop(case.call.call_id)
        case.fate, case.unit_id = Fate.PROMISED, unit.spec.unit_id
        unit.promised.append(case.call.call_id)
        base_ms = max(unit.frees_ms, self.now_ms)
        unit.frees_ms, unit.frees_at = self._and_then(base_ms, unit.frees_at, case.call)

    def _and_then(self, ends_ms: int, spot: Spot, call: SimCall) -> tuple[int, Spot]:
        pace = self.town.pace.response[call.priority]
        reached_ms = ends_ms + self.travel.one_ms(spot, call.spot, ends_ms, pace)
        return foreseen(self.town, self.travel, call, reached_ms)

    def outcome(self, policy: str, decisions: int) -> Outcome:
        """The rows and sums of the finished run, the laws checked."""
        made = Outcome(
            policy=policy,
            seed=self.seed,
            calls=tuple(row_of(case, self.units) for case in self.cases.values()),
            units=tuple(
                UnitOutcome(
                    unit_id=unit.spec.unit_id,
                    busy_ms=unit.busy_ms,
                    calls=unit.calls,
                    metres=unit.metres,
                    standby_moves=unit.standby_moves,
                )
                for unit in self.units
            ),
            sums=Sums(
                open_ms=self._open_ms,
                busy_ms=self._busy_ms,
                all_busy_ms=self._all_busy_ms,
                until_ms=self.now_ms,
            ),
            decisions=decisions,
        )
        check(made)
        return made


def _check_size(town: Town, calls: Sequence[SimCall]) -> None:
    if not 0 < len(town.units) <= MAX_UNITS:
        raise ValueError(f"{len(town.units)} units: from 1 to {MAX_UNITS}")
    if len(calls) > MAX_CALLS:
        raise ValueError(f"{len(calls)} calls; at most {MAX_CALLS} in one run")
    if [one.unit_id for one in town.units] != list(range(len(town.units))):
        raise ValueError("units are numbered from 0 in their order")
    if len({one.call_id for one in calls}) != len(calls):
        raise ValueError("a call id is used twice")
    priorities = len(town.values.weight)
    wrong = next((one for one in calls if not 0 <= one.priority < priorities), None)
    if wrong is not None:
        raise ValueError(f"call {wrong.call_id}: priority {wrong.priority} of {priorities}")

"""The cases of queueing theory through the production simulator: towns, calls and plain policies.

A queueing system is a town in which every place is one: nobody drives, and what theory calls
service is the time on scene. The two-unit town drives for exactly as long as its service lasts.
What must come out is `closed_form`; `measured` says what did, with standard errors by batch means.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from dispatch.simulation.chance import Chance
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.policy import Decline, OpenCall, Order, Send, Situation
from dispatch.simulation.published import Yardstick
from dispatch.simulation.shapes import Noise, Pace, SimCall, SimUnit, Spot, Town, Values
from dispatch.simulation.travel import MatrixTravel, Travel

UNIT_MS: Final = 3_600_000
"""One unit of a case's time, an hour: rounding to milliseconds is nothing beside it."""

_BATCHES: Final = 25
_WARM_UP: Final = 0.02  # of the run, before anything is counted

Service = Callable[[Chance, int], float]
"""Service time of a call, in units with mean 1."""


class Preference(Yardstick):
    """Each class of calls (``zone``) has its order of units; the first free one goes.

    ``loses``: a call that meets all busy leaves. Otherwise it waits; a freed unit takes the waiting
    call of the smallest priority number, then the oldest.
    """

    name = "preference"

    def __init__(self, orders: Sequence[Sequence[int]], *, loses: bool) -> None:
        self._orders = orders
        self._loses = loses

    def decide(self, situation: Situation) -> Sequence[Order]:
        """As the class says."""
        free = {unit.unit_id for unit in situation.units if unit.is_free}
        queue = sorted(situation.waiting, key=_rank)
        orders: list[Order] = []
        for one in queue:
            unit = next((u for u in self._orders[one.call.zone] if u in free), None)
            if unit is not None:
                free.discard(unit)
                orders.append(Send(one.call.call_id, unit))
            elif self._loses:
                orders.append(Decline(one.call.call_id))
            else:
                break
        return orders


def _rank(one: OpenCall) -> tuple[int, int, int]:
    return one.call.priority, one.call.at_ms, one.call.call_id


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A queueing system: arrivals by class (priority, zone, rate per unit), servers, service rate.

    ``service`` draws a service time with mean 1, which is divided by ``rate``.
    """

    classes: tuple[tuple[int, int, float], ...]
    servers: int
    rate: float
    service: Service


def exponential(chance: Chance, call_id: int) -> float:
    """Exponential service."""
    return chance.exponential("service", call_id)


def constant(_chance: Chance, _call_id: int) -> float:
    """The same service for all."""
    return 1.0


def lognormal(chance: Chance, call_id: int) -> float:
    """Lognormal service with squared coefficient of variation e - 1 = 1.72."""
    return math.exp(chance.normal("service", call_id) - 0.5)


def town_of(case: Case) -> tuple[Town, Travel]:
    """One place, as many units as servers, no driving."""
    here = Spot(0.0, 0.0, 0)
    priorities = 1 + max(priority for priority, _zone, _rate in case.classes)
    return _plain_town(case.servers, (here,), priorities, Noise()), MatrixTravel([[[0]]])


def calls_of(case: Case, count: int, seed: int) -> list[SimCall]:
    """A Poisson stream of so many calls, split into the classes by their rates."""
    chance = Chance(seed)
    totals = list(np.cumsum([rate for _priority, _zone, rate in case.classes]))
    calls = []
    at = 0.0
    for call_id in range(count):
        at += chance.exponential("gap", call_id) / totals[-1]
        priority, zone, _rate = case.classes[chance.index("class", totals, call_id)]
        served = case.service(chance, call_id) / case.rate
        calls.append(
            SimCall(
                call_id=call_id,
                at_ms=round(at * UNIT_MS),
                priority=priority,
                zone=zone,
                spot=Spot(0.0, 0.0, 0),
                on_scene_ms=round(served * UNIT_MS),
            )
        )
    return calls


def two_unit_town(minutes: Sequence[Sequence[float]]) -> tuple[Town, Travel]:
    """Two posts (nodes 0, 1) and two places (2, 3); going back takes no time (DISPATCH 4.5)."""
    table = [[0] * 4 for _row in range(4)]
    for unit in (0, 1):
        for place in (0, 1):
            table[unit][2 + place] = round(minutes[unit][place] * 60_000)
    posts = (Spot(0.0, 0.0, 0), Spot(0.0, 0.0, 1))
    return _plain_town(2, posts, 1, Noise(kind="exponential")), MatrixTravel([table])


def two_unit_calls(rates: Sequence[float], count: int, seed: int) -> list[SimCall]:
    """Calls of the two places; the unit is free when it arrives: its drive is the service."""
    case = Case(
        classes=tuple((0, place, rate) for place, rate in enumerate(rates)),
        servers=2,
        rate=1.0,
        service=constant,
    )
    return [
        msgspec.structs.replace(call, on_scene_ms=0, spot=Spot(0.0, 0.0, 2 + call.zone))
        for call in calls_of(case, count, seed)
    ]


def _plain_town(units: int, posts: Sequence[Spot], priorities: int, noise: Noise) -> Town:
    return Town(
        units=tuple(SimUnit(unit_id=at, post=at % len(posts)) for at in range(units)),
        posts=tuple(posts),
        facilities=(),
        values=Values(
            weight=(1,) * priorities,
            misfit_ms=((0,) * priorities,),
            target_ms=(0,) * priorities,
            high=frozenset({0}),
        ),
        pace=Pace(response=(0,) * priorities),
        noise=noise,
    )


class Estimate(msgspec.Struct, frozen=True):
    """A mean with its standard error by batch means."""

    mean: float
    error: float

    def is_near(self, exact: float, errors: float = 4.0) -> bool:
        """Within so many standard errors."""
        return abs(self.mean - exact) <= errors * self.error


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of a case says: times in units of the case.

    ``waits`` by priority (to the sending of a unit), ``services`` by zone, of served calls.
    """

    workloads: tuple[Estimate, ...]
    lost: Estimate
    delayed: Estimate
    waits: tuple[Estimate, ...]
    services: tuple[Estimate, ...]


def measured(outcome: Outcome) -> Measured:
    """Batch means over equal spans of time; the first part of the run is not counted."""
    at = np.array([one.at_ms for one in outcome.calls], float)
    sent = np.array([one.sent_ms for one in outcome.calls], float)
    closed = np.array([one.closed_ms for one in outcome.calls], float)
    unit = np.array([one.unit_id for one in outcome.calls])
    lost = np.array([one.is_lost for one in outcome.calls])
    priority = np.array([one.priority for one in outcome.calls])
    zone = np.array([one.zone for one in outcome.calls])
    edges = np.linspace(_WARM_UP * at[-1], at[-1], _BATCHES + 1)
    batch = np.digitize(at, edges) - 1
    waits = (sent - at) / UNIT_MS
    served = (closed - sent) / UNIT_MS
    return Measured(
        workloads=tuple(
            _busy(edges, sent[unit == one], closed[unit == one])
            for one in range(len(outcome.units))
        ),
        lost=_batched(batch, lost.astype(float)),
        delayed=_batched(batch[~lost], (waits[~lost] > 0).astype(float)),
        waits=tuple(
            _batched(batch[~lost & (priority == one)], waits[~lost & (priority == one)])
            for one in range(priority.max() + 1)
        ),
        services=tuple(
            _batched(batch[~lost & (zone == one)], served[~lost & (zone == one)])
            for one in range(zone.max() + 1)
        ),
    )


def _busy(
    edges: NDArray[np.float64], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> Estimate:
    """Busy fraction of a unit, batch by batch."""
    shares = [
        float((np.clip(ends, low, high) - np.clip(starts, low, high)).sum() / (high - low))
        for low, high in pairwise(edges)
    ]
    return _estimate(np.array(shares))


def _batched(batch: NDArray[np.int64], values: NDArray[np.float64]) -> Estimate:
    means = [values[batch == one].mean() for one in range(_BATCHES) if (batch == one).any()]
    return _estimate(np.array(means))


def _estimate(means: NDArray[np.float64]) -> Estimate:
    if len(means) < 2:
        return Estimate(float(means.mean()) if len(means) else math.nan, math.inf)
    return Estimate(float(means.mean()), float(means.std(ddof=1) / math.sqrt(len(means))))

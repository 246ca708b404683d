"""What queueing theory says exactly of simple cases: the yardstick of the simulator (DISPATCH 4).

Notation: c servers, offered load a = lambda / mu (Erlangs), rho = a / c. Rates are per any one unit
of time, and waits come out in it. Pure numbers; the simulation of the same cases is `theory`.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_MAX_SERVERS = 15
"""A hypercube has 2**N states and is solved densely: 32,768 are the end of what memory allows."""


def erlang_b(load: float, servers: int) -> float:
    """Share of calls lost in M/G/c/c (Erlang 1917), by the stable recursion."""
    _check(load >= 0 and servers >= 0, f"load {load}, servers {servers}")
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Share of calls that wait in M/M/c (Erlang 1917); needs load < servers."""
    _check(0 <= load < servers, f"load {load} must stay below {servers} servers")
    blocked = erlang_b(load, servers)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def mean_wait(arrivals: float, service: float, servers: int) -> float:
    """Mean wait before service in M/M/c, over all calls."""
    return erlang_c(arrivals / service, servers) / (servers * service - arrivals)


def priority_waits(arrivals: Sequence[float], service: float, servers: int) -> list[float]:
    """Mean waits by class, served in order of class without interruption (Cobham 1954).

    All classes have exponential service at one rate. W_k = (C / c mu) / ((1 - s_k-1)(1 - s_k)).
    """
    wait = erlang_c(sum(arrivals) / service, servers) / (servers * service)
    shares = np.concatenate(([0.0], np.cumsum(arrivals))) / (servers * service)
    return [float(wait / ((1 - a) * (1 - b))) for a, b in pairwise(shares)]


def preemptive_waits(arrivals: Sequence[float], service: float) -> list[float]:
    """Mean time in queue by class, one server, higher classes interrupt (preemptive resume).

    Time in system T_k = [1/mu (1 - s_k) + R_k] / ((1 - s_k-1)(1 - s_k)), R_k the remaining work of
    classes up to k (Kleinrock 1976, vol. 2); exponential service. The wait is T_k - 1/mu.
    """
    _check(sum(arrivals) < service, "the server must not be overloaded")
    waits, before, work = [], 0.0, 0.0
    for rate in arrivals:
        share = before + rate / service
        work += rate / service**2
        in_system = ((1 - share) / service + work) / ((1 - before) * (1 - share))
        waits.append(in_system - 1 / service)
        before = share
    return waits


class Hypercube:
    """Larson's hypercube (1974): N distinct units, Poisson classes with fixed preferences.

    ``classes``: (rate, units from the most preferred, numbered from 0). One service rate. ``queue``
    True is an infinite line served first come, first served; False loses what meets all busy.
    """

    def __init__(
        self, classes: Sequence[tuple[float, Sequence[int]]], service: float, *, queue: bool
    ) -> None:
        self._classes = classes
        self._service = service
        self._queue = queue
        self.units = max((max(order) for _rate, order in classes), default=-1) + 1
        self.arrivals = float(sum(rate for rate, _order in classes))
        _check(0 < self.units <= _MAX_SERVERS, f"{self.units} units; 1 to {_MAX_SERVERS}")
        overload = queue and self.arrivals >= self.units * service
        _check(not overload, "more calls come in than can be served")
        self.states, self.tail = self._solve()

    def workloads(self) -> list[float]:
        """Busy fraction of each unit."""
        states = np.arange(len(self.states))
        return [
            float(self.states[(states >> unit) & 1 == 1].sum() + self.tail)
            for unit in range(self.units)
        ]

    def probability(self, busy: Sequence[int]) -> float:
        """Of exactly these units being busy with nobody waiting."""
        return float(self.states[sum(1 << unit for unit in busy)])

    def _solve(self) -> tuple[NDArray[np.float64], float]:
        """Probabilities of the 2**N states, and of a line that is not empty."""
        count = 1 << self.units
        flow = np.zeros((count, count))
        for state in range(count):
            self._leave(flow, state)
        np.fill_diagonal(flow, -flow.sum(axis=1))
        system = np.vstack((flow.T, np.ones(count)))
        wanted = np.zeros(count + 1)
        wanted[-1] = 1.0
        found = np.asarray(np.linalg.lstsq(system, wanted, rcond=None)[0], np.float64)
        if not self._queue:
            return found, 0.0
        ratio = self.arrivals / (self.units * self._service)
        tail = float(found[-1]) * ratio / (1.0 - ratio)
        return np.asarray(found / (1.0 + tail), np.float64), tail / (1.0 + tail)

    def _leave(self, flow: NDArray[np.float64], state: int) -> None:
        """Rates out of one state; from all busy, arrivals join the line or are lost."""
        for unit in range(self.units):
            if state >> unit & 1:
                flow[state, state ^ (1 << unit)] += self._service
        for rate, order in self._classes:
            free = next((unit for unit in order if not state >> unit & 1), None)
            if free is not None:
                flow[state, state | (1 << free)] += rate

    def approximate(self, rounds: int) -> list[list[float]]:
        """Larson's approximate workloads (1975) after 0, 1, … ``rounds`` iterations; with a line.

        T_n sums rate x Q_j x busy fractions of the units preferred before n; rho_n = (T_n + D) /
        (1 + T_n) with D = lambda P(delay) / N; every round is scaled to the true total.
        """
        mean = self.arrivals / (self.units * self._service)
        delayed = self.arrivals / self._service * erlang_c(mean * self.units, self.units)
        now = [mean] * self.units
        found = [now]
        for _round in range(rounds):
            raw = [
                (taken + delayed / self.units) / (1.0 + taken)
                for taken in (self._taken(unit, now, mean) for unit in range(self.units))
            ]
            scale = mean * self.units / sum(raw)
            now = [one * scale for one in raw]
            found.append(now)
        return found

    def _taken(self, unit: int, busy: Sequence[float], mean: float) -> float:
        total = 0.0
        for rate, order in self._classes:
            place = order.index(unit)
            before = math.prod(busy[other] for other in order[:place])
            total += rate / self._service * correction(self.units, mean, place) * before
        return total


def correction(units: int, share: float, place: int) -> float:
    """Larson's Q(N, rho, j): how much likelier the j-th preferred unit is free than independence.

    Larson & Odoni, Urban Operations Research (1981), 5.5.3, for an infinite line.
    """
    total = 0.0
    for k in range(place, units):
        ways = math.factorial(units - place - 1) * (units - k) * units**k
        total += ways * share ** (k - place) / (math.factorial(k - place) * math.factorial(units))
    return total * _nobody_busy(units, share) / (1.0 - share)


def _nobody_busy(units: int, share: float) -> float:
    load = units * share
    inside = sum(load**k / math.factorial(k) for k in range(units))
    return 1.0 / (inside + load**units / (math.factorial(units) * (1.0 - share)))


class TwoUnitTown:
    """Two units, two places, loss when both are busy, service by (unit, place) (DISPATCH 4.5).

    ``rates[place]`` an hour, ``minutes[unit][place]`` mean and exponential, place p prefers unit p.
    """

    def __init__(self, rates: Sequence[float], minutes: Sequence[Sequence[float]]) -> None:
        _check(len(rates) == 2 and len(minutes) == 2, "two places and two units")
        self._rates = rates
        self._minutes = minutes
        self._states = self._solve()

    def busy(self, unit: int) -> float:
        """Busy fraction of a unit."""
        return float(self._states.sum(axis=1 - unit)[1:].sum())

    @property
    def lost(self) -> float:
        """Share of the calls that meet both busy."""
        return float(self._states[1:, 1:].sum())

    def service_min(self, place: int) -> float:
        """Mean service of the calls of a place that are served, minutes."""
        first, other = place, 1 - place
        by_first = float(self._states.sum(axis=other)[0])
        shape = self._states if first == 0 else self._states.T
        by_other = float(shape[1:, 0].sum())
        total = by_first * self._minutes[first][place] + by_other * self._minutes[other][place]
        return total / (by_first + by_other)

    def _solve(self) -> NDArray[np.float64]:
        """Probabilities (3, 3): what each unit does, 0 free, 1 + place busy there."""
        flow = np.zeros((9, 9))
        for a in range(3):
            for b in range(3):
                self._leave(flow, (a, b))
        np.fill_diagonal(flow, -flow.sum(axis=1))
        system = np.vstack((flow.T, np.ones(9)))
        found = np.linalg.lstsq(system, np.array([0.0] * 9 + [1.0]), rcond=None)[0]
        return np.asarray(found.reshape(3, 3))

    def _leave(self, flow: NDArray[np.float64], doing: tuple[int, int]) -> None:
        here = 3 * doing[0] + doing[1]
        for unit in (0, 1):
            if doing[unit]:
                rest = [0 if k == unit else doing[k] for k in (0, 1)]
                flow[here, 3 * rest[0] + rest[1]] += 60.0 / self._minutes[unit][doing[unit] - 1]
        for place, rate in enumerate(self._rates):
            free = next((u for u in (place, 1 - place) if not doing[u]), None)
            if free is not None:
                then = [1 + place if k == free else doing[k] for k in (0, 1)]
                flow[here, 3 * then[0] + then[1]] += rate


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)

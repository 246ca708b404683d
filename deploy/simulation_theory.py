"""`greenlane simulate closed-form`: queueing theory beside what the simulator made of it."""

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table

from deploy.simulation_tables import console
from dispatch.simulation import closed_form as exact
from dispatch.simulation import theory
from dispatch.simulation.run import simulate
from dispatch.simulation.theory import Case, Estimate, Measured, Preference

Line = tuple[str, float, Estimate]
"""What it is, what theory says, what came out."""

_CLASSES = ((0.5, (0, 1, 2)), (0.25, (0, 2, 1)), (0.35, (1, 0, 2)), (0.4, (2, 0, 1)))
"""Larson & Odoni 5.4.3: rates and preferences (DISPATCH 4.4)."""

_MINUTES = ((4.0, 7.0), (5.0, 4.0))
_RATES = (3.0, 4.0)
"""The two-unit town (DISPATCH 4.5)."""


def print_cases(services: int, seeds: Iterable[int]) -> None:
    """One row a number and seed: exact, simulated, and how many standard errors lie between."""
    table = Table(title=f"closed forms through the simulator, {services} calls a run")
    table.add_column("number")
    for name in ("seed", "exact", "simulated", "standard error", "errors apart"):
        table.add_column(name, justify="right")
    for seed in seeds:
        for words, wanted, got in _lines(services, seed):
            apart = abs(got.mean - wanted) / got.error if got.error else 0.0
            cells = f"{seed}", f"{wanted:.6f}", f"{got.mean:.6f}", f"{got.error:.6f}"
            table.add_row(words, *cells, f"{apart:.2f}")
    console().print(table)


def _lines(services: int, seed: int) -> Iterator[Line]:
    yield from _erlang(services, seed)
    yield from _cobham(services, seed)
    yield from _hypercube(services, seed)
    yield from _town(services, seed)


def _measured(case: Case, policy: Preference, services: int, seed: int) -> Measured:
    town, travel = theory.town_of(case)
    calls = theory.calls_of(case, services, seed)
    return theory.measured(simulate(town, travel, calls, policy, seed=seed))


def _erlang(services: int, seed: int) -> Iterator[Line]:
    laws = (theory.exponential, theory.constant, theory.lognormal)
    for law in laws:
        case = Case(classes=((0, 0, 1.5),), servers=3, rate=1.0, service=law)
        got = _measured(case, Preference([range(3)], loses=True), services, seed)
        yield f"Erlang B(3, 1.5), {law.__name__}", exact.erlang_b(1.5, 3), got.lost
    case = Case(classes=((0, 0, 1.5),), servers=3, rate=1.0, service=theory.exponential)
    got = _measured(case, Preference([range(3)], loses=False), services, seed)
    yield "Erlang C(3, 1.5)", exact.erlang_c(1.5, 3), got.delayed
    yield "M/M/3 mean wait", exact.mean_wait(1.5, 1.0, 3), got.waits[0]


def _cobham(services: int, seed: int) -> Iterator[Line]:
    rates = (0.3, 0.5, 0.7)
    classes = tuple((p, 0, rate) for p, rate in enumerate(rates))
    case = Case(classes=classes, servers=3, rate=1.0, service=theory.exponential)
    got = _measured(case, Preference([range(3)], loses=False), services, seed)
    for p, wait in enumerate(exact.priority_waits(rates, 1.0, 3)):
        yield f"Cobham wait of class {p + 1}", wait, got.waits[p]


def _hypercube(services: int, seed: int) -> Iterator[Line]:
    orders: Sequence[Sequence[int]] = [order for _rate, order in _CLASSES]
    classes = tuple((0, zone, rate) for zone, (rate, _order) in enumerate(_CLASSES))
    case = Case(classes=classes, servers=3, rate=1.0, service=theory.exponential)
    for queue in (True, False):
        cube = exact.Hypercube(_CLASSES, 1.0, queue=queue)
        got = _measured(case, Preference(orders, loses=not queue), services, seed)
        words = "with a line" if queue else "no line"
        for unit, share in enumerate(cube.workloads()):
            yield f"hypercube workload {unit + 1}, {words}", share, got.workloads[unit]


def _town(services: int, seed: int) -> Iterator[Line]:
    town, travel = theory.two_unit_town(_MINUTES)
    calls = theory.two_unit_calls(_RATES, services, seed)
    policy = Preference([(0, 1), (1, 0)], loses=True)
    got = theory.measured(simulate(town, travel, calls, policy, seed=seed))
    chain = exact.TwoUnitTown(_RATES, _MINUTES)
    yield "two-unit town: lost", chain.lost, got.lost
    for unit in (0, 1):
        yield f"two-unit town: unit {unit + 1} busy", chain.busy(unit), got.workloads[unit]
    for place in (0, 1):
        hours = chain.service_min(place) / 60
        yield f"two-unit town: service at {place + 1}, h", hours, got.services[place]

"""B1: queueing theory, first the formulas against published numbers, then the simulator.

Simulated numbers lie within four standard errors of the exact ones for three fixed seeds; they are
the same on every run, so these tests cannot fail by bad luck.
"""

import json

import pytest

from dispatch.simulation import closed_form, theory
from dispatch.simulation.run import simulate
from dispatch.simulation.theory import Case, Estimate, Measured, Preference, Service
from tests.support.shared_data import shared

SEEDS = (1, 2, 3)
CALLS = 15_000

CLASSES = ((0.5, (0, 1, 2)), (0.25, (0, 2, 1)), (0.35, (1, 0, 2)), (0.4, (2, 0, 1)))
MINUTES = ((4.0, 7.0), (5.0, 4.0))
RATES = (3.0, 4.0)


def test_the_formulas_give_the_shared_cases() -> None:
    cases = json.loads(shared("closed_form/cases.json").read_text())
    for load, servers, blocked in cases["erlang_B"]:
        assert closed_form.erlang_b(load, servers) == pytest.approx(blocked, rel=1e-12)
    for load, servers, waits in cases["erlang_C"]:
        assert closed_form.erlang_c(load, servers) == pytest.approx(waits, rel=1e-12)
    two = cases["priority_MM1_2class"]
    waits = closed_form.priority_waits(two["lambda"], two["mu"], 1)
    assert [60 * (wait + 1 / 12) for wait in waits] == pytest.approx(two["computed"], rel=1e-12)
    three = cases["priority_3class_mu3"]
    rates, mu = three["lambda"], three["mu"]
    for servers in (1, 2):
        wanted = three[f"nonpreemptive_Wq_c{servers}"]
        assert closed_form.priority_waits(rates, mu, servers) == pytest.approx(wanted)
    wanted = three["preemptive_Wq_c1"]
    assert closed_form.preemptive_waits(rates, mu) == pytest.approx(wanted)


def test_the_hypercube_gives_the_shared_case() -> None:
    case = json.loads(shared("closed_form/cases.json").read_text())["larson_odoni_5_4_3"]
    classes = [(rate, [unit - 1 for unit in order]) for rate, order in case["classes"]]
    line = closed_form.Hypercube(classes, case["mu"], queue=True)
    assert line.workloads() == pytest.approx(case["computed_exact_workloads"], abs=1e-12)
    assert line.tail == pytest.approx(case["p_queue_nonempty_tail"])
    for bits, wanted in case["computed_state_probs_b1b2b3"].items():
        busy = [unit for unit, bit in enumerate(bits) if bit == "1"]
        assert line.probability(busy) == pytest.approx(wanted)
    none = closed_form.Hypercube(classes, case["mu"], queue=False)
    assert none.workloads() == pytest.approx(case["zero_capacity"]["workloads"])
    found = line.approximate(4)
    for got, wanted in zip(found, case["computed_approx_iterates"], strict=True):
        assert got == pytest.approx(wanted, abs=1e-12)
    factors = [closed_form.correction(3, 0.5, place) for place in range(3)]
    assert factors == pytest.approx(case["computed_Q"])


def test_the_published_numbers_of_the_hypercube() -> None:
    """Larson & Odoni, Urban Operations Research (1981), 5.4.3 and 5.5.3."""
    cube = closed_form.Hypercube(CLASSES, 1.0, queue=True)
    assert cube.workloads() == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)
    assert cube.approximate(3)[-1] == pytest.approx([0.5627, 0.4716, 0.4657], abs=1e-4)


def test_the_two_unit_town() -> None:
    chain = closed_form.TwoUnitTown(RATES, MINUTES)
    assert [chain.busy(0), chain.busy(1)] == pytest.approx([0.228102, 0.239464], abs=1e-6)
    assert chain.lost == pytest.approx(0.081486, abs=1e-6)
    services = [chain.service_min(place) for place in (0, 1)]
    assert services == pytest.approx([4.1596, 4.5160], abs=1e-4)


def test_more_than_can_be_served_has_no_answer() -> None:
    with pytest.raises(ValueError):
        closed_form.erlang_c(3.0, 3)
    with pytest.raises(ValueError):
        closed_form.Hypercube([(3.0, (0, 1, 2))], 1.0, queue=True)
    with pytest.raises(ValueError):
        closed_form.Hypercube([(1.0, range(16))], 1.0, queue=False)
    with pytest.raises(ValueError):
        closed_form.preemptive_waits([2.0, 2.0], 3.0)


def _measured(case: Case, policy: Preference, seed: int) -> Measured:
    town, travel = theory.town_of(case)
    calls = theory.calls_of(case, CALLS, seed)
    return theory.measured(simulate(town, travel, calls, policy, seed=seed))


def _near(words: str, got: Estimate, exact: float) -> None:
    assert got.is_near(exact), f"{words}: {got.mean} ± {got.error}, exactly {exact}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("service", [theory.exponential, theory.constant, theory.lognormal])
def test_erlang_loss_whatever_the_service_times(service: Service, seed: int) -> None:
    case = Case(classes=((0, 0, 1.5),), servers=3, rate=1.0, service=service)
    got = _measured(case, Preference([range(3)], loses=True), seed)
    lost = closed_form.erlang_b(1.5, 3)
    _near("lost", got.lost, lost)
    carried = sum(one.mean for one in got.workloads)
    assert abs(carried - 1.5 * (1 - lost)) < 4 * sum(one.error for one in got.workloads)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_erlang_waiting_and_priorities(seed: int) -> None:
    rates = (0.3, 0.5, 0.7)
    classes = tuple((p, 0, rate) for p, rate in enumerate(rates))
    case = Case(classes=classes, servers=3, rate=1.0, service=theory.exponential)
    got = _measured(case, Preference([range(3)], loses=False), seed)
    _near("delayed", got.delayed, closed_form.erlang_c(1.5, 3))
    for p, wait in enumerate(closed_form.priority_waits(rates, 1.0, 3)):
        _near(f"class {p}", got.waits[p], wait)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("queue", [True, False])
def test_hypercube_workloads(queue: bool, seed: int) -> None:
    classes = tuple((0, zone, rate) for zone, (rate, _order) in enumerate(CLASSES))
    case = Case(classes=classes, servers=3, rate=1.0, service=theory.exponential)
    got = _measured(case, Preference([order for _rate, order in CLASSES], loses=not queue), seed)
    exact = closed_form.Hypercube(CLASSES, 1.0, queue=queue).workloads()
    for unit, share in enumerate(exact):
        _near(f"unit {unit}", got.workloads[unit], share)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_two_unit_town_in_the_simulator(seed: int) -> None:
    town, travel = theory.two_unit_town(MINUTES)
    calls = theory.two_unit_calls(RATES, CALLS, seed)
    policy = Preference([(0, 1), (1, 0)], loses=True)
    got = theory.measured(simulate(town, travel, calls, policy, seed=seed))
    chain = closed_form.TwoUnitTown(RATES, MINUTES)
    _near("lost", got.lost, chain.lost)
    for k in (0, 1):
        _near(f"unit {k}", got.workloads[k], chain.busy(k))
        _near(f"place {k}", got.services[k], chain.service_min(k) / 60)

"""The invariants of DISPATCH_SCIENCE §5 that a decision must keep, on random situations."""

import numpy as np
import pytest

from dispatch.recommend.costs import effective
from dispatch.recommend.engine import Act, Decision, recommend
from dispatch.recommend.gates import OPEN
from dispatch.recommend.policies import LEVELS, DiversionPolicy, Level, RecommendPolicy
from dispatch.recommend.situation import BUSY, IDLE, NOWHERE, OFF, UNDER_WAY
from tests.unit.recommend.situations import JOINT, Case, carried_out, draw, pairs, taken

CASES = 25


def cases(seed: int) -> list[Case]:
    luck = np.random.default_rng(seed)
    sizes = [(int(luck.integers(1, 9)), int(luck.integers(1, 12))) for _ in range(CASES - 5)]
    sizes += [(30, 8), (8, 90), (3, 200), (1, 1), (20, 20)]
    return [draw(luck, k, u) for k, u in sizes]


def decided(given: Case, level: Level = "P4") -> Decision:
    return recommend(given.situation, given.travel, RecommendPolicy(level=level))


@pytest.mark.parametrize("level", LEVELS)
def test_a_unit_serves_one_row_and_only_where_it_may_go(level: Level, seed: int) -> None:
    for given in cases(seed):
        found = decided(given, level)
        rows = np.flatnonzero(found.unit != NOWHERE)
        units = found.unit[rows]
        assert len(set(units.tolist())) == len(units)
        assert (found.gates[rows, units] == OPEN).all()
        state = given.situation.units.state[units]
        assert not np.isin(state, (BUSY, OFF)).any()
        assert np.isfinite(found.costs.eta_s[rows, units]).all()


@pytest.mark.parametrize("level", LEVELS)
def test_nobody_waits_while_an_idle_unit_may_go(level: Level, seed: int) -> None:
    """I3 for every priority, P0 to P5: an idle unit left over has no waiting row it may serve."""
    for given in cases(seed):
        found = decided(given, level)
        waiting = np.flatnonzero(found.unit == NOWHERE)
        idle = (given.situation.units.state == IDLE) & ~np.isin(
            np.arange(len(given.situation.units)), found.unit
        )
        assert not (found.gates[np.ix_(waiting, np.flatnonzero(idle))] == OPEN).any()


@pytest.mark.parametrize("level", LEVELS[1:])
def test_no_call_is_served_past_a_graver_one_that_waits(level: Level, seed: int) -> None:
    """I6, by the priority that a call counts as; a unit that drives on is no new assignment."""
    for given in cases(seed):
        found = decided(given, level)
        counts_as = effective(given.situation.calls, found.policy)
        for row, unit in found.sent():
            waiting = found.unit == NOWHERE
            could = waiting & (found.gates[:, unit] == OPEN) & (counts_as < counts_as[row])
            assert not could.any()


def test_a_redirection_goes_to_the_same_priority_or_a_graver_one(seed: int) -> None:
    for given in cases(seed):
        calls, units = given.situation.calls, given.situation.units
        found = decided(given)
        for row in np.flatnonzero(found.act == Act.REDIRECT):
            left = units.heading[found.unit[row]]
            assert calls.priority[row] <= calls.priority[left]
            assert calls.diversions[left] < found.policy.diversion.calls_max
            drive_s = given.travel.seconds[left, found.unit[row]]
            assert drive_s > found.policy.diversion.last_s


def test_no_p1_loses_its_unit_without_another(seed: int) -> None:
    for given in cases(seed):
        units = given.situation.units
        found = decided(given)
        headed = units.heading[units.state == UNDER_WAY]
        grave = headed[given.situation.calls.priority[headed] == 1]
        assert (found.unit[grave] != NOWHERE).all()


def test_a_redirection_gains_the_hysteresis(seed: int) -> None:
    """I7: without its keep terms the solution beats leaving everybody where they drive."""
    for given in cases(seed):
        found = decided(given)
        redirected = np.flatnonzero(found.act == Act.REDIRECT)
        units = given.situation.units
        if not len(redirected):
            continue
        stays = RecommendPolicy(level="P4", diversion=_never())
        still = recommend(given.situation, given.travel, stays)
        keep = found.costs.weight * found.policy.diversion.hysteresis_s * 1000.0
        moved = np.flatnonzero(units.state == UNDER_WAY)
        moved = moved[found.unit[units.heading[moved]] != moved]
        gained = _sum(still, found) - _sum(found, found)
        assert gained >= keep[units.heading[moved]].sum() - 1.0


def _never() -> DiversionPolicy:
    return DiversionPolicy(hysteresis_s=float("inf"))


def _sum(decision: Decision, terms: Decision) -> float:
    """Unkept weighted milliseconds; a row without a unit at what waiting costs in ``terms``."""
    costs, problem = terms.costs, terms.problem
    assert problem is not None
    total = 0.0
    for row, unit in enumerate(decision.unit):
        if unit == NOWHERE:
            promised = terms.promised[row] if decision is terms else NOWHERE
            at = promised if promised != NOWHERE else costs.total_ms.shape[1] + row
            total += problem.cost[row, at]
        else:
            kept = costs.weight[row] * costs.keep_s[row, unit] * 1000.0
            total += costs.total_ms[row, unit] + kept
    return float(total)


def test_obeying_a_decision_settles_it(seed: int) -> None:
    """I7: asked again at the same instant, nobody goes anywhere else; a release is an event."""
    for given in cases(seed):
        found, after, questions = recommend(given.situation, given.travel, JOINT), given, 0
        while len(found.released):  # each frees a unit for good: no more questions than units
            after = carried_out(after, found)
            found = recommend(after.situation, after.travel, JOINT)
            questions += 1
            assert questions <= len(given.situation.units)
        after = carried_out(after, found)
        again = recommend(after.situation, after.travel, JOINT)
        assert again.sent() == ()
        assert len(again.released) == 0


def test_the_order_of_the_arrays_decides_nothing(seed: int) -> None:
    luck = np.random.default_rng(seed)
    for given in cases(seed):
        k, u = given.travel.seconds.shape
        mixed = taken(given, luck.permutation(k), luck.permutation(u))
        found, other = decided(given), decided(mixed)
        named = {name.split("/")[0]: unit for name, unit in pairs(given, found).items()}
        assert named == {name.split("/")[0]: unit for name, unit in pairs(mixed, other).items()}


def test_the_same_question_has_the_same_answer(seed: int) -> None:
    for given in cases(seed)[:5]:
        one, two = decided(given), decided(given)
        assert one.unit.tolist() == two.unit.tolist()
        assert one.promised.tolist() == two.promised.tolist()


def test_a_promised_unit_is_busy_and_its_row_waits(seed: int) -> None:
    for given in cases(seed):
        found = recommend(given.situation, given.travel, JOINT)
        rows = np.flatnonzero(found.promised != NOWHERE)
        units = found.promised[rows]
        assert (found.unit[rows] == NOWHERE).all()
        assert (given.situation.units.state[units] == BUSY).all()
        assert (given.situation.units.free_in_s[units] <= JOINT.look_ahead_max_s).all()

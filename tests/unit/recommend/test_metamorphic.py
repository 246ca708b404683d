"""What must not change when the question is put another way (DISPATCH_SCIENCE §5)."""

from dataclasses import replace
from itertools import permutations

import msgspec
import numpy as np
import pytest

from dispatch.recommend.engine import Act, Decision, recommend
from dispatch.recommend.policies import (
    LEVELS,
    DiversionPolicy,
    Level,
    RecommendPolicy,
)
from dispatch.recommend.situation import IDLE, NOWHERE, Calls, Situation, Travel, Units
from tests.unit.recommend.situations import JOINT, Case, case, draw, pairs

SIZES = [(1, 4), (3, 5), (6, 10), (12, 7), (2, 80)]


def drawn(seed: int) -> list[Case]:
    luck = np.random.default_rng(seed)
    return [draw(luck, k, u) for k, u in SIZES for _ in range(4)]


def decided(given: Case, policy: RecommendPolicy) -> Decision:
    return recommend(given.situation, given.travel, policy)


def with_unit(given: Case, unit_id: str, drive_s: float) -> Case:
    """One more idle unit, at the end of the arrays, that drives so long to everybody."""
    units = given.situation.units
    k = len(given.situation.calls)
    fields = {name: getattr(units, name) for name in units.__dataclass_fields__ if name != "ids"}
    added = Units.of([unit_id], [IDLE])
    joined = {name: np.append(value, getattr(added, name)) for name, value in fields.items()}
    seconds = np.column_stack((given.travel.seconds, np.full(k, drive_s)))
    return Case(
        situation=replace(given.situation, units=Units.of([*units.ids, unit_id], **joined)),
        travel=Travel(seconds=seconds),
    )


def test_a_unit_beyond_range_changes_no_choice(seed: int) -> None:
    for given in drawn(seed):
        plain = Case(situation=given.situation, travel=Travel(seconds=given.travel.seconds))
        beyond = with_unit(plain, "Z", 1e6)
        assert decided(beyond, JOINT).unit.tolist() == decided(plain, JOINT).unit.tolist()


def test_a_far_unit_in_range_changes_no_p1_choice(seed: int) -> None:
    """Where there were units for everybody, one that is farther than all of them is no use."""
    luck = np.random.default_rng(seed)
    for _ in range(30):
        k = int(luck.integers(1, 6))
        u = k + int(luck.integers(0, 6))
        near = case(luck.uniform(10, 3000, (k, u)).tolist(), priority=[1] * k)
        far = with_unit(near, "Z", 3001.0)
        assert decided(far, JOINT).unit.tolist() == decided(near, JOINT).unit.tolist()


def test_doubled_weights_change_nothing(seed: int) -> None:
    doubled = tuple(2 * weight for weight in JOINT.weights)
    for given in drawn(seed):
        for level in ("P1", "P2", "P4"):
            plain = msgspec.structs.replace(JOINT, level=level)
            twice = msgspec.structs.replace(plain, weights=doubled)
            assert decided(given, twice).unit.tolist() == decided(given, plain).unit.tolist()


def test_a_week_later_is_the_same(seed: int) -> None:
    """Nothing but differences to now goes in: every time of a situation is one already."""
    week_s = 7 * 24 * 3600.0
    for given in drawn(seed):
        calls, units = given.situation.calls, given.situation.units
        now_s, came_s = 1000.0, 1000.0 - calls.waited_s
        free_at_s = now_s + units.free_in_s
        later = replace(
            given.situation,
            calls=replace(calls, waited_s=(now_s + week_s) - (came_s + week_s)),
            units=replace(units, free_in_s=(free_at_s + week_s) - (now_s + week_s)),
        )
        moved = Case(situation=later, travel=given.travel)
        assert decided(moved, JOINT).unit.tolist() == decided(given, JOINT).unit.tolist()


def test_twins_that_swap_their_names_swap_their_work(seed: int) -> None:
    luck = np.random.default_rng(seed)
    worked = 0
    for given in drawn(seed):
        units = given.situation.units
        served = [int(unit) for unit in decided(given, JOINT).unit if unit != NOWHERE]
        one = served[0] if served else 0
        other = int(luck.choice([unit for unit in range(len(units)) if unit != one]))
        names = list(units.ids)
        names[one], names[other] = names[other], names[one]
        renamed = Case(
            situation=replace(given.situation, units=replace(units, ids=tuple(names))),
            travel=given.travel,
        )
        before, after = pairs(given, decided(given, JOINT)), decided(renamed, JOINT)
        swap = {units.ids[one]: units.ids[other], units.ids[other]: units.ids[one]}
        assert pairs(renamed, after) == {row: swap.get(u, u) for row, u in before.items()}
        worked += bool(set(swap) & set(before.values()))
    assert worked > 0


@pytest.mark.parametrize("level", LEVELS)
def test_with_one_call_and_one_unit_every_policy_agrees(level: Level, seed: int) -> None:
    luck = np.random.default_rng(seed)
    for _ in range(20):
        given = draw(luck, 1, 1)
        policy = RecommendPolicy(level=level, looks_ahead=False)
        yardstick = RecommendPolicy(level="P0")
        assert decided(given, policy).unit.tolist() == decided(given, yardstick).unit.tolist()


def test_with_endless_hysteresis_nobody_is_redirected(seed: int) -> None:
    never = msgspec.structs.replace(JOINT, diversion=DiversionPolicy(hysteresis_s=float("inf")))
    for given in drawn(seed):
        found = decided(given, never)
        assert (found.act != Act.REDIRECT).all()
        assert len(found.released) == 0
        units = given.situation.units
        for unit in np.flatnonzero(units.state == 1):
            assert found.unit[units.heading[unit]] == unit


def test_with_equal_weights_it_is_the_least_sum(seed: int) -> None:
    """Against every permutation: with rows of one priority and nobody under way."""
    luck = np.random.default_rng(seed)
    for _ in range(30):
        k, u = int(luck.integers(1, 5)), int(luck.integers(4, 7))
        seconds = luck.uniform(10, 3000, (k, u)).round(3)
        given = case(seconds.tolist(), priority=[2] * k)
        found = decided(given, msgspec.structs.replace(JOINT, looks_ahead=False))
        chosen = seconds[np.arange(k), found.unit].sum()
        best = min(
            sum(seconds[row, unit] for row, unit in enumerate(order))
            for order in permutations(range(u), k)
        )
        assert chosen == pytest.approx(best, abs=0.01)


def test_doubling_every_time_doubles_no_choice(seed: int) -> None:
    """Time change: with plain terms only, a county twice as large decides the same."""
    plain = RecommendPolicy(
        level="P2",
        patience=0.0,
        looks_ahead=False,
        ageing_s=(float("inf"),) * 4,
        diversion=DiversionPolicy(hysteresis_s=0.0, last_s=0.0),
    )
    luck = np.random.default_rng(seed)
    for _ in range(20):
        seconds = luck.uniform(10, 1500, (4, 6)).round(3)
        priority = luck.integers(1, 5, 4).tolist()
        small = case(seconds.tolist(), priority=priority)
        large = case((2 * seconds).tolist(), priority=priority)
        assert decided(small, plain).unit.tolist() == decided(large, plain).unit.tolist()


def test_an_empty_moment_has_an_empty_answer() -> None:
    nobody = Situation(calls=case([[1.0]]).situation.calls, units=Units.of([], []))
    found = recommend(nobody, Travel(seconds=np.zeros((1, 0))))
    assert found.unit.tolist() == [NOWHERE]
    assert found.act.tolist() == [Act.WAIT]
    calm = Situation(calls=Calls.of([], [], []), units=case([[1.0, 2.0]]).situation.units)
    assert recommend(calm, Travel(seconds=np.zeros((0, 2)))).sent() == ()

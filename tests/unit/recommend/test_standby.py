"""Standby: DMEXCLP, fixed plans, the compliance table, slots; small cases by hand and by force."""

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest
from scipy import sparse

from dispatch.recommend import mexclp as plans
from dispatch.recommend.compliance import moves, printed, table
from dispatch.recommend.dmexclp import covered_by, gains, holds_last, losses, stand_by
from dispatch.recommend.limits import MAX_PLAN_UNITS
from dispatch.recommend.policies import StandbyPolicy
from dispatch.recommend.situation import NOWHERE, Coverage
from dispatch.recommend.slots import assign_slots
from dispatch.recommend.words import LANGUAGES, say
from tests.unit.recommend.situations import posts

HALF = StandbyPolicy(busy_fraction=0.5, gain_min=0.0)


def coverage(reach: list[list[int]], demand: list[float], capacity: int = 9) -> Coverage:
    return Coverage(
        post_ids=tuple("ABCDEFGH"[: len(reach)]),
        reach=sparse.csr_array(np.array(reach, float)),
        demand=np.array(demand),
        capacity=np.full(len(reach), capacity),
    )


TWO = coverage([[1, 1, 0], [0, 1, 1]], [4.0, 2.0, 3.0])
NEAR = np.array([100.0, 100.0])


def test_gain_and_loss_by_hand() -> None:
    counts = covered_by(TWO, np.array([0]))
    assert counts.tolist() == [1.0, 1.0, 0.0]
    assert gains(TWO, counts, 0.5).tolist() == [1.5, 2.0]
    assert losses(TWO, counts, 0.5).tolist() == [3.0, 1.0 + 1.5]
    assert losses(TWO, covered_by(TWO, np.array([0, 1])), 0.5).tolist() == [2.5, 2.0]


def test_the_free_unit_goes_where_it_covers_most() -> None:
    found = stand_by(TWO, np.array([0]), NEAR, HALF)
    assert found is not None
    assert (found.post_id, found.gain, found.moves) == ("B", 2.0, True)
    assert all("B" in say(found.reasons[0], language) for language in LANGUAGES)


def test_with_no_busy_units_it_is_plain_cover(seed: int) -> None:
    """q = 0: only cells that nobody covers yet count (DISPATCH_SCIENCE §5)."""
    luck = np.random.default_rng(seed)
    plain = StandbyPolicy(busy_fraction=0.0, gain_min=0.0)
    for _ in range(20):
        given = posts(luck, 6, 30)
        others = luck.integers(0, 6, 3)
        found = stand_by(given, others, np.full(6, 60.0), plain)
        open_ = given.reach.toarray()[others].sum(axis=0) == 0
        new = (given.reach.toarray() * (given.demand * open_)).sum(axis=1)
        assert found is not None
        assert found.gain == pytest.approx(new.max())


def test_a_crew_stays_unless_a_move_gains_enough() -> None:
    stays = StandbyPolicy(busy_fraction=0.5, gain_min=0.06)  # of 9.0: 0.54; the move gains 0.5
    found = stand_by(TWO, np.array([0]), NEAR, stays, at=0)
    assert found is not None
    assert (found.post_id, found.moves, found.gain, found.stays_gain) == ("A", False, 1.5, 1.5)
    assert found.reasons[0].code == "stays_at_post"
    even = coverage([[1, 1, 0], [0, 1, 1]], [4.0, 1.0, 3.0])  # the move gains 0.5 of 8.0
    edge = StandbyPolicy(busy_fraction=0.5, gain_min=0.0625)
    assert stand_by(even, np.array([0]), NEAR, edge, at=0).post_id == "A"
    goes = StandbyPolicy(busy_fraction=0.5, gain_min=0.05)
    assert stand_by(TWO, np.array([0]), NEAR, goes, at=0).moves


def test_a_far_post_and_a_full_post_are_none() -> None:
    far = np.array([100.0, 1800.1])
    assert stand_by(TWO, np.array([0]), far, HALF).post_id == "A"
    full = coverage([[1, 1, 0], [0, 1, 1]], [4.0, 2.0, 3.0], capacity=1)
    assert stand_by(full, np.array([1]), NEAR, HALF).post_id == "A"
    assert stand_by(full, np.array([0, 1]), NEAR, HALF) is None
    assert stand_by(full, np.array([0, 1]), NEAR, HALF, at=1).post_id == "B"


def test_a_crew_does_not_leave_a_protected_zone_without_cover() -> None:
    """B has far more demand; but only A and C cover the valley (I8)."""
    reach, demand = [[1, 0, 0], [0, 1, 1], [1, 0, 1]], [0.1, 9.0, 5.0]
    open_ = coverage(reach, demand)
    valley = replace(open_, protected=np.array([True, False, False]))
    alone, nobody = np.array([0]), np.array([], int)
    drive_s = np.full(3, 100.0)
    assert stand_by(open_, nobody, drive_s, HALF, at=0).post_id == "B"
    assert stand_by(valley, nobody, drive_s, HALF, at=0).post_id == "C"
    assert stand_by(valley, alone, drive_s, HALF, at=0).post_id == "B"
    assert holds_last(valley, covered_by(valley, np.array([0, 1]))).tolist() == [True, False, True]
    assert not holds_last(open_, covered_by(open_, alone)).any()


def test_equal_posts_go_by_drive_then_by_place() -> None:
    same = coverage([[1], [1], [1]], [2.0])
    nearest = stand_by(same, np.array([], int), np.array([90.0, 60.0, 60.0]), HALF)
    assert nearest is not None
    assert nearest.post == 1


def test_drives_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="drives for 2 posts"):
        stand_by(TWO, np.array([0]), np.array([1.0]), HALF)


def best_by_force(given: Coverage, units: int, busy_fraction: float) -> float:
    best = 0.0
    for chosen in combinations_with_replacement(range(len(given.post_ids)), units):
        standing = np.bincount(np.array(chosen, int), minlength=len(given.post_ids))
        if (standing <= given.capacity).all():
            best = max(best, plans.value(given, standing, busy_fraction))
    return best


@pytest.mark.parametrize("busy_fraction", [0.0, 0.3, 0.7])
def test_the_exact_plan_is_the_best_and_greedy_is_near(busy_fraction: float, seed: int) -> None:
    luck = np.random.default_rng(seed)
    for _ in range(4):
        given = posts(luck, 5, 12, share=0.4)
        units = int(luck.integers(1, 5))
        exact = plans.mexclp(given, units, busy_fraction)
        best = best_by_force(given, units, busy_fraction)
        assert exact.is_exact
        assert exact.value == pytest.approx(best, abs=1e-6)
        near = plans.greedy_plan(given, units, busy_fraction)
        assert (1 - 1 / np.e) * best - 1e-6 <= near.value <= best + 1e-6
        assert sum(near.units) == units


def test_units_that_all_cover_everything_serve_all_but_the_busy() -> None:
    """MEXCLP: p units that cover everything serve D (1 - q^p)."""
    whole = coverage([[1, 1], [1, 1]], [3.0, 7.0])
    for units in range(4):
        assert plans.mexclp(whole, units, 0.4).value == pytest.approx(10 * (1 - 0.4**units))


def test_capacity_bounds_a_plan() -> None:
    small = coverage([[1, 1, 0], [0, 1, 1]], [4.0, 2.0, 3.0], capacity=1)
    assert plans.mexclp(small, 5, 0.5).units == (1, 1)
    assert plans.greedy(small, 5, 0.5) == (0, 1)
    assert plans.mexclp(small, 0, 0.5).units == (0, 0)


def test_cells_that_the_same_posts_reach_are_one() -> None:
    given = coverage([[1, 1, 0, 0, 1], [0, 0, 1, 0, 1]], [1.0, 2.0, 4.0, 8.0, 0.0])
    small = plans.merged(given)
    assert small.demand.tolist() == [3.0, 4.0]
    assert small.reach.toarray().tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("units", "q"), [(-1, 0.5), (MAX_PLAN_UNITS + 1, 0.5), (1, 1.0), (1, -0.1)]
)
def test_a_plan_has_bounds(units: int, q: float) -> None:
    with pytest.raises(ValueError, match=r"units|busy_fraction"):
        plans.greedy(TWO, units, q)


def test_a_plan_that_is_too_large_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MAX_EXACT_VARIABLES", 3)
    with pytest.raises(ValueError, match="use the greedy plan or larger cells"):
        plans.mexclp(TWO, 1, 0.5)
    with pytest.raises(ValueError, match="too many"):
        plans.nested(TWO, [1.0])


def test_nested_weights_fit_the_posts() -> None:
    for weights in ([], [1.0] * 3, [-1.0]):
        with pytest.raises(ValueError, match="weights for 2 posts"):
            plans.nested(TWO, weights)


def test_the_table_grows_by_one_post_a_row_and_prints() -> None:
    rows = table(TWO, plans.greedy(TWO, 3, 0.5), 0.5)
    assert [row.added for row in rows] == ["A", "B", "A"]
    assert rows[2].stand == (("A", 2), ("B", 1))
    assert [row.share_pct for row in rows] == [33.3, 55.6, 69.4]
    assert printed(rows, "en").splitlines()[3] == "3\t69.4 %\tA × 2  B"
    assert printed(rows, "zh").startswith("待命车数\t覆盖\t驻点\n")
    with pytest.raises(ValueError, match="zh and en"):
        printed(rows, "fr")


def test_moves_make_the_longest_drive_short_then_the_sum() -> None:
    assert moves(np.array([[100.0, 10.0], [10.0, 80.0]])) == (1, 0)
    # 0 to 0 and 1 to 1: sum 110 but one drive of 100; the other way 60 and 60.
    assert moves(np.array([[10.0, 60.0], [60.0, 100.0]])) == (1, 0)
    assert moves(np.zeros((0, 0))) == ()
    with pytest.raises(ValueError, match="cannot be reached"):
        moves(np.array([[1.0, np.inf], [1.0, np.inf]]))
    with pytest.raises(ValueError, match="as many places as units"):
        moves(np.ones((1, 2)))


def test_slots_want_falling_benefits_and_room() -> None:
    assert assign_slots([0], [4.0], np.array([[5.0]]), 0) == (NOWHERE,)
    with pytest.raises(ValueError, match="2 units must stand by and there are 1"):
        assign_slots([0], [4.0], np.zeros((2, 1)), 2)
    with pytest.raises(ValueError, match="worth more"):
        assign_slots([0, 0], [1.0, 2.0], np.zeros((1, 1)), 1)
    with pytest.raises(ValueError, match="1 benefits for 2"):
        assign_slots([0, 0], [1.0], np.zeros((1, 1)), 1)
    with pytest.raises(ValueError, match="movable"):
        assign_slots([0], [1.0], np.zeros((1, 1)), 2)


def test_a_coverage_must_fit_itself() -> None:
    with pytest.raises(ValueError, match="reach is"):
        coverage([[1, 1]], [1.0])
    with pytest.raises(ValueError, match="demand"):
        coverage([[1]], [-1.0])
    with pytest.raises(ValueError, match="protected"):
        replace(TWO, protected=np.ones(2, bool))
    with pytest.raises(ValueError, match="capacities"):
        Coverage(
            post_ids=("A",),
            reach=sparse.csr_array(np.ones((1, 1))),
            demand=np.ones(1),
            capacity=np.ones(2, int),
        )
    for slip in ({"busy_fraction": 1.0}, {"gain_min": -1.0}):
        with pytest.raises(ValueError, match=r"busy_fraction|negative"):
            StandbyPolicy(**slip)

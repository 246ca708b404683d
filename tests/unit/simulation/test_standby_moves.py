"""Moves to stand by: the way home is never too far, and an idle unit takes over lost cover."""

import numpy as np
import pytest

from dispatch.errors import BadPayload
from dispatch.recommend.dmexclp import covered_by, gains, move_up, stand_by
from dispatch.recommend.policies import RecommendPolicy, StandbyPolicy
from dispatch.recommend.situation import Coverage, Floats
from dispatch.simulation.choose import needs_coverage, policy_named
from dispatch.simulation.coverage import coverage_of
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import Town
from tests.unit.simulation.towns import MIN, at, call, line, town

PLAIN = StandbyPolicy(busy_fraction=0.0)


def three() -> tuple[Town, Coverage]:
    """Posts at 0, 10 and 40, each covering what is within 8 min of it."""
    made = town([0, 10, 40], [0, 1, 2])
    cells = [(at(0), 5.0), (at(10), 3.0), (at(40), 1.0)]
    return made, coverage_of(made, line(41), cells, 8 * MIN)


def test_home_is_within_reach_however_far_it_is() -> None:
    _made, cover = three()
    others = np.array([0, 1])
    drive_s = np.array([60.0, 600.0, 2_400.0])
    kept = stand_by(cover, others, drive_s, PLAIN)
    home = stand_by(cover, others, drive_s, PLAIN, home=2)
    assert kept is not None
    assert home is not None
    assert (kept.post, home.post) == (0, 2)


def test_a_full_home_is_none() -> None:
    _made, cover = three()
    full = Coverage(post_ids=cover.post_ids, reach=cover.reach, demand=cover.demand,
                    capacity=np.array([9, 9, 1]))  # fmt: skip
    found = stand_by(full, np.array([0, 1, 2]), np.array([60.0, 600.0, 2_400.0]), PLAIN, home=2)
    assert found is not None
    assert found.post == 0


def test_the_unit_whose_move_wins_most_moves() -> None:
    _made, cover = three()
    drives = np.full((2, 3), 600.0)
    asked = []

    def drive_s(unit: int) -> Floats:
        asked.append(unit)
        return np.asarray(drives[unit])

    assert move_up(cover, np.array([1, 2]), drive_s, PLAIN) is not None
    unit, best = move_up(cover, np.array([1, 2]), drive_s, PLAIN) or (-1, None)
    assert best is not None
    assert (unit, best.post, best.gain - best.stays_gain) == (1, 0, 4.0)  # 5 won, 1 lost
    asked.clear()
    assert move_up(cover, np.array([0, 1]), drive_s, PLAIN) is None
    assert asked == []  # no move could win: nobody asks for roads


def test_of_equal_moves_the_shorter_drive() -> None:
    _made, cover = three()
    drives = np.array([[900.0, 0.0, 0.0], [300.0, 0.0, 0.0]])
    found = move_up(cover, np.array([1, 1]), lambda unit: drives[unit], PLAIN)
    assert found is not None
    assert (found[0], found[1].post) == (1, 0)


def test_it_is_the_best_of_all_single_moves(seed: int) -> None:
    luck = np.random.default_rng(seed)
    policy = StandbyPolicy(busy_fraction=0.3, gain_min=0.0)
    made = town([0, 10, 20, 30, 40], [0, 1, 2, 3])
    cells = [(at(int(node)), float(luck.integers(1, 9))) for node in range(0, 41, 5)]
    cover = coverage_of(made, line(41), cells, 11 * MIN)
    posts = luck.integers(0, 5, 4)
    wins = [
        gain[to] - gain[posts[unit]]
        for unit in range(4)
        for gain in [gains(cover, covered_by(cover, np.delete(posts, unit)), 0.3)]
        for to in range(5)
    ]
    found = move_up(cover, posts, lambda _unit: np.zeros(5), policy)
    best = max(wins)
    if found is None:
        assert best <= 1e-9
    else:
        assert found[1].gain - found[1].stays_gain == pytest.approx(best, abs=1e-5)


def test_a_unit_moves_up_when_another_is_sent() -> None:
    made, cover = three()
    settings = RecommendPolicy(standby=PLAIN)
    policy = policy_named("closest+moveup", (1, 4), settings, cover)
    outcome = simulate(made, line(41), [call(0, 0, 0), call(1, 25 * MIN, 1)], policy)
    assert [one.standby_moves for one in outcome.units] == [1, 1, 0]
    # unit 1 leaves 3.0 for 5.0, and unit 0, when it is free again, takes its place
    assert policy.name == "closest+moveup"


def test_names_of_policies_with_moves() -> None:
    _made, cover = three()
    settings = RecommendPolicy()
    assert policy_named("P3+moveup", (1, 4), settings, cover).name == "P3+moveup"
    assert needs_coverage("queue+moveup")
    with pytest.raises(BadPayload, match="needs a demand"):
        policy_named("P3+moveup", (1, 4), settings, None)
    with pytest.raises(BadPayload, match="stands by by itself"):
        policy_named("P4+dmexclp", (1, 4), settings, cover)

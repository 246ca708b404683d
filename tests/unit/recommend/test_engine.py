"""Joint decisions by hand: small enough to be worked out on paper."""

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import sparse

from dispatch.recommend.engine import Act, Decision, recommend
from dispatch.recommend.policies import (
    DiversionPolicy,
    GatePolicy,
    HarmCurve,
    Level,
    RecommendPolicy,
)
from dispatch.recommend.situation import BUSY, IDLE, NOWHERE, UNDER_WAY, Coverage
from tests.unit.recommend.situations import ALS, BLS, JOINT, Case, case


def decided(given: Case, policy: RecommendPolicy = JOINT) -> Decision:
    return recommend(given.situation, given.travel, policy)


def at(level: Level, **more: Any) -> RecommendPolicy:
    return RecommendPolicy(level=level, **more)


def test_p0_serves_in_the_order_of_the_calls() -> None:
    given = case([[100.0], [10.0]], priority=[4, 1], waited_s=[60.0, 5.0])
    assert decided(given, at("P0")).unit.tolist() == [0, NOWHERE]


def test_p1_serves_the_graver_call_first_then_weight_times_waiting() -> None:
    grave = case([[100.0], [10.0]], priority=[4, 1], waited_s=[600.0, 5.0])
    assert decided(grave, at("P1")).unit.tolist() == [NOWHERE, 0]
    long_ = case([[10.0], [100.0]], priority=[2, 2], waited_s=[5.0, 6.0])
    assert decided(long_, at("P1")).unit.tolist() == [NOWHERE, 0]


@pytest.mark.parametrize("level", ["P0", "P1"])
def test_one_after_the_other_nobody_under_way_is_replaced(level: Level) -> None:
    given = case([[2000.0, 100.0]], state=[UNDER_WAY, IDLE], heading=[0, NOWHERE])
    found = decided(given, at(level))
    assert found.act.tolist() == [Act.KEEP]
    assert len(found.released) == 0


def test_one_after_the_other_is_worse_than_together() -> None:
    """The second call has one unit near; the first, a little farther from it, has two."""
    given = case([[300.0, 320.0], [310.0, 900.0]], waited_s=[60.0, 0.0])
    assert decided(given, at("P1")).unit.tolist() == [0, 1]
    assert decided(given).unit.tolist() == [1, 0]


def test_the_heaviest_call_is_served_not_the_nearest() -> None:
    given = case([[30.0], [3000.0]], priority=[2, 1])
    assert decided(given).unit.tolist() == [NOWHERE, 0]


def test_no_drive_is_so_long_that_a_lighter_call_goes_first() -> None:
    """Weights as near as they may be, and a waiting cost set far too small: the bands hold."""
    near = RecommendPolicy(level="P2", weights=(4.5, 3.0, 2.0, 1.0), waiting_s=1.0)
    given = case([[10.0], [7000.0]], priority=[3, 2])
    assert decided(given, near).unit.tolist() == [NOWHERE, 0]


def test_ties_go_to_the_first_by_name() -> None:
    given = case([[60.0, 60.0]], unit_ids=["B", "A"])
    for level in ("P0", "P1", "P2"):
        assert decided(given, at(level)).unit.tolist() == [1]
    calls = case([[60.0], [60.0]], call_ids=["B", "A"])
    assert decided(calls).unit.tolist() == [NOWHERE, 0]


def test_a_unit_is_redirected_for_more_than_the_hysteresis() -> None:
    """Unit 0 drives to row 1 (600 s left) and is 100 s from row 0; unit 1 could swap."""

    def swap(gain_s: float) -> Decision:
        return decided(
            case(
                [[600.0, 600.0 + gain_s], [600.0, 600.0]],
                priority=[2, 2],
                state=[UNDER_WAY, IDLE],
                heading=[1, NOWHERE],
            )
        )

    assert swap(120.0).act.tolist() == [Act.SEND, Act.KEEP]
    found = swap(121.0)
    assert found.act.tolist() == [Act.REDIRECT, Act.SEND]
    assert found.unit.tolist() == [0, 1]
    assert found.sent() == ((0, 0), (1, 1))


def test_a_p1_takes_the_unit_of_a_p3_and_the_p3_waits() -> None:
    given = case([[200.0], [600.0]], priority=[1, 3], state=[UNDER_WAY], heading=[1])
    found = decided(given)
    assert found.act.tolist() == [Act.REDIRECT, Act.WAIT]


def test_a_p1_never_loses_its_unit_to_another_p1() -> None:
    given = case([[10.0], [6000.0]], priority=[1, 1], state=[UNDER_WAY], heading=[1])
    assert decided(given).act.tolist() == [Act.WAIT, Act.KEEP]


def test_a_p1_may_change_units_when_another_comes_at_once() -> None:
    given = case(
        [[10.0, 5000.0], [2000.0, 2100.0]],
        priority=[1, 1],
        state=[UNDER_WAY, IDLE],
        heading=[1, NOWHERE],
    )
    assert decided(given).unit.tolist() == [0, 1]


def test_a_p1_is_not_left_with_a_promise() -> None:
    given = case(
        [[10.0, 7000.0], [2000.0, 60.0]],
        priority=[1, 1],
        state=[UNDER_WAY, BUSY],
        heading=[1, NOWHERE],
        free_in_s=[0.0, 100.0],
    )
    found = decided(given)
    assert found.act.tolist() == [Act.WAIT, Act.KEEP]
    assert found.promised.tolist() == [1, NOWHERE]


def test_a_nearer_idle_unit_releases_the_one_under_way() -> None:
    given = case([[2000.0, 100.0]], state=[UNDER_WAY, IDLE], heading=[0, NOWHERE])
    found = decided(given)
    assert found.unit.tolist() == [1]
    assert found.released.tolist() == [0]


def test_an_idle_unit_goes_although_a_busy_one_would_be_sooner() -> None:
    """Safe look-ahead: the busy one is no reason to wait."""
    given = case([[3000.0, 60.0]], state=[IDLE, BUSY], free_in_s=[0.0, 30.0])
    found = decided(given)
    assert found.unit.tolist() == [0]
    assert found.promised.tolist() == [NOWHERE]


def test_who_must_wait_is_the_one_a_busy_unit_reaches() -> None:
    given = case(
        [[500.0, 60.0], [520.0, 3000.0]],
        priority=[2, 2],
        state=[IDLE, BUSY],
        free_in_s=[0.0, 200.0],
    )
    found = decided(given)
    assert found.unit.tolist() == [NOWHERE, 0]
    assert found.promised.tolist() == [1, NOWHERE]
    blind = decided(given, msgspec.structs.replace(JOINT, looks_ahead=False))
    assert blind.unit.tolist() == [0, NOWHERE]
    assert blind.promised.tolist() == [NOWHERE, NOWHERE]
    late = msgspec.structs.replace(JOINT, look_ahead_max_s=199.0)
    assert decided(given, late).promised.tolist() == [NOWHERE, NOWHERE]


def test_a_call_of_several_units_gets_each_once() -> None:
    given = case([[100.0, 200.0, 300.0]] * 2, call_ids=["c", "c"])
    assert sorted(decided(given).unit.tolist()) == [0, 1]
    one = case([[100.0]] * 2, call_ids=["c", "c"])
    assert sorted(decided(one).unit.tolist()) == [NOWHERE, 0]


def test_a_unit_that_changes_rows_of_its_own_call_drives_on() -> None:
    given = case(
        [[900.0, 100.0], [900.0, 950.0]],
        call_ids=["c", "c"],
        state=[UNDER_WAY, IDLE],
        heading=[0, NOWHERE],
    )
    found = decided(given)
    assert found.act.tolist() == [Act.KEEP, Act.SEND]
    assert found.unit.tolist() == [0, 1]


def test_roles_of_one_call_are_swapped_when_only_that_fits() -> None:
    given = case(
        [[900.0, 100.0], [900.0, 950.0]],
        call_ids=["c", "c"],
        state=[UNDER_WAY, IDLE],
        heading=[0, NOWHERE],
        call_kinds=[0, BLS],
        kind=[ALS | BLS, ALS],
    )
    found = decided(given)
    assert found.unit.tolist() == [1, 0]
    assert found.act.tolist() == [Act.SEND, Act.KEEP]


def test_age_lifts_a_call_by_one_priority_and_never_to_p1() -> None:
    """A P4 of two hours goes before a fresh P4, as a P3; a P2 never becomes a P1."""
    aged = case([[900.0], [30.0]], priority=[4, 4], waited_s=[5400.0, 0.0])
    assert decided(aged).unit.tolist() == [0, NOWHERE]
    young = case([[900.0], [30.0]], priority=[4, 4], waited_s=[0.0, 0.0])
    assert decided(young).unit.tolist() == [NOWHERE, 0]
    against = case([[30.0], [900.0]], priority=[4, 2], waited_s=[99_999.0, 0.0])
    assert decided(against).unit.tolist() == [NOWHERE, 0]
    never = case([[30.0], [31.0]], priority=[2, 1], waited_s=[99_999.0, 0.0])
    all_age = msgspec.structs.replace(JOINT, ageing_s=(1.0, 1.0, 1.0, 1.0), patience=1.0)
    assert decided(never, all_age).unit.tolist() == [NOWHERE, 0]


def test_patience_weighs_waiting_against_driving_among_equals() -> None:
    given = case([[400.0], [300.0]], priority=[2, 2], waited_s=[500.0, 0.0])
    patient = msgspec.structs.replace(JOINT, patience=0.25)
    assert decided(given, patient).unit.tolist() == [0, NOWHERE]
    nearest = msgspec.structs.replace(JOINT, patience=0.0)
    assert decided(given, nearest).unit.tolist() == [NOWHERE, 0]


def test_p1_is_decided_by_the_surer_drive() -> None:
    given = case([[300.0, 320.0]], p80_s=[[500.0, 400.0]])
    assert decided(given).unit.tolist() == [1]
    assert decided(given).later_s(0) == 20.0
    second = case([[300.0, 320.0]], priority=[2], p80_s=[[500.0, 400.0]])
    assert decided(second).unit.tolist() == [0]


def test_a_wish_is_worth_its_seconds_and_a_doubtful_position_its_own() -> None:
    wished = case([[300.0, 400.0]], lack_s=[[101.0, 0.0]])
    assert decided(wished).unit.tolist() == [1]
    ignored = msgspec.structs.replace(JOINT, wish_max_s=99.0)
    assert decided(wished, ignored).unit.tolist() == [0]
    doubtful = case([[300.0, 359.0]], position=[2, 0])
    assert decided(doubtful).unit.tolist() == [1]


PRECIOUS = Coverage(
    post_ids=("A", "B"),
    reach=sparse.csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])),
    demand=np.array([5.0, 5.0, 0.001]),
    capacity=np.array([9, 9]),
)


@pytest.mark.parametrize(
    ("priority", "other_s", "unit"), [(3, 389.0, 1), (3, 391.0, 0), (2, 301.0, 0), (1, 301.0, 0)]
)
def test_cover_is_spared_within_its_bound_and_only_for_p3_and_p4(
    priority: int, other_s: float, unit: int
) -> None:
    given = case([[300.0, other_s]], priority=[priority], post=[0, 1], coverage=PRECIOUS)
    assert decided(given, at("P4")).unit.tolist() == [unit]
    assert decided(given, at("P3")).unit.tolist() == [0]


VALLEY = replace(
    PRECIOUS, demand=np.array([0.0, 0.0, 5.0]), protected=np.array([True, False, False])
)


@pytest.mark.parametrize(
    ("priority", "other_s", "unit"),
    [(4, 899.0, 1), (4, 901.0, 0), (3, 899.0, 1), (2, 301.0, 0), (1, 301.0, 0)],
)
def test_the_last_unit_of_a_protected_zone_goes_only_when_nobody_else_is_near(
    priority: int, other_s: float, unit: int
) -> None:
    policy = at("P4", spare_s=(0.0, 0.0, 0.001, 0.001))
    given = case([[300.0, other_s]], priority=[priority], post=[0, 1], coverage=VALLEY)
    assert decided(given, policy).unit.tolist() == [unit]
    two = case([[300.0, other_s]], priority=[priority], post=[0, 0], coverage=VALLEY)
    assert decided(two, policy).unit.tolist() == [0]


STEEP = HarmCurve(
    name="arrest",
    owner="Dr. Test",
    source="a test",
    points=((0.0, 0.0), (300.0, 3000.0), (600.0, 3000.0)),
)


def test_harm_sends_the_nearer_unit_where_the_curve_is_steep() -> None:
    """Both calls are P2; for the second five minutes are everything, for the first nothing more."""
    late = {"waited_s": [900.0, 0.0], "priority": [2, 2], "call_curve": [0, 0]}
    given = case([[60.0, 280.0], [100.0, 290.0]], **late)
    assert decided(given, at("P5", curves=(STEEP,))).unit.tolist() == [1, 0]
    assert decided(given, at("P4", curves=(STEEP,))).unit.tolist() == [0, 1]


def test_harm_counts_the_way_to_definitive_care() -> None:
    given = case(
        [[60.0, 280.0], [100.0, 290.0]],
        priority=[2, 2],
        call_curve=[0, 0],
        call_to_care_s=[900.0, 0.0],
    )
    assert decided(given, at("P5", curves=(STEEP,))).unit.tolist() == [1, 0]


def test_a_curve_that_is_not_there_is_an_error() -> None:
    given = case([[60.0]], call_curve=[1])
    with pytest.raises(ValueError, match="harm curve"):
        decided(given, at("P5", curves=(STEEP,)))


def test_closest_idle_stands_beside_every_answer() -> None:
    given = case([[300.0, 320.0], [310.0, 900.0]], waited_s=[60.0, 0.0])
    found = decided(given)
    assert found.closest.tolist() == [0, 0]
    assert found.later_s(0) == 20.0
    assert found.later_s(1) == 0.0
    waiting = case([[1.0]], state=[BUSY], free_in_s=[50.0])
    assert decided(waiting).later_s(0) is None
    assert decided(waiting).closest.tolist() == [NOWHERE]


def test_drives_that_do_not_fit_the_situation_are_an_error() -> None:
    one, other = case([[1.0]]), case([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"travel has \(1, 2\), not \(1, 1\)"):
        recommend(one.situation, other.travel)


BAD_POLICIES: list[tuple[str, type[msgspec.Struct], dict[str, Any]]] = [
    ("weights", RecommendPolicy, {"weights": (4.0, 3.0, 2.0, 1.0)}),
    ("weights", RecommendPolicy, {"weights": (8.0, 4.0, 2.0, 0.0)}),
    ("spare_s", RecommendPolicy, {"spare_s": (1.0, 0.0, 0.0, 0.0)}),
    ("negative", RecommendPolicy, {"position_s": -1.0}),
    ("patience", RecommendPolicy, {"patience": 1.1}),
    ("negative", RecommendPolicy, {"wish_max_s": -0.1}),
    ("waiting_s", RecommendPolicy, {"waiting_s": 0.0}),
    ("one name", RecommendPolicy, {"curves": (STEEP, STEEP)}),
    ("crew_min", GatePolicy, {"crew_min": (11, 2, 2, 2)}),
    ("holds_from", GatePolicy, {"rest_holds_from": 0}),
    ("negative", GatePolicy, {"job_s": -1.0}),
    ("negative", GatePolicy, {"eta_max_s": (float("nan"), 1.0, 1.0, 1.0)}),
    ("negative", RecommendPolicy, {"spare_s": (0.0, 0.0, float("nan"), 0.0)}),
    ("alternatives", RecommendPolicy, {"alternatives": 7}),
    ("negative", DiversionPolicy, {"hysteresis_s": -1.0}),
    (
        "rise",
        HarmCurve,
        {"name": "a", "owner": "b", "source": "c", "points": ((0.0, 1.0), (9.0, 0.0))},
    ),
    ("two points", HarmCurve, {"name": "a", "owner": "b", "source": "c", "points": ((0.0, 1.0),)}),
    (
        "owner",
        HarmCurve,
        {"name": "a", "owner": "", "source": "c", "points": ((0.0, 0.0), (1.0, 1.0))},
    ),
]


@pytest.mark.parametrize(("words", "kind", "values"), BAD_POLICIES)
def test_a_slip_in_a_policy_is_refused(
    words: str, kind: type[msgspec.Struct], values: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=words):
        kind(**values)


def test_a_policy_comes_from_toml() -> None:
    text = b'level = "P2"\nweights = [9.0, 4.0, 2.0, 1.0]\n[diversion]\nhysteresis_s = inf\n'
    made = msgspec.toml.decode(text, type=RecommendPolicy)
    assert made.level == "P2"
    assert made.diversion.hysteresis_s == float("inf")
    with pytest.raises(msgspec.ValidationError, match="P9"):
        msgspec.toml.decode(b'level = "P9"', type=RecommendPolicy)

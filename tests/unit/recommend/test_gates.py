"""Every gate, on both sides of its edge, with its words; and who may lift one."""

from typing import Any

import numpy as np
import pytest

from dispatch.recommend.engine import recommend
from dispatch.recommend.gates import CREW_LIMITS, GATES, blocked, why
from dispatch.recommend.policies import DiversionPolicy, GatePolicy, RecommendPolicy
from dispatch.recommend.situation import (
    ASSUMED,
    BUSY,
    IDLE,
    LOST,
    NOWHERE,
    OFF,
    STALE,
    UNDER_WAY,
    Vocabulary,
)
from tests.unit.recommend.situations import ALS, BLS, DEFIB, MIDWIFE, WORDS, Case, case

POLICY = RecommendPolicy(level="P2", gates=GatePolicy(job_s=1000.0, after_arrival_range_s=500.0))


def gate(given: Case, row: int = 0, unit: int = 0, policy: RecommendPolicy = POLICY) -> str:
    return GATES[blocked(given.situation, given.travel, policy)[row, unit]]


def told(given: Case, row: int = 0, unit: int = 0) -> dict[str, Any]:
    code = int(blocked(given.situation, given.travel, POLICY)[row, unit])
    return why(given.situation, given.travel, POLICY, WORDS, (row, unit), code).params


EDGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("out_of_service", {"state": [OFF]}, {"state": [IDLE]}),
    (
        "out_of_service",
        {"state": [BUSY], "free_in_s": [float("inf")]},
        {"state": [BUSY], "free_in_s": [99.0]},
    ),
    ("already_on_it", {"barred": ((0, 0),)}, {"barred": ()}),
    ("not_capable", {"call_kinds": [ALS], "kind": [BLS]}, {"call_kinds": [ALS], "kind": [ALS]}),
    (
        "lacks_equipment",
        {"call_equipment": [DEFIB]},
        {"call_equipment": [DEFIB], "equipment": [DEFIB]},
    ),
    ("lacks_skill", {"call_skills": [MIDWIFE]}, {"call_skills": [MIDWIFE], "skills": [MIDWIFE]}),
    ("crew_too_small", {"crew": [1]}, {"crew": [2]}),
    ("resting", {"rest_s": [1.0]}, {"rest_s": [0.0]}),
    (
        "shift_ends",
        {"priority": [3], "shift_left_s": [1099.0]},
        {"priority": [3], "shift_left_s": [1100.0]},
    ),
    (
        "shift_ends",
        {"priority": [3], "shift_left_s": [0.0]},
        {"priority": [2], "shift_left_s": [0.0]},
    ),
    ("position_lost", {"position": [LOST]}, {"position": [ASSUMED]}),
    ("out_of_range", {"range_s": [599.0]}, {"range_s": [600.0]}),
]


@pytest.mark.parametrize(("code", "shut", "open_"), EDGES)
def test_a_gate_holds_on_one_side_of_its_edge(
    code: str, shut: dict[str, Any], open_: dict[str, Any]
) -> None:
    assert gate(case([[100.0]], **shut)) == code
    assert gate(case([[100.0]], **open_)) == ""


@pytest.mark.parametrize(("drive_s", "code"), [(7200.0, ""), (7200.1, "out_of_range")])
def test_range_is_a_drive_that_a_policy_names(drive_s: float, code: str) -> None:
    assert gate(case([[drive_s]])) == code
    assert gate(case([[float("inf")]])) == "out_of_range"


def test_a_stale_position_is_no_gate() -> None:
    assert gate(case([[100.0]], position=[STALE])) == ""


DRIVING: dict[str, Any] = {"state": [UNDER_WAY], "heading": [1]}


def test_a_unit_is_not_taken_to_a_lighter_call() -> None:
    given = case([[100.0], [500.0]], priority=[3, 2], **DRIVING)
    assert gate(given) == "bound"
    assert told(given) == {"priority": "P2"}
    assert gate(case([[100.0], [500.0]], priority=[2, 2], **DRIVING)) == ""
    assert gate(given, row=1) == ""


@pytest.mark.parametrize(("left_s", "code"), [(30.0, "nearly_there"), (30.1, "")])
def test_a_unit_that_is_nearly_there_goes_on(left_s: float, code: str) -> None:
    assert gate(case([[10.0], [left_s]], **DRIVING)) == code


@pytest.mark.parametrize(("times", "code"), [(5, "diverted_enough"), (4, "")])
def test_a_call_that_lost_units_often_enough_keeps_its_unit(times: int, code: str) -> None:
    assert gate(case([[10.0], [900.0]], call_diversions=[0, times], **DRIVING)) == code


def test_redirecting_by_a_guessed_position_is_refused() -> None:
    given = case([[10.0], [900.0]], position=[ASSUMED], **DRIVING)
    assert gate(given) == "position_lost"
    assert gate(given, row=1) == ""


@pytest.mark.parametrize(
    "policy",
    [
        RecommendPolicy(level="P1"),
        RecommendPolicy(level="P2", diversion=DiversionPolicy(hysteresis_s=float("inf"))),
    ],
)
def test_a_policy_without_redirection_blocks_every_other_row(policy: RecommendPolicy) -> None:
    given = case([[10.0], [900.0]], **DRIVING)
    assert gate(given, policy=policy) == "not_redirected"


def test_a_name_lifts_the_crew_limits_of_its_pair_only() -> None:
    tired = {"crew": [1, 1], "rest_s": [60.0, 60.0]}
    given = case([[100.0, 100.0]], signed=((0, 1),), **tired)
    assert gate(given, unit=0) in CREW_LIMITS
    assert gate(given, unit=1) == ""
    off = case([[100.0]], state=[OFF], rest_s=[60.0], signed=((0, 0),))
    assert gate(off) == "out_of_service"
    far = case([[9999.0]], rest_s=[60.0], signed=((0, 0),))
    assert gate(far) == "out_of_range"


def test_reasons_carry_their_numbers() -> None:
    assert told(case([[100.0]], call_kinds=[ALS | BLS], kind=[0])) == {"missing": "ALS/BLS"}
    assert told(case([[100.0]], call_equipment=[DEFIB])) == {"missing": "defib"}
    assert told(case([[100.0]], crew=[1])) == {"crew": 1, "needed": 2}
    assert told(case([[100.0]], rest_s=[61.0])) == {"seconds": 61}
    short = case([[100.0]], priority=[3], shift_left_s=[700.0])
    assert told(short) == {"seconds": 700, "needed_s": 1100}
    assert told(case([[100.0]], range_s=[550.0])) == {"eta_s": 100, "limit_s": 50}
    assert told(case([[float("inf")]])) == {"eta_s": None, "limit_s": None}


def test_the_first_gate_of_the_list_is_told() -> None:
    both = case([[100.0]], call_kinds=[ALS], kind=[BLS], rest_s=[60.0])
    assert gate(both) == "not_capable"


def test_a_blocked_unit_is_never_the_answer_however_near() -> None:
    given = case([[1.0, 5000.0]], rest_s=[600.0, 0.0])
    assert recommend(given.situation, given.travel, POLICY).unit.tolist() == [1]
    alone = case([[1.0]], rest_s=[600.0])
    assert recommend(alone.situation, alone.travel, POLICY).unit.tolist() == [NOWHERE]


def test_words_become_bits_and_back() -> None:
    words = Vocabulary()
    assert words.words(words.bits(["b", "a"])) == ("b", "a")
    assert words.bits(["a"]) == 2
    assert words.bits([]) == 0
    for nth in range(60):
        words.bits([f"w{nth}"])
    with pytest.raises(ValueError, match="more than 62"):
        words.bits(["one too many"])
    assert np.int64(words.bits(["w59"])) > 0

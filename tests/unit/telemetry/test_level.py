"""The triage level: bands, quick to rise, slow to fall, never down because of missing values."""

from typing import Any

import pytest

from telemetry.level import FALL_S, RISE_S, LevelTracker, level_of, why_not_applicable
from telemetry.scores.news2 import News2Input, News2Result, score
from tests.unit.telemetry.support import context

WELL = {
    "resp_rate_per_min": 16,
    "spo2_pct": 97,
    "on_oxygen": False,
    "systolic_mmhg": 120,
    "pulse_per_min": 70,
    "acvpu": "A",
    "temperature_cel": 36.8,
}
SICK = {"pulse_per_min": 135, "spo2_pct": 90, "resp_rate_per_min": 28}


def result(**changes: Any) -> News2Result:
    return score(News2Input(**{**WELL, **changes}))


def tracker_at(level_result: News2Result) -> LevelTracker:
    tracker = LevelTracker()
    tracker.observe(level_result, 0, is_new_sample=True)
    tracker.observe(level_result, 0.5, is_new_sample=True)
    return tracker


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "none"),
        ({"pulse_per_min": 95}, "low"),
        ({"systolic_mmhg": 85}, "urgent"),
        ({"on_oxygen": True, "pulse_per_min": 115, "temperature_cel": 38.5}, "urgent"),
        (SICK, "emergency"),
        ({**SICK, "temperature_cel": None, "systolic_mmhg": None}, "emergency"),
        (dict.fromkeys(("resp_rate_per_min", "spo2_pct", "systolic_mmhg", "pulse_per_min",
                        "temperature_cel")), "unknown"),
    ],
)  # fmt: skip
def test_bands(changes: dict[str, Any], level: str) -> None:
    assert level_of(result(**changes)) == level


def test_unresponsive_alone_is_urgent_even_with_nothing_measured() -> None:
    assert level_of(score(News2Input(acvpu="U"))) == "urgent"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"patient_id": None}, "no_patient"),
        ({"age_years": None}, "age_unknown"),
        ({"age_years": 15.9}, "child"),
        ({"age_years": 16}, ""),
        ({"pregnant": True}, "pregnant"),
    ],
)
def test_for_whom(changes: dict[str, Any], why: str) -> None:
    assert why_not_applicable(context(**changes)) == why


def test_two_samples_raise_the_level() -> None:
    tracker = tracker_at(result())
    assert tracker.level == "none"
    assert tracker.observe(result(**SICK), 1, is_new_sample=True) is None
    assert tracker.observe(result(**SICK), 2, is_new_sample=True) == "none"
    assert tracker.level == "emergency"


def test_one_artefact_does_not() -> None:
    tracker = tracker_at(result())
    for second in range(1, 20, 2):
        assert tracker.observe(result(**SICK), second, is_new_sample=True) is None
        assert tracker.observe(result(), second + 1, is_new_sample=True) is None
    assert tracker.level == "none"


def test_three_seconds_raise_it_without_a_second_sample() -> None:
    tracker = tracker_at(result())
    tracker.observe(result(**SICK), 10, is_new_sample=True)
    assert tracker.observe(result(**SICK), 10 + RISE_S - 0.1, is_new_sample=False) is None
    assert tracker.observe(result(**SICK), 10 + RISE_S, is_new_sample=False) == "none"


def test_it_falls_only_after_a_minute() -> None:
    tracker = tracker_at(result(**SICK))
    assert tracker.observe(result(), 10, is_new_sample=True) is None
    assert tracker.observe(result(), 10 + FALL_S - 1, is_new_sample=True) is None
    assert tracker.observe(result(), 10 + FALL_S, is_new_sample=True) == "emergency"
    assert tracker.level == "none"


def test_a_relapse_starts_the_minute_again() -> None:
    tracker = tracker_at(result(**SICK))
    tracker.observe(result(), 10, is_new_sample=True)
    tracker.observe(result(**SICK), 40, is_new_sample=True)
    tracker.observe(result(), 41, is_new_sample=True)
    assert tracker.observe(result(), 10 + FALL_S + 1, is_new_sample=True) is None
    assert tracker.level == "emergency"


def test_it_never_falls_because_a_measurement_went_missing() -> None:
    tracker = tracker_at(result(**SICK))
    gone = result(pulse_per_min=None, spo2_pct=None, resp_rate_per_min=None)
    for second in range(1, 1000, 10):
        assert tracker.observe(gone, second, is_new_sample=False) is None
    assert (tracker.level, tracker.is_held) == ("emergency", True)
    # one that scored is better, the others are still missing
    still = result(pulse_per_min=70, spo2_pct=None, resp_rate_per_min=None)
    for second in range(1000, 2000, 10):
        assert tracker.observe(still, second, is_new_sample=True) is None
    # all are measured again and well
    assert tracker.observe(result(), 2000, is_new_sample=True) is None
    assert not tracker.is_held
    assert tracker.observe(result(), 2000 + FALL_S, is_new_sample=True) == "emergency"


def test_none_becomes_unknown_when_all_is_gone_for_a_minute() -> None:
    tracker = tracker_at(result())
    gone = score(News2Input(acvpu="A", on_oxygen=False))
    tracker.observe(gone, 10, is_new_sample=False)
    assert tracker.observe(gone, 10 + FALL_S, is_new_sample=False) == "none"
    assert tracker.level == "unknown"


def test_not_applicable_is_said_once() -> None:
    tracker = tracker_at(result(**SICK))
    assert tracker.not_applicable() == "emergency"
    assert tracker.not_applicable() is None
    assert tracker.level == "unscored"

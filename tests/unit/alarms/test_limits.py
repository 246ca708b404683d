"""Whose limits hold, and that each is the published number."""

from datetime import UTC, datetime
from typing import Any

import pytest

from telemetry.alarms.limits import Person, group_of, limits_of
from telemetry.alarms.model import Limit, PatientLimit
from telemetry.scores.news2 import News2Input, score

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "pregnant", "group"),
    [
        (None, False, "unknown"),
        (27.9 / 365.25, False, "newborn"),
        (28.1 / 365.25, False, "child"),
        (15.99, False, "child"),
        (16.0, False, "adult"),
        (30.0, True, "pregnant"),
        (None, True, "pregnant"),
        (15.0, True, "pregnant"),
    ],
)
def test_whose_limits_hold(age: float | None, pregnant: bool, group: str) -> None:
    assert group_of(Person(age_years=age, pregnant=pregnant)) == group


def test_an_unknown_age_has_no_limits() -> None:
    assert limits_of(Person()) == ()


_FIELD = {
    "resp_rate": "resp_rate_per_min",
    "spo2": "spo2_pct",
    "systolic": "systolic_mmhg",
    "heart_rate": "pulse_per_min",
    "temperature": "temperature_cel",
}


@pytest.mark.parametrize("scale", [1, 2])
def test_an_adult_alarms_exactly_where_news2_scores_three(scale: int) -> None:
    """Every step of every band, from the score itself and not from a second table."""
    limits = limits_of(Person(age_years=50.0, spo2_scale=scale))  # type: ignore[arg-type]
    for quantity, field in _FIELD.items():
        own = [limit for limit in limits if limit.quantity == quantity]
        assert own
        for tenth in range(10, 3000):
            value = tenth / 10
            if quantity != "temperature" and value != int(value):
                continue
            fields: dict[str, Any] = {"spo2_scale": scale, "on_oxygen": False, field: value}
            given = News2Input(**fields)
            is_red = score(given).is_any_red
            assert any(limit.is_broken_by(value) for limit in own) == is_red, (quantity, value)


@pytest.mark.parametrize(
    ("months", "systolic", "slow", "fast", "breaths"),
    [
        (2, 50, 100, 180, 60),
        (3.9, 50, 100, 180, 60),
        (4, 60, 100, 180, 50),
        (11.9, 60, 100, 180, 50),
        (12, 70, 90, 160, 40),
        (59.9, 70, 90, 160, 40),
        (60, 80, 80, 140, 40),
        (155.9, 80, 80, 140, 40),
        (157, 90, 60, 130, 30),
        (191.9, 90, 60, 130, 30),
    ],
)
def test_a_child_alarms_by_the_met_triggers_of_its_age(
    months: float, systolic: int, slow: int, fast: int, breaths: int
) -> None:
    found = {one.key: one for one in limits_of(Person(age_years=months / 12))}
    assert {key: one.value for key, one in found.items()} == {
        "systolic:low": systolic,
        "heart_rate:low": slow,
        "heart_rate:high": fast,
        "resp_rate:high": breaths,
    }
    assert {one.priority for one in found.values()} == {"high"}
    assert not found["systolic:low"].is_broken_by(systolic)
    assert found["systolic:low"].is_broken_by(systolic - 1)


def test_a_newborn_has_two_steps_for_a_slow_heart() -> None:
    steps = [one for one in limits_of(Person(age_years=0.0)) if one.key == "heart_rate:low"]
    assert [(one.value, one.priority) for one in steps] == [(60.0, "high"), (100.0, "medium")]


def test_a_limit_of_the_patient_replaces_the_published_one() -> None:
    def own(value: float | None) -> PatientLimit:
        return PatientLimit(quantity="spo2", side="low", value=value, set_by="dr", set_at=NOW)

    (low,) = [one for one in limits_of(Person(age_years=70), (own(85),)) if one.key == "spo2:low"]
    assert (low.value, low.source, low.priority, low.is_inclusive) == (
        85,
        "patient",
        "medium",
        False,
    )
    assert not [
        one for one in limits_of(Person(age_years=70), (own(None),)) if one.key == "spo2:low"
    ]
    (set_for_unknown,) = limits_of(Person(), (own(90),))
    assert set_for_unknown.value == 90


def test_a_replaced_high_limit_stays_high() -> None:
    own = PatientLimit(quantity="heart_rate", side="low", value=70, set_by="dr", set_at=NOW)
    found = [one for one in limits_of(Person(age_years=0), (own,)) if one.key == "heart_rate:low"]
    assert [(one.value, one.priority) for one in found] == [(70, "high")]


def test_a_limit_is_a_finite_number() -> None:
    with pytest.raises(ValueError, match="spo2 low"):
        Limit(quantity="spo2", side="low", value=float("nan"), priority="low", source="x")

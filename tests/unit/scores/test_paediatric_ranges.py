"""Usual values for display and the emergency team's criteria, both sides of every limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.paediatric_ranges import (
    RANGES,
    TRIGGERS,
    alarms,
    hypotension_below_mmhg,
    range_of,
    triggers_of,
)
from telemetry.scores.whom import Age


def name_of(age: Age, age_h: float | None = None) -> str | None:
    found = range_of(age, age_h)
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("age", "age_h", "name", "low"),
    [
        (Age(), 0, "birth to 12 h", 50),
        (Age(), 12, "birth to 12 h", 50),
        (Age(years=0, days=0), 12.1, "neonate", 60),
        (Age(), 671.9, "neonate", 60),
        (Age(years=0, months=0, days=28), 672, "infant", 70),
        (Age(years=0, days=0), None, None, None),
        (Age(years=0, days=1), None, "neonate", 60),
        (Age(years=0, days=27), None, "neonate", 60),
        (Age(years=0, days=28), None, "infant", 70),
        (Age(years=0, months=1), None, "infant", 70),
        (Age(years=0, months=0), None, None, None),
        (Age(years=0), None, None, None),
        (Age(years=1), None, "toddler", 72),
        (Age(years=2), None, "toddler", 74),
        (Age(years=3), None, "preschool", 76),
        (Age(years=5), None, "preschool", 80),
        (Age(years=6), None, "school", 82),
        (Age(years=9), None, "school", 88),
        (Age(years=10), None, "10-11 years", 90),
        (Age(years=11), None, "10-11 years", 90),
        (Age(years=12), None, "12-15 years", 90),
        (Age(years=15), None, "12-15 years", 90),
        (Age(years=16), None, None, None),
        (Age(), None, None, None),
    ],
)
def test_range_and_hypotension(
    age: Age, age_h: float | None, name: str | None, low: float | None
) -> None:
    assert name_of(age, age_h) == name
    assert hypotension_below_mmhg(age, age_h) == low


def test_the_table_of_usual_values() -> None:
    rows = [
        (*r.awake_per_min, *r.asleep_per_min, *r.resp_rate_per_min, *r.systolic_mmhg,
         *r.diastolic_mmhg, r.hypotension_mmhg)
        for r in RANGES
    ]  # fmt: skip
    assert rows == [
        (100, 205, 90, 160, 30, 53, 60, 76, 31, 45, 50),
        (100, 205, 90, 160, 30, 53, 67, 84, 35, 53, 60),
        (100, 190, 90, 160, 30, 53, 72, 104, 37, 56, 70),
        (98, 140, 80, 120, 22, 37, 86, 106, 42, 63, None),
        (80, 120, 65, 100, 20, 28, 89, 112, 46, 72, None),
        (75, 118, 58, 90, 18, 25, 97, 115, 57, 76, None),
        (75, 118, 58, 90, 18, 25, 102, 120, 61, 80, 90),
        (60, 100, 50, 90, 12, 20, 110, 131, 64, 83, 90),
    ]


@pytest.mark.parametrize(
    ("age", "systolic", "slow", "fast", "breaths"),
    [
        (Age(years=0, months=0), 50, 100, 180, 60),
        (Age(years=0, months=3), 50, 100, 180, 60),
        (Age(years=0, months=4), 60, 100, 180, 50),
        (Age(years=0, months=11), 60, 100, 180, 50),
        (Age(years=1), 70, 90, 160, 40),
        (Age(years=4), 70, 90, 160, 40),
        (Age(years=5), 80, 80, 140, 40),
        (Age(years=12), 80, 80, 140, 40),
        (Age(years=13), 90, 60, 130, 30),
        (Age(years=15), 90, 60, 130, 30),
    ],
)
def test_each_criterion(age: Age, systolic: int, slow: int, fast: int, breaths: int) -> None:
    for rate in (slow, fast):
        well = alarms(age, systolic, rate, breaths)
        assert (well.is_alarm, well.which, well.missing) == (False, (), ())
    assert alarms(age, systolic - 1, slow, 0).which == ("SBP",)
    assert alarms(age, systolic, slow - 1, 0).which == ("HR",)
    assert alarms(age, systolic, fast + 1, 0).which == ("HR",)
    assert alarms(age, systolic, fast, breaths + 1).which == ("RR",)
    assert alarms(age, 0, 0, 99).which == ("SBP", "HR", "RR")


def test_nothing_is_said_of_adults_or_an_unknown_age() -> None:
    for age in (Age(), Age(years=16)):
        assert triggers_of(age) == ()
        found = alarms(age, 40, 200, 70)
        assert (found.is_alarm, found.which, found.missing) == (None, (), ("SBP", "HR", "RR"))


def test_trap_08_unknown_months_alarm_only_on_what_holds_for_both() -> None:
    age = Age(years=0)
    assert triggers_of(age) == TRIGGERS[:2]
    found = alarms(age, 55, 200, 61)
    assert (found.is_alarm, found.which, found.missing) == (True, ("HR", "RR"), ("SBP",))
    quiet = alarms(age, 60, 120, 50)
    assert (quiet.is_alarm, quiet.missing) == (False, ())


def test_trap_08_unmeasured_is_no_all_clear() -> None:
    found = alarms(Age(years=3), None, 120, 30)
    assert (found.is_alarm, found.which, found.missing) == (None, (), ("SBP",))


_number = st.none() | st.floats(0, 250)


@given(st.integers(0, 215), _number, _number, _number)
def test_less_known_only_widens(
    months: int, sbp: float | None, hr: float | None, rr: float | None
) -> None:
    known, vague = Age(years=months // 12, months=months), Age(years=months // 12)
    whole = alarms(known, sbp, hr, rr)
    for less in (alarms(vague, sbp, hr, rr), alarms(known, None, hr, rr)):
        assert set(less.which) <= set(whole.which)
        assert less.is_alarm in {None, whole.is_alarm}

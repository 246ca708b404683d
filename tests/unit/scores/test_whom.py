"""Ages by birthday, and which score is for whom."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from telemetry.scores.whom import Age, Patient, WhomPolicy, age_between, age_given, choose

MATERNAL = ("mewc", "meows", "si")


@pytest.mark.parametrize(
    ("born", "on", "years", "months", "days"),
    [
        ("2020-05-01", "2025-04-30", 4, 59, 1825),
        ("2020-05-01", "2025-05-01", 5, 60, 1826),
        ("2020-05-01", "2020-05-01", 0, 0, 0),
        ("2024-12-31", "2025-12-30", 0, 11, 364),
        ("2024-12-31", "2025-12-31", 1, 12, 365),
        ("2024-01-31", "2024-04-30", 0, 2, 90),
        ("2024-01-31", "2024-05-01", 0, 3, 91),
        ("2012-11-23", "2025-11-22", 12, 155, 4747),
    ],
)
def test_ages_by_the_calendar(born: str, on: str, years: int, months: int, days: int) -> None:
    found = age_between(date.fromisoformat(born), date.fromisoformat(on))
    assert found == Age(years=years, months=months, days=days)


def test_trap_06_29_february_counts_on_1_march() -> None:
    born = date(2020, 2, 29)
    assert age_between(born, date(2025, 2, 28)).years == 4
    assert age_between(born, date(2025, 3, 1)).years == 5
    assert age_between(born, date(2024, 2, 29)).years == 4


def test_a_birth_after_the_case_is_refused() -> None:
    with pytest.raises(BadPayload, match="invalid_field: born: 2025-01-02 is after the day"):
        age_between(date(2025, 1, 2), date(2025, 1, 1))


def test_ages_told() -> None:
    assert age_given(4.9, None, None) == Age(years=4)
    assert age_given(None, 14, None) == Age(years=1, months=14)
    assert age_given(None, 11, None) == Age(years=0, months=11)
    assert age_given(None, None, 27) == Age(years=0, months=0, days=27)
    assert age_given(None, None, 29) == Age(years=0, days=29)
    assert age_given(None, None, 364) == Age(years=0, days=364)
    assert age_given(None, None, 365) == Age(days=365)
    assert age_given(1, 12, None) == Age(years=1, months=12)
    assert age_given(0, 1, 28) == Age(years=0, months=1, days=28)
    assert age_given(0, 0, 30) == Age(years=0, months=0, days=30)
    assert age_given(None, None, None) == Age()


@pytest.mark.parametrize(
    ("years", "months", "days", "text"),
    [
        (2, 12, None, "age_y: 2 years cannot be 12 months of life"),
        (1, None, 20, "age_y: 1 years cannot be 20 days of life"),
        (1, None, 40, "age_y: 1 years cannot be 40 days of life"),
        (None, 0, 31, "age_m: 0 months cannot be 31 days of life"),
        (None, 1, 27, "age_m: 1 months cannot be 27 days of life"),
        (None, 8, 5, "age_m: 8 months cannot be 5 days of life"),
    ],
)
def test_ages_that_contradict(
    years: float | None, months: int | None, days: int | None, text: str
) -> None:
    with pytest.raises(BadPayload) as caught:
        age_given(years, months, days)
    assert str(caught.value) == f"invalid_field: {text}"


def test_r28_day_40_after_birth_is_maternal() -> None:
    found = choose(Patient(age=Age(years=30), postpartum_days=40))
    assert (found.group, found.scores, found.never) == ("maternal", MATERNAL, ("news2",))
    assert choose(Patient(age=Age(years=30), postpartum_days=42)).group == "maternal"


def test_r29_day_43_after_birth_is_adult() -> None:
    found = choose(Patient(age=Age(years=30), postpartum_days=43))
    assert (found.group, found.scores) == ("adult", ("news2",))
    assert (found.adjuncts, found.alternatives, found.never) == (("qsofa", "si"), (), ())
    assert (found.missing, found.is_age_estimated) == ((), False)


def test_r36_day_29_is_a_child() -> None:
    child = choose(Patient(age=age_given(None, None, 29)))
    assert (child.group, child.scores, child.never) == ("child", ("npews",), ("news2",))
    assert child.alternatives == ("bedside_pews", "brighton_pews")
    newborn = choose(Patient(age=age_given(None, None, 28)))
    assert newborn.group == "newborn"
    assert newborn.scores == (
        "newborn_red_flags", "newborn_temperature", "newborn_spo2", "npews"
    )  # fmt: skip
    assert (newborn.never, newborn.missing) == (("news2",), ())


def test_an_infant_of_unknown_days_may_be_a_newborn() -> None:
    found = choose(Patient(age=Age(years=0)))
    assert (found.group, found.missing) == ("newborn", ("age_d",))
    assert choose(Patient(age=Age(years=0, months=0))).group == "newborn"
    assert choose(Patient(age=Age(years=0, months=1))).group == "child"
    assert choose(Patient(age=Age(years=1))).group == "child"


def test_trap_05_news2_never_in_pregnancy_and_not_under_16() -> None:
    for years in (14, 30):
        found = choose(Patient(age=Age(years=years), is_pregnant=True))
        assert (found.group, found.scores, found.never) == ("maternal", MATERNAL, ("news2",))
    fifteen = choose(Patient(age=Age(years=15), is_pregnant=False))
    sixteen = choose(Patient(age=Age(years=16), is_pregnant=False))
    assert (fifteen.group, fifteen.scores, fifteen.never) == ("child", ("npews",), ("news2",))
    assert (sixteen.group, sixteen.scores) == ("adult", ("news2",))


def test_age_unknown_computes_both() -> None:
    adult = choose(Patient(is_pregnant=False, is_adult_size=True))
    assert (adult.group, adult.scores) == ("unknown", ("news2", "npews"))
    assert (adult.is_age_estimated, adult.missing) == (True, ("age",))
    assert choose(Patient(is_pregnant=False)).scores == ("news2", "npews")
    child = choose(Patient(is_adult_size=False))
    assert (child.scores, child.missing) == (("npews", "news2"), ("age",))
    mother = choose(Patient(is_pregnant=True))
    assert (mother.group, mother.missing, mother.is_age_estimated) == ("maternal", ("age",), True)


@pytest.mark.parametrize(
    ("patient", "is_open"),
    [
        (Patient(age=Age(years=9)), False),
        (Patient(age=Age(years=10)), True),
        (Patient(age=Age(years=55)), True),
        (Patient(age=Age(years=56)), False),
        (Patient(age=Age(years=30), is_male=True), False),
        (Patient(age=Age(years=30), is_male=False), True),
        (Patient(age=Age(years=30), is_pregnant=False), False),
        (Patient(), True),
        (Patient(is_adult_size=True), True),
        (Patient(is_adult_size=False), False),
        (Patient(is_male=True), False),
    ],
)
def test_trap_08_a_pregnancy_nobody_asked_about_is_not_no(patient: Patient, is_open: bool) -> None:
    found = choose(patient)
    assert ("pregnant" in found.missing) is is_open
    assert (set(MATERNAL) <= set(found.scores)) is is_open


def test_open_pregnancy_takes_no_score_twice_and_forbids_none() -> None:
    adult = choose(Patient(age=Age(years=30)))
    assert (adult.scores, adult.adjuncts) == (("news2", *MATERNAL), ("qsofa",))
    girl = choose(Patient(age=Age(years=12)))
    assert (girl.scores, girl.never) == (("npews", *MATERNAL), ())


def test_an_estimate_stays_marked() -> None:
    assert choose(Patient(age=Age(years=60), is_age_estimated=True)).is_age_estimated is True


def test_the_policy_decides() -> None:
    policy = WhomPolicy(adult_from_years=18, postpartum_to_days=365)
    assert choose(Patient(age=Age(years=17), is_pregnant=False), policy).group == "child"
    assert choose(Patient(age=Age(years=20), postpartum_days=300), policy).group == "maternal"


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 9000))
def test_ages_grow_by_the_calendar(born: date, days: int) -> None:
    today, tomorrow = (age_between(born, born + timedelta(days=n)) for n in (days, days + 1))
    assert today.years is not None and today.months is not None and tomorrow.months is not None
    assert today.years == today.months // 12
    assert tomorrow.months - today.months in {0, 1}
    told = age_given(None, None, days) if days < 365 else Age()
    assert told.months in {None, today.months}
    assert told.years in {None, 0}

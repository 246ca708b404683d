"""The ST-elevation criteria at both sides of every threshold, contiguity, and what is unknown."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.stemi import (
    LEADS,
    STANDARD_LEADS,
    Lead,
    Sex,
    StemiPolicy,
    StemiResult,
    Tracing,
    judge,
    threshold_mm,
)


def judged(
    st_mm: dict[Any, float | None], sex: Sex | None = "M", age: float | None = 60, **more: Any
) -> StemiResult:
    return judge(Tracing(st_mm=st_mm, sex=sex, age_years=age, **more))


@pytest.mark.parametrize(
    ("leads", "sex", "age_years", "mm"),
    [
        (("V2", "V3"), "M", 40, 2.0),
        (("V2", "V3"), "M", 39.99, 2.5),
        (("V2", "V3"), "M", 18, 2.5),
        (("V2", "V3"), "F", 39, 1.5),
        (("V2", "V3"), "F", 40, 1.5),
        (("V7", "V8", "V9"), "M", 40, 0.5),
        (("V7", "V8", "V9"), "M", 39.99, 1.0),
        (("V7", "V8", "V9"), "F", 20, 0.5),
        (("V3R", "V4R"), "M", 30, 0.5),
        (("V3R", "V4R"), "M", 29.99, 1.0),
        (("V3R", "V4R"), "F", 20, 0.5),
        (("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V4", "V5", "V6"), "M", 25, 1.0),
        (("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V4", "V5", "V6"), "F", 60, 1.0),
    ],
)
def test_thresholds(leads: tuple[Lead, ...], sex: Sex, age_years: float, mm: float) -> None:
    for lead in leads:
        assert threshold_mm(lead, sex, age_years) == mm
        assert judged({lead: mm}, sex, age_years).leads == (lead,)
        assert judged({lead: mm - 0.01}, sex, age_years).leads == ()


def test_trap_17_leads_must_be_contiguous_and_thresholds_fit_age_and_sex() -> None:
    assert judged({"II": 3.0, "V4": 3.0}).met is False
    assert judged({"V2": 2.0, "V3": 2.0}, "M", 40).met is True
    assert judged({"V2": 2.0, "V3": 2.0}, "M", 39).met is False
    assert judged({"V2": 1.5, "V3": 1.5}, "F", 39).met is True


CONTIGUOUS = {
    frozenset(pair)
    for pair in (
        ("II", "III"), ("II", "aVF"), ("III", "aVF"),
        ("I", "aVL"), ("I", "V5"), ("I", "V6"), ("aVL", "V5"), ("aVL", "V6"), ("V5", "V6"),
        ("V1", "V2"), ("V2", "V3"), ("V3", "V4"), ("V4", "V5"),
        ("V7", "V8"), ("V8", "V9"), ("V3R", "V4R"),
    )
}  # fmt: skip


@pytest.mark.parametrize("pair", list(combinations(LEADS, 2)), ids="+".join)
def test_contiguity(pair: tuple[Lead, Lead]) -> None:
    result = judged(dict.fromkeys(reversed(pair), 3.0))
    is_contiguous = frozenset(pair) in CONTIGUOUS
    assert result.leads == pair
    assert result.met is is_contiguous
    assert result.pairs == ((pair,) if is_contiguous else ())


def test_every_pair_once_in_the_order_of_leads() -> None:
    assert judged(dict.fromkeys(("V6", "V5", "V4", "aVL"), 1.0)).pairs == (
        ("aVL", "V5"),
        ("aVL", "V6"),
        ("V4", "V5"),
        ("V5", "V6"),
    )


@pytest.mark.parametrize(
    ("st_mm", "sex", "age", "met", "needs"),
    [
        ({"V2": 1.4, "V3": 3}, None, None, False, ()),
        ({"V2": 1.5, "V3": 1.5}, None, None, None, ("sex", "age")),
        ({"V2": 2.4, "V3": 2.5}, None, None, None, ("sex", "age")),
        ({"V2": 2.5, "V3": 2.5}, None, None, True, ()),
        ({"V2": 1.5, "V3": 1.5}, None, 50, None, ("sex",)),
        ({"V2": 2.0, "V3": 2.0}, None, 50, True, ()),
        ({"V2": 1.9, "V3": 2.0}, "M", None, False, ()),
        ({"V2": 2.0, "V3": 2.0}, "M", None, None, ("age",)),
        ({"V2": 1.5, "V3": 1.5}, "F", None, True, ()),
        ({"V7": 0.5, "V8": 0.5}, "M", None, None, ("age",)),
        ({"V3R": 0.5, "V4R": 0.5}, "M", None, None, ("age",)),
        ({"V3R": 0.5, "V4R": 0.5}, None, 29, None, ("sex",)),
        ({"V3R": 0.5, "V4R": 0.5}, None, 30, True, ()),
        ({"II": 1.0, "III": 1.0}, None, None, True, ()),
        ({"II": None, "III": 1.0}, "M", 60, None, ("II",)),
        ({"II": None, "III": 0.9, "aVF": 0.9}, "M", 60, False, ()),
        ({"II": None, "III": 1.5, "aVF": 1.5}, "M", 60, True, ()),
        ({"II": None, "III": None, "V1": 0}, "M", 60, None, ("II", "III")),
        ({"II": None, "V1": 0}, "M", 60, False, ()),
        ({"aVR": None, "V1": 3}, "M", 60, False, ()),
        ({"V2": None, "V3": 2.2}, "M", None, None, ("age", "V2")),
        ({"V2": None, "V3": 2.5}, "M", None, None, ("V2",)),
        ({}, "M", 60, None, ("st_mm",)),
        ({"II": None}, "M", 60, None, ("st_mm",)),
    ],
)
def test_unknown_is_decided_only_where_everything_agrees(
    st_mm: dict[str, float | None], sex: Sex | None, age: float | None, met: bool | None, needs: Any
) -> None:
    result = judged(st_mm, sex, age)
    assert (result.met, result.needs) == (met, needs)


def test_leads_are_over_whoever_it_is() -> None:
    result = judged({"V2": 2.2, "V3": 2.5, "V4": 1.0}, None, None)
    assert (result.leads, result.pairs) == (("V3", "V4"), (("V3", "V4"),))


def test_nothing_measured_says_nothing() -> None:
    result = judged({})
    assert result == StemiResult(
        met=None,
        leads=(),
        pairs=(),
        is_valid=True,
        needs=("st_mm",),
        missing=STANDARD_LEADS,
        is_posterior_suspected=None,
        is_cardiology_read_urgent=None,
    )


def test_missing_are_the_standard_leads_without_a_value() -> None:
    whole: dict[Any, float | None] = dict.fromkeys(STANDARD_LEADS, 0.0)
    assert judged(whole).missing == ()
    assert judged({**whole, "V2": None, "V8": None}).missing == ("V2",)
    assert len(STANDARD_LEADS) == 12 and STANDARD_LEADS[-1] == "V6"


@pytest.mark.parametrize("confounder", ["lbbb", "lvh", "paced", "monitor_bandwidth"])
def test_confounders_leave_the_leads_and_take_the_verdict(confounder: Any) -> None:
    result = judged({"II": 1.0, "III": 1.0}, confounders=(confounder,))
    assert (result.met, result.is_valid, result.needs) == (None, False, ())
    assert result.pairs == (("II", "III"),)
    assert judged({"II": 0.0}, confounders=(confounder,)).met is None
    assert judged({}, confounders=(confounder,)).needs == ("st_mm",)


@pytest.mark.parametrize(
    ("st_mm", "is_t_upright", "expected"),
    [
        ({"V1": -0.5}, True, True),
        ({"V2": -0.5}, True, True),
        ({"V3": -0.5}, True, True),
        ({"V1": -0.5, "V2": -1, "V3": -2, "V4": -0.4}, True, True),
        ({"V2": -0.49}, True, False),
        ({"V2": 0.5}, True, False),
        ({"V2": -0.5}, False, False),
        ({"V2": -0.5}, None, None),
        ({"V1": -0.5, "V2": -0.5, "V3": -0.5}, None, None),
        ({"V2": 0}, None, False),
        ({"V2": -0.5, "V4": -0.5}, True, False),
        ({"V4": -0.5}, True, False),
        ({"V2": -0.5, "V4": None}, True, None),
        ({"V2": None, "V4": 0}, True, None),
        ({"V2": None, "V4": 0}, False, False),
        ({"V2": -0.5, "aVR": -2}, True, True),
        ({"V2": -0.5, "aVR": None}, True, True),
        ({"V2": -0.5, "V7": 0.0}, True, False),
        ({"V2": -0.5, "V9": 0.3}, True, False),
    ],
)
def test_posterior_leads_are_asked_for(
    st_mm: dict[str, float | None], is_t_upright: bool | None, expected: bool | None
) -> None:
    assert judged(st_mm, is_t_upright=is_t_upright).is_posterior_suspected is expected


@pytest.mark.parametrize(
    ("st_mm", "expected"),
    [
        ({"aVR": 1.0, "V5": -0.5, "V6": -0.5}, True),
        ({"aVR": 0.99, "V5": -0.5, "V6": -0.5}, False),
        ({"aVR": 1.0, "V5": -0.49, "V6": -0.5}, False),
        ({"aVR": 1.0, "V6": -2}, False),
        ({"V5": -0.5, "V6": -0.5}, False),
        ({"aVR": None, "V5": -0.5, "V6": -0.5}, None),
        ({"aVR": None, "V5": -0.5, "V6": 0}, False),
        ({"aVR": 1.0, "V5": None, "V6": -0.5}, None),
        ({"aVR": 0.9, "V5": None, "V6": -0.5}, False),
        ({"aVR": None, "V5": None, "V6": -0.5}, None),
    ],
)
def test_avr_elevation_with_multilead_depression(
    st_mm: dict[str, float | None], expected: bool | None
) -> None:
    result = judged(st_mm)
    assert result.is_cardiology_read_urgent is expected
    assert result.met is not True


def test_the_numbers_of_the_prompts_are_policy() -> None:
    policy = StemiPolicy(
        posterior_depression_mm=1,
        avr_elevation_mm=2,
        avr_depression_mm=1,
        avr_depressed_leads=3,
    )
    st_mm: dict[Lead, float | None] = {"aVR": 2.0, "V4": -1.0, "V5": -1.0, "V6": -1.0}
    assert judge(Tracing(st_mm=st_mm), policy).is_cardiology_read_urgent is True
    assert judge(Tracing(st_mm={**st_mm, "aVR": 1.9}), policy).is_cardiology_read_urgent is False
    assert judge(Tracing(st_mm={**st_mm, "V4": -0.9}), policy).is_cardiology_read_urgent is False
    for depth, expected in ((-1.0, True), (-0.9, False)):
        tracing = Tracing(st_mm={"V2": depth}, is_t_upright=True)
        assert judge(tracing, policy).is_posterior_suspected is expected


TRACES = st.dictionaries(
    st.sampled_from(LEADS), st.sampled_from([-1.0, -0.5, 0, 0.5, 0.9, 1, 1.5, 2, 2.4, 2.5])
)
SEXES = st.sampled_from(["M", "F"])
AGES = st.sampled_from([0, 29, 30, 39, 40, 90])


@given(TRACES, SEXES, AGES, st.booleans(), st.data())
def test_missing_values_only_widen(
    st_mm: dict[Lead, float | None], sex: Sex, age: float, is_upright: bool, data: st.DataObject
) -> None:
    whole = Tracing(st_mm=st_mm, sex=sex, age_years=age, is_t_upright=is_upright)
    hidden = data.draw(st.sets(st.sampled_from(STANDARD_LEADS)))
    partial = Tracing(
        st_mm={lead: None if lead in hidden else value for lead, value in st_mm.items()},
        sex=data.draw(st.sampled_from([sex, None])),
        age_years=data.draw(st.sampled_from([age, None])),
        is_t_upright=data.draw(st.sampled_from([is_upright, None])),
    )
    full, part = judge(whole), judge(partial)
    for name in ("met", "is_posterior_suspected", "is_cardiology_read_urgent"):
        assert getattr(part, name) in {getattr(full, name), None}, name
    assert set(part.leads) <= set(full.leads)
    assert (part.met is None) == bool(part.needs)


@given(TRACES, SEXES, AGES, st.sampled_from(LEADS), st.floats(0, 3))
def test_more_elevation_never_unmeets(
    st_mm: dict[Lead, float | None], sex: Sex, age: float, lead: Lead, rise: float
) -> None:
    before = judged(st_mm, sex, age)
    after = judged({**st_mm, lead: (st_mm.get(lead) or 0.0) + rise}, sex, age)
    if lead in st_mm or before.met is None:
        assert before.met is not True or after.met is True
        assert set(before.leads) <= set(after.leads)

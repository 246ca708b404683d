"""The critical child: levels, triggers and where to, both sides of every number."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.child import (
    FINDINGS,
    IMMEDIATE,
    LEVELS,
    PLANS,
    Child,
    ChildAnswer,
    ChildPolicy,
    Level,
    decide,
    level_of,
)
from hospital_gateway.prealert import Colour


def decided(**given: Any) -> ChildAnswer:
    """Four years old, NPEWS 0, SpO2 98 %, unless given otherwise."""
    fields = {name: given.pop(name) for name in Child.__struct_fields__ if name in given}
    assert set(given) <= set(FINDINGS), given
    calm = {"age_years": 4, "npews_total": 0, "spo2_pct": 98}
    return decide(Child(**{**calm, **fields}, findings=given))


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (0, "none"),
        (1, "low"),
        (4, "low"),
        (5, "medium"),
        (8, "medium"),
        (9, "high"),
        (12, "high"),
        (13, "emergency"),
        (26, "emergency"),
    ],
)
def test_levels_by_total(total: int, level: Level) -> None:
    assert level_of(Child(npews_total=total)) == level


@pytest.mark.parametrize(
    ("known", "level"),
    [
        ({}, None),
        ({"avpu": "A"}, None),
        ({"avpu": "V"}, "high"),
        ({"avpu": "P"}, "emergency"),
        ({"avpu": "U", "npews_total": 0}, "emergency"),
        ({"avpu": "V", "npews_total": 13}, "emergency"),
        ({"npews_level": "medium", "npews_total": 0}, "medium"),
        ({"npews_level": "low", "npews_total": 9}, "high"),
    ],
)
def test_the_gravest_level_counts(known: dict[str, Any], level: Level | None) -> None:
    assert level_of(Child(**known)) == level


@pytest.mark.parametrize(
    ("known", "decision"),
    [
        ({"age_days": 28}, "newborn_pathway"),
        ({"age_days": 28.9}, "newborn_pathway"),
        ({"age_days": 29}, "no_trigger"),
        ({"age_days": 0, "age_years": 16}, "newborn_pathway"),
        ({"age_years": 15.9}, "no_trigger"),
        ({"age_years": 16}, "adult_pathway"),
        ({"age_years": None, "age_days": 16 * 366 - 1}, "no_trigger"),
        ({"age_years": None, "age_days": 16 * 366}, "adult_pathway"),
    ],
)
def test_whose_pathway(known: dict[str, Any], decision: str) -> None:
    answer = decided(**known)
    assert answer.decision == decision and answer.needs == ()


def test_another_pathway_says_nothing_more() -> None:
    answer = decided(age_years=20, arrest=True, npews_total=13)
    assert (answer.level, answer.triggers, answer.undecided, answer.asks) == (None, (), (), ())


def test_r37_npews_9_goes_to_the_child_centre() -> None:
    answer = decided(npews_total=9)
    assert (answer.decision, answer.level) == ("child_centre", "high")
    assert answer.triggers == ("npews_high",)
    need = answer.needs[0]
    assert (need.requires, need.prefers, need.alert) == (("picu",), (), Colour.RED)
    assert not need.may_bypass and not need.is_immediate
    assert (need.pathway, need.decision) == ("child", "child_centre")
    assert need.asks == answer.asks == ("stable",)
    assert need.notify == ()


def test_r38_npews_0_and_p_is_an_emergency() -> None:
    answer = decided(npews_total=0, avpu="P")
    assert (answer.level, answer.triggers) == ("emergency", ("npews_emergency",))
    assert answer.needs[0].alert is Colour.RED


@pytest.mark.parametrize(
    ("finding", "step"),
    [
        ("arrest", "cpr"),
        ("respiratory_arrest", "ventilate"),
        ("airway_not_relieved", "open_airway"),
    ],
)
def test_r39_immediate_goes_to_the_closest(finding: str, step: str) -> None:
    answer = decided(age_years=8, **{finding: True}, shock=True, stable=False)
    assert answer.decision == "closest_ed"
    need = answer.needs[0]
    assert (need.is_immediate, need.requires, need.may_bypass) == (True, (), False)
    assert (need.prefers, need.alert, need.do) == (("picu",), Colour.RED, (step,))
    assert need.asks == ()
    assert decided(**{finding: True}, shock=True).asks == ()


@pytest.mark.parametrize(
    ("known", "trigger"),
    [
        ({"status_epilepticus": True}, "status_epilepticus"),
        ({"seizing_min": 5}, "status_epilepticus"),
        ({"spo2_pct": 89.9}, "low_saturation"),
        ({"arrhythmia": True}, "arrhythmia"),
        ({"sepsis": True}, "sepsis"),
        ({"shock": True}, "shock"),
        ({"npews_total": 13}, "npews_emergency"),
    ],
)
def test_triggers(known: dict[str, Any], trigger: str) -> None:
    answer = decided(**known)
    assert (answer.decision, answer.triggers) == ("child_centre", (trigger,))
    assert trigger not in answer.undecided
    near = decided(**known, stable=False)
    assert near.decision == "nearest_then_picu"
    need = near.needs[0]
    assert (need.requires, need.prefers, need.alert) == ((), ("picu",), Colour.RED)
    assert need.notify == ("child_centre",) and not need.may_bypass
    assert near.asks == ()


@pytest.mark.parametrize(
    "known",
    [
        {"spo2_pct": 90},
        {"seizing_min": 4.9},
        {"npews_total": 4},
        {"sepsis": False},
        {"status_epilepticus": False, "seizing_min": 0},
    ],
)
def test_no_trigger(known: dict[str, Any]) -> None:
    answer = decided(**known)
    assert (answer.decision, answer.triggers, answer.needs) == ("no_trigger", (), ())


def test_a_long_seizure_outweighs_the_word() -> None:
    assert decided(status_epilepticus=False, seizing_min=6).triggers == ("status_epilepticus",)


@pytest.mark.parametrize("total", [5, 8])
def test_medium_is_reviewed_near(total: int) -> None:
    need = decided(npews_total=total).needs[0]
    assert need.decision == "paediatric_review"
    assert (need.alert, need.requires, need.prefers) == (Colour.YELLOW, (), ("picu",))
    assert not need.may_bypass and not need.is_immediate and need.notify == ()


@pytest.mark.parametrize(
    ("known", "asks"),
    [
        ({}, ()),
        ({"spo2_pct": None}, ("spo2",)),
        ({"npews_total": None}, ("npews_level",)),
        ({"npews_total": None, "spo2_pct": None}, ("npews_level", "spo2")),
    ],
)
def test_trap_08_missing_is_not_normal(known: dict[str, Any], asks: tuple[str, ...]) -> None:
    answer = decided(**known)
    assert answer.decision == ("undecided" if asks else "no_trigger")
    assert answer.asks == asks


def test_age_is_asked() -> None:
    assert decide(Child()).asks == ("age", "npews_level", "spo2")
    assert decided(age_years=0.9).asks == ("age_days",)
    assert decided(age_years=0.9, age_days=40).asks == ()
    assert decided(age_years=1).asks == ()
    assert decided(age_years=None, age_days=40).asks == ()


def test_what_could_not_be_told() -> None:
    assert decide(Child()).undecided == (
        "arrest", "respiratory_arrest", "airway_not_relieved", "npews_emergency", "npews_high",
        "status_epilepticus", "low_saturation", "arrhythmia", "sepsis", "shock",
    )  # fmt: skip
    known = decided(**dict.fromkeys(FINDINGS, False))
    assert known.undecided == ()


def test_numbers_are_the_countys() -> None:
    strict = ChildPolicy(spo2_below_pct=92, adult_from_years=14, newborn_last_day=30)
    assert decide(Child(spo2_pct=91), strict).triggers == ("low_saturation",)
    assert decide(Child(age_years=14), strict).decision == "adult_pathway"
    assert decide(Child(age_days=30), strict).decision == "newborn_pathway"


@given(
    st.builds(
        Child,
        age_years=st.none() | st.floats(0, 15),
        npews_total=st.none() | st.integers(0, 26),
        npews_level=st.none() | st.sampled_from(LEVELS),
        avpu=st.none() | st.sampled_from(["A", "V", "P", "U"]),
        spo2_pct=st.none() | st.floats(0, 100),
        seizing_min=st.none() | st.floats(0, 90),
        stable=st.none() | st.booleans(),
        findings=st.dictionaries(st.sampled_from(FINDINGS), st.booleans()),
    ),
    st.sampled_from(["npews_total", "npews_level", "avpu", "spo2_pct", "seizing_min"]),
)
def test_less_known_never_finds_more(child: Child, name: str) -> None:
    kept = {field: getattr(child, field) for field in Child.__struct_fields__ if field != name}
    whole, less = decide(child), decide(Child(**kept))
    lower, higher = less.level or "none", whole.level or "none"
    assert LEVELS.index(lower) <= LEVELS.index(higher)
    levels = {"npews_high", "npews_emergency"}
    assert set(less.triggers) - levels <= set(whole.triggers) - levels
    assert (whole.decision in PLANS) is bool(whole.needs)
    assert any(need.is_immediate for need in whole.needs) is any(
        child.findings.get(code) for code in IMMEDIATE
    )

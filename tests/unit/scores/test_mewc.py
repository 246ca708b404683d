"""MEWC: strict inequalities, single triggers, and no "no" without all six findings (Mhyre 2014)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores.mewc import MewcInput, MewcPolicy, MewcResult, score

NORMAL = MewcInput(
    systolic_mmhg=120,
    diastolic_mmhg=75,
    heart_rate_per_min=85,
    resp_rate_per_min=16,
    spo2_pct=98,
    is_agitated_confused_or_unresponsive=False,
)
CORE = {
    "systolic_mmhg": "sbp",
    "diastolic_mmhg": "dbp",
    "heart_rate_per_min": "hr",
    "resp_rate_per_min": "rr",
    "spo2_pct": "spo2",
    "is_agitated_confused_or_unresponsive": "agit_conf_unresp",
}


def found(**changes: Any) -> MewcResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


def test_normal_findings_in_full() -> None:
    assert score(NORMAL) == MewcResult(
        is_triggered=False, criteria=(), missing=(), asks=(), is_severe_hypertension=False
    )


@pytest.mark.parametrize(
    ("field", "criterion", "outside", "inside"),
    [
        ("systolic_mmhg", "SBP", (0, 89, 89.9, 160.1, 161, 300), (90, 120, 160)),
        ("diastolic_mmhg", "DBP", (100.1, 101, 150), (0, 40, 100)),
        ("heart_rate_per_min", "HR", (0, 49, 49.9, 120.1, 121), (50, 120)),
        ("resp_rate_per_min", "RR", (0, 9, 9.9, 30.1, 31), (10, 30)),
        ("spo2_pct", "SpO2", (0, 70, 94, 94.9), (95, 100)),
    ],
)
def test_trap_10_the_limits_themselves_do_not_trigger(
    field: str, criterion: str, outside: tuple[float, ...], inside: tuple[float, ...]
) -> None:
    for value in outside:
        result = found(**{field: value})
        assert (result.is_triggered, result.criteria) == (True, (criterion,)), value
    for value in inside:
        result = found(**{field: value})
        assert (result.is_triggered, result.criteria) == (False, ()), value


def test_all_limits_at_once_do_not_trigger() -> None:
    upper = found(
        systolic_mmhg=160,
        diastolic_mmhg=100,
        heart_rate_per_min=120,
        resp_rate_per_min=30,
        spo2_pct=95,
    )
    assert upper.is_triggered is False


def test_neuro() -> None:
    result = found(is_agitated_confused_or_unresponsive=True)
    assert (result.is_triggered, result.criteria) == (True, ("neuro",))


@pytest.mark.parametrize(
    ("rate", "hours", "is_met"),
    [
        (34, 2, True),
        (34.9, 2, True),
        (0, 24, True),
        (35, 2, False),
        (36, None, False),
        (34, 1.9, False),
        (0, 0, False),
        (34, None, True),
        (None, 5, False),
    ],
)
def test_oliguria(rate: float | None, hours: float | None, is_met: bool) -> None:
    result = found(urine_ml_per_h=rate, urine_duration_h=hours)
    assert result.criteria == (("oliguria",) if is_met else ())
    assert result.is_triggered is is_met


def test_oliguria_as_reported() -> None:
    assert found(is_oliguric=True).criteria == ("oliguria",)
    assert found(is_oliguric=True, urine_ml_per_h=80).criteria == ("oliguria",)
    assert found(is_oliguric=False).criteria == ()
    assert found(is_oliguric=False, urine_ml_per_h=20).criteria == ("oliguria",)


@pytest.mark.parametrize(
    ("preeclampsia", "headache", "is_met", "asks"),
    [
        (True, True, True, ()),
        (True, False, False, ()),
        (False, True, False, ()),
        (False, None, False, ()),
        (None, False, False, ()),
        (None, None, False, ()),
        (True, None, False, ("headache_or_sob",)),
        (None, True, False, ("preeclampsia",)),
    ],
)
def test_preeclampsia_needs_both_halves(
    preeclampsia: bool | None, headache: bool | None, is_met: bool, asks: tuple[str, ...]
) -> None:
    result = found(has_preeclampsia=preeclampsia, has_headache_or_breathlessness=headache)
    assert result.criteria == (("preeclampsia_sx",) if is_met else ())
    assert (result.is_triggered, result.asks) == (is_met, asks)


def test_criteria_stand_in_the_order_of_the_table() -> None:
    everything = MewcInput(
        systolic_mmhg=80,
        diastolic_mmhg=110,
        heart_rate_per_min=130,
        resp_rate_per_min=35,
        spo2_pct=90,
        is_agitated_confused_or_unresponsive=True,
        urine_ml_per_h=10,
        urine_duration_h=3,
        has_preeclampsia=True,
        has_headache_or_breathlessness=True,
    )
    assert score(everything).criteria == (
        "SBP",
        "DBP",
        "HR",
        "RR",
        "SpO2",
        "oliguria",
        "neuro",
        "preeclampsia_sx",
    )


@pytest.mark.parametrize(("field", "name"), CORE.items())
def test_trap_08_one_missing_finding_leaves_it_open(field: str, name: str) -> None:
    result = found(**{field: None})
    assert (result.is_triggered, result.criteria, result.missing) == (None, (), (name,))


def test_a_trigger_needs_nothing_else() -> None:
    result = score(MewcInput(heart_rate_per_min=121))
    assert (result.is_triggered, result.criteria) == (True, ("HR",))
    assert result.missing == ("sbp", "dbp", "rr", "spo2", "agit_conf_unresp")


def test_nothing_known() -> None:
    result = score(MewcInput())
    assert (result.is_triggered, result.missing) == (None, tuple(CORE.values()))
    assert result.is_severe_hypertension is None


@pytest.mark.parametrize(
    ("systolic", "diastolic", "severe"),
    [
        (159, 109, False),
        (159.9, 109.9, False),
        (160, 75, True),
        (120, 110, True),
        (160, None, True),
        (None, 110, True),
        (159, None, None),
        (None, 109, None),
        (None, None, None),
    ],
)
def test_severe_hypertension_is_inclusive(
    systolic: float | None, diastolic: float | None, severe: bool | None
) -> None:
    result = found(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    assert result.is_severe_hypertension is severe


def test_severe_hypertension_is_no_criterion() -> None:
    result = found(systolic_mmhg=160)
    assert (result.is_triggered, result.is_severe_hypertension) == (False, True)


def test_severe_hypertension_is_configuration() -> None:
    policy = MewcPolicy(severe_systolic_from_mmhg=150, severe_diastolic_from_mmhg=90)
    assert score(msgspec.structs.replace(NORMAL, systolic_mmhg=150), policy).is_severe_hypertension
    assert score(msgspec.structs.replace(NORMAL, diastolic_mmhg=90), policy).is_severe_hypertension


NUMBER = st.none() | st.integers(0, 300) | st.floats(min_value=-1e308, max_value=1e308)
FLAG = st.sampled_from([None, False, True])
OBSERVED = st.builds(
    MewcInput,
    systolic_mmhg=NUMBER,
    diastolic_mmhg=NUMBER,
    heart_rate_per_min=NUMBER,
    resp_rate_per_min=NUMBER,
    spo2_pct=NUMBER,
    is_agitated_confused_or_unresponsive=FLAG,
    urine_ml_per_h=NUMBER,
    urine_duration_h=NUMBER,
    is_oliguric=FLAG,
    has_preeclampsia=FLAG,
    has_headache_or_breathlessness=FLAG,
)


@given(OBSERVED, st.sampled_from(sorted(CORE)))
def test_a_core_finding_removed_only_widens(observed: MewcInput, field: str) -> None:
    complete = score(observed)
    less = score(msgspec.structs.replace(observed, **{field: None}))
    assert set(less.criteria) <= set(complete.criteria)
    assert set(complete.missing) <= set(less.missing)
    assert less.is_triggered in {None, complete.is_triggered}
    assert less.is_severe_hypertension in {None, complete.is_severe_hypertension}


@given(OBSERVED)
def test_no_is_said_only_with_all_six(observed: MewcInput) -> None:
    result = score(observed)
    assert (result.is_triggered is True) == bool(result.criteria)
    assert (result.is_triggered is False) == (not result.criteria and not result.missing)

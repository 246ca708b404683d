"""Plausibility: the rows V1-V13 of the clinical reference that concern a monitor, and the edges."""

import pytest

from telemetry.codes import (
    CODES,
    CONTINUOUS_SCORED_S,
    LIMITS,
    NIBP,
    RULES,
    SPOT_SCORED_S,
    Code,
    Item,
    rule_of,
)
from telemetry.plausibility import (
    CHECKS,
    SCORED,
    Checks,
    Judged,
    RateGap,
    do_rates_agree,
    does_mean_fit,
    is_pair_possible,
    judge,
    judge_one,
)
from tests.unit.telemetry.support import numeric


def pressures(systolic: float, diastolic: float, mean: float | None = None) -> dict[Code, Judged]:
    values: dict[Code, float] = {"nibp_systolic": systolic, "nibp_diastolic": diastolic}
    if mean is not None:
        values["nibp_mean"] = mean
    return judge({code: numeric(code, value) for code, value in values.items()})


@pytest.mark.parametrize(
    ("code", "value", "quality", "state"),
    [
        ("spo2", 0, "probe_off", "probe_off"),  # V1
        ("spo2", None, "probe_off", "probe_off"),
        ("spo2", 101, "ok", "invalid"),  # V2
        ("heart_rate", 0, "asystole", "asystole"),  # V3
        ("heart_rate", 40, "asystole", "invalid"),
        ("spo2", 0, "asystole", "invalid"),
        ("heart_rate", 0, "leads_off", "leads_off"),  # V4
        ("temperature", 24.0, "ok", "suspect"),  # V5
        ("temperature", 98.6, "ok", "invalid"),  # V6
        ("etco2", 8, "ok", "suspect"),  # V8
        ("resp_rate", 0, "ok", "suspect"),  # V11
        ("heart_rate", 900, "ok", "invalid"),
        ("heart_rate", 80, "artefact", "artefact"),
    ],
)
def test_reference_rows(code: Code, value: float | None, quality: str, state: str) -> None:
    assert judge_one(code, numeric(code, value, quality=quality)).state == state


def test_what_is_scored() -> None:
    assert set(SCORED) == {"ok", "suspect", "asystole"}


@pytest.mark.parametrize("code", CODES)
def test_edges_belong_to_the_better_side(code: Code) -> None:
    rule = RULES[code]
    for value, state in (
        (rule.reject_below - 0.1, "invalid"),
        (rule.reject_above + 0.1, "invalid"),
        (rule.flag_below, "ok"),
        (rule.flag_above, "ok"),
    ):
        assert judge_one(code, numeric(code, value)).state == state
    if rule.flag_below > rule.reject_below:
        assert judge_one(code, numeric(code, rule.reject_below)).state == "suspect"


def test_a_pressure_pair_that_cannot_be() -> None:
    found = pressures(80, 95)  # V7
    assert {judged.state for judged in found.values()} == {"invalid"}
    assert {judged.value for judged in found.values()} == {80, 95}  # kept raw
    assert pressures(84.9, 80)["nibp_systolic"].reason == "pulse_pressure"
    assert pressures(85, 80)["nibp_systolic"].state == "ok"


def test_a_mean_that_does_not_fit() -> None:
    assert pressures(120, 80, 93)["nibp_mean"].state == "ok"
    assert pressures(120, 80, 108)["nibp_mean"].state == "ok"
    found = pressures(120, 80, 109)
    assert (found["nibp_mean"].state, found["nibp_systolic"].state) == ("suspect", "ok")


def test_rates_that_differ_make_the_saturation_doubtful_after_ten_seconds() -> None:
    gap = RateGap()
    values: dict[Code, float] = {"heart_rate": 160, "pulse_rate": 80, "spo2": 97}
    judged = judge({code: numeric(code, value) for code, value in values.items()})
    assert gap.judge(judged, 0)["spo2"].state == "ok"
    assert gap.judge(judged, CHECKS.rate_gap_s)["spo2"].state == "ok"
    found = gap.judge(judged, CHECKS.rate_gap_s + 1)
    assert (found["spo2"].reason, found["heart_rate"].state) == ("rates_differ", "ok")  # V13
    agreeing = {**judged, "pulse_rate": judge_one("pulse_rate", numeric("pulse_rate", 131))}
    assert gap.judge(agreeing, CHECKS.rate_gap_s + 2)["spo2"].state == "ok"
    assert gap.judge(judged, CHECKS.rate_gap_s + 3)["spo2"].state == "ok"  # counts from anew


def test_rates_that_agree_or_are_not_known_leave_the_saturation_alone() -> None:
    values: dict[Code, float] = {"heart_rate": 160, "pulse_rate": 80}
    without_spo2 = judge({code: numeric(code, value) for code, value in values.items()})
    gap = RateGap()
    assert gap.judge(without_spo2, 0) == gap.judge(without_spo2, 60) == without_spo2
    low = {**without_spo2, "spo2": judge_one("spo2", numeric("spo2", 45))}
    assert gap.judge(low, 120)["spo2"].reason == "unusual"  # said already


def test_a_county_may_set_its_own_gap() -> None:
    gap = RateGap(Checks(rate_gap_per_min=10, rate_gap_s=5))
    values: dict[Code, float] = {"heart_rate": 91, "pulse_rate": 80, "spo2": 97}
    judged = judge({code: numeric(code, value) for code, value in values.items()})
    assert gap.judge(judged, 0)["spo2"].state == "ok"
    assert gap.judge(judged, 5)["spo2"].state == "ok"
    assert gap.judge(judged, 5.1)["spo2"].reason == "rates_differ"


def test_the_checks_between_values() -> None:
    assert (is_pair_possible(85, 80), is_pair_possible(84.9, 80)) == (True, False)
    assert (does_mean_fit(120, 90, 115), does_mean_fit(120, 90, 115.1)) == (True, False)
    assert (does_mean_fit(120, 90, 85), does_mean_fit(120, 90, 84.9)) == (True, False)
    assert (do_rates_agree(110, 80), do_rates_agree(80, 111)) == (True, False)
    assert (CHECKS.rate_gap_per_min, CHECKS.rate_gap_s) == (30, 10)


def test_a_value_without_a_number_is_an_artefact() -> None:
    found = judge_one("heart_rate", numeric("heart_rate", None))
    assert (found.state, found.reason) == ("artefact", "artefact")


_ITEM_OF: dict[Code, Item] = {
    "nibp_systolic": "systolic",
    "nibp_diastolic": "diastolic",
    "nibp_mean": "mean",
    "abp_systolic": "systolic",
    "abp_diastolic": "diastolic",
    "abp_mean": "mean",
}


@pytest.mark.parametrize("code", CODES)
def test_monitors_and_people_are_judged_by_one_table(code: Code) -> None:
    limits, rule = LIMITS[_ITEM_OF.get(code, code)], RULES[code]  # type: ignore[call-overload]
    assert rule.unit == limits.unit
    assert (rule.reject_below, rule.reject_above) == limits.reject
    assert (rule.flag_below, rule.flag_above) == limits.flag
    assert rule.scored_s == (600 if code in NIBP else 60)
    assert (CONTINUOUS_SCORED_S, SPOT_SCORED_S) == (60, 600)


def test_a_child_has_its_own_flag_range_for_the_heart_only() -> None:
    child = rule_of(LIMITS["heart_rate"], 60, is_child=True)
    assert (child.flag_below, child.flag_above) == (40, 300)
    assert (child.reject_below, child.reject_above, child.scored_s) == (0, 350, 60)
    assert rule_of(LIMITS["heart_rate"], 60).flag_below == 20
    assert rule_of(LIMITS["spo2"], 60, is_child=True) == rule_of(LIMITS["spo2"], 60)


def test_trap_26_published_filters_would_have_dropped_these() -> None:
    kept: list[tuple[Code, float]] = [("temperature", 24), ("etco2", 8), ("heart_rate", 320)]
    for code, value in kept:
        assert judge_one(code, numeric(code, value)).state == "suspect"


@pytest.mark.parametrize("code", ["nibp_systolic", "nibp_diastolic", "heart_rate", "pulse_rate"])
def test_half_of_a_pair_is_held_against_nothing(code: Code) -> None:
    judged = judge({code: numeric(code, 100), "spo2": numeric("spo2", 97)})
    assert {one.state for one in judged.values()} == {"ok"}
    gap = RateGap()
    assert gap.judge(judged, 0) == gap.judge(judged, 60) == judged

"""Plausibility: the rows V1-V13 of the clinical reference that concern a monitor, and the edges."""

import pytest

from telemetry.codes import CODES, RULES, Code
from telemetry.plausibility import RATE_GAP_S, SCORED, Judged, RateGap, judge, judge_one
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
    assert gap.judge(judged, RATE_GAP_S)["spo2"].state == "ok"
    found = gap.judge(judged, RATE_GAP_S + 1)
    assert (found["spo2"].reason, found["heart_rate"].state) == ("rates_differ", "ok")  # V13
    agreeing = {**judged, "pulse_rate": judge_one("pulse_rate", numeric("pulse_rate", 131))}
    assert gap.judge(agreeing, RATE_GAP_S + 2)["spo2"].state == "ok"
    assert gap.judge(judged, RATE_GAP_S + 3)["spo2"].state == "ok"  # counts from anew

"""NPEWS against the chart of 2023: every boundary on both sides, triggers, what is missing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.scores import npews
from telemetry.scores.npews import BANDS, LEVELS, PARTS, NpewsInput, NpewsResult, band_of, score
from telemetry.scores.whom import Age

NORMAL = NpewsInput(
    band="5-12y",
    resp_rate_per_min=22,
    distress="none",
    spo2_pct=98,
    device="air",
    heart_rate_per_min=95,
    systolic_mmhg=100,
    capillary_refill_s=2,
)
_SEVEN = [4, 2, 1, 0, 1, 2, 4]
# The first value of every band after the first, as printed on the chart, retyped for the test.
CHART: dict[str, dict[str, tuple[list[int], list[int]]]] = {
    "rr": {
        "0-11m": ([10, 20, 30, 50, 60, 70], _SEVEN),
        "1-4y": ([10, 20, 40, 50, 60], [4, 2, 0, 1, 2, 4]),
        "5-12y": ([10, 15, 20, 25, 40, 50], _SEVEN),
        "13+y": ([10, 15, 25, 30, 40], [4, 1, 0, 1, 2, 4]),
    },
    "hr": {
        "0-11m": ([80, 90, 110, 150, 170, 180], _SEVEN),
        "1-4y": ([60, 70, 90, 140, 150, 170], _SEVEN),
        "5-12y": ([60, 70, 80, 120, 140, 160], _SEVEN),
        "13+y": ([50, 60, 70, 100, 120, 130], _SEVEN),
    },
    "sbp": {
        "0-11m": ([50, 60, 70, 90, 100, 110], _SEVEN),
        "1-4y": ([50, 60, 80, 100, 120, 130], _SEVEN),
        "5-12y": ([70, 80, 90, 110, 120, 130], _SEVEN),
        "13+y": ([80, 90, 100, 120, 130, 140], _SEVEN),
    },
}
_FIELD = {"rr": "resp_rate_per_min", "hr": "heart_rate_per_min", "sbp": "systolic_mmhg"}


def scored(**changes: Any) -> NpewsResult:
    return score(msgspec.structs.replace(NORMAL, **changes))


@pytest.mark.parametrize("part", CHART)
@pytest.mark.parametrize("band", BANDS)
def test_every_integer_of_the_chart(part: str, band: str) -> None:
    starts, points = CHART[part][band]
    for value in range(260):
        place = sum(value >= start for start in starts)
        found = scored(band=band, **{_FIELD[part]: value}).parts[part]  # type: ignore[index]
        assert found == points[place], value
    for place, start in enumerate(starts):
        below = scored(band=band, **{_FIELD[part]: start - 0.01}).parts[part]  # type: ignore[index]
        assert below == points[place], start


def test_trap_06_temperature_and_avpu_do_not_score_but_raise_the_level() -> None:
    calm = scored(avpu="A", temperature_cel=37.0)
    hot = scored(avpu="P", temperature_cel=40.0)
    assert calm.total == hot.total == 0
    assert (calm.level, calm.final, calm.is_sepsis_prompt) == ("none", "none", False)
    assert (hot.level, hot.final, hot.is_sepsis_prompt) == ("none", "emergency", True)


def test_trap_06_u4_is_a_missing_pressure_that_scores() -> None:
    for code, points in (("NCD", 0), ("U0", 0), ("U4", 4)):
        found = scored(systolic_mmhg=None, pressure_code=code)
        assert (found.parts["sbp"], found.is_complete) == (points, True)
    assert scored(systolic_mmhg=100, pressure_code="U4").parts["sbp"] == 4
    assert scored(systolic_mmhg=60, pressure_code="U0").parts["sbp"] == 4
    assert scored(systolic_mmhg=None).parts["sbp"] is None


def test_trap_06_age_bands_change_on_birthdays() -> None:
    expected = {0: "0-11m", 1: "1-4y", 4: "1-4y", 5: "5-12y", 12: "5-12y", 13: "13+y", 15: "13+y"}
    for years, band in expected.items():
        assert band_of(Age(years=years)) == band
    assert band_of(Age()) is None


def test_trap_07_21_percent_on_air_does_not_score() -> None:
    for pct in (21, 16, 50):
        assert scored(device="air", oxygen_pct=pct).parts["o2"] == 0
    assert scored(device="air", oxygen_l_per_min=6).parts["o2"] == 0
    assert scored(device="FM", oxygen_pct=21).parts["o2"] == 1


@pytest.mark.parametrize("device", ["NP", "FM", "HB", "NRB"])
def test_oxygen_by_flow_or_percent(device: str) -> None:
    flows = {0: 0, 0.009: 0, 0.01: 1, 1.99: 1, 2: 2, 5.99: 2, 6: 4, 15: 4}
    for flow, points in flows.items():
        assert scored(device=device, oxygen_l_per_min=flow).parts["o2"] == points, flow
    for pct, points in {0: 0, 15.9: 0, 16: 1, 29.9: 1, 30: 2, 49.9: 2, 50: 4, 100: 4}.items():
        assert scored(device=device, oxygen_pct=pct).parts["o2"] == points, pct
    assert scored(device=device, oxygen_l_per_min=1, oxygen_pct=50).parts["o2"] == 4
    assert scored(device=device, oxygen_l_per_min=6, oxygen_pct=20).parts["o2"] == 4
    assert scored(device=device).missing == ("o2",)


@pytest.mark.parametrize("device", ["HF", "BiP", "CP"])
def test_high_flow_and_pressure_score_4_whatever_the_amount(device: str) -> None:
    assert scored(device=device).parts["o2"] == 4
    assert scored(device=device, oxygen_l_per_min=1, oxygen_pct=21).parts["o2"] == 4


def test_oxygen_without_a_device_is_missing() -> None:
    assert scored(device=None, oxygen_l_per_min=6, oxygen_pct=60).parts["o2"] is None


def test_saturation_refill_and_distress() -> None:
    for pct, points in {50: 4, 91: 4, 91.01: 1, 92: 1, 94: 1, 94.99: 1, 95: 0, 100: 0}.items():
        assert scored(spo2_pct=pct).parts["spo2"] == points, pct
    for seconds, points in {0: 0, 1: 0, 2: 0, 2.01: 2, 2.99: 2, 3: 2, 5: 2}.items():
        assert scored(capillary_refill_s=seconds).parts["crt"] == points, seconds
    for word, points in {"none": 0, "mild": 1, "moderate": 2, "severe": 4}.items():
        assert scored(distress=word).parts["distress"] == points


def test_levels_of_the_total() -> None:
    expected = {0: "none", 1: "low", 4: "low", 5: "medium", 8: "medium", 9: "high", 12: "high"}
    for total, level in {**expected, 13: "emergency", 26: "emergency"}.items():
        assert npews.level_of(total) == level, total


@pytest.mark.parametrize(
    ("changes", "final", "trigger"),
    [
        ({"avpu": "A"}, "none", None),
        ({"avpu": "asleep"}, "none", None),
        ({"avpu": "C"}, "high", "avpu_C"),
        ({"avpu": "V"}, "high", "avpu_V"),
        ({"avpu": "P"}, "emergency", "avpu_P"),
        ({"avpu": "U"}, "emergency", "avpu_U"),
        ({"is_pupil_abnormal": True}, "emergency", "abnormal_pupil"),
        ({"is_pupil_abnormal": False}, "none", None),
        ({"is_septic_shock_suspected": True}, "high", "septic_shock"),
        ({"is_septic_shock_suspected": False}, "none", None),
        ({"is_sepsis_suspected": True}, "medium", "sepsis_suspected"),
        ({"is_sepsis_suspected": False}, "none", None),
        ({"carer_concern": "low"}, "low", "carer_concern"),
        ({"carer_concern": "none"}, "none", None),
        ({"clinician_concern": "emergency"}, "emergency", "clinician_concern"),
    ],
)
def test_triggers(changes: dict[str, Any], final: str, trigger: str | None) -> None:
    found = scored(**changes)
    assert (found.level, found.final) == ("none", final)
    assert found.triggers == (() if trigger is None else (trigger,))


def test_the_worse_of_score_and_triggers_is_final() -> None:
    found = scored(heart_rate_per_min=170, resp_rate_per_min=50, spo2_pct=90, avpu="V",
                   carer_concern="low")  # fmt: skip
    assert (found.total, found.level, found.final) == (12, "high", "high")
    assert found.triggers == ("avpu_V", "carer_concern")
    assert scored(device="CP", distress="severe", spo2_pct=90, systolic_mmhg=60,
                  is_sepsis_suspected=True).final == "emergency"  # fmt: skip


def test_temperature_prompts_to_think_of_sepsis() -> None:
    for cel, is_prompt in {35.9: True, 36.0: False, 37.9: False, 38.0: True, None: False}.items():
        assert scored(temperature_cel=cel).is_sepsis_prompt is is_prompt, cel


def test_trap_08_missing_is_listed_and_the_sum_already_counts() -> None:
    found = score(NpewsInput(band="1-4y", spo2_pct=85, device="CP", distress="severe",
                             capillary_refill_s=4))  # fmt: skip
    assert (found.total, found.level, found.is_complete) == (14, "emergency", False)
    assert found.missing == ("rr", "hr", "sbp")


def test_trap_09_zero_is_measured() -> None:
    found = scored(resp_rate_per_min=0, heart_rate_per_min=0, systolic_mmhg=0, spo2_pct=0)
    assert (found.total, found.missing) == (16, ())
    assert scored(capillary_refill_s=0).missing == ()


def test_without_a_band_rates_and_pressure_are_missing() -> None:
    assert scored(band=None).missing == ("rr", "hr", "sbp")
    assert score(NpewsInput()).missing == PARTS


_numbers = st.none() | st.floats(0, 300)
_rounds = st.builds(
    NpewsInput,
    band=st.none() | st.sampled_from(BANDS),
    resp_rate_per_min=_numbers,
    distress=st.none() | st.sampled_from(["none", "mild", "moderate", "severe"]),
    spo2_pct=_numbers,
    device=st.none() | st.sampled_from(["air", "NP", "FM", "HF"]),
    oxygen_l_per_min=_numbers,
    oxygen_pct=_numbers,
    heart_rate_per_min=_numbers,
    systolic_mmhg=_numbers,
    pressure_code=st.none() | st.sampled_from(["NCD", "U0", "U4"]),
    capillary_refill_s=_numbers,
    avpu=st.none() | st.sampled_from(["A", "V", "P", "U"]),
    temperature_cel=_numbers,
    is_pupil_abnormal=st.none() | st.booleans(),
    carer_concern=st.none() | st.sampled_from(LEVELS),
)


@given(_rounds, st.sampled_from(NpewsInput.__struct_fields__))
def test_removing_a_value_never_raises_the_score(observed: NpewsInput, name: str) -> None:
    whole, less = score(observed), score(msgspec.structs.replace(observed, **{name: None}))
    assert less.total <= whole.total <= 26
    assert LEVELS.index(less.final) <= LEVELS.index(whole.final)
    assert set(whole.missing) <= set(less.missing)


@given(st.sampled_from(BANDS), st.floats(0, 100), st.floats(0, 100))
def test_saturation_is_monotone(band: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert scored(band=band, spo2_pct=low).total >= scored(band=band, spo2_pct=high).total

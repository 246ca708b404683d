"""MEWC and MEOWS as the command line asks them."""

from typing import Any

import pytest

from tests.unit.rules.scores import RULES, ask, said

MEWC_NORMAL = {"sbp": 120, "dbp": 75, "hr": 85, "rr": 16, "spo2": 98, "agit_conf_unresp": False}
MEOWS_NORMAL = {
    "rr": 16,
    "spo2": 98,
    "temp": 37.0,
    "sbp": 120,
    "dbp": 75,
    "pulse": 80,
    "alert": "A",
}


def test_mewc_in_full() -> None:
    assert ask("mewc", **{**MEWC_NORMAL, "sbp": 160}) == {
        "trigger": False,
        "which": [],
        "missing": [],
        "asks": [],
        "severe_hypertension": True,
        "ignored": (),
    }


@pytest.mark.parametrize(
    ("changes", "which"),
    [
        ({"sbp": 89}, ["SBP"]),
        ({"dbp": 101}, ["DBP"]),
        ({"hr": 49}, ["HR"]),
        ({"rr": 31}, ["RR"]),
        ({"spo2": 94, "o2": True}, ["SpO2"]),
        ({"spo2": 95, "o2": True}, []),
        ({"urine_ml_per_h": 34, "urine_hours": 2}, ["oliguria"]),
        ({"urine_ml_h": 34}, ["oliguria"]),
        ({"urine": 34, "hours": 1}, []),
        ({"oliguria": True}, ["oliguria"]),
        ({"preeclampsia": True, "headache_or_sob": False}, []),
        ({"pre_eclampsia": True, "headache_or_sob": True, "sbp": 170}, ["SBP", "preeclampsia_sx"]),
    ],
)
def test_mewc_criteria(changes: dict[str, Any], which: list[str]) -> None:
    result = ask("mewc", **{**MEWC_NORMAL, **changes})
    assert (result["which"], result["trigger"], result["missing"]) == (which, bool(which), [])


@pytest.mark.parametrize("field", MEWC_NORMAL)
def test_mewc_missing_is_named_as_in_the_input(field: str) -> None:
    result = ask("mewc", **{**MEWC_NORMAL, field: None})
    assert (result["trigger"], result["which"], result["missing"]) == (None, [], [field])


def test_mewc_in_words() -> None:
    assert said("mewc", **MEWC_NORMAL) == ("MEWC 未触发。", "MEWC: no criterion met.")
    assert said("mewc", **{**MEWC_NORMAL, "sbp": 161, "rr": 31, "spo2": 94, "o2": True}) == (
        "MEWC 触发：收缩压、呼吸、血氧。立即到床旁评估。"
        "重度高血压（收缩压 ≥160 或舒张压 ≥110 mmHg）：立即处理。",
        "MEWC met: systolic pressure, respiratory rate, SpO2. Assess at the bedside now."
        " Severe hypertension (from 160 or 110 mmHg): act on it now.",
    )
    assert said("mewc", **{**MEWC_NORMAL, "hr": None, "preeclampsia": True, "o2": True}) == (
        "MEWC 尚不能判断。还需：心率、有无持续头痛或气促。吸氧时血氧正常不能排除低氧。",
        "MEWC cannot be decided yet. Still needed: heart rate, whether there is lasting headache"
        " or shortness of breath. SpO2 is normal on oxygen, which does not exclude hypoxia.",
    )
    assert "hypoxia" not in said("mewc", o2=True)[1]
    assert "hypoxia" not in said("mewc", **MEWC_NORMAL, o2=False)[1]


def test_mewc_tables() -> None:
    criteria, severe = RULES["mewc"].tables
    assert criteria.rows == (
        ("SBP", "< 90 or > 160"),
        ("DBP", "> 100"),
        ("HR", "< 50 or > 120"),
        ("RR", "< 10 or > 30"),
        ("SpO2", "< 95"),
        ("oliguria", "< 35 mL/h for ≥ 2 h"),
        ("neuro", "agitation, confusion or unresponsiveness"),
        ("preeclampsia_sx", "pre-eclampsia with lasting headache or shortness of breath"),
    )
    assert severe.rows == (("systolic", "160"), ("diastolic", "110"))
    assert severe.mark == "GK"


def test_meows_in_full() -> None:
    assert ask("meows", **{**MEOWS_NORMAL, "temp": None, "alert": "confused"}) == {
        "red": 0,
        "yellow": 1,
        "trigger": None,
        "missing": ["temp"],
        "bands": {**dict.fromkeys(MEOWS_NORMAL, "W"), "temp": None, "alert": "Y"},
        "ignored": (),
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("rr", 31), ("spo2", 94), ("temp", 34.9), ("sbp", 161), ("dbp", 101), ("pulse", 39)],
)
def test_meows_hands_each_value_to_its_finding(field: str, value: float) -> None:
    result = ask("meows", **{**MEOWS_NORMAL, field: value})
    assert result["bands"] == {**dict.fromkeys(MEOWS_NORMAL, "W"), field: "R"}
    assert (result["red"], result["trigger"]) == (1, True)


def test_meows_takes_other_names() -> None:
    case = {
        **{name: v for name, v in MEOWS_NORMAL.items() if name not in {"pulse", "alert"}},
        "hr": 45,
        "avpu": "unresponsive",
    }
    bands = ask("meows", **case)["bands"]
    assert (bands["pulse"], bands["alert"]) == ("Y", "R")


def test_meows_in_words() -> None:
    assert said("meows", **MEOWS_NORMAL) == (
        "MEOWS 未触发：红 0 项，黄 0 项。",
        "MEOWS not triggered: 0 red, 0 yellow.",
    )
    assert said("meows", **{**MEOWS_NORMAL, "sbp": 85, "rr": 21, "dbp": 95}) == (
        "MEOWS 触发，立即请产科评估：红 1 项，黄 2 项。红：收缩压。黄：呼吸、舒张压。",
        "MEOWS triggered, obstetric review now: 1 red, 2 yellow. Red: systolic pressure."
        " Yellow: respiratory rate, diastolic pressure.",
    )
    assert said("meows", **{**MEOWS_NORMAL, "alert": None}) == (
        "MEOWS 尚不能判断：红 0 项，黄 0 项。还需：意识。",
        "MEOWS cannot be decided yet: 0 red, 0 yellow. Still needed: consciousness.",
    )


def test_meows_tables() -> None:
    colours, alertness = RULES["meows"].tables
    assert colours.rows == (
        ("respiratory rate /min", "< 10", "≥ 10", "≤ 20", "> 30"),
        ("SpO2 %", "< 95", "≥ 95", "", ""),
        ("temperature Cel", "< 35", "≥ 36.1", "≤ 38", "> 38"),
        ("systolic pressure mmHg", "< 90", "≥ 101", "≤ 149", "> 160"),
        ("diastolic pressure mmHg", "", "", "≤ 89", "> 100"),
        ("pulse /min", "< 40", "≥ 51", "≤ 99", "> 120"),
    )
    assert alertness.rows == (("P U", "C V"),)

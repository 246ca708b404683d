"""NEWS2 as the command line asks it."""

from typing import Any

import pytest

from tests.unit.rules.scores import RULES, ask, refusal, said

NEWS2_NORMAL = {
    "rr": 16,
    "spo2": 97,
    "o2": False,
    "sbp": 120,
    "hr": 70,
    "acvpu": "A",
    "temp": 36.8,
}


def test_news2_in_full() -> None:
    assert ask("news2", **NEWS2_NORMAL) == {
        "total": 0,
        "lower_bound": 0,
        "red": False,
        "level": "none",
        "missing": [],
        "parts": dict.fromkeys(("rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"), 0),
        "ignored": (),
    }


@pytest.mark.parametrize("field", ["rr", "spo2", "o2", "sbp", "hr", "acvpu", "temp"])
def test_news2_takes_null_and_absence_for_missing(field: str) -> None:
    null = ask("news2", **{**NEWS2_NORMAL, field: None})
    absent = ask("news2", **{name: v for name, v in NEWS2_NORMAL.items() if name != field})
    assert null == absent
    assert (null["total"], null["missing"], null["level"]) == (None, [field], "none")
    assert null["parts"][field] is None


@pytest.mark.parametrize(("field", "value"), [("rr", 25), ("hr", 131), ("temp", 35), ("spo2", 91)])
def test_news2_hands_each_value_to_its_parameter(field: str, value: float) -> None:
    parts = ask("news2", **{**NEWS2_NORMAL, field: value})["parts"]
    assert {name for name, points in parts.items() if points} == {field}


def test_trap_01_a_copd_flag_never_changes_the_scale() -> None:
    case = {**NEWS2_NORMAL, "spo2": 88}
    result = ask("news2", **case, copd=True)
    assert (result["parts"]["spo2"], result["ignored"]) == (3, ("copd",))
    assert ask("news2", **case, scale=2)["parts"]["spo2"] == 0
    assert ask("news2", **case, scale=1) == ask("news2", **case, scale=None) == ask("news2", **case)


@pytest.mark.parametrize(
    ("word", "points"),
    [("a", 0), ("confusion", 3), ("new confusion", 3), ("V", 3), ("Pain", 3), ("Unresponsive", 3)],
)
def test_trap_04_words_of_consciousness(word: str, points: int) -> None:
    assert ask("news2", **{**NEWS2_NORMAL, "acvpu": word})["parts"]["acvpu"] == points


def test_an_unrecordable_pressure_scores_3() -> None:
    result = ask("news2", **{**NEWS2_NORMAL, "sbp": None, "sbp_code": "unrecordable"})
    assert (result["parts"]["sbp"], result["total"], result["level"]) == (3, 3, "urgent_ward")


def test_a_palpated_pressure_is_one_and_none_is_missing() -> None:
    assert ask("news2", **NEWS2_NORMAL, sbp_code="palpated") == ask("news2", **NEWS2_NORMAL)
    missing = ask("news2", **{**NEWS2_NORMAL, "sbp": None, "sbp_code": "palpated"})["missing"]
    assert missing == ["sbp"]


def test_an_unrecordable_pressure_with_a_number_is_refused() -> None:
    assert refusal("news2", sbp=0, sbp_code="unrecordable") == (
        "invalid_field: sbp: expected none with sbp_code unrecordable, got 0"
    )


def test_news2_in_words() -> None:
    assert said("news2", **NEWS2_NORMAL) == (
        "NEWS2 0 分：已测各项均正常。",
        "NEWS2 0: everything measured is normal.",
    )
    assert said("news2", rr=25, spo2=91, hr=115, acvpu="A") == (
        "NEWS2 至少 8 分（呼吸 3、血氧 3、脉搏 2）：危急，立即由具备重症能力的团队评估，持续监护。"
        "缺：吸氧、收缩压、体温。",
        "NEWS2 at least 8 (respiratory rate 3, SpO2 3, pulse 2): emergency, assessment by a team"
        " with critical-care skills, monitored."
        " Missing: oxygen, systolic pressure, temperature.",
    )
    assert said("news2")[1].startswith("NEWS2 at least 0: nothing was measured, so nothing can be")


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({"hr": 95}, "NEWS2 1 分（脉搏 1）：低危，继续观察。", "pulse 1): low, keep observing."),
        (
            {"acvpu": "C"},
            "NEWS2 3 分（意识 3）：有单项 3 分，紧急查看。",
            "consciousness 3): one parameter at 3, urgent look at the patient.",
        ),
        (
            {"o2": True, "temp": 35},
            "NEWS2 5 分（吸氧 2、体温 3）：紧急评估。",
            "(oxygen 2, temperature 3): urgent review.",
        ),
    ],
)
def test_news2_levels_in_words(changes: dict[str, Any], zh: str, en: str) -> None:
    words = said("news2", **{**NEWS2_NORMAL, **changes})
    assert words[0] == zh
    assert words[1].endswith(en)


def test_the_news2_chart_is_that_of_the_college() -> None:
    chart, response = RULES["news2"].tables
    assert chart.header == ("parameter", "3", "2", "1", "0", "1", "2", "3")
    assert chart.rows == (
        ("respiratory rate /min", "≤8", "", "9–11", "12–20", "", "21–24", "≥25"),
        ("SpO2 scale 1 %", "≤91", "92–93", "94–95", "≥96", "", "", ""),
        ("SpO2 scale 2 %, on air", "≤83", "84–85", "86–87", "≥88", "", "", ""),
        ("SpO2 scale 2 %, on oxygen", "≤83", "84–85", "86–87", "88–92", "93–94", "95–96", "≥97"),
        ("oxygen", "", "oxygen", "", "air", "", "", ""),
        ("systolic pressure mmHg", "≤90", "91–100", "101–110", "111–219", "", "", "≥220"),
        ("pulse /min", "≤40", "", "41–50", "51–90", "91–110", "111–130", "≥131"),
        ("consciousness", "", "", "", "A", "", "", "C V P U"),
        ("temperature Cel", "≤35.0", "", "35.1–36.0", "36.1–38.0", "38.1–39.0", "≥39.1", ""),
    )
    assert [row[:2] for row in response.rows] == [
        ("≥7", "emergency"),
        ("5–6", "urgent"),
        ("1–4 with one parameter at 3", "urgent_ward"),
        ("1–4", "low"),
        ("0", "none"),
        ("", "unknown"),
    ]

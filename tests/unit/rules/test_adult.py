"""Shock index, SIPA, qSOFA, GCS as the command line asks them; vectors of all adult scores."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.model import MEDICAL_DIRECTOR, Rule
from dispatch.rules.read import read_case
from tests.unit.rules.scores import RULES, ask, refusal, said

VECTORS = Path(__file__).parents[3].parent / "shared" / "clinical" / "vectors.json"


def test_the_rules_are_these() -> None:
    assert list(RULES) == ["news2", "mewc", "meows", "si", "sipa", "qsofa", "gcs"]
    assert {rule.version for rule in RULES.values()} == {"1"}
    assert RULES["meows"].owner == MEDICAL_DIRECTOR


def test_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("the reference vectors are not beside this checkout")
    rows = [row for row in json.loads(VECTORS.read_text()) if row["rule"] in RULES]
    assert len(rows) >= 46
    for row in rows:
        result = ask(row["rule"], **row["input"])
        assert result["ignored"] == (), row["id"]
        found = {name: result[name] for name in row["expected"]}
        assert found == row["expected"], row["id"]


@pytest.mark.parametrize(
    ("rate", "pressure", "is_over"),
    [
        (70, 120, False),
        (89, 100, False),
        (100, 100, False),
        (101, 100, True),
        (170, 100, True),
        (169, 100, True),
        (110, None, None),
        (80, 0, None),
    ],
)
def test_trap_14_rate_over_pressure_as_in_the_table(
    rate: float, pressure: float | None, is_over: bool | None
) -> None:
    adult_result = ask("si", hr=rate, sbp=pressure, age=10)
    child_result = ask("si", hr=rate, sbp=pressure, age=9)
    unknown = ask("si", hr=rate, sbp=pressure)
    assert adult_result["hr_over_sbp"] is child_result["hr_over_sbp"] is is_over
    assert adult_result["trauma_red"] is is_over
    assert child_result["trauma_red"] is unknown["trauma_red"] is None


def test_si_in_full() -> None:
    assert ask("si", hr=100, sbp=100, age_years=30) == {
        "si": 1.0,
        "obstetric_class": "alert",
        "adult_class": "strong",
        "hr_over_sbp": False,
        "trauma_red": False,
        "missing": [],
        "ignored": (),
    }


def test_si_in_words() -> None:
    assert said("si", hr=170, sbp=100, age=30) == (
        "休克指数 1.7：成人高度警戒，产科紧急。心率高于收缩压：创伤红色标准。",
        "Shock index 1.7: adult strong, obstetric urgent."
        " Heart rate above systolic pressure: red criterion in trauma.",
    )
    assert said("si", hr=95, sbp=100) == (
        "休克指数 0.95：成人警戒，产科警戒。",
        "Shock index 0.95: adult alert, obstetric alert.",
    )
    assert said("si", hr=70, sbp=120)[0] == "休克指数 0.583：成人暂可放心，产科暂可放心。"
    assert said("si", sbp=0) == (
        "休克指数不能计算，缺：心率、收缩压。",
        "No shock index; needed: heart rate, systolic pressure.",
    )


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            {"age": 4, "hr": 122, "sbp": 100},
            {"status": "normal", "si": 1.22, "cut": 1.22, "elevated": False, "missing": []},
        ),
        (
            {"age": 13, "hr": 91, "sbp": 100},
            {"status": "elevated", "si": 0.91, "cut": 0.9, "elevated": True, "missing": []},
        ),
        (
            {"age": 3, "hr": 150, "sbp": 90},
            {"status": "not_applicable", "si": None, "cut": None, "elevated": None, "missing": []},
        ),
        (
            {"age": 5, "hr": None, "sbp": 90},
            {"status": "incomplete", "si": None, "cut": 1.22, "elevated": None, "missing": ["hr"]},
        ),
        (
            {"hr": 90, "sbp": 100},
            {"status": "incomplete", "si": 0.9, "cut": None, "elevated": None, "missing": ["age"]},
        ),
    ],
)
def test_sipa_in_full(case: dict[str, Any], expected: dict[str, Any]) -> None:
    assert ask("sipa", **case) == {**expected, "ignored": ()}


def test_sipa_in_words() -> None:
    assert said("sipa", age=6, hr=123, sbp=100) == (
        "SIPA 1.23（该年龄界值 1.22）：升高，警惕休克。仅用于钝性创伤。",
        "SIPA 1.23 (cut at this age 1.22): elevated. For blunt trauma only.",
    )
    assert said("sipa", age=6, hr=80, sbp=100) == (
        "SIPA 0.8（该年龄界值 1.22）：正常。仅用于钝性创伤。",
        "SIPA 0.8 (cut at this age 1.22): normal. For blunt trauma only.",
    )
    assert said("sipa", age=17, hr=100, sbp=90) == (
        "SIPA 仅用于 4–16 岁钝性创伤。",
        "SIPA is for blunt trauma at 4-16 years only.",
    )
    assert said("sipa", hr=100, sbp=0) == (
        "SIPA 不能判断，缺：年龄、收缩压。",
        "SIPA cannot be decided; needed: age, systolic pressure.",
    )


def test_shock_tables() -> None:
    obstetric, adult_classes = RULES["si"].tables
    assert obstetric.rows == (("1.7", "urgent"), ("0.9", "alert"))
    assert adult_classes.rows == (("1", "strong"), ("0.9", "alert"))
    assert RULES["sipa"].tables[0].rows == (("4–6", "> 1.22"), ("7–12", "> 1"), ("13–16", "> 0.9"))


def test_qsofa_in_full() -> None:
    assert ask("qsofa", rr=22, altered=None) == {
        "lower": 1,
        "upper": 3,
        "positive": None,
        "missing": ["sbp", "gcs"],
        "parts": {"rr": 1, "sbp": None, "gcs": None},
        "ignored": (),
    }
    assert ask("qsofa", rr=16, sbp=100, altered=True)["positive"] is True
    assert ask("qsofa", rr=16, sbp=100, GCS=15)["positive"] is False


def test_qsofa_in_words() -> None:
    assert said("qsofa", rr=22, sbp=101, gcs=14) == (
        "qSOFA 2 分：阳性，警惕脓毒症。",
        "qSOFA 2: positive, think of sepsis.",
    )
    assert said("qsofa", rr=22, gcs=15) == (
        "qSOFA 1–2 分：尚不能判断。缺：收缩压。",
        "qSOFA 1–2: cannot be decided yet. Missing: systolic pressure.",
    )
    assert said("qsofa", sbp=120, gcs=15) == (
        "qSOFA 0–1 分：阴性，不能单独用来排除脓毒症。缺：呼吸。",
        "qSOFA 0–1: negative, which alone does not exclude sepsis. Missing: respiratory rate.",
    )
    assert said("qsofa", rr=16, sbp=80)[1].endswith("Missing: GCS or altered mentation.")
    assert said("qsofa", rr=16, sbp=80)[0].endswith("缺：GCS 或意识改变。")


def test_qsofa_table() -> None:
    assert RULES["qsofa"].tables[0].rows == (
        ("respiratory rate /min", "≥ 22"),
        ("systolic pressure mmHg", "≤ 100"),
        ("GCS", "< 15, or mentation altered"),
    )


def test_gcs_in_full() -> None:
    assert ask("gcs", e=4, v=5, m=6) == {
        "total": 15,
        "e": 4,
        "v": 5,
        "m": 6,
        "missing": [],
        "motor_below_6": False,
        "note": None,
        "ignored": (),
    }
    assert ask("gcs", E=4, V="nt", M=5.0) == {
        "total": None,
        "e": 4,
        "v": "NT",
        "m": 5,
        "missing": ["v"],
        "motor_below_6": True,
        "note": "component not testable/missing: report E,V,M separately",
        "ignored": (),
    }


@pytest.mark.parametrize("word", ["NT", "T", "c", "not testable", "tube", "swelling"])
def test_gcs_words_for_not_testable(word: str) -> None:
    assert ask("gcs", e=word, v=5, m=6)["e"] == "NT"


def test_gcs_missing_motor_is_no_number() -> None:
    result = ask("gcs", E=4, V=5, M=None)
    assert (result["total"], result["m"], result["missing"]) == (None, None, ["m"])
    assert result["motor_below_6"] is None


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ({"e": 5, "v": 5, "m": 6}, "e: expected a score from 1 to 4, or NT, got 5"),
        ({"e": 0, "v": 5, "m": 6}, "e: expected a score from 1 to 4, or NT, got 0"),
        ({"e": 4, "v": 6, "m": 6}, "v: expected a score from 1 to 5, or NT, got 6"),
        ({"e": 4, "v": 5, "m": 7}, "m: expected a score from 1 to 6, or NT, got 7"),
        ({"e": 4, "v": 5, "m": 5.5}, "m: expected a score from 1 to 6, or NT, got 5.5"),
        ({"e": 4, "v": 5, "m": True}, "m: expected a score from 1 to 6, or NT, got True"),
        ({"e": "x", "v": 5, "m": 6}, "e: expected a score from 1 to 4, or NT, got 'x'"),
    ],
)
def test_gcs_out_of_range_is_refused(case: dict[str, Any], text: str) -> None:
    assert refusal("gcs", **case) == f"invalid_field: {text}"


def test_gcs_in_words() -> None:
    assert said("gcs", e=4, v=5, m=6) == ("GCS 15（E4 V5 M6）。", "GCS 15 (E4 V5 M6).")
    assert said("gcs", e=1, v="NT", m=5) == (
        "GCS 无总分，分项报告 E1 VNT M5；未评或无法评：语言 V。"
        "运动分低于 6，不能遵嘱：创伤红色标准。",
        "No GCS total, report E1 VNT M5; not looked at or not testable: verbal."
        " Motor below 6, does not follow commands: red criterion in trauma.",
    )
    assert said("gcs", v=5)[1] == (
        "No GCS total, report E? V5 M?; not looked at or not testable: eyes, motor."
    )


def test_gcs_tables() -> None:
    components, avpu = RULES["gcs"].tables
    assert components.rows == (("eyes", "1", "4"), ("verbal", "1", "5"), ("motor", "1", "6"))
    assert avpu.rows == (("A", "15"), ("V", "13"), ("P", "8"), ("U", "3"))
    assert avpu.mark == "GK"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 300)
    | st.floats()
    | st.sampled_from([5e-324, 1e-300, 1e308, math.inf, 10**400])
    | st.text(max_size=5)
    | st.sampled_from(["A", "C", "v", "NT", "unrecordable", "palpated"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


@given(st.sampled_from(sorted(RULES)), st.data())
def test_whatever_comes_in_nothing_but_bad_payload_is_raised(
    name: str, data: st.DataObject
) -> None:
    rule: Rule = RULES[name]
    case = {
        field.name: data.draw(JSON)
        for field in rule.fields
        if data.draw(st.booleans(), label=field.name)
    }
    try:
        values, _ignored = read_case(rule, case)
        result = rule.evaluate(values)
    except BadPayload:
        return
    json.dumps(result, allow_nan=False)
    words = rule.explain(values, result)
    assert words.zh
    assert words.en

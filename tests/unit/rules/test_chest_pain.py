"""The ST-elevation rule as a case meets it, and what holds for both rules of the pathway."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.chest_pain import RULES, STEMI
from dispatch.rules.model import Rule
from dispatch.rules.read import read_case

VECTORS = Path(__file__).parents[3].parent / "shared" / "clinical" / "vectors.json"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def ask(rule: Rule, **case: Any) -> dict[str, Any]:
    return rule.evaluate(read_case(rule, case)[0])


def said(rule: Rule, **case: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, case)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


def cases(rule: Rule) -> st.SearchStrategy[dict[str, Any]]:
    """Cases with the rule's own fields, right and wrong."""
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    words = [word for field in rule.fields for word in (*field.choices, *field.words)]
    leads = st.dictionaries(
        st.sampled_from(["II", "iii", "aVF", "V2", "V3", "x"]), st.none() | st.floats(-3, 3)
    )
    lab = st.fixed_dictionaries(
        {},
        optional={
            "id": st.text(max_size=3) | st.none(),
            "drive_min": st.none() | st.floats(-1, 200),
            "open": st.none() | st.booleans(),
        },
    )
    values = st.sampled_from(words) | st.lists(lab, max_size=3) | leads | ANY_JSON
    return st.dictionaries(st.sampled_from(names), values, max_size=8)


def test_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("the reference vectors are not beside this checkout")
    rows = [row for row in json.loads(VECTORS.read_text()) if row["rule"] == "stemi"]
    assert len(rows) >= 15
    for row in rows:
        result = ask(STEMI, **row["input"])
        assert {name: result[name] for name in row["expected"]} == row["expected"], row["id"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_nothing_raises_but_bad_payload(rule: Rule, data: st.DataObject) -> None:
    case = data.draw(cases(rule))
    try:
        values, _ignored = read_case(rule, case)
        result = rule.evaluate(values)
    except BadPayload as error:
        assert ": " in error.detail
        return
    assert set(result) == {answer.name for answer in rule.answers}
    words = rule.explain(values, result)
    assert words.zh.endswith("。") and words.en.endswith(".")
    json.dumps(result, allow_nan=False)


def test_names_and_tables() -> None:
    assert [(rule.name, rule.version) for rule in RULES] == [("stemi", "1"), ("reperfusion", "1")]
    for rule in RULES:
        for table in rule.tables:
            assert table.rows and all(len(row) == len(table.header) for row in table.rows)
        assert {note.mark for note in rule.notes} == {"GK", "POLICY"}


def test_threshold_table_is_made_of_the_constants() -> None:
    assert STEMI.tables[0].rows == (
        ("V2, V3", "F", "any", ">= 1.5"),
        ("V2, V3", "M", "below 40", ">= 2.5"),
        ("V2, V3", "any", "any", ">= 2.0"),
        ("V7, V8, V9", "M", "below 40", ">= 1.0"),
        ("V7, V8, V9", "any", "any", ">= 0.5"),
        ("V3R, V4R", "M", "below 30", ">= 1.0"),
        ("V3R, V4R", "any", "any", ">= 0.5"),
        ("every other lead", "any", "any", ">= 1.0"),
    )


def test_stemi_fields_other_than_the_criteria() -> None:
    result = ask(STEMI, sex="M", age=60, st_mm={"II": 1.0, "III": 1.2}, t_upright=False)
    assert result == {
        "met": True,
        "leads": ["II", "III"],
        "pairs": [["II", "III"]],
        "valid": True,
        "not_valid_because": [],
        "needs": [],
        "missing": ["I", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"],
        "record_posterior": False,
        "urgent_cardiology_read": False,
        "needs_physician_confirmation": True,
    }


@pytest.mark.parametrize(("confirmed", "needed"), [(True, False), (False, True), (None, True)])
def test_a_physician_confirms_before_activation(confirmed: bool | None, needed: bool) -> None:
    result = ask(STEMI, st_mm={"II": 2}, physician_confirmed=confirmed)
    assert result["needs_physician_confirmation"] is needed


@pytest.mark.parametrize(
    ("flags", "because"),
    [
        ({"lbbb": True}, ["lbbb"]),
        ({"lvh": True, "paced": True}, ["lvh", "paced"]),
        ({"bandwidth": "monitor"}, ["monitor_bandwidth"]),
        ({"bandwidth": "Monitoring", "lbbb": True}, ["lbbb", "monitor_bandwidth"]),
    ],
)
@pytest.mark.parametrize("st_mm", [{"II": 2.0, "III": 2.0}, {"II": 0.0, "III": 0.0}])
def test_not_valid_is_never_not_met(
    flags: dict[str, Any], because: list[str], st_mm: dict[str, float]
) -> None:
    result = ask(STEMI, sex="M", age=60, st_mm=st_mm, **flags)
    assert (result["met"], result["valid"]) == (None, False)
    assert result["not_valid_because"] == because
    assert (result["record_posterior"], result["urgent_cardiology_read"]) == (None, None)


def test_flags_that_say_no_change_nothing() -> None:
    flags = {"lbbb": False, "lvh": False, "paced": False, "bandwidth": "diagnostic"}
    result = ask(STEMI, sex="F", age=70, st_mm={"V2": 1.5, "V3": 1.5}, **flags)
    assert (result["met"], result["valid"], result["not_valid_because"]) == (True, True, [])


def test_trap_17_a_monitor_trace_is_no_st_trace() -> None:
    over = {"V2": 3.0, "V3": 3.0}
    assert ask(STEMI, sex="M", age=60, st_mm=over, bandwidth="diagnostic")["met"] is True
    assert ask(STEMI, sex="M", age=60, st_mm=over, bandwidth="monitor")["met"] is None


def test_names_of_leads_and_of_sex_in_any_spelling() -> None:
    result = ask(STEMI, gender="女", age_years=40, st={"avf": 1, " Iii ": 1.0})
    assert (result["met"], result["leads"]) == (True, ["III", "aVF"])
    right = ask(STEMI, sex="male", age=50, st_mm={"v3r": 0.5, "v4R": 0.5})
    assert right["pairs"] == [["V3R", "V4R"]]


def test_order_of_leads_is_fixed() -> None:
    result = ask(STEMI, sex="M", age=60, st_mm={"aVF": 1, "V3": 2, "III": 1, "V2": 2, "II": 1})
    assert result["leads"] == ["II", "III", "aVF", "V2", "V3"]
    assert result["pairs"] == [["II", "III"], ["II", "aVF"], ["III", "aVF"], ["V2", "V3"]]


@pytest.mark.parametrize(
    ("case", "detail"),
    [
        ({"st_mm": {"V10": 1}}, "st_mm: expected leads I, II, III"),
        ({"st_mm": {"II": 1, "ii": 1}}, "st_mm: lead II is given twice"),
        ({"st_mm": {"II": True}}, "st_mm: expected a number in mm from -100 to 100, got True"),
        ({"st_mm": {"II": 101}}, "st_mm: expected a number in mm from -100 to 100, got 101"),
        ({"st_mm": {"II": -101}}, "st_mm: expected a number in mm from -100 to 100, got -101"),
        ({"st_mm": [1]}, "st_mm: expected a table"),
        ({"sex": "X"}, "sex: expected one of M, F, got 'X'"),
        ({"age": -1}, "age: expected a number in years from 0 to 150, got -1"),
    ],
)
def test_wrong_tracings_are_named(case: dict[str, Any], detail: str) -> None:
    with pytest.raises(BadPayload) as caught:
        ask(STEMI, **case)
    assert caught.value.reason == "invalid_field"
    assert caught.value.detail.startswith(detail)


def test_an_unknown_lead_is_shown_in_short() -> None:
    with pytest.raises(BadPayload) as caught:
        ask(STEMI, st_mm={"x" * 41: 1})
    assert caught.value.detail.endswith(f"got '{'x' * 40}'")


@pytest.mark.parametrize(
    ("case", "zh", "en"),
    [
        (
            {"sex": "M", "age": 60, "st_mm": {"II": 1, "III": 1, "aVF": 0}},
            "符合 STEMI 的 ST 段抬高标准。相邻导联达标：II+III。启动导管室前须由医师确认。",
            "ST elevation meets the STEMI criteria. Contiguous leads over threshold: II+III. "
            "A physician confirms before the cath lab is activated.",
        ),
        (
            {"sex": "M", "age": 60, "st_mm": {"II": 1, "V4": 1}, "physician_confirmed": True},
            "所给导联未达到 STEMI 标准，不能排除心肌梗死。达标但不相邻：II, V4。",
            "The leads given do not meet the STEMI criteria; this does not exclude infarction. "
            "Over threshold, but no contiguous pair: II, V4.",
        ),
        (
            {"st_mm": {"II": 0}, "lbbb": True, "paced": True, "physician_confirmed": True},
            "无法判断是否符合 STEMI 标准。标准不适用：左束支传导阻滞、起搏心律。",
            "Whether the STEMI criteria are met cannot be said. "
            "Not valid with LBBB, a paced rhythm.",
        ),
        (
            {"st_mm": {"V2": 1.7, "V3": 1.7}, "age": 50, "physician_confirmed": True},
            "无法判断是否符合 STEMI 标准。需要：sex。",
            "Whether the STEMI criteria are met cannot be said. Needed: sex.",
        ),
        (
            {"st_mm": {"V2": -0.5}, "t_upright": True, "physician_confirmed": True},
            "所给导联未达到 STEMI 标准，不能排除心肌梗死。"
            "V1–V3 孤立性压低伴 T 波直立，请加做 V7–V9。",
            "The leads given do not meet the STEMI criteria; this does not exclude infarction. "
            "Isolated depression in V1-V3 with upright T: record V7-V9.",
        ),
        (
            {
                "st_mm": {"aVR": 0.9, "V5": -1, "V6": -1, "I": -2},
                "physician_confirmed": True,
            },
            "所给导联未达到 STEMI 标准，不能排除心肌梗死。",
            "The leads given do not meet the STEMI criteria; this does not exclude infarction.",
        ),
        (
            {"st_mm": {"aVR": 1.0, "V5": -1, "V6": -1}, "physician_confirmed": True},
            "所给导联未达到 STEMI 标准，不能排除心肌梗死。达标但不相邻：aVR。"
            "aVR 抬高伴多导联压低：本身不是 STEMI，请心内科立即读图。",
            "The leads given do not meet the STEMI criteria; this does not exclude infarction. "
            "Over threshold, but no contiguous pair: aVR. "
            "aVR elevation with multilead depression: no STEMI by itself, cardiology reads now.",
        ),
    ],
)
def test_stemi_in_words(case: dict[str, Any], zh: str, en: str) -> None:
    assert said(STEMI, **case) == (zh, en)

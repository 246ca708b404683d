"""Conversion and codes as a case asks for them; and all rules on measured values with any input."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.measurements import CODE, CONVERT, RULES
from dispatch.rules.model import Rule
from dispatch.rules.read import read_case


def ask(rule: Rule, **given_: Any) -> dict[str, Any]:
    values, ignored = read_case(rule, given_)
    assert not ignored
    return rule.evaluate(values)


def said(rule: Rule, **given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, given_)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


# --- convert ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"value": 5, "from": "mmol/L", "to": "mg/dL", "item": "glucose"},
         {"value": 90.078, "unit": "mg/dL", "original": {"value": 5, "unit": "mmol/L"}}),
        ({"value": 90, "unit": "mg/dL", "to": "mmol/L", "item": "glucose"},
         {"value": 4.99567, "unit": "mmol/L", "original": {"value": 90, "unit": "mg/dL"}}),
        ({"value": 5, "from_unit": "kPa", "to_unit": "mmHg"},
         {"value": 37.5031, "unit": "mm[Hg]", "original": {"value": 5, "unit": "kPa"}}),
        ({"value": 98.6, "from": "°F", "target": "°C"},
         {"value": 37, "unit": "Cel", "original": {"value": 98.6, "unit": "[degF]"}}),
    ],
)  # fmt: skip
def test_convert(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    assert ask(CONVERT, **given_) == expected


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ({"value": 5, "from": "mmol/L", "to": "mg/dL"}, "cannot_convert: mmol/L to mg/dL is known"),
        ({"value": 5, "from": "kPa", "to": "°C"}, "cannot_convert: kPa and Cel measure different"),
        ({"value": 5, "from": "kPa"}, "missing_field: to"),
        ({"from": "kPa", "to": "mmHg"}, "missing_field: value"),
        ({"value": 5, "to": "mmHg"}, "missing_field: from"),
        ({"value": 5, "from": "stone", "to": "kg"}, "invalid_field: unit: one of"),
    ],
)
def test_convert_refuses(given_: dict[str, Any], error: str) -> None:
    with pytest.raises(BadPayload) as refused:
        ask(CONVERT, **given_)
    assert str(refused.value).startswith(error)


def test_convert_in_words() -> None:
    zh, en = said(CONVERT, value=98.6, **{"from": "F", "to": "C"})
    assert zh == "98.6 [degF] 等于 37 Cel（原值保留）。"
    assert en == "98.6 [degF] is 37 Cel; the measured value is kept."


# --- codes -----------------------------------------------------------------------------------


def test_all_codes_of_an_item() -> None:
    found = ask(CODE, item="SpO2")
    assert found["item"] == "spo2"
    assert found["items"] == [
        {
            "item": "spo2",
            "zh": "血氧饱和度",
            "en": "oxygen saturation by pulse oximetry",
            "loinc": [
                {"code": "59408-5", "mark": "source", "note": "by pulse oximetry"},
                {"code": "2708-6", "mark": "source", "note": "core code of the FHIR vital signs"},
            ],
            "mdc": [
                {
                    "code": "150456",
                    "mark": "source",
                    "note": "",
                    "name": "MDC_PULS_OXIM_SAT_O2",
                    "partition": 2,
                    "term": 19384,
                }
            ],
            "ucum": [{"code": "%", "mark": "source", "note": ""}],
            "nemsis": [{"code": "eVitals.12", "mark": "source", "note": ""}],
            "snomed": [],
        }
    ]


@pytest.mark.parametrize(
    ("given_", "item", "items"),
    [
        ({"item": "心率"}, "heart_rate", ["heart_rate"]),
        ({"item": "respiratory rate"}, "resp_rate", ["resp_rate"]),
        ({"system": "LOINC", "code": "8867-4"}, "heart_rate", ["heart_rate"]),
        ({"code": "8867-4"}, "heart_rate", ["heart_rate"]),
        ({"system": "IEEE 11073", "code": "19384"}, "spo2", ["spo2"]),
        ({"system": "MDC", "code": "MDC_RESP_RATE"}, "resp_rate", ["resp_rate"]),
        ({"mdc": 18949}, "systolic", ["systolic"]),
        ({"mdc": 150021}, "systolic", ["systolic"]),
        ({"system": "LOINC", "code": "150021"}, None, []),
        ({"code": "eVitals.10"}, None, ["heart_rate", "pulse_rate"]),
        ({"mdc": 0}, None, []),
    ],
)
def test_codes_to_items(given_: dict[str, Any], item: str | None, items: list[str]) -> None:
    found = ask(CODE, **given_)
    assert (found["item"], [one["item"] for one in found["items"]]) == (item, items)


def test_trap_25_both_mdc_forms_give_the_same_answer() -> None:
    assert ask(CODE, mdc=19384) == ask(CODE, mdc=150456)


@pytest.mark.parametrize("given_", [{}, {"item": "spo2", "mdc": 1}, {"code": "1", "mdc": 1}])
def test_one_question_at_a_time(given_: dict[str, Any]) -> None:
    with pytest.raises(BadPayload, match="exactly one of item, code and mdc is needed"):
        ask(CODE, **given_)


def test_codes_in_words() -> None:
    zh, en = said(CODE, item="resp_rate")
    assert zh == "呼吸频率：LOINC 9279-1, MDC 151562 (GK), UCUM /min, NEMSIS eVitals.14。"
    assert en.startswith("respiratory rate: LOINC 9279-1, MDC 151562 (GK)")
    assert said(CODE, code="none") == ("没有这个代码。", "No item carries this code.")


def test_the_page_shows_codes_with_their_mark() -> None:
    (table,) = CODE.tables
    assert table.header == ("item", "LOINC", "MDC", "UCUM", "NEMSIS", "SNOMED")
    row = next(row for row in table.rows if row[0] == "resp_rate")
    assert row == (
        "resp_rate", "9279-1 [source]", "151562 MDC_RESP_RATE [GK]", "/min [source]",
        "eVitals.14 [source]", "",
    )  # fmt: skip


# --- any input -------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_any_input_is_answered_in_json_or_refused(rule: Rule, data: st.DataObject) -> None:
    likely = {
        field.name: st.sampled_from(field.choices or ("kPa", "mmol/L", "8867-4", 0, 97, True))
        for field in rule.fields
    }
    names = data.draw(st.lists(st.sampled_from(sorted(likely)), max_size=6, unique=True))
    case = {name: data.draw(likely[name] | _JSON) for name in names}
    try:
        values, _ = read_case(rule, case)
        result = rule.evaluate(values)
        words = rule.explain(values, result)
    except BadPayload:
        return
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert set(result) == {answer.name for answer in rule.answers}
    assert words.zh and words.en

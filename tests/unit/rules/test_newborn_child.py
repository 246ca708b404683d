"""The rules newborn and child, asked as the command line asks them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.model import Rule
from dispatch.rules.newborn_child import CHILD, NEWBORN, RULES
from dispatch.rules.newborn_child_words import (
    CHILD_ASKS,
    CHILD_DECISIONS,
    CHILD_FINDINGS,
    INDICATIONS,
    NEWBORN_ASKS,
    NEWBORN_DECISIONS,
    NEWBORN_FINDINGS,
    NEWBORN_STEPS,
    TRIGGERS,
)
from dispatch.rules.read import read_case
from dispatch.triage import child, newborn


def ask(rule: Rule, **given: Any) -> dict[str, Any]:
    values, ignored = read_case(rule, given)
    assert ignored == ()
    return rule.evaluate(values)


def said(rule: Rule, **given: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, given)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


READY = [*newborn.STABLE_CHECKLIST, "keep_warm"]
NEWBORN_ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "R30",
        {"age_h": 2, "red_flags": ["temperature"], "actions": ["rewarm"], "missing": []},
        {"decision": "newborn_centre", "nicu_level": 2, "do": ["rewarm", *READY],
         "alert": "red", "send_team": False},
    ),
    ("R31", {"age_min": 3, "missing": []}, {"decision": "no_indication", "alert": None}),
    (
        "R32",
        {"age_min": 10, "flags": ["spo2"], "missing": []},
        {"decision": "newborn_centre", "indications": ["spo2"]},
    ),
    (
        "R33",
        {"age_min": 1, "red_flags": ["heart_rate"], "actions": ["compressions_3_to_1"]},
        {"decision": "resuscitate", "priority": "P1", "do": ["compressions_3_to_1"]},
    ),
    (
        "R34",
        {"ga": 30, "bw": 1300, "cpap": True},
        {"decision": "city_nicu", "nicu_level": 3, "send_team": True,
         "level_3_reasons": ["very_preterm", "very_light"]},
    ),
    (
        "R35",
        {"age_days": 1, "red_flags": ["glucose"], "actions": ["treat_glucose"], "missing": []},
        {"decision": "newborn_centre", "do": ["treat_glucose", *READY]},
    ),
    ("R36", {"age_days": 29}, {"newborn": False, "decision": "child_pathway", "needs": []}),
    ("R36 the day before", {"age_days": 28}, {"newborn": True}),
]  # fmt: skip
CHILD_ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "R37",
        {"age": 4, "npews": 9},
        {"decision": "child_centre", "level": "high", "alert": "red", "immediate": False},
    ),
    (
        "R38",
        {"age": 4, "npews": 0, "avpu": "P"},
        {"decision": "child_centre", "level": "emergency", "triggers": ["npews_emergency"]},
    ),
    (
        "R39",
        {"age": 8, "airway_obstructed": True},
        {"decision": "closest_ed", "immediate": True, "do": ["open_airway"]},
    ),
]


@pytest.mark.parametrize(
    ("rule", "case", "expected"),
    [(NEWBORN, *row[1:]) for row in NEWBORN_ROWS] + [(CHILD, *row[1:]) for row in CHILD_ROWS],
    ids=[row[0] for row in (*NEWBORN_ROWS, *CHILD_ROWS)],
)
def test_rows_of_the_reference(rule: Rule, case: dict[str, Any], expected: dict[str, Any]) -> None:
    result = ask(rule, **case)
    assert {name: result[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("rule", "case", "message"),
    [
        (NEWBORN, {"red_flags": ["cold"]}, "red_flags: expected some of resp_rate.*got 'cold'"),
        (NEWBORN, {"missing": [None]}, "missing: expected some of .* got None"),
        (NEWBORN, {"actions": [{}]}, r"actions: expected some of ventilate.*got \{\}"),
        (NEWBORN, {"age_min": 1, "age_days": 0}, "age: expected one of the ages, got age_min and"),
        (NEWBORN, {"fio2": 0.4}, "fio2: expected a number in % from 21 to 100, got 0.4"),
        (CHILD, {"npews": 27}, "npews: expected an integer from 0 to 26, got 27"),
        (CHILD, {"avpu": "C"}, "avpu: expected one of A, V, P, U, got 'C'"),
    ],
)
def test_what_cannot_be_meant(rule: Rule, case: dict[str, Any], message: str) -> None:
    with pytest.raises(BadPayload, match=message):
        ask(rule, **case)


@pytest.mark.parametrize(
    "age", [{"age_days": 29}, {"age_hours": 29 * 24}, {"age_min": 29 * 24 * 60}]
)
def test_any_age_unit(age: dict[str, float]) -> None:
    name, value = next(iter(age.items()))
    assert ask(NEWBORN, **age)["newborn"] is False
    assert ask(NEWBORN, **{name: value - 0.01})["newborn"] is True


def test_flags_left_out_are_unknown() -> None:
    assert ask(NEWBORN)["asks"] == ["age", *newborn.RED_FLAGS]
    assert ask(NEWBORN, red_flags=[])["decision"] == "undecided"
    assert ask(NEWBORN, missing=[])["decision"] == "no_indication"
    assert ask(NEWBORN, arrival_temp=36.4)["arrived_warm"] is False


def test_every_value_reaches_the_pathway() -> None:
    assert ask(NEWBORN, fio2=41, missing=[])["level_3_reasons"] == ["high_oxygen"]
    assert ask(NEWBORN, cpap=True, stable=False)["decision"] == "nearest_then_team"
    assert ask(CHILD, age_days=28)["decision"] == "newborn_pathway"
    assert ask(CHILD, npews_level="high", stable=False)["decision"] == "nearest_then_picu"
    assert ask(CHILD, spo2=89)["triggers"] == ["low_saturation"]
    assert ask(CHILD, seizing_min=5)["triggers"] == ["status_epilepticus"]
    assert ask(CHILD, sepsis=True)["needs"][0]["requires"] == ["picu"]
    assert ask(CHILD, age=4, npews=0, spo2=95)["decision"] == "no_trigger"


def test_newborn_in_words() -> None:
    zh, en = said(
        NEWBORN, age_h=2, red_flags=["temperature"], actions=["rewarm"], missing=[], stable=True
    )
    assert zh == (
        "送危重新生儿救治中心。指征：体温异常。"
        "现在就做：复温、血糖、体温、气道、血压、化验、家属支持、到达时体温 36.5–37.5 °C。"
    )
    assert en == (
        "Newborn centre. Because: temperature out of range. Now: rewarm, sugar, temperature, "
        "airway, blood pressure, lab work, support for the family, arrive at 36.5-37.5 Cel."
    )
    assert said(NEWBORN, age_days=29) == (
        "出生超过 28 天：按儿童路径（NPEWS 0–11 月）。",
        "Older than 28 days: child pathway (NPEWS 0-11 months).",
    )


def test_child_in_words() -> None:
    assert said(CHILD, age=8, airway_not_relieved=True) == (
        "立即送最近急诊。指征：气道梗阻未解除。现在就做：开放气道。请问清：NPEWS、血氧。",
        "Closest emergency department now. Because: airway not relieved. Now: open the airway. "
        "Find out: NPEWS, saturation.",
    )
    assert said(CHILD, age=4, npews=6, spo2=97) == (
        "NPEWS 中：就近，30 分钟内由医师评估。",
        "NPEWS medium: nearest hospital, assessed within 30 minutes.",
    )


def test_every_code_has_words() -> None:
    assert set(NEWBORN_FINDINGS) == set(newborn.FINDINGS)
    assert {*newborn.FINDINGS, *newborn.RED_FLAGS} <= set(INDICATIONS)
    assert {*newborn.RED_FLAGS, "age", "stable"} <= set(NEWBORN_ASKS)
    assert {*newborn.ACTIONS, *READY, "resuscitate"} == set(NEWBORN_STEPS)
    assert set(NEWBORN_DECISIONS) == {
        "resuscitate", "nearest_then_team", "city_nicu", "newborn_centre", "no_indication",
        "undecided", "child_pathway",
    }  # fmt: skip
    assert set(CHILD_FINDINGS) == set(child.FINDINGS)
    assert set(ask(CHILD)["undecided"]) == set(TRIGGERS)
    assert set(CHILD_ASKS) == {"age", "age_days", "npews_level", "spo2", "stable"}
    others = {"no_trigger", "undecided", "newborn_pathway", "adult_pathway"}
    assert set(CHILD_DECISIONS) == {*child.PLANS, *others}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_answers_are_described(rule: Rule) -> None:
    values, _ignored = read_case(rule, {})
    assert [answer.name for answer in rule.answers] == list(rule.evaluate(values))
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names))


def test_tables_are_made_from_what_decides() -> None:
    tables = {table.title: table.rows for table in CHILD.tables}
    assert tables["NPEWS level by total"] == (
        ("0", "none"), ("1", "low"), ("5", "medium"), ("9", "high"), ("13", "emergency")
    )  # fmt: skip
    assert ("spo2_below_pct", "90") in tables["Numbers of the policy"]
    numbers = {table.title: table.rows for table in NEWBORN.tables}["Numbers of the policy"]
    assert ("level_3_below_g", "1500") in numbers and ("last_day", "28") in numbers


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_no_input_raises_anything_but_bad_payload(rule: Rule, data: st.DataObject) -> None:
    names = st.sampled_from([field.name for field in rule.fields])
    likely = _JSON | st.booleans() | st.floats(0, 45) | st.sampled_from([["seizure"], "P"])
    raw = data.draw(st.dictionaries(names, likely, max_size=8))
    try:
        values, _ignored = read_case(rule, raw)
        result = rule.evaluate(values)
    except BadPayload:
        return
    words = rule.explain(values, result)
    assert words.zh and words.en
    json.dumps(result, allow_nan=False)

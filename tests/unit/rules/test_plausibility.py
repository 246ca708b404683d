"""Plausibility as a case asks for it: V1-V14, traps, words, refusals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.plausibility import PLAUSIBILITY
from dispatch.rules.read import read_case
from telemetry.codes import ITEMS, LIMITS

SHORT = ("hr", "pr", "spo2", "sbp", "dbp", "map", "rr", "temp", "etco2", "glucose", "gcs", "fio2",
         "weight")  # fmt: skip


def judged(**given_: Any) -> dict[str, Any]:
    values, ignored = read_case(PLAUSIBILITY, given_)
    assert not ignored
    return PLAUSIBILITY.evaluate(values)


def said(**given_: Any) -> tuple[str, str]:
    values, _ignored = read_case(PLAUSIBILITY, given_)
    words = PLAUSIBILITY.explain(values, PLAUSIBILITY.evaluate(values))
    return words.zh, words.en


ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("V1", {"item": "SpO2", "value": 0, "quality": "probe_off"},
     {"verdict": "missing", "missing": True, "scored": False, "value": 0}),
    ("V1", {"item": "SpO2", "value": 0, "context": "probe-off"}, {"verdict": "missing"}),
    ("V1", {"spo2": 0, "probe_off": True}, {"item": "spo2", "verdict": "missing"}),
    ("V2", {"item": "SpO2", "value": 101},
     {"verdict": "reject", "reject": True, "keep": False, "value": 101}),
    ("V3", {"item": "HR", "value": 0, "context": "asystole alarm"},
     {"verdict": "keep", "value": 0, "priority": "P1", "scored": True}),
    ("V3", {"hr": 0, "asystole": True}, {"verdict": "keep", "value": 0, "priority": "P1"}),
    ("V4", {"item": "HR", "value": 0, "quality": "leads off"},
     {"verdict": "missing", "priority": None}),
    ("V5", {"item": "T", "value": 24.0},
     {"verdict": "flag", "keep": True, "flag": True, "scored": True}),
    ("V6", {"item": "temperature", "value": 98.6},
     {"verdict": "reject", "value": 98.6, "unit": "Cel", "hint": "fahrenheit?", "ask": "unit"}),
    ("V7", {"item": "SBP", "value": 80, "dbp": 95},
     {"verdict": "reject", "reasons": ["pulse_pressure"]}),
    ("V7", {"sbp": 80, "dbp": 95}, {"verdict": "reject", "item": None, "scored": False}),
    ("V8", {"item": "EtCO2", "value": 8, "cpr": True},
     {"verdict": "keep", "flag": False, "scored": True, "reasons": ["cpr"]}),
    ("V8", {"etco2": 8, "context": "during CPR"}, {"verdict": "keep"}),
    ("V9", {"item": "glucose", "value": 90, "unit": "mmol/L"},
     {"verdict": "reject", "ask": "unit", "hint": "mg/dL?"}),
    ("V10", {"item": "glucose", "value": "low"},
     {"verdict": "keep", "value": "Low", "critical": "low", "scored": False}),
    ("V11", {"item": "RR", "value": 0, "talking": True},
     {"verdict": "flag", "scored": False, "reasons": ["unusual", "artefact"]}),
    ("V11", {"rr": 0, "context": "patient talking"}, {"verdict": "flag", "scored": False}),
    ("V12", {"item": "NIBP", "value": 120, "age_min": 12},
     {"verdict": "stale", "missing": True, "scored": False, "value": 120}),
    ("V12", {"item": "SBP", "value": 120, "age_s": 720}, {"verdict": "stale"}),
    ("V13", {"item": "HR", "value": 160, "pr": 80, "af": True},
     {"verdict": "keep", "flag": False, "scored": True}),
    ("V13", {"item": "SpO2", "value": 97, "hr": 160, "pr": 80},
     {"verdict": "flag", "reasons": ["rates_differ"]}),
    ("V14", {"item": "weight", "value": 0.9, "newborn": True}, {"verdict": "keep", "flag": False}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "given_", "expected"), ROWS)
def test_rows_of_the_reference(row: str, given_: dict[str, Any], expected: dict[str, Any]) -> None:
    found = judged(**given_)
    assert {key: found[key] for key in expected} == expected, row


def test_v7_and_v13_say_it_of_each_value() -> None:
    pair = judged(sbp=80, dbp=95)["items"]
    assert {short: one["verdict"] for short, one in pair.items()} == {
        "sbp": "reject",
        "dbp": "reject",
    }
    rates = judged(hr_ecg=160, pr=80, spo2=97)["items"]
    assert {short: one["verdict"] for short, one in rates.items()} == {
        "hr": "keep",
        "pr": "keep",
        "spo2": "flag",
    }


def test_the_whole_answer() -> None:
    found = judged(item="T", value=98.6)
    one = {
        "verdict": "reject",
        "keep": False,
        "flag": False,
        "reject": True,
        "missing": False,
        "scored": False,
        "reasons": ["impossible"],
        "value": 98.6,
        "unit": "Cel",
        "ask": "unit",
        "hint": "fahrenheit?",
        "critical": None,
        "priority": None,
    }
    assert found == {"item": "temp", **one, "items": {"temp": one}}
    assert list(found) == [answer.name for answer in _in_order(found)]


def _in_order(found: dict[str, Any]) -> list[Any]:
    answers = {answer.name: answer for answer in PLAUSIBILITY.answers}
    return [answers[name] for name in found]


def test_of_several_values_the_gravest_speaks() -> None:
    found = judged(hr=70, temp=24.0, spo2=101, rr=16)
    assert (found["item"], found["verdict"], found["scored"]) == (None, "reject", False)
    assert found["reasons"] == ["impossible", "unusual"]
    assert (found["value"], found["unit"], found["ask"], found["hint"]) == (None,) * 4
    assert judged(hr=70, rr=16)["scored"] is True
    assert judged(hr=70, temp=24.0)["verdict"] == "flag"
    assert judged(hr=70, spo2=0, probe_off=True)["verdict"] == "missing"
    assert judged(hr=70, temp=24.0, age_s=61)["verdict"] == "stale"
    assert judged(hr=70, spo2=0, probe_off=True, age_s=61)["verdict"] == "missing"
    assert judged(hr=70, spo2=0, sbp=301, probe_off=True)["verdict"] == "reject"


def test_the_devices_word_concerns_what_it_can_concern() -> None:
    found = judged(hr=0, rr=0, spo2=97, pr=80, sbp=120, leads_off=True)["items"]
    missing = [short for short, one in found.items() if one["missing"]]
    assert missing == ["hr", "rr"]
    found = judged(hr=80, spo2=97, pr=80, temp=37, probe_off=True)["items"]
    assert [short for short, one in found.items() if one["missing"]] == ["pr", "spo2"]
    found = judged(hr=80, spo2=97, weight=70, artefact=True)["items"]
    assert all(one["missing"] for one in found.values())
    found = judged(hr=0, pr=0, spo2=97, asystole=True)["items"]
    assert [one["priority"] for one in found.values()] == ["P1", "P1", None]


def test_the_devices_word_is_of_the_item_asked_about() -> None:
    found = judged(item="temp", value=37, hr=70, probe_off=True)["items"]
    assert (found["temp"]["missing"], found["hr"]["missing"]) == (True, False)
    found = judged(item="spo2", value=97, hr=0, quality="leads_off")["items"]
    assert (found["spo2"]["missing"], found["hr"]["missing"]) == (True, False)


def test_leads_off_wins_over_an_asystole_alarm() -> None:
    found = judged(item="hr", value=0, quality="asystole", context="leads_off")
    assert (found["verdict"], found["reasons"]) == ("missing", ["leads_off"])


def test_three_ways_to_say_the_same() -> None:
    for way in ({"quality": "poor perfusion"}, {"context": "pleth_poor"}, {"poor_perfusion": True}):
        found = judged(item="spo2", value=97, **way)
        assert (found["verdict"], found["scored"]) == ("flag", False)
    assert judged(item="spo2", value=97, poor_perfusion=False, quality="ok")["verdict"] == "keep"


def test_a_child_and_a_newborn() -> None:
    for who in ({"child": True}, {"newborn": True}, {"context": "is_child"}):
        assert judged(item="hr", value=39, **who)["verdict"] == "flag"
        assert judged(item="hr", value=280, **who)["verdict"] == "keep"
    assert judged(item="hr", value=39)["verdict"] == "keep"


def test_age_method_repeat_and_gap() -> None:
    assert judged(item="hr", value=70, age_min=1)["verdict"] == "keep"
    assert judged(item="hr", value=70, age_s=60.5)["verdict"] == "stale"
    assert judged(item="hr", value=70, age_min=10, method="manual")["verdict"] == "keep"
    assert judged(item="sbp", value=120, age_min=2, method="arterial")["verdict"] == "stale"
    assert judged(item="sbp", value=120, repeat=True)["reasons"] == ["same_measurement"]
    assert judged(item="sbp", value=120, repeat=False)["verdict"] == "keep"
    assert judged(item="spo2", value=97, hr=160, pr=80, gap_s=10)["verdict"] == "keep"
    assert judged(item="spo2", value=97, hr=160, pr=80, gap_s=11)["verdict"] == "flag"


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("HR", "hr"),
        ("heart rate", "hr"),
        ("HR_ecg", "hr"),
        ("Pulse", "pr"),
        ("SPO2", "spo2"),
        ("nibp", "sbp"),
        ("systolic", "sbp"),
        ("DBP", "dbp"),
        ("MAP", "map"),
        ("RR", "rr"),
        ("T", "temp"),
        ("T °C", "temp"),
        ("temperature", "temp"),
        ("EtCO2 mmHg", "etco2"),
        ("glucose mmol/L", "glucose"),
        ("GCS", "gcs"),
        ("FiO2 %", "fio2"),
        ("weight kg", "weight"),
    ],
)
def test_names_of_items(name: str, item: str) -> None:
    assert judged(item=name, value=40)["item"] == item
    assert judged(name=name, value=40)["item"] == item


def test_every_item_has_a_field_and_a_name() -> None:
    assert tuple(field.name for field in PLAUSIBILITY.fields[-len(ITEMS) :]) == SHORT
    for item, short in zip(ITEMS, SHORT, strict=True):
        assert judged(**{item: 40})["item"] == short
        assert judged(item=item, value=40)["item"] == short


def test_nothing_was_measured() -> None:
    found = judged(item="hr")
    assert (found["verdict"], found["reasons"]) == ("missing", ["not_measured"])
    assert judged(item="hr", value=None)["verdict"] == "missing"
    assert judged(item="hr", asystole=True)["priority"] == "P1"


def test_the_value_may_stand_under_its_own_name() -> None:
    assert judged(item="temp", temp=24.0)["verdict"] == "flag"
    glucose = judged(item="glucose", glucose=90, unit="mg/dl")
    assert (glucose["verdict"], glucose["value"], glucose["ask"]) == ("keep", 90, "convert")


def test_trap_12_a_word_for_a_number() -> None:
    assert judged(item="glucose", value="High")["critical"] == "high"
    assert judged(item="glucose", value=" LOW ")["critical"] == "low"
    assert judged(item="dbp", value="p")["critical"] is None


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ({}, "missing_field: item: one of hr, pr, spo2, sbp,"),
        ({"value": 7}, "missing_field: item: one of hr"),
        ({"value": "Low"}, "missing_field: item: one of hr"),
        ({"hr": 70, "value": 7}, "missing_field: item: one of hr"),
        ({"glucose": 7, "unit": "mmol/L"}, "missing_field: item: one of hr"),
        ({"item": "hr", "value": 7, "hr": 8}, "invalid_field: value: given as value and as hr"),
        ({"item": "hr", "value": "Low"}, "invalid_field: value: heart_rate is a number, got 'Low'"),
        ({"item": "hr", "value": 7, "age_s": 1, "age_min": 1}, "invalid_field: age_s: given as"),
        ({"item": "hr", "value": 7, "unit": "mmHg"}, "invalid_field: unit: heart_rate is in /min"),
        ({"item": "hr", "value": 7, "unit": "furlong"}, "invalid_field: unit: one of /min, %"),
        ({"item": "soul", "value": 21}, "invalid_field: item: expected one of hr"),
        ({"item": "hr", "value": "fast"}, "invalid_field: value: expected a number"),
        ({"item": "hr", "value": 7, "age_s": -1}, "invalid_field: age_s: expected a number in s"),
        ({"item": "etco2", "value": 1e308, "unit": "kPa"}, "cannot_convert: 1e+308 kPa is beyond"),
    ],
)
def test_refusals(given_: dict[str, Any], error: str) -> None:
    with pytest.raises(BadPayload) as refused:
        judged(**given_)
    assert str(refused.value).startswith(error)


@pytest.mark.parametrize(
    ("given_", "zh", "en"),
    [
        ({"item": "T", "value": 98.6},
         "体温 98.6 Cel：不可能，不采用（原值保留）；超出可能范围（是否为 fahrenheit?）。"
         "请核对单位。",
         "temp 98.6 Cel: cannot be true, not used (kept raw); outside what is possible"
         " (fahrenheit?). Which unit is it?"),
        ({"item": "glucose", "value": "Low"},
         "血糖 Low：可信；低于血糖仪量程，按危急低血糖处理。",
         "glucose Low: believed; below the meter: treat as critically low."),
        ({"item": "hr"}, "心率 —：未测到，按缺失处理；没有数值。",
         "hr —: not measured: missing; no value was given."),
        ({"hr": 70, "pr": 71}, "心率 70 /min：可信。脉率 71 /min：可信。",
         "hr 70 /min: believed. pr 71 /min: believed."),
        ({"item": "SBP", "value": 120, "age_min": 12},
         "收缩压 120 mm[Hg]：过时，不参与评分，灰色显示；测量时间过久。请重新测量。",
         "sbp 120 mm[Hg]: too old: not scored, shown grey; measured too long ago."
         " Please measure again."),
    ],
)  # fmt: skip
def test_plausibility_in_words(given_: dict[str, Any], zh: str, en: str) -> None:
    assert said(**given_) == (zh, en)


def test_the_page_shows_the_limits_that_decide() -> None:
    limits, between, words = PLAUSIBILITY.tables
    assert limits.rows[0] == ("hr", "/min", "0-350", "20-250", "40-300")
    assert limits.rows[9] == ("glucose", "mmol/L", "0.3-60", "2.2-33", "")
    assert len(limits.rows) == len(LIMITS)
    assert [row[1] for row in between.rows] == ["5", "15", "30", "10", "60", "600"]
    assert ("glucose", "Low", "below_meter", "low") in words.rows
    assert ("dbp", "P", "palpated", "") in words.rows
    assert {note.mark for note in PLAUSIBILITY.notes} == {"POLICY"}


@given(st.dictionaries(st.sampled_from(SHORT), st.floats(-10, 500), min_size=2, max_size=6))
def test_a_value_removed_never_turns_a_refused_one_alone_into_a_kept_one(
    values: dict[str, float],
) -> None:
    whole = judged(**values)["items"]
    gone = sorted(values)[0]
    rest = judged(**{short: value for short, value in values.items() if short != gone})["items"]
    for short, one in rest.items():
        if "impossible" in one["reasons"]:
            assert whole[short]["verdict"] == "reject"
        if one["verdict"] == "flag" and "unusual" in one["reasons"]:
            assert whole[short]["verdict"] in ("flag", "reject")

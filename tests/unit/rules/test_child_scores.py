"""The rules for children and newborns as the register asks them: cases in, answers out."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules import child_scores, newborn_scores, whom
from dispatch.rules.model import Rule
from dispatch.rules.read import read_case

VECTORS = Path(__file__).parents[3].parent / "shared" / "clinical" / "vectors.json"
RULES: dict[str, Rule] = {
    rule.name: rule for rule in (*child_scores.RULES, *newborn_scores.RULES, *whom.RULES)
}
CALM = {"rr": 22, "distress": "none", "spo2": 98, "device": "air", "hr": 95, "sbp": 100, "crt": 2}


def ask(rule: str, **given_fields: Any) -> dict[str, Any]:
    values, ignored = read_case(RULES[rule], given_fields)
    assert ignored == ()
    return RULES[rule].evaluate(values)


def said(rule: str, **given_fields: Any) -> tuple[str, str]:
    values, _ignored = read_case(RULES[rule], given_fields)
    words = RULES[rule].explain(values, RULES[rule].evaluate(values))
    return words.zh, words.en


def refused(rule: str, **given_fields: Any) -> str:
    with pytest.raises(BadPayload) as caught:
        ask(rule, **given_fields)
    return str(caught.value)


def test_names() -> None:
    assert list(RULES) == [
        "npews", "bedside_pews", "brighton_pews", "apgar", "newborn_temperature", "newborn_spo2",
        "newborn_red_flags", "which_score", "paediatric_range",
    ]  # fmt: skip


def test_reference_vectors() -> None:
    if not VECTORS.exists():
        pytest.skip("the reference vectors are not beside this checkout")
    rows = [row for row in json.loads(VECTORS.read_text()) if row["rule"] in RULES]
    assert len(rows) >= 24
    for row in rows:
        found = ask(row["rule"], **row["input"])
        assert {name: found[name] for name in row["expected"]} == row["expected"], row["id"]


@pytest.mark.parametrize(
    ("temp", "name"), [(31.9, "severe"), (32.0, "moderate"), (35.9, "moderate"), (36.5, "normal")]
)
def test_newborn_temperature_rows(temp: float, name: str) -> None:
    assert ask("newborn_temperature", temp=temp) == {"class": name, "missing": []}
    assert ask("newborn_temperature", axillary=temp)["class"] == name
    assert ask("newborn_temperature") == {"class": None, "missing": ["temp"]}


def test_apgar_rows() -> None:
    none = ask("apgar", hr=0, resp=0, tone=0, reflex=0, colour=0, minute=1)
    assert (none["total"], none["apgar"], none["red_flag"]) == (0, 0, True)
    well = ask("apgar", HR=120, resp=2, tone=2, reflex=2, colour=1)
    assert well == {
        "total": 9,
        "apgar": 9,
        "lower_bound": 9,
        "missing": [],
        "parts": {"hr": 2, "resp": 2, "tone": 2, "reflex": 2, "colour": 1},
        "red_flag": None,
        "loinc": None,
    }
    words = ask("apgar", hr=90, resp="Good cry", tone="limp", reflex="grimace",
                color="all pink", minute=5)  # fmt: skip
    assert words["parts"] == {"hr": 1, "resp": 2, "tone": 0, "reflex": 1, "colour": 2}
    assert (words["loinc"], words["red_flag"]) == ("48333-9", False)
    assert ask("apgar", minute=10)["loinc"] == "48332-1"
    assert ask("apgar", hr=80, resp=1, tone=1, reflex=1, colour=1, minute=5)["red_flag"] is True
    assert ask("apgar", hr=80, resp=1, tone=1, reflex=1, colour=1, minute=1)["red_flag"] is False
    for wrong in (3, -1, 1.5, "floppy", True):
        assert "tone: expected" in refused("apgar", tone=wrong)
    assert "minute: expected 1, 5 or 10, got 3" in refused("apgar", minute=3)
    assert "hr: 2 reads as points" in refused("apgar", hr=2)


def test_child_pathway_rows() -> None:
    r37 = ask("npews", age_y=4, rr=50, distress="mild", spo2=92, device="NP", lpm=2, hr=150,
              sbp=79, crt=2)  # fmt: skip
    assert (r37["total"], r37["level"], r37["final"], r37["band"]) == (9, "high", "high", "1-4y")
    r38 = ask("npews", band="1-4y", **{**CALM, "avpu": "P", "rr": 30, "sbp": 90})
    assert (r38["total"], r38["level"], r38["final"]) == (0, "none", "emergency")
    assert (r38["triggers"], r38["lower_bound"]) == (["avpu_P"], 0)


def test_newborn_rows() -> None:
    r30 = ask("newborn_red_flags", minutes=120, temp=35.2, spo2=93)
    assert (r30["flags"], r30["temperature_class"]) == (["temperature"], "moderate")
    assert (r30["actions"], r30["red_flag"]) == (["rewarm"], True)
    r31, r32 = (ask("newborn_spo2", minutes=at, spo2=72) for at in (3, 10))
    assert r31 == {
        "target_low": 70, "target_high": 75, "status": "in_range", "alarm": False, "missing": []
    }  # fmt: skip
    assert (r32["target_low"], r32["status"], r32["alarm"]) == (85, "below", True)
    assert ask("newborn_spo2")["missing"] == ["minutes", "spo2"]
    r33 = ask("newborn_red_flags", hr=58, after_ppv=True)
    assert (r33["flags"], r33["actions"]) == (["heart_rate"], ["compressions_3_to_1"])
    r34 = ask("newborn_red_flags", ga=30, weight_g=1300)
    assert r34["flags"] == ["gestation", "weight"]
    r36 = ask("which_score", age_d=29)
    assert (r36["group"], r36["npews_band"], r36["scores"]) == ("child", "0-11m", ["npews"])


def test_trap_12_glucose_needs_a_unit_that_can_be() -> None:
    for value, unit in ((2.5, "mmol/L"), (45, "mg/dL")):
        found = ask("newborn_red_flags", glucose=value, glucose_unit=unit)
        assert (found["glucose_mmol_l"], found["flags"]) == (2.5, ["glucose"])
        assert found["actions"] == ["treat_glucose"]
    assert ask("newborn_red_flags", glucose_code="Low")["flags"] == ["glucose"]
    high = ask("newborn_red_flags", glucose_code="High")
    assert (high["flags"], "glucose" in high["missing"]) == ([], False)
    assert refused("newborn_red_flags", glucose=2.5).startswith("missing_field: glucose_unit")
    for value, unit in ((90, "mmol/L"), (60.1, "mmol/L"), (0.29, "mmol/L"), (2.5, "mg/dL")):
        assert "check the unit" in refused("newborn_red_flags", glucose=value, glucose_unit=unit)
    for value in (0.3, 60):
        ask("newborn_red_flags", glucose=value, glucose_unit="mmol/L")
    both = refused("newborn_red_flags", glucose=4, glucose_unit="mmol/L", glucose_code="low")
    assert both == "invalid_field: glucose_code: given beside a number"


def test_oxygen_in_percent_is_no_fraction() -> None:
    for pct in (0.4, 1):
        assert "percent are expected" in refused("npews", device="FM", pct=pct)
    assert ask("npews", device="FM", pct=1.1)["parts"]["o2"] == 0
    assert ask("npews", device="FM", pct=0)["parts"]["o2"] == 0
    assert ask("npews", device="bp")["parts"]["o2"] == 4
    assert ask("npews", device="nasal cannula", lpm=2)["parts"]["o2"] == 2
    assert "expected one of air, NP" in refused("npews", device="straw")


def test_trap_06_the_band_follows_the_birthday() -> None:
    eve = ask("npews", born="2020-11-24", at="2025-11-23T23:59:00+08:00", hr=150)
    day = ask("npews", born="2020-11-24", at="2025-11-24T00:00:00+08:00", hr=150)
    assert (eve["band"], eve["parts"]["hr"]) == ("1-4y", 2)
    assert (day["band"], day["parts"]["hr"]) == ("5-12y", 2)
    assert ask("npews", band="5-12Y", born="2020-11-24", on="2025-11-24")["band"] == "5-12y"
    assert ask("npews", hr=150)["missing"][0] == "rr"
    assert "band: 1-4y is given, but the age says 5-12y" in refused("npews", band="1-4y", age=5)
    assert ask("bedside_pews", age_m=2)["band"] == "0-<3m"
    assert ask("bedside_pews", born="2025-08-24", on="2025-11-23")["band"] == "0-<3m"
    assert ask("bedside_pews", born="2025-08-23", on="2025-11-23")["band"] == "3-<12m"


def test_ages_that_do_not_fit() -> None:
    assert refused("npews", born="2020-01-01").startswith("missing_field: at: the time is needed")
    late = refused("npews", born="2026-01-01", on="2025-01-01")
    assert "born: 2026-01-01 is after the day of the case, 2025-01-01" in late
    told = refused("npews", born="2020-01-01", on="2025-01-01", age_y=6)
    assert "born: 5 years on 2025-01-01, but told as 6" in told
    two = refused("npews", born="2020-01-01", on="2025-01-02", at="2025-01-01T08:00:00+08:00")
    assert "on: 2025-01-02 is not the day of at, 2025-01-01" in two
    same = ask("npews", born="2020-01-01", on="2025-01-01", at="2025-01-01T08:00:00+08:00", age=5)
    assert same["band"] == "5-12y"


def test_bedside_rows_with_something_missing() -> None:
    found = ask("bedside_pews", band=">12 y", hr=60, sbp=None, crt=3, rr=17, effort="apnoea",
                spo2=90, o2="≥50%")  # fmt: skip
    assert (found["total"], found["lower_bound"], found["missing"]) == (None, 16, ["sbp"])
    assert found["parts"] == {
        "hr": 1, "sbp": None, "crt": 4, "rr": 1, "effort": 4, "spo2": 2, "o2": 4
    }  # fmt: skip
    assert found["high"] is True


def test_which_score() -> None:
    r28 = ask("which_score", age=28, days_postpartum=40)
    assert (r28["group"], r28["scores"], r28["never"]) == (
        "maternal", ["mewc", "meows", "si"], ["news2"]
    )  # fmt: skip
    assert (r28["act_on_worse"], r28["npews_band"]) == (True, None)
    r29 = ask("which_score", age=28, days_postpartum=43)
    assert (r29["group"], r29["scores"], r29["adjuncts"]) == ("adult", ["news2"], ["qsofa", "si"])
    assert (r29["act_on_worse"], r29["missing"], r29["age_estimated"]) == (False, [], False)
    child = ask("which_score", age=7)
    assert child["alternatives"] == ["bedside_pews", "brighton_pews"]
    unknown = ask("which_score", sex="男", body_size="adult")
    assert (unknown["scores"], unknown["npews_band"]) == (["news2", "npews"], "13+y")
    assert ask("which_score", sex="F", body_size="child")["npews_band"] is None
    assert ask("which_score", body_size="adult", age_y=3)["npews_band"] == "1-4y"
    assert ask("which_score", age=30, sex="F")["missing"] == ["pregnant"]
    assert ask("which_score", age=70, age_estimated=True)["age_estimated"] is True


def test_paediatric_range() -> None:
    found = ask("paediatric_range", age=4, sbp=77, hr=150, rr=41)
    assert found == {
        "range": {
            "age": "preschool",
            "hr_awake": [80, 120],
            "hr_asleep": [65, 100],
            "rr": [20, 28],
            "sbp": [89, 112],
            "dbp": [46, 72],
        },
        "hypotension_below": 78,
        "hypotension": True,
        "alarm": True,
        "which": ["RR"],
        "missing": [],
    }
    assert ask("paediatric_range", age=4, sbp=78)["hypotension"] is False
    assert ask("paediatric_range", age=4)["hypotension"] is None
    nothing = ask("paediatric_range", sbp=78)
    assert (nothing["hypotension"], nothing["range"]) == (None, None)
    first = ask("paediatric_range", age_h=12, sbp=49, hr=140, rr=60)
    assert (first["hypotension_below"], first["which"], first["missing"]) == (50, ["SBP"], [])
    assert ask("paediatric_range", age_h=30, born="2025-11-22", on="2025-11-23")["range"][
        "age"
    ] == ("neonate")
    for wrong in ({"age_d": 3, "age_h": 10}, {"age": 2, "age_h": 10}, {"age_d": 0, "age_h": 25}):
        assert "hours do not fit" in refused("paediatric_range", **wrong)
    ask("paediatric_range", age_d=0, age_h=24)


def test_brighton_rows() -> None:
    found = ask("brighton_pews", behaviour="play", colour="pink", crt=2, effort="normal")
    assert (found["total"], found["extra"], found["missing"]) == (0, 0, [])
    worst = ask("brighton_pews", behaviour="lethargic", crt=5, effort="grunting",
                rr_over_normal=-5, neb=True, bradycardia=False, hr_over_normal=0, pct=21,
                vomiting=None)  # fmt: skip
    assert (worst["total"], worst["lower_bound"], worst["extra"]) == (11, 11, 2)
    assert worst["parts"] == {"behaviour": 3, "cardiovascular": 3, "respiratory": 3}


def test_words() -> None:
    zh, en = said("npews", band="5-12y", **CALM)
    assert (zh, en) == ("NPEWS 0 分。无需升级。", "NPEWS 0. Level: nothing to escalate.")
    zh, en = said("npews", spo2=90, device="air", avpu="V", temp=38)
    assert zh == (
        "NPEWS 至少 4 分（spo2 4）。高危：15 分钟内快速评估。触发：avpu_V。体温提示：考虑脓毒症。"
        "年龄不明，心率、呼吸、血压未评分。缺：rr, distress, hr, sbp, crt。"
    )
    assert en == (
        "NPEWS at least 4 (spo2 4). Level: high: rapid review within 15 min. Triggers: avpu_V. "
        "The temperature says: think sepsis. Age unknown: rates not scored. "
        "Missing: rr, distress, hr, sbp, crt."
    )
    assert "no all-clear" in said("npews", band="1-4y", hr=100)[1]
    assert said("bedside_pews", band="1-4y", hr=120) == (
        "Bedside PEWS 至少 1 分（hr 1）。缺：sbp, crt, rr, effort, spo2, o2。尚不能排除高危。",
        "Bedside PEWS at least 1 (hr 1). Missing: sbp, crt, rr, effort, spo2, o2. "
        "It may still be high.",
    )
    assert said("brighton_pews", behaviour="playing", colour="pink", effort="normal", neb=True) == (
        "Brighton PEWS 2 分。其中 2 分：频繁雾化或术后持续呕吐。",
        "Brighton PEWS 2. Of these 2 for frequent nebulisers or persistent vomiting after surgery.",
    )
    assert said("brighton_pews", behaviour="playing", colour="pink", effort="normal")[1] == (
        "Brighton PEWS 0."
    )


def test_words_of_the_newborn() -> None:
    assert said("apgar", hr=0, resp=0, tone=0, reflex=0, colour=0, minute=1) == (
        "Apgar 0 分（hr 0, resp 0, tone 0, reflex 0, colour 0）。危险信号。",
        "Apgar 0 (hr 0, resp 0, tone 0, reflex 0, colour 0). Red flag.",
    )
    assert said("apgar", hr=120) == (
        "Apgar 至少 2 分（hr 2），缺：resp, tone, reflex, colour。",
        "Apgar at least 2 (hr 2). Missing: resp, tone, reflex, colour.",
    )
    assert said("newborn_temperature", temp=35.2) == (
        "中度低体温。复温。",
        "Newborn: moderate hypothermia. Rewarm.",
    )
    assert said("newborn_temperature", temp=37) == ("体温正常。", "Newborn: normal temperature.")
    assert said("newborn_temperature")[0] == "未测体温，不能判断。"
    assert said("newborn_spo2", minutes=10, spo2=72) == (
        "目标 85–95 %；过低，报警。",
        "Target 85-95 %; too low: alarm.",
    )
    assert said("newborn_spo2", minutes=30, spo2=95)[1] == "No target range now; no alarm."
    assert said("newborn_spo2")[1] == "No target range now; cannot be judged."
    zh, en = said("newborn_red_flags", hr=58, ventilated=True)
    assert zh.startswith("新生儿危险信号：心率异常。立即：胸外按压 3:1。缺：呼吸过快、")
    assert en.startswith("Red flags of the newborn: heart_rate. Now: chest compressions 3 to 1. M")
    assert said("newborn_red_flags")[1].startswith("No red flag found yet, but not all was checked")
    well = {"rr": 45, "apnoea_s": 0, "hr": 140, "spo2": 96, "minutes": 60, "temp": 36.8,
            "glucose": 4, "glucose_unit": "mmol/L", "seizure": False, "apgar_1": 8, "apgar_5": 9,
            "ga_weeks": 39, "weight_g": 3300}  # fmt: skip
    assert said("newborn_red_flags", **well) == ("无危险信号。", "No red flag.")


def test_words_of_age() -> None:
    assert said("which_score", age=30, days_postpartum=43)[1] == "Adult (16 or over): use news2."
    zh, en = said("which_score", pregnant=True)
    assert zh == (
        "孕妇或产后 42 天内：用 mewc, meows, si，以较重者为准。不得用 news2。"
        "年龄为估计。请问清：age。"
    )
    assert en == (
        "Pregnant or within 42 days after birth: use mewc, meows, si, and act on the worse. "
        "Never news2. The age is estimated. Find out: age."
    )
    assert said("paediatric_range", age=4, sbp=77, hr=100, rr=41)[1] == (
        "Usual at this age: heart rate 80–120, breathing 20–28, systolic 89–112 (display only). "
        "Systolic below 78: hypotension. Emergency team criteria met: RR."
    )
    assert said("paediatric_range")[1] == (
        "The age does not settle what is usual. Not known: SBP, HR, RR."
    )


def test_tables_are_made_from_what_decides() -> None:
    rows = {row[:2]: row[2] for row in RULES["npews"].tables[0].rows}
    assert rows["rr", "1-4y"] == "<10: 4, 10-<20: 2, 20-<40: 0, 40-<50: 1, 50-<60: 2, >=60: 4"
    assert RULES["npews"].tables[1].rows[2][:2] == ("medium", "5")
    assert RULES["bedside_pews"].tables[0].rows[0][2] == (
        ">=150 or <=110: 1, >=180 or <=90: 2, >=190 or <=80: 4"
    )
    assert RULES["newborn_temperature"].tables[0].rows[-1] == ("above", "hyperthermia")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
_MEANT = st.sampled_from(
    [0, 1, 2, 5, 20, 36.6, 90, True, "air", "none", "severe", "1-4y", "2024-02-29", "P", "low",
     "mg/dL", "2025-11-23T08:00:00+08:00"]
)  # fmt: skip


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_no_input_of_any_kind_raises_anything_else(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    fields = st.sampled_from([field.name for field in rule.fields])
    case = data.draw(st.dictionaries(fields, _MEANT | _JSON, max_size=8))
    try:
        values, _ignored = read_case(rule, case)
        result = rule.evaluate(values)
        words = rule.explain(values, result)
    except BadPayload:
        return
    json.dumps(result, allow_nan=False)
    assert set(result) == {answer.name for answer in rule.answers}
    assert words.zh and words.en

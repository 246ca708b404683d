"""The rules maternal and maternal_risk, asked as the command line asks them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import BadPayload
from dispatch.rules.maternal import MATERNAL, MATERNAL_RISK, RULES
from dispatch.rules.maternal_words import ASKS, DECISIONS, FINDING_WORDS, FLAGS, STEPS
from dispatch.rules.model import Rule
from dispatch.rules.read import read_case
from dispatch.triage.maternal import PLANS
from dispatch.triage.maternal_flags import FINDINGS, RED_FLAGS


def ask(rule: Rule, **given: Any) -> dict[str, Any]:
    values, ignored = read_case(rule, given)
    assert ignored == ()
    return rule.evaluate(values)


def said(rule: Rule, **given: Any) -> tuple[str, str]:
    values, _ignored = read_case(rule, given)
    words = rule.explain(values, rule.evaluate(values))
    return words.zh, words.en


def maternal(**given: Any) -> dict[str, Any]:
    return ask(MATERNAL, **given)


ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "R20",
        {"weeks": 39, "crowning": True, "stable": True},
        {"decision": "deliver_or_closest_obstetrics", "do": ["prepare_delivery"],
         "imminent": True, "preterm": False},
    ),
    (
        "R21 green",
        {"weeks": 38, "labour": True, "colour": "绿", "mewc_trigger": False},
        {"decision": "unit_of_choice", "alert": "green", "asks": []},
    ),
    (
        "R21 not green",
        {"weeks": 38, "labour": True, "colour": "黄", "mewc_trigger": False},
        {"decision": "maternal_level_2", "alert": "green"},
    ),
    (
        "R22",
        {"weeks": 31, "preterm_labour": True, "stable": True, "city_extra_min": 40},
        {"decision": "city_in_utero", "do": ["call_county_obstetrician"], "preterm": True},
    ),
    (
        "R23",
        {"weeks": 31, "fully_dilated": True},
        {"decision": "deliver_or_closest_obstetrics",
         "notify": ["maternal_centre", "newborn_team"]},
    ),
    (
        "R24",
        {"postpartum_days": 0, "pph": True, "obstetric_class": "urgent"},
        {"decision": "nearest_operating_obstetrics", "alert": "red", "unstable": True,
         "flags": ["postpartum_haemorrhage", "shock_index"], "weeks_by": None},
    ),
    (
        "R25",
        {"weeks": 29, "fit": True, "sbp": 170, "dbp": 115},
        {"decision": "nearest_operating_obstetrics", "flags": ["seizure", "severe_hypertension"],
         "alert": "red"},
    ),
    (
        "R26 stable",
        {"weeks": 36, "colour": "红", "cardiac": True, "mewc_trigger": True, "stable": True},
        {"decision": "city_maternal", "flags": ["mewc_trigger", "cardiac_disease"]},
    ),
    (
        "R26 not known to be stable",
        {"weeks": 36, "colour": "红", "cardiac": True, "mewc_trigger": True},
        {"decision": "maternal_centre", "asks": ["stable"]},
    ),
    (
        "R27",
        {"weeks": 39, "colour": "紫", "labour": True, "mewc_trigger": False},
        {"decision": "maternal_level_2", "infection": True, "do": ["infection_precautions"],
         "notify": ["infection_control"], "alert": "green"},
    ),
    (
        "R28",
        {"postpartum_days": 40, "mewc_trigger": True},
        {"maternal": True, "stage": "postpartum", "alert": "red"},
    ),
    (
        "R29",
        {"postpartum_days": 43, "mewc_trigger": True},
        {"maternal": False, "decision": "adult_pathway", "alert": None, "needs": [], "do": []},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS])
def test_rows_of_the_reference(case: dict[str, Any], expected: dict[str, Any]) -> None:
    result = maternal(**case)
    assert {name: result[name] for name in expected} == expected


def test_trap_22_purple_in_the_answer() -> None:
    result = maternal(weeks=39, colours=["紫", "red"])
    assert result["risk"]["severity"] == "red" and result["infection"] is True
    assert ask(MATERNAL_RISK, colour="紫") == {
        "maternal": None,
        "marks": ["purple"],
        "severity": None,
        "high": None,
        "infection": True,
        "level_2_hospital": True,
        "managed": True,
    }


def test_the_needs_go_to_the_destination_engine() -> None:
    needs = maternal(weeks=30, trauma=True, stable=True, nicu_extra_min=10)["needs"]
    assert [need["pathway"] for need in needs] == ["maternal", "trauma"]
    assert needs[0]["requires"] == ["or_24h", "blood", "ob_emergency", "nicu_3"]
    assert needs[1]["alert"] == "yellow"
    assert maternal(weeks=30, trauma=True)["nemsis"] == ["2904021"]


def test_weeks_from_the_last_period() -> None:
    result = maternal(lmp="2026-01-01", on="2026-08-27")
    assert (result["weeks"], result["weeks_by"], result["preterm"]) == (34.0, "last_period", False)
    assert maternal(lmp="2026-01-01", on="2026-08-26")["preterm"] is True
    assert maternal(lmp="2026-01-01", on="2026-01-01")["weeks"] == 0
    assert maternal(lmp="2026-01-01", pregnant=True)["weeks_by"] == "assumed"
    assert maternal(on="2026-01-01", pregnant=True)["weeks_by"] == "assumed"
    assert maternal(lmp="2026-01-01", on="2026-11-12")["weeks"] == 45


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"lmp": "2026-01-02", "on": "2026-01-01"}, "lmp: expected a day up to 45 weeks.*got -1"),
        ({"lmp": "2026-01-01", "on": "2026-11-13"}, "got 316 days"),
        ({"colours": ["mauve"]}, r"colours: expected some of green \(绿\).*got 'mauve'"),
        ({"colours": [3]}, "colours: expected names of colours, got 3"),
        ({"colours": [None]}, "colours: expected names of colours, got None"),
        ({"colour": "pink"}, "got 'pink'"),
        ({"pregnant": True, "days_postpartum": 2}, "days_after_birth"),
        ({"weeks": 46}, "weeks: expected a number in wk from 0 to 45, got 46"),
        ({"seizure": "yes"}, "seizure: expected a flag, got 'yes'"),
    ],
)
def test_what_cannot_be_meant(case: dict[str, Any], message: str) -> None:
    with pytest.raises(BadPayload, match=message):
        maternal(**case)


@pytest.mark.parametrize(
    "text", ["红,紫", "红、紫", "红，紫", "red/purple", "red + purple", "红,,紫,"]
)
def test_several_colours_in_one_text(text: str) -> None:
    assert ask(MATERNAL_RISK, colour=text)["marks"] == ["red", "purple"]


def test_colours_of_both_fields_count_once() -> None:
    assert ask(MATERNAL_RISK, colours=["红"], colour="红色、绿")["marks"] == ["green", "red"]
    assert ask(MATERNAL_RISK, colour="粉红", scheme="Guangzhou")["severity"] == "pink"
    assert maternal(weeks=39, colour="粉红", scheme="guangzhou")["risk"]["high"] is True


def test_false_is_no_and_null_is_unknown() -> None:
    assert "seizure" in maternal(weeks=39, seizure=None)["undecided"]
    no = maternal(weeks=39, seizure=False)
    assert "seizure" not in no["undecided"] and "seizure" not in no["flags"]


def test_in_words() -> None:
    zh, en = said(MATERNAL, weeks=29, seizure=True, sbp=170, mewc_trigger=True, colour="紫")
    assert zh == (
        "不稳定：送最近有手术室、备血和产科医师的医院。"
        "警示征：孕产妇早期预警触发、抽搐（子痫）、重度高血压（收缩压满 160 或舒张压满 110）。"
        "现在就做：传染病防护。通知：孕产妇中心、新生儿团队到场、感染控制。"
    )
    assert en == (
        "Unstable: nearest hospital with operating room, blood and obstetrician. "
        "Red flags: maternal early warning trigger, seizure (eclampsia), severe hypertension "
        "(systolic 160 or diastolic 110 mmHg or more). Now: precautions against infection. "
        "Tell: maternal centre, newborn team to the birth, infection control."
    )


def test_unknown_weeks_are_said() -> None:
    case = {"pregnant": True, "mewc_trigger": False, "stable": True, "colour": "green"}
    zh, en = said(MATERNAL, **case)
    assert "孕周不明，按不足 34 周处理。" in zh
    assert "Weeks unknown: taken as less than 34." in en
    assert en.endswith("Find out: weeks, last period or height of the fundus, extra drive to "
                       "obstetrics with newborn intensive care.")  # fmt: skip
    assert "Weeks unknown" not in said(MATERNAL, days_postpartum=50)[1]
    assert "Weeks unknown" not in said(MATERNAL, days_postpartum=5)[1]
    assert "Weeks unknown" not in said(MATERNAL)[1]
    assert said(MATERNAL, days_postpartum=50) == (
        "产后已超过 42 天：按成人路径。",
        "More than 42 days after birth: adult pathway.",
    )


def test_colours_in_words() -> None:
    assert said(MATERNAL_RISK, colour="红/紫") == (
        "妊娠风险：红（高风险）、紫（传染病）。应在二级及以上医院分娩。"
        "紫色是传染病标识，不代表严重程度，请做好隔离防护。",
        "Pregnancy risk: red (high risk), purple (infectious disease). Should deliver in a "
        "hospital of level 2 or higher. Purple marks an infection, not how grave the risk is: "
        "take precautions.",
    )
    assert said(MATERNAL_RISK, colour="绿") == ("妊娠风险：绿（低风险）。",
                                              "Pregnancy risk: green (low risk).")  # fmt: skip
    assert said(MATERNAL_RISK) == (
        "妊娠风险颜色不明，按非绿色处理。",
        "Colour unknown: taken as not green.",
    )


def test_every_code_has_words() -> None:
    assert set(FINDING_WORDS) == set(FINDINGS)
    assert {code for code, _check in RED_FLAGS} <= set(FLAGS)
    assert set(PLANS) | {"adult_pathway", "ask_pregnancy"} == set(DECISIONS)
    assert {step for plan in PLANS.values() for step in plan.do} <= set(STEPS)
    asked = {"pregnant", "days_after_birth", "weeks", "mewc_trigger", "stable"}
    assert asked | {"blood_loss_ml", "nicu_extra_min", "colours"} == set(ASKS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_answers_are_described(rule: Rule) -> None:
    values, _ignored = read_case(rule, {})
    assert [answer.name for answer in rule.answers] == list(rule.evaluate(values))
    names = [name for field in rule.fields for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names))


def test_tables_are_made_from_what_decides() -> None:
    tables = {table.title: table for table in MATERNAL.tables}
    assert ("nicu_below_weeks", "34") in tables["Numbers of the policy"].rows
    assert "risk" not in [row[0] for row in tables["Numbers of the policy"].rows]
    flags = tables["Red flags"].rows
    assert [row[0] for row in flags] == [code for code, _check in RED_FLAGS]
    assert ("mewc_trigger", "孕产妇早期预警触发", "maternal early warning trigger", "source",
            "Mhyre 2014") in flags  # fmt: skip
    colours = {table.title: table.rows for table in MATERNAL_RISK.tables}
    assert colours["Colours, national"][0] == ("green", "绿", "low risk", "低风险", "no", "no")
    assert colours["Colours, guangzhou"][3][0] == "pink"
    assert colours["Colours, national"][4][4:] == ("yes", "yes")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(data=st.data())
def test_no_input_raises_anything_but_bad_payload(rule: Rule, data: st.DataObject) -> None:
    names = st.sampled_from([field.name for field in rule.fields])
    likely = _JSON | st.booleans() | st.floats(0, 45) | st.sampled_from([["红"], "紫", "urgent"])
    raw = data.draw(st.dictionaries(names, likely, max_size=8))
    try:
        values, _ignored = read_case(rule, raw)
        result = rule.evaluate(values)
    except BadPayload:
        return
    words = rule.explain(values, result)
    assert words.zh and words.en
    json.dumps(result, allow_nan=False)

"""A county moves a number: the answer of that rule changes, and of no other; its words follow."""

from typing import Any, get_args

import msgspec
import pytest

from dispatch.domain.clinical import MEDICAL_DIRECTOR, ClinicalPolicies, changed
from dispatch.domain.config import CountyConfig
from dispatch.rules import model
from dispatch.rules.policies import DEFAULTS, Policies, policies_of
from dispatch.rules.register import RULES
from dispatch.triage.need import Pathway
from hospital_gateway.policy import GatewayPolicy
from tests.support.county import county
from tests.unit.rules.support import ask, ask_in, said, said_in

Case = tuple[str, dict[str, Any]]

CASES: dict[str, Case] = {
    "whom": ("which_score", {"age_y": 17}),
    "mewc": ("mewc", {"sbp": 155, "dbp": 80}),
    "meows": ("meows", {"pulse": 115}),
    "newborn_flags": ("newborn_red_flags", {"weight_g": 2200}),
    "apgar": ("apgar", {"minute": 1, "hr": 120, "resp": 1, "tone": 1, "reflex": 0, "colour": 0}),
    "saturation": ("newborn_spo2", {"minutes": 30, "spo2": 91}),
    "criteria": (
        "call_triage",
        {"conscious": "yes", "breathing": "normal", "complaint": "fall", "fall_height_m": 2.5},
    ),
    "arrest": ("arrest_times", {"recognition_s": 90}),
    "stemi": (
        "stemi",
        {"sex": "M", "age": 60, "st_mm": {"V1": -0.6, "V2": 0, "V3": 0}, "t_upright": True},
    ),
    "reperfusion": ("reperfusion", {"ecg": "stemi", "t_pci_min": 100}),
    "stroke": (
        "stroke_destination",
        {"suspected": True, "lvo": True, "lkw_h": 2, "evt_min": 40, "county_min": 20,
         "glucose": 6, "airway_failing": False},
    ),
    "trauma": ("trauma", {"age": 13, "motor": 4}),
    "maternal": (
        "maternal",
        {"pregnant": True, "weeks": 35, "stable": True, "labour": True, "sbp": 120, "dbp": 80,
         "mewc_trigger": False, "nicu_extra_min": 30, "colours": ["yellow"]},
    ),
    "risk": ("maternal_risk", {"days_postpartum": 45, "pregnant": False, "colours": ["red"]}),
    "newborn": ("newborn", {"age_days": 1, "weeks": 33, "stable": True}),
    "child": ("child", {"age": 5, "spo2": 91, "npews": 1, "stable": True}),
    "respiratory": ("respiratory", {"rr": 27}),
    "burn_tox": ("burn_tox", {"poison": "co", "cohb": 22, "gcs": 15}),
    "plausibility": ("plausibility", {"item": "hr", "value": 25}),
    "quality": ("intervals", {"interval": "answer", "values_s": [5, 8, 12]}),
    "colour": ("prealert_colour", {"npews": 8}),
    "stroke_colour": ("prealert_colour", {"stroke": True, "lkw_h": 20}),
    "clock": (
        "transfer_clock",
        {"door_in": "2026-01-01T00:00:00Z", "at": "2026-01-01T00:18:00Z", "centre": "stroke"},
    ),
    "destination": (
        "destination",
        {"news2": 9,
         "facilities": [{"id": "county", "minutes": 10, "resus_free": 0, "eicu_free": 0},
                        {"id": "city", "minutes": 13, "resus_free": 2, "eicu_free": 1}]},
    ),
}  # fmt: skip


def clinical(**changes: Any) -> Policies:
    return Policies(clinical=changed(changes))


def gateway(**changes: Any) -> Policies:
    return Policies(gateway=GatewayPolicy(**changes))


# Who moves, the county's numbers, which cases must change, what one of them says before and after.
MOVES: dict[str, tuple[Policies, tuple[str, ...], str, Any, Any]] = {
    "whom": (clinical(whom={"adult_from_years": 18}), ("whom",), "group", "adult", "child"),
    "mewc": (
        clinical(mewc={"severe_systolic_from_mmhg": 155}),
        ("mewc",), "severe_hypertension", False, True,
    ),
    "meows": (
        clinical(meows={"pulse": {"red_above": 110}}),
        ("meows",), "red", 0, 1,
    ),
    "newborn_flags": (
        clinical(newborn_flags={"weight_below_g": 2500}),
        ("newborn_flags",), "flags", [], ["weight"],
    ),
    "apgar": (
        clinical(newborn_flags={"apgar_1_min_to": 4}), ("apgar",), "red_flag", False, True,
    ),
    "saturation": (
        clinical(newborn_flags={"spo2_below_pct": 92}), ("saturation",), "alarm", False, True,
    ),
    "criteria": (
        clinical(criteria={"fall_height_m": 2}),
        ("criteria",), "decided_by", ["trauma.otherwise"], ["trauma.P1.high_fall"],
    ),
    "arrest": (
        clinical(arrest={"recognition_s": 90}), ("arrest",), "recognition_ok", True, False,
    ),
    "stemi": (
        clinical(stemi={"posterior_depression_mm": 0.7}),
        ("stemi",), "record_posterior", True, False,
    ),
    "reperfusion": (
        clinical(reperfusion={"contact_to_wire_limit_min": 90}),
        ("reperfusion",), "decision", "ppci", "lysis_then_transfer",
    ),
    "stroke": (
        clinical(stroke={"evt_drive_limit_min": 45}),
        ("stroke",), "decision", "county_stroke_centre", "evt_direct",
    ),
    "trauma": (
        clinical(trauma={"red_prefers": ["trauma_level_1"], "child_prefers": []}),
        ("trauma",), "needs.0.prefers",
        ["trauma_level_1", "trauma_level_2", "trauma_level_3", "picu"], ["trauma_level_1"],
    ),
    "maternal": (
        clinical(maternal={"nicu_below_weeks": 37}),
        ("maternal",), "decision", "maternal_level_2", "maternal_with_nicu",
    ),
    "risk": (
        clinical(maternal={"risk": {"last_day_after_birth": 60}}),
        ("risk",), "maternal", False, True,
    ),
    "newborn": (
        clinical(newborn={"level_3_below_weeks": 34}), ("newborn",), "nicu_level", 2, 3,
    ),
    "child": (
        clinical(child={"spo2_below_pct": 92}),
        ("child",), "triggers", [], ["low_saturation"],
    ),
    "respiratory": (
        clinical(respiratory={"resp_rate_from_per_min": 27}),
        ("respiratory",), "triggers", [], ["rr"],
    ),
    "burn_tox": (
        clinical(burn_tox={"cohb_from_pct": 22}), ("burn_tox",), "criteria", [], ["cohb"],
    ),
    "plausibility": (
        clinical(plausibility={"limits": {"heart_rate": {"flag": [30, 250]}}}),
        ("plausibility",), "verdict", "keep", "flag",
    ),
    "quality": (
        clinical(quality={"by_interval": [["answer", "nena_answer"]]}),
        ("quality",), "standard", "cn_answer", "nena_answer",
    ),
    "colour": (gateway(npews_red_from=8), ("colour",), "colour", "yellow", "red"),
    "stroke_colour": (
        gateway(stroke_red_within_h=19), ("stroke_colour",), "because", ["pathway"], [],
    ),
    "clock": (gateway(dido_warning_s=1080), ("clock",), "stage", "none", "warning"),
    "destination": (
        gateway(no_bed_penalty_s=0), ("destination",), "first", "city", "county",
    ),
}  # fmt: skip


def at(result: Any, path: str) -> Any:
    for step in path.split("."):
        result = result[int(step)] if step.isdecimal() else result[step]
    return result


@pytest.mark.parametrize("name", MOVES)
def test_a_moved_number_moves_its_rule_and_nothing_else(name: str) -> None:
    policies, moved, path, before, after = MOVES[name]
    rule, given = CASES[moved[0]]
    assert at(ask(rule, **given), path) == before
    assert at(ask_in(policies, rule, given), path) == after
    differ = [
        other
        for other, (asked, case) in CASES.items()
        if ask_in(policies, asked, case) != ask(asked, **case)
    ]
    assert tuple(differ) == moved


def test_every_policy_is_moved_above() -> None:
    defaults = msgspec.structs.asdict(ClinicalPolicies())
    moved = {
        name
        for policies, *_rest in MOVES.values()
        for name, value in msgspec.structs.asdict(policies.clinical).items()
        if value != defaults[name]
    }
    # The alarms are no rule of the register: tests/unit/telemetry/test_unit_alarms.py moves them.
    assert moved == set(defaults) - {"owner", "signed_on", "alarms"}


WORDS: dict[str, tuple[Policies, str, dict[str, Any], tuple[str, str], tuple[str, str]]] = {
    "whom": (
        clinical(whom={"adult_from_years": 15, "newborn_to_days": 27}),
        "which_score", {"age_y": 5},
        ("儿童（29 天至 16 岁以下）", "Child (29 days to under 16 years)"),
        ("儿童（28 天至 15 岁以下）", "Child (28 days to under 15 years)"),
    ),
    "mewc": (
        clinical(mewc={"severe_systolic_from_mmhg": 150, "severe_diastolic_from_mmhg": 100}),
        "mewc", {"sbp": 170, "dbp": 90},
        ("收缩压 ≥160 或舒张压 ≥110", "from 160 or 110 mmHg"),
        ("收缩压 ≥150 或舒张压 ≥100", "from 150 or 100 mmHg"),
    ),
    "criteria": (
        clinical(criteria={"fall_height_m": 2}),
        "call_triage",
        {"conscious": "yes", "breathing": "normal", "complaint": "fall", "fall_height_m": 4},
        ("坠落高度超过 3 米", "fall from over 3 m"), ("坠落高度超过 2 米", "fall from over 2 m"),
    ),
    "arrest": (
        clinical(arrest={"recognition_s": 100, "compression_s": 170}),
        "arrest_times", {"recognition_s": 90, "compression_s": 160},
        ("首次按压（AEDR）（<180 秒）", "recognition (<120 s)"),
        ("首次按压（AEDR）（<170 秒）", "recognition (<100 s)"),
    ),
    "reperfusion": (
        clinical(reperfusion={"lysis_window_h": 10}), "reperfusion",
        {"ecg": "stemi", "labs": []}, ("按 12 小时内预警", "within 12 h"),
        ("按 10 小时内预警", "within 10 h"),
    ),
    "trauma": (
        clinical(trauma={"scene_limit_min": 8}), "trauma", {"motor": 4},
        ("不超过 10 分钟", "at most 10 min on scene"), ("不超过 8 分钟", "at most 8 min on scene"),
    ),
    "maternal": (
        clinical(maternal={"trauma_above_weeks": 22, "nicu_below_weeks": 36}), "maternal",
        {"pregnant": True, "trauma": True},
        ("孕 20 周以上外伤", "less than 34"), ("孕 22 周以上外伤", "less than 36"),
    ),
    "newborn": (
        clinical(newborn={"transport_below_weeks": 35, "arrival_from_cel": 36.3}), "newborn",
        {"age_days": 1, "weeks": 33, "stable": True},
        ("胎龄不足 34 周", "36.5-37.5"), ("胎龄不足 35 周", "36.3-37.5"),
    ),
    "child": (
        clinical(child={"spo2_below_pct": 92}), "child", {"age": 5, "spo2": 80},
        ("血氧低于 90%", "below 90 %"), ("血氧低于 92%", "below 92 %"),
    ),
    "respiratory": (
        clinical(respiratory={"resp_rate_from_per_min": 28}), "respiratory", {"rr": 40},
        ("≥30 次/分", "30/min or more"), ("≥28 次/分", "28/min or more"),
    ),
    "burn_tox": (
        clinical(burn_tox={"cohb_from_pct": 22}), "burn_tox", {"poison": "co", "cohb": 40},
        ("COHb ≥25%", "COHb 25 % or more"), ("COHb ≥22%", "COHb 22 % or more"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_the_words_say_the_numbers_of_the_county(name: str) -> None:
    policies, rule, given, before, after = WORDS[name]
    for told, expected in (
        (said(rule, **given), before),
        (said_in(policies, rule, given), after),
    ):
        assert expected[0] in told[0] and expected[1] in told[1], told


def test_the_guangzhou_scheme_keeps_the_county_s_days() -> None:
    policies = clinical(maternal={"risk": {"last_day_after_birth": 60}})
    given = {"days_postpartum": 45, "pregnant": False, "colour": "粉红", "scheme": "guangzhou"}
    assert ask_in(policies, "maternal_risk", given)["maternal"] is True
    assert ask_in(policies, "maternal_risk", given)["marks"] == ["pink"]


def test_the_limit_of_reperfusion_is_the_county_s() -> None:
    policies = clinical(reperfusion={"contact_to_wire_limit_min": 90})
    assert ask_in(policies, "reperfusion", {})["limit_min"] == 90
    assert ask("reperfusion")["limit_min"] == 120


def test_what_a_destination_case_says_goes_before_the_county() -> None:
    policies, (rule, given) = gateway(no_bed_penalty_s=0), CASES["destination"]
    own = given | {"policy": {"no_bed_penalty_s": 300}}
    assert ask_in(policies, rule, own)["first"] == "city"


def test_the_centres_and_their_limits_are_the_county_s() -> None:
    given = {
        "pathway": "trauma",
        "stable": True,
        "facilities": [
            {"id": "county", "minutes": 10},
            {"id": "city", "minutes": 40, "capabilities": ["trauma_level_1"]},
        ],
    }
    nearer = tuple(
        msgspec.structs.replace(centre, bypass_limit_min=30)
        if "trauma" in centre.serves
        else centre
        for centre in DEFAULTS.centres
    )
    assert ask("destination", **given)["first"] == "city"
    assert ask_in(Policies(centres=nearer), "destination", given)["first"] == "county"
    own = given | {"limits": {"trauma": 45}}
    assert ask_in(Policies(centres=nearer), "destination", own)["first"] == "city"


@pytest.mark.parametrize("pathway", get_args(Pathway))
def test_a_county_without_a_centre_still_answers(pathway: str) -> None:
    given = {
        "pathway": pathway,
        "facilities": [{"id": "county", "minutes": 10, "centres": [pathway]}],
    }
    found = ask_in(Policies(centres=()), "destination", given)
    assert (found["rule"], found["first"]) == ("R2", "county")


def test_the_defaults_are_those_of_a_county_that_says_nothing() -> None:
    assert changed({}) == ClinicalPolicies() == DEFAULTS.clinical
    assert DEFAULTS.gateway == GatewayPolicy()
    assert ClinicalPolicies().owner == MEDICAL_DIRECTOR == model.MEDICAL_DIRECTOR
    assert ClinicalPolicies().signed_on == ""


def test_the_policies_of_a_configuration() -> None:
    config = msgspec.structs.replace(
        county(), clinical=changed({"stroke": {"coma_gcs": 7}}), gateway=GatewayPolicy(tie_s=60)
    )
    assert policies_of(config) == Policies(
        clinical=config.clinical, gateway=config.gateway, centres=config.centres
    )
    assert policies_of(config).clinical.stroke.coma_gcs == 7


def test_configuration_of_the_past_has_the_defaults_and_that_of_today_keeps_its_numbers() -> None:
    told = msgspec.to_builtins(county())
    del told["clinical"]
    old = msgspec.json.decode(msgspec.json.encode(told), type=CountyConfig)
    assert old.clinical == ClinicalPolicies()
    moved = msgspec.structs.replace(old, clinical=changed({"meows": {"rr": {"red_above": 28}}}))
    back = msgspec.json.decode(msgspec.json.encode(moved), type=CountyConfig)
    assert back.clinical.meows.rr.red_above == 28 and back == moved


def test_rules_taken_over_as_published_are_not_moved() -> None:
    fixed = {"news2", "npews", "bedside_pews", "brighton_pews", "sipa", "qsofa", "gcs", "mci"}
    alike = {rule.name for rule in RULES if rule.decide.__qualname__.startswith("everywhere")}
    assert fixed <= alike

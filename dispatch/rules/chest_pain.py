"""The chest-pain pathway in the register: the ST-elevation criteria, and `RULES` with both rules.

The other rule is `dispatch.rules.reperfusion`; thresholds stand in `dispatch.triage.stemi`.
"""

import math
from typing import Any, Final

from dispatch.errors import BadPayload
from dispatch.rules.model import (
    MEDICAL_DIRECTOR,
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    said_everywhere,
)
from dispatch.rules.policies import Policies
from dispatch.rules.read import read_value
from dispatch.rules.reperfusion import REPERFUSION
from dispatch.triage import stemi
from dispatch.triage.stemi import LEADS, Confounder, Lead, Tracing

_ST: Final = Field(
    name="st_mm", kind="number", unit="mm", meaning="ST at the J-point", lowest=-100, highest=100
)
_LEAD_BY_NAME: Final = {lead.casefold(): lead for lead in LEADS}
_CONFOUNDERS: Final[tuple[Confounder, ...]] = ("lbbb", "lvh", "paced")


def _evaluate_stemi(values: Values, policies: Policies) -> Result:
    confounders = [name for name in _CONFOUNDERS if values[name]]
    if values["bandwidth"] == "monitor":
        confounders.append("monitor_bandwidth")
    found = stemi.judge(
        Tracing(
            st_mm=_leads(values["st_mm"] or {}),
            sex=values["sex"],
            age_years=values["age"],
            confounders=tuple(confounders),
            is_t_upright=values["t_upright"],
        ),
        policies.clinical.stemi,
    )
    return {
        "met": found.met,
        "leads": list(found.leads),
        "pairs": [list(pair) for pair in found.pairs],
        "valid": found.is_valid,
        "not_valid_because": confounders,
        "needs": list(found.needs),
        "missing": list(found.missing),
        "record_posterior": found.is_posterior_suspected,
        "urgent_cardiology_read": found.is_cardiology_read_urgent,
        "needs_physician_confirmation": values["physician_confirmed"] is not True,
    }


def _leads(given: dict[str, Any]) -> dict[Lead, float | None]:
    found: dict[Lead, float | None] = {}
    for name, value in given.items():
        lead = _LEAD_BY_NAME.get(name.strip().casefold())
        if lead is None:
            known = ", ".join(LEADS)
            raise BadPayload("invalid_field", f"st_mm: expected leads {known}, got {name[:40]!r}")
        if lead in found:
            raise BadPayload("invalid_field", f"st_mm: lead {lead} is given twice")
        found[lead] = None if value is None else read_value(_ST, value)
    return found


_MET_ZH: Final = {
    True: "符合 STEMI 的 ST 段抬高标准",
    False: "所给导联未达到 STEMI 标准，不能排除心肌梗死",
    None: "无法判断是否符合 STEMI 标准",
}
_MET_EN: Final = {
    True: "ST elevation meets the STEMI criteria",
    False: "The leads given do not meet the STEMI criteria; this does not exclude infarction",
    None: "Whether the STEMI criteria are met cannot be said",
}
_INVALID_ZH: Final = {
    "lbbb": "左束支传导阻滞",
    "lvh": "左心室肥厚",
    "paced": "起搏心律",
    "monitor_bandwidth": "监护带宽滤波",
}
_INVALID_EN: Final = {
    "lbbb": "LBBB",
    "lvh": "left ventricular hypertrophy",
    "paced": "a paced rhythm",
    "monitor_bandwidth": "a trace filtered for monitoring",
}


def _explain_stemi(_values: Values, result: Result) -> Words:
    zh, en = [_MET_ZH[result["met"]]], [_MET_EN[result["met"]]]
    pairs = ", ".join("+".join(pair) for pair in result["pairs"])
    if pairs:
        zh.append(f"相邻导联达标：{pairs}")
        en.append(f"Contiguous leads over threshold: {pairs}")
    elif result["leads"]:
        zh.append(f"达标但不相邻：{', '.join(result['leads'])}")
        en.append(f"Over threshold, but no contiguous pair: {', '.join(result['leads'])}")
    because = result["not_valid_because"]
    if because:
        zh.append(f"标准不适用：{'、'.join(_INVALID_ZH[each] for each in because)}")
        en.append(f"Not valid with {', '.join(_INVALID_EN[each] for each in because)}")
    if result["needs"]:
        zh.append(f"需要：{', '.join(result['needs'])}")
        en.append(f"Needed: {', '.join(result['needs'])}")
    if result["record_posterior"]:
        zh.append("V1–V3 孤立性压低伴 T 波直立，请加做 V7–V9")
        en.append("Isolated depression in V1-V3 with upright T: record V7-V9")
    if result["urgent_cardiology_read"]:
        zh.append("aVR 抬高伴多导联压低：本身不是 STEMI，请心内科立即读图")
        en.append(
            "aVR elevation with multilead depression: no STEMI by itself, cardiology reads now"
        )
    if result["needs_physician_confirmation"]:
        zh.append("启动导管室前须由医师确认")
        en.append("A physician confirms before the cath lab is activated")
    return Words(zh="。".join(zh) + "。", en=". ".join(en) + ".")


def _threshold_rows() -> tuple[tuple[str, ...], ...]:
    rows = []
    for one in stemi.THRESHOLDS:
        leads = "every other lead" if one.leads == LEADS else ", ".join(one.leads)
        age = "any" if one.below_age_years == math.inf else f"below {one.below_age_years:g}"
        rows.append((leads, one.sex or "any", age, f">= {one.mm:.1f}"))
    return tuple(rows)


STEMI: Final = Rule(
    name="stemi",
    version="1",
    title_zh="STEMI 心电图标准",
    title_en="ST-elevation criteria",
    source="Thygesen, Fourth Universal Definition of Myocardial Infarction, 2018",
    owner="ESC/ACC/AHA/WHF 2018, taken over as it is; prompts: " + MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="sex",
            kind="choice",
            choices=("M", "F"),
            words={
                "male": "M",
                "man": "M",
                "男": "M",
                "男性": "M",
                "female": "F",
                "woman": "F",
                "女": "F",
                "女性": "F",
            },
            meaning="sex",
            aliases=("gender",),
        ),
        Field(
            name="age",
            kind="number",
            unit="years",
            meaning="age",
            aliases=("age_years", "age_y"),
            lowest=0,
            highest=150,
        ),
        Field(
            name="st_mm",
            kind="table",
            unit="mm",
            meaning="ST at the J-point by lead, elevation positive, 1 mm = 0.1 mV; null: not "
            "measurable; a lead that is not there was not reported as elevated",
            aliases=("st", "j_point_st_mm", "j_point_mm", "st_elevation_mm", "J-point ST (mm)"),
        ),
        Field(name="lbbb", kind="flag", meaning="left bundle branch block"),
        Field(name="lvh", kind="flag", meaning="left ventricular hypertrophy"),
        Field(name="paced", kind="flag", meaning="paced rhythm", aliases=("paced_rhythm",)),
        Field(
            name="bandwidth",
            kind="choice",
            choices=("diagnostic", "monitor"),
            words={"monitoring": "monitor"},
            meaning="filter of the trace; ST of a monitoring trace is not valid",
        ),
        Field(
            name="t_upright",
            kind="flag",
            meaning="T upright in V1-V3",
            aliases=("t_upright_v1_v3", "upright_t"),
        ),
        Field(
            name="physician_confirmed",
            kind="flag",
            meaning="a physician has confirmed the reading",
            aliases=("confirmed",),
        ),
    ),
    answers=(
        Answer(name="met", meaning="true, false, or null: undecided or not valid"),
        Answer(name="leads", meaning="leads at or over their threshold, in the order of leads"),
        Answer(name="pairs", meaning="contiguous pairs among them"),
        Answer(name="valid", meaning="whether the criteria hold for this trace at all"),
        Answer(name="not_valid_because", meaning="lbbb, lvh, paced, monitor_bandwidth"),
        Answer(name="needs", meaning="what would decide: sex, age, leads, st_mm"),
        Answer(name="missing", meaning="standard leads without a measurement"),
        Answer(name="record_posterior", meaning="V7-V9 should be recorded; null: not known"),
        Answer(name="urgent_cardiology_read", meaning="aVR elevation with multilead depression"),
        Answer(name="needs_physician_confirmation", meaning="before the cath lab is activated"),
    ),
    decide=_evaluate_stemi,
    say=said_everywhere(_explain_stemi),
    tables=(
        Table(
            title="J-point elevation that counts, the first row that fits",
            header=("leads", "sex", "age in years", "mm"),
            rows=_threshold_rows(),
        ),
        Table(
            title="Contiguous leads, any two of a group",
            header=("group",),
            rows=tuple((", ".join(group),) for group in stemi.CONTIGUOUS),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="GK", text="Contiguity, to be verified against AHA/ACCF/HRS 2009"),
        Note(
            mark="POLICY",
            text="A lead that is not in the case counts as not elevated; a null lead, unknown sex "
            "or unknown age leaves open what it could decide",
        ),
        Note(mark="POLICY", text="A physician confirms before the cath lab is activated"),
        Note(
            mark="POLICY",
            text="V7-V9 are asked for when one of V1-V3 is depressed "
            f"{stemi.DEFAULT_POLICY.posterior_depression_mm:g} mm and no other lead is",
        ),
        Note(
            mark="POLICY",
            text=f"aVR {stemi.DEFAULT_POLICY.avr_elevation_mm:g} mm with depression of "
            f"{stemi.DEFAULT_POLICY.avr_depression_mm:g} mm in "
            f"{stemi.DEFAULT_POLICY.avr_depressed_leads} leads asks for a cardiologist; the source "
            "gives no numbers",
        ),
    ),
)

RULES: Final = (STEMI, REPERFUSION)

"""The respiratory pathway, burns and poisons in the register."""

from typing import Final

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
)
from dispatch.rules.pathway import filled, needs_as_json
from dispatch.rules.policies import Policies
from dispatch.rules.trauma import read_ticks
from dispatch.rules.vitals import RESP_RATE, SPO2
from dispatch.triage import burn_tox, respiratory
from dispatch.triage.burn_tox import BurnToxFindings, BurnToxPolicy
from dispatch.triage.respiratory import RespiratoryFindings, RespiratoryPolicy

_BREATHING: Final = RespiratoryPolicy()  # of the page only, like the next
_BURN_TOX: Final = BurnToxPolicy()

_AIRWAY: Final = Field(
    name="airway",
    kind="choice",
    choices=("safe", "threatened", "lost"),
    words={"unmanageable": "lost", "at_risk": "threatened"},
    meaning="lost is one that cannot be kept open on the way",
)

_DISEASES: Final[dict[str, str]] = {disease: disease for disease in respiratory.DISEASES}
_TRIGGERS: Final = {
    "spo2_on_oxygen": Words(
        zh="吸氧下 SpO2 <{p.spo2_below_pct:g}%",
        en="SpO2 < {p.spo2_below_pct:g} % on oxygen",
    ),
    "rr": Words(
        zh="呼吸 ≥{p.resp_rate_from_per_min:g} 次/分",
        en="breathing {p.resp_rate_from_per_min:g}/min or more",
    ),
    "silent_chest": Words(zh="沉默肺", en="silent chest"),
    "etco2_drowsy": Words(
        zh="嗜睡且 EtCO2 >{p.etco2_above_mmhg:g} mmHg",
        en="drowsy with EtCO2 > {p.etco2_above_mmhg:g} mmHg",
    ),
    "massive_haemoptysis": Words(zh="大咯血", en="massive haemoptysis"),
}
_LEVELS: Final = {
    "severe": Words(
        zh="重症呼吸：可能需无创通气、支气管镜或 ICU",
        en="Severe: may need NIV, bronchoscopy or intensive care",
    ),
    "suspected": Words(zh="疑呼吸中心疾病", en="A disease of the respiratory centre is suspected"),
    "indeterminate": Words(zh="未见触发条件，但不能排除", en="No trigger met, but not excluded"),
    "none": Words(zh="无呼吸中心触发条件", en="No trigger of the respiratory pathway"),
}
_AIRWAY_LOST: Final = Words(
    zh="气道无法维持：送最近可复苏的急诊", en="Airway lost: closest resuscitation"
)


def _evaluate_respiratory(values: Values, policies: Policies) -> Result:
    found = RespiratoryFindings(
        spo2_pct=values["spo2"],
        on_oxygen=values["o2"],
        resp_rate_per_min=values["rr"],
        has_silent_chest=values["silent_chest"],
        etco2_mmhg=values["etco2"],
        is_drowsy=values["drowsy"],
        suspected=read_ticks("suspected", values["suspected"], _DISEASES),
        airway=values["airway"],
    )
    policy = policies.clinical.respiratory
    result = respiratory.assess(found, policy)
    follows = respiratory.need(found, result, policy)
    return {
        "level": result.level,
        "triggers": list(result.triggers),
        "undecided": list(result.undecided),
        "missing": list(result.missing),
        "news2_scale": respiratory.news2_scale(values["hypercapnia_documented"]),
        "needs": needs_as_json([follows] if follows else []),
    }


def _explain_respiratory(_values: Values, result: Result, policies: Policies) -> Words:
    level = _LEVELS[result["level"]]
    triggers = filled(_TRIGGERS, policies.clinical.respiratory)
    met = [triggers[trigger] for trigger in result["triggers"]]
    zh = level.zh + (f"（{'；'.join(one.zh for one in met)}）" if met else "") + "。"
    en = level.en + (f" ({'; '.join(one.en for one in met)})" if met else "") + "."
    if any(follows["is_immediate"] for follows in result["needs"]):
        zh, en = f"{_AIRWAY_LOST.zh}。{zh}", f"{_AIRWAY_LOST.en}. {en}"
    missing = ", ".join(result["missing"])
    return Words(
        zh=f"{zh}缺：{missing}。" if missing else zh,
        en=f"{en} Missing: {missing}." if missing else en,
    )


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


RESPIRATORY: Final = Rule(
    name="respiratory",
    version="1",
    title_zh="呼吸急危重症",
    title_en="Respiratory pathway",
    source="general knowledge; NEWS2 scale: Royal College of Physicians 2017",
    owner=MEDICAL_DIRECTOR,
    fields=(
        SPO2,
        _flag("o2", "given oxygen (true) or on air (false)", "on_oxygen"),
        RESP_RATE,
        _flag("silent_chest", "no breath sounds in a labouring patient"),
        Field(
            name="etco2",
            kind="number",
            unit="mmHg",
            meaning="end-tidal carbon dioxide",
            aliases=("etco2_mmhg", "EtCO2"),
            lowest=0,
            highest=760,
        ),
        _flag("drowsy", "drowsy", "drowsiness"),
        Field(
            name="suspected",
            kind="list",
            meaning=f"diseases suspected: any of {', '.join(respiratory.DISEASES)}; [] is none",
            aliases=("diseases",),
        ),
        _AIRWAY,
        _flag("hypercapnia_documented", "a clinician documented hypercapnic respiratory failure"),
    ),
    answers=(
        Answer(name="level", meaning="severe, suspected, indeterminate or none"),
        Answer(name="triggers", meaning="triggers met"),
        Answer(name="undecided", meaning="triggers that could still be met"),
        Answer(name="missing", meaning="inputs that the undecided triggers wait for"),
        Answer(name="news2_scale", meaning="2 only with documented hypercapnia, else 1"),
        Answer(name="needs", meaning="what follows for destination and alert; empty for nothing"),
    ),
    decide=_evaluate_respiratory,
    say=_explain_respiratory,
    tables=(
        Table(
            title="Triggers",
            header=("trigger", "条件", "condition", "alert"),
            rows=tuple(
                (name, one.zh, one.en, "red" if name in _BREATHING.red_triggers else "yellow")
                for name, one in filled(_TRIGGERS, _BREATHING).items()
            ),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="GK", text="diseases, triggers and what they may need: no published field rule"),
        Note(
            mark="POLICY",
            text="red alert for a silent chest or massive haemoptysis, yellow for other triggers; "
            "a nearer hospital is passed only by a severe patient whose airway is known to be safe",
        ),
    ),
)

_BURN_CRITERIA: Final = {
    "burn_area": Words(
        zh="面积 >{p.burn_above_pct:g}%（{p.child_below_years} 岁以下 "
        ">{p.child_burn_above_pct:g}%）",
        en="more than {p.burn_above_pct:g} % of the body (below "
        "{p.child_below_years} years more than {p.child_burn_above_pct:g} %)",
    ),
    "face_airway": Words(zh="面部或气道", en="face or airway"),
    "high_voltage": Words(zh="高压电击", en="high voltage"),
    "closed_room": Words(zh="密闭空间火灾", en="fire in a closed room"),
}
_CO_CRITERIA: Final = {
    "neurological": Words(zh="GCS <{p.gcs_below}", en="GCS below {p.gcs_below}"),
    "lost_consciousness": Words(zh="曾意识丧失", en="lost consciousness"),
    "cardiac_ischaemia": Words(zh="心肌缺血", en="cardiac ischaemia"),
    "pregnant": Words(zh="妊娠", en="pregnant"),
    "cohb": Words(
        zh="COHb ≥{p.cohb_from_pct:g}%",
        en="COHb {p.cohb_from_pct:g} % or more",
    ),
}
_DECISIONS: Final = {
    "airway_lost": _AIRWAY_LOST,
    "burn_unit": Words(
        zh="烧伤：送有烧伤救治能力的医院", en="Burn: to a hospital with a burn unit"
    ),
    "burn_nearest": Words(
        zh="烧伤，但不稳定或情况不明：先送最近的适宜医院",
        en="Burn, unstable or not known to be stable: nearest suitable hospital first",
    ),
    "burn_with_trauma": Words(
        zh="烧伤合并创伤：按创伤路径", en="Burn with trauma: the trauma pathway leads"
    ),
    "burn_indeterminate": Words(
        zh="烧伤，是否需烧伤中心尚不能定", en="Burn, need of a burn unit not decided"
    ),
    "hyperbaric": Words(
        zh="一氧化碳中毒：吸氧，送有高压氧的医院",
        en="Carbon monoxide: oxygen, to a pressure chamber",
    ),
    "co_nearest": Words(
        zh="一氧化碳中毒需高压氧，但太远、气道不安全或情况不明：吸氧，先送最近医院",
        en="Carbon monoxide, pressure chamber wanted but too far, airway not safe or not known: "
        "oxygen, nearest hospital first",
    ),
    "co_indeterminate": Words(
        zh="一氧化碳中毒：吸氧，是否需高压氧尚不能定",
        en="Carbon monoxide: oxygen, need of a pressure chamber not decided",
    ),
    "co_oxygen": Words(
        zh="一氧化碳中毒：吸氧，送最近医院", en="Carbon monoxide: oxygen, nearest hospital"
    ),
    "poisoned": Words(
        zh="中毒：送最近医院，优先有中毒救治能力者",
        en="Poisoned: nearest hospital, toxicology breaks ties",
    ),
}


def _evaluate_burn_tox(values: Values, policies: Policies) -> Result:
    found = BurnToxFindings(
        age_years=values["age"],
        burn_pct=values["burn_pct"],
        has_face_or_airway_burn=values["face_airway"],
        is_high_voltage=values["high_voltage"],
        is_closed_room_fire=values["closed_room"],
        has_other_trauma=values["other_trauma"],
        is_stable=values["stable"],
        airway=values["airway"],
        poison=values["poison"],
        gcs_total=values["gcs"],
        has_lost_consciousness=values["lost_consciousness"],
        has_cardiac_ischaemia=values["cardiac_ischaemia"],
        is_pregnant=values["pregnant"],
        cohb_pct=values["cohb"],
        hyperbaric_min=values["hyperbaric_min"],
    )
    policy = policies.clinical.burn_tox
    needs = (burn_tox.burn_need(found, policy), burn_tox.tox_need(found, policy))
    each = (burn_tox.burn_criteria(found, policy), burn_tox.hyperbaric_criteria(found, policy))
    return {
        "burn": needs[0].decision if needs[0] else None,
        "tox": needs[1].decision if needs[1] else None,
        "criteria": [name for one in each if one for name in one.met],
        "undecided": [name for one in each if one for name in one.undecided],
        "missing": [name for one in needs if one for name in one.asks],
        "needs": needs_as_json(one for one in needs if one),
    }


def _explain_burn_tox(_values: Values, result: Result, policies: Policies) -> Words:
    decided = [_DECISIONS[name] for name in (result["burn"], result["tox"]) if name]
    criteria = filled(_BURN_CRITERIA | _CO_CRITERIA, policies.clinical.burn_tox)
    met = [criteria[name] for name in result["criteria"]]
    missing = ", ".join(result["missing"])
    zh = "。".join(one.zh for one in decided) or "没有需要专科能力的烧伤或中毒"
    en = ". ".join(one.en for one in decided) or "No burn or poison that asks for a special place"
    zh += f"（{'；'.join(one.zh for one in met)}）。" if met else "。"
    en += f" ({'; '.join(one.en for one in met)})." if met else "."
    return Words(
        zh=f"{zh}缺：{missing}。" if missing else zh,
        en=f"{en} Missing: {missing}." if missing else en,
    )


def _number(name: str, unit: str, meaning: str, highest: float, *aliases: str) -> Field:
    return Field(
        name=name,
        kind="number",
        unit=unit,
        meaning=meaning,
        aliases=aliases,
        lowest=0,
        highest=highest,
    )


BURN_TOX: Final = Rule(
    name="burn_tox",
    version="1",
    title_zh="烧伤与中毒",
    title_en="Burns and poisons",
    source="POLICY; hyperbaric oxygen after Eichhorn, Deutsches Ärzteblatt International 2018",
    owner=MEDICAL_DIRECTOR,
    fields=(
        _number("age", "a", "age in years", 120, "age_years"),
        _number("burn_pct", "%", "body surface burnt", 100, "tbsa", "tbsa_pct"),
        _flag("face_airway", "face or airway burnt", "face_burn", "airway_burn"),
        _flag("high_voltage", "high-voltage electricity"),
        _flag("closed_room", "fire in a closed room", "closed_room_fire"),
        _flag("other_trauma", "injuries beside the burn", "trauma"),
        _flag("stable", "breathing and circulation stable"),
        _AIRWAY,
        Field(
            name="poison",
            kind="choice",
            choices=burn_tox.POISONS,
            words={"carbon_monoxide": "co", "一氧化碳": "co", "paraquat": "pesticide",
                   "organophosphate": "pesticide", "snakebite": "venom"},
            meaning="what is suspected; null is no poison suspected",
            aliases=("agent",),
        ),
        Field(
            name="gcs",
            kind="integer",
            meaning="Glasgow Coma Scale, total",
            aliases=("GCS", "gcs_total"),
            lowest=3,
            highest=15,
        ),
        _flag("lost_consciousness", "carbon monoxide: lost consciousness at any time", "loc"),
        _flag("cardiac_ischaemia", "carbon monoxide: signs of cardiac ischaemia"),
        _flag("pregnant", "pregnant"),
        _number("cohb", "%", "carboxyhaemoglobin", 100, "cohb_pct", "COHb"),
        _number("hyperbaric_min", "min", "drive to the nearest pressure chamber in service", 1440),
    ),
    answers=(
        Answer(
            name="burn",
            meaning="airway_lost, burn_unit, burn_nearest, burn_with_trauma, burn_indeterminate; "
            "null for no burn or a small one",
        ),
        Answer(
            name="tox",
            meaning="airway_lost, hyperbaric, co_nearest, co_indeterminate, co_oxygen, poisoned; "
            "null for none",
        ),
        Answer(name="criteria", meaning="criteria met"),
        Answer(name="undecided", meaning="criteria that could still be met"),
        Answer(name="missing", meaning="what would decide it"),
        Answer(name="needs", meaning="what follows for destination and alert, burn before poison"),
    ),
    decide=_evaluate_burn_tox,
    say=_explain_burn_tox,
    tables=(
        Table(
            title="Burn unit, any of",
            header=("criterion", "条件", "condition"),
            rows=tuple((name, one.zh, one.en)
                       for name, one in filled(_BURN_CRITERIA, _BURN_TOX).items()),
            mark="POLICY",
        ),
        Table(
            title="Pressure chamber, any of",
            header=("criterion", "条件", "condition"),
            rows=tuple((name, one.zh, one.en)
                       for name, one in filled(_CO_CRITERIA, _BURN_TOX).items()),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="POLICY", text="a burn unit is wanted by the first-priority cell of the call "
             "table, and only by a stable patient without other trauma"),
        Note(mark="GK", text=f"COHb {_BURN_TOX.cohb_from_pct:g} % or more"),
        Note(mark="POLICY", text="a pressure chamber within "
             f"{_BURN_TOX.hyperbaric_limit_min:g} min, itself included, and a safe airway"),
        Note(mark="POLICY", text="toxicology breaks ties and never passes a nearer hospital"),
    ),
)  # fmt: skip

RULES: Final = (RESPIRATORY, BURN_TOX)

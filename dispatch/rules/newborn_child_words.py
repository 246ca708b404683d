"""The codes of the newborn and child pathways in words, Chinese and English, with their marks.

``{p.…}`` is a number of `NewbornPathwayPolicy`, of the child's words one of `ChildPolicy`:
`dispatch.rules.pathway.filled` puts the county's there.
"""

from typing import Final

from dispatch.rules.pathway import Said

NEWBORN_FINDINGS: Final = {
    "arrest": Said(zh="心脏骤停", en="cardiac arrest", aliases=("cardiac_arrest",)),
    "airway_unmanageable": Said(
        zh="气道无法维持", en="airway nobody can manage", aliases=("airway_not_relieved",)
    ),
    "cpap": Said(zh="需 CPAP", en="needs CPAP"),
    "ventilated": Said(zh="需机械通气", en="needs ventilation", aliases=("ventilation",)),
    "asphyxia": Said(zh="窒息或脑病征象", en="asphyxia or signs of encephalopathy",
                     aliases=("hie",)),
    "shock": Said(zh="休克", en="shock"),
    "duct_dependent_heart": Said(
        zh="疑似导管依赖性心脏病", en="suspected duct-dependent heart disease"
    ),
    "surgical_malformation": Said(zh="需手术的畸形", en="malformation for surgery"),
    "severe_jaundice": Said(zh="重度黄疸近换血线", en="severe jaundice near exchange"),
    "recurring_low_glucose": Said(zh="反复低血糖", en="low glucose again and again"),
    "bleeding": Said(zh="出血", en="bleeding"),
    "sepsis": Said(zh="疑似脓毒症", en="suspected sepsis"),
}  # fmt: skip

INDICATIONS: Final = {
    **NEWBORN_FINDINGS,
    "very_preterm": Said(
        zh="胎龄不足 {p.level_3_below_weeks:g} 周",
        en="under {p.level_3_below_weeks:g} weeks",
        mark="source", source="American Academy of Pediatrics 2012",
    ),
    "very_light": Said(
        zh="体重不足 {p.level_3_below_g:g} 克", en="under {p.level_3_below_g:g} g",
        mark="source", source="American Academy of Pediatrics 2012",
    ),
    "high_oxygen": Said(
        zh="吸氧浓度超过 {p.level_3_above_oxygen_pct:g}%",
        en="more than {p.level_3_above_oxygen_pct:g} % oxygen",
    ),
    "resp_rate": Said(zh="呼吸过快", en="fast breathing"),
    "apnoea": Said(zh="呼吸暂停", en="apnoea"),
    "heart_rate": Said(zh="心率异常", en="heart rate out of range"),
    "spo2": Said(zh="血氧低于目标", en="saturation below target"),
    "temperature": Said(zh="体温异常", en="temperature out of range"),
    "glucose": Said(zh="低血糖", en="low glucose"),
    "seizure": Said(zh="惊厥", en="seizure"),
    "apgar_1": Said(zh="1 分钟 Apgar 低", en="low Apgar at 1 minute"),
    "apgar_5": Said(zh="5 分钟 Apgar 低", en="low Apgar at 5 minutes"),
    "gestation": Said(
        zh="胎龄不足 {p.transport_below_weeks:g} 周",
        en="under {p.transport_below_weeks:g} weeks",
    ),
    "weight": Said(
        zh="体重不足 {p.transport_below_g:g} 克",
        en="under {p.transport_below_g:g} g",
    ),
}  # fmt: skip

NEWBORN_DECISIONS: Final = {
    "resuscitate": Said(
        zh="复苏：送最近可抢救的急诊（P1）",
        en="Resuscitate: closest emergency department that can (P1)", mark="POLICY",
    ),
    "nearest_then_team": Said(
        zh="不稳定：就近稳定，由 NICU 转运团队来接",
        en="Not stable: nearest hospital that can resuscitate, the NICU team comes there",
        mark="POLICY",
    ),
    "city_nicu": Said(
        zh="送市级三级 NICU，由对方派转运团队",
        en="City newborn intensive care, level III, which sends its team", mark="POLICY",
    ),
    "newborn_centre": Said(
        zh="送危重新生儿救治中心", en="Newborn centre", mark="POLICY"
    ),
    "no_indication": Said(zh="未见转运指征", en="No indication for transport", mark="POLICY"),
    "undecided": Said(
        zh="尚未发现指征，但有项目未测", en="Nothing found yet, but not everything was looked at",
        mark="POLICY",
    ),
    "child_pathway": Said(
        zh="出生超过 {p.last_day} 天：按儿童路径（NPEWS 0–11 月）",
        en="Older than {p.last_day} days: child pathway (NPEWS 0-11 months)",
        mark="POLICY",
    ),
}  # fmt: skip

NEWBORN_STEPS: Final = {
    "resuscitate": Said(zh="新生儿复苏", en="resuscitate"),
    "ventilate": Said(zh="正压通气", en="ventilate"),
    "compressions_3_to_1": Said(zh="胸外按压 3:1", en="chest compressions 3 to 1"),
    "rewarm": Said(zh="复温", en="rewarm"),
    "treat_glucose": Said(zh="处理低血糖", en="treat the low glucose"),
    "stable_sugar": Said(zh="血糖", en="sugar"),
    "stable_temperature": Said(zh="体温", en="temperature"),
    "stable_airway": Said(zh="气道", en="airway"),
    "stable_blood_pressure": Said(zh="血压", en="blood pressure"),
    "stable_lab": Said(zh="化验", en="lab work"),
    "stable_emotional": Said(zh="家属支持", en="support for the family"),
    "keep_warm": Said(
        zh="到达时体温 {p.arrival_from_cel:g}–{p.arrival_to_cel:g} °C",
        en="arrive at {p.arrival_from_cel:g}-{p.arrival_to_cel:g} Cel",
    ),
}
NEWBORN_ASKS: Final = {
    **INDICATIONS,
    "age": Said(zh="出生时间", en="age"),
    "stable": Said(zh="是否稳定", en="stable or not"),
    "resp_rate": Said(zh="呼吸", en="breathing rate"),
    "apnoea": Said(zh="有无呼吸暂停", en="apnoea or not"),
    "heart_rate": Said(zh="心率", en="heart rate"),
    "spo2": Said(zh="血氧", en="saturation"),
    "temperature": Said(zh="体温", en="temperature"),
    "glucose": Said(zh="血糖", en="glucose"),
    "seizure": Said(zh="有无惊厥", en="seizure or not"),
    "apgar_1": Said(zh="1 分钟 Apgar", en="Apgar at 1 minute"),
    "apgar_5": Said(zh="5 分钟 Apgar", en="Apgar at 5 minutes"),
    "gestation": Said(zh="胎龄", en="weeks at birth"),
    "weight": Said(zh="体重", en="weight"),
}

CHILD_FINDINGS: Final = {
    "arrest": Said(zh="心脏骤停", en="cardiac arrest", aliases=("cardiac_arrest",)),
    "respiratory_arrest": Said(zh="呼吸停止", en="respiratory arrest"),
    "airway_not_relieved": Said(
        zh="气道梗阻未解除", en="airway not relieved",
        aliases=("airway_obstructed", "airway_unmanageable", "airway"),
    ),
    "status_epilepticus": Said(zh="癫痫持续状态", en="status epilepticus"),
    "arrhythmia": Said(
        zh="致命性心律失常", en="life-threatening arrhythmia",
        aliases=("life_threatening_arrhythmia",),
    ),
    "sepsis": Said(zh="疑似脓毒症", en="suspected sepsis"),
    "shock": Said(zh="休克", en="shock"),
}  # fmt: skip

TRIGGERS: Final = {
    **CHILD_FINDINGS,
    "npews_emergency": Said(
        zh="NPEWS 危急", en="NPEWS emergency", mark="source", source="NHS England 2023"
    ),
    "npews_high": Said(zh="NPEWS 高", en="NPEWS high", mark="source", source="NHS England 2023"),
    "low_saturation": Said(
        zh="血氧低于 {p.spo2_below_pct:g}%", en="SpO2 below {p.spo2_below_pct:g} %"
    ),
}

CHILD_DECISIONS: Final = {
    "closest_ed": Said(zh="立即送最近急诊", en="Closest emergency department now", mark="POLICY"),
    "child_centre": Said(
        zh="送有 PICU 的儿童救治中心", en="Child centre with paediatric intensive care"
    ),
    "nearest_then_picu": Said(
        zh="不稳定：先送最近急诊，再联系 PICU",
        en="Not stable: nearest emergency department, then paediatric intensive care",
        mark="POLICY",
    ),
    "paediatric_review": Said(
        zh="NPEWS 中：就近，30 分钟内由医师评估",
        en="NPEWS medium: nearest hospital, assessed within 30 minutes",
        mark="source", source="NHS England 2023",
    ),
    "no_trigger": Said(zh="无危重指征", en="No trigger", mark="POLICY"),
    "undecided": Said(
        zh="尚未发现指征，但缺 NPEWS 或血氧",
        en="Nothing found yet, but NPEWS or the saturation is missing", mark="POLICY",
    ),
    "newborn_pathway": Said(
        zh="出生 {p.newborn_last_day} 天内：按新生儿路径",
        en="Up to {p.newborn_last_day} days: newborn pathway", mark="POLICY",
    ),
    "adult_pathway": Said(
        zh="满 {p.adult_from_years} 岁：按成人路径",
        en="From {p.adult_from_years} years: adult pathway", mark="source",
        source="Royal College of Physicians 2017",
    ),
}  # fmt: skip

CHILD_STEPS: Final = {
    "cpr": Said(zh="心肺复苏", en="resuscitate"),
    "ventilate": Said(zh="通气", en="ventilate"),
    "open_airway": Said(zh="开放气道", en="open the airway"),
}
CHILD_ASKS: Final = {
    "age": Said(zh="年龄", en="age"),
    "age_days": Said(zh="出生天数", en="age in days"),
    "npews_level": Said(zh="NPEWS", en="NPEWS"),
    "spo2": Said(zh="血氧", en="saturation"),
    "stable": Said(zh="是否稳定", en="stable or not"),
}

"""The codes of the maternal pathway in words, Chinese and English, each with mark and source.

``{p.…}`` is a number of `MaternalPolicy`: `dispatch.rules.pathway.filled` puts the county's there.
"""

from typing import Final

from dispatch.rules.pathway import Said

FINDING_WORDS: Final = {
    "arrest": Said(zh="心脏骤停", en="cardiac arrest", aliases=("cardiac_arrest",)),
    "stable": Said(zh="病情稳定", en="mother stable", aliases=("mother_stable", "is_stable")),
    "labour": Said(zh="已临产", en="in labour", aliases=("labor", "preterm_labour", "in_labour")),
    "crowning": Said(zh="胎头着冠", en="crowning", aliases=("head_visible",)),
    "urge_to_push": Said(zh="有用力感", en="urge to push", aliases=("urge", "pushing")),
    "fully_dilated": Said(zh="宫口开全", en="fully dilated", aliases=("full_dilatation",)),
    "bleeding": Said(zh="阴道出血", en="vaginal bleeding", aliases=("vaginal_bleeding",)),
    "heavy_bleeding": Said(
        zh="大量出血", en="heavy bleeding", aliases=("pph", "haemorrhage", "hemorrhage")
    ),
    "caesarean": Said(zh="剖宫产", en="born by caesarean", aliases=("cs", "cesarean")),
    "multiple": Said(zh="多胎", en="twins or more", aliases=("twins",)),
    "seizure": Said(
        zh="抽搐（子痫）", en="seizure (eclampsia)", aliases=("fit", "eclampsia", "fitting")
    ),
    "cord_prolapse": Said(zh="脐带脱垂", en="cord prolapse"),
    "shoulder_dystocia": Said(zh="肩难产", en="shoulder dystocia", aliases=("shoulder",)),
    "breech": Said(zh="臀位", en="breech"),
    "retained_placenta": Said(zh="胎盘滞留", en="retained placenta"),
    "uterine_inversion": Said(zh="子宫内翻", en="uterine inversion"),
    "preeclampsia": Said(zh="子痫前期", en="pre-eclampsia", aliases=("pre_eclampsia",)),
    "headache": Said(zh="剧烈头痛", en="severe headache"),
    "visual_disturbance": Said(zh="视物模糊", en="visual disturbance", aliases=("visual",)),
    "ruq_pain": Said(zh="右上腹痛", en="pain in the right upper abdomen", aliases=("ruq",)),
    "sepsis": Said(zh="疑似脓毒症", en="suspected sepsis"),
    "amniotic_embolism": Said(
        zh="疑似羊水栓塞", en="suspected amniotic fluid embolism", aliases=("afe",)
    ),
    "cardiac_disease": Said(zh="心脏病", en="heart disease", aliases=("cardiac",)),
    "respiratory_disease": Said(zh="呼吸系统疾病", en="lung disease", aliases=("respiratory",)),
    "accreta": Said(zh="胎盘植入", en="placenta accreta", aliases=("placenta_accreta",)),
    "trauma": Said(zh="外伤", en="trauma", aliases=("injury",)),
}

FLAGS: Final = {
    **FINDING_WORDS,
    "mewc_trigger": Said(
        zh="孕产妇早期预警触发", en="maternal early warning trigger", mark="source",
        source="Mhyre 2014",
    ),
    "antepartum_bleeding": Said(
        zh="产前出血（满 {p.bleeding_from_weeks:g} 周，任何量）",
        en="bleeding before birth from {p.bleeding_from_weeks:g} weeks, any amount",
    ),
    "postpartum_haemorrhage": Said(
        zh="产后出血（阴道产满 {p.vaginal_loss_ml:g}、剖宫产满 {p.caesarean_loss_ml:g} 毫升）",
        en="bleeding after birth, {p.vaginal_loss_ml:g} mL (caesarean "
        "{p.caesarean_loss_ml:g} mL) or heavy",
    ),
    "shock_index": Said(
        zh="产科休克指数升高", en="obstetric shock index raised", mark="source",
        source="Nathan 2015",
    ),
    "severe_hypertension": Said(
        zh="重度高血压（收缩压满 {p.severe_systolic_mmhg:g} 或舒张压满 "
        "{p.severe_diastolic_mmhg:g}）",
        en="severe hypertension (systolic {p.severe_systolic_mmhg:g} or diastolic "
        "{p.severe_diastolic_mmhg:g} mmHg or more)",
        source="ACOG 2020",
    ),
    "preeclampsia_symptoms": Said(
        zh="子痫前期症状（头痛、视物模糊或右上腹痛）",
        en="symptoms of pre-eclampsia (headache, vision or right upper abdomen)",
    ),
    "trauma_over_20_weeks": Said(
        zh="孕 {p.trauma_above_weeks:g} 周以上外伤",
        en="trauma above {p.trauma_above_weeks:g} weeks", mark="source",
        source="Field Triage of Injured Patients 2021",
    ),
}  # fmt: skip

DECISIONS: Final = {
    "resuscitate": Said(
        zh="心脏骤停：送最近可抢救的急诊，优先有产科和手术室者",
        en="Arrest: closest emergency department that resuscitates, obstetrics preferred",
        mark="POLICY",
    ),
    "nearest_operating_obstetrics": Said(
        zh="不稳定：送最近有手术室、备血和产科医师的医院",
        en="Unstable: nearest hospital with operating room, blood and obstetrician",
        mark="POLICY",
    ),
    "deliver_or_closest_obstetrics": Said(
        zh="即将分娩：就地接生或送最近产科",
        en="Delivery cannot wait: deliver on scene or closest obstetric unit",
        mark="POLICY",
    ),
    "city_in_utero": Said(
        zh="不足 {p.city_below_weeks:g} 周且稳定："
        "电话征得县产科同意后，宫内转运至有 NICU 的市级医院",
        en="Under {p.city_below_weeks:g} weeks and stable: before birth to the city newborn "
        "intensive care, once the county obstetrician agrees by telephone",
        mark="POLICY",
    ),
    "city_maternal": Said(
        zh="合并重症且稳定：送市级危重孕产妇中心",
        en="Grave disease and stable: city maternal centre",
        mark="POLICY",
    ),
    "maternal_with_nicu": Said(
        zh="不足 {p.nicu_below_weeks:g} 周（或估重不足 {p.nicu_below_g:g} 克）且稳定："
        "送有 NICU 的孕产妇中心",
        en="Under {p.nicu_below_weeks:g} weeks or {p.nicu_below_g:g} g and stable: maternal "
        "centre with newborn intensive care",
        mark="POLICY",
    ),
    "maternal_centre": Said(
        zh="送最近的危重孕产妇救治中心", en="Nearest maternal centre", mark="POLICY"
    ),
    "unit_of_choice": Said(
        zh="绿色低风险：可送本人选择的产科", en="Green: the maternity unit of her choice",
        mark="POLICY",
    ),
    "maternal_level_2": Said(
        zh="非绿色或颜色不明：送最近的二级及以上产科",
        en="Not green, or colour unknown: nearest maternity hospital of level 2 or higher",
        mark="source", source="国卫妇幼发〔2017〕35号",
    ),
    "adult_pathway": Said(
        zh="产后已超过 {p.risk.last_day_after_birth} 天：按成人路径",
        en="More than {p.risk.last_day_after_birth} days after birth: adult pathway",
        mark="source", source="国卫妇幼发〔2017〕35号",
    ),
    "ask_pregnancy": Said(
        zh="不知是否怀孕或产后 {p.risk.last_day_after_birth} 天内",
        en="Not known whether pregnant or within {p.risk.last_day_after_birth} days of birth",
        mark="POLICY",
    ),
}  # fmt: skip

STEPS: Final = {
    "cpr": Said(zh="心肺复苏", en="resuscitate"),
    "displace_uterus_by_hand": Said(
        zh="手法将子宫推向左侧", en="push the womb to the left by hand"
    ),
    "perimortem_caesarean_5_min": Said(
        zh="约 5 分钟内做好濒死期剖宫产", en="caesarean in arrest by about five minutes"
    ),
    "prepare_delivery": Said(zh="准备接生", en="prepare for delivery"),
    "call_county_obstetrician": Said(
        zh="先电话征得县产科同意", en="telephone the county obstetrician first"
    ),
    "infection_precautions": Said(zh="传染病防护", en="precautions against infection"),
    "maternal_centre": Said(zh="孕产妇中心", en="maternal centre"),
    "newborn_team": Said(zh="新生儿团队到场", en="newborn team to the birth"),
    "infection_control": Said(zh="感染控制", en="infection control"),
}

ASKS: Final = {
    "pregnant": Said(zh="是否怀孕", en="pregnant or not"),
    "days_after_birth": Said(zh="产后天数", en="days since birth"),
    "weeks": Said(zh="孕周、末次月经或宫高", en="weeks, last period or height of the fundus"),
    "mewc_trigger": Said(zh="孕产妇早期预警", en="maternal early warning"),
    "stable": Said(zh="是否稳定", en="stable or not"),
    "blood_loss_ml": Said(zh="出血量", en="blood loss"),
    "nicu_extra_min": Said(
        zh="到有 NICU 产科需多行多久", en="extra drive to obstetrics with newborn intensive care"
    ),
    "colours": Said(zh="妊娠风险颜色", en="colour of pregnancy risk"),
}

"""The findings of call triage: what a caller can say, each with a stable code and our own words.

A finding says nothing about urgency: which findings make which priority is `criteria_table`. Every
wording here was written for Greenlane; no text or code of a licensed protocol is used. The words
after the English label are other spellings under which a finding is understood.
"""

from typing import Final

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a caller can report, in both languages."""

    code: str
    zh: str
    en: str
    words: tuple[str, ...] = ()


def _f(code: str, zh: str, en: str, *words: str) -> Finding:
    return Finding(code=code, zh=zh, en=en, words=words)


_ENTRY: Final = (
    _f("obvious_death", "明显死亡", "obvious death", "decapitation", "decapitated", "rigor",
       "尸僵"),
    _f("line_lost", "通话中断", "the line was lost", "line lost", "hung up", "断线", "挂断"),
    _f("second_hand", "来电人不在患者身边", "caller is not with the patient", "2nd-hand caller",
       "second-hand caller", "2nd-hand", "转述"),
    _f("agonal", "叹息样或打鼾样呼吸", "agonal breathing", "agonal word", "gasping", "snoring",
       "打呼噜", "occasional breaths", "叹气样呼吸"),
)  # fmt: skip

_GENERAL: Final = (
    _f("not_rousable", "叫不醒", "cannot be woken", "unconscious", "unresponsive",
       "not rousable now", "not conscious", "昏迷"),
    _f("awake", "清醒", "awake", "alert", "conscious"),
    _f("fainted", "晕倒过", "fainted", "collapse", "collapsed", "faint", "syncope", "晕倒"),
    _f("blue", "口唇发紫", "blue lips or face", "going blue", "cyanosis", "cyanotic",
       "发紫", "发绀"),
    _f("grey", "面色灰白", "grey in the face", "gray", "ashen", "面色灰"),
    _f("sweating", "出冷汗", "sweating", "sweaty", "clammy", "冷汗", "大汗"),
    _f("fitting", "正在抽搐", "fitting now", "fit", "seizing", "convulsing", "抽搐"),
    _f("drowsy", "嗜睡", "drowsy", "still drowsy", "sleepy", "lethargic"),
    _f("confused", "意识模糊", "confused", "confusion", "糊涂"),
    _f("vomiting", "呕吐", "vomiting", "vomits"),
    _f("fever", "发热", "fever", "febrile", "发烧"),
    _f("well", "现在完全正常", "well now", "fully well", "no other", "没有不适"),
    _f("repeated", "反复发作", "happened more than once", "repeated seizures", "repeated faints"),
    _f("chronic_unchanged", "慢性，无变化", "chronic, unchanged", "chronic"),
    _f("pregnant", "怀孕", "pregnant", "pregnancy known", "孕妇"),
    _f("immunosuppressed", "免疫力低下", "immunosuppressed", "chemotherapy", "immunosuppression",
       "化疗"),
    _f("diabetic", "糖尿病患者", "known diabetic", "diabetic patient"),
)  # fmt: skip

_MEDICAL: Final = (
    _f("breathing_difficulty", "呼吸困难", "breathing difficulty", "breathing affected",
       "breathless",
       "short of breath", "气短"),
    _f("chest_pain", "胸痛", "chest pain"),
    _f("cannot_speak_words", "说不出词", "cannot speak words", "cannot speak", "说不出话"),
    _f("silent_chest", "听不到呼吸音", "silent chest"),
    _f("stridor", "喉鸣（安静时）", "stridor at rest", "喉鸣"),
    _f("speaks_phrases", "只能说短句", "speaks phrases only", "speaks in phrases"),
    _f("asthma_copd_worse", "哮喘/慢阻肺加重", "known asthma or COPD, worse", "asthma", "copd",
       "哮喘", "慢阻肺"),
    _f("breathing_fast", "呼吸明显加快", "breathing obviously fast", "fast breathing", "rr fast",
       "rr obviously fast", "呼吸快"),
    _f("mild", "症状轻", "mild"),
    _f("chest_pressure", "胸口压迫感", "chest pressure", "pressure", "tightness", "胸闷", "压榨"),
    _f("radiation", "放射痛", "pain spreads to arm, jaw or back", "radiating", "放射"),
    _f("sharp_on_movement", "刺痛，随活动变化", "sharp, changes with movement", "worse on movement",
       "stabbing pain", "stabbing", "sharp", "刺痛"),
    _f("balance_lost", "突然站不稳", "sudden loss of balance", "balance"),
    _f("vision_lost", "突然看不清", "sudden loss of vision", "eyes", "vision loss"),
    _f("face_droop", "口角歪斜", "face droop", "facial droop", "face drooping", "口歪",
       "嘴歪"),
    _f("arm_weak", "一侧肢体无力", "weak arm or leg on one side", "arm weakness",
       "arm drift", "偏瘫"),
    _f("speech_trouble", "说话不清", "speech slurred or lost", "speech", "slurred speech",
       "口齿不清"),
    _f("first_seizure", "首次抽搐", "first seizure", "first fit"),
    _f("not_waking", "抽后不醒", "not waking after it", "not waking"),
    _f("seizure_stopped", "抽搐已停止", "fitting has stopped", "seizure just stopped", "stopped"),
    _f("known_epilepsy", "已知癫痫", "known epilepsy", "epilepsy", "known epileptic"),
    _f("recovering", "正在恢复", "recovering"),
    _f("voice_change", "声音改变", "voice has changed", "hoarse", "voice", "声音嘶哑"),
    _f("spreading_rash", "皮疹扩散", "rash is spreading", "spreading rash"),
    _f("swelling", "肿胀", "swelling", "swollen"),
    _f("local_rash", "局部皮疹", "local rash"),
    _f("suspected_aaa", "疑主动脉瘤", "suspected aortic aneurysm", "aaa"),
    _f("suspected_ectopic", "疑宫外孕", "suspected ectopic pregnancy", "ectopic", "宫外孕"),
    _f("severe_pain", "剧痛", "severe pain", "severe", "剧烈疼痛"),
    _f("vomiting_blood", "呕血", "vomiting blood", "haematemesis", "hematemesis"),
    _f("moderate_pain", "中等疼痛", "moderate pain", "moderate"),
    _f("cannot_swallow", "不能吞咽", "cannot swallow"),
    _f("glucose_abnormal", "血糖异常", "glucose abnormal", "abnormal glucose"),
    _f("mottled", "皮肤花斑", "mottled skin", "mottled"),
    _f("fever_alone", "仅发热", "fever alone", "fever only"),
    _f("active_self_harm", "正在自伤", "harming himself or herself", "active self-harm",
       "self-harm"),
    _f("violent", "有暴力行为", "violent"),
    _f("weapon", "持有凶器", "weapon", "knife in hand", "gun"),
    _f("overdose", "过量服药", "overdose", "服药过量"),
    _f("calm_wants_help", "平静，愿求助", "calm, wants help", "calm"),
)  # fmt: skip

_INJURY: Final = (
    _f("spurting_soaking", "喷射或湿透性出血", "spurting or soaking blood", "spurting", "soaking",
       "喷血", "大出血"),
    _f("stab_shot_core", "颈、躯干、腹股沟刺伤或枪伤", "neck, trunk or groin stabbed or shot",
       "stab", "stabbed", "shot", "gunshot", "stab or shot"),
    _f("limb_wound_controlled", "肢体伤口，出血已止", "limb wound, bleeding controlled",
       "controlled", "limb wound controlled", "limb wound"),
    _f("large_wound", "大伤口", "large wound", "large"),
    _f("minor_wound", "小伤口", "minor wound", "minor cut", "minor", "小划伤"),
    _f("dressing", "仅需换药", "dressing only", "dressing", "换药"),
    _f("trapped", "被困", "trapped", "entrapped", "卡住"),
    _f("ejected", "被甩出车外", "thrown from the vehicle", "ejected", "甩出"),
    _f("penetrating", "穿透伤", "penetrating injury", "penetrating"),
    _f("amputation", "断肢", "amputation", "amputated", "截断"),
    _f("head_injury_awake", "头部受伤，清醒", "head injury, awake", "head injury"),
    _f("spine_pelvis_femur", "疑脊柱、骨盆、股骨伤", "possible spine, pelvis or femur injury",
       "spine", "pelvis", "femur"),
    _f("isolated_limb", "单一肢体伤", "one limb hurt only", "isolated limb"),
    _f("bruise", "擦挫伤", "bruise", "bruised"),
    _f("face_airway_burn", "面部或气道烧伤", "face or airway burnt", "face burn", "airway burn"),
    _f("high_voltage", "高压电击", "high-voltage electricity", "electric high-voltage", "高压电"),
    _f("fire_closed_room", "密闭空间火灾", "fire in a closed room", "smoke inhalation"),
    _f("small_deep_burn", "小而深的烧伤", "small but deep burn", "smaller deep", "deep burn"),
    _f("co_symptoms", "一氧化碳中毒症状", "symptoms after carbon monoxide", "co symptoms",
       "煤气中毒"),
    _f("small_burn", "小面积烧伤", "small burn", "small"),
    _f("drowning", "溺水", "drowning", "drowned", "submersion"),
    _f("hanging", "自缢", "hanging", "hanged", "上吊"),
    _f("choking", "异物卡喉", "choking", "choked", "噎住"),
    _f("not_fully_recovered", "未完全恢复", "not fully recovered"),
    _f("fully_recovered", "已完全恢复", "fully recovered", "recovered fully"),
    _f("significant_ingestion", "明显摄入毒物", "significant ingestion", "ingestion"),
    _f("pesticide", "农药（百草枯、有机磷）", "any pesticide", "pesticide", "pesticide drunk",
       "paraquat", "organophosphate", "农药", "百草枯", "有机磷"),
    _f("minor_exposure", "轻微接触", "minor exposure", "minor ingestion"),
    _f("advice_only", "仅咨询", "wants advice only", "advice"),
    _f("unknown_agent", "不明物质", "unknown agent", "unknown substance"),
)  # fmt: skip

_MOTHER_AND_CHILD: Final = (
    _f("presenting_part", "见胎头、脐带或肢体", "head, cord or limb visible", "crowning",
       "head visible", "cord visible", "limb visible"),
    _f("cord_prolapse", "脐带脱垂", "cord prolapse", "prolapsed cord"),
    _f("heavy_bleeding", "大量阴道出血", "heavy vaginal bleeding", "heavy bleed", "heavy bleeding"),
    _f("urge_to_push", "有便意想用力", "urge to push"),
    _f("contractions", "宫缩", "contractions", "contraction"),
    _f("vaginal_bleeding", "阴道出血", "vaginal bleeding", "any bleed", "pv bleeding"),
    _f("severe_headache_visual", "剧烈头痛或视物异常", "severe headache or visual signs",
       "severe headache", "visual signs"),
    _f("membranes_ruptured", "破水", "waters have broken", "ruptured membranes", "胎膜早破"),
    _f("early_labour", "临产早期", "early labour", "early labor"),
    _f("limp", "全身发软", "limp", "floppy"),
    _f("not_breathing", "没有呼吸", "not breathing", "apnoea", "apnea"),
    _f("cold", "身体发凉", "cold to the touch", "cold"),
    _f("poor_feeding", "吃奶差", "poor feeding", "not feeding"),
    _f("jaundiced", "黄疸", "jaundiced", "jaundice"),
    _f("other_illness", "其他不适", "other illness"),
    _f("purple_rash", "紫色皮疹", "purple rash", "petechiae", "non-blanching rash"),
    _f("moderate_breathing_trouble", "中度呼吸费力", "moderate breathing trouble"),
    _f("dehydrated", "脱水", "dehydrated", "dehydration"),
)  # fmt: skip

FINDINGS: Final = {
    finding.code: finding
    for group in (_ENTRY, _GENERAL, _MEDICAL, _INJURY, _MOTHER_AND_CHILD)
    for finding in group
}
"""Every finding by its code."""

"""CDC-0: the criteria table of call triage, complaint by complaint, as data.

POLICY throughout: an original table in our own words, to be signed by the county medical director
before live use. Taken over are only medical facts and the principle of criteria-based dispatch; no
codes, questions or wording of a licensed protocol.

Any one criterion of a cell puts the patient there; the worst cell counts. The numbers are fields of
`criterion.CriteriaPolicy`, how unknown answers count is `criteria`. `OPENS` names the complaint
under which a finding is looked at when the caller named none, or another.
"""

from typing import Final

from dispatch.triage.criterion import Comparison, Criterion, Limit, Measure, Row
from dispatch.triage.findings import FINDINGS

VERSION: Final = "CDC-0"

_ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("spurting_soaking", "stab_shot_core", "amputation"), ("bleeding_control",)),
    **dict.fromkeys(("high_voltage", "fire_closed_room", "co_symptoms"), ("scene_safety",)),
    **dict.fromkeys(("violent", "weapon"), ("scene_safety",)),
    "unknown_agent": ("scene_safety", "mci_plan"),
}


def _one(code: str, *limits: Limit) -> Criterion:
    """A single finding; ``limits`` say when numbers alone show it."""
    found = FINDINGS[code]
    actions = _ACTIONS.get(code, ())
    return Criterion(code=code, zh=found.zh, en=found.en, limits=limits, actions=actions)


def _each(*codes: str) -> tuple[Criterion, ...]:
    return tuple(_one(code) for code in codes)


def _limit(measure: Measure, comparison: Comparison, bound: str | None = None) -> Limit:
    return Limit(measure=measure, comparison=comparison, bound=bound or measure)


def _any(code: str, zh: str, en: str, any_of: tuple[str, ...], *limits: Limit) -> Criterion:
    return Criterion(code=code, zh=zh, en=en, any_of=any_of, limits=limits)


def _all(
    code: str, zh: str, en: str, all_of: tuple[str, ...], any_of: tuple[str, ...] = ()
) -> Criterion:
    return Criterion(code=code, zh=zh, en=en, all_of=all_of, any_of=any_of)


def _number(code: str, zh: str, en: str, *limits: Limit) -> Criterion:
    return Criterion(code=code, zh=zh, en=en, limits=limits)


_CHILD: Final = _limit("age_years", "<", "child_below_years")
_SIGNS: Final = (
    "stroke", "balance_lost", "vision_lost", "face_droop", "arm_weak", "speech_trouble",
)  # fmt: skip
_LONG_FIT: Final = _any(
    "fitting_long", "抽搐超过 {0} 分钟", "fitting for over {0} minutes", ("fitting",),
    _limit("fit_min", ">"),
)  # fmt: skip
_FAST: Final = _one(
    "breathing_fast",
    _limit("resp_rate_per_min", ">=", "adult_fast_per_min"),
    _limit("age_years", ">=", "adult_from_years"),
)
_TRANSFER: Final = _any("transfer", "预约转运", "scheduled transfer", ("scheduled_transfer",))

_ILLNESS: Final = (
    Row(code="unconscious_faint", zh="昏迷/晕厥", en="unconscious or fainted",
        words=("unconscious/faint", "unconscious", "faint", "fainted", "昏迷", "晕厥", "晕倒"),
        p1=_each("not_rousable"),
        p2=(_any("faint_older", "晕倒后清醒，{0} 岁及以上", "fainted, now awake, aged {0} or over",
                 ("unconscious_faint",), _limit("age_years", ">=", "faint_age_years")),
            *_each("chest_pain", "pregnant", "repeated")),
        p3=(_any("faint_young_well", "晕倒一次，现完全正常，年轻",
                 "fainted once, fully well, young",
                 ("well",), _limit("age_years", "<", "faint_age_years")),)),
    Row(code="breathing_difficulty", zh="呼吸困难", en="breathing difficulty",
        words=("breathing", "breathless", "dyspnoea", "dyspnea", "short of breath", "气短",
               "喘憋"),
        p1=_each("cannot_speak_words", "blue", "silent_chest", "stridor"),
        p2=(*_each("speaks_phrases", "asthma_copd_worse"), _FAST),
        p3=(_any("breathing_mild_long", "轻度，超过 {0} 小时", "mild, for over {0} hours",
                 ("mild",), _limit("duration_h", ">", "breathing_mild_h")),),
        p4=_each("chronic_unchanged"), tags=("respiratory",)),
    Row(code="chest_pain", zh="胸痛", en="chest pain", words=("胸痛", "胸口痛", "心前区痛"),
        p1=(*_each("fainted"),
            _all("grey_and_sweating", "面色灰白且出汗", "grey and sweating", ("grey", "sweating")),
            *_each("breathing_difficulty")),
        p2=(_any("chest_pain_older", "非创伤性胸痛，{0} 岁及以上",
                 "not from an injury, aged {0} or over", ("chest_pain", "chest_pressure"),
                 _limit("age_years", ">=", "chest_pain_age_years")),
            _any("chest_pain_cardiac", "{0} 岁以下，压迫感、放射痛或出汗",
                 "under {0} with pressure, spreading pain or sweating",
                 ("chest_pressure", "radiation", "sweating"),
                 _limit("age_years", "<", "chest_pain_age_years"))),
        p3=(_any("chest_pain_sharp", "{0} 岁以下，刺痛，随活动变化",
                 "under {0}, sharp, changes with movement", ("sharp_on_movement",),
                 _limit("age_years", "<", "chest_pain_age_years")),),
        tags=("chest_pain",)),
    Row(code="stroke", zh="卒中征象", en="stroke signs",
        words=("stroke signs", "suspected stroke", "cva", "卒中", "中风", "脑卒中"),
        p1=_each("not_rousable", "fitting"),
        p2=(_any("stroke_recent", "有卒中征象，末次正常在 {0} 小时内",
                 "a stroke sign, last known well under {0} hours ago", _SIGNS,
                 _limit("lkw_h", "<")),),
        p3=(_any("stroke_late", "有卒中征象，末次正常已满 {0} 小时",
                 "a stroke sign, last known well {0} hours ago or more", _SIGNS,
                 _limit("lkw_h", ">=")),),
        tags=("stroke",), tags_to="P3"),
    Row(code="seizure", zh="抽搐", en="seizure",
        words=("fit", "fitting", "convulsion", "convulsions", "抽搐", "惊厥", "癫痫发作"),
        p1=(_LONG_FIT, *_each("repeated", "blue", "pregnant"),
            _all("first_not_waking", "首次发作且不醒", "first seizure and not waking",
                 ("first_seizure", "not_waking"))),
        p2=(_all("stopped_drowsy", "抽搐已停，仍嗜睡", "stopped, still drowsy",
                 ("seizure_stopped", "drowsy")),
            *_each("diabetic"),
            _number("infant_fit", "小于 {0} 个月的婴儿", "child under {0} months",
                    _limit("age_months", "<", "fit_infant_months"))),
        p3=(_all("epilepsy_recovering", "已知癫痫，正在恢复", "known epilepsy, recovering",
                 ("known_epilepsy", "recovering")),)),
    Row(code="allergy", zh="过敏", en="allergy", words=("allergic reaction", "anaphylaxis", "过敏"),
        p1=_each("breathing_difficulty", "voice_change", "fainted"),
        p2=(_all("rash_with_swelling", "皮疹扩散并肿胀或呕吐",
                 "spreading rash with swelling or vomiting", ("spreading_rash",),
                 ("swelling", "vomiting")),),
        p3=_each("local_rash")),
    Row(code="abdominal_pain", zh="腹痛", en="abdominal pain",
        words=("abdomen", "belly pain", "stomach pain", "肚子痛"),
        p1=_each("fainted", "grey", "suspected_aaa", "suspected_ectopic"),
        p2=_each("severe_pain", "vomiting_blood", "pregnant"),
        p3=_each("moderate_pain"), p4=_each("chronic_unchanged")),
    Row(code="diabetes", zh="糖尿病", en="diabetes", words=("diabetic", "diabetic problem",
                                                         "低血糖"),
        p1=_each("not_rousable"), p2=_each("confused", "cannot_swallow"),
        p3=(_all("awake_glucose_abnormal", "清醒，血糖异常", "awake, glucose abnormal",
                 ("awake", "glucose_abnormal")),)),
    Row(code="fever_infection", zh="发热/感染", en="fever or infection",
        words=("fever/infection", "fever", "infection", "sepsis", "发热", "感染"),
        p1=_each("not_rousable", "mottled"),
        p2=(*_each("confused"), _FAST, *_each("immunosuppressed")),
        p3=(*_each("fever_alone"),
            _all("fever_otherwise_well", "发热，其余正常", "fever, otherwise well", ("fever",
                                                                              "well")))),
    Row(code="psychiatric", zh="精神行为异常", en="psychiatric",
        words=("mental health", "suicidal", "精神", "自杀倾向"),
        p2=_each("active_self_harm", "violent", "weapon"), p3=_each("calm_wants_help")),
)  # fmt: skip

_INJURY: Final = (
    Row(code="bleeding_wound", zh="出血/伤口", en="bleeding or wound",
        words=("bleeding / wound", "bleeding/wound", "bleeding", "wound", "limb wound",
               "出血", "伤口"),
        p1=_each("spurting_soaking", "stab_shot_core"),
        p2=_each("limb_wound_controlled", "large_wound"),
        p3=_each("minor_wound"), p4=_each("dressing"), tags=("trauma",)),
    Row(code="trauma", zh="创伤：跌落/交通事故", en="trauma, fall or traffic accident",
        words=("trauma fall/rtc", "fall", "rtc", "rta", "traffic accident", "injury", "创伤",
               "坠落", "跌倒", "车祸", "交通事故"),
        p1=(*_each("trapped", "ejected", "not_rousable", "penetrating", "amputation"),
            _number("high_fall", "坠落高度超过 {0} 米", "fall from over {0} m",
                    _limit("fall_height_m", ">"))),
        p2=(*_each("head_injury_awake", "spine_pelvis_femur"),
            _number("several_hurt", "{0} 人及以上受伤", "{0} or more persons hurt",
                    _limit("persons_hurt", ">="))),
        p3=_each("isolated_limb"), p4=_each("bruise"), tags=("trauma",)),
    Row(code="burns", zh="烧伤/电击/一氧化碳", en="burns, electricity or carbon monoxide",
        words=("burns/electric/co", "burn", "electric shock", "electrocution",
               "烧伤", "烫伤", "电击", "触电"),
        p1=(*_each("face_airway_burn"),
            _number("large_burn", "烧伤面积超过 {0}%", "over {0} % burnt",
                    _limit("burn_pct", ">")),
            _number("large_burn_child", "儿童烧伤面积超过 {0}%", "child, over {0} % burnt",
                    _limit("burn_pct", ">", "child_burn_pct"), _CHILD),
            *_each("high_voltage", "fire_closed_room")),
        p2=_each("small_deep_burn", "co_symptoms"), p3=_each("small_burn"), tags=("burn",)),
    Row(code="drowning_hanging_choking", zh="溺水/自缢/卡喉", en="drowning, hanging or choking",
        words=("drowning/hanging/choking", "drowning", "hanging", "choking", "溺水", "自缢",
               "噎住"),
        p1=_each("not_fully_recovered"), p2=_each("fully_recovered"), otherwise="P1"),
    Row(code="poisoning", zh="中毒", en="poisoning",
        words=("poison", "overdose", "ingestion", "pesticide", "intoxication", "co",
               "carbon monoxide", "一氧化碳", "农药中毒", "服毒"),
        p1=_each("not_rousable", "fitting", "breathing_difficulty"),
        p2=(*_each("significant_ingestion", "pesticide", "co_symptoms"),
            _number("child_poisoned", "儿童", "a child", _CHILD)),
        p3=(_all("minor_exposure_well", "轻微，无不适", "minor, well",
                 ("minor_exposure", "well")),),
        p4=_each("advice_only"), tags=("tox",)),
    Row(code="hazmat_mci", zh="危化品/群体伤", en="hazardous material or many hurt",
        words=("hazmat/mci", "hazmat", "mci", "mass casualty", "危化品", "群体事件"),
        p1=(Criterion(code="many_seriously_hurt", zh="{0} 人及以上重伤",
                      en="{0} or more seriously hurt", any_of=("hazmat_mci",),
                      limits=(_limit("seriously_hurt", ">="),),
                      actions=("mci_plan",)),
            *_each("unknown_agent"))),
)  # fmt: skip

_PEOPLE: Final = (
    Row(code="scheduled_transfer", zh="预约转运", en="scheduled transfer",
        words=("transfer", "scheduled dialysis transfer", "dialysis transfer", "转运", "透析转运"),
        p4=(_TRANSFER,)),
    Row(code="pregnancy", zh="妊娠/分娩", en="pregnancy or birth",
        words=("pregnancy/birth", "birth", "labour", "labor", "delivery", "孕产", "分娩", "临产"),
        p1=_each("presenting_part", "cord_prolapse", "fitting", "heavy_bleeding", "not_rousable"),
        p2=(_any("contractions_close", "宫缩间隔 {0} 分钟及以内",
                 "contractions {0} minutes apart or less", ("contractions",),
                 _limit("contraction_interval_min", "<=")),
            *_each("urge_to_push"),
            _any("late_bleed", "满 {0} 周后阴道出血", "any bleeding from {0} weeks",
                 ("vaginal_bleeding",), _limit("gestation_weeks", ">=", "bleed_weeks")),
            *_each("severe_headache_visual"),
            _any("early_rupture", "未满 {0} 周破水", "waters broken before {0} weeks",
                 ("membranes_ruptured",), _limit("gestation_weeks", "<", "term_weeks"))),
        p3=(_any("early_labour_term", "满 {0} 周，临产早期", "early labour from {0} weeks",
                 ("early_labour", "contractions", "membranes_ruptured"),
                 _limit("gestation_weeks", ">=", "term_weeks")),),
        p4=(_TRANSFER,), tags=("maternal",), tags_to="P4"),
    Row(code="newborn", zh="新生儿", en="newborn",
        words=("newborn/infant <28 d", "neonate", "neonatal"),
        p1=(*_each("blue", "limp", "not_breathing", "fitting"),
            _one("cold", _limit("temperature_cel", "<", "newborn_cold_cel"))),
        p2=(*_each("fever", "poor_feeding"),
            _one("breathing_fast", _limit("resp_rate_per_min", ">", "newborn_fast_per_min")),
            _all("jaundiced_drowsy", "黄疸且嗜睡", "jaundiced and drowsy", ("jaundiced",
                                                                       "drowsy"))),
        p3=_each("other_illness"), tags=("newborn",), tags_to="P4"),
    Row(code="child", zh="儿童", en="child",
        words=("child 1 m-15 y", "ill child", "sick child", "患儿"),
        p1=(*_each("not_rousable", "blue"), _LONG_FIT, *_each("stridor", "purple_rash")),
        p2=(_all("fever_drowsy", "发热且嗜睡", "fever and drowsy", ("fever", "drowsy")),
            *_each("moderate_breathing_trouble", "dehydrated")),
        p3=(_all("fever_well", "发热，精神好", "fever, well", ("fever", "well")),),
        tags=("child",)),
)  # fmt: skip

ROWS: Final[dict[str, Row]] = {row.code: row for row in (*_ILLNESS, *_INJURY, *_PEOPLE)}
"""Every complaint by its code."""


def _criteria_of(row: Row) -> tuple[Criterion, ...]:
    return tuple(criterion for _priority, cell in row.cells for criterion in cell)


CRITERIA: Final = {
    criterion.code: criterion for row in ROWS.values() for criterion in _criteria_of(row)
}
"""Every criterion by its code."""


_OPENING: Final[dict[str, tuple[str, ...]]] = {
    "unconscious_faint": ("not_rousable", "fainted"),
    "breathing_difficulty": (
        "breathing_difficulty", "cannot_speak_words", "blue", "silent_chest", "stridor",
        "speaks_phrases", "asthma_copd_worse", "breathing_fast",
    ),
    "chest_pain": ("chest_pain", "chest_pressure", "sharp_on_movement"),
    "stroke": _SIGNS[1:],
    "seizure": ("fitting", "first_seizure", "seizure_stopped"),
    "allergy": ("spreading_rash", "local_rash"),
    "abdominal_pain": ("suspected_aaa", "suspected_ectopic", "vomiting_blood"),
    "diabetes": ("glucose_abnormal",),
    "fever_infection": ("fever", "fever_alone", "mottled"),
    "psychiatric": ("active_self_harm", "violent", "weapon", "calm_wants_help"),
    "bleeding_wound": (
        "spurting_soaking", "stab_shot_core", "limb_wound_controlled", "large_wound",
        "minor_wound", "dressing",
    ),
    "trauma": (
        "trapped", "ejected", "penetrating", "amputation", "head_injury_awake",
        "spine_pelvis_femur", "isolated_limb", "bruise", "fall_height_m", "persons_hurt",
    ),
    "burns": (
        "face_airway_burn", "high_voltage", "fire_closed_room", "small_deep_burn", "small_burn",
        "burn_pct",
    ),
    "drowning_hanging_choking": ("drowning", "hanging", "choking"),
    "poisoning": (
        "significant_ingestion", "pesticide", "minor_exposure", "overdose",
        "co_symptoms",
    ),
    "hazmat_mci": ("unknown_agent", "seriously_hurt"),
    "pregnancy": (
        "presenting_part", "cord_prolapse", "urge_to_push", "contractions", "vaginal_bleeding",
        "heavy_bleeding", "membranes_ruptured", "early_labour", "contraction_interval_min",
    ),
}  # fmt: skip

OPENS: Final = {
    **{
        criterion.code: row.code
        for row in reversed(ROWS.values())
        for criterion in _criteria_of(row)
        if criterion.code not in FINDINGS
    },
    **{code: row for row, codes in _OPENING.items() for code in codes},
}
"""The complaint to which a finding, a combination or a number that was given leads by itself."""

REFERS: Final = frozenset({"drowning", "hanging", "choking", "overdose"})
"""Findings that are a complaint of their own beside any other: a hanging is never only
psychiatric."""

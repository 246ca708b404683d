"""The words of the destination rule, Chinese and English: rules, what decided, flags, changes.

For `greenlane rules explain` and the rule page; the screens have their own. Blanks are the
parameters of the reason (`hospital_gateway.advice`).
"""

from typing import Final

RULES_ZH: Final = {
    "R0": "立即抢救，去最近的有抢救能力的急诊",
    "R1": "需要专科中心",
    "R2": "一般病情，去最近的合适医院",
}
RULES_EN: Final = {
    "R0": "immediate, the closest emergency department with resuscitation",
    "R1": "a centre is wanted",
    "R2": "general, the closest appropriate",
}

DECIDED_ZH: Final = {
    "no_candidate": "没有可比较的医院",
    "nothing_passes": "没有一家符合要求，需签字确认",
    "only_one_passes": "只有它符合要求",
    "higher_centre": "有更高级的中心，在绕行时限内",
    "runs_centre": "设有所需中心",
    "closest_resuscitation": "最近的抢救能力",
    "permitted_detour": "稍远，但有所需的团队，在允许的绕行内",
    "fastest": "符合要求者中最快",
    "penalties": "更近的医院分流、无床或已有多人来院",
    "tie_patient_choice": "路程相当，患者选择",
    "tie_own_hospital": "路程相当，所属医共体医院",
    "tie_runs_centre": "路程相当，设有所需中心更多",
    "tie_preferred_capability": "路程相当，有优先考虑的能力",
    "tie_more_capability": "路程相当，能力更强",
    "tie_lead_hospital": "路程相当，牵头医院优先",
    "tie_facility_id": "完全相当，按编号",
}
DECIDED_EN: Final = {
    "no_candidate": "there is no hospital to compare",
    "nothing_passes": "none passes the gate, so a signed override is needed",
    "only_one_passes": "the only one that passes the gate",
    "higher_centre": "it has the higher centre, within the limit",
    "runs_centre": "it runs the wanted centre",
    "closest_resuscitation": "the closest resuscitation",
    "permitted_detour": "farther, but it has the team needed, within the permitted detour",
    "fastest": "the fastest of those that will do",
    "penalties": "nearer ones are diverting, full or expecting others",
    "tie_patient_choice": "equally far, and the patient's choice",
    "tie_own_hospital": "equally far, and the patient's own hospital",
    "tie_runs_centre": "equally far, and it runs more of the wanted centres",
    "tie_preferred_capability": "equally far, and it has what is preferred",
    "tie_more_capability": "equally far, and it can do more",
    "tie_lead_hospital": "equally far, and it is the lead hospital",
    "tie_facility_id": "equal in everything, by id",
}

FLAGS_ZH: Final = {
    "nothing_passes": "没有一家符合要求，选择任何一家都要签字",
    "first_without_bed": "首选没有空的 {kind} 床位",
    "centre_refused": "患者拒绝{centre}中心，已记录",
    "position_stale": "位置为旧定位，不自动改道",
    "dido_warning": "在转出医院已停留较久（{elapsed_s} 秒）",
    "dido_alarm": "在转出医院停留过久（{elapsed_s} 秒）",
    "stability_unknown": "不知病情是否稳定，不越过最近的医院",
    "travel_unknown": "有医院的路程不明，未参与排序，请电话联系",
    "confirm_capacity": "请确认患者有拒绝能力",
    "refusal_without_capacity": "患者无拒绝能力，拒绝未计入",
}
FLAGS_EN: Final = {
    "nothing_passes": "none passes, so any choice needs a signature",
    "first_without_bed": "the first has no free {kind} bed",
    "centre_refused": "the patient refuses the {centre} centre, recorded",
    "position_stale": "position from an old fix, no automatic switch",
    "dido_warning": "long at the sending place ({elapsed_s} s)",
    "dido_alarm": "too long at the sending place ({elapsed_s} s)",
    "stability_unknown": "not known to be stable, so the nearest is not passed",
    "travel_unknown": "a drive is not known and was not ranked, telephone",
    "confirm_capacity": "confirm that the patient has capacity to refuse",
    "refusal_without_capacity": "refusal without capacity, not counted",
}

CHANGES_ZH: Final = {
    "if_first_unavailable": "首选不能收治，则 {facility_id}",
    "if_first_advisory": "首选要求分流，则 {facility_id}",
    "if_nearer": "{facility_id} 近 {minutes} 分钟，则为首选",
    "if_diversion_ended": "{facility_id} 恢复收治，则为首选",
    "if_bed_came_free": "{facility_id} 有空床，则为首选",
    "if_capability_back": "{facility_id} 停用的能力恢复，则为首选",
    "if_patient_agreed": "患者同意去 {facility_id}，则为首选",
}
CHANGES_EN: Final = {
    "if_first_unavailable": "the first could not take the patient: {facility_id}",
    "if_first_advisory": "the first asked for diversion: {facility_id}",
    "if_nearer": "{facility_id} were {minutes} min nearer",
    "if_diversion_ended": "the diversion of {facility_id} ended",
    "if_bed_came_free": "a bed came free at {facility_id}",
    "if_capability_back": "what is out of order at {facility_id} worked again",
    "if_patient_agreed": "the patient agreed to {facility_id}",
}

"""The words of the plausibility rule: those it understands, and its answer said in zh and en. Pure.

Not here: what is decided (`telemetry.entered`) and the fields of the rule (its neighbour).
"""

from collections.abc import Mapping
from typing import Any, Final

from dispatch.rules.model import Result, Values, Words
from telemetry.codes import LIMITS, Item

SHORT: Final[dict[Item, str]] = {
    "heart_rate": "hr",
    "pulse_rate": "pr",
    "spo2": "spo2",
    "systolic": "sbp",
    "diastolic": "dbp",
    "mean": "map",
    "resp_rate": "rr",
    "temperature": "temp",
    "etco2": "etco2",
    "glucose": "glucose",
    "gcs": "gcs",
    "fio2": "fio2",
    "weight": "weight",
}
ITEM_OF: Final[dict[str, Item]] = {short: item for item, short in SHORT.items()}
ALSO: Final[dict[str, tuple[str, ...]]] = {
    "hr": ("heart_rate", "hr_ecg", "ecg_hr", "HR", "HR_ecg"),
    "pr": ("pulse_rate", "pulse", "pr_spo2", "PR", "PR_spo2"),
    "spo2": ("saturation", "SpO2"),
    "sbp": ("systolic", "nibp_systolic", "SBP"),
    "dbp": ("diastolic", "nibp_diastolic", "DBP"),
    "map": ("mean", "nibp_mean", "MAP"),
    "rr": ("resp_rate", "RR"),
    "temp": ("temperature", "t", "T"),
    "etco2": ("EtCO2",),
    "glucose": ("blood_glucose", "bg"),
    "gcs": ("GCS",),
    "fio2": ("FiO2",),
    "weight": ("weight_kg",),
}
NAMES: Final[dict[str, str]] = {
    **{name: short for short, names in ALSO.items() for name in names if name.islower()},
    **{f"{short} {LIMITS[item].unit}": short for item, short in SHORT.items()},
    "heart rate": "hr",
    "pulse rate": "pr",
    "nibp": "sbp",
    "blood pressure": "sbp",
    "respiratory rate": "rr",
    "T °C": "temp",
    "EtCO2 mmHg": "etco2",
    "glucose mmol/L": "glucose",
    "FiO2 %": "fio2",
    "weight kg": "weight",
}

CONTEXTS: Final[dict[str, str]] = {
    "ok": "the device says nothing special",
    "leads_off": "ECG leads are off: no heart rate, no impedance respiration",
    "probe_off": "the pulse oximeter is off",
    "artefact": "the device calls the value an artefact",
    "asystole": "asystole alarm, confirmed: a heart rate of 0 is real",
    "poor_perfusion": "pulse wave or perfusion poor: saturation not scored",
    "cpr": "chest compressions are being given",
    "talking": "the patient talks",
    "child": "the patient is a child",
    "newborn": "the patient is a newborn: a child",
    "af": "atrial fibrillation: explains a pulse deficit, changes nothing",
}
CONTEXT_WORDS: Final = {
    "leads off": "leads_off",
    "leads-off": "leads_off",
    "probe off": "probe_off",
    "probe-off": "probe_off",
    "artifact": "artefact",
    "asystole alarm": "asystole",
    "asystole_alarm": "asystole",
    "asystole confirmed": "asystole",
    "perfusion_poor": "poor_perfusion",
    "poor perfusion": "poor_perfusion",
    "pleth_poor": "poor_perfusion",
    "during CPR": "cpr",
    "patient talking": "talking",
    "is_child": "child",
    "neonate": "newborn",
    "atrial fibrillation": "af",
}

_ITEMS_ZH: Final = {
    "hr": "心率",
    "pr": "脉率",
    "spo2": "血氧饱和度",
    "sbp": "收缩压",
    "dbp": "舒张压",
    "map": "平均动脉压",
    "rr": "呼吸频率",
    "temp": "体温",
    "etco2": "呼气末二氧化碳",
    "glucose": "血糖",
    "gcs": "格拉斯哥昏迷评分",
    "fio2": "吸入氧浓度",
    "weight": "体重",
}
_VERDICTS: Final = {
    "keep": ("可信", "believed"),
    "flag": ("保留，请人工确认", "kept, to be confirmed by a person"),
    "reject": ("不可能，不采用（原值保留）", "cannot be true, not used (kept raw)"),
    "missing": ("未测到，按缺失处理", "not measured: missing"),
    "stale": ("过时，不参与评分，灰色显示", "too old: not scored, shown grey"),
}
_REASONS: Final = {
    "impossible": ("超出可能范围", "outside what is possible"),
    "unusual": ("少见的数值", "an unusual value"),
    "leads_off": ("心电导联脱落", "the ECG leads are off"),
    "probe_off": ("血氧探头脱落", "the oximeter probe is off"),
    "artefact": ("疑为干扰伪差", "probably an artefact"),
    "asystole": ("心搏停止报警，0 是真实值，按 P1 处理", "asystole alarm: 0 is real, treat as P1"),
    "asystole_with_value": (
        "有心搏停止报警，却有数值",
        "an asystole alarm contradicts the value",
    ),
    "not_measured": ("没有数值", "no value was given"),
    "below_meter": ("低于血糖仪量程，按危急低血糖处理", "below the meter: treat as critically low"),
    "above_meter": (
        "高于血糖仪量程，按危急高血糖处理",
        "above the meter: treat as critically high",
    ),
    "palpated": ("触诊血压，没有舒张压数值", "palpated: there is no diastolic number"),
    "cpr": ("正在心肺复苏，可以这样低", "chest compressions explain so low a value"),
    "poor_perfusion": ("灌注差，血氧不参与评分", "perfusion is poor: saturation not scored"),
    "unit_to_convert": (
        "单位与评分所用不同，请先明确换算",
        "in another unit than scores use: convert it first, on purpose",
    ),
    "pulse_pressure": (
        "收缩压与舒张压不能成对",
        "systolic and diastolic cannot be one pressure",
    ),
    "mean_does_not_fit": ("平均压与这对血压不符", "the mean does not fit the pressures"),
    "rates_differ": (
        "心率与脉率相差过大，血氧不可靠",
        "heart and pulse rate differ: the saturation is unreliable",
    ),
    "too_old": ("测量时间过久", "measured too long ago"),
    "same_measurement": ("与上一次是同一次测量", "the same measurement as before"),
}
_ASKED: Final = {
    "unit": ("请核对单位", "Which unit is it?"),
    "confirm": ("请核实后确认", "Please confirm it."),
    "convert": ("如需使用请明确换算", "Convert it on request."),
    "repeat": ("请重新测量", "Please measure again."),
}


def explain(_values: Values, result: Result) -> Words:
    """Each value of a case in a sentence of its own, in the order of the table."""
    parts = [_explain_one(short, one) for short, one in result["items"].items()]
    return Words(zh="".join(part.zh for part in parts), en=" ".join(part.en for part in parts))


def _explain_one(short: str, one: Mapping[str, Any]) -> Words:
    verdict, asked = _VERDICTS[one["verdict"]], _ASKED.get(one["ask"], ("", ""))
    reasons = [_REASONS[reason] for reason in one["reasons"]]
    value = "—" if one["value"] is None else str(one["value"])
    if isinstance(one["value"], int | float):
        value += f" {one['unit']}"
    hint = ("", "") if one["hint"] is None else (f"（是否为 {one['hint']}）", f" ({one['hint']})")
    zh = f"{_ITEMS_ZH[short]} {value}：{verdict[0]}"
    zh += "".join(f"；{reason[0]}" for reason in reasons) + f"{hint[0]}。"
    en = f"{short} {value}: {verdict[1]}"
    en += "".join(f"; {reason[1]}" for reason in reasons) + f"{hint[1]}."
    return Words(zh=zh + (f"{asked[0]}。" if asked[0] else ""), en=f"{en} {asked[1]}".rstrip())

"""The red flags of the newborn in the register, and the fields that newborn rules share."""

from typing import Final

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
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2
from telemetry.scores import newborn
from telemetry.scores.newborn import DEFAULT_POLICY, Findings

TEMP: Final = Field(
    name="temp",
    kind="number",
    unit="Cel",
    meaning="axillary temperature",
    aliases=(
        "axillary",
        "axillary_c",
        "axillary_cel",
        "axillary_°C",
        "axillary °C",
        "temperature",
        "temp_c",
    ),
    lowest=0,
    highest=50,
)
MINUTES: Final = Field(
    name="minutes",
    kind="number",
    unit="min",
    meaning="minutes since birth",
    aliases=("age_min", "minute", "min", "minutes_after_birth"),
    lowest=0,
    highest=60000,
)
# Glucose outside this cannot be true, so the unit is another one (POLICY, plausibility).
_GLUCOSE_MMOL_PER_L: Final = (0.3, 60.0)

_FLAGS_ZH: Final = {
    "resp_rate": "呼吸过快",
    "apnoea": "呼吸暂停",
    "heart_rate": "心率异常",
    "spo2": "血氧过低",
    "temperature": "体温异常",
    "glucose": "低血糖",
    "seizure": "惊厥",
    "apgar_1": "1 分钟 Apgar 低",
    "apgar_5": "5 分钟 Apgar 低",
    "gestation": "早产",
    "weight": "低体重",
}
_ACTIONS_ZH: Final = {
    "ventilate": "正压通气",
    "compressions_3_to_1": "胸外按压 3:1",
    "rewarm": "复温",
    "treat_glucose": "处理低血糖",
}
_ACTIONS_EN: Final = {
    "ventilate": "ventilate",
    "compressions_3_to_1": "chest compressions 3 to 1",
    "rewarm": "rewarm",
    "treat_glucose": "treat the low glucose",
}


def _glucose(values: Values) -> float | None:
    """Glucose in mmol/L; raises BadPayload without a unit, or when the unit cannot be right."""
    given, unit = values["glucose"], values["glucose_unit"]
    if given is None:
        return None
    if unit is None:
        raise BadPayload("missing_field", "glucose_unit: mmol/L or mg/dL is needed")
    mmol_per_l: float = newborn.mmol_per_l(given) if unit == "mg/dL" else given
    low, high = _GLUCOSE_MMOL_PER_L
    if not low <= mmol_per_l <= high:
        raise BadPayload("invalid_field", f"glucose: {given:g} {unit} cannot be; check the unit")
    return mmol_per_l


def _red_flags(values: Values, policies: Policies) -> Result:
    code = values["glucose_code"]
    glucose = _glucose(values)
    if code is not None and glucose is not None:
        raise BadPayload("invalid_field", "glucose_code: given beside a number")
    found = newborn.red_flags(
        Findings(
            resp_rate_per_min=values["rr"],
            apnoea_s=values["apnoea_s"],
            heart_rate_per_min=values["hr"],
            is_ventilated=values["ventilated"],
            spo2_pct=values["spo2"],
            age_min=values["minutes"],
            temperature_cel=values["temp"],
            glucose_mmol_per_l=glucose,
            is_glucose_below_range=None if code is None else code == "low",
            has_seizure=values["seizure"],
            apgar_1_min=values["apgar_1"],
            apgar_5_min=values["apgar_5"],
            gestation_weeks=values["ga_weeks"],
            weight_g=values["weight_g"],
        ),
        policies.clinical.newborn_flags,
    )
    return {
        "red_flag": found.is_flagged,
        "flags": list(found.flags),
        "missing": list(found.missing),
        "actions": list(found.actions),
        "temperature_class": newborn.temperature_class(values["temp"]),
        "glucose_mmol_l": glucose,
    }


def _explain(_values: Values, result: Result) -> Words:
    flags, missing, actions = result["flags"], result["missing"], result["actions"]
    if flags:
        zh = f"新生儿危险信号：{'、'.join(_FLAGS_ZH[name] for name in flags)}。"
        en = f"Red flags of the newborn: {', '.join(flags)}."
    elif missing:
        zh, en = "尚未发现危险信号，但检查不全。", "No red flag found yet, but not all was checked."
    else:
        zh, en = "无危险信号。", "No red flag."
    if actions:
        zh += f"立即：{'、'.join(_ACTIONS_ZH[name] for name in actions)}。"
        en += f" Now: {', '.join(_ACTIONS_EN[name] for name in actions)}."
    if missing:
        zh += f"缺：{'、'.join(_FLAGS_ZH[name] for name in missing)}。"
        en += f" Missing: {', '.join(missing)}."
    return Words(zh=zh, en=en)


def _limits() -> tuple[tuple[str, str], ...]:
    limit = DEFAULT_POLICY
    return (
        ("resp_rate", f">{limit.resp_rate_above_per_min:g} /min"),
        ("apnoea", f">{limit.apnoea_above_s:g} s"),
        (
            "heart_rate",
            f"<{limit.heart_rate_below_per_min:g} or >{limit.heart_rate_above_per_min:g} /min",
        ),
        (
            "spo2",
            f"below the target until {newborn.TARGETS_END_MIN} min, then "
            f"<{limit.spo2_below_pct:g} %",
        ),
        (
            "temperature",
            f"<{limit.temperature_below_cel:g} or >{limit.temperature_above_cel:g} °C",
        ),
        ("glucose", f"<{limit.glucose_below_mmol_per_l:g} mmol/L"),
        ("seizure", "any"),
        ("apgar_1", f"<={limit.apgar_1_min_to}"),
        ("apgar_5", f"<={limit.apgar_5_min_to}"),
        ("gestation", f"<{limit.gestation_below_weeks:g} weeks"),
        ("weight", f"<{limit.weight_below_g:g} g"),
    )


def _apgar_field(minute: int) -> Field:
    return Field(
        name=f"apgar_{minute}",
        kind="integer",
        meaning=f"Apgar score at {minute} min",
        aliases=(f"apgar{minute}", f"apgar_{minute}_min"),
        lowest=0,
        highest=10,
    )


NEWBORN_RED_FLAGS: Final = Rule(
    name="newborn_red_flags",
    version="1",
    title_zh="新生儿危险信号",
    title_en="Red flags of the newborn",
    source="general knowledge to be signed; saturation and resuscitation: NRP and AHA 2015",
    owner=MEDICAL_DIRECTOR,
    fields=(
        RESP_RATE,
        Field(
            name="apnoea_s",
            kind="number",
            unit="s",
            meaning="longest pause in breathing, 0 for none",
            aliases=("apnea_s",),
            lowest=0,
            highest=3600,
        ),
        HEART_RATE,
        Field(
            name="ventilated",
            kind="flag",
            meaning="this heart rate is after effective ventilation",
            aliases=("after_ppv", "effective_ventilation"),
        ),
        SPO2,
        MINUTES,
        TEMP,
        Field(
            name="glucose",
            kind="number",
            meaning="glucose; needs its unit",
            lowest=0,
            highest=2000,
        ),
        Field(
            name="glucose_unit",
            kind="choice",
            choices=("mmol/L", "mg/dL"),
            words={"mmol": "mmol/L", "mg": "mg/dL"},
            meaning="unit of the glucose",
        ),
        Field(
            name="glucose_code",
            kind="choice",
            choices=("low", "high"),
            meaning="the meter's word instead of a number",
        ),
        Field(name="seizure", kind="flag", meaning="has had a seizure"),
        _apgar_field(1),
        _apgar_field(5),
        Field(
            name="ga_weeks",
            kind="number",
            unit="wk",
            meaning="gestational age at birth",
            aliases=("ga", "gestation_weeks"),
            lowest=18,
            highest=46,
        ),
        Field(
            name="weight_g",
            kind="number",
            unit="g",
            meaning="weight in grams",
            aliases=("birth_weight_g", "bw_g"),
            lowest=300,
            highest=10000,
        ),
    ),
    answers=(
        Answer(name="red_flag", meaning="whether there is any; null with none and some missing"),
        Answer(name="flags", meaning="the flags found, in the order of the table"),
        Answer(name="missing", meaning="the flags that could not be judged"),
        Answer(name="actions", meaning="ventilate, compressions_3_to_1, rewarm, treat_glucose"),
        Answer(name="temperature_class", meaning="as newborn_temperature"),
        Answer(name="glucose_mmol_l", meaning="glucose in mmol/L"),
    ),
    decide=_red_flags,
    say=said_everywhere(_explain),
    tables=(Table(title="Limits", header=("flag", "red"), rows=_limits(), mark="GK"),),
    notes=(
        Note(mark="GK", text="every limit of the table of red flags"),
        Note(
            mark="GK",
            text="hypoglycaemia in Chinese texts: below 2.2 mmol/L; elsewhere below 45 mg/dL",
        ),
        Note(mark="POLICY", text="temperature rounded half up to 0.1 degree, SpO2 down, first"),
        Note(
            mark="POLICY",
            text=f"heart rate below {newborn.VENTILATE_BELOW_PER_MIN} at birth: ventilate; "
            f"below {newborn.COMPRESS_BELOW_PER_MIN} only after effective ventilation: compress",
        ),
    ),
)

RULES: Final = (NEWBORN_RED_FLAGS,)

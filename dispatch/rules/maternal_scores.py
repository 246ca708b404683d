"""The maternal scores in the register: MEWC, the criteria, and MEOWS, the colour chart."""

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
    said_everywhere,
)
from dispatch.rules.policies import Policies
from dispatch.rules.vitals import (
    DIASTOLIC,
    HEART_RATE,
    RESP_RATE,
    SPO2,
    SYSTOLIC,
    TEMPERATURE,
)
from telemetry.scores import meows, mewc
from telemetry.scores.meows import Colours, MeowsInput, MeowsThresholds
from telemetry.scores.mewc import (
    LIMITS,
    OLIGURIA_BELOW_ML_PER_H,
    OLIGURIA_FROM_H,
    Limit,
    MewcInput,
    MewcPolicy,
)

_MEWC_DEFAULTS: Final = MewcPolicy()
_CHART: Final = MeowsThresholds()

# Criteria and findings by their name in small letters.
_NAME_ZH: Final = {
    "sbp": "收缩压",
    "dbp": "舒张压",
    "hr": "心率",
    "pulse": "脉搏",
    "rr": "呼吸",
    "spo2": "血氧",
    "temp": "体温",
    "alert": "意识",
    "oliguria": "少尿",
    "neuro": "躁动、意识模糊或无反应",
    "agit_conf_unresp": "有无躁动、意识模糊或无反应",
    "preeclampsia_sx": "子痫前期伴持续头痛或气促",
    "preeclampsia": "有无子痫前期",
    "headache_or_sob": "有无持续头痛或气促",
}
_NAME_EN: Final = {
    "sbp": "systolic pressure",
    "dbp": "diastolic pressure",
    "hr": "heart rate",
    "pulse": "pulse",
    "rr": "respiratory rate",
    "spo2": "SpO2",
    "temp": "temperature",
    "alert": "consciousness",
    "oliguria": "oliguria",
    "neuro": "agitation, confusion or unresponsiveness",
    "agit_conf_unresp": "whether agitated, confused or unresponsive",
    "preeclampsia_sx": "pre-eclampsia with lasting headache or shortness of breath",
    "preeclampsia": "whether there is pre-eclampsia",
    "headache_or_sob": "whether there is lasting headache or shortness of breath",
}


def _evaluate_mewc(values: Values, policies: Policies) -> Result:
    found = mewc.score(
        MewcInput(
            systolic_mmhg=values["sbp"],
            diastolic_mmhg=values["dbp"],
            heart_rate_per_min=values["hr"],
            resp_rate_per_min=values["rr"],
            spo2_pct=values["spo2"],
            is_agitated_confused_or_unresponsive=values["agit_conf_unresp"],
            urine_ml_per_h=values["urine_ml_per_h"],
            urine_duration_h=values["urine_hours"],
            is_oliguric=values["oliguria"],
            has_preeclampsia=values["preeclampsia"],
            has_headache_or_breathlessness=values["headache_or_sob"],
        ),
        policies.clinical.mewc,
    )
    return {
        "trigger": found.is_triggered,
        "which": list(found.criteria),
        "missing": list(found.missing),
        "asks": list(found.asks),
        "severe_hypertension": found.is_severe_hypertension,
    }


def _explain_mewc(values: Values, result: Result, policies: Policies) -> Words:
    zh, en = _mewc_verdict(result)
    wanted = [*result["missing"], *result["asks"]]
    if wanted:
        zh += f"还需：{_list_zh(wanted)}。"
        en += f" Still needed: {_list_en(wanted)}."
    if values["o2"] and values["spo2"] is not None and "SpO2" not in result["which"]:
        zh += "吸氧时血氧正常不能排除低氧。"
        en += " SpO2 is normal on oxygen, which does not exclude hypoxia."
    if result["severe_hypertension"]:
        systolic = f"{policies.clinical.mewc.severe_systolic_from_mmhg:g}"
        diastolic = f"{policies.clinical.mewc.severe_diastolic_from_mmhg:g}"
        zh += f"重度高血压（收缩压 ≥{systolic} 或舒张压 ≥{diastolic} mmHg）：立即处理。"
        en += f" Severe hypertension (from {systolic} or {diastolic} mmHg): act on it now."
    return Words(zh=zh, en=en)


def _mewc_verdict(result: Result) -> tuple[str, str]:
    if result["trigger"]:
        zh, en = _list_zh(result["which"]), _list_en(result["which"])
        return f"MEWC 触发：{zh}。立即到床旁评估。", f"MEWC met: {en}. Assess at the bedside now."
    if result["trigger"] is None:
        return "MEWC 尚不能判断。", "MEWC cannot be decided yet."
    return "MEWC 未触发。", "MEWC: no criterion met."


def _evaluate_meows(values: Values, policies: Policies) -> Result:
    found = meows.score(
        MeowsInput(
            resp_rate_per_min=values["rr"],
            spo2_pct=values["spo2"],
            temperature_cel=values["temp"],
            systolic_mmhg=values["sbp"],
            diastolic_mmhg=values["dbp"],
            pulse_per_min=values["pulse"],
            acvpu=values["alert"],
        ),
        policies.clinical.meows,
    )
    return {
        "red": found.red,
        "yellow": found.yellow,
        "trigger": found.is_triggered,
        "missing": list(found.missing),
        "bands": dict(found.colours),
    }


def _explain_meows(_values: Values, result: Result) -> Words:
    red = [part for part, colour in result["bands"].items() if colour == "R"]
    yellow = [part for part, colour in result["bands"].items() if colour == "Y"]
    verdict_zh, verdict_en = {
        True: ("触发，立即请产科评估", "triggered, obstetric review now"),
        None: ("尚不能判断", "cannot be decided yet"),
        False: ("未触发", "not triggered"),
    }[result["trigger"]]
    zh = f"MEOWS {verdict_zh}：红 {result['red']} 项，黄 {result['yellow']} 项。"
    en = f"MEOWS {verdict_en}: {result['red']} red, {result['yellow']} yellow."
    for label_zh, label_en, parts in (
        ("红", "Red", red),
        ("黄", "Yellow", yellow),
        ("还需", "Still needed", result["missing"]),
    ):
        zh += f"{label_zh}：{_list_zh(parts)}。" if parts else ""
        en += f" {label_en}: {_list_en(parts)}." if parts else ""
    return Words(zh=zh, en=en)


def _list_zh(names: list[str]) -> str:
    return "、".join(_NAME_ZH[name.lower()] for name in names)


def _list_en(names: list[str]) -> str:
    return ", ".join(_NAME_EN[name.lower()] for name in names)


def _limit_row(limit: Limit) -> tuple[str, str]:
    sides = ((limit.below, "<"), (limit.above, ">"))
    return (
        limit.criterion,
        " or ".join(f"{sign} {value:g}" for value, sign in sides if value is not None),
    )


def _colour_row(parameter: str, limits: Colours) -> tuple[str, ...]:
    cells = (limits.red_below, limits.white_from, limits.white_to, limits.red_above)
    signs = ("<", "≥", "≤", ">")
    shown = (
        "" if value is None else f"{sign} {value:g}"
        for sign, value in zip(signs, cells, strict=True)
    )
    return (parameter, *shown)


MEWC: Final = Rule(
    name="mewc",
    version="1",
    title_zh="孕产妇早期预警标准",
    title_en="Maternal Early Warning Criteria",
    source="Mhyre et al., Obstet Gynecol 2014;124:782-6",
    owner="National Partnership for Maternal Safety 2014, taken over as it is; "
    f"severe hypertension: {MEDICAL_DIRECTOR}",
    fields=(
        SYSTOLIC,
        DIASTOLIC,
        HEART_RATE,
        RESP_RATE,
        SPO2,
        Field(
            name="agit_conf_unresp",
            kind="flag",
            meaning="agitation, confusion or unresponsiveness",
            aliases=("agitation_confusion_unresponsiveness", "neuro"),
        ),
        Field(
            name="urine_ml_per_h",
            kind="number",
            unit="mL/h",
            meaning="urine output; without urine_hours it is taken as lasting",
            aliases=(
                "urine",
                "urine_ml_h",
                "urine_ml_hr",
                "urine_mlh",
                "urine_ml_h_2h",
                "urine_output",
                "urine_output_ml_h",
            ),
            lowest=0,
            highest=5000,
        ),
        Field(
            name="urine_hours",
            kind="number",
            unit="h",
            meaning="for how long the urine output has been so",
            aliases=("urine_h", "urine_duration_h", "hours"),
            lowest=0,
            highest=168,
        ),
        Field(
            name="oliguria",
            kind="flag",
            meaning=f"urine output under {OLIGURIA_BELOW_ML_PER_H} mL/h for {OLIGURIA_FROM_H} h"
            " or longer, as reported",
            aliases=("oliguria_2h",),
        ),
        Field(
            name="preeclampsia",
            kind="flag",
            meaning="known pre-eclampsia",
            aliases=("pre_eclampsia", "preeclamptic"),
        ),
        Field(
            name="headache_or_sob",
            kind="flag",
            meaning="headache that does not go away, or shortness of breath",
            aliases=("headache_or_dyspnoea", "headache_sob"),
        ),
        Field(
            name="o2",
            kind="flag",
            meaning="given oxygen; a low SpO2 counts all the same, a normal one is worth less",
            aliases=("on_oxygen", "oxygen"),
        ),
    ),
    answers=(
        Answer(name="trigger", meaning="true: see her now; null: nothing met, something missing"),
        Answer(name="which", meaning="the criteria met, in the order of the table"),
        Answer(name="missing", meaning="which of the six core findings were not given"),
        Answer(name="asks", meaning="the other half of the pre-eclampsia criterion, if unknown"),
        Answer(
            name="severe_hypertension",
            meaning="alerts beside the criteria; null when a pressure is missing and none is high",
        ),
    ),
    decide=_evaluate_mewc,
    say=_explain_mewc,
    tables=(
        Table(
            title="Criteria: any one",
            header=("criterion", "met when"),
            rows=(
                *(_limit_row(limit) for limit in LIMITS),
                ("oliguria", f"< {OLIGURIA_BELOW_ML_PER_H} mL/h for ≥ {OLIGURIA_FROM_H} h"),
                ("neuro", _NAME_EN["neuro"]),
                ("preeclampsia_sx", _NAME_EN["preeclampsia_sx"]),
            ),
        ),
        Table(
            title="Severe hypertension: either",
            header=("pressure", "from mmHg"),
            rows=(
                ("systolic", f"{_MEWC_DEFAULTS.severe_systolic_from_mmhg:g}"),
                ("diastolic", f"{_MEWC_DEFAULTS.severe_diastolic_from_mmhg:g}"),
            ),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="GK", text="severe hypertension is the action limit of ACOG, inclusive"),
        Note(mark="POLICY", text="severe hypertension alerts although it is no criterion of MEWC"),
        Note(mark="POLICY", text="a low SpO2 counts on oxygen as well; a normal one clears nobody"),
        Note(mark="POLICY", text="urine output without a duration is taken as lasting"),
        Note(mark="POLICY", text="values are compared as sent, never rounded"),
        Note(
            mark="POLICY",
            text="no is said only with all six core findings; urine and pre-eclampsia may be blank",
        ),
    ),
)

MEOWS: Final = Rule(
    name="meows",
    version="1",
    title_zh="改良产科早期预警图",
    title_en="Modified Early Obstetric Warning System",
    source="CEMACH 2003-05 (published 2007); trigger: Singh et al., Anaesthesia 2012",
    owner=MEDICAL_DIRECTOR,
    fields=(
        RESP_RATE,
        SPO2,
        TEMPERATURE,
        SYSTOLIC,
        DIASTOLIC,
        Field(
            name="pulse",
            kind="number",
            unit="/min",
            meaning="pulse or heart rate",
            aliases=("hr", "heart_rate"),
            lowest=0,
            highest=500,
        ),
        Field(
            name="alert",
            kind="choice",
            choices=("A", "C", "V", "P", "U"),
            words={
                "alert": "A",
                "confusion": "C",
                "confused": "C",
                "voice": "V",
                "verbal": "V",
                "pain": "P",
                "unresponsive": "U",
            },
            meaning="alert, new confusion, voice, pain, unresponsive",
            aliases=("acvpu", "avpu", "ACVPU", "AVPU", "neuro"),
        ),
    ),
    answers=(
        Answer(name="red", meaning="how many findings are red"),
        Answer(name="yellow", meaning="how many findings are yellow"),
        Answer(
            name="trigger",
            meaning=f"{meows.RED_FROM} red or {meows.YELLOW_FROM} yellow; null when neither but"
            " something is missing",
        ),
        Answer(name="missing", meaning="findings without a colour, in the chart's order"),
        Answer(name="bands", meaning="W white, Y yellow, R red or null, by finding"),
    ),
    decide=_evaluate_meows,
    say=said_everywhere(_explain_meows),
    tables=(
        Table(
            title="Colours; yellow is what lies between",
            header=("parameter", "red", "white from", "white to", "red "),
            rows=(
                _colour_row("respiratory rate /min", _CHART.rr),
                _colour_row("SpO2 %", _CHART.spo2),
                _colour_row("temperature Cel", _CHART.temp),
                _colour_row("systolic pressure mmHg", _CHART.sbp),
                _colour_row("diastolic pressure mmHg", _CHART.dbp),
                _colour_row("pulse /min", _CHART.pulse),
            ),
            mark="GK",
        ),
        Table(
            title="Consciousness",
            header=("red", "yellow"),
            rows=((" ".join(_CHART.red_alert), " ".join(_CHART.yellow_alert)),),
            mark="GK",
        ),
    ),
    notes=(
        Note(
            mark="GK",
            text="the thresholds differ from place to place; these are configuration to be signed",
        ),
        Note(mark="POLICY", text="new confusion is yellow; MEWC triggers on it alone"),
        Note(mark="POLICY", text="between two printed columns the worse colour counts"),
    ),
)

RULES: Final = (MEWC, MEOWS)

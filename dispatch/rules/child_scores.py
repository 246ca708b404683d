"""NPEWS in the register, and the scores for children together."""

from itertools import pairwise
from typing import Final

from dispatch.rules import pews_alternatives
from dispatch.rules.model import (
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    everywhere,
    said_everywhere,
)
from dispatch.rules.pews_alternatives import CRT, PERCENT, percent, scoring
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2, SYSTOLIC, TEMPERATURE
from dispatch.rules.whom import AGE_FIELDS, AGE_NOTE, band_of_case, read_age
from telemetry.scores import npews
from telemetry.scores.bands import Column
from telemetry.scores.npews import NpewsInput

_LEVELS: Final = npews.LEVELS


def _npews(values: Values) -> Result:
    band: npews.Band | None = band_of_case(values, npews.band_of(read_age(values)))
    found = npews.score(
        NpewsInput(
            band=band,
            resp_rate_per_min=values["rr"],
            distress=values["distress"],
            spo2_pct=values["spo2"],
            device=values["device"],
            oxygen_l_per_min=values["lpm"],
            oxygen_pct=percent(values),
            heart_rate_per_min=values["hr"],
            systolic_mmhg=values["sbp"],
            pressure_code=values["sbp_code"],
            capillary_refill_s=values["crt"],
            avpu=values["avpu"],
            temperature_cel=values["temp"],
            is_pupil_abnormal=values["abnormal_pupil"],
            is_sepsis_suspected=values["sepsis_suspected"],
            is_septic_shock_suspected=values["septic_shock"],
            carer_concern=values["carer_concern"],
            clinician_concern=values["clinician_concern"],
        )
    )
    return {
        "total": found.total,
        "complete": found.is_complete,
        "missing": list(found.missing),
        "level": found.level,
        "final": found.final,
        "think_sepsis": found.is_sepsis_prompt,
        "parts": dict(found.parts),
        "lower_bound": found.total,
        "band": band,
        "triggers": list(found.triggers),
    }


_LEVEL_ZH: Final = {
    "none": "无需升级",
    "low": "低危：60 分钟内复评，告知负责护士",
    "medium": "中危：30 分钟内医生评估",
    "high": "高危：15 分钟内快速评估",
    "emergency": "危急：立即呼叫儿科急救",
}
_LEVEL_EN: Final = {
    "none": "nothing to escalate",
    "low": "low: reassess within 60 min, tell the nurse in charge",
    "medium": "medium: medical review within 30 min",
    "high": "high: rapid review within 15 min",
    "emergency": "emergency: call the paediatric emergency team now",
}


def _explain_npews(_values: Values, result: Result) -> Words:
    points, missing = scoring(result), ", ".join(result["missing"])
    triggers = ", ".join(result["triggers"])
    is_whole, total, final = result["complete"], result["total"], result["final"]
    least_zh, least_en = ("", "") if is_whole else ("至少 ", "at least ")
    zh = f"NPEWS {least_zh}{total} 分" + (f"（{points}）" if points else "")
    en = f"NPEWS {least_en}{total}" + (f" ({points})" if points else "")
    if final == "none" and missing:
        zh, en = f"{zh}。尚不能排除升级。", f"{en}. Nothing found yet, which is no all-clear."
    else:
        zh, en = f"{zh}。{_LEVEL_ZH[final]}。", f"{en}. Level: {_LEVEL_EN[final]}."
    if triggers:
        zh, en = f"{zh}触发：{triggers}。", f"{en} Triggers: {triggers}."
    if result["think_sepsis"]:
        zh, en = f"{zh}体温提示：考虑脓毒症。", f"{en} The temperature says: think sepsis."
    if result["band"] is None:
        zh, en = f"{zh}年龄不明，心率、呼吸、血压未评分。", f"{en} Age unknown: rates not scored."
    if missing:
        zh, en = f"{zh}缺：{missing}。", f"{en} Missing: {missing}."
    return Words(zh=zh, en=en)


def _steps(column: Column) -> str:
    """One row of a chart: "<10: 4, 10-<20: 2, ..., >=70: 4"."""
    ends = [f"{end:g}" for end in column.ends]
    spans = [
        f"<{ends[0]}",
        *(f"{low}-<{high}" for low, high in pairwise(ends)),
        f">={ends[-1]}",
    ]
    return ", ".join(f"{span}: {points}" for span, points in zip(spans, column.points, strict=True))


NPEWS: Final = Rule(
    name="npews",
    version="1",
    title_zh="英格兰国家儿童早期预警评分",
    title_en="National Paediatric Early Warning System",
    source="NHS England and RCPCH, inpatient chart version 2, 2023; SPOT configuration, RCPCH 2026",
    owner="NHS England and RCPCH 2023, taken over as it is",
    fields=(
        Field(
            name="band",
            kind="choice",
            choices=npews.BANDS,
            words={
                "0-11 m": "0-11m",
                "0-11 months": "0-11m",
                "0–11 m": "0-11m",
                "0-11mo": "0-11m",
                "<1y": "0-11m",
                "infant": "0-11m",
                "1-4 y": "1-4y",
                "1–4 y": "1-4y",
                "1-4 years": "1-4y",
                "5-12 y": "5-12y",
                "5–12 y": "5-12y",
                "5-12 years": "5-12y",
                "13y+": "13+y",
                "13+": "13+y",
                "13+ y": "13+y",
                ">=13y": "13+y",
                "≥13y": "13+y",
                "≥13 y": "13+y",
                ">=13 years": "13+y",
                "13+ years": "13+y",
            },
            meaning="band of the chart, or the age instead",
            aliases=("age_band",),
        ),
        *AGE_FIELDS,
        RESP_RATE,
        Field(
            name="distress",
            kind="choice",
            choices=tuple(npews.DISTRESS),
            words={"normal": "none", "no": "none", "nil": "none"},
            meaning="respiratory distress; see the table of signs",
            aliases=("resp_distress", "respiratory_distress"),
        ),
        SPO2,
        Field(
            name="device",
            kind="choice",
            choices=("air", "NP", "FM", "HB", "NRB", "HF", "BiP", "CP"),
            words={
                "room air": "air",
                "room_air": "air",
                "RA": "air",
                "none": "air",
                "nasal prongs": "NP",
                "nasal cannula": "NP",
                "NC": "NP",
                "face mask": "FM",
                "mask": "FM",
                "head box": "HB",
                "headbox": "HB",
                "non-rebreather": "NRB",
                "non-rebreathing mask": "NRB",
                "reservoir mask": "NRB",
                "high flow": "HF",
                "high-flow": "HF",
                "HFNC": "HF",
                "HFNO": "HF",
                "BP": "BiP",
                "BiPAP": "BiP",
                "CPAP": "CP",
            },
            meaning="air, nasal prongs, face mask, head box, non-rebreather, high flow, "
            "BiPAP, CPAP",
            aliases=("o2_device", "oxygen_device"),
        ),
        Field(
            name="lpm",
            kind="number",
            unit="L/min",
            meaning="oxygen flow",
            aliases=("o2_lpm", "l_min", "L/min", "flow"),
            lowest=0,
            highest=100,
        ),
        PERCENT,
        HEART_RATE,
        SYSTOLIC,
        Field(
            name="sbp_code",
            kind="choice",
            choices=tuple(npews.PRESSURE_CODES),
            meaning="why there is no pressure: not tried, failed without, failed with concern",
            aliases=("bp_code",),
        ),
        CRT,
        Field(
            name="avpu",
            kind="choice",
            choices=("A", "asleep", "C", "V", "P", "U"),
            words={
                "alert": "A",
                "sleeping": "asleep",
                "S": "asleep",
                "confused": "C",
                "voice": "V",
                "pain": "P",
                "unresponsive": "U",
            },
            meaning="consciousness; triggers, never scores",
            aliases=("acvpu", "AVPU"),
        ),
        TEMPERATURE,
        Field(
            name="abnormal_pupil",
            kind="flag",
            meaning="a pupil reacts abnormally",
            aliases=("pupil_abnormal", "abnormal_pupils", "pupils_abnormal"),
        ),
        Field(
            name="sepsis_suspected",
            kind="flag",
            meaning="new suspicion of sepsis",
            aliases=("new_sepsis", "suspected_sepsis", "sepsis"),
        ),
        Field(
            name="septic_shock",
            kind="flag",
            meaning="new suspicion of septic shock",
            aliases=("new_septic_shock",),
        ),
        Field(
            name="carer_concern",
            kind="choice",
            choices=_LEVELS,
            meaning="level that the concern of the carer calls for",
            aliases=("parent_concern",),
        ),
        Field(
            name="clinician_concern",
            kind="choice",
            choices=_LEVELS,
            meaning="level that the concern of a clinician calls for",
            aliases=("concern", "clinical_intuition"),
        ),
    ),
    answers=(
        Answer(name="total", meaning="sum of what was measured, 0-26"),
        Answer(name="complete", meaning="whether every part was scored"),
        Answer(name="missing", meaning="parts without points, in the chart's order"),
        Answer(name="level", meaning=f"level of the sum: {', '.join(_LEVELS)}"),
        Answer(name="final", meaning="the worse of that level and of every trigger"),
        Answer(name="think_sepsis", meaning="temperature from 38 or below 36"),
        Answer(name="parts", meaning="points by part"),
        Answer(name="lower_bound", meaning="the same as total: the score is at least this"),
        Answer(name="band", meaning="band used, null when the age is unknown"),
        Answer(name="triggers", meaning="what sets a level beside the score"),
    ),
    decide=everywhere(_npews),
    say=said_everywhere(_explain_npews),
    tables=(
        Table(
            title="Points by value",
            header=("what", "band", "points"),
            rows=(
                *(
                    (part, band, _steps(column))
                    for part, by_band in npews.VITALS.items()
                    for band, column in by_band.items()
                ),
                (
                    "spo2",
                    "all",
                    f"<={npews.SPO2_LOW_PCT}: 4, below {npews.SPO2_NORMAL_PCT}: 1, "
                    f">={npews.SPO2_NORMAL_PCT}: 0",
                ),
                ("o2 in L/min", "all", _steps(npews.OXYGEN_L_PER_MIN)),
                ("o2 in %", "all", _steps(npews.OXYGEN_PCT)),
                (
                    "o2",
                    "all",
                    f"air: 0, {', '.join(sorted(npews.PRESSURE_ASSIST))}: "
                    f"{npews.PRESSURE_ASSIST_POINTS}",
                ),
                (
                    "crt",
                    "all",
                    f"<={npews.CRT_NORMAL_S}: 0, longer: {npews.CRT_POINTS}",
                ),
                *(("distress", "all", f"{word}: {n}") for word, n in npews.DISTRESS.items()),
                *(("sbp", "all", f"{code}: {n}") for code, n in npews.PRESSURE_CODES.items()),
            ),
        ),
        Table(
            title="Level by total",
            header=("level", "from", "what to do"),
            rows=tuple(
                (_LEVELS[place], f"{start}", _LEVEL_EN[_LEVELS[place]])
                for start, place in zip(
                    (0, *npews.LEVEL_ENDS.ends), npews.LEVEL_ENDS.points, strict=True
                )
            ),
        ),
        Table(
            title="Level by consciousness",
            header=("AVPU", "level"),
            rows=tuple(npews.AVPU_LEVELS.items()),
        ),
        Table(
            title="Signs of distress",
            header=("age", "mild", "moderate", "severe"),
            rows=npews.DISTRESS_SIGNS,
        ),
    ),
    notes=(
        AGE_NOTE,
        Note(mark="POLICY", text="a refill time above 2 and below 3 s counts as 3"),
        Note(mark="POLICY", text="flow and percent both given: the worse one counts"),
        Note(mark="POLICY", text="a pressure and a code both given: the worse one counts"),
        Note(mark="POLICY", text="new confusion (C), no word of this chart, counts as V"),
        Note(mark="POLICY", text="an inpatient chart used before hospital: trend and pre-alert"),
        Note(mark="POLICY", text="age unknown: rates and pressure are missing"),
    ),
)

RULES: Final = (NPEWS, *pews_alternatives.RULES)

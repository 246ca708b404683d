"""NEWS2 in the register."""

from typing import Final, cast

from dispatch.rules.model import Answer, Field, Note, Result, Rule, Table, Values, Words
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2, SYSTOLIC, TEMPERATURE
from telemetry.scores import news2
from telemetry.scores.news2 import News2Input

_RESPONSE_ZH: Final = {
    "emergency": "7 分及以上：危急，立即由具备重症能力的团队评估，持续监护",
    "urgent": "5–6 分：紧急评估",
    "urgent_ward": "单项 3 分：紧急查看",
    "low": "1–4 分：低危，继续观察",
    "none": "0 分：无异常",
    "unknown": "没有任何测量值，不能判断",
}
_RESPONSE_EN: Final = {
    "emergency": "7 or more: emergency, assessment by a team with critical-care skills, monitored",
    "urgent": "5-6: urgent review",
    "urgent_ward": "one parameter at 3: urgent look at the patient",
    "low": "1-4: low, keep observing",
    "none": "0: nothing abnormal",
    "unknown": "nothing was measured, so nothing can be said",
}


def _evaluate(values: Values) -> Result:
    sbp = values["sbp"]
    found = news2.score(
        News2Input(
            resp_rate_per_min=values["rr"],
            spo2_pct=values["spo2"],
            spo2_scale=2 if values["scale"] == 2 else 1,
            on_oxygen=values["o2"],
            systolic_mmhg=sbp,
            pulse_per_min=values["hr"],
            acvpu=values["acvpu"],
            temperature_cel=values["temp"],
        )
    )
    return {
        "total": found.total,
        "lower_bound": found.lower_bound,
        "red": found.is_any_red,
        "level": found.response,
        "missing": list(found.missing),
        "parts": cast("dict[str, int | None]", dict(found.parts)),
    }


def _explain(_values: Values, result: Result) -> Words:
    parts = ", ".join(f"{part} {points}" for part, points in result["parts"].items() if points)
    missing = ", ".join(result["missing"])
    level = result["level"]
    if result["total"] is None:
        zh, en = f"NEWS2 至少 {result['lower_bound']} 分", f"NEWS2 at least {result['lower_bound']}"
    else:
        zh, en = f"NEWS2 {result['total']} 分", f"NEWS2 {result['total']}"
    return Words(
        zh=f"{zh}（{parts or '各项 0 分'}）。{_RESPONSE_ZH[level]}。"
        + (f"缺：{missing}。" if missing else ""),
        en=f"{en} ({parts or 'every part 0'}). {_RESPONSE_EN[level]}."
        + (f" Missing: {missing}." if missing else ""),
    )


NEWS2: Final = Rule(
    name="news2",
    version="1",
    title_zh="国家早期预警评分 2",
    title_en="National Early Warning Score 2",
    source="Royal College of Physicians, London 2017",
    owner="Royal College of Physicians 2017, taken over as it is",
    fields=(
        RESP_RATE,
        SPO2,
        Field(name="o2", kind="flag", meaning="given oxygen (true) or on air (false)"),
        SYSTOLIC,
        HEART_RATE,
        Field(
            name="acvpu",
            kind="choice",
            choices=("A", "C", "V", "P", "U"),
            meaning="alert, new confusion, voice, pain, unresponsive",
        ),
        TEMPERATURE,
        Field(
            name="scale",
            kind="integer",
            meaning="SpO2 scale, 1 unless a clinician documented hypercapnic failure (2)",
            lowest=1,
            highest=2,
        ),
    ),
    answers=(
        Answer(name="total", meaning="0-20, or null when a parameter is missing"),
        Answer(name="lower_bound", meaning="points of what was measured"),
        Answer(name="red", meaning="whether any parameter scores 3"),
        Answer(name="level", meaning="none, low, urgent_ward, urgent, emergency, unknown"),
        Answer(name="missing", meaning="parameters without points, in the chart's order"),
        Answer(name="parts", meaning="points by parameter"),
    ),
    evaluate=_evaluate,
    explain=_explain,
    tables=(
        Table(
            title="Response",
            header=("result", "level"),
            rows=tuple((level, words) for level, words in _RESPONSE_EN.items()),
        ),
    ),
    notes=(Note(mark="POLICY", text="SpO2 rounds down; rates, pressures and 0.1 degree half up"),),
)

RULES: Final = (NEWS2,)

"""NEWS2 in the register."""

import math
from decimal import Decimal
from typing import Final

from dispatch.errors import BadPayload
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
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2, SYSTOLIC, TEMPERATURE
from telemetry.scores import news2
from telemetry.scores.bands import Bands
from telemetry.scores.news2 import ACVPU, EMERGENCY_FROM, OXYGEN, RED, URGENT_FROM, News2Input

_UNRECORDABLE: Final = "unrecordable"

_RANGE: Final = {
    "emergency": f"≥{EMERGENCY_FROM}",
    "urgent": f"{URGENT_FROM}–{EMERGENCY_FROM - 1}",
    "urgent_ward": f"1–{URGENT_FROM - 1} with one parameter at {RED}",
    "low": f"1–{URGENT_FROM - 1}",
    "none": "0",
    "unknown": "",
}
_RESPONSE_ZH: Final = {
    "emergency": "危急，立即由具备重症能力的团队评估，持续监护",
    "urgent": "紧急评估",
    "urgent_ward": f"有单项 {RED} 分，紧急查看",
    "low": "低危，继续观察",
    "none": "已测各项均正常",
    "unknown": "没有任何测量值，不能判断",
}
_RESPONSE_EN: Final = {
    "emergency": "emergency, assessment by a team with critical-care skills, monitored",
    "urgent": "urgent review",
    "urgent_ward": f"one parameter at {RED}, urgent look at the patient",
    "low": "low, keep observing",
    "none": "everything measured is normal",
    "unknown": "nothing was measured, so nothing can be said",
}
_PART_ZH: Final = {
    "rr": "呼吸",
    "spo2": "血氧",
    "o2": "吸氧",
    "sbp": "收缩压",
    "hr": "脉搏",
    "acvpu": "意识",
    "temp": "体温",
}
_PART_EN: Final = {
    "rr": "respiratory rate",
    "spo2": "SpO2",
    "o2": "oxygen",
    "sbp": "systolic pressure",
    "hr": "pulse",
    "acvpu": "consciousness",
    "temp": "temperature",
}


def _evaluate(values: Values) -> Result:
    is_unrecordable = values["sbp_code"] == _UNRECORDABLE
    if is_unrecordable and values["sbp"] is not None:
        raise BadPayload(
            "invalid_field",
            f"sbp: expected none with sbp_code {_UNRECORDABLE}, got {values['sbp']!r}",
        )
    found = news2.score(
        News2Input(
            resp_rate_per_min=values["rr"],
            spo2_pct=values["spo2"],
            spo2_scale=2 if values["scale"] == 2 else 1,
            on_oxygen=values["o2"],
            systolic_mmhg=values["sbp"],
            is_systolic_unrecordable=is_unrecordable,
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
        "parts": dict(found.parts),
    }


def _explain(_values: Values, result: Result) -> Words:
    scored = {part: points for part, points in result["parts"].items() if points}
    zh = "、".join(f"{_PART_ZH[part]} {points}" for part, points in scored.items())
    en = ", ".join(f"{_PART_EN[part]} {points}" for part, points in scored.items())
    missing, level = result["missing"], result["level"]
    at_least_zh, at_least_en = ("至少 ", "at least ") if missing else ("", "")
    missing_zh = f"缺：{'、'.join(_PART_ZH[part] for part in missing)}。" if missing else ""
    missing_en = f" Missing: {', '.join(_PART_EN[part] for part in missing)}." if missing else ""
    lower_bound = result["lower_bound"]
    return Words(
        zh=f"NEWS2 {at_least_zh}{lower_bound} 分{f'（{zh}）' if zh else ''}："
        f"{_RESPONSE_ZH[level]}。{missing_zh}",
        en=f"NEWS2 {at_least_en}{lower_bound}{f' ({en})' if en else ''}: "
        f"{_RESPONSE_EN[level]}.{missing_en}",
    )


def _row(parameter: str, bands: Bands, step: str = "1") -> tuple[str, ...]:
    """One line of the chart: points fall towards the middle column and rise after it."""
    cells = [""] * (2 * RED + 1)
    side, lowest = -1, None
    for top, points in bands:
        side = 1 if points == 0 else side
        cells[RED + side * points] = _range(lowest, top)
        lowest = None if top == bands[-1][0] else Decimal(repr(top)) + Decimal(step)
    return (parameter, *cells)


def _range(lowest: Decimal | None, top: float) -> str:
    if lowest is None:
        return f"≤{top!r}"
    return f"≥{lowest}" if top == math.inf else f"{lowest}–{top!r}"


def _word_row(parameter: str, points_of: dict[str, int], side: int) -> tuple[str, ...]:
    """One line of the chart for words, left (-1) or right (1) of the middle column."""
    cells: list[list[str]] = [[] for _column in range(2 * RED + 1)]
    for word, points in points_of.items():
        cells[RED + side * points].append(word)
    return (parameter, *(" ".join(words) for words in cells))


_CHART: Final = Table(
    title="Chart",
    header=("parameter", "3", "2", "1", "0", "1", "2", "3"),
    rows=(
        _row("respiratory rate /min", news2.RESP_RATE),
        _row("SpO2 scale 1 %", news2.SPO2_SCALE_1),
        _row("SpO2 scale 2 %, on air", news2.SPO2_SCALE_2_ON_AIR),
        _row("SpO2 scale 2 %, on oxygen", news2.SPO2_SCALE_2_ON_O2),
        _word_row("oxygen", {"air": OXYGEN[False], "oxygen": OXYGEN[True]}, side=-1),
        _row("systolic pressure mmHg", news2.SYSTOLIC),
        _row("pulse /min", news2.PULSE),
        _word_row("consciousness", ACVPU, side=1),
        _row("temperature Cel", news2.TEMPERATURE, "0.1"),
    ),
)

NEWS2: Final = Rule(
    name="news2",
    version=news2.VERSION,
    title_zh="国家早期预警评分 2",
    title_en="National Early Warning Score 2",
    source="Royal College of Physicians, London 2017",
    owner="Royal College of Physicians 2017, taken over as it is",
    fields=(
        RESP_RATE,
        SPO2,
        Field(
            name="o2",
            kind="flag",
            meaning="given oxygen (true) or on air (false)",
            aliases=("on_oxygen", "oxygen"),
        ),
        SYSTOLIC,
        Field(
            name="sbp_code",
            kind="choice",
            choices=(_UNRECORDABLE, "palpated"),
            meaning="unrecordable scores 3 and stands instead of sbp; palpated changes nothing",
        ),
        HEART_RATE,
        Field(
            name="acvpu",
            kind="choice",
            choices=tuple(ACVPU),
            words={
                "alert": "A",
                "confusion": "C",
                "confused": "C",
                "new confusion": "C",
                "voice": "V",
                "verbal": "V",
                "pain": "P",
                "unresponsive": "U",
            },
            meaning="alert, new confusion, voice, pain, unresponsive; confusion not known to be old"
            " is new",
            aliases=("ACVPU", "avpu", "consciousness"),
        ),
        TEMPERATURE,
        Field(
            name="scale",
            kind="integer",
            meaning="SpO2 scale: 1, or 2 once a clinician documented hypercapnic respiratory"
            " failure; never taken from a diagnosis such as COPD",
            aliases=("spo2_scale",),
            lowest=1,
            highest=2,
        ),
    ),
    answers=(
        Answer(name="total", meaning="0-20, or null when a parameter is missing"),
        Answer(name="lower_bound", meaning="points of what was measured"),
        Answer(name="red", meaning="whether any parameter scores 3"),
        Answer(
            name="level",
            meaning="none, low, urgent_ward, urgent, emergency; of the lower bound when there is"
            " no total; unknown when nothing was measured",
        ),
        Answer(name="missing", meaning="parameters without points, in the chart's order"),
        Answer(name="parts", meaning="points by parameter"),
    ),
    decide=everywhere(_evaluate),
    say=said_everywhere(_explain),
    tables=(
        _CHART,
        Table(
            title="Response",
            header=("total", "level", "meaning"),
            rows=tuple((_RANGE[level], level, words) for level, words in _RESPONSE_EN.items()),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="SpO2 rounds down; rates, pressures and 0.1 degree half up"),
        Note(
            mark="POLICY",
            text="with a parameter missing there is no total; the lower bound calls for help",
        ),
        Note(mark="POLICY", text="an unrecordable systolic pressure scores 3; palpation is enough"),
        Note(
            mark="POLICY",
            text="on scale 2 from 93 %, with oxygen unknown, the saturation counts as missing",
        ),
        Note(
            mark="GK",
            text="the SpO2 scale is the clinician's decision and never follows a COPD diagnosis",
        ),
    ),
)

RULES: Final = (NEWS2,)

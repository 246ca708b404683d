"""Apgar, temperature and saturation of the newborn in the register, with its red flags."""

from collections.abc import Mapping
from math import isfinite
from typing import Final

from dispatch.errors import BadPayload
from dispatch.rules import newborn_flags
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
    everywhere,
    said_everywhere,
)
from dispatch.rules.newborn_flags import MINUTES, TEMP
from dispatch.rules.policies import Policies
from dispatch.rules.vitals import SPO2
from telemetry.scores import apgar, newborn
from telemetry.scores.apgar import ApgarInput, Part
from telemetry.scores.newborn import DEFAULT_POLICY, NewbornPolicy

_AMBIGUOUS_RATE: Final = 2  # two beats a minute, or two points?
_HEART_RATE: Final = Field(
    name="hr",
    kind="number",
    unit="/min",
    meaning="heart rate, never points",
    aliases=("HR", "heart_rate", "pulse"),
    lowest=0,
    highest=500,
)

_SIGN_WORDS: Final[dict[Part, Mapping[str, str]]] = {
    "resp": {"slow": "irregular", "slow, irregular": "irregular", "good cry": "crying",
             "good": "crying", "none": "absent"},
    "tone": {"some flexion": "some_flexion", "none": "limp"},
    "reflex": {"no response": "none", "cough": "cough_sneeze_cry", "sneeze": "cough_sneeze_cry",
               "cry": "cough_sneeze_cry", "cough-sneeze-cry": "cough_sneeze_cry"},
    "colour": {"blue": "blue_pale", "pale": "blue_pale", "blue-pale": "blue_pale",
               "body pink": "body_pink", "all pink": "all_pink", "pink": "all_pink"},
}  # fmt: skip
_ALIASES: Final[dict[Part, tuple[str, ...]]] = {
    "resp": ("breathing", "respiration"),
    "tone": ("muscle_tone", "activity"),
    "reflex": ("grimace", "reflex_irritability"),
    "colour": ("color", "appearance"),
}


def _item_field(part: Part) -> Field:
    signs = apgar.SIGNS[part]
    return Field(
        name=part,
        kind="score",
        choices=signs,
        words=_SIGN_WORDS[part],
        meaning=f"points 0 to 2, or the sign: {'; '.join(signs)}",
        aliases=_ALIASES[part],
        lowest=0,
        highest=2,
    )


def _points(values: Values, part: Part) -> int | None:
    """The points of an item, told as such or by its sign."""
    told: int | str | None = values[part]
    return apgar.SIGNS[part].index(told) if isinstance(told, str) else told


def _apgar(values: Values, policies: Policies) -> Result:
    minute = values["minute"]
    if minute is not None and minute not in apgar.LOINC:
        raise BadPayload("invalid_field", f"minute: expected 1, 5 or 10, got {minute}")
    if values["hr"] == _AMBIGUOUS_RATE:
        raise BadPayload("invalid_field", "hr: 2 reads as points; a rate per minute is expected")
    found = apgar.score(
        ApgarInput(
            heart_rate_per_min=values["hr"],
            breathing=_points(values, "resp"),
            tone=_points(values, "tone"),
            reflex=_points(values, "reflex"),
            colour=_points(values, "colour"),
        )
    )
    limit = _apgar_limits(policies.clinical.newborn_flags).get(minute)
    return {
        "total": found.total,
        "apgar": found.total,
        "lower_bound": found.lower_bound,
        "missing": list(found.missing),
        "parts": dict(found.parts),
        "red_flag": None if limit is None else apgar.is_at_most(found, limit),
        "loinc": None if minute is None else apgar.LOINC[minute],
    }


def _apgar_limits(policy: NewbornPolicy) -> dict[int | None, int]:
    """The highest points that are a red flag, by minute."""
    return {1: policy.apgar_1_min_to, 5: policy.apgar_5_min_to}


def _explain_apgar(_values: Values, result: Result) -> Words:
    parts = ", ".join(f"{name} {points}" for name, points in result["parts"].items()
                      if points is not None)  # fmt: skip
    missing = ", ".join(result["missing"])
    if missing:
        zh = f"Apgar 至少 {result['lower_bound']} 分（{parts}），缺：{missing}。"
        en = f"Apgar at least {result['lower_bound']} ({parts}). Missing: {missing}."
    else:
        zh, en = f"Apgar {result['total']} 分（{parts}）。", f"Apgar {result['total']} ({parts})."
    if result["red_flag"]:
        zh, en = f"{zh}危险信号。", f"{en} Red flag."
    return Words(zh=zh, en=en)


APGAR: Final = Rule(
    name="apgar",
    version="1",
    title_zh="新生儿 Apgar 评分",
    title_en="Apgar score of the newborn",
    source="Apgar 1953",
    owner="Apgar 1953, taken over as it is",
    fields=(
        _HEART_RATE,
        *(_item_field(part) for part in _SIGN_WORDS),
        Field(
            name="minute",
            kind="integer",
            meaning="minute of life: 1, 5 or 10",
            aliases=("at_min", "minutes"),
            lowest=0,
            highest=20,
        ),
    ),
    answers=(
        Answer(name="total", meaning="0-10, or null when an item is missing"),
        Answer(name="apgar", meaning="the same as total"),
        Answer(name="lower_bound", meaning="points of what was seen"),
        Answer(name="missing", meaning="items that were not seen"),
        Answer(name="parts", meaning="points by item"),
        Answer(name="red_flag", meaning="low for the minute; null at 10, or while undecided"),
        Answer(name="loinc", meaning="code of the score at this minute"),
    ),
    decide=_apgar,
    say=said_everywhere(_explain_apgar),
    tables=(
        Table(
            title="Points",
            header=("item", "0", "1", "2"),
            rows=tuple((part, *signs) for part, signs in apgar.SIGNS.items()),
        ),
    ),
    notes=(
        Note(
            mark="GK",
            text="red flag: at most "
            + ", ".join(
                f"{limit} at {minute} min"
                for minute, limit in _apgar_limits(DEFAULT_POLICY).items()
            )
            + "; Chinese definitions of asphyxia take 7 at either",
        ),
    ),
)

_CLASS_ZH: Final = {
    "severe": "重度低体温",
    "moderate": "中度低体温",
    "mild": "轻度低体温",
    "normal": "体温正常",
    "hyperthermia": "体温过高",
    None: "未测体温，不能判断",
}
_CLASS_EN: Final = {
    "severe": "severe hypothermia",
    "moderate": "moderate hypothermia",
    "mild": "mild hypothermia",
    "normal": "normal temperature",
    "hyperthermia": "hyperthermia",
    None: "no temperature, nothing can be said",
}


def _temperature(values: Values) -> Result:
    found = newborn.temperature_class(values["temp"])
    return {"class": found, "missing": ["temp"] if found is None else []}


def _explain_temperature(_values: Values, result: Result) -> Words:
    found = result["class"]
    zh, en = _CLASS_ZH[found], _CLASS_EN[found]
    is_cold = found in newborn.COLD
    return Words(
        zh=f"{zh}。复温。" if is_cold else f"{zh}。",
        en=f"Newborn: {en}. Rewarm." if is_cold else f"Newborn: {en}.",
    )


NEWBORN_TEMPERATURE: Final = Rule(
    name="newborn_temperature",
    version="1",
    title_zh="新生儿体温分级",
    title_en="Temperature class of the newborn",
    source="WHO, Thermal protection of the newborn, 1997",
    owner="WHO 1997, taken over as it is",
    fields=(TEMP,),
    answers=(
        Answer(
            name="class",
            meaning="severe, moderate, mild (hypothermia), normal, hyperthermia; null unmeasured",
        ),
        Answer(name="missing", meaning="temp when it was not measured"),
    ),
    decide=everywhere(_temperature),
    say=said_everywhere(_explain_temperature),
    tables=(
        Table(
            title="Classes",
            header=("up to °C", "class"),
            rows=tuple(
                (f"{top:g}" if isfinite(top) else "above", name)
                for top, name in newborn.TEMPERATURE_CLASSES
            ),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="rounded half up to 0.1 degree first"),
        Note(mark="GK", text="above 37.5 hyperthermia; the table we hold names only the cold"),
    ),
)


def _saturation(values: Values, policies: Policies) -> Result:
    found = newborn.spo2_target(values["minutes"], values["spo2"], policies.clinical.newborn_flags)
    return {
        "target_low": found.low_pct,
        "target_high": found.high_pct,
        "status": found.status,
        "alarm": found.is_alarm,
        "missing": [name for name in ("minutes", "spo2") if values[name] is None],
    }


def _explain_saturation(_values: Values, result: Result) -> Words:
    low, high, alarm = result["target_low"], result["target_high"], result["alarm"]
    if low is None:
        zh, en = "此时无目标范围", "No target range now"
    else:
        zh, en = f"目标 {low}–{high} %", f"Target {low}-{high} %"
    verdict_zh = {True: "过低，报警。", False: "无低氧报警。", None: "不能判断。"}[alarm]
    verdict_en = {True: "too low: alarm.", False: "no alarm.", None: "cannot be judged."}[alarm]
    return Words(zh=f"{zh}；{verdict_zh}", en=f"{en}; {verdict_en}")


NEWBORN_SPO2: Final = Rule(
    name="newborn_spo2",
    version="1",
    title_zh="出生后血氧目标（右手）",
    title_en="Saturation after birth, right hand",
    source="NRP and AHA 2015",
    owner=MEDICAL_DIRECTOR,
    fields=(MINUTES, SPO2),
    answers=(
        Answer(name="target_low", meaning="lowest target in %, null before 1 and after 10 min"),
        Answer(name="target_high", meaning="highest target in %"),
        Answer(name="status", meaning="below, in_range, above; null without target or value"),
        Answer(name="alarm", meaning="too low for the minute; null when it cannot be known"),
        Answer(name="missing", meaning="minutes, spo2: what was not given"),
    ),
    decide=_saturation,
    say=said_everywhere(_explain_saturation),
    tables=(
        Table(
            title="Targets",
            header=("from minute", "SpO2 %"),
            rows=tuple((f"{at}", f"{low}-{high}") for at, low, high in newborn.SPO2_TARGETS),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="between the minutes the target of the last one reached"),
        Note(mark="POLICY", text="SpO2 rounds down"),
        Note(
            mark="GK",
            text=f"after {newborn.TARGETS_END_MIN} min: alarm below "
            f"{DEFAULT_POLICY.spo2_below_pct:g} %",
        ),
    ),
)

RULES: Final = (APGAR, NEWBORN_TEMPERATURE, NEWBORN_SPO2, *newborn_flags.RULES)

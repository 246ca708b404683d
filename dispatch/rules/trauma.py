"""Field triage of the injured in the register."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

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
)
from dispatch.rules.pathway import needs_as_json
from dispatch.rules.policies import Policies
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2, SYSTOLIC
from dispatch.triage import trauma, trauma_criteria
from dispatch.triage.trauma import TraumaFindings, TraumaPolicy
from dispatch.triage.trauma_criteria import Criterion

_DEFAULTS: Final = TraumaPolicy()
_SHOWN_CHARACTERS: Final = 40


def _words(criteria: Sequence[Criterion]) -> dict[str, str]:
    """Our codes and those of NEMSIS; two of ours under one NEMSIS code: the first."""
    own = {criterion.code: criterion.code for criterion in criteria}
    return own | {criterion.nemsis: criterion.code for criterion in reversed(criteria)}


_INJURIES: Final = _words(trauma_criteria.INJURIES)
_MECHANISMS: Final = _words(trauma_criteria.MECHANISMS)
_JUDGEMENTS: Final = _words(trauma_criteria.JUDGEMENTS)

_LEVEL_ZH: Final = {
    "red": "红：送可及的最高级别创伤中心，现场停留不超过 {p.scene_limit_min} 分钟",
    "yellow": "黄：送创伤中心，不必为最高级别",
    "indeterminate": "目前未符合标准，但检查不全，不能排除",
    "none": "不符合任何现场分诊标准",
}
_LEVEL_EN: Final = {
    "red": "RED: to the highest trauma centre in reach, at most {p.scene_limit_min} min on scene",
    "yellow": "YELLOW: to a trauma centre, which need not be the highest",
    "indeterminate": "No criterion is met so far, but not everything was looked at",
    "none": "No criterion of field triage is met",
}

_INPUTS: Final = {
    "age": Words(zh="年龄", en="age"),
    "motor": Words(zh="GCS 运动评分", en="motor GCS"),
    "rr": Words(zh="呼吸", en="respiratory rate"),
    "resp_support": Words(zh="是否需呼吸支持", en="need of respiratory support"),
    "spo2_air": Words(zh="未吸氧 SpO2", en="SpO2 on room air"),
    "sbp": Words(zh="收缩压", en="systolic pressure"),
    "hr": Words(zh="心率", en="heart rate"),
    "injuries": Words(zh="伤情", en="injuries"),
    "mechanisms": Words(zh="致伤机制", en="mechanism"),
    "judgements": Words(zh="人员判断", en="judgement of the crew"),
}


def _evaluate(values: Values, policies: Policies) -> Result:
    found = _findings(values)
    result = trauma.assess(found)
    follows = trauma.need(found, result, policies.clinical.trauma)
    return {
        "red": list(result.red),
        "yellow": list(result.yellow),
        "level": result.level,
        "vitals": result.vitals,
        "undecided": list(result.undecided),
        "missing": list(result.missing),
        "nemsis": {
            "eInjury.03": list(result.nemsis_red),
            "eInjury.04": list(result.nemsis_yellow),
        },
        "needs": needs_as_json([follows] if follows else []),
    }


def _findings(values: Values) -> TraumaFindings:
    on_air = values["spo2"] if values["o2"] is False else None
    return TraumaFindings(
        age_years=values["age"],
        motor_response=None if values["motor"] == "NT" else values["motor"],
        resp_rate_per_min=values["rr"],
        needs_resp_support=values["resp_support"],
        spo2_air_pct=on_air if values["spo2_air"] is None else values["spo2_air"],
        systolic_mmhg=values["sbp"],
        heart_rate_per_min=values["hr"],
        injuries=read_ticks("injuries", values["injuries"], _INJURIES),
        mechanisms=read_ticks("mechanisms", values["mechanisms"], _MECHANISMS),
        judgements=read_ticks("judgements", values["judgements"], _JUDGEMENTS),
        fall_m=values["fall_m"],
        gestation_weeks=values["gestation_weeks"],
    )


def read_ticks(
    name: str, given: list[Any] | None, known: Mapping[str, str]
) -> frozenset[str] | None:
    """What was ticked in a list, ``known`` mapping each accepted word to its code; None stays None.

    Raises BadPayload("invalid_field") naming the first entry that is no known word.
    """
    if given is None:
        return None
    read = [known.get(one.strip().casefold()) if isinstance(one, str) else None for one in given]
    if None in read:
        wrong = repr(given[read.index(None)])[:_SHOWN_CHARACTERS]
        wanted = ", ".join(dict.fromkeys(known.values()))
        raise BadPayload("invalid_field", f"{name}: expected any of {wanted}, got {wrong}")
    return frozenset(code for code in read if code is not None)


def _explain(values: Values, result: Result, policies: Policies) -> Words:
    met = [trauma_criteria.BY_CODE[code] for code in (*result["red"], *result["yellow"])]
    level, policy = result["level"], policies.clinical.trauma
    zh, en = _LEVEL_ZH[level].format(p=policy), _LEVEL_EN[level].format(p=policy)
    zh += f"（{'；'.join(criterion.zh for criterion in met)}）。" if met else "。"
    en += f" ({'; '.join(criterion.en for criterion in met)})." if met else "."
    missing = [] if result["level"] == "red" else [_INPUTS[name] for name in result["missing"]]
    if missing:
        is_open = result["level"] == "yellow" and result["vitals"] == "indeterminate"
        zh += f"{'红色标准未排除。' if is_open else ''}缺：{'、'.join(one.zh for one in missing)}。"
        en += " Red is not excluded." if is_open else ""
        en += f" Missing: {', '.join(one.en for one in missing)}."
    if values["age"] is None:
        zh += "年龄不详。"
        en += " Age unknown."
    return Words(zh=zh, en=en)


def _rows(criteria: Iterable[Criterion]) -> tuple[tuple[str, ...], ...]:
    return tuple((one.code, one.nemsis, one.zh, one.en) for one in criteria)


_HEADER: Final = ("code", "NEMSIS", "标准", "criterion")


def _ticks(name: str, criteria: Iterable[Criterion], what: str, *aliases: str) -> Field:
    codes = ", ".join(criterion.code for criterion in criteria)
    meaning = f"{what}: any of {codes}; [] is looked and found none, null is not looked"
    return Field(name=name, kind="list", meaning=meaning, aliases=aliases)


def _also(field: Field, *aliases: str) -> Field:
    return msgspec.structs.replace(field, aliases=(*field.aliases, *aliases))


TRAUMA: Final = Rule(
    name="trauma",
    version="1",
    title_zh="创伤现场分诊",
    title_en="Field triage of injured patients",
    source="National Guideline for the Field Triage of Injured Patients, American College of "
    "Surgeons 2021; codes: NEMSIS 3.5.1 (2023)",
    owner=f"American College of Surgeons 2021; scene time and child age: {MEDICAL_DIRECTOR}",
    fields=(
        Field(
            name="age",
            kind="number",
            unit="a",
            meaning="age in years, counted as completed years",
            aliases=("age_years", "age_y"),
            lowest=0,
            highest=120,
        ),
        Field(
            name="motor",
            kind="score",
            choices=("NT",),
            meaning="motor response of the Glasgow Coma Scale, never the total; NT decides nothing",
            aliases=("gcs_motor", "motor_gcs", "gcs_m", "M", "m"),
            lowest=1,
            highest=6,
        ),
        _also(RESP_RATE, "RR", "resp_rate"),
        Field(
            name="resp_support",
            kind="flag",
            meaning="respiratory distress, or need of respiratory support",
            aliases=("respiratory_support", "resp_distress", "respiratory_distress"),
        ),
        _also(
            msgspec.structs.replace(SPO2, name="spo2_air", meaning="oximetry on room air"),
            "SpO2_air",
            "spo2_room_air",
            "spo2_ra",
        ),
        _also(msgspec.structs.replace(SPO2, meaning="oximetry; counts only with o2 false"), "SpO2"),
        Field(name="o2", kind="flag", meaning="given oxygen while `spo2` was measured"),
        _also(SYSTOLIC, "SBP"),
        _also(HEART_RATE, "HR"),
        _ticks(
            "injuries", trauma_criteria.INJURIES, "injury patterns", "injury", "injury_patterns"
        ),
        _ticks("mechanisms", trauma_criteria.MECHANISMS, "mechanisms", "mechanism"),
        _ticks(
            "judgements",
            trauma_criteria.JUDGEMENTS,
            "judgement of the crew",
            "judgement",
            "judgments",
            "judgment",
        ),
        Field(
            name="fall_m",
            kind="number",
            unit="m",
            meaning="height of a fall",
            aliases=("fall_height_m", "fall"),
            lowest=0,
            highest=1000,
        ),
        Field(
            name="gestation_weeks",
            kind="number",
            unit="wk",
            meaning="weeks of pregnancy",
            aliases=("ga_weeks", "pregnancy_weeks", "weeks_pregnant", "ga"),
            lowest=0,
            highest=45,
        ),
    ),
    answers=(
        Answer(name="red", meaning="red criteria met, vital signs first, then injuries"),
        Answer(name="yellow", meaning="yellow criteria met, mechanism first, then judgement"),
        Answer(
            name="level",
            meaning="red, yellow, indeterminate (nothing met, something unknown), none "
            "(everything known, nothing met)",
        ),
        Answer(name="vitals", meaning="red, indeterminate or none by the vital signs alone"),
        Answer(name="undecided", meaning="criteria that could still be met"),
        Answer(name="missing", meaning="inputs that the undecided criteria wait for"),
        Answer(name="nemsis", meaning="codes of the criteria met, by NEMSIS element"),
        Answer(name="needs", meaning="what follows for destination and alert; empty for nothing"),
    ),
    decide=_evaluate,
    say=_explain,
    tables=(
        Table(title="Red, vital signs", header=_HEADER, rows=_rows(trauma_criteria.VITALS)),
        Table(title="Red, injuries", header=_HEADER, rows=_rows(trauma_criteria.INJURIES)),
        Table(title="Yellow, mechanism", header=_HEADER, rows=_rows(trauma_criteria.MECHANISMS)),
        Table(title="Yellow, judgement", header=_HEADER, rows=_rows(trauma_criteria.JUDGEMENTS)),
    ),
    notes=(
        Note(mark="GK", text=f"red: at most {_DEFAULTS.scene_limit_min} min on scene"),
        Note(
            mark="POLICY",
            text=f"children below {_DEFAULTS.child_below_years} years prefer a place for children; "
            "the guideline names no age",
        ),
        Note(mark="POLICY", text="measured values are compared as they are, without rounding"),
        Note(
            mark="POLICY",
            text="age unknown: a pressure too low for every age counts as the row of 10-64 years, "
            "without a NEMSIS code; one that is low for some ages only is undecided",
        ),
        Note(mark="POLICY", text="yellow or undecided passes no nearer trauma centre"),
    ),
)

RULES: Final = (TRAUMA,)

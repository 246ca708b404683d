"""Age in a case, which score is for whom, and what is usual at which age, in the register.

`AGE_FIELDS` and `read_age` are for every rule that depends on a child's age. A birthday counts on
the calendar day that `at` has in its own offset: give local time.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

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
    everywhere,
    said_everywhere,
)
from dispatch.rules.policies import Policies
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SYSTOLIC
from telemetry.scores import npews, paediatric_ranges, whom
from telemetry.scores.paediatric_ranges import RANGES, TRIGGERS, Range, Span
from telemetry.scores.whom import DEFAULT_POLICY, PLANS, Age, Patient, WhomPolicy

Band = TypeVar("Band", bound=str)

AGE_FIELDS: Final = (
    Field(
        name="born",
        kind="date",
        meaning="date of birth; needs `at` or `on`",
        aliases=("dob", "birth_date", "date_of_birth", "birthday"),
    ),
    Field(
        name="at",
        kind="time",
        meaning="when the child was observed, local time with its offset",
        aliases=("observed_at", "time"),
    ),
    Field(name="on", kind="date", meaning="the day instead of `at`", aliases=("date",)),
    Field(
        name="age_y",
        kind="number",
        unit="a",
        meaning="age in years; a fraction is dropped",
        aliases=("age", "age_years"),
        lowest=0,
        highest=130,
    ),
    Field(
        name="age_m",
        kind="integer",
        unit="mo",
        meaning="months since birth, in all",
        aliases=("age_months", "months"),
        lowest=0,
        highest=1560,
    ),
    Field(
        name="age_d",
        kind="integer",
        unit="d",
        meaning="days since birth, in the first year",
        aliases=("age_days", "days"),
        lowest=0,
        highest=364,
    ),
)
_AGE_H: Final = Field(
    name="age_h",
    kind="number",
    unit="h",
    meaning="hours since birth, in the first four weeks",
    aliases=("age_hours", "hours"),
    lowest=0,
    highest=671,
)

AGE_NOTE: Final = Note(
    mark="POLICY",
    text="age by birthday; born on a day the month lacks: the first of the next month (29 February "
    "counts on 1 March)",
)


def read_age(values: Values) -> Age:
    """The age in a case that has `AGE_FIELDS`; unknown parts stay None.

    Raises BadPayload when the parts contradict each other or a birthday comes without a day.
    """
    given = whom.age_given(values["age_y"], values["age_m"], values["age_d"])
    born, on = values["born"], _day(values)
    if born is None:
        return given
    if on is None:
        raise BadPayload("missing_field", "at: the time is needed with a date of birth")
    age = whom.age_between(born, on)
    for name in ("years", "months", "days"):
        told, found = getattr(given, name), getattr(age, name)
        if told is not None and told != found:
            raise BadPayload("invalid_field", f"born: {found} {name} on {on}, but told as {told}")
    return age


def band_of_case(values: Values, computed: Band | None) -> Band | None:
    """The band named in a case or the one by age; raises BadPayload when they disagree."""
    named: Band | None = values["band"]
    if named is not None and computed is not None and named != computed:
        raise BadPayload("invalid_field", f"band: {named} is given, but the age says {computed}")
    return computed if named is None else named


def _day(values: Values) -> date | None:
    at, on = values["at"], values["on"]
    if at is None:
        day: date | None = on
        return day
    found: date = at.date()
    if on is not None and on != found:
        raise BadPayload("invalid_field", f"on: {on} is not the day of at, {found}")
    return found


def _choose(values: Values, policies: Policies) -> Result:
    age = read_age(values)
    sex = values["sex"]
    size = values["body_size"]
    found = whom.choose(
        Patient(
            age=age,
            is_pregnant=values["pregnant"],
            postpartum_days=values["days_postpartum"],
            is_male=None if sex is None else sex == "M",
            is_adult_size=None if size is None else size == "adult",
            is_age_estimated=values["age_estimated"] is True,
        ),
        policies.clinical.whom,
    )
    band = npews.band_of(age)
    if age.years is None and size == "adult":
        band = "13+y"
    return {
        "group": found.group,
        "scores": list(found.scores),
        "act_on_worse": len(found.scores) > 1,
        "adjuncts": list(found.adjuncts),
        "alternatives": list(found.alternatives),
        "never": list(found.never),
        "npews_band": band if "npews" in found.scores else None,
        "age_estimated": found.is_age_estimated,
        "missing": list(found.missing),
    }


_GROUP_ZH: Final = {
    "adult": "成人（{p.adult_from_years} 岁及以上）",
    "maternal": "孕妇或产后 {p.postpartum_to_days} 天内",
    "child": "儿童（{child_from_days} 天至 {p.adult_from_years} 岁以下）",
    "newborn": "新生儿（{p.newborn_to_days} 天内）",
    "unknown": "年龄不明",
}
_GROUP_EN: Final = {
    "adult": "Adult ({p.adult_from_years} or over)",
    "maternal": "Pregnant or within {p.postpartum_to_days} days after birth",
    "child": "Child ({child_from_days} days to under {p.adult_from_years} years)",
    "newborn": "Newborn (up to {p.newborn_to_days} days)",
    "unknown": "Age unknown",
}


def _group(words: Mapping[str, str], group: str, policy: WhomPolicy) -> str:
    return words[group].format(p=policy, child_from_days=policy.newborn_to_days + 1)


def _explain_choice(_values: Values, result: Result, policies: Policies) -> Words:
    scores, never = ", ".join(result["scores"]), ", ".join(result["never"])
    missing = ", ".join(result["missing"])
    is_several = result["act_on_worse"]
    group, policy = result["group"], policies.clinical.whom
    zh = f"{_group(_GROUP_ZH, group, policy)}：用 {scores}"
    en = f"{_group(_GROUP_EN, group, policy)}: use {scores}"
    zh += "，以较重者为准。" if is_several else "。"
    en += ", and act on the worse." if is_several else "."
    zh += f"不得用 {never}。" if never else ""
    en += f" Never {never}." if never else ""
    zh += "年龄为估计。" if result["age_estimated"] else ""
    en += " The age is estimated." if result["age_estimated"] else ""
    zh += f"请问清：{missing}。" if missing else ""
    en += f" Find out: {missing}." if missing else ""
    return Words(zh=zh, en=en)


WHICH_SCORE: Final = Rule(
    name="which_score",
    version="1",
    title_zh="何人用何评分",
    title_en="Which score for whom",
    source="Royal College of Physicians 2017 and NPEWS chart 2023 for the scope of the scores",
    owner=MEDICAL_DIRECTOR,
    fields=(
        *AGE_FIELDS,
        Field(name="pregnant", kind="flag", meaning="pregnant now", aliases=("is_pregnant",)),
        Field(
            name="days_postpartum",
            kind="number",
            unit="d",
            meaning="days since she gave birth",
            aliases=("postpartum_days", "postpartum_day", "days_post_partum"),
            lowest=0,
            highest=36500,
        ),
        Field(
            name="sex",
            kind="choice",
            choices=("F", "M"),
            words={"female": "F", "woman": "F", "女": "F", "male": "M", "man": "M", "男": "M"},
            meaning="sex; a man needs no question about pregnancy",
        ),
        Field(
            name="body_size",
            kind="choice",
            choices=("adult", "child"),
            meaning="what the patient looks like, when the age is unknown",
            aliases=("size",),
        ),
        Field(name="age_estimated", kind="flag", meaning="the age given is an estimate"),
    ),
    answers=(
        Answer(name="group", meaning="adult, maternal, child, newborn, unknown"),
        Answer(name="scores", meaning="names of the rules to ask, the leading one first"),
        Answer(name="act_on_worse", meaning="whether the worse of several answers counts"),
        Answer(name="adjuncts", meaning="rules that may be asked beside them"),
        Answer(name="alternatives", meaning="rules that may be asked instead"),
        Answer(name="never", meaning="rules that must not be used"),
        Answer(name="npews_band", meaning="band of NPEWS when it is asked, null if unknown"),
        Answer(name="age_estimated", meaning="whether the age was estimated or is unknown"),
        Answer(name="missing", meaning="what would narrow the scores: age, age_d, pregnant"),
    ),
    decide=_choose,
    say=_explain_choice,
    tables=(
        Table(
            title="Scores by patient",
            header=("patient", "scores", "beside", "instead", "never"),
            rows=tuple(
                (
                    _group(_GROUP_EN, group, DEFAULT_POLICY),
                    ", ".join(plan.scores),
                    ", ".join(plan.adjuncts),
                    ", ".join(plan.alternatives),
                    ", ".join(plan.never),
                )
                for group, plan in PLANS.items()
            ),
            mark="POLICY",
        ),
    ),
    notes=(
        AGE_NOTE,
        Note(mark="POLICY", text="pregnant or just delivered under 16: the maternal scores"),
        Note(mark="POLICY", text="on day 28 still a newborn: newborn criteria and NPEWS"),
        Note(mark="POLICY", text="age unknown: NEWS2 and NPEWS, act on the worse"),
        Note(
            mark="POLICY",
            text="pregnancy not asked, not a man and "
            f"{DEFAULT_POLICY.pregnancy_from_years}-{DEFAULT_POLICY.pregnancy_to_years} years: "
            "the maternal scores as well",
        ),
        Note(mark="POLICY", text="in the first minutes after birth NPEWS never stands alone"),
    ),
)


def _ranges(values: Values) -> Result:
    age, age_h = read_age(values), values["age_h"]
    if age_h is not None:
        if (age.days is not None and abs(age.days - age_h / 24) > 1) or (age.years or 0) > 0:
            raise BadPayload("invalid_field", f"age_h: {age_h:g} hours do not fit the age given")
        age = age if age.days is not None else whom.age_given(None, None, int(age_h // 24))
    sbp = values["sbp"]
    low = paediatric_ranges.hypotension_below_mmhg(age, age_h)
    found = paediatric_ranges.alarms(age, sbp, values["hr"], values["rr"])
    usual = paediatric_ranges.range_of(age, age_h)
    return {
        "range": None if usual is None else _shown(usual),
        "hypotension_below": low,
        "hypotension": None if low is None or sbp is None else sbp < low,
        "alarm": found.is_alarm,
        "which": list(found.which),
        "missing": list(found.missing),
    }


def _shown(usual: Range) -> dict[str, str | list[float]]:
    return {
        "age": usual.name,
        "hr_awake": list(usual.awake_per_min),
        "hr_asleep": list(usual.asleep_per_min),
        "rr": list(usual.resp_rate_per_min),
        "sbp": list(usual.systolic_mmhg),
        "dbp": list(usual.diastolic_mmhg),
    }


def _explain_ranges(_values: Values, result: Result) -> Words:
    usual, low = result["range"], result["hypotension_below"]
    which, missing = ", ".join(result["which"]), ", ".join(result["missing"])
    if usual is None:
        zh, en = "年龄不足以确定正常范围。", "The age does not settle what is usual."
    else:
        hr, rr, sbp = (
            f"{low:g}–{high:g}" for low, high in (usual["hr_awake"], usual["rr"], usual["sbp"])
        )
        zh = f"该年龄常见：心率 {hr}，呼吸 {rr}，收缩压 {sbp}（仅供显示）。"
        en = f"Usual at this age: heart rate {hr}, breathing {rr}, systolic {sbp} (display only)."
    if result["hypotension"]:
        zh += f"收缩压低于 {low:g}：低血压。"
        en += f" Systolic below {low:g}: hypotension."
    if which:
        zh += f"达到急救小组呼叫标准：{which}。"
        en += f" Emergency team criteria met: {which}."
    if missing:
        zh += f"未能判断：{missing}。"
        en += f" Not known: {missing}."
    return Words(zh=zh, en=en)


def _span(span: Span) -> str:
    return f"{span[0]:g}-{span[1]:g}"


PAEDIATRIC_RANGE: Final = Rule(
    name="paediatric_range",
    version="1",
    title_zh="儿童正常范围与急救小组标准",
    title_en="Usual values of children and emergency team criteria",
    source="AHA PALS 2015 as reproduced by PedsCases; emergency team criteria: a table in "
    "Pediatrics (American Academy of Pediatrics)",
    owner=MEDICAL_DIRECTOR,
    fields=(*AGE_FIELDS, _AGE_H, HEART_RATE, RESP_RATE, SYSTOLIC),
    answers=(
        Answer(name="range", meaning="usual values at this age for display, null if unsettled"),
        Answer(name="hypotension_below", meaning="systolic in mmHg below which pressure is low"),
        Answer(name="hypotension", meaning="whether it is; null without age or pressure"),
        Answer(name="alarm", meaning="whether an emergency team criterion is met, null if unknown"),
        Answer(name="which", meaning="SBP, HR, RR: the criteria that are met"),
        Answer(name="missing", meaning="the criteria that could not be judged"),
    ),
    decide=everywhere(_ranges),
    say=said_everywhere(_explain_ranges),
    tables=(
        Table(
            title="Usual values (display only)",
            header=("age", "HR awake", "HR asleep", "RR", "SBP", "DBP", "hypotension SBP"),
            rows=tuple(
                (
                    found.name,
                    _span(found.awake_per_min),
                    _span(found.asleep_per_min),
                    _span(found.resp_rate_per_min),
                    _span(found.systolic_mmhg),
                    _span(found.diastolic_mmhg),
                    "<70 + 2 x years"
                    if found.hypotension_mmhg is None
                    else f"<{found.hypotension_mmhg:g}",
                )
                for found in RANGES
            ),
        ),
        Table(
            title="Emergency team criteria",
            header=("age", "SBP", "HR", "RR"),
            rows=tuple(
                (
                    row.name,
                    f"<{row.systolic_below_mmhg:g}",
                    f"<{row.heart_rate_below_per_min:g} or >{row.heart_rate_above_per_min:g}",
                    f">{row.resp_rate_above_per_min:g}",
                )
                for row in TRIGGERS
            ),
        ),
    ),
    notes=(
        AGE_NOTE,
        Note(mark="POLICY", text="the normal ranges are shown and never alarm"),
        Note(mark="GK", text="the 2020 edition of PALS has 180 as the infant's highest heart rate"),
    ),
)

RULES: Final = (WHICH_SCORE, PAEDIATRIC_RANGE)

"""Shock index, SIPA, qSOFA and GCS in the register."""

from typing import Final, cast

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
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SYSTOLIC
from telemetry.scores import gcs, qsofa
from telemetry.scores.qsofa import QsofaInput
from telemetry.scores.shock_index import (
    ADULT,
    OBSTETRIC,
    SIPA_CUTS,
    SIPA_FROM_YEARS,
    TRAUMA_FROM_YEARS,
    shock_index,
    sipa,
)

# NEMSIS 3.5.1 (2023) ends at 120 years.
_AGE: Final = Field(
    name="age",
    kind="number",
    unit="years",
    meaning="age; completed years count",
    aliases=("age_y", "age_years"),
    lowest=0,
    highest=120,
)

# As written beside a component: T for a tube, C for eyes closed by swelling.
_NOT_TESTABLE_WORDS: Final = ("not testable", "T", "tube", "intubated", "C", "swelling")

_CLASS_ZH: Final = {
    "reassuring": "暂可放心",
    "alert": "警戒",
    "urgent": "紧急",
    "strong": "高度警戒",
}
_PART_ZH: Final = {
    "age": "年龄",
    "hr": "心率",
    "sbp": "收缩压",
    "rr": "呼吸",
    "gcs": "GCS 或意识改变",
    "e": "睁眼 E",
    "v": "语言 V",
    "m": "运动 M",
}
_PART_EN: Final = {
    "age": "age",
    "hr": "heart rate",
    "sbp": "systolic pressure",
    "rr": "respiratory rate",
    "gcs": "GCS or altered mentation",
    "e": "eyes",
    "v": "verbal",
    "m": "motor",
}


def _evaluate_si(values: Values) -> Result:
    found = shock_index(values["hr"], values["sbp"], values["age"])
    return {
        "si": found.index,
        "obstetric_class": found.obstetric,
        "adult_class": found.adult,
        "hr_over_sbp": found.is_rate_above_pressure,
        "trauma_red": found.is_trauma_red,
        "missing": list(found.missing),
    }


def _explain_si(_values: Values, result: Result) -> Words:
    if result["si"] is None:
        missing = result["missing"]
        return Words(
            zh=f"休克指数不能计算，缺：{_list_zh(missing)}。",
            en=f"No shock index; needed: {_list_en(missing)}.",
        )
    adult, obstetric = result["adult_class"], result["obstetric_class"]
    zh = f"休克指数 {result['si']:g}：成人{_CLASS_ZH[adult]}，产科{_CLASS_ZH[obstetric]}。"
    en = f"Shock index {result['si']:g}: adult {adult}, obstetric {obstetric}."
    if result["trauma_red"]:
        zh += "心率高于收缩压：创伤红色标准。"
        en += " Heart rate above systolic pressure: red criterion in trauma."
    return Words(zh=zh, en=en)


def _evaluate_sipa(values: Values) -> Result:
    found = sipa(values["age"], values["hr"], values["sbp"])
    return {
        "status": found.status,
        "si": found.index,
        "cut": found.cut,
        "elevated": found.is_elevated,
        "missing": list(found.missing),
    }


def _explain_sipa(_values: Values, result: Result) -> Words:
    status, missing = result["status"], result["missing"]
    first, last = SIPA_FROM_YEARS, SIPA_CUTS[-1][0]
    if status == "not_applicable":
        return Words(
            zh=f"SIPA 仅用于 {first}–{last} 岁钝性创伤。",
            en=f"SIPA is for blunt trauma at {first}-{last} years only.",
        )
    if status == "incomplete":
        return Words(
            zh=f"SIPA 不能判断，缺：{_list_zh(missing)}。",
            en=f"SIPA cannot be decided; needed: {_list_en(missing)}.",
        )
    word_zh, word_en = ("升高，警惕休克", "elevated") if result["elevated"] else ("正常", "normal")
    cut = f"{result['cut']:g}"
    return Words(
        zh=f"SIPA {result['si']:g}（该年龄界值 {cut}）：{word_zh}。仅用于钝性创伤。",
        en=f"SIPA {result['si']:g} (cut at this age {cut}): {word_en}. For blunt trauma only.",
    )


def _evaluate_qsofa(values: Values) -> Result:
    found = qsofa.score(
        QsofaInput(
            resp_rate_per_min=values["rr"],
            systolic_mmhg=values["sbp"],
            gcs_total=values["gcs"],
            is_mentation_altered=values["altered"],
        )
    )
    return {
        "lower": found.lower,
        "upper": found.upper,
        "positive": found.is_positive,
        "missing": list(found.missing),
        "parts": dict(found.parts),
    }


def _explain_qsofa(_values: Values, result: Result) -> Words:
    lower, upper, missing = result["lower"], result["upper"], result["missing"]
    span = f"{lower}" if lower == upper else f"{lower}–{upper}"
    verdict_zh, verdict_en = {
        True: ("阳性，警惕脓毒症", "positive, think of sepsis"),
        None: ("尚不能判断", "cannot be decided yet"),
        False: ("阴性，不能单独用来排除脓毒症", "negative, which alone does not exclude sepsis"),
    }[result["positive"]]
    zh = f"qSOFA {span} 分：{verdict_zh}。"
    en = f"qSOFA {span}: {verdict_en}."
    if missing:
        zh += f"缺：{_list_zh(missing)}。"
        en += f" Missing: {_list_en(missing)}."
    return Words(zh=zh, en=en)


def _evaluate_gcs(values: Values) -> Result:
    components: dict[str, gcs.Score | None] = {name: values[name] for name in gcs.HIGHEST}
    found = gcs.score(components["e"], components["v"], components["m"])
    return {
        "total": found.total,
        **components,
        "missing": list(found.missing),
        "motor_below_6": found.is_motor_below_6,
        "note": found.note,
    }


def _explain_gcs(_values: Values, result: Result) -> Words:
    said = " ".join(
        f"{name.upper()}{'?' if result[name] is None else result[name]}" for name in gcs.HIGHEST
    )
    if result["total"] is None:
        missing = result["missing"]
        zh = f"GCS 无总分，分项报告 {said}；未评或无法评：{_list_zh(missing)}。"
        en = f"No GCS total, report {said}; not looked at or not testable: {_list_en(missing)}."
    else:
        zh, en = f"GCS {result['total']}（{said}）。", f"GCS {result['total']} ({said})."
    if result["motor_below_6"]:
        zh += "运动分低于 6，不能遵嘱：创伤红色标准。"
        en += " Motor below 6, does not follow commands: red criterion in trauma."
    return Words(zh=zh, en=en)


def _list_zh(parts: list[str]) -> str:
    return "、".join(_PART_ZH[part] for part in parts)


def _list_en(parts: list[str]) -> str:
    return ", ".join(_PART_EN[part] for part in parts)


def _sipa_rows() -> tuple[tuple[str, str], ...]:
    firsts = (SIPA_FROM_YEARS, *(last + 1 for last, _cut in SIPA_CUTS))
    return tuple(
        (f"{first}–{last}", f"> {cut:g}")
        for first, (last, cut) in zip(firsts, SIPA_CUTS, strict=False)
    )


SI: Final = Rule(
    name="si",
    version="1",
    title_zh="休克指数",
    title_en="Shock index",
    source="obstetric: Nathan et al., BJOG 2015; trauma: National Guideline for the Field Triage of"
    " Injured Patients 2021",
    owner="the authors named, taken over as they are; adult classes: county medical director",
    fields=(HEART_RATE, SYSTOLIC, _AGE),
    answers=(
        Answer(name="si", meaning="heart rate over systolic pressure, 3 decimals; null without"),
        Answer(name="obstetric_class", meaning="reassuring, alert, urgent, or null"),
        Answer(name="adult_class", meaning="reassuring, alert, strong, or null"),
        Answer(name="hr_over_sbp", meaning="whether the rate is above the pressure, at any age"),
        Answer(
            name="trauma_red",
            meaning=f"the same as the red criterion in trauma, from {TRAUMA_FROM_YEARS} years;"
            " null below and with the age unknown",
        ),
        Answer(name="missing", meaning="what the index would need; a pressure of 0 is none"),
    ),
    decide=everywhere(_evaluate_si),
    say=said_everywhere(_explain_si),
    tables=(
        Table(
            title="Obstetric class",
            header=("from", "class"),
            rows=tuple((f"{cut:g}", name) for cut, name in OBSTETRIC),
        ),
        Table(
            title="Adult class",
            header=("from", "class"),
            rows=tuple((f"{cut:g}", name) for cut, name in ADULT),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="GK", text="the adult classes alert and strong"),
        Note(mark="POLICY", text="a systolic pressure below 1 mmHg gives no index"),
    ),
)

SIPA: Final = Rule(
    name="sipa",
    version="1",
    title_zh="儿童年龄校正休克指数",
    title_en="Shock index, paediatric age-adjusted",
    source="Acker et al. 2015",
    owner="Acker et al. 2015, taken over as it is",
    fields=(_AGE, HEART_RATE, SYSTOLIC),
    answers=(
        Answer(name="status", meaning="normal, elevated, incomplete, not_applicable"),
        Answer(name="si", meaning="heart rate over systolic pressure, 3 decimals"),
        Answer(name="cut", meaning="the cut at this age; above it is elevated"),
        Answer(name="elevated", meaning="null when it cannot be decided or does not apply"),
        Answer(name="missing", meaning="what is needed for an answer"),
    ),
    decide=everywhere(_evaluate_sipa),
    say=said_everywhere(_explain_sipa),
    tables=(
        Table(
            title="Elevated in blunt trauma", header=("completed years", "index"), rows=_sipa_rows()
        ),
    ),
    notes=(
        Note(mark="POLICY", text="a fraction of a year is cut off; a pressure below 1 is none"),
    ),
)

QSOFA: Final = Rule(
    name="qsofa",
    version="1",
    title_zh="快速序贯器官衰竭评分",
    title_en="Quick sepsis-related organ failure assessment",
    source="Singer et al. (Sepsis-3), JAMA 2016",
    owner="Sepsis-3 task force 2016, taken over as it is",
    fields=(
        RESP_RATE,
        SYSTOLIC,
        Field(
            name="gcs",
            kind="integer",
            meaning="GCS total",
            aliases=("GCS", "gcs_total"),
            lowest=3,
            highest=15,
        ),
        Field(
            name="altered",
            kind="flag",
            meaning="mentation found altered; the worse of this and gcs counts",
            aliases=("altered_mentation", "mentation_altered"),
        ),
    ),
    answers=(
        Answer(name="lower", meaning="points of what was measured"),
        Answer(name="upper", meaning="points if everything missing were met"),
        Answer(
            name="positive",
            meaning=f"{qsofa.POSITIVE_FROM} or more; null while what is missing decides",
        ),
        Answer(name="missing", meaning="rr, sbp, gcs, as far as not given"),
        Answer(name="parts", meaning="points by part"),
    ),
    decide=everywhere(_evaluate_qsofa),
    say=said_everywhere(_explain_qsofa),
    tables=(
        Table(
            title="One point each",
            header=("part", "met when"),
            rows=(
                ("respiratory rate /min", f"≥ {qsofa.RESP_RATE_FROM_PER_MIN}"),
                ("systolic pressure mmHg", f"≤ {qsofa.SYSTOLIC_UP_TO_MMHG}"),
                ("GCS", f"< {qsofa.GCS_BELOW}, or mentation altered"),
            ),
            mark="GK",
        ),
    ),
    notes=(
        Note(mark="GK", text="all three limits"),
        Note(mark="GK", text="Surviving Sepsis Campaign 2021: not as the only screen"),
        Note(mark="POLICY", text="of GCS and the flag the worse one counts"),
    ),
)


def _component(name: str, meaning: str, aliases: tuple[str, ...]) -> Field:
    return Field(
        name=name,
        kind="score",
        meaning=f"{meaning}, or NT when it cannot be tested",
        choices=(gcs.NOT_TESTABLE,),
        words=dict.fromkeys(_NOT_TESTABLE_WORDS, gcs.NOT_TESTABLE),
        aliases=(name.upper(), *aliases),
        lowest=gcs.LOWEST,
        highest=gcs.HIGHEST[cast("gcs.Component", name)],
    )


GCS: Final = Rule(
    name="gcs",
    version="1",
    title_zh="格拉斯哥昏迷评分",
    title_en="Glasgow Coma Scale",
    source="Teasdale and Jennett, Lancet 1974; components as in NEMSIS 3.5.1 (2023)",
    owner="University of Glasgow, taken over as it is",
    fields=(
        _component("e", "eyes", ("eye", "eyes")),
        _component("v", "verbal", ("verbal",)),
        _component("m", "motor", ("motor",)),
    ),
    answers=(
        Answer(name="total", meaning="3-15, or null unless all three have points"),
        Answer(name="e", meaning="eyes as given"),
        Answer(name="v", meaning="verbal as given"),
        Answer(name="m", meaning="motor as given"),
        Answer(name="missing", meaning="components without points, untestable ones too"),
        Answer(name="motor_below_6", meaning="does not follow commands; null without points"),
        Answer(name="note", meaning="what to do without a total, else null"),
    ),
    decide=everywhere(_evaluate_gcs),
    say=said_everywhere(_explain_gcs),
    tables=(
        Table(
            title="Components",
            header=("component", "from", "to"),
            rows=tuple(
                (_PART_EN[name], f"{gcs.LOWEST}", f"{highest}")
                for name, highest in gcs.HIGHEST.items()
            ),
        ),
        Table(
            title="Nearest ACVPU, for display only",
            header=("AVPU", "GCS"),
            rows=tuple((letter, f"{total}") for letter, total in gcs.AVPU_NEAR_GCS.items()),
            mark="GK",
        ),
    ),
    notes=(Note(mark="GK", text="GCS and AVPU side by side are for display, never for scoring"),),
)

RULES: Final = (SI, SIPA, QSOFA, GCS)

"""Bedside PEWS and Brighton PEWS in the register, and the fields that scores for children share."""

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
from dispatch.rules.vitals import HEART_RATE, RESP_RATE, SPO2, SYSTOLIC
from dispatch.rules.whom import AGE_FIELDS, AGE_NOTE, band_of_case, read_age
from telemetry.scores import bedside_pews, brighton_pews
from telemetry.scores.bedside_pews import BedsideInput, Limits
from telemetry.scores.brighton_pews import BrightonInput

CRT: Final = Field(
    name="crt",
    kind="number",
    unit="s",
    meaning="capillary refill time",
    aliases=("CRT", "cap_refill", "capillary_refill"),
    lowest=0,
    highest=60,
)
PERCENT: Final = Field(
    name="pct",
    kind="number",
    unit="%",
    meaning="inspired oxygen in percent, never as a fraction",
    aliases=("o2_pct", "fio2", "FiO2", "fio2_pct"),
    lowest=0,
    highest=100,
)


def percent(values: Values) -> float | None:
    """Inspired oxygen in %; raises BadPayload for what can only be a fraction, such as 0.4."""
    pct: float | None = values["pct"]
    if pct is not None and 0 < pct <= 1:
        raise BadPayload("invalid_field", f"pct: {pct:g} is a fraction; percent are expected")
    return pct


def scoring(result: Result) -> str:
    """The parts of a result that score, each with its points."""
    return ", ".join(f"{part} {points}" for part, points in result["parts"].items() if points)


def _in_words(name: str, result: Result) -> tuple[str, str]:
    """The total or the least it can be, with what scores and what is missing."""
    points = scoring(result)
    zh, en = f"{name} {result['total']} 分", f"{name} {result['total']}"
    if result["total"] is None:
        zh = f"{name} 至少 {result['lower_bound']} 分"
        en = f"{name} at least {result['lower_bound']}"
    zh += f"（{points}）。" if points else "。"
    en += f" ({points})." if points else "."
    missing = ", ".join(result["missing"])
    zh += f"缺：{missing}。" if missing else ""
    en += f" Missing: {missing}." if missing else ""
    return zh, en


def _bedside(values: Values) -> Result:
    band: bedside_pews.Band | None = band_of_case(values, bedside_pews.band_of(read_age(values)))
    found = bedside_pews.score(
        BedsideInput(
            band=band,
            heart_rate_per_min=values["hr"],
            systolic_mmhg=values["sbp"],
            capillary_refill_s=values["crt"],
            resp_rate_per_min=values["rr"],
            effort=values["effort"],
            spo2_pct=values["spo2"],
            oxygen=values["o2"],
        )
    )
    return {
        "total": found.total,
        "lower_bound": found.lower_bound,
        "missing": list(found.missing),
        "parts": dict(found.parts),
        "high": found.is_high,
        "band": band,
    }


_HIGH_ZH: Final = {
    True: "达到高危界值，需重症评估。",
    False: "未达高危界值。",
    None: "尚不能排除高危。",
}
_HIGH_EN: Final = {
    True: "High: critical-care review.",
    False: "Below the high threshold.",
    None: "It may still be high.",
}


def _explain_bedside(_values: Values, result: Result) -> Words:
    zh, en = _in_words("Bedside PEWS", result)
    return Words(zh=zh + _HIGH_ZH[result["high"]], en=f"{en} {_HIGH_EN[result['high']]}")


def _limits(limits: Limits) -> str:
    return ", ".join(f">={one.high:g} or <={one.low:g}: {one.points}" for one in limits)


BEDSIDE_PEWS: Final = Rule(
    name="bedside_pews",
    version="1",
    title_zh="床旁儿童早期预警评分",
    title_en="Bedside Paediatric Early Warning System",
    source="Parshuram, Critical Care 2009; 13:R135",
    owner="Parshuram 2009, taken over as it is",
    fields=(
        Field(
            name="band",
            kind="choice",
            choices=bedside_pews.BANDS,
            words={
                "0–<3m": "0-<3m",
                "0–<3 m": "0-<3m",
                "0-<3 m": "0-<3m",
                "<3m": "0-<3m",
                "3–<12m": "3-<12m",
                "3–<12 m": "3-<12m",
                "3-<12 m": "3-<12m",
                "1–4 y": "1-4y",
                "1-4 y": "1-4y",
                "1–4y": "1-4y",
                ">4–12 y": ">4-12y",
                ">4–12y": ">4-12y",
                ">4-12 y": ">4-12y",
                ">12 y": ">12y",
            },
            meaning="age group of the table, or the age instead",
            aliases=("age_band",),
        ),
        *AGE_FIELDS,
        HEART_RATE,
        SYSTOLIC,
        CRT,
        RESP_RATE,
        Field(
            name="effort",
            kind="choice",
            choices=tuple(bedside_pews.EFFORT),
            words={
                "none": "normal",
                "apnoea": "severe",
                "apnea": "severe",
                "any apnoea": "severe",
                "severe or apnoea": "severe",
            },
            meaning="respiratory effort; any apnoea is severe",
            aliases=("resp_effort", "respiratory_effort", "distress"),
        ),
        SPO2,
        Field(
            name="o2",
            kind="choice",
            choices=tuple(bedside_pews.OXYGEN),
            words={
                "room air": "air",
                "none": "air",
                "<4": "<4L",
                "<4 L/min": "<4L",
                "<4L/min": "<4L",
                "<50%": "<4L",
                "<50 %": "<4L",
                ">=4": ">=4L",
                "≥4L": ">=4L",
                "≥4 L/min": ">=4L",
                ">=4 L/min": ">=4L",
                ">=4L/min": ">=4L",
                "≥50%": ">=4L",
                ">=50%": ">=4L",
                "≥50 %": ">=4L",
                ">=50 %": ">=4L",
            },
            meaning="air, below 4 L/min or 50 %, or from there on",
            aliases=("oxygen",),
        ),
    ),
    answers=(
        Answer(name="total", meaning="0-26, or null when an item is missing"),
        Answer(name="lower_bound", meaning="points of what was measured"),
        Answer(name="missing", meaning="items without points"),
        Answer(name="parts", meaning="points by item"),
        Answer(name="high", meaning=f"{bedside_pews.HIGH_FROM} or more; null while it may be"),
        Answer(name="band", meaning="age group used, null when the age is unknown"),
    ),
    decide=everywhere(_bedside),
    say=said_everywhere(_explain_bedside),
    tables=(
        Table(
            title="Points by age",
            header=("item", "age", "points"),
            rows=tuple(
                (part, band, _limits(limits))
                for part, by_band in bedside_pews.LIMITS.items()
                for band, limits in by_band.items()
            ),
        ),
        Table(
            title="Points at every age",
            header=("item", "points"),
            rows=(
                ("crt", f">={bedside_pews.CRT_LONG_S} s: {bedside_pews.POINTS_MAX}"),
                ("effort", ", ".join(f"{word}: {n}" for word, n in bedside_pews.EFFORT.items())),
                (
                    "spo2",
                    f">{bedside_pews.SPO2_NORMAL_ABOVE_PCT}: 0, "
                    f">={bedside_pews.SPO2_LOW_BELOW_PCT}: 1, "
                    f"below: {bedside_pews.SPO2_POINTS_MAX}",
                ),
                ("o2", ", ".join(f"{word}: {n}" for word, n in bedside_pews.OXYGEN.items())),
            ),
        ),
    ),
    notes=(
        AGE_NOTE,
        Note(mark="POLICY", text='age groups in completed years: "1-4 y" ends on the 5th birthday'),
        Note(mark="GK", text="SpO2 cut-offs 94 and 91; only 90 and below is in the paper"),
        Note(mark="POLICY", text="SpO2 between 90 and 91 counts as below"),
    ),
)


def _brighton(values: Values) -> Result:
    found = brighton_pews.score(
        BrightonInput(
            behaviour=values["behaviour"],
            colour=values["colour"],
            capillary_refill_s=values["crt"],
            heart_rate_over_per_min=values["hr_over_normal"],
            is_bradycardic=values["bradycardia"],
            resp_rate_over_per_min=values["rr_over_normal"],
            effort=values["effort"],
            oxygen_pct=percent(values),
            is_nebulised_quarter_hourly=values["nebuliser_quarter_hourly"],
            is_vomiting_after_surgery=values["vomiting_after_surgery"],
        )
    )
    return {
        "total": found.total,
        "lower_bound": found.lower_bound,
        "missing": list(found.missing),
        "parts": dict(found.parts),
        "extra": found.extra,
    }


def _explain_brighton(_values: Values, result: Result) -> Words:
    zh, en = _in_words("Brighton PEWS", result)
    if result["extra"]:
        zh += "其中 2 分：频繁雾化或术后持续呕吐。"
        en += " Of these 2 for frequent nebulisers or persistent vomiting after surgery."
    return Words(zh=zh, en=en)


BRIGHTON_PEWS: Final = Rule(
    name="brighton_pews",
    version="1",
    title_zh="布莱顿儿童早期预警评分（无需血压）",
    title_en="Brighton PEWS, without a blood pressure",
    source="Monaghan 2005; table in Arch Dis Child Educ Pract",
    owner="Monaghan 2005, taken over as it is",
    fields=(
        Field(
            name="behaviour",
            kind="choice",
            choices=tuple(brighton_pews.BEHAVIOUR),
            words={
                "play": "playing",
                "appropriate": "playing",
                "asleep": "sleeping",
                "confused": "lethargic",
                "reduced response to pain": "lethargic",
            },
            meaning="playing or fitting, sleeping, irritable, lethargic or confused",
            aliases=("behavior",),
        ),
        Field(
            name="colour",
            kind="choice",
            choices=tuple(brighton_pews.COLOUR),
            words={"gray": "grey", "grey and mottled": "mottled", "grey & mottled": "mottled"},
            meaning="colour of the skin; mottled is grey and mottled",
            aliases=("color",),
        ),
        CRT,
        Field(
            name="hr_over_normal",
            kind="number",
            unit="/min",
            meaning="heart rate minus the highest normal one for the age",
            lowest=-300,
            highest=500,
        ),
        Field(name="bradycardia", kind="flag", meaning="too slow a heart for the age"),
        Field(
            name="rr_over_normal",
            kind="number",
            unit="/min",
            meaning="respiratory rate minus the normal one for the age, negative below",
            lowest=-300,
            highest=300,
        ),
        Field(
            name="effort",
            kind="choice",
            choices=tuple(brighton_pews.EFFORT),
            words={"none": "normal", "accessory muscles": "accessory", "grunt": "grunting"},
            meaning="the worst sign of effort",
        ),
        PERCENT,
        Field(
            name="nebuliser_quarter_hourly",
            kind="flag",
            meaning="nebulisers every quarter of an hour",
            aliases=("nebulisers", "neb"),
        ),
        Field(
            name="vomiting_after_surgery",
            kind="flag",
            meaning="persistent vomiting after surgery",
            aliases=("vomiting",),
        ),
    ),
    answers=(
        Answer(name="total", meaning="0-11, or null when a part is missing"),
        Answer(name="lower_bound", meaning="points of what was recorded"),
        Answer(name="missing", meaning="parts of which nothing telling was recorded"),
        Answer(name="parts", meaning="points of behaviour, cardiovascular, respiratory"),
        Answer(name="extra", meaning="2 for nebulisers or vomiting, else 0"),
    ),
    decide=everywhere(_brighton),
    say=said_everywhere(_explain_brighton),
    tables=(
        Table(
            title="Points by sign",
            header=("sign", "points"),
            rows=tuple(
                (word, f"{points}")
                for table in (brighton_pews.BEHAVIOUR, brighton_pews.COLOUR, brighton_pews.EFFORT)
                for word, points in table.items()
            ),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="oxygen by percent only; published flows contradict each other"),
        Note(mark="POLICY", text="sternal recession or grunting without a low rate scores 2"),
        Note(mark="POLICY", text="refill time between whole seconds counts as the next"),
        Note(mark="POLICY", text="the two extra points are added once, and only when recorded"),
    ),
)

RULES: Final = (BEDSIDE_PEWS, BRIGHTON_PEWS)

"""The maternal pathway and the colours of pregnancy risk in the register."""

from typing import Final

from msgspec.structs import replace

from dispatch.errors import BadPayload
from dispatch.rules.maternal_words import ASKS, DECISIONS, FINDING_WORDS, FLAGS, STEPS
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
from dispatch.rules.pathway import (
    Said,
    alert_of,
    clause,
    filled,
    finding_fields,
    findings_of,
    joined,
    needs_as_json,
    number,
    numbers_of,
    table_of,
)
from dispatch.rules.policies import Policies
from dispatch.rules.vitals import DIASTOLIC, SYSTOLIC
from dispatch.triage import maternal, maternal_risk
from dispatch.triage.maternal_flags import DEFAULT_POLICY, FINDINGS, RED_FLAGS, Woman
from dispatch.triage.maternal_risk import GUANGZHOU, NATIONAL, Risk, RiskMark, RiskPolicy

_SCHEMES: Final[dict[str, tuple[RiskMark, ...]]] = {"national": NATIONAL, "guangzhou": GUANGZHOU}
_LONGEST_WEEKS: Final = 45

_COLOUR_FIELDS: Final = (
    Field(
        name="colours",
        kind="list",
        meaning="colours of the pregnancy record, by code or Chinese name",
        aliases=("marks", "colors", "risk_colours"),
    ),
    Field(
        name="colour",
        kind="text",
        meaning="the same as one text; several colours are divided by a comma, a slash or 、",
        aliases=("color", "risk", "risk_colour", "mark"),
    ),
    Field(
        name="scheme",
        kind="choice",
        choices=tuple(_SCHEMES),
        meaning="whose colours: national (five) or guangzhou (six); null: the county's, national",
    ),
)
_PREGNANT: Final = Field(
    name="pregnant", kind="flag", meaning="pregnant now", aliases=("is_pregnant",)
)
_AFTER_BIRTH: Final = Field(
    name="days_postpartum",
    kind="number",
    unit="d",
    meaning="days since this pregnancy ended",
    aliases=("postpartum_days", "postpartum_day", "days_post_partum", "days_after_birth"),
    lowest=0,
    highest=36500,
)


def _policy_of(values: Values, policies: Policies) -> RiskPolicy:
    """The county's colours, or those of the scheme that the case names."""
    policy, scheme = policies.clinical.maternal.risk, values["scheme"]
    return policy if scheme is None else replace(policy, marks=_SCHEMES[scheme])


def _marks(values: Values, policy: RiskPolicy) -> tuple[str, ...]:
    """The codes of all colours given; raises BadPayload for one that the scheme does not have."""
    words = list(values["colours"] or ())
    text = values["colour"] or ""
    for divider in ("、", "，", "/", "+"):
        text = text.replace(divider, ",")
    words += [word for word in text.split(",") if word.strip()]
    for word in words:
        if not isinstance(word, str):
            raise BadPayload(
                "invalid_field", f"colours: expected names of colours, got {word!r:.40}"
            )
    return tuple(dict.fromkeys(maternal_risk.mark_of(word, policy) for word in words))


def _risk_result(risk: Risk) -> Result:
    return {
        "marks": list(risk.marks),
        "severity": risk.severity,
        "high": risk.is_high,
        "infection": risk.is_infectious,
        "level_2_hospital": risk.wants_level_2,
        "managed": risk.is_managed,
    }


def _evaluate_risk(values: Values, policies: Policies) -> Result:
    policy = _policy_of(values, policies)
    risk = maternal_risk.assess(_marks(values, policy), policy)
    belongs = maternal_risk.is_maternal(values["pregnant"], values["days_postpartum"], policy)
    return {"maternal": belongs, **_risk_result(risk)}


def _explain_risk(values: Values, result: Result, policies: Policies) -> Words:
    marks = {mark.code: mark for mark in _policy_of(values, policies).marks}
    phrases = {
        code: Said(zh=f"{mark.zh}（{mark.zh_meaning}）", en=f"{code} ({mark.en_meaning})")
        for code, mark in marks.items()
    }
    colours = clause(Said(zh="妊娠风险", en="Pregnancy risk"), result["marks"], phrases)
    if not result["marks"]:
        colours = Words(
            zh="妊娠风险颜色不明，按非绿色处理。", en="Colour unknown: taken as not green."
        )
    extra = {
        "level_2_hospital": Words(
            zh="应在二级及以上医院分娩。", en=" Should deliver in a hospital of level 2 or higher."
        ),
        "infection": Words(
            zh="紫色是传染病标识，不代表严重程度，请做好隔离防护。",
            en=" Purple marks an infection, not how grave the risk is: take precautions.",
        ),
    }
    return joined((colours, *(words for name, words in extra.items() if result[name])))


def _days_since_period(values: Values) -> int | None:
    """Days from the last period to the day of the case; both dates are needed."""
    first, today = values["lmp"], values["on"]
    if first is None or today is None:
        return None
    days: int = (today - first).days
    if not 0 <= days <= _LONGEST_WEEKS * 7:
        raise BadPayload(
            "invalid_field",
            f"lmp: expected a day up to {_LONGEST_WEEKS} weeks before `on`, got {days} days",
        )
    return days


def _evaluate(values: Values, policies: Policies) -> Result:
    schemed = _policy_of(values, policies)
    woman = Woman(
        pregnant=values["pregnant"],
        days_after_birth=values["days_postpartum"],
        gestation_weeks=values["weeks"],
        days_since_last_period=_days_since_period(values),
        fundal_height_cm=values["fundal_height_cm"],
        estimated_weight_g=values["est_weight_g"],
        blood_loss_ml=values["blood_loss_ml"],
        systolic_mmhg=values["sbp"],
        diastolic_mmhg=values["dbp"],
        mewc_trigger=values["mewc_trigger"],
        shock_class=values["obstetric_si_class"],
        risk_marks=_marks(values, schemed),
        nicu_extra_min=values["nicu_extra_min"],
        findings=findings_of(FINDINGS, values),
    )
    answer = maternal.decide(woman, policies.clinical.maternal.with_colours(schemed))
    return {
        "maternal": answer.is_maternal,
        "stage": answer.stage,
        "decision": answer.decision,
        "alert": alert_of(answer.needs),
        "flags": list(answer.flags),
        "undecided": list(answer.undecided),
        "unstable": answer.is_unstable,
        "imminent": answer.is_imminent,
        "weeks": None if answer.weeks is None else round(answer.weeks, 1),
        "weeks_by": None if answer.stage == "postpartum" else answer.known_by,
        "preterm": answer.is_preterm,
        "infection": answer.risk.is_infectious,
        "risk": _risk_result(answer.risk),
        "do": list(answer.needs[0].do) if answer.needs else [],
        "notify": list(answer.needs[0].notify) if answer.needs else [],
        "asks": list(answer.asks),
        "nemsis": list(answer.nemsis),
        "needs": needs_as_json(answer.needs),
    }


def _explain(_values: Values, result: Result, policies: Policies) -> Words:
    policy = policies.clinical.maternal
    decided = filled(DECISIONS, policy)[result["decision"]]
    parts = [
        Words(zh=f"{decided.zh}。", en=f"{decided.en}."),
        clause(Said(zh="警示征", en="Red flags"), result["flags"], filled(FLAGS, policy)),
        clause(Said(zh="现在就做", en="Now"), result["do"], STEPS),
        clause(Said(zh="通知", en="Tell"), result["notify"], STEPS),
    ]
    is_assumed = result["weeks_by"] == "assumed" and result["preterm"] and result["needs"]
    if is_assumed:
        below = policy.nicu_below_weeks
        parts.append(
            Words(
                zh=f"孕周不明，按不足 {below:g} 周处理。",
                en=f" Weeks unknown: taken as less than {below:g}.",
            )
        )
    return joined((*parts, clause(Said(zh="请问清", en="Find out"), result["asks"], ASKS)))


_SOURCE_2017: Final = "国卫妇幼发〔2017〕35号 (pregnancy risk norm) 2017"
MATERNAL_RISK: Final = Rule(
    name="maternal_risk",
    version="1",
    title_zh="妊娠风险五色分级",
    title_en="Colours of pregnancy risk",
    source=f"{_SOURCE_2017}; six colours: Guangzhou 2019",
    owner=MEDICAL_DIRECTOR,
    fields=(*_COLOUR_FIELDS, _PREGNANT, _AFTER_BIRTH),
    answers=(
        Answer(name="maternal", meaning="pregnant or up to 42 days after birth; null: not known"),
        Answer(name="marks", meaning="the colours, mildest first, infection last"),
        Answer(name="severity", meaning="the gravest colour of the scale; never purple"),
        Answer(name="high", meaning="whether that colour is managed one by one"),
        Answer(name="infection", meaning="whether purple stands beside the others"),
        Answer(name="level_2_hospital", meaning="whether to deliver in level 2 or higher"),
        Answer(name="managed", meaning="whether she is followed by name"),
    ),
    decide=_evaluate_risk,
    say=_explain_risk,
    tables=tuple(
        Table(
            title=f"Colours, {scheme}",
            header=("code", "colour", "meaning", "级别", "level 2 to deliver", "managed"),
            rows=tuple(
                (
                    mark.code,
                    mark.zh,
                    mark.en_meaning,
                    mark.zh_meaning,
                    "yes" if mark.wants_level_2 else "no",
                    "yes" if mark.is_managed else "no",
                )
                for mark in marks
            ),
        )
        for scheme, marks in _SCHEMES.items()
    ),
    notes=(
        Note(mark="POLICY", text="a colour that is not known counts as not green"),
        Note(mark="GK", text="pink of the six colours is managed one by one like orange and red"),
    ),
)

MATERNAL: Final = Rule(
    name="maternal",
    version="1",
    title_zh="危重孕产妇路径",
    title_en="Maternal pathway",
    source=(
        f"Mhyre 2014; Nathan 2015; AHA 2015 (arrest in pregnancy); {_SOURCE_2017}; "
        "National Guideline for the Field Triage of Injured Patients 2021; else GK and POLICY"
    ),
    owner=MEDICAL_DIRECTOR,
    fields=(
        _PREGNANT,
        _AFTER_BIRTH,
        number("weeks", "weeks of gestation", "wk", _LONGEST_WEEKS,
                ("ga", "ga_weeks", "gestation", "gestation_weeks", "gestational_age")),
        Field(name="lmp", kind="date", meaning="first day of the last period",
              aliases=("last_period", "last_menstrual_period")),
        Field(name="on", kind="date", meaning="day of the case; needed with lmp",
              aliases=("date", "today")),
        number("fundal_height_cm", "height of the fundus over the symphysis", "cm", 60,
                ("fundal_height",)),
        number("est_weight_g", "estimated weight of the child", "g", 8000,
                ("estimated_weight_g", "fetal_weight_g")),
        number("blood_loss_ml", "blood lost", "mL", 20000, ("blood_loss", "loss_ml")),
        SYSTOLIC,
        DIASTOLIC,
        Field(name="mewc_trigger", kind="flag", meaning="answer `trigger` of the rule mewc",
              aliases=("mewc", "trigger")),
        Field(name="obstetric_si_class", kind="choice", choices=("reassuring", "alert", "urgent"),
              meaning="answer `obstetric_class` of the rule si",
              aliases=("obstetric_class", "si_class")),
        number("nicu_extra_min", "extra drive to obstetrics with the newborn intensive care that "
                "these weeks need, past the nearest obstetrics", "min", 1440,
                ("city_extra_min", "extra_min")),
        *_COLOUR_FIELDS,
        *finding_fields(FINDINGS, FINDING_WORDS),
    ),
    answers=(
        Answer(name="maternal", meaning="whether she belongs here; null: not known"),
        Answer(name="stage", meaning="pregnant, postpartum, or null"),
        Answer(name="decision", meaning=", ".join(DECISIONS)),
        Answer(name="alert", meaning="red, yellow, green; null outside the pathway"),
        Answer(name="flags", meaning="red flags found"),
        Answer(name="undecided", meaning="red flags that could not be told"),
        Answer(name="unstable", meaning="whether she must not be driven past a hospital"),
        Answer(name="imminent", meaning="whether delivery cannot wait"),
        Answer(name="weeks", meaning="weeks of gestation, by `weeks_by`; null: not known"),
        Answer(name="weeks_by", meaning="weeks, last_period, fundal_height, assumed; null: birth"),
        Answer(name="preterm", meaning="under the limit of weeks or weight, or weeks unknown"),
        Answer(name="infection", meaning="whether a purple mark asks for precautions"),
        Answer(name="risk", meaning="the colours, as the rule maternal_risk answers"),
        Answer(name="do", meaning="codes of what to do now"),
        Answer(name="notify", meaning="codes of who is told beside the hospital"),
        Answer(name="asks", meaning="what is not known and could change the answer"),
        Answer(name="nemsis", meaning="codes of field triage to be recorded (eInjury.04)"),
        Answer(name="needs", meaning="what the destination engine is given; trauma adds a second"),
    ),
    decide=_evaluate,
    say=_explain,
    tables=(
        table_of("Red flags", (code for code, _ in RED_FLAGS), filled(FLAGS, DEFAULT_POLICY)),
        table_of(
            "Decisions, the first that fits",
            DECISIONS,
            filled(DECISIONS, DEFAULT_POLICY),
            "POLICY",
        ),
        numbers_of(DEFAULT_POLICY),
    ),
    notes=(
        Note(mark="POLICY", text="where to go by weeks, weight and extra drive"),
        Note(mark="POLICY", text="weeks unknown: last period or fundal height, else never term"),
        Note(mark="POLICY", text="stability unknown passes no hospital; collapse, or bleeding with "
             "a sign of shock, outweighs the word stable"),
        Note(mark="POLICY", text="the obstetric shock index is a flag before birth as well"),
        Note(mark="POLICY", text="a level-2 maternity hospital is one with operating room, blood "
             "and emergency obstetrics: facilities carry no grade"),
        Note(mark="POLICY", text="respiratory disease and accreta go to the city as heart disease"),
        Note(mark="GK", text="red flags other than MEWC, shock index and trauma; limits of blood "
             "loss; severe hypertension (ACOG 2020)"),
        Note(mark="GK", text="fundal height in cm is about the weeks of a single pregnancy"),
        Note(mark="GK", text="caesarean in arrest by about five minutes"),
    ),
)  # fmt: skip

RULES: Final = (MATERNAL, MATERNAL_RISK)

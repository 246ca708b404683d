"""The newborn pathway and the pathway of the critical child in the register.

The newborn's red flags and first actions are answers of the rule `newborn_red_flags`, the child's
level is the answer `final` of the rule `npews`; both are given here as they came out there.
"""

from typing import Final

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
from dispatch.rules.newborn_child_words import (
    CHILD_ASKS,
    CHILD_DECISIONS,
    CHILD_FINDINGS,
    CHILD_STEPS,
    INDICATIONS,
    NEWBORN_ASKS,
    NEWBORN_DECISIONS,
    NEWBORN_FINDINGS,
    NEWBORN_STEPS,
    TRIGGERS,
)
from dispatch.rules.pathway import (
    Said,
    alert_of,
    clause,
    codes_of,
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
from dispatch.rules.vitals import SPO2
from dispatch.triage import child, newborn
from dispatch.triage.child import LEVEL_FROM, LEVELS, Child
from dispatch.triage.newborn import ACTIONS, RED_FLAGS, Newborn

_STABLE: Final = Field(
    name="stable", kind="flag", meaning="known to be stable", aliases=("is_stable",)
)
_NOW: Final = Said(zh="现在就做", en="Now")
_ASK: Final = Said(zh="请问清", en="Find out")
_MINUTES: Final = (("age_min", 1), ("age_hours", 60), ("age_days", 24 * 60))


def _age_min(values: Values) -> float | None:
    """Minutes since birth from the one age given; raises BadPayload for more than one."""
    given = [(name, factor) for name, factor in _MINUTES if values[name] is not None]
    if len(given) > 1:
        names = " and ".join(name for name, _factor in given)
        raise BadPayload("invalid_field", f"age: expected one of the ages, got {names}")
    for name, factor in given:
        minutes: float = values[name] * factor
        return minutes
    return None


def _evaluate_newborn(values: Values, policies: Policies) -> Result:
    flags = codes_of("red_flags", values["red_flags"], RED_FLAGS)
    missing = codes_of("missing", values["missing"], RED_FLAGS)
    answer = newborn.decide(
        Newborn(
            age_min=_age_min(values),
            gestation_weeks=values["weeks"],
            weight_g=values["weight_g"],
            oxygen_pct=values["fio2"],
            arrival_temperature_cel=values["arrival_temp"],
            stable=values["stable"],
            red_flags=flags,
            missing=RED_FLAGS if values["missing"] is None else missing,
            actions=codes_of("actions", values["actions"], ACTIONS),
            findings=findings_of(newborn.FINDINGS, values),
        ),
        policies.clinical.newborn,
    )
    return {
        "newborn": answer.is_newborn,
        "decision": answer.decision,
        "alert": alert_of(answer.needs),
        "priority": answer.priority,
        "nicu_level": answer.nicu_level,
        "level_3_reasons": list(answer.level_3_reasons),
        "indications": list(answer.indications),
        "send_team": answer.sends_team,
        "do": list(answer.do),
        "asks": list(answer.asks),
        "arrived_warm": answer.arrived_warm,
        "needs": needs_as_json(answer.needs),
    }


def _explain_newborn(_values: Values, result: Result, policies: Policies) -> Words:
    policy = policies.clinical.newborn
    indications = filled(INDICATIONS, policy)
    decided = filled(NEWBORN_DECISIONS, policy)[result["decision"]]
    return joined(
        (
            Words(zh=f"{decided.zh}。", en=f"{decided.en}."),
            clause(Said(zh="指征", en="Because"), result["indications"], indications),
            clause(_NOW, result["do"], filled(NEWBORN_STEPS, policy)),
            clause(_ASK, result["asks"], filled(NEWBORN_ASKS, policy)),
        )
    )


def _evaluate_child(values: Values, policies: Policies) -> Result:
    answer = child.decide(
        Child(
            age_years=values["age"],
            age_days=values["age_days"],
            npews_total=values["npews"],
            npews_level=values["npews_level"],
            avpu=values["avpu"],
            spo2_pct=values["spo2"],
            seizing_min=values["seizing_min"],
            stable=values["stable"],
            findings=findings_of(child.FINDINGS, values),
        ),
        policies.clinical.child,
    )
    return {
        "decision": answer.decision,
        "alert": alert_of(answer.needs),
        "level": answer.level,
        "triggers": list(answer.triggers),
        "undecided": list(answer.undecided),
        "immediate": any(need.is_immediate for need in answer.needs),
        "do": [step for need in answer.needs for step in need.do],
        "asks": list(answer.asks),
        "needs": needs_as_json(answer.needs),
    }


def _explain_child(_values: Values, result: Result, policies: Policies) -> Words:
    policy = policies.clinical.child
    decided = filled(CHILD_DECISIONS, policy)[result["decision"]]
    return joined(
        (
            Words(zh=f"{decided.zh}。", en=f"{decided.en}."),
            clause(Said(zh="指征", en="Because"), result["triggers"], filled(TRIGGERS, policy)),
            clause(_NOW, result["do"], CHILD_STEPS),
            clause(_ASK, result["asks"], CHILD_ASKS),
        )
    )


NEWBORN: Final = Rule(
    name="newborn",
    version="1",
    title_zh="危重新生儿路径",
    title_en="Newborn pathway",
    source=(
        "American Academy of Pediatrics 2012 (levels of care); 新生儿转运（2025年）, "
        "中国当代儿科杂志 2025;27(7):759-769, abstract only; else GK and POLICY"
    ),
    owner=MEDICAL_DIRECTOR,
    fields=(
        number("age_min", "minutes since birth", "min", 527_040, ("age_minutes",)),
        number("age_hours", "hours since birth", "h", 8784, ("age_h",)),
        number("age_days", "days since birth", "d", 366, ("age_d",)),
        number("weeks", "weeks of gestation at birth", "wk", 45,
               ("ga", "ga_weeks", "gestation", "gestation_weeks", "gestational_age")),
        number("weight_g", "weight", "g", 10_000, ("weight", "birth_weight", "bw", "bw_g")),
        Field(name="fio2", kind="number", unit="%", meaning="inspired oxygen",
              aliases=("oxygen_pct",), lowest=21, highest=100),
        number("arrival_temp", "axillary temperature where the journey ended", "Cel", 50,
               ("temp_on_arrival",)),
        _STABLE,
        Field(name="red_flags", kind="list", aliases=("flags",),
              meaning="answer `flags` of the rule newborn_red_flags"),
        Field(name="missing", kind="list",
              meaning="answer `missing` of that rule; left out, everything else is unknown"),
        Field(name="actions", kind="list", meaning="answer `actions` of that rule"),
        *finding_fields(newborn.FINDINGS, NEWBORN_FINDINGS),
    ),
    answers=(
        Answer(name="newborn", meaning="whether the child is a newborn; null: age not known"),
        Answer(name="decision", meaning=", ".join(NEWBORN_DECISIONS)),
        Answer(name="alert", meaning="red, yellow; null where nothing is needed"),
        Answer(name="priority", meaning="P1 or null; never lowers a priority"),
        Answer(name="nicu_level", meaning="2, 3 or null"),
        Answer(name="level_3_reasons", meaning="why it is 3"),
        Answer(name="indications", meaning="everything that asks for transport"),
        Answer(name="send_team", meaning="whether the receiving unit sends its team"),
        Answer(name="do", meaning="first actions, then the S.T.A.B.L.E. checklist"),
        Answer(name="asks", meaning="what is not known and could change the answer"),
        Answer(name="arrived_warm", meaning="whether the temperature on arrival was in range"),
        Answer(name="needs", meaning="what the destination engine is given"),
    ),
    decide=_evaluate_newborn,
    say=_explain_newborn,
    tables=(
        table_of("Indications for transport", INDICATIONS,
                 filled(INDICATIONS, newborn.DEFAULT_POLICY)),
        table_of("Decisions, the first that fits", NEWBORN_DECISIONS,
                 filled(NEWBORN_DECISIONS, newborn.DEFAULT_POLICY), "POLICY"),
        numbers_of(newborn.DEFAULT_POLICY),
    ),
    notes=(
        Note(mark="GK", text="the indications: check against the full text of the 2025 guideline"),
        Note(mark="GK", text="limits of weeks, weight and oxygen: the cautious end of what is "
             "usual"),
        Note(mark="POLICY", text="which indications ask for level III"),
        Note(mark="POLICY", text="a baby who is not stable waits near for the team"),
        Note(mark="POLICY", text="the 28th day is still a newborn's"),
    ),
)  # fmt: skip

CHILD: Final = Rule(
    name="child",
    version="1",
    title_zh="危重儿童路径",
    title_en="Critical child pathway",
    source="NHS England 2023 (NPEWS); International League Against Epilepsy 2015; else GK",
    owner=MEDICAL_DIRECTOR,
    fields=(
        number("age", "age in years", "a", 150, ("age_years", "years")),
        number("age_days", "days since birth", "d", 55_000, ("age_d",)),
        Field(name="npews", kind="integer", meaning="total of NPEWS, or of what was measured",
              aliases=("npews_total", "pews"), lowest=0, highest=26),
        Field(name="npews_level", kind="choice", choices=LEVELS,
              meaning="answer `final` of the rule npews", aliases=("level", "final")),
        Field(name="avpu", kind="choice", choices=("A", "V", "P", "U"),
              meaning="alert, voice, pain, unresponsive"),
        SPO2,
        number("seizing_min", "minutes the seizure has lasted", "min", 1440, ("seizure_min",)),
        _STABLE,
        *finding_fields(child.FINDINGS, CHILD_FINDINGS),
    ),
    answers=(
        Answer(name="decision", meaning=", ".join(CHILD_DECISIONS)),
        Answer(name="alert", meaning="red, yellow; null where nothing is needed"),
        Answer(name="level", meaning="gravest level of NPEWS; null: nothing of it is known"),
        Answer(name="triggers", meaning="what was found"),
        Answer(name="undecided", meaning="what could not be told"),
        Answer(name="immediate", meaning="whether the closest emergency department is right (R0)"),
        Answer(name="do", meaning="codes of what to do now"),
        Answer(name="asks", meaning="what is not known and could change the answer"),
        Answer(name="needs", meaning="what the destination engine is given"),
    ),
    decide=_evaluate_child,
    say=_explain_child,
    tables=(
        Table(title="NPEWS level by total", header=("total from", "level"),
              rows=tuple((str(lowest), level) for lowest, level in reversed(LEVEL_FROM))),
        table_of("Triggers", TRIGGERS, filled(TRIGGERS, child.DEFAULT_POLICY)),
        table_of("Decisions", CHILD_DECISIONS,
                 filled(CHILD_DECISIONS, child.DEFAULT_POLICY), "POLICY"),
        numbers_of(child.DEFAULT_POLICY),
    ),
    notes=(
        Note(mark="GK", text="triggers for paediatric intensive care, SpO2 below 90 % among them"),
        Note(mark="POLICY", text="a child who is not stable goes to the nearest first"),
    ),
)  # fmt: skip

RULES: Final = (NEWBORN, CHILD)

"""The call: the entry questions in their order, the arrest rule, and the priority. Pure.

    1 location, call-back number     4 age, sex, pregnancy
    2 can the patient be woken       5 what is the matter
    3 is the breathing normal        6 is the scene safe, how many are hurt

The first unit is sent at step 3, while the rest is still asked. Step order and sending at step 3:
POLICY; location first and then consciousness and breathing: AHA 2019.

Arrest rule (no, no: go): not conscious and not breathing normally is cardiac arrest, priority P1,
compressions by telephone. "Unsure", gasping, snoring, occasional breaths and going blue are not
normal breathing. Consciousness that nobody knows (a caller who is not with the patient) counts as
none. Breathing not asked yet leaves the arrest undecided, never ruled out. Compressions alone for
adults (AHA 2019), with breaths for children, newborns and after drowning (GK).

An obvious death stays P1 without instructions and calls a supervisor (POLICY). What is the matter
is settled by `criteria`; the worst of both counts.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from dispatch.triage import criteria
from dispatch.triage.criteria import Report
from dispatch.triage.criterion import CriteriaPolicy, Measure, Priority
from dispatch.triage.need import Pathway

Conscious = Literal["yes", "no", "unknown"]
Breathing = Literal[
    "yes", "no", "unsure", "gasping", "snoring", "occasional", "going_blue", "agonal", "unknown"
]
_UNCONSCIOUS: Final = "unconscious_faint.P1.not_rousable"
Step = Literal["location", "callback", "conscious", "breathing", "person", "complaint", "scene"]
STEPS: Final[tuple[tuple[Step, str, str], ...]] = (
    ("location", "您在什么地方？", "Where is the patient?"),
    ("callback", "回拨号码是多少？", "Which number can we call back?"),
    ("conscious", "病人清醒吗，叫得醒吗？", "Is the patient awake, or can be woken?"),
    ("breathing", "呼吸正常吗？", "Is the breathing normal?"),
    ("person", "年龄、性别、是否怀孕？", "How old, which sex, pregnant?"),
    ("complaint", "主要是什么问题？", "What is the matter?"),
    ("scene", "现场安全吗，有几个病人？", "Is the scene safe, and how many are hurt?"),
)
"""What is asked, in order, in our own words."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a call; None is not known. The report is read by `criteria`."""

    conscious: Conscious | None = None
    breathing: Breathing | None = None
    report: Report = Report()
    is_location_known: bool | None = None
    is_callback_known: bool | None = None
    is_scene_safe: bool | None = None
    sex: Literal["M", "F"] | None = None


class CallTriage(msgspec.Struct, frozen=True, kw_only=True):
    """``priority`` and ``is_arrest`` None: not decided yet. ``method``: how to compress.

    ``decided_by`` names what made the priority, ``unknown`` what counts only because it is unknown.
    """

    priority: Priority | None
    is_arrest: bool | None
    is_tcpr: bool
    method: Literal["compressions_only", "compressions_and_breaths"] | None
    tags: tuple[Pathway, ...]
    decided_by: tuple[str, ...]
    unknown: tuple[str, ...]
    actions: tuple[str, ...]
    next_step: Step | None


def triage(call: Call, policy: CriteriaPolicy) -> CallTriage:
    """Priority, arrest, pathways and first actions of one call (CDC-0, POLICY)."""
    answers = call.report.answers
    conscious, breathing = _conscious(call), _breathing(call)
    is_arrest = arrest(conscious, breathing)
    entry = _entry(conscious, is_arrest, is_dead=bool(answers.get("obvious_death")))
    found = criteria.decide(_report(call, conscious, breathing), policy)
    priority: Priority | None = "P1" if entry else found.priority
    decided_by = found.decided_by if found.priority == priority else ()
    said_twice = _UNCONSCIOUS if entry else ""
    is_tcpr = is_arrest is True and not answers.get("obvious_death")
    return CallTriage(
        priority=priority,
        is_arrest=is_arrest,
        is_tcpr=is_tcpr,
        method=_method(call.report, policy) if is_tcpr else None,
        tags=found.tags,
        decided_by=(*entry, *(by for by in decided_by if by != said_twice)),
        unknown=tuple(by for by in found.unknown if by != said_twice),
        actions=(
            *_actions(call, priority, is_arrest, is_unconscious=conscious in ("no", "unknown")),
            *found.actions,
        ),
        next_step=next_question(call),
    )


def arrest(conscious: Conscious | None, breathing: Breathing | None) -> bool | None:
    """The arrest rule; None while the breathing was not asked of one who may be unconscious."""
    if conscious == "yes" or breathing == "yes":
        return False
    return None if breathing is None else True


def next_question(call: Call) -> Step | None:
    """The first step without an answer; None when all are answered."""
    report = call.report
    has_age = any(name in report.measures for name in ("age_years", "age_months", "age_days"))
    is_person_known = has_age and (
        call.sex == "M" or (call.sex == "F" and report.answers.get("pregnant") is not None)
    )
    done: dict[Step, bool] = {
        "location": call.is_location_known is True,
        "callback": call.is_callback_known is True,
        "conscious": _conscious(call) is not None,
        "breathing": _breathing(call) is not None,
        "person": is_person_known,
        "complaint": bool(report.complaints),
        "scene": call.is_scene_safe is not None and "persons_hurt" in report.measures,
    }
    return next((step for step, _zh, _en in STEPS if not done[step]), None)


def _conscious(call: Call) -> Conscious | None:
    """The answer, or what the findings say where nobody asked."""
    answers = call.report.answers
    if call.conscious is not None:
        return call.conscious
    if answers.get("not_rousable", False) is not False:  # unknown counts as present
        return "no"
    return "yes" if answers.get("awake") else None


def _breathing(call: Call) -> Breathing | None:
    """The answer, corrected by what was said beside it: agonal breathing is never normal."""
    answers = call.report.answers
    if call.breathing is None and answers.get("not_breathing"):
        return "no"
    if call.breathing in ("yes", None) and answers.get("agonal", False) is not False:
        return "agonal"
    return call.breathing


def _entry(
    conscious: Conscious | None, is_arrest: bool | None, *, is_dead: bool
) -> tuple[str, ...]:
    """What the entry questions alone make P1; empty when they do not."""
    if is_dead and conscious != "yes":
        return ("entry.obvious_death",)
    if is_arrest:
        return ("entry.arrest",)
    return ("entry.unconscious",) if conscious in ("no", "unknown") else ()


def _report(call: Call, conscious: Conscious | None, breathing: Breathing | None) -> Report:
    """The report with what the entry answers say; a finding already stated stays as it is."""
    said: dict[str, bool | None] = {}
    if conscious is not None:
        said["not_rousable"] = {"yes": False, "no": True, "unknown": None}[conscious]
    if conscious == "yes":
        said["awake"] = True
    if breathing == "going_blue" and conscious == "yes":
        said["blue"] = True
    if breathing == "no" and conscious != "yes":
        said["not_breathing"] = True
    return msgspec.structs.replace(
        call.report,
        answers={**said, **call.report.answers},
        is_breathing_bad=conscious == "yes" and breathing not in ("yes", None),
    )


def _method(
    report: Report, policy: CriteriaPolicy
) -> Literal["compressions_only", "compressions_and_breaths"]:
    answers: Mapping[str, bool | None] = report.answers
    measures: Mapping[Measure, float] = report.measures
    is_young = criteria.is_child(measures, policy) or not {"newborn", "child"}.isdisjoint(
        report.complaints
    )
    wants_breaths = is_young or answers.get("drowning") or answers.get("newborn")
    return "compressions_and_breaths" if wants_breaths else "compressions_only"


def _actions(
    call: Call, priority: Priority | None, is_arrest: bool | None, *, is_unconscious: bool
) -> tuple[str, ...]:
    """Codes of what the call taker does now, most urgent first."""
    answers = call.report.answers
    breathing = _breathing(call)
    is_dead = bool(answers.get("obvious_death"))
    is_breathing = is_unconscious and breathing == "yes"
    due = {
        "dispatch_first_unit": priority != "P4" and (priority or breathing) is not None,
        "tcpr": is_arrest and not is_dead,
        "supervisor": is_dead,
        "call_back": answers.get("line_lost"),
        "reach_the_patient": answers.get("second_hand"),
        "keep_on_line": is_arrest or is_breathing,
        "recheck_breathing_every_minute": is_breathing,
        "clarify": call.report.has_unrecognised,
    }
    return tuple(code for code, is_due in due.items() if is_due)

"""Re-triage, response categories and the times of arrest calls in the register."""

from typing import Final

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
from dispatch.triage.criterion import PRIORITIES
from dispatch.triage.response import RESPONSES, ArrestStandards, ArrestTimes, audit
from dispatch.triage.retriage import FAULTS, Proposal, judge

_DEFAULTS: Final = ArrestStandards()
_DAY_S: Final = 86_400


def _priority(name: str, meaning: str, *aliases: str, is_required: bool = False) -> Field:
    return Field(
        name=name,
        kind="choice",
        choices=PRIORITIES,
        words={"1": "P1", "2": "P2", "3": "P3", "4": "P4"},
        meaning=meaning,
        aliases=aliases,
        is_required=is_required,
    )


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


def _judged(values: Values) -> Result:
    found = judge(
        Proposal(
            current=values["current"],
            proposed=values["proposed"],
            reason=values["reason"] or "",
            by=values["by"] or "",
            second=values["second"] or "",
            is_reported_worse=values["reported_worse"] is True,
            is_repeat_call=values["repeat_call"] is True,
            is_answers_lost=values["answers_lost"] is True,
        )
    )
    return {
        "allowed": found.is_allowed,
        "change": found.change,
        "priority": found.priority,
        "why": list(found.faults),
        "triage_due": found.is_triage_due,
    }


def _judged_in_words(values: Values, result: Result) -> Words:
    holds = result["priority"]
    due_zh = "来电人再次来电或报告加重：须重新分级。" if result["triage_due"] else ""
    due_en = (
        " The caller rang again or reports worse: triage again." if result["triage_due"] else ""
    )
    if result["change"] in ("none", "same"):
        return Words(zh=f"保持 {holds}。{due_zh}", en=f"{holds} stays.{due_en}")
    change = f"{values['current']} → {values['proposed']}"
    if result["allowed"]:
        return Words(zh=f"{change}：可以。{due_zh}", en=f"{change}: allowed.{due_en}")
    why_zh = "；".join(FAULTS[fault][0] for fault in result["why"])
    why_en = "; ".join(FAULTS[fault][1] for fault in result["why"])
    return Words(
        zh=f"{change}：不可以，{why_zh}。保持 {holds}。{due_zh}",
        en=f"{change}: refused, {why_en}. {holds} stays.{due_en}",
    )


RETRIAGE: Final = Rule(
    name="retriage",
    version="1",
    title_zh="重新分级",
    title_en="Changing a priority",
    source="original criteria table CDC-0",
    owner=MEDICAL_DIRECTOR,
    fields=(
        _priority("current", "the priority that holds", "from", "old", "before", is_required=True),
        _priority("proposed", "the priority proposed; null for a new report", "to", "new", "after"),
        Field(name="reason", kind="text", meaning="why a downgrade is right"),
        Field(
            name="by",
            kind="text",
            meaning="who proposes it, name or id",
            aliases=("first_person", "operator", "person"),
        ),
        Field(
            name="second",
            kind="text",
            meaning="who else stands for it, name or id",
            aliases=("second_person", "confirmed_by"),
        ),
        _flag("reported_worse", "the caller reports that it is worse", "worse", "caller_worse"),
        _flag("repeat_call", "the caller rang again", "repeat", "caller_repeats"),
        _flag("answers_lost", "answers that were known are no longer", "lost_answers"),
    ),
    answers=(
        Answer(name="allowed", meaning="false for a downgrade that is refused"),
        Answer(name="change", meaning="upgrade, downgrade, same, or none when none is proposed"),
        Answer(name="priority", meaning="the priority that holds afterwards"),
        Answer(name="why", meaning=f"why it is refused, in this order: {', '.join(FAULTS)}"),
        Answer(name="triage_due", meaning="the caller reports worse or rang again: triage again"),
    ),
    decide=everywhere(_judged),
    say=said_everywhere(_judged_in_words),
    tables=(
        Table(
            title="A downgrade is refused for",
            header=("code", "zh", "en"),
            rows=tuple((fault, zh, en) for fault, (zh, en) in FAULTS.items()),
            mark="POLICY",
        ),
    ),
    notes=(Note(mark="POLICY", text="up freely; down only with a reason and a second person"),),
)


def _category(values: Values) -> Result:
    found = RESPONSES[values["priority"]]
    return {
        "priority": values["priority"],
        "colour": found.colour,
        "meaning_zh": found.meaning_zh,
        "meaning_en": found.meaning_en,
        "nemsis": found.nemsis,
        "nemsis_name": found.nemsis_name,
        "arp": found.arp,
        "mean_min": found.mean_min,
        "p90_min": found.p90_min,
        "clock_stop": found.clock_stop,
    }


def _category_in_words(_values: Values, result: Result) -> Words:
    mean, p90 = result["mean_min"], result["p90_min"]
    mean_zh = f"平均 ≤{mean} 分钟，" if mean is not None else ""
    mean_en = f"mean at most {mean} min, " if mean is not None else ""
    head = f"{result['priority']}，{result['meaning_zh']}"
    code = f"NEMSIS {result['nemsis']} {result['nemsis_name']}"
    return Words(
        zh=f"{head}。{code}；ARP {result['arp']}：{mean_zh}第 90 百分位 ≤{p90} 分钟。",
        en=f"{result['priority']}, {result['meaning_en']}. {code}; ARP {result['arp']}: {mean_en}"
        f"90th centile at most {p90} min.",
    )


RESPONSE_CATEGORY: Final = Rule(
    name="response_category",
    version="1",
    title_zh="响应等级",
    title_en="Response category",
    source="NEMSIS 3.5.1 eDispatch.05 (2023); Ambulance Response Programme, NHS England 2017",
    owner=MEDICAL_DIRECTOR,
    fields=(_priority("priority", "priority of the call", "level", "our level", is_required=True),),
    answers=(
        Answer(name="priority", meaning="P1 to P4"),
        Answer(name="colour", meaning="red, orange, yellow, green"),
        Answer(name="meaning_zh", meaning="what the level means, in Chinese"),
        Answer(name="meaning_en", meaning="what the level means, in English"),
        Answer(name="nemsis", meaning="code of NEMSIS eDispatch.05"),
        Answer(name="nemsis_name", meaning="name of that code"),
        Answer(name="arp", meaning="analogous category of the Ambulance Response Programme"),
        Answer(name="mean_min", meaning="standard of the mean in minutes, or null without one"),
        Answer(name="p90_min", meaning="standard of the 90th centile in minutes"),
        Answer(name="clock_stop", meaning="first_responder, or conveying"),
    ),
    decide=everywhere(_category),
    say=said_everywhere(_category_in_words),
    tables=(
        Table(
            title="Categories",
            header=("priority", "colour", "NEMSIS", "name", "ARP", "mean min", "90th min"),
            rows=tuple(
                (
                    priority,
                    one.colour,
                    one.nemsis,
                    one.nemsis_name,
                    one.arp,
                    "-" if one.mean_min is None else str(one.mean_min),
                    str(one.p90_min),
                )
                for priority, one in RESPONSES.items()
            ),
        ),
    ),
    notes=(Note(mark="POLICY", text="colour and wording of the levels; NEMSIS and ARP analogues"),),
)


def _audited(values: Values, policies: Policies) -> Result:
    times = ArrestTimes(
        recognition_s=values["recognition_s"],
        compression_s=values["compression_s"],
        compression_after_address_s=values["compression_after_address_s"],
    )
    found = audit(times, policies.clinical.arrest)
    return {
        "recognition_ok": found.is_recognition_met,
        "compression_ok": found.is_compression_met,
        "compression_aedr_ok": found.is_aedr_met,
        "missing": list(found.missing),
        "invalid": list(found.invalid),
    }


_TIMES: Final = (
    ("recognition_ok", "识别骤停", "recognition", "recognition_s"),
    ("compression_ok", "首次按压", "first compression", "compression_s"),
    ("compression_aedr_ok", "首次按压（AEDR）", "first compression (AEDR)", "compression_s"),
)
_MET_ZH: Final = {True: "达标", False: "未达标", None: "不能判断"}
_MET_EN: Final = {True: "met", False: "missed", None: "cannot be said"}


def _audited_in_words(_values: Values, result: Result, policies: Policies) -> Words:
    limits = [f"{getattr(policies.clinical.arrest, limit):g}" for *_names, limit in _TIMES]
    told = list(zip(_TIMES, limits, strict=True))
    zh = "；".join(
        f"{name}（<{limit} 秒）{_MET_ZH[result[key]]}" for (key, name, *_en), limit in told
    )
    en = "; ".join(
        f"{name} (<{limit} s) {_MET_EN[result[key]]}" for (key, _zh, name, _of), limit in told
    )
    wrong = ", ".join(result["invalid"])
    return Words(
        zh=f"{zh}。" + (f"时间错误，不计：{wrong}。" if wrong else ""),
        en=f"{en}." + (f" Left out as wrong clocks: {wrong}." if wrong else ""),
    )


def _seconds(name: str, meaning: str, *aliases: str) -> Field:
    return Field(
        name=name,
        kind="number",
        unit="s",
        meaning=f"{meaning}; a negative time is a wrong clock",
        lowest=-_DAY_S,
        highest=_DAY_S,
        aliases=aliases,
    )


ARREST_TIMES: Final = Rule(
    name="arrest_times",
    version="1",
    title_zh="电话心肺复苏时限",
    title_en="Times of an arrest call",
    source="AHA/Resuscitation Academy goals; AEDR 2017",
    owner=MEDICAL_DIRECTOR,
    fields=(
        _seconds("recognition_s", "call to recognition", "call_to_recognition_s", "recognition"),
        _seconds(
            "compression_s",
            "call to first compression",
            "call_to_first_compression_s",
            "first_compression_s",
            "compression",
        ),
        _seconds(
            "compression_after_address_s",
            "verified address to first compression",
            "address_to_first_compression_s",
        ),
    ),
    answers=(
        Answer(name="recognition_ok", meaning="whether the goal was met, or null"),
        Answer(name="compression_ok", meaning="whether the goal from the call was met, or null"),
        Answer(name="compression_aedr_ok", meaning="met from the call or from the address"),
        Answer(name="missing", meaning="times that were not given"),
        Answer(name="invalid", meaning="negative times, left out and to be counted"),
    ),
    decide=_audited,
    say=_audited_in_words,
    tables=(
        Table(
            title="Standards, in seconds, all strictly less",
            header=("standard", "seconds"),
            rows=tuple(
                (name, f"{getattr(_DEFAULTS, name):g}") for name in _DEFAULTS.__struct_fields__
            ),
        ),
    ),
    notes=(
        Note(
            mark="GK",
            text=f"AHA 2020: at least 75 % of all arrests recognised, 95 % of those recognisable, "
            f"75 % with compressions; median under {_DEFAULTS.median_recognition_s:g} s and "
            f"{_DEFAULTS.median_compression_s:g} s, high-performing "
            f"{_DEFAULTS.best_recognition_s:g} s and {_DEFAULTS.best_compression_s:g} s",
        ),
        Note(mark="POLICY", text="every arrest call is audited"),
    ),
)

RULES: Final = (RETRIAGE, RESPONSE_CATEGORY, ARREST_TIMES)

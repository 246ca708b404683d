"""Intervals in the register: from stamps or seconds to statistics and kept standards.

A case gives seconds measured elsewhere (``values_s``), a list of calls, or one call flat, with its
stamps as fields. Not here: what an interval is (`dispatch.quality.intervals`) and what is good
enough (`dispatch.quality.standards`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from dispatch.errors import BadPayload
from dispatch.quality.intervals import (
    CALL_KINDS,
    EXCLUDED,
    INTERVALS,
    MEANINGS,
    Duration,
    Priority,
    counted,
    duration,
    summarise,
)
from dispatch.quality.standards import (
    GOALS,
    STANDARDS,
    Criterion,
    Kept,
    QualityPolicy,
    Standard,
    check,
    is_kept,
    limit,
    within,
)
from dispatch.rules.interval_calls import (
    CALL_FIELDS,
    LONGEST_S,
    SECONDS_PER_MINUTE,
    call_of,
    flat_call,
    has_stamp,
    interval_between,
    measured_elsewhere,
    read_calls,
    times_of,
)
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
    said_everywhere,
)
from dispatch.rules.policies import Policies

_DIGITS: Final = 6
_WAYS: Final = ("calls", "values_s", "values_min", "value_s")
_EXCLUDED_ZH: Final = {
    "missing": "缺时间",
    "clock_skew": "时钟错误",
    "cancelled": "到达前取消",
    "abandoned": "放弃来电",
    "test": "测试",
    "duplicate": "重复",
}
_VERDICTS: Final[dict[bool | None, Words]] = {
    True: Words(zh="达标", en="the standard is kept"),
    False: Words(zh="未达标", en="the standard is not kept"),
    None: Words(zh="没有对应的标准", en="no standard applies"),
}

_INTERVAL_WORDS: Final = {
    "接听": "answer",
    "受理": "process",
    "调度": "process",
    "受理/调度": "process",
    "dispatch": "process",
    "出车": "turnout",
    "反应": "response",
    "反应时间": "response",
    "arp": "arp_response",
    "handover": "offload",
}


def _intervals(values: Values, policies: Policies) -> Result:
    flat, policy = flat_call(values), policies.clinical.quality
    given = [name for name in _WAYS if values[name] is not None]
    if has_stamp(flat) or not given:
        given += ["the stamps of one call"] * bool(flat)
    if len(given) != 1:
        said = " and ".join(given) or "nothing"
        raise BadPayload("invalid_field", f"calls: give calls, one call or values_s, got {said}")
    if given[0] in ("calls", "the stamps of one call"):
        return _of_calls(values, flat if given[0] != "calls" else {}, policy)
    durations = measured_elsewhere(values)
    name = values["interval"]
    found = _statistics(durations, _standard(values, name, values["priority"], policy))
    return {
        "interval": name,
        **found,
        "cancel_rate_pct": None,  # of calls, which are not known here
        "groups": [],
        "upgraded": [],
        "times": None,
        "unknown": [],
    }


def _of_calls(values: Values, flat: dict[str, Any], policy: QualityPolicy) -> Result:
    calls, unknown = ([call_of(flat, values)], ()) if flat else read_calls(values)
    name = values["interval"]
    interval = interval_between(calls) if name is None and calls else INTERVALS.get(name)
    durations = [] if interval is None else [duration(call, interval) for call in calls]
    name = None if interval is None else interval.name
    standard = _standard(values, name, _priority(values, durations), policy)
    found = _statistics(durations, standard)
    return {
        "interval": name,
        **found,
        "groups": _groups(values, name, durations, policy),
        "upgraded": _upgraded(durations),
        "times": times_of(flat) if flat else None,
        "unknown": list(unknown),
    }


def _priority(values: Values, durations: Iterable[Duration]) -> Priority | None:
    """The one priority that all intervals share; that of the case where they have none."""
    found = {one.priority for one in durations if one.excluded not in CALL_KINDS}
    named: Priority | None = values["priority"]
    return found.pop() if len(found) == 1 and None not in found else named


def _standard(
    values: Values, interval: str | None, priority: Priority | None, policy: QualityPolicy
) -> tuple[str | None, list[Criterion]]:
    """The standard asked for, a limit of one's own, or the county's for this interval."""
    name, limit_s = values["standard"], values["standard_s"]
    if name is not None and limit_s is not None:
        raise BadPayload("invalid_field", "standard: give standard or standard_s, not both")
    if limit_s is None and values["standard_pct"] is not None:
        raise BadPayload("missing_field", "standard_s: the limit in s of standard_pct is needed")
    if limit_s is not None:
        return None, [*limit(limit_s, values["standard_pct"])]
    found = STANDARDS.get(name or "")
    if found is None:
        is_arp = interval is None and priority is not None
        found = policy.standard_for("arp_response" if is_arp else interval or "", priority)
    elif interval is not None and found.interval != interval:
        raise BadPayload("invalid_field", f"standard: {name} is for {found.interval}")
    return (None, []) if found is None else (found.name, [*found.criteria])


def _statistics(
    durations: Sequence[Duration], standard: tuple[str | None, list[Criterion]]
) -> Result:
    name, criteria = standard
    found, seconds = summarise(durations), counted(durations)
    kept = check(criteria, seconds, found)
    share = next((one for one in kept if one.criterion.measure == "share"), None)
    times = {"median": found.median_s, "mean": found.mean_s, "p90": found.p90_s}
    return {
        "n": found.n,
        "excluded": {why: found.excluded[why] for why in EXCLUDED},
        "completeness_pct": found.completeness_pct,
        "cancel_rate_pct": found.cancel_rate_pct,
        **{f"{key}_s": value for key, value in times.items()},
        **{f"{key}_min": _minutes(value) for key, value in times.items()},
        "within_n": within(seconds, share.criterion.limit_s) if share and seconds else None,
        "within_pct": None if share is None else share.found,
        "standard": name,
        "checks": [_shown(one) for one in kept],
        "compliant": is_kept(kept),
    }


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / SECONDS_PER_MINUTE, _DIGITS)


def _shown(kept: Kept) -> Result:
    criterion = kept.criterion
    return {
        "measure": criterion.measure,
        "limit_s": criterion.limit_s,
        "share_pct": criterion.share_pct if criterion.measure == "share" else None,
        "found": kept.found,
        "met": kept.is_met,
    }


def _groups(
    values: Values, interval: str | None, durations: Sequence[Duration], policy: QualityPolicy
) -> list[Result]:
    """The same statistics per priority and area; what is not known stands last."""
    real = [one for one in durations if one.excluded not in CALL_KINDS]
    keys = {(one.priority, one.area) for one in real}
    ordered = sorted(keys, key=lambda key: (key[0] or "~", key[1] or "~"))
    return [
        {
            "priority": priority,
            "area": area,
            **_statistics(
                [one for one in real if (one.priority, one.area) == (priority, area)],
                _standard(values, interval, priority, policy),
            ),
        }
        for priority, area in ordered
    ]


def _upgraded(durations: Sequence[Duration]) -> list[Result]:
    return [
        {"call": place, "interval_s": one.seconds, "original_s": one.original_s}
        for place, one in enumerate(durations)
        if one.original_s is not None
    ]


def _explain(_values: Values, result: Result) -> Words:
    interval = INTERVALS.get(result["interval"] or "")
    zh, en = ("时间间隔", "interval") if interval is None else (interval.zh, interval.en)
    left = {why: n for why, n in result["excluded"].items() if n}
    zh_left = "；".join(f"{_EXCLUDED_ZH[why]} {n} 次" for why, n in left.items())
    en_left = ", ".join(f"{why} {n}" for why, n in left.items())
    verdict = _VERDICTS[result["compliant"]]
    if not result["n"]:
        zh, en = f"{zh}：没有可计入的数据", f"{en}: nothing to count"
    else:
        zh += f"：{result['n']} 次，中位 {result['median_s']:g} 秒，平均 {result['mean_s']:g} 秒"
        zh += f"，第 90 百分位 {result['p90_s']:g} 秒；{verdict.zh}"
        en += f": {result['n']} counted, median {result['median_s']:g} s, mean"
        en += f" {result['mean_s']:g} s, 90th {result['p90_s']:g} s; {verdict.en}"
    return Words(
        zh=f"{zh}。" + (f"未计入：{zh_left}。" if left else ""),
        en=f"{en}." + (f" Left out: {en_left}." if left else ""),
    )


def _criteria_words(standard: Standard) -> str:
    return "; ".join(_criterion_words(one) for one in standard.criteria)


def _criterion_words(one: Criterion) -> str:
    if one.measure == "share":
        return f"{one.share_pct:g} % within {one.limit_s:g} s"
    return f"{one.measure} at most {one.limit_s:g} s"


INTERVAL_RULE: Final = Rule(
    name="intervals",
    version="1",
    title_zh="时间间隔与达标情况",
    title_en="Intervals of a call and their standards",
    source="NEMSIS 3.5.1 2023 (stamps); each standard its own; statistics POLICY",
    owner=MEDICAL_DIRECTOR,
    fields=(
        Field(
            name="interval",
            kind="choice",
            choices=tuple(INTERVALS),
            words=_INTERVAL_WORDS,
            meaning="which one; of calls, when not said, that from the first to the last stamp",
            aliases=("clock", "metric"),
        ),
        Field(
            name="values_s",
            kind="list",
            meaning="intervals measured elsewhere, in s; null is missing, below 0 a skewed clock",
            aliases=("values", "seconds", "times_s", "s"),
        ),
        Field(
            name="values_min",
            kind="list",
            meaning="the same in minutes",
            aliases=("minutes", "times_min"),
        ),
        Field(
            name="value_s",
            kind="number",
            unit="s",
            meaning="one interval",
            lowest=-LONGEST_S,
            highest=LONGEST_S,
        ),
        Field(
            name="calls",
            kind="list",
            meaning="calls, each an object with the fields from t_ring on; stamps are times with "
            "an offset, or all seconds on one clock",
        ),
        Field(
            name="standard",
            kind="choice",
            choices=tuple(STANDARDS),
            meaning="the standard to hold it against; the county's for this interval when not said",
        ),
        Field(
            name="standard_s",
            kind="number",
            unit="s",
            meaning="a limit of one's own instead; every call must keep it unless standard_pct",
            aliases=("limit_s",),
            lowest=0,
            highest=LONGEST_S,
        ),
        Field(
            name="standard_pct",
            kind="number",
            unit="%",
            meaning="the share of calls that must keep standard_s",
            lowest=0,
            highest=100,
        ),
        *CALL_FIELDS,
    ),
    answers=(
        Answer(name="interval", meaning="which interval"),
        Answer(name="n", meaning="how many count"),
        Answer(name="excluded", meaning=f"how many do not, by reason: {', '.join(EXCLUDED)}"),
        Answer(name="completeness_pct", meaning="usable ones among those that must have it"),
        Answer(
            name="cancel_rate_pct",
            meaning="cancelled among real calls; null without calls",
        ),
        Answer(name="median_s, mean_s, p90_s", meaning="in seconds; null where nothing counts"),
        Answer(name="median_min, mean_min, p90_min", meaning="the same in minutes"),
        Answer(name="within_n, within_pct", meaning="within the (first) limit of the standard"),
        Answer(name="standard", meaning="the standard applied, null for none or one's own limit"),
        Answer(name="checks", meaning="each criterion: measure, limit, what was found, met"),
        Answer(name="compliant", meaning="whether all are met; null where nothing counts"),
        Answer(name="groups", meaning="the same per priority and area, for calls"),
        Answer(name="upgraded", meaning="calls whose clock ran from an upgrade: both intervals"),
        Answer(name="times", meaning="of one flat call: each stamp in UTC and as shown"),
        Answer(name="unknown", meaning="names in calls from which nothing was read"),
    ),
    decide=_intervals,
    say=said_everywhere(_explain),
    tables=(
        Table(
            title="Clocks",
            header=("stamp", "meaning", "名称", "NEMSIS"),
            rows=tuple((name, one.en, one.zh, one.nemsis) for name, one in MEANINGS.items()),
        ),
        Table(
            title="Intervals",
            header=("interval", "名称", "from", "to", "restarts on upgrade"),
            rows=tuple(
                (one.name, one.zh, one.start, one.end, "yes" if one.restarts else "")
                for one in INTERVALS.values()
            ),
            mark="POLICY",
        ),
        Table(
            title="Standards",
            header=("standard", "interval", "priority", "criteria", "source", "mark"),
            rows=tuple(
                (
                    one.name,
                    one.interval,
                    one.priority or "",
                    _criteria_words(one),
                    one.source,
                    one.mark,
                )
                for one in STANDARDS.values()
            ),
        ),
        Table(
            title="Goals and reported figures that no stamp measures",
            header=("who", "what", "source", "mark"),
            rows=tuple((one.who, one.what, one.source, one.mark) for one in GOALS),
        ),
    ),
    notes=(
        Note(mark="POLICY", text="the 90th percentile is the nearest rank"),
        Note(mark="POLICY", text="the county's standards when none is named: QualityPolicy"),
        Note(mark="POLICY", text="a clock restarts on an upgrade for response and arp_response"),
        Note(mark="GK", text="response is answer to scene, the Chinese 平均急救反应时间"),
        Note(
            mark="GK",
            text="the ARP clock starts when the priority is given; it stops at the first responder "
            "able to treat for P1, else at the conveying unit, whose t_scene must then be given",
        ),
        *(
            Note(mark="GK", text=f"standard {one.name}: {one.source}")
            for one in STANDARDS.values()
            if one.mark == "GK"
        ),
        *(Note(mark="GK", text=f"{one.who}: {one.what}") for one in GOALS if one.mark == "GK"),
    ),
)

RULES: Final = (INTERVAL_RULE,)

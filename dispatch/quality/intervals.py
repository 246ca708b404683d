"""The clocks of a call, the intervals between them, and their statistics. Pure.

A call is stamped as it goes on (`CLOCKS`); an interval is the time between two stamps. Only what
really took place counts: abandoned, test and duplicate calls are left out and counted apart; a
missing stamp is left out and its share published; an end before its start is a clock out of step,
left out and counted. A unit cancelled before the interval ended has none and stands in the cancel
rate. Equal stamps are a real interval of 0 s. Where nothing counts the statistics are None, not 0.

An upgraded call is measured twice: the clock of the new priority runs from the upgrade, and the
original interval is kept beside it. The 90th percentile is the nearest rank (POLICY): the smallest
value that at least 90 % of the values do not exceed, always one that was really measured.

Stamps are instants: stored in UTC, whatever offset they came with, and shown in the county's zone.

Not here: what is good enough (`dispatch.quality.standards`).
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

Clock = Literal[
    "t_ring",
    "t_answer",
    "t_location_known",
    "t_arrest_recognised",
    "t_first_compression",
    "t_priority",
    "t_dispatch",
    "t_ack",
    "t_enroute",
    "t_scene",
    "t_patient",
    "t_ecg",
    "t_ecg_read",
    "t_leave",
    "t_prealert",
    "t_arrive",
    "t_handover",
    "t_clear",
]
CLOCKS: Final[tuple[Clock, ...]] = get_args(Clock)
Priority = Literal["P1", "P2", "P3", "P4"]
PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
Area = Literal["urban", "rural"]
AREAS: Final[tuple[Area, ...]] = get_args(Area)
CallKind = Literal["real", "abandoned", "test", "duplicate"]
CALL_KINDS: Final[tuple[CallKind, ...]] = get_args(CallKind)
Excluded = Literal["missing", "clock_skew", "cancelled", "abandoned", "test", "duplicate"]
EXCLUDED: Final[tuple[Excluded, ...]] = get_args(Excluded)

ARP_SOURCE: Final = "House of Commons Library CDP 2025/0042 (2025)"
NEMSIS_SOURCE: Final = "NEMSIS 3.5.1 (2023) eTimes"
_DIGITS: Final = 6  # microseconds: what a stamp holds; below there is only binary noise


class ClockMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a stamp says; ``nemsis`` is its element in eTimes, "" where there is none."""

    zh: str
    en: str
    nemsis: str = ""


def _clock(zh: str, en: str, nemsis: str = "") -> ClockMeaning:
    return ClockMeaning(zh=zh, en=en, nemsis=nemsis)


MEANINGS: Final[dict[Clock, ClockMeaning]] = {
    "t_ring": _clock("来电振铃", "the call rings at the centre", "eTimes.01"),
    "t_answer": _clock("接听", "a call-taker answers"),
    "t_location_known": _clock("地址明确", "the place is known"),
    "t_arrest_recognised": _clock("识别心脏骤停", "cardiac arrest is recognised"),
    "t_first_compression": _clock("首次按压", "first chest compression"),
    "t_priority": _clock("定级", "the priority is given"),
    "t_dispatch": _clock("派车", "a unit is notified", "eTimes.03"),
    "t_ack": _clock("确认任务", "the crew acknowledges"),
    "t_enroute": _clock("出车", "the unit is on its way", "eTimes.05"),
    "t_scene": _clock("到达现场", "the unit is on scene", "eTimes.06"),
    "t_patient": _clock("接触病人", "the crew is at the patient", "eTimes.07"),
    "t_ecg": _clock("首份心电图", "the first ECG is recorded"),
    "t_ecg_read": _clock("心电图判读", "the ECG is read"),
    "t_leave": _clock("离开现场", "the unit leaves the scene", "eTimes.09"),
    "t_prealert": _clock("预警", "the hospital is pre-alerted"),
    "t_arrive": _clock("到达医院", "the unit is at the destination", "eTimes.11"),
    "t_handover": _clock("交接", "care is transferred", "eTimes.12"),
    "t_clear": _clock("恢复待命", "the unit is back in service", "eTimes.13"),
}


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """The time from ``start`` to ``end``; ``restarts`` when an upgrade starts its clock anew."""

    name: str
    zh: str
    en: str
    start: Clock
    end: Clock
    restarts: bool = False


def _interval(name: str, zh: str, en: str, start: Clock, end: Clock) -> Interval:
    return Interval(name=name, zh=zh, en=en, start=start, end=end)


INTERVALS: Final[dict[str, Interval]] = {
    one.name: one
    for one in (
        _interval("answer", "接听", "ring to answer", "t_ring", "t_answer"),
        _interval("locate", "定位", "answer to place known", "t_answer", "t_location_known"),
        _interval(
            "recognition", "骤停识别", "ring to arrest known", "t_ring", "t_arrest_recognised"
        ),
        _interval(
            "compression", "首次按压", "ring to compression", "t_ring", "t_first_compression"
        ),
        _interval("process", "受理调度", "answer to dispatch", "t_answer", "t_dispatch"),
        _interval("acknowledge", "任务确认", "dispatch to acknowledged", "t_dispatch", "t_ack"),
        _interval("turnout", "出车", "dispatch to en route", "t_dispatch", "t_enroute"),
        _interval("travel", "行驶", "en route to scene", "t_enroute", "t_scene"),
        Interval(
            name="response",
            zh="反应时间（接听至现场）",
            en="answer to scene",
            start="t_answer",
            end="t_scene",
            restarts=True,
        ),
        Interval(
            name="arp_response",
            zh="反应时间（ARP 时钟）",
            en="ARP clock: priority given to scene",
            start="t_priority",
            end="t_scene",
            restarts=True,
        ),
        _interval("patient", "接触病人", "scene to patient", "t_scene", "t_patient"),
        _interval("ecg", "首份心电图", "patient to first ECG", "t_patient", "t_ecg"),
        _interval("ecg_read", "心电图判读", "ECG to read", "t_ecg", "t_ecg_read"),
        _interval("on_scene", "现场停留", "scene to leaving", "t_scene", "t_leave"),
        _interval("transport", "转运", "leaving to destination", "t_leave", "t_arrive"),
        _interval("notice", "预警提前量", "pre-alert to arrival", "t_prealert", "t_arrive"),
        _interval("offload", "交接等候", "arrival to handover", "t_arrive", "t_handover"),
        _interval("task", "任务总时长", "dispatch to back in service", "t_dispatch", "t_clear"),
    )
}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What the statistics need of one call; a stamp that is not in ``at`` is missing.

    ``upgraded_from`` is the priority before an upgrade, ``upgraded_at`` when it was made.
    """

    at: Mapping[Clock, datetime]
    kind: CallKind = "real"
    is_cancelled: bool = False
    priority: Priority | None = None
    area: Area | None = None
    upgraded_from: Priority | None = None
    upgraded_at: datetime | None = None


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """One interval of one call: ``seconds``, or why there is none.

    ``priority`` is the one in force when it ended; ``original_s`` the interval before an upgrade
    restarted its clock, None without one.
    """

    seconds: float | None = None
    excluded: Excluded | None = None
    priority: Priority | None = None
    area: Area | None = None
    original_s: float | None = None
    is_cancelled: bool = False


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """``n`` intervals counted; times in seconds, shares in per cent, None where nothing counts.

    ``completeness_pct``: of the calls that must have this interval, how many have a usable one.
    ``cancel_rate_pct``: of the real calls, how many were cancelled.
    """

    n: int
    excluded: Mapping[Excluded, int]
    completeness_pct: float | None
    cancel_rate_pct: float | None
    median_s: float | None
    mean_s: float | None
    p90_s: float | None


def duration(call: Call, interval: Interval) -> Duration:
    """One interval of one call."""
    start, end = call.at.get(interval.start), call.at.get(interval.end)
    if call.kind != "real":
        return _without(call, call.kind)
    if end is None and call.is_cancelled:
        return _without(call, "cancelled")
    is_upgraded = call.upgraded_from is not None or call.upgraded_at is not None
    restarts = interval.restarts and is_upgraded
    if start is None or end is None or (restarts and call.upgraded_at is None):
        return _without(call, "missing")
    original_s = (end - start).total_seconds()
    if original_s < 0:
        return _without(call, "clock_skew")
    whole = Duration(
        seconds=original_s, priority=call.priority, area=call.area, is_cancelled=call.is_cancelled
    )
    if call.upgraded_at is None:
        return whole
    if call.upgraded_at > end:
        return msgspec.structs.replace(whole, priority=call.upgraded_from)
    if not restarts or call.upgraded_at <= start:
        return whole
    seconds = (end - call.upgraded_at).total_seconds()
    return msgspec.structs.replace(whole, seconds=seconds, original_s=original_s)


def _without(call: Call, why: Excluded) -> Duration:
    return Duration(
        excluded=why, priority=call.priority, area=call.area, is_cancelled=call.is_cancelled
    )


def of_seconds(seconds: float | None) -> Duration:
    """An interval that was measured elsewhere: None is missing, below 0 a clock out of step."""
    if seconds is None:
        return Duration(excluded="missing")
    return Duration(excluded="clock_skew") if seconds < 0 else Duration(seconds=seconds)


def counted(durations: Iterable[Duration]) -> tuple[float, ...]:
    """The seconds of those that count, rising."""
    return tuple(sorted(one.seconds for one in durations if one.seconds is not None))


def summarise(durations: Sequence[Duration]) -> Statistics:
    """The statistics of one interval over many calls."""
    excluded = {why: sum(one.excluded == why for one in durations) for why in EXCLUDED}
    values = counted(durations)
    due = len(values) + excluded["missing"] + excluded["clock_skew"]
    real = len(durations) - sum(excluded[kind] for kind in ("abandoned", "test", "duplicate"))
    cancelled = sum(one.is_cancelled for one in durations if one.excluded not in CALL_KINDS)
    return Statistics(
        n=len(values),
        excluded=excluded,
        completeness_pct=share_pct(len(values), due),
        cancel_rate_pct=share_pct(cancelled, real),
        median_s=round(statistics.median(values), _DIGITS) if values else None,
        mean_s=round(math.fsum(values) / len(values), _DIGITS) if values else None,
        p90_s=nearest_rank(values, 90),
    )


def nearest_rank(rising: Sequence[float], pct: int) -> float | None:
    """The smallest value that at least ``pct`` per cent do not exceed; None for no values."""
    if not rising:
        return None
    return rising[-(-len(rising) * pct // 100) - 1]


def share_pct(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in per cent; None of nothing."""
    return round(100 * part / whole, _DIGITS) if whole else None

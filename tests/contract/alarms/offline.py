"""The alarms of a recording worked out once it is over: whole columns looked back upon, no engine.

For each key the samples become two rows of yes and no: "has been broken for long enough, here" and
"has been clear for long enough, here". The alarms are then read off from left to right. Limits and
policy are the county's; how they are applied over time is said here a second time and differently.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from telemetry.alarms.model import AlarmPolicy, Limit, Quantity
from telemetry.codes import Code
from telemetry.plausibility import Judged

USABLE = ("ok", "suspect", "asystole")
SPEAKS: dict[Quantity, tuple[Code, ...]] = {
    "heart_rate": ("heart_rate", "pulse_rate"),
    "spo2": ("spo2",),
    "resp_rate": ("resp_rate",),
    "systolic": ("abp_systolic", "nibp_systolic"),
    "diastolic": ("abp_diastolic", "nibp_diastolic"),
    "temperature": ("temperature",),
    "etco2": ("etco2",),
}


class Span(NamedTuple):
    """One alarm from the second it was raised to the second it ended; None: to the last sample."""

    key: str
    priority: str
    begun_s: float
    ended_s: float | None
    worst: float | None


class Sample(NamedTuple):
    """One quantity at one second; ``word`` is what the device says of the code that comes first."""

    at_s: float
    value: float | None
    word: str
    is_spot: bool


Moments = Sequence[tuple[float, Mapping[Code, Judged]]]


def column(moments: Moments, quantity: Quantity) -> list[Sample]:
    """What was said of a quantity, sample by sample; silence about it leaves no row."""
    found = []
    for at_s, judged in moments:
        said = [code for code in SPEAKS[quantity] if code in judged]
        if not said:
            continue
        usable = next((code for code in said if judged[code].state in USABLE), None)
        value = None if usable is None else judged[usable].value
        is_cuff = usable is not None and usable.startswith("nibp")
        found.append(Sample(at_s, value, judged[said[0]].state, is_cuff))
    return found


def spans(moments: Moments, limits: Sequence[Limit], policy: AlarmPolicy) -> list[Span]:
    """Every alarm of the recording, by key and then by time. Needs one limit on each side."""
    keys = [limit.key for limit in limits]
    assert len(keys) == len(set(keys)), "two steps on one side escalate: not worked out here"
    found = [span for limit in limits for span in _of_limit(moments, limit, policy)]
    heart = column(moments, "heart_rate")
    breath = [one for one in column(moments, "resp_rate") if one.value is not None]
    probe = column(moments, "spo2")
    technical_s = policy.technical_s
    found += _of_event(heart, "asystole", "high", lambda s: s.word == "asystole", 0.0, policy)
    found += _of_event(
        heart, "leads_off", "low", lambda s: s.word == "leads_off", technical_s, policy
    )
    found += _of_event(
        probe, "probe_off", "low", lambda s: s.word == "probe_off", technical_s, policy
    )
    found += _of_event(breath, "apnoea", "high", lambda s: s.value == 0, policy.apnoea_s, policy)
    return sorted(found, key=lambda one: (one.key, one.begun_s))


def _of_limit(moments: Moments, limit: Limit, policy: AlarmPolicy) -> list[Span]:
    rows = [one for one in column(moments, limit.quantity) if one.value is not None]
    values = [one.value for one in rows if one.value is not None]
    times, spots = [one.at_s for one in rows], [one.is_spot for one in rows]
    sign = 1.0 if limit.side == "low" else -1.0  # how far inside, whichever side it is
    inside = [sign * (value - limit.value) for value in values]
    broken = [far < 0 or (far == 0 and limit.is_inclusive) for far in inside]
    band = policy.dead_band[limit.quantity]
    clear = [far >= band and not bad for far, bad in zip(inside, broken, strict=True)]
    delay_s = policy.delay_s[limit.quantity]
    begins = _ripe(times, broken, spots, delay_s, policy.samples, 2 * max(delay_s, 1.0))
    ends = _ripe(times, clear, spots, policy.clear_s, 1, 2 * max(policy.clear_s, 1.0))
    found = []
    for first, last in _pairs(begins, ends):
        during = values[first : len(values) if last is None else last + 1]
        worst = min(during) if limit.side == "low" else max(during)
        ended_s = None if last is None else times[last]
        found.append(Span(limit.key, limit.priority, times[first], ended_s, worst))
    return found


def _of_event(
    rows: Sequence[Sample],
    key: str,
    priority: str,
    is_so: Callable[[Sample], bool],
    delay_s: float,
    policy: AlarmPolicy,
) -> list[Span]:
    times, so = [one.at_s for one in rows], [is_so(one) for one in rows]
    never = [False] * len(rows)
    gap_s = 2 * max(delay_s, policy.clear_s)
    begins = _ripe(times, so, never, delay_s, policy.samples, gap_s)
    ends = _ripe(times, [not one for one in so], never, policy.clear_s, 1, gap_s)
    return [
        Span(key, priority, times[first], None if last is None else times[last], None)
        for first, last in _pairs(begins, ends)
    ]


def _ripe(
    times: Sequence[float],
    so: Sequence[bool],
    spots: Sequence[bool],
    for_s: float,
    samples: int,
    gap_s: float,
) -> list[bool]:
    """At each sample: the run of samples that are so, ending here, is long enough."""
    found, start = [], 0
    for now, is_so in enumerate(so):
        is_continued = now > start and so[now - 1] and times[now] - times[now - 1] <= gap_s
        if not (is_so and is_continued):
            start = now
        is_long = times[now] - times[start] >= for_s and now - start + 1 >= samples
        found.append(is_so and (is_long or spots[now]))
    return found


def _pairs(begins: Sequence[bool], ends: Sequence[bool]) -> list[tuple[int, int | None]]:
    """From the first begin to the first end after it, and so on; None: it never ended."""
    found: list[tuple[int, int | None]] = []
    for now, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        is_open = bool(found) and found[-1][1] is None
        if is_open and end:
            found[-1] = (found[-1][0], now)
        elif not is_open and begin:
            found.append((now, None))
    return found

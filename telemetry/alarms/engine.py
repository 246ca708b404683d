"""Limits over time: the alarms of one patient, raised, held, latched and acknowledged. Pure.

    quiet --broken for delay_s and by `samples` samples--> standing --inside for clear_s--> quiet
    standing, high, not acknowledged --inside for clear_s--> latched --acknowledged--> quiet
    standing --not measured any more--> held --measured again--> standing, or quiet when inside

Everything follows from the samples and their own times: the same samples in the same order give the
same alarms, live or a year later, and silence alone changes nothing. So a late sample must not be
given to the live engine at all: an old alarm would sound as new. The list for a recording is what
the engine says of all its samples in order (`alarms_of`).

A missing sample neither raises nor ends anything: leads that fell off do not make a slow heart
well. What breaks a limit of higher priority than the alarm was raised for escalates it, after the
same delay; the acknowledgement of the lower one is then void.

Not here: which limits (`telemetry.alarms.limits`), whether a number can be true
(`telemetry.plausibility`), when a feed counts as lost (`telemetry.feed`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from telemetry.alarms.model import (
    PRIORITY_RANK,
    Alarm,
    AlarmChange,
    AlarmPolicy,
    Change,
    Limit,
    Priority,
    Quantity,
    Technical,
)

_FORGET_FACTOR: Final = 2.0  # POLICY: a break not seen again for twice its delay was something else
_NEVER: Final = -1.0

Word = Literal["measured", "asystole", "leads_off", "probe_off", "absent"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity at one instant; ``value`` is None exactly where nothing usable was measured.

    ``is_spot``: measured now and then (a cuff), so that one value speaks for itself.
    """

    value: float | None
    word: Word = "measured"
    is_spot: bool = False


class _Watch:
    """One condition: since when it has been so, and for how many samples."""

    __slots__ = ("count", "last_s", "since_s")

    def __init__(self) -> None:
        self.since_s = self.last_s = _NEVER
        self.count = 0

    def see(self, is_so: bool, at_s: float, forget_s: float) -> float:
        """For how many seconds it has been so, this sample included; below 0: it is not so."""
        if not is_so:
            self.count = 0
            return _NEVER
        if self.count == 0 or at_s - self.last_s > forget_s:
            self.since_s, self.count = at_s, 0
        self.last_s = at_s
        self.count += 1
        return at_s - self.since_s


class _Condition:
    """Everything known under one key; ``alarm`` None is quiet."""

    __slots__ = ("alarm", "broken", "clear", "limits")

    def __init__(self, limits: tuple[Limit, ...] = ()) -> None:
        self.limits = tuple(sorted(limits, key=lambda one: -PRIORITY_RANK[one.priority]))
        self.broken = [_Watch() for _ in self.limits] or [_Watch()]
        self.clear = _Watch()
        self.alarm: Alarm | None = None


class AlarmEngine:
    """The alarms of one patient. Times ``at_s`` are monotonic seconds of the samples, ``at`` theirs
    on the core's clock; calls come in that order."""

    def __init__(self, limits: Iterable[Limit], policy: AlarmPolicy) -> None:
        self._policy = policy
        self._conditions: dict[str, _Condition] = {}
        self._sides: dict[Quantity, list[str]] = {}
        self._use(limits)

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """What stands now, latched ones included; the most urgent first, then the oldest."""
        found = [held.alarm for held in self._conditions.values() if held.alarm is not None]
        return tuple(
            sorted(found, key=lambda one: (-PRIORITY_RANK[one.priority], one.raised_at, one.key))
        )

    def set_limits(self, limits: Iterable[Limit], at: datetime) -> tuple[AlarmChange, ...]:
        """Other limits from the next sample on; an alarm whose limit is gone goes with it."""
        before = self._conditions
        self._use(limits)
        changes: list[AlarmChange] = []
        for key, held in before.items():
            if held.alarm is None:
                continue
            if held.alarm.quantity is None or key in self._conditions:
                self._condition(key).alarm = held.alarm
                continue
            gone = msgspec.structs.replace(held.alarm, ended_at=at, is_held=False)
            changes.append(AlarmChange(change="cleared", alarm=gone, at=at))
        return tuple(changes)

    def restore(self, alarms: Iterable[Alarm]) -> None:
        """What stood before a restart stands again; nothing is told anew."""
        for alarm in alarms:
            self._condition(alarm.key).alarm = alarm

    def observe(
        self, readings: Mapping[Quantity, Reading], at_s: float, at: datetime
    ) -> tuple[AlarmChange, ...]:
        """One sample that is not late: what it raises, holds and ends."""
        changes: list[AlarmChange] = []
        for quantity, reading in readings.items():
            changes += self._words(quantity, reading, at_s, at)
            for key in self._sides.get(quantity, ()):
                changes += self._limit(self._conditions[key], quantity, reading, at_s, at)
        return tuple(changes)

    def technical(self, kind: Technical, is_on: bool, at: datetime) -> tuple[AlarmChange, ...]:
        """A technical condition that was judged elsewhere (a lost feed) began or ended."""
        condition = self._condition(kind)
        if is_on and condition.alarm is None:
            return (self._raise(condition, _sign(kind, "medium", at), "raised", at),)
        if not is_on and condition.alarm is not None:
            return (self._end(condition, condition.alarm, at),)
        return ()

    def acknowledge(self, key: str, who: str, at: datetime) -> AlarmChange | None:
        """A named person has seen it; None when nothing stands under ``key`` or it was seen."""
        condition = self._conditions.get(key)
        if condition is None or condition.alarm is None or condition.alarm.acknowledged_by:
            return None
        seen = msgspec.structs.replace(condition.alarm, acknowledged_by=who, acknowledged_at=at)
        if seen.ended_at is not None:
            condition.alarm = None
            return AlarmChange(change="cleared", alarm=seen, at=at)
        return self._raise(condition, seen, "acknowledged", at)

    def _use(self, limits: Iterable[Limit]) -> None:
        by_key: dict[str, list[Limit]] = {}
        for one in limits:
            by_key.setdefault(one.key, []).append(one)
        self._conditions = {key: _Condition(tuple(found)) for key, found in by_key.items()}
        self._sides = {}
        for key, found in by_key.items():
            self._sides.setdefault(found[0].quantity, []).append(key)

    def _limit(
        self,
        condition: _Condition,
        quantity: Quantity,
        reading: Reading,
        at_s: float,
        at: datetime,
    ) -> Iterator[AlarmChange]:
        value = reading.value
        if value is None:
            yield from self._hold(condition, at)
            return
        yield from self._resume(condition, at)
        yield from self._break(condition, quantity, reading, at_s, at)
        alarm = condition.alarm
        if alarm is None or alarm.ended_at is not None:
            return
        condition.alarm = alarm = _worse(alarm, value)
        band = self._policy.dead_band[quantity]
        is_clear = all(limit.is_clear_of(value, band) for limit in condition.limits)
        forget_s = max(self._policy.clear_s, 1.0) * _FORGET_FACTOR
        clear_s = condition.clear.see(is_clear, at_s, forget_s)
        if is_clear and (clear_s >= self._policy.clear_s or reading.is_spot):
            yield self._end(condition, alarm, at)

    def _break(
        self,
        condition: _Condition,
        quantity: Quantity,
        reading: Reading,
        at_s: float,
        at: datetime,
    ) -> Iterator[AlarmChange]:
        """Raise for the most urgent limit that has been broken for long enough."""
        value = reading.value
        assert value is not None  # noqa: S101 - the caller looked
        delay_s = self._policy.delay_s[quantity]
        ripe: Limit | None = None
        for limit, watch in zip(condition.limits, condition.broken, strict=False):
            is_broken = limit.is_broken_by(value)
            broken_s = watch.see(is_broken, at_s, max(delay_s, 1.0) * _FORGET_FACTOR)
            is_long = broken_s >= delay_s and watch.count >= self._policy.samples
            if ripe is None and is_broken and (is_long or reading.is_spot):
                ripe = limit
        alarm = condition.alarm
        if ripe is None:
            return
        if alarm is None or alarm.ended_at is not None:
            yield self._raise(condition, _alarm_of(ripe, value, at), "raised", at)
        elif PRIORITY_RANK[ripe.priority] > PRIORITY_RANK[alarm.priority]:
            yield self._raise(condition, _alarm_of(ripe, value, at), "escalated", at)

    def _words(
        self, quantity: Quantity, reading: Reading, at_s: float, at: datetime
    ) -> Iterator[AlarmChange]:
        """What the device itself says, and a chest that does not move."""
        policy = self._policy
        if quantity == "heart_rate":
            yield from self._event("asystole", "high", reading.word == "asystole", 0.0, at_s, at)
            yield from self._event(
                "leads_off", "low", reading.word == "leads_off", policy.technical_s, at_s, at
            )
        elif quantity == "spo2":
            yield from self._event(
                "probe_off", "low", reading.word == "probe_off", policy.technical_s, at_s, at
            )
        elif quantity == "resp_rate" and reading.value is not None:
            yield from self._event("apnoea", "high", reading.value == 0, policy.apnoea_s, at_s, at)

    def _event(
        self,
        key: str,
        priority: Priority,
        is_so: bool,
        delay_s: float,
        at_s: float,
        at: datetime,
    ) -> Iterator[AlarmChange]:
        condition = self._conditions.get(key)
        if condition is None and not is_so:
            return
        condition = condition or self._condition(key)
        alarm, watch = condition.alarm, condition.broken[0]
        forget_s = max(delay_s, self._policy.clear_s) * _FORGET_FACTOR
        lasted_s = watch.see(is_so, at_s, forget_s)
        stands = alarm is not None and alarm.ended_at is None
        if is_so and not stands and lasted_s >= delay_s and watch.count >= self._policy.samples:
            yield self._raise(condition, _sign(key, priority, at), "raised", at)
        elif stands and alarm is not None:
            quiet_s = condition.clear.see(not is_so, at_s, forget_s)
            if not is_so and quiet_s >= self._policy.clear_s:
                yield self._end(condition, alarm, at)

    def _hold(self, condition: _Condition, at: datetime) -> Iterator[AlarmChange]:
        alarm = condition.alarm
        if alarm is not None and alarm.ended_at is None and not alarm.is_held:
            held = msgspec.structs.replace(alarm, is_held=True)
            yield self._raise(condition, held, "held", at)

    def _resume(self, condition: _Condition, at: datetime) -> Iterator[AlarmChange]:
        if condition.alarm is not None and condition.alarm.is_held:
            back = msgspec.structs.replace(condition.alarm, is_held=False)
            yield self._raise(condition, back, "resumed", at)

    def _raise(
        self, condition: _Condition, alarm: Alarm, change: Change, at: datetime
    ) -> AlarmChange:
        condition.alarm = alarm
        if change in ("raised", "escalated"):
            condition.clear = _Watch()
        return AlarmChange(change=change, alarm=alarm, at=at)

    def _end(self, condition: _Condition, alarm: Alarm, at: datetime) -> AlarmChange:
        over = msgspec.structs.replace(alarm, ended_at=at, is_held=False)
        condition.clear = _Watch()
        if alarm.priority == "high" and not alarm.acknowledged_by:
            condition.alarm = over
            return AlarmChange(change="ended", alarm=over, at=at)
        condition.alarm = None
        return AlarmChange(change="cleared", alarm=over, at=at)

    def _condition(self, key: str) -> _Condition:
        return self._conditions.setdefault(key, _Condition())


def alarms_of(
    samples: Iterable[tuple[Mapping[Quantity, Reading], float, datetime]],
    limits: Iterable[Limit],
    policy: AlarmPolicy,
) -> list[AlarmChange]:
    """What a whole recording alarms; its samples in order, each (readings, seconds, time)."""
    engine = AlarmEngine(limits, policy)
    return [change for sample in samples for change in engine.observe(*sample)]


def _alarm_of(limit: Limit, value: float, at: datetime) -> Alarm:
    return Alarm(
        key=limit.key,
        priority=limit.priority,
        quantity=limit.quantity,
        side=limit.side,
        limit=limit.value,
        source=limit.source,
        value=value,
        raised_at=at,
    )


def _sign(key: str, priority: Priority, at: datetime) -> Alarm:
    """An alarm without a limit: the device's word, or a technical condition."""
    return Alarm(
        key=key,
        priority=priority,
        quantity=None,
        side=None,
        limit=None,
        source="device" if key in ("asystole", "leads_off", "probe_off") else "greenlane",
        value=None,
        raised_at=at,
    )


def _worse(alarm: Alarm, value: float) -> Alarm:
    """The alarm with the value farthest beyond the limit so far."""
    had = alarm.value
    if had is None or alarm.side is None:
        return alarm
    is_worse = value < had if alarm.side == "low" else value > had
    return msgspec.structs.replace(alarm, value=value) if is_worse else alarm

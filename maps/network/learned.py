"""What a county's own recorded drives say about the estimates: a correction, and its honesty.

The logarithm of observed over estimated time is taken as a county-wide bias, an effect of the part
of the day and one of the priority, and scatter (after Westgate et al. 2016, whose model is also one
of whole trips). Each effect is a mean shrunk towards none: `PRIOR_DRIVES` drives without error are
added to those seen, so that three odd trips change little and three hundred are believed.

Estimates must be those made without a correction, or the correction would feed on itself.

Not here: which drives count (from wheels rolling to arrival, without detours), a question for the
log; and how long a crew needs to start.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import msgspec

PRIOR_DRIVES: Final = 20.0  # POLICY: how many drives the belief "no error" is worth
PRIOR_SPREAD: Final = 0.25  # POLICY: scatter of ln(observed/estimated) before any drive is known
MAX_RATIO: Final = 5.0  # a drive five times as long or short had another cause than the road
ALARM_BIAS: Final = 0.1  # DISPATCH practice: a median log error beyond this is told to people
MIN_TOLD: Final = 10  # a bias of fewer drives is chance

PERIODS: Final = ("night", "morning", "day", "evening")


class Drive(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded drive: seconds, the local hour (0-23) and the priority it was driven for."""

    estimated_s: float
    observed_s: float
    hour: int
    priority: str


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """The correction: logarithms to add, and the scatter (standard deviation of the logarithm)."""

    overall: float = 0.0
    by_period: dict[str, float] = {}
    by_priority: dict[str, float] = {}
    spread: float = PRIOR_SPREAD
    drives: int = 0

    def factor(self, hour: int, priority: str) -> float:
        """By what an estimate is multiplied."""
        return math.exp(self._effect(hour, priority))

    def key(self, hour: int, priority: str) -> float:
        """Equal for hours and priorities that are corrected alike."""
        return self._effect(hour, priority)

    def _effect(self, hour: int, priority: str) -> float:
        period = self.by_period.get(period_of(hour), 0.0)
        return self.overall + period + self.by_priority.get(priority, 0.0)


class Bias(msgspec.Struct, frozen=True, kw_only=True):
    """The error left in one group: the median of ln(observed/estimated), and whether to warn."""

    group: str
    drives: int
    median_log_error: float
    is_alarming: bool


def period_of(hour: int) -> str:
    """The part of the day: night 22-5, morning 6-9, day 10-16, evening 17-21."""
    if hour >= 22 or hour <= 5:
        return "night"
    return "morning" if hour <= 9 else "day" if hour <= 16 else "evening"


def learn(drives: Iterable[Drive]) -> Learned:
    """The correction from recorded drives; one that cannot be about the road is left out."""
    found = [(drive, _log_ratio(drive)) for drive in drives]
    used = [(drive, error) for drive, error in found if error is not None]
    errors = [error for _drive, error in used]
    overall = _shrunk(errors)
    errors = [error - overall for error in errors]
    periods = [period_of(drive.hour) for drive, _error in used]
    by_period = _effects(errors, periods)
    errors = [error - by_period[name] for error, name in zip(errors, periods, strict=True)]
    priorities = [drive.priority for drive, _error in used]
    by_priority = _effects(errors, priorities)
    errors = [error - by_priority[name] for error, name in zip(errors, priorities, strict=True)]
    squares = PRIOR_DRIVES * PRIOR_SPREAD**2 + sum(error * error for error in errors)
    return Learned(
        overall=overall,
        by_period=by_period,
        by_priority=by_priority,
        spread=math.sqrt(squares / (PRIOR_DRIVES + len(used))),
        drives=len(used),
    )


def biases(drives: Iterable[Drive], learned: Learned) -> list[Bias]:
    """What error is left after the correction: over all, by part of the day, by priority."""
    left: dict[str, list[float]] = {name: [] for name in ("all", *PERIODS)}
    for drive in drives:
        error = _log_ratio(drive)
        if error is None:
            continue
        error -= math.log(learned.factor(drive.hour, drive.priority))
        for group in ("all", period_of(drive.hour), drive.priority):
            left.setdefault(group, []).append(error)
    return [_bias(group, errors) for group, errors in left.items()]


def _bias(group: str, errors: Sequence[float]) -> Bias:
    middle = median(errors) if errors else 0.0
    is_alarming = len(errors) >= MIN_TOLD and abs(middle) > ALARM_BIAS
    return Bias(group=group, drives=len(errors), median_log_error=middle, is_alarming=is_alarming)


def _log_ratio(drive: Drive) -> float | None:
    if drive.estimated_s <= 0 or drive.observed_s <= 0:
        return None
    error = math.log(drive.observed_s / drive.estimated_s)
    return error if abs(error) <= math.log(MAX_RATIO) else None


def _shrunk(errors: Sequence[float]) -> float:
    return sum(errors) / (len(errors) + PRIOR_DRIVES)


def _effects(errors: Sequence[float], groups: Sequence[str]) -> dict[str, float]:
    names = sorted(set(groups))
    return {
        name: _shrunk([e for e, group in zip(errors, groups, strict=True) if group == name])
        for name in names
    }

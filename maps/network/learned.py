"""What a county's own recorded drives say about the estimates: a correction, and its honesty.

The logarithm of observed over estimated time is taken as a county-wide bias, an effect of the part
of the day and one of the priority, and scatter (after Westgate et al. 2016, whose model is also one
of whole trips). Each effect is a mean shrunk towards none: `PRIOR_DRIVES` drives without error are
added to those seen, so that three odd trips change little and three hundred are believed. Part of
the day and priority are fitted to each other in turns, so that a priority driven mostly at night is
not charged with the night.

Estimates must be those made without a correction, or the correction would feed on itself.

Not here: which drives count (`drives`), how they are judged together (`learning`), the file
(`learned_file`); and how long a crew needs to start.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import median, stdev
from typing import Final

import msgspec

PRIOR_DRIVES: Final = 20.0  # POLICY: how many drives the belief "no error" is worth
PRIOR_SPREAD: Final = 0.25  # POLICY: scatter of ln(observed/estimated) before any drive is known
MAX_RATIO: Final = 5.0  # a drive five times as long or short had another cause than the road
ALARM_BIAS: Final = 0.1  # DISPATCH practice: a median log error beyond this is told to people
MIN_TOLD: Final = 10  # a bias of fewer drives is chance, and so is one within two standard errors
_MEDIAN_SE: Final = 1.2533  # sqrt(pi / 2): a median's standard error over a mean's, if normal
_TURNS: Final = 30  # of fitting one effect to the other; what is left moves no estimate by 1 %

PERIODS: Final = ("night", "morning", "day", "evening")


class Drive(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded drive: seconds, the local hour (0-23) and the priority it was driven for.

    ``leg`` (to_scene, to_hospital) and ``road`` (the class it mostly went along) only group what is
    told of the error; "" where they are not known.
    """

    estimated_s: float
    observed_s: float
    hour: int
    priority: str
    leg: str = ""
    road: str = ""

    @property
    def log_error(self) -> float:
        """ln(observed / estimated); nan where one of them is no time."""
        if self.estimated_s <= 0 or self.observed_s <= 0:
            return math.nan
        return math.log(self.observed_s / self.estimated_s)

    @property
    def is_odd(self) -> bool:
        """Whether its error is too large (`MAX_RATIO`) to be about the road, or there is none."""
        return not abs(self.log_error) <= math.log(MAX_RATIO)


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
        effect = self.overall + period + self.by_priority.get(priority, 0.0)
        limit = math.log(MAX_RATIO)  # a night and a priority never seen together may add up to more
        return min(limit, max(-limit, effect))


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
    used = [drive for drive in drives if not drive.is_odd]
    overall = _shrunk([drive.log_error for drive in used])
    left = [drive.log_error - overall for drive in used]
    periods = [period_of(drive.hour) for drive in used]
    priorities = [drive.priority for drive in used]
    by_period = dict.fromkeys(periods, 0.0)
    by_priority = dict.fromkeys(priorities, 0.0)
    for _turn in range(_TURNS):
        by_period = _effects(_without(left, by_priority, priorities), periods)
        by_priority = _effects(_without(left, by_period, periods), priorities)
    errors = _without(_without(left, by_period, periods), by_priority, priorities)
    squares = PRIOR_DRIVES * PRIOR_SPREAD**2 + sum(error * error for error in errors)
    return Learned(
        overall=overall,
        by_period=by_period,
        by_priority=by_priority,
        spread=math.sqrt(squares / (PRIOR_DRIVES + len(used))),
        drives=len(used),
    )


def biases(drives: Iterable[Drive], learned: Learned) -> list[Bias]:
    """What error is left after the correction: see `groups_of` for the groups it is told of."""
    left: dict[str, list[float]] = {name: [] for name in ("all", *PERIODS)}
    for drive in drives:
        if drive.is_odd:
            continue
        error = drive.log_error - math.log(learned.factor(drive.hour, drive.priority))
        for group in groups_of(drive):
            left.setdefault(group, []).append(error)
    return [_bias(group, errors) for group, errors in left.items()]


def groups_of(drive: Drive) -> list[str]:
    """The groups a drive counts in: all, its part of the day, priority, leg and road class."""
    named = [drive.priority, f"leg:{drive.leg}" * bool(drive.leg)]
    named.append(f"road:{drive.road}" * bool(drive.road))
    return ["all", period_of(drive.hour), *(name for name in named if name)]


def _bias(group: str, errors: Sequence[float]) -> Bias:
    middle = median(errors) if errors else 0.0
    is_alarming = False
    if len(errors) >= MIN_TOLD:
        chance = _MEDIAN_SE * stdev(errors) / math.sqrt(len(errors))
        is_alarming = abs(middle) > max(ALARM_BIAS, 2 * chance)
    return Bias(group=group, drives=len(errors), median_log_error=middle, is_alarming=is_alarming)


def _shrunk(errors: Sequence[float]) -> float:
    return sum(errors) / (len(errors) + PRIOR_DRIVES)


def _effects(errors: Sequence[float], groups: Sequence[str]) -> dict[str, float]:
    members: dict[str, list[float]] = {name: [] for name in sorted(set(groups))}
    for error, group in zip(errors, groups, strict=True):
        members[group].append(error)
    return {name: _shrunk(found) for name, found in members.items()}


def _without(
    errors: Sequence[float], effects: dict[str, float], groups: Sequence[str]
) -> list[float]:
    return [error - effects[group] for error, group in zip(errors, groups, strict=True)]

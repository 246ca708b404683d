"""From recorded drives to a correction, with what must be told of it.

Every drive is estimated as it would have been without any correction, on the map of today; a drive
that breaks a rule (`drives.FAULTS`) is left out and counted under its name. What remains is learned
from, and judged twice: on itself, and honestly, by a correction that knows the first four fifths of
the time only and is asked about the last.

Not here: the model (`learned`), where drives come from (`drive_file`, the log), the file
(`learned_file`). Pure.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from maps.network.drives import FAULTS, Recorded, fault_as_recorded, fault_by_map
from maps.network.learned import Bias, Drive, Learned, biases, groups_of, learn
from maps.network.travel import Roads, RoadTravel
from maps.travel import P80_Z, StraightLineTravel

KNOWN_SHARE: Final = 0.8  # of the drives by time; the last fifth is what is asked about
MIN_HELD_OUT: Final = 20  # fewer say nothing about a share of four in five


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Of one group: the shares of drives that ended within the P50 and within the P80."""

    group: str
    drives: int
    within_p50: float
    within_p80: float


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """The correction of the earlier drives, asked about the later ones (from ``since``, ISO).

    ``log_error_before`` and ``_after`` are mean absolute errors of ln(observed/estimated).
    """

    since: str
    learned_from: int
    asked_about: int
    log_error_before: float
    log_error_after: float
    bias_before: list[Bias]
    bias_after: list[Bias]
    calibration: list[Calibration]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """What the drives taught; ``left_out`` counts by rule. ``since`` and ``until`` are ISO times.

    ``held_out`` is None where the last fifth holds too few drives to say anything.
    """

    learned: Learned
    used: int
    left_out: dict[str, int]
    since: str | None
    until: str | None
    bias_before: list[Bias]
    bias_after: list[Bias]
    calibration: list[Calibration]
    held_out: HeldOut | None


Dated = tuple[Recorded, Drive]


def lesson_of(recorded: Iterable[Recorded | str], roads: Roads, zone: ZoneInfo) -> Lesson:
    """Learn from drives over ``roads``; ``zone`` is the county's, whose hours count.

    Instead of a drive that its source could not even write down stands the rule it broke.
    """
    found, left_out = _judged(recorded, roads, zone)
    found.sort(key=lambda one: one[0].started_at)
    drives = [drive for _recorded, drive in found]
    learned = learn(drives)
    return Lesson(
        learned=learned,
        used=len(drives),
        left_out={rule: left_out[rule] for rule in FAULTS if left_out[rule]},
        since=found[0][0].started_at.isoformat() if found else None,
        until=found[-1][0].started_at.isoformat() if found else None,
        bias_before=biases(drives, Learned()),
        bias_after=biases(drives, learned),
        calibration=calibration(drives, learned),
        held_out=_held_out(found),
    )


def calibration(drives: Iterable[Drive], learned: Learned) -> list[Calibration]:
    """How often the drives of each group (`groups_of`) ended within the P50 and the P80."""
    counts: dict[str, list[int]] = {}
    for drive in drives:
        p50_s = drive.estimated_s * learned.factor(drive.hour, drive.priority)
        p80_s = p50_s * math.exp(P80_Z * learned.spread)
        for group in groups_of(drive):
            row = counts.setdefault(group, [0, 0, 0])
            row[0] += 1
            row[1] += drive.observed_s <= p50_s
            row[2] += drive.observed_s <= p80_s
    return [
        Calibration(group=group, drives=all_, within_p50=p50 / all_, within_p80=p80 / all_)
        for group, (all_, p50, p80) in counts.items()
    ]


def _judged(
    recorded: Iterable[Recorded | str], roads: Roads, zone: ZoneInfo
) -> tuple[list[Dated], Counter[str]]:
    straight = StraightLineTravel()
    free, then = (RoadTravel(roads, straight, zone) for _ in range(2))
    found: list[Dated] = []
    left_out: Counter[str] = Counter()
    for one in recorded:
        if isinstance(one, str):
            left_out[one] += 1
            continue
        drive = fault_as_recorded(one) or _on_map(one, free, then, zone)
        if isinstance(drive, str):
            left_out[drive] += 1
        else:
            found.append((one, drive))
    return found, left_out


def _on_map(one: Recorded, free: RoadTravel, then: RoadTravel, zone: ZoneInfo) -> Drive | str:
    """The drive with its estimate, or the rule that it breaks."""
    view = free.when(one.started_at, one.priority)
    (estimate,) = view.to_many(one.origin, [one.destination])
    closed = estimate
    if one.closures:
        then.set_closures(one.closures)
        at_the_time = then.when(one.started_at, one.priority)
        (closed,) = at_the_time.to_many(one.origin, [one.destination])
    if fault := fault_by_map(one, estimate, closed):
        return fault
    drive = Drive(
        estimated_s=estimate.duration_s,
        observed_s=one.observed_s,
        hour=one.started_at.astimezone(zone).hour,
        priority=one.priority,
        leg=one.leg,
        road=view.mostly(one.origin, one.destination),
    )
    return "odd_ratio" if drive.is_odd else drive


def _held_out(found: Sequence[Dated]) -> HeldOut | None:
    """``found`` is in order of time."""
    cut = math.ceil(len(found) * KNOWN_SHARE)
    asked = [drive for _recorded, drive in found[cut:]]
    if len(asked) < MIN_HELD_OUT:
        return None
    learned = learn(drive for _recorded, drive in found[:cut])
    return HeldOut(
        since=found[cut][0].started_at.isoformat(),
        learned_from=cut,
        asked_about=len(asked),
        log_error_before=_mean_error(asked, Learned()),
        log_error_after=_mean_error(asked, learned),
        bias_before=biases(asked, Learned()),
        bias_after=biases(asked, learned),
        calibration=calibration(asked, learned),
    )


def _mean_error(drives: Sequence[Drive], learned: Learned) -> float:
    left = [abs(one.log_error - learned.key(one.hour, one.priority)) for one in drives]
    return sum(left) / len(left)

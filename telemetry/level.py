"""The triage level of a patient from NEWS2, with hysteresis. Pure.

    emergency   total or lower bound >= 7                    (RCP 2017)
    urgent      5-6, or any single parameter at 3            (RCP 2017)
    low         1-4                                          (RCP 2017)
    none        0
    unknown     no vital sign measured
    unscored    NEWS2 does not apply: nobody on board, age unknown, under 16, or pregnant

Hysteresis (POLICY, to be signed by the county's medical director). A level rises when two
consecutive new samples, or three seconds, say so: one artefact does not call a team. It falls only
after the lower level has held for a minute, and never because a measurement went missing: what
scored when the level was set must be measured again and be better. Until then it is held, and the
screens say so.
"""

from typing import Final

from telemetry.ports import Level, NotApplicable, PatientContext
from telemetry.scores.news2 import NUMERIC_PARTS, News2Result, Part

ADULT_FROM_YEARS: Final = 16.0  # RCP 2017: NEWS2 is for 16 and over
RISE_SAMPLES: Final = 2  # POLICY
RISE_S: Final = 3.0  # POLICY
FALL_S: Final = 60.0  # POLICY

_RANK: Final[dict[Level, int]] = {
    "unscored": -1,
    "unknown": 0,
    "none": 1,
    "low": 2,
    "urgent": 3,
    "emergency": 4,
}


def why_not_applicable(context: PatientContext) -> NotApplicable:
    """Why NEWS2 must not be used for whoever is in the unit; "" when it may (RCP 2017)."""
    if context.patient_id is None:
        return "no_patient"
    if context.pregnant:
        return "pregnant"
    if context.age_years is None:
        return "age_unknown"
    return "child" if context.age_years < ADULT_FROM_YEARS else ""


def level_of(result: News2Result) -> Level:
    """The level that one result calls for, before hysteresis."""
    if result.response == "urgent_ward":
        return "urgent"
    is_nothing_measured = set(result.missing) >= NUMERIC_PARTS
    if is_nothing_measured and result.lower_bound < 3:
        return "unknown"  # air and alert, as the crew said, are not vital signs
    return result.response


class LevelTracker:
    """The level of one patient over time; times are monotonic seconds."""

    def __init__(self, level: Level = "unknown") -> None:
        self.level: Level = level
        self.is_held = False
        self._basis: frozenset[Part] = frozenset()
        self._rising_since_s: float | None = None
        self._rising_samples = 0
        self._falling_since_s: float | None = None

    def observe(self, result: News2Result, now_s: float, is_new_sample: bool) -> Level | None:
        """Take one evaluation; the previous level when the level changed, else None.

        `is_new_sample` is False when only time has passed (values grew old).
        """
        wanted = level_of(result)
        self.is_held = False
        if _RANK[wanted] > _RANK[self.level]:
            return self._rise(wanted, result, now_s, is_new_sample)
        self._rising_since_s, self._rising_samples = None, 0
        if wanted == self.level:
            self._falling_since_s = None
            self._confirm(result)
            return None
        return self._fall(wanted, result, now_s)

    def not_applicable(self) -> Level | None:
        """NEWS2 does not apply (any more): unscored at once; the previous level when it changed."""
        previous, self.level = self.level, "unscored"
        self.is_held, self._basis = False, frozenset()
        self._rising_since_s, self._rising_samples = None, 0
        self._falling_since_s = None
        return None if previous == "unscored" else previous

    def _rise(
        self, wanted: Level, result: News2Result, now_s: float, is_new_sample: bool
    ) -> Level | None:
        self._falling_since_s = None
        if self._rising_since_s is None:
            self._rising_since_s = now_s
        self._rising_samples += is_new_sample
        if self._rising_samples < RISE_SAMPLES and now_s - self._rising_since_s < RISE_S:
            return None
        return self._become(wanted, result)

    def _fall(self, wanted: Level, result: News2Result, now_s: float) -> Level | None:
        if self._basis & frozenset(result.missing):
            self._falling_since_s, self.is_held = None, True
            return None
        if self._falling_since_s is None:
            self._falling_since_s = now_s
        if now_s - self._falling_since_s < FALL_S:
            return None
        return self._become(wanted, result)

    def _become(self, wanted: Level, result: News2Result) -> Level:
        previous, self.level = self.level, wanted
        self._rising_since_s, self._rising_samples = None, 0
        self._falling_since_s = None
        self._basis = frozenset()
        self._confirm(result)
        return previous

    def _confirm(self, result: News2Result) -> None:
        """Remember what scores at this level; what is missing now but scored before stays in."""
        scoring = frozenset(part for part, points in result.parts.items() if points)
        self._basis = scoring | (self._basis & frozenset(result.missing))

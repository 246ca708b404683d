"""What a criteria table of call triage is made of, and its numbers. Pure values.

The table itself is `criteria_table`; how a case meets it, unknown answers included, is `criteria`.
"""

import operator
from collections.abc import Callable
from typing import Final, Literal

import msgspec

from dispatch.triage.need import Pathway

Priority = Literal["P1", "P2", "P3", "P4"]
PRIORITIES: Final[tuple[Priority, ...]] = ("P1", "P2", "P3", "P4")
"""Worst first; the letters also sort so, hence the worst of several is their minimum."""

Comparison = Literal["<", "<=", ">", ">="]
COMPARE: Final[dict[Comparison, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Measure = Literal[
    "age_years",
    "age_months",
    "age_days",
    "gestation_weeks",
    "postpartum_days",
    "contraction_interval_min",
    "lkw_h",
    "fit_min",
    "duration_h",
    "fall_height_m",
    "burn_pct",
    "persons_hurt",
    "seriously_hurt",
    "temperature_cel",
    "resp_rate_per_min",
]


class CriteriaPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Every number of the criteria table, its unit in its name. POLICY: the medical director's.

    Borrowed from elsewhere: ``newborn_fast_per_min`` and ``newborn_cold_cel`` are newborn red flags
    (GK); ``adult_fast_per_min`` is what a counted rate must reach to be "obviously fast" (the red
    band of NEWS2, RCP 2017), ``adult_from_years`` where NEWS2 begins (RCP 2017).
    ``postpartum_days``: up to this day after birth a woman is a maternal patient.
    ``otherwise`` is the priority of a complaint of which nothing was found, ``all_denied`` of one
    whose P1 and P2 findings were all asked and denied. The rest are floors, below which a call with
    a finding that nobody could read, with breathing that is not normal, or for a newborn, pregnant
    or immunosuppressed patient is never put.
    """

    faint_age_years: float = 50
    chest_pain_age_years: float = 35
    adult_from_years: float = 16
    adult_fast_per_min: float = 25
    breathing_mild_h: float = 24
    lkw_h: float = 24
    fit_min: float = 5
    fit_infant_months: float = 6
    fall_height_m: float = 3
    persons_hurt: float = 2
    burn_pct: float = 20
    child_burn_pct: float = 10
    contraction_interval_min: float = 5
    bleed_weeks: float = 20
    term_weeks: float = 37
    postpartum_days: float = 42
    newborn_days: float = 28
    child_below_years: float = 16
    fever_cel: float = 38
    newborn_cold_cel: float = 36
    newborn_fast_per_min: float = 60
    seriously_hurt: float = 3
    otherwise: Priority = "P2"
    all_denied: Priority = "P3"
    unrecognised_not_below: Priority = "P2"
    breathing_not_below: Priority = "P2"
    vulnerable_not_below: Priority = "P3"


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the caller gives, against the field ``bound`` of the policy."""

    measure: Measure
    comparison: Comparison
    bound: str

    def holds(self, value: float, policy: CriteriaPolicy) -> bool:
        """Whether ``value``, in the unit of the measure, is on the criterion's side."""
        return COMPARE[self.comparison](value, getattr(policy, self.bound))


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One way into a cell: ``code`` itself answered yes, or all of what follows together.

    ``any_of`` and ``all_of`` are findings; ``actions`` are codes of what is to be done at once. In
    the wording {0} stands for the number of the first limit, so that it never differs from it.
    """

    code: str
    zh: str
    en: str
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    actions: tuple[str, ...] = ()

    def said(self, policy: CriteriaPolicy) -> tuple[str, str]:
        """The criterion in Chinese and English with the numbers of ``policy``."""
        numbers = [f"{getattr(policy, limit.bound):g}" for limit in self.limits]
        return self.zh.format(*numbers), self.en.format(*numbers)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint. ``tags`` are the pathways of its patients from P1 down to ``tags_to``.

    ``words`` are other names of the complaint. ``otherwise`` stands in for the policy's priority of
    a complaint of which nothing was found, where the row is graver than most.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    p1: tuple[Criterion, ...] = ()
    p2: tuple[Criterion, ...] = ()
    p3: tuple[Criterion, ...] = ()
    p4: tuple[Criterion, ...] = ()
    tags: tuple[Pathway, ...] = ()
    tags_to: Priority = "P2"
    otherwise: Priority | None = None

    @property
    def cells(self) -> tuple[tuple[Priority, tuple[Criterion, ...]], ...]:
        """The four cells, worst first."""
        return (("P1", self.p1), ("P2", self.p2), ("P3", self.p3), ("P4", self.p4))

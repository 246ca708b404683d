"""Ages by birthday, and which score is for whom. Pure.

    patient                                   scores, the first one leads      never
    16 years and over, not pregnant and       NEWS2; qSOFA and shock index     -
    more than 42 days after birth             beside it
    pregnant, or up to 42 days after birth    MEWC, MEOWS, obstetric shock     NEWS2
    (of any age)                              index
    29 days to under 16 years                 NPEWS; Bedside or Brighton       NEWS2
                                              PEWS instead of it
    up to 28 days                             newborn criteria and NPEWS       NEWS2
    age unknown                               NEWS2 and NPEWS; the worse       -
                                              one counts

Sources: RCP 2017 (NEWS2 from 16 years, not in pregnancy), NPEWS chart 2023 (bands by birthday); the
table itself is POLICY. Day 28 could be either row's; it is the newborn's here, whose scores include
the child's. Where an unknown would change the scores (age, pregnancy), both are computed and the
worse one counts: unknown is never "no".

An age is completed years, months and days by the calendar, never days divided by 365.25. Who was
born on a day that the month lacks has the birthday on the first of the next month: 29 February
counts on 1 March in common years, as in English practice and as the last day of the month ends a
period in Chinese civil law (Civil Code 2020, article 202).

Not here: the scores; the bands within the children's scores stand with each of them.
"""

import math
from datetime import date
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload

Group = Literal["adult", "maternal", "child", "newborn", "unknown"]

DAYS_IN_MONTH: Final = (28, 31)  # the shortest and the longest month of the calendar
DAYS_OF_FIRST_YEAR: Final = 365  # or 366: before so many days nobody is one year old


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """Completed years, months and days of life, each in whole since birth; None is unknown."""

    years: int | None = None
    months: int | None = None
    days: int | None = None


class WhomPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Who belongs to whom. Owner: the county's medical director.

    16 years is RCP 2017; 28 and 42 days are the newborn and the post-partum period. Between the two
    pregnancy ages a pregnancy that nobody asked about is possible.
    """

    adult_from_years: int = 16
    newborn_to_days: int = 28
    postpartum_to_days: int = 42
    pregnancy_from_years: int = 10
    pregnancy_to_years: int = 55


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the patient; None is unknown. Post-partum time in completed days."""

    age: Age = Age()
    is_pregnant: bool | None = None
    postpartum_days: float | None = None
    is_male: bool | None = None
    is_adult_size: bool | None = None
    is_age_estimated: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Scores by the names of their rules. Of several ``scores`` the worse answer counts."""

    group: Group
    scores: tuple[str, ...]
    adjuncts: tuple[str, ...]
    alternatives: tuple[str, ...]
    never: tuple[str, ...]
    is_age_estimated: bool
    missing: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table above."""

    scores: tuple[str, ...]
    adjuncts: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


PLANS: Final[dict[Group, Plan]] = {
    "adult": Plan(scores=("news2",), adjuncts=("qsofa", "si")),
    "maternal": Plan(scores=("mewc", "meows", "si"), never=("news2",)),
    "child": Plan(
        scores=("npews",), alternatives=("bedside_pews", "brighton_pews"), never=("news2",)
    ),
    "newborn": Plan(
        scores=("newborn_red_flags", "newborn_temperature", "newborn_spo2", "npews"),
        never=("news2",),
    ),
    "unknown": Plan(scores=("news2", "npews")),
}
DEFAULT_POLICY: Final = WhomPolicy()


def age_between(born: date, on: date) -> Age:
    """The age on the day ``on``; raises BadPayload when that is before the birth."""
    if on < born:
        raise BadPayload("invalid_field", f"born: {born} is after the day of the case, {on}")
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return Age(years=months // 12, months=months, days=(on - born).days)


def age_given(years: float | None, months: int | None, days: int | None) -> Age:
    """An age that somebody told, in years (a fraction is dropped), months or days of life.

    What follows from it for certain is filled in: 20 days are 0 months, 14 months are 1 year.
    Raises BadPayload when two of them contradict each other.
    """
    least, most = _months_in(days)
    if months is None and least == most:
        months = least
    if months is not None and least is not None and not least <= months <= most:
        raise BadPayload("invalid_field", f"age_m: {months} months cannot be {days} days of life")
    whole = None if years is None else math.floor(years)
    counted = None if months is None else months // 12
    if days is not None and days < DAYS_OF_FIRST_YEAR:
        counted = 0
    if whole is not None and counted is not None and whole != counted:
        told = f"{months} months" if days is None else f"{days} days"
        raise BadPayload("invalid_field", f"age_y: {whole} years cannot be {told} of life")
    return Age(years=counted if whole is None else whole, months=months, days=days)


def choose(patient: Patient, policy: WhomPolicy = DEFAULT_POLICY) -> Choice:
    """The scores for one patient; an unknown that matters widens them and stands in `missing`."""
    by_age = _age_group(patient.age, policy)
    group: Group = "maternal" if _is_maternal(patient, policy) else by_age
    plan = PLANS[group]
    scores, never = plan.scores, plan.never
    if group == "unknown" and patient.is_adult_size is False:
        scores = scores[::-1]
    is_open = group != "maternal" and _may_be_pregnant(patient, policy)
    if is_open:
        scores = (*scores, *(name for name in PLANS["maternal"].scores if name not in scores))
        never = ()
    missing = [
        *(["age"] if by_age == "unknown" else []),
        *(["age_d"] if group == "newborn" and patient.age.days is None else []),
        *(["pregnant"] if is_open else []),
    ]
    return Choice(
        group=group,
        scores=scores,
        adjuncts=tuple(name for name in plan.adjuncts if name not in scores),
        alternatives=plan.alternatives,
        never=never,
        is_age_estimated=patient.is_age_estimated or by_age == "unknown",
        missing=tuple(missing),
    )


def _months_in(days: int | None) -> tuple[int | None, int]:
    """The fewest and the most completed months that so many days of life can be."""
    if days is None:
        return None, 0
    shortest, longest = DAYS_IN_MONTH
    return days // longest, days // shortest


def _age_group(age: Age, policy: WhomPolicy) -> Group:
    if age.years is None:
        return "unknown"
    if age.years >= policy.adult_from_years:
        return "adult"
    if age.days is not None:
        return "newborn" if age.days <= policy.newborn_to_days else "child"
    return "child" if age.years or age.months else "newborn"


def _is_maternal(patient: Patient, policy: WhomPolicy) -> bool:
    days = patient.postpartum_days
    return patient.is_pregnant is True or (days is not None and days <= policy.postpartum_to_days)


def _may_be_pregnant(patient: Patient, policy: WhomPolicy) -> bool:
    """Whether nobody knows and it is possible; a birth longer ago than 42 days settles it."""
    is_settled = patient.is_pregnant is not None or patient.postpartum_days is not None
    if is_settled or patient.is_male is True:
        return False
    if patient.age.years is None:
        return patient.is_adult_size is not False
    return policy.pregnancy_from_years <= patient.age.years <= policy.pregnancy_to_years

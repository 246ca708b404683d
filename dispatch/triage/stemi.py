"""ST-elevation criteria on J-point measurements: which leads, which pairs, what to record next.

Fourth Universal Definition of Myocardial Infarction (Thygesen 2018): new ST elevation at the
J-point in two contiguous leads, in millimetres at 10 mm/mV (1 mm = 0.1 mV):

    lead        women   men >=40 y   men 30-39 y   men <30 y
    V2 V3       1.5     2.0          2.5           2.5
    V7 V8 V9    0.5     0.5          1.0           1.0
    V3R V4R     0.5     0.5          0.5           1.0
    others      1.0     1.0          1.0           1.0

A lead that is not in the case was not reported as elevated; one that is there as None could not be
measured and leaves open what it could decide. With sex or age unknown an answer is given only where
every sex and age gives the same. Under LBBB, LVH or pacing, and on a trace filtered for monitoring,
the criteria say nothing, which is never "not met".

Not here: what follows for the patient (`dispatch.triage.reperfusion`), the J-point itself (the
device measures it). No result activates a cath lab: a physician confirms first (POLICY).
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Final, Literal, get_args

import msgspec

Lead = Literal[
    "I", "II", "III", "aVR", "aVL", "aVF",
    "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V3R", "V4R",
]  # fmt: skip
LEADS: Final[tuple[Lead, ...]] = get_args(Lead)
STANDARD_LEADS: Final = LEADS[:12]
Sex = Literal["M", "F"]
Confounder = Literal["lbbb", "lvh", "paced", "monitor_bandwidth"]
Pair = tuple[Lead, Lead]


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """Least J-point elevation that counts, in mm; ``sex`` None is both, the age a limit in years"""

    leads: tuple[Lead, ...]
    mm: float
    sex: Sex | None = None
    below_age_years: float = math.inf


_ANTERIOR: Final[tuple[Lead, ...]] = ("V2", "V3")
_POSTERIOR: Final[tuple[Lead, ...]] = ("V7", "V8", "V9")
_RIGHT: Final[tuple[Lead, ...]] = ("V3R", "V4R")
_SEPTAL_MIRROR: Final[tuple[Lead, ...]] = ("V1", "V2", "V3")

# The first that fits holds (Thygesen 2018).
THRESHOLDS: Final = (
    Threshold(leads=_ANTERIOR, sex="F", mm=1.5),
    Threshold(leads=_ANTERIOR, sex="M", below_age_years=40, mm=2.5),
    Threshold(leads=_ANTERIOR, mm=2.0),
    Threshold(leads=_POSTERIOR, sex="M", below_age_years=40, mm=1.0),
    Threshold(leads=_POSTERIOR, mm=0.5),
    Threshold(leads=_RIGHT, sex="M", below_age_years=30, mm=1.0),
    Threshold(leads=_RIGHT, mm=0.5),
    Threshold(leads=LEADS, mm=1.0),
)

# Any two of a group are contiguous (general knowledge, after AHA/ACCF/HRS 2009); aVR is in none.
CONTIGUOUS: Final[tuple[tuple[Lead, ...], ...]] = (
    ("II", "III", "aVF"),
    ("I", "aVL", "V5", "V6"),
    ("V1", "V2"),
    ("V2", "V3"),
    ("V3", "V4"),
    ("V4", "V5"),
    ("V5", "V6"),
    ("V7", "V8"),
    ("V8", "V9"),
    ("V3R", "V4R"),
)
_PAIRS: Final = frozenset(pair for group in CONTIGUOUS for pair in combinations(group, 2))

# One age of each band of the table, for a patient whose age is unknown.
_ANY_AGE: Final = (
    0.0,
    *sorted({one.below_age_years for one in THRESHOLDS if one.below_age_years < math.inf}),
)


class StemiPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the two prompts, in mm and leads.

    ``posterior_depression_mm``: depression in V1-V3 (Thygesen 2018), in any one of them (POLICY).
    The three of aVR are POLICY, on the careful side: the reference says "aVR elevation with
    multilead depression" without numbers; ESC 2023 asks for 1 mm in six leads (general knowledge).
    """

    posterior_depression_mm: float = 0.5
    avr_elevation_mm: float = 1.0
    avr_depression_mm: float = 0.5
    avr_depressed_leads: int = 2


DEFAULT_POLICY: Final = StemiPolicy()


class Tracing(msgspec.Struct, frozen=True, kw_only=True):
    """J-point ST by lead in mm, depression negative, None not measurable; and whose it is.

    ``confounders`` are what makes the criteria invalid; ``is_t_upright`` speaks of V1-V3.
    """

    st_mm: Mapping[Lead, float | None]
    sex: Sex | None = None
    age_years: float | None = None
    confounders: tuple[Confounder, ...] = ()
    is_t_upright: bool | None = None


class StemiResult(msgspec.Struct, frozen=True, kw_only=True):
    """``met`` None is undecided: not valid, or ``needs`` names what would decide.

    ``leads`` are over their threshold whoever the patient is, ``pairs`` the contiguous ones among
    them. ``missing`` are the standard leads without a measurement. ``is_posterior_suspected`` asks
    for V7-V9; ``is_cardiology_read_urgent`` is aVR elevation with multilead depression.
    """

    met: bool | None
    leads: tuple[Lead, ...]
    pairs: tuple[Pair, ...]
    is_valid: bool
    needs: tuple[str, ...]
    missing: tuple[Lead, ...]
    is_posterior_suspected: bool | None
    is_cardiology_read_urgent: bool | None


def threshold_mm(lead: Lead, sex: Sex, age_years: float) -> float:
    """The least elevation that counts in ``lead``, in mm (Thygesen 2018)."""
    return next(
        one.mm
        for one in THRESHOLDS
        if lead in one.leads and one.sex in {None, sex} and age_years < one.below_age_years
    )


def judge(tracing: Tracing, policy: StemiPolicy = DEFAULT_POLICY) -> StemiResult:
    """Whether the ST-elevation criteria are met (Thygesen 2018), and what else the trace asks for.

    A trace without any measured lead decides nothing.
    """
    st_mm = tracing.st_mm
    people = _people(tracing)
    over = [_over(st_mm, sex, age, -math.inf) for sex, age in people]
    may_be_over = [_over(st_mm, sex, age, math.inf) for sex, age in people]
    leads = tuple(lead for lead in LEADS if all(lead in each for each in over))
    pairs, open_pairs = _pairs(leads), _pairs(frozenset[Lead]().union(*may_be_over))
    is_read = any(value is not None for value in st_mm.values())
    is_valid = not tracing.confounders
    can_say = is_valid and is_read
    return StemiResult(
        met=_decided(bool(pairs), bool(open_pairs)) if can_say else None,
        leads=leads,
        pairs=pairs,
        is_valid=is_valid,
        needs=_needs(tracing, leads, pairs, open_pairs) if is_read else ("st_mm",),
        missing=tuple(lead for lead in STANDARD_LEADS if st_mm.get(lead) is None),
        is_posterior_suspected=_posterior(tracing, policy) if can_say else None,
        is_cardiology_read_urgent=_cardiology(st_mm, policy) if can_say else None,
    )


def _decided(is_sure: bool, is_possible: bool) -> bool | None:
    return True if is_sure else None if is_possible else False


def _people(tracing: Tracing) -> list[tuple[Sex, float]]:
    """Every sex and band of age that the patient may be of."""
    sexes: tuple[Sex, ...] = ("M", "F") if tracing.sex is None else (tracing.sex,)
    ages = _ANY_AGE if tracing.age_years is None else (tracing.age_years,)
    return [(sex, age) for sex in sexes for age in ages]


def _over(
    st_mm: Mapping[Lead, float | None], sex: Sex, age_years: float, unmeasured_mm: float
) -> frozenset[Lead]:
    """The leads at or over their threshold, with ``unmeasured_mm`` for those given as None."""
    return frozenset(
        lead
        for lead, value in st_mm.items()
        if (unmeasured_mm if value is None else value) >= threshold_mm(lead, sex, age_years)
    )


def _pairs(leads: tuple[Lead, ...] | frozenset[Lead]) -> tuple[Pair, ...]:
    in_order = [lead for lead in LEADS if lead in leads]
    return tuple(pair for pair in combinations(in_order, 2) if pair in _PAIRS)


def _needs(
    tracing: Tracing, leads: tuple[Lead, ...], pairs: tuple[Pair, ...], open_pairs: tuple[Pair, ...]
) -> tuple[str, ...]:
    """What would decide: sex and age where a measured lead hangs on them, leads without a value."""
    if pairs:
        return ()
    undecided = [lead for lead in LEADS if lead not in leads and _is_in(lead, open_pairs)]
    unmeasured = [lead for lead in undecided if tracing.st_mm[lead] is None]
    hangs_on_patient = len(unmeasured) < len(undecided)
    unknown = [name for name, value in (("sex", tracing.sex), ("age", tracing.age_years))
               if value is None]  # fmt: skip
    return (*(unknown if hangs_on_patient else ()), *unmeasured)


def _is_in(lead: Lead, pairs: tuple[Pair, ...]) -> bool:
    return any(lead in pair for pair in pairs)


def _posterior(tracing: Tracing, policy: StemiPolicy) -> bool | None:
    """Isolated depression in V1-V3 with an upright T (Thygesen 2018), V7-V9 not yet recorded."""
    st_mm = tracing.st_mm
    if any(st_mm.get(lead) is not None for lead in _POSTERIOR):
        return False
    sure, possible = _depressed(st_mm, policy.posterior_depression_mm)
    front = frozenset(_SEPTAL_MIRROR)
    return _decided(
        bool(sure & front) and possible <= front and tracing.is_t_upright is True,
        bool(possible & front) and sure <= front and tracing.is_t_upright is not False,
    )


def _cardiology(st_mm: Mapping[Lead, float | None], policy: StemiPolicy) -> bool | None:
    sure, possible = _depressed(st_mm, policy.avr_depression_mm)
    avr_mm = st_mm.get("aVR", -math.inf)
    return _decided(
        len(sure) >= policy.avr_depressed_leads
        and avr_mm is not None
        and avr_mm >= policy.avr_elevation_mm,
        len(possible) >= policy.avr_depressed_leads
        and (avr_mm is None or avr_mm >= policy.avr_elevation_mm),
    )


def _depressed(
    st_mm: Mapping[Lead, float | None], least_mm: float
) -> tuple[frozenset[Lead], frozenset[Lead]]:
    """The leads depressed by ``least_mm``, and those with the ones that were not measurable.

    aVR is not among them: its depression is the normal mirror of elevation elsewhere.
    """
    seen = {lead: value for lead, value in st_mm.items() if lead != "aVR"}
    sure = frozenset(lead for lead, value in seen.items() if value is not None
                     and value <= -least_mm)  # fmt: skip
    return sure, sure | {lead for lead, value in seen.items() if value is None}

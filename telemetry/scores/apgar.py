"""The Apgar score of a newborn at 1, 5 and 10 minutes (Apgar 1953). Pure.

    item     0                1                    2
    hr       absent           below 100 /min       100 /min and more
    resp     absent           slow, irregular      good, crying
    tone     limp             some flexion         active
    reflex   none             grimace              cough, sneeze or cry
    colour   blue or pale     body pink            pink all over

With an item missing there is no total, but a lower bound. A low score is the bad one, so that a
missing item can only make it look better than nothing: whether the score is a red flag is decided
only when the missing points cannot change it. The limits of the red flags are general knowledge
and configuration (`NewbornPolicy` in `telemetry.scores.newborn`).
"""

from typing import Final, Literal, get_args

import msgspec

Part = Literal["hr", "resp", "tone", "reflex", "colour"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Points = Literal[0, 1, 2]
SIGNS: Final[dict[Part, tuple[str, str, str]]] = {
    "hr": ("absent", "below 100 /min", "100 /min and more"),
    "resp": ("absent", "irregular", "crying"),
    "tone": ("limp", "some_flexion", "active"),
    "reflex": ("none", "grimace", "cough_sneeze_cry"),
    "colour": ("blue_pale", "body_pink", "all_pink"),
}
LOINC: Final = {1: "48334-7", 5: "48333-9", 10: "48332-1"}  # Apgar score by minute
GOOD_RATE_PER_MIN: Final = 100
POINTS_MAX: Final = 2


class ApgarInput(msgspec.Struct, frozen=True, kw_only=True):
    """The five items, heart rate per minute and the others in points; None is missing."""

    heart_rate_per_min: float | None = None
    breathing: int | None = None
    tone: int | None = None
    reflex: int | None = None
    colour: int | None = None


class ApgarResult(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` 0-10 or None when an item is missing; it lies between the two bounds."""

    total: int | None
    lower_bound: int
    upper_bound: int
    missing: tuple[Part, ...]
    parts: dict[Part, int | None]


def score(observed: ApgarInput) -> ApgarResult:
    """Apgar score of one examination (Apgar 1953)."""
    parts: dict[Part, int | None] = {
        "hr": _heart_rate(observed.heart_rate_per_min),
        "resp": observed.breathing,
        "tone": observed.tone,
        "reflex": observed.reflex,
        "colour": observed.colour,
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    lower_bound = sum(points for points in parts.values() if points is not None)
    return ApgarResult(
        total=None if missing else lower_bound,
        lower_bound=lower_bound,
        upper_bound=lower_bound + POINTS_MAX * len(missing),
        missing=missing,
        parts=parts,
    )


def is_at_most(result: ApgarResult, limit: int) -> bool | None:
    """Whether the score is ``limit`` or less; None while a missing item could decide it."""
    if result.upper_bound <= limit:
        return True
    return False if result.lower_bound > limit else None


def _heart_rate(per_min: float | None) -> int | None:
    if per_min is None:
        return None
    if per_min <= 0:
        return 0
    return POINTS_MAX if per_min >= GOOD_RATE_PER_MIN else 1

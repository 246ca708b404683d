"""qSOFA, the quick sepsis-related organ failure assessment (Sepsis-3, Singer, JAMA 2016; GK). Pure.

    respiratory rate   >=22 /min        one point each, positive from two.
    systolic           <=100 mmHg       Missing values give a range, not a number.
    mentation          GCS below 15, or found altered

An adjunct to NEWS2 in adults: the Surviving Sepsis Campaign 2021 advises against it as the only
screen (GK).
"""

from typing import Final, Literal

import msgspec

Part = Literal["rr", "sbp", "gcs"]
PARTS: Final[tuple[Part, ...]] = ("rr", "sbp", "gcs")

# Singer 2016 (GK).
RESP_RATE_FROM_PER_MIN: Final = 22
SYSTOLIC_UP_TO_MMHG: Final = 100
GCS_BELOW: Final = 15
POSITIVE_FROM: Final = 2


class QsofaInput(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; None is missing. Rate per minute, mmHg, GCS total 3-15.

    ``is_mentation_altered`` says it without a GCS; where both are given, the worse one counts.
    """

    resp_rate_per_min: float | None = None
    systolic_mmhg: float | None = None
    gcs_total: int | None = None
    is_mentation_altered: bool | None = None


class QsofaResult(msgspec.Struct, frozen=True, kw_only=True):
    """``lower`` counts what was met, ``upper`` what could be; ``is_positive`` None while open."""

    lower: int
    upper: int
    is_positive: bool | None
    missing: tuple[Part, ...]
    parts: dict[Part, int | None]


def score(observed: QsofaInput) -> QsofaResult:
    """qSOFA of one set of findings (Singer 2016; GK)."""
    rate, systolic = observed.resp_rate_per_min, observed.systolic_mmhg
    parts: dict[Part, int | None] = {
        "rr": None if rate is None else int(rate >= RESP_RATE_FROM_PER_MIN),
        "sbp": None if systolic is None else int(systolic <= SYSTOLIC_UP_TO_MMHG),
        "gcs": _mentation(observed),
    }
    missing = tuple(part for part in PARTS if parts[part] is None)
    lower = sum(points for points in parts.values() if points is not None)
    upper = lower + len(missing)
    is_decided = lower >= POSITIVE_FROM or upper < POSITIVE_FROM
    return QsofaResult(
        lower=lower,
        upper=upper,
        is_positive=lower >= POSITIVE_FROM if is_decided else None,
        missing=missing,
        parts=parts,
    )


def _mentation(observed: QsofaInput) -> int | None:
    if observed.gcs_total is None and observed.is_mentation_altered is None:
        return None
    is_low = observed.gcs_total is not None and observed.gcs_total < GCS_BELOW
    return int(is_low or observed.is_mentation_altered is True)

"""How fast the clinical rules are on one core, beside what Python needs for the bare answer.

NEWS2 runs on every sample: the bare program makes the same result object from numbers that are
known already. Destination runs when a crew asks: 40 facilities with beds, traffic and centres; the
bare program sorts 40 pairs of (seconds, id). Runs take turns; the median of the turns counts.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Final

import msgspec

from hospital_gateway.destination import Case, choose
from hospital_gateway.facilities import Traffic
from telemetry.scores import news2
from tests.benchmark.throughput import Rates
from tests.unit.hospital_gateway.support import CENTRES, CITY, COUNTY, ED, POLICY, at

TURNS: Final = 9
SCORES: Final = 20_000
CHOICES: Final = 40


class RuleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What `make bench` prints of the rules."""

    news2: Rates
    destination_ms: float
    destination_worst_ms: float
    bare_sort_ms: float


def measure() -> RuleFigures:
    """Both rules, in turns with their bare programs."""
    ours, bare = _in_turns(_scores, _bare_scores)
    chosen, sorted_ = _in_turns(_choices, _bare_sorts)
    return RuleFigures(
        news2=Rates(
            ours_per_s=SCORES / median(ours),
            bare_per_s=SCORES / median(bare),
            ratio=round(median(bare) / median(ours), 2),
        ),
        destination_ms=round(1000 * median(chosen) / CHOICES, 2),
        destination_worst_ms=round(1000 * max(chosen) / CHOICES, 2),
        bare_sort_ms=round(1000 * median(sorted_) / CHOICES, 3),
    )


def _in_turns(
    ours: Callable[[], None], bare: Callable[[], None]
) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for work, taken in zip((ours, bare), times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return times


# Samples as they come: normal, ill, scale 2 on oxygen, one parameter missing.
_SAMPLES: Final = (
    news2.News2Input(
        resp_rate_per_min=16, spo2_pct=97, on_oxygen=False, systolic_mmhg=120,
        pulse_per_min=70, acvpu="A", temperature_cel=36.8,
    ),
    news2.News2Input(
        resp_rate_per_min=26.4, spo2_pct=90.5, on_oxygen=True, systolic_mmhg=88,
        pulse_per_min=133, acvpu="V", temperature_cel=38.95,
    ),
    news2.News2Input(
        resp_rate_per_min=22, spo2_pct=95, spo2_scale=2, on_oxygen=True, systolic_mmhg=101,
        pulse_per_min=96, acvpu="C", temperature_cel=36.05,
    ),
    news2.News2Input(
        resp_rate_per_min=18, spo2_pct=94, on_oxygen=False, pulse_per_min=111, acvpu="A",
    ),
)  # fmt: skip


def _scores() -> None:
    score, samples = news2.score, _SAMPLES
    for _ in range(SCORES // len(samples)):
        for sample in samples:
            score(sample)


def _bare_scores() -> None:
    for _ in range(SCORES):
        parts: dict[news2.Part, int | None] = {
            "rr": 0, "spo2": 0, "o2": 0, "sbp": 0, "hr": 0, "acvpu": 0, "temp": 0,
        }  # fmt: skip
        news2.News2Result(
            total=0, lower_bound=0, missing=(), parts=parts, is_any_red=False, response="none"
        )


_CASES: Final = (
    Case(centres=(CENTRES[0].centre_id,), since_contact_s=600),
    Case(is_immediate=True),
    Case(wants_eicu=True),
    Case(centres=(CENTRES[1].centre_id, CENTRES[2].centre_id)),
)
_FORTY: Final = [
    at(
        f"h{n:02}",
        10 + n,
        (ED, COUNTY, CITY)[n % 3],
        traffic=list(Traffic)[n % 3],
        inbound=n % 4,
    )
    for n in range(40)
]


def _choices() -> None:
    for nth in range(CHOICES):
        choose(_CASES[nth % len(_CASES)], _FORTY, CENTRES, POLICY)


def _bare_sorts() -> None:
    pairs = [(one.travel.duration_s, one.facility.facility_id) for one in reversed(_FORTY)]
    for _ in range(CHOICES):
        sorted(pairs)

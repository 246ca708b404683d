"""What the policies win on the Rio benchmark (B4), and how long a county's year takes.

The ladder runs every scenario of the benchmark with 10 and with 30 units, the closest-idle rule in
the same run; figures are seconds of response, the same on every machine. The year is a synthetic
county of 20 units and 42 calls a day, on one core. What takes longer (B5, B6) is in
`tests.evidence.dispatch`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from dispatch.recommend.policies import RecommendPolicy, StandbyPolicy
from dispatch.simulation.choose import needs_coverage, policy_named
from dispatch.simulation.county import RANKS, county
from dispatch.simulation.coverage import cells_from, coverage_of
from dispatch.simulation.limits import MAX_LOG_ROWS
from dispatch.simulation.readers import rio
from dispatch.simulation.readers.table import rows
from dispatch.simulation.report import Report, report
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import Spot

FLEETS: Final = ((10, 10), (30, 30))
LADDER: Final = ("queue", "P0", "P1", "P2", "P3")
SETTINGS: Final = RecommendPolicy(standby=StandbyPolicy(busy_fraction=0.6))
COVER_MS: Final = 480_000
YEAR_DAYS: Final = 365.0
YEAR: Final = ("closest", "P2", "P3")


class LadderFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One policy with one fleet; ``in_time`` is the share of high priority within 480 s."""

    fleet: int
    found: Report
    in_time: float


class YearFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One policy's year: seconds of this machine's processor."""

    policy: str
    calls: int
    decisions: int
    took_s: float


def measure(shared: Path) -> tuple[list[LadderFigure], list[YearFigure]]:
    """The ladder is empty without the benchmark's files."""
    folder = shared / "rio"
    ladder = [one for fleet in FLEETS for one in _ladder(folder, *fleet)] if folder.is_dir() else []
    return ladder, _year()


def ladder_row(one: LadderFigure) -> str:
    """A line of the page."""
    found = one.found
    return (
        f"| {one.fleet} | {found.policy} | {found.mean_s:.0f} | {found.high_mean_s:.0f} | "
        f"{100 * one.in_time:.1f} % | {found.low_mean_s:.0f} | {found.penalised_s:.0f} | "
        f"{found.redirections_a_call:.2f} |"
    )


def year_row(one: YearFigure) -> str:
    """A line of the page."""
    each_ms = 1000 * one.took_s / one.decisions
    return f"| {one.policy} | {one.calls} | {one.decisions} | {one.took_s:.1f} | {each_ms:.2f} |"


def _ladder(folder: Path, fleet: int, bases: int) -> Sequence[LadderFigure]:
    files = {path.name: path.read_text("utf-8-sig") for path in sorted(folder.glob("*.csv"))}
    town, travel, days = rio.read(files, fleet, bases)
    demand = (
        (Spot(*row.place()), 1.0)
        for name, text in files.items()
        if name.startswith("demand")
        for row in rows(name, text, ("lat", "lon"), most=MAX_LOG_ROWS)
    )
    coverage = coverage_of(town, travel, cells_from(demand, 0.01), COVER_MS)
    found = []
    for name in LADDER:
        policy = policy_named(name, rio.RANKS, SETTINGS, coverage)
        runs = [simulate(town, travel, day.calls, policy) for day in days]
        high = [one for run in runs for one in run.calls if one.priority in town.values.high]
        in_time = sum(one.response_ms <= COVER_MS for one in high) / len(high)
        found.append(LadderFigure(fleet=fleet, found=report(runs, town.values), in_time=in_time))
    return found


def _year() -> list[YearFigure]:
    made = county(1, units=20, calls_a_day=42.0, days=YEAR_DAYS)
    calls, coverage = made.calls(YEAR_DAYS, 1), made.coverage()
    found = []
    for name in YEAR:
        policy = policy_named(
            name, RANKS, RecommendPolicy(), coverage if needs_coverage(name) else None
        )
        started = time.process_time()
        outcome = simulate(made.town, made.travel, calls, policy, seed=1)
        took_s = time.process_time() - started
        found.append(
            YearFigure(
                policy=name, calls=len(calls), decisions=outcome.decisions, took_s=round(took_s, 1)
            )
        )
    return found

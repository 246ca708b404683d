"""`python -m tests.evidence.dispatch` writes what the policies win into docs/evidence/dispatch.md.

B5 on synthetic counties, B6 on the Auckland model, both in pairs by replication. Settings were
chosen on other counties and other days than those reported (`TUNED`). Without the Auckland model
its table says so. Takes some ten minutes on one core. Not here: speed (`tests.benchmark`), and the
Rio ladder, which a benchmark run can afford (`tests.benchmark.simulation`).
"""

import os
import platform
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from deploy.simulation_county import BUSY_FRACTION, DIVERSIONS, County, replications
from dispatch.recommend.policies import RecommendPolicy, StandbyPolicy
from dispatch.simulation.choose import policy_named
from dispatch.simulation.compare import Difference, differences
from dispatch.simulation.coverage import coverage_of, demand_of
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.readers import jemss
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import Values

ROOT: Final = Path(__file__).resolve().parents[2]
SHARED: Final = Path(os.environ.get("GREENLANE_SHARED_DATA") or ROOT.parent / "shared" / "data")
PAGE: Final = Path(__file__).with_name("dispatch.md")
DAY_MS: Final = 86_400_000
WORKERS: Final = 4

TUNED: Final = "counties 501 to 506 for B5, days of seeds 9001 to 9004 for B6"
SEEDS: Final = range(1, 9)
DAYS: Final = 14.0
COUNTIES: Final = (
    County(units=10, calls_a_day=20, days=DAYS),
    County(units=20, calls_a_day=40, days=DAYS),
    County(units=40, calls_a_day=60, days=DAYS),
    County(units=20, calls_a_day=40, days=DAYS, bias=0.7),
    County(units=20, calls_a_day=40, days=DAYS, bias=1.3),
)
LADDER: Final = ("closest", "P2", "P3", "P3+moveup")

CITY_SEEDS: Final = range(1, 7)
CITY_DAYS: Final = 7.0
CITY_DEMAND_SEED: Final = 8001
CityRow = tuple[str, float, float, float]
STATIC: Final[CityRow] = ("closest", 0.5, 1.0, 0.02)
CITY: Final[tuple[CityRow, ...]] = (
    ("closest+dmexclp", 0.5, 1.0, 0.02),
    ("closest+dmexclp", 0.2, 1.0, 0.02),
    ("closest+dmexclp", 0.2, 1.15, 0.02),
    ("closest+moveup", 0.2, 1.1, 0.005),
    ("P3", 0.2, 1.1, 0.02),
)
"""Policy, chance of being busy, cover radius over the standard's, least gain of a move."""


def main() -> None:
    """Run all, a process for each row or county, and write the page."""
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        rows = [pool.submit(_city_row, row) for row in (STATIC, *CITY)]
        blocks = [pool.submit(_county, one, SEEDS) for one in COUNTIES]
        counties = [line for block in blocks for line in block.result()]
        city = [row.result() for row in rows]
    page = PAGE.read_text(encoding="utf-8").format(
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        tuned=TUNED,
        busy=BUSY_FRACTION,
        diversions=DIVERSIONS,
        seeds=f"{SEEDS[0]} to {SEEDS[-1]}",
        days=f"{DAYS:g}",
        counties="\n".join(counties),
        city_seeds=f"{CITY_SEEDS[0]} to {CITY_SEEDS[-1]}",
        city_days=f"{CITY_DAYS:g}",
        city="\n".join(city),
        python=platform.python_version(),
        packages=", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    )
    (ROOT / "docs" / "evidence" / "dispatch.md").write_text(page, encoding="utf-8")
    print("docs/evidence/dispatch.md is written")


def _county(asked: County, seeds: range) -> list[str]:
    """A line a policy: 90th centiles and late share against closest, and what it costs."""
    ran = replications(asked, LADDER, seeds, lambda: None)
    runs = {name: [one.outcomes[name] for one in ran] for name in ran[0].outcomes}
    values = ran[0].town.values
    found = differences(runs, "closest", values, from_ms=DAY_MS)
    words = f"{asked.units} units, {asked.calls_a_day:g} a day, bias {asked.bias:g}"
    lines = [_base(words, found)]
    for name in LADDER[1:]:
        mine = {one.measure: one for one in found if one.policy == name}
        moves = [sum(unit.standby_moves for unit in one.units) for one in runs[name]]
        cells = [_relative(mine[f"priority_{at}_p90_s"]) for at in range(4)]
        cells.insert(1, _relative(mine["priority_0_late"]))
        redirected = mine["redirections_a_call"].mean
        lines.append(
            f"| | {name} | {' | '.join(cells)} | {redirected:.2f} | {_mean(moves) / DAYS:.0f} |"
        )
    print("\n".join(lines), flush=True)
    return lines


def _base(words: str, found: Sequence[Difference]) -> str:
    base = {one.measure: one.base for one in found}
    p90 = [f"{base[f'priority_{at}_p90_s']:.0f} s" for at in range(4)]
    p90.insert(1, f"{100 * base['priority_0_late']:.1f} %")
    return f"| {words} | closest | {' | '.join(p90)} | 0 | 0 |"


def _relative(one: Difference) -> str:
    """Mean and interval of the paired difference, in percent of the yardstick's mean."""
    if one.low is None or one.high is None or one.base <= 0:
        return "–"
    low, high = 100 * one.low / one.base, 100 * one.high / one.base
    return f"{100 * one.mean / one.base:+.1f} % ({low:+.0f} to {high:+.0f})"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _city_row(row: CityRow) -> str:
    """Share late of all calls and of high priority, for a policy against static standby."""
    folder = SHARED / "jemss" / "auckland"
    if not folder.is_dir():
        return f"| {row[0]} | the Auckland model is not here | | | | | |"
    static, values = _city_runs(folder, STATIC)
    if row == STATIC:
        return f"| closest, static | | | {_late_share(static, values)} | 0 | 0 |"
    name, busy, wider, _gain = row
    mine, _values = _city_runs(folder, row)
    found = differences({"static": static, name: mine}, "static", values, from_ms=DAY_MS)
    of = {one.measure: one for one in found}
    moves = [sum(unit.standby_moves for unit in one.units) for one in mine]
    return (
        f"| {name} | {busy:g} | {wider:g} | {_relative(of['late'])} | "
        f"{_relative(of['priority_0_late'])} | {of['redirections_a_call'].mean:.2f} | "
        f"{_mean(moves) / (CITY_DAYS + 1):.0f} |"
    )


def _city_runs(folder: Path, row: CityRow) -> tuple[list[Outcome], Values]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".csv", ".xml", ".zip"}
    }
    city, travel, _tables = jemss.read(files)
    name, busy, wider, gain = row
    settings = RecommendPolicy(standby=StandbyPolicy(busy_fraction=busy, gain_min=gain))
    sample = demand_of(jemss.calls_of(city, travel, 60.0, CITY_DEMAND_SEED), 60.0 * 24)
    cover = coverage_of(city.town, travel, sample, round(wider * jemss.cover_ms(city)))
    policy = policy_named(name, (1, 2, 3), settings, cover)
    found = []
    for seed in CITY_SEEDS:
        calls = jemss.calls_of(city, travel, CITY_DAYS + 1, seed)
        found.append(simulate(city.town, travel, calls, policy, seed=seed))
    return found, city.town.values


def _late_share(runs: Sequence[Outcome], values: Values) -> str:
    """Of all calls and of high priority after the warm-up."""
    late = [
        (one.response_ms > values.target_ms[one.priority], one.priority in values.high)
        for run in runs
        for one in run.calls
        if one.at_ms >= DAY_MS
    ]
    high = [is_late for is_late, is_high in late if is_high]
    return f"{100 * _mean([each for each, _high in late]):.1f} % | {100 * _mean(high):.1f} %"


if __name__ == "__main__":
    main()
